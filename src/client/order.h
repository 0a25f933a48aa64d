/*
 * order - the events of two processes, put into the order in which they happened: each process reports its own in
 * order, but one report may be on its way longer than the other.
 */
#ifndef CLIENT_ORDER_H
#define CLIENT_ORDER_H

#include <uproar/event.h>

#define ORDER_PATIENCE (20 * CLOCK_MS) /* how long a report may be on its way */

struct order {
	struct ring held; /* by time; one that came late goes before those that happened after it */
};

int order_put(struct order *o, const struct event *e); /* keeps a copy. -1: ENOMEM */
/* Gives each() the events that happened before then, in order. */
void order_give(struct order *o, uint64_t then, void (*each)(const struct event *e, void *arg), void *arg);
bool order_empty(const struct order *o);

#endif
