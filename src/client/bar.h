/*
 * bar - the line at the bottom of every page: which keys do what.
 */
#ifndef CLIENT_BAR_H
#define CLIENT_BAR_H

#include <uproar/view.h>

struct bar_key {
	const char *key;
	const char *what; /* to be translated */
};

/* Appends as many of the keys as fit, and fills the row up to the width. -1: ENOMEM. */
int bar_put(struct view_row *row, const struct bar_key *keys, size_t count, unsigned width);

#endif
