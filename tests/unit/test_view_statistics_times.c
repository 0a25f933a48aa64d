/* Round trip times, and the summary of a ping. */
#include <stdio.h>

#include "test_view_statistics.h"

/* --- Times --- */

static struct statistics_times times_of(struct statistics *s, const uint64_t *times, size_t n)
{
	struct statistics_times t;
	statistics_clear(s);
	for (size_t i = 0; i < n; i++)
		answer(s, i + 1, times[i]);
	assert_true(statistics_times(s, &t));
	assert_int_equal(t.n, n);
	return t;
}

static void assert_times(struct statistics_times t, uint64_t min, uint64_t avg, uint64_t max, uint64_t mdev)
{
	assert_int_equal(t.min, min);
	assert_int_equal(t.avg, avg);
	assert_int_equal(t.max, max);
	assert_int_equal(t.mdev, mdev);
}

static void test_mean_and_deviation(void **state)
{
	assert_times(times_of(*state, (uint64_t[]){42}, 1), 42, 42, 42, 0);
	assert_times(times_of(*state, (uint64_t[]){0, 0}, 2), 0, 0, 0, 0);
	/* The textbook's example of a population with a deviation of 2. */
	assert_times(times_of(*state, (uint64_t[]){2, 4, 4, 4, 5, 5, 7, 9}, 8), 2, 5, 9, 2);
	assert_times(times_of(*state, (uint64_t[]){300, 100, 200}, 3), 100, 200, 300, 82); /* root of 20000 / 3 */
	assert_times(times_of(*state, (uint64_t[]){1000000000, 1000000001}, 2), 1000000000, 1000000001, 1000000001, 1);
}

/* As exact as the least precise of long doubles, such as valgrind's, can be. */
static void assert_near(uint64_t value, uint64_t expected)
{
	uint64_t off = value > expected ? value - expected : expected - value;
	assert_true(off <= expected >> 50);
}

static void test_times_whose_sum_is_too_great(void **state)
{
	const uint64_t huge = INT64_MAX, half = UINT64_C(1) << 62;
	struct statistics_times t = times_of(*state, (uint64_t[]){huge, huge, huge, huge}, 4);
	assert_near(t.avg, huge);
	assert_int_equal(t.mdev, 0);
	t = times_of(*state, (uint64_t[]){huge, 1, huge, 1}, 4);
	assert_int_equal(t.min, 1);
	assert_int_equal(t.max, huge);
	assert_near(t.avg, half);
	assert_near(t.mdev, half);
	t = times_of(*state, (uint64_t[]){UINT64_MAX, UINT64_MAX}, 2);
	assert_near(t.avg, UINT64_MAX);
	assert_int_equal(t.mdev, 0);
}

/* Against a plain two-pass computation. */
static void test_many_times(void **state)
{
	enum { N = 5000 };
	uint64_t *times = malloc(N * sizeof *times), sum = 0;
	double squares = 0;
	for (uint64_t i = 0; i < N; i++)
		sum += times[i] = 1000000000 + random_at(7, i) % 1000;
	for (size_t i = 0; i < N; i++)
		squares += ((double)times[i] - (double)sum / N) * ((double)times[i] - (double)sum / N);
	struct statistics_times t = times_of(*state, times, N);
	assert_int_equal(t.avg, (sum + N / 2) / N);
	double deviation = (double)t.mdev;
	assert_true((deviation - 0.51) * (deviation - 0.51) * N < squares);
	assert_true((deviation + 0.51) * (deviation + 0.51) * N > squares);
	free(times);
}

static void assert_percentiles(struct statistics_times t, uint64_t p50, uint64_t p90, uint64_t p99)
{
	assert_int_equal(t.p50, p50);
	assert_int_equal(t.p90, p90);
	assert_int_equal(t.p99, p99);
}

static void test_percentiles_by_nearest_rank(void **state)
{
	uint64_t times[1000];
	for (uint64_t i = 0; i < COUNT(times); i++)
		times[i] = i * 7 % COUNT(times) + 1; /* 1 to 1000, shuffled */
	assert_percentiles(times_of(*state, (uint64_t[]){8}, 1), 8, 8, 8);
	assert_percentiles(times_of(*state, (uint64_t[]){9, 8}, 2), 8, 9, 9);
	/* The usual example of the method. */
	assert_percentiles(times_of(*state, (uint64_t[]){15, 20, 35, 40, 50}, 5), 35, 50, 50);
	assert_percentiles(times_of(*state, (uint64_t[]){1, 2, 3, 4, 5, 6, 7, 8}, 8), 4, 8, 8); /* of 7.2, rank 8 */
	assert_percentiles(times_of(*state, times, COUNT(times)), 500, 900, 990);
}

