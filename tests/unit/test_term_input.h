/* What the tests of the input line share: bytes in, the row and the calls out. */
#ifndef TEST_TERM_INPUT_H
#define TEST_TERM_INPUT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off: cmocka wants these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* clang-format on */

#include <uproar/term.h>
#include <uproar/text.h>

enum { WIDTH = 60 };

#define PROMPT "\u203a "

/* What the handlers were told, one after the other: "[line]", "(key)", "'text'". */
static struct buf told;
static struct view_row row;

static const char *const key_names[] = {
	[INPUT_HELP] = "help",
	[INPUT_PROTOCOL] = "protocol",
	[INPUT_CALLS] = "calls",
	[INPUT_LADDER] = "ladder",
	[INPUT_STATISTICS] = "statistics",
	[INPUT_SOCKETS] = "sockets",
	[INPUT_FOCUS] = "focus",
	[INPUT_QUIT] = "quit",
	[INPUT_SUSPEND] = "suspend",
	[INPUT_REDRAW] = "redraw",
	[INPUT_CANCEL] = "cancel",
	[INPUT_PASTE_CUT] = "paste-cut",
	[INPUT_PAGE_UP] = "page-up",
	[INPUT_PAGE_DOWN] = "page-down",
	[INPUT_TOP] = "top",
	[INPUT_BOTTOM] = "bottom",
	[INPUT_LINE_UP] = "line-up",
	[INPUT_LINE_DOWN] = "line-down",
	[INPUT_UP] = "up",
	[INPUT_DOWN] = "down",
	[INPUT_LEFT] = "left",
	[INPUT_RIGHT] = "right",
	[INPUT_TAB] = "tab",
	[INPUT_BACKTAB] = "backtab",
	[INPUT_ENTER] = "enter",
	[INPUT_ESCAPE] = "escape",
	[INPUT_BACKSPACE] = "backspace",
	[INPUT_DELETE] = "delete",
};

static inline void on_line(const char *line, size_t n, void *arg)
{
	assert_ptr_equal(arg, &told);
	buf_printf(&told, "[%.*s]", (int)n, line);
}

static inline void on_key(enum input_key key, const char *text, size_t n, void *arg)
{
	assert_ptr_equal(arg, &told);
	if (key == INPUT_TEXT)
		buf_printf(&told, "'%.*s'", (int)n, text);
	else
		buf_printf(&told, "(%s)", key_names[key]);
	uint32_t cp;
	assert_true(n == 0 || text_decode(text, n, &cp) == n); /* a whole character, if any */
}

static inline void on_complete(const char *line, size_t start, size_t end, void (*add)(const char *word), void *arg)
{
	static const char *const words[] = {"/connect", "/clear", "/quit"};
	assert_ptr_equal(arg, &told);
	if (start == 0)
		for (size_t i = 0; i < COUNT(words); i++)
			add(words[i]);
	else if (strncmp(line, "/connect ", 9) == 0)
		add("localhost");
	else if (strncmp(line, "/lab ", 5) == 0)
		add("delay=");
	assert_true(end <= strlen(line));
}

static inline void on_mouse(enum input_mouse what, unsigned y, unsigned x, void *arg)
{
	static const char *const names[] = {
		[MOUSE_WHEEL_UP] = "wheel-up",
		[MOUSE_WHEEL_DOWN] = "wheel-down",
		[MOUSE_BUTTON] = "button",
	};
	assert_ptr_equal(arg, &told);
	buf_printf(&told, "(%s %u,%u)", names[what], y, x);
}

static const struct input_handlers handlers = {on_line, on_key, on_complete, &told, on_mouse};

static inline int open_input(void **state)
{
	const char *why;
	char *warning = NULL;
	(void)state;
	buf_clear(&told);
	return input_open(&handlers, NULL, &why, &warning) == -1 || warning;
}

static inline void type(const char *keys)
{
	input_bytes(keys, strlen(keys));
}

/* The next test begins with emacs' keys: Ctrl-E in vi's command mode means that. */
static inline int close_input(void **state)
{
	(void)state;
	type("\r");
	if (*input_mode())
		type("\033\x05");
	input_close();
	buf_free(&told);
	view_row_free(&row);
	return 0;
}

static inline void type_bytewise(const char *keys)
{
	for (; *keys; keys++)
		input_bytes(keys, 1);
}

/* As if the time that a key or a paste may take had passed. */
static inline void let_time_pass(void)
{
	assert_true(input_deadline() != CLOCK_NEVER);
	input_tick(input_deadline());
	assert_true(input_deadline() == CLOCK_NEVER);
}

static const char *row_text(unsigned width, unsigned *cursor)
{
	assert_int_equal(input_row(width, &row, cursor), 0);
	assert_int_equal(buf_append(&row.text, "", 1), 0);
	return (const char *)buf_bytes(&row.text);
}

/* The whole row, prompt included, and the cursor's column. */
static inline void assert_row(const char *text, unsigned column)
{
	unsigned cursor;
	assert_string_equal(row_text(WIDTH, &cursor), text);
	assert_int_equal(cursor, column);
}

static inline void assert_told(const char *what)
{
	assert_int_equal(buf_append(&told, "", 1), 0);
	assert_string_equal(buf_bytes(&told), what);
	buf_clear(&told);
}

/* Of a group of tests. */
static inline int set_environment(void **state)
{
	(void)state;
	setenv("INPUTRC", "/dev/null", 1);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	return text_locale() ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_input, close_input)

#endif
