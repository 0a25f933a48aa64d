/*
 * help - the page that F1 shows: keys and commands, from the tables that the program itself uses.
 */
#ifndef CLIENT_HELP_H
#define CLIENT_HELP_H

#include <uproar/term.h>

struct help {
	bool shown;
	bool first;     /* it was asked for at the first screen */
	bool replaying; /* while a recording is played */
	size_t top;     /* the page's row that is the first on the screen */
};

void help_key(struct help *h, enum input_key key, const char *text, unsigned height);
int help_rows(struct help *h, unsigned width, unsigned height, struct view_row *rows); /* -1: ENOMEM */

#endif
