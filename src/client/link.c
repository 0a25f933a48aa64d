#include "link.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/sock.h>

enum {
	READ_ROOM = 64 << 10,  /* of one recv; a datagram is never larger */
	DATAGRAMS_A_TURN = 32, /* so that a flood does not keep the loop from the user's requests */
	CONNECT_SECONDS = 10,  /* for an address; then the next one is tried */
	START_SECONDS = 10,    /* for our own server */
};

struct link_socket {
	uv_poll_t poll;
	struct link *link;
	int fd;
	int events;     /* that are waited for */
	int send_error; /* a send failed with it; what had come before is still to be read */
};

static void pump(struct link *l);
static void try_addresses(struct link *l, int error);

/* --- Telling --- */

static void report(struct link *l, const struct event *e)
{
	l->report(e, l->arg);
}

static void tell(struct link *l, struct event_state state)
{
	state.protocol = l->protocol;
	state.own = l->host == NULL;
	struct event e = {.when = clock_now(), .who = EVENT_CLIENT, .kind = EVENT_STATE, .state = state};
	/* What the user wrote, and is to blame where a look-up fails. */
	const char *name = state.lookup && state.error == EAI_SERVICE ? l->port : l->host;
	if (name) {
		e.size = (uint32_t)strlen(name);
		e.data = name;
	}
	report(l, &e);
}

static void note(struct link *l, enum note_level level, const char *words)
{
	struct event e = event_of_note(EVENT_CLIENT, level, words, strlen(words));
	report(l, &e);
}

static void from_session(const struct event *e, void *arg)
{
	struct link *l = arg;
	if (e->kind == EVENT_REPLY && e->talk.verdict != VERDICT_STRANGER)
		l->heard = true;
	/* A session counts its sentences from 1; for the user they go on from one conversation to the next. */
	struct event counted = *e;
	if (e->talk.sentence) {
		counted.talk.sentence += l->before;
		l->said = counted.talk.sentence > l->said ? counted.talk.sentence : l->said;
	}
	report(l, &counted);
}

/* --- The socket --- */

static void socket_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void close_socket(struct link *l)
{
	if (!l->socket)
		return;
	uv_poll_stop(&l->socket->poll);
	uv_close((uv_handle_t *)&l->socket->poll, socket_closed);
	sock_close(l->socket->fd);
	l->socket = NULL;
}

static int attach(struct link *l, int fd)
{
	struct link_socket *s = calloc(1, sizeof *s);
	if (!s)
		return -1;
	s->link = l;
	s->fd = fd;
	s->poll.data = s;
	int status = uv_poll_init(l->loop, &s->poll, fd);
	if (status < 0) {
		free(s);
		errno = -status;
		return -1;
	}
	l->socket = s;
	return 0;
}

static void failed(struct link *l, int error, bool lookup)
{
	close_socket(l);
	l->stage = STAGE_IDLE;
	l->nfound = 0; /* next time, from the beginning */
	tell(l, (struct event_state){.step = STEP_FAILED, .error = error, .lookup = lookup, .remote = l->remote});
	session_give_up(l->session, VERDICT_UNSENT, lookup ? 0 : error, clock_now());
}

static void ended(struct link *l, int error)
{
	uint32_t waiting = (uint32_t)session_waiting(l->session);
	close_socket(l);
	l->stage = STAGE_IDLE;
	if (!l->host)
		own_stop(&l->own); /* it does not close a connection but to end; while it does, it may still accept */
	bool one_each = session_ended(l->session, error, clock_now());
	tell(l, (struct event_state){.step = STEP_CLOSED,
				     .by = EVENT_SERVER,
				     .error = error,
				     .waiting = waiting,
				     .one_each = one_each && !l->one_each && l->host,
				     .remote = l->remote});
	l->one_each = one_each;
}

static void tell_port(struct link *l)
{
	struct endpoint local;
	if (l->port_known || sock_getsockname(l->socket->fd, &local) == -1)
		return;
	l->port_known = true;
	tell(l, (struct event_state){.step = STEP_PORT, .local = local, .remote = l->remote});
}

/* Sends what the session has to send. False: the socket takes no more for now. */
static bool send_stream(struct link *l)
{
	const void *data;
	size_t n;
	while (!l->socket->send_error && session_output(l->session, &data, &n)) {
		uint64_t now = clock_now(); /* before the call: the reply may be there when it returns */
		ssize_t sent = sock_send(l->socket->fd, data, n);
		if (sent >= 0)
			session_sent(l->session, (size_t)sent, now);
		else if (errno == EAGAIN)
			return false;
		else if (errno != EINTR)
			l->socket->send_error = errno; /* the end shows when all that came before it has been read */
	}
	return true;
}

