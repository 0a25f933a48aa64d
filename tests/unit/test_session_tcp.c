/* Sentences and replies in a stream of bytes: framing and the window. */
#include "test_session.h"

static void sentence_and_reply(void **state)
{
	(void)state;
	struct talk t;
	session_free(NULL);
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	assert_false(session_wants_connection(t.s));
	say(&t, "stra\xc3\x9f"
		"e");
	assert_int_equal(t.last.bytes, 8);
	assert_true(session_wants_connection(t.s));
	assert_int_equal(session_waiting(t.s), 1);
	assert_false(send_some(&t, 1));
	open_it(&t);
	assert_false(session_wants_connection(t.s));
	send_all(&t);
	expect_wire(&t, "stra\xc3\x9f"
			"e\n");
	t.now += 7;
	receive(&t, "STRA");
	t.now += 5;
	receive(&t, "SSE\n");
	expect(&t, "say 1 \"stra\\c3\\9fe\"\nreply 1 right \"STRASSE\"\n");
	assert_int_equal(t.last.bytes, 8);
	assert_int_equal(t.last.pieces, 2);
	assert_int_equal(t.last.rtt, 12);
	assert_int_equal(t.last.from.family, 0);
	assert_int_equal(session_waiting(t.s), 0);
	expect_no_deadline(&t);
	assert_false(end_it(&t, 0));
	expect(&t, "");
	assert_false(session_wants_connection(t.s));
	end_talk(&t);
}

static void too_long_a_sentence_is_missing_at_once(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	char *text = malloc(EVENT_DATA_MAX + 1);
	memset(text, 'a', EVENT_DATA_MAX + 1);
	say_bytes(&t, text, SESSION_SENTENCE_MAX + 1);
	assert_int_equal(t.last.bytes, SESSION_SENTENCE_MAX + 1);
	assert_int_equal(t.last.limit, SESSION_SENTENCE_MAX);
	assert_int_equal(session_waiting(t.s), 0);
	assert_false(session_wants_connection(t.s));
	expect(&t, "say 1 <1048577>\nmissing 1 unsent EMSGSIZE \"\"\n");
	say_bytes(&t, text, EVENT_DATA_MAX + 1); /* more than an event holds */
	assert_int_equal(t.last.bytes, EVENT_DATA_MAX + 1);
	expect(&t, "say 2 <4194304>\nmissing 2 unsent EMSGSIZE \"\"\n");
	say_bytes(&t, text, SESSION_SENTENCE_MAX);
	expect(&t, "say 3 <1048576>\n");
	free(text);
	end_talk(&t);
}

/* The longest sentence of the fastest growing character, sent and answered in small pieces. */
static void longest_sentence_whose_reply_grows(void **state)
{
	(void)state;
	enum { REPLY = SESSION_SENTENCE_MAX * 3 };
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	char *text = malloc(SESSION_SENTENCE_MAX);
	char *upper = malloc(TEXT_UPPER_ROOM(SESSION_SENTENCE_MAX));
	for (size_t i = 0; i < SESSION_SENTENCE_MAX; i += 2)
		memcpy(text + i, "\xce\x90", 2);
	assert_int_equal(text_upper_whole(text, SESSION_SENTENCE_MAX, upper), REPLY);
	say_bytes(&t, text, SESSION_SENTENCE_MAX);
	open_it(&t);
	size_t told = 0;
	while (send_some(&t, 10000)) {
		receive_bytes(&t, upper + told, 25000);
		told += 25000;
	}
	assert_int_equal(t.wire.size, SESSION_SENTENCE_MAX + 1);
	assert_int_equal(session_waiting(t.s), 1);
	receive_bytes(&t, upper + told, REPLY - told);
	expect(&t, "say 1 <1048576>\nreply 1 right <3145728>\n");
	free(text);
	free(upper);
	end_talk(&t);
}

static void one_sentence_until_it_has_answered(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "a");
	say(&t, "b");
	say(&t, "c");
	open_it(&t);
	send_all(&t);
	expect_wire(&t, "a\n");
	receive(&t, "A\n");
	send_all(&t);
	expect_wire(&t, "b\nc\n");
	receive(&t, "B\nC\n");
	expect(&t, "say 1 \"a\"\nsay 2 \"b\"\nsay 3 \"c\"\n"
		   "reply 1 right \"A\"\nreply 2 right \"B\"\nreply 3 right \"C\"\n");
	end_talk(&t);
}

