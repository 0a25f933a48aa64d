/*
 * UDP: a datagram a sentence, a datagram a reply. They may be lost, doubled, late and out of order, and say not what
 * they answer: only the content tells.
 */
#include <string.h>

#include "session_private.h"

/* FNV-1a, 64 bits. */
static uint64_t hash(const uint8_t *data, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < n; i++)
		h = (h ^ data[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* Short of memory it is forgotten, and its reply will be one that nobody asked for. */
static void remember(struct ring *r, size_t limit, struct trace t)
{
	if (r->count == limit)
		ring_pop(r);
	struct trace *kept = ring_push(r);
	if (kept)
		*kept = t;
}

static struct trace trace_of(const struct sentence *x)
{
	return (struct trace){
		.id = x->id,
		.sent_at = x->sent_at,
		.hash = hash(sentence_expected(x), x->expected_size),
		.size = x->expected_size,
	};
}

/* Index of the oldest trace that expected these bytes; the ring's count: none. */
static size_t find_trace(const struct ring *r, const void *data, size_t n)
{
	if (r->count == 0)
		return 0;
	uint64_t h = hash(data, n);
	size_t i = 0;
	for (; i < r->count; i++) {
		const struct trace *t = ring_at(r, i);
		if (t->size == n && t->hash == h)
			break;
	}
	return i;
}

/* Index of the oldest sentence in flight that expects these bytes; in_flight: none. */
static size_t find_sentence(const struct session *s, const void *data, size_t n)
{
	size_t i = 0;
	for (; i < s->in_flight; i++) {
		const struct sentence *x = session_at(s, i);
		if (x->expected_size == n && (n == 0 || memcmp(sentence_expected(x), data, n) == 0))
			break;
	}
	return i;
}

static void land(struct session *s, size_t i, struct ring *traces, size_t limit)
{
	remember(traces, limit, trace_of(session_at(s, i)));
	session_drop(s, i);
	s->in_flight--;
}

static void answer(struct session *s, struct event_talk *talk, size_t i, uint64_t now)
{
	const struct sentence *x = session_at(s, i);
	talk->sentence = x->id;
	talk->rtt = now - x->sent_at;
	land(s, i, &s->answered, SESSION_UDP_ANSWERED);
}

static void answer_late(struct session *s, struct event_talk *talk, size_t i, uint64_t now)
{
	struct trace t = *(const struct trace *)ring_at(&s->late, i);
	talk->sentence = t.id;
	talk->rtt = now - t.sent_at;
	talk->late = true;
	ring_remove(&s->late, i);
	remember(&s->answered, SESSION_UDP_ANSWERED, t);
}

static bool is_expected(const struct session *s, const void *data, size_t n)
{
	return find_sentence(s, data, n) < s->in_flight || find_trace(&s->late, data, n) < s->late.count ||
	       find_trace(&s->answered, data, n) < s->answered.count;
}

/* The bytes of a reply that count: without a newline at its end, such as nc sends, if only so it is expected. */
static size_t told_size(const struct session *s, const uint8_t *data, size_t n)
{
	if (n == 0 || data[n - 1] != '\n' || is_expected(s, data, n))
		return n;
	return is_expected(s, data, n - 1) ? n - 1 : n;
}

/*
 * What a datagram of the server's is: an answer to the oldest sentence that expects it, in flight or reported
 * missing; a second copy of a recent answer; else a wrong answer, and the oldest sentence in flight is blamed for it.
 */
static enum event_verdict judge(struct session *s, struct event_talk *talk, const void *data, size_t n, uint64_t now)
{
	n = told_size(s, data, n);
	size_t i = find_sentence(s, data, n);
	if (i < s->in_flight) {
		answer(s, talk, i, now);
		return VERDICT_RIGHT;
	}
	i = find_trace(&s->late, data, n);
	if (i < s->late.count) {
		answer_late(s, talk, i, now);
		return VERDICT_RIGHT;
	}
	if (s->in_flight == 0 || find_trace(&s->answered, data, n) < s->answered.count)
		return VERDICT_UNASKED;
	answer(s, talk, 0, now);
	return VERDICT_WRONG;
}

void session_udp_received(struct session *s, const void *data, size_t n, const struct endpoint *from, uint64_t now)
{
	struct event_talk talk = {.bytes = n, .pieces = 1};
	if (from)
		talk.from = *from;
	if (from && !endpoint_equal(from, &s->server))
		talk.verdict = VERDICT_STRANGER;
	else
		talk.verdict = judge(s, &talk, data, n, now);
	session_report(s, EVENT_REPLY, &talk, data, n, now);
}

bool session_udp_output(struct session *s, const void **data, size_t *n)
{
	if (s->link == LINK_NONE || s->in_flight == SESSION_UDP_AHEAD || s->in_flight == s->sentences.count)
		return false;
	const struct sentence *x = session_at(s, s->in_flight);
	*data = x->text;
	*n = x->size;
	return true;
}

void session_udp_sent(struct session *s, uint64_t now)
{
	session_at(s, s->in_flight++)->sent_at = now;
}

void session_udp_overdue(struct session *s)
{
	land(s, 0, &s->late, SESSION_UDP_LATE);
}
