/*
 * The window on a view's lines: following, scrolling, and what remains when lines come, go and change.
 */
#include "test_view_pager.h"

static void test_nothing_yet(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 3, 0);
	assert_shown(&s, "||");
	for (int m = MOVE_LINE_UP; m <= MOVE_END; m++)
		move(&s, m);
	assert_true(pager_follows(s.pager));
	assert_int_equal(pager_below(s.pager), 0);
	assert_shown(&s, "||");
	close_screen(&s);
	pager_free(NULL);
}

static void test_newest_stands_on_the_last_row(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 3, 2);
	assert_shown(&s, "|1|2");
	append(&s, 3);
	assert_shown(&s, "3|4|5");
	assert_int_equal(pager_below(s.pager), 0);
	close_screen(&s);
}

static void test_scrolled_back_it_stays_put(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 3, 9);
	move(&s, MOVE_LINE_UP);
	assert_false(pager_follows(s.pager));
	assert_shown(&s, "6|7|8");
	assert_int_equal(pager_below(s.pager), 0);
	append(&s, 3);
	assert_shown(&s, "6|7|8");
	assert_int_equal(pager_below(s.pager), 3);
	move(&s, MOVE_LINE_UP);
	assert_shown(&s, "5|6|7");
	assert_int_equal(pager_below(s.pager), 3);
	close_screen(&s);
}

static void test_new_lines_count_until_they_were_shown(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 3, 9);
	move(&s, MOVE_LINE_UP);
	append(&s, 11);
	assert_int_equal(pager_below(s.pager), 11);
	move(&s, MOVE_PAGE_DOWN);
	move(&s, MOVE_PAGE_DOWN);
	assert_shown(&s, "10|11|12");
	assert_int_equal(pager_below(s.pager), 8);
	assert_false(pager_follows(s.pager));
	close_screen(&s);
}

static void test_pages_overlap_by_a_row(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 4, 9);
	move(&s, MOVE_PAGE_UP);
	assert_shown(&s, "3|4|5|6");
	move(&s, MOVE_PAGE_UP);
	assert_shown(&s, "1|2|3|4");
	move(&s, MOVE_PAGE_UP);
	move(&s, MOVE_LINE_UP);
	assert_shown(&s, "1|2|3|4");
	move(&s, MOVE_PAGE_DOWN);
	assert_shown(&s, "4|5|6|7");
	assert_false(pager_follows(s.pager));
	move(&s, MOVE_PAGE_DOWN);
	assert_shown(&s, "6|7|8|9");
	assert_true(pager_follows(s.pager));
	close_screen(&s);
}

static void test_moving_down_to_the_end_follows_again(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 3, 9);
	move(&s, MOVE_LINE_UP);
	move(&s, MOVE_LINE_UP);
	move(&s, MOVE_LINE_DOWN);
	assert_false(pager_follows(s.pager));
	assert_shown(&s, "6|7|8");
	move(&s, MOVE_LINE_DOWN);
	assert_true(pager_follows(s.pager));
	move(&s, MOVE_LINE_DOWN);
	assert_shown(&s, "7|8|9");
	append(&s, 1);
	assert_shown(&s, "8|9|10");
	close_screen(&s);
}

static void test_home_and_end(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 3, 9);
	move(&s, MOVE_HOME);
	assert_shown(&s, "1|2|3");
	assert_false(pager_follows(s.pager));
	append(&s, 1);
	assert_int_equal(pager_below(s.pager), 1);
	move(&s, MOVE_END);
	assert_true(pager_follows(s.pager));
	assert_int_equal(pager_below(s.pager), 0);
	assert_shown(&s, "8|9|10");
	close_screen(&s);
}

static void test_what_fits_does_not_scroll(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 5, 5);
	static const int moves[] = {MOVE_LINE_UP, MOVE_PAGE_UP, MOVE_HOME};
	for (size_t i = 0; i < COUNT(moves); i++) {
		move(&s, moves[i]);
		assert_true(pager_follows(s.pager));
		assert_shown(&s, "1|2|3|4|5");
	}
	close_screen(&s);
}

