/* F5, a ping and a burst on the screen, and what commands say of what they set. */
#include <signal.h>

#include "chat.h"

#define CTRL_C "\003"

/* --- The statistics --- */

static void test_in_place_of_the_transcript(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	assert_true(terminal_row_shows(t, -1, "F5 statistics"));
	chat_say(t, "one", "◂ ONE");
	terminal_type(t, F5);
	assert_true(terminal_shows(t, "1 sentence"));
	assert_true(terminal_shows(t, "What the system says"));
	assert_true(terminal_shows(t, "ESTABLISHED"));
	assert_false(terminal_has(t, "◂ ONE"));
	assert_true(terminal_row_shows(t, 0, "TCP  connected"));
	assert_true(terminal_row_shows(t, -1, "F1 help"));
	terminal_type(t, "tw");
	assert_true(terminal_row_shows(t, -2, "tw"));
	chat_type(t, "o"); /* the line works as ever */
	assert_true(terminal_shows(t, "2 sentences"));
	terminal_type(t, F5);
	assert_true(terminal_shows(t, "◂ TWO"));
	assert_false(terminal_has(t, "What the system says"));
	chat_leave(t);
}

static void test_beside_the_transcript(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(50, 200, "-u");
	chat_say(t, "one", "◂ ONE");
	chat_say(t, "/statistics", "What the system says");
	assert_true(terminal_shows(t, "◂ ONE"));
	for (int y = 1; y < 48; y++)
		assert_true(terminal_row_shows(t, y, "│"));
	terminal_resize(t, 24, 119);
	assert_true(terminal_hides(t, "◂ ONE"));
	assert_true(terminal_shows(t, "What the system says"));
	terminal_resize(t, 24, 120);
	assert_true(terminal_shows(t, "◂ ONE"));
	assert_true(terminal_shows(t, "What the system says"));
	/* At least 60 columns for the transcript, and nothing of it is lost under the other. */
	chat_say(t, "0123456789012345678901234567890123456789", "◂ 0123456789012345678901234567890123456789");
	for (unsigned rows = 10; rows > 0; rows--)
		terminal_resize(t, rows, 120 - 10 * rows);
	terminal_resize(t, 24, 120);
	chat_type(t, "/statistics");
	assert_true(terminal_hides(t, "What the system says"));
	chat_leave(t);
}

static void test_a_new_conversation_begins_anew(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(50, 200, "-u");
	chat_say(t, "one", "◂ ONE");
	chat_say(t, "two", "◂ TWO");
	terminal_type(t, F5);
	assert_true(terminal_shows(t, "2 sentences"));
	chat_type(t, "/clear");
	assert_true(terminal_hides(t, "◂ TWO"));
	assert_true(terminal_has(t, "2 sentences"));
	terminal_type(t, F2);
	assert_true(terminal_hides(t, "2 sentences"));
	chat_say(t, "three", "◂ THREE"); /* else the transcript would say that 1 sentence was waiting for a reply */
	assert_true(terminal_shows(t, "1 sentence"));
	chat_type(t, "/connect");
	assert_true(terminal_hides(t, "1 sentence"));
	chat_leave(t);
}

static void test_page_up_with_the_statistics(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 160, "-u");
	terminal_type(t, F5);
	for (int i = 0; i < 40; i++)
		chat_type(t, i == 0 ? "the first" : "again and again");
	assert_true(terminal_shows(t, "40 sentences"));
	terminal_type(t, CTRL_HOME);
	assert_true(terminal_shows(t, "▸ the first"));
	terminal_type(t, CTRL_END);
	assert_true(terminal_hides(t, "▸ the first"));
	chat_leave(t);
}

/* --- Ping and burst --- */

static void test_ping(void **state)
{
	(void)state;
	static const char *const protocols[] = {"-u", "-t"};
	for (size_t i = 0; i < 2; i++) {
		struct terminal *t = chat_talking(24, 80, protocols[i]);
		chat_say(t, "/ping 3 0.01", "3 sent, 3 received, 0% loss");
		assert_true(terminal_has(t, "seq=1 "));
		assert_true(terminal_has(t, "seq=3 "));
		assert_true(terminal_shows(t, "rtt min/avg/max/mdev = "));
		assert_true(terminal_hides(t, "ping 3 of 3"));
		chat_say(t, "/ping 4 0", "4 sent, 4 received, 0% loss");
		chat_leave(t);
	}
}

static void test_ping_ends_with_ctrl_c(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-u");
	chat_type(t, "/ping 100 3600");
	assert_true(terminal_shows(t, "seq=1 "));
	assert_true(terminal_row_shows(t, -1, "ping 1 of 100"));
	chat_say(t, "/ping 3", "One burst or ping is under way. Ctrl-C on an empty line ends it.");
	chat_clear(t);
	chat_say(t, "/burst 20", "One burst or ping is under way");
	chat_say(t, "hello", "◂ HELLO"); /* a conversation goes on meanwhile, and is not counted */
	terminal_type(t, "abc");
	assert_true(terminal_row_is(t, -2, "› abc"));
	terminal_type(t, CTRL_C); /* this one clears the line */
	assert_true(terminal_row_is(t, -2, "›"));
	assert_true(terminal_has(t, "ping 1 of 100"));
	terminal_type(t, CTRL_C);
	assert_true(terminal_shows(t, "1 sent, 1 received, 0% loss"));
	assert_true(terminal_hides(t, "ping 1 of 100"));
	terminal_type(t, CTRL_C);
	assert_true(terminal_shows(t, "To leave, press F10"));
	chat_leave(t);
}

