/* The input line with no terminal at all: bytes in, the row and the calls out. */
#include "test_term_input.h"

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

/* The prompt, the text and the sign for a newline differ; a cut line has a mark where there is room for one. */
static void test_styles(void **state)
{
	(void)state;
	static const struct {
		unsigned width;
		const char *text;
		size_t count;
		enum view_style styles[4];
	} rows[] = {
		{WIDTH, PROMPT "one⏎two words", 4, {STYLE_YOU, STYLE_TEXT, STYLE_ESCAPE, STYLE_TEXT}},
		{13, "<⏎two words", 3, {STYLE_FAINT, STYLE_ESCAPE, STYLE_TEXT}},
		{6, "words", 1, {STYLE_TEXT}},
	};
	type("\033[200~one\ntwo words\033[201~");
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_string_equal(row_text(rows[i].width, &(unsigned){0}), rows[i].text);
		assert_int_equal(row.spans.count, rows[i].count);
		for (size_t k = 0; k < rows[i].count; k++)
			assert_int_equal(((const struct view_span *)ring_at(&row.spans, k))->style, rows[i].styles[k]);
	}
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

int main(void)
{
	/* clang-format off */
	const struct CMUnitTest tests[] = {
		TEST(test_enter_gives_the_line),
		TEST(test_characters_cut_into_bytes),
		TEST(test_bytes_that_are_no_characters_are_dropped),
		TEST(test_cursor_columns),
		TEST(test_line_editing),
		TEST(test_styles),
		TEST(test_long_lines_scroll_sideways),
		TEST(test_no_window_is_too_narrow),
		TEST(test_paste_never_sends),
		TEST(test_paste_bytewise),
		TEST(test_paste_is_one_undo),
		TEST(test_paste_without_end),
		TEST(test_paste_has_a_limit),
		TEST(test_paste_that_is_not_utf8),
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
		TEST(test_vi),
		TEST(test_vi_keys),
		TEST(test_close_from_a_handler),
		TEST(test_resize_changes_nothing),
	};
	/* clang-format on */
	return cmocka_run_group_tests(tests, set_environment, NULL);
}
