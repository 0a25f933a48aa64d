#include "flow_end.h"

#include <stdlib.h>
#include <string.h>

enum { NAMELESS_MOST = 128 }; /* of so many at most it is tried whether they belong to an end of the server's */

/* --- Finding ends --- */

static struct flow_key key_of_peer(const struct known_socket *s, const struct endpoint *peer)
{
	struct flow_key k = {{FLOW_KEY_PEER | (uint64_t)peer->family << 8 | (uint64_t)peer->port << 16, (uintptr_t)s}};
	k.word[0] |= peer->family == 6 ? (uint64_t)peer->scope << 32 : 0;
	memcpy(&k.word[2], peer->address, peer->family == 6 ? 16 : 4);
	return k;
}

static struct flow_key key_of_port(enum flow_side side, enum protocol protocol, uint16_t port)
{
	return (struct flow_key){{FLOW_KEY_PORT, side, protocol, port}};
}

struct end *flow_find_end(const struct flow *f, const struct known_socket *s, const struct endpoint *peer)
{
	struct flow_key key = key_of_peer(s, peer);
	return flow_map_get(&f->map, &key);
}

struct end *flow_by_port(const struct flow *f, enum flow_side side, enum protocol protocol, uint16_t client_port)
{
	struct flow_key key = key_of_port(side, protocol, client_port);
	return flow_map_get(&f->map, &key);
}

struct end *flow_partner(const struct end *x)
{
	return x->conversation ? x->conversation->end[!x->side] : NULL;
}

/* The client's port, which both ends can know. 0: not known. */
static uint16_t port_of(const struct end *x)
{
	return x->side == SIDE_CLIENT ? x->socket->is.local.port : x->peer.port;
}

static int make_nameless(struct flow *f, struct end *x)
{
	struct end **slot = ring_push(&f->nameless);
	if (!slot)
		return -1;
	*slot = x;
	if (f->nameless.count > NAMELESS_MOST)
		ring_pop(&f->nameless);
	return 0;
}

void flow_not_expected(struct flow *f, const struct end *x)
{
	for (size_t i = 0; i < f->nameless.count; i++) {
		if (*(struct end **)ring_at(&f->nameless, i) != x)
			continue;
		ring_remove(&f->nameless, i);
		return;
	}
}

static int publish(struct flow *f, struct end *x)
{
	struct flow_key port = key_of_port(x->side, x->socket->is.protocol, port_of(x));
	struct flow_key peer = key_of_peer(x->socket, &x->peer);
	if (x->socket->is.protocol == PROTOCOL_UDP && flow_map_put(&f->map, &peer, x) == -1)
		return -1;
	if (port_of(x))
		return flow_map_put(&f->map, &port, x);
	return x->side == SIDE_CLIENT ? make_nameless(f, x) : 0;
}

static void withdraw(struct flow *f, const struct end *x)
{
	struct flow_key port = key_of_port(x->side, x->socket->is.protocol, port_of(x));
	struct flow_key peer = key_of_peer(x->socket, &x->peer);
	flow_map_remove(&f->map, &peer, x);
	flow_map_remove(&f->map, &port, x);
	if (x->side == SIDE_CLIENT && !port_of(x))
		flow_not_expected(f, x);
}

/* --- What a conversation is, as its ends tell --- */

static void tell_socket(struct known_socket *s)
{
	const struct end *only = LIST_FIRST(&s->ends);
	bool one = only && !LIST_NEXT(only, link) && only->conversation;
	s->is.conversation = one ? only->conversation->number : 0;
}

static void tell_client(struct flow_conversation *is, const struct end *x)
{
	is->client_socket = x ? x->socket->number : SIZE_MAX;
	if (x) {
		is->client = x->socket->is.local;
		is->server = x->peer;
		is->first = x->first;
	}
}

/* The server knows the client's address as the network has it; the client knows which address of the server's it is. */
static void tell_server(struct flow_conversation *is, const struct end *x)
{
	is->server_socket = x ? x->socket->number : SIZE_MAX;
	if (x && x->peer.family)
		is->client = x->peer;
	if (x && !is->server.family)
		is->server = x->socket->is.local;
	if (x && x->first < is->first)
		is->first = x->first;
}

void flow_describe(struct known_conversation *c)
{
	const struct end *any = c->end[SIDE_CLIENT] ? c->end[SIDE_CLIENT] : c->end[SIDE_SERVER];
	if (!any)
		return;
	c->is = (struct flow_conversation){.protocol = any->socket->is.protocol, .first = any->first};
	tell_client(&c->is, c->end[SIDE_CLIENT]);
	tell_server(&c->is, c->end[SIDE_SERVER]);
}

/* --- Conversations --- */

