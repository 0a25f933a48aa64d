/* The input line with no terminal at all: bytes in, the row and the calls out. */
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

static void on_line(const char *line, size_t n, void *arg)
{
	assert_ptr_equal(arg, &told);
	buf_printf(&told, "[%.*s]", (int)n, line);
}

static void on_key(enum input_key key, const char *text, size_t n, void *arg)
{
	assert_ptr_equal(arg, &told);
	if (key == INPUT_TEXT)
		buf_printf(&told, "'%.*s'", (int)n, text);
	else
		buf_printf(&told, "(%s)", key_names[key]);
	uint32_t cp;
	assert_true(n == 0 || text_decode(text, n, &cp) == n); /* a whole character, if any */
}

static void on_complete(const char *line, size_t start, size_t end, void (*add)(const char *word), void *arg)
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

static void on_mouse(enum input_mouse what, unsigned y, unsigned x, void *arg)
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

static int open_input(void **state)
{
	const char *why;
	char *warning = NULL;
	(void)state;
	buf_clear(&told);
	return input_open(&handlers, NULL, &why, &warning) == -1 || warning;
}

static void type(const char *keys)
{
	input_bytes(keys, strlen(keys));
}

/* The next test begins with emacs' keys: Ctrl-E in vi's command mode means that. */
static int close_input(void **state)
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

static void type_bytewise(const char *keys)
{
	for (; *keys; keys++)
		input_bytes(keys, 1);
}

/* As if the time that a key or a paste may take had passed. */
static void let_time_pass(void)
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
static void assert_row(const char *text, unsigned column)
{
	unsigned cursor;
	assert_string_equal(row_text(WIDTH, &cursor), text);
	assert_int_equal(cursor, column);
}

static void assert_told(const char *what)
{
	assert_int_equal(buf_append(&told, "", 1), 0);
	assert_string_equal(buf_bytes(&told), what);
	buf_clear(&told);
}

/* --- Typing --- */

static void test_enter_gives_the_line(void **state)
{
	(void)state;
	assert_row(PROMPT, 2);
	type("hello");
	assert_row(PROMPT "hello", 7);
	type("\r");
	assert_told("[hello]");
	assert_row(PROMPT, 2);
	type("\n");
	assert_told("[]");
	assert_true(input_deadline() == CLOCK_NEVER);
	assert_string_equal(input_mode(), "");
}

static void test_characters_cut_into_bytes(void **state)
{
	(void)state;
	type_bytewise("straße 日本語 👍\r");
	assert_told("[straße 日本語 👍]");
	type("\xe6\x97");
	assert_row(PROMPT, 2);
	type("\xa5");
	assert_row(PROMPT "日", 4);
}

static void test_bytes_that_are_no_characters_are_dropped(void **state)
{
	(void)state;
	type("a\xff\xc3");
	type("b\xed\xa0\x80"
	     "c\x80"
	     "d\xe6");
	let_time_pass();
	type("e\r");
	assert_told("[abcde]");
}

static void test_cursor_columns(void **state)
{
	(void)state;
	type("日e\u0301x"); /* a wide character, and one with a combining mark */
	assert_row(PROMPT "日e\u0301x", 6);
	type("\x02");
	assert_row(PROMPT "日e\u0301x", 5);
	type("\x02");
	assert_row(PROMPT "日e\u0301x", 4);
	type("\x02");
	assert_row(PROMPT "日e\u0301x", 2);
	type("\x05\x16\x01"); /* Ctrl-V, Ctrl-A: the control byte itself */
	assert_row(PROMPT "日e\u0301x^A", 8);
}

static void test_line_editing(void **state)
{
	(void)state;
	type("one two\x17three\x01>\x1b[C\x1b[C!\x7f?");
	assert_row(PROMPT ">on?e three", 6);
	type("\x1f"); /* undo */
	assert_row(PROMPT ">one three", 5);
	type("\x0b\r");
	assert_told("[>on]");
}

/* --- Scrolling sideways --- */

static void assert_window(unsigned width, const char *text, unsigned column)
{
	unsigned cursor;
	assert_string_equal(row_text(width, &cursor), text);
	assert_int_equal(cursor, column);
	assert_true(row.columns <= width);
}

