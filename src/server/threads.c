/*
 * threads - between the book's servers and the event-driven one: the calls block as in textbook.c, but each client has
 * a thread that waits for it, so that none waits for another. A call that is named impaired_ is sock's, as long as the
 * lab is off.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/sock.h>
#include <uproar/text.h>

#include "control.h"
#include "counters.h"
#include "impaired.h"
#include "news.h"
#include "source.h"
#include "systemd.h"

enum {
	CLIENTS_MAX = 1024,
	TCP_BYTES = 16 << 10,
	UDP_BYTES = IMPAIR_BUFFER, /* any datagram fits */
	ACCEPT_PAUSE = 100,        /* ms without accepting, when there is no descriptor for another client */
	NAP = 10,                  /* ms */
};
#define GRACE     (1500 * CLOCK_MS) /* from the end's beginning until the last connection is cut off, */
#define ACCEPTING (500 * CLOCK_MS)  /* and until nobody is let in any more */

/* One thread waits for clients at each welcoming socket, or for datagrams; */
struct waiter {
	struct server *server;
	struct service service;
	struct impaired lab;
	atomic_bool closed; /* its socket */
};

/* and one at each connection socket. */
struct client {
	struct server *server;
	struct impaired lab; /* with the socket */
};

struct server {
	struct report *report;
	struct impair *impair;
	struct waiter waiters[SERVER_SOCKETS_MAX];
	int services;
	atomic_int waiting; /* threads of them */
	atomic_uint served; /* clients, each with a thread; fewer only under the lock: */
	pthread_mutex_t lock;
	pthread_cond_t left; /* a client; or the end has come */
	atomic_bool late;    /* the end has begun, and who still comes is not served any more */
};

/* --- TCP: a client --- */

/* The server leaves before the client does: close() while bytes come would be a reset. */
static void see_off(int connection)
{
	char unheard[TCP_BYTES];
	ssize_t n;
	do
		n = sock_recv(connection, unheard, sizeof unheard);
	while (n > 0 || (n == -1 && errno == EINTR));
}

/*
 * As in the book, but until the client's end, or the server's. A character may be cut in two on its way: its first
 * part waits.
 */
static void converse(struct client *c)
{
	char sentence[TCP_BYTES], capitals[TEXT_UPPER_ROOM(TCP_BYTES)];
	struct text_upper upper = {0};
	int connection = c->lab.connection;
	size_t size;
	ssize_t n;
	while ((n = impaired_recv(&c->lab, connection, sentence, sizeof sentence)) > 0) {
		size = text_upper(&upper, sentence, (size_t)n, capitals);
		if (size > 0 && impaired_send(&c->lab, connection, capitals, size) == -1)
			return;
	}
	bool leaving = n == -1 && errno == EAGAIN;
	if (n == -1 && !leaving)
		return;
	size = text_upper_end(&upper, capitals);
	if (size > 0 && impaired_send(&c->lab, connection, capitals, size) == -1)
		return;
	sock_shutdown(connection, SHUT_WR);
	if (leaving)
		see_off(connection);
}

static void leave(struct client *c)
{
	struct server *s = c->server;
	impaired_end(&c->lab);
	sock_close(c->lab.connection);
	free(c);
	pthread_mutex_lock(&s->lock);
	s->served--;
	pthread_cond_broadcast(&s->left);
	pthread_mutex_unlock(&s->lock);
}

static void *serve_client(void *arg)
{
	struct client *c = arg;
	impaired_run(&c->lab);
	converse(c);
	leave(c);
	return NULL;
}

/* --- TCP: welcoming clients --- */

static int start_thread(void *(*run)(void *), void *arg)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, run, arg);
	if (error == 0)
		pthread_detach(thread);
	return error;
}

static void welcome(struct waiter *w, int connection)
{
	struct server *s = w->server;
	struct client *c = malloc(sizeof *c);
	if (!c) {
		counters_add(COUNTER_TCP_MEMORY, 1);
		sock_close(connection);
		report_warn(s->report, WARN_MEMORY, _("Memory has run out: a client's connection is closed."));
		return;
	}
	c->server = s;
	impaired_connection(&c->lab, &w->lab, connection);
	s->served++;
	int error = start_thread(serve_client, c);
	if (error == 0)
		return;
	counters_add(COUNTER_TCP_MEMORY, 1);
	leave(c);
	report_warn(s->report, WARN_MEMORY, _("A thread: %s; a client's connection is closed."), strerror(error));
}

/* False: the server ends before there is place for one more. */
static bool await_place(struct server *s)
{
	if (s->served >= CLIENTS_MAX)
		report_warn(s->report, WARN_THREADS,
			    _("%d clients are served already; new ones wait until others leave."), CLIENTS_MAX);
	pthread_mutex_lock(&s->lock);
	while (s->served >= CLIENTS_MAX && !news_end())
		pthread_cond_wait(&s->left, &s->lock);
	pthread_mutex_unlock(&s->lock);
	return s->served < CLIENTS_MAX;
}

/*
 * At the end accept() waits no more, and so fails when it has let in all who waited. Then the socket is closed: who
 * came later would wait in its queue until he is reset.
 */