static void test_scrolls_by_rows_within_a_long_line(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 10, 2, 2);
	s.toy.texts[1] = "aaaa aaaa bbbb dddd";
	s.toy.indent = 4;
	assert_shown(&s, "    dddd|2");
	move(&s, MOVE_LINE_UP);
	assert_shown(&s, "    bbbb |    dddd");
	move(&s, MOVE_LINE_UP);
	assert_shown(&s, "aaaa aaaa |    bbbb ");
	move(&s, MOVE_LINE_UP);
	assert_shown(&s, "aaaa aaaa |    bbbb ");
	move(&s, MOVE_LINE_DOWN);
	move(&s, MOVE_LINE_DOWN);
	assert_true(pager_follows(s.pager));
	close_screen(&s);
}

static bool contains(struct screen *s, const char *text)
{
	char *all = shown(s);
	bool found = strstr(all, text);
	free(all);
	return found;
}

static void test_another_width_keeps_the_place(void **state)
{
	(void)state;
	enum { LONG = 50, WHOLE = 400, MARK = 270 };
	char texts[LONG][WHOLE + 1];
	struct screen s;
	open_screen(&s, 60, 5, LONG);
	for (int i = 0; i < LONG; i++) {
		memset(texts[i], 'x', WHOLE);
		snprintf(texts[i] + MARK, WHOLE - MARK, " mark%02d", i);
		s.toy.texts[i + 1] = texts[i];
	}
	for (int i = 0; i < 40; i++)
		move(&s, MOVE_LINE_UP);
	char name[7] = {0}, *before = shown(&s);
	memcpy(name, strstr(before, "mark"), 6); /* it is in sight */
	while (!strstr(strtok(before, "|"), name)) {
		free(before);
		move(&s, MOVE_LINE_DOWN); /* it comes to the first row */
		before = shown(&s);
	}
	free(before);
	char *there = shown(&s);
	for (s.width = 20; s.width < 200; s.width += 7)
		assert_true(contains(&s, name));
	s.width = 60;
	assert_shown(&s, there);
	free(there);
	assert_false(pager_follows(s.pager));
	close_screen(&s);
}

static void test_a_window_that_grows_to_the_end_follows(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 3, 9);
	move(&s, MOVE_LINE_UP);
	assert_shown(&s, "6|7|8");
	s.height = 6;
	assert_shown(&s, "4|5|6|7|8|9");
	assert_true(pager_follows(s.pager));
	close_screen(&s);
}

static void test_any_size_will_do(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 1, 1, 4);
	s.toy.texts[1] = "中e\u0301 \033[2J";
	s.toy.texts[2] = "";
	for (s.height = 0; s.height < 4; s.height++)
		for (s.width = 0; s.width < 50; s.width++)
			for (int m = MOVE_LINE_UP; m <= MOVE_END; m++) {
				move(&s, m);
				free(shown(&s));
				choose(&s, m % 2 ? 1 : -1);
				free(shown(&s));
				find(&s, "2");
				free(shown(&s));
			}
	pager_choose_none(s.pager);
	s.width = s.height = 1;
	move(&s, MOVE_END);
	assert_shown(&s, "4");
	move(&s, MOVE_PAGE_UP);
	move(&s, MOVE_LINE_UP);
	assert_false(pager_follows(s.pager));
	move(&s, MOVE_PAGE_DOWN);
	move(&s, MOVE_LINE_DOWN);
	assert_true(pager_follows(s.pager));
	close_screen(&s);
}

static void test_forgetting_while_scrolled_back(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 3, 10);
	move(&s, MOVE_LINE_UP);
	move(&s, MOVE_LINE_UP);
	assert_shown(&s, "6|7|8");
	append(&s, 7);
	s.toy.first = 8;
	assert_shown(&s, "8|9|10");
	assert_false(pager_follows(s.pager));
	append(&s, 23);
	s.toy.first = 31;
	assert_int_equal(pager_below(s.pager), 10);
	assert_shown(&s, "31|32|33");
	move(&s, MOVE_END);
	assert_shown(&s, "38|39|40");
	s.toy.first = 41;
	assert_shown(&s, "||");
	close_screen(&s);
}

