#include <errno.h>
#include <stdio.h>

#include "test_view.h"

static void assert_line(struct event e, const char *expected)
{
	struct view_row line = {0};
	unsigned indent = 0;
	assert_true(view_line(&e, WALL, &line, &indent));
	assert_row(&line, expected);
	assert_int_equal(indent, 15);
	view_row_free(&line);
}

static void assert_words(struct event e, const char *expected)
{
	struct view_row line = {0};
	view_row_put(&line, STYLE_TEXT, "left from before", 16);
	assert_true(view_words(&e, &line));
	assert_row(&line, expected);
	view_row_free(&line);
}

static enum view_style style_of_words(struct event e)
{
	struct view_row line = {0};
	unsigned indent;
	assert_true(view_line(&e, WALL, &line, &indent));
	enum view_style style = ((struct view_span *)ring_at(&line.spans, line.spans.count - 1))->style;
	view_row_free(&line);
	return style;
}

/* --- Sentences and replies --- */

static struct event reply(struct event_talk t, const char *data)
{
	if (t.verdict == 0)
		t.verdict = VERDICT_RIGHT;
	if (t.bytes == 0)
		t.bytes = strlen(data);
	return event_of(EVENT_REPLY, t, data);
}

static void test_a_sentence_and_its_reply(void **state)
{
	(void)state;
	assert_line(sentence("hello world"), "14:03:07 you ▸ hello world");
	struct event numbered = sentence("hello");
	numbered.talk.sentence = 7;
	assert_line(numbered, "14:03:07 you ▸ hello  #7");
	assert_line(reply((struct event_talk){.bytes = 12, .pieces = 1, .rtt = 210000}, "HELLO WORLD"),
		    "14:03:07     ◂ HELLO WORLD  12 bytes, 0.21 ms");
	assert_words(sentence("hello world"), "hello world");
	assert_words(reply((struct event_talk){.bytes = 12, .pieces = 1, .rtt = 210000}, "HELLO WORLD"),
		     "HELLO WORLD  12 bytes, 0.21 ms");
}

static void test_time_of_day_is_when_it_happened(void **state)
{
	(void)state;
	struct event e = sentence("x");
	e.when = 3600 * CLOCK_SECOND + 53 * CLOCK_SECOND;
	assert_line(e, "15:04:00 you ▸ x");
}

static void test_any_script(void **state)
{
	(void)state;
	assert_line(sentence("你好，世界 straße 😀"), "14:03:07 you ▸ 你好，世界 straße 😀");
	assert_line(reply((struct event_talk){.rtt = 1000000}, "E\u0301"), "14:03:07     ◂ E\u0301  3 bytes, 1 ms");
}

static void test_hostile_replies_are_shown_not_obeyed(void **state)
{
	(void)state;
	assert_line(reply((struct event_talk){.verdict = VERDICT_WRONG, .rtt = 1000000}, "\033[2Jx\xe2\x80\xaey\n\xff"),
		    "14:03:07     ◂ ^[[2Jx\\u202ey^J\\xff  11 bytes, 1 ms, not the uppercase of your sentence");
}

static void test_empty_ones(void **state)
{
	(void)state;
	assert_line(sentence(""), "14:03:07 you ▸ (empty)");
	assert_line(reply((struct event_talk){.bytes = 1, .rtt = 1000000}, ""), "14:03:07     ◂ (empty)  1 byte, 1 ms");
}

static void test_what_is_special_about_a_reply(void **state)
{
	(void)state;
	assert_words(reply((struct event_talk){.pieces = 3, .rtt = 15300000}, "HI"),
		     "HI  2 bytes, in 3 pieces, 15.3 ms");
	assert_words(reply((struct event_talk){.late = true, .rtt = 2300000000}, "HI"),
		     "HI  2 bytes, late: after 2.30 s");
	assert_words(reply((struct event_talk){.verdict = VERDICT_WRONG, .rtt = 85000}, "hi"),
		     "hi  2 bytes, 0.085 ms, not the uppercase of your sentence");
	assert_words(reply((struct event_talk){.verdict = VERDICT_WRONG, .late = true, .rtt = 2 * CLOCK_SECOND}, "hi"),
		     "hi  2 bytes, late: after 2 s, not the uppercase of your sentence");
	assert_words(reply((struct event_talk){.verdict = VERDICT_UNASKED}, "HI"),
		     "HI  2 bytes, no sentence was waiting for it");
	assert_words(reply((struct event_talk){.verdict = VERDICT_STRANGER, .from = ipv4(5, 999)}, "HI"),
		     "HI  2 bytes, from a stranger: 127.0.0.5:999 is not your server");
	assert_int_equal(style_of_words(reply((struct event_talk){.verdict = VERDICT_WRONG}, "x")), STYLE_WARNING);
	assert_int_equal(style_of_words(reply((struct event_talk){0}, "x")), STYLE_FAINT);
}