static void test_long_lines_scroll_sideways(void **state)
{
	(void)state;
	type("abcdefgh");
	assert_window(12, PROMPT "abcdefgh", 10);
	type("ij");
	assert_window(12, "<bcdefghij", 10);
	type("\x01");
	assert_window(12, PROMPT "abcdefghi>", 2);
	type("\x05");
	assert_window(12, "<bcdefghij", 10);
	type("\x02\x02");
	assert_window(12, "<bcdefghij", 8);
	type("\x0b\x7f");
	assert_window(12, PROMPT "abcdefg", 9);
}

static void test_no_window_is_too_narrow(void **state)
{
	(void)state;
	type("日本語 abc \x16\x01 👍");
	for (unsigned width = 1; width < 40; width++) {
		type("\x05");
		for (int i = 0; i < 15; i++) {
			unsigned cursor;
			row_text(width, &cursor);
			assert_true(cursor < width);
			assert_true(row.columns <= width);
			type("\x02");
		}
	}
}

/* --- Pastes --- */

static void test_paste_never_sends(void **state)
{
	(void)state;
	type("\033[200~one\r\ntwo\rthree\n\n\033[201~");
	assert_told("");
	assert_row(PROMPT "one\u23cetwo\u23cethree", 15);
	type("\r");
	assert_told("[one\ntwo\nthree]");
}

static void test_paste_bytewise(void **state)
{
	(void)state;
	type_bytewise("<\033[200~a\033b\033[20\tü日\x01\x7f\033\033[201~>\r");
	assert_told("[<ab[20 ü日>]");
}

static void test_paste_is_one_undo(void **state)
{
	(void)state;
	type("x\033[200~many words\033[201~");
	assert_row(PROMPT "xmany words", 13);
	type("\x1f");
	assert_row(PROMPT "x", 3);
}

static void test_paste_without_end(void **state)
{
	(void)state;
	type("\033[200~left\nopen\033[20");
	assert_row(PROMPT, 2);
	uint64_t deadline = input_deadline();
	input_tick(deadline - 1);
	assert_row(PROMPT, 2);
	let_time_pass();
	assert_row(PROMPT "left\u23ceopen", 11);
	type("!\033[201~?\r");
	assert_told("[left\nopen!?]");
}

static void test_paste_has_a_limit(void **state)
{
	enum { LIMIT = 64 << 10, SIZE = LIMIT + 5000 };
	char *text = malloc(SIZE);
	(void)state;
	memset(text, 'p', SIZE);
	type("\033[200~");
	input_bytes(text, SIZE);
	type("\033[201~");
	type("\r");
	assert_int_equal(told.size, sizeof "(paste-cut)[]" - 1 + LIMIT);
	assert_memory_equal(buf_bytes(&told), "(paste-cut)[", sizeof "(paste-cut)[" - 1);
	free(text);
}

static void test_paste_that_is_not_utf8(void **state)
{
	(void)state;
	type("\033[200~a\xff"
	     "b\xe6\x97\033[201~\r");
	assert_told("(paste-cut)[ab]");
	type("\033[200~\r\n\t\033[201~\r\033[200~\033[201~\r");
	assert_told("[\n ][]");
}

/* --- Keys --- */

static void test_keys_of_every_terminal(void **state)
{
	(void)state;
	type("\033OP\033[P\033[11~\033[[A");
	assert_told("(help)(help)(help)(help)");
	type("\033OQ\033[12~\033[[B");
	assert_told("(protocol)(protocol)(protocol)");
	type("\033OR\033[R\033[13~\033[[C");
	assert_told("(calls)(calls)(calls)(calls)");
	type("\033OS\033[S\033[14~\033[[D");
	assert_told("(ladder)(ladder)(ladder)(ladder)");
	type("\033[15~\033[[E\033[17~");
	assert_told("(statistics)(statistics)(sockets)");
	type("\033[21~\032\014\033[5~\033[6~");
	assert_told("(quit)(suspend)(redraw)(page-up)(page-down)");
	type("\033[1;5H\033[1;5F\033<\033>\033[7^\033[8^");
	assert_told("(top)(bottom)(top)(bottom)(top)(bottom)");
	type("\033[1;3A\033[1;3B\033\033[A\033\033OB");
	assert_told("(line-up)(line-down)(line-up)(line-down)");
	assert_row(PROMPT, 2);
}

