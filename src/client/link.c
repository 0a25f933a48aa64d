#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/sock.h>

#include "held.h"
#include "link_private.h"

enum {
	CONNECT_SECONDS = 10, /* for an address; then the next one is tried */
	START_SECONDS = 10,   /* for our own server */
};

static void begin(struct link *l);

/* --- Telling --- */

static void report(struct link *l, const struct event *e)
{
	l->report(e, l->arg);
}

void link_tell(struct link *l, struct event_state state)
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

void link_note(struct link *l, enum note_level level, const char *words)
{
	struct event e = event_of_note(EVENT_CLIENT, level, words, strlen(words));
	report(l, &e);
}

/* What the transport and the further clients tell. */
static void tell_for(struct event_state state, void *arg)
{
	link_tell(arg, state);
}

static void note_for(enum note_level level, const char *words, void *arg)
{
	link_note(arg, level, words);
}

static void from_session(const struct event *e, void *arg)
{
	struct link *l = arg;
	l->heard |= e->kind == EVENT_REPLY && e->talk.verdict != VERDICT_STRANGER;
	bool timed_out = e->kind == EVENT_MISSING && e->talk.verdict == VERDICT_TIMEOUT;
	l->timed_out |= timed_out;
	l->overdue |= timed_out;
	if (e->kind == EVENT_REPLY && e->talk.sentence)
		watch_answered(&l->watch);
	/* A session counts its sentences from 1; for the user they go on from one conversation to the next. */
	struct event counted = *e;
	if (e->talk.sentence) {
		counted.talk.sentence += l->before;
		l->said = counted.talk.sentence > l->said ? counted.talk.sentence : l->said;
	}
	if (e->kind == EVENT_SENTENCE && e->talk.unqueued)
		held_sent(&l->held, counted.talk.sentence);
	report(l, &counted);
}

/* --- The socket --- */

static void close_socket(struct link *l)
{
	transport_close(l->transport);
	l->transport = NULL;
}

static void failed(struct link *l, int error, bool lookup)
{
	close_socket(l);
	l->stage = STAGE_IDLE;
	l->clients_wanted = 0;
	l->nfound = 0; /* next time, from the beginning */
	l->offered = false;
	link_tell(l, (struct event_state){.what = STATE_FAILED, .error = error, .lookup = lookup, .remote = l->remote});
	session_give_up(l->session, VERDICT_UNSENT, lookup ? 0 : error, clock_now());
}

int link_end_own(struct link *l, int error)
{
	if (l->host || !own_await_end(&l->own))
		return error;
	own_stop(&l->own);
	return ECHILD;
}

uint32_t link_awaited(const struct link *l)
{
	return (uint32_t)(session_waiting(l->session) - session_unsent(l->session));
}

static void ended(struct link *l, int error)
{
	uint32_t waiting = link_awaited(l);
	bool asked_for = l->transport->end == END_SENT; /* the server ends because we did */
	close_socket(l);
	l->stage = STAGE_IDLE;
	if (!asked_for)
		error = link_end_own(l, error);
	bool one_each = session_ended(l->session, error, clock_now());
	link_tell(l, (struct event_state){.what = STATE_CLOSED,
					  .by = EVENT_SERVER,
					  .error = error,
					  .waiting = waiting,
					  .one_each = one_each && !l->one_each,
					  .remote = l->remote});
	l->one_each = one_each;
}

void link_server_found(struct link *l)
{
	if (l->clients_wanted)
		link_extra_clients(l, l->clients_wanted);
	l->clients_wanted = 0;
}

static void opened(struct link *l)
{
	l->stage = STAGE_OPEN;
	l->fresh = l->held_over = false;
	session_opened(l->session, &l->remote);
	link_server_found(l);
}

static void connect_ended(struct link *l)
{
	int error = transport_connected(l->transport);
	if (error) {
		link_try_addresses(l, error);
		return;
	}
	link_tell(l, (struct event_state){.what = STATE_CONNECTED, .local = l->transport->local, .remote = l->remote});
	opened(l);
}

static void socket_ready(bool readable, void *arg)
{
	struct link *l = arg;
	int error;
	if (l->stage == STAGE_CONNECTING)
		connect_ended(l);
	else if (readable && !transport_receive(l->transport, &error))
		ended(l, error);
	link_pump(l);
}