static bool send_datagrams(struct link *l)
{
	const void *data;
	size_t n;
	while (session_output(l->session, &data, &n)) {
		uint64_t now = clock_now();
		ssize_t sent = sock_sendto(l->socket->fd, data, n, &l->remote);
		if (sent >= 0) {
			session_sent(l->session, (size_t)sent, now);
			tell_port(l);
		} else if (errno == EAGAIN) {
			return false;
		} else if (errno != EINTR) {
			session_unsendable(l->session, errno, now);
		}
	}
	return true;
}

static void receive_stream(struct link *l, void *room)
{
	ssize_t n = sock_recv(l->socket->fd, room, READ_ROOM);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && session_received(l->session, room, (size_t)n, (size_t)n, &l->remote, clock_now()) == 0)
		return;
	int error = n == 0 ? 0 : errno;
	ended(l, l->socket->send_error ? l->socket->send_error : error);
}

static void receive_datagrams(struct link *l, void *room)
{
	for (int i = 0; i < DATAGRAMS_A_TURN; i++) {
		struct endpoint from;
		size_t whole;
		ssize_t n = sock_recvfrom(l->socket->fd, room, READ_ROOM, &from, &whole);
		if (n == -1)
			return;
		if (session_received(l->session, room, (size_t)n, whole, &from, clock_now()) == -1)
			note(l, NOTE_ERROR, _("There is no memory left for this reply; it is lost."));
	}
}

static void opened(struct link *l)
{
	l->stage = STAGE_OPEN;
	session_opened(l->session, &l->remote);
}

static void connect_ended(struct link *l)
{
	int error = 0;
	if (sock_getsockopt(l->socket->fd, SOL_SOCKET, SO_ERROR, &error) == -1)
		error = errno;
	if (error) {
		try_addresses(l, error);
		return;
	}
	struct event_state state = {.step = STEP_CONNECTED, .remote = l->remote};
	sock_getsockname(l->socket->fd, &state.local);
	tell(l, state);
	opened(l);
}

static void socket_ready(uv_poll_t *poll, int status, int events)
{
	static unsigned char room[READ_ROOM];
	struct link_socket *s = poll->data;
	struct link *l = s->link;
	if (status < 0)
		s->events = 0; /* in an error, libuv stops watching; there may be more to read all the same */
	bool readable = status < 0 || (events & (UV_READABLE | UV_DISCONNECT));

	if (l->stage == STAGE_CONNECTING)
		connect_ended(l);
	else if (readable && l->protocol == PROTOCOL_TCP)
		receive_stream(l, room);
	else if (readable)
		receive_datagrams(l, room);
	pump(l);
}

/* --- Trying the addresses --- */

static int open_socket(struct link *l)
{
	int fd = sock_socket(l->remote.family, l->protocol, NONBLOCKING);
	if (fd == -1)
		return -1;
	if (attach(l, fd) == 0)
		return 0;
	int error = errno;
	sock_close(fd);
	errno = error;
	return -1;
}

/* Begins to talk with l->remote. -1: it cannot be, errno says why. */
static int try_address(struct link *l)
{
	if (l->protocol == PROTOCOL_UDP) {
		if (open_socket(l) == -1)
			return -1;
		l->port_known = false;
		tell(l, (struct event_state){.step = STEP_READY, .remote = l->remote});
		opened(l);
		return 0;
	}
	tell(l, (struct event_state){
			.step = STEP_CONNECTING, .remote = l->remote, .more = (uint32_t)(l->nfound - l->next)});
	if (open_socket(l) == -1)
		return -1;
	l->stage = STAGE_CONNECTING;
	l->deadline = clock_now() + CONNECT_SECONDS * CLOCK_SECOND;
	if (sock_connect(l->socket->fd, &l->remote) == -1 && errno != EINPROGRESS && errno != EINTR)
		return -1;
	return 0;
}

/* Tries the next address, and those after it; error: why the last one would not do, or 0. */
static void try_addresses(struct link *l, int error)
{
	while (l->next < l->nfound) {
		close_socket(l);
		if (error)
			tell(l, (struct event_state){.step = STEP_FAILED,
						     .error = error,
						     .remote = l->remote,
						     .more = (uint32_t)(l->nfound - l->next)});
		l->remote = l->found[l->next++];
		if (try_address(l) == 0)
			return;
		error = errno;
	}
	failed(l, error, false);
}

/*
 * A datagram that nobody answers tells nothing about its address, so the order matters more than over TCP: IPv4 first,
 * since most servers of a class, the book's among them, are there and only there.
 */
