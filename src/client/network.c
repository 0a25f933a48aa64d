#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/control.h>
#include <uproar/sock.h>

#include "ending.h"
#include "network_private.h"

enum {
	/* Bytes of events not taken yet, above which this thread waits for the terminal's. It takes all that are there
	 * before it looks at the keyboard again: so many that no key waits for longer than a frame takes. */
	EVENTS_WAITING = 256 << 10,
};

enum request_kind {
	REQUEST_CONNECT,
	REQUEST_DISCONNECT,
	REQUEST_SAY,
	REQUEST_TIMEOUT,
	REQUEST_BEHAVE,
	REQUEST_SHUTDOWN,
	REQUEST_EXTRA_CLIENTS,
	REQUEST_LAB,
	REQUEST_WATCH,
	REQUEST_MODEL,
	REQUEST_TEXTBOOK,
};

/* In the mailbox the bytes of host, port and text follow, the first two with their NUL. */
struct request {
	enum request_kind kind;
	enum protocol protocol;
	uint64_t timeout;
	struct series series;
	struct network_habits habits;
	unsigned count; /* WATCH, TEXTBOOK: 0 or 1 */
	size_t host_size, port_size, text_size;
	const void *host, *port, *text;
};

struct taker {
	void (*each)(const struct event *e, void *arg);
	void *arg;
};

/* The client's events are counted as they come into the mailbox; our own server has counted its own. */
struct delivery {
	struct network *network;
	const struct event *event;
};

static int write_event(struct buf *to, const void *what)
{
	const struct delivery *d = what;
	struct event e = *d->event;
	if (e.who == EVENT_CLIENT)
		e.number = ++d->network->number;
	return event_pack(&e, to);
}

static int write_request(struct buf *to, const void *what)
{
	const struct request *r = what;
	if (buf_append(to, r, sizeof *r) == -1 || buf_append(to, r->host, r->host_size) == -1 ||
	    buf_append(to, r->port, r->port_size) == -1 || buf_append(to, r->text, r->text_size) == -1)
		return -1;
	return 0;
}

void network_report(const struct event *e, void *arg)
{
	struct network *n = arg;
	int error = errno;
	mailbox_put(&n->events, write_event, &(struct delivery){n, e});
	n->options.wake(n->options.arg);
	errno = error;
}

static void report_from(const struct event *e, void *arg)
{
	struct network *n = arg;
	if (e->kind != EVENT_CALL || n->options.calls)
		network_report(e, n);
}

/* --- Requests --- */

static void talk(struct network *n, const struct request *r, const char *host, const char *port, const char *text)
{
	switch (r->kind) {
	case REQUEST_CONNECT:
		link_connect(&n->link, r->protocol, r->host_size ? host : NULL, port);
		break;
	case REQUEST_DISCONNECT:
		link_disconnect(&n->link);
		break;
	case REQUEST_SAY:
		link_say(&n->link, text, r->text_size, r->series);
		break;
	case REQUEST_TIMEOUT:
		link_set_timeout(&n->link, r->timeout);
		break;
	case REQUEST_BEHAVE:
		link_behave(&n->link, &r->habits);
		break;
	case REQUEST_SHUTDOWN:
		link_shutdown(&n->link);
		break;
	case REQUEST_EXTRA_CLIENTS:
		link_extra_clients(&n->link, r->count);
		break;
	case REQUEST_LAB:
		link_lab(&n->link, text);
		break;
	case REQUEST_WATCH:
		link_watch(&n->link, r->count);
		break;
	case REQUEST_MODEL:
		link_server_model(&n->link, text, r->host_size ? host : NULL);
		break;
	case REQUEST_TEXTBOOK:
		link_textbook(&n->link, r->count);
		break;
	}
}

/* Of a server that is only watched, nothing but its lab can be changed. */
static void only_watch(struct network *n, const struct request *r, const char *text)
{
	const char *words = _("This program watches a server, and says nothing itself.");
	if (r->kind == REQUEST_LAB) {
		attach_lab(&n->attach, text);
	} else if (r->kind == REQUEST_SAY || r->kind == REQUEST_SHUTDOWN || r->kind == REQUEST_EXTRA_CLIENTS ||
		   r->kind == REQUEST_MODEL) {
		struct event e = event_of_note(EVENT_CLIENT, NOTE_INFO, words, strlen(words));
		network_report(&e, n);
	}
}

static void carry_out(const void *message, size_t size, void *arg)
{
	(void)size;
	struct network *n = arg;
	struct request r;
	memcpy(&r, message, sizeof r);
	const char *host = (const char *)message + sizeof r;
	const char *port = host + r.host_size;
	const char *text = port + r.port_size;
	if (network_is_attached(n))
		only_watch(n, &r, text);
	else
		talk(n, &r, host, port, text);
}

/* --- The thread --- */

static void end(struct network *n)
{
	n->stopped = true;
	if (network_is_attached(n))
		attach_close(&n->attach);
	link_close(&n->link);
	uv_close((uv_handle_t *)&n->looking, NULL);
	uv_close((uv_handle_t *)&n->asked, NULL);
	uv_stop(&n->loop);
}

static void asked(uv_async_t *async)
{
	struct network *n = async->data;
	if (n->stopped)
		return;
	wishes_grant(n);
	if (n->granted.stepped != n->link.stepped)
		link_step(&n->link, n->granted.stepped);
	link_own_ready(&n->link);
	mailbox_take(&n->requests, carry_out, n);
	wishes_set_timer(n);
	if (atomic_load(&n->stopping))
		end(n);
}

