/*
 * UDP: a datagram a sentence, a datagram a reply. They may be lost, doubled, cut, late and out of order, and say not
 * what they answer: only the content tells.
 */
#include <string.h>

#include "session_private.h"

/* What came, and is to be judged. */
struct datagram {
	const uint8_t *data;
	size_t size;
	bool cut; /* there was more of it than this end had room for */
	struct digest digest;
};

/* How a datagram is like an expected reply. */
enum fit {
	FIT_WHOLE,     /* it is the same */
	FIT_BEGINNING, /* it is the beginning of it; cut at this end, then of one of just that length */
};

/* --- Sentences in flight, and their traces --- */

static struct digest expectation(const struct sentence *x)
{
	return (struct digest){.hash = x->hash, .size = x->expected_size};
}

/* The sentence is no longer in flight. */
static struct trace land(struct session *s, size_t i)
{
	const struct sentence *x = session_at(s, i);
	struct trace t = {.id = x->id, .sent_at = x->sent_at, .series = x->series, .expected = expectation(x)};
	memcpy(t.head, sentence_expected(x), x->expected_size < TRACE_HEAD ? x->expected_size : TRACE_HEAD);
	memory_leave(&s->memory, t.expected);
	session_drop(s, i);
	s->in_flight--;
	return t;
}

bool session_udp_output(struct session *s, const void **data, size_t *n)
{
	if (s->link == LINK_NONE || s->in_flight >= s->most_in_flight || s->in_flight == s->sentences.count)
		return false;
	const struct sentence *x = session_at(s, s->in_flight);
	*data = x->text;
	*n = x->size;
	return true;
}

void session_udp_sent(struct session *s, uint64_t now)
{
	struct sentence *x = session_at(s, s->in_flight++);
	x->sent_at = now;
	x->hash = digest_of(sentence_expected(x), x->expected_size, x->expected_size).hash;
	memory_enter(&s->memory, expectation(x));
}

void session_udp_overdue(struct session *s)
{
	struct trace t = land(s, 0);
	memory_keep_late(&s->memory, &t);
}

bool session_udp_refused(struct session *s, int error, uint64_t now)
{
	if (s->in_flight == 0)
		return false;
	struct event_talk talk = {.verdict = VERDICT_REFUSED, .error = error};
	talk.guess = s->in_flight > 1 ? GUESS_WHICH : GUESS_NONE;
	struct trace t = land(s, 0);
	talk.sentence = t.id;
	talk.series = t.series;
	session_report(s, EVENT_MISSING, &talk, NULL, 0, now);
	t.verdict = VERDICT_REFUSED;
	memory_keep_answered(&s->memory, &t);
	return true;
}

/* No reply to what went over the old socket can come over the next. */
void session_udp_forget(struct session *s)
{
	memory_clear(&s->memory);
	for (size_t i = 0; i < s->in_flight; i++)
		memory_enter(&s->memory, expectation(session_at(s, i)));
}

/* --- What fits --- */

/* Whether it may be the beginning of a reply of so many bytes, the first of which are at hand. */
static bool is_beginning(const struct datagram *d, const uint8_t *expected, size_t at_hand, size_t size)
{
	bool shorter = d->cut ? d->digest.size == size : d->size > 0 && d->size < size;
	size_t n = d->size < at_hand ? d->size : at_hand;
	return shorter && (n == 0 || memcmp(expected, d->data, n) == 0);
}

static bool sentence_fits(const struct sentence *x, const struct datagram *d, enum fit fit)
{
	size_t n = x->expected_size;
	if (fit == FIT_BEGINNING)
		return is_beginning(d, sentence_expected(x), n, n);
	bool alike = digest_equal(expectation(x), d->digest) && !d->cut;
	return alike && (n == 0 || memcmp(sentence_expected(x), d->data, n) == 0);
}

static bool trace_fits(const struct trace *t, const struct datagram *d, enum fit fit)
{
	size_t n = t->expected.size;
	if (fit == FIT_BEGINNING)
		return is_beginning(d, t->head, n < TRACE_HEAD ? n : TRACE_HEAD, n);
	return digest_equal(t->expected, d->digest) && !d->cut;
}

/* Sentences without an answer are counted through: those in flight, then those reported missing. */
static size_t unanswered(const struct session *s)
{
	return s->in_flight + s->memory.late.count;
}

/* The first of them from here on that the datagram fits; unanswered(): none. */
static size_t find_unanswered(const struct session *s, size_t from, const struct datagram *d, enum fit fit)
{
	size_t i = from;
	for (; i < s->in_flight; i++)
		if (sentence_fits(session_at(s, i), d, fit))
			return i;
	for (; i < unanswered(s); i++)
		if (trace_fits(memory_late(&s->memory, i - s->in_flight), d, fit))
			return i;
	return i;
}

static bool is_expected(const struct session *s, const struct datagram *d)
{
	if (memory_crowd(&s->memory, d->digest) == 0)
		return false;
	if (find_unanswered(s, 0, d, FIT_WHOLE) < unanswered(s))
		return true;
	for (size_t i = 0; i < s->memory.answered.count; i++)
		if (trace_fits(memory_answered(&s->memory, i), d, FIT_WHOLE))
			return true;
	return false;
}

/* --- Judging --- */

static void tell_whose(struct event_talk *talk, const struct trace *t, uint64_t now)
{
	talk->sentence = t->id;
	talk->series = t->series;
	talk->rtt = now - t->sent_at;
}

