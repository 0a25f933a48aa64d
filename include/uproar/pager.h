/*
 * pager - a window on the lines of a view: it follows their end, or stays where the user scrolled it; finds text;
 * chooses a line. Part of layer view. One pager serves every view.
 */
#ifndef UPROAR_PAGER_H
#define UPROAR_PAGER_H

#include <uproar/view.h>

enum {
	PAGER_FIND_MAX = 256, /* bytes of a text to be found; of a longer one the beginning counts */
};
#define PAGER_NONE UINT64_MAX

/*
 * The lines of a view, by number. A number remains its line's own; the oldest lines may be forgotten, and where a table
 * gets shorter, the newest ones too. A view that is to show something else gives new numbers to all.
 */
struct pager_lines {
	int (*update)(void *view);     /* takes in what the log gained, and what it forgot. -1: ENOMEM */
	uint64_t (*first)(void *view); /* number of the oldest line, */
	uint64_t (*end)(void *view);   /* and the number that the next one will get */
	/*
	 * The line, put into a cleared row, as one logical line that is at home in this width; it may change from one
	 * call to the next. The rows that it is wrapped to begin with *indent columns of space (0 before the call), but
	 * for the first.
	 */
	void (*line)(void *view, uint64_t number, unsigned width, struct view_row *line, unsigned *indent);
	uint64_t (*event)(void *view,
			  uint64_t number); /* the log's index of what it tells of; PAGER_NONE: of nothing */
};

struct pager;
struct pager *pager_new(const struct pager_lines *lines, void *view); /* view stays the caller's. NULL: ENOMEM */
void pager_free(struct pager *p);
void pager_from_top(struct pager *p); /* of a table: its window begins at the top, and does not follow the end */
int pager_update(struct pager *p);    /* to be called first when the log has changed. -1: ENOMEM */
void pager_clear(struct pager *p);    /* shows only what comes from now on */

/* END follows again, and ends choosing; with the others a chosen line that leaves the window is exchanged for one in
 * it. */
enum pager_move { MOVE_LINE_UP, MOVE_LINE_DOWN, MOVE_PAGE_UP, MOVE_PAGE_DOWN, MOVE_HOME, MOVE_END };
void pager_move(struct pager *p, enum pager_move m, unsigned width, unsigned height);
size_t pager_below(const struct pager *p); /* lines that came since it stopped following and were not drawn */
bool pager_follows(const struct pager *p);

/*
 * Finding: text as it is shown, whatever the case of its letters; STYLE_FOUND wherever it stands in the window. Begins
 * with the newest line; each further step goes from the chosen line to older ones (back) or newer ones, or where none
 * is chosen, from the newest or the oldest. The line found becomes the chosen one, and the text in it comes into the
 * window. False: there is no (further) one, and nothing has changed. An empty text ends finding. A step works out each
 * line once at most.
 */
bool pager_find(struct pager *p, const char *text, unsigned width, unsigned height);
bool pager_find_next(struct pager *p, bool back, unsigned width, unsigned height);
const char *pager_found(const struct pager *p); /* what is being looked for; "": nothing */

/*
 * Choosing: a line is shown in STYLE_CHOSEN, but for escapes and what was found, and the window stays on it, also when
 * it followed. by: 1 the next line, -1 the one before; where none is chosen, the window's first line or its last. When
 * it is forgotten, the oldest line is chosen.
 */
void pager_choose(struct pager *p, int by, unsigned width, unsigned height);
void pager_choose_at(struct pager *p, unsigned y, unsigned width, unsigned height); /* the window's row; none: none */
void pager_choose_none(struct pager *p);
uint64_t pager_chosen(const struct pager *p);       /* the line's number; PAGER_NONE: none is */
uint64_t pager_chosen_event(const struct pager *p); /* the log's index of what it tells of; PAGER_NONE */

/*
 * Fills height rows, wrapped for width; while it follows, the newest stands on the last. Rows without text are empty.
 * -1: ENOMEM.
 */
int pager_rows(struct pager *p, unsigned width, unsigned height, struct view_row *rows);

/* Every line from the first to the last, wrapped for width > 0, a row at a time, until each() returns false: for a
 * file. */
int pager_all(struct pager *p, unsigned width, bool (*each)(const struct view_row *row, void *arg), void *arg);

#endif
