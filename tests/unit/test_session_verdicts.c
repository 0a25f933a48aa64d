/* Datagrams that are copies, refused, or could be to several sentences: what is said of each. */
#include "test_session.h"

/* --- Copies --- */

static void duplicate_is_of_its_sentence(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "a", "b");
	receive(&t, "A");
	t.now += 7;
	receive(&t, "A");
	assert_int_equal(t.last.rtt, 17);
	assert_int_equal(t.last.limit, 0);
	receive(&t, "A");
	receive(&t, "B");
	expect(&t, "reply 1 right \"A\"\nreply 1 duplicate \"A\"\nreply 1 duplicate \"A\"\nreply 2 right \"B\"\n");
	assert_int_equal(session_waiting(t.s), 0);
	end_talk(&t);
}

static void duplicate_of_one_of_several(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "a");
	receive(&t, "A");
	SAY(&t, "a");
	receive(&t, "A");
	expect(&t, "reply 2 right copy \"A\"\n");
	receive(&t, "A");
	assert_int_equal(t.last.rtt, 10); /* the first's */
	expect(&t, "reply 1 duplicate which \"A\"\n");
	end_talk(&t);
}

static void equal_sentences_are_guessed(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "a", "A", "b", "a");
	receive(&t, "A");
	receive(&t, "B");
	receive(&t, "A");
	receive(&t, "A");
	receive(&t, "A");
	expect(&t, "reply 1 right which \"A\"\nreply 3 right \"B\"\nreply 2 behind right which \"A\"\n"
		   "reply 4 right copy \"A\"\nreply 1 duplicate which \"A\"\n");
	end_talk(&t);
}

static void missing_sentences_are_guessed_too(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	SAY(&t, "a", "a", "b");
	pass(&t);
	pass(&t);
	pass(&t);
	buf_clear(&t.log);
	receive(&t, "B");
	receive(&t, "A");
	receive(&t, "A");
	expect(&t, "reply 3 late right \"B\"\nreply 1 late behind right which \"A\"\n"
		   "reply 2 late behind right copy \"A\"\n");
	end_talk(&t);
}

static void duplicates_are_not_out_of_order(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "a", "b", "c", "d");
	receive(&t, "B");
	receive(&t, "B");
	receive(&t, "A");
	receive(&t, "A");
	receive(&t, "C");
	receive(&t, "B");
	receive(&t, "D");
	expect(&t, "reply 2 right \"B\"\nreply 2 duplicate \"B\"\nreply 1 behind right \"A\"\nreply 1 duplicate \"A\"\n"
		   "reply 3 right \"C\"\nreply 2 duplicate \"B\"\nreply 4 right \"D\"\n");
	end_talk(&t);
}

/* What may have been the reply to an earlier sentence makes nobody late. */
static void guesses_are_not_overtaking(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "a");
	receive(&t, "A");
	SAY(&t, "b", "a", "c", "d");
	receive(&t, "A");
	receive(&t, "B");
	receive(&t, "D");
	receive(&t, "C");
	expect(&t, "reply 3 right copy \"A\"\nreply 2 right \"B\"\nreply 5 right \"D\"\n"
		   "reply 4 behind right \"C\"\n");
	end_talk(&t);
}

/* --- Wrong replies --- */

static void wrong_reply_is_a_guess_among_several(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "a", "b");
	receive(&t, "?");
	receive(&t, "!");
	receive(&t, "!?");
	expect(&t, "reply 1 wrong which \"?\"\nreply 2 wrong \"!\"\nreply unasked \"!?\"\n");
	assert_int_equal(t.last.bytes, 2);
	end_talk(&t);
}

/* A server that always says the same answers each sentence; when none is in flight, it is a copy. */
static void same_wrong_reply_again(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "a");
	receive(&t, "?");
	receive(&t, "?");
	SAY(&t, "b");
	receive(&t, "?");
	expect(&t, "reply 2 wrong copy \"?\"\n");
	receive(&t, "?");
	expect(&t, "reply 1 duplicate which \"?\"\n");
	SAY(&t, "?"); /* and now it is right */
	receive(&t, "?");
	expect(&t, "reply 3 right copy \"?\"\n");
	receive(&t, "?");
	expect(&t, "reply 3 duplicate which \"?\"\n");
	end_talk(&t);
}

/* A newline at the end is only overlooked for a right reply's sake. */
static void same_wrong_line_again(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "a", "b");
	receive(&t, "?\n");
	receive(&t, "?\n");
	receive(&t, "?");
	receive(&t, "?\n");
	expect(&t, "reply 1 wrong which \"?\\0a\"\nreply 2 wrong copy \"?\\0a\"\nreply unasked \"?\"\n"
		   "reply 1 duplicate which \"?\\0a\"\n");
	end_talk(&t);
}

