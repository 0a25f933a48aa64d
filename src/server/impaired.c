#include "impaired.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include <uproar/sock.h>

#include "control.h"
#include "counters.h"
#include "news.h"

enum {
	NOBODY = -1, /* no connection is at hand */
	AGAIN = 10,  /* ms until a thread is interrupted again, should it just have been about to wait */
};
#define TELLING_PATIENCE (250 * CLOCK_MS) /* that threads have to see a change, until it is told nevertheless */

static void lock(const struct impaired *l)
{
	pthread_mutex_lock(&l->impair->lock);
}

static void unlock(const struct impaired *l)
{
	pthread_mutex_unlock(&l->impair->lock);
}

static struct party party(const struct impaired *l, int fd)
{
	return (struct party){
		.protocol = l->protocol, .fd = fd, .peer = l->protocol == PROTOCOL_TCP ? &l->client : NULL};
}

static void tell_end(const struct impaired *l, int connection, enum event_lab_what what)
{
	const struct party p = party(l, connection);
	impair_ended(l->impair, what, &p);
}

/* --- Changes --- */

static void set_backlog(const struct impaired *l, const struct lab *before)
{
	const struct lab *lab = &l->lab;
	if (l->protocol == PROTOCOL_TCP && lab->backlog != before->backlog)
		sock_listen(l->service, lab->backlog ? (int)lab->backlog : l->backlog);
}

/* Does to this thread's sockets what has changed since it last looked. The lock is held, if others run. */
static void adapt(struct impaired *l, int connection)
{
	struct impair *i = l->impair;
	const struct lab before = l->lab;
	bool close = i->closes != l->closes;
	l->lab = i->lab;
	l->held |= before.hold;
	l->seen = i->changes;
	l->closes = i->closes;
	l->read_on = clock_earlier(l->read_on, clock_now() + i->lab.slow_read);
	if (l->service != -1) {
		impair_buffer(i, &before, l->protocol, l->service);
		set_backlog(l, &before);
	}
	if (connection == NOBODY)
		return;
	impair_buffer(i, &before, PROTOCOL_TCP, connection);
	if (close && !l->close) {
		l->close = true;
		tell_end(l, connection, sock_unread(connection) > 0 ? LAB_RESET : LAB_CLOSED);
	}
}

static void change(struct impair *i, const char *spec)
{
	struct lab_orders orders;
	i->changes++; /* first: a thread that finds the lab off must not have missed why */
	impair_command(i, spec, &orders);
	i->closes += orders.close;
	if (orders.rebind)
		report_note(i->report, _("Only the events model can bind its sockets anew: choose it for the lab's "
					 "rebind, with -m events (in uproar, /server events)."));
}

static void take_commands(struct impaired *l, int connection)
{
	char command[CONTROL_TEXT];
	enum control_news news;
	while ((news = control_take(command)) != CONTROL_NOTHING) {
		if (news != CONTROL_COMMAND)
			continue;
		change(l->impair, command);
		adapt(l, connection);
		impair_tell(l->impair);
	}
}

/* What it does from now on comes after the new settings have been told. */
static void await_telling(const struct impaired *l)
{
	struct impair *i = l->impair;
	if (i->told != i->changes)
		news_command(); /* this was perhaps the last thread to see them */
	while ((int)(l->seen - i->told) > 0)
		pthread_cond_wait(&i->telling, &i->lock);
}

/* Whether there are settings that it has not seen. */
static bool news(const struct impaired *l)
{
	return !l->alone && l->seen != l->impair->changes;
}

static void obey(struct impaired *l, int connection)
{
	if (l->alone) {
		take_commands(l, connection);
	} else if (news(l)) {
		lock(l);
		adapt(l, connection);
		await_telling(l);
		unlock(l);
	}
}

/* False: some threads have not seen the last change. */
static bool all_see(const struct impair *i)
{
	const struct impaired *l;
	bool all = true;
	SLIST_FOREACH(l, &i->impaireds, link) {
		if (l->seen == i->changes)
			continue;
		all = false;
		if (l->running)
			pthread_kill(l->thread, SIGALRM);
	}
	return all;
}

