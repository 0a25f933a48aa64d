/* The main job on a real terminal: pick, type, see the capitals. */
#include <signal.h>
#include <sys/stat.h>

#include "chat.h"

static void test_picker_enter_alone_starts_tcp(void **state)
{
	(void)state;
	struct terminal *t = chat_start(24, 80, NULL, NULL);
	assert_true(terminal_shows(t, "(*) TCP"));
	assert_true(terminal_shows(t, "( ) UDP"));
	assert_true(terminal_shows(t, "a server of our own"));
	terminal_type(t, "\r");
	assert_true(terminal_row_shows(t, 0, "TCP"));
	assert_true(terminal_shows(t, "connected to 127.0.0.1:"));
	terminal_type(t, "hello world\r");
	assert_true(terminal_shows(t, "you ▸ hello world"));
	assert_true(terminal_shows(t, "◂ HELLO WORLD"));
	assert_true(terminal_shows(t, "12 bytes"));
	chat_leave(t);
}

static void test_picker_letter_and_arrows(void **state)
{
	(void)state;
	struct terminal *t = chat_start(24, 80, NULL, NULL);
	assert_true(terminal_shows(t, "(*) TCP"));
	terminal_type(t, "u");
	assert_true(terminal_shows(t, "(*) UDP"));
	terminal_type(t, UP);
	assert_true(terminal_shows(t, "(*) TCP"));
	terminal_type(t, DOWN);
	assert_true(terminal_shows(t, "(*) UDP"));
	terminal_type(t, "\r");
	assert_true(terminal_row_shows(t, 0, "UDP"));
	terminal_type(t, "straße\r");
	assert_true(terminal_shows(t, "◂ STRASSE"));
	assert_true(terminal_shows(t, "the system chose port"));
	chat_leave(t);
}

static void test_picker_host_and_port(void **state)
{
	(void)state;
	struct terminal *t = chat_start(24, 80, NULL, NULL);
	assert_true(terminal_shows(t, "(*) TCP"));
	terminal_type(t, "\t127.0.0.9x\177\t1\r");
	assert_true(terminal_shows(t, "nothing listens on 127.0.0.9:1"));
	chat_leave(t);
}

static void test_picker_checks_the_port(void **state)
{
	(void)state;
	struct terminal *t = chat_start(24, 80, NULL, NULL);
	assert_true(terminal_shows(t, "(*) TCP"));
	terminal_type(t, "p99999\r");
	assert_true(terminal_shows(t, "is no port: give 1 to 65535"));
	assert_true(terminal_shows(t, "(localhost)")); /* a port alone means this computer */
	for (unsigned rows = 12; rows >= 5; rows--) {
		terminal_resize(t, rows, 80);
		assert_true(terminal_shows(t, "is no port: give 1 to 65535"));
		assert_true(terminal_shows(t, "> Port: 99999"));
	}
	terminal_resize(t, 24, 80);
	terminal_type(t, "\177\177\177\177\177\tx");
	assert_true(terminal_shows(t, "(a server of our own)"));
	terminal_type(t, "h127.0.0.1\t1\r");
	assert_true(terminal_shows(t, "nothing listens on 127.0.0.1:1"));
	chat_leave(t);
}

static void test_picker_escape_leaves(void **state)
{
	(void)state;
	struct terminal *t = chat_start(24, 80, NULL, NULL);
	assert_true(terminal_shows(t, "(*) TCP"));
	terminal_type(t, "\033");
	assert_int_equal(terminal_exit(t), 0);
	terminal_end(t);
}

static void test_f2_changes_the_protocol(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	terminal_type(t, F2);
	assert_true(terminal_row_shows(t, 0, "UDP"));
	terminal_type(t, "over udp\r");
	assert_true(terminal_shows(t, "OVER UDP"));
	terminal_type(t, F2);
	assert_true(terminal_row_shows(t, 0, "TCP"));
	terminal_type(t, "over tcp\r");
	assert_true(terminal_shows(t, "OVER TCP"));
	chat_leave(t);
}

