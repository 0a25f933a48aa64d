#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/sock.h>

#include "counters.h"
#include "engine.h"

enum { ACTIVE = 1000 /* ms: a connection is noted to be active so often, at most */ };

/*
 * The book's connection socket. While a reply is owed that the socket has no room for, nothing is read: the client
 * must take its replies before it is heard again, so that it cannot make us hold more than what one call received.
 */
enum phase {
	PHASE_OPEN,     /* both directions are open */
	PHASE_ENDED,    /* the client sent its end; when nothing is owed, ours follows and the socket is closed */
	PHASE_LEAVING,  /* we are stopping; when nothing is owed, our end is sent */
	PHASE_DRAINING, /* our end is sent; what still comes is thrown away: close() with unread bytes is a reset */
};

/* First what each sentence needs, so that it takes few lines of the processor's cache. */
struct connection {
	uv_poll_t poll;
	int fd;
	enum phase phase;
	struct connections *list; /* quiet, owing or late */
	uint64_t active;  /* when it owes nothing: at about this time it last said something; in the loop's ms */
	uint64_t read_on; /* the lab lets it read slowly: not before then, as clock_now() counts */
	struct text_upper upper;
	uint32_t left;                /* when we are stopping: bytes received before that, and not answered yet */
	struct buf owed;              /* what the socket had no room for, or the lab makes wait */
	uint64_t deadline;            /* when it owes: close then, if nothing moves; in the loop's ms */
	uint64_t due;                 /* when it is late: pay then, or read on; as clock_now() counts */
	TAILQ_ENTRY(connection) link; /* in its list */
	struct endpoint peer;
	struct origin *origin;
	struct waiting waiting;
};

static struct engine *engine_of(const struct connection *c)
{
	return c->poll.loop->data;
}

static struct party party(const struct connection *c)
{
	return (struct party){.protocol = PROTOCOL_TCP, .fd = c->fd, .peer = &c->peer};
}

static void on_ready(uv_poll_t *poll, int status, int events);

/* For what happens next: room for what it owes, or sentences; or nothing, if the lab makes it wait. */
static void watch(struct connection *c)
{
	const struct engine *e = engine_of(c);
	bool held = e->impair->lab.hold && c->phase == PHASE_OPEN && !c->owed.size;
	if (held || c->list == &e->late)
		uv_poll_stop(&c->poll);
	else
		uv_poll_start(&c->poll, c->owed.size ? UV_WRITABLE : UV_READABLE, on_ready);
}

/* --- Three lists: those that owe nothing, those that owe, and those that the lab makes wait --- */

