/* The panes: calls, ladder, sockets, inspector; where they stand, what keys and the mouse do in them, and under a load.
 */
#include "chat.h"

#define UP_KEY     "\033[A"
#define LEFT_KEY   "\033[D"
#define RIGHT_KEY  "\033[C"
#define ESCAPE     "\033"
#define WHEEL_UP   "\033[<64;5;5M"
#define WHEEL_DOWN "\033[<65;5;5M"

static const struct size {
	unsigned rows, columns;
} sizes[] = {{24, 80}, {40, 120}, {24, 60}};

static const char *const protocols[] = {"-t", "-u"};

/* --- What is shown --- */

static void see_the_ladder(struct terminal *t, bool tcp)
{
	if (tcp) { /* the client may send before the server accepts */
		chat_order(t, CHAT_LIST("socket()", "connect(", "send(", "recv(", "send(", "recv("));
		chat_order(t, CHAT_LIST("connect(", "accept(", "recv(", "send(", "recv("));
	} else {
		chat_order(t, CHAT_LIST("socket()", "sendto(", "recvfrom(", "sendto(", "recvfrom("));
	}
	assert_true(terminal_row_shows(t, 1, "client"));
	assert_true(terminal_row_shows(t, 1, "server"));
}

static void see_the_calls(struct terminal *t, bool tcp)
{
	assert_true(terminal_row_shows(t, 1, "calls"));
	/* A server that is held up tells of its send when the client has received already. */
	chat_order(t, tcp ? CHAT_LIST("client send(", "server recv(", "server send(")
			  : CHAT_LIST("client sendto(", "server recv", "server send"));
	chat_order(t,
		   tcp ? CHAT_LIST("client send(", "client recv(") : CHAT_LIST("client sendto(", "client recvfrom("));
}

static void see_the_sockets(struct terminal *t, bool tcp)
{
	assert_true(terminal_row_shows(t, 1, " sockets"));
	chat_order(t, CHAT_LIST("client", tcp ? "connection" : "datagram", "server", "welcoming", "datagram"));
}

static void see_the_statistics(struct terminal *t, bool tcp)
{
	(void)tcp;
	assert_true(terminal_shows(t, "1 sentence"));
}

/* And no pane beside it. */
static void see_the_transcript(struct terminal *t)
{
	assert_true(terminal_hides(t, "│"));
	assert_true(terminal_shows(t, "◂ HELLO"));
}

static const struct {
	const char *key, *command;
	void (*see)(struct terminal *t, bool tcp);
} panes[] = {
	{F3, "/calls", see_the_calls},
	{F4, "/ladder", see_the_ladder},
	{F5, "/statistics", see_the_statistics},
	{F6, "/sockets", see_the_sockets},
};

/* Beside the transcript, or in its place; by its key and by its command, which hide it again. */
static void test_each_pane_at_each_size(void **state)
{
	(void)state;
	for (size_t s = 0; s < 3; s++) {
		for (size_t p = 0; p < 2; p++) {
			struct terminal *t = chat_talking(sizes[s].rows, sizes[s].columns, protocols[p]);
			chat_say(t, "hello", "◂ HELLO");
			for (size_t i = 0; i < 4; i++) {
				terminal_type(t, panes[i].key);
				panes[i].see(t, p == 0);
				assert_true(sizes[s].columns < 120 ? terminal_hides(t, "◂ HELLO")
								   : terminal_shows(t, "◂ HELLO"));
				terminal_type(t, panes[i].key);
				see_the_transcript(t);
				chat_type(t, panes[i].command);
				panes[i].see(t, p == 0);
				chat_type(t, panes[i].command);
				see_the_transcript(t);
			}
			chat_leave(t);
		}
	}
}

/* One key after the other goes from view to view. */
static void test_from_one_pane_to_another(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	chat_say(t, "hello", "◂ HELLO");
	for (size_t i = 0; i < 4; i++) {
		terminal_type(t, panes[i].key);
		panes[i].see(t, true);
	}
	terminal_type(t, F6);
	assert_true(terminal_shows(t, "◂ HELLO"));
	chat_leave(t);
}