/* What another sentence was answered with by mistake may be a copy of that, though it is right. */
static void right_reply_that_was_wrong_before(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "a", "b");
	receive(&t, "B2");
	SAY(&t, "b2");
	receive(&t, "B2");
	expect(&t, "reply 3 right copy \"B2\"\n");
	receive(&t, "A");
	expect(&t, "reply 1 right amends wrong \"A\"\n");
	end_talk(&t);
}

/* A line of a log, say, was blamed on a sentence whose answer comes after all. Nothing was doubled. */
static void blame_is_taken_back(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	SAY(&t, "a", "b");
	receive(&t, "log");
	receive(&t, "B");
	t.now += 5;
	receive(&t, "A");
	assert_int_equal(t.last.rtt, 15);
	assert_false(t.last.late);
	receive(&t, "A");
	expect(&t, "reply 1 wrong which \"log\"\nreply 2 right \"B\"\nreply 1 behind right amends wrong \"A\"\n"
		   "reply 1 duplicate \"A\"\n");
	SAY(&t, "hello");
	receive(&t, "log");
	receive(&t, "HELL");
	receive(&t, "HELLO");
	receive(&t, "HELLO");
	expect(&t, "reply 3 wrong \"log\"\nreply 3 truncated amends wrong \"HELL\"\n"
		   "reply 3 right amends truncated \"HELLO\"\nreply 3 duplicate \"HELLO\"\n");
	end_talk(&t);
}

/* The answer may be to the one that was blamed, or to the one in flight. */
static void blamed_sentence_may_be_meant(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "a");
	receive(&t, "log");
	expect(&t, "reply 1 wrong \"log\"\n");
	SAY(&t, "a");
	receive(&t, "A");
	receive(&t, "A");
	receive(&t, "A");
	expect(&t, "reply 2 right which \"A\"\nreply 1 right copy amends wrong \"A\"\n"
		   "reply 2 duplicate which \"A\"\n");
	end_talk(&t);
}

/* What is wrong may be nobody's answer: nothing has overtaken anything. */
static void wrong_replies_are_not_overtaking(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	SAY(&t, "a", "b");
	receive(&t, "A");
	receive(&t, "log");
	expect(&t, "reply 1 right \"A\"\nreply 2 wrong \"log\"\n");
	SAY(&t, "x");
	receive(&t, "?!");
	expect(&t, "reply 3 wrong \"?!\"\n");
	receive(&t, "B"); /* not behind the reply to x, which is still to come */
	receive(&t, "X");
	expect(&t, "reply 2 right amends wrong \"B\"\nreply 3 right amends wrong \"X\"\n");
	SAY(&t, "c");
	pass(&t);
	SAY(&t, "d");
	receive(&t, "?");
	receive(&t, "C");
	receive(&t, "D");
	expect(&t, "reply 5 wrong which \"?\"\nreply 4 late right \"C\"\nreply 5 right amends wrong \"D\"\n");
	SAY(&t, "e", "f");
	receive(&t, "!");
	receive(&t, "F");
	receive(&t, "E");
	expect(&t, "reply 6 wrong which \"!\"\nreply 7 right \"F\"\nreply 6 behind right amends wrong \"E\"\n");
	end_talk(&t);
}

/* A wrong reply that comes when one sentence is in flight and another late may be to either. */
static void wrong_reply_may_be_late(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	SAY(&t, "a");
	pass(&t);
	SAY(&t, "b");
	receive(&t, "a");
	expect(&t, "reply 2 wrong which \"a\"\n");
	end_talk(&t);
}

/* No reply like it ever came before, so it is a copy of none. */
static void no_copy_of_what_never_came(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	SAY(&t, "a");
	assert_true(session_refused(t.s, ECONNREFUSED, t.now));
	SAY(&t, "a");
	receive(&t, "A");
	expect(&t, "reply 2 right \"A\"\n");
	receive(&t, "A"); /* it was not refused after all, or this is a copy */
	expect(&t, "reply 1 late behind right copy amends refused \"A\"\n");
	SAY(&t, "hello");
	receive_cut(&t, "HEL", 5);
	expect(&t, "reply 3 truncated \"HEL\"\n");
	SAY(&t, "hello");
	receive(&t, "HEL"); /* with all its three bytes: that one had five */
	expect(&t, "reply 4 truncated \"HEL\"\n");
	SAY(&t, "help!");
	receive_cut(&t, "HE", 5); /* but that may be the one that had five */
	expect(&t, "reply 5 truncated copy \"HE\"\n");
	end_talk(&t);
}

/* --- Refused --- */

