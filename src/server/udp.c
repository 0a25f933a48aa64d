#include <errno.h>
#include <stdlib.h>

#include <uproar/sock.h>

#include "counters.h"
#include "engine.h"
#include "source.h"

enum {
	DATAGRAMS = 32,        /* answered in a row, before other sockets have their turn */
	LAST_DATAGRAMS = 4096, /* answered at the end, at most: more than the system's queue holds */
};

/* A socket that datagrams come to. While it owes a reply, because its send buffer is full, it receives no more. */
struct datagram_socket {
	uv_poll_t poll;
	SLIST_ENTRY(datagram_socket) link;
	int fd;
	uint16_t port;
	bool wildcard; /* it serves every address of this machine: each reply must leave from the right one */
	bool owes;
	struct buf owed;
	struct endpoint client; /* of the datagram at hand: whom it is from, */
	struct endpoint local;  /* which address of ours it was sent to, */
	struct fated fated;     /* and what the lab decided about it */
	uint64_t read_on;       /* the lab lets it read slowly: not before then, as clock_now() counts */
	struct waiting waiting;
};

/* --- Replies --- */

static ssize_t receive(struct datagram_socket *d, size_t room, size_t *whole)
{
	struct engine *e = d->poll.loop->data;
	if (d->wildcard)
		return sock_recvmsg(d->fd, e->in, room, &d->client, &d->local, whole);
	return sock_recvfrom(d->fd, e->in, room, &d->client, whole);
}

static ssize_t reply(const struct datagram_socket *d, const void *data, size_t n)
{
	if (d->wildcard)
		return sock_sendmsg(d->fd, data, n, &d->client, &d->local);
	return sock_sendto(d->fd, data, n, &d->client);
}

static void on_ready(uv_poll_t *poll, int status, int events);

static void watch(struct datagram_socket *d)
{
	const struct engine *e = d->poll.loop->data;
	if (!d->owes && (e->impair->lab.hold || d->read_on))
		uv_poll_stop(&d->poll);
	else
		uv_poll_start(&d->poll, d->owes ? UV_WRITABLE : UV_READABLE, on_ready);
}

/* Out of memory, the reply is lost, as datagrams are. */
static void owe(struct datagram_socket *d, const void *data, size_t n)
{
	if (buf_append(&d->owed, data, n) == -1) {
		counters_add(COUNTER_UDP_MEMORY, 1);
		return;
	}
	d->owes = true;
	watch(d);
}

/* Errors other than a full buffer (ECONNREFUSED, EHOSTUNREACH, ...) are the client's, and this reply is lost. */
static void answer(struct datagram_socket *d, size_t size)
{
	struct engine *e = d->poll.loop->data;
	size_t n = text_upper_whole(e->in, size, e->out);
	ssize_t sent = (ssize_t)n;
	if (reply_refused(e->report, &d->client, e->in, size, e->out, n))
		return;
	if (e->impair->on)
		impair_reply(e->impair, &d->fated, d->fd, e->out, n, &d->client, &d->local);
	else
		sent = reply(d, e->out, n);
	if (sent == -1 && engine_again(errno))
		owe(d, e->out, n);
	else
		reply_counted(sent);
}

static void pay(struct datagram_socket *d)
{
	ssize_t sent = reply(d, buf_bytes(&d->owed), d->owed.size);
	if (sent == -1 && engine_again(errno))
		return;
	reply_counted(sent);
	buf_free(&d->owed);
	d->owes = false;
	watch(d);
}

static struct party party(const struct datagram_socket *d)
{
	return (struct party){.protocol = PROTOCOL_UDP, .fd = d->fd, .peer = &d->client};
}

/* What the lab does before the server sees the n bytes of a datagram. Returns whether there is one to answer. */
static bool impair_datagram(struct datagram_socket *d, size_t *n, size_t whole)
{
	struct engine *e = d->poll.loop->data;
	const struct party p = party(d);
	impair_took(e->impair, &d->waiting, &p, e->in, *n, whole);
	if (e->impair->lab.slow_read) {
		d->read_on = clock_now() + e->impair->lab.slow_read;
		watch(d);
	}
	bool there = impair_request(e->impair, &p, e->in, *n, whole, &d->fated);
	if (there)
		*n = impair_stale(e->impair, e->in, *n, ENGINE_IN);
	return there;
}

