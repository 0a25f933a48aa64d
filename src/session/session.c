#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/text.h>

#include "session_private.h"

struct session *session_new(enum protocol protocol, uint64_t timeout, session_tell *tell, void *arg)
{
	struct session *s = calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->protocol = protocol;
	s->timeout = timeout;
	s->tell = tell;
	s->arg = arg;
	s->sentences = RING_OF(struct sentence);
	s->most_in_flight = SESSION_UDP_AHEAD;
	memory_init(&s->memory);
	return s;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->sentences.count; i++)
		free(session_at(s, i)->text);
	ring_free(&s->sentences);
	memory_free(&s->memory);
	buf_free(&s->upper);
	buf_free(&s->in);
	free(s);
}

void session_set_timeout(struct session *s, uint64_t timeout)
{
	s->timeout = timeout;
}

void session_set_ahead(struct session *s, size_t datagrams)
{
	s->most_in_flight = datagrams;
}

void session_keeps_open(struct session *s)
{
	s->keeps_open = true;
}

void session_stream(struct session *s)
{
	s->stream = s->keeps_open = true;
}

struct sentence *session_at(const struct session *s, size_t i)
{
	return ring_at(&s->sentences, i);
}

void session_drop(struct session *s, size_t i)
{
	free(session_at(s, i)->text);
	ring_remove(&s->sentences, i);
}

uint64_t session_after(uint64_t start, uint64_t span)
{
	return span > CLOCK_NEVER - start ? CLOCK_NEVER : start + span;
}

bool session_due(uint64_t deadline, uint64_t now)
{
	return deadline != CLOCK_NEVER && deadline <= now;
}

void session_report(struct session *s, enum event_kind kind, const struct event_talk *talk, const void *data, size_t n,
		    uint64_t now)
{
	struct event e = {
		.when = now,
		.who = EVENT_CLIENT,
		.kind = kind,
		.talk = *talk,
		.size = (uint32_t)n,
		.data = data,
	};
	e.talk.protocol = s->protocol;
	s->tell(&e, s->arg);
}

void session_miss(struct session *s, size_t i, enum event_verdict why, int error, uint64_t limit, uint64_t now)
{
	const struct sentence *x = session_at(s, i);
	struct event_talk talk = {
		.verdict = why,
		.sentence = x->id,
		.series = x->series,
		.bytes = why == VERDICT_UNSENT ? x->size : 0,
		.error = error,
		.limit = limit,
		.queued = x->queued,
	};
	bool began = i == 0 && s->in.size && !s->bare;
	if (began)
		talk.pieces = s->pieces;
	session_report(s, EVENT_MISSING, &talk, buf_bytes(&s->in), began ? s->in.size : 0, now);
}

/* Bytes of a sentence that could be sent. */
static uint64_t longest(const struct session *s)
{
	return s->protocol == PROTOCOL_TCP ? SESSION_SENTENCE_MAX : endpoint_datagram_max(&s->server);
}

/* The sentence and what should come back, in one allocation. */
static int compose(struct session *s, struct sentence *x, const void *text, size_t n)
{
	buf_clear(&s->upper);
	uint8_t *upper = buf_reserve(&s->upper, TEXT_UPPER_ROOM(n));
	if (!upper)
		return -1;
	x->size = n;
	x->expected_size = text_upper_whole(text, n, upper);
	x->text = malloc(n + 1 + x->expected_size);
	if (!x->text)
		return -1;
	if (n)
		memcpy(x->text, text, n);
	x->text[n] = '\n';
	memcpy(x->text + n + 1, upper, x->expected_size);
	return 0;
}

static void tell_said(struct session *s, const void *text, size_t n, struct series series, bool queued, uint64_t now)
{
	struct event_talk talk = {.sentence = s->said, .series = series, .queued = queued};
	talk.bytes = s->protocol == PROTOCOL_TCP ? n + 1 : n;
	session_report(s, EVENT_SENTENCE, &talk, text, n < EVENT_DATA_MAX ? n : EVENT_DATA_MAX, now);
}

/* It counts as said, and is missing at once. */
static void refuse(struct session *s, const void *text, size_t n, struct series series, int error, uint64_t now)
{
	struct event_talk talk = {
		.verdict = VERDICT_UNSENT,
		.sentence = ++s->said,
		.series = series,
		.bytes = n,
		.error = error,
		.limit = error == EMSGSIZE ? longest(s) : 0,
		.queued = s->protocol == PROTOCOL_TCP,
	};
	tell_said(s, text, n, series, talk.queued, now);
	session_report(s, EVENT_MISSING, &talk, NULL, 0, now);
}