static void test_keys_cut_into_bytes(void **state)
{
	(void)state;
	type_bytewise("a\033OP\033[21~\033[1;3Ab\033\033[B\033[[Ac\r");
	assert_told("(help)(quit)(line-up)(line-down)(help)[abc]");
}

static void test_home_and_end(void **state)
{
	(void)state;
	type("\033[H\033[F\033[1~\033[4~\033[7~\033[8~\033OH\033OF");
	assert_told("(top)(bottom)(top)(bottom)(top)(bottom)(top)(bottom)");
	type("abc\033[H1\033[F2\033[1~3\r");
	assert_told("[31abc2]");
}

static void test_unknown_sequences_leave_nothing(void **state)
{
	static const char *const unknown[] = {
		"\033[15;2~",   "\033[24~",
		"\033O5P",      "\033[99;99R",
		"\033[<0;1;1m", "\033\033[99~",
		"\033[I",       "\033[?1;2c",
		"\033Oz",       "\033\xc3\xa9",
		"\033[1;99Z",   "\033[1111111111111111111111111111111111111111111111111111111111111111111111z",
	};
	(void)state;
	for (size_t i = 0; i < COUNT(unknown); i++) {
		type("a");
		type(unknown[i]);
		type("b\x12"); /* and in a search */
		type_bytewise(unknown[i]);
		type("\x07"
		     "c\x18"); /* and after the first key of a sequence */
		type(unknown[i]);
		type("d\r");
		assert_told("[abcd]");
	}
}

static void test_unfinished_sequences_leave_nothing(void **state)
{
	(void)state;
	type("a\033[");
	let_time_pass();
	type("b\033O");
	let_time_pass();
	type("c\033[1;");
	type("\r");
	assert_told("[abc]");
}

static void test_meta_typed_as_escape(void **state)
{
	(void)state;
	type("one two\033");
	let_time_pass();
	type("b");
	assert_row(PROMPT "one two", 6);
	type("\033b");
	assert_row(PROMPT "one two", 2);
	type("\033"); /* half a key sequence, and then an arrow */
	let_time_pass();
	type("\033[C!\r");
	assert_told("[o!ne two]");
}

static void test_end_of_input(void **state)
{
	(void)state;
	type("ab\x02\x04");
	assert_row(PROMPT "a", 3);
	type("\x7f\x04");
	assert_told("(quit)");
	type("x\x02\x04");
	type("\x04");
	assert_told("(quit)");
	type("still here\r");
	assert_told("[still here]");
}

/* --- Cancelling, history --- */

static void test_interrupt_clears_the_line(void **state)
{
	(void)state;
	type("abc\x03");
	assert_told("");
	assert_row(PROMPT, 2);
	type("\x03");
	assert_told("(cancel)");
	type("kept\r");
	assert_told("[kept]");
}

static void test_history(void **state)
{
	(void)state;
	type("first\rsecond\rsecond\r\r");
	assert_told("[first][second][second][]");
	type("\033[A");
	assert_row(PROMPT "second", 8);
	type("\033OA");
	assert_row(PROMPT "first", 7);
	type("\033[B\r");
	assert_told("[second]");
}

static void test_search(void **state)
{
	(void)state;
	type("straße eins\rzwei\r");
	assert_told("[straße eins][zwei]");
	type_bytewise("\x12ße");
	assert_row("(reverse-i-search)`ße': straße eins", 28);
	type("\r");
	assert_told("[straße eins]");
}

static void test_interrupt_ends_a_search(void **state)
{
	(void)state;
	type("alpha\rbeta\rgamma\r\033[A\033[A\x03");
	assert_told("[alpha][beta][gamma]");
	assert_row(PROMPT, 2);
	type("\x12"
	     "gam");
	assert_row("(reverse-i-search)`gam': gamma", 25);
	type("\x03");
	assert_row(PROMPT, 2);
	type("\x12"
	     "a\r");
	assert_told("[gamma]");
	type("\x12");
	type("\x03");
	assert_told("");
	type("new\033[A\x03\033[A\033[B");
	assert_row(PROMPT, 2);
}

