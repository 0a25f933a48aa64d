/*
 * What each call means. A function here first does what may run out of memory, in such an order that the event can be
 * taken in once more.
 */
#include <errno.h>
#include <limits.h>
#include <sys/socket.h>

#include "flow_end.h"

/* A receive that took longer has waited: there was nothing when it began. */
#define WAITED CLOCK_MS

/* An event on its way in. */
struct taking {
	struct flow *f;
	const struct event *e;
	const struct event_call *call;
	uint64_t index;
	struct place place;
};

/* --- Kinds of call --- */

static bool failed(const struct event_call *c)
{
	return c->error || c->result < 0;
}

static bool goes_on(const struct event_call *c)
{
	return c->op == OP_CONNECT && (c->error == EINPROGRESS || c->error == EINTR);
}

static bool found_nothing(const struct event_call *c)
{
	return event_op_receives(c->op) && (c->error == EAGAIN || c->error == EWOULDBLOCK);
}

/* What kind of socket such a call is made with here; nothing, where it may be either. */
static enum protocol protocol_of(const struct event_call *c)
{
	switch (c->op) {
	case OP_LISTEN:
	case OP_ACCEPT:
	case OP_SHUTDOWN:
		return PROTOCOL_TCP;
	case OP_CONNECT:
		return goes_on(c) ? PROTOCOL_TCP : PROTOCOL_NONE;
	case OP_SEND:
	case OP_RECV:
		return c->offset > 0 ? PROTOCOL_TCP : PROTOCOL_NONE;
	case OP_SENDTO:
	case OP_RECVFROM:
	case OP_SENDMSG:
	case OP_RECVMSG:
		return PROTOCOL_UDP;
	default:
		return PROTOCOL_NONE;
	}
}

/* --- Opening and closing --- */

static struct known_socket *open_socket(const struct taking *t, int64_t fd, enum protocol protocol)
{
	struct known_socket *s = flow_open(t->f, t->index, (int)fd, protocol);
	if (s) {
		s->since = t->index;
		s->born = s->emptied = t->e->when;
	}
	return s;
}

static enum protocol protocol_of_type(const struct event_call *c)
{
	enum { TYPES = 0xf }; /* above them are the flags that some systems take with a type */
	if (c->args[0] != AF_INET && c->args[0] != AF_INET6)
		return PROTOCOL_NONE;
	int type = c->args[1] & TYPES;
	return type == SOCK_STREAM ? PROTOCOL_TCP : type == SOCK_DGRAM ? PROTOCOL_UDP : PROTOCOL_NONE;
}

static int take_socket(struct taking *t)
{
	enum protocol protocol = protocol_of_type(t->call);
	struct known_socket *s = open_socket(t, t->call->result, protocol);
	if (s && protocol == PROTOCOL_NONE)
		s->is.role = FLOW_CHANNEL;
	t->place.socket = s;
	return s ? 0 : -1;
}

static int take_socketpair(struct taking *t)
{
	struct known_socket *near = open_socket(t, t->call->fd, PROTOCOL_NONE);
	struct known_socket *far = near ? open_socket(t, t->call->args[2], PROTOCOL_NONE) : NULL;
	if (!far)
		return -1;
	near->is.role = far->is.role = FLOW_CHANNEL;
	t->place.socket = near;
	return 0;
}

/* What accept() gave may have been seen by the system's own word before the call returned. */
static bool is_sampled(const struct taking *t, const struct known_socket *s)
{
	return s && s->sampled && s->is.role == FLOW_CONNECTION && endpoint_equal(&s->is.remote, &t->call->address);
}

static int take_accept(struct taking *t)
{
	struct known_socket *welcoming = t->place.socket;
	struct known_socket *s = flow_find_socket(t->f, t->e->who, (int)t->call->result);
	if (!is_sampled(t, s))
		s = open_socket(t, t->call->result, PROTOCOL_TCP);
	if (!s)
		return -1;
	welcoming->is.role = FLOW_WELCOMING;
	s->is.role = FLOW_CONNECTION;
	s->sampled = false;
	if (!s->is.local.family)
		s->is.local = welcoming->is.local;
	s->is.remote = t->call->address;
	t->place.end = flow_stream_end(t->f, s, t->index);
	return t->place.end && flow_settle(t->f, t->place.end) == 0 ? 0 : -1;
}

/* Another thread may get the number and tell of that before this call returns: then the former socket is meant. */
static int take_close(struct taking *t)
{
	struct known_socket *s = t->place.socket;
	if (t->e->when - t->call->took < s->born)
		t->place.socket = NULL;
	else
		flow_close(t->f, s, t->index);
	return 0;
}