static void refusal_answers_the_oldest(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	assert_false(session_refused(t.s, ECONNREFUSED, t.now));
	SAY(&t, "a", "b");
	assert_true(session_refused(t.s, ECONNREFUSED, t.now));
	assert_int_equal(t.last.bytes, 0);
	assert_true(session_refused(t.s, ECONNREFUSED, t.now));
	assert_false(session_refused(t.s, ECONNREFUSED, t.now));
	expect(&t, "missing 1 refused which ECONNREFUSED \"\"\nmissing 2 refused ECONNREFUSED \"\"\n");
	assert_int_equal(session_waiting(t.s), 0);
	expect_no_deadline(&t);
	say(&t, "not sent");
	assert_false(session_refused(t.s, ECONNREFUSED, t.now));
	assert_int_equal(session_waiting(t.s), 1);
	end_talk(&t);
}

/* Then it was another one that was refused. */
static void reply_to_a_refused_sentence(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	SAY(&t, "a", "b");
	assert_true(session_refused(t.s, ECONNREFUSED, t.now));
	buf_clear(&t.log);
	receive(&t, "A");
	expect(&t, "reply 1 late right amends refused \"A\"\n");
	SAY(&t, "a");
	receive(&t, "A");
	expect(&t, "reply 3 right copy \"A\"\n");
	SAY(&t, "a", "c");
	assert_true(session_refused(t.s, ECONNREFUSED, t.now)); /* b */
	assert_true(session_refused(t.s, ECONNREFUSED, t.now)); /* a, or c */
	SAY(&t, "a");
	buf_clear(&t.log);
	receive(&t, "A");
	receive(&t, "A");
	expect(&t, "reply 6 right which \"A\"\nreply 4 late right copy amends refused \"A\"\n");
	end_talk(&t);
}

/* A sentence that was reported missing cannot be refused any more, and TCP knows another refusal. */
static void nothing_in_flight_to_be_refused(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	SAY(&t, "a");
	pass(&t);
	assert_false(session_refused(t.s, ECONNREFUSED, t.now));
	end_talk(&t);
	begin_talk(&t, PROTOCOL_TCP, CLOCK_SECOND);
	open_it(&t);
	SAY(&t, "a");
	assert_false(session_refused(t.s, ECONNREFUSED, t.now));
	assert_int_equal(session_waiting(t.s), 1);
	end_talk(&t);
}

/* --- The rest --- */

/* No copy, no late reply, and no reply to what is in flight can come over another socket. */
static void new_socket_begins_afresh(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	SAY(&t, "a", "b");
	receive(&t, "A");
	pass(&t);
	SAY(&t, "c");
	assert_false(end_it(&t, 0));
	open_it(&t);
	receive(&t, "A");
	receive(&t, "B");
	receive_cut(&t, "", 1);
	expect(&t, "missing 3 cut \"\"\nreply unasked \"A\"\nreply unasked \"B\"\nreply unasked \"\"\n");
	SAY(&t, "a", "d"); /* no copy, and no guess */
	receive(&t, "D");
	receive(&t, "A");
	expect(&t, "reply 5 right \"D\"\nreply 4 behind right \"A\"\n");
	session_set_ahead(t.s, 2);
	SAY(&t, "e", "f", "g");
	assert_false(end_it(&t, ECONNREFUSED));
	assert_int_equal(session_waiting(t.s), 1); /* it goes over the next */
	expect_no_deadline(&t);
	open_it(&t);
	send_all(&t);
	expect_wire(&t, "g");
	receive(&t, "G");
	expect(&t, "missing 6 cut ECONNREFUSED \"\"\nmissing 7 cut ECONNREFUSED \"\"\nreply 8 right \"G\"\n");
	session_give_up(t.s, VERDICT_CANCELLED, 0, t.now);
	open_it(&t);
	receive(&t, "A");
	expect(&t, "reply unasked \"A\"\n");
	end_talk(&t);
}

static void say_ping(struct talk *t, const char *text, uint32_t place)
{
	assert_int_equal(session_say(t->s, text, strlen(text), (struct series){SERIES_PING, place}, t->now), 0);
	assert_int_equal(t->last.series.place, place);
	send_all(t);
}

static void expect_ping(struct talk *t, enum event_verdict verdict, uint32_t place)
{
	assert_int_equal(t->last.verdict, verdict);
	assert_int_equal(t->last.series.kind, SERIES_PING);
	assert_int_equal(t->last.series.place, place);
}

