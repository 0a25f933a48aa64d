#include "flow_end.h"

uint64_t flow_send_index(const void *send)
{
	return ((const struct send *)send)->index;
}

int flow_sent(const struct flow *f, struct end *x, uint64_t index)
{
	const struct event *e = log_at(f->log, index);
	flow_trim(f, x);
	struct send *s = ring_push(&x->sends);
	if (!s)
		return -1;
	*s = (struct send){.index = index, .when = e->when, .bytes = (uint64_t)e->call.result};
	s->start = e->call.offset;
	s->stop = e->call.offset + s->bytes;
	return 0;
}

void flow_trim(const struct flow *f, struct end *x)
{
	uint64_t first = log_first(f->log);
	while (x->sends.count && ((struct send *)ring_at(&x->sends, 0))->index < first) {
		ring_pop(&x->sends);
		x->forgotten++;
	}
	while (x->receives.count && ((struct receive *)ring_at(&x->receives, 0))->index < first)
		ring_pop(&x->receives);
}
