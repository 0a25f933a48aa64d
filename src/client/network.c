#include "network.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/control.h>
#include <uproar/sock.h>

#include "attach.h"
#include "fds.h"
#include "link.h"
#include "mailbox.h"
#include "step.h"

enum {
	EVENTS_WAITING = 8 << 20, /* bytes of events not taken yet, above which this thread waits for the terminal's */
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

/* What is heard even while a call waits; the network's thread does what has changed. */
struct wishes {
	pthread_mutex_t lock;
	unsigned stepped; /* of enum network_side */
	unsigned go;      /* calls that our own server may make */
	bool watch_all;
	unsigned watched; /* how often that was asked for */
};

struct network {
	struct network_options options;
	pthread_t thread;
	pthread_t self; /* the same, written by itself */
	uv_loop_t loop;
	uv_async_t asked;
	struct mailbox requests, events;
	uint64_t number; /* of the client's events so far; changed under the lock of events */
	struct wishes wishes, granted;
	struct step step;
	struct fds fds;
	uv_timer_t looking; /* at them */
	struct link link;
	struct attach attach; /* instead of that, with options.attach */
	atomic_bool stopping; /* not a request: those need memory */
	bool stopped;
	bool loop_busy; /* a look-up's thread still uses the loop, or it was left as it was */
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

/* Called on any thread (a look-up's calls). */
static void report(const struct event *e, void *arg)
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
		report(e, n);
}

/* --- Requests --- */

static bool attached(const struct network *n)
{
	return n->options.attach;
}

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
		link_server_model(&n->link, text);
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
		attach_tell(&n->attach, CONTROL_LAB, text);
	} else if (r->kind == REQUEST_SAY || r->kind == REQUEST_SHUTDOWN || r->kind == REQUEST_EXTRA_CLIENTS ||
		   r->kind == REQUEST_MODEL) {
		struct event e = event_of_note(EVENT_CLIENT, NOTE_INFO, words, strlen(words));
		report(&e, n);
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
	if (attached(n))
		only_watch(n, &r, text);
	else
		talk(n, &r, host, port, text);
}

/* --- Wishes --- */

static void step_server(struct network *n, bool on)
{
	if (attached(n))
		attach_tell(&n->attach, CONTROL_STEP, on ? "on" : "off");
	else
		own_step(&n->link.own, on);
}

static void let_server_go(struct network *n)
{
	if (attached(n))
		attach_tell(&n->attach, CONTROL_STEP, "go");
	else
		own_step_go(&n->link.own);
}

/* What can be done at any time, in a hook too. */
static void grant(struct network *n)
{
	pthread_mutex_lock(&n->wishes.lock);
	struct wishes w = n->wishes;
	n->wishes.go = 0;
	pthread_mutex_unlock(&n->wishes.lock);

	if ((w.stepped ^ n->granted.stepped) & NETWORK_SERVER)
		step_server(n, w.stepped & NETWORK_SERVER);
	for (; w.go > 0; w.go--)
		let_server_go(n);
	if (w.watched != n->granted.watched)
		fds_turn(&n->fds, w.watch_all);
	n->granted.stepped = w.stepped;
	n->granted.watched = w.watched;
}

static void look(struct network *n)
{
	uint64_t now = clock_now();
	if (fds_deadline(&n->fds) > now)
		return;
	fds_look(&n->fds, now, report, n);
	if (attached(n))
		attach_tell(&n->attach, CONTROL_SOCKETS, "");
	else
		link_sockets(&n->link);
}

static void set_looking(struct network *n);

static void look_again(uv_timer_t *timer)
{
	look(timer->data);
	set_looking(timer->data);
}

/* Milliseconds until the next look; -1: there is none. */
static int until_look(const struct network *n)
{
	uint64_t deadline = fds_deadline(&n->fds), now = clock_now();
	if (deadline == CLOCK_NEVER)
		return -1;
	return deadline > now ? (int)((deadline - now) / CLOCK_MS) + 1 : 0;
}

static void set_looking(struct network *n)
{
	int ms = until_look(n);
	uv_update_time(&n->loop);
	if (ms == -1)
		uv_timer_stop(&n->looking);
	else
		uv_timer_start(&n->looking, look_again, (uint64_t)ms, 0);
}

/* --- The hooks, on any thread that makes a call --- */

static bool is_here(const struct network *n)
{
	return pthread_equal(pthread_self(), n->self);
}

/* The channel to our own server is not of the network. */
static bool is_aside(const struct network *n, const struct event_call *call)
{
	return call->op == OP_SOCKETPAIR ||
	       (call->op == OP_CLOSE && is_here(n) && call->fd == own_channel(&n->link.own));
}

/*
 * This thread's call waits. Meanwhile our own server's events are passed on, since it may be the one that the user
 * steps through; all else is left for later.
 */
static void wait_here(struct network *n, struct step_call *c)
{
	struct own *own = &n->link.own;
	while (step_waits(&n->step, c)) {
		grant(n);
		look(n);
		struct pollfd p[] = {{.fd = step_fd(&n->step), .events = POLLIN},
				     {.fd = own_take(own) ? own_channel(own) : -1, .events = POLLIN}};
		poll(p, COUNT(p), until_look(n));
	}
	uv_async_send(&n->asked);
}

