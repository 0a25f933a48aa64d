/*
 * pinger - uproar --ping: round-trip times and losses in the form of ping(8), without a screen.
 */
#ifndef CLIENT_PINGER_H
#define CLIENT_PINGER_H

#include "options.h"

/* Returns the exit status: 0: at least one reply came, 1: none did. A signal ends it with the figures so far. */
int pinger_run(const struct options *options);

#endif
