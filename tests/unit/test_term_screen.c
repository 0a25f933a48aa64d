/* The screen on a pty whose other end is looked at: what curses holds in its cells, and the bytes that it sent. */
#include <curses.h>
#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <uproar/term.h>
#include <uproar/text.h>

enum { ROWS = 6, COLUMNS = 20 };

static int master, slave, real_in, real_out;
static struct buf sent; /* NUL-terminated by read_sent() */
static struct view_row row;

static int open_terminal(void **state)
{
	struct winsize size = {.ws_row = ROWS, .ws_col = COLUMNS};
	(void)state;
	setenv("TERM", "xterm-256color", 1);
	unsetenv("NO_COLOR");
	unsetenv("COLUMNS"); /* curses would believe these */
	unsetenv("LINES");
	if (openpty(&master, &slave, NULL, NULL, &size) == -1)
		return -1;
	fcntl(master, F_SETFL, O_NONBLOCK);
	real_in = dup(STDIN_FILENO);
	real_out = dup(STDOUT_FILENO);
	fflush(stdout);
	dup2(slave, STDIN_FILENO);
	dup2(slave, STDOUT_FILENO);
	return 0;
}

static int close_terminal(void **state)
{
	(void)state;
	screen_close();
	fflush(stdout);
	dup2(real_in, STDIN_FILENO);
	dup2(real_out, STDOUT_FILENO);
	close(real_in);
	close(real_out);
	close(master);
	close(slave);
	buf_free(&sent);
	view_row_free(&row);
	return 0;
}

static void open_screen(void)
{
	const char *why = NULL;
	assert_true(screen_possible(&why));
	assert_int_equal(screen_open(&why), 0);
	assert_null(why);
}

/* What was sent since the last time. */
static const char *read_sent(void)
{
	char bytes[4096];
	ssize_t n;
	buf_clear(&sent);
	while ((n = read(master, bytes, sizeof bytes)) > 0)
		buf_append(&sent, bytes, (size_t)n);
	buf_append(&sent, "", 1);
	return (const char *)buf_bytes(&sent);
}

static bool has_sent(const char *bytes)
{
	return strstr((const char *)buf_bytes(&sent), bytes);
}

static void put(unsigned y, enum view_style style, const char *text)
{
	view_row_clear(&row);
	assert_int_equal(view_row_put(&row, style, text, strlen(text)), 0);
	screen_row(y, &row);
}

static attr_t attributes_at(int y, int x, wchar_t *text)
{
	cchar_t cell;
	attr_t attributes;
	short pair;
	mvin_wch(y, x, &cell);
	getcchar(&cell, text, &attributes, &pair, NULL);
	return attributes;
}

static void assert_text(int y, int x, const wchar_t *expected)
{
	wchar_t text[CCHARW_MAX + 1];
	attributes_at(y, x, text);
	assert_int_equal(wcscmp(text, expected), 0);
}

static void assert_attributes(int y, int x, attr_t expected)
{
	wchar_t text[CCHARW_MAX + 1];
	assert_int_equal(attributes_at(y, x, text) & ~A_COLOR, expected);
}

/* --- Is there one? --- */

static void test_possible(void **state)
{
	const char *why = NULL;
	(void)state;
	assert_true(screen_possible(&why));
	assert_null(why);
	setenv("TERM", "dumb", 1);
	assert_false(screen_possible(&why));
	assert_non_null(strstr(why, "cannot move its cursor"));
	setenv("TERM", "no-such-terminal", 1);
	assert_false(screen_possible(&why));
	unsetenv("TERM");
	assert_false(screen_possible(&why));
	assert_non_null(strstr(why, "TERM"));
	assert_string_equal(read_sent(), "");
}

static void test_not_possible_elsewhere(void **state)
{
	const char *why;
	int nowhere = open("/dev/null", O_RDWR), other_master, other;
	(void)state;
	dup2(nowhere, STDOUT_FILENO);
	assert_false(screen_possible(&why));
	assert_non_null(strstr(why, "standard output"));
	dup2(nowhere, STDIN_FILENO);
	assert_false(screen_possible(&why));
	assert_non_null(strstr(why, "standard input"));
	assert_int_equal(screen_open(&why), -1);
	dup2(slave, STDOUT_FILENO);
	assert_int_equal(openpty(&other_master, &other, NULL, NULL, NULL), 0);
	dup2(other, STDIN_FILENO);
	assert_false(screen_possible(&why));
	assert_non_null(strstr(why, "different"));
	close(other);
	close(other_master);
	close(nowhere);
}

static void test_open_without_a_known_terminal(void **state)
{
	const char *why = NULL;
	(void)state;
	setenv("TERM", "no-such-terminal", 1);
	assert_int_equal(screen_open(&why), -1);
	assert_non_null(why);
}

