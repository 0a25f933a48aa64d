/*
 * Finding text in the lines of a view.
 */
#include "test_view_pager.h"

static void test_newest_first_then_either_way(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 3, 3, 40);
	assert_string_equal(pager_found(s.pager), "");
	assert_false(find_next(&s, true));
	assert_true(find(&s, "2"));
	assert_string_equal(pager_found(s.pager), "2");
	assert_int_equal(pager_chosen(s.pager), 32);
	assert_shown(&s, "{3}[2]{ }|33|34");
	assert_false(pager_follows(s.pager));
	assert_true(find_next(&s, true));
	assert_shown(&s, "[2]{9 }|30|31");
	assert_true(find_next(&s, true));
	assert_shown(&s, "[2]{8 }|[2]9|30");
	assert_true(find_next(&s, false));
	assert_shown(&s, "[2]8|[2]{9 }|30");
	assert_true(find_next(&s, false));
	assert_int_equal(pager_chosen(s.pager), 32);
	assert_shown(&s, "30|31|{3}[2]{ }");
	close_screen(&s);
}

static void test_none_changes_nothing(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 3, 3, 40);
	assert_false(find(&s, "x"));
	assert_string_equal(pager_found(s.pager), "");
	assert_int_equal(pager_chosen(s.pager), PAGER_NONE);
	assert_true(pager_follows(s.pager));
	assert_true(find(&s, "17"));
	assert_false(find_next(&s, true));
	assert_false(find_next(&s, false));
	assert_false(find(&s, "no such text"));
	assert_string_equal(pager_found(s.pager), "17");
	assert_int_equal(pager_chosen(s.pager), 17);
	assert_shown(&s, "[17]{ }|18|19");
	close_screen(&s);
	open_screen(&s, 3, 3, 0);
	assert_false(find(&s, "1"));
	s.toy.end = 12;
	s.height = 0;
	assert_false(find(&s, "1"));
	s.height = 3;
	assert_true(find(&s, "1"));
	s.toy.first = 12;
	assert_false(find_next(&s, true));
	close_screen(&s);
}

static void test_it_goes_on_from_the_chosen_line(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 3, 3, 40);
	assert_true(find(&s, "2"));
	pager_choose_none(s.pager);
	assert_true(find_next(&s, true));
	assert_int_equal(pager_chosen(s.pager), 32);
	move(&s, MOVE_HOME);
	assert_int_equal(pager_chosen(s.pager), 3);
	assert_true(find_next(&s, false));
	assert_int_equal(pager_chosen(s.pager), 12);
	pager_choose_none(s.pager);
	assert_true(find_next(&s, false));
	assert_int_equal(pager_chosen(s.pager), 2);
	assert_false(find_next(&s, true));
	s.toy.first = 0;
	s.toy.texts[0] = "2";
	assert_true(find_next(&s, true));
	assert_int_equal(pager_chosen(s.pager), 0);
	assert_false(find_next(&s, true)); /* there is none before the very first */
	close_screen(&s);
}

static void test_an_empty_text_ends_it(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 3, 1, 7);
	assert_true(find(&s, "7"));
	assert_shown(&s, "[7]{  }");
	assert_false(find(&s, ""));
	assert_string_equal(pager_found(s.pager), "");
	assert_shown(&s, "{7  }");
	assert_false(find_next(&s, true));
	close_screen(&s);
}

static void assert_found(const char *line, const char *text, const char *expected)
{
	struct screen s;
	open_screen(&s, 40, 1, 1);
	s.toy.texts[1] = line;
	assert_true(find(&s, text));
	pager_choose_none(s.pager);
	assert_shown(&s, expected);
	close_screen(&s);
}

static void test_whatever_the_case(void **state)
{
	(void)state;
	assert_found("Hello, hello!", "hEL", "[Hel]lo, [hel]lo!");
	assert_found("Straße", "STRASSE", "[Straße]");
	assert_found("STRASSE", "straße", "[STRASSE]");
	assert_found("Straße", "s", "[S]tra[ß]e");
	assert_found("ΟΔΥΣΣΕΥΣ Οδυσσευς", "ευς", "ΟΔΥΣΣ[ΕΥΣ] Οδυσσ[ευς]");
	assert_found("中文字", "文", "中[文]字");
}

static void test_every_place_of_it_in_a_line(void **state)
{
	(void)state;
	assert_found("aaaaa", "aa", "[aaaa]a");
	assert_found("a.a.a", "a", "[a].[a].[a]");
	assert_found("ßß", "s", "[ßß]");
	assert_found("xaßa", "asS", "x[aß]a");
	assert_found("one two", "one two", "[one two]");
}