static void test_percentiles_are_of_the_newest(void **state)
{
	struct statistics *s = *state;
	struct statistics_times t;
	say(s, 1);
	missed(s, 1, VERDICT_TIMEOUT); /* older than all that will be kept */
	answer(s, 2, 1);
	for (uint64_t i = 0; i < STATISTICS_TIMES - 1; i++)
		answer(s, i + 3, 1000000);
	assert_true(statistics_times(s, &t));
	assert_int_equal(t.p50, 1000000);
	for (uint64_t i = 1; i <= STATISTICS_TIMES; i++) {
		answer(s, STATISTICS_TIMES + 1 + i, 5);
		assert_true(statistics_times(s, &t));
		assert_int_equal(t.p50, i < STATISTICS_TIMES / 2 ? 1000000 : 5);
		assert_int_equal(t.p90, i < STATISTICS_TIMES / 10 * 9 ? 1000000 : 5);
	}
	assert_percentiles(t, 5, 5, 5);
	assert_int_equal(t.n, 2 * STATISTICS_TIMES);
	assert_int_equal(t.min, 1);
	assert_int_equal(t.max, 1000000);
}

static void test_more_losses_than_are_kept(void **state)
{
	struct statistics *s = *state;
	struct statistics_times t;
	answer(s, 1, 77);
	for (uint64_t i = 2; i < STATISTICS_TIMES + 10; i++) {
		say(s, i);
		missed(s, i, VERDICT_TIMEOUT);
	}
	assert_true(statistics_times(s, &t));
	assert_percentiles(t, 77, 77, 77);
	assert_int_equal(statistics_counts(s)->lost, STATISTICS_TIMES + 8);
}

/* --- The summary --- */

static void add_line(const char *line, size_t n, void *arg)
{
	struct buf *all = arg;
	assert_null(memchr(line, '\n', n));
	assert_int_equal(buf_append(all, line, n), 0);
	assert_int_equal(buf_append(all, "\n", 1), 0);
}

static void assert_summary(const struct statistics *s, uint64_t took, const char *expected)
{
	struct buf all = {0};
	assert_int_equal(statistics_summary(s, "127.0.0.1:12000", took, add_line, &all), 0);
	assert_int_equal(buf_append(&all, "", 1), 0);
	assert_string_equal((char *)buf_bytes(&all), expected);
	buf_free(&all);
}

static void test_summary_of_nothing(void **state)
{
	assert_summary(*state, 999999,
		       "--- 127.0.0.1:12000 ping statistics ---\n"
		       "0 sent, 0 received, time 0 ms\n");
}

static void test_summary(void **state)
{
	struct statistics *s = *state;
	static const uint64_t times[] = {109000, 330999, 200000, 217000, 217000, 217000, 217000, 217000};
	for (uint64_t i = 0; i < COUNT(times); i++)
		answer(s, i + 1, times[i]);
	assert_summary(s, 9012 * CLOCK_MS,
		       "--- 127.0.0.1:12000 ping statistics ---\n"
		       "8 sent, 8 received, 0% loss, time 9012 ms\n"
		       "rtt min/avg/max/mdev = 0.109/0.215/0.330/0.055 ms\n");
	for (uint64_t i = 9; i <= 10; i++) {
		say(s, i);
		missed(s, i, VERDICT_TIMEOUT);
	}
	came(s, 1, VERDICT_DUPLICATE);
	assert_summary(s, 9012 * CLOCK_MS,
		       "--- 127.0.0.1:12000 ping statistics ---\n"
		       "10 sent, 8 received, +1 duplicates, 20% loss, time 9012 ms\n"
		       "rtt min/avg/max/mdev = 0.109/0.215/0.330/0.055 ms\n");
}