/* --- Taking the terminal and giving it back --- */

static tcflag_t local_modes(void)
{
	struct termios modes;
	tcgetattr(slave, &modes);
	return modes.c_lflag & (ICANON | ECHO | ISIG | IEXTEN);
}

static void test_close_restores_the_terminal(void **state)
{
	tcflag_t before = local_modes();
	(void)state;
	open_screen();
	assert_int_equal(local_modes(), 0);
	read_sent();
	assert_true(has_sent("\033[?1049h"));
	assert_true(has_sent("\033[?2004h"));
	assert_true(has_sent("\033[?1007l"));
	screen_close();
	assert_int_equal(local_modes(), before);
	read_sent();
	assert_true(has_sent("\033[?1049l"));
	assert_true(has_sent("\033[?2004l"));
	assert_true(has_sent("\033[?1007h"));
	screen_close();
	screen_rescue();
	assert_string_equal(read_sent(), "");
}

/* Where there is no full screen, what stands below the cursor is cleared: a prompt is to come there. */
static void test_no_full_screen_to_leave(void **state)
{
	static const char *const names[] = {"linux", "vt100", "ansi"};
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		setenv("TERM", names[i], 1);
		open_screen();
		put(ROWS - 1, STYLE_BAR, "F10 quit");
		screen_show();
		read_sent();
		assert_true(has_sent("F10 quit"));
		screen_suspend();
		read_sent();
		assert_true(has_sent("\033[J"));
		screen_resume();
		read_sent();
		screen_rescue();
		read_sent();
		assert_true(has_sent("\r\033[J"));
		screen_close();
	}
	setenv("TERM", "xterm-256color", 1);
	open_screen();
	read_sent();
	screen_close();
	read_sent();
	assert_false(has_sent("\033[J"));
}

static void test_rescue_restores_the_terminal(void **state)
{
	tcflag_t before = local_modes();
	(void)state;
	open_screen();
	read_sent();
	screen_rescue();
	assert_int_equal(local_modes(), before);
	read_sent();
	assert_true(has_sent("\033[?1049l"));
	assert_true(has_sent("\033[?2004l"));
	screen_rescue();
	screen_suspend();
	assert_string_equal(read_sent(), "");
}

static void test_suspend_and_resume(void **state)
{
	tcflag_t before = local_modes();
	(void)state;
	open_screen();
	put(0, STYLE_TEXT, "still here");
	screen_show();
	read_sent();
	screen_suspend();
	assert_int_equal(local_modes(), before);
	read_sent();
	assert_true(has_sent("\033[?1049l"));
	assert_true(has_sent("\033[?2004l"));
	screen_show();
	screen_beep();
	assert_string_equal(read_sent(), "");
	screen_resume();
	assert_int_equal(local_modes(), 0);
	read_sent();
	assert_true(has_sent("\033[?1049h"));
	assert_false(has_sent("\033[?1049l")); /* which would put the cursor where it was before the shell wrote */
	assert_true(has_sent("\033[?2004h"));
	assert_true(has_sent("still here"));
}

/* Only where it is asked for: a terminal that tells of its mouse no longer selects text with it. */
static void test_mouse(void **state)
{
	static const char on[] = "\033[?1000h\033[?1006h", off[] = "\033[?1006l\033[?1000l";
	(void)state;
	open_screen();
	screen_suspend();
	screen_resume();
	screen_close();
	read_sent();
	assert_false(has_sent("\033[?1000"));
	screen_mouse(true);
	open_screen();
	read_sent();
	assert_true(has_sent(on));
	screen_suspend();
	read_sent();
	assert_true(has_sent(off));
	screen_resume();
	read_sent();
	assert_true(has_sent(on));
	screen_rescue();
	read_sent();
	assert_true(has_sent(off));
	screen_close();
	open_screen();
	read_sent();
	screen_close();
	read_sent();
	assert_true(has_sent(off));
	screen_mouse(false);
}

/* SIGSTOP asks nobody; the shell has set its own modes meanwhile, and the size may have changed. */
static void test_resume_without_suspend(void **state)
{
	struct winsize size = {.ws_row = 9, .ws_col = 33};
	struct termios shell;
	unsigned rows, columns;
	(void)state;
	tcgetattr(slave, &shell);
	open_screen();
	tcsetattr(slave, TCSANOW, &shell);
	ioctl(slave, TIOCSWINSZ, &size);
	read_sent();
	screen_resume();
	assert_int_equal(local_modes(), 0);
	read_sent();
	assert_true(has_sent("\033[?1049h"));
	screen_size(&rows, &columns);
	assert_int_equal(rows, 9);
	assert_int_equal(columns, 33);
}