static void test_keys_end_a_search(void **state)
{
	(void)state;
	type("alpha\rbeta\r");
	assert_told("[alpha][beta]");
	type("\x12"
	     "al\033OP");
	assert_told("(help)");
	assert_row(PROMPT "alpha", 2);
	type("\x03\x12"
	     "al\033[5~\x05!\r");
	assert_told("(page-up)[alpha!]");
	type("\x12"
	     "be\x18" /* Ctrl-X begins a sequence, for which there is no place here */
	     "0\x07\x12"
	     "be\x1a");
	assert_told("(suspend)");
	assert_row(PROMPT "beta", 2);
	type("\x03\x12"
	     "be\033"); /* ESC takes what was found */
	let_time_pass();
	assert_row(PROMPT "beta", 2);
}

static void test_paste_into_a_search(void **state)
{
	(void)state;
	type("one line two\r\x12\033[200~line\ntwo\033[201~");
	assert_row("(reverse-i-search)`line two': one line two", 34);
	type("\r");
	assert_told("[one line two][one line two]");
}

static void test_numeric_argument(void **state)
{
	(void)state;
	type("\033"
	     "3");
	assert_row("(arg: 3) ", 9);
	type("\033[200~ignored\033[201~x\r");
	assert_told("[xxx]");
}

/* --- Completion --- */

static void test_completion(void **state)
{
	const char *const *words;
	(void)state;
	type("/q\t");
	assert_row(PROMPT "/quit ", 8);
	assert_int_equal(input_choices(&words), 0);
	type("\x15/c\t");
	assert_int_equal(input_choices(&words), 2);
	assert_string_equal(words[0], "/clear");
	assert_string_equal(words[1], "/connect");
	type("o");
	assert_int_equal(input_choices(&words), 0);
	type("\tlo\t");
	assert_row(PROMPT "/connect localhost ", 21);
	type("\r");
	assert_told("[/connect localhost ]");
}

/* A setting is completed up to its value: no space comes after "=". */
static void test_completion_of_a_setting(void **state)
{
	(void)state;
	type("/lab d\t");
	assert_row(PROMPT "/lab delay=", 13);
	type("5\025/connect l\t");
	assert_row(PROMPT "/connect localhost ", 21);
}

static void test_no_completion_in_sentences(void **state)
{
	(void)state;
	type("/\x15no/\t\t\r");
	assert_told("[no/]");
}

static void test_tab_on_an_empty_line(void **state)
{
	(void)state;
	type("\t");
	assert_told("(focus)");
	type("x\t\x7f\t");
	assert_told("(focus)");
	type("\033\n\t"); /* vi's keys, too */
	assert_told("(focus)");
	assert_row(PROMPT, 2);
	type("/q\t\r");
	assert_told("[/quit ]");
}

/* --- The mouse --- */

static void test_mouse(void **state)
{
	(void)state;
	type("a\033[<64;1;1Mb\033[<65;80;24M\033[<0;3;2M");
	assert_told("(wheel-up 0,0)(wheel-down 23,79)(button 1,2)");
	assert_row(PROMPT "ab", 4);
	type_bytewise("\033[<68;223;300M\033[<0;3;2m"); /* with Shift; released */
	assert_told("(wheel-up 299,222)");
	input_grab(true);
	type("\033[<65;5;6M");
	assert_told("(wheel-down 5,4)");
	input_grab(false);
}

static void test_mouse_that_makes_no_sense(void **state)
{
	(void)state;
	static const char *const senseless[] = {
		"\033[<1;1;1M",   "\033[<2;1;1M",        "\033[<66;1;1M",     "\033[<0;0;1M", "\033[<0;1;0M",
		"\033[<0;1;1;1M", "\033[<0;1M",          "\033[<;;M",         "\033[<M",      "\033[<x",
		"\033[<0;1;1~",   "\033[<99999999;1;1M", "\033[<0;999999;1M",
	};
	for (size_t i = 0; i < COUNT(senseless); i++) {
		type(senseless[i]);
		assert_told("");
	}
	assert_row(PROMPT, 2);
}

