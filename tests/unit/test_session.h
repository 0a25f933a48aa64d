/*
 * A session under test: what it tells is kept as lines of text, so that a test reads as a conversation.
 *
 *   say 1 "hello"                     a sentence, and its number
 *   again 1 "hello"                   it is sent again
 *   reply 1 right "HELLO"             also wrong, truncated, duplicate; to nothing: reply unasked, reply stranger
 *   reply 1 late behind right which "HELLO"     all that may be said besides: late; out of order; a guess (or: copy)
 *   reply 1 right amends wrong "HELLO"          takes the verdict before back; also truncated, refused
 *   queued: say 1 "hello"             if t.queue: it is not sent yet; or before "missing": it never was;
 *   goes 1                            and when it is
 *   missing 1 timeout ""              also cut, unsent, cancelled, refused; an errno unless it is 0; then what came
 *
 * Data of more than 40 bytes is given by its size.
 */
#ifndef TEST_SESSION_H
#define TEST_SESSION_H

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
/* clang-format on */

#include <uproar/session.h>
#include <uproar/text.h>

struct talk {
	struct session *s;
	enum protocol protocol;
	uint64_t now;
	uint64_t events;
	struct buf log;         /* the lines */
	struct buf wire;        /* what was sent; UDP: the last datagram */
	size_t sends;           /* how many times something was sent */
	struct event_talk last; /* of the last event */
	bool queue;             /* tell what is queued, and when it goes */
	uint8_t *verdicts;      /* by sentence: how many it got, late ones aside; NULL: not counted */
};

static const struct endpoint here = {.family = 4, .address = {127, 0, 0, 1}, .port = 12000};

#define put(...) assert_int_equal(buf_printf(__VA_ARGS__), 0)

static inline void put_data(struct buf *log, const uint8_t *data, size_t n)
{
	if (n > 40) {
		put(log, "<%zu>\n", n);
		return;
	}
	put(log, "\"");
	for (size_t i = 0; i < n; i++)
		put(log, isprint(data[i]) ? "%c" : "\\%02x", data[i]);
	put(log, "\"\n");
}

static inline const char *error_name(int error)
{
	switch (error) {
	case ECONNRESET:
		return "ECONNRESET";
	case ECONNREFUSED:
		return "ECONNREFUSED";
	case EMSGSIZE:
		return "EMSGSIZE";
	case ENOMEM:
		return "ENOMEM";
	default:
		return "another errno";
	}
}

static inline void put_talk(struct buf *log, const struct event *e)
{
	static const char *const verdicts[] = {
		[VERDICT_RIGHT] = "right",         [VERDICT_WRONG] = "wrong",     [VERDICT_TRUNCATED] = "truncated",
		[VERDICT_DUPLICATE] = "duplicate", [VERDICT_UNASKED] = "unasked", [VERDICT_STRANGER] = "stranger",
		[VERDICT_TIMEOUT] = "timeout",     [VERDICT_CUT_SHORT] = "cut",   [VERDICT_UNSENT] = "unsent",
		[VERDICT_CANCELLED] = "cancelled", [VERDICT_REFUSED] = "refused",
	};
	static const char *const guesses[] = {[GUESS_NONE] = "", [GUESS_WHICH] = "which ", [GUESS_COPY] = "copy "};
	const struct event_talk *t = &e->talk;
	if (e->kind == EVENT_SENTENCE)
		put(log, t->again ? "again " : "say ");
	else
		put(log, e->kind == EVENT_REPLY ? "reply " : "missing ");
	if (t->sentence)
		put(log, "%llu ", (unsigned long long)t->sentence);
	if (e->kind != EVENT_SENTENCE)
		put(log, "%s%s%s %s", t->late ? "late " : "", t->out_of_order ? "behind " : "", verdicts[t->verdict],
		    guesses[t->guess]);
	if (t->amends)
		put(log, "amends %s ", verdicts[t->amends]);
	if (t->error)
		put(log, "%s ", error_name(t->error));
	put_data(log, e->data, e->size);
}

/* What is true of every event. */
static inline void check_event(struct talk *t, const struct event *e)
{
	const struct event_talk *k = &e->talk;
	bool asked = k->verdict != VERDICT_UNASKED && k->verdict != VERDICT_STRANGER;
	t->events++;
	assert_int_equal(e->number, 0);
	assert_int_equal(e->when, t->now);
	assert_int_equal(e->who, EVENT_CLIENT);
	assert_int_equal(k->protocol, t->protocol);
	assert_true(e->size <= EVENT_DATA_MAX);
	assert_true((k->sentence != 0) == asked);
	if (!asked)
		assert_int_equal(k->series.kind, SERIES_NONE);
	if (e->kind == EVENT_MISSING && k->verdict != VERDICT_UNSENT)
		assert_int_equal(k->bytes, 0);
	else
		assert_true(k->bytes >= e->size);
	if (e->kind == EVENT_REPLY)
		assert_true(k->pieces >= 1);
	bool copy = k->verdict == VERDICT_DUPLICATE;
	if (k->amends)
		assert_true(e->kind == EVENT_REPLY && !copy && asked && k->verdict != k->amends);
	if (t->verdicts && e->kind != EVENT_SENTENCE && asked && !k->late && !k->amends && !copy)
		t->verdicts[k->sentence]++;
}

