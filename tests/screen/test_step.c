/* Single-stepping: each call of both programs waits, and goes when the user says so. */
#include "chat.h"

enum { CALLS = 60 }; /* more than a sentence takes */

static const char *step_row(struct terminal *t)
{
	return terminal_row(t, -3);
}

/* The number of the call that waits, which no other call has; 0: none waits. */
static unsigned number(struct terminal *t)
{
	unsigned n = 0;
	return sscanf(step_row(t), " step %u:", &n) == 1 ? n : 0;
}

struct stepping {
	unsigned number;   /* of the call that is let go */
	const char *shown; /* what is waited for; NULL: only for the next call */
};

/* The next call waits; or there is what the user wanted to see. */
static bool has_moved(struct terminal *t, void *arg)
{
	const struct stepping *s = arg;
	bool is_whole = !terminal_cursor_in(t, -3);
	return (s->shown && terminal_has(t, s->shown)) || (number(t) > s->number && is_whole);
}

static void step(struct terminal *t, const char *shown)
{
	struct stepping s = {.number = number(t), .shown = shown};
	terminal_type(t, " ");
	assert_true(terminal_wait(t, has_moved, &s));
}

/* Space after Space, each when the next call waits, until this one waits longest. */
static void step_to(struct terminal *t, const char *call)
{
	struct stepping any = {0};
	assert_true(terminal_wait(t, has_moved, &any));
	for (int i = 0; i < CALLS && !strstr(step_row(t), call); i++)
		step(t, NULL);
	assert_true(terminal_row_shows(t, -3, call));
}

/* The same until the screen shows this. */
static void step_until(struct terminal *t, const char *shown)
{
	struct stepping none = {.shown = shown};
	assert_true(terminal_wait(t, has_moved, &none));
	for (int i = 0; i < CALLS && !terminal_has(t, shown); i++)
		step(t, shown);
	assert_true(terminal_shows(t, shown));
}

static void test_udp_call_by_call(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-u");
	chat_type(t, "/step");
	assert_true(terminal_row_shows(t, 1, "client"));
	assert_true(terminal_row_shows(t, -3, "no call waits"));
	chat_type(t, "hello");
	step_to(t, "the client waits before sendto(");
	assert_false(terminal_has(t, "HELLO"));
	step_until(t, "\"HELLO\"");
	chat_order(t, CHAT_LIST("sendto(", "\"hello\"", "\"HELLO\""));
	chat_leave(t);
}

/* The book's figure, from the server's socket to the first reply. */
static void test_tcp_textbook_call_by_call(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	chat_type(t, "/model textbook");
	assert_true(terminal_shows(t, "Each sentence gets a socket of its own now"));
	chat_type(t, "/clear");
	assert_true(terminal_hides(t, "your own server listens"));
	chat_type(t, "/server textbook");
	assert_true(terminal_shows(t, "your own server listens"));
	assert_true(terminal_row_shows(t, 0, "TCP  ready"));
	chat_called(t, "… waiting"); /* in accept() */
	chat_type(t, "/step");
	assert_true(terminal_row_shows(t, -3, "no call waits"));
	chat_type(t, "hello");
	assert_true(terminal_row_shows(t, -1, "Space next call")); /* the sentence gave the ladder the keys */
	step_to(t, "the client waits before connect(");
	assert_true(terminal_shows(t, ") … waits for you"));
	step_to(t, "the client waits before send(");
	step_to(t, "the server waits before send("); /* its recv went before or after the client's send, and waited */
	assert_false(terminal_has(t, "→ 6 \"HELLO"));
	assert_true(terminal_shows(t, "\"hello\\n\""));
	step_until(t, "→ 6 \"HELLO\\n\"");
	/* The client may send before the server's accept() returns. */
	chat_order(t, CHAT_LIST("socket()", "bind(", "listen(", "accept(", "recv("));
	chat_order(t, CHAT_LIST("listen(", "socket()", "connect(", "send(", "recv(", "send(", "recv("));
	chat_leave(t);
}

static void test_run_to_a_block_and_run(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	chat_called(t, CHAT_ACCEPTED);
	chat_type(t, "/step on");
	assert_true(terminal_row_shows(t, -3, "no call waits"));
	chat_type(t, "hello");
	assert_true(terminal_row_shows(t, -3, "step 1: the client waits before send("));
	terminal_type(t, "b");
	assert_true(terminal_row_shows(t, -3, "recv("));
	terminal_type(t, "r");
	assert_true(terminal_shows(t, "→ 6 \"HELLO\\n\""));
	assert_true(terminal_hides(t, "step:"));
	chat_type(t, "again");
	assert_true(terminal_shows(t, "→ 6 \"AGAIN\\n\""));
	chat_leave(t);
}

static void test_one_side(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	chat_type(t, "/step client");
	assert_true(terminal_row_shows(t, -3, "no call waits"));
	chat_type(t, "hello");
	assert_true(terminal_row_shows(t, -3, "the client waits before send("));
	terminal_type(t, "sc"); /* the server has nothing that waits */
	assert_true(terminal_row_shows(t, -3, "the client waits before recv("));
	assert_true(terminal_shows(t, "① send("));
	terminal_type(t, "c");
	assert_true(terminal_shows(t, "→ 6 \"HELLO\\n\""));
	assert_true(terminal_row_shows(t, -3, "say something"));
	chat_type(t, "/step off");
	assert_true(terminal_hides(t, "step:"));
	chat_type(t, "/step sideways");
	terminal_type(t, F4);
	assert_true(terminal_shows(t, "\"sideways\" is neither on, client, server nor off."));
	chat_leave(t);
}

