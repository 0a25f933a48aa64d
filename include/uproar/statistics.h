/*
 * statistics - figures of what happened: how many, how long, what the system says. Part of layer view.
 *
 * A function of events: give it some, of one conversation or of one series, and ask. Times are nanoseconds. What is
 * told of sentences that were said before the first event given counts as bytes, and nothing else.
 */
#ifndef UPROAR_STATISTICS_H
#define UPROAR_STATISTICS_H

#include <uproar/view.h>

enum {
	STATISTICS_TIMES = 10000, /* round-trip times kept: the newest */
};

struct statistics;
struct statistics *statistics_new(void); /* NULL: ENOMEM */
void statistics_free(struct statistics *s);
void statistics_clear(struct statistics *s);
void statistics_take(struct statistics *s, const struct event *e); /* short of memory, a time is left out of the plot */

struct statistics_counts {
	uint64_t sentences; /* said: each is waiting, or exactly one of the next ten */
	uint64_t queued;    /* TCP: not sent yet */
	uint64_t answered;  /* right, and in time */
	uint64_t late;      /* right, after it was reported missing */
	uint64_t wrong, truncated;
	uint64_t lost; /* no reply in time, and none since */
	uint64_t cut_short, unsent, refused, cancelled;
	/* what came in, beside the replies that these counts are of */
	uint64_t duplicates, unasked, strangers;
	/* of the replies above */
	uint64_t out_of_order, guessed, in_pieces, joined;
	uint64_t dropped; /* replies that this end's receive queue was too full for: they are among the lost */
	uint64_t bytes_out, bytes_in; /* on the wire: of sentences sent, and of all that came in */
};
const struct statistics_counts *statistics_counts(const struct statistics *s);
uint64_t statistics_waiting(const struct statistics *s); /* sentences without a verdict */

/* Of all right replies, late ones too; the percentiles are of the newest STATISTICS_TIMES. False: there is none. */
struct statistics_times {
	uint64_t n, min, avg, max;
	uint64_t mdev;          /* as ping(8) has it: the root of the mean square less the square of the mean */
	uint64_t p50, p90, p99; /* nearest rank */
};
bool statistics_times(const struct statistics *s, struct statistics_times *t);

/*
 * In ping(8)'s form and words:
 *
 *   --- 127.0.0.1:12000 ping statistics ---
 *   10 sent, 8 received, +1 duplicates, +2 out of order, 20% loss, time 9012 ms
 *   rtt min/avg/max/mdev = 0.109/0.214/0.330/0.061 ms
 *
 * Sent are all sentences but the unsent ones and those not sent yet; received are their replies, right, late, wrong or
 * truncated; loss is what was sent and has a verdict without a reply, with one decimal if it is not whole, and is left
 * out while some are waiting. The parts with "+" stand there if they are not 0. So does a line of the rest, before the
 * times: "1 late, 2 wrong, 3 refused". Without a right reply there is no line of times. each() gets a line at a time,
 * without a newline. -1: ENOMEM.
 */
int statistics_summary(const struct statistics *s, const char *who, uint64_t took,
		       void (*each)(const char *line, size_t n, void *arg), void *arg);

/*
 * The view: the round-trip times in the order of their replies as a plot (braille where the character set has it, else
 * ASCII), a histogram with p50, p90 and p99, the count of every verdict that there is and the bytes, and what the
 * system says about the socket. What the platform does not offer is called that. Whatever has no room is left out, the
 * least needed first; it makes sense from 20 columns and 3 rows. Fills height rows, all empty ones included. -1:
 * ENOMEM.
 */
int statistics_rows(const struct statistics *s, unsigned width, unsigned height, struct view_row *rows);

#endif
