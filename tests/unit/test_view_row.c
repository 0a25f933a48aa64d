#include "test_view.h"

struct expected_span {
	enum view_style style;
	uint32_t size, columns;
};

static void assert_spans(const struct view_row *row, const struct expected_span *expected, size_t n)
{
	assert_int_equal(row->spans.count, n);
	for (size_t i = 0; i < n; i++) {
		const struct view_span *s = ring_at(&row->spans, i);
		assert_int_equal(s->style, expected[i].style);
		assert_int_equal(s->size, expected[i].size);
		assert_int_equal(s->columns, expected[i].columns);
	}
}

static void test_text_of_one_style_is_one_span(void **state)
{
	(void)state;
	struct view_row row = {0};
	assert_int_equal(view_row_put(&row, STYLE_YOU, "one ", 4), 0);
	assert_int_equal(view_row_printf(&row, STYLE_YOU, "%s %d", "two", 3), 0);
	assert_int_equal(view_row_put(&row, STYLE_FAINT, "!", 1), 0);
	assert_int_equal(view_row_put(&row, STYLE_FAINT, "", 0), 0);
	assert_row(&row, "one two 3!");
	assert_spans(&row, (struct expected_span[]){{STYLE_YOU, 9, 9}, {STYLE_FAINT, 1, 1}}, 2);
	view_row_free(&row);
	assert_row(&row, "");
}

static void test_a_cleared_row_is_used_again(void **state)
{
	(void)state;
	struct view_row row = {0};
	view_row_clear(&row);
	view_row_put(&row, STYLE_YOU, "one", 3);
	view_row_clear(&row);
	assert_row(&row, "");
	view_row_put(&row, STYLE_SERVER, "TWO", 3);
	assert_row(&row, "TWO");
	assert_spans(&row, (struct expected_span[]){{STYLE_SERVER, 3, 3}}, 1);
	view_row_free(&row);
}

static void test_columns_are_counted_as_a_terminal_does(void **state)
{
	(void)state;
	struct view_row row = {0};
	view_row_printf(&row, STYLE_YOU, "%s", "中文");
	view_row_printf(&row, STYLE_SERVER, "%s", "e\u0301");
	view_row_printf(&row, STYLE_NOTE, "%s", "😀");
	assert_row(&row, "中文e\u0301😀");
	assert_spans(&row, (struct expected_span[]){{STYLE_YOU, 6, 4}, {STYLE_SERVER, 3, 1}, {STYLE_NOTE, 4, 2}}, 3);
	assert_int_equal(row.columns, 7);
	view_row_free(&row);
}

static void test_nothing_foreign_comes_through_raw(void **state)
{
	(void)state;
	struct view_row row = {0};
	view_row_printf(&row, STYLE_SERVER, "a%s%s", "\033[2J", turn);
	view_row_put(&row, STYLE_SERVER, "\0\xff\n", 3);
	assert_row(&row, "a^[[2J\\u202e^@\\xff^J");
	/* Each escape is a span, so that a cut can tell them apart. */
	assert_spans(&row,
		     (struct expected_span[]){{STYLE_SERVER, 1, 1},
					      {STYLE_ESCAPE, 2, 2},
					      {STYLE_SERVER, 3, 3},
					      {STYLE_ESCAPE, 6, 6},
					      {STYLE_ESCAPE, 2, 2},
					      {STYLE_ESCAPE, 4, 4},
					      {STYLE_ESCAPE, 2, 2}},
		     7);
	view_row_free(&row);
}

static void test_a_failed_row_ends_there(void **state)
{
	(void)state;
	struct view_row row = {0};
	view_row_put(&row, STYLE_YOU, "one", 3);
	row.failed = true; /* as if the memory had run out now */
	assert_int_equal(view_row_put(&row, STYLE_YOU, "two", 3), -1);
	assert_int_equal(view_row_put(&row, STYLE_YOU, "", 0), -1);
	assert_int_equal(view_row_printf(&row, STYLE_YOU, "%d", 3), -1);
	assert_int_equal(view_row_fit(&row, 4, STYLE_YOU), -1);
	assert_row(&row, "one");
	view_row_clear(&row);
	assert_int_equal(view_row_put(&row, STYLE_YOU, "two", 3), 0);
	assert_row(&row, "two");
	view_row_free(&row);
}

static void assert_fit(const char *text, unsigned width, const char *expected)
{
	struct view_row row = {0};
	view_row_put(&row, STYLE_YOU, text, strlen(text));
	assert_int_equal(view_row_fit(&row, width, STYLE_BAR), 0);
	assert_int_equal(row.columns, width);
	assert_row(&row, expected);
	view_row_free(&row);
}

static void test_fit_pads_and_cuts(void **state)
{
	(void)state;
	assert_fit("", 0, "");
	assert_fit("", 3, "   ");
	assert_fit("abc", 5, "abc  ");
	assert_fit("abc", 3, "abc");
	assert_fit("abc", 2, "ab");
	assert_fit("abc", 0, "");
	assert_fit("", 70, "                                                                      ");
}

static void test_fit_never_cuts_through_a_character(void **state)
{
	(void)state;
	assert_fit("中文", 3, "中 ");
	assert_fit("中文", 1, " ");
	assert_fit("ae\u0301\u0323x", 2, "ae\u0301\u0323");
	assert_fit("ab\033c", 3, "ab ");
	assert_fit(turn, 5, "     ");
	assert_fit("\033\033\033", 5, "^[^[ ");
}

static void test_fit_keeps_the_styles_before_the_cut(void **state)
{
	(void)state;
	struct view_row row = {0};
	view_row_put(&row, STYLE_YOU, "one", 3);
	view_row_put(&row, STYLE_SERVER, "TWO", 3);
	view_row_put(&row, STYLE_NOTE, "three", 5);
	view_row_fit(&row, 8, STYLE_BAR);
	assert_spans(&row, (struct expected_span[]){{STYLE_YOU, 3, 3}, {STYLE_SERVER, 3, 3}, {STYLE_NOTE, 2, 2}}, 3);
	view_row_fit(&row, 6, STYLE_BAR);
	assert_spans(&row, (struct expected_span[]){{STYLE_YOU, 3, 3}, {STYLE_SERVER, 3, 3}}, 2);
	view_row_fit(&row, 7, STYLE_BAR);
	assert_row(&row, "oneTWO ");
	assert_spans(&row, (struct expected_span[]){{STYLE_YOU, 3, 3}, {STYLE_SERVER, 3, 3}, {STYLE_BAR, 1, 1}}, 3);
	view_row_free(&row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_of_one_style_is_one_span),
		cmocka_unit_test(test_a_cleared_row_is_used_again),
		cmocka_unit_test(test_columns_are_counted_as_a_terminal_does),
		cmocka_unit_test(test_nothing_foreign_comes_through_raw),
		cmocka_unit_test(test_a_failed_row_ends_there),
		cmocka_unit_test(test_fit_pads_and_cuts),
		cmocka_unit_test(test_fit_never_cuts_through_a_character),
		cmocka_unit_test(test_fit_keeps_the_styles_before_the_cut),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