static void move(struct connection *c, struct connections *list)
{
	TAILQ_REMOVE(c->list, c, link);
	TAILQ_INSERT_TAIL(list, c, link);
	c->list = list;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void forget(struct connection *c)
{
	struct engine *e = engine_of(c);
	if (e->impair->on)
		impair_forget(e->impair, &c->waiting);
	TAILQ_REMOVE(c->list, c, link);
	clients_leave(e->clients, c->origin);
	buf_free(&c->owed);
	uv_close((uv_handle_t *)&c->poll, on_closed);
	sock_close(c->fd);
}

static bool pay(struct connection *c);

static void set_stalled_timer(struct engine *e);

/* One more try: should we have been stopped for so long, then the loop has not told yet that there is room. */
static void on_stalled(uv_timer_t *timer)
{
	struct engine *e = timer->loop->data;
	struct connection *c;
	while ((c = TAILQ_FIRST(&e->owing)) && c->deadline <= uv_now(&e->loop)) {
		if (pay(c))
			continue;
		forget(c);
		counters_add(COUNTER_STALLED, 1);
		report_warn(e->report, WARN_STALLED, _("A client did not take its replies: its connection is closed."));
	}
	set_stalled_timer(e);
}

static void set_stalled_timer(struct engine *e)
{
	const struct connection *c = TAILQ_FIRST(&e->owing);
	uint64_t now = uv_now(&e->loop);
	if (c)
		uv_timer_start(&e->stalled, on_stalled, c->deadline > now ? c->deadline - now : 0, 0);
}

static void await_room(struct connection *c)
{
	struct engine *e = engine_of(c);
	bool awaited = c->list == &e->owing;
	c->deadline = uv_now(&e->loop) + e->write_timeout;
	move(c, &e->owing);
	if (TAILQ_FIRST(&e->owing) == c)
		set_stalled_timer(e);
	if (!awaited)
		watch(c);
}

/* --- Those that say nothing --- */

static void set_idle_timer(struct engine *e);

/* It owes nothing, and has said something just now. */
static void quieten(struct connection *c)
{
	struct engine *e = engine_of(c);
	move(c, &e->quiet);
	c->active = uv_now(&e->loop);
	if (TAILQ_FIRST(&e->quiet) == c)
		set_idle_timer(e);
}

/* A client that talks all the time would be moved all the time, so it is not noted each time. */
static void heard(struct connection *c, size_t n)
{
	counters_add(COUNTER_TCP_IN, n);
	if (c->list == &engine_of(c)->quiet && uv_now(&engine_of(c)->loop) - c->active >= ACTIVE)
		quieten(c);
}

static uint64_t idle_deadline(const struct connection *c)
{
	return c->active + ACTIVE + engine_of(c)->idle_timeout;
}

/* What waits to be received has been said in time: we were stopped, or the lab is on. */
static void on_idle(uv_timer_t *timer)
{
	struct engine *e = timer->loop->data;
	struct connection *c;
	while ((c = TAILQ_FIRST(&e->quiet)) && idle_deadline(c) <= uv_now(&e->loop)) {
		if (sock_unread(c->fd) > 0) {
			quieten(c);
			continue;
		}
		forget(c);
		counters_add(COUNTER_IDLE, 1);
		report_warn(e->report, WARN_IDLE,
			    _("A client has said nothing for longer than --idle-timeout allows: its connection is "
			      "closed."));
	}
	set_idle_timer(e);
}

static void set_idle_timer(struct engine *e)
{
	const struct connection *c = TAILQ_FIRST(&e->quiet);
	uint64_t now = uv_now(&e->loop);
	if (c && e->idle_timeout > 0)
		uv_timer_start(&e->idle, on_idle, idle_deadline(c) > now ? idle_deadline(c) - now : 0, 0);
}

/* --- Those that the lab makes wait --- */

static void insert_late(struct connection *c)
{
	struct connections *late = &engine_of(c)->late;
	struct connection *before = TAILQ_LAST(late, connections);
	while (before && before->due > c->due)
		before = TAILQ_PREV(before, connections, link);
	if (before)
		TAILQ_INSERT_AFTER(late, before, c, link);
	else
		TAILQ_INSERT_HEAD(late, c, link);
	c->list = late;
}

static void make_late(struct connection *c, uint64_t due)
{
	c->due = due;
	TAILQ_REMOVE(c->list, c, link);
	insert_late(c);
	watch(c);
}

/* It owes nothing, and hears the next sentence: at once, unless it reads slowly. */
static void read_on(struct connection *c)
{
	if (c->read_on > clock_now()) {
		make_late(c, c->read_on);
		return;
	}
	c->read_on = 0;
	quieten(c);
	watch(c);
}

/* --- Replies --- */

static ssize_t send_some(const struct connection *c, const uint8_t *data, size_t n)
{
	ssize_t sent = sock_send(c->fd, data, n);
	if (sent > 0)
		counters_add(COUNTER_TCP_OUT, (size_t)sent);
	return sent;
}

/* Nothing is owed any more and nothing more will be: our end follows the last reply. */
static void send_end(struct connection *c)
{
	sock_shutdown(c->fd, SHUT_WR);
	if (c->phase == PHASE_ENDED) {
		forget(c);
		return;
	}
	c->phase = PHASE_DRAINING;
	if (c->list != &engine_of(c)->quiet) /* tcp_stop() may be walking along it */
		quieten(c);
	watch(c);
}

/* Returns false when memory has run out, and the connection is closed. */
static bool keep(struct connection *c, const uint8_t *data, size_t n)
{
	struct engine *e = engine_of(c);
	if (buf_append(&c->owed, data, n) == 0)
		return true;
	forget(c);
	counters_add(COUNTER_TCP_MEMORY, 1);
	report_warn(e->report, WARN_MEMORY, _("Memory has run out: a client's connection is closed."));
	return false;
}

/* Keeps what the socket did not take, and reads no more until it is gone. */
static void owe(struct connection *c, const uint8_t *data, size_t n)
{
	if (keep(c, data, n))
		await_room(c);
}

/* Sends a reply: at once, if there is room. */
static void answer(struct connection *c, const uint8_t *data, size_t n)
{
	ssize_t sent = n > 0 ? send_some(c, data, n) : 0;
	if (sent == -1 && !engine_again(errno))
		forget(c);
	else if (sent == -1)
		owe(c, data, n);
	else if ((size_t)sent < n)
		owe(c, data + sent, n - (size_t)sent);
	else if (c->phase != PHASE_OPEN)
		send_end(c);
	else if (c->read_on)
		read_on(c);
}

/* The last reply: an unfinished character goes back as it came. */
static void answer_end(struct connection *c, enum phase phase)
{
	struct engine *e = engine_of(c);
	c->phase = phase;
	answer(c, e->out, text_upper_end(&c->upper, e->out));
}

/* Returns false when the socket has still no room. */
static bool pay(struct connection *c)
{
	struct engine *e = engine_of(c);
	ssize_t sent = send_some(c, buf_bytes(&c->owed), c->owed.size);
	if (sent == -1 && engine_again(errno))
		return false;
	if (sent == -1) {
		forget(c);
		return true;
	}
	buf_consume(&c->owed, (size_t)sent);
	if (c->owed.size > 0) {
		await_room(c);
		return true;
	}
	buf_free(&c->owed);
	if (c->phase != PHASE_OPEN)
		send_end(c);
	else if (e->stopping && c->left == 0)
		answer_end(c, PHASE_LEAVING);
	else
		read_on(c);
	return true;
}

/* --- Sentences --- */

static ssize_t receive(struct connection *c, size_t room)
{
	struct engine *e = engine_of(c);
	ssize_t n = sock_recv(c->fd, e->in, e->stopping && c->left < room ? c->left : room);
	if (n > 0)
		heard(c, (size_t)n);
	else if (n == -1 && !engine_again(errno))
		forget(c);
	return n;
}

/* Makes the reply to the n bytes received, the last one if they are; returns its bytes. */
static size_t capitalize(struct connection *c, size_t n)
{
	struct engine *e = engine_of(c);
	size_t size = 0;
	if (n > 0)
		size = text_upper(&c->upper, e->in, n, e->out);
	if (n == 0)
		c->phase = PHASE_ENDED;
	else if (e->stopping && (c->left -= (uint32_t)n) == 0)
		c->phase = PHASE_LEAVING;
	if (c->phase != PHASE_OPEN)
		size += text_upper_end(&c->upper, e->out + size);
	return size;
}

static void serve(struct connection *c)
{
	ssize_t n = receive(c, ENGINE_IN);
	if (n != -1)
		answer(c, engine_of(c)->out, capitalize(c, (size_t)n));
}

static void drain(struct connection *c)
{
	ssize_t n = sock_recv(c->fd, engine_of(c)->in, ENGINE_IN);
	if (n == 0 || (n == -1 && !engine_again(errno)))
		forget(c);
}

static void serve_impaired(struct connection *c);

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct connection *c = poll->data;
	(void)events;
	if (status < 0) /* The socket is in error, and libuv has stopped watching it. The next call says what it is. */
		watch(c);
	if (c->owed.size)
		pay(c);
	else if (c->phase == PHASE_DRAINING)
		drain(c);
	else if (engine_of(c)->impair->on)
		serve_impaired(c);
	else
		serve(c);
}