/* Returns false when the call is not to be made. */
static bool wait_to_be_let_go(struct network *n, const struct event *e, const atomic_bool *cancelled)
{
	struct step_call c;
	step_enter(&n->step, &c);
	report(e, n);
	if (is_here(n))
		wait_here(n, &c);
	else
		step_wait(&n->step, &c, cancelled);
	return step_leave(&n->step, &c);
}

/* The program ends, and what has waited is never done, nor anything after it. */
static _Noreturn void leave(struct network *n)
{
	if (is_here(n)) {
		n->loop_busy = true;
		link_abandon(&n->link);
	}
	pthread_exit(NULL);
}

/* A look-up's thread is not ours to end. A socket can be closed at any time: no harm comes from that. */
static bool may_be_skipped(const struct event_call *call)
{
	return call->op != OP_CLOSE && call->op != OP_GETADDRINFO;
}

/* An exchange's calls may block, and then it is seen where. */
static bool may_block(enum event_op op)
{
	return op == OP_CONNECT || op == OP_SEND || op == OP_SENDTO || op == OP_RECV || op == OP_RECVFROM;
}

static void before_call(const struct event *e, void *arg)
{
	struct network *n = arg;
	const atomic_bool *cancelled = is_here(n) ? NULL : exchange_cancelled_here();
	bool go = !cancelled || !atomic_load(cancelled);
	if (is_aside(n, &e->call))
		return;
	if (go && step_is_on(&n->step)) {
		go = wait_to_be_let_go(n, e, cancelled);
	} else if (cancelled && may_block(e->call.op)) {
		report(e, n);
	}
	if (!go && may_be_skipped(&e->call))
		leave(n);
	fds_before(&n->fds, &e->call);
}

static void after_call(const struct event *e, void *arg)
{
	struct network *n = arg;
	fds_after(&n->fds, &e->call);
	report(e, n);
}

/* --- The thread --- */

static void end(struct network *n)
{
	n->stopped = true;
	if (attached(n))
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
	grant(n);
	if (n->granted.stepped != n->link.stepped)
		link_step(&n->link, n->granted.stepped);
	link_own_ready(&n->link);
	mailbox_take(&n->requests, carry_out, n);
	set_looking(n);
	if (atomic_load(&n->stopping))
		end(n);
}

static void *network_main(void *arg)
{
	struct network *n = arg;
	n->self = pthread_self();
	if (attached(n))
		attach_open(&n->attach, &n->loop, n->options.attach, report, n);
	uv_run(&n->loop, UV_RUN_DEFAULT);
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

/* Signals are the terminal's thread's: they are told to it before it goes on after a stop. Crashes are anybody's. */
static int start_thread(struct network *n)
{
	sigset_t blocked, before;
	sigfillset(&blocked);
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	for (size_t i = 0; i < COUNT(crashes); i++)
		sigdelset(&blocked, crashes[i]);
	pthread_sigmask(SIG_SETMASK, &blocked, &before);
	int error = pthread_create(&n->thread, NULL, network_main, n);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
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
	pthread_mutex_init(&n->wishes.lock, NULL);
	mailbox_init(&n->requests, 0);
	mailbox_init(&n->events, EVENTS_WAITING);
	fds_init(&n->fds);
	if (options->calls)
		sock_hooks(EVENT_CLIENT, before_call, after_call, n);
	link_init(&n->link, &n->loop, options, &n->step, report_from, n);
	error = start_thread(n);
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

int network_server_model(struct network *n, const char *model)
{
	return ask(n, &(struct request){.kind = REQUEST_MODEL, .text = model, .text_size = strlen(model) + 1});
}

int network_textbook(struct network *n, bool on)
{
	return ask(n, &(struct request){.kind = REQUEST_TEXTBOOK, .count = on});
}

/* Heard by a thread that runs, and by one that waits. */
static void hear(struct network *n)
{
	step_stir(&n->step);
	uv_async_send(&n->asked);
}

int network_watch_all(struct network *n, bool on)
{
	pthread_mutex_lock(&n->wishes.lock);
	n->wishes.watch_all = on;
	n->wishes.watched++;
	pthread_mutex_unlock(&n->wishes.lock);
	hear(n);
	return 0;
}

int network_step(struct network *n, unsigned sides)
{
	pthread_mutex_lock(&n->wishes.lock);
	n->wishes.stepped = sides;
	n->wishes.go = sides & NETWORK_SERVER ? n->wishes.go : 0;
	pthread_mutex_unlock(&n->wishes.lock);
	step_turn(&n->step, sides & NETWORK_CLIENT);
	hear(n);
	return 0;
}

int network_step_go(struct network *n, enum network_side side)
{
	if (side == NETWORK_CLIENT) {
		step_go(&n->step);
		return 0;
	}
	pthread_mutex_lock(&n->wishes.lock);
	n->wishes.go++;
	pthread_mutex_unlock(&n->wishes.lock);
	hear(n);
	return 0;
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
	atomic_store(&n->stopping, true);
	step_end(&n->step);
	uv_async_send(&n->asked);
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
	pthread_mutex_destroy(&n->wishes.lock);
	free(n);
	return true;
}
