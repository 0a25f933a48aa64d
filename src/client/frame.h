/*
 * frame - what the screen shows, put together from the views, the input line, the picker and the help page.
 */
#ifndef CLIENT_FRAME_H
#define CLIENT_FRAME_H

#include "help.h"
#include "network.h"
#include "panes.h"
#include "picker.h"
#include "replay.h"
#include "series.h"
#include "stepper.h"

enum {
	FRAME_NOTES = 3, /* that stand below a view, and rows of them, at most */
};

struct frame_note {
	struct view_row line;
	unsigned indent; /* of its further rows, in columns */
};

struct frame {
	struct panes panes;
	const struct stepper *step; /* NULL: nothing is stepped */
	struct view_status status;
	struct picker picker;
	bool picking;
	struct help help;
	const char *watched; /* the path of a server that only is watched, or NULL */
	bool replaying;      /* a recording; how that stands takes the place of the input line: */
	struct replay_state replay;
	char progress[SERIES_PROGRESS];       /* of a burst or a ping; "": there is none */
	struct frame_note notes[FRAME_NOTES]; /* the newest, oldest first; for as long as the user does nothing else */
	unsigned noted;                       /* so many */
	struct network_habits habits;         /* how this end behaves */
	struct view_row rows[PANES_ROWS];
};

void frame_noted(struct frame *f, const struct event *e); /* shown where the transcript is not, */
void frame_acted(struct frame *f);                        /* until the user does something else */
void frame_draw(struct frame *f);
void frame_free(struct frame *f);

#endif