static void window_is_bounded(void **state)
{
	(void)state;
	enum { SIZE = 1000 };
	struct talk t;
	char text[SIZE + 2], upper[SIZE + 2];
	begin_open(&t, CLOCK_NEVER);
	memset(text, 'x', SIZE);
	memset(upper, 'X', SIZE);
	upper[SIZE] = '\n';
	for (int i = 0; i < 1000; i++)
		say_bytes(&t, text, SIZE);
	send_all(&t);
	assert_int_equal(t.sends, SESSION_TCP_AHEAD / (SIZE + 1));
	receive_bytes(&t, upper, SIZE);
	send_all(&t);
	assert_int_equal(t.sends, SESSION_TCP_AHEAD / (SIZE + 1) + 1);
	for (int i = 1; i < 1000; i++) {
		receive_bytes(&t, upper + SIZE, 1);
		receive_bytes(&t, upper, SIZE);
		send_all(&t);
	}
	assert_int_equal(session_waiting(t.s), 0);
	assert_int_equal(t.sends, 1000);
	end_talk(&t);
}

static void sentence_longer_than_the_window_goes_alone(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, CLOCK_NEVER);
	char *text = calloc(1, SESSION_SENTENCE_MAX);
	say(&t, "a");
	say_bytes(&t, text, SESSION_SENTENCE_MAX);
	say(&t, "b");
	send_all(&t);
	expect_wire(&t, "a\n");
	receive(&t, "A\n");
	send_all(&t);
	assert_int_equal(t.wire.size, SESSION_SENTENCE_MAX + 1);
	receive_bytes(&t, text, SESSION_SENTENCE_MAX);
	send_all(&t);
	assert_int_equal(t.wire.size, SESSION_SENTENCE_MAX + 3);
	free(text);
	end_talk(&t);
}

/* Sends several sentences, receives a stream, and says what it made of it. */
struct framing {
	const char *sentences[4];
	const char *stream;
	const char *lines;
};

static const struct framing framings[] = {
	{{"a", "b"}, "A\nB\n", "reply 2 right \"A\"\nreply 3 right \"B\"\n"},
	{{"a", "b"}, "A\r\nB\r\n", "reply 2 right \"A\"\nreply 3 right \"B\"\n"},
	{{"a", "b"}, "AB", "reply 2 right \"A\"\nreply 3 right \"B\"\n"},
	{{"hello", "b"}, "hello\nB\n", "reply 2 wrong \"hello\"\nreply 3 right \"B\"\n"},
	{{"hello", "b"}, "hello\r\nB\n", "reply 2 wrong \"hello\\0d\"\nreply 3 right \"B\"\n"},
	{{"hello", "b"}, "HELL\nB\n", "reply 2 wrong \"HELL\"\nreply 3 right \"B\"\n"},
	{{"a\r", "b"}, "A\r\nB\n", "reply 2 right \"A\\0d\"\nreply 3 right \"B\"\n"},
	{{"", "b"}, "\nB\n", "reply 2 right \"\"\nreply 3 right \"B\"\n"},
	{{"", "b"}, "\r\nB\n", "reply 2 right \"\"\nreply 3 right \"B\"\n"},
	{{"a", "", "b"}, "A\n\nB\n", "reply 2 right \"A\"\nreply 3 right \"\"\nreply 4 right \"B\"\n"},
	{{"a", "", "b"}, "A\r\n\r\nB", "reply 2 right \"A\"\nreply 3 right \"\"\nreply 4 right \"B\"\n"},
	{{"", "b"}, "x\nB\n", "reply 2 wrong \"x\"\nreply 3 right \"B\"\n"},
	{{"a"}, "A\n\nmore\n", "reply 2 right \"A\"\nreply unasked \"\"\nreply unasked \"more\"\n"},
	{{"a"}, "A\n\rmore\n", "reply 2 right \"A\"\nreply unasked \"\\0dmore\"\n"},
	{{"a"}, "A\rmore\n", "reply 2 right \"A\"\nreply unasked \"\\0dmore\"\n"},
	{{"a"}, "A!\n", "reply 2 right \"A\"\nreply unasked \"!\"\n"},
	{{0}, "Welcome\nWell\n", "reply unasked \"Welcome\"\nreply unasked \"Well\"\n"},
	{{"hello"}, "HEL", ""},
	{{"hello"}, "> ", ""},
	{{"hello"}, "hello, I say", ""},
	{{"a"}, "A\r", "reply 2 right \"A\"\n"},
};

