#include <stdlib.h>

#include "pager_private.h"

struct pager *pager_new(const struct pager_lines *lines, void *view)
{
	struct pager *p = malloc(sizeof *p);
	if (p)
		*p = (struct pager){.lines = lines, .view = view, .follows = true, .chosen = PAGER_NONE};
	return p;
}

void pager_free(struct pager *p)
{
	if (!p)
		return;
	buf_free(&p->needle);
	view_row_free(&p->line);
	buf_free(&p->folded);
	buf_free(&p->found);
	free(p);
}

void pager_from_top(struct pager *p)
{
	p->from_top = true;
	p->follows = false;
}

int pager_update(struct pager *p)
{
	return p->lines->update(p->view);
}

uint64_t pager_first(const struct pager *p)
{
	uint64_t first = p->lines->first(p->view);
	return first > p->cleared ? first : p->cleared;
}

uint64_t pager_end(const struct pager *p)
{
	uint64_t first = pager_first(p), end = p->lines->end(p->view);
	return end > first ? end : first;
}

void pager_clear(struct pager *p)
{
	p->lines->update(p->view); /* without memory for it, what came last is shown later */
	p->cleared = pager_end(p);
	p->follows = !p->from_top;
	p->chosen = PAGER_NONE;
}

bool pager_follows(const struct pager *p)
{
	return p->follows;
}

size_t pager_below(const struct pager *p)
{
	uint64_t first = pager_first(p), end = pager_end(p);
	uint64_t seen = p->seen > first ? p->seen : first;
	return p->follows || seen > end ? 0 : (size_t)(end - seen);
}

uint64_t pager_chosen(const struct pager *p)
{
	uint64_t first = pager_first(p), end = pager_end(p);
	if (p->chosen == PAGER_NONE || first == end)
		return PAGER_NONE;
	if (p->chosen < first)
		return first;
	return p->chosen < end ? p->chosen : end - 1;
}

bool pager_begin(struct pager *p, unsigned width, unsigned height)
{
	uint64_t first = pager_first(p), end = pager_end(p);
	p->chosen = pager_chosen(p);
	if (p->top < first || p->top >= end) {
		p->top = p->top < first || end == first ? first : end - 1;
		p->offset = 0;
	}
	return first < end && width > 0 && height > 0;
}

/* --- Rows of lines --- */

void pager_open(struct pager *p, uint64_t line, unsigned width, struct wrap *w)
{
	unsigned indent = 0;
	view_row_clear(&p->line);
	p->lines->line(p->view, line, width, &p->line, &indent);
	wrap_start(w, &p->line, width, indent);
}

static size_t rows_of(struct pager *p, uint64_t line, unsigned width)
{
	struct wrap w;
	pager_open(p, line, width, &w);
	while (wrap_next(&w))
		;
	return w.rows;
}

struct place pager_place(struct pager *p, uint64_t line, size_t offset, unsigned width)
{
	struct wrap w;
	struct place at = {.line = line};
	pager_open(p, line, width, &w);
	while (wrap_next(&w) && !w.done && w.next.at <= offset)
		at.row++;
	return at;
}

static size_t offset_of(struct pager *p, const struct place *at, unsigned width)
{
	struct wrap w;
	pager_open(p, at->line, width, &w);
	while (wrap_next(&w) && w.rows <= at->row)
		;
	return w.begin.at;
}

/* Goes up by n rows, or as many as there are; returns by how many. */
static size_t up(struct pager *p, struct place *at, size_t n, unsigned width)
{
	uint64_t first = pager_first(p);
	size_t gone = 0;
	while (n - gone > at->row && at->line > first) {
		gone += at->row + 1;
		at->line--;
		at->row = rows_of(p, at->line, width) - 1;
	}
	size_t rest = n - gone < at->row ? n - gone : at->row;
	at->row -= rest;
	return gone + rest;
}

/* Goes down by n rows, or to the last one. */
static void down(struct pager *p, struct place *at, size_t n, unsigned width)
{
	uint64_t end = pager_end(p);
	size_t rows = rows_of(p, at->line, width);
	while (at->row + n >= rows && at->line + 1 < end) {
		n -= rows - at->row;
		at->line++;
		at->row = 0;
		rows = rows_of(p, at->line, width);
	}
	at->row = at->row + n < rows ? at->row + n : rows - 1;
}

static bool before(const struct place *a, const struct place *b)
{
	return a->line < b->line || (a->line == b->line && a->row < b->row);
}

/* --- The window: the place of its first row --- */

