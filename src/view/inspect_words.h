/*
 * inspect_words - what each call does, what it waits for and what its errors mean; what its numbers mean. For people
 * who see them for the first time. Private to view. All words are translated; NULL where there are none.
 */
#ifndef VIEW_INSPECT_WORDS_H
#define VIEW_INSPECT_WORDS_H

#include <uproar/event.h>

struct inspect_words {
	const char *does;  /* what it does */
	const char *waits; /* what it waits for, a noun; NULL: nothing, it returns at once */
	const char *until; /* what ends the waiting, a whole sentence */
	const char *manual;
};
/* protocol: of the socket; NONE: not known. Never NULL. */
struct inspect_words inspect_words(enum event_op op, enum protocol protocol);

/* The errors that a call can give on such a socket, from i = 0 on; the first one at or after *i. False: no more. */
struct inspect_error {
	int error;
	const char *means;
};
bool inspect_error_next(enum event_op op, enum protocol protocol, size_t *i, struct inspect_error *e);
const char *inspect_error_means(enum event_op op, enum protocol protocol, int error);

enum inspect_set { SET_FAMILY, SET_TYPE, SET_TYPE_FLAG, SET_MESSAGE_FLAG, SET_HOW, SET_LEVEL };

const char *inspect_value_means(enum inspect_set set, int value);
const char *inspect_value_name(enum inspect_set set, int value);
const char *inspect_option_means(int level, int option);
/* Whether the option is off or on, and no other number. */
bool inspect_option_is_switch(int level, int option);
/* Takes a flag with a meaning out of *flags; NULL: there is none left. */
const char *inspect_flag_means(enum inspect_set set, int *flags, const char **name);

#endif
