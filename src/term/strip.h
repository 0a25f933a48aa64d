/*
 * strip - a line of cells, seen through a window that moves sideways so that the cursor stays in sight.
 */
#ifndef TERM_STRIP_H
#define TERM_STRIP_H

#include <uproar/view.h>

struct strip_cell {
	const char *bytes; /* the caller's, until the strip is cleared */
	size_t size;
	unsigned columns;
	enum view_style style;
};

struct strip {
	struct ring cells; /* of struct strip_cell */
	unsigned columns;  /* of all of them */
	size_t cursor;     /* the cell that the cursor is on; cells.count: behind the last */
	size_t first;      /* the first cell in the window; kept by strip_clear() */
};

enum { STRIP_NO_CURSOR = -1 };

void strip_clear(struct strip *s);
void strip_free(struct strip *s);
/* Appends text; cursor is an offset into it, n for behind it, or STRIP_NO_CURSOR. A newline shows as a sign. -1:
 * ENOMEM. */
int strip_put(struct strip *s, enum view_style style, const char *text, size_t n, ptrdiff_t cursor);
/* What the window shows, width > 0 columns of it: "<" and ">" stand where more is hidden. -1: ENOMEM. */
int strip_row(struct strip *s, unsigned width, struct view_row *row, unsigned *cursor);

#endif
