/* Connections that end: the book's server, which closes after each reply, and servers that are lost. */
#include "test_session.h"

static void server_that_closes_after_each_reply(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "a");
	say(&t, "b");
	say(&t, "c");
	open_it(&t);
	send_all(&t);
	receive(&t, "A\n");
	send_all(&t); /* its FIN is still on the way */
	expect_wire(&t, "a\nb\nc\n");
	say(&t, "d");
	assert_true(end_it(&t, 0));
	expect(&t, "say 1 \"a\"\nsay 2 \"b\"\nsay 3 \"c\"\nreply 1 right \"A\"\nsay 4 \"d\"\n");
	assert_int_equal(session_waiting(t.s), 3);
	assert_true(session_wants_connection(t.s));

	open_it(&t);
	assert_true(send_some(&t, 1));
	expect(&t, "again 2 \"b\"\n");
	assert_int_equal(t.last.bytes, 2);
	assert_true(t.last.again);
	send_all(&t);
	expect_wire(&t, "b\n");
	receive(&t, "B\n");
	send_all(&t);
	expect_wire(&t, "");
	assert_true(end_it(&t, 0));
	expect(&t, "reply 2 right \"B\"\n");
	open_it(&t);
	send_all(&t);
	receive(&t, "C");
	assert_true(end_it(&t, 0));
	expect(&t, "again 3 \"c\"\nreply 3 right \"C\"\n");
	open_it(&t);
	send_all(&t);
	receive(&t, "D");
	assert_true(end_it(&t, 0));
	expect(&t, "reply 4 right \"D\"\n");
	assert_false(session_wants_connection(t.s));
	end_talk(&t);
}

/* What was never wholly sent is no news when it goes. */
static void half_a_sentence_is_sent_again_silently(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "a");
	say(&t, "bcd");
	open_it(&t);
	send_all(&t);
	receive(&t, "A\n");
	assert_true(send_some(&t, 2));
	assert_true(end_it(&t, ECONNRESET)); /* of what it did not read */
	open_it(&t);
	buf_clear(&t.wire);
	send_all(&t);
	expect_wire(&t, "bcd\n");
	expect(&t, "say 1 \"a\"\nsay 2 \"bcd\"\nreply 1 right \"A\"\n");
	end_talk(&t);
}

static void nothing_waiting_means_nothing(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	for (int i = 0; i < 3; i++) {
		say(&t, "a");
		open_it(&t);
		send_all(&t);
		receive(&t, "A\n");
		assert_false(end_it(&t, 0));
		assert_false(end_it(&t, 0));
	}
	assert_false(session_wants_connection(t.s));
	end_talk(&t);
}

static void end_without_a_reply(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "a");
	say(&t, "b");
	say(&t, "c");
	open_it(&t);
	send_all(&t);
	assert_false(end_it(&t, ECONNRESET));
	expect(&t, "say 1 \"a\"\nsay 2 \"b\"\nsay 3 \"c\"\nmissing 1 cut ECONNRESET \"\"\n");
	assert_true(session_wants_connection(t.s));
	open_it(&t);
	assert_false(end_it(&t, 0)); /* not even used: that costs one, or it could go on for ever */
	expect(&t, "missing 2 cut \"\"\n");
	open_it(&t);
	assert_true(send_some(&t, 1));
	assert_false(end_it(&t, 0));
	expect(&t, "missing 3 cut \"\"\n");
	open_it(&t);
	assert_false(end_it(&t, 0));
	expect(&t, "");
	end_talk(&t);
}

static void greeting_is_not_taken_for_a_reply(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "a");
	say(&t, "b");
	open_it(&t);
	receive(&t, "Go away");
	assert_false(end_it(&t, 0));
	expect(&t, "say 1 \"a\"\nsay 2 \"b\"\nreply unasked \"Go away\"\nmissing 1 cut \"\"\n");
	end_talk(&t);
}

static void end_in_the_middle_of_a_reply(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "abc");
	say(&t, "d");
	open_it(&t);
	send_all(&t);
	receive(&t, "A");
	receive(&t, "B");
	assert_false(end_it(&t, 0));
	expect(&t, "say 1 \"abc\"\nsay 2 \"d\"\nmissing 1 cut \"AB\"\n");
	assert_int_equal(t.last.pieces, 2);
	assert_int_equal(session_waiting(t.s), 1);
	end_talk(&t);
}

static void end_in_the_middle_of_a_later_reply(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "a");
	say(&t, "bcd");
	say(&t, "e");
	open_it(&t);
	send_all(&t);
	receive(&t, "A\nBC");
	send_all(&t);
	receive(&t, "BC");
	assert_false(end_it(&t, ECONNRESET)); /* it was at the second: it does not close after each */
	expect(&t, "say 1 \"a\"\nsay 2 \"bcd\"\nsay 3 \"e\"\nreply 1 right \"A\"\n"
		   "reply unasked \"BC\"\nmissing 2 cut ECONNRESET \"BC\"\nmissing 3 cut ECONNRESET \"\"\n");
	assert_false(session_wants_connection(t.s));
	end_talk(&t);
}

