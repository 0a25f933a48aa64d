#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/sock.h>

#include "engine.h"

enum {
	DATAGRAMS = 32,        /* answered in a row, before other sockets have their turn */
	LAST_DATAGRAMS = 4096, /* answered at the end, at most: more than the system's queue holds */
};

/* A socket that datagrams come to. While it owes a reply, because its send buffer is full, it receives no more. */
struct datagram_socket {
	uv_poll_t poll;
	SLIST_ENTRY(datagram_socket) link;
	int fd;
	bool wildcard; /* it serves every address of this machine: each reply must leave from the right one */
	bool owes;
	struct buf owed;
	struct endpoint client,
		local; /* of the datagram at hand: whom it is from, and which address of ours it was sent to */
};

static bool refused(const struct datagram_socket *d)
{
	struct engine *e = d->poll.loop->data;
	char from[ENDPOINT_TEXT];
	if (!source_refused(&d->client, e->port))
		return false;
	report_warn(e->report, WARN_REFUSED,
		    _("A datagram from %s is not answered: no client has that address or port."),
		    endpoint_format(&d->client, from));
	return true;
}

/* --- Replies --- */

static ssize_t receive(struct datagram_socket *d)
{
	struct engine *e = d->poll.loop->data;
	if (d->wildcard)
		return sock_recvmsg(d->fd, e->in, ENGINE_IN, &d->client, &d->local, NULL);
	return sock_recvfrom(d->fd, e->in, ENGINE_IN, &d->client, NULL);
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
	uv_poll_start(&d->poll, d->owes ? UV_WRITABLE : UV_READABLE, on_ready);
}

/* Out of memory, the reply is lost, as datagrams are. */
static void owe(struct datagram_socket *d, const void *data, size_t n)
{
	if (buf_append(&d->owed, data, n) == -1)
		return;
	d->owes = true;
	watch(d);
}

/* Errors other than a full buffer (ECONNREFUSED, EHOSTUNREACH, ...) are the client's, and this reply is lost. */
static void answer(struct datagram_socket *d, size_t size)
{
	struct engine *e = d->poll.loop->data;
	size_t n = text_upper_whole(e->in, size, e->out), most = endpoint_datagram_max(&d->client);
	if (n > most)
		report_warn(e->report, WARN_TOO_LONG,
			    _("A reply of %zu bytes is not sent: a datagram carries %zu bytes at most."), n, most);
	else if (reply(d, e->out, n) == -1 && engine_again(errno))
		owe(d, e->out, n);
}

static void pay(struct datagram_socket *d)
{
	if (reply(d, buf_bytes(&d->owed), d->owed.size) == -1 && engine_again(errno))
		return;
	buf_free(&d->owed);
	d->owes = false;
	watch(d);
}

/* Returns false when there is nothing left to answer, or no way to. */
static bool serve(struct datagram_socket *d)
{
	ssize_t n = receive(d);
	if (n == -1)
		return errno != EAGAIN && errno != EWOULDBLOCK;
	if (!refused(d))
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
	SLIST_REMOVE(&e->datagram_sockets, d, datagram_socket, link);
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

static bool is_wildcard(const struct endpoint *local)
{
	static const uint8_t any[sizeof(local->address)];
	return memcmp(local->address, any, sizeof(any)) == 0;
}

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
	d->wildcard = is_wildcard(&s->local);
	SLIST_INSERT_HEAD(&e->datagram_sockets, d, link);
	if (d->wildcard && sock_want_local(d->fd, s->local.family) == -1)
		return uv_translate_sys_error(errno);
	return uv_poll_start(&d->poll, UV_READABLE, on_ready);
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
