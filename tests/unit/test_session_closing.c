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

/* Learns that the server closes after each reply; "c" is the next sentence. */
static void begin_one_each(struct talk *t)
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

/* --- Whole conversations with servers that close --- */

enum { LINE = sizeof "sentence 1234" }; /* bytes on the wire */

/* Says sentence i of such a conversation. */
static void say_numbered(struct talk *t, size_t i)
{
	char text[32];
	snprintf(text, sizeof text, "sentence %04zu", i);
	say(t, text);
}

/* Answers what a server would read at once, which is `most` bytes at most. */
static void serve(struct talk *t, size_t most)
{
	char upper[TEXT_UPPER_ROOM(4096)];
	assert_true(most <= 4096);
	size_t n = t->wire.size < most ? t->wire.size : most;
	receive_bytes(t, upper, text_upper_whole(buf_bytes(&t->wire), n, upper));
	buf_consume(&t->wire, n);
}

static void expect_all_right_once(struct talk *t, size_t sentences)
{
	assert_int_equal(session_waiting(t->s), 0);
	for (size_t i = 1; i <= sentences; i++)
		assert_int_equal(t->verdicts[i], 1);
	assert_int_equal(buf_append(&t->log, "", 1), 0);
	const char *at = (const char *)buf_bytes(&t->log);
	for (size_t i = 1; i <= sentences; i++) {
		char expected[64];
		snprintf(expected, sizeof expected, "reply %zu right \"SENTENCE %04zu\"\n", i, i);
		at = strstr(at, expected);
		assert_non_null(at);
		at += strlen(expected);
	}
	assert_null(strstr((const char *)buf_bytes(&t->log), "missing"));
	buf_clear(&t->log);
}

/* The book's server: recv(1024), send, close. Its FIN comes after `after` more sentences have gone, or as a reset. */
static void with_the_books_server(size_t sentences, uint64_t seed)
{
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	t.verdicts = calloc(sentences + 1, 1);
	size_t connections = 0, said = 0;
	while (said < sentences || session_waiting(t.s)) {
		for (size_t more = chance(&seed, 5); more > 0 && said < sentences; more--)
			say_numbered(&t, ++said);
		if (!session_wants_connection(t.s))
			continue;
		connections++;
		open_it(&t);
		assert_true(send_some(&t, 1 + chance(&seed, 40)));
		send_all(&t);
		serve(&t, 1024);
		for (size_t after = chance(&seed, 4); after > 0 && send_some(&t, 1 + chance(&seed, 40)); after--)
			;
		end_it(&t, chance(&seed, 3) ? 0 : ECONNRESET);
		buf_clear(&t.wire);
	}
	assert_int_equal(connections, sentences);
	expect_all_right_once(&t, sentences);
	end_talk(&t);
}

static void the_books_server_loses_nothing(void **state)
{
	(void)state;
	with_the_books_server(1000, 1);
	for (uint64_t seed = 2; seed < 200; seed++)
		with_the_books_server(20, seed);
}

/* The same with all 1,000 said beforehand: from the second connection on, one sentence goes over each. */
static void one_sentence_a_connection(void **state)
{
	(void)state;
	enum { SENTENCES = 1000 };
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	t.verdicts = calloc(SENTENCES + 1, 1);
	for (size_t i = 1; i <= SENTENCES; i++)
		say_numbered(&t, i);
	for (int i = 1; i <= SENTENCES; i++) {
		assert_true(session_wants_connection(t.s));
		open_it(&t);
		t.sends = 0;
		send_all(&t);
		serve(&t, 1024);
		send_all(&t);
		assert_true(i == 1 ? t.sends == SENTENCES : t.sends == 1);
		assert_true(end_it(&t, 0));
		buf_clear(&t.wire);
	}
	expect_all_right_once(&t, SENTENCES);
	end_talk(&t);
}

/* --- Servers that close when they please --- */

/* Says ten sentences, of which so many are answered over a connection that then ends; the next eight are sent. */
static void end_after(struct talk *t, size_t replies, int error)
{
	begin_talk(t, PROTOCOL_TCP, CLOCK_NEVER);
	for (size_t i = 1; i <= 8; i++)
		say_numbered(t, i);
	open_it(t);
	for (size_t i = 0; i < replies; i++) {
		send_all(t);
		serve(t, LINE);
	}
	send_all(t);
	say_numbered(t, 9);
	say_numbered(t, 10);
	buf_clear(&t->log);
	assert_false(end_it(t, error));
}