static void test_what_is_drawn_as_one_is_marked_as_one(void **state)
{
	(void)state;
	assert_found("caffe\u0301 e", "e", "caff[e\u0301] [e]");
	assert_found("a\001b\001", "^a", "a[^A]b[^A]");
}

static void test_as_it_is_shown(void **state)
{
	(void)state;
	struct screen s;
	assert_found("a\001b", "\001", "a[^A]b"); /* the text that is looked for is shown alike */
	assert_found("1\x85", "x85", "1[\\x85]");
	open_screen(&s, 40, 1, 1);
	s.toy.texts[1] = "a\u200db";
	assert_false(find(&s, "\u200d")); /* which is not drawn */
	assert_true(find(&s, "ab"));
	close_screen(&s);
}

static void test_across_the_rows_of_a_line(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 6, 3, 1);
	s.toy.texts[1] = "hello to the world";
	s.toy.indent = 1;
	assert_true(find(&s, "O T"));
	pager_choose_none(s.pager);
	assert_shown(&s, "hell[o ]|[to t]he|world");
	close_screen(&s);
}

/* A line that fills the window many times over: the text itself comes into it. */
static void test_far_down_in_a_long_line(void **state)
{
	(void)state;
	enum { LONG = 4000 };
	char text[LONG + 1];
	struct screen s;
	memset(text, 'x', LONG);
	text[LONG] = '\0';
	memcpy(text + 1000, "HERE", 4);
	memcpy(text + 3990, "there", 5);
	open_screen(&s, 10, 3, 20);
	s.toy.texts[10] = s.toy.texts[20] = text;
	assert_true(find(&s, "here"));
	char *there = shown(&s);
	assert_non_null(strstr(there, "[HERE]"));
	free(there);
	assert_true(find_next(&s, true));
	assert_int_equal(pager_chosen(s.pager), 10);
	there = shown(&s);
	assert_non_null(strstr(there, "[HERE]"));
	free(there);
	assert_true(find(&s, "19"));
	assert_true(find(&s, "xthere"));
	assert_int_equal(pager_chosen(s.pager), 20);
	assert_true(pager_follows(s.pager));
	close_screen(&s);
}

static void test_a_text_of_any_length(void **state)
{
	(void)state;
	char line[PAGER_FIND_MAX + 20], text[PAGER_FIND_MAX + 20];
	struct screen s;
	memset(line, 'a', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	memset(text, 'A', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	memcpy(text + PAGER_FIND_MAX - 1, "é", 3); /* the limit cuts through this */
	open_screen(&s, 40, 3, 1);
	s.toy.texts[1] = line;
	assert_true(find(&s, text));
	assert_int_equal(strlen(pager_found(s.pager)), PAGER_FIND_MAX - 1);
	memset(text, 'A', sizeof text - 1);
	assert_true(find(&s, text));
	assert_int_equal(strlen(pager_found(s.pager)), PAGER_FIND_MAX);
	assert_true(find(&s, pager_found(s.pager)));
	text[PAGER_FIND_MAX] = '\0';
	text[PAGER_FIND_MAX - 1] = 'b';
	assert_false(find(&s, text));
	memset(line, 0x85, sizeof line - 1); /* as if one character went on for ever */
	assert_true(find(&s, line));
	assert_in_range(strlen(pager_found(s.pager)), PAGER_FIND_MAX - 3, PAGER_FIND_MAX);
	close_screen(&s);
}

static void test_each_line_once_at_most(void **state)
{
	(void)state;
	enum { LINES = 200000, WINDOW = 1000 };
	struct screen s;
	open_screen(&s, 80, 50, LINES);
	assert_false(find(&s, "x"));
	assert_int_equal(s.toy.worked_out, LINES);
	assert_true(find(&s, "150000"));
	assert_true(s.toy.worked_out < LINES + 50001 + WINDOW);
	s.toy.worked_out = 0;
	assert_false(find_next(&s, false));
	assert_int_equal(s.toy.worked_out, 50000);
	close_screen(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_newest_first_then_either_way),
		cmocka_unit_test(test_none_changes_nothing),
		cmocka_unit_test(test_it_goes_on_from_the_chosen_line),
		cmocka_unit_test(test_an_empty_text_ends_it),
		cmocka_unit_test(test_whatever_the_case),
		cmocka_unit_test(test_every_place_of_it_in_a_line),
		cmocka_unit_test(test_what_is_drawn_as_one_is_marked_as_one),
		cmocka_unit_test(test_as_it_is_shown),
		cmocka_unit_test(test_across_the_rows_of_a_line),
		cmocka_unit_test(test_far_down_in_a_long_line),
		cmocka_unit_test(test_a_text_of_any_length),
		cmocka_unit_test(test_each_line_once_at_most),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
