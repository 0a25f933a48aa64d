/*
 * replay_plain - a recording as lines of text on standard output, all at once: the transcript, or the ladder.
 */
#ifndef CLIENT_REPLAY_PLAIN_H
#define CLIENT_REPLAY_PLAIN_H

#include "options.h"

/* Returns the exit status: 1: it is damaged, all before that having been printed, or the output cannot be written. */
int replay_plain_run(const struct options *options);

#endif