/* Whether a sentence that expected this was answered before, or one of the answers was that. */
static bool known_answer(const struct memory *m, struct digest expected, struct digest came)
{
	if (memory_crowd(m, expected) == 0 && memory_crowd(m, came) == 0)
		return false;
	for (size_t i = 0; i < m->answered.count; i++) {
		const struct trace *t = memory_answered(m, i);
		if (digest_equal(t->expected, expected) || digest_equal(t->came, came))
			return true;
	}
	return false;
}

/* The datagram is taken as the answer to an unanswered sentence. */
static void answer(struct session *s, struct event_talk *talk, size_t i, const struct datagram *d, uint64_t now)
{
	talk->late = i >= s->in_flight;
	struct trace t = talk->late ? memory_take_late(&s->memory, i - s->in_flight) : land(s, i);
	tell_whose(talk, &t, now);
	talk->out_of_order = t.id < s->newest;
	struct digest expected = talk->verdict == VERDICT_WRONG ? d->digest : t.expected;
	if (talk->guess == GUESS_NONE && known_answer(&s->memory, expected, d->digest))
		talk->guess = GUESS_COPY;
	if (talk->guess == GUESS_NONE && !talk->out_of_order)
		s->newest = t.id;
	t.verdict = talk->verdict;
	t.came = d->digest;
	memory_keep_answered(&s->memory, &t);
}

/* The oldest sentence that it fits, if any, is answered. */
static bool try_answer(struct session *s, struct event_talk *talk, const struct datagram *d, enum fit fit, uint64_t now)
{
	size_t alike = fit == FIT_WHOLE ? memory_crowd(&s->memory, d->digest) : SIZE_MAX;
	if (alike == 0)
		return false;
	size_t i = find_unanswered(s, 0, d, fit);
	if (i == unanswered(s))
		return false;
	if (alike > 1 && find_unanswered(s, i + 1, d, fit) < unanswered(s))
		talk->guess = GUESS_WHICH;
	talk->verdict = fit == FIT_WHOLE ? VERDICT_RIGHT : VERDICT_TRUNCATED;
	answer(s, talk, i, d, now);
	return true;
}

/* Which copies are looked for. */
enum copy {
	COPY_OF_EXPECTED, /* what an answered sentence expected, whatever came */
	COPY_OF_OTHER,    /* what came instead */
};

/*
 * A wrong answer may come once more as the answer to the next sentence, from a server that always says the same: it is
 * a copy only while none is in flight.
 */
static bool is_original(const struct session *s, const struct trace *t, const struct datagram *d, enum copy copy)
{
	if (copy == COPY_OF_EXPECTED)
		return digest_equal(t->expected, d->digest);
	return digest_equal(t->came, d->digest) && (t->verdict == VERDICT_TRUNCATED || s->in_flight == 0);
}

static bool try_copy(const struct session *s, struct event_talk *talk, const struct datagram *d, enum copy copy,
		     uint64_t now)
{
	const struct trace *original = NULL;
	size_t alike = 0;
	if (memory_crowd(&s->memory, d->digest) == 0)
		return false;
	for (size_t i = 0; i < s->memory.answered.count; i++) {
		const struct trace *t = memory_answered(&s->memory, i);
		alike += digest_equal(t->expected, d->digest) || digest_equal(t->came, d->digest);
		if (!original && is_original(s, t, d, copy))
			original = t;
	}
	if (!original)
		return false;
	talk->verdict = VERDICT_DUPLICATE;
	talk->guess = alike > 1 ? GUESS_WHICH : GUESS_NONE;
	tell_whose(talk, original, now);
	return true;
}

/* Some servers end a reply with a newline, as nc does. It counts if just that is expected. */
static struct datagram told(const struct session *s, const uint8_t *data, size_t n, size_t whole)
{
	struct datagram d = {.data = data, .size = n, .cut = whole > n, .digest = digest_of(data, n, whole)};
	if (d.cut || n == 0 || data[n - 1] != '\n' || is_expected(s, &d))
		return d;
	struct datagram bare = {.data = data, .size = n - 1, .digest = digest_of(data, n - 1, n - 1)};
	return is_expected(s, &bare) ? bare : d;
}

/* What a datagram of the server's is. */
static void judge(struct session *s, struct event_talk *talk, const struct datagram *d, uint64_t now)
{
	if (try_answer(s, talk, d, FIT_WHOLE, now) || try_copy(s, talk, d, COPY_OF_EXPECTED, now) ||
	    try_answer(s, talk, d, FIT_BEGINNING, now) || try_copy(s, talk, d, COPY_OF_OTHER, now))
		return;
	talk->verdict = VERDICT_UNASKED;
	if (s->in_flight == 0)
		return;
	talk->verdict = VERDICT_WRONG;
	talk->guess = s->in_flight > 1 ? GUESS_WHICH : GUESS_NONE;
	answer(s, talk, 0, d, now);
}

void session_udp_received(struct session *s, const void *data, size_t n, size_t whole, const struct endpoint *from,
			  uint64_t now)
{
	struct event_talk talk = {.verdict = VERDICT_STRANGER, .bytes = n, .pieces = 1};
	talk.limit = whole > n ? whole : 0;
	if (from)
		talk.from = *from;
	if (!from || endpoint_equal(from, &s->server)) {
		struct datagram d = told(s, data, n, whole);
		judge(s, &talk, &d, now);
	}
	session_report(s, EVENT_REPLY, &talk, data, n, now);
}
