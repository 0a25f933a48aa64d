/*
 * statistics_private - what the figures are kept in, and the parts that the view is put together from. Private to view.
 */
#ifndef VIEW_STATISTICS_PRIVATE_H
#define VIEW_STATISTICS_PRIVATE_H

#include <uproar/statistics.h>

#include "words.h"

/* A place in the plot: a right reply, or a sentence whose reply did not come. */
struct point {
	uint64_t sentence;
	uint64_t rtt;
	bool lost;
};

/*
 * Round-trip times. Mean and spread are kept up to date time by time (Welford, "Note on a method for calculating
 * corrected sums of squares and products", 1962), so no sum of nanoseconds or of their squares can overflow, nor two
 * such sums cancel each other out.
 */
struct times {
	uint64_t n, min, max;
	long double mean, squares; /* squares: the sum of those of the differences from the mean */
	struct ring points; /* of struct point, in the order of their sentences: no more than sorted has room for of
			       either kind */
	uint64_t sorted[STATISTICS_TIMES]; /* the times among them, least first */
	size_t kept, lost;                 /* of points: times, and the others */
};

void times_add(struct times *t, uint64_t sentence, uint64_t rtt);
void times_lost(struct times *t, uint64_t sentence);          /* it did not come... */
void times_found(struct times *t, uint64_t sentence);         /* ...but now it does */
uint64_t times_mdev(const struct times *t);                   /* of n > 0 */
uint64_t times_rank(const struct times *t, unsigned percent); /* the percentile by nearest rank, of kept > 0 */
size_t times_below(const struct times *t, uint64_t limit);    /* how many of those kept are less */

struct statistics {
	struct statistics_counts counts;
	struct times times;
	struct event_kernel kernel; /* what the system said last; why 0: nothing yet */
	bool closed;                /* and since then the socket was closed */
	bool watches;               /* a server that others talk with */
};

/* 1, 2 or 5 times a power of ten: the least that is not less than n > 0; if there is none, UINT64_MAX. */
uint64_t statistics_round(uint64_t n);

/* Percent that are without a reply, "20" or "33.3", of those sent. "" when nothing was, or some are still waiting: of
 * these nobody knows yet. Returns out. */
const char *statistics_loss(const struct statistics *s, char out[WORDS_NUMBER]);
uint64_t statistics_sent(const struct statistics_counts *c);

/* Milliseconds with so many decimals (0 to 6), cut. Returns out. */
const char *statistics_ms(uint64_t ns, unsigned decimals, char out[WORDS_NUMBER]);
unsigned statistics_decimals(uint64_t ns); /* that show all of it; no more than 6 */

/* --- The view --- */

enum { PANEL_GAP = 2 }; /* columns between two panels that stand beside each other */

/* A rectangle of rows, which are as yet empty from column left on. */
struct panel {
	struct view_row *rows;
	unsigned left, width, height;
};

/* Row y < height, filled up to the panel's left edge and no further; nothing is cut at the right edge. */
struct view_row *panel_row(const struct panel *p, unsigned y);
void panel_heading(const struct panel *p, const char *words);
/* Words from row y on, wrapped, as far as there is room. Returns the row after them. */
unsigned panel_words(const struct panel *p, unsigned y, enum view_style style, const char *words);

/* Bars of time, newest at the right, above an axis. A panel without rows is fine; else it has at least 3. */
void panel_plot(const struct statistics *s, const struct panel *p);
/* Bars of how many, one for each range of times. No rows, or at least 2. */
void panel_histogram(const struct statistics *s, const struct panel *p);

/* Something to be told in a word and a number, which belong together on one row. */
struct figure {
	const char *label;
	char number[WORDS_NUMBER]; /* "" for none */
	const char *unit;          /* after the number or instead of it; "" for none */
};

enum { FIGURES = 24 };

struct figures {
	struct figure list[FIGURES];
	unsigned count;
};

void figures_of_times(const struct statistics *s, struct figures *f);
void figures_of_counts(const struct statistics *s, struct figures *f);
void figures_of_kernel(const struct statistics *s, struct figures *f);
/* What there is to say to the latter; "" for nothing. */
const char *figures_kernel_note(const struct statistics *s);
unsigned figures_columns(const char *text); /* that it takes on a screen */

/* One below the other if they fit, else one after the other. From row y on; returns the row after them. */
unsigned figures_draw(const struct figures *f, const struct panel *p, unsigned y);
unsigned figures_rows(const struct figures *f, unsigned width); /* that it would take, given enough of them */
/* One after the other in any case. With p NULL only the rows they take are counted. */
unsigned figures_flow(const struct figures *f, const struct panel *p, unsigned y, unsigned width);

#endif
