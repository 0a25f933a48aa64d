/*
 * frame - what the screen shows, put together from the views, the input line, the picker and the help page.
 */
#ifndef CLIENT_FRAME_H
#define CLIENT_FRAME_H

#include <uproar/views.h>

#include "help.h"
#include "network.h"
#include "picker.h"
#include "replay.h"
#include "series.h"

enum {
	FRAME_ROWS_MAX = 1000, /* of a screen that are used */
	FRAME_TUNING = 64,
};

struct frame {
	struct transcript *transcript;
	struct pager *pager; /* on it */
	struct statistics *statistics;
	bool statistics_shown; /* in place of the transcript, or beside it */
	struct view_status status;
	struct picker picker;
	bool picking;
	struct help help;
	bool replaying; /* a recording; how that stands takes the place of the input line: */
	struct replay_state replay;
	char progress[SERIES_PROGRESS]; /* of a burst or a ping; "": there is none */
	char tuning[FRAME_TUNING];      /* how this end behaves otherwise than usual, in words; "": it does not */
	unsigned transcript_height, transcript_width; /* as last drawn */
	struct view_row rows[FRAME_ROWS_MAX], beside[FRAME_ROWS_MAX];
};

void frame_tuned(struct frame *f, const struct network_habits *habits); /* this end behaves so now */
void frame_draw(struct frame *f);
void frame_free(struct frame *f); /* its rows only */

#endif
