/* A burst or a ping: when its sentences are said, when it is over, what it says of itself. Times are made up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off: cmocka wants these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* clang-format on */

#include <uproar/text.h>

#include "../../src/client/series.h"

#define BEGIN (100 * CLOCK_SECOND)
#define MS    CLOCK_MS

/* --- What the tests share --- */

static struct series_run *begin(const struct series_plan *plan)
{
	static struct series_run run;
	series_free(&run);
	assert_int_equal(series_begin(&run, plan, BEGIN), 0);
	return &run;
}

static struct series_run *begin_ping(uint32_t count, uint64_t interval, uint64_t patience)
{
	return begin(&(struct series_plan){SERIES_PING, count, interval, patience, NULL});
}

static struct series_run *begin_burst(uint32_t count)
{
	return begin(&(struct series_plan){SERIES_BURST, count, 0, CLOCK_NEVER, "hey"});
}

/* The session's sentence number 10 is the first one of the series. */
enum { FIRST = 10 };

static struct event talk(enum event_kind kind, const struct series_run *r, uint32_t place)
{
	return (struct event){
		.who = EVENT_CLIENT,
		.kind = kind,
		.talk = {.protocol = PROTOCOL_UDP, .series = {r->plan.kind, place}, .sentence = FIRST - 1 + place},
	};
}

static void tell(struct series_run *r, enum event_kind kind, uint32_t place, enum event_verdict verdict, uint64_t now)
{
	struct event e = talk(kind, r, place);
	e.talk.verdict = verdict;
	e.talk.rtt = kind == EVENT_REPLY ? MS : 0;
	series_take(r, &e, now);
}

/* Says the next sentence, as its owner does, and the session tells of it. */
static bool say(struct series_run *r, uint64_t now)
{
	struct series series;
	if (!series_next(r, now, &series))
		return false;
	assert_int_equal(series.kind, r->plan.kind);
	assert_int_equal(series.place, r->said);
	tell(r, EVENT_SENTENCE, series.place, 0, now);
	return true;
}

static void answer(struct series_run *r, uint32_t place, uint64_t now)
{
	tell(r, EVENT_REPLY, place, VERDICT_RIGHT, now);
}

static void answer_late(struct series_run *r, uint32_t place, uint64_t now)
{
	struct event e = talk(EVENT_REPLY, r, place);
	e.talk.verdict = VERDICT_RIGHT;
	e.talk.late = true;
	series_take(r, &e, now);
}

static void keep_line(const char *line, size_t n, void *arg)
{
	buf_printf(arg, "%.*s\n", (int)n, line);
}

/* The lines of the summary, each with a newline; valid until the next call. */
static const char *summary(const struct series_run *r)
{
	static struct buf lines;
	buf_clear(&lines);
	assert_int_equal(series_summary(r, "127.0.0.1:12000", keep_line, &lines), 0);
	assert_int_equal(buf_append(&lines, "", 1), 0);
	return (const char *)buf_bytes(&lines);
}

static const char *progress(const struct series_run *r)
{
	static char out[SERIES_PROGRESS];
	return series_progress(r, out);
}

/* --- A ping --- */

static void test_nothing_has_begun(void **state)
{
	(void)state;
	struct series_run r = {0};
	struct series series;
	struct event e = {.who = EVENT_CLIENT, .kind = EVENT_REPLY};
	assert_false(series_next(&r, BEGIN, &series));
	assert_false(series_reports(&r, BEGIN));
	assert_int_equal(series_deadline(&r), CLOCK_NEVER);
	assert_string_equal(progress(&r), "");
	series_take(&r, &e, BEGIN);
	series_stop(&r);
	series_break(&r);
	assert_false(series_reports(&r, BEGIN));
	series_free(&r);
}

