/* Counting on many threads at once loses nothing. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/server/counters.h"

enum { THREADS = 100, TIMES = 2000 }; /* more threads than have a place of their own */

static void *count(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < TIMES; i++) {
		counters_add(COUNTER_DATAGRAMS, 1);
		counters_add(COUNTER_UDP_IN, i);
	}
	return NULL;
}

static void test_threads_count_together(void **state)
{
	(void)state;
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(counters_sum(COUNTER_DATAGRAMS), THREADS * TIMES);
	assert_int_equal(counters_sum(COUNTER_UDP_IN), (uint64_t)THREADS * TIMES * (TIMES - 1) / 2);
	assert_int_equal(counters_sum(COUNTER_REPLIES), 0);
}

/* However large: the lines keep their form and their room. */
static void test_lines(void **state)
{
	(void)state;
	char line[COUNTERS_TEXT];
	assert_string_equal(counters_line(0, line), "tcp: accepted 0, in 0, out 0, max-clients 0, max-per-address 0, "
						    "idle-timeout 0, write-timeout 0, memory 0, cut-off 0");
	for (int c = 0; c < COUNTER_COUNT; c++)
		counters_add((enum counter)c, UINT64_MAX - counters_sum((enum counter)c));
	assert_string_equal(strrchr(counters_line(0, line), ','), ", cut-off 18446744073709551615");
	assert_string_equal(strrchr(counters_line(1, line), ','), ", queue 18446744073709551615");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads_count_together),
		cmocka_unit_test(test_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