static void test_wide_and_combining_characters(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	terminal_type(t, "你好, ŉandú e\xcc\x81 👍🏽\r");
	assert_true(terminal_shows(t, "◂ 你好, ʼNANDÚ E\xcc\x81 👍"));
	/* The cursor stands where the terminal thinks it does: two columns a wide character. */
	terminal_type(t, "你好");
	assert_true(terminal_row_shows(t, -2, "你好"));
	assert_true(terminal_cursor_at(t, -2, 2 + 4));
	terminal_type(t, "\177x");
	assert_true(terminal_row_shows(t, -2, "你x"));
	assert_true(terminal_cursor_at(t, -2, 2 + 3));
	chat_leave(t);
}

static void test_paste_sends_on_enter_only(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	terminal_paste(t, "first line\r\nsecond line\r/quit\r");
	assert_true(terminal_row_shows(t, -2, "first line⏎second line⏎/quit"));
	assert_false(terminal_has(t, "you ▸"));
	terminal_type(t, "\r");
	assert_true(terminal_shows(t, "◂ FIRST LINE"));
	assert_true(terminal_shows(t, "◂ SECOND LINE"));
	assert_true(terminal_shows(t, "◂ /QUIT")); /* several lines are sentences, whatever they begin with */
	chat_leave(t);
}

static void test_paste_that_is_too_long(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	size_t n = (64 << 10) + 1;
	char *text = calloc(1, n + 1);
	memset(text, 'x', n);
	terminal_paste(t, text);
	free(text);
	assert_true(terminal_shows(t, "Some of the paste was left out"));
	chat_leave(t);
}

static void test_resize_in_mid_line(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	terminal_type(t, "a sentence that is long enough to be wrapped when the screen is narrow\r");
	assert_true(terminal_shows(t, "NARROW  71 bytes"));
	terminal_type(t, "half of");
	assert_true(terminal_row_shows(t, -2, "half of"));
	terminal_resize(t, 15, 40);
	assert_true(terminal_row_shows(t, -2, "half of"));
	assert_true(terminal_hides(t, "LONG ENOUGH"));
	assert_true(terminal_shows(t, "ENOUGH TO BE WRAPPED WHEN"));
	terminal_type(t, " a line\r");
	assert_true(terminal_shows(t, "HALF OF A LINE"));
	terminal_resize(t, 50, 200);
	assert_true(terminal_shows(t, "TO BE WRAPPED WHEN THE SCREEN IS NARROW"));
	terminal_resize(t, 1, 1);
	terminal_resize(t, 24, 80);
	assert_true(terminal_shows(t, "HALF OF A LINE"));
	chat_leave(t);
}

static void test_scroll_back(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(12, 80, "-t");
	for (int i = 1; i <= 30; i++) {
		char line[32];
		snprintf(line, sizeof line, "line %d.\r", i);
		terminal_type(t, line);
	}
	assert_true(terminal_shows(t, "LINE 30."));
	terminal_type(t, PAGE_UP PAGE_UP);
	assert_true(terminal_hides(t, "LINE 30."));
	terminal_type(t, CTRL_HOME);
	assert_true(terminal_shows(t, "starting a server"));
	terminal_type(t, CTRL_END);
	assert_true(terminal_shows(t, "LINE 30."));
	chat_leave(t);
}

/* Debian's inputrc binds Home and End, as tmux and the console send them, to moves in the line. */
static void test_home_and_end_with_an_inputrc(void **state)
{
	(void)state;
	const char *inputrc = chat_inputrc("\"\\e[1~\": beginning-of-line\n\"\\e[4~\": end-of-line\n");
	struct terminal *t = chat_start(8, 80, (const char *[]){"-t", NULL}, CHAT_LIST(inputrc));
	assert_true(terminal_shows(t, "connected"));
	terminal_type(t, "one\rtwo\rthree\r");
	assert_true(terminal_shows(t, "◂ THREE"));
	terminal_type(t, "\033[1~");
	assert_true(terminal_shows(t, "starting a server"));
	terminal_type(t, "\033[4~");
	assert_true(terminal_shows(t, "◂ THREE"));
	terminal_type(t, "bc\033[1~a");
	assert_true(terminal_row_shows(t, -2, "abc"));
	chat_leave(t);
}

