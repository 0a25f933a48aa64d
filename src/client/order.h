/*
 * order - the events of two processes, put into the order in which they happened: each process reports its own in
 * order, but one report may be on its way longer than the other.
 *
 * Calls stand in the order in which they took effect (event_moment). So a cause comes before its effect, as long as it
 * is reported within ORDER_PATIENCE of it. What a process reports besides calls stays behind what it reported before.
 *
 * Calls of several threads of one process overlap, and are not always reported in the order in which they took effect.
 * Its events are numbered in the order in which they are given, so that a gap still means that some were left out.
 */
#ifndef CLIENT_ORDER_H
#define CLIENT_ORDER_H

#include <uproar/event.h>

#define ORDER_PATIENCE (20 * CLOCK_MS) /* how long a report may be on its way */

struct order {
	struct ring held[EVENT_SERVER]; /* each process's own, in order */
	uint64_t latest[EVENT_SERVER];  /* when the latest of its events took effect */
};

int order_put(struct order *o, const struct event *e); /* keeps a copy. -1: ENOMEM */
/* Gives each() the events that happened before then, in order. Then CLOCK_NEVER: all there are. */
void order_give(struct order *o, uint64_t then, void (*each)(const struct event *e, void *arg), void *arg);
/* When order_give(now - ORDER_PATIENCE) has an event to give; CLOCK_NEVER: there is none. */
uint64_t order_deadline(const struct order *o);
bool order_empty(const struct order *o);
void order_free(struct order *o); /* what it holds is forgotten */

#endif
