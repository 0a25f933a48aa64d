/*
 * The plot of round-trip times. Each reply is a bar from 0 to its time, a few dots wide as long as there are few, and
 * one dot when there are many; a sentence without a reply is a cross on the axis where its bar would stand. A cell of
 * the terminal holds 2 x 4 dots where there is braille (Unicode, block 2800), else it is one dot.
 */
#include <stdio.h>

#include <uproar/text.h>

#include "statistics_private.h"

enum {
	BAR_CELLS = 8,        /* that a bar and the space before it take, at most */
	PLOT_LABEL = 9,       /* columns of a label and the space after it */
	PLOT_LEAST = 8,       /* columns that shall be left for the bars: else there are no labels */
	PLOT_MIDDLE_FROM = 8, /* rows: then half of the greatest time is written beside them, too */
	HEADING = 160,        /* bytes of a heading, in any language */
};

struct plot {
	const struct times *times;
	uint64_t top;         /* the time at its upper edge; 0: all took no time, or none is there */
	unsigned cells, rows; /* its size without labels and axes */
	unsigned across, up;  /* dots of a cell */
	unsigned step;        /* dots from one bar to the next; if more than 1, the last of them is space */
	unsigned label;       /* columns of labels, if there are any */
	bool braille;
};

uint64_t statistics_round(uint64_t n)
{
	for (uint64_t unit = 1;; unit *= 10) {
		for (uint64_t first = 1; first <= 5; first += first == 2 ? 3 : 1)
			if (unit <= UINT64_MAX / first && n <= unit * first)
				return unit * first;
		if (unit > UINT64_MAX / 10)
			return UINT64_MAX;
	}
}

/* The point that the dots stand for which are so far from the right edge; NULL: none. */
static const struct point *point_of(const struct plot *p, unsigned x)
{
	size_t back = x / p->step;
	bool whole = (x / p->step + 1) * p->step <= p->cells * p->across;
	if (back >= p->times->points.count || !whole)
		return NULL;
	return ring_at(&p->times->points, p->times->points.count - 1 - back);
}

/* How high the bar is there, in dots; a time has at least one. */
static unsigned level(const struct plot *p, unsigned x)
{
	const struct point *point = point_of(p, x);
	if (!point || point->lost || (p->step > 1 && x % p->step == p->step - 1))
		return 0;
	unsigned dots = p->rows * p->up;
	long double part = p->top ? (long double)point->rtt / (long double)p->top : 0;
	unsigned high = (unsigned)(part * dots + 0.5L);
	return high == 0 ? 1 : high;
}

/* How much of it is in a cell of this row, 0 being the lowest. */
static unsigned filling(const struct plot *p, unsigned x, unsigned row)
{
	unsigned high = level(p, x), below = row * p->up;
	if (high <= below)
		return 0;
	return high - below < p->up ? high - below : p->up;
}

static void put_cell(const struct plot *p, unsigned cell, unsigned row, struct view_row *out)
{
	/* Dots 7, 3, 2, 1 of the left half of a cell, and 8, 6, 5, 4 of the right one, put in from below. */
	static const uint8_t left[] = {0, 0x40, 0x44, 0x46, 0x47}, right[] = {0, 0x80, 0xa0, 0xb0, 0xb8};
	char text[4] = " ";
	size_t size = 1;
	unsigned x = (p->cells - 1 - cell) * p->across;
	if (p->braille) {
		uint32_t dots = left[filling(p, x + 1, row)] | right[filling(p, x, row)];
		if (dots)
			size = text_encode(0x2800 | dots, text);
	} else if (filling(p, x, row)) {
		text[0] = level(p, x) == row + 1 ? '*' : '.';
	}
	view_row_put(out, STYLE_SERVER, text, size);
}

/* Whether a cross belongs into this cell: it stands in the middle of its place. */
static bool is_lost(const struct plot *p, unsigned cell)
{
	unsigned x = (p->cells - 1 - cell) * p->across;
	for (unsigned i = 0; i < p->across; i++) {
		const struct point *point = point_of(p, x + i);
		if (point && point->lost && (x + i) % p->step == p->step / 2)
			return true;
	}
	return false;
}

