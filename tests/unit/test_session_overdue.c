/* Sentences in a stream whose replies are late, or never come. */
#include "test_session.h"

static void late_reply_comes_first(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, 2 * CLOCK_SECOND);
	uint64_t start = t.now;
	say(&t, "abc");
	say(&t, "x");
	send_all(&t);
	receive(&t, "AB");
	expect(&t, "say 2 \"abc\"\nsay 3 \"x\"\n");
	assert_int_equal(session_deadline(t.s), start + 2 * CLOCK_SECOND);
	t.now = start + 2 * CLOCK_SECOND - 1;
	session_tick(t.s, t.now);
	expect(&t, "");
	pass(&t);
	expect(&t, "missing 2 timeout \"AB\"\nmissing 3 timeout \"\"\n");
	assert_int_equal(t.last.limit, 2 * CLOCK_SECOND);
	assert_int_equal(session_waiting(t.s), 0);
	expect_no_deadline(&t);
	say(&t, "y");
	send_all(&t);
	t.now += 1;
	receive(&t, "C\n");
	assert_int_equal(t.last.rtt, 2 * CLOCK_SECOND + 1);
	receive(&t, "X\nY\n");
	expect(&t, "say 4 \"y\"\nreply 2 late right \"ABC\"\nreply 3 late right \"X\"\nreply 4 right \"Y\"\n");
	end_talk(&t);
}

/* A first sentence that is never answered does not hold up the others for ever. */
static void silent_server(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_SECOND);
	say(&t, "a");
	say(&t, "b");
	open_it(&t);
	send_all(&t);
	expect_wire(&t, "a\n");
	pass(&t);
	send_all(&t);
	expect_wire(&t, "b\n");
	pass(&t);
	expect(&t, "say 1 \"a\"\nsay 2 \"b\"\nmissing 1 timeout \"\"\nmissing 2 timeout \"\"\n");
	assert_false(end_it(&t, 0));
	expect(&t, "");
	assert_int_equal(session_waiting(t.s), 0);
	assert_false(session_wants_connection(t.s));
	end_talk(&t);
}

static void timeout_can_be_changed(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, CLOCK_NEVER);
	say(&t, "a");
	assert_true(send_some(&t, 1));
	expect_no_deadline(&t);
	session_set_timeout(t.s, CLOCK_SECOND);
	assert_int_equal(session_deadline(t.s), t.now + CLOCK_SECOND);
	t.now += CLOCK_SECOND / 2;
	assert_true(send_some(&t, 1));
	assert_int_equal(session_deadline(t.s), t.now + CLOCK_SECOND);
	session_set_timeout(t.s, CLOCK_NEVER);
	expect_no_deadline(&t);
	end_talk(&t);
}

/* A server that stops reading in the middle of a sentence, and goes on later. */
static void half_a_sentence_is_overdue(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, CLOCK_SECOND);
	say(&t, "abc");
	say(&t, "d");
	assert_true(send_some(&t, 2));
	pass(&t);
	expect(&t, "say 2 \"abc\"\nsay 3 \"d\"\nmissing 2 timeout \"\"\n");
	assert_int_equal(session_waiting(t.s), 1);
	expect_no_deadline(&t);
	send_all(&t);
	expect_wire(&t, "abc\nd\n");
	receive(&t, "ABC\nD\n");
	expect(&t, "reply 2 late right \"ABC\"\nreply 3 right \"D\"\n");
	end_talk(&t);
}

static void give_up_reports_all_in_order(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, CLOCK_NEVER);
	say(&t, "abc");
	say(&t, "d");
	send_all(&t);
	say(&t, "e");
	receive(&t, "AB");
	session_give_up(t.s, VERDICT_CANCELLED, 0, t.now);
	expect(&t, "say 2 \"abc\"\nsay 3 \"d\"\nsay 4 \"e\"\n"
		   "missing 2 cancelled \"AB\"\nmissing 3 cancelled \"\"\nmissing 4 cancelled \"\"\n");
	assert_int_equal(session_waiting(t.s), 0);
	assert_false(session_wants_connection(t.s));
	assert_false(end_it(&t, 0));
	expect(&t, "");
	end_talk(&t);
}

static void give_up_without_a_connection(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "a");
	session_give_up(t.s, VERDICT_UNSENT, ECONNREFUSED, t.now);
	expect(&t, "say 1 \"a\"\nmissing 1 unsent ECONNREFUSED \"\"\n");
	say(&t, "b");
	assert_true(session_wants_connection(t.s));
	open_it(&t);
	send_all(&t);
	expect_wire(&t, "b\n");
	session_unsendable(t.s, EMSGSIZE, t.now); /* no word of TCP's */
	expect(&t, "say 2 \"b\"\n");
	end_talk(&t);
}

static void give_up_forgets_the_overdue(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, CLOCK_SECOND);
	say(&t, "ab");
	send_all(&t);
	pass(&t);
	say(&t, "c");
	send_all(&t);
	receive(&t, "A");
	session_give_up(t.s, VERDICT_CANCELLED, 0, t.now);
	expect(&t, "say 2 \"ab\"\nmissing 2 timeout \"\"\nsay 3 \"c\"\nmissing 3 cancelled \"\"\n");
	open_it(&t);
	receive(&t, "?");
	session_give_up(t.s, VERDICT_CANCELLED, 0, t.now);
	expect(&t, "reply unasked \"?\"\n");
	end_talk(&t);
}

/* 100,000 sentences said at once, answered in chunks of 1,000 bytes. */
static void long_queue(void **state)
{
	(void)state;
	enum { SENTENCES = 100000 };
	struct talk t;
	char line[32];
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	for (int i = 1; i <= SENTENCES; i++) {
		snprintf(line, sizeof line, "sentence %d", i);
		say(&t, line);
	}
	buf_clear(&t.log);
	open_it(&t);
	while (send_some(&t, 1000)) {
		char upper[TEXT_UPPER_ROOM(1000)];
		assert_true(t.wire.size <= 1000);
		receive_bytes(&t, upper, text_upper_whole(buf_bytes(&t.wire), t.wire.size, upper));
		buf_clear(&t.wire);
	}
	assert_int_equal(session_waiting(t.s), 0);
	assert_int_equal(buf_append(&t.log, "", 1), 0);
	const char *at = (const char *)buf_bytes(&t.log);
	for (int i = 1; i <= SENTENCES; i++) {
		char expected[64];
		int n = snprintf(expected, sizeof expected, "reply %d right \"SENTENCE %d\"\n", i, i);
		assert_memory_equal(at, expected, (size_t)n);
		at += n;
	}
	assert_int_equal(*at, 0);
	end_talk(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(late_reply_comes_first),       cmocka_unit_test(silent_server),
		cmocka_unit_test(timeout_can_be_changed),       cmocka_unit_test(half_a_sentence_is_overdue),
		cmocka_unit_test(give_up_reports_all_in_order), cmocka_unit_test(give_up_without_a_connection),
		cmocka_unit_test(give_up_forgets_the_overdue),  cmocka_unit_test(long_queue),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