/* What a command answers is seen, too, where a pane has the transcript's place; until something else is typed. */
static void test_answers_below_a_pane(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	terminal_type(t, F4);
	assert_true(terminal_shows(t, "listen("));
	chat_type(t, "/find walrus");
	assert_true(terminal_row_shows(t, -3, "· \"walrus\" is nowhere in this view."));
	assert_true(terminal_has(t, "listen("));
	chat_type(t, "/conect");
	assert_true(terminal_shows(t, "! There is no command /conect."));
	assert_true(terminal_row_shows(t, -3, "begin it with two."));
	assert_false(terminal_has(t, "walrus"));
	chat_say(t, "hello", "\"HELLO\\n\"");
	assert_false(terminal_has(t, "/conect"));
	chat_type(t, "/find walrus");
	assert_true(terminal_shows(t, "nowhere in this view."));
	terminal_type(t, F6);
	assert_true(terminal_row_shows(t, 1, " sockets"));
	assert_false(terminal_has(t, "walrus"));
	chat_leave(t);
}

/* All that one command answers, the newest last; of more than there is room for, the newest. */
static void test_several_answers_below_a_pane(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-u");
	terminal_type(t, F4);
	chat_say(t, "one", "\"ONE\"");
	chat_say(t, "two", "\"TWO\"");
	chat_say(t, "three", "\"THREE\"");
	chat_type(t, "/reveal 3");
	assert_true(terminal_row_shows(t, -5, "· sentence 1 \"one\": the lab was off then"));
	assert_true(terminal_row_shows(t, -4, "· sentence 2 \"two\": the lab was off then"));
	assert_true(terminal_row_shows(t, -3, "· sentence 3 \"three\": the lab was off then"));
	chat_say(t, "four", "\"FOUR\"");
	assert_false(terminal_has(t, "the lab was off then"));
	chat_type(t, "/reveal 4");
	assert_true(terminal_row_shows(t, -3, "· sentence 4 \"four\": the lab was off then"));
	assert_true(terminal_row_shows(t, -5, "· sentence 2 \"two\": the lab was off then"));
	assert_false(terminal_has(t, "sentence 1"));
	terminal_type(t, F6);
	assert_true(terminal_row_shows(t, 1, " sockets"));
	assert_false(terminal_has(t, "the lab was off then"));
	chat_leave(t);
}

/* What happens while a pane is shown comes into it. */
static void test_panes_live(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(40, 120, "-t");
	terminal_type(t, F4);
	chat_say(t, "first", "\"FIRST\\n\"");
	chat_say(t, "second", "\"SECOND\\n\"");
	terminal_type(t, F3);
	chat_say(t, "third", "\"THIRD\\n\"");
	terminal_type(t, F6);
	assert_true(terminal_shows(t, "ESTABLISHED"));
	chat_type(t, "/disconnect");
	assert_true(terminal_hides(t, "ESTABLISHED"));
	chat_leave(t);
}

static void test_resize_in_every_pane(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	chat_say(t, "hello", "◂ HELLO");
	for (size_t i = 0; i < 4; i++) {
		terminal_type(t, panes[i].key);
		panes[i].see(t, true);
		terminal_type(t, "\t" UP_KEY); /* with a focus, too */
		for (unsigned rows = 1; rows < 12; rows++)
			terminal_resize(t, rows, 11 * rows);
		terminal_resize(t, 50, 200);
		panes[i].see(t, true);
		assert_true(terminal_shows(t, "◂ HELLO"));
		terminal_resize(t, 1, 1);
		terminal_resize(t, 40, 119);
		panes[i].see(t, true);
		terminal_resize(t, 24, 80);
		terminal_type(t, "\t");
		assert_true(terminal_row_shows(t, -1, "F1 help"));
	}
	chat_leave(t);
}

/* Where there is no room for the legend, it is what is out of sight. */
static void test_the_sockets_begin_at_the_top(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(12, 40, "-t");
	chat_say(t, "hello", "◂ HELLO");
	terminal_type(t, F6);
	assert_true(terminal_row_shows(t, 1, " sockets"));
	assert_true(terminal_row_shows(t, 2, "client"));
	terminal_resize(t, 24, 80);
	assert_true(terminal_shows(t, "Recv-Q: bytes"));
	chat_type(t, "/clients 20");
	assert_true(terminal_hides(t, "Recv-Q: bytes"));
	assert_true(terminal_row_shows(t, 2, "client"));
	chat_leave(t);
}

