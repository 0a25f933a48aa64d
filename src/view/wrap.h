/*
 * wrap - finds the rows of a logical line one after the other, without allocating anything. Private to view.
 */
#ifndef VIEW_WRAP_H
#define VIEW_WRAP_H

#include "row.h"

struct wrap {
	unsigned width;
	unsigned indent; /* columns of space before every row but the first */
	size_t rows;     /* found so far */
	/* The row found last: from here to there, in bytes of the line's text. */
	struct row_walk begin;
	size_t end;
	struct row_walk next; /* where the one after it begins */
	bool done;            /* there is none */
};

/* width > 0. The line must not change meanwhile. */
void wrap_start(struct wrap *w, const struct view_row *line, unsigned width, unsigned indent);
bool wrap_next(struct wrap *w); /* false: there is no further row */
/*
 * Makes row the one found last. What has a byte in the line's text for which found[] has a 1 is STYLE_FOUND; found may
 * be NULL. -1: ENOMEM.
 */
int wrap_row(const struct wrap *w, const uint8_t *found, struct view_row *row);

#endif