static void test_a_table_that_gets_shorter(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 3, 9);
	choose(&s, -1);
	choose(&s, -1);
	assert_int_equal(pager_chosen(s.pager), 8);
	move(&s, MOVE_LINE_UP);
	assert_shown(&s, "6|7|{8                                       }");
	s.toy.end = 5;
	assert_int_equal(pager_below(s.pager), 0);
	assert_int_equal(pager_chosen(s.pager), 4);
	assert_shown(&s, "2|3|{4                                       }");
	assert_true(pager_follows(s.pager));
	move(&s, MOVE_HOME);
	s.toy.end = 1;
	assert_int_equal(pager_chosen(s.pager), PAGER_NONE);
	assert_int_equal(pager_chosen_event(s.pager), PAGER_NONE);
	assert_shown(&s, "||");
	close_screen(&s);
}

static void test_a_line_that_gets_longer_and_shorter(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 4, 3, 6);
	s.toy.texts[3] = "aaaabbbbccccdddd";
	for (int i = 0; i < 2; i++)
		move(&s, MOVE_LINE_UP);
	assert_shown(&s, "cccc|dddd|4");
	s.toy.texts[3] = "zzzzyy";
	assert_shown(&s, "yy|4|5");
	s.toy.texts[3] = "aaaabbbbccccdddd";
	assert_shown(&s, "cccc|dddd|4"); /* the place is still the same */
	s.toy.texts[3] = NULL;
	assert_shown(&s, "3|4|5");
	move(&s, MOVE_END);
	s.toy.texts[6] = "sixty-six";
	assert_shown(&s, "sixt|y-si|x");
	close_screen(&s);
}

static void test_a_table_begins_at_its_top(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 3, 2);
	pager_from_top(s.pager);
	assert_shown(&s, "1|2|");
	append(&s, 7);
	assert_shown(&s, "1|2|3");
	move(&s, MOVE_PAGE_DOWN);
	assert_shown(&s, "3|4|5");
	move(&s, MOVE_END);
	assert_shown(&s, "7|8|9");
	append(&s, 1);
	assert_shown(&s, "7|8|9");
	assert_false(pager_follows(s.pager));
	s.toy.end = 9; /* shorter, and its window full */
	assert_shown(&s, "6|7|8");
	s.toy.first = 20; /* another table */
	s.toy.end = 22;
	assert_shown(&s, "20|21|");
	pager_choose_at(s.pager, 1, s.width, s.height);
	assert_shown(&s, "20|{21                                      }|");
	pager_choose_at(s.pager, 2, s.width, s.height);
	assert_shown(&s, "20|21|");
	choose(&s, -1);
	assert_int_equal(pager_chosen(s.pager), 21);
	pager_clear(s.pager);
	append(&s, 9);
	assert_shown(&s, "22|23|24");
	close_screen(&s);
}

static void test_clear_shows_only_what_comes(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 3, 9);
	move(&s, MOVE_HOME);
	choose(&s, 1);
	s.toy.gained = 2; /* and these were there already */
	pager_clear(s.pager);
	assert_true(pager_follows(s.pager));
	assert_int_equal(pager_chosen(s.pager), PAGER_NONE);
	assert_shown(&s, "||");
	append(&s, 2);
	assert_shown(&s, "|12|13");
	move(&s, MOVE_HOME);
	assert_shown(&s, "|12|13");
	assert_false(find(&s, "11"));
	s.toy.first = 13;
	assert_shown(&s, "||13");
	close_screen(&s);
}

/* --- Choosing --- */

static void test_a_first_choice_enters_from_the_edge(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 4, 3, 9);
	assert_int_equal(pager_chosen(s.pager), PAGER_NONE);
	assert_int_equal(pager_chosen_event(s.pager), PAGER_NONE);
	choose(&s, 0);
	assert_shown(&s, "7|8|9");
	choose(&s, -1);
	assert_shown(&s, "7|8|{9   }");
	assert_int_equal(pager_chosen(s.pager), 9);
	assert_int_equal(pager_chosen_event(s.pager), PAGER_NONE);
	pager_choose_none(s.pager);
	assert_shown(&s, "7|8|9");
	choose(&s, 1);
	assert_shown(&s, "{7   }|8|9");
	choose(&s, 1);
	assert_int_equal(pager_chosen_event(s.pager), 1008);
	close_screen(&s);
}

