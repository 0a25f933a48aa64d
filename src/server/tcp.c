#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <uproar/sock.h>

#include "engine.h"

enum {
	ACCEPTS = 64,       /* clients accepted in a row, before the others have their turn */
	ACCEPT_PAUSE = 100, /* ms without accepting, when there is no descriptor for another client */
};

/* The book's welcoming socket: it only accepts. */
struct welcoming {
	uv_poll_t poll;
	SLIST_ENTRY(welcoming) link;
	int fd;
};

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

struct connection {
	uv_poll_t poll;
	TAILQ_ENTRY(connection) link; /* in quiet or in owing */
	struct buf owed;              /* what the socket had no room for */
	uint64_t deadline;            /* when it owes: close then, if nothing moves; in the loop's ms */
	int fd;
	uint32_t left; /* when we are stopping: bytes received before that, and not answered yet */
	enum phase phase;
	struct text_upper upper;
};

static struct engine *engine_of(const struct connection *c)
{
	return c->poll.loop->data;
}

/* --- Two lists: those that owe nothing, and those that owe, the one that has waited longest first --- */

static void set_stalled_timer(struct engine *e);

static struct connections *list_of(struct connection *c)
{
	return c->owed.size ? &engine_of(c)->owing : &engine_of(c)->quiet;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void forget(struct connection *c)
{
	TAILQ_REMOVE(list_of(c), c, link);
	buf_free(&c->owed);
	uv_close((uv_handle_t *)&c->poll, on_closed);
	sock_close(c->fd);
}

static bool pay(struct connection *c);

/* One more try: should we have been stopped for so long, then the loop has not told yet that there is room. */
static void on_stalled(uv_timer_t *timer)
{
	struct engine *e = timer->loop->data;
	struct connection *c;
	while ((c = TAILQ_FIRST(&e->owing)) && c->deadline <= uv_now(&e->loop)) {
		if (pay(c))
			continue;
		forget(c);
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

/* --- Replies --- */

static void on_ready(uv_poll_t *poll, int status, int events);

static void watch(struct connection *c, int events)
{
	uv_poll_start(&c->poll, events, on_ready);
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
	watch(c, UV_READABLE);
}

/* Keeps what the socket did not take, and reads no more until it is gone. */
static void owe(struct connection *c, const uint8_t *data, size_t n)
{
	struct engine *e = engine_of(c);
	struct buf owed = {0};
	if (buf_append(&owed, data, n) == -1) {
		forget(c);
		report_warn(e->report, WARN_MEMORY, _("Memory has run out: a client's connection is closed."));
		return;
	}
	TAILQ_REMOVE(&e->quiet, c, link);
	c->owed = owed;
	c->deadline = uv_now(&e->loop) + e->write_timeout;
	TAILQ_INSERT_TAIL(&e->owing, c, link);
	if (TAILQ_FIRST(&e->owing) == c)
		set_stalled_timer(e);
	watch(c, UV_WRITABLE);
}

/* Sends a reply: at once, if there is room. */
static void answer(struct connection *c, const uint8_t *data, size_t n)
{
	ssize_t sent = n > 0 ? sock_send(c->fd, data, n) : 0;
	if (sent == -1 && !engine_again(errno))
		forget(c);
	else if (sent == -1)
		owe(c, data, n);
	else if ((size_t)sent < n)
		owe(c, data + sent, n - (size_t)sent);
	else if (c->phase != PHASE_OPEN)
		send_end(c);
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
	ssize_t sent = sock_send(c->fd, buf_bytes(&c->owed), c->owed.size);
	if (sent == -1 && engine_again(errno))
		return false;
	if (sent == -1) {
		forget(c);
		return true;
	}
	TAILQ_REMOVE(&e->owing, c, link);
	buf_consume(&c->owed, (size_t)sent);
	if (c->owed.size > 0) {
		c->deadline = uv_now(&e->loop) + e->write_timeout;
		TAILQ_INSERT_TAIL(&e->owing, c, link);
		return true;
	}
	buf_free(&c->owed);
	TAILQ_INSERT_TAIL(&e->quiet, c, link);
	if (c->phase != PHASE_OPEN)
		send_end(c);
	else if (e->stopping && c->left == 0)
		answer_end(c, PHASE_LEAVING);
	else
		watch(c, UV_READABLE);
	return true;
}

/* --- Sentences --- */

static void serve(struct connection *c)
{
	struct engine *e = engine_of(c);
	ssize_t n = sock_recv(c->fd, e->in, e->stopping && c->left < ENGINE_IN ? c->left : ENGINE_IN);
	if (n == -1) {
		if (!engine_again(errno))
			forget(c);
		return;
	}
	size_t size = 0;
	if (n > 0)
		size = text_upper(&c->upper, e->in, (size_t)n, e->out);
	if (n == 0)
		c->phase = PHASE_ENDED;
	else if (e->stopping && (c->left -= (uint32_t)n) == 0)
		c->phase = PHASE_LEAVING;
	if (c->phase != PHASE_OPEN)
		size += text_upper_end(&c->upper, e->out + size);
	answer(c, e->out, size);
}

static void drain(struct connection *c)
{
	ssize_t n = sock_recv(c->fd, engine_of(c)->in, ENGINE_IN);
	if (n == 0 || (n == -1 && !engine_again(errno)))
		forget(c);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct connection *c = poll->data;
	(void)events;
	if (status < 0) /* The socket is in error, and libuv has stopped watching it. The next call says what it is. */
		watch(c, c->owed.size ? UV_WRITABLE : UV_READABLE);
	if (c->owed.size)
		pay(c);
	else if (c->phase == PHASE_DRAINING)
		drain(c);
	else
		serve(c);
}

/* --- Clients --- */

static int attend(struct engine *e, int fd)
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
	TAILQ_INSERT_TAIL(&e->quiet, c, link);
	watch(c, UV_READABLE);
	return 0;
}

/* Whether the trouble is the next client's alone (accept(2) lists more network errors than fit here), or ours. */
static bool short_of_something(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static void on_pause_over(uv_timer_t *timer);

/* Without a descriptor the client stays in the queue, and the socket ready: asking again at once is a busy loop. */
static void pause_accepting(struct welcoming *w, int error)
{
	struct engine *e = w->poll.loop->data;
	uv_poll_stop(&w->poll);
	uv_timer_start(&e->pause, on_pause_over, ACCEPT_PAUSE, 0);
	report_warn(e->report, WARN_ACCEPT, _("accept: %s; new clients wait until others leave."), strerror(error));
}

/* Returns false when there is nobody to accept, or no way to. */
static bool accept_one(struct welcoming *w)
{
	struct engine *e = w->poll.loop->data;
	struct endpoint peer;
	int fd = sock_accept(w->fd, &peer, NONBLOCKING);
	if (fd == -1 && short_of_something(errno)) {
		pause_accepting(w, errno);
		return false;
	}
	if (fd == -1)
		return errno != EAGAIN && errno != EWOULDBLOCK;
	if (attend(e, fd) != 0) {
		sock_close(fd);
		report_warn(e->report, WARN_MEMORY, _("Memory has run out: a client's connection is closed."));
	}
	return true;
}

static void on_clients(uv_poll_t *poll, int status, int events)
{
	struct welcoming *w = poll->data;
	(void)events;
	if (status < 0)
		uv_poll_start(poll, UV_READABLE, on_clients);
	for (int i = 0; i < ACCEPTS && accept_one(w); i++)
		continue;
}

static void on_pause_over(uv_timer_t *timer)
{
	struct engine *e = timer->loop->data;
	struct welcoming *w;
	SLIST_FOREACH(w, &e->welcomings, link)
		uv_poll_start(&w->poll, UV_READABLE, on_clients);
}

/* --- Contract --- */

int tcp_serve(struct engine *e, const struct service *s)
{
	struct welcoming *w = calloc(1, sizeof(*w));
	if (!w)
		return UV_ENOMEM;
	int error = uv_poll_init(&e->loop, &w->poll, s->fd);
	if (error != 0) {
		free(w);
		return error;
	}
	w->poll.data = w;
	w->fd = s->fd;
	SLIST_INSERT_HEAD(&e->welcomings, w, link);
	return uv_poll_start(&w->poll, UV_READABLE, on_clients);
}

/* Accepts who is waiting, then closes the door. */
static void close_door(struct engine *e)
{
	struct welcoming *w;
	while ((w = SLIST_FIRST(&e->welcomings))) {
		for (int i = 0; i < SERVER_BACKLOG && accept_one(w); i++)
			continue;
		SLIST_REMOVE_HEAD(&e->welcomings, link);
		uv_close((uv_handle_t *)&w->poll, on_closed);
		sock_close(w->fd);
	}
	uv_timer_stop(&e->pause);
}

/* What has been received by now will be answered; what comes later will not. */
static void take_stock(struct connection *c)
{
	int left = 0;
	ioctl(c->fd, FIONREAD, &left);
	c->left = left > 0 ? (uint32_t)left : 0;
}

void tcp_stop(struct engine *e)
{
	struct connection *c, *next;
	close_door(e);
	TAILQ_FOREACH(c, &e->owing, link)
		take_stock(c);
	for (c = TAILQ_FIRST(&e->quiet); c; c = next) {
		next = TAILQ_NEXT(c, link);
		take_stock(c);
		if (c->left == 0)
			answer_end(c, PHASE_LEAVING);
	}
}

static void forget_all(struct connections *list)
{
	struct connection *c;
	while ((c = TAILQ_FIRST(list)))
		forget(c);
}

void tcp_abandon(struct engine *e)
{
	forget_all(&e->quiet);
	forget_all(&e->owing);
}