/* All changes have been told now. */
static void told(struct impair *i)
{
	i->told = i->changes;
	pthread_cond_broadcast(&i->telling);
}

/* Each call that waits is made again. */
static void interrupt(struct impair *i)
{
	i->changes++;
	told(i);
}

/* One command at a time, and the next when that has been told; at the end none: there may always be one more. */
int impaired_attend(struct impair *i)
{
	char command[CONTROL_TEXT];
	enum control_news news;
	bool all;
	pthread_mutex_lock(&i->lock);
	do {
		all = all_see(i);
		if (i->told != i->changes && (all || clock_now() >= i->tell_by)) {
			impair_tell(i);
			told(i);
		}
		news = i->told == i->changes && !news_end() ? control_take(command) : CONTROL_NOTHING;
		if (news == CONTROL_WATCHER)
			interrupt(i);
		if (news == CONTROL_COMMAND) {
			change(i, command);
			i->tell_by = clock_now() + TELLING_PATIENCE;
		}
	} while (news != CONTROL_NOTHING);
	pthread_mutex_unlock(&i->lock);
	return all ? -1 : AGAIN;
}

void impaired_hurry(struct impair *i)
{
	pthread_mutex_lock(&i->lock);
	impair_hurry(i);
	interrupt(i);
	pthread_mutex_unlock(&i->lock);
}

void impaired_interrupt(struct impair *i)
{
	pthread_mutex_lock(&i->lock);
	interrupt(i);
	pthread_mutex_unlock(&i->lock);
}

void impaired_leave(struct impair *i)
{
	pthread_mutex_lock(&i->lock);
	i->leaving = true;
	interrupt(i);
	pthread_mutex_unlock(&i->lock);
}

/* A thread leaves the list before it closes its connection. */
void impaired_cut_off(struct impair *i)
{
	const struct impaired *l;
	pthread_mutex_lock(&i->lock);
	SLIST_FOREACH(l, &i->impaireds, link) {
		if (l->connection != -1)
			sock_shutdown(l->connection, SHUT_RDWR);
	}
	pthread_mutex_unlock(&i->lock);
}

/* Whether a call is to be made again, since it was interrupted by a command, or so that the thread sees a change. */
static bool again(const struct impaired *l, ssize_t result)
{
	return result == -1 && errno == EINTR && !(l->alone && news_end());
}

/* --- Waiting --- */

static int wait_ms(uint64_t now, uint64_t until)
{
	if (until == CLOCK_NEVER)
		return -1;
	return until > now ? (int)((until - now + CLOCK_MS - 1) / CLOCK_MS) : 0;
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
	bool due = connection != NOBODY && l->lab.reset && sock_unread(connection) > 0;
	if (due)
		tell_end(l, connection, LAB_RESET);
	return due;
}

/* Returns whether the connection is to be reset. */
static bool look(struct impaired *l, int fd, int connection)
{
	const struct party p = party(l, fd);
	if (!l->impair->on && !l->held)
		return false;
	lock(l);
	if (l->lab.hold)
		impair_look(l->impair, &l->waiting, &p);
	else if (l->held)
		impair_release(l->impair, &l->waiting, &p);
	l->held = l->lab.hold;
	bool reset = resets(l, connection);
	unlock(l);
	return reset;
}

/* What a server does while no call may be made. Returns when it has to be done again. */
static uint64_t tend(struct impaired *l, uint64_t now)
{
	uint64_t next = CLOCK_NEVER;
	lock(l);
	if (l->protocol == PROTOCOL_UDP) {
		late_send(&l->impair->late, now);
		next = late_next(&l->impair->late);
	}
	impair_update(l->impair);
	unlock(l);
	return l->lab.hold ? clock_earlier(now + IMPAIR_LOOK, next) : next;
}