static void test_the_window_goes_with_the_choice(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 2, 3, 9);
	choose(&s, 1);
	choose(&s, -1);
	assert_shown(&s, "{6 }|7|8");
	choose(&s, -100);
	assert_shown(&s, "{1 }|2|3");
	choose(&s, 2);
	assert_shown(&s, "1|2|{3 }");
	choose(&s, 1);
	assert_shown(&s, "2|3|{4 }");
	assert_false(pager_follows(s.pager));
	choose(&s, 100);
	assert_shown(&s, "7|8|{9 }");
	assert_true(pager_follows(s.pager));
	choose(&s, INT32_MIN);
	assert_int_equal(pager_chosen(s.pager), 1);
	choose(&s, INT32_MAX);
	assert_int_equal(pager_chosen(s.pager), 9);
	close_screen(&s);
}

static void test_the_choice_goes_with_the_window(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 2, 3, 9);
	choose(&s, -1);
	move(&s, MOVE_LINE_UP);
	assert_shown(&s, "6|7|{8 }");
	move(&s, MOVE_PAGE_UP);
	assert_shown(&s, "4|5|{6 }");
	move(&s, MOVE_HOME);
	assert_shown(&s, "1|2|{3 }");
	move(&s, MOVE_LINE_DOWN);
	assert_shown(&s, "2|{3 }|4");
	move(&s, MOVE_PAGE_DOWN);
	assert_shown(&s, "{4 }|5|6");
	move(&s, MOVE_END);
	assert_shown(&s, "7|8|9");
	assert_int_equal(pager_chosen(s.pager), PAGER_NONE);
	close_screen(&s);
}

static void test_the_window_stays_on_the_choice(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 2, 3, 9);
	choose(&s, -1);
	assert_shown(&s, "7|8|{9 }");
	append(&s, 2);
	assert_shown(&s, "{9 }|10|11");
	assert_true(pager_follows(s.pager));
	append(&s, 2);
	assert_shown(&s, "{9 }|10|11");
	assert_false(pager_follows(s.pager));
	assert_int_equal(pager_below(s.pager), 2);
	choose(&s, 2);
	s.height = 2; /* there is room for fewer */
	assert_shown(&s, "10|{11}");
	s.height = 1;
	assert_shown(&s, "{11}");
	s.height = 5;
	assert_shown(&s, "9|10|{11}|12|13");
	s.toy.first = 13;
	assert_int_equal(pager_chosen(s.pager), 13);
	assert_shown(&s, "||||{13}");
	s.toy.first = 14;
	assert_int_equal(pager_chosen(s.pager), PAGER_NONE);
	assert_shown(&s, "||||");
	append(&s, 1);
	assert_shown(&s, "||||14");
	close_screen(&s);
}

static void test_a_choice_of_many_rows(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 4, 3, 6);
	s.toy.texts[3] = "aaaabb";
	s.toy.texts[5] = "aaaabbbbccccdddd";
	s.toy.indent = 0;
	choose(&s, -1);
	choose(&s, -1);
	assert_shown(&s, "{aaaa}|{bbbb}|{cccc}"); /* what there is room for */
	move(&s, MOVE_LINE_DOWN);
	assert_shown(&s, "{bbbb}|{cccc}|{dddd}");
	move(&s, MOVE_LINE_DOWN);
	move(&s, MOVE_LINE_DOWN);
	assert_shown(&s, "{cccc}|{dddd}|6");
	choose(&s, -2);
	assert_shown(&s, "{aaaa}|{bb  }|4");
	choose(&s, -1);
	choose(&s, -1);
	assert_shown(&s, "{1   }|2|aaaa");
	choose(&s, 2);
	assert_shown(&s, "2|{aaaa}|{bb  }"); /* all of it */
	close_screen(&s);
}

static void test_an_escape_remains_one_in_a_choice(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 6, 1, 1);
	s.toy.texts[1] = "a\001b";
	choose(&s, 1);
	assert_shown(&s, "{a}/^A/{b  }");
	close_screen(&s);
}

/* --- All lines --- */

struct collected {
	struct buf text;
	size_t rows, most;
};

static bool collect(const struct view_row *row, void *arg)
{
	struct collected *c = arg;
	put_marked(&c->text, row);
	buf_append(&c->text, "|", 1);
	return ++c->rows < c->most;
}

static void assert_all(struct screen *s, size_t most, const char *expected)
{
	struct collected c = {.most = most};
	assert_int_equal(pager_all(s->pager, s->width, collect, &c), 0);
	assert_int_equal(c.text.size, strlen(expected));
	if (c.text.size)
		assert_memory_equal(buf_bytes(&c.text), expected, c.text.size);
	buf_free(&c.text);
}

