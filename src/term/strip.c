#include "strip.h"

#include <uproar/text.h>

enum { MARKS_LEAST = 8 }; /* columns; in a narrower window "<" and ">" would take too much of it */

static const char newline_sign[] = "\u23ce";

void strip_clear(struct strip *s)
{
	s->cells.item = sizeof(struct strip_cell);
	ring_cut(&s->cells, 0);
	s->columns = 0;
	s->cursor = 0;
}

void strip_free(struct strip *s)
{
	ring_free(&s->cells);
	*s = (struct strip){0};
}

static const struct strip_cell *cell_at(const struct strip *s, size_t i)
{
	return ring_at(&s->cells, i);
}

/* Fills in the cell at the beginning of the text; returns how many bytes it stands for. */
static size_t look(struct strip_cell *c, const char *text, size_t n)
{
	struct text_cell cell;
	size_t taken = text_cell(text, n, &cell);
	c->bytes = text;
	c->size = taken;
	if (*text == '\n') {
		struct text_cell sign;
		c->style = STYLE_ESCAPE;
		text_cell(newline_sign, sizeof newline_sign - 1, &sign);
		if (!sign.escaped) { /* without UTF-8 the newline is shown as ^J */
			cell = sign;
			c->bytes = newline_sign;
			c->size = sizeof newline_sign - 1;
		}
	}
	c->columns = cell.columns;
	return taken;
}

int strip_put(struct strip *s, enum view_style style, const char *text, size_t n, ptrdiff_t cursor)
{
	for (size_t i = 0; i < n;) {
		struct strip_cell *c = ring_push(&s->cells);
		if (!c)
			return -1;
		c->style = style;
		if (cursor >= (ptrdiff_t)i)
			s->cursor = s->cells.count - 1;
		i += look(c, text + i, n - i);
		s->columns += c->columns;
	}
	if (cursor == (ptrdiff_t)n)
		s->cursor = s->cells.count;
	return 0;
}

/* --- The window --- */

static unsigned columns_between(const struct strip *s, size_t from, size_t to)
{
	unsigned columns = 0;
	for (size_t i = from; i < to; i++)
		columns += cell_at(s, i)->columns;
	return columns;
}

/* The columns that the cursor needs: those of its cell, or one behind the last. */
static unsigned cursor_columns(const struct strip *s)
{
	unsigned columns = s->cursor < s->cells.count ? cell_at(s, s->cursor)->columns : 1;
	return columns ? columns : 1;
}

/* The columns left for cells when the window begins at this cell: "<" takes one, and ">" is reckoned with. */
static unsigned room(unsigned width, size_t first)
{
	return width < MARKS_LEAST ? width : width - 1 - (first > 0);
}

/* Moves the window as little as shows the cursor, and no further right than the end needs. */
static void scroll(struct strip *s, unsigned width)
{
	if (s->columns < width || s->first > s->cursor)
		s->first = 0;
	if (s->columns < width)
		return;
	unsigned before = columns_between(s, s->first, s->cursor);
	while (s->first < s->cursor && before + cursor_columns(s) > room(width, s->first))
		before -= cell_at(s, s->first++)->columns;
	unsigned after = columns_between(s, s->first, s->cells.count) + 1;
	while (s->first > 0 && after + cell_at(s, s->first - 1)->columns <= room(width, s->first - 1))
		after += cell_at(s, --s->first)->columns;
}

/* Cells that follow each other in memory and look alike go into the row together. */
static int put_cells(const struct strip *s, size_t from, size_t to, struct view_row *row)
{
	for (size_t i = from, next; i < to; i = next) {
		const struct strip_cell *c = cell_at(s, i);
		size_t size = c->size;
		for (next = i + 1; next < to; next++) {
			const struct strip_cell *n = cell_at(s, next);
			if (n->bytes != c->bytes + size || n->style != c->style)
				break;
			size += n->size;
		}
		if (view_row_put(row, c->style, c->bytes, size) == -1)
			return -1;
	}
	return 0;
}

int strip_row(struct strip *s, unsigned width, struct view_row *row, unsigned *cursor)
{
	view_row_clear(row);
	scroll(s, width);
	bool marks = width >= MARKS_LEAST;
	bool all = s->columns < width;
	unsigned space = all ? width : room(width, s->first), used = 0;
	size_t end = s->first;
	while (end < s->cells.count && used + cell_at(s, end)->columns <= space)
		used += cell_at(s, end++)->columns;
	*cursor = columns_between(s, s->first, s->cursor) + (marks && s->first > 0);
	if (*cursor >= width)
		*cursor = width - 1;
	if (marks && s->first > 0 && view_row_put(row, STYLE_FAINT, "<", 1) == -1)
		return -1;
	if (put_cells(s, s->first, end, row) == -1)
		return -1;
	if (!marks || end == s->cells.count)
		return 0;
	if (view_row_fit(row, width - 1, STYLE_TEXT) == -1)
		return -1;
	return view_row_put(row, STYLE_FAINT, ">", 1);
}
