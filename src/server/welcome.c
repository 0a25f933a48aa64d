#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/sock.h>

#include "counters.h"
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

static void on_clients(uv_poll_t *poll, int status, int events);

static void watch(struct welcoming *w)
{
	const struct engine *e = w->poll.loop->data;
	if (e->impair->lab.no_accept || uv_is_active((const uv_handle_t *)&e->pause))
		uv_poll_stop(&w->poll);
	else
		uv_poll_start(&w->poll, UV_READABLE, on_clients);
}

static void on_pause_over(uv_timer_t *timer)
{
	struct engine *e = timer->loop->data;
	struct welcoming *w;
	SLIST_FOREACH(w, &e->welcomings, link)
		watch(w);
}

/* Without a descriptor the client stays in the queue, and the socket ready: asking again at once is a busy loop. */
static void pause_accepting(struct welcoming *w, int error)
{
	struct engine *e = w->poll.loop->data;
	uv_timer_start(&e->pause, on_pause_over, ACCEPT_PAUSE, 0);
	watch(w);
	report_warn(e->report, WARN_ACCEPT, _("accept: %s; new clients wait until others leave."), strerror(error));
}

/* Whoever finds no place learns so at once: in the queue he would wait for he knows not what. */
static void turn_away(struct engine *e, int fd, const struct endpoint *peer, enum admission why)
{
	char who[ENDPOINT_TEXT];
	sock_close(fd);
	if (why == CLIENTS_FULL) {
		counters_add(COUNTER_CLIENTS, 1);
		report_warn(e->report, WARN_CLIENTS,
			    _("A client is turned away: %u are served already; allow more with --max-clients or ulimit "
			      "-n."),
			    clients_most(e->clients));
	} else if (why == CLIENTS_FULL_THERE) {
		counters_add(COUNTER_ADDRESS, 1);
		report_warn(e->report, WARN_ADDRESS,
			    _("The client %s is turned away: %u from its address are served already, and "
			      "--max-per-address allows no more."),
			    endpoint_format(peer, who), clients_most_there(e->clients));
	} else {
		counters_add(COUNTER_TCP_MEMORY, 1);
		report_warn(e->report, WARN_MEMORY, _("Memory has run out: a client's connection is closed."));
	}
}

static void admit(struct engine *e, int fd, const struct endpoint *peer)
{
	struct origin *origin;
	enum admission a = clients_enter(e->clients, peer, &origin);
	if (a == CLIENTS_ADMITTED && tcp_serve(e, fd, peer, origin) != 0) {
		clients_leave(e->clients, origin);
		a = CLIENTS_NO_MEMORY;
	}
	if (a == CLIENTS_ADMITTED)
		counters_add(COUNTER_ACCEPTED, 1);
	else
		turn_away(e, fd, peer, a);
}

/* Returns false when there is nobody to accept, or no way to. */
static bool accept_one(struct welcoming *w)
{
	struct engine *e = w->poll.loop->data;
	struct endpoint peer;
	int fd = sock_accept(w->fd, &peer, NONBLOCKING);
	if (fd == -1 && accept_starved(errno)) {
		pause_accepting(w, errno);
		return false;
	}
	if (fd == -1)
		return errno != EAGAIN && errno != EWOULDBLOCK;
	admit(e, fd, &peer);
	return true;
}

static void on_clients(uv_poll_t *poll, int status, int events)
{
	struct welcoming *w = poll->data;
	(void)events;
	if (status < 0)
		watch(w);
	for (int i = 0; i < ACCEPTS && accept_one(w); i++)
		continue;
}

static void accept_all(struct welcoming *w)
{
	for (int i = 0; i < SERVER_BACKLOG && accept_one(w); i++)
		continue;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

/* --- Contract --- */

int welcome_serve(struct engine *e, const struct service *s)
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

void welcome_impair(struct engine *e)
{
	const struct lab *lab = &e->impair->lab, *before = &e->impair->before;
	struct welcoming *w;
	SLIST_FOREACH(w, &e->welcomings, link) {
		impair_buffer(e->impair, before, PROTOCOL_TCP, w->fd);
		if (lab->backlog != before->backlog)
			sock_listen(w->fd, lab->backlog ? (int)lab->backlog : SERVER_BACKLOG);
		if (lab->no_accept != before->no_accept)
			watch(w);
	}
}

static void close_welcoming(struct engine *e, struct welcoming *w)
{
	SLIST_REMOVE(&e->welcomings, w, welcoming, link);
	uv_close((uv_handle_t *)&w->poll, on_closed);
	sock_close(w->fd);
}

void welcome_rebind(struct engine *e)
{
	struct service services[SERVER_SOCKETS_MAX];
	size_t n = 0;
	struct welcoming *w;
	while ((w = SLIST_FIRST(&e->welcomings))) {
		services[n] = (struct service){.protocol = PROTOCOL_TCP};
		if (sock_getsockname(w->fd, &services[n].local) == 0)
			n++;
		close_welcoming(e, w);
	}
	while (n-- > 0) {
		if (listen_again(&services[n], e->report) == 0 && welcome_serve(e, &services[n]) != 0)
			sock_close(services[n].fd);
	}
}

void welcome_accept(struct engine *e)
{
	struct welcoming *w;
	SLIST_FOREACH(w, &e->welcomings, link)
		accept_all(w);
}

void welcome_stop(struct engine *e)
{
	struct welcoming *w;
	while ((w = SLIST_FIRST(&e->welcomings))) {
		accept_all(w);
		close_welcoming(e, w);
	}
	uv_timer_stop(&e->pause);
}

void welcome_abandon(struct engine *e)
{
	while (!SLIST_EMPTY(&e->welcomings))
		close_welcoming(e, SLIST_FIRST(&e->welcomings));
}