/* Whether a window that begins there has this row. */
static bool has_row(struct pager *p, const struct place *top, const struct place *row, unsigned width, unsigned height)
{
	if (before(row, top))
		return false;
	size_t above = 0, gone = top->row;
	for (uint64_t line = top->line; line < row->line && above < height; line++, gone = 0)
		above += rows_of(p, line, width) - gone;
	return above + row->row - gone < height;
}

/* Moves it to where it has this row, by as little as possible, and as much of its line as there is room for. */
static void slide(struct pager *p, struct place *top, const struct place *row, unsigned width, unsigned height)
{
	if (has_row(p, top, row, width, height))
		return;
	bool below = before(top, row);
	*top = (struct place){.line = row->line};
	if (below) {
		top->row = rows_of(p, row->line, width) - 1;
		up(p, top, height - 1, width);
	}
	if (!has_row(p, top, row, width, height))
		*top = *row;
}

/* The window that ends with the last row there is. Returns the rows in it above that one. */
static size_t window_at_end(struct pager *p, struct place *top, unsigned width, unsigned height)
{
	top->line = pager_end(p) - 1;
	top->row = rows_of(p, top->line, width) - 1;
	return up(p, top, height - 1, width);
}

/* The window as the user left it, with some row of the chosen line. `last` is the one at the end. */
static struct place window(struct pager *p, const struct place *last, unsigned width, unsigned height)
{
	struct place top = p->follows ? *last : pager_place(p, p->top, p->offset, width);
	if (p->chosen != PAGER_NONE && p->chosen != top.line)
		slide(p, &top, &(struct place){.line = p->chosen}, width, height);
	return top;
}

static void stay(struct pager *p, const struct place *top, unsigned width)
{
	p->follows = false;
	p->top = top->line;
	p->offset = offset_of(p, top, width);
}

/* Puts the window there; when it then shows the last row, it follows. */
static void settle(struct pager *p, struct place *top, const struct place *last, unsigned width)
{
	bool at_end = !before(top, last);
	if (at_end)
		*top = *last;
	if (at_end && !p->from_top) {
		p->follows = true;
		return;
	}
	if (p->follows)
		p->seen = pager_end(p);
	stay(p, top, width);
}

void pager_bring(struct pager *p, const struct place *to, unsigned width, unsigned height)
{
	struct place last, top;
	window_at_end(p, &last, width, height);
	top = window(p, &last, width, height);
	slide(p, &top, &(struct place){to->line, rows_of(p, to->line, width) - 1}, width, height);
	slide(p, &top, to, width, height);
	settle(p, &top, &last, width);
}

/* --- Moving and choosing --- */

static uint64_t last_line(struct pager *p, const struct place *top, unsigned width, unsigned height)
{
	struct place bottom = *top;
	down(p, &bottom, height - 1, width);
	return bottom.line;
}

/* Chooses another line when the chosen one has left the window. */
static void choose_within(struct pager *p, const struct place *top, unsigned width, unsigned height)
{
	if (p->chosen == PAGER_NONE)
		return;
	uint64_t last = last_line(p, top, width, height);
	if (p->chosen < top->line)
		p->chosen = top->line;
	else if (p->chosen > last)
		p->chosen = last;
}

void pager_move(struct pager *p, enum pager_move m, unsigned width, unsigned height)
{
	if (!pager_begin(p, width, height))
		return;
	size_t page = height > 1 ? height - 1 : 1; /* one row stays in sight */
	struct place last, top;
	window_at_end(p, &last, width, height);
	top = window(p, &last, width, height);
	switch (m) {
	case MOVE_LINE_UP:
		up(p, &top, 1, width);
		break;
	case MOVE_PAGE_UP:
		up(p, &top, page, width);
		break;
	case MOVE_LINE_DOWN:
		down(p, &top, 1, width);
		break;
	case MOVE_PAGE_DOWN:
		down(p, &top, page, width);
		break;
	case MOVE_HOME:
		top = (struct place){.line = pager_first(p)};
		break;
	case MOVE_END:
		top = last;
		p->chosen = PAGER_NONE;
		break;
	}
	settle(p, &top, &last, width);
	choose_within(p, &top, width, height);
}

/* The line that a first step chooses: it enters the window from its top or its bottom. */
static uint64_t first_choice(struct pager *p, int by, unsigned width, unsigned height)
{
	struct place last, top;
	window_at_end(p, &last, width, height);
	top = window(p, &last, width, height);
	return by > 0 ? top.line : last_line(p, &top, width, height);
}

void pager_choose(struct pager *p, int by, unsigned width, unsigned height)
{
	if (!pager_begin(p, width, height) || by == 0)
		return;
	uint64_t steps = by > 0 ? (uint64_t)by : -(uint64_t)by;
	uint64_t room = by > 0 ? pager_end(p) - 1 - p->chosen : p->chosen - pager_first(p);
	if (steps > room)
		steps = room;
	if (p->chosen == PAGER_NONE)
		p->chosen = first_choice(p, by, width, height);
	else
		p->chosen = by > 0 ? p->chosen + steps : p->chosen - steps;
	pager_bring(p, &(struct place){.line = p->chosen}, width, height);
}

