/*
 * words - what an event is in words, and what its numbers and causes are. Private to view.
 *
 * A row that words are put into remembers whether it was short of memory (view_row.failed), so nothing here returns it.
 */
#ifndef VIEW_WORDS_H
#define VIEW_WORDS_H

#include "row.h"

enum {
	WORDS_SHOWN = 16 << 10, /* bytes of a sentence, reply or note that a line shows; the rest is only counted */
	WORDS_GLIMPSE = 40,     /* bytes of one whose length alone matters, or that is only mentioned */
	WORDS_HOST = 256,       /* bytes of a host as the user wrote it */
	WORDS_NUMBER = 64,      /* bytes of a number with its unit, in any language */
};

/* All of it, or what fits a narrow window: no time of day, and of the numbers only those that are news. */
enum words_detail { WORDS_BRIEF, WORDS_FULL };

/* Whether the transcript has a line for this event; cheap. */
bool words_has(const struct event *e);
/* That line; see view_line(). */
void words_line(const struct event *e, int64_t wall, enum words_detail detail, struct view_row *line, unsigned *indent);

/* Whether a reply ends its sentence's waiting. */
bool words_in_time(const struct event_talk *t);

/* The words of each kind of event. Those of a measurement, which ping(8) would say, are of any of the first three. */
void words_sentence(const struct event *e, enum words_detail detail, struct view_row *line);
void words_reply(const struct event *e, enum words_detail detail, struct view_row *line);
void words_missing(const struct event *e, struct view_row *line);
void words_ping(const struct event *e, struct view_row *line);
void words_state(const struct event *e, struct view_row *line);
void words_lab(const struct event *e, struct view_row *line);
void words_kernel(const struct event *e, struct view_row *line);

/* How grave a state is. */
enum view_style words_state_style(const struct event *e);
/* The host that a state is about, as the user wrote it; "" for none. Returns out. */
const char *words_host(const struct event *e, char out[WORDS_HOST]);

/* What was said, or a note: the data of an event. */
void words_text(const struct event *e, enum view_style style, struct view_row *line);
/* The first of n bytes, of `whole` that there were, and an ellipsis for the rest. */
void words_glimpse(const void *data, size_t n, uint64_t whole, enum view_style style, struct view_row *line);
/* What stands before the next remark after a text: two spaces, or a comma. */
const char *words_lead(unsigned *remarks);

/* Why a call failed, as a clause with its errno; 0: the stream ended in good order. Translated, as all these are. */
const char *words_cause(int error);
/* The same for a reply that is CUT_SHORT. */
const char *words_cut_short(const struct event_talk *t);
/* What lies behind that, or NULL; and what to do about it. */
const char *words_why(int error);
const char *words_remedy(int error);

/* "12 bytes"; "0.085 ms", "0.21 ms", "2.31 s". Both return out. */
const char *words_bytes(uint64_t n, char out[WORDS_NUMBER]);
const char *words_duration(uint64_t ns, char out[WORDS_NUMBER]);

/* A sign, where the character set has it, else another in ASCII. */
const char *words_sign(const char *utf8, const char *ascii);
const char *words_ellipsis(void);

#endif