/* The screen stays alive while a call waits: other views, commands, even going elsewhere. */
static void test_alive_while_it_waits(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	chat_called(t, CHAT_ACCEPTED);
	chat_type(t, "/step");
	assert_true(terminal_row_shows(t, -3, "no call waits"));
	chat_type(t, "hello");
	assert_true(terminal_row_shows(t, -3, "the client waits before send("));
	terminal_type(t, F3);
	assert_true(terminal_row_shows(t, 1, "calls"));
	terminal_type(t, F4 "\033[A\r");
	assert_true(terminal_row_shows(t, 1, "inspector"));
	terminal_resize(t, 30, 120);
	assert_true(terminal_row_shows(t, -3, "the client waits before send("));
	assert_true(terminal_shows(t, "▸ hello"));
	chat_leave(t); /* and leaving, with a call that waits */
}

/* Stepping may begin when there is no connection: what is typed then is a sentence, whatever its letters. */
static void test_between_two_connections(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	chat_type(t, "/disconnect");
	assert_true(terminal_row_shows(t, 0, "TCP  closed"));
	chat_called(t, CHAT_LEFT);
	chat_type(t, "/step");
	assert_true(terminal_row_shows(t, -3, "no call waits; say something"));
	chat_type(t, "scrub");
	assert_true(terminal_row_shows(t, -3, "the client waits before socket("));
	step_until(t, "→ 6 \"SCRUB\\n\"");
	chat_leave(t);
}

/* When no call waits any more, what is typed is the next sentence; its first call then has the keys again. */
static void test_between_two_sentences(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	chat_called(t, CHAT_ACCEPTED);
	chat_type(t, "/step");
	assert_true(terminal_row_shows(t, -3, "no call waits; say something"));
	chat_type(t, "one");
	assert_true(terminal_row_shows(t, -3, "the client waits before send("));
	terminal_type(t, PAGE_UP); /* who only looks around has not taken the keys away */
	step_until(t, "→ 4 \"ONE\\n\"");
	assert_true(terminal_row_shows(t, -3, "say something"));
	terminal_type(t, "sbrc");
	assert_true(terminal_row_is(t, -2, "› sbrc"));
	terminal_type(t, "\r");
	step_until(t, "→ 5 \"SBRC\\n\"");
	assert_true(terminal_row_shows(t, -3, "say something"));
	chat_type(t, "three");
	assert_true(terminal_row_shows(t, -3, "the client waits before send("));
	terminal_type(t, "\t"); /* now the user has */
	terminal_type(t, "/step off\r");
	assert_true(terminal_hides(t, "step"));
	chat_leave(t);
}

/* Blanks that were meant for a call that was not there yet are no sentence. */
static void test_keys_return_to_a_call(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	chat_called(t, CHAT_ACCEPTED);
	chat_type(t, "/step");
	assert_true(terminal_row_shows(t, -3, "say something"));
	terminal_type(t, "/nagle off\r  ");
	assert_true(terminal_row_shows(t, -3, "the client waits before setsockopt("));
	assert_true(terminal_row_shows(t, -1, "Space next call"));
	assert_true(terminal_row_is(t, -2, "›"));
	step_until(t, "say something");
	assert_true(terminal_row_shows(t, -1, "nagle off"));
	chat_leave(t);
}

static void test_from_the_first_screen(void **state)
{
	(void)state;
	struct terminal *t = chat_start(24, 80, NULL, NULL);
	assert_true(terminal_shows(t, "[ ] Step"));
	terminal_type(t, DOWN DOWN " ");
	assert_true(terminal_shows(t, "> [x] Step"));
	terminal_type(t, "s");
	assert_true(terminal_shows(t, "> [ ] Step"));
	terminal_type(t, UP "s\r"); /* from anywhere but a text */
	assert_true(terminal_row_shows(t, 0, "UDP"));
	assert_true(terminal_row_shows(t, -1, "Space next call"));
	step_until(t, "UDP  ready");
	assert_true(terminal_row_shows(t, -3, "say something"));
	chat_type(t, "hello");
	step_until(t, "\"HELLO\"");
	chat_leave(t);
}

static void test_models(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 120, "-t");
	static const char *const models[] = {"textbook", "threads", "events"};
	for (size_t i = 0; i < 3; i++) {
		char line[64], note[64];
		snprintf(line, sizeof line, "/server %s", models[i]);
		snprintf(note, sizeof note, "serves as the model \"%s\" does", models[i]);
		chat_type(t, "/clear");
		chat_type(t, line);
		assert_true(terminal_shows(t, note));
		assert_true(terminal_shows(t, "connected to"));
		chat_type(t, "hello");
		assert_true(terminal_shows(t, "◂ HELLO"));
	}
	chat_type(t, "/server nonsense");
	assert_true(terminal_shows(t, "\"nonsense\" is no model of the server."));
	chat_type(t, "/model threads");
	assert_true(terminal_shows(t, "\"threads\" is no model of the client."));
	terminal_type(t, "/model \t\t");
	assert_true(terminal_shows(t, "events  textbook"));
	chat_leave(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udp_call_by_call),       cmocka_unit_test(test_tcp_textbook_call_by_call),
		cmocka_unit_test(test_run_to_a_block_and_run), cmocka_unit_test(test_one_side),
		cmocka_unit_test(test_alive_while_it_waits),   cmocka_unit_test(test_between_two_connections),
		cmocka_unit_test(test_between_two_sentences),  cmocka_unit_test(test_keys_return_to_a_call),
		cmocka_unit_test(test_from_the_first_screen),  cmocka_unit_test(test_models),
	};
	return cmocka_run_group_tests_name("step", tests, chat_open, chat_close);
}
