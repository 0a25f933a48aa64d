#include <stdlib.h>

#include "words.h"
#include "wrap.h"

enum { TRANSCRIPT_NARROW = 40 }; /* columns below which a line is brief */

/*
 * Most events have no line, and a log may hold a million that do. So `lines` keeps the log's index of each event that
 * has one; its text and its rows are worked out whenever they are drawn, and only those near the window. A line is
 * known by a number that it keeps when earlier ones are forgotten: the front of `lines` is line number `first`.
 *
 * Scrolled back, the window's first row is the one that holds byte `offset` of line `top`: a place in the text, which
 * stays the same when the width changes.
 */
struct transcript {
	const struct log *log;
	int64_t wall;
	uint64_t taken; /* the log's index of the next event to look at */
	struct ring lines;
	uint64_t first;
	bool follows;
	uint64_t top;
	size_t offset;
	uint64_t seen;        /* while it does not follow: lines before this one are not new */
	struct view_row line; /* the line being worked on */
	unsigned indent;
};

/* A row: the row'th of a line, at a certain width. */
struct place {
	uint64_t line;
	size_t row;
};

struct transcript *transcript_new(const struct log *l, int64_t wall)
{
	struct transcript *t = malloc(sizeof *t);
	if (t)
		*t = (struct transcript){.log = l, .wall = wall, .lines = RING_OF(uint64_t), .follows = true};
	return t;
}

void transcript_free(struct transcript *t)
{
	if (!t)
		return;
	ring_free(&t->lines);
	view_row_free(&t->line);
	free(t);
}

static uint64_t end(const struct transcript *t)
{
	return t->first + t->lines.count;
}

static uint64_t index_of(const struct transcript *t, uint64_t line)
{
	return *(uint64_t *)ring_at(&t->lines, (size_t)(line - t->first));
}

/* Forgets the lines whose events the log has forgotten. */
static void forget(struct transcript *t)
{
	for (; t->lines.count && index_of(t, t->first) < log_first(t->log); t->first++)
		ring_pop(&t->lines);
	if (t->top < t->first) {
		t->top = t->first;
		t->offset = 0;
	}
}

int transcript_update(struct transcript *t)
{
	forget(t);
	if (t->taken < log_first(t->log))
		t->taken = log_first(t->log);
	for (; t->taken < log_end(t->log); t->taken++) {
		if (!words_has(log_at(t->log, t->taken)))
			continue;
		uint64_t *index = ring_push(&t->lines);
		if (!index)
			return -1;
		*index = t->taken;
	}
	return 0;
}

void transcript_clear(struct transcript *t)
{
	t->first = end(t);
	ring_free(&t->lines);
	t->taken = log_end(t->log);
	t->follows = true;
}

bool transcript_follows(const struct transcript *t)
{
	return t->follows;
}

size_t transcript_below(const struct transcript *t)
{
	if (t->follows)
		return 0;
	return (size_t)(end(t) - (t->seen > t->first ? t->seen : t->first));
}

/* --- Rows of lines --- */

/* Makes ready to find the rows of a line, which is then in t->line. Short of memory, the line is cut short. */
static void open_line(struct transcript *t, uint64_t line, unsigned width, struct wrap *w)
{
	enum words_detail detail = width < TRANSCRIPT_NARROW ? WORDS_BRIEF : WORDS_FULL;
	words_line(log_at(t->log, index_of(t, line)), t->wall, detail, &t->line, &t->indent);
	wrap_start(w, &t->line, width, t->indent);
}

static size_t rows_of(struct transcript *t, uint64_t line, unsigned width)
{
	struct wrap w;
	open_line(t, line, width, &w);
	while (wrap_next(&w))
		;
	return w.rows;
}

/* Goes up by n rows, or as many as there are; returns by how many. */
static size_t up(struct transcript *t, struct place *p, size_t n, unsigned width)
{
	size_t gone = 0;
	while (n - gone > p->row && p->line > t->first) {
		gone += p->row + 1;
		p->line--;
		p->row = rows_of(t, p->line, width) - 1;
	}
	size_t rest = n - gone < p->row ? n - gone : p->row;
	p->row -= rest;
	return gone + rest;
}

/* Goes down by n rows, or to the last one. */
static void down(struct transcript *t, struct place *p, size_t n, unsigned width)
{
	size_t rows = rows_of(t, p->line, width);
	while (p->row + n >= rows && p->line + 1 < end(t)) {
		n -= rows - p->row;
		p->line++;
		p->row = 0;
		rows = rows_of(t, p->line, width);
	}
	p->row = p->row + n < rows ? p->row + n : rows - 1;
}

