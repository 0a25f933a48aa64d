/*
 * Events that were left out. Each program numbers its own, so a gap tells how many there were; threads report in no
 * order, so one that was missing may still come. What was sent or received meanwhile is not known: over TCP the offsets
 * tell whether there was anything, over UDP nothing does.
 */
#include "flow_end.h"

static struct gap *gap_at(const struct ring *gaps, size_t i)
{
	return ring_at(gaps, i);
}

static uint64_t gap_index(const void *gap)
{
	return ((const struct gap *)gap)->index;
}

static void fill(struct ring *gaps, uint64_t number)
{
	struct gap *last = gaps->count ? gap_at(gaps, gaps->count - 1) : NULL;
	if (!last || number < last->from || number >= last->to)
		return;
	if (--last->missing == 0)
		ring_cut(gaps, gaps->count - 1);
}

int flow_number(struct flow *f, uint64_t index)
{
	const struct event *e = log_at(f->log, index);
	struct numbering *n = &f->numbering[e->who];
	if (e->number > 1 && e->number < n->next)
		fill(&n->gaps, e->number);
	if (e->number == 0 || (e->number > 1 && e->number < n->next))
		return 0;
	if (n->next && e->number > n->next) {
		struct gap *gap = ring_push(&n->gaps);
		if (!gap)
			return -1;
		*gap = (struct gap){index, n->next, e->number, e->number - n->next};
	}
	n->next = e->number + 1;
	return 0;
}

void flow_forget_gaps(struct flow *f)
{
	for (enum event_who who = EVENT_CLIENT; who <= EVENT_SERVER; who++) {
		struct numbering *n = &f->numbering[who];
		for (; n->gaps.count && gap_at(&n->gaps, 0)->index < f->first; ring_pop(&n->gaps))
			n->forgotten = gap_at(&n->gaps, 0)->index;
	}
}

bool flow_gap_between(const struct flow *f, enum event_who who, uint64_t after, uint64_t upto)
{
	const struct numbering *n = &f->numbering[who];
	size_t i = ring_search(&n->gaps, gap_index, after + 1);
	return (n->forgotten > after && n->forgotten <= upto) ||
	       (i < n->gaps.count && gap_at(&n->gaps, i)->index <= upto);
}

bool flow_lacks(const struct flow *f, enum event_who who)
{
	const struct numbering *n = &f->numbering[who];
	return n->forgotten || n->gaps.count;
}

struct flow_gap flow_gap(const struct flow *f, uint64_t index)
{
	struct flow_gap first = {.index = UINT64_MAX};
	for (enum event_who who = EVENT_CLIENT; who <= EVENT_SERVER; who++) {
		const struct ring *gaps = &f->numbering[who].gaps;
		size_t i = ring_search(gaps, gap_index, index);
		if (i < gaps->count && gap_at(gaps, i)->index < first.index)
			first = (struct flow_gap){gap_at(gaps, i)->index, who, gap_at(gaps, i)->missing};
	}
	return first;
}