/* --- Trying the addresses --- */

/* Begins to talk with l->remote. -1: it cannot be, errno says why. */
static int try_address(struct link *l)
{
	if (l->textbook)
		return book_begin(l);
	if (l->protocol == PROTOCOL_TCP)
		link_tell(l, (struct event_state){.what = STATE_CONNECTING,
						  .remote = l->remote,
						  .more = (uint32_t)(l->nfound - l->next)});
	l->transport = transport_open(&l->owner, l->session, l->protocol, &l->remote);
	if (!l->transport)
		return -1;
	if (l->protocol == PROTOCOL_UDP) {
		opened(l);
	} else {
		l->own.closes = false;
		l->stage = STAGE_CONNECTING;
		l->deadline = clock_now() + CONNECT_SECONDS * CLOCK_SECOND;
	}
	return 0;
}

/* Tries the next address, and those after it; error: why the last one would not do, or 0. */
void link_try_addresses(struct link *l, int error)
{
	while (l->next < l->nfound) {
		close_socket(l);
		if (error)
			link_tell(l, (struct event_state){.what = STATE_FAILED,
							  .error = error,
							  .remote = l->remote,
							  .more = (uint32_t)(l->nfound - l->next)});
		l->remote = l->found[l->next++];
		if (try_address(l) == 0)
			return;
		error = errno;
	}
	if (!l->host && !l->fresh &&
	    error == ECONNREFUSED) { /* our own server was about to end, or has lost its socket */
		close_socket(l);
		own_stop(&l->own);
		begin(l);
		return;
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
		link_try_addresses(l, 0);
	}
}

static void looked_up(const struct lookup_result *result, void *arg)
{
	struct link *l = arg;
	l->lookup = NULL;
	found(l, result);
	link_pump(l);
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
			link_try_addresses(l, 0);
			return;
		}
		l->stage = STAGE_STARTING;
		l->fresh = true;
		l->deadline = clock_now() + START_SECONDS * CLOCK_SECOND;
		link_tell(l, (struct event_state){.what = STATE_STARTING});
		own_start(&l->own, l->protocol);
	} else if ((l->one_each || l->textbook) && l->nfound > 0) {
		l->next--; /* the same address again: a name need not be looked up for every sentence */
		link_try_addresses(l, 0);
	} else if (is_numeric(l->host)) {
		struct lookup_result result;
		lookup_now(l->host, l->port, l->family, l->protocol, &result);
		found(l, &result);
	} else {
		l->stage = STAGE_LOOKING_UP;
		link_tell(l, (struct event_state){.what = STATE_LOOKUP});
		l->lookup = lookup_start(l->loop, l->host, l->port, l->family, l->protocol, looked_up, l);
		if (!l->lookup)
			failed(l, errno, false);
	}
}

/* --- The loop --- */

static void tick(struct link *l, uint64_t now)
{
	session_tick(l->session, now);
	if (l->timed_out && l->protocol == PROTOCOL_UDP)
		watch_missed(&l->watch, now);
	l->timed_out = false;
	watch_tick(&l->watch, now);
	held_tick(l, now);
}

/* Connecting and starting take their time, but while somebody steps through them, any. */
static bool is_bounded(const struct link *l)
{
	return !l->stepped && (l->stage == STAGE_CONNECTING || l->stage == STAGE_STARTING);
}

static void timer_fired(uv_timer_t *timer)
{
	struct link *l = timer->data;
	uint64_t now = clock_now();
	tick(l, now);
	bool late = is_bounded(l) && now >= l->deadline;
	if (late && l->stage == STAGE_CONNECTING) {
		link_try_addresses(l, ETIMEDOUT);
	} else if (late) {
		own_stop(&l->own);
		failed(l, ETIMEDOUT, false);
	}
	link_pump(l);
}

void link_set_timer(struct link *l)
{
	uint64_t deadline = clock_earlier(session_deadline(l->session), watch_deadline(&l->watch));
	deadline = clock_earlier(deadline, held_deadline(l));
	if (is_bounded(l))
		deadline = clock_earlier(deadline, l->deadline);
	if (deadline == CLOCK_NEVER) {
		uv_timer_stop(&l->timer);
		return;
	}
	uint64_t now = clock_now();
	uv_update_time(l->loop);
	uv_timer_start(&l->timer, timer_fired, deadline > now ? (deadline - now) / CLOCK_MS + 1 : 0, 0);
}

