/* Servers known to keep connections open; connections over which this end says no more; replies that came together. */
#include "test_session.h"

static void begin_kept(struct talk *t, uint64_t timeout)
{
	begin_talk(t, PROTOCOL_TCP, timeout);
	session_keeps_open(t->s);
}

/* --- A server that keeps connections open --- */

static void first_sentences_need_not_wait(void **state)
{
	(void)state;
	struct talk t;
	begin_kept(&t, CLOCK_NEVER);
	say(&t, "a");
	say(&t, "b");
	assert_false(send_some(&t, SIZE_MAX));
	open_it(&t);
	send_all(&t);
	expect_wire(&t, "a\nb\n");
	receive(&t, "A\nB\n");
	assert_false(end_it(&t, 0));
	say(&t, "c");
	assert_true(session_wants_connection(t.s));
	say(&t, "d");
	open_it(&t);
	send_all(&t);
	expect_wire(&t, "c\nd\n");
	end_talk(&t);
}

/* It did not close because it had answered: what it got is lost, the rest goes over the next connection. */
static void end_loses_what_was_sent(void **state)
{
	(void)state;
	struct talk t;
	begin_kept(&t, CLOCK_NEVER);
	say(&t, "a");
	say(&t, "bcd");
	say(&t, "e");
	say(&t, "fgh");
	say(&t, "i");
	open_it(&t);
	for (int i = 0; i < 3; i++)
		assert_true(send_some(&t, SIZE_MAX));
	assert_true(send_some(&t, 2));
	receive(&t, "A\nBC");
	buf_clear(&t.log);
	assert_false(end_it(&t, ECONNRESET));
	expect(&t, "missing 2 cut ECONNRESET \"BC\"\nmissing 3 cut ECONNRESET \"\"\nmissing 4 cut ECONNRESET \"\"\n");
	assert_int_equal(session_waiting(t.s), 1);
	assert_true(session_wants_connection(t.s));
	open_it(&t);
	buf_clear(&t.wire);
	send_all(&t);
	expect_wire(&t, "i\n");
	receive(&t, "I\n");
	assert_false(end_it(&t, 0));
	expect(&t, "reply 5 right \"I\"\n");
	end_talk(&t);
}

static void end_before_any_reply(void **state)
{
	(void)state;
	struct talk t;
	begin_kept(&t, CLOCK_SECOND);
	say(&t, "a");
	say(&t, "b");
	open_it(&t);
	send_all(&t);
	pass(&t);
	say(&t, "c");
	assert_true(send_some(&t, 1));
	buf_clear(&t.log);
	assert_false(end_it(&t, 0));
	expect(&t, "missing 3 cut \"\"\n");
	assert_false(session_wants_connection(t.s));
	end_talk(&t);
}

/* One that cannot even be used costs a sentence: else connections would be made for ever. */
static void end_before_it_was_used(void **state)
{
	(void)state;
	struct talk t;
	begin_kept(&t, CLOCK_NEVER);
	say(&t, "a");
	say(&t, "b");
	open_it(&t);
	assert_false(end_it(&t, ECONNRESET));
	expect(&t, "say 1 \"a\"\nsay 2 \"b\"\nmissing 1 cut ECONNRESET \"\"\n");
	assert_true(session_wants_connection(t.s));
	end_talk(&t);
}

/* All was answered, and more was said in the moment before the end was noticed. */
static void end_with_nothing_in_flight(void **state)
{
	(void)state;
	struct talk t;
	begin_kept(&t, CLOCK_NEVER);
	say(&t, "a");
	open_it(&t);
	send_all(&t);
	receive(&t, "A\n");
	say(&t, "b");
	assert_false(end_it(&t, 0));
	expect(&t, "say 1 \"a\"\nreply 1 right \"A\"\nsay 2 \"b\"\n");
	assert_true(session_wants_connection(t.s));
	end_talk(&t);
}

/* --- This end sends no more --- */