/* --- Connecting --- */

static struct end *connection(const struct taking *t)
{
	return flow_stream_end(t->f, t->place.socket, t->index);
}

/* Nothing is under way any more: it is connected. */
static int complete(const struct taking *t)
{
	struct end *x = connection(t);
	if (!x || flow_settle(t->f, x) == -1)
		return -1;
	t->place.socket->under_way = false;
	return 0;
}

static int connect_stream(struct taking *t)
{
	struct known_socket *s = t->place.socket;
	if (s->is.role == FLOW_CONNECTION && !s->under_way) /* it has long been connected */
		return 0;
	s->is.remote = t->call->address;
	if (!connection(t))
		return -1;
	s->is.role = FLOW_CONNECTION;
	s->under_way = true;
	return failed(t->call) ? 0 : complete(t);
}

/* Without a remote address the association ends, and with it goes the port that the system had chosen. */
static int take_connect(struct taking *t)
{
	static const struct endpoint none;
	struct known_socket *s = t->place.socket;
	if (s->is.protocol == PROTOCOL_TCP)
		return connect_stream(t);
	if (failed(t->call))
		return 0;
	s->is.remote = t->call->address;
	return s->is.remote.family ? 0 : flow_named(t->f, s, &none);
}

static int take_getsockopt(struct taking *t)
{
	struct known_socket *s = t->place.socket;
	if (!s->under_way || t->call->args[0] != SOL_SOCKET || t->call->args[1] != SO_ERROR)
		return 0;
	if (t->call->args[2] == 0)
		return complete(t);
	s->under_way = false;
	s->is.role = FLOW_NEW;
	s->is.remote = (struct endpoint){0};
	flow_drop_end(t->f, LIST_FIRST(&s->ends));
	return 0;
}

static int take_name(struct taking *t)
{
	if (flow_named(t->f, t->place.socket, &t->call->address) == -1)
		return -1;
	return t->place.socket->under_way && t->call->op == OP_GETSOCKNAME ? complete(t) : 0;
}

/* --- Moving bytes --- */

static enum flow_way way_of(const struct event_call *c)
{
	return event_op_sends(c->op) ? WAY_OUT : WAY_IN;
}

/* The program had room for so many of what it received. */
static void count(const struct taking *t)
{
	struct known_socket *s = t->place.socket;
	uint64_t moved = (uint64_t)t->call->result;
	if (event_op_sends(t->call->op))
		s->is.sent += moved;
	else
		s->is.received += smaller(moved, t->call->asked);
}

/* The stream begins anew: what closed that socket, and opened another, has not been told. */
static int notice_another(struct taking *t)
{
	struct known_socket *s = t->place.socket;
	const struct end *x = LIST_FIRST(&s->ends);
	if (!x || t->call->offset >= x->upto[way_of(t->call)])
		return 0;
	t->place.socket = flow_open(t->f, t->index, s->is.fd, PROTOCOL_TCP);
	return t->place.socket ? 0 : -1;
}

static int move_stream(struct taking *t)
{
	uint64_t moved = (uint64_t)t->call->result;
	if (moved > UINT64_MAX - t->call->offset) /* no stream is so long */
		return 0;
	if (notice_another(t) == -1 || complete(t) == -1)
		return -1;
	struct end *x = LIST_FIRST(&t->place.socket->ends);
	enum flow_way way = way_of(t->call);
	if (way == WAY_OUT && moved > 0 && flow_sent(t->f, x, t->index) == -1)
		return -1;
	t->place.socket->is.role = FLOW_CONNECTION;
	if (t->call->offset != x->upto[way] && t->index < x->unsure[way])
		x->unsure[way] = t->index;
	x->upto[way] = t->call->offset + moved;
	count(t);
	return 0;
}

static const struct endpoint *peer_of(const struct taking *t)
{
	return t->call->address.family ? &t->call->address : &t->place.socket->is.remote;
}

static void notice_empty(const struct taking *t)
{
	struct known_socket *s = t->place.socket;
	uint64_t began = t->e->when - t->call->took;
	if (s->emptied < began)
		s->emptied = began;
}

static int move_datagram(struct taking *t)
{
	struct known_socket *s = t->place.socket;
	if (!peer_of(t)->family)
		return 0;
	if (event_op_receives(t->call->op) && t->call->took >= WAITED)
		notice_empty(t);
	struct end *x = flow_datagram_end(t->f, s, peer_of(t), t->index);
	if (!x)
		return -1;
	int result = event_op_sends(t->call->op) ? flow_datagram_sent(t->f, x, t->index)
						 : flow_datagram_received(t->f, x, t->index);
	if (result == -1)
		return -1;
	t->place.end = x;
	count(t);
	return 0;
}

