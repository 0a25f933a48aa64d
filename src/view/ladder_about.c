/* What calls are to the ladder, and which of them it shows. */
#include "ladder_about.h"

#include <errno.h>

/* --- What a call is --- */

uint64_t ladder_moved(const struct event_call *c)
{
	uint64_t n = c->returned && !c->error && c->result > 0 ? (uint64_t)c->result : 0;
	return smaller(n, c->asked);
}

bool ladder_in_progress(const struct event_call *c)
{
	return c->op == OP_CONNECT && (c->error == EINPROGRESS || c->error == EINTR);
}

bool ladder_connects(const struct ladder *d, uint64_t index)
{
	const struct event_call *c = &log_at(d->log, index)->call;
	if (c->op != OP_CONNECT || !c->address.family)
		return false;
	const struct flow_socket *s = ladder_socket(d, index);
	return s && s->protocol == PROTOCOL_TCP;
}

bool ladder_is_machinery(const struct event_call *c)
{
	switch (c->op) {
	case OP_SETSOCKOPT:
	case OP_GETSOCKOPT:
	case OP_GETSOCKNAME:
		return true;
	case OP_CONNECT:
	case OP_GETADDRINFO:
		return false;
	default:
		return c->error == EAGAIN || c->error == EWOULDBLOCK || c->error == EINTR;
	}
}

/* --- What it is about --- */

const struct flow_conversation *ladder_conversation(const struct ladder *d)
{
	return d->conversation ? flow_conversation(d->flow, d->conversation) : NULL;
}

const struct flow_socket *ladder_socket(const struct ladder *d, uint64_t index)
{
	size_t i = flow_call(d->flow, index).socket;
	return i == SIZE_MAX ? NULL : flow_socket(d->flow, i);
}

/* Whether this socket of a server's, which is no connection's, is the one that the conversation began with. */
static bool serves(const struct flow_socket *s, const struct flow_conversation *c)
{
	if (s->protocol != c->protocol || (!s->open && s->closed < c->first))
		return false;
	if (s->local.port == 0 || c->server.port == 0)
		return true;
	return s->local.port == c->server.port &&
	       (endpoint_is_any(&s->local) || endpoint_same_address(&s->local, &c->server));
}

/* A look-up of just this conversation's port, or one after which the next conversation will come. */
static bool looks_up(const struct ladder *d, uint64_t index, const struct flow_conversation *c)
{
	if (index < c->first)
		return log_at(d->log, index)->call.address.port == c->server.port;
	return d->choice.conversation == 0;
}

bool ladder_tells_of_socket(const struct ladder *d, uint64_t index)
{
	return log_at(d->log, index)->kind == EVENT_KERNEL && ladder_socket(d, index);
}

bool ladder_is_common(const struct ladder *d, uint64_t index, const struct event *e)
{
	if (ladder_tells_of_socket(d, index))
		return flow_call(d->flow, index).conversation == 0;
	if (e->kind != EVENT_CALL || !e->call.returned)
		return false;
	switch (e->call.op) {
	case OP_GETADDRINFO:
		return e->who == EVENT_CLIENT;
	case OP_SOCKET:
	case OP_BIND:
	case OP_LISTEN:
	case OP_CLOSE:
	case OP_SETSOCKOPT:
	case OP_GETSOCKOPT:
	case OP_GETSOCKNAME:
		return e->who == EVENT_SERVER && flow_call(d->flow, index).conversation == 0;
	default:
		return false;
	}
}

/* A server's call that belongs to no conversation: with the newest one it is shown, whatever it is. */
static bool is_of_all(const struct ladder *d, uint64_t index, const struct event *e)
{
	return d->choice.conversation == 0 || !e->call.returned || ladder_is_common(d, index, e);
}

bool ladder_concerns(const struct ladder *d, uint64_t index)
{
	const struct event *e = log_at(d->log, index);
	const struct flow_conversation *c = ladder_conversation(d);
	struct flow_call call = flow_call(d->flow, index);
	const struct flow_socket *s = call.socket == SIZE_MAX ? NULL : flow_socket(d->flow, call.socket);
	if (ladder_op(e) == OP_SOCKETPAIR || (s && s->role == FLOW_CHANNEL))
		return false;
	if (d->choice.all)
		return ladder_op(e) != OP_GETADDRINFO || e->who == EVENT_CLIENT;
	if (call.conversation || !c)
		return call.conversation == d->conversation;
	if (e->kind == EVENT_KERNEL)
		return s && serves(s, c);
	if (e->call.op == OP_GETADDRINFO)
		return e->who == EVENT_CLIENT && looks_up(d, index, c);
	if (e->who == EVENT_SERVER)
		return s && serves(s, c) && ladder_moved(&e->call) == 0 && is_of_all(d, index, e);
	return d->choice.conversation == 0 && index >= c->first;
}
