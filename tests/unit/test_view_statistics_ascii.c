/* The view of the statistics in a program that never called setlocale(), whose characters are therefore ASCII. */
#include "test_view_statistics.h"

enum { WIDTH = 80, HEIGHT = 22 };

/* The view as lines, as wide as it is; nothing in it is beyond ASCII, or an escape. To be freed. */
static char *drawn(const struct statistics *s)
{
	struct view_row rows[HEIGHT] = {0};
	struct buf all = {0};
	assert_int_equal(statistics_rows(s, WIDTH, HEIGHT, rows), 0);
	for (unsigned y = 0; y < HEIGHT; y++) {
		char *text = text_of(&rows[y]);
		assert_int_equal(strlen(text), rows[y].columns);
		for (const char *c = text; *c; c++)
			assert_in_range(*c, ' ', '~');
		assert_null(strchr(text, '\\'));
		assert_int_equal(buf_printf(&all, "%-*s\n", WIDTH, text), 0);
		free(text);
		view_row_free(&rows[y]);
	}
	assert_int_equal(buf_append(&all, "", 1), 0);
	return (char *)all.memory;
}

static void assert_has(const struct statistics *s, const char *words)
{
	char *view = drawn(s);
	if (!strstr(view, words))
		fail_msg("\"%s\" is not in\n%s", words, view);
	free(view);
}

/* The plot has 38 columns, and, since the figures need so few rows, 14 rows. */
enum { COLUMNS = 38, ROWS = 14, LEFT = 10, TOP = 3 };

static char at(const char *view, unsigned column, unsigned row)
{
	return view[(TOP + row) * (WIDTH + 1) + LEFT + column];
}

/* Each column is a stem with a star on top, which rises with the time. */
static void test_a_ramp(void **state)
{
	(void)state;
	struct statistics *s = statistics_new();
	assert_non_null(s);
	for (uint64_t i = 1; i <= COLUMNS; i++)
		answer(s, i, i * 1000000);
	assert_has(s, "   40 ms +");
	assert_has(s, "   20 ms +");
	assert_has(s, "       0 +--------------------------------------");
	char *view = drawn(s);
	for (unsigned x = 0; x < COLUMNS; x++) {
		unsigned row = 0;
		while (row < ROWS && at(view, x, row) == ' ')
			row++;
		assert_in_range(ROWS - row, (x + 1) * ROWS / 40, (x + 1) * ROWS / 40 + 1);
		assert_int_equal(at(view, x, row), '*');
		while (++row < ROWS)
			assert_int_equal(at(view, x, row), '.');
	}
	free(view);
	statistics_free(s);
}

static void test_few_replies_and_a_loss(void **state)
{
	(void)state;
	struct statistics *s = statistics_new();
	assert_non_null(s);
	answer(s, 1, 20 * CLOCK_MS);
	say(s, 2);
	missed(s, 2, VERDICT_TIMEOUT);
	answer(s, 3, 10 * CLOCK_MS);
	assert_has(s, "-- Round-trip times; x: no reply ---------------  -- How long, how often ------");
	assert_has(s, "   20 ms +               *******                ");
	assert_has(s, "         |               .......                ");
	assert_has(s, "   10 ms +               .......         *******");
	assert_has(s, "         |               .......         .......");
	assert_has(s, "       0 +-------------------------x------------");
	statistics_free(s);
}

static void test_bars(void **state)
{
	(void)state;
	struct statistics *s = statistics_new();
	assert_non_null(s);
	for (uint64_t i = 0; i < 100; i++)
		answer(s, i, i < 99 ? 50500000 : 51500000);
	assert_has(s, "50-51 ms ################## 99\n");
	assert_has(s, "51-52 ms # 1 ");
	statistics_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_ramp),
		cmocka_unit_test(test_few_replies_and_a_loss),
		cmocka_unit_test(test_bars),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