static int take_moved(struct taking *t)
{
	switch (t->place.socket->is.protocol) {
	case PROTOCOL_TCP:
		return move_stream(t);
	case PROTOCOL_UDP:
		return move_datagram(t);
	default:
		return 0;
	}
}

/* --- All of them --- */

/* The log has forgotten where it came from: what it is, the calls made with it tell. */
static int learn(struct taking *t)
{
	struct known_socket *s = t->place.socket;
	if (!s)
		s = t->place.socket = flow_open(t->f, t->index, t->call->fd, PROTOCOL_NONE);
	if (!s)
		return -1;
	if (s->is.protocol != PROTOCOL_NONE || s->is.role == FLOW_CHANNEL)
		return 0;
	s->is.protocol = protocol_of(t->call);
	if (s->is.protocol == PROTOCOL_UDP)
		s->is.role = FLOW_DATAGRAM;
	return 0;
}

static int take_known(struct taking *t)
{
	switch (t->call->op) {
	case OP_BIND:
	case OP_GETSOCKNAME:
		return take_name(t);
	case OP_LISTEN:
		t->place.socket->is.role = FLOW_WELCOMING;
		return 0;
	case OP_ACCEPT:
		return take_accept(t);
	case OP_CONNECT:
		return take_connect(t);
	case OP_GETSOCKOPT:
		return take_getsockopt(t);
	default:
		return event_op_sends(t->call->op) || event_op_receives(t->call->op) ? take_moved(t) : 0;
	}
}

static int take_success(struct taking *t)
{
	switch (t->call->op) {
	case OP_GETADDRINFO:
		return 0;
	case OP_SOCKET:
		return t->call->result <= INT_MAX ? take_socket(t) : 0;
	case OP_SOCKETPAIR:
		return t->call->fd >= 0 && t->call->args[2] >= 0 ? take_socketpair(t) : 0;
	case OP_CLOSE:
		return t->place.socket ? take_close(t) : 0;
	default:
		if (t->call->fd < 0 || (t->call->op == OP_ACCEPT && t->call->result > INT_MAX))
			return 0;
		return learn(t) == -1 ? -1 : take_known(t);
	}
}

/* It changed nothing, or nothing yet. */
static void place_only(struct taking *t)
{
	const struct known_socket *s = t->place.socket;
	if (!s)
		return;
	if (s->is.protocol == PROTOCOL_UDP)
		t->place.end = flow_find_end(t->f, s, peer_of(t));
	if (s->is.protocol == PROTOCOL_UDP && t->call->returned && found_nothing(t->call))
		notice_empty(t);
}

static int take_call(struct taking *t)
{
	t->place.socket = flow_find_socket(t->f, t->e->who, t->call->fd);
	bool done = t->call->returned && (!failed(t->call) || goes_on(t->call));
	if (done)
		return take_success(t);
	place_only(t);
	return 0;
}

/* What the lab did to a conversation is the last that is told of it, perhaps. */
static void take_lab(const struct taking *t, struct place *about)
{
	const struct event_lab *lab = &t->e->lab;
	about->socket = flow_find_socket(t->f, t->e->who, lab->fd);
	if (about->socket && lab->what == LAB_FATE)
		about->end = flow_find_end(t->f, about->socket, &lab->peer);
}

static void touch(const struct place *p, uint64_t index)
{
	if (p->socket)
		p->socket->last = index;
	if (p->end)
		p->end->last = index;
}

int flow_take(struct flow *f, uint64_t index)
{
	const struct event *e = log_at(f->log, index);
	struct taking t = {.f = f, .e = e, .call = &e->call, .index = index};
	struct place about = {0};
	bool ends_server = flow_ends_server(f, e);
	size_t last = f->places.count;
	if (!ring_push(&f->places))
		return -1;
	int result = flow_number(f, index);
	if (result == 0 && ends_server)
		flow_end_server(f, index);
	if (result == 0 && e->kind == EVENT_CALL)
		result = take_call(&t);
	else if (result == 0 && e->kind == EVENT_KERNEL)
		result = flow_sampled(f, index, &t.place);
	if (result == -1) {
		ring_cut(&f->places, last);
		return -1;
	}
	if (e->kind == EVENT_LAB)
		take_lab(&t, &about);
	touch(e->kind == EVENT_LAB ? &about : &t.place, index);
	*(struct place *)ring_at(&f->places, last) = t.place;
	return 0;
}