static void test_ping_ends_with_the_conversation(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-u");
	chat_type(t, "/ping 100 3600");
	assert_true(terminal_shows(t, "seq=1 "));
	terminal_type(t, F2);
	assert_true(terminal_shows(t, "1 sent, 1 received, 0% loss"));
	assert_true(terminal_shows(t, "connected to"));
	chat_leave(t);
}

static void test_ping_without_replies(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-u");
	chat_type(t, "/timeout 0.2");
	chat_say(t, "/connect 127.0.0.1 1", "127.0.0.1:1");
	chat_say(t, "/ping 3 0.01", "3 sent, 0 received, 100% loss");
	assert_true(terminal_has(t, "--- 127.0.0.1:1 ping statistics ---"));
	chat_leave(t);
}

static void test_burst(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	chat_say(t, "/burst 3 some words", "◂ SOME WORDS 3");
	assert_true(terminal_has(t, "▸ some words 1"));
	chat_say(t, "/burst 10", "◂ BURST 10");
	assert_false(terminal_has(t, "Burst:"));
	chat_say(t, "/burst 11 eleven", "Burst: 11 sent, 11 answered, 0 lost.");
	assert_false(terminal_has(t, "eleven 5"));
	terminal_type(t, F2);
	assert_true(terminal_shows(t, "is ready"));
	chat_type(t, "/timeout 20"); /* however slow it is, and however small the receive queues are */
	chat_say(t, "/burst 100", "Burst: 100 sent, 100 answered, 0 lost.");
	chat_type(t, "/timeout 2");
	terminal_type(t, F5); /* below it the sum stays, whatever replies come after it */
	chat_say(t, "/burst 4096", "Burst: 4096 sent, ");
	chat_leave(t);
}

static void test_burst_ends_with_ctrl_c(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	chat_type(t, "/hold");
	chat_type(t, "/burst 100");
	assert_true(terminal_row_shows(t, -1, "burst: 0 of 100"));
	terminal_type(t, CTRL_C);
	assert_true(terminal_shows(t, "100 sent, 0 answered, 0 lost, 100 still waited for."));
	chat_say(t, "/release",
		 "Burst: 100 sent, 100 answered, 0 lost."); /* the replies that came after the sum change it */
	chat_leave(t);
}

/* The progress of uproar --ping, where its lines go elsewhere. */
static void test_progress_line(void **state)
{
	(void)state;
	char command[8192];
	snprintf(command, sizeof command,
		 "trap : INT; %s --ping 2 --interval 3600 127.0.0.1 1 -w 0.1 2>&1 >/dev/null; echo ended $?",
		 chat_built("uproar"));
	struct terminal *t = terminal_start(24, 80, (const char *[]){"sh", "-c", command, NULL}, NULL);
	assert_true(terminal_shows(t, "ping 1 of 2, 0 answered"));
	terminal_signal(t, SIGINT); /* Ctrl-C lets the terminal throw away what has been written until then */
	assert_true(terminal_shows(t, "ended 1"));
	assert_false(terminal_has(t, "ping 1 of 2"));
	terminal_end(t);
}

/* --- Commands --- */

static void test_settings_are_told(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 120, "-t");
	chat_say(t, "/recv 4", "Each recv() of this end takes at most 4 bytes now");
	assert_true(terminal_row_shows(t, -1, " recv 4"));
	chat_say(t, "abcdefghi", "◂ ABCDEFGHI  10 bytes, in 3 pieces");
	chat_say(t, "/recv off", "has room for any reply again");
	assert_true(terminal_row_is(t, -2, "›"));
	assert_true(terminal_hides(t, " recv 4 "));
	chat_say(t, "/hold", "This end receives nothing now");
	assert_true(terminal_row_shows(t, -1, " hold"));
	chat_type(t, "kept");
	assert_true(terminal_row_shows(t, 0, "waiting for 1 reply"));
	assert_false(terminal_has(t, "◂ KEPT"));
	chat_say(t, "/release", "This end receives again.");
	assert_true(terminal_shows(t, "◂ KEPT"));
	chat_say(t, "/release", "This end was not held");
	chat_say(t, "/nagle off", "Nagle's algorithm is off");
	assert_true(terminal_row_shows(t, -1, "nagle off"));
	chat_say(t, "/nagle on", "Nagle's algorithm is on");
	assert_true(terminal_hides(t, " nagle off "));
	chat_say(t, "/connected on", "UDP sockets are bound to the server by connect().");
	chat_say(t, "/connected off", "UDP sockets are not connected, as usual.");
	chat_say(t, "/lab", "lab: ");
	chat_say(t, "/lab drop=30%  seed=42", "lab: drop=30%,seed=42");
	chat_say(t, "/lab off", "lab: off");
	chat_leave(t);
}