/* The line that has the y'th row from this place on; PAGER_NONE: there are not so many. */
static uint64_t line_at(struct pager *p, const struct place *from, unsigned y, unsigned width)
{
	size_t skip = from->row;
	uint64_t end = pager_end(p);
	for (uint64_t line = from->line; line < end; line++) {
		struct wrap w;
		pager_open(p, line, width, &w);
		while (wrap_next(&w))
			if (w.rows > skip && y-- == 0)
				return line;
		skip = 0;
	}
	return PAGER_NONE;
}

void pager_choose_at(struct pager *p, unsigned y, unsigned width, unsigned height)
{
	struct place last, top;
	if (!pager_begin(p, width, height))
		return;
	unsigned blank = height - 1 - (unsigned)window_at_end(p, &last, width, height);
	top = window(p, &last, width, height);
	if (before(&top, &last) || p->from_top)
		blank = 0;
	if (!before(&top, &last))
		top = last;
	p->chosen = y < blank ? PAGER_NONE : line_at(p, &top, y - blank, width);
	if (p->chosen != PAGER_NONE)
		pager_bring(p, &(struct place){.line = p->chosen}, width, height);
}

void pager_choose_none(struct pager *p)
{
	p->chosen = PAGER_NONE;
}

uint64_t pager_chosen_event(const struct pager *p)
{
	uint64_t chosen = pager_chosen(p);
	return chosen == PAGER_NONE ? PAGER_NONE : p->lines->event(p->view, chosen);
}

/* --- Drawing --- */

/* Makes row the one found last, as the window shows it. */
static int draw(struct pager *p, const struct wrap *w, bool chosen, struct view_row *row)
{
	if (wrap_row(w, p->found.size ? buf_bytes(&p->found) : NULL, row) == -1)
		return -1;
	if (!chosen)
		return 0;
	for (size_t i = 0; i < row->spans.count; i++) {
		struct view_span *s = ring_at(&row->spans, i);
		if (s->style != STYLE_FOUND && s->style != STYLE_ESCAPE)
			s->style = STYLE_CHOSEN;
	}
	return view_row_fit(row, w->width, STYLE_CHOSEN);
}

/* Fills n rows, or as many as there are, from this place on. -1: ENOMEM. */
static int fill(struct pager *p, const struct place *from, unsigned width, unsigned n, struct view_row *rows)
{
	int result = 0;
	unsigned filled = 0;
	size_t skip = from->row;
	uint64_t end = pager_end(p);
	for (uint64_t line = from->line; line < end && filled < n; line++) {
		struct wrap w;
		pager_open(p, line, width, &w);
		if (p->line.failed || pager_mark(p) == -1)
			result = -1;
		while (filled < n && wrap_next(&w)) {
			if (w.rows > skip && draw(p, &w, line == p->chosen, &rows[filled++]) == -1)
				result = -1;
		}
		if (line >= p->seen)
			p->seen = line + 1;
		skip = 0;
	}
	return result;
}

int pager_rows(struct pager *p, unsigned width, unsigned height, struct view_row *rows)
{
	for (unsigned y = 0; y < height; y++)
		view_row_clear(&rows[y]);
	if (!pager_begin(p, width, height))
		return 0;
	struct place last;
	unsigned blank = height - 1 - (unsigned)window_at_end(p, &last, width, height);
	struct place top = window(p, &last, width, height);
	if (!before(&top, &last) && p->from_top)
		return fill(p, &last, width, height, rows);
	if (!before(&top, &last)) {
		p->follows = true; /* also when a window that has grown came to show the end */
		return fill(p, &last, width, height - blank, rows + blank);
	}
	if (p->follows)
		stay(p, &top, width); /* with the chosen line, and what is below it is new */
	return fill(p, &top, width, height, rows);
}

int pager_all(struct pager *p, unsigned width, bool (*each)(const struct view_row *row, void *arg), void *arg)
{
	struct view_row row = {0};
	int result = 0;
	bool more = true;
	uint64_t end = pager_end(p);
	for (uint64_t line = pager_first(p); line < end && more && result == 0; line++) {
		struct wrap w;
		pager_open(p, line, width, &w);
		if (p->line.failed)
			result = -1;
		while (more && result == 0 && wrap_next(&w)) {
			result = wrap_row(&w, NULL, &row);
			more = result == 0 && each(&row, arg);
		}
	}
	view_row_free(&row);
	return result;
}
