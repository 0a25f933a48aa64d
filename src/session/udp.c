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
	t.missing = true;
	memory_keep_late(&s->memory, &t);
}

/* Replies go to the port that the sentence came from: none to what went over the old socket can come over the next. */
void session_udp_ended(struct session *s, int error, uint64_t now)
{
	for (; s->in_flight > 0; s->in_flight--) {
		session_miss(s, 0, VERDICT_CUT_SHORT, error, 0, now);
		session_drop(s, 0);
	}
	memory_clear(&s->memory);
	s->link = LINK_NONE;
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

/*
 * Sentences whose reply may come are open. They are counted through: those in flight, those reported missing, and those
 * whose verdict may have been a mistake; and last, if nothing else will do, those that were certainly refused.
 */
static size_t unanswered(const struct session *s)
{
	return s->in_flight + s->memory.late.count;
}

static size_t likely(const struct session *s)
{
	return unanswered(s) + s->memory.answered.count;
}

static size_t possible(const struct session *s)
{
	/* cppcheck-suppress CastAddressToIntegerAtReturn ; it takes a count for an address */
	return likely(s) + s->memory.answered.count;
}

static const struct trace *answered_at(const struct session *s, size_t i)
{
	return memory_answered(&s->memory, i - (i < likely(s) ? unanswered(s) : likely(s)));
}

static bool is_certainly_refused(const struct trace *t)
{
	return t->verdict == VERDICT_REFUSED && !t->guess;
}

/* An answer that was not the whole reply leaves that to come; not one that only this end has cut. */
static bool may_be_mistaken(const struct trace *t, enum fit fit)
{
	if (t->verdict == VERDICT_TRUNCATED)
		return fit == FIT_WHOLE && !t->cut;
	return t->verdict == VERDICT_WRONG || t->verdict == VERDICT_REFUSED;
}

/* The first of them from here on, and before `end`, that the datagram fits; `end`: none. */
static size_t find_open(const struct session *s, size_t i, size_t end, const struct datagram *d, enum fit fit)
{
	for (; i < end && i < s->in_flight; i++)
		if (sentence_fits(session_at(s, i), d, fit))
			return i;
	for (; i < end && i < unanswered(s); i++)
		if (trace_fits(memory_late(&s->memory, i - s->in_flight), d, fit))
			return i;
	for (; i < end; i++) {
		const struct trace *t = answered_at(s, i);
		bool here = is_certainly_refused(t) == (i >= likely(s));
		if (here && may_be_mistaken(t, fit) && trace_fits(t, d, fit))
			return i;
	}
	return end;
}

/*
 * Sentences that may be the one that was refused. Those reported missing do not count: nobody is slow to refuse. Nor do
 * those to which a refusal was put down before: when all others are done with, then each of them had its own.
 */
static size_t may_be_refused(const struct session *s)
{
	size_t n = s->in_flight;
	for (size_t i = 0; i < s->memory.answered.count; i++) {
		const struct trace *t = memory_answered(&s->memory, i);
		n += may_be_mistaken(t, FIT_WHOLE) && t->verdict != VERDICT_REFUSED;
	}
	return n;
}

bool session_udp_refused(struct session *s, int error, uint64_t now)
{
	if (s->in_flight == 0)
		return false;
	struct event_talk talk = {.verdict = VERDICT_REFUSED, .error = error};
	talk.guess = may_be_refused(s) > 1 ? GUESS_WHICH : GUESS_NONE;
	struct trace t = land(s, 0);
	talk.sentence = t.id;
	talk.series = t.series;
	session_report(s, EVENT_MISSING, &talk, NULL, 0, now);
	t.missing = true;
	t.verdict = VERDICT_REFUSED;
	t.guess = talk.guess;
	memory_keep_answered(&s->memory, &t);
	return true;
}

static bool is_expected(const struct session *s, const struct datagram *d)
{
	if (memory_crowd(&s->memory, d->digest) == 0)
		return false;
	if (find_open(s, 0, unanswered(s), d, FIT_WHOLE) < unanswered(s))
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

/* Whether the answer to this sentence was such a datagram, of which either may have been cut at this end. */
static bool brought(const struct trace *t, const struct datagram *d)
{
	if (digest_equal(t->came, d->digest) || (t->cut && digest_equal(t->expected, d->digest)))
		return true;
	return d->cut && (t->cut || t->verdict == VERDICT_RIGHT) && trace_fits(t, d, FIT_BEGINNING);
}

static bool came_before(const struct memory *m, const struct datagram *d)
{
	if (!d->cut && memory_crowd(m, d->digest) == 0)
		return false;
	for (size_t i = 0; i < m->answered.count; i++)
		if (brought(memory_answered(m, i), d))
			return true;
	return false;
}

/* The open sentence is open no longer. */
static struct trace take_open(struct session *s, size_t i)
{
	if (i < s->in_flight)
		return land(s, i);
	if (i < unanswered(s))
		return memory_take_late(&s->memory, i - s->in_flight);
	return memory_take_answered(&s->memory, i - (i < likely(s) ? unanswered(s) : likely(s)));
}

/* The datagram is taken as the answer to an open sentence. What is wrong may be nobody's, and says nothing of order. */
static void answer(struct session *s, struct event_talk *talk, size_t i, const struct datagram *d, uint64_t now)
{
	struct trace t = take_open(s, i);
	tell_whose(talk, &t, now);
	talk->late = t.missing;
	talk->amends = t.verdict;
	talk->out_of_order = t.id < s->newest;
	if (talk->guess == GUESS_NONE && came_before(&s->memory, d))
		talk->guess = GUESS_COPY;
	if (talk->guess == GUESS_NONE && !talk->out_of_order && talk->verdict != VERDICT_WRONG)
		s->newest = t.id;
	t.verdict = talk->verdict;
	t.guess = talk->guess != GUESS_NONE;
	t.cut = d->cut;
	t.came = d->digest;
	memory_keep_answered(&s->memory, &t);
}

/* The oldest sentence that it fits, if any, is answered. */
static bool try_answer(struct session *s, struct event_talk *talk, const struct datagram *d, enum fit fit, uint64_t now)
{
	size_t alike = fit == FIT_WHOLE ? memory_crowd(&s->memory, d->digest) : SIZE_MAX;
	if (alike == 0)
		return false;
	size_t i = find_open(s, 0, possible(s), d, fit);
	if (i == possible(s))
		return false;
	if (alike > 1 && i < likely(s) && find_open(s, i + 1, likely(s), d, fit) < likely(s))
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

/* The first answer that it may be a copy of, and how many there are like it. */
static const struct trace *find_original(const struct session *s, const struct datagram *d, enum copy copy,
					 size_t *alike)
{
	const struct trace *original = NULL;
	*alike = 0;
	if (memory_crowd(&s->memory, d->digest) == 0)
		return NULL;
	for (size_t i = 0; i < s->memory.answered.count; i++) {
		const struct trace *t = memory_answered(&s->memory, i);
		*alike += brought(t, d);
		if (!original && is_original(s, t, d, copy))
			original = t;
	}
	return original;
}

/* It may as well be the beginning of another reply, but copies are common, and replies cut to just that are not. */
static bool try_copy(struct session *s, struct event_talk *talk, const struct datagram *d, enum copy copy, uint64_t now)
{
	size_t alike;
	const struct trace *original = find_original(s, d, copy, &alike);
	if (!original)
		return false;
	bool begins = find_open(s, 0, likely(s), d, FIT_BEGINNING) < likely(s);
	talk->verdict = VERDICT_DUPLICATE;
	talk->guess = alike > 1 || begins ? GUESS_WHICH : GUESS_NONE;
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
	talk->guess = unanswered(s) > 1 ? GUESS_WHICH : GUESS_NONE;
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
