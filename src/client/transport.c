#include "transport.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/sock.h>

enum {
	READ_ROOM = 64 << 10,  /* of one recv; a datagram is never larger */
	DATAGRAMS_A_TURN = 32, /* so that a flood does not keep the loop from the user's requests */
	WORDS = 256,           /* bytes of a note */
};

static void tell(struct transport *t, enum event_state_what what)
{
	struct event_state state = {.what = what, .by = EVENT_CLIENT, .bound = t->bound};
	state.local = t->local;
	state.remote = t->remote;
	t->owner->tell(state, t->owner->arg);
}

static void note(struct transport *t, enum note_level level, const char *words)
{
	t->owner->note(level, words, t->owner->arg);
}

static void tell_port(struct transport *t)
{
	if (t->local.family == 0 && sock_getsockname(t->fd, &t->local) == 0)
		tell(t, STATE_PORT);
}

/* --- Behaving as told --- */

static void set_nodelay(struct transport *t)
{
	bool nodelay = t->owner->habits->nodelay;
	if (nodelay != t->nodelay && sock_setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, nodelay) == 0)
		t->nodelay = nodelay;
}

/* UDP's connect(): no packet goes anywhere, but the socket is the server's alone, and it hears of refusals. */
static int set_bound(struct transport *t)
{
	static const struct endpoint nobody;
	bool bound = t->owner->habits->bound;
	if (sock_connect(t->fd, bound ? &t->remote : &nobody) == -1)
		return -1;
	t->bound = bound;
	if (!bound)
		t->local = nobody; /* with the server the system forgets the port that it had chosen */
	else if (t->local.family)
		sock_getsockname(t->fd, &t->local); /* to the port it has chosen an address now */
	return 0;
}

/* What has come counts; to the port that is given up no further reply can come. */
static int change_bound(struct transport *t)
{
	int error;
	if (t->bound && !t->owner->habits->hold)
		transport_receive(t, &error);
	if (set_bound(t) == -1)
		return -1;
	if (!t->bound) {
		session_ended(t->session, 0, clock_now());
		session_opened(t->session, &t->remote);
	}
	return 0;
}

static void tell_ready(struct transport *t)
{
	tell(t, STATE_READY);
	if (t->bound)
		tell_port(t);
}

static void note_unbound(struct transport *t, int error)
{
	char words[WORDS];
	snprintf(words, sizeof words, _("The socket could not be bound to the server: %s; it stays as it was."),
		 strerror(error));
	note(t, NOTE_ERROR, words);
}

void transport_behave(struct transport *t)
{
	if (!t)
		return;
	if (t->protocol == PROTOCOL_TCP)
		set_nodelay(t);
	else if (t->owner->habits->bound == t->bound)
		return;
	else if (change_bound(t) == 0)
		tell_ready(t);
	else
		note_unbound(t, errno);
}

/* --- Opening and closing --- */

static void handle_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void transport_close(struct transport *t)
{
	if (!t)
		return;
	watch_closed(t->owner->watch);
	uv_poll_stop(&t->poll);
	uv_close((uv_handle_t *)&t->poll, handle_closed);
	sock_close(t->fd);
}

/* Begins to use it. */
static int begin(struct transport *t)
{
	if (t->protocol == PROTOCOL_UDP) {
		if (t->owner->habits->bound && set_bound(t) == -1)
			return -1;
		tell_ready(t);
		return 0;
	}
	set_nodelay(t);
	return sock_connect(t->fd, &t->remote) == -1 && errno != EINPROGRESS && errno != EINTR ? -1 : 0;
}

/* With a handle on the loop. NULL: errno says why. */
static struct transport *new_transport(uv_loop_t *loop, int fd)
{
	struct transport *t = calloc(1, sizeof *t);
	if (!t)
		return NULL;
	int error = -uv_poll_init(loop, &t->poll, fd);
	if (error == 0)
		return t;
	free(t);
	errno = error;
	return NULL;
}

struct transport *transport_open(const struct transport_owner *owner, struct session *session, enum protocol protocol,
				 const struct endpoint *remote)
{
	int fd = sock_socket(remote->family, protocol, NONBLOCKING);
	if (fd == -1)
		return NULL;
	struct transport *t = new_transport(owner->loop, fd);
	int error = errno;
	if (!t) {
		sock_close(fd);
		errno = error;
		return NULL;
	}
	t->owner = owner;
	t->session = session;
	t->protocol = protocol;
	t->remote = *remote;
	t->poll.data = t;
	t->fd = fd;
	watch_opened(owner->watch, t->fd, protocol, &t->local, &t->remote);
	if (begin(t) == 0)
		return t;
	error = errno;
	transport_close(t);
	errno = error;
	return NULL;
}

int transport_connected(struct transport *t)
{
	int error = 0;
	if (sock_getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &error) == -1)
		error = errno;
	if (error == 0)
		sock_getsockname(t->fd, &t->local);
	return error;
}

