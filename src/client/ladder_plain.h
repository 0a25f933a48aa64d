/*
 * ladder_plain - the ladder as lines of text on standard output, for a pipe or a screen reader: a line for each call,
 * in the order of the log, whichever conversation it belongs to. Nothing that was printed is changed any more.
 */
#ifndef CLIENT_LADDER_PLAIN_H
#define CLIENT_LADDER_PLAIN_H

#include <uproar/views.h>

enum { LADDER_PLAIN_EVENTS = 64 }; /* that may come before ladder_plain_print() is called again */

struct ladder_plain;
struct ladder_plain *ladder_plain_new(const struct log *l); /* NULL: ENOMEM */
void ladder_plain_free(struct ladder_plain *p);
int ladder_plain_print(struct ladder_plain *p, enum ladder_fix how); /* what is not printed yet. -1: ENOMEM */

#endif