static void send_what_goes(struct link *l)
{
	if (l->stage != STAGE_OPEN)
		return;
	transport_send(l->transport);
	if (l->transport->error && l->habits.hold) /* while nothing is received, nothing else will show it */
		ended(l, l->transport->error);
}

bool link_wants_socket(const struct link *l)
{
	return l->protocol == PROTOCOL_TCP ? session_wants_connection(l->session) : session_waiting(l->session) > 0;
}

void link_pump(struct link *l)
{
	send_what_goes(l);
	if (l->stage == STAGE_IDLE && link_wants_socket(l) && !l->resting && !l->exchange.running) {
		begin(l);
		send_what_goes(l);
	}
	held_over(l);
	book_pump(l);
	if (l->transport)
		transport_wait(l->transport, l->stage == STAGE_CONNECTING);
	link_set_timer(l);
}

/* Lets go of whatever is under way. */
static void cancel(struct link *l)
{
	if (l->lookup)
		lookup_cancel(l->lookup);
	l->lookup = NULL;
	if (l->stage == STAGE_STARTING)
		own_stop(&l->own);
	if (l->exchange.running)
		exchange_cancel(&l->exchange);
	l->offered = false;
	close_socket(l);
	l->stage = STAGE_IDLE;
}

static void own_event(const struct event *e, void *arg)
{
	struct link *l = arg;
	l->report(e, l->arg);
}

void link_own_ready(struct link *l)
{
	if (l->stage != STAGE_STARTING || !own_endpoint(&l->own, l->protocol))
		return;
	l->stage = STAGE_IDLE;
	begin(l);
	link_pump(l);
}

static void own_ready(void *arg)
{
	link_own_ready(arg);
}

static bool has_socket(const struct link *l)
{
	return l->stage == STAGE_OPEN || l->stage == STAGE_EXCHANGE;
}

/* A connection will say it by its own end. */
static void own_ended(int error, void *arg)
{
	static const struct event_state died = {.what = STATE_CLOSED, .by = EVENT_SERVER, .error = ECHILD};
	struct link *l = arg;
	if (l->stage == STAGE_STARTING) {
		failed(l, error ? error : ECHILD, false);
		link_pump(l);
	} else if (!l->host && l->stage == STAGE_IDLE) {
		link_tell(l, died);
	} else if (!l->host && l->protocol == PROTOCOL_UDP && has_socket(l)) {
		cancel(l);
		link_tell(l, died);
		session_give_up(l->session, VERDICT_CUT_SHORT, ECHILD, clock_now());
		link_pump(l);
	}
}

void link_init(struct link *l, uv_loop_t *loop, const struct network_options *options, struct step *step,
	       session_tell *report_to, void *arg)
{
	*l = (struct link){.loop = loop,
			   .report = report_to,
			   .arg = arg,
			   .family = options->family,
			   .datagrams_ahead = options->datagrams_ahead,
			   .stream = options->stream};
	l->timeout[PROTOCOL_TCP] = options->tcp_timeout;
	l->timeout[PROTOCOL_UDP] = options->udp_timeout;
	l->owner = (struct transport_owner){loop, &l->habits, &l->watch, socket_ready, tell_for, note_for, l};
	uv_timer_init(loop, &l->timer);
	l->timer.data = l;
	own_init(&l->own, loop, l->family, options->lab, &(struct own_handlers){own_event, own_ready, own_ended, l});
	exchange_init(&l->exchange, loop, step, book_news, l);
	extra_init(&l->extra, loop, note_for, l);
	watch_init(&l->watch, options->silence, report_to, arg);
}

/* An IPv6 address is often written in brackets, by us too, to keep it apart from a port. */
static char *without_brackets(const char *host)
{
	size_t n = strlen(host);
	bool brackets = n > 2 && host[0] == '[' && host[n - 1] == ']';
	return brackets ? strndup(host + 1, n - 2) : strdup(host);
}