/* The first row of a window of this height that ends with the last row there is; returns the rows above that one. */
static size_t window_at_end(struct transcript *t, struct place *p, unsigned width, unsigned height)
{
	p->line = end(t) - 1;
	p->row = rows_of(t, p->line, width) - 1;
	return up(t, p, height - 1, width);
}

/* The first row of the window where the user left it. */
static struct place window_at_top(struct transcript *t, unsigned width)
{
	struct wrap w;
	struct place p = {.line = t->top};
	open_line(t, p.line, width, &w);
	while (wrap_next(&w) && !w.done && w.next.at <= t->offset)
		p.row++;
	return p;
}

static size_t offset_of(struct transcript *t, const struct place *p, unsigned width)
{
	struct wrap w;
	open_line(t, p->line, width, &w);
	while (wrap_next(&w) && w.rows <= p->row)
		;
	return w.begin.at;
}

/* --- Moving --- */

static bool before(const struct place *a, const struct place *b)
{
	return a->line < b->line || (a->line == b->line && a->row < b->row);
}

/* Whether a window of this height that begins there has the last row in it. */
static bool shows_end(struct transcript *t, const struct place *p, unsigned width, unsigned height)
{
	struct place last;
	window_at_end(t, &last, width, height);
	return !before(p, &last);
}

/* Puts the window's first row there; when it then shows the last row, it follows. */
static void settle(struct transcript *t, const struct place *p, unsigned width, unsigned height)
{
	bool followed = t->follows;
	t->follows = shows_end(t, p, width, height);
	if (t->follows)
		return;
	if (followed)
		t->seen = end(t);
	t->top = p->line;
	t->offset = offset_of(t, p, width);
}

static struct place window(struct transcript *t, unsigned width, unsigned height)
{
	struct place p;
	if (!t->follows)
		return window_at_top(t, width);
	window_at_end(t, &p, width, height);
	return p;
}

void transcript_move(struct transcript *t, enum transcript_move m, unsigned width, unsigned height)
{
	forget(t);
	if (t->lines.count == 0 || width == 0 || height == 0)
		return;
	size_t page = height > 1 ? height - 1 : 1; /* one row stays in sight */
	struct place p = window(t, width, height);
	switch (m) {
	case MOVE_LINE_UP:
		up(t, &p, 1, width);
		break;
	case MOVE_PAGE_UP:
		up(t, &p, page, width);
		break;
	case MOVE_LINE_DOWN:
		down(t, &p, 1, width);
		break;
	case MOVE_PAGE_DOWN:
		down(t, &p, page, width);
		break;
	case MOVE_HOME:
		p = (struct place){.line = t->first};
		break;
	case MOVE_END:
		window_at_end(t, &p, width, height);
		break;
	}
	settle(t, &p, width, height);
}

/* --- Drawing --- */

/* Fills n rows, or as many as there are, from this place on. -1: ENOMEM. */
static int fill(struct transcript *t, const struct place *from, unsigned width, unsigned n, struct view_row *rows)
{
	int result = 0;
	unsigned filled = 0;
	size_t skip = from->row;
	for (uint64_t line = from->line; line < end(t) && filled < n; line++) {
		struct wrap w;
		open_line(t, line, width, &w);
		while (filled < n && wrap_next(&w)) {
			if (w.rows > skip && wrap_row(&w, &rows[filled++]) == -1)
				result = -1;
		}
		if (t->line.failed)
			result = -1;
		if (line >= t->seen)
			t->seen = line + 1;
		skip = 0;
	}
	return result;
}

int transcript_rows(struct transcript *t, unsigned width, unsigned height, struct view_row *rows)
{
	forget(t);
	for (unsigned y = 0; y < height; y++)
		view_row_clear(&rows[y]);
	if (t->lines.count == 0 || width == 0 || height == 0)
		return 0;
	struct place p = window(t, width, height);
	if (!t->follows && !shows_end(t, &p, width, height))
		return fill(t, &p, width, height, rows);
	t->follows = true; /* also when a window that has grown came to show the end */
	unsigned blank = height - 1 - (unsigned)window_at_end(t, &p, width, height);
	return fill(t, &p, width, height - blank, rows + blank);
}
