/* What stands after a command's name. */
#include <stdlib.h>
#include <string.h>

/* clang-format off: cmocka wants these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* clang-format on */

#include "../../src/client/arguments.h"
#include "../../src/client/options.h"

enum { ROOM = 3 };

static void assert_split(const char *line, int room, bool rest, int count, const char *const expected[])
{
	char *words[ROOM];
	char *copy = strdup(line);
	assert_int_equal(arguments_split(copy, words, room, rest), count);
	for (int i = 0; i < count; i++)
		assert_string_equal(words[i], expected[i]);
	free(copy);
}

static void test_split(void **state)
{
	(void)state;
	assert_split("", ROOM, false, 0, NULL);
	assert_split(" \t ", ROOM, false, 0, NULL);
	assert_split("one", ROOM, false, 1, (const char *[]){"one"});
	assert_split("  one\t two ", ROOM, false, 2, (const char *[]){"one", "two"});
	assert_split("a b c d", ROOM, false, 3, (const char *[]){"a", "b", "c"});
}

static void test_split_keeps_the_rest(void **state)
{
	(void)state;
	assert_split("10 a  b ", 2, true, 2, (const char *[]){"10", "a  b "});
	assert_split("  a\tb", 1, true, 1, (const char *[]){"a\tb"});
	assert_split("10", 2, true, 1, (const char *[]){"10"});
	assert_split("10  ", 2, true, 1, (const char *[]){"10"});
	assert_split("", 1, true, 0, NULL);
}

static void test_switch(void **state)
{
	(void)state;
	bool on = false;
	assert_true(arguments_switch("on", &on) && on);
	assert_true(arguments_switch("OFF", &on) && !on);
	assert_false(arguments_switch("", &on));
	assert_false(arguments_switch("onn", &on));
}

static void assert_unescaped(const char *text, const void *bytes, size_t n)
{
	char copy[64];
	strcpy(copy, text);
	assert_int_equal(arguments_unescape(copy), n);
	assert_memory_equal(copy, bytes, n);
}

static void test_escapes(void **state)
{
	(void)state;
	assert_unescaped("no escape, ü", "no escape, ü", 13);
	assert_unescaped("a\\0b", "a\0b", 3);
	assert_unescaped("\\0\\n\\r\\t\\\\", "\0\n\r\t\\", 5);
	assert_unescaped("\\x00\\xfF\\x7e1",
			 "\0\xff\x7e"
			 "1",
			 4);
	assert_unescaped("\\01",
			 "\0"
			 "1",
			 2);
	assert_unescaped("\\\\x41", "\\x41", 4);
}

static void assert_no_escape(const char *text, const char *left)
{
	char copy[64];
	strcpy(copy, text);
	assert_int_equal(arguments_unescape(copy), -1);
	assert_string_equal(copy, left);
}

static void test_bad_escapes_are_named(void **state)
{
	(void)state;
	assert_no_escape("hello \\q there", "\\q");
	assert_no_escape("\\", "\\");
	assert_no_escape("fine \\n, and then \\", "\\");
	assert_no_escape("\\x", "\\x");
	assert_no_escape("a\\x1", "\\x1");
	assert_no_escape("\\xg0 z", "\\xg0");
	assert_no_escape("\\x1g z", "\\x1g");
	assert_no_escape("\\N", "\\N");
}

static void test_numbers(void **state)
{
	(void)state;
	static const char *const none[] = {"",   "0",   "11",  "-1",  "+1",  " 1",
					   "1 ", "1.5", "0x5", "ten", "1e1", "99999999999999999999999"};
	unsigned long n = 0;
	assert_true(options_number("1", 1, 10, &n) && n == 1);
	assert_true(options_number("10", 1, 10, &n) && n == 10);
	assert_true(options_number("0", 0, 10, &n) && n == 0);
	assert_true(options_number("007", 1, 10, &n) && n == 7);
	for (size_t i = 0; i < COUNT(none); i++)
		assert_false(options_number(none[i], 1, 10, &n));
	assert_int_equal(n, 7); /* stays as it was */
}

static void test_intervals(void **state)
{
	(void)state;
	static const char *const none[] = {"",     "-1", "0.001", "3600.1", "nan", "inf",
					   "fast", "1s", "1e999", "0.0019", "-0.5"};
	uint64_t interval = 1;
	assert_true(options_interval("0", &interval) && interval == 0);
	assert_true(options_interval("0.002", &interval) && interval == 2 * CLOCK_MS);
	assert_true(options_interval("1", &interval) && interval == CLOCK_SECOND);
	assert_true(options_interval("0.25", &interval) && interval == 250 * CLOCK_MS);
	assert_true(options_interval("3600", &interval) && interval == 3600 * CLOCK_SECOND);
	for (size_t i = 0; i < COUNT(none); i++)
		assert_false(options_interval(none[i], &interval));
	assert_int_equal(interval, 3600 * CLOCK_SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),     cmocka_unit_test(test_split_keeps_the_rest),
		cmocka_unit_test(test_switch),    cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_numbers),   cmocka_unit_test(test_bad_escapes_are_named),
		cmocka_unit_test(test_intervals),
	};
	return cmocka_run_group_tests_name("client_arguments", tests, NULL, NULL);
}
