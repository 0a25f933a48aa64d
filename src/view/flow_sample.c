/*
 * What no call tells: which sockets a server had before anybody watched it, as its system says when it is asked; and
 * that a server is no more, with all its sockets.
 */
#include "ended.h"
#include "flow_end.h"

/* --- Sockets that were there already --- */

static enum flow_role role_of(const struct event_kernel *k)
{
	bool state_known = k->offered & KERNEL_TCP;
	if (k->protocol == PROTOCOL_UDP)
		return FLOW_DATAGRAM;
	if (state_known ? k->state == KERNEL_LISTEN : !k->remote.family)
		return FLOW_WELCOMING;
	return k->remote.family ? FLOW_CONNECTION : FLOW_NEW;
}

/* Calls may have told of it before, but not all: whatever can be the socket at another time is not looked at. */
static int complete(struct flow *f, struct known_socket *s, const struct event_kernel *k)
{
	if (s->is.role == FLOW_CHANNEL || s->is.local.family || (s->is.protocol && s->is.protocol != k->protocol))
		return 0;
	if (s->is.protocol == PROTOCOL_NONE) {
		s->is.protocol = k->protocol;
		s->is.role = role_of(k);
	}
	return flow_named(f, s, &k->local);
}

static int open_connection(struct flow *f, struct known_socket *s, uint64_t index)
{
	struct end *x = flow_stream_end(f, s, index);
	return x ? flow_settle(f, x) : -1;
}

int flow_sampled(struct flow *f, uint64_t index, struct place *place)
{
	const struct event *e = log_at(f->log, index);
	const struct event_kernel *k = &e->kernel;
	struct known_socket *s = flow_find_socket(f, e->who, k->fd);
	if (k->fd < 0 || k->protocol == PROTOCOL_NONE || e->who != EVENT_SERVER || k->why != KERNEL_SAMPLE)
		return 0;
	if (s && s->is.opened != index)
		return complete(f, s, k);
	if (!s && !(s = flow_open(f, index, k->fd, k->protocol)))
		return -1;
	s->sampled = true;
	s->is.role = role_of(k);
	s->is.local = k->local;
	s->is.remote = k->remote;
	place->socket = s;
	return s->is.role == FLOW_CONNECTION ? open_connection(f, s, index) : 0;
}

/* --- A server that is no more --- */

bool flow_ends_server(const struct flow *f, const struct event *e)
{
	if (e->who == EVENT_CLIENT)
		return e->kind == EVENT_STATE && ended_own(&e->state);
	return e->number == 1 && f->numbering[EVENT_SERVER].next > 0;
}

void flow_end_server(struct flow *f, uint64_t index)
{
	for (size_t i = 0; i < f->sockets.count; i++) {
		struct known_socket *s = *(struct known_socket **)ring_at(&f->sockets, i);
		if (s->is.who != EVENT_SERVER)
			continue;
		if (s->is.open)
			flow_close(f, s, index);
		s->is.gone = true;
	}
}
