/* What terminals send for keys and the mouse, whole, cut, and wrong; and any bytes at all. */
#include "test_term_input.h"

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
		TEST(test_keys_of_every_terminal),
		TEST(test_keys_cut_into_bytes),
		TEST(test_home_and_end),
		TEST(test_unknown_sequences_leave_nothing),
		TEST(test_unfinished_sequences_leave_nothing),
		TEST(test_meta_typed_as_escape),
		TEST(test_end_of_input),
		TEST(test_mouse),
		TEST(test_mouse_that_makes_no_sense),
		TEST(test_grabbed_keys),
		TEST(test_any_bytes),
		TEST(test_any_keys_cut_anywhere),
	};
	/* clang-format on */
	return cmocka_run_group_tests(tests, set_environment, NULL);
}