/* --- vi --- */

static void test_vi(void **state)
{
	(void)state;
	type("\033\n"); /* emacs' own key for it */
	assert_string_equal(input_mode(), "vi insert");
	type("one two\033");
	assert_string_equal(input_mode(), "vi insert");
	let_time_pass();
	assert_string_equal(input_mode(), "vi command");
	type("0dw");
	assert_row(PROMPT "two", 2);
	type("rüA!\033[D?"); /* an arrow does not end insert mode */
	assert_row(PROMPT "üwo?!", 6);
	assert_string_equal(input_mode(), "vi insert");
	type("\033hx\r"); /* faster than a human */
	assert_told("[üw?!]");
	assert_string_equal(input_mode(), "vi insert");
}

static void test_vi_keys(void **state)
{
	(void)state;
	type("\033\nabc\033");
	let_time_pass();
	type("\033OP\033[5~\033[18~\033[200~ignored\033[201~");
	assert_told("(help)(page-up)");
	assert_string_equal(input_mode(), "vi command");
	assert_row(PROMPT "abc", 4);
	type("d\033");
	let_time_pass();
	type("h");
	assert_row(PROMPT "abc", 3);
	type("\x03");
	assert_row(PROMPT, 2);
	assert_string_equal(input_mode(), "vi insert");
	type("x\033");
	let_time_pass();
	type("\033"); /* again, and then a command */
	let_time_pass();
	type("ay\r");
	assert_told("[xy]");
}

/* --- Grabbed keys --- */

static void test_grabbed_keys(void **state)
{
	(void)state;
	type("kept");
	input_grab(true);
	type("aü\033[A\033OB\033[C\033[D\t\033[Z\r\n\x7f\x08\033[3~\x01");
	assert_told("'a''ü'(up)(down)(right)(left)(tab)(backtab)(enter)(enter)(backspace)(backspace)(delete)");
	type("\033OP\033[15~\033[5~\033[H\x03\x04\x1a\x0c\033[15;2~\033x");
	assert_told("(help)(statistics)(page-up)(top)(cancel)(quit)(suspend)(redraw)");
	type("\033");
	assert_told("");
	let_time_pass();
	assert_told("(escape)");
	type("\033[200~ho\nst\033[201~");
	assert_told("'h''o''s''t'");
	input_grab(false);
	assert_row(PROMPT "kept", 6);
	type("\r");
	assert_told("[kept]");
}

/* --- The rest --- */

static void close_on_line(const char *line, size_t n, void *arg)
{
	on_line(line, n, arg);
	input_close();
}

static void test_close_from_a_handler(void **state)
{
	struct input_handlers closing = handlers;
	const char *why;
	char *warning;
	(void)state;
	input_close();
	input_bytes("ignored\r", 8);
	input_tick(0);
	assert_true(input_deadline() == CLOCK_NEVER);
	closing.line = close_on_line;
	assert_int_equal(input_open(&closing, NULL, &why, &warning), 0);
	type("last\rnever\r");
	assert_told("[last]");
	input_close();
}

static void test_resize_changes_nothing(void **state)
{
	(void)state;
	type("abc");
	input_resized(1, 1);
	assert_row(PROMPT "abc", 5);
	input_resized(100, 300);
	assert_row(PROMPT "abc", 5);
}

static uint32_t seed;

/* The same numbers in each run. */
static uint32_t random_below(uint32_t limit)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % limit;
}

static void assert_row_fits(unsigned width)
{
	unsigned cursor;
	assert_int_equal(input_row(width, &row, &cursor), 0);
	assert_true(cursor < width);
	assert_true(row.columns <= width);
}

