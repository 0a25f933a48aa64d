#include <stdlib.h>

#include "flow_end.h"

enum { SWEEP_LEAST = 256 }; /* events that are forgotten, at least, between two looks for what is over */

struct flow *flow_new(const struct log *l)
{
	struct flow *f = calloc(1, sizeof *f);
	if (!f)
		return NULL;
	f->log = l;
	f->first = f->next = log_first(l);
	f->sweep = f->first + SWEEP_LEAST;
	f->places = RING_OF(struct place);
	f->sockets = RING_OF(struct known_socket *);
	f->conversations = RING_OF(struct known_conversation *);
	f->nameless = RING_OF(struct end *);
	for (size_t who = 0; who < COUNT(f->numbering); who++)
		f->numbering[who].gaps = RING_OF(struct gap);
	return f;
}

static struct known_socket *socket_at(const struct flow *f, size_t i)
{
	return *(struct known_socket **)ring_at(&f->sockets, i);
}

static struct known_conversation *conversation_at(const struct flow *f, size_t i)
{
	return *(struct known_conversation **)ring_at(&f->conversations, i);
}

void flow_free(struct flow *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->sockets.count; i++)
		flow_drop_socket(f, socket_at(f, i));
	for (size_t i = 0; i < f->conversations.count; i++)
		free(conversation_at(f, i));
	ring_free(&f->places);
	ring_free(&f->sockets);
	ring_free(&f->conversations);
	ring_free(&f->nameless);
	for (size_t who = 0; who < COUNT(f->numbering); who++)
		ring_free(&f->numbering[who].gaps);
	flow_map_free(&f->map);
	free(f);
}

/* --- Forgetting --- */

/* A client elsewhere does not say that it is done with our datagram socket. */
static bool is_over(const struct flow *f, const struct end *x)
{
	bool stream = x->socket->is.protocol != PROTOCOL_UDP;
	bool held = x->socket->is.open && (stream || x->side == SIDE_CLIENT);
	return !held && (stream ? x->socket->last : x->last) < f->first;
}

static void sweep_ends(struct flow *f, const struct known_socket *s)
{
	for (struct end *x = LIST_FIRST(&s->ends), *next; x; x = next) {
		const struct end *partner = flow_partner(x);
		next = LIST_NEXT(x, link);
		flow_trim(f, x);
		if (is_over(f, x) && (!partner || is_over(f, partner)))
			flow_drop_end(f, x);
	}
}

static void sweep_sockets(struct flow *f)
{
	size_t kept = 0;
	for (size_t i = 0; i < f->sockets.count; i++) {
		struct known_socket *s = socket_at(f, i);
		sweep_ends(f, s);
		if (!s->is.open && s->last < f->first && LIST_EMPTY(&s->ends)) {
			flow_drop_socket(f, s);
			continue;
		}
		s->number = kept++;
		*(struct known_socket **)ring_at(&f->sockets, s->number) = s;
	}
	ring_cut(&f->sockets, kept);
}

static bool is_empty(const struct known_conversation *c)
{
	return !c->end[SIDE_CLIENT] && !c->end[SIDE_SERVER];
}

static void sweep_conversations(struct flow *f)
{
	size_t kept = 0;
	for (size_t i = 0; i < f->conversations.count; i++) {
		struct known_conversation *c = conversation_at(f, i);
		if (is_empty(c)) {
			free(c);
			continue;
		}
		flow_describe(c);
		*(struct known_conversation **)ring_at(&f->conversations, kept++) = c;
	}
	ring_cut(&f->conversations, kept);
}

/* Looks through everything, so only once as many events have been forgotten as there are things to look at. */
static void forget(struct flow *f)
{
	uint64_t first = log_first(f->log);
	for (; f->first < first && f->places.count; f->first++)
		ring_pop(&f->places);
	f->first = first;
	if (f->next < first)
		f->next = first;
	flow_forget_gaps(f);
	if (first < f->sweep)
		return;
	sweep_sockets(f);
	sweep_conversations(f);
	f->sweep = first + SWEEP_LEAST + f->sockets.count + f->conversations.count + f->ends;
}

int flow_update(struct flow *f)
{
	forget(f);
	for (; f->next < log_end(f->log); f->next++)
		if (flow_take(f, f->next) == -1)
			return -1;
	return 0;
}

uint64_t flow_end(const struct flow *f)
{
	return f->next;
}

/* --- Sockets and conversations --- */

static uint64_t conversation_number(const void *item)
{
	return (*(struct known_conversation *const *)item)->number;
}

size_t flow_sockets(const struct flow *f)
{
	return f->sockets.count;
}

const struct flow_socket *flow_socket(const struct flow *f, size_t i)
{
	return &socket_at(f, i)->is;
}

uint32_t flow_conversations(const struct flow *f)
{
	return f->conversations_ever;
}

const struct flow_conversation *flow_conversation(const struct flow *f, uint32_t n)
{
	static const struct flow_conversation none = {.client_socket = SIZE_MAX, .server_socket = SIZE_MAX};
	size_t at = ring_search(&f->conversations, conversation_number, n);
	const struct known_conversation *c = at < f->conversations.count ? conversation_at(f, at) : NULL;
	return c && c->number == n && !is_empty(c) ? &c->is : &none;
}

/* Of a client's socket everything is about its conversation; of a server's datagram socket what has its peer. */
static uint64_t last_of(const struct end *x)
{
	if (!x)
		return 0;
	bool shared = x->socket->is.protocol == PROTOCOL_UDP && x->side == SIDE_SERVER;
	return shared ? x->last : x->socket->last;
}

uint64_t flow_last(const struct flow *f, uint32_t n)
{
	size_t at = ring_search(&f->conversations, conversation_number, n);
	const struct known_conversation *c = at < f->conversations.count ? conversation_at(f, at) : NULL;
	if (!c || c->number != n)
		return 0;
	uint64_t client = last_of(c->end[SIDE_CLIENT]), server = last_of(c->end[SIDE_SERVER]);
	return client > server ? client : server;
}