static void *network_main(void *arg)
{
	struct network *n = arg;
	n->self = pthread_self();
	if (network_is_attached(n))
		attach_open(&n->attach, &n->loop, n->options.attach, network_report, n);
	uv_run(&n->loop, UV_RUN_DEFAULT);
	/* Until network_stop() has used the loop for the last time. */
	pthread_mutex_lock(&n->wishes_lock);
	pthread_mutex_unlock(&n->wishes_lock);
	/* Let the closed handles go, but do not wait for a look-up, which may take a minute. */
	for (int i = 0; i < 3; i++)
		uv_run(&n->loop, UV_RUN_NOWAIT);
	n->loop_busy = uv_loop_close(&n->loop) == UV_EBUSY;
	return NULL;
}

static int init_loop(struct network *n)
{
	int error = uv_loop_init(&n->loop);
	if (error == 0)
		error = uv_async_init(&n->loop, &n->asked, asked);
	if (error == 0)
		error = uv_timer_init(&n->loop, &n->looking);
	if (error == 0 && step_init(&n->step) == -1)
		error = -errno;
	return -error;
}

struct network *network_start(const struct network_options *options)
{
	struct network *n = calloc(1, sizeof *n);
	if (!n)
		return NULL;
	n->options = *options;
	int error = init_loop(n);
	if (error) {
		free(n); /* the program cannot go on, and does not */
		errno = error;
		return NULL;
	}
	n->asked.data = n->looking.data = n;
	wishes_init(n);
	mailbox_init(&n->requests, 0);
	mailbox_init(&n->events, EVENTS_WAITING);
	fds_init(&n->fds);
	if (options->calls)
		sock_hooks(EVENT_CLIENT, hooks_before, hooks_after, n);
	link_init(&n->link, &n->loop, options, &n->step, report_from, n);
	error = ending_start_thread(&n->thread, network_main, n);
	if (error == 0)
		return n;
	free(n);
	errno = error;
	return NULL;
}

static int ask(struct network *n, const struct request *r)
{
	int result = mailbox_put(&n->requests, write_request, r);
	uv_async_send(&n->asked);
	return result;
}

int network_connect(struct network *n, enum protocol protocol, const char *host, const char *port)
{
	return ask(n, &(struct request){
			      .kind = REQUEST_CONNECT,
			      .protocol = protocol,
			      .host = host,
			      .host_size = host ? strlen(host) + 1 : 0,
			      .port = port,
			      .port_size = strlen(port) + 1,
		      });
}

int network_disconnect(struct network *n)
{
	return ask(n, &(struct request){.kind = REQUEST_DISCONNECT});
}

int network_say(struct network *n, const void *text, size_t size, struct series series)
{
	return ask(n, &(struct request){.kind = REQUEST_SAY, .text = text, .text_size = size, .series = series});
}

int network_timeout(struct network *n, uint64_t timeout)
{
	return ask(n, &(struct request){.kind = REQUEST_TIMEOUT, .timeout = timeout});
}

int network_behave(struct network *n, const struct network_habits *habits)
{
	return ask(n, &(struct request){.kind = REQUEST_BEHAVE, .habits = *habits});
}

int network_shutdown(struct network *n)
{
	return ask(n, &(struct request){.kind = REQUEST_SHUTDOWN});
}

int network_extra_clients(struct network *n, unsigned count)
{
	return ask(n, &(struct request){.kind = REQUEST_EXTRA_CLIENTS, .count = count});
}

int network_lab(struct network *n, const char *spec)
{
	return ask(n, &(struct request){.kind = REQUEST_LAB, .text = spec, .text_size = strlen(spec) + 1});
}

int network_watch(struct network *n, bool on)
{
	return ask(n, &(struct request){.kind = REQUEST_WATCH, .count = on});
}

int network_server_model(struct network *n, const char *model, const char *address)
{
	return ask(n, &(struct request){
			      .kind = REQUEST_MODEL,
			      .host = address,
			      .host_size = address ? strlen(address) + 1 : 0,
			      .text = model,
			      .text_size = strlen(model) + 1,
		      });
}

int network_textbook(struct network *n, bool on)
{
	return ask(n, &(struct request){.kind = REQUEST_TEXTBOOK, .count = on});
}

static void take_one(const void *message, size_t size, void *arg)
{
	struct taker *t = arg;
	struct event e;
	if (event_unpack(&e, message, size) == 0)
		t->each(&e, t->arg);
}

int network_take(struct network *n, void (*each)(const struct event *e, void *arg), void *arg)
{
	return mailbox_take(&n->events, take_one, &(struct taker){each, arg});
}

void network_stop(struct network *n)
{
	mailbox_open_wide(&n->events);
	pthread_mutex_lock(&n->wishes_lock);
	atomic_store(&n->stopping, true);
	uv_async_send(&n->asked);
	step_end(&n->step);
	pthread_mutex_unlock(&n->wishes_lock);
	pthread_join(n->thread, NULL);
}

bool network_free(struct network *n)
{
	if (n->loop_busy)
		return false; /* the look-up's thread may still report, and what was left lies on the loop */
	sock_hooks(EVENT_CLIENT, NULL, NULL, NULL);
	mailbox_free(&n->requests);
	mailbox_free(&n->events);
	fds_free(&n->fds);
	step_free(&n->step);
	wishes_free(n);
	free(n);
	return true;
}
