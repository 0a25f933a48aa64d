#include "row.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/text.h>

void view_row_clear(struct view_row *r)
{
	buf_clear(&r->text);
	ring_cut(&r->spans, 0);
	r->columns = 0;
	r->failed = false;
}

void view_row_free(struct view_row *r)
{
	buf_free(&r->text);
	ring_free(&r->spans);
	r->columns = 0;
	r->failed = false;
}

/* The span that text of this style goes into: the last one, or a new one. */
static struct view_span *open_span(struct view_row *r, enum view_style style)
{
	r->spans.item = sizeof(struct view_span);
	struct view_span *last = r->spans.count ? ring_at(&r->spans, r->spans.count - 1) : NULL;
	/* Every escape has a span of its own: so a later cut knows where one ends and the next begins. */
	if (last && last->style == style && style != STYLE_ESCAPE)
		return last;
	struct view_span *s = ring_push(&r->spans);
	if (s)
		s->style = style;
	return s;
}

static int fail(struct view_row *r)
{
	r->failed = true;
	errno = ENOMEM;
	return -1;
}

int row_append(struct view_row *r, enum view_style style, const void *text, size_t n, unsigned columns)
{
	if (r->failed)
		return fail(r);
	if (n == 0)
		return 0;
	uint8_t *to = buf_reserve(&r->text, n);
	struct view_span *s = to ? open_span(r, style) : NULL;
	if (!s)
		return fail(r);
	memcpy(to, text, n);
	r->text.size += n;
	s->size += (uint32_t)n;
	s->columns += columns;
	r->columns += columns;
	return 0;
}

int row_spaces(struct view_row *r, enum view_style style, unsigned columns)
{
	static const char spaces[] = "                                ";
	while (columns > 0) {
		unsigned n = columns < sizeof spaces - 1 ? columns : (unsigned)sizeof spaces - 1;
		if (row_append(r, style, spaces, n, n) == -1)
			return -1;
		columns -= n;
	}
	return r->failed ? fail(r) : 0;
}

int view_row_put(struct view_row *r, enum view_style style, const void *data, size_t n)
{
	const uint8_t *s = data;
	struct text_cell cell;
	for (size_t i = 0; i < n;) {
		i += text_cell(s + i, n - i, &cell);
		if (row_append(r, cell.escaped ? STYLE_ESCAPE : style, cell.text, cell.size, cell.columns) == -1)
			return -1;
	}
	return r->failed ? fail(r) : 0;
}

int view_row_printf(struct view_row *r, enum view_style style, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text;
	int n = vasprintf(&text, format, args);
	va_end(args);
	if (n == -1)
		return fail(r);
	int result = view_row_put(r, style, text, (size_t)n);
	free(text);
	return result;
}

/* Forgets everything from this place on, which is not the end; the columns before it are given. */
static void cut(struct view_row *r, const struct row_walk *place, unsigned columns)
{
	struct view_span *last = ring_at(&r->spans, place->span);
	last->size -= (uint32_t)(place->span_end - place->at);
	last->columns = columns;
	for (size_t i = 0; i < place->span; i++)
		last->columns -= ((struct view_span *)ring_at(&r->spans, i))->columns;
	ring_cut(&r->spans, place->span + (last->size > 0));
	r->text.size = place->at;
	r->columns = columns;
}

int view_row_fit(struct view_row *r, unsigned width, enum view_style style)
{
	if (r->columns > width) {
		struct row_walk walk, before;
		struct row_unit u;
		unsigned columns = 0;
		row_walk_start(&walk, r);
		for (before = walk; row_walk_next(&walk, UINT_MAX, &u) && columns + u.columns <= width; before = walk)
			columns += u.columns;
		cut(r, &before, columns);
	}
	return row_spaces(r, style, width - r->columns);
}

static const struct view_span *span_at(const struct row_walk *w)
{
	return ring_at(&w->row->spans, w->span);
}

void row_walk_start(struct row_walk *w, const struct view_row *r)
{
	*w = (struct row_walk){.row = r};
	if (r->spans.count)
		w->span_end = span_at(w)->size;
}

bool row_walk_done(const struct row_walk *w)
{
	return w->at == w->row->text.size;
}

bool row_walk_next(struct row_walk *w, unsigned widest, struct row_unit *u)
{
	if (row_walk_done(w))
		return false;
	const struct view_span *s = span_at(w);
	*u = (struct row_unit){.text = (char *)buf_bytes(&w->row->text) + w->at, .style = s->style};
	if (s->style == STYLE_ESCAPE && s->columns <= widest) {
		u->size = s->size;
		u->columns = s->columns;
	} else {
		struct text_cell cell;
		u->size = text_cell(u->text, w->span_end - w->at, &cell);
		u->columns = cell.columns;
	}
	w->at += u->size;
	if (w->at == w->span_end && !row_walk_done(w)) {
		w->span++;
		w->span_end += span_at(w)->size;
	}
	if (u->columns > widest) {
		u->text = "?";
		u->size = u->columns = 1;
	}
	return true;
}
