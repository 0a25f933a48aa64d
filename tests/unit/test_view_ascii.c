/* In a program that never called setlocale(), whose characters are therefore ASCII. */
#include "test_view.h"

static void test_signs_are_ascii(void **state)
{
	(void)state;
	assert_line(sentence("hello"), "14:03:07 you > hello");
	assert_line(
		event_of(EVENT_REPLY, (struct event_talk){.verdict = VERDICT_RIGHT, .bytes = 5, .rtt = 85000}, "HELLO"),
		"14:03:07     < HELLO  5 bytes, 0.085 ms");
	assert_line(state_of((struct event_state){.what = STATE_CONNECTED, .remote = ipv4(1, 12000)}, ""),
		    "14:03:07     - connected to 127.0.0.1:12000");
	assert_line(lab_event((struct event_lab){.what = LAB_SETTINGS}, "hold"), "14:03:07     * lab: hold");
}

static void test_ellipses_are_ascii(void **state)
{
	(void)state;
	struct event_talk t = {.series = {SERIES_FILLER, 1}, .bytes = 50};
	assert_words(event_of(EVENT_SENTENCE, t, "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwx"),
		     "abcdefghijklmnopqrstuvwxyzabcdefghijklmn...  50 bytes");
}

static void test_other_characters_are_escaped(void **state)
{
	(void)state;
	assert_line(sentence("中e\u0301\033"), "14:03:07 you > \\u4e2de\\u0301^[");
}

static void test_status(void **state)
{
	(void)state;
	struct view_status s = {.state = {.what = STATE_CONNECTED, .protocol = PROTOCOL_TCP}};
	s.state.local = ipv4(1, 53422);
	s.state.remote = ipv4(1, 12000);
	struct view_row row = {0};
	assert_int_equal(view_status_row(&s, 51, &row), 0);
	assert_row(&row, " TCP  connected  127.0.0.1:53422 -> 127.0.0.1:12000");
	strcpy(s.lab, "drop=30%,seed=42");
	s.state.own = true;
	assert_int_equal(view_status_row(&s, 30, &row), 0);
	assert_row(&row, " TCP  connected  lab: drop=...");
	assert_int_equal(view_status_row(&s, 2, &row), 0);
	assert_row(&row, " T"); /* no room for an ellipsis */
	view_row_free(&row);
}

static int use_utc(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signs_are_ascii),
		cmocka_unit_test(test_ellipses_are_ascii),
		cmocka_unit_test(test_other_characters_are_escaped),
		cmocka_unit_test(test_status),
	};
	return cmocka_run_group_tests(tests, use_utc, NULL);
}
