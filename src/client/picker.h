/*
 * picker - the first screen: TCP or UDP, with which host, at which port. Keys in, rows out; it does nothing else.
 */
#ifndef CLIENT_PICKER_H
#define CLIENT_PICKER_H

#include <uproar/term.h>

enum { PICKER_TEXT = 256 };

struct picker_text {
	char bytes[PICKER_TEXT]; /* NUL-terminated UTF-8 */
	size_t size, cursor;     /* the cursor stands before this byte */
};

enum picker_field { PICK_TCP, PICK_UDP, PICK_STEP, PICK_HOST, PICK_PORT, PICK_FIELDS };

struct picker {
	enum protocol protocol;
	bool step;               /* each call is to wait for the user */
	enum picker_field field; /* where the cursor is */
	struct picker_text host; /* empty: our own server */
	struct picker_text port; /* empty: the usual one */
	const char *problem;     /* with host or port, in words, while it is being told; or NULL */
};

enum picker_result { PICKER_GOES_ON, PICKER_STARTS, PICKER_LEAVES };

void picker_init(struct picker *p, const char *host, const char *port); /* each may be NULL */
enum picker_result picker_key(struct picker *p, enum input_key key, const char *text, size_t n);
const char *picker_host(const struct picker *p); /* to talk with; NULL: our own server */
const char *picker_port(const struct picker *p);
/* Fills height rows; the terminal's cursor belongs at *y, *x. -1: ENOMEM. */
int picker_rows(const struct picker *p, unsigned width, unsigned height, struct view_row *rows, unsigned *y,
		unsigned *x);

#endif
