/* Whole conversations with servers that close: as the book's does, when they please, and whenever chance wills. */
#include "test_session.h"

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
		cmocka_unit_test(the_books_server_loses_nothing),  cmocka_unit_test(one_sentence_a_connection),
		cmocka_unit_test(end_after_several_replies),       cmocka_unit_test(end_a_while_after_the_only_reply),
		cmocka_unit_test(reset_after_the_only_reply),      cmocka_unit_test(known_habit_may_take_long),
		cmocka_unit_test(every_sentence_gets_one_verdict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