static void replies_in_a_stream(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(framings); i++) {
		struct talk t;
		begin_open(&t, CLOCK_NEVER);
		for (const char *const *text = framings[i].sentences; *text; text++)
			say(&t, *text);
		send_all(&t);
		buf_clear(&t.log);
		receive(&t, framings[i].stream);
		expect(&t, framings[i].lines);
		end_talk(&t);
	}
}

static void bytes_count_the_newline(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, CLOCK_NEVER);
	for (int i = 0; i < 5; i++)
		say(&t, "ab");
	send_all(&t);
	receive(&t, "AB\n");
	assert_int_equal(t.last.bytes, 3);
	receive(&t, "AB\r\n");
	assert_int_equal(t.last.bytes, 4);
	receive(&t, "AB");
	assert_int_equal(t.last.bytes, 2);
	assert_int_equal(t.last.pieces, 1);
	receive(&t, "\n");
	receive(&t, "x\n");
	assert_int_equal(t.last.bytes, 2);
	assert_int_equal(t.last.pieces, 1);
	receive(&t, "\nz\n");
	assert_int_equal(t.last.bytes, 2);
	end_talk(&t);
}

static void prompt_is_seen_when_it_is_quiet(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, CLOCK_NEVER);
	receive(&t, "> ");
	assert_true(session_deadline(t.s) == t.now + SESSION_QUIET);
	session_tick(t.s, t.now + SESSION_QUIET - 1);
	expect(&t, "");
	pass(&t);
	expect(&t, "reply unasked \"> \"\n");
	expect_no_deadline(&t);

	say(&t, "hello");
	send_all(&t);
	receive(&t, "What");
	t.now += SESSION_QUIET - 1;
	receive(&t, "?");
	session_tick(t.s, t.now);
	pass(&t);
	expect(&t, "say 2 \"hello\"\nreply 2 wrong \"What?\"\n");
	receive(&t, "\n");
	expect(&t, "");
	end_talk(&t);
}

static void right_reply_may_pause(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, CLOCK_NEVER);
	say(&t, "hello");
	send_all(&t);
	receive(&t, "HEL");
	expect_no_deadline(&t);
	t.now += CLOCK_SECOND;
	session_tick(t.s, t.now);
	receive(&t, "LO");
	expect(&t, "say 2 \"hello\"\nreply 2 right \"HELLO\"\n");
	receive(&t, "\r");
	expect_no_deadline(&t);
	receive(&t, "\n");
	assert_false(end_it(&t, 0));
	expect(&t, "");
	end_talk(&t);
}

/* What comes before a sentence goes is no answer to it, ended by a newline or not. */
static void greeting_is_no_reply(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_TCP, CLOCK_NEVER);
	say(&t, "hello");
	open_it(&t);
	receive(&t, "Welcome\n> ");
	send_all(&t);
	receive(&t, "HELLO\n");
	expect(&t, "say 1 \"hello\"\nreply unasked \"Welcome\"\nreply unasked \"> \"\nreply 1 right \"HELLO\"\n");
	end_talk(&t);
}

static void sentence_said_in_the_pause_after_a_prompt(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, CLOCK_NEVER);
	receive(&t, "> ");
	t.now += SESSION_QUIET;
	say(&t, "a");
	expect(&t, "reply unasked \"> \"\nsay 2 \"a\"\n");
	end_talk(&t);
}

/* The '\r' and the '\n' of one newline, with a sentence sent in between. */
static void newline_cut_by_a_sentence(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, CLOCK_NEVER);
	say(&t, "a");
	send_all(&t);
	receive(&t, "A\r");
	say(&t, "b");
	send_all(&t);
	t.now += SESSION_QUIET;
	session_tick(t.s, t.now);
	receive(&t, "\nB\r\n");
	expect(&t, "say 2 \"a\"\nreply 2 right \"A\"\nsay 3 \"b\"\nreply 3 right \"B\"\n");
	end_talk(&t);
}