/* Also where the window begins in the middle of a line, which is then shown whole. */
static void test_the_line_of_a_row_is_chosen(void **state)
{
	(void)state;
	struct screen s;
	static const uint64_t at[] = {2, 2, 3, 4, 5};
	open_screen(&s, 4, 5, 5);
	s.toy.texts[2] = "two two two";
	for (unsigned y = 0; y < 5; y++) {
		pager_choose_none(s.pager);
		move(&s, MOVE_END); /* two, two, 3, 4, 5: the first row of line 2 is above */
		pager_choose_at(s.pager, y, s.width, s.height);
		assert_int_equal(pager_chosen(s.pager), at[y]);
	}
	close_screen(&s);
	open_screen(&s, 4, 5, 2);
	pager_choose_at(s.pager, 2, s.width, s.height); /* empty, above the first line */
	assert_int_equal(pager_chosen(s.pager), PAGER_NONE);
	pager_choose_at(s.pager, 3, s.width, s.height);
	assert_int_equal(pager_chosen(s.pager), 1);
	pager_choose_at(s.pager, 5, s.width, s.height);
	assert_int_equal(pager_chosen(s.pager), PAGER_NONE);
	close_screen(&s);
}

static void test_all_lines(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 4, 2, 4);
	s.toy.texts[3] = "aaaa bb";
	s.toy.indent = 1;
	assert_true(find(&s, "b"));
	assert_all(&s, SIZE_MAX, "1|2|aaaa|bb|4|");
	assert_all(&s, 3, "1|2|aaaa|");
	assert_all(&s, 1, "1|");
	s.toy.first = 4;
	assert_all(&s, SIZE_MAX, "4|");
	pager_clear(s.pager);
	assert_all(&s, SIZE_MAX, "");
	close_screen(&s);
}

static void test_200000_lines(void **state)
{
	(void)state;
	enum { LINES = 200000 };
	struct screen s;
	open_screen(&s, 80, 50, LINES);
	for (int i = 0; i < 100; i++)
		move(&s, MOVE_PAGE_UP);
	s.height = 2;
	assert_shown(&s, "195051|195052");
	move(&s, MOVE_HOME);
	assert_shown(&s, "1|2");
	append(&s, LINES);
	s.toy.first = LINES + 1;
	assert_int_equal(pager_below(s.pager), LINES);
	assert_shown(&s, "200001|200002");
	move(&s, MOVE_END);
	assert_shown(&s, "399999|400000");
	assert_true(s.toy.worked_out < LINES / 4); /* a page at a time */
	close_screen(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_yet),
		cmocka_unit_test(test_newest_stands_on_the_last_row),
		cmocka_unit_test(test_scrolled_back_it_stays_put),
		cmocka_unit_test(test_new_lines_count_until_they_were_shown),
		cmocka_unit_test(test_pages_overlap_by_a_row),
		cmocka_unit_test(test_moving_down_to_the_end_follows_again),
		cmocka_unit_test(test_home_and_end),
		cmocka_unit_test(test_what_fits_does_not_scroll),
		cmocka_unit_test(test_scrolls_by_rows_within_a_long_line),
		cmocka_unit_test(test_another_width_keeps_the_place),
		cmocka_unit_test(test_a_window_that_grows_to_the_end_follows),
		cmocka_unit_test(test_any_size_will_do),
		cmocka_unit_test(test_forgetting_while_scrolled_back),
		cmocka_unit_test(test_a_table_that_gets_shorter),
		cmocka_unit_test(test_a_line_that_gets_longer_and_shorter),
		cmocka_unit_test(test_a_table_begins_at_its_top),
		cmocka_unit_test(test_clear_shows_only_what_comes),
		cmocka_unit_test(test_a_first_choice_enters_from_the_edge),
		cmocka_unit_test(test_the_window_goes_with_the_choice),
		cmocka_unit_test(test_the_choice_goes_with_the_window),
		cmocka_unit_test(test_the_window_stays_on_the_choice),
		cmocka_unit_test(test_a_choice_of_many_rows),
		cmocka_unit_test(test_an_escape_remains_one_in_a_choice),
		cmocka_unit_test(test_the_line_of_a_row_is_chosen),
		cmocka_unit_test(test_all_lines),
		cmocka_unit_test(test_200000_lines),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