static struct known_conversation *conversation_new(struct flow *f)
{
	struct known_conversation *c = calloc(1, sizeof *c);
	struct known_conversation **slot = c ? ring_push(&f->conversations) : NULL;
	if (!slot) {
		free(c);
		return NULL;
	}
	*slot = c;
	c->number = ++f->conversations_ever;
	return c;
}

static void leave(struct end *x)
{
	if (!x->conversation)
		return;
	x->conversation->end[x->side] = NULL;
	flow_describe(x->conversation);
	x->conversation = NULL;
	tell_socket(x->socket);
}

static void enter(struct end *x, struct known_conversation *c)
{
	c->end[x->side] = x;
	x->conversation = c;
	tell_socket(x->socket);
	flow_describe(c);
}

/* The number of one that was only the other end of an older one is given to the next, if there is none since. */
static void take_back(struct flow *f, struct known_conversation *c)
{
	bool empty = !c->end[SIDE_CLIENT] && !c->end[SIDE_SERVER];
	if (!empty || c->number != f->conversations_ever)
		return;
	ring_cut(&f->conversations, f->conversations.count - 1);
	f->conversations_ever--;
	free(c);
}

static void move(struct flow *f, struct end *x, struct known_conversation *c)
{
	struct known_conversation *before = x->conversation;
	if (before == c)
		return;
	leave(x);
	enter(x, c);
	if (before)
		take_back(f, before);
}

int flow_settle(struct flow *f, struct end *x)
{
	struct known_conversation *c = x->conversation ? x->conversation : conversation_new(f);
	if (!c)
		return -1;
	if (c != x->conversation)
		enter(x, c);
	return 0;
}

int flow_join(struct flow *f, struct end *client, struct end *server)
{
	bool taken = flow_partner(server) != NULL; /* by another client: that one stays in their conversation */
	struct known_conversation *theirs = taken ? NULL : server->conversation;
	if (!theirs && flow_settle(f, client) == -1)
		return -1;
	struct known_conversation *mine = client->conversation;
	struct known_conversation *older = theirs && (!mine || theirs->number < mine->number) ? theirs : mine;
	move(f, client, older);
	move(f, server, older);
	flow_datagram_match(f, server);
	return 0;
}

void flow_exchange(const struct flow *f, struct end *a, struct end *b)
{
	struct known_conversation *of_a = a->conversation, *of_b = b->conversation;
	leave(a);
	leave(b);
	enter(a, of_b);
	enter(b, of_a);
	flow_datagram_match(f, a);
	flow_datagram_match(f, b);
}

int flow_secede(struct flow *f, struct end *x)
{
	struct known_conversation *c = conversation_new(f);
	if (!c)
		return -1;
	move(f, x, c);
	return 0;
}

/* --- Ends --- */

struct end *flow_end_new(struct flow *f, struct known_socket *s, enum flow_side side, const struct endpoint *peer,
			 uint64_t index)
{
	struct end *x = calloc(1, sizeof *x);
	if (!x)
		return NULL;
	*x = (struct end){.socket = s, .side = side, .peer = *peer, .last = index};
	x->unsure[WAY_OUT] = x->unsure[WAY_IN] = UINT64_MAX;
	x->sends = RING_OF(struct send);
	x->receives = RING_OF(struct receive);
	bool shared = s->is.protocol == PROTOCOL_UDP && (side == SIDE_SERVER || !LIST_EMPTY(&s->ends));
	x->first = shared ? index : s->is.opened;
	LIST_INSERT_HEAD(&s->ends, x, link);
	tell_socket(s);
	f->ends++;
	if (publish(f, x) == 0)
		return x;
	flow_drop_end(f, x);
	return NULL;
}

void flow_drop_end(struct flow *f, struct end *x)
{
	withdraw(f, x);
	LIST_REMOVE(x, link);
	if (x->conversation)
		leave(x);
	tell_socket(x->socket);
	ring_free(&x->sends);
	ring_free(&x->receives);
	free(x);
	f->ends--;
}

int flow_set_peer(struct flow *f, struct end *x, const struct endpoint *peer)
{
	withdraw(f, x);
	x->peer = *peer;
	if (x->conversation)
		flow_describe(x->conversation);
	return publish(f, x);
}

int flow_set_local(struct flow *f, struct known_socket *s, const struct endpoint *local)
{
	struct end *x;
	for (x = LIST_FIRST(&s->ends); x; x = LIST_NEXT(x, link))
		if (x->side == SIDE_CLIENT)
			withdraw(f, x);
	s->is.local = *local;
	for (x = LIST_FIRST(&s->ends); x; x = LIST_NEXT(x, link)) {
		if (x->conversation)
			flow_describe(x->conversation);
		if (x->side == SIDE_CLIENT && publish(f, x) == -1)
			return -1;
	}
	return 0;
}
