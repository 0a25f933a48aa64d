/*
 * series - a burst or a ping: when to say its next sentence, when all is known, and what became of them.
 *
 * Pure: time is an argument (monotonic nanoseconds). The sentences of a burst are said at once. Those of a ping are
 * said one every interval, whether or not replies come; with an interval of 0, each when the one before has its
 * verdict.
 */
#ifndef CLIENT_SERIES_H
#define CLIENT_SERIES_H

#include <uproar/statistics.h>

enum {
	SERIES_PINGS_MAX = 1000000,
	SERIES_BURST_MAX = 4096,
	SERIES_AHEAD = 4096, /* sentences of a ping without a verdict, at most: so memory is bounded */
	SERIES_PROGRESS = 64,
};

#define SERIES_PATIENCE     (10 * CLOCK_SECOND) /* after the last sentence, if a server may take any time */
#define SERIES_QUIET        (500 * CLOCK_MS)    /* after the last late reply to a burst */
#define SERIES_INTERVAL     CLOCK_SECOND        /* between two pings, unless told otherwise, */
#define SERIES_INTERVAL_MIN (2 * CLOCK_MS)      /* or 0 */
#define SERIES_INTERVAL_MAX (3600 * CLOCK_SECOND)

struct series_plan {
	enum series_kind kind; /* SERIES_BURST or SERIES_PING */
	uint32_t count;
	uint64_t interval; /* PING */
	uint64_t patience; /* it ends when nothing more is to be said, and so long nothing has come; or CLOCK_NEVER */
	const char *text;  /* BURST: what each sentence begins with; copied */
};

/* All zero: none has begun. */
struct series_run {
	struct series_plan plan;
	char *text;
	bool running;
	bool broken;
	uint32_t said, told, settled; /* sentences asked for, those that the session has told of, and verdicts */
	uint64_t first;               /* the number that the session gave to its first sentence; 0: not known yet */
	uint64_t began, ended;
	uint64_t due;    /* when the next one is to be said, if none is in its way */
	uint64_t moved;  /* when something was last said or settled */
	uint64_t amends; /* when the figures of a burst that has ended are to be told again; 0: never */
	struct statistics *figures;
};

int series_begin(struct series_run *r, const struct series_plan *plan, uint64_t now); /* -1: ENOMEM */
void series_free(struct series_run *r);

/* True: the next sentence is to be said now, whose place is *series; it counts as said. */
bool series_next(struct series_run *r, uint64_t now, struct series *series);
/* Its text. wall: clock_wall(). It is its own uppercase if it is a ping's: an echo is as good an answer. -1: ENOMEM. */
int series_sentence(const struct series_run *r, struct series series, uint64_t wall, struct buf *out);
void series_take(struct series_run *r, const struct event *e, uint64_t now);
void series_stop(struct series_run *r); /* says no more, and waits for what has been said */
/* Waits for nothing either, but that the session has told of all that was said; a second time not even for that. */
void series_break(struct series_run *r);

/* True once when it is over; and for a burst again, when late replies have come since. */
bool series_reports(struct series_run *r, uint64_t now);
/* When series_next() or series_reports() will be true, if nothing comes before; CLOCK_NEVER: not. */
uint64_t series_deadline(const struct series_run *r);

/* How far it is, in words: "ping 3 of 10"; "" when none is running. Returns out. */
const char *series_progress(const struct series_run *r, char out[SERIES_PROGRESS]);
/* Gives each() the figures, a line at a time, without a newline. who: the server's endpoint in words. -1: ENOMEM. */
int series_summary(const struct series_run *r, const char *who, void (*each)(const char *line, size_t n, void *arg),
		   void *arg);

#endif
