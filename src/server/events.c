/*
 * The event-driven model: workers. The first one is the first thread, and often the only one; it alone hears news. Each
 * has an engine, with sockets of its own on the same addresses and port, among which the system shares out clients and
 * datagrams. So workers have nothing in common but what counts, limits and tells.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "clients.h"
#include "control.h"
#include "descriptors.h"
#include "engine.h"
#include "news.h"
#include "systemd.h"

enum {
	CLIENTS_PERCENT = 95, /* of the descriptors, at most; the others are for everything else */
	CLIENTS_THERE = 1024, /* from one address, at most, and no more than half of all */
};

struct crew;

struct worker {
	struct engine engine; /* at the beginning: a loop's data leads to it */
	struct crew *crew;
	struct impair off; /* the lab is for a single worker: others have one that stays off */
	uv_thread_t thread;
	uv_async_t wake; /* the end has come; for the first: another worker has ended */
};

struct crew {
	const struct options *options;
	struct report *report;
	struct clients *clients;
	uv_poll_t news;
	uv_barrier_t accepted; /* each worker has, at the end, accepted who was waiting */
	atomic_int others;     /* threads of the others */
	int count, running;    /* workers; those of them that have a thread */
	struct worker *workers[SERVER_WORKERS_MAX];
};

static struct crew *crew_of(uv_loop_t *loop)
{
	return ((struct worker *)loop->data)->crew;
}

/* --- The end --- */

/*
 * A listening socket that is closed resets the connections in its queue, and while another one shares its port new ones
 * still come. So before any is closed, all have been emptied; and what came meanwhile is accepted just before.
 */
static void stop(struct worker *w)
{
	if (w->engine.stopping)
		return;
	welcome_accept(&w->engine);
	uv_barrier_wait(&w->crew->accepted);
	engine_stop(&w->engine);
}

/* From here on every handle that is left closes by itself, and then the loop ends: the first worker's as the last. */
static void end_if_last(struct crew *c)
{
	if (!c->workers[0]->engine.stopping || c->others > 0)
		return;
	engine_background(&c->news);
	engine_background(&c->workers[0]->wake);
}

static void on_wake(uv_async_t *wake)
{
	struct worker *w = wake->data;
	if (w == w->crew->workers[0]) {
		end_if_last(w->crew);
		return;
	}
	stop(w);
	engine_background(wake);
}

static void stop_all(struct crew *c)
{
	systemd_stopping();
	for (int i = 1; i < c->running; i++)
		uv_async_send(&c->workers[i]->wake);
	stop(c->workers[0]);
	end_if_last(c);
}

/* --- News --- */

static void carry_out(struct crew *c, const char *spec)
{
	struct engine *e = &c->workers[0]->engine;
	struct lab_orders orders;
	if (e->stopping)
		return;
	if (c->count > 1) {
		report_error(c->report, _("The lab needs a server with one worker: start it without --workers."));
		impair_tell(e->impair);
		return;
	}
	impair_command(e->impair, spec, &orders);
	engine_impair(e, &orders);
	if (orders.rebind && c->options->given > 0)
		report_error(c->report, _("Sockets that are given cannot be bound anew: for the lab's rebind, start "
					  "the server without activation."));
	else if (orders.rebind)
		welcome_rebind(e);
	impair_tell(e->impair);
}

static void on_news(uv_poll_t *poll, int status, int events)
{
	struct crew *c = crew_of(poll->loop);
	char command[CONTROL_TEXT];
	enum control_news news;
	(void)status, (void)events;
	news_take();
	while ((news = control_take(command)) != CONTROL_NOTHING) {
		if (news == CONTROL_COMMAND)
			carry_out(c, command);
	}
	if (news_end() && !c->workers[0]->engine.stopping)
		stop_all(c);
	if (news_again())
		control_abort();
}

/* Until it is told to stop it runs, even if the lab lets no socket be looked at: for this keeps the loop running. */
static int watch_news(struct crew *c)
{
	int error = uv_poll_init(&c->workers[0]->engine.loop, &c->news, news_fd());
	return error ? error : uv_poll_start(&c->news, UV_READABLE, on_news);
}

/* --- The beginning --- */

static int failed(const struct crew *c, int error)
{
	report_error(c->report, _("the event loop: %s."), uv_strerror(error));
	return -1;
}

static void run(void *arg)
{
	struct worker *w = arg;
	struct crew *c = w->crew;
	uv_run(&w->engine.loop, UV_RUN_DEFAULT);
	c->others--;
	uv_async_send(&c->workers[0]->wake);
}