/* --- Waiting --- */

static void poll_ready(uv_poll_t *poll, int status, int events)
{
	struct transport *t = poll->data;
	if (status < 0)
		t->events = 0; /* in an error, libuv stops watching; there may be more to read all the same */
	bool readable = status < 0 || (events & (UV_READABLE | UV_DISCONNECT));
	t->owner->ready(readable && !t->owner->habits->hold, t->owner->arg);
}

void transport_wait(struct transport *t, bool connecting)
{
	int events = UV_WRITABLE;
	if (!connecting)
		events = (t->owner->habits->hold ? 0 : UV_READABLE) | (t->blocked ? UV_WRITABLE : 0);
	if (events == t->events)
		return;
	t->events = events;
	if (events)
		uv_poll_start(&t->poll, events, poll_ready);
	else
		uv_poll_stop(&t->poll);
}

/* --- Sending --- */

static void send_end(struct transport *t)
{
	t->end = END_SENT;
	if (sock_shutdown(t->fd, SHUT_WR) == 0) /* else the connection has ended, as the next receive says */
		tell(t, STATE_HALF_CLOSED);
}

static void send_stream(struct transport *t)
{
	const void *data;
	size_t n;
	while (!t->error && session_output(t->session, &data, &n)) {
		uint64_t now = clock_now(); /* before the call: the reply may be there when it returns */
		ssize_t sent = sock_send(t->fd, data, n);
		if (sent >= 0) {
			watch_sent(t->owner->watch, (size_t)sent, (size_t)sent == n, now);
			session_sent(t->session, (size_t)sent, now);
		} else if (errno == EAGAIN) {
			t->blocked = true;
			return;
		} else if (errno != EINTR) {
			t->error = errno;
		}
	}
	if (t->end == END_ASKED && !t->error)
		send_end(t);
}

/* An ICMP message has come, which names no datagram: it answers one that was sent before. */
static void refused(struct transport *t)
{
	if (!session_refused(t->session, ECONNREFUSED, clock_now()))
		note(t, NOTE_WARNING,
		     _("A datagram that was sent before was refused: nobody listens on that port there."));
}

static ssize_t send_datagram(struct transport *t, const void *data, size_t n)
{
	return t->bound ? sock_send(t->fd, data, n) : sock_sendto(t->fd, data, n, &t->remote);
}

static void send_datagrams(struct transport *t)
{
	const void *data;
	size_t n;
	bool again = false; /* what the call failed with was an earlier datagram's, and this one did not go */
	while (session_output(t->session, &data, &n)) {
		uint64_t now = clock_now();
		ssize_t sent = send_datagram(t, data, n);
		if (sent >= 0) {
			session_sent(t->session, (size_t)sent, now);
			t->used = true;
			tell_port(t);
		} else if (errno == EAGAIN) {
			t->blocked = true;
			return;
		} else if (errno == EINTR) {
			continue;
		} else if (t->bound && errno == ECONNREFUSED && !again) {
			refused(t);
			again = true;
			continue;
		} else {
			session_unsendable(t->session, errno, now);
		}
		again = false;
	}
}

void transport_send(struct transport *t)
{
	t->blocked = false;
	if (t->protocol == PROTOCOL_TCP)
		send_stream(t);
	else
		send_datagrams(t);
}

void transport_shutdown(struct transport *t)
{
	session_shutdown(t->session);
	t->end = END_ASKED;
}

/* --- Receiving --- */

static size_t room_for(const struct transport *t)
{
	size_t room = t->owner->habits->recv_room;
	return room > 0 && room < READ_ROOM ? room : READ_ROOM;
}

static bool receive_stream(struct transport *t, void *room, int *error)
{
	ssize_t n = sock_recv(t->fd, room, room_for(t));
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return true;
	uint64_t now = clock_now();
	if (n > 0) {
		watch_heard(t->owner->watch, now);
		if (session_received(t->session, room, (size_t)n, (size_t)n, &t->remote, now) == 0)
			return true;
	}
	*error = t->error ? t->error : n == 0 ? 0 : errno;
	return false;
}

static void receive_datagrams(struct transport *t, void *room)
{
	for (int i = 0; i < DATAGRAMS_A_TURN; i++) {
		struct endpoint from;
		size_t whole;
		ssize_t n = sock_recvfrom(t->fd, room, room_for(t), &from, &whole);
		if (n == -1 && t->bound && errno == ECONNREFUSED)
			refused(t);
		else if (n == -1)
			return;
		else if (session_received(t->session, room, (size_t)n, whole, &from, clock_now()) == -1)
			note(t, NOTE_ERROR, _("There is no memory left for this reply; it is lost."));
	}
}

bool transport_receive(struct transport *t, int *error)
{
	static unsigned char room[READ_ROOM];
	if (t->protocol == PROTOCOL_TCP)
		return receive_stream(t, room, error);
	receive_datagrams(t, room);
	return true;
}