/* --- The calls' filter --- */

static void test_calls_are_filtered(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 120, "-t");
	chat_say(t, "hello", "◂ HELLO");
	chat_say(t, "/calls server send", "server send(");
	assert_true(terminal_row_shows(t, 1, "calls  server send"));
	assert_false(terminal_has(t, "recv("));
	assert_false(terminal_has(t, "client send("));
	chat_say(t, "/calls client", "client send("); /* another one, and it stays shown */
	assert_true(terminal_hides(t, "server send("));
	chat_say(t, "/calls nonsense", "! nonsense is no side");
	assert_true(terminal_has(t, "client send("));
	chat_type(t, "/calls"); /* all of them, */
	assert_true(terminal_shows(t, "server send("));
	chat_type(t, "/calls"); /* and without the pane */
	assert_true(terminal_hides(t, "server send("));
	terminal_type(t, "/calls serv\t");
	assert_true(terminal_row_shows(t, -2, "/calls server"));
	chat_leave(t);
}

/* --- The focus --- */

static void test_choose_inspect_and_back(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	chat_say(t, "hello", "◂ HELLO");
	terminal_type(t, F4);
	see_the_ladder(t, true);
	terminal_type(t, "\t");
	assert_true(terminal_row_shows(t, -1, "Tab type"));
	assert_true(terminal_row_shows(t, -1, "Enter inspect"));
	terminal_type(t, UP_KEY UP_KEY UP_KEY UP_KEY UP_KEY "\r"); /* up to the sending client */
	assert_true(terminal_row_shows(t, 1, "inspector"));
	assert_true(terminal_shows(t, "What it does"));
	terminal_type(t, ESCAPE);
	see_the_ladder(t, true);
	assert_true(terminal_row_shows(t, -1, "Enter inspect")); /* the focus is where it was */
	terminal_type(t, ESCAPE);
	assert_true(terminal_row_shows(t, -1, "F1 help"));
	assert_true(terminal_row_shows(t, 1, "client"));
	chat_type(t, "typed");
	assert_true(terminal_shows(t, "\"TYPED\\n\""));
	chat_leave(t);
}

/* Every line of the transcript, too; from 120 columns on the page stands beside it. */
static void test_inspect_what_the_transcript_says(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(40, 120, "-u");
	chat_say(t, "hello", "◂ HELLO");
	terminal_type(t, "\t" UP_KEY "\r");
	assert_true(terminal_row_shows(t, 1, "inspector"));
	assert_true(terminal_has(t, "◂ HELLO"));
	terminal_type(t, "i"); /* back to the line, and the page stays */
	assert_true(terminal_row_shows(t, -1, "F1 help"));
	assert_true(terminal_row_shows(t, 1, "inspector"));
	terminal_type(t, "\t" ESCAPE);
	assert_true(terminal_row_shows(t, -1, "Enter inspect"));
	assert_true(terminal_hides(t, "inspector"));
	terminal_type(t, "\t");
	chat_leave(t);
}

/* The sockaddr_in as it lies in memory: port 12000 would be 2e e0. */
static void test_inspector_of_an_address(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(40, 120, "-t");
	chat_say(t, "/calls connect", "connect(");
	terminal_type(t, "\t" UP_KEY "\r");
	assert_true(terminal_shows(t, "sin_family"));
	assert_true(terminal_shows(t, "sin_port"));
	assert_true(terminal_shows(t, "7f 00 00 01"));
	chat_leave(t);
}

static void test_tab_completes_and_moves_the_focus(void **state)
{
	(void)state;
	const char *inputrc = chat_inputrc("TAB: complete\n");
	struct terminal *t = chat_start(24, 80, CHAT_LIST("-t"), CHAT_LIST(inputrc));
	assert_true(terminal_shows(t, "connected"));
	terminal_type(t, "/disc\t");
	assert_true(terminal_row_shows(t, -2, "/disconnect"));
	terminal_type(t, "\025\t");
	assert_true(terminal_row_shows(t, -1, "Tab type"));
	terminal_type(t, "\tx");
	assert_true(terminal_row_shows(t, -2, "x"));
	chat_leave(t);
}

