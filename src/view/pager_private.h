/*
 * pager_private - the pager itself and places in its lines, which pager.c (the window) and pager_find.c share. Private
 * to view.
 */
#ifndef VIEW_PAGER_PRIVATE_H
#define VIEW_PAGER_PRIVATE_H

#include <uproar/pager.h>

#include "wrap.h"

/*
 * A view may have a million lines. So none is kept: its text and its rows are worked out whenever they are needed, and
 * for drawing only those near the window.
 *
 * Scrolled back, the window's first row is the one that holds byte `offset` of line `top`: a place in the text, which
 * stays the same when the width changes.
 */
struct pager {
	const struct pager_lines *lines;
	void *view;
	uint64_t cleared; /* lines before this one are not shown */
	bool from_top;    /* it never follows */
	bool follows;
	uint64_t top;
	size_t offset;
	uint64_t seen;   /* while it does not follow: lines before this one are not new */
	uint64_t chosen; /* or PAGER_NONE */

	char wanted[PAGER_FIND_MAX + 1]; /* the text being looked for, */
	struct buf needle;               /* and the same as it is shown, in uppercase */

	struct view_row line; /* the line being worked on, */
	struct buf folded;    /* its text in uppercase, */
	struct buf found; /* and a byte for each of its bytes: 1, it is part of what was found; empty: nothing was */
};

/* A row: the row'th of a line, at a certain width. */
struct place {
	uint64_t line;
	size_t row;
};

uint64_t pager_first(const struct pager *p);
uint64_t pager_end(const struct pager *p); /* at least the first */
/* To begin with: forgets places in lines that are gone. False: there are no lines, or there is no window. */
bool pager_begin(struct pager *p, unsigned width, unsigned height);

/* Makes ready to find the rows of a line, which is then in p->line. Short of memory, the line is cut short. */
void pager_open(struct pager *p, uint64_t line, unsigned width, struct wrap *w);
/* The row of a line that holds this byte of it, or its last one. */
struct place pager_place(struct pager *p, uint64_t line, size_t offset, unsigned width);
/* Moves the window, if need be, to where it has this row, and all of its line if there is room. */
void pager_bring(struct pager *p, const struct place *to, unsigned width, unsigned height);

/* Works out p->found for p->line. -1: ENOMEM. */
int pager_mark(struct pager *p);

#endif
