/*
 * ladder_draw - how a line of the ladder looks: the words of a call, what passes between the two programs, and where on
 * its row each of them goes. Private to view.
 */
#ifndef VIEW_LADDER_DRAW_H
#define VIEW_LADDER_DRAW_H

#include "ladder_about.h"

/*
 * ladder_call.c: the words of a line, put so that they fit their lane; if they cannot be, they end after the most
 * columns that there are.
 */
void ladder_words(struct ladder *d, const struct ladder_line *l, unsigned lane, unsigned most, struct view_row *row);
void ladder_append(struct view_row *row, const struct view_row *more);
void ladder_cut(struct view_row *row, unsigned width); /* with an ellipsis, if it is wider */

/* ladder_pass.c: what passes between the two programs. */
enum ladder_way { PASS_NOTHING, PASS_LEAVES, PASS_ARRIVES, PASS_SEGMENT };
struct ladder_pass {
	enum ladder_way way;
	enum event_who to;
	enum segment segment;
	bool lost;
};
struct ladder_pass ladder_pass(const struct ladder *d, const struct ladder_line *l);
/* Draws it into so many columns, but leaves out spaces at its end. */
void ladder_draw(struct ladder *d, const struct ladder_line *l, unsigned width, struct view_row *row);
unsigned ladder_pass_columns(struct ladder *d, const struct ladder_line *l); /* that it can do with */
/* "(4 of 1, 2)", or nothing. */
void ladder_say_pass(struct ladder *d, const struct ladder_line *l, struct view_row *row);
/* What came of a connect(): 0, an errno, or -1 as long as nobody knows. */
int ladder_answer(const struct ladder *d, const struct ladder_line *l);

/* ladder_row.c */
void ladder_row(struct ladder *d, const struct ladder_line *l, unsigned width, struct view_row *row);

#endif