/* The letters after the slash are none of the view's keys, and nothing of them is said. */
static void test_command_begun_with_the_focus(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	chat_say(t, "hello", "◂ HELLO");
	terminal_type(t, F4);
	see_the_ladder(t, true);
	terminal_type(t, "\t" UP_KEY "\r");
	assert_true(terminal_row_shows(t, 1, "inspector"));
	terminal_type(t, ESCAPE);
	see_the_ladder(t, true);
	terminal_type(t, "/find hello");
	assert_true(terminal_row_shows(t, -2, "› /find hello"));
	terminal_type(t, "\r");
	assert_true(terminal_row_shows(t, -1, "n N find older, newer"));
	terminal_type(t, "p");
	assert_true(terminal_hides(t, "n N find")); /* any key comes back from there, */
	terminal_type(t, "/");
	assert_true(terminal_row_shows(t, -1, "n N find"));
	assert_true(terminal_row_is(t, -2, "›")); /* this one, too */
	chat_leave(t);
}

static void test_scroll_and_follow_with_the_focus(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	terminal_type(t, F4);
	for (char letter[] = "a", reply[] = "\"A\\n\""; *letter < 'i'; ++*letter, ++reply[1])
		chat_say(t, letter, reply);
	chat_say(t, "the last", "\"THE LAST\\n\"");
	terminal_type(t, "\t\033[H");
	assert_true(terminal_shows(t, "listen("));
	assert_true(terminal_hides(t, "THE LAST"));
	terminal_type(t, PAGE_DOWN);
	assert_true(terminal_hides(t, "listen("));
	terminal_type(t, "f");
	assert_true(terminal_shows(t, "\"THE LAST\\n\""));
	terminal_type(t, "\t" PAGE_UP); /* without it, the pane is what there is to scroll */
	assert_true(terminal_hides(t, "THE LAST"));
	chat_say(t, "more", "\"MORE\\n\"");
	chat_leave(t);
}

static void test_every_call_and_every_conversation(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(40, 120, "-t");
	chat_say(t, "first", "◂ FIRST");
	chat_say(t, "/udp", "is ready");
	chat_say(t, "second", "◂ SECOND");
	terminal_type(t, F4);
	assert_true(terminal_row_shows(t, 1, "UDP"));
	terminal_type(t, "\t" LEFT_KEY);
	assert_true(terminal_row_shows(t, 1, "TCP"));
	assert_true(terminal_shows(t, "\"FIRST\\n\""));
	assert_false(terminal_has(t, "EINPROGRESS"));
	terminal_type(t, "a");
	assert_true(terminal_shows(t, "EINPROGRESS"));
	terminal_type(t, "a");
	assert_true(terminal_hides(t, "EINPROGRESS"));
	terminal_type(t, LEFT_KEY LEFT_KEY); /* there is none before */
	assert_true(terminal_row_shows(t, 1, "TCP"));
	terminal_type(t, RIGHT_KEY);
	assert_true(terminal_row_shows(t, 1, "UDP"));
	assert_true(terminal_shows(t, "SECOND"));
	chat_leave(t);
}

/* --- Finding --- */

static void test_find(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	chat_say(t, "a needle", "◂ A NEEDLE");
	for (int i = 0; i < 30; i++)
		chat_type(t, "hay");
	chat_type(t, "last needle");
	assert_true(terminal_shows(t, "◂ LAST NEEDLE"));
	chat_type(t, "/find Needle");
	assert_true(terminal_row_shows(t, -1, "n N find older, newer"));
	assert_true(terminal_has(t, "LAST NEEDLE"));
	terminal_type(t, "nn");
	assert_true(terminal_shows(t, "◂ A NEEDLE"));
	terminal_type(t, "NN");
	assert_true(terminal_shows(t, "◂ LAST NEEDLE"));
	terminal_type(t, "\t");
	chat_say(t, "/find no such thing", "\"no such thing\" is nowhere in this view.");
	assert_true(terminal_row_shows(t, -1, "F1 help")); /* and the line has the keys */
	chat_type(t, "/find");
	terminal_type(t, "\t");
	assert_true(terminal_row_shows(t, -1, "Tab type"));
	assert_false(strstr(terminal_row(t, -1), "n N") != NULL);
	chat_leave(t);
}