int session_say(struct session *s, const void *text, size_t n, struct series series, uint64_t now)
{
	session_tcp_tick(s, now);
	if (n > SESSION_SENTENCE_MAX) {
		refuse(s, text, n, series, EMSGSIZE, now);
		return 0;
	}
	struct sentence said = {.id = s->said + 1, .series = series};
	struct sentence *x = compose(s, &said, text, n) == 0 ? ring_push(&s->sentences) : NULL;
	if (!x) {
		free(said.text);
		refuse(s, text, n, series, ENOMEM, now);
		errno = ENOMEM;
		return -1;
	}
	*x = said;
	x->queued = s->protocol == PROTOCOL_TCP && !session_tcp_goes_at_once(s, x);
	s->said++;
	tell_said(s, x->text, n, series, x->queued, now);
	return 0;
}

size_t session_waiting(const struct session *s)
{
	return s->sentences.count - s->overdue;
}

bool session_wants_connection(const struct session *s)
{
	return s->protocol == PROTOCOL_TCP && s->link == LINK_NONE && s->sentences.count > 0 && !s->over;
}

size_t session_unsent(const struct session *s)
{
	return s->sentences.count - s->in_flight - (s->gone > 0);
}

uint64_t session_held_since(const struct session *s)
{
	return s->protocol == PROTOCOL_TCP ? session_tcp_held_since(s) : CLOCK_NEVER;
}

bool session_output(struct session *s, const void **data, size_t *n)
{
	return s->protocol == PROTOCOL_TCP ? session_tcp_output(s, data, n) : session_udp_output(s, data, n);
}

void session_sent(struct session *s, size_t n, uint64_t now)
{
	if (s->protocol == PROTOCOL_TCP)
		session_tcp_sent(s, n, now);
	else
		session_udp_sent(s, now);
}

void session_unsendable(struct session *s, int error, uint64_t now)
{
	const void *data;
	size_t n;
	if (s->protocol != PROTOCOL_UDP || !session_udp_output(s, &data, &n))
		return;
	session_miss(s, s->in_flight, VERDICT_UNSENT, error, error == EMSGSIZE ? longest(s) : 0, now);
	session_drop(s, s->in_flight);
}

void session_opened(struct session *s, const struct endpoint *server)
{
	if (server)
		s->server = *server;
	s->link = s->keeps_open ? LINK_OPEN : LINK_FRESH;
}

int session_received(struct session *s, const void *data, size_t n, size_t whole, const struct endpoint *from,
		     uint64_t now)
{
	if (s->protocol == PROTOCOL_TCP)
		return session_tcp_received(s, data, n, now);
	session_udp_received(s, data, n, whole, from, now);
	return 0;
}

bool session_refused(struct session *s, int error, uint64_t now)
{
	return s->protocol == PROTOCOL_UDP && session_udp_refused(s, error, now);
}

void session_shutdown(struct session *s)
{
	s->shut = s->link != LINK_NONE;
}

bool session_ended(struct session *s, int error, uint64_t now)
{
	if (s->protocol == PROTOCOL_TCP)
		return session_tcp_ended(s, error, now);
	session_udp_ended(s, error, now);
	return false;
}

void session_give_up(struct session *s, enum event_verdict why, int error, uint64_t now)
{
	session_tcp_flush(s, now);
	for (size_t i = s->overdue; i < s->sentences.count; i++)
		session_miss(s, i, why, error, 0, now);
	while (s->sentences.count)
		session_drop(s, 0);
	session_tcp_reset(s);
	memory_clear(&s->memory);
}

/* When the oldest sentence in flight is to be reported missing. They were sent in this order, so it is the first. */
static uint64_t timeout_deadline(const struct session *s)
{
	if (s->overdue == s->in_flight + (s->gone > 0))
		return CLOCK_NEVER;
	return session_after(session_at(s, s->overdue)->sent_at, s->timeout);
}

static void report_overdue(struct session *s, uint64_t now)
{
	session_miss(s, s->overdue, VERDICT_TIMEOUT, 0, s->timeout, now);
	if (s->protocol == PROTOCOL_TCP)
		s->overdue++;
	else
		session_udp_overdue(s);
}

uint64_t session_deadline(const struct session *s)
{
	uint64_t timeout = timeout_deadline(s), tcp = session_tcp_deadline(s);
	return clock_earlier(timeout, tcp);
}

void session_tick(struct session *s, uint64_t now)
{
	session_tcp_tick(s, now);
	while (session_due(timeout_deadline(s), now))
		report_overdue(s, now);
}