static void test_a_sentence_sent_again(void **state)
{
	(void)state;
	assert_words(event_of(EVENT_SENTENCE, (struct event_talk){.again = true}, "hello"),
		     "hello  sent again, over a new connection");
}

static void test_round_trip_times(void **state)
{
	(void)state;
	static const struct {
		uint64_t ns;
		const char *words;
	} times[] = {
		{0, "0.000 ms"},        {999, "0.000 ms"},       {85000, "0.085 ms"},     {99999, "0.099 ms"},
		{100000, "0.10 ms"},    {999999, "0.99 ms"},     {9999999, "9.99 ms"},    {10000000, "10 ms"},
		{15399999, "15.3 ms"},  {150300000, "150 ms"},   {999999999, "999 ms"},   {1000000000, "1 s"},
		{2310000000, "2.31 s"}, {75500000000, "75.5 s"}, {750000000000, "750 s"},
	};
	for (size_t i = 0; i < COUNT(times); i++) {
		char expected[64];
		snprintf(expected, sizeof expected, "A  1 byte, %s", times[i].words);
		assert_words(reply((struct event_talk){.rtt = times[i].ns}, "A"), expected);
	}
}

static void test_of_a_long_one_the_beginning_is_shown(void **state)
{
	(void)state;
	enum { SHOWN = 16 << 10 };
	/* The 16 KiB end within the last three-byte character of those that follow the two letters. */
	char *data = malloc(SHOWN + 100), *expected = malloc(SHOWN + 100);
	memcpy(data, "ab", 2);
	size_t n = 2;
	for (; n < SHOWN + 50; n += 3)
		memcpy(data + n, "中", 3);
	data[n] = '\0';
	size_t shown = 2 + (SHOWN - 2) / 3 * 3;
	assert_int_not_equal(shown, SHOWN);
	memcpy(expected, data, shown);
	snprintf(expected + shown, 100, " (%zu bytes more are not shown)", n - shown);
	assert_words(sentence(data), expected);
	memset(data, 'a', SHOWN + 1);
	data[SHOWN + 1] = '\0';
	memset(expected, 'a', SHOWN);
	strcpy(expected + SHOWN, " (1 byte more is not shown)");
	assert_words(sentence(data), expected);
	free(data);
	free(expected);
}

/* --- What is missing --- */

static struct event missing(struct event_talk t, const char *data)
{
	t.sentence = 3;
	return event_of(EVENT_MISSING, t, data);
}

static void test_timeouts(void **state)
{
	(void)state;
	struct event_talk t = {.protocol = PROTOCOL_UDP, .verdict = VERDICT_TIMEOUT, .limit = 2 * CLOCK_SECOND};
	assert_line(missing(t, ""),
		    "14:03:07     ! no reply to sentence 3 within 2 s: UDP cannot tell whether the sentence or the "
		    "reply was lost, or whether any server listens there at all");
	t.protocol = PROTOCOL_TCP;
	assert_line(missing(t, ""), "14:03:07     ! no reply to sentence 3 within 2 s: the connection is still open, "
				    "and if the reply comes late it will be shown");
	assert_int_equal(style_of_words(missing(t, "")), STYLE_WARNING);
}