static void put_ipv4_first(struct endpoint *found, size_t n)
{
	struct endpoint sorted[LOOKUP_ADDRESSES];
	size_t count = 0;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n; i++)
			if ((found[i].family == 4) == (pass == 0))
				sorted[count++] = found[i];
	memcpy(found, sorted, count * sizeof sorted[0]);
}

static void found(struct link *l, const struct lookup_result *result)
{
	if (result->count == 0) {
		failed(l, result->error, result->resolver);
	} else {
		memcpy(l->found, result->found, sizeof l->found);
		l->nfound = result->count;
		l->next = 0;
		if (l->protocol == PROTOCOL_UDP)
			put_ipv4_first(l->found, l->nfound);
		try_addresses(l, 0);
	}
}

static void looked_up(const struct lookup_result *result, void *arg)
{
	struct link *l = arg;
	l->lookup = NULL;
	found(l, result);
	pump(l);
}

static bool is_numeric(const char *host)
{
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
	return uv_ip4_addr(host, 0, &ipv4) == 0 || uv_ip6_addr(host, 0, &ipv6) == 0;
}

static void begin(struct link *l)
{
	l->remote = (struct endpoint){0};
	if (!l->host) {
		const struct endpoint *e = own_endpoint(&l->own, l->protocol);
		if (e) {
			l->found[0] = *e;
			l->nfound = 1;
			l->next = 0;
			try_addresses(l, 0);
			return;
		}
		l->stage = STAGE_STARTING;
		l->deadline = clock_now() + START_SECONDS * CLOCK_SECOND;
		tell(l, (struct event_state){.step = STEP_STARTING});
		own_start(&l->own);
	} else if (l->one_each && l->nfound > 0) {
		l->next--; /* the same address again: a name need not be looked up for every sentence */
		try_addresses(l, 0);
	} else if (is_numeric(l->host)) {
		struct lookup_result result;
		lookup_now(l->host, l->port, l->family, l->protocol, &result);
		found(l, &result);
	} else {
		l->stage = STAGE_LOOKING_UP;
		tell(l, (struct event_state){.step = STEP_LOOKUP});
		l->lookup = lookup_start(l->loop, l->host, l->port, l->family, l->protocol, looked_up, l);
		if (!l->lookup)
			failed(l, errno, false);
	}
}

/* --- The loop --- */

static void timer_fired(uv_timer_t *timer)
{
	struct link *l = timer->data;
	uint64_t now = clock_now();
	session_tick(l->session, now);
	if (l->stage == STAGE_CONNECTING && now >= l->deadline) {
		try_addresses(l, ETIMEDOUT);
	} else if (l->stage == STAGE_STARTING && now >= l->deadline) {
		own_stop(&l->own);
		failed(l, ETIMEDOUT, false);
	}
	pump(l);
}

static void set_timer(struct link *l)
{
	uint64_t deadline = session_deadline(l->session);
	if ((l->stage == STAGE_CONNECTING || l->stage == STAGE_STARTING) && l->deadline < deadline)
		deadline = l->deadline;
	if (deadline == CLOCK_NEVER) {
		uv_timer_stop(&l->timer);
		return;
	}
	uint64_t now = clock_now();
	uv_update_time(l->loop);
	uv_timer_start(&l->timer, timer_fired, deadline > now ? (deadline - now) / CLOCK_MS + 1 : 0, 0);
}

static void wait_for(struct link *l, int events)
{
	if (l->socket->events != events)
		uv_poll_start(&l->socket->poll, events, socket_ready);
	l->socket->events = events;
}

/* After anything has happened: connects where that is wanted, sends what can go, and says what to wait for. */
static void pump(struct link *l)
{
	bool wanted =
		l->protocol == PROTOCOL_TCP ? session_wants_connection(l->session) : session_waiting(l->session) > 0;
	if (l->stage == STAGE_IDLE && wanted)
		begin(l);
	if (l->stage == STAGE_CONNECTING) {
		wait_for(l, UV_WRITABLE);
	} else if (l->stage == STAGE_OPEN) {
		bool all_sent = l->protocol == PROTOCOL_TCP ? send_stream(l) : send_datagrams(l);
		wait_for(l, all_sent ? UV_READABLE : UV_READABLE | UV_WRITABLE);
	}
	set_timer(l);
}

/* Lets go of whatever is under way. */
static void cancel(struct link *l)
{
	if (l->lookup)
		lookup_cancel(l->lookup);
	l->lookup = NULL;
	if (l->stage == STAGE_STARTING)
		own_stop(&l->own);
	close_socket(l);
	l->stage = STAGE_IDLE;
}

static void own_event(const struct event *e, void *arg)
{
	struct link *l = arg;
	l->report(e, l->arg);
}

