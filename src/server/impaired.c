#include "impaired.h"

#include <errno.h>
#include <poll.h>

#include <uproar/sock.h>

#include "control.h"

enum { NOBODY = -1 }; /* no connection is at hand */

static struct party party(const struct impaired *l, int fd)
{
	bool tcp = l->service->protocol == PROTOCOL_TCP;
	return (struct party){.protocol = l->service->protocol, .fd = fd, .peer = tcp ? &l->client : NULL};
}

static void tell_end(const struct impaired *l, int connection, enum event_lab_what what)
{
	const struct party p = party(l, connection);
	impair_ended(l->impair, what, &p);
}

/* --- Commands --- */

static void set_backlog(const struct impaired *l)
{
	const struct lab *lab = &l->impair->lab;
	if (l->service->protocol == PROTOCOL_TCP && lab->backlog != l->impair->before.backlog)
		sock_listen(l->service->fd, lab->backlog ? (int)lab->backlog : l->backlog);
}

static void carry_out(struct impaired *l, const char *command, int connection)
{
	struct lab_orders orders;
	uint64_t latest;
	if (!impair_command(l->impair, command, &orders))
		return;
	impair_buffer(l->impair, l->service->protocol, l->service->fd);
	if (connection != NOBODY)
		impair_buffer(l->impair, PROTOCOL_TCP, connection);
	set_backlog(l);
	latest = clock_now() + l->impair->lab.slow_read;
	l->read_on = l->read_on < latest ? l->read_on : latest;
	if (orders.close && connection != NOBODY && !l->close) {
		l->close = true;
		tell_end(l, connection, LAB_CLOSED);
	}
	impair_tell(l->impair);
}

static void obey(struct impaired *l, int connection)
{
	char command[CONTROL_TEXT];
	while (control_take(command))
		carry_out(l, command, connection);
}

/* Whether a call is to be made again, since a command may have interrupted it. */
static bool again(const struct impaired *l, ssize_t result)
{
	return result == -1 && errno == EINTR && !*l->ended;
}

/* --- Waiting --- */

