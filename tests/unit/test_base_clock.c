/* base: the clocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include <uproar/base.h>

static uint64_t nanoseconds(clockid_t id)
{
	struct timespec t;
	assert_int_equal(clock_gettime(id, &t), 0);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void test_fault_21_now_is_the_monotonic_clock(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t before = nanoseconds(CLOCK_MONOTONIC);
		uint64_t now = clock_now();
		assert_true(before <= now);
		assert_true(now <= nanoseconds(CLOCK_MONOTONIC));
	}
}

/* The wall clock may be set while we look: so it has a few tries. */
static void wall_is_the_time_of_day(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		uint64_t before = nanoseconds(CLOCK_REALTIME);
		uint64_t wall = clock_wall();
		if (before <= wall && wall <= nanoseconds(CLOCK_REALTIME))
			return;
	}
	fail_msg("clock_wall() is not CLOCK_REALTIME");
}

static void never_is_later_than_every_time(void **state)
{
	(void)state;
	assert_true(clock_now() < CLOCK_NEVER);
	assert_true(clock_wall() < CLOCK_NEVER);
	assert_int_equal(CLOCK_SECOND, 1000 * CLOCK_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault_21_now_is_the_monotonic_clock),
		cmocka_unit_test(wall_is_the_time_of_day),
		cmocka_unit_test(never_is_later_than_every_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
