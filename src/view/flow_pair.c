/*
 * Which ends belong together. Both tell two endpoints, as far as calls told them: the client's end where it connected
 * to, and its own address as soon as getsockname() was called; the server's where it listens, and whom it heard from.
 * Until a client's port is known its end is nameless. Then the server's end is paired with the oldest such client that
 * may be meant; if the port, when it comes, says otherwise, that is corrected.
 */
#include "flow_end.h"

/* Whether both may be the same endpoint, as far as they are known. The number of an interface is each machine's own. */
static bool fit(const struct endpoint *a, const struct endpoint *b)
{
	if (!a->family || !b->family)
		return true;
	if (a->port && b->port && a->port != b->port)
		return false;
	return endpoint_is_any(a) || endpoint_is_any(b) || endpoint_same_address(a, b);
}

/* Whether the client's end and this socket of the server's, as it talks with a peer, may belong together. */
static bool meet(const struct end *client, const struct known_socket *server, const struct endpoint *peer)
{
	return fit(&client->socket->is.local, peer) && fit(&client->peer, &server->is.local);
}

/* --- The server's end looks for the client's --- */

static struct end *named_client(const struct flow *f, const struct known_socket *s, const struct endpoint *peer)
{
	struct end *x = flow_by_port(f, SIDE_CLIENT, s->is.protocol, peer->port);
	for (x = x ? LIST_FIRST(&x->socket->ends) : NULL; x; x = LIST_NEXT(x, link))
		if (meet(x, s, peer))
			return x;
	return NULL;
}

/* A connection has one end at either side. A client's UDP socket that lost its port talks on with the same server. */
static bool is_free(const struct end *client, const struct known_socket *server)
{
	const struct end *partner = flow_partner(client);
	return !partner || (server->is.protocol == PROTOCOL_UDP && partner->socket == server);
}

/* index: UDP: of the receive, which must have taken something that was sent. */
static bool may_be_meant(const struct flow *f, struct end *client, const struct known_socket *s,
			 const struct endpoint *peer, uint64_t index)
{
	if (client->socket->is.protocol != s->is.protocol || !client->peer.family || !is_free(client, s) ||
	    !meet(client, s, peer))
		return false;
	return s->is.protocol == PROTOCOL_TCP || flow_datagram_find(f, client, s->emptied, index) > 0;
}

/*
 * What a socket sent may be received after it was closed; but those that are open are likelier. since: the log's index
 * of the last that was heard from that port: who has it now was not there then.
 */
static struct end *nameless_client(const struct flow *f, const struct known_socket *s, const struct endpoint *peer,
				   uint64_t index, uint64_t since)
{
	struct end *closed = NULL;
	for (size_t i = 0; i < f->nameless.count; i++) {
		struct end *x = *(struct end **)ring_at(&f->nameless, i);
		if (x->socket->since < since || (closed && !x->socket->is.open) || !may_be_meant(f, x, s, peer, index))
			continue;
		if (x->socket->is.open)
			return x;
		closed = x;
	}
	return closed;
}

static struct end *join_or_settle(struct flow *f, struct end *client, struct end *server)
{
	int result = client ? flow_join(f, client, server) : flow_settle(f, server);
	if (result == -1)
		return NULL;
	if (client)
		client->sure = client->socket->is.local.port != 0;
	return server;
}

static struct end *accepted(struct flow *f, struct known_socket *s, uint64_t index)
{
	struct end *x = LIST_FIRST(&s->ends), *client = NULL;
	if (!x)
		x = flow_end_new(f, s, SIDE_SERVER, &s->is.remote, index);
	if (!x || x->conversation)
		return x;
	if (x->peer.family)
		client = named_client(f, s, &x->peer);
	if (client && !is_free(client, s))
		client = NULL;
	if (x->peer.family && !client)
		client = nameless_client(f, s, &x->peer, index, 0);
	return join_or_settle(f, client, x);
}

/*
 * UDP: who talks from there with this socket. While it is one of ours, nobody else can; but once that is closed, the
 * system may have given its port to another.
 */