static bool is_another_last_row(struct terminal *t, void *arg)
{
	return strcmp(terminal_row(t, -1), arg) != 0;
}

static void test_new_lines_wait_below(void **state)
{
	(void)state;
	char row[256], last[256];
	struct terminal *t = chat_talking(12, 80, "-u");
	for (int i = 1; i <= 20; i++)
		terminal_type(t, i < 20 ? "line\r" : "the last\r");
	assert_true(terminal_shows(t, "THE LAST"));
	terminal_type(t, "/ping 1000000 0.01\r" PAGE_UP PAGE_UP); /* lines come for as long as need be */
	assert_true(terminal_shows(t, "new lines below: End"));
	snprintf(row, sizeof row, "%s", terminal_row(t, 3));
	snprintf(last, sizeof last, "%s", terminal_row(t, -1)); /* it counts the replies */
	assert_true(terminal_wait(t, is_another_last_row, last));
	assert_string_equal(terminal_row(t, 3), row);
	terminal_type(t, CTRL_END);
	assert_true(terminal_hides(t, "new lines"));
	assert_true(terminal_row_shows(t, -3, "seq="));
	terminal_type(t, "\003");
	assert_true(terminal_shows(t, "rtt min/avg/max/mdev"));
	chat_leave(t);
}

static bool is_answered_twice(struct terminal *t, void *arg)
{
	(void)arg;
	int count = 0;
	for (int y = 0; y < 24; y++)
		count += strstr(terminal_row(t, y), "◂ TO BE FOUND AGAIN") != NULL;
	return count == 2;
}