/* The keys that matter most are shown whatever else the line has to say. */
static void test_line_of_keys_is_not_crowded(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-u");
	chat_type(t, "/recv 65536");
	chat_type(t, "/hold");
	chat_type(t, "/connected on");
	chat_type(t, "/ping 1000000 3600");
	assert_true(terminal_row_shows(t, -1, " ping 1 of 1000000  F1 help  F10 quit "));
	assert_true(terminal_row_shows(t, -1, " recv 65536 hold connected"));
	terminal_resize(t, 24, 40);
	assert_true(terminal_row_is(t, -1, " ping 1 of 1000000  F1 help  F10 quit"));
	chat_leave(t);
}

static void test_sentences_that_cannot_be_typed(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-u");
	chat_say(t, "/send a\\0b  \\x41\\\\", "◂ A^@B  A\\");
	chat_say(t, "/send  x ", "◂ X "); /* the space at the end is the sentence's */
	chat_say(t, "/size 30", "30 bytes");
	chat_say(t, "/size 0", "◂ (empty)");
	chat_say(t, "/size 100000", "EMSGSIZE");
	chat_leave(t);
}

static void test_what_is_wrong_is_told(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{"/burst", "It is used like this: /burst N [TEXT]"},
		{"/burst 0", "\"0\" is no number from 1 to 4096. It is used like this: /burst N [TEXT]"},
		{"/burst 4097 x", "\"4097\" is no number from 1 to 4096."},
		{"/burst many", "\"many\" is no number"},
		{"/ping", "It is used like this: /ping N [INTERVAL]"},
		{"/ping 0", "\"0\" is no number from 1 to 1000000."},
		{"/ping 3 0.001", "\"0.001\" is no interval: give 0, or a time in seconds between 0.002 and 3600."},
		{"/ping 3 1 2", "It is used like this: /ping N [INTERVAL]"},
		{"/size", "It is used like this: /size N"},
		{"/size 1048577", "\"1048577\" is no number from 0 to 1048576."},
		{"/send", "It is used like this: /send TEXT"},
		{"/send a\\qb", "\"\\q\" is no escape that /send knows: there are \\0 \\n \\r \\t \\\\ and \\xHH"},
		{"/recv", "It is used like this: /recv BYTES"},
		{"/recv 65537", "\"65537\" is no number from 0 to 65536."},
		{"/nagle", "It is used like this: /nagle on|off"},
		{"/nagle perhaps", "\"perhaps\" is neither on nor off."},
		{"/connected 1", "\"1\" is neither on nor off. It is used like this: /connected on|off"},
		{"/clients 0", "\"0\" is no number from 1 to 65."},
		{"/clients 2", "UDP has no connections"},
		{"/shutdown", "UDP has no connection, and so no end"},
		{"/hold on", "It is used like this: /hold"},
		{"/reveal all", "\"all\" is no number from 1 to 10000."},
		{"/reveal", "There is nothing to reveal"},
		{"/lab frobnicate", "There is no setting frobnicate."},
		{"/timeout never",
		 "\"never\" is no time in seconds between 0.001 and 86400. It is used like this: /timeout"},
	};
	struct terminal *t = chat_talking(24, 160, "-u");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		chat_type(t, "/clear");
		assert_true(terminal_row_is(t, -3, ""));
		chat_say(t, cases[i][0], cases[i][1]);
	}
	chat_leave(t);
}

static void test_completion_of_settings(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-u");
	terminal_type(t, "/lab dup\t5%,see\t42");
	assert_true(terminal_row_is(t, -2, "› /lab duplicate=5%,seed=42"));
	terminal_type(t, " dr\t\t");
	assert_true(terminal_shows(t, "drop-replies=  drop-requests=  drop="));
	terminal_type(t, "\025/nagle of\t");
	assert_true(terminal_row_is(t, -2, "› /nagle off"));
	terminal_type(t, "\025/help stat\t\r");
	assert_true(terminal_shows(t, "/statistics: show the statistics"));
	chat_leave(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_place_of_the_transcript),
		cmocka_unit_test(test_beside_the_transcript),
		cmocka_unit_test(test_a_new_conversation_begins_anew),
		cmocka_unit_test(test_page_up_with_the_statistics),
		cmocka_unit_test(test_ping),
		cmocka_unit_test(test_ping_ends_with_ctrl_c),
		cmocka_unit_test(test_ping_ends_with_the_conversation),
		cmocka_unit_test(test_ping_without_replies),
		cmocka_unit_test(test_burst),
		cmocka_unit_test(test_burst_ends_with_ctrl_c),
		cmocka_unit_test(test_progress_line),
		cmocka_unit_test(test_settings_are_told),
		cmocka_unit_test(test_line_of_keys_is_not_crowded),
		cmocka_unit_test(test_sentences_that_cannot_be_typed),
		cmocka_unit_test(test_what_is_wrong_is_told),
		cmocka_unit_test(test_completion_of_settings),
	};
	return cmocka_run_group_tests_name("statistics", tests, chat_open, chat_close);
}