static void test_find_in_the_pane_that_is_shown(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 120, "-t");
	chat_say(t, "hello", "◂ HELLO");
	terminal_type(t, F3);
	chat_type(t, "/find einprogress");
	assert_true(terminal_row_shows(t, -1, "n N find older, newer"));
	terminal_type(t, "\r");
	assert_true(terminal_shows(t, "connect"));
	assert_true(terminal_row_shows(t, 1, "inspector"));
	terminal_type(t, "\t" F5); /* a picture has no text: the transcript is searched */
	chat_say(t, "/find connecting", "◂ HELLO");
	assert_true(terminal_row_shows(t, -1, "n N find older, newer"));
	chat_leave(t);
}

/* --- The plain form --- */

static bool has_no_looks(struct terminal *t, void *arg)
{
	(void)arg;
	for (int y = 0; y < 40; y++) {
		for (unsigned x = 0; x < 120; x++) {
			VTermScreenCell cell = terminal_cell(t, y, x);
			if (cell.attrs.reverse || cell.attrs.bold || cell.attrs.underline ||
			    !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg))
				return false;
		}
	}
	return true;
}

static void test_plain_form(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(40, 120, "-t");
	chat_say(t, "hello", "◂ HELLO");
	terminal_type(t, F4);
	see_the_ladder(t, true);
	terminal_type(t, "\t" UP_KEY "p");
	assert_true(terminal_hides(t, "│"));
	assert_true(terminal_hides(t, "◂ HELLO"));
	assert_true(terminal_hides(t, "Tab type")); /* in the last row: the others may be there before it */
	assert_true(terminal_row_shows(t, -1, "recv("));
	assert_true(terminal_wait(t, has_no_looks, NULL));
	terminal_type(t, "x"); /* any key leaves it, and does nothing else */
	see_the_ladder(t, true);
	assert_true(terminal_row_shows(t, -1, "Tab type"));
	chat_leave(t);
}

/* --- The mouse --- */

static void test_mouse_is_asked_for(void **state)
{
	(void)state;
	static const char on[] = "\033[?1000h\033[?1006h", off[] = "\033[?1006l\033[?1000l";
	struct terminal *t = chat_talking(24, 80, "-t");
	size_t n;
	const char *raw = terminal_raw(t, &n);
	assert_null(memmem(raw, n, "\033[?1000", 7));
	terminal_type(t, F10);
	assert_int_equal(terminal_exit(t), 0);
	raw = terminal_raw(t, &n);
	assert_null(memmem(raw, n, "\033[?1000", 7));
	terminal_end(t);

	t = chat_start(24, 80, CHAT_LIST("-t", "--mouse"), NULL);
	assert_true(terminal_shows(t, "connected"));
	assert_true(terminal_wrote(t, on, sizeof on - 1));
	terminal_type(t, F10);
	assert_int_equal(terminal_exit(t), 0);
	assert_true(terminal_wrote(t, off, sizeof off - 1));
	terminal_end(t);
}

static void test_mouse_scrolls_and_chooses(void **state)
{
	(void)state;
	struct terminal *t = chat_start(24, 120, CHAT_LIST("-t", "--mouse"), NULL);
	assert_true(terminal_shows(t, "connected"));
	for (int i = 0; i < 20; i++)
		chat_type(t, "again");
	chat_say(t, "nearly", "◂ NEARLY"); /* so that the next reply comes alone, and in one row */
	chat_say(t, "the end", "◂ THE END");
	terminal_type(t, F3);
	assert_true(terminal_row_shows(t, 1, "calls"));
	for (int i = 0; i < 20; i++)
		terminal_type(t, WHEEL_UP); /* over the transcript */
	assert_true(terminal_shows(t, "starting a server"));
	assert_true(terminal_shows(t, "client recv("));
	for (int i = 0; i < 20; i++)
		terminal_type(t, WHEEL_DOWN);
	assert_true(terminal_row_shows(t, 21, "◂ THE END"));
	for (int i = 0; i < 100; i++)
		terminal_type(t, "\033[<64;100;5M"); /* over the calls */
	assert_true(terminal_shows(t, "server socket("));
	assert_true(terminal_row_shows(t, 21, "◂ THE END"));
	terminal_type(t, "\033[<0;5;22M"); /* the last row of the transcript, */
	assert_true(terminal_row_shows(t, -1, "Enter inspect"));
	terminal_type(t, "\r");
	assert_true(terminal_row_shows(t, 1, "inspector"));
	assert_true(terminal_shows(t, "THE END"));
	chat_leave(t);
}

