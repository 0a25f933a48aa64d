#include "order.h"

struct held {
	uint64_t when;
	struct buf message; /* the event, packed */
};

/*
 * When it took effect. A call that waits for the other end has happened when it returns; one that the other end waits
 * for may be felt there before it returns here, but not before it began.
 */
static uint64_t moment(const struct event *e)
{
	if (e->kind != EVENT_CALL)
		return e->when;
	switch (e->call.op) {
	case OP_CONNECT:
	case OP_SEND:
	case OP_SENDTO:
	case OP_SENDMSG:
	case OP_SHUTDOWN:
	case OP_CLOSE:
		return e->when - e->call.took;
	default:
		return e->when;
	}
}

int order_put(struct order *o, const struct event *e)
{
	struct held new = {.when = moment(e)};
	o->held.item = sizeof(struct held);
	if (event_pack(e, &new.message) == -1 || !ring_push(&o->held)) {
		buf_free(&new.message);
		return -1;
	}
	size_t i = o->held.count - 1;
	for (; i > 0; i--) {
		struct held *before = ring_at(&o->held, i - 1);
		if (before->when <= new.when)
			break;
		*(struct held *)ring_at(&o->held, i) = *before;
	}
	*(struct held *)ring_at(&o->held, i) = new;
	return 0;
}

void order_give(struct order *o, uint64_t then, void (*each)(const struct event *e, void *arg), void *arg)
{
	struct held *first;
	while (o->held.count > 0 && (first = ring_at(&o->held, 0))->when < then) {
		struct event e;
		if (event_unpack(&e, buf_bytes(&first->message), first->message.size) == 0)
			each(&e, arg);
		buf_free(&first->message);
		ring_pop(&o->held);
	}
	if (o->held.count == 0)
		ring_free(&o->held);
}

bool order_empty(const struct order *o)
{
	return o->held.count == 0;
}