static void test_history_is_searched_and_kept(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	terminal_type(t, "to be found again\r");
	assert_true(terminal_shows(t, "TO BE FOUND AGAIN"));
	terminal_type(t, "something else\r");
	assert_true(terminal_shows(t, "SOMETHING ELSE"));
	terminal_type(t, "\022found");
	assert_true(terminal_row_shows(t, -2, "found': to be found again"));
	terminal_type(t, "\r");
	assert_true(terminal_wait(t, is_answered_twice, NULL));
	chat_leave(t);

	struct stat status;
	assert_int_equal(stat(chat_path("uproar/history"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);

	t = chat_talking(24, 80, "-t");
	terminal_type(t, UP UP);
	assert_true(terminal_row_shows(t, -2, "something else"));
	chat_leave(t);
}

static void test_completion(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	terminal_type(t, "/disc\t");
	assert_true(terminal_row_shows(t, -2, "/disconnect"));
	terminal_type(t, "\025/c\t\t");
	assert_true(terminal_shows(t, "/clear  /clients  /connect  /connected"));
	terminal_type(t, "onnect lo\t");
	assert_true(terminal_row_shows(t, -2, "/connect localhost"));
	terminal_type(t, "\025not a \tcommand\r");
	assert_true(terminal_shows(t, "COMMAND"));
	chat_leave(t);
}

static void test_commands(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	terminal_type(t, "/conect\r");
	assert_true(terminal_shows(t, "There is no command /conect. The nearest is /connect."));
	chat_say(t, "/foo", "There is no command /foo. /help shows them all.");
	chat_say(t, "/help foo", "There is no command /foo. /help alone shows them all.");
	terminal_type(t, "//slash\r");
	assert_true(terminal_shows(t, "◂ /SLASH"));
	terminal_type(t, "/help timeout\r");
	assert_true(terminal_shows(t, "/timeout SECONDS: "));
	terminal_type(t, "/timeout soon\r");
	assert_true(terminal_shows(t, "is no time in seconds"));
	terminal_type(t, "/connect localhost 0\r");
	assert_true(terminal_shows(t, "\"0\" is no port"));
	terminal_type(t, "/connect 12000\r");
	assert_true(terminal_shows(t, "is a number, and may be a port"));
	terminal_type(t, "/CONNECT localhost:12000\r");
	assert_true(terminal_shows(t, "has a colon"));
	terminal_type(t, "/connect [::1]:12000\r");
	assert_true(terminal_shows(t, "\"[::1]:12000\" has a colon; between HOST and PORT belongs a space."));
	terminal_type(t, "/connect a b c\r");
	assert_true(terminal_shows(t, "It is used like this: /connect [HOST [PORT]]"));
	terminal_type(t, "/disconnect\r");
	assert_true(terminal_shows(t, "this end closed the connection"));
	terminal_type(t, "once more\r");
	assert_true(terminal_shows(t, "◂ ONCE MORE"));
	terminal_type(t, "/clear\r");
	assert_true(terminal_hides(t, "ONCE MORE"));
	terminal_type(t, "/quit\r");
	assert_int_equal(terminal_exit(t), 0);
	terminal_end(t);
}

static void test_help_page(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	terminal_type(t, F1);
	assert_true(terminal_shows(t, "KEYS"));
	assert_true(terminal_shows(t, "talk over the other protocol"));
	terminal_type(t, PAGE_DOWN);
	assert_true(terminal_shows(t, "AFTER TAB"));
	terminal_type(t, PAGE_DOWN);
	assert_true(terminal_shows(t, "/connect [HOST [PORT]]"));
	terminal_type(t, "q");
	assert_true(terminal_hides(t, "/connect [HOST"));
	assert_true(terminal_shows(t, "connected to"));
	terminal_type(t, "/help\r");
	assert_true(terminal_shows(t, "KEYS"));
	terminal_type(t, "\033");
	assert_true(terminal_hides(t, "KEYS"));
	assert_true(terminal_shows(t, "connected to"));
	chat_leave(t);
}

static void test_control_keys(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	terminal_type(t, "never mind");
	assert_true(terminal_row_shows(t, -2, "never mind"));
	terminal_type(t, "\003");
	assert_true(terminal_hides(t, "never mind"));
	terminal_type(t, "\003");
	assert_true(terminal_shows(t, "To leave, press F10"));
	terminal_type(t, "\014");
	terminal_type(t, "still here\r");
	assert_true(terminal_shows(t, "STILL HERE"));
	terminal_type(t, "\004");
	assert_int_equal(terminal_exit(t), 0);
	terminal_end(t);
}

static void test_suspend_and_return(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	terminal_type(t, "before\r");
	assert_true(terminal_shows(t, "BEFORE"));
	terminal_type(t, "\032");
	assert_true(terminal_stopped(t));
	assert_false(terminal_alternate(t));
	assert_true(terminal_modes(t).c_lflag & ECHO);
	terminal_signal(t, SIGCONT);
	assert_true(terminal_shows(t, "BEFORE"));
	terminal_type(t, "after\r");
	assert_true(terminal_shows(t, "AFTER"));
	chat_leave(t);
}

/* A shell's "kill %1": the program ends without taking the terminal once more. */
static void test_ended_while_suspended(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	terminal_type(t, "\032");
	assert_true(terminal_stopped(t));
	size_t before, after;
	terminal_raw(t, &before);
	kill(terminal_pid(t), SIGTERM);
	terminal_signal(t, SIGCONT);
	assert_int_equal(terminal_exit(t), 128 + SIGTERM);
	terminal_raw(t, &after);
	assert_int_equal(after, before);
	terminal_end(t);
}

static void test_smallest_screen(void **state)
{
	(void)state;
	struct terminal *t = chat_start(5, 20, NULL, NULL);
	assert_true(terminal_shows(t, "(*) TCP"));
	assert_true(terminal_shows(t, "( ) UDP"));
	terminal_type(t, "\r");
	assert_true(terminal_row_shows(t, 0, "TCP"));
	terminal_type(t, "hi\r");
	assert_true(terminal_shows(t, "HI"));
	terminal_type(t, "a sentence longer than the screen");
	assert_true(terminal_row_shows(t, -2, "<"));
	assert_true(terminal_row_shows(t, -2, "screen"));
	terminal_type(t, "\r");
	assert_true(terminal_shows(t, "SCREEN"));
	chat_leave(t);
}

/* Whether these bytes set a colour: CSI ... m with a parameter from 30 to 49, or from 90 to 107 (ECMA-48, SGR). */
static bool sets_colour(const char *raw, size_t n)
{
	const char *end = raw + n;
	while ((raw = memmem(raw, (size_t)(end - raw), "\033[", 2))) {
		bool colour = false;
		unsigned parameter = 0;
		for (raw += 2; raw < end && ((*raw >= '0' && *raw <= '9') || *raw == ';'); raw++) {
			parameter = *raw == ';' ? 0 : parameter * 10 + (unsigned)(*raw - '0');
			colour |= (parameter >= 30 && parameter < 50) || (parameter >= 90 && parameter < 108);
		}
		if (colour && raw < end && *raw == 'm')
			return true;
	}
	return false;
}

static void test_without_colour(void **state)
{
	(void)state;
	struct terminal *t = chat_start(24, 80, (const char *[]){"-t", NULL}, (const char *[]){"NO_COLOR=1", NULL});
	assert_true(terminal_shows(t, "connected"));
	terminal_type(t, "plain\r");
	assert_true(terminal_shows(t, "◂ PLAIN"));
	size_t n;
	const char *raw = terminal_raw(t, &n);
	assert_false(sets_colour(raw, n));
	chat_leave(t);
	t = chat_talking(24, 80, "-t");
	raw = terminal_raw(t, &n);
	assert_true(sets_colour(raw, n)); /* so that would have been found */
	chat_leave(t);
}

static void test_c_locale(void **state)
{
	(void)state;
	struct terminal *t =
		chat_start(24, 80, (const char *[]){"-t", NULL}, (const char *[]){"LANG=C", "LC_ALL=C", NULL});
	assert_true(terminal_shows(t, "connected"));
	terminal_type(t, "straße 你\r");
	assert_true(terminal_shows(t, "STRASSE 你"));
	chat_leave(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_picker_enter_alone_starts_tcp),
		cmocka_unit_test(test_picker_letter_and_arrows),
		cmocka_unit_test(test_picker_host_and_port),
		cmocka_unit_test(test_picker_checks_the_port),
		cmocka_unit_test(test_picker_escape_leaves),
		cmocka_unit_test(test_f2_changes_the_protocol),
		cmocka_unit_test(test_wide_and_combining_characters),
		cmocka_unit_test(test_paste_sends_on_enter_only),
		cmocka_unit_test(test_paste_that_is_too_long),
		cmocka_unit_test(test_resize_in_mid_line),
		cmocka_unit_test(test_scroll_back),
		cmocka_unit_test(test_home_and_end_with_an_inputrc),
		cmocka_unit_test(test_new_lines_wait_below),
		cmocka_unit_test(test_history_is_searched_and_kept),
		cmocka_unit_test(test_completion),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_help_page),
		cmocka_unit_test(test_control_keys),
		cmocka_unit_test(test_suspend_and_return),
		cmocka_unit_test(test_ended_while_suspended),
		cmocka_unit_test(test_smallest_screen),
		cmocka_unit_test(test_without_colour),
		cmocka_unit_test(test_c_locale),
	};
	return cmocka_run_group_tests(tests, chat_open, chat_close);
}