static void end_of_the_stream_ends_a_reply(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "hello");
	say(&t, "b");
	open_it(&t);
	send_all(&t);
	receive(&t, "hello");
	t.now += 3;
	assert_true(end_it(&t, 0)); /* a reply, if a wrong one: it closes after each */
	expect(&t, "say 1 \"hello\"\nsay 2 \"b\"\nreply 1 wrong \"hello\"\n");
	assert_int_equal(t.last.rtt, 3);
	open_it(&t);
	send_all(&t);
	receive(&t, "B\r");
	assert_true(end_it(&t, 0));
	expect(&t, "reply 2 right \"B\"\n");
	end_talk(&t);
}

static void new_connection_begins_afresh(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "a");
	open_it(&t);
	send_all(&t);
	receive(&t, "A");
	assert_false(end_it(&t, 0));
	open_it(&t);
	receive(&t, "\n");
	expect(&t, "say 1 \"a\"\nreply 1 right \"A\"\nreply unasked \"\"\n");
	end_talk(&t);
}

/* A server that reads a part of a long sentence, answers that, and closes. */
static void end_in_the_middle_of_a_sentence(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "hello");
	open_it(&t);
	assert_true(send_some(&t, 3));
	receive(&t, "HEL");
	assert_false(end_it(&t, ECONNRESET));
	expect(&t, "say 1 \"hello\"\nmissing 1 cut ECONNRESET \"HEL\"\n");
	say(&t, "hello");
	open_it(&t);
	assert_true(send_some(&t, 3));
	receive(&t, "hel");
	assert_false(end_it(&t, 0));
	expect(&t, "say 2 \"hello\"\nreply 2 wrong \"hel\"\n");
	end_talk(&t);
}

static void end_with_overdue_sentences(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_SECOND);
	say(&t, "first");
	open_it(&t);
	send_all(&t);
	receive(&t, "FIRST\n");
	say(&t, "abc");
	say(&t, "d");
	send_all(&t);
	pass(&t);
	say(&t, "e");
	send_all(&t);
	receive(&t, "AB");
	assert_false(end_it(&t, 0));
	expect(&t, "say 1 \"first\"\nreply 1 right \"FIRST\"\nsay 2 \"abc\"\nsay 3 \"d\"\n"
		   "missing 2 timeout \"\"\nmissing 3 timeout \"\"\nsay 4 \"e\"\nreply 2 late wrong \"AB\"\n"
		   "missing 4 cut \"\"\n");
	assert_int_equal(session_waiting(t.s), 0);
	end_talk(&t);
}

/* It does not close after all: then it is asked again a while later, and all goes faster from then on. */
static void connection_that_stays_open_is_used(void **state)
{
	(void)state;
	struct talk t;
	begin_one_each(&t);
	say(&t, "d");
	say(&t, "e");
	assert_false(send_some(&t, 1));
	assert_int_equal(session_deadline(t.s), t.now + SESSION_QUIET);
	pass(&t);
	send_all(&t);
	expect_wire(&t, "c\n");
	expect_no_deadline(&t);
	receive(&t, "C\n");
	send_all(&t);
	expect_wire(&t, "d\ne\n");
	receive(&t, "D\nE\n");
	assert_false(end_it(&t, 0));
	end_talk(&t);
}

static void late_sentence_uses_the_open_connection(void **state)
{
	(void)state;
	struct talk t;
	begin_one_each(&t);
	pass(&t);
	send_all(&t);
	expect_wire(&t, "c\n");
	assert_true(end_it(&t, 0)); /* it had answered before: this one is sent again */
	assert_true(session_wants_connection(t.s));
	open_it(&t);
	send_all(&t);
	receive(&t, "C\n");
	expect(&t, "again 3 \"c\"\nreply 3 right \"C\"\n");
	expect_no_deadline(&t);
	t.now += 10 * CLOCK_SECOND;
	say(&t, "d");
	send_all(&t);
	expect_wire(&t, "c\nd\n");
	end_talk(&t);
}

static void unasked_words_over_a_spent_connection(void **state)
{
	(void)state;
	struct talk t;
	begin_one_each(&t);
	receive(&t, "C\n");
	expect(&t, "reply unasked \"C\"\n");
	assert_true(end_it(&t, 0));
	assert_int_equal(session_waiting(t.s), 1);
	end_talk(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server_that_closes_after_each_reply),
		cmocka_unit_test(half_a_sentence_is_sent_again_silently),
		cmocka_unit_test(nothing_waiting_means_nothing),
		cmocka_unit_test(end_without_a_reply),
		cmocka_unit_test(greeting_is_not_taken_for_a_reply),
		cmocka_unit_test(end_in_the_middle_of_a_reply),
		cmocka_unit_test(end_in_the_middle_of_a_later_reply),
		cmocka_unit_test(end_of_the_stream_ends_a_reply),
		cmocka_unit_test(new_connection_begins_afresh),
		cmocka_unit_test(end_in_the_middle_of_a_sentence),
		cmocka_unit_test(end_with_overdue_sentences),
		cmocka_unit_test(connection_that_stays_open_is_used),
		cmocka_unit_test(late_sentence_uses_the_open_connection),
		cmocka_unit_test(unasked_words_over_a_spent_connection),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
