/*
 * frame - what the screen shows, put together from the views, the input line, the picker and the help page.
 */
#ifndef CLIENT_FRAME_H
#define CLIENT_FRAME_H

#include "help.h"
#include "picker.h"

enum { FRAME_ROWS_MAX = 1000 }; /* of a screen that are used */

struct frame {
	struct transcript *transcript;
	struct view_status status;
	struct picker picker;
	bool picking;
	struct help help;
	unsigned transcript_height; /* as last drawn */
	struct view_row rows[FRAME_ROWS_MAX];
};

void frame_draw(struct frame *f);
void frame_free(struct frame *f); /* its rows only */

#endif