static void test_one_every_interval(void **state)
{
	(void)state;
	struct series_run *r = begin_ping(3, CLOCK_SECOND, CLOCK_NEVER);
	assert_string_equal(progress(r), "ping 0 of 3");
	assert_true(say(r, BEGIN));
	assert_false(say(r, BEGIN));
	assert_string_equal(progress(r), "ping 1 of 3");
	assert_int_equal(series_deadline(r), BEGIN + CLOCK_SECOND);
	assert_false(say(r, BEGIN + CLOCK_SECOND - 1));
	assert_true(say(r, BEGIN + CLOCK_SECOND + 3 * MS));             /* no reply is waited for, */
	assert_int_equal(series_deadline(r), BEGIN + 2 * CLOCK_SECOND); /* and being late does not add up */
	assert_true(say(r, BEGIN + 2 * CLOCK_SECOND));
	assert_false(say(r, BEGIN + 3 * CLOCK_SECOND));
	assert_int_equal(series_deadline(r), CLOCK_NEVER);
	assert_false(series_reports(r, BEGIN + 3 * CLOCK_SECOND));
	answer(r, 1, BEGIN + 3 * CLOCK_SECOND);
	answer(r, 3, BEGIN + 3 * CLOCK_SECOND);
	assert_false(series_reports(r, BEGIN + 3 * CLOCK_SECOND));
	tell(r, EVENT_MISSING, 2, VERDICT_TIMEOUT, BEGIN + 4 * CLOCK_SECOND);
	assert_true(series_reports(r, BEGIN + 4 * CLOCK_SECOND));
	assert_false(series_reports(r, BEGIN + 9 * CLOCK_SECOND)); /* once */
	assert_string_equal(progress(r), "");
	assert_non_null(strstr(summary(r), "--- 127.0.0.1:12000 ping statistics ---\n3 sent, 2 received"));
	assert_non_null(strstr(summary(r), "time 4000 ms"));
}

/* A laptop that slept does not send a thousand at once. */
static void test_what_was_missed_is_not_caught_up_with(void **state)
{
	(void)state;
	struct series_run *r = begin_ping(1000, 10 * MS, CLOCK_NEVER);
	assert_true(say(r, BEGIN));
	uint64_t now = BEGIN + 3600 * CLOCK_SECOND;
	int said = 0;
	while (say(r, now))
		said++;
	assert_in_range(said, 1, 2);
	assert_in_range(series_deadline(r), now + 1, now + 10 * MS);
}

static void test_without_interval_each_waits_for_a_verdict(void **state)
{
	(void)state;
	struct series_run *r = begin_ping(3, 0, CLOCK_NEVER);
	assert_true(say(r, BEGIN));
	assert_false(say(r, BEGIN + CLOCK_SECOND));
	assert_int_equal(series_deadline(r), CLOCK_NEVER);
	tell(r, EVENT_REPLY, 1, VERDICT_WRONG, BEGIN + MS);
	assert_true(series_deadline(r) <= BEGIN + MS);
	assert_true(say(r, BEGIN + MS));
	tell(r, EVENT_MISSING, 2, VERDICT_TIMEOUT, BEGIN + 2 * MS);
	assert_true(say(r, BEGIN + 2 * MS));
	tell(r, EVENT_REPLY, 3, VERDICT_TRUNCATED, BEGIN + 3 * MS);
	assert_true(series_reports(r, BEGIN + 3 * MS));
}

/* Whatever ends a sentence ends it once; the rest does not count as a verdict. */
static void test_what_settles_a_sentence(void **state)
{
	(void)state;
	static const enum event_verdict missing[] = {VERDICT_TIMEOUT, VERDICT_CUT_SHORT, VERDICT_UNSENT,
						     VERDICT_CANCELLED, VERDICT_REFUSED};
	for (size_t i = 0; i < COUNT(missing); i++) {
		struct series_run *r = begin_ping(2, 0, CLOCK_NEVER);
		assert_true(say(r, BEGIN));
		tell(r, EVENT_MISSING, 1, missing[i], BEGIN);
		assert_true(say(r, BEGIN));
		answer_late(r, 1, BEGIN);
		tell(r, EVENT_REPLY, 1, VERDICT_DUPLICATE, BEGIN);
		struct event foreign = talk(EVENT_REPLY, r, 1);
		foreign.talk.sentence = 0;
		foreign.talk.series = (struct series){SERIES_NONE, 0};
		foreign.talk.verdict = VERDICT_UNASKED;
		series_take(r, &foreign, BEGIN);
		foreign.talk.verdict = VERDICT_STRANGER;
		series_take(r, &foreign, BEGIN);
		assert_false(series_reports(r, BEGIN));
		answer(r, 2, BEGIN);
		assert_true(series_reports(r, BEGIN));
	}
}