/* --- The lab --- */

/* With unread bytes, which makes it a reset; or in good order, if there are none. */
static void close_now(struct connection *c, enum event_lab_what what)
{
	struct engine *e = engine_of(c);
	const struct party p = party(c);
	if (sock_unread(c->fd) > 0)
		what = LAB_RESET;
	impair_ended(e->impair, what, &p);
	if (what == LAB_CLOSED && c->owed.size)
		sock_send(c->fd, buf_bytes(&c->owed), c->owed.size);
	forget(c);
}

/* Returns whether bytes wait where none may, and the connection is closed. */
static bool reset(struct connection *c)
{
	bool due = engine_of(c)->impair->lab.reset && c->phase == PHASE_OPEN && sock_unread(c->fd) > 0;
	if (due)
		close_now(c, LAB_RESET);
	return due;
}

/* A reply that is late keeps the next sentence waiting, so that order is kept and memory bounded. */
static void answer_impaired(struct connection *c, size_t size)
{
	struct engine *e = engine_of(c);
	uint64_t delay = size > 0 ? impair_delay(e->impair) : 0;
	if (delay == 0)
		answer(c, e->out, size);
	else if (keep(c, e->out, size))
		make_late(c, clock_now() + delay);
}

static void serve_impaired(struct connection *c)
{
	struct engine *e = engine_of(c);
	const struct lab *lab = &e->impair->lab;
	const struct party p = party(c);
	if (reset(c))
		return;
	ssize_t n = receive(c, impair_room(&e->impair->lab, ENGINE_IN));
	if (n == -1)
		return;
	if (n > 0)
		impair_took(e->impair, &c->waiting, &p, e->in, (size_t)n, (size_t)n);
	c->read_on = lab->slow_read ? clock_now() + lab->slow_read : 0;
	answer_impaired(c, capitalize(c, (size_t)n));
	engine_tend(e);
}