/* --- Axes and labels --- */

static void put_label(uint64_t time, struct view_row *row)
{
	char text[WORDS_NUMBER];
	view_row_printf(row, STYLE_FAINT, "%*s ", PLOT_LABEL - 1, words_duration(time, text));
}

/* What stands left of a row of bars, y counted from above. */
static void put_scale(const struct plot *p, unsigned y, struct view_row *row)
{
	bool middle = p->rows >= PLOT_MIDDLE_FROM && y == p->rows / 2;
	bool labelled = p->label && p->top && (y == 0 || middle);
	if (labelled)
		put_label(middle ? p->top / 2 : p->top, row);
	else
		row_spaces(row, STYLE_FAINT, p->label);
	view_row_printf(row, STYLE_FAINT, "%s", labelled ? words_sign("┤", "+") : words_sign("│", "|"));
}

static void put_foot(const struct plot *p, struct view_row *row)
{
	if (p->label)
		view_row_printf(row, STYLE_FAINT, "%*s ", PLOT_LABEL - 1, "0");
	view_row_printf(row, STYLE_FAINT, "%s", words_sign("└", "+"));
	for (unsigned cell = 0; cell < p->cells; cell++) {
		if (is_lost(p, cell))
			view_row_printf(row, STYLE_WARNING, "%s", words_sign("✗", "x"));
		else
			view_row_printf(row, STYLE_FAINT, "%s", words_sign("─", "-"));
	}
}

/* --- Putting it together --- */

/* How many points there is room for. */
static unsigned visible(const struct plot *p)
{
	size_t room = p->cells * p->across / p->step;
	return (unsigned)(p->times->points.count < room ? p->times->points.count : room);
}

static uint64_t greatest(const struct plot *p)
{
	uint64_t most = 0;
	for (unsigned i = 0; i < visible(p); i++) {
		const struct point *point = point_of(p, i * p->step);
		if (!point->lost && point->rtt > most)
			most = point->rtt;
	}
	return most;
}

static bool any_lost(const struct plot *p)
{
	unsigned i = 0;
	while (i < visible(p) && !point_of(p, i * p->step)->lost)
		i++;
	return i < visible(p);
}

/* The scale's end: two to five round steps, so that the greatest time takes most of the height. */
static uint64_t round_top(uint64_t most)
{
	uint64_t step = statistics_round(most / 5 + 1);
	return most < UINT64_MAX / 2 ? (most + step - 1) / step * step : UINT64_MAX;
}

static void lay_out(struct plot *p, unsigned width)
{
	p->label = width > PLOT_LABEL + PLOT_LEAST ? PLOT_LABEL : 0;
	p->cells = width - p->label - 1;
	p->step = BAR_CELLS * p->across;
	while (p->step > 1 && p->times->points.count > p->cells * p->across / p->step)
		p->step /= 2;
	uint64_t most = greatest(p);
	p->top = most ? round_top(most) : 0;
}

static void put_heading(const struct plot *p, const struct panel *panel)
{
	char words[HEADING];
	if (any_lost(p))
		snprintf(words, sizeof words, _("Round-trip times; %s: no reply"), words_sign("✗", "x"));
	else
		snprintf(words, sizeof words, "%s", _("Round-trip times, newest at the right"));
	panel_heading(panel, words);
}

void panel_plot(const struct statistics *s, const struct panel *panel)
{
	if (panel->height == 0)
		return;
	bool braille = words_sign("⣿", "")[0] != '\0';
	struct plot p = {
		.times = &s->times,
		.rows = panel->height - 2,
		.across = braille ? 2 : 1,
		.up = braille ? 4 : 1,
		.braille = braille,
	};
	lay_out(&p, panel->width);
	put_heading(&p, panel);
	for (unsigned y = 0; y < p.rows; y++) {
		struct view_row *row = panel_row(panel, 1 + y);
		put_scale(&p, y, row);
		for (unsigned cell = 0; cell < p.cells; cell++)
			put_cell(&p, cell, p.rows - 1 - y, row);
	}
	put_foot(&p, panel_row(panel, panel->height - 1));
}