static void series_comes_back_with_each_verdict(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	static const char *const texts[] = {"a", "bcd", "c", "d", "e"};
	for (uint32_t i = 0; i < COUNT(texts); i++)
		say_ping(&t, texts[i], i + 1);
	session_refused(t.s, ECONNREFUSED, t.now);
	expect_ping(&t, VERDICT_REFUSED, 1);
	receive(&t, "C");
	expect_ping(&t, VERDICT_RIGHT, 3);
	receive(&t, "C");
	expect_ping(&t, VERDICT_DUPLICATE, 3);
	receive_cut(&t, "BC", 3);
	expect_ping(&t, VERDICT_TRUNCATED, 2);
	receive(&t, "?");
	expect_ping(&t, VERDICT_WRONG, 4);
	pass(&t);
	expect_ping(&t, VERDICT_TIMEOUT, 5);
	receive(&t, "E");
	expect_ping(&t, VERDICT_RIGHT, 5);
	receive(&t, "what?");
	assert_int_equal(t.last.series.kind, SERIES_NONE);
	assert_int_equal(session_say(t.s, "f", 1, (struct series){SERIES_PING, 6}, t.now), 0);
	session_unsendable(t.s, EMSGSIZE, t.now);
	expect_ping(&t, VERDICT_UNSENT, 6);
	char *text = calloc(1, SESSION_SENTENCE_MAX + 1);
	assert_int_equal(session_say(t.s, text, SESSION_SENTENCE_MAX + 1, (struct series){SERIES_PING, 7}, t.now), 0);
	expect_ping(&t, VERDICT_UNSENT, 7);
	free(text);
	say_ping(&t, "g", 8);
	session_give_up(t.s, VERDICT_CANCELLED, 0, t.now);
	expect_ping(&t, VERDICT_CANCELLED, 8);
	end_talk(&t);
}

static void one_datagram_ahead(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	session_set_ahead(t.s, 1);
	say(&t, "a");
	say(&t, "b");
	send_all(&t);
	expect_wire(&t, "a");
	session_set_ahead(t.s, 2);
	send_all(&t);
	expect_wire(&t, "b");
	session_set_ahead(t.s, 1);
	say(&t, "c");
	receive(&t, "A");
	assert_false(send_some(&t, SIZE_MAX));
	receive(&t, "B");
	send_all(&t);
	expect_wire(&t, "c");
	end_talk(&t);
}

/* Thousands in flight whose replies come from the last to the first, and then all again. */
static void replies_in_reverse(void **state)
{
	(void)state;
	enum { AHEAD = 4096 };
	struct talk t;
	char text[16];
	begin_udp(&t, CLOCK_NEVER);
	session_set_ahead(t.s, AHEAD);
	for (int i = 0; i < AHEAD; i++) {
		snprintf(text, sizeof text, "a%04d", i);
		say(&t, text);
	}
	send_all(&t);
	assert_int_equal(t.sends, AHEAD);
	for (int i = AHEAD - 1; i >= 0; i--) {
		snprintf(text, sizeof text, "A%04d", i);
		receive(&t, text);
		assert_int_equal(t.last.verdict, VERDICT_RIGHT);
		assert_int_equal(t.last.guess, GUESS_NONE);
		assert_int_equal(t.last.sentence, i + 1);
		assert_int_equal(t.last.out_of_order, i < AHEAD - 1);
	}
	for (int i = 0; i < AHEAD; i++) {
		snprintf(text, sizeof text, "A%04d", i);
		receive(&t, text);
		assert_int_equal(t.last.verdict, i < SESSION_UDP_ANSWERED ? VERDICT_DUPLICATE : VERDICT_UNASKED);
		assert_int_equal(t.last.guess, GUESS_NONE);
	}
	end_talk(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(duplicate_is_of_its_sentence),
		cmocka_unit_test(duplicate_of_one_of_several),
		cmocka_unit_test(equal_sentences_are_guessed),
		cmocka_unit_test(missing_sentences_are_guessed_too),
		cmocka_unit_test(duplicates_are_not_out_of_order),
		cmocka_unit_test(guesses_are_not_overtaking),
		cmocka_unit_test(wrong_reply_is_a_guess_among_several),
		cmocka_unit_test(same_wrong_reply_again),
		cmocka_unit_test(same_wrong_line_again),
		cmocka_unit_test(right_reply_that_was_wrong_before),
		cmocka_unit_test(blame_is_taken_back),
		cmocka_unit_test(blamed_sentence_may_be_meant),
		cmocka_unit_test(wrong_replies_are_not_overtaking),
		cmocka_unit_test(wrong_reply_may_be_late),
		cmocka_unit_test(no_copy_of_what_never_came),
		cmocka_unit_test(refusal_answers_the_oldest),
		cmocka_unit_test(reply_to_a_refused_sentence),
		cmocka_unit_test(nothing_in_flight_to_be_refused),
		cmocka_unit_test(new_socket_begins_afresh),
		cmocka_unit_test(series_comes_back_with_each_verdict),
		cmocka_unit_test(one_datagram_ahead),
		cmocka_unit_test(replies_in_reverse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