/* What we know of the server from the start, and how far ahead of the replies it may go. */
static struct session *new_session(struct link *l, enum protocol protocol, bool own)
{
	uint64_t timeout = l->stepped ? CLOCK_NEVER : l->timeout[protocol];
	struct session *s = session_new(protocol, timeout, from_session, l);
	if (s && l->datagrams_ahead)
		session_set_ahead(s, l->datagrams_ahead);
	/* With the textbook's client it is this end that closes: from that nothing is learned about the server. */
	if (s && (l->textbook || (own && !own_is_textbook(&l->own))))
		session_keeps_open(s);
	if (s && l->stream)
		session_stream(s);
	return s;
}

static void leave_server(struct link *l)
{
	extra_close(&l->extra, 0);
	l->clients_wanted = 0;
	if (l->session && l->stage != STAGE_IDLE)
		link_disconnect(l);
	else if (l->session)
		session_give_up(l->session, VERDICT_CANCELLED, 0, clock_now());
	session_free(l->session);
	free(l->host);
	free(l->port);
}

void link_connect(struct link *l, enum protocol protocol, const char *host, const char *port)
{
	char number[sizeof "65535"];
	const struct endpoint *own = own_endpoint(&l->own, protocol);
	if (host && own && strcmp(port, "own") == 0) {
		snprintf(number, sizeof number, "%u", (unsigned)own->port);
		port = number;
	}
	struct session *session = new_session(l, protocol, !host);
	char *host_copy = host ? without_brackets(host) : NULL;
	char *port_copy = strdup(port);
	if (!session || (host && !host_copy) || !port_copy) {
		session_free(session);
		free(host_copy);
		free(port_copy);
		link_note(l, NOTE_ERROR, _("There is no memory left for a new conversation; the old one stays."));
		return;
	}
	leave_server(l);
	l->before = l->said;
	l->session = session;
	l->host = host_copy;
	l->port = port_copy;
	l->protocol = protocol;
	l->heard = l->one_each = l->resting = false;
	l->nfound = l->next = 0;
	l->stage = STAGE_IDLE;
	begin(l);
	link_pump(l);
}

void link_restart(struct link *l)
{
	if (l->stage != STAGE_NOWHERE)
		link_connect(l, l->protocol, l->host, l->port);
}

void link_disconnect(struct link *l)
{
	if (l->stage == STAGE_NOWHERE)
		return;
	bool under_way = l->stage != STAGE_IDLE;
	struct event_state state = {.what = STATE_CLOSED, .by = EVENT_CLIENT, .remote = l->remote};
	state.waiting = link_awaited(l);
	if (!has_socket(l) || (l->stage == STAGE_EXCHANGE && !l->connected))
		state.remote = (struct endpoint){0};
	cancel(l);
	session_give_up(l->session, VERDICT_CANCELLED, 0, clock_now());
	if (under_way)
		link_tell(l, state);
	else
		link_note(l, NOTE_INFO, _("There is no connection to close."));
	link_set_timer(l);
}

/*
 * Over UDP nobody may ever have answered from this address, and the name have others: then the next sentence goes to
 * the next of them, in turn. Until then the socket stays open for a reply that is late.
 */
static void try_other_address(struct link *l)
{
	bool silent = l->stage == STAGE_OPEN && l->transport->used && !l->heard && session_waiting(l->session) == 0;
	if (!silent || l->nfound < 2)
		return;
	l->next %= l->nfound;
	link_try_addresses(l, 0);
}

void link_say(struct link *l, const void *text, size_t n, struct series series)
{
	if (l->stage == STAGE_NOWHERE)
		return;
	l->resting = false;
	if (l->protocol == PROTOCOL_UDP)
		try_other_address(l);
	if (session_say(l->session, text, n, series, clock_now()) == -1)
		link_note(l, NOTE_ERROR, _("There is no memory left for this sentence; it was not sent."));
	if (l->stage == STAGE_OPEN && l->transport->end != END_FAR && !l->held_over) {
		l->held_over = true;
		link_note(l, NOTE_INFO,
			  _("This end has said that it sends no more: this waits for the next connection."));
	}
	link_pump(l);
}

void link_abandon(struct link *l)
{
	exchange_close(&l->exchange);
	own_stop(&l->own);
}

void link_close(struct link *l)
{
	cancel(l);
	exchange_close(&l->exchange);
	extra_close(&l->extra, 0);
	own_stop(&l->own);
	own_free(&l->own);
	uv_close((uv_handle_t *)&l->timer, NULL);
	session_free(l->session);
	free(l->host);
	free(l->port);
}