static bool is_reverse(struct terminal *t, void *arg)
{
	return terminal_cell(t, *(int *)arg, 40).attrs.reverse;
}

/* Each row that is pointed at becomes the chosen one, whatever the lines above it are wrapped to. */
static void test_mouse_chooses_each_row(void **state)
{
	(void)state;
	struct terminal *t = chat_start(24, 80, CHAT_LIST("-t", "--mouse"), NULL);
	assert_true(terminal_shows(t, "connected"));
	chat_say(t, "hello", "◂ HELLO");
	terminal_type(t, F3);
	see_the_calls(t, true);
	for (int y = 20; y > 3; y--) {
		char press[32];
		snprintf(press, sizeof press, "\033[<0;10;%dM", y + 1);
		terminal_type(t, press);
		assert_true(terminal_wait(t, is_reverse, &y));
	}
	chat_leave(t);
}

/* --- Under a load --- */

/* How often the screen was drawn: each time ends with the cursor's way from the last row to the input line. */
static size_t frames(const char *raw, size_t n)
{
	size_t count = 0;
	for (size_t i = 0; i + 4 < n; i++)
		count += memcmp(raw + i, "\033[23", 4) == 0;
	return count;
}

/*
 * A million sentences one after the other would be more than four million calls. A key that is pressed meanwhile is
 * answered by one of the next drawings, however much else there is to be drawn. What has been drawn by then and not
 * been read is counted, too, if this test is kept from reading; so it is the quickest answer that counts.
 */
static void test_keys_in_a_flood(void **state)
{
	(void)state;
	enum { KEYS = 10, FRAMES = 4 };
	struct terminal *t = chat_talking(24, 80, "-u");
	terminal_type(t, F4);
	chat_type(t, "/ping 1000000 0");
	assert_true(terminal_row_shows(t, -1, "ping"));
	assert_true(terminal_shows(t, "recvfrom("));
	size_t before, after, quickest = SIZE_MAX;
	char typed[KEYS + 1] = "";
	for (int i = 0; i < KEYS; i++) {
		typed[i] = (char)('a' + i);
		terminal_raw(t, &before);
		terminal_type(t, typed + i);
		assert_true(terminal_row_shows(t, -2, typed));
		const char *raw = terminal_raw(t, &after);
		size_t drawn = frames(raw + before, after - before);
		quickest = drawn < quickest ? drawn : quickest;
	}
	assert_in_range(quickest, 0, FRAMES);
	assert_non_null(strstr(terminal_row(t, -1), "of 1000000")); /* it is still under way */
	terminal_type(t, "\003\003" F4);
	assert_true(terminal_shows(t, "received"));
	chat_leave(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_pane_at_each_size),
		cmocka_unit_test(test_from_one_pane_to_another),
		cmocka_unit_test(test_answers_below_a_pane),
		cmocka_unit_test(test_several_answers_below_a_pane),
		cmocka_unit_test(test_panes_live),
		cmocka_unit_test(test_resize_in_every_pane),
		cmocka_unit_test(test_the_sockets_begin_at_the_top),
		cmocka_unit_test(test_calls_are_filtered),
		cmocka_unit_test(test_choose_inspect_and_back),
		cmocka_unit_test(test_inspect_what_the_transcript_says),
		cmocka_unit_test(test_inspector_of_an_address),
		cmocka_unit_test(test_tab_completes_and_moves_the_focus),
		cmocka_unit_test(test_command_begun_with_the_focus),
		cmocka_unit_test(test_scroll_and_follow_with_the_focus),
		cmocka_unit_test(test_every_call_and_every_conversation),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_in_the_pane_that_is_shown),
		cmocka_unit_test(test_plain_form),
		cmocka_unit_test(test_mouse_is_asked_for),
		cmocka_unit_test(test_mouse_scrolls_and_chooses),
		cmocka_unit_test(test_mouse_chooses_each_row),
		cmocka_unit_test(test_keys_in_a_flood),
	};
	return cmocka_run_group_tests_name("panes", tests, chat_open, chat_close);
}
