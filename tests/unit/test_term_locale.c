/* Where the locale's characters are single bytes, everything beyond ASCII shows as an escape. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <uproar/term.h>

static struct buf told;

static void on_line(const char *line, size_t n, void *arg)
{
	(void)arg;
	buf_append(&told, line, n);
	buf_append(&told, "", 1);
}

static void on_key(enum input_key key, const char *text, size_t n, void *arg)
{
	(void)key, (void)arg;
	buf_append(&told, text, n);
}

static void assert_row(const char *expected, unsigned column)
{
	struct view_row row = {0};
	unsigned cursor;
	assert_int_equal(input_row(60, &row, &cursor), 0);
	buf_append(&row.text, "", 1);
	assert_string_equal(buf_bytes(&row.text), expected);
	assert_int_equal(cursor, column);
	view_row_free(&row);
}

static void type(const char *keys)
{
	input_bytes(keys, strlen(keys));
}

static void assert_told(const char *expected)
{
	assert_non_null(buf_bytes(&told));
	assert_string_equal(buf_bytes(&told), expected);
	buf_clear(&told);
}

static int open_input(void **state)
{
	static const struct input_handlers handlers = {.line = on_line, .key = on_key};
	const char *why;
	char *warning;
	(void)state;
	return input_open(&handlers, NULL, &why, &warning);
}

static int close_input(void **state)
{
	(void)state;
	input_close();
	buf_free(&told);
	return 0;
}

static void test_bytes_beyond_ascii(void **state)
{
	(void)state;
	assert_row("> ", 2);
	type("\xfc\xe6");
	assert_true(input_deadline() == CLOCK_NEVER);
	assert_row("> \\xfc\\xe6", 10);
	type("\x02");
	assert_row("> \\xfc\\xe6", 6);
	type("\r");
	assert_told("\xfc\xe6");
}

static void test_paste(void **state)
{
	(void)state;
	type("\033[200~a\xff\r\nb\033[201~");
	assert_row("> a\\xff^Jb", 10);
	type("\r");
	assert_told("a\xff\nb");
}

static void test_grabbed(void **state)
{
	(void)state;
	input_grab(true);
	type("\xfc\033\xfc");
	input_grab(false);
	assert_int_equal(told.size, 1);
	assert_int_equal(*buf_bytes(&told), 0xfc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_bytes_beyond_ascii, open_input, close_input),
		cmocka_unit_test_setup_teardown(test_paste, open_input, close_input),
		cmocka_unit_test_setup_teardown(test_grabbed, open_input, close_input),
	};
	setenv("INPUTRC", "/dev/null", 1);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C", 1);
	setlocale(LC_CTYPE, "C");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