/* What has been set and what has been undone since the last command. */
static void impair(struct connection *c, const struct lab_orders *orders)
{
	struct impair *i = engine_of(c)->impair;
	const struct party p = party(c);
	impair_buffer(i, &i->before, PROTOCOL_TCP, c->fd);
	if (orders->close) {
		close_now(c, LAB_CLOSED);
		return;
	}
	if (reset(c) || i->lab.hold == i->before.hold)
		return;
	if (i->before.hold)
		impair_release(i, &c->waiting, &p);
	watch(c);
}

static void look(struct connection *c)
{
	const struct party p = party(c);
	impair_look(engine_of(c)->impair, &c->waiting, &p);
	reset(c);
}

/* Those that wait already wait no longer than others will. */
static void hurry(struct engine *e)
{
	const struct lab *lab = &e->impair->lab;
	struct connections all = TAILQ_HEAD_INITIALIZER(all);
	struct connection *c;
	TAILQ_CONCAT(&all, &e->late, link);
	while ((c = TAILQ_FIRST(&all))) {
		uint64_t now = clock_now(), latest = now + (c->owed.size ? lab->delay + lab->jitter : lab->slow_read);
		TAILQ_REMOVE(&all, c, link);
		c->due = clock_earlier(c->due, latest);
		c->read_on = clock_earlier(c->read_on, now + lab->slow_read);
		insert_late(c);
	}
}

/* Its time has come. */
static void go_on(struct connection *c)
{
	if (!c->owed.size)
		read_on(c);
	else if (!pay(c))
		await_room(c);
}

void tcp_impair(struct engine *e, const struct lab_orders *orders)
{
	struct connections *const lists[] = {&e->quiet, &e->owing, &e->late};
	struct connection *c, *next;
	for (size_t i = 0; i < COUNT(lists); i++) {
		for (c = TAILQ_FIRST(lists[i]); c; c = next) {
			next = TAILQ_NEXT(c, link);
			impair(c, orders);
		}
	}
	hurry(e);
}

uint64_t tcp_tend(struct engine *e, uint64_t now)
{
	struct connections *const lists[] = {&e->quiet, &e->owing, &e->late};
	struct connection *c, *next;
	for (size_t i = 0; e->impair->lab.hold && i < COUNT(lists); i++) {
		for (c = TAILQ_FIRST(lists[i]); c; c = next) {
			next = TAILQ_NEXT(c, link);
			look(c);
		}
	}
	while ((c = TAILQ_FIRST(&e->late)) && c->due <= now)
		go_on(c);
	return c ? c->due : CLOCK_NEVER;
}

/* --- Contract --- */

int tcp_serve(struct engine *e, int fd, const struct endpoint *peer, struct origin *origin)
{
	struct connection *c = calloc(1, sizeof(*c));
	if (!c)
		return UV_ENOMEM;
	int error = uv_poll_init(&e->loop, &c->poll, fd);
	if (error != 0) {
		free(c);
		return error;
	}
	c->poll.data = c;
	c->fd = fd;
	c->peer = *peer;
	c->origin = origin;
	c->list = &e->quiet;
	TAILQ_INSERT_TAIL(&e->quiet, c, link);
	quieten(c);
	watch(c);
	return 0;
}

/* What has been received by now will be answered; what comes later will not. */
static void take_stock(struct connection *c)
{
	c->left = (uint32_t)sock_unread(c->fd);
}

void tcp_stop(struct engine *e)
{
	struct connection *c, *next;
	TAILQ_FOREACH(c, &e->owing, link)
		take_stock(c);
	for (c = TAILQ_FIRST(&e->quiet); c; c = next) {
		next = TAILQ_NEXT(c, link);
		take_stock(c);
		if (c->left == 0)
			answer_end(c, PHASE_LEAVING);
	}
}

static void cut_off(struct connections *list)
{
	struct connection *c;
	while ((c = TAILQ_FIRST(list))) {
		forget(c);
		counters_add(COUNTER_CUT_OFF, 1);
	}
}

void tcp_abandon(struct engine *e)
{
	cut_off(&e->quiet);
	cut_off(&e->owing);
	cut_off(&e->late);
}