/* It answered several: it does not close after each, and what it was sent besides may have been read. */
static void end_after_several_replies(void **state)
{
	(void)state;
	struct talk t;
	end_after(&t, 5, ECONNRESET);
	expect(&t, "missing 6 cut ECONNRESET \"\"\nmissing 7 cut ECONNRESET \"\"\n"
		   "missing 8 cut ECONNRESET \"\"\n");
	assert_int_equal(session_waiting(t.s), 2); /* not sent at all */
	assert_true(session_wants_connection(t.s));
	buf_clear(&t.wire);
	open_it(&t);
	send_all(&t);
	expect_wire(&t, "sentence 0009\n");
	end_talk(&t);
	end_after(&t, 2, 0);
	assert_int_equal(session_waiting(t.s), 2);
	end_talk(&t);
	end_after(&t, 8, 0); /* all of them: nothing is lost */
	expect(&t, "");
	assert_int_equal(session_waiting(t.s), 2);
	end_talk(&t);
}

/* The one reply was a while ago, so that is not what it closed for. */
static void end_a_while_after_the_only_reply(void **state)
{
	(void)state;
	for (uint64_t after = 0; after <= 1; after++) {
		struct talk t;
		begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
		say(&t, "a");
		open_it(&t);
		send_all(&t);
		receive(&t, "A\n");
		t.now += SESSION_QUIET + after;
		say(&t, "b");
		send_all(&t);
		say(&t, "c");
		buf_clear(&t.log);
		assert_int_equal(end_it(&t, 0), after == 0);
		expect(&t, after ? "missing 2 cut \"\"\n" : "");
		assert_true(session_wants_connection(t.s));
		end_talk(&t);
	}
}

/* Nothing more was sent to it, so that it reset the connection has another reason. */
static void reset_after_the_only_reply(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "a");
	open_it(&t);
	send_all(&t);
	receive(&t, "A\n");
	say(&t, "b");
	buf_clear(&t.log);
	assert_false(end_it(&t, ECONNRESET));
	expect(&t, "");
	assert_true(session_wants_connection(t.s));
	end_talk(&t);
}

/* Once its habit is known, it may take its time to close, and what was sent meanwhile to see is sent again. */
static void known_habit_may_take_long(void **state)
{
	(void)state;
	struct talk t;
	begin_one_each(&t);
	pass(&t);
	send_all(&t);
	expect_wire(&t, "c\n");
	t.now += CLOCK_SECOND;
	assert_true(end_it(&t, ECONNRESET));
	expect(&t, "");
	open_it(&t);
	send_all(&t);
	expect(&t, "again 3 \"c\"\n");
	end_talk(&t);
}

/* --- Whatever a server does --- */

static void do_anything(struct talk *t, uint64_t *seed, bool *open, size_t *connections)
{
	static const char *const words[] = {"A\n", "AB", "\n", "\r", "a", "ABC\r\n", "B"};
	switch (chance(seed, 8)) {
	case 0:
	case 1:
		if (session_wants_connection(t->s)) {
			open_it(t);
			*open = true;
			++*connections;
		}
		break;
	case 2:
	case 3:
		send_some(t, 1 + chance(seed, 4));
		break;
	case 4:
	case 5:
		if (*open)
			receive(t, words[chance(seed, COUNT(words))]);
		break;
	case 6:
		t->now += chance(seed, 1000) * CLOCK_MS;
		session_tick(t->s, t->now);
		break;
	default:
		if (*open && chance(seed, 2)) {
			end_it(t, chance(seed, 2) ? 0 : ECONNRESET);
			*open = false;
		}
		break;
	}
}

/* Every sentence gets one verdict, connections are not made for ever, and no deadline stays behind. */
static void every_sentence_gets_one_verdict(void **state)
{
	(void)state;
	static const char *const texts[] = {"a", "ab", "", "abc", "\r", "a\r"};
	for (uint64_t seed = 1; seed <= 3000; seed++) {
		enum { SENTENCES = 12 };
		uint64_t random = seed;
		struct talk t;
		begin_talk(&t, PROTOCOL_TCP, chance(&random, 2) ? CLOCK_NEVER : CLOCK_SECOND);
		t.verdicts = calloc(SENTENCES + 1, 1);
		bool open = false;
		size_t connections = 0;
		for (int i = 0; i < SENTENCES; i++) {
			say(&t, texts[chance(&random, COUNT(texts))]);
			for (size_t n = chance(&random, 20); n > 0; n--)
				do_anything(&t, &random, &open, &connections);
		}
		while (session_waiting(t.s))
			do_anything(&t, &random, &open, &connections);
		t.now += CLOCK_SECOND;
		session_tick(t.s, t.now);
		session_give_up(t.s, VERDICT_CANCELLED, 0, t.now);
		for (int i = 1; i <= SENTENCES; i++)
			assert_int_equal(t.verdicts[i], 1);
		assert_true(connections <= SENTENCES);
		expect_no_deadline(&t);
		end_talk(&t);
	}
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
		cmocka_unit_test(the_books_server_loses_nothing),
		cmocka_unit_test(one_sentence_a_connection),
		cmocka_unit_test(end_after_several_replies),
		cmocka_unit_test(end_a_while_after_the_only_reply),
		cmocka_unit_test(reset_after_the_only_reply),
		cmocka_unit_test(known_habit_may_take_long),
		cmocka_unit_test(every_sentence_gets_one_verdict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
