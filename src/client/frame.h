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

enum { FRAME_TUNING = 64 };

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
	char progress[SERIES_PROGRESS]; /* of a burst or a ping; "": there is none */
	struct view_row note;           /* the newest, for as long as the user does nothing else; empty: none */
	unsigned note_indent;           /* its further rows', in columns */
	char tuning[FRAME_TUNING];      /* how this end behaves otherwise than usual, in words; "": it does not */
	struct view_row rows[PANES_ROWS];
};

void frame_noted(struct frame *f, const struct event *e);               /* shown where the transcript is not */
void frame_tuned(struct frame *f, const struct network_habits *habits); /* this end behaves so now */
void frame_draw(struct frame *f);
void frame_free(struct frame *f);

#endif
