/* The statistics when memory runs out, at each allocation in turn. */
#include "test_memory.h"
#include "test_view_statistics.h"

static void test_no_statistics(void **state)
{
	(void)state;
	fail_after(0);
	struct statistics *s = statistics_new();
	fail_no_more();
	assert_null(s);
}

/* A time that is not kept counts all the same; only the plot and the percentiles do without. */
static void test_a_time_that_is_not_kept(void **state)
{
	(void)state;
	struct statistics *s = statistics_new();
	struct statistics_times t;
	struct view_row rows[22] = {0};
	assert_non_null(s);
	fail_after(0);
	answer(s, 1, 7000);
	say(s, 2);
	missed(s, 2, VERDICT_TIMEOUT);
	fail_no_more();
	assert_true(statistics_times(s, &t));
	assert_int_equal(t.n, 1);
	assert_int_equal(t.avg, 7000);
	assert_int_equal(t.p50, 0);
	assert_int_equal(statistics_counts(s)->lost, 1);
	assert_int_equal(statistics_rows(s, 80, COUNT(rows), rows), 0);
	for (size_t y = 0; y < COUNT(rows); y++)
		view_row_free(&rows[y]);
	answer(s, 3, 9000);
	assert_true(statistics_times(s, &t));
	assert_int_equal(t.avg, 8000);
	assert_int_equal(t.p50, 9000);
	statistics_free(s);
}

static struct statistics *some(bool said)
{
	struct statistics *s = statistics_new();
	assert_non_null(s);
	for (uint64_t i = 0; said && i < 20; i++)
		answer(s, i, 1000 * i);
	ask_kernel(s, (struct event_kernel){.why = KERNEL_SAMPLE, .protocol = PROTOCOL_UDP});
	return s;
}

/* Draws on fresh rows until there is memory enough; each time before, it says that there is not. */
static void draw_until_it_succeeds(const struct statistics *s, unsigned width)
{
	unsigned failures = 0;
	bool failed = true;
	for (int after = 0; failed; after++) {
		struct view_row rows[22] = {0};
		fail_after(after);
		errno = 0;
		int result = statistics_rows(s, width, COUNT(rows), rows);
		int error = errno;
		failed = fail_no_more();
		for (size_t y = 0; y < COUNT(rows); y++)
			view_row_free(&rows[y]);
		if (result == 0)
			continue;
		assert_true(failed);
		assert_int_equal(error, ENOMEM);
		failures++;
	}
	assert_true(failures > 0);
}

static void test_rows(void **state)
{
	(void)state;
	static const unsigned widths[] = {20, 80, 120};
	struct statistics *s = some(true), *nothing = some(false);
	for (size_t i = 0; i < COUNT(widths); i++) {
		draw_until_it_succeeds(s, widths[i]);
		draw_until_it_succeeds(nothing, widths[i]);
	}
	statistics_free(s);
	statistics_free(nothing);
}

/* Once memory is out it stays so here, hence it is the last lines that are missing. */
static void count_line(const char *line, size_t n, void *arg)
{
	unsigned *lines = arg;
	assert_true(n > 0);
	assert_non_null(line);
	++*lines;
}

static void test_summary(void **state)
{
	(void)state;
	struct statistics *s = some(true);
	static char who[2000]; /* so that the first line takes more than one allocation */
	memset(who, 'x', sizeof who - 1);
	int after = 0;
	for (bool failed = true; failed; after++) {
		unsigned lines = 0;
		fail_after(after);
		errno = 0;
		int result = statistics_summary(s, who, 0, count_line, &lines);
		int error = errno;
		failed = fail_no_more();
		assert_true(failed || result == 0);
		assert_int_equal(lines == 3, result == 0);
		assert_true(result == 0 || error == ENOMEM);
	}
	assert_true(after > 1);
	statistics_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_statistics),
		cmocka_unit_test(test_a_time_that_is_not_kept),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_summary),
	};
	return run_memory_tests("view statistics memory", tests, use_utf8_and_utc);
}