static void shutdown_lets_replies_come(void **state)
{
	(void)state;
	struct talk t;
	begin_kept(&t, CLOCK_NEVER);
	say(&t, "ab");
	say(&t, "cd");
	say(&t, "e");
	open_it(&t);
	assert_true(send_some(&t, SIZE_MAX));
	assert_true(send_some(&t, 1));
	session_shutdown(t.s);
	send_all(&t);
	expect_wire(&t, "ab\ncd\n"); /* what was begun is ended */
	say(&t, "f");
	assert_false(send_some(&t, SIZE_MAX));
	assert_false(session_wants_connection(t.s));
	buf_clear(&t.log);
	receive(&t, "AB\nCD\n");
	assert_false(send_some(&t, SIZE_MAX));
	assert_false(end_it(&t, 0));
	expect(&t, "reply 1 right \"AB\"\nreply 2 right \"CD\"\n");
	assert_int_equal(session_waiting(t.s), 2);
	open_it(&t);
	send_all(&t);
	expect_wire(&t, "e\nf\n");
	end_talk(&t);
}

/* That the connection ended after it was shut down says nothing about the server, whatever it has answered. */
static void shutdown_teaches_nothing(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "a");
	open_it(&t);
	send_all(&t);
	receive(&t, "A\n");
	say(&t, "b");
	say(&t, "c");
	send_all(&t);
	session_shutdown(t.s);
	say(&t, "d");
	receive(&t, "B\n");
	buf_clear(&t.log);
	assert_false(end_it(&t, 0));
	expect(&t, "missing 3 cut \"\"\n");
	buf_clear(&t.wire);
	open_it(&t);
	send_all(&t);
	expect_wire(&t, "d\n");
	receive(&t, "D\n");
	say(&t, "e");
	assert_true(end_it(&t, 0)); /* the next connection was not shut down */
	expect(&t, "reply 4 right \"D\"\nsay 5 \"e\"\n");
	end_talk(&t);
}

static void shutdown_with_nothing_sent(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	open_it(&t);
	session_shutdown(t.s);
	say(&t, "a");
	assert_false(send_some(&t, SIZE_MAX));
	assert_false(end_it(&t, 0));
	assert_true(session_wants_connection(t.s));
	open_it(&t);
	send_all(&t);
	expect_wire(&t, "a\n");
	expect(&t, "say 1 \"a\"\n");
	end_talk(&t);
}

static void shutdown_without_a_connection(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	session_shutdown(t.s);
	open_it(&t);
	say(&t, "a");
	send_all(&t);
	expect_wire(&t, "a\n");
	end_talk(&t);
}

static void shutdown_is_no_word_of_udps(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_UDP, CLOCK_NEVER);
	open_it(&t);
	session_shutdown(t.s);
	say(&t, "a");
	send_all(&t);
	expect_wire(&t, "a");
	end_talk(&t);
}

/* --- What one receive brought --- */

/* Receives that, which must bring a reply, and says whether its last one was joined to another. */
static bool joined(struct talk *t, const char *text)
{
	buf_clear(&t->log);
	receive(t, text);
	assert_int_not_equal(t->log.size, 0);
	return t->last.joined;
}

static void replies_in_one_receive_are_joined(void **state)
{
	(void)state;
	struct talk t;
	begin_kept(&t, CLOCK_NEVER);
	for (int i = 0; i < 8; i++)
		say(&t, "ab");
	open_it(&t);
	send_all(&t);
	assert_false(joined(&t, "AB"));
	assert_false(joined(&t, "\nAB\n"));
	assert_true(joined(&t, "AB\nAB\n"));
	assert_true(joined(&t, "AB\nAB\nA"));
	assert_int_equal(t.last.pieces, 1);
	assert_false(joined(&t, "B"));
	assert_int_equal(t.last.pieces, 2);
	assert_true(joined(&t, "\nAB\n\n"));
	assert_int_equal(t.last.verdict, VERDICT_UNASKED);
	end_talk(&t);
}