static void *serve_tcp(void *arg)
{
	struct waiter *w = arg;
	struct server *s = w->server;
	impaired_run(&w->lab);
	while (!s->late && await_place(s)) {
		struct endpoint peer;
		int connection = impaired_accept(&w->lab, w->service.fd, &peer);
		if (connection != -1) {
			welcome(w, connection);
		} else if (errno == EAGAIN && news_end()) {
			sock_close(w->service.fd);
			w->closed = true;
			break;
		} else if (accept_starved(errno)) {
			report_warn(s->report, WARN_ACCEPT, _("accept: %s; new clients wait until others leave."),
				    strerror(errno));
			poll(NULL, 0, ACCEPT_PAUSE);
		}
	}
	impaired_end(&w->lab);
	s->waiting--;
	return NULL;
}

/* --- UDP --- */

/* As in the book. With a socket for every address of ours, the reply leaves from the one that the client wrote to. */
static void *serve_udp(void *arg)
{
	char message[UDP_BYTES], modified[TEXT_UPPER_ROOM(UDP_BYTES)];
	struct waiter *w = arg;
	struct report *r = w->server->report;
	struct endpoint client, address, *local = endpoint_is_any(&w->service.local) ? &address : NULL;
	int fd = w->service.fd;
	impaired_run(&w->lab);
	while (!w->server->late) {
		ssize_t n = impaired_receive(&w->lab, fd, message, sizeof message, &client, local);
		if (n == -1 && errno == EAGAIN && news_end())
			break;
		if (n == -1 || datagram_refused(r, &client, w->service.local.port, (size_t)n))
			continue;
		size_t size = text_upper_whole(message, (size_t)n, modified);
		if (!reply_refused(r, &client, message, (size_t)n, modified, size))
			reply_counted(impaired_reply(&w->lab, fd, modified, size, &client, local));
	}
	datagrams_end(fd);
	impaired_end(&w->lab);
	w->server->waiting--;
	return NULL;
}

/* --- The first thread: what comes from outside, and the end --- */

/* Returns when there is news, or so many ms later; -1: no such limit. */
static void attend(struct server *s, int ms)
{
	struct pollfd news = {.fd = news_fd(), .events = POLLIN};
	int soon = impaired_attend(s->impair);
	poll(&news, 1, soon == -1 ? ms : soon);
	news_take();
	if (news_again())
		control_abort();
}

/*
 * From here on a call that would wait for a new client or datagram fails, and then one that would wait for more from a
 * client: so each thread answers what has been received, and leaves. Where there is always one more client, it stops
 * at some time, and leaves the others to the queue, so that there is time for those who are in.
 */
static void end(struct server *s)
{
	uint64_t begun = clock_now(), latest = begun + GRACE;
	systemd_stopping();
	impaired_hurry(s->impair);
	pthread_mutex_lock(&s->lock);
	pthread_cond_broadcast(&s->left);
	pthread_mutex_unlock(&s->lock);
	for (int i = 0; i < s->services; i++)
		fcntl(s->waiters[i].service.fd, F_SETFL, O_NONBLOCK);
	impaired_interrupt(s->impair);
	while (s->waiting > 0 && clock_now() < latest) {
		attend(s, NAP);
		s->late = clock_now() - begun >= ACCEPTING;
	}
	impaired_leave(s->impair);
	while (s->served > 0 && clock_now() < latest)
		attend(s, NAP);
	counters_add(COUNTER_CUT_OFF, s->served);
	s->late = true;
	while (s->waiting > 0 || s->served > 0) {
		impaired_cut_off(s->impair);
		attend(s, NAP);
	}
	for (int i = 0; i < s->services; i++) {
		if (!s->waiters[i].closed)
			sock_close(s->waiters[i].service.fd);
	}
}

static int start(struct server *s, const struct service *service)
{
	struct waiter *w = &s->waiters[s->services++];
	*w = (struct waiter){.server = s, .service = *service};
	impaired_serve(&w->lab, s->impair, service);
	s->waiting++;
	int error = start_thread(service->protocol == PROTOCOL_TCP ? serve_tcp : serve_udp, w);
	if (error == 0)
		return 0;
	impaired_end(&w->lab);
	s->waiting--;
	return error;
}

int threads_run(const struct options *o, struct report *r, struct impair *i)
{
	static struct server s;
	struct service services[SERVER_SOCKETS_MAX];
	int error = 0, n = listen_open(o, r, services);
	if (n == -1 || listen_opened(o, r) == -1)
		return EXIT_FAILURE;
	s = (struct server){
		.report = r, .impair = i, .lock = PTHREAD_MUTEX_INITIALIZER, .left = PTHREAD_COND_INITIALIZER};
	listen_descriptors();
	news_here(false); /* signals are for the first thread: they would interrupt the others' calls in vain */
	for (int k = 0; k < n && error == 0; k++)
		error = start(&s, &services[k]);
	news_here(true);
	if (error != 0) {
		report_error(r, _("a thread: %s."), strerror(error));
		news_finish();
	}
	if (error == 0)
		listen_tell(services, n, r);
	while (!news_end())
		attend(&s, -1);
	end(&s);
	return error ? EXIT_FAILURE : EXIT_SUCCESS;
}