/* -1 with EINTR where there is one thread; where there are several, their sockets tell each: no need to wait. */
static int ended(const struct impaired *l)
{
	errno = EINTR;
	return l->alone ? -1 : 1;
}

/* Waits until fd is ready, but not before that time; or until there is something else to do: then it returns 0. */
static int await(struct impaired *l, int fd, uint64_t not_before)
{
	uint64_t now = clock_now(), next = tend(l, now);
	bool barred = not_before > now;
	struct pollfd p = {.fd = barred ? -1 : fd, .events = POLLIN};
	int n = poll(&p, 1, wait_ms(now, barred ? clock_earlier(next, not_before) : next));
	return again(l, n) ? 0 : n;
}

static int await_client(struct impaired *l, int fd)
{
	int ready = 0;
	for (obey(l, NOBODY); ready == 0 && l->impair->on && !news_end(); obey(l, NOBODY))
		ready = await(l, fd, l->lab.no_accept ? CLOCK_NEVER : 0);
	return news_end() ? ended(l) : ready;
}

/* connection: fd, or NOBODY if it is no connection. */
static int await_bytes(struct impaired *l, int fd, int connection)
{
	int ready = 0;
	for (;;) {
		obey(l, connection);
		if (l->close || look(l, fd, connection))
			return closed(l);
		if (news_end())
			return ended(l);
		if (ready != 0 || (!l->impair->on && !news(l)))
			return ready;
		ready = await(l, fd, l->lab.hold ? CLOCK_NEVER : l->read_on);
	}
}

/* The reply to what one receive brought waits here. The end of the server ends the wait, too. */
static int delay(struct impaired *l, int connection)
{
	lock(l);
	uint64_t now = clock_now(), due = now + impair_delay(l->impair);
	unlock(l);
	while (!l->close && !news_end() && (now = clock_now()) < due) {
		poll(NULL, 0, wait_ms(now, due));
		obey(l, connection);
		due = clock_earlier(due, now + l->lab.delay + l->lab.jitter);
	}
	return l->close ? closed(l) : 0;
}

/* --- The beginning and the end --- */

void impaired_start(struct impaired *l, struct impair *i, enum protocol protocol)
{
	*l = (struct impaired){.impair = i, .protocol = protocol, .alone = true, .lab = i->lab};
	l->service = l->connection = -1;
	control_interrupt_me();
}

static void enlist(struct impaired *l)
{
	lock(l);
	SLIST_INSERT_HEAD(&l->impair->impaireds, l, link);
	unlock(l);
}

void impaired_serve(struct impaired *l, struct impair *i, const struct service *s)
{
	*l = (struct impaired){.impair = i, .protocol = s->protocol, .service = s->fd, .backlog = SERVER_BACKLOG};
	l->connection = -1;
	adapt(l, NOBODY);
	enlist(l);
}

void impaired_connection(struct impaired *l, const struct impaired *by, int connection)
{
	*l = *by;
	l->service = -1;
	l->connection = connection;
	l->running = false;
	enlist(l);
}

void impaired_run(struct impaired *l)
{
	lock(l);
	l->thread = pthread_self();
	l->running = true;
	unlock(l);
}

void impaired_end(struct impaired *l)
{
	lock(l);
	if (l->alone)
		impair_hurry(l->impair);
	else
		SLIST_REMOVE(&l->impair->impaireds, l, impaired, link);
	impair_forget(l->impair, &l->waiting);
	if (l->service != -1)
		late_send(&l->impair->late, clock_now());
	unlock(l);
}

/* --- The calls --- */

int impaired_bind(struct impaired *l, int fd, const struct endpoint *local)
{
	l->service = fd;
	impair_buffer(l->impair, &(struct lab){0}, l->protocol, fd);
	return sock_bind(fd, local);
}

int impaired_listen(struct impaired *l, int fd, int backlog)
{
	l->backlog = backlog;
	return sock_listen(fd, l->lab.backlog ? (int)l->lab.backlog : backlog);
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
	counters_add(COUNTER_ACCEPTED, 1);
	l->client = *client;
	l->held = false;
	if (l->impair->on) {
		lock(l);
		impair_forget(l->impair, &l->waiting);
		unlock(l);
	}
	return connection;
}