static int wait_ms(uint64_t now, uint64_t until)
{
	if (until == CLOCK_NEVER)
		return -1;
	return until > now ? (int)((until - now + CLOCK_MS - 1) / CLOCK_MS) : 0;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* -1, for whoever closes the connection: it has been told. */
static int closed(struct impaired *l)
{
	l->close = false;
	errno = ECONNABORTED;
	return -1;
}

/* Whether bytes wait where none may: closed with these unread, a connection is reset. */
static bool resets(const struct impaired *l, int connection)
{
	bool due = connection != NOBODY && l->impair->lab.reset && sock_unread(connection) > 0;
	if (due)
		tell_end(l, connection, LAB_RESET);
	return due;
}

static void look(struct impaired *l, int fd)
{
	const struct party p = party(l, fd);
	if (l->impair->lab.hold)
		impair_look(l->impair, &l->waiting, &p);
	else if (l->held)
		impair_release(l->impair, &l->waiting, &p);
	l->held = l->impair->lab.hold;
}

/* What the server does while no call may be made. Returns when it has to be done again. */
static uint64_t tend(struct impaired *l, uint64_t now)
{
	late_send(&l->impair->late, now);
	impair_update(l->impair);
	return l->impair->lab.hold ? earlier(now + IMPAIR_LOOK, late_next(&l->impair->late))
				   : late_next(&l->impair->late);
}

/*
 * Waits until fd is ready, but not before that time; or until there is something else to do: then it returns 0. -1: the
 * server has ended.
 */
static int await(struct impaired *l, int fd, uint64_t not_before)
{
	uint64_t now = clock_now(), next = tend(l, now);
	bool barred = not_before > now;
	struct pollfd p = {.fd = barred ? -1 : fd, .events = POLLIN};
	int n = poll(&p, 1, wait_ms(now, barred ? earlier(next, not_before) : next));
	return again(l, n) ? 0 : n;
}

static int await_client(struct impaired *l, int fd)
{
	int ready = 0;
	for (obey(l, NOBODY); ready == 0 && l->impair->on; obey(l, NOBODY))
		ready = await(l, fd, l->impair->lab.no_accept ? CLOCK_NEVER : 0);
	return ready;
}

/* connection: fd, or NOBODY if it is no connection. */
static int await_bytes(struct impaired *l, int fd, int connection)
{
	const struct lab *lab = &l->impair->lab;
	int ready = 0;
	for (;;) {
		obey(l, connection);
		if (!l->close)
			look(l, fd);
		if (l->close || resets(l, connection))
			return closed(l);
		if (ready != 0 || !l->impair->on)
			return ready;
		ready = await(l, fd, lab->hold ? CLOCK_NEVER : l->read_on);
	}
}

/* The reply to what one receive brought waits here. The end of the server ends the wait, too. */
static int delay(struct impaired *l, int connection)
{
	uint64_t now = clock_now(), due = now + impair_delay(l->impair);
	while (!l->close && !*l->ended && (now = clock_now()) < due) {
		poll(NULL, 0, wait_ms(now, due));
		obey(l, connection);
		due = earlier(due, now + l->impair->lab.delay + l->impair->lab.jitter);
	}
	return l->close ? closed(l) : 0;
}

/* --- Contract --- */

void impaired_start(struct impaired *l, struct impair *i, struct service *s, const volatile sig_atomic_t *ended)
{
	*l = (struct impaired){.impair = i, .service = s, .ended = ended};
	if (i->report->control != -1)
		control_watch(i->report->control);
}

void impaired_end(struct impaired *l)
{
	impair_hurry(l->impair);
	late_send(&l->impair->late, clock_now());
}

int impaired_bind(struct impaired *l, int fd, const struct endpoint *local)
{
	impair_buffer(l->impair, l->service->protocol, fd);
	return sock_bind(fd, local);
}

int impaired_listen(struct impaired *l, int fd, int backlog)
{
	l->backlog = backlog;
	return sock_listen(fd, l->impair->lab.backlog ? (int)l->impair->lab.backlog : backlog);
}

int impaired_accept(struct impaired *l, int fd, struct endpoint *client)
{
	int connection;
	do {
		if (await_client(l, fd) == -1)
			return -1;
		connection = sock_accept(fd, client, BLOCKING);
	} while (again(l, connection));
	if (connection == -1)
		return -1;
	l->client = *client;
	l->held = false;
	if (l->impair->on)
		impair_forget(l->impair, &l->waiting);
	return connection;
}

/* What the lab does with n bytes of whole, just received. */
static void took(struct impaired *l, const struct party *p, const void *data, size_t n, size_t whole)
{
	impair_took(l->impair, &l->waiting, p, data, n, whole);
	l->read_on = clock_now() + l->impair->lab.slow_read;
}

ssize_t impaired_recv(struct impaired *l, int fd, void *data, size_t room)
{
	const struct party p = party(l, fd);
	ssize_t n;
	do {
		if (await_bytes(l, fd, fd) == -1)
			return -1;
		n = sock_recv(fd, data, impair_room(l->impair, room));
	} while (again(l, n));
	if (l->impair->on && n > 0)
		took(l, &p, data, (size_t)n, (size_t)n);
	return n;
}

/* A call that was interrupted after a part is made again for the rest. */
ssize_t impaired_send(struct impaired *l, int fd, const void *data, size_t n)
{
	const uint8_t *bytes = data;
	size_t sent = 0;
	if (l->impair->on && delay(l, fd) == -1)
		return -1;
	do {
		ssize_t result = sock_send(fd, bytes + sent, n - sent);
		if (result == -1 && !again(l, result))
			return -1;
		sent += result > 0 ? (size_t)result : 0;
		obey(l, fd);
		if (l->close)
			return closed(l);
	} while (sent < n);
	return (ssize_t)n;
}

/* A request that is dropped has not come: the wait is for the next one. */
ssize_t impaired_recvfrom(struct impaired *l, int fd, void *data, size_t room, struct endpoint *client)
{
	const struct party p = {.protocol = PROTOCOL_UDP, .fd = fd, .peer = client};
	size_t whole;
	for (;;) {
		if (await_bytes(l, fd, NOBODY) == -1)
			return -1;
		ssize_t n = sock_recvfrom(fd, data, impair_room(l->impair, room), client, &whole);
		if (again(l, n))
			continue;
		if (n == -1 || !l->impair->on)
			return n;
		took(l, &p, data, (size_t)n, whole);
		if (impair_request(l->impair, &p, data, (size_t)n, whole))
			return (ssize_t)impair_stale(l->impair, data, (size_t)n, room);
	}
}

ssize_t impaired_sendto(struct impaired *l, int fd, const void *data, size_t n, const struct endpoint *client)
{
	ssize_t sent = (ssize_t)n;
	if (l->impair->on) {
		impair_reply(l->impair, fd, data, n, client, &(struct endpoint){0});
		return sent;
	}
	do
		sent = sock_sendto(fd, data, n, client);
	while (again(l, sent));
	return sent;
}
