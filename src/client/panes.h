/*
 * panes - the views of the log that the screen has room for: the transcript, and besides it one other, which stands
 * beside it on a wide screen and in its place on others. Events come from the log, keys and orders from the chat.
 */
#ifndef CLIENT_PANES_H
#define CLIENT_PANES_H

#include <uproar/statistics.h>
#include <uproar/term.h>
#include <uproar/views.h>

#include "bar.h"

enum pane { PANE_TRANSCRIPT, PANE_CALLS, PANE_LADDER, PANE_STATISTICS, PANE_SOCKETS, PANE_INSPECTOR, PANE_COUNT };

enum {
	PANES_BESIDE = 120, /* columns from which there is room for two */
	PANES_WORDS = 64,   /* bytes of a filter in words */
	PANES_ROWS = 1000,  /* of a screen that are used */
};

/* Where a pane's lines were drawn. No rows: it was not drawn. */
struct pane_place {
	unsigned top, left, width, height;
	unsigned empty;  /* rows that the pager left empty above its lines, which now stand below them */
	unsigned chosen; /* the window's row that has the beginning of the chosen line; height: there is none */
};

struct pane_views {
	struct flow *flow;
	struct transcript *transcript;
	struct calls *calls;
	struct ladder *ladder;
	struct sockets *sockets;
	struct inspector *inspector;
	struct pager *pagers[PANE_COUNT]; /* the statistics have none */
};

struct panes {
	struct pane_views views;
	struct statistics *statistics; /* the chat gives it its events */

	enum pane shown; /* besides the transcript; PANE_TRANSCRIPT: it is alone */
	enum pane focus; /* that keys go to, if it is focused; else they go to the input line */
	bool focused;
	bool plain; /* that pane alone, without anything that a mouse should not copy */
	struct {
		enum pane shown, focus;
	} before; /* the inspector was opened */

	struct calls_filter filter;
	char filter_words[PANES_WORDS]; /* as the user gave it; "": all */
	struct ladder_choice choice;
	struct pane_place places[PANE_COUNT];
	struct view_row rows[PANES_ROWS], beside[PANES_ROWS];
};

/* Views of a new log in place of those of another, if any; what is shown stays. -1: ENOMEM, and no change. */
int panes_open(struct panes *p, const struct log *l, int64_t wall);
void panes_free(struct panes *p);
void panes_update(struct panes *p); /* the log has changed */
/* Tells the ladder the time. True: a call is seen to wait, so in a second it will look otherwise. */
bool panes_clock(struct panes *p, uint64_t now);

bool panes_visible(const struct panes *p, enum pane pane);
void panes_show(struct panes *p, enum pane pane); /* PANE_TRANSCRIPT: it alone */
void panes_focus(struct panes *p, bool on);
/* The pane that is moved in: that with the focus, or else the transcript, where it is to be seen. */
enum pane panes_current(const struct panes *p);
bool panes_scroll(struct panes *p, enum input_key key); /* in that pane; false: the key does not scroll */
struct pager *panes_pager(const struct panes *p, enum pane pane, unsigned *width); /* statistics: the transcript's */
void panes_follow(struct panes *p); /* the user said something: the ends of all views that grow come into sight */

/* With the focus. False: the key means nothing here. */
bool panes_key(struct panes *p, enum input_key key, const char *text, size_t n);
void panes_mouse(struct panes *p, enum input_mouse what, unsigned y, unsigned x);
/* In the pane that is looked at, which gets the focus. "" ends it. False: the text is not there. */
bool panes_find(struct panes *p, const char *text);
/* Of the calls; "": all. -1: problem says what is wrong. */
int panes_filter(struct panes *p, const char *words, char *problem, size_t room);
/* The newest of these calls; what is left of the inspector is the calls, and they have the focus. -1: as above. */
int panes_inspect(struct panes *p, const char *words, char *problem, size_t room);
void panes_reveal(struct panes *p); /* the ladder shows from now on what the lab lost */
/* It shows from now on which calls wait for the user. */
void panes_step(struct panes *p, bool (*stepped)(const struct event *call, void *arg), void *arg);

/* panes_draw.c */
void panes_draw(struct panes *p, unsigned top, unsigned height, unsigned width);
/* The cursor belongs to the chosen line, if one is seen. */
bool panes_cursor(const struct panes *p, unsigned *y, unsigned *x);
enum { PANES_KEYS = 8 };
size_t panes_keys(const struct panes *p, struct bar_key keys[PANES_KEYS]); /* those that work, with the focus */

#endif