/* Any bytes at all, in any pieces, while readline does not get them. */
static void test_any_bytes(void **state)
{
	(void)state;
	input_grab(true);
	for (int i = 0; i < 20000; i++) {
		static const char common[] = "\033\033\033[[O;~019?\177\xe6\x97\xa5";
		char bytes[8];
		size_t n = 1 + random_below(sizeof bytes);
		for (size_t k = 0; k < n; k++)
			bytes[k] = random_below(2) ? common[random_below(sizeof common)] : (char)random_below(256);
		input_bytes(bytes, n);
		if (random_below(10) == 0)
			input_tick(CLOCK_NEVER - 1);
	}
	input_grab(false);
	assert_row(PROMPT, 2);
}

/* Keys of every kind, cut anywhere: what is told and shown does not depend on the cuts. */
static void test_any_keys_cut_anywhere(void **state)
{
	static const char *const keys[] = {
		"a",         "日",       "e\u0301",     "👍",          " ",
		"\033[A",    "\033[B",   "\033[C",      "\033[D",     "\033[H",
		"\033[F",    "\x7f",     "\033[3~",     "\x01",       "\x05",
		"\x15",      "\r",       "\033OP",      "\033[[B",    "\033[5~",
		"\033[1;3A", "\033[15~", "\033[99;99~", "\033\033[B", "\033[200~a\nb\t\033[201~",
		"\t",        "/q\t",     "\x1f",        "\033b",      "\x17",
		"\xff",
	};
	struct buf typed = {0}, whole = {0};
	(void)state;
	for (int i = 0; i < 3000; i++) {
		const char *key = keys[random_below(COUNT(keys))];
		assert_int_equal(buf_append(&typed, key, strlen(key)), 0);
	}
	input_bytes(buf_bytes(&typed), typed.size);
	assert_int_equal(buf_append(&whole, buf_bytes(&told), told.size), 0);
	input_close();
	assert_int_equal(open_input(NULL), 0);
	for (size_t at = 0, n; at < typed.size; at += n) {
		n = 1 + random_below(5);
		if (n > typed.size - at)
			n = typed.size - at;
		input_bytes(buf_bytes(&typed) + at, n);
		assert_row_fits(1 + random_below(30));
	}
	assert_int_equal(told.size, whole.size);
	assert_memory_equal(buf_bytes(&told), buf_bytes(&whole), whole.size);
	assert_true(told.size > 0);
	buf_free(&typed);
	buf_free(&whole);
}

int main(void)
{
	/* clang-format off */
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_input, close_input)
		TEST(test_enter_gives_the_line),
		TEST(test_characters_cut_into_bytes),
		TEST(test_bytes_that_are_no_characters_are_dropped),
		TEST(test_cursor_columns),
		TEST(test_line_editing),
		TEST(test_long_lines_scroll_sideways),
		TEST(test_no_window_is_too_narrow),
		TEST(test_paste_never_sends),
		TEST(test_paste_bytewise),
		TEST(test_paste_is_one_undo),
		TEST(test_paste_without_end),
		TEST(test_paste_has_a_limit),
		TEST(test_paste_that_is_not_utf8),
		TEST(test_keys_of_every_terminal),
		TEST(test_keys_cut_into_bytes),
		TEST(test_home_and_end),
		TEST(test_unknown_sequences_leave_nothing),
		TEST(test_unfinished_sequences_leave_nothing),
		TEST(test_meta_typed_as_escape),
		TEST(test_end_of_input),
		TEST(test_interrupt_clears_the_line),
		TEST(test_history),
		TEST(test_search),
		TEST(test_interrupt_ends_a_search),
		TEST(test_keys_end_a_search),
		TEST(test_paste_into_a_search),
		TEST(test_numeric_argument),
		TEST(test_completion),
		TEST(test_completion_of_a_setting),
		TEST(test_no_completion_in_sentences),
		TEST(test_tab_on_an_empty_line),
		TEST(test_mouse),
		TEST(test_mouse_that_makes_no_sense),
		TEST(test_vi),
		TEST(test_vi_keys),
		TEST(test_grabbed_keys),
		TEST(test_close_from_a_handler),
		TEST(test_resize_changes_nothing),
		TEST(test_any_bytes),
		TEST(test_any_keys_cut_anywhere),
#undef TEST
	};
	/* clang-format on */
	setenv("INPUTRC", "/dev/null", 1);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	text_locale();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