/* Sentences that the user types meanwhile, and late replies to the ping before this one. */
static void test_others_do_not_count(void **state)
{
	(void)state;
	struct series_run *r = begin_ping(1, CLOCK_SECOND, CLOCK_NEVER);
	struct event other = talk(EVENT_REPLY, r, 1);
	other.talk.verdict = VERDICT_RIGHT;
	other.talk.sentence = FIRST - 5;
	series_take(r, &other, BEGIN); /* before the session has told of our first */
	assert_true(say(r, BEGIN));
	series_take(r, &other, BEGIN);
	other.talk.sentence = FIRST + 1;
	other.talk.series = (struct series){SERIES_NONE, 0};
	series_take(r, &other, BEGIN);
	other = talk(EVENT_REPLY, r, 1);
	other.who = EVENT_SERVER;
	series_take(r, &other, BEGIN);
	assert_false(series_reports(r, BEGIN));
	answer(r, 1, BEGIN);
	assert_true(series_reports(r, BEGIN));
	assert_non_null(strstr(summary(r), "1 sent, 1 received"));
}

static void test_patience_ends(void **state)
{
	(void)state;
	struct series_run *r = begin_ping(2, CLOCK_SECOND, SERIES_PATIENCE);
	assert_true(say(r, BEGIN));
	uint64_t last = BEGIN + CLOCK_SECOND;
	assert_int_equal(series_deadline(r), last);
	assert_true(say(r, last));
	assert_int_equal(series_deadline(r), last + SERIES_PATIENCE);
	answer(r, 1, last + CLOCK_SECOND);
	assert_int_equal(series_deadline(r), last + CLOCK_SECOND + SERIES_PATIENCE);
	assert_false(series_reports(r, last + SERIES_PATIENCE));
	assert_true(series_reports(r, last + CLOCK_SECOND + SERIES_PATIENCE));
	assert_int_equal(series_deadline(r), CLOCK_NEVER);
}

/* A ping of a million to a server that never answers and has no timeout. */
static void test_bounded_ahead(void **state)
{
	(void)state;
	struct series_run *r = begin_ping(SERIES_PINGS_MAX, 2 * MS, SERIES_PATIENCE);
	uint64_t now = BEGIN;
	uint32_t said = 0;
	for (int i = 0; i < 2 * SERIES_AHEAD; i++, now += 2 * MS)
		said += say(r, now);
	assert_int_equal(said, SERIES_AHEAD);
	assert_true(series_deadline(r) > now && series_deadline(r) != CLOCK_NEVER);
	assert_true(series_reports(r, series_deadline(r)));
}

static void test_stopping_and_breaking(void **state)
{
	(void)state;
	struct series_run *r = begin_ping(10, CLOCK_SECOND, CLOCK_NEVER);
	assert_true(say(r, BEGIN));
	assert_true(say(r, BEGIN + CLOCK_SECOND));
	answer(r, 1, BEGIN + CLOCK_SECOND);
	series_stop(r);
	assert_false(say(r, BEGIN + 5 * CLOCK_SECOND));
	assert_false(series_reports(r, BEGIN + 5 * CLOCK_SECOND));
	tell(r, EVENT_MISSING, 2, VERDICT_CANCELLED, BEGIN + 5 * CLOCK_SECOND);
	assert_true(series_reports(r, BEGIN + 5 * CLOCK_SECOND));

	r = begin_ping(10, CLOCK_SECOND, CLOCK_NEVER);
	assert_true(say(r, BEGIN));
	series_break(r);
	assert_false(say(r, BEGIN + 5 * CLOCK_SECOND));
	assert_true(series_reports(r, BEGIN + MS));
	assert_false(series_reports(r, BEGIN + 5 * CLOCK_SECOND));
	assert_non_null(strstr(summary(r), "1 sent, 0 received"));
}

