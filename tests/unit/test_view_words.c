#include <stdio.h>

#include "test_view.h"

/* --- Sentences and replies --- */

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

static void test_fault_7_hostile_replies_are_shown_not_obeyed(void **state)
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

static void test_a_sentence_sent_again(void **state)
{
	(void)state;
	assert_words(event_of(EVENT_SENTENCE, (struct event_talk){.again = true}, "hello"),
		     "hello  sent again, over a new connection");
	assert_no_line(event_of(EVENT_SENTENCE, (struct event_talk){.unqueued = true}, "")); /* it stands there */
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

/* --- Notes, and what has no line --- */

static void test_notes(void **state)
{
	(void)state;
	struct event e = with_data((struct event){.who = EVENT_CLIENT, .kind = EVENT_NOTE}, "all is well");
	assert_line(e, "14:03:07     · all is well");
	assert_answer(e, " · all is well");
	assert_int_equal(style_of_words(e), STYLE_NOTE);
	e.note.level = NOTE_WARNING;
	assert_line(e, "14:03:07     ! all is well");
	assert_int_equal(style_of_words(e), STYLE_WARNING);
	e.note.level = NOTE_ERROR;
	assert_line(e, "14:03:07     ! all is well");
	assert_answer(e, " ! all is well");
	assert_int_equal(style_of_words(e), STYLE_ERROR);
	assert_words(with_data(e, "a\033c"), "a^[c");
}

static void test_what_the_transcript_says_nothing_of(void **state)
{
	(void)state;
	struct event call = {.who = EVENT_CLIENT, .kind = EVENT_CALL, .call.op = OP_SEND};
	struct event accepted = {.who = EVENT_SERVER, .kind = EVENT_STATE, .state.what = STATE_CONNECTED};
	struct event heard = sentence("x");
	heard.who = EVENT_SERVER;
	assert_no_line(call);
	assert_no_line(accepted);
	assert_no_line(heard);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_sentence_and_its_reply),
		cmocka_unit_test(test_time_of_day_is_when_it_happened),
		cmocka_unit_test(test_any_script),
		cmocka_unit_test(test_fault_7_hostile_replies_are_shown_not_obeyed),
		cmocka_unit_test(test_empty_ones),
		cmocka_unit_test(test_a_sentence_sent_again),
		cmocka_unit_test(test_round_trip_times),
		cmocka_unit_test(test_of_a_long_one_the_beginning_is_shown),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_what_the_transcript_says_nothing_of),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