static inline void hear(const struct event *e, void *arg)
{
	struct talk *t = arg;
	check_event(t, e);
	if (t->queue && e->talk.queued)
		put(&t->log, "queued: ");
	if (e->kind != EVENT_SENTENCE || !e->talk.unqueued)
		put_talk(&t->log, e);
	else if (t->queue)
		put(&t->log, "goes %llu\n", (unsigned long long)e->talk.sentence);
	t->last = e->talk;
}

static inline void begin_talk(struct talk *t, enum protocol protocol, uint64_t timeout)
{
	*t = (struct talk){.protocol = protocol, .now = 1000 * CLOCK_SECOND};
	t->s = session_new(protocol, timeout, hear, t);
	assert_non_null(t->s);
}

static inline void end_talk(struct talk *t)
{
	session_free(t->s);
	buf_free(&t->log);
	buf_free(&t->wire);
	free(t->verdicts);
}

/* Compares the lines since the last time. */
static inline void expect(struct talk *t, const char *lines)
{
	assert_int_equal(buf_append(&t->log, "", 1), 0);
	assert_string_equal((const char *)buf_bytes(&t->log), lines);
	buf_clear(&t->log);
}

static inline void say_bytes(struct talk *t, const void *text, size_t n)
{
	assert_int_equal(session_say(t->s, text, n, (struct series){SERIES_NONE, 0}, t->now), 0);
}

static inline void say(struct talk *t, const char *text)
{
	say_bytes(t, text, strlen(text));
}

static inline void open_it(struct talk *t)
{
	session_opened(t->s, &here);
}

/* Sends at most `most` bytes of what is to be sent now; false when nothing is. */
static inline bool send_some(struct talk *t, size_t most)
{
	const void *data;
	size_t n;
	if (!session_output(t->s, &data, &n))
		return false;
	if (t->protocol == PROTOCOL_UDP)
		buf_clear(&t->wire);
	else if (n > most)
		n = most;
	assert_int_equal(buf_append(&t->wire, data, n), 0);
	t->sends++;
	session_sent(t->s, n, t->now);
	return true;
}

static inline void send_all(struct talk *t)
{
	while (send_some(t, SIZE_MAX))
		;
}

/* Compares what was sent since the last time. */
static inline void expect_wire(struct talk *t, const char *bytes)
{
	assert_int_equal(t->wire.size, strlen(bytes));
	if (t->wire.size)
		assert_memory_equal(buf_bytes(&t->wire), bytes, t->wire.size);
	buf_clear(&t->wire);
}

static inline void receive_bytes(struct talk *t, const void *data, size_t n)
{
	assert_int_equal(session_received(t->s, data, n, n, &here, t->now), 0);
}

static inline void receive(struct talk *t, const char *text)
{
	receive_bytes(t, text, strlen(text));
}

static inline bool end_it(struct talk *t, int error)
{
	return session_ended(t->s, error, t->now);
}

/* Lets the time pass to the next deadline, and ticks. */
static inline void pass(struct talk *t)
{
	uint64_t next = session_deadline(t->s);
	assert_int_not_equal(next, CLOCK_NEVER);
	if (next > t->now)
		t->now = next;
	session_tick(t->s, t->now);
}

static inline void expect_no_deadline(struct talk *t)
{
	assert_true(session_deadline(t->s) == CLOCK_NEVER);
}

/* A connection whose window is open: one sentence was answered. */
static inline void begin_open(struct talk *t, uint64_t timeout)
{
	begin_talk(t, PROTOCOL_TCP, timeout);
	say(t, "first");
	open_it(t);
	send_all(t);
	receive(t, "FIRST\n");
	expect(t, "say 1 \"first\"\nreply 1 right \"FIRST\"\n");
	expect_wire(t, "first\n");
	t->sends = 0;
}

/* Learns that the server closes after each reply; "c" is the next sentence. */
static inline void begin_one_each(struct talk *t)
{
	begin_talk(t, PROTOCOL_TCP, CLOCK_NEVER);
	say(t, "a");
	say(t, "b");
	open_it(t);
	send_all(t);
	receive(t, "A\n");
	assert_true(end_it(t, 0));
	say(t, "c");
	open_it(t);
	send_all(t);
	receive(t, "B\n");
	buf_clear(&t->log);
	buf_clear(&t->wire);
	t->sends = 0;
}

static inline void begin_udp(struct talk *t, uint64_t timeout)
{
	begin_talk(t, PROTOCOL_UDP, timeout);
	open_it(t);
}

/* Says and sends these, 5 ns apart, and forgets the lines. */
static inline void say_all(struct talk *t, const char *const *texts)
{
	for (; *texts; texts++) {
		say(t, *texts);
		send_all(t);
		t->now += 5;
	}
	buf_clear(&t->log);
}

#define SAY(t, ...) say_all(t, (const char *const[]){__VA_ARGS__, NULL})

/* The beginning of a datagram that had so many bytes. */
static inline void receive_cut(struct talk *t, const char *text, size_t whole)
{
	assert_int_equal(session_received(t->s, text, strlen(text), whole, &here, t->now), 0);
}

/* A seeded random number below n. */
static inline size_t chance(uint64_t *seed, size_t n)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)((*seed >> 33) % n);
}

#endif