/* Sentences go to another thread: what it has not told of yet would be missing in the figures. */
static void test_breaking_waits_for_what_was_said(void **state)
{
	(void)state;
	struct series series;
	struct series_run *r = begin_burst(20);
	for (int i = 0; i < 20; i++)
		assert_true(series_next(r, BEGIN, &series));
	tell(r, EVENT_SENTENCE, 1, 0, BEGIN);
	series_break(r);
	assert_false(series_reports(r, BEGIN));
	assert_int_equal(series_deadline(r), CLOCK_NEVER);
	for (uint32_t i = 2; i <= 20; i++)
		tell(r, EVENT_SENTENCE, i, 0, BEGIN);
	assert_true(series_reports(r, BEGIN));
	assert_string_equal(summary(r), "Burst: 20 sent, 0 answered, 0 lost, 20 still waited for.\n");

	r = begin_burst(20);
	assert_true(series_next(r, BEGIN, &series));
	series_break(r);
	assert_false(series_reports(r, BEGIN));
	series_break(r);
	assert_true(series_reports(r, BEGIN));
}

/* A second series with the object of the first one counts from nothing. */
static void test_a_second_one(void **state)
{
	(void)state;
	struct series_run r = {0};
	for (int i = 0; i < 2; i++) {
		const struct series_plan plan = {SERIES_PING, 1, 0, CLOCK_NEVER, NULL};
		assert_int_equal(series_begin(&r, &plan, BEGIN), 0);
		assert_true(say(&r, BEGIN));
		assert_false(series_reports(&r, BEGIN));
		answer(&r, 1, BEGIN);
		assert_true(series_reports(&r, BEGIN));
		assert_non_null(strstr(summary(&r), "1 sent, 1 received"));
	}
	series_free(&r);
}

/* Good for an uppercase server and an echo alike, and no two are equal. */
static void test_sentence_of_a_ping(void **state)
{
	(void)state;
	struct series_run *r = begin_ping(2, 0, CLOCK_NEVER);
	struct buf one = {0}, two = {0};
	uint64_t wall = (14 * 3600 + 3 * 60 + 7) * CLOCK_SECOND + 42001 * UINT64_C(1000);
	assert_int_equal(series_sentence(r, (struct series){SERIES_PING, 1}, wall, &one), 0);
	assert_int_equal(series_sentence(r, (struct series){SERIES_PING, 2}, wall, &two), 0);
	assert_int_equal(one.size, strlen("PING 1 14:03:07.042001"));
	assert_memory_equal(buf_bytes(&one), "PING 1 14:03:07.042001", one.size);
	assert_memory_equal(buf_bytes(&two), "PING 2 14:03:07.042001", two.size);
	char upper[TEXT_UPPER_ROOM(64)];
	assert_int_equal(text_upper_whole(buf_bytes(&one), one.size, upper), one.size);
	assert_memory_equal(upper, buf_bytes(&one), one.size);
	buf_free(&one);
	buf_free(&two);
}

/* --- A burst --- */

static void test_burst_at_once(void **state)
{
	(void)state;
	struct series_run *r = begin_burst(200);
	struct buf text = {0};
	for (int i = 0; i < 200; i++)
		assert_true(say(r, BEGIN));
	assert_false(say(r, BEGIN));
	assert_string_equal(progress(r), "burst: 0 of 200");
	assert_int_equal(series_sentence(r, (struct series){SERIES_BURST, 200}, 0, &text), 0);
	assert_int_equal(text.size, 7);
	assert_memory_equal(buf_bytes(&text), "hey 200", 7);
	buf_free(&text);
	for (uint32_t i = 1; i <= 9; i++)
		answer(r, i, BEGIN + MS);
	assert_string_equal(progress(r), "burst: 9 of 200");
	for (uint32_t i = 10; i <= 200; i++)
		tell(r, EVENT_MISSING, i, VERDICT_TIMEOUT, BEGIN + 2 * CLOCK_SECOND);
	assert_true(series_reports(r, BEGIN + 2 * CLOCK_SECOND));
	assert_string_equal(summary(r), "Burst: 200 sent, 9 answered, 191 lost.\n");
}

