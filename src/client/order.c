#include "order.h"

struct held {
	uint64_t when; /* it took effect */
	uint64_t number;
	struct buf message; /* the event, packed */
};

static struct held *held_at(const struct ring *r, size_t i)
{
	return ring_at(r, i);
}

static uint64_t moment(const struct order *o, const struct event *e)
{
	uint64_t latest = o->latest[e->who - EVENT_CLIENT], when = event_moment(e);
	return e->kind == EVENT_CALL || when > latest ? when : latest;
}

/* The newest event goes to its place; the numbers stay where they are. */
static void sort_in(struct ring *held)
{
	for (size_t i = held->count - 1; i > 0 && held_at(held, i - 1)->when > held_at(held, i)->when; i--) {
		struct held *a = held_at(held, i - 1), *b = held_at(held, i), later = *a;
		*a = (struct held){b->when, a->number, b->message};
		*b = (struct held){later.when, b->number, later.message};
	}
}

int order_put(struct order *o, const struct event *e)
{
	size_t who = e->who - EVENT_CLIENT;
	struct held new = {.when = moment(o, e), .number = e->number};
	o->held[who].item = sizeof new;
	struct held *last = event_pack(e, &new.message) == 0 ? ring_push(&o->held[who]) : NULL;
	if (!last) {
		buf_free(&new.message);
		return -1;
	}
	*last = new;
	sort_in(&o->held[who]);
	if (new.when > o->latest[who])
		o->latest[who] = new.when;
	return 0;
}

/* Whose first event comes first; NULL: there is none. */
static struct ring *first_of(const struct order *o)
{
	const struct ring *first = NULL;
	for (size_t who = 0; who < COUNT(o->held); who++) {
		const struct ring *r = &o->held[who];
		if (r->count > 0 && (!first || held_at(r, 0)->when < held_at(first, 0)->when))
			first = r;
	}
	return (struct ring *)first;
}

static void give_first(struct ring *held, void (*each)(const struct event *e, void *arg), void *arg)
{
	struct held first = *held_at(held, 0);
	struct event e;
	ring_pop(held);
	if (event_unpack(&e, buf_bytes(&first.message), first.message.size) == 0) {
		e.number = first.number;
		each(&e, arg);
	}
	buf_free(&first.message);
}

void order_give(struct order *o, uint64_t then, void (*each)(const struct event *e, void *arg), void *arg)
{
	struct ring *first;
	while ((first = first_of(o)) && held_at(first, 0)->when < then)
		give_first(first, each, arg);
	if (order_empty(o))
		order_free(o);
}

uint64_t order_deadline(const struct order *o)
{
	const struct ring *first = first_of(o);
	return first ? held_at(first, 0)->when + ORDER_PATIENCE + 1 : CLOCK_NEVER;
}

bool order_empty(const struct order *o)
{
	return first_of(o) == NULL;
}

void order_free(struct order *o)
{
	for (size_t who = 0; who < COUNT(o->held); who++) {
		for (size_t i = 0; i < o->held[who].count; i++)
			buf_free(&held_at(&o->held[who], i)->message);
		ring_free(&o->held[who]);
	}
}