/* The second reply waits for the rest of its sentence to go; it came with the first one all the same. */
static void joined_though_told_later(void **state)
{
	(void)state;
	struct talk t;
	begin_kept(&t, CLOCK_NEVER);
	say(&t, "a");
	say(&t, "b");
	open_it(&t);
	assert_true(send_some(&t, SIZE_MAX));
	assert_true(send_some(&t, 1));
	assert_false(joined(&t, "A\nB"));
	send_all(&t);
	assert_int_equal(t.last.sentence, 2);
	assert_true(t.last.joined);
	assert_false(end_it(&t, 0));
	say(&t, "c");
	open_it(&t);
	send_all(&t);
	assert_false(joined(&t, "C"));
	end_talk(&t);
}

static void series_comes_back(void **state)
{
	(void)state;
	static const struct series burst = {SERIES_BURST, 7};
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "first");
	open_it(&t);
	send_all(&t);
	receive(&t, "FIRST\n");
	assert_int_equal(session_say(t.s, "a", 1, burst, t.now), 0);
	assert_int_equal(t.last.series.kind, SERIES_BURST);
	send_all(&t);
	assert_true(end_it(&t, 0));
	open_it(&t);
	say(&t, "b");
	assert_int_equal(t.last.series.kind, SERIES_NONE);
	send_all(&t);
	assert_true(t.last.again);
	assert_int_equal(t.last.series.place, 7);
	receive(&t, "A\n");
	assert_int_equal(t.last.verdict, VERDICT_RIGHT);
	assert_int_equal(t.last.series.place, 7);
	end_talk(&t);
}

/* --- Sentences of several lines --- */

static void reply_of_several_lines(void **state)
{
	(void)state;
	struct talk t;
	begin_kept(&t, CLOCK_SECOND);
	say(&t, "a\nb");
	say(&t, "\n");
	say(&t, "c");
	open_it(&t);
	send_all(&t);
	expect_wire(&t, "a\nb\n\n\nc\n");
	buf_clear(&t.log);
	receive(&t, "A\n");
	expect(&t, "");
	receive(&t, "B\n\n\nC\n");
	expect(&t, "reply 1 right \"A\\0aB\"\nreply 2 right \"\\0a\"\nreply 3 right \"C\"\n");
	end_talk(&t);
}

static void wrong_reply_of_several_lines(void **state)
{
	(void)state;
	struct talk t;
	begin_kept(&t, CLOCK_NEVER);
	say(&t, "a\nb");
	say(&t, "c");
	open_it(&t);
	send_all(&t);
	buf_clear(&t.log);
	receive(&t, "A\n");
	receive(&t, "x\n");
	expect(&t, "reply 1 wrong \"A\"\nreply 2 wrong \"x\"\n");
	end_talk(&t);
}

static void several_lines_are_cut_short(void **state)
{
	(void)state;
	struct talk t;
	begin_kept(&t, CLOCK_SECOND);
	say(&t, "a\nb");
	open_it(&t);
	send_all(&t);
	buf_clear(&t.log);
	receive(&t, "A\n");
	assert_false(end_it(&t, 0));
	expect(&t, "missing 1 cut \"A\\0a\"\n");
	assert_int_equal(t.last.limit, 3);
	end_talk(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_sentences_need_not_wait),
		cmocka_unit_test(end_loses_what_was_sent),
		cmocka_unit_test(end_before_any_reply),
		cmocka_unit_test(end_before_it_was_used),
		cmocka_unit_test(end_with_nothing_in_flight),
		cmocka_unit_test(shutdown_lets_replies_come),
		cmocka_unit_test(shutdown_teaches_nothing),
		cmocka_unit_test(shutdown_with_nothing_sent),
		cmocka_unit_test(shutdown_without_a_connection),
		cmocka_unit_test(shutdown_is_no_word_of_udps),
		cmocka_unit_test(replies_in_one_receive_are_joined),
		cmocka_unit_test(joined_though_told_later),
		cmocka_unit_test(series_comes_back),
		cmocka_unit_test(reply_of_several_lines),
		cmocka_unit_test(wrong_reply_of_several_lines),
		cmocka_unit_test(several_lines_are_cut_short),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
