/* What the tests of /reveal share: what happens at a server with a lab, and what is told of it. */
#ifndef TEST_VIEW_REVEAL_H
#define TEST_VIEW_REVEAL_H

#include <errno.h>

#include "test_view.h"

enum { PORT = 40000, LINES = 20 };

static struct log *happened;

static inline int begin(void **state)
{
	(void)state;
	happened = log_new(1000, SIZE_MAX);
	return happened ? 0 : -1;
}

static inline int end(void **state)
{
	(void)state;
	log_free(happened);
	return 0;
}

/* --- What happens --- */

static inline void happens(struct event e)
{
	assert_int_equal(log_append(happened, &e), 0);
}

static inline void socket_gets_port(uint16_t port)
{
	struct event_state s = {.protocol = PROTOCOL_UDP, .own = true, .remote = ipv4(1, 12000)};
	s.what = STATE_READY;
	happens(state_of(s, ""));
	s.what = STATE_PORT;
	s.local = ipv4(0, port);
	happens(state_of(s, ""));
}

static inline void say_at(uint64_t when, uint64_t number, const char *text)
{
	struct event_talk t = {.protocol = PROTOCOL_UDP, .sentence = number, .bytes = strlen(text)};
	struct event e = event_of(EVENT_SENTENCE, t, text);
	e.when = when;
	happens(e);
}

static inline void say(uint64_t number, const char *text)
{
	say_at(0, number, text);
}

static inline void answer(uint64_t when, uint64_t number, enum guess guess)
{
	struct event e =
		reply((struct event_talk){.protocol = PROTOCOL_UDP, .sentence = number, .guess = guess}, "WHATEVER");
	e.when = when;
	happens(e);
}

/* "": it is off. */
static inline void lab_is(const char *settings)
{
	happens(lab_event((struct event_lab){.what = LAB_SETTINGS, .fd = -1}, settings));
}

static inline void fate_then(uint64_t when, struct event_lab l, const char *text)
{
	l.what = LAB_FATE;
	l.bytes = strlen(text);
	l.peer = ipv4(1, PORT);
	struct event e = lab_event(l, text);
	e.when = when;
	happens(e);
}

static inline void fate_at(uint16_t port, struct event_lab l, const char *text)
{
	l.what = LAB_FATE;
	l.protocol = PROTOCOL_UDP;
	l.bytes = strlen(text);
	l.peer = ipv4(1, port);
	happens(lab_event(l, text));
}

static inline void fate(struct event_lab l, const char *text)
{
	fate_at(PORT, l, text);
}

#define GUESS " (a guess: an equal sentence may be meant)"

static const struct event_lab nothing, lost = {.request_dropped = true}, reply_lost = {.reply_dropped = true};

/* --- What is told --- */

struct told {
	const char *const *expected;
	size_t n;
};

static inline void compare(const char *line, size_t n, void *arg)
{
	struct told *t = arg;
	assert_non_null(t->expected[t->n]);
	char *text = strndup(line, n);
	assert_string_equal(text, t->expected[t->n]);
	free(text);
	t->n++;
}

/* Of the last `sentences`, these lines and no others, up to NULL. */
static inline void assert_revealed(size_t sentences, const char *const expected[])
{
	struct told t = {expected, 0};
	int n = view_reveal(happened, sentences, compare, &t);
	assert_int_equal(n, (int)t.n);
	assert_null(expected[t.n]);
}

#define ASSERT_REVEALED(sentences, ...) assert_revealed(sentences, (const char *const[]){__VA_ARGS__, NULL})

static inline void assert_nothing_revealed(size_t sentences)
{
	assert_revealed(sentences, (const char *const[]){NULL});
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

#endif