/* impair: the first one's lab. */
static struct worker *new_worker(struct crew *c, struct impair *impair)
{
	struct worker *w = calloc(1, sizeof(*w));
	int error = w ? engine_start(&w->engine) : UV_ENOMEM;
	if (error != 0) {
		free(w);
		failed(c, error);
		return NULL;
	}
	w->crew = c;
	w->engine.report = c->report;
	w->engine.clients = c->clients;
	w->engine.impair = impair ? impair : &w->off;
	w->engine.write_timeout = c->options->write_timeout;
	w->engine.idle_timeout = c->options->idle_timeout;
	if (!impair)
		impair_start(&w->off, c->report, c->options);
	uv_async_init(&w->engine.loop, &w->wake, on_wake);
	w->wake.data = w;
	return w;
}

static int add_worker(struct crew *c, struct impair *impair, const struct service *services, int n)
{
	struct worker *w = new_worker(c, impair);
	if (!w)
		return -1;
	c->workers[c->count++] = w;
	int error = engine_serve(&w->engine, services, n);
	return error == 0 ? 0 : failed(c, error);
}

/* Every worker with its sockets, but not running. */
static int open_all(struct crew *c, struct impair *impair, struct service *services, int *n)
{
	struct service more[SERVER_SOCKETS_MAX];
	*n = listen_open(c->options, c->report, services);
	if (*n == -1 || add_worker(c, impair, services, *n) == -1)
		return -1;
	int error = watch_news(c);
	if (error != 0)
		return failed(c, error);
	while (c->count < c->options->workers) {
		if (listen_beside(services, *n, c->report, more) == -1 || add_worker(c, NULL, more, *n) == -1)
			return -1;
	}
	return listen_opened(c->options, c->report);
}

/* Signals are for the first thread. */
static int start_threads(struct crew *c)
{
	int error = 0;
	news_here(false);
	for (c->running = 1; c->running < c->count; c->running++) {
		struct worker *w = c->workers[c->running];
		c->others++;
		error = uv_thread_create(&w->thread, run, w);
		if (error != 0) {
			c->others--;
			break;
		}
	}
	news_here(true);
	return error;
}

/* Serves until the end. When a thread could not be had, that comes at once. */
static int serve(struct crew *c, const struct service *services, int n)
{
	int error = start_threads(c);
	uv_barrier_init(&c->accepted, (unsigned)c->running);
	if (error != 0) {
		report_error(c->report, _("a thread: %s."), uv_strerror(error));
		news_finish();
	}
	if (error == 0)
		listen_tell(services, n, c->report);
	uv_run(&c->workers[0]->engine.loop, UV_RUN_DEFAULT);
	for (int i = 1; i < c->running; i++)
		uv_thread_join(&c->workers[i]->thread);
	uv_barrier_destroy(&c->accepted);
	return error == 0 ? 0 : -1;
}

static void dismiss(struct crew *c)
{
	while (c->count > 0) {
		struct worker *w = c->workers[--c->count];
		engine_end(&w->engine);
		if (w->engine.impair == &w->off)
			impair_end(&w->off);
		free(w);
	}
	clients_free(c->clients);
}

static struct clients *limits(const struct options *o)
{
	int usual = listen_descriptors() * CLIENTS_PERCENT / 100;
	int most = o->max_clients ? o->max_clients : usual;
	int there = most / 2 < CLIENTS_THERE ? most / 2 : CLIENTS_THERE;
	there = o->max_per_address ? o->max_per_address : there;
	return clients_new(most > 1 ? (unsigned)most : 1, there > 1 ? (unsigned)there : 1);
}

/* Everything is open now. To turn somebody away takes a descriptor as well, and so does a watcher. */
static void leave_room(const struct crew *c)
{
	int own = c->options->workers + (c->options->control_path ? WATCHERS_MAX : 0);
	int room = descriptors_left() - own;
	clients_limit(c->clients, room > 1 ? (unsigned)room : 1);
}

int events_run(const struct options *o, struct report *r, struct impair *i)
{
	struct crew c = {.options = o, .report = r, .clients = limits(o)};
	struct service services[SERVER_SOCKETS_MAX];
	int n, result = c.clients ? 0 : failed(&c, UV_ENOMEM);
	if (result == 0)
		result = open_all(&c, i, services, &n);
	if (result == 0) {
		leave_room(&c);
		result = serve(&c, services, n);
	}
	dismiss(&c);
	return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