/* A server that answers byte by byte is ahead of our newline; one that greets us is no answer. */
static void half_a_sentence_is_not_answered(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, CLOCK_NEVER);
	say(&t, "hello");
	assert_true(send_some(&t, 2));
	receive(&t, "By the way\n");
	receive(&t, "HE");
	expect_no_deadline(&t);
	assert_true(send_some(&t, 3));
	receive(&t, "LLO");
	expect(&t, "say 2 \"hello\"\nreply unasked \"By the way\"\n");
	t.now += 5;
	assert_true(send_some(&t, 1));
	expect(&t, "reply 2 right \"HELLO\"\n");
	assert_int_equal(t.last.rtt, 0);
	assert_int_equal(t.last.pieces, 2);
	session_sent(t.s, 0, t.now);
	receive(&t, "\n");
	receive(&t, "");
	expect(&t, "");
	end_talk(&t);
}

/* Nor is the half of a newline the beginning of the next reply. */
static void half_a_newline_is_no_reply(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, CLOCK_SECOND);
	say(&t, "a");
	say(&t, "b");
	send_all(&t);
	receive(&t, "A\r");
	pass(&t);
	say(&t, "c");
	session_give_up(t.s, VERDICT_CANCELLED, 0, t.now);
	expect(&t, "say 2 \"a\"\nsay 3 \"b\"\nreply 2 right \"A\"\n"
		   "missing 3 timeout \"\"\nsay 4 \"c\"\nmissing 4 cancelled \"\"\n");
	end_talk(&t);
}

static void prompt_in_the_middle_of_a_sentence(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, CLOCK_NEVER);
	say(&t, "hello");
	assert_true(send_some(&t, 2));
	receive(&t, "> ");
	pass(&t);
	send_all(&t);
	receive(&t, "HELLO\n");
	expect(&t, "say 2 \"hello\"\nreply unasked \"> \"\nreply 2 right \"HELLO\"\n");
	end_talk(&t);
}

static void endless_line_is_cut(void **state)
{
	(void)state;
	struct talk t;
	begin_open(&t, CLOCK_NEVER);
	char *junk = malloc(EVENT_DATA_MAX + 10);
	memset(junk, 'x', EVENT_DATA_MAX + 10);
	say(&t, "a");
	send_all(&t);
	receive_bytes(&t, junk, EVENT_DATA_MAX - 1);
	expect(&t, "say 2 \"a\"\n");
	receive_bytes(&t, junk, 1);
	receive(&t, "\n");
	expect(&t, "reply 2 wrong <4194304>\n");
	assert_int_equal(t.last.bytes, EVENT_DATA_MAX);
	assert_int_equal(t.last.pieces, 2);
	junk[EVENT_DATA_MAX + 2] = '\n';
	receive_bytes(&t, junk, EVENT_DATA_MAX + 4);
	receive(&t, "\n");
	expect(&t, "reply unasked <4194304>\nreply unasked \"xx\"\nreply unasked \"x\"\n");
	free(junk);
	end_talk(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sentence_and_reply),
		cmocka_unit_test(too_long_a_sentence_is_missing_at_once),
		cmocka_unit_test(longest_sentence_whose_reply_grows),
		cmocka_unit_test(one_sentence_until_it_has_answered),
		cmocka_unit_test(window_is_bounded),
		cmocka_unit_test(sentence_longer_than_the_window_goes_alone),
		cmocka_unit_test(replies_in_a_stream),
		cmocka_unit_test(bytes_count_the_newline),
		cmocka_unit_test(prompt_is_seen_when_it_is_quiet),
		cmocka_unit_test(right_reply_may_pause),
		cmocka_unit_test(greeting_is_no_reply),
		cmocka_unit_test(sentence_said_in_the_pause_after_a_prompt),
		cmocka_unit_test(newline_cut_by_a_sentence),
		cmocka_unit_test(half_a_sentence_is_not_answered),
		cmocka_unit_test(half_a_newline_is_no_reply),
		cmocka_unit_test(prompt_in_the_middle_of_a_sentence),
		cmocka_unit_test(endless_line_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