/* Where the event loop has made the terminal's descriptors so, which the shell shares. */
static void test_terminal_blocks_again(void **state)
{
	(void)state;
	fcntl(slave, F_SETFL, fcntl(slave, F_GETFL) | O_NONBLOCK);
	open_screen();
	assert_false(fcntl(slave, F_GETFL) & O_NONBLOCK);
	screen_suspend();
	fcntl(slave, F_SETFL, fcntl(slave, F_GETFL) | O_NONBLOCK);
	screen_resume();
	assert_false(fcntl(slave, F_GETFL) & O_NONBLOCK);
}

static void test_nothing_without_a_screen(void **state)
{
	unsigned rows, columns;
	(void)state;
	put(0, STYLE_TEXT, "nobody sees it");
	screen_cursor(1, 1);
	screen_redraw();
	screen_resized();
	screen_show();
	screen_beep();
	screen_suspend();
	screen_resume();
	screen_rescue();
	screen_close();
	screen_size(&rows, &columns);
	assert_int_equal(rows, 1);
	assert_int_equal(columns, 1);
	assert_string_equal(read_sent(), "");
}

/* --- Drawing --- */

static void test_rows(void **state)
{
	(void)state;
	open_screen();
	put(0, STYLE_TEXT, "first");
	put(ROWS - 1, STYLE_BAR, "last row, cut at its end");
	put(ROWS, STYLE_TEXT, "outside");
	put(UINT32_MAX, STYLE_TEXT, "outside");
	screen_show();
	read_sent();
	assert_true(has_sent("first"));
	assert_text(ROWS - 1, 0, L"l");
	assert_text(ROWS - 1, COLUMNS - 1, L"s");
	assert_false(has_sent("outside"));
	put(0, STYLE_TEXT, "1");
	assert_text(0, 0, L"1");
	assert_text(0, 1, L" ");
}

static void test_wide_characters_and_marks(void **state)
{
	(void)state;
	open_screen();
	put(0, STYLE_TEXT, "日e\u0301👍x");
	assert_text(0, 0, L"日");
	assert_text(0, 2, L"e\u0301");
	assert_text(0, 3, L"👍");
	assert_text(0, 5, L"x");
	put(1, STYLE_TEXT, "e\u0301\u0302\u0303\u0304\u0305\u0306!");
	assert_text(1, 0, L"e\u0301\u0302\u0303\u0304");
	assert_text(1, 1, L"!");
	put(2, STYLE_TEXT, "0123456789012345678日本"); /* half of it would stand outside */
	assert_text(2, COLUMNS - 2, L"8");
	assert_text(2, COLUMNS - 1, L" ");
	put(ROWS - 1, STYLE_TEXT, "012345678901234567日本");
	assert_text(ROWS - 1, COLUMNS - 2, L"日");
}

static void test_fault_7_rows_that_nobody_made_safe(void **state)
{
	static const char raw[] = "a\033[2J\xff\u202eb";
	(void)state;
	open_screen();
	view_row_clear(&row);
	buf_append(&row.text, raw, sizeof raw - 1);
	row.spans = RING_OF(struct view_span);
	*(struct view_span *)ring_push(&row.spans) = (struct view_span){STYLE_TEXT, sizeof raw - 1, 10};
	read_sent();
	screen_row(0, &row);
	screen_show();
	read_sent();
	assert_true(has_sent("a?[2J?"));
	assert_false(has_sent("\033[2J"));
	assert_false(has_sent("\xff"));
}

static void test_styles_differ_without_colour(void **state)
{
	static const enum view_style pairs[][2] = {
		{STYLE_YOU, STYLE_SERVER},    {STYLE_TEXT, STYLE_WARNING}, {STYLE_TEXT, STYLE_ERROR},
		{STYLE_WARNING, STYLE_ERROR}, {STYLE_NOTE, STYLE_LAB},     {STYLE_TEXT, STYLE_ESCAPE},
		{STYLE_TEXT, STYLE_FOUND},    {STYLE_CHOSEN, STYLE_FOUND}, {STYLE_ESCAPE, STYLE_FOUND},
		{STYLE_BAR, STYLE_KEY},       {STYLE_TEXT, STYLE_CHOSEN},  {STYLE_TEXT, STYLE_BAR},
	};
	wchar_t text[CCHARW_MAX + 1];
	(void)state;
	setenv("NO_COLOR", "1", 1);
	open_screen();
	for (size_t i = 0; i < COUNT(pairs); i++) {
		put(0, pairs[i][0], "x");
		put(1, pairs[i][1], "x");
		assert_int_not_equal(attributes_at(0, 0, text), attributes_at(1, 0, text));
	}
	assert_attributes(1, 0, A_REVERSE);
}

