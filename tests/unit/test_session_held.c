/* Over TCP: what was sent, and what is only said. */
#include "test_session.h"

static void begin_queue(struct talk *t)
{
	begin_talk(t, PROTOCOL_TCP, CLOCK_NEVER);
	t->queue = true;
}

static void one_goes_and_the_others_are_queued(void **state)
{
	(void)state;
	struct talk t;
	begin_queue(&t);
	open_it(&t);
	say(&t, "first");
	send_all(&t);
	say(&t, "second");
	say(&t, "third");
	send_all(&t);
	expect_wire(&t, "first\n");
	expect(&t, "say 1 \"first\"\nqueued: say 2 \"second\"\nqueued: say 3 \"third\"\n");
	assert_int_equal(session_unsent(t.s), 2);
	assert_int_equal(session_waiting(t.s), 3);
	receive(&t, "FIRST\n");
	send_all(&t);
	expect(&t, "reply 1 right \"FIRST\"\ngoes 2\ngoes 3\n");
	assert_int_equal(t.last.bytes, 6);
	expect_wire(&t, "second\nthird\n");
	assert_int_equal(session_unsent(t.s), 0);
	say(&t, "fourth");
	expect(&t, "say 4 \"fourth\"\n");
	end_talk(&t);
}

static void without_a_connection_it_is_queued(void **state)
{
	(void)state;
	struct talk t;
	begin_queue(&t);
	say(&t, "hello");
	expect(&t, "queued: say 1 \"hello\"\n");
	session_give_up(t.s, VERDICT_CANCELLED, 0, t.now);
	expect(&t, "queued: missing 1 cancelled \"\"\n");
	say(&t, "again");
	open_it(&t);
	send_some(&t, 2); /* a part is sent, and it is no longer queued */
	expect(&t, "queued: say 2 \"again\"\ngoes 2\n");
	assert_int_equal(session_unsent(t.s), 0);
	session_give_up(t.s, VERDICT_CANCELLED, 0, t.now);
	expect(&t, "missing 2 cancelled \"\"\n");
	end_talk(&t);
}

static void what_is_sent_again_was_sent(void **state)
{
	(void)state;
	struct talk t;
	begin_one_each(&t);
	t.queue = true;
	end_it(&t, 0);
	say(&t, "d");
	open_it(&t);
	send_all(&t);
	expect(&t, "queued: say 4 \"d\"\ngoes 3\n");
	end_talk(&t);
}

static void how_long_it_is_held(void **state)
{
	(void)state;
	struct talk t;
	begin_queue(&t);
	assert_true(session_held_since(t.s) == CLOCK_NEVER);
	say(&t, "first");
	say(&t, "second");
	assert_true(session_held_since(t.s) == CLOCK_NEVER); /* there is no connection, which says enough */
	open_it(&t);
	assert_true(session_held_since(t.s) == CLOCK_NEVER);
	uint64_t sent = t.now;
	send_all(&t);
	t.now += 5;
	assert_true(session_held_since(t.s) == sent);
	receive(&t, "FIRST\n");
	assert_true(session_held_since(t.s) == CLOCK_NEVER);
	end_talk(&t);
	begin_one_each(&t); /* such a server is known to take one a connection */
	say(&t, "d");
	end_it(&t, 0);
	open_it(&t);
	send_all(&t);
	assert_true(session_held_since(t.s) == CLOCK_NEVER);
	end_talk(&t);
	begin_udp(&t, CLOCK_NEVER);
	say(&t, "a");
	send_all(&t);
	assert_true(session_held_since(t.s) == CLOCK_NEVER);
	end_talk(&t);
}

static void a_reply_that_is_overdue_lets_the_next_go(void **state)
{
	(void)state;
	struct talk t;
	begin_queue(&t);
	say(&t, "first");
	say(&t, "second");
	open_it(&t);
	send_all(&t);
	assert_int_equal(session_unsent(t.s), 1);
	session_set_timeout(t.s, CLOCK_SECOND);
	pass(&t);
	send_all(&t);
	assert_int_equal(session_unsent(t.s), 0);
	end_talk(&t);
}

static void in_a_stream_nothing_waits_nor_is_matched(void **state)
{
	(void)state;
	struct talk t;
	begin_queue(&t);
	session_stream(t.s);
	say(&t, "GET /");
	say(&t, "");
	assert_true(session_wants_connection(t.s));
	open_it(&t);
	send_some(&t, 3);
	assert_int_equal(session_waiting(t.s), 2);
	send_all(&t);
	expect_wire(&t, "GET /\n\n");
	expect(&t, "queued: say 1 \"GET /\"\nqueued: say 2 \"\"\ngoes 1\ngoes 2\n");
	assert_int_equal(session_waiting(t.s), 0);
	receive(&t, "GET /\n\nmo");
	receive(&t, "re");
	expect(&t, "reply unasked \"GET /\\0a\\0amo\"\nreply unasked \"re\"\n");
	expect_no_deadline(&t);
	end_talk(&t);
}

static void a_stream_has_one_connection(void **state)
{
	(void)state;
	struct talk t;
	begin_queue(&t);
	session_stream(t.s);
	open_it(&t);
	say(&t, "one");
	say(&t, "two");
	say(&t, "three");
	send_all(&t);
	say(&t, "four");
	send_some(&t, 2);
	say(&t, "five");
	buf_clear(&t.log);
	assert_false(end_it(&t, ECONNRESET));
	expect(&t, "missing 4 cut ECONNRESET \"\"\nqueued: missing 5 cut ECONNRESET \"\"\n");
	say(&t, "six");
	assert_false(session_wants_connection(t.s));
	end_talk(&t);
}

static void a_stream_is_as_long_as_it_is(void **state)
{
	(void)state;
	struct talk t;
	char line[4096];
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	session_stream(t.s);
	open_it(&t);
	memset(line, 'x', sizeof line);
	for (int i = 0; i < 2 * SESSION_TCP_AHEAD / (int)sizeof line; i++) {
		say_bytes(&t, line, sizeof line);
		send_all(&t);
		assert_int_equal(session_waiting(t.s), 0);
	}
	end_talk(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_goes_and_the_others_are_queued),
		cmocka_unit_test(without_a_connection_it_is_queued),
		cmocka_unit_test(what_is_sent_again_was_sent),
		cmocka_unit_test(how_long_it_is_held),
		cmocka_unit_test(a_reply_that_is_overdue_lets_the_next_go),
		cmocka_unit_test(in_a_stream_nothing_waits_nor_is_matched),
		cmocka_unit_test(a_stream_has_one_connection),
		cmocka_unit_test(a_stream_is_as_long_as_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