/* What the lab does with n bytes of whole, just received. Returns whether the server is to see them. */
static bool took(struct impaired *l, const struct party *p, const void *data, size_t n, size_t whole)
{
	lock(l);
	impair_took(l->impair, &l->waiting, p, data, n, whole);
	bool there = p->protocol == PROTOCOL_TCP || impair_request(l->impair, p, data, n, whole, &l->fated);
	unlock(l);
	l->read_on = clock_now() + l->lab.slow_read;
	return there;
}

/* How many bytes are to be received, which then are there if the server leaves; 0: none any more. */
static size_t wanted(struct impaired *l, int fd, size_t room)
{
	if (l->impair->leaving && !l->leaving) {
		l->leaving = true;
		l->left = sock_unread(fd);
	}
	return l->leaving && l->left < room ? l->left : room;
}

ssize_t impaired_recv(struct impaired *l, int fd, void *data, size_t room)
{
	const struct party p = party(l, fd);
	ssize_t n;
	do {
		if (await_bytes(l, fd, fd) == -1)
			return -1;
		size_t most = wanted(l, fd, impair_room(&l->lab, room));
		if (most == 0) {
			errno = EAGAIN;
			return -1;
		}
		n = sock_recv(fd, data, most);
	} while (again(l, n));
	if (l->impair->on && n > 0)
		took(l, &p, data, (size_t)n, (size_t)n);
	if (n > 0 && l->leaving)
		l->left -= (size_t)n;
	if (n > 0)
		counters_add(COUNTER_TCP_IN, (size_t)n);
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
		if (result > 0) {
			sent += (size_t)result;
			counters_add(COUNTER_TCP_OUT, (size_t)result);
		}
		obey(l, fd);
		if (l->close)
			return closed(l);
	} while (sent < n);
	return (ssize_t)n;
}

static ssize_t stale(struct impaired *l, void *data, size_t n, size_t room)
{
	lock(l);
	n = impair_stale(l->impair, data, n, room);
	unlock(l);
	return (ssize_t)n;
}

/* A request that is dropped has not come: the wait is for the next one. */
ssize_t impaired_receive(struct impaired *l, int fd, void *data, size_t room, struct endpoint *client,
			 struct endpoint *local)
{
	const struct party p = {.protocol = PROTOCOL_UDP, .fd = fd, .peer = client};
	size_t whole;
	for (;;) {
		if (await_bytes(l, fd, NOBODY) == -1)
			return -1;
		size_t most = impair_room(&l->lab, room);
		ssize_t n = local ? sock_recvmsg(fd, data, most, client, local, &whole)
				  : sock_recvfrom(fd, data, most, client, &whole);
		if (again(l, n))
			continue;
		l->fated.serial = 0;
		if (n == -1 || !l->impair->on)
			return n;
		if (took(l, &p, data, (size_t)n, whole))
			return stale(l, data, (size_t)n, room);
	}
}

ssize_t impaired_reply(struct impaired *l, int fd, const void *data, size_t n, const struct endpoint *client,
		       const struct endpoint *local)
{
	ssize_t sent = (ssize_t)n;
	if (l->fated.serial != 0) {
		lock(l);
		impair_reply(l->impair, &l->fated, fd, data, n, client, local ? local : &(struct endpoint){0});
		unlock(l);
		return sent;
	}
	do
		sent = local ? sock_sendmsg(fd, data, n, client, local) : sock_sendto(fd, data, n, client);
	while (again(l, sent));
	return sent;
}

ssize_t impaired_recvfrom(struct impaired *l, int fd, void *data, size_t room, struct endpoint *client)
{
	return impaired_receive(l, fd, data, room, client, NULL);
}

ssize_t impaired_sendto(struct impaired *l, int fd, const void *data, size_t n, const struct endpoint *client)
{
	return impaired_reply(l, fd, data, n, client, NULL);
}