static void own_ready(void *arg)
{
	struct link *l = arg;
	if (l->stage != STAGE_STARTING || !own_endpoint(&l->own, l->protocol))
		return;
	l->stage = STAGE_IDLE;
	begin(l);
	pump(l);
}

static void own_ended(int error, void *arg)
{
	struct link *l = arg;
	if (l->stage == STAGE_STARTING) {
		failed(l, error ? error : ECHILD, false);
		pump(l);
	} else if (!l->host && l->protocol == PROTOCOL_UDP && l->stage == STAGE_OPEN) {
		close_socket(l); /* TCP's connection says it by itself */
		l->stage = STAGE_IDLE;
		tell(l, (struct event_state){.step = STEP_CLOSED, .by = EVENT_SERVER, .error = ECHILD});
		session_give_up(l->session, VERDICT_CUT_SHORT, ECHILD, clock_now());
		pump(l);
	}
}

void link_init(struct link *l, uv_loop_t *loop, int family, const uint64_t timeout[PROTOCOL_COUNT],
	       session_tell *report_to, void *arg)
{
	*l = (struct link){.loop = loop, .report = report_to, .arg = arg, .family = family};
	memcpy(l->timeout, timeout, sizeof l->timeout);
	uv_timer_init(loop, &l->timer);
	l->timer.data = l;
	own_init(&l->own, loop, family, &(struct own_handlers){own_event, own_ready, own_ended, l});
}

/* An IPv6 address is often written in brackets, by us too, to keep it apart from a port. */
static char *without_brackets(const char *host)
{
	size_t n = strlen(host);
	bool brackets = n > 2 && host[0] == '[' && host[n - 1] == ']';
	return brackets ? strndup(host + 1, n - 2) : strdup(host);
}

void link_connect(struct link *l, enum protocol protocol, const char *host, const char *port)
{
	struct session *session = session_new(protocol, l->timeout[protocol], from_session, l);
	char *host_copy = host ? without_brackets(host) : NULL;
	char *port_copy = strdup(port);
	if (!session || (host && !host_copy) || !port_copy) {
		session_free(session);
		free(host_copy);
		free(port_copy);
		note(l, NOTE_ERROR, _("There is no memory left for a new conversation; the old one stays."));
		return;
	}
	if (l->session && l->stage != STAGE_IDLE)
		link_disconnect(l);
	else if (l->session)
		session_give_up(l->session, VERDICT_CANCELLED, 0, clock_now());
	session_free(l->session);
	free(l->host);
	free(l->port);
	l->before = l->said;
	l->session = session;
	l->host = host_copy;
	l->port = port_copy;
	l->protocol = protocol;
	l->heard = l->one_each = false;
	l->nfound = l->next = 0;
	l->stage = STAGE_IDLE;
	begin(l);
	pump(l);
}

void link_disconnect(struct link *l)
{
	if (l->stage == STAGE_NOWHERE)
		return;
	bool under_way = l->stage != STAGE_IDLE;
	struct event_state state = {.step = STEP_CLOSED, .by = EVENT_CLIENT, .remote = l->remote};
	state.waiting = (uint32_t)session_waiting(l->session);
	cancel(l);
	session_give_up(l->session, VERDICT_CANCELLED, 0, clock_now());
	if (under_way)
		tell(l, state);
	else
		note(l, NOTE_INFO, _("There is no connection to close."));
	set_timer(l);
}

/*
 * Over UDP nobody may ever have answered from this address, and the name have others: then the next sentence goes to
 * the next of them, in turn. Until then the socket stays open for a reply that is late.
 */
static void try_other_address(struct link *l)
{
	bool silent = l->stage == STAGE_OPEN && l->port_known && !l->heard && session_waiting(l->session) == 0;
	if (!silent || l->nfound < 2)
		return;
	l->next %= l->nfound;
	try_addresses(l, 0);
}

void link_say(struct link *l, const void *text, size_t n, struct series series)
{
	if (l->stage == STAGE_NOWHERE)
		return;
	if (l->protocol == PROTOCOL_UDP)
		try_other_address(l);
	if (session_say(l->session, text, n, series, clock_now()) == -1)
		note(l, NOTE_ERROR, _("There is no memory left for this sentence; it was not sent."));
	pump(l);
}

void link_set_timeout(struct link *l, uint64_t timeout)
{
	l->timeout[PROTOCOL_TCP] = l->timeout[PROTOCOL_UDP] = timeout;
	if (l->session) {
		session_set_timeout(l->session, timeout);
		set_timer(l);
	}
}

void link_close(struct link *l)
{
	cancel(l);
	own_stop(&l->own);
	uv_close((uv_handle_t *)&l->timer, NULL);
	session_free(l->session);
	free(l->host);
	free(l->port);
}
