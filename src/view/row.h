/*
 * row - the inside of a row of text: pieces that are already safe, and a walk over them. Private to view.
 */
#ifndef VIEW_ROW_H
#define VIEW_ROW_H

#include <uproar/view.h>

/* Appends text as it is, since text_cell() made it. -1: ENOMEM. */
int row_append(struct view_row *r, enum view_style style, const void *text, size_t n, unsigned columns);
int row_spaces(struct view_row *r, enum view_style style, unsigned columns);

/* What no cut may go through: a character with its marks, or an escape, which stands for one. */
struct row_unit {
	const char *text; /* not NUL-terminated */
	size_t size;
	unsigned columns;
	enum view_style style;
};

/* A place in a row, before one of its units. A copy of it is a place to come back to. */
struct row_walk {
	const struct view_row *row;
	size_t at;       /* bytes before it */
	size_t span;     /* the span that the next unit is in */
	size_t span_end; /* where that one ends, in bytes of the row's text */
};

void row_walk_start(struct row_walk *w, const struct view_row *r);
bool row_walk_done(const struct row_walk *w);
/*
 * The next unit; false at the end. One wider than `widest` columns is an escape, which is then taken apart, or a
 * character, which becomes "?".
 */
bool row_walk_next(struct row_walk *w, unsigned widest, struct row_unit *u);

#endif
