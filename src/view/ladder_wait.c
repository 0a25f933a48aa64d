/*
 * The calls that have been announced and have not returned. What happens in time runs down the page, and they wait now:
 * so they stand below everything that has happened.
 */
#include "ended.h"
#include "ladder_about.h"

static struct ladder_call *call_at(const struct ladder *d, size_t i)
{
	return ring_at(&d->calls, i);
}

static void remove_fd(struct ladder *d, enum event_who who, int fd)
{
	for (size_t i = d->calls.count; i-- > 0;)
		if (call_at(d, i)->who == who && call_at(d, i)->fd == fd)
			ring_remove(&d->calls, i);
}

static void remove_who(struct ladder *d, enum event_who who)
{
	for (size_t i = d->calls.count; i-- > 0;)
		if (call_at(d, i)->who == who)
			ring_remove(&d->calls, i);
}

static void remove_call(struct ladder *d, const struct event *e)
{
	for (size_t i = d->calls.count; i-- > 0;) {
		const struct ladder_call *c = call_at(d, i);
		if (c->who == e->who && c->op == e->call.op && c->fd == e->call.fd) {
			ring_remove(&d->calls, i);
			return;
		}
	}
}

/* Our own server has died, or a server is watched no longer: nothing is known any more of what it waits for. */
static bool loses_server(const struct event *e)
{
	const struct event_state *s = &e->state;
	if (e->kind != EVENT_STATE || e->who != EVENT_CLIENT)
		return false;
	return ended_own(s) || ended_watched(s);
}

int ladder_wait_learn(struct ladder *d, uint64_t index)
{
	const struct event *e = log_at(d->log, index);
	if (e->number == 1)
		remove_who(d, e->who); /* another process begins to count */
	if (loses_server(e))
		remove_who(d, EVENT_SERVER);
	if (e->kind != EVENT_CALL)
		return 0;
	remove_call(d, e);
	if (e->call.returned && e->call.op == OP_CLOSE)
		remove_fd(d, e->who, e->call.fd);
	if (e->call.returned)
		return 0;
	if (d->calls.count == LADDER_WAITING)
		ring_pop(&d->calls);
	struct ladder_call *c = ring_push(&d->calls);
	if (!c)
		return -1;
	*c = (struct ladder_call){e->who, e->call.op, e->call.fd, index};
	return 0;
}

static int push(struct ladder *d, enum ladder_kind kind, const struct ladder_call *c, bool elsewhere)
{
	struct ladder_line *l = ring_push(&d->waiting);
	if (!l)
		return -1;
	*l = (struct ladder_line){.kind = kind, .who = c->who, .elsewhere = elsewhere, .index = c->index};
	l->outcome = LADDER_NONE;
	if (kind == LINE_CALL && ladder_connects(d, c->index) && !ladder_is_stepped(d, c->index)) {
		l->segment = SEGMENT_SYN;
		l->to = EVENT_SERVER;
		return push(d, LINE_ANSWER, c, elsewhere);
	}
	return 0;
}

static bool waits_here(const struct ladder *d, const struct ladder_call *c)
{
	return (d->choice.raw || !ladder_is_machinery(&log_at(d->log, c->index)->call)) && ladder_concerns(d, c->index);
}

/* Where a server that serves one after the other is, when it is not with the conversation that is shown. */
static const struct ladder_call *server_elsewhere(const struct ladder *d)
{
	for (size_t i = 0; i < d->calls.count; i++) {
		const struct ladder_call *c = call_at(d, i);
		if (c->who == EVENT_SERVER && flow_call(d->flow, c->index).conversation)
			return c;
	}
	return NULL;
}

bool ladder_is_stepped(const struct ladder *d, uint64_t index)
{
	const struct event *e = log_at(d->log, index);
	return d->choice.stepped && e->kind == EVENT_CALL && !e->call.returned && d->choice.stepped(e, d->choice.arg);
}

int ladder_wait_lines(struct ladder *d)
{
	bool server = false;
	ring_cut(&d->waiting, 0);
	while (d->calls.count && call_at(d, 0)->index < log_first(d->log))
		ring_pop(&d->calls);
	for (size_t i = 0; i < d->calls.count && !d->choice.plain; i++) {
		const struct ladder_call *c = call_at(d, i);
		if (!waits_here(d, c))
			continue;
		server |= c->who == EVENT_SERVER;
		if (push(d, LINE_CALL, c, false) == -1)
			return -1;
	}
	const struct ladder_call *other = server || d->choice.plain ? NULL : server_elsewhere(d);
	return other ? push(d, LINE_CALL, other, true) : 0;
}
