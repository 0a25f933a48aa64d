/*
 * replay_words - how the playing of a recording stands, in words, and the keys for it.
 */
#ifndef CLIENT_REPLAY_WORDS_H
#define CLIENT_REPLAY_WORDS_H

#include <uproar/view.h>

#include "replay.h"

/* Appends a row of words, the most needed first. -1: ENOMEM. */
int replay_put_state(const struct replay_state *s, struct view_row *row);
/* Appends the keys, as bar_put() does. */
int replay_put_keys(struct view_row *row, unsigned width);

#endif