static void test_burst_in_detail(void **state)
{
	(void)state;
	struct series_run *r = begin_burst(11);
	for (int i = 0; i < 11; i++)
		assert_true(say(r, BEGIN));
	answer(r, 2, BEGIN);
	tell(r, EVENT_REPLY, 2, VERDICT_DUPLICATE, BEGIN);
	tell(r, EVENT_REPLY, 3, VERDICT_WRONG, BEGIN);
	tell(r, EVENT_REPLY, 4, VERDICT_TRUNCATED, BEGIN);
	tell(r, EVENT_MISSING, 5, VERDICT_CUT_SHORT, BEGIN);
	tell(r, EVENT_MISSING, 6, VERDICT_UNSENT, BEGIN);
	tell(r, EVENT_MISSING, 7, VERDICT_REFUSED, BEGIN);
	tell(r, EVENT_MISSING, 8, VERDICT_CANCELLED, BEGIN);
	tell(r, EVENT_MISSING, 9, VERDICT_TIMEOUT, BEGIN);
	answer_late(r, 9, BEGIN);
	tell(r, EVENT_MISSING, 10, VERDICT_TIMEOUT, BEGIN);
	struct event drops = {.who = EVENT_CLIENT, .kind = EVENT_KERNEL, .kernel = {.why = KERNEL_DROPS, .dropped = 1}};
	series_take(r, &drops, BEGIN);
	struct event first = talk(EVENT_REPLY, r, 1);
	first.talk.verdict = VERDICT_RIGHT;
	first.talk.out_of_order = true;
	series_take(r, &first, BEGIN);
	series_break(r); /* sentence 11 */
	assert_true(series_reports(r, BEGIN));
	assert_string_equal(
		summary(r),
		"Burst: 11 sent, 2 answered, 1 lost, 1 late, 1 wrong, 1 truncated, 1 cut short, 1 not sent, "
		"1 refused, 1 given up, 1 still waited for, 1 answered twice, 1 out of order, 1 lost in this end's "
		"receive queue.\n");
}

/* A server was held longer than the timeout: what it answers then changes the sum, which is told again. */
static void test_burst_answered_late(void **state)
{
	(void)state;
	struct series_run *r = begin_burst(20);
	for (int i = 0; i < 20; i++)
		assert_true(say(r, BEGIN));
	uint64_t now = BEGIN + 2 * CLOCK_SECOND;
	for (uint32_t i = 1; i <= 20; i++)
		tell(r, EVENT_MISSING, i, VERDICT_TIMEOUT, now);
	assert_true(series_reports(r, now));
	assert_string_equal(summary(r), "Burst: 20 sent, 0 answered, 20 lost.\n");
	now += CLOCK_SECOND;
	for (uint32_t i = 1; i <= 9; i++)
		answer_late(r, i, now + i);
	assert_false(series_reports(r, now + 9));
	assert_true(series_deadline(r) != CLOCK_NEVER);
	assert_true(series_reports(r, series_deadline(r)));
	assert_string_equal(summary(r), "Burst: 20 sent, 0 answered, 11 lost, 9 late.\n");
	assert_int_equal(series_deadline(r), CLOCK_NEVER);
}

static int use_utc(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_has_begun),
		cmocka_unit_test(test_one_every_interval),
		cmocka_unit_test(test_what_was_missed_is_not_caught_up_with),
		cmocka_unit_test(test_without_interval_each_waits_for_a_verdict),
		cmocka_unit_test(test_what_settles_a_sentence),
		cmocka_unit_test(test_others_do_not_count),
		cmocka_unit_test(test_patience_ends),
		cmocka_unit_test(test_bounded_ahead),
		cmocka_unit_test(test_stopping_and_breaking),
		cmocka_unit_test(test_breaking_waits_for_what_was_said),
		cmocka_unit_test(test_a_second_one),
		cmocka_unit_test(test_sentence_of_a_ping),
		cmocka_unit_test(test_burst_at_once),
		cmocka_unit_test(test_burst_in_detail),
		cmocka_unit_test(test_burst_answered_late),
	};
	return cmocka_run_group_tests_name("client_series", tests, use_utc, NULL);
}