static bool serve_impaired(struct datagram_socket *d)
{
	struct engine *e = d->poll.loop->data;
	size_t whole;
	if (e->impair->lab.hold || d->read_on)
		return false;
	ssize_t received = receive(d, impair_room(&e->impair->lab, ENGINE_IN), &whole);
	if (received == -1)
		return errno != EAGAIN && errno != EWOULDBLOCK;
	size_t n = (size_t)received;
	if (impair_datagram(d, &n, whole) && !datagram_refused(e->report, &d->client, d->port, n))
		answer(d, n);
	engine_tend(e);
	return !d->owes;
}

/* Returns false when there is nothing left to answer, or no way to. */
static bool serve(struct datagram_socket *d)
{
	const struct engine *e = d->poll.loop->data;
	if (e->impair->on)
		return serve_impaired(d);
	ssize_t n = receive(d, ENGINE_IN, NULL);
	if (n == -1)
		return errno != EAGAIN && errno != EWOULDBLOCK;
	if (!datagram_refused(e->report, &d->client, d->port, (size_t)n))
		answer(d, (size_t)n);
	return !d->owes;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void forget(struct datagram_socket *d)
{
	struct engine *e = d->poll.loop->data;
	impair_forget(e->impair, &d->waiting);
	late_forget(&e->impair->late, d->fd);
	SLIST_REMOVE(&e->datagram_sockets, d, datagram_socket, link);
	counters_add(COUNTER_NO_ROOM, d->owes);
	datagrams_end(d->fd);
	buf_free(&d->owed);
	uv_close((uv_handle_t *)&d->poll, on_closed);
	sock_close(d->fd);
}

/* Answers what is in the queue, and closes the socket. */
static void finish(struct datagram_socket *d)
{
	for (int i = 0; i < LAST_DATAGRAMS && serve(d); i++)
		continue;
	if (!d->owes)
		forget(d);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct datagram_socket *d = poll->data;
	const struct engine *e = poll->loop->data;
	(void)events;
	if (status < 0) /* The socket is in error, and libuv has stopped watching it. The next call says what it is. */
		watch(d);
	if (d->owes)
		pay(d);
	if (e->stopping && !d->owes)
		finish(d);
	else
		for (int i = 0; i < DATAGRAMS && !d->owes && serve(d); i++)
			continue;
}

/* --- Contract --- */

int udp_serve(struct engine *e, const struct service *s)
{
	struct datagram_socket *d = calloc(1, sizeof(*d));
	if (!d)
		return UV_ENOMEM;
	int error = uv_poll_init(&e->loop, &d->poll, s->fd);
	if (error != 0) {
		free(d);
		return error;
	}
	d->poll.data = d;
	d->fd = s->fd;
	d->port = s->local.port;
	d->wildcard = endpoint_is_any(&s->local);
	SLIST_INSERT_HEAD(&e->datagram_sockets, d, link);
	return uv_poll_start(&d->poll, UV_READABLE, on_ready);
}

void udp_impair(struct engine *e)
{
	struct impair *i = e->impair;
	struct datagram_socket *d;
	SLIST_FOREACH(d, &e->datagram_sockets, link) {
		const struct party p = {.protocol = PROTOCOL_UDP, .fd = d->fd};
		impair_buffer(i, &i->before, PROTOCOL_UDP, d->fd);
		d->read_on = clock_earlier(d->read_on, clock_now() + i->lab.slow_read);
		if (i->before.hold && !i->lab.hold)
			impair_release(i, &d->waiting, &p);
		if (i->before.hold != i->lab.hold)
			watch(d);
	}
}

uint64_t udp_tend(struct engine *e, uint64_t now)
{
	uint64_t next = CLOCK_NEVER;
	struct datagram_socket *d;
	SLIST_FOREACH(d, &e->datagram_sockets, link) {
		const struct party p = {.protocol = PROTOCOL_UDP, .fd = d->fd};
		if (e->impair->lab.hold)
			impair_look(e->impair, &d->waiting, &p);
		if (d->read_on && d->read_on <= now) {
			d->read_on = 0;
			watch(d);
		}
		if (d->read_on && d->read_on < next)
			next = d->read_on;
	}
	return next;
}

void udp_stop(struct engine *e)
{
	struct datagram_socket *d, *next;
	for (d = SLIST_FIRST(&e->datagram_sockets); d; d = next) {
		next = SLIST_NEXT(d, link);
		if (!d->owes)
			finish(d);
	}
}

void udp_abandon(struct engine *e)
{
	while (!SLIST_EMPTY(&e->datagram_sockets))
		forget(SLIST_FIRST(&e->datagram_sockets));
}
