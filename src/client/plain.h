/*
 * plain - the client without a screen: a filter from standard input to standard output.
 */
#ifndef CLIENT_PLAIN_H
#define CLIENT_PLAIN_H

#include "options.h"

/* Returns the exit status: 0: every reply came, 1: not, 128 + n: signal n ended it. */
int plain_run(const struct options *options);

#endif
