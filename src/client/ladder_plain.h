/*
 * ladder_plain - the ladder as lines of text on standard output, for a pipe or a screen reader: a line for each call,
 * in the order of the log, whichever conversation it belongs to. Nothing that was printed is changed any more.
 */
#ifndef CLIENT_LADDER_PLAIN_H
#define CLIENT_LADDER_PLAIN_H

#include <uproar/views.h>

enum ladder_plain_end {
	LADDER_NOW,  /* print all but the calls that still wait */
	LADDER_MORE, /* events will follow at once: keep back what they may still change, too */
	LADDER_LAST, /* nothing will follow: print all */
};

struct ladder_plain;
struct ladder_plain *ladder_plain_new(const struct log *l); /* NULL: ENOMEM */
void ladder_plain_free(struct ladder_plain *p);
enum { LADDER_PLAIN_EVENTS = 128 }; /* that may come before ladder_plain_print() is called again */
/* Prints what has not been printed. now: by the clock of the events. -1: ENOMEM. */
int ladder_plain_print(struct ladder_plain *p, enum ladder_plain_end end, uint64_t now);

#endif
