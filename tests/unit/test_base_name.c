#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <uproar/base.h>

static void test_a_beginning_is_nearest(void **state)
{
	(void)state;
	assert_int_equal(name_distance("con", "connect"), 0);
	assert_int_equal(name_distance("CON", "connect"), 0);
	assert_int_equal(name_distance("connect", "connect"), 0);
	assert_int_equal(name_distance("connects", "connect"), 1);
}

static void test_letters_are_inserted_removed_changed(void **state)
{
	(void)state;
	assert_int_equal(name_distance("rcv", "recv"), 1);
	assert_int_equal(name_distance("reecv", "recv"), 1);
	assert_int_equal(name_distance("rexv", "recv"), 1);
	assert_int_equal(name_distance("kitten", "sitting"), 3);
	assert_int_equal(name_distance("", "recv"), 4);
	assert_int_equal(name_distance("recv", ""), 4);
}

static void test_near_is_what_may_be_meant(void **state)
{
	(void)state;
	assert_true(name_is_near("con", "connect"));
	assert_true(name_is_near("conect", "connect"));
	assert_true(name_is_near("dsconect", "disconnect"));
	assert_true(name_is_near("rcv", "recv"));
	assert_true(name_is_near("slow_read", "slow-read"));
	assert_true(name_is_near("dorp", "drop"));
	assert_false(name_is_near("foo", "tcp"));
	assert_false(name_is_near("foo", "drop"));
	assert_false(name_is_near("xyzzy", "quit"));
	assert_false(name_is_near("", "tcp"));
}

static void test_long_text_does_no_harm(void **state)
{
	(void)state;
	char typed[1000];
	memset(typed, 'x', sizeof typed - 1);
	typed[sizeof typed - 1] = '\0';
	assert_int_equal(name_distance(typed, "recv"), sizeof typed - 1);
	assert_in_range(name_distance("recv", typed), 60, sizeof typed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_beginning_is_nearest),
		cmocka_unit_test(test_letters_are_inserted_removed_changed),
		cmocka_unit_test(test_near_is_what_may_be_meant),
		cmocka_unit_test(test_long_text_does_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