static struct end *who_talks(const struct flow *f, const struct known_socket *s, const struct endpoint *peer,
			     uint64_t index, const struct end *before)
{
	struct end *client = named_client(f, s, peer), *nameless = NULL;
	if (!client || (before && client == flow_partner(before)))
		nameless = nameless_client(f, s, peer, index, before ? before->last : 0);
	if (nameless)
		client = nameless;
	return client && is_free(client, s) ? client : NULL;
}

static struct end *served(struct flow *f, struct known_socket *s, const struct endpoint *peer, uint64_t index)
{
	struct end *x = flow_find_end(f, s, peer), *before = x ? flow_partner(x) : NULL;
	if (before && before->socket->is.open)
		return x;
	struct end *client = who_talks(f, s, peer, index, x);
	if (x && (!client || client == before))
		return flow_settle(f, x) == 0 ? x : NULL;
	struct end *same = client ? flow_partner(client) : NULL; /* it has another port now */
	if (same)
		return flow_set_peer(f, same, peer) == -1 ? NULL : same;
	bool another_s = before || (x && x->first < client->socket->since); /* who had that port before */
	if (!x || another_s)
		x = flow_end_new(f, s, SIDE_SERVER, peer, index);
	return x ? join_or_settle(f, client, x) : NULL;
}

/* --- The client's end looks for the server's --- */

/* Another client may have had that port before. One that is paired for sure is not meant. */
static struct end *server_of(const struct flow *f, const struct end *client)
{
	uint16_t port = client->socket->is.local.port;
	struct end *x = port ? flow_by_port(f, SIDE_SERVER, client->socket->is.protocol, port) : NULL;
	if (!x || x->first < client->socket->since || !meet(client, x->socket, &x->peer))
		return NULL;
	const struct end *rival = flow_partner(x);
	return rival && rival != client && rival->sure ? NULL : x;
}

/* Its port is known: with whom it was paired before that may have been wrong. */
static int find_server(struct flow *f, struct end *client)
{
	struct end *partner = flow_partner(client), *right = server_of(f, client);
	if (client->sure)
		return 0;
	if (partner && meet(client, partner->socket, &partner->peer))
		right = partner;
	if (partner && right && partner != right)
		flow_exchange(f, partner, right);
	else if (partner && !right && flow_secede(f, partner) == -1)
		return -1;
	else if (!partner && right && flow_join(f, client, right) == -1)
		return -1;
	client->sure = right != NULL;
	return 0;
}

static struct end *connected(struct flow *f, struct known_socket *s, uint64_t index)
{
	struct end *x = LIST_FIRST(&s->ends);
	if (!x)
		x = flow_end_new(f, s, SIDE_CLIENT, &s->is.remote, index);
	if (x && s->is.local.port && find_server(f, x) == -1)
		return NULL;
	return x;
}

static struct end *asked(struct flow *f, struct known_socket *s, const struct endpoint *peer, uint64_t index)
{
	struct end *x = flow_find_end(f, s, peer);
	if (!x)
		x = flow_end_new(f, s, SIDE_CLIENT, peer, index);
	if (x && !x->conversation && s->is.local.port && find_server(f, x) == -1)
		return NULL;
	return x && flow_settle(f, x) == 0 ? x : NULL;
}

/* --- Contract --- */

struct end *flow_stream_end(struct flow *f, struct known_socket *s, uint64_t index)
{
	return s->is.who == EVENT_CLIENT ? connected(f, s, index) : accepted(f, s, index);
}

struct end *flow_datagram_end(struct flow *f, struct known_socket *s, const struct endpoint *peer, uint64_t index)
{
	return s->is.who == EVENT_CLIENT ? asked(f, s, peer, index) : served(f, s, peer, index);
}

int flow_named(struct flow *f, struct known_socket *s, const struct endpoint *local)
{
	struct end *x;
	if (flow_set_local(f, s, local) == -1)
		return -1;
	for (x = LIST_FIRST(&s->ends); x; x = LIST_NEXT(x, link))
		if (x->side == SIDE_CLIENT && local->port && find_server(f, x) == -1)
			return -1;
	return 0;
}