static const char *draw_all_styles(void)
{
	open_screen();
	for (unsigned y = 0; y < 2; y++) {
		view_row_clear(&row);
		for (unsigned style = y ? STYLE_NOTE : 0; style < (y ? STYLE_COUNT : STYLE_NOTE); style++)
			view_row_put(&row, style, "x", 1);
		screen_row(y, &row);
	}
	screen_show();
	screen_close();
	return read_sent();
}

/* SGR 30 to 49, alone or among other parameters, are the colours; 39 and 49 give the terminal's own back. */
static bool sends_colour(const char *bytes)
{
	for (const char *sgr = bytes; (sgr = strstr(sgr, "\033[")); sgr++) {
		const char *last = sgr + 2 + strspn(sgr + 2, "0123456789;");
		for (const char *p = sgr + 1; *last == 'm' && p < last; p++)
			if ((*p == '[' || *p == ';') && (p[1] == '3' || p[1] == '4') && p[2] >= '0' && p[2] <= '8')
				return true;
	}
	return false;
}

static void test_colours(void **state)
{
	(void)state;
	assert_true(sends_colour(draw_all_styles()));
	assert_true(has_sent("38;5;29m"));
	setenv("TERM", "linux", 1);
	assert_true(sends_colour(draw_all_styles()));
	assert_true(has_sent("35m"));
	assert_false(has_sent("38;5;"));
}

static void test_no_colours(void **state)
{
	(void)state;
	setenv("NO_COLOR", "1", 1);
	assert_false(sends_colour(draw_all_styles()));
	setenv("NO_COLOR", "", 1);
	assert_true(sends_colour(draw_all_styles()));
	setenv("TERM", "vt220", 1);
	assert_false(sends_colour(draw_all_styles()));
}

static void test_background_is_the_terminals_own(void **state)
{
	(void)state;
	draw_all_styles();
	assert_false(has_sent("48;5;"));
	assert_false(has_sent("[40m"));
	assert_false(has_sent(";40m"));
}

static void test_resize(void **state)
{
	unsigned rows, columns;
	(void)state;
	open_screen();
	for (unsigned short i = 40; i > 0; i--) {
		struct winsize size = {.ws_row = i, .ws_col = (unsigned short)(2 * i - 1)};
		ioctl(slave, TIOCSWINSZ, &size);
		screen_resized();
		screen_size(&rows, &columns);
		assert_int_equal(rows, i);
		assert_int_equal(columns, 2 * i - 1);
		for (unsigned y = 0; y < rows; y++)
			put(y, STYLE_TEXT, "日本語 text");
		screen_cursor(rows, columns); /* outside */
		screen_show();
		read_sent();
	}
}

static void test_redraw_sends_everything_again(void **state)
{
	(void)state;
	open_screen();
	put(2, STYLE_TEXT, "the same");
	screen_cursor(2, 3);
	screen_show();
	read_sent();
	put(2, STYLE_TEXT, "the same");
	screen_show();
	read_sent();
	assert_false(has_sent("same"));
	screen_redraw();
	screen_show();
	read_sent();
	assert_true(has_sent("the same"));
}

static void test_beep(void **state)
{
	(void)state;
	open_screen();
	read_sent();
	screen_beep();
	assert_string_equal(read_sent(), "\a");
}

/* So that no terminal that knows of it shows the half of one. */
static void test_frames_are_whole(void **state)
{
	static const char begins[] = "\033[?2026h", ends[] = "\033[?2026l";
	(void)state;
	open_screen();
	read_sent();
	put(0, STYLE_TEXT, "hello");
	screen_show();
	const char *frame = read_sent();
	size_t size = strlen(frame);
	assert_memory_equal(frame, begins, sizeof begins - 1);
	assert_non_null(strstr(frame, "hello"));
	assert_string_equal(frame + size - (sizeof ends - 1), ends);
}

int main(void)
{
	/* clang-format off */
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_terminal, close_terminal)
		TEST(test_possible),
		TEST(test_not_possible_elsewhere),
		TEST(test_open_without_a_known_terminal),
		TEST(test_close_restores_the_terminal),
		TEST(test_rescue_restores_the_terminal),
		TEST(test_no_full_screen_to_leave),
		TEST(test_suspend_and_resume),
		TEST(test_mouse),
		TEST(test_resume_without_suspend),
		TEST(test_terminal_blocks_again),
		TEST(test_nothing_without_a_screen),
		TEST(test_rows),
		TEST(test_wide_characters_and_marks),
		TEST(test_fault_7_rows_that_nobody_made_safe),
		TEST(test_styles_differ_without_colour),
		TEST(test_colours),
		TEST(test_no_colours),
		TEST(test_background_is_the_terminals_own),
		TEST(test_resize),
		TEST(test_redraw_sends_everything_again),
		TEST(test_frames_are_whole),
		TEST(test_beep),
#undef TEST
	};
	/* clang-format on */
	setenv("LC_ALL", "C.UTF-8", 1);
	text_locale();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