static void test_cut_short(void **state)
{
	(void)state;
	struct event_talk t = {.protocol = PROTOCOL_TCP, .verdict = VERDICT_CUT_SHORT};
	assert_words(missing(t, ""), "no reply to sentence 3 came: the server closed the connection");
	assert_line(missing(t, "HEL"), "14:03:07     ◂ HEL  only 3 bytes of the reply to sentence 3 came, the rest is "
				       "missing: the server closed the connection");
	t.limit = 12;
	assert_words(missing(t, "HEL"), "HEL  only 3 of 12 bytes of the reply to sentence 3 came, the rest is missing: "
					"the server closed the connection");
	t.limit = 0;
	t.error = ECONNRESET;
	assert_words(missing(t, "H"), "H  only 1 byte of the reply to sentence 3 came, the rest is missing: the server "
				      "reset the connection");
	assert_words(missing(t, ""), "no reply to sentence 3 came: the server reset the connection");
}

static void test_unsent(void **state)
{
	(void)state;
	struct event_talk t = {.protocol = PROTOCOL_UDP, .verdict = VERDICT_UNSENT, .error = EMSGSIZE, .limit = 65507};
	t.bytes = 70000;
	assert_words(missing(t, ""), "sentence 3 was not sent: it has 70000 bytes, and a datagram holds at most "
				     "65507 bytes; send it over TCP, or in parts");
	t.protocol = PROTOCOL_TCP;
	assert_words(missing(t, ""), "sentence 3 was not sent: it has 70000 bytes, and a sentence has at most "
				     "65507 bytes; send it in parts");
	t.protocol = PROTOCOL_UDP;
	t.error = ENETUNREACH;
	assert_words(missing(t, ""), "sentence 3 was not sent: there is no route to that network; "
				     "check this computer's network connection");
	t.protocol = PROTOCOL_TCP;
	t.error = ECONNREFUSED;
	assert_words(missing(t, ""), "sentence 3 was not sent");
	t.error = 0;
	assert_words(missing(t, ""), "sentence 3 was not sent");
}

static void test_cancelled(void **state)
{
	(void)state;
	assert_words(missing((struct event_talk){.verdict = VERDICT_CANCELLED}, ""),
		     "sentence 3 is no longer waited for: you went on");
}

/* --- Notes, and what has no line --- */

static void test_notes(void **state)
{
	(void)state;
	struct event e = with_data((struct event){.who = EVENT_CLIENT, .kind = EVENT_NOTE}, "all is well");
	assert_line(e, "14:03:07     · all is well");
	assert_int_equal(style_of_words(e), STYLE_NOTE);
	e.note.level = NOTE_WARNING;
	assert_line(e, "14:03:07     ! all is well");
	assert_int_equal(style_of_words(e), STYLE_WARNING);
	e.note.level = NOTE_ERROR;
	assert_line(e, "14:03:07     ! all is well");
	assert_int_equal(style_of_words(e), STYLE_ERROR);
	assert_words(with_data(e, "a\033c"), "a^[c");
}

static void test_what_the_transcript_says_nothing_of(void **state)
{
	(void)state;
	struct view_row line = {0};
	unsigned indent;
	struct event call = {.who = EVENT_CLIENT, .kind = EVENT_CALL, .call.op = OP_SEND};
	struct event accepted = {.who = EVENT_SERVER, .kind = EVENT_STATE, .state.step = STEP_CONNECTED};
	struct event heard = sentence("x");
	heard.who = EVENT_SERVER;
	const struct event *silent[] = {&call, &accepted, &heard};
	for (size_t i = 0; i < COUNT(silent); i++) {
		assert_false(view_line(silent[i], WALL, &line, &indent));
		assert_false(view_words(silent[i], &line));
	}
	assert_row(&line, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_sentence_and_its_reply),
		cmocka_unit_test(test_time_of_day_is_when_it_happened),
		cmocka_unit_test(test_any_script),
		cmocka_unit_test(test_hostile_replies_are_shown_not_obeyed),
		cmocka_unit_test(test_empty_ones),
		cmocka_unit_test(test_what_is_special_about_a_reply),
		cmocka_unit_test(test_a_sentence_sent_again),
		cmocka_unit_test(test_round_trip_times),
		cmocka_unit_test(test_of_a_long_one_the_beginning_is_shown),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_unsent),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_what_the_transcript_says_nothing_of),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
