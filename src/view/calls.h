/*
 * calls - how one call is shown, in the list and by itself. Private to view.
 */
#ifndef VIEW_CALLS_H
#define VIEW_CALLS_H

#include <uproar/views.h>

#include "words.h"

enum {
	CALLS_DURATION = 32, /* bytes of a duration */
	CALLS_QUOTED = 40,   /* bytes of a word that nothing is called, in a problem */
};

/* Whether after is the return of the call that before, an event of the same log, told was about to be made. */
bool calls_returns(const struct event *before, const struct event *after);

/* "14:03:07.000123", and the side that an event is of, as a sign and a word of the same columns for both sides. */
void calls_put_time(struct view_row *line, const struct event *e, int64_t wall);
void calls_put_side(struct view_row *line, enum event_who who);
/* The call as strace would print it, but for its duration; of one that has not returned what comes before " = ". */
void calls_put_call(struct view_row *line, const struct event *e);
/* "<0.000123>", seconds, as strace -T has them. Returns out. */
const char *calls_duration(uint64_t took, char out[CALLS_DURATION]);

#endif