static void test_summary_of_all_that_can_be(void **state)
{
	struct statistics *s = *state;
	for (uint64_t i = 1; i <= 9; i++)
		say(s, i);
	take(s, EVENT_REPLY,
	     (struct event_talk){.verdict = VERDICT_RIGHT, .sentence = 2, .guess = GUESS_WHICH, .rtt = 12345678901});
	came(s, 3, VERDICT_WRONG);
	came(s, 4, VERDICT_TRUNCATED);
	missed(s, 1, VERDICT_TIMEOUT);
	take(s, EVENT_REPLY,
	     (struct event_talk){
		     .verdict = VERDICT_RIGHT, .sentence = 1, .late = true, .out_of_order = true, .rtt = 12345678901});
	missed(s, 5, VERDICT_CUT_SHORT);
	missed(s, 6, VERDICT_UNSENT);
	missed(s, 7, VERDICT_REFUSED);
	missed(s, 8, VERDICT_CANCELLED);
	came(s, 0, VERDICT_UNASKED);
	came(s, 0, VERDICT_STRANGER);
	came(s, 0, VERDICT_STRANGER);
	ask_kernel(s, (struct event_kernel){.why = KERNEL_DROPS, .dropped = 3});
	assert_summary(s, 0,
		       "--- 127.0.0.1:12000 ping statistics ---\n"
		       "8 sent, 4 received, +1 out of order, time 0 ms\n"
		       "1 late, 1 wrong, 1 truncated, 1 cut short, 1 not sent, 1 refused, 1 given up, "
		       "1 still waited for, 1 not asked for, 2 from strangers, 1 matched by a guess, "
		       "3 dropped by this end's receive queue\n"
		       "rtt min/avg/max/mdev = 12345.678/12345.678/12345.678/0.000 ms\n");
}

static void assert_loss(struct statistics *s, uint64_t lost, uint64_t sent, const char *expected)
{
	char line[120];
	statistics_clear(s);
	for (uint64_t i = 0; i < sent; i++) {
		say(s, i);
		if (i < lost)
			missed(s, i, VERDICT_TIMEOUT);
		else
			came(s, i, VERDICT_WRONG);
	}
	snprintf(line, sizeof line,
		 "--- 127.0.0.1:12000 ping statistics ---\n%u sent, %u received, %s%% loss, time 0 ms\n",
		 (unsigned)sent, (unsigned)(sent - lost), expected);
	struct buf all = {0};
	assert_int_equal(statistics_summary(s, "127.0.0.1:12000", 0, add_line, &all), 0);
	assert_true(all.size >= strlen(line));
	assert_memory_equal(buf_bytes(&all), line, strlen(line));
	buf_free(&all);
}

/* Nobody knows yet what becomes of those, and none of them is "no loss". */
static void test_no_percentage_while_some_are_waited_for(void **state)
{
	struct statistics *s = *state;
	for (uint64_t i = 1; i <= 3; i++)
		say(s, i);
	assert_summary(s, 0,
		       "--- 127.0.0.1:12000 ping statistics ---\n"
		       "3 sent, 0 received, time 0 ms\n"
		       "3 still waited for\n");
	missed(s, 1, VERDICT_TIMEOUT);
	came(s, 2, VERDICT_WRONG);
	assert_summary(s, 0,
		       "--- 127.0.0.1:12000 ping statistics ---\n"
		       "3 sent, 1 received, time 0 ms\n"
		       "1 wrong, 1 still waited for\n");
	missed(s, 3, VERDICT_UNSENT);
	assert_summary(s, 0,
		       "--- 127.0.0.1:12000 ping statistics ---\n"
		       "2 sent, 1 received, 50% loss, time 0 ms\n"
		       "1 wrong, 1 not sent\n");
}

static void test_percent(void **state)
{
	struct statistics *s = *state;
	assert_loss(s, 0, 3, "0");
	assert_loss(s, 3, 3, "100");
	assert_loss(s, 1, 3, "33.3");
	assert_loss(s, 2, 3, "66.7");
	assert_loss(s, 1, 8, "12.5");
	assert_loss(s, 1, 5000, "0.1");     /* not none */
	assert_loss(s, 4999, 5000, "99.9"); /* not all */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_mean_and_deviation, begin, end),
		cmocka_unit_test_setup_teardown(test_times_whose_sum_is_too_great, begin, end),
		cmocka_unit_test_setup_teardown(test_many_times, begin, end),
		cmocka_unit_test_setup_teardown(test_percentiles_by_nearest_rank, begin, end),
		cmocka_unit_test_setup_teardown(test_percentiles_are_of_the_newest, begin, end),
		cmocka_unit_test_setup_teardown(test_more_losses_than_are_kept, begin, end),
		cmocka_unit_test_setup_teardown(test_summary_of_nothing, begin, end),
		cmocka_unit_test_setup_teardown(test_summary, begin, end),
		cmocka_unit_test_setup_teardown(test_summary_of_all_that_can_be, begin, end),
		cmocka_unit_test_setup_teardown(test_no_percentage_while_some_are_waited_for, begin, end),
		cmocka_unit_test_setup_teardown(test_percent, begin, end),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
