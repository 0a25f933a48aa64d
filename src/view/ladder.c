#include <errno.h>
#include <stdlib.h>

#include "ladder_draw.h"

enum { BACK = 1024 }; /* conversations among which the newest one is looked for */

/* --- What a call is --- */

bool ladder_sends(enum event_op op)
{
	return op == OP_SEND || op == OP_SENDTO || op == OP_SENDMSG;
}

bool ladder_receives(enum event_op op)
{
	return op == OP_RECV || op == OP_RECVFROM || op == OP_RECVMSG;
}

uint64_t ladder_moved(const struct event_call *c)
{
	uint64_t n = c->returned && !c->error && c->result > 0 ? (uint64_t)c->result : 0;
	return n < c->asked ? n : c->asked;
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

size_t ladder_search(const struct ring *indices, uint64_t least)
{
	size_t from = 0, to = indices->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (*(uint64_t *)ring_at(indices, middle) < least)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
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

/* Calls before the conversation that is shown which concern all: they are remembered, whichever is shown. */
static bool is_common(const struct ladder *d, uint64_t index, const struct event *e)
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
	return d->choice.conversation == 0 || !e->call.returned || is_common(d, index, e);
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

/* --- Lines for a pager --- */

static void forget_indices(struct ring *r, uint64_t first)
{
	while (r->count && *(uint64_t *)ring_at(r, 0) < first)
		ring_pop(r);
}

static void forget(struct ladder *d)
{
	uint64_t first = log_first(d->log);
	for (; d->lines.count && ladder_line(d, d->first)->kept < first; d->first++)
		ring_pop(&d->lines);
	for (size_t i = d->waiting.count; i-- > 0;)
		if (((struct ladder_line *)ring_at(&d->waiting, i))->index < first)
			ring_remove(&d->waiting, i);
	forget_indices(&d->common, first);
	forget_indices(&d->lookups, first);
	forget_indices(&d->connects, first);
	d->known = d->known > first ? d->known : first;
	d->taken = d->taken > first ? d->taken : first;
}

static int learn(struct ladder *d)
{
	for (; d->known < log_end(d->log); d->known++) {
		const struct event *e = log_at(d->log, d->known);
		if (ladder_wait_learn(d, d->known) == -1)
			return -1;
		if (!is_common(d, d->known, e))
			continue;
		uint64_t *index = ring_push(ladder_op(e) == OP_GETADDRINFO ? &d->lookups : &d->common);
		if (!index)
			return -1;
		*index = d->known;
	}
	return 0;
}

static bool same_conversation(const struct flow_conversation *a, const struct flow_conversation *b)
{
	return a->first == b->first && (a->client_socket == SIZE_MAX) == (b->client_socket == SIZE_MAX) &&
	       (a->server_socket == SIZE_MAX) == (b->server_socket == SIZE_MAX) &&
	       endpoint_equal(&a->client, &b->client) && endpoint_equal(&a->server, &b->server);
}

static bool is_there(const struct ladder *d, uint32_t n)
{
	return n > 0 && n <= flow_conversations(d->flow) && flow_conversation(d->flow, n)->protocol != PROTOCOL_NONE;
}

/* The newest one that is not forgotten, nor an end of another; 0: none of the last BACK. */
static uint32_t newest(const struct ladder *d)
{
	uint32_t last = flow_conversations(d->flow), n = last;
	while (n > 0 && last - n < BACK && !is_there(d, n))
		n--;
	return is_there(d, n) ? n : 0;
}

/* Chooses what is shown; it is to be made anew when that is another conversation, or more is known of which calls are
 * its. */
static void choose(struct ladder *d)
{
	uint32_t wanted = d->choice.conversation;
	uint32_t conversation = d->choice.all ? 0 : is_there(d, wanted) ? wanted : newest(d);
	bool other = conversation != d->conversation;
	d->conversation = conversation;
	const struct flow_conversation *c = ladder_conversation(d);
	if (!other && (!c || same_conversation(c, &d->shown)))
		return;
	d->shown = c ? *c : (struct flow_conversation){0};
	d->both_seen = d->both_seen && !other;
	d->stale = true;
}

static int update(void *view)
{
	struct ladder *d = view;
	forget(d);
	if (learn(d) == -1)
		return -1;
	choose(d);
	do {
		if ((d->stale && ladder_rebuild(d) == -1) || ladder_take(d) == -1) {
			d->stale = true;
			return -1;
		}
	} while (d->stale);
	return ladder_wait_lines(d);
}

static uint64_t first(void *view)
{
	return ((struct ladder *)view)->first;
}

static uint64_t end(void *view)
{
	const struct ladder *d = view;
	return ladder_end(d) + d->waiting.count;
}

static void line(void *view, uint64_t number, unsigned width, struct view_row *row, unsigned *indent)
{
	struct ladder *d = view;
	*indent = 0;
	ladder_row(d, ladder_line(d, number), width, row);
}

static uint64_t event(void *view, uint64_t number)
{
	const struct ladder_line *l = ladder_line(view, number);
	return l->kind == LINE_GAP || l->kind == LINE_UNSEEN ? PAGER_NONE : l->index;
}

const struct pager_lines ladder_lines = {update, first, end, line, event};

/* --- Contract --- */

struct ladder *ladder_new(const struct log *l, const struct flow *f)
{
	struct ladder *d = malloc(sizeof *d);
	if (!d)
		return NULL;
	*d = (struct ladder){.log = l, .flow = f, .stale = true, .early = LADDER_NONE};
	d->common = RING_OF(uint64_t);
	d->lookups = RING_OF(uint64_t);
	d->calls = RING_OF(struct ladder_call);
	d->lines = RING_OF(struct ladder_line);
	d->waiting = RING_OF(struct ladder_line);
	d->connects = RING_OF(uint64_t);
	return d;
}

void ladder_free(struct ladder *d)
{
	if (!d)
		return;
	ring_free(&d->common);
	ring_free(&d->lookups);
	ring_free(&d->calls);
	ring_free(&d->lines);
	ring_free(&d->waiting);
	ring_free(&d->connects);
	view_row_free(&d->text);
	view_row_free(&d->data);
	view_row_free(&d->label);
	free(d);
}

void ladder_choose(struct ladder *d, const struct ladder_choice *c)
{
	d->choice = *c;
	d->choice.plain |= c->all;
	d->both_seen = false;
	d->stale = true;
}

bool ladder_clock(struct ladder *d, uint64_t now)
{
	d->now = now;
	return d->waiting.count > 0 || d->connects.count > 0;
}
