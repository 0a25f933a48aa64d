/* lab - whether two settings of the lab are the same, field by field: what is between the fields may be anything. */
#ifndef SUPPORT_LAB_H
#define SUPPORT_LAB_H

#include <uproar/lab.h>

static inline bool lab_same(const struct lab *a, const struct lab *b)
{
	return a->drop_requests == b->drop_requests && a->drop_replies == b->drop_replies &&
	       a->duplicate == b->duplicate && a->reorder == b->reorder && a->delay == b->delay &&
	       a->jitter == b->jitter && a->slow_read == b->slow_read && a->seed == b->seed && a->cut == b->cut &&
	       a->backlog == b->backlog && a->rcvbuf == b->rcvbuf && a->hold == b->hold &&
	       a->no_accept == b->no_accept && a->reset == b->reset && a->stale == b->stale;
}

#endif
