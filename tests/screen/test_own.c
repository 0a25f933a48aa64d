/*
 * Our own server: it stays when its lab closes a connection, one that is started anew has the settings, it serves as it
 * is told, and it is stepped through.
 */
#include <signal.h>

#include "../support/fake.h"
#include "chat.h"

static void test_server_stays_when_its_lab_closes(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(30, 120, "-t");
	pid_t server = chat_child(t);
	terminal_type(t, "one\r");
	assert_true(terminal_shows(t, "◂ ONE"));
	terminal_type(t, "/lab reset\r");
	assert_true(terminal_shows(t, "lab: reset"));
	terminal_type(t, "two\r");
	assert_true(terminal_shows(t, "ECONNRESET"));
	assert_true(terminal_row_shows(t, 0, "closed by the server"));
	terminal_type(t, "/lab off\r");
	assert_true(terminal_shows(t, "◆ lab: off"));
	terminal_type(t, "three\r");
	assert_true(terminal_shows(t, "◂ THREE"));
	terminal_type(t, "/lab close\r");
	assert_true(terminal_row_shows(t, 0, "closed by the server"));
	terminal_type(t, "four\r");
	assert_true(terminal_shows(t, "◂ FOUR"));
	assert_int_equal(chat_child(t), server);
	chat_leave(t);
}

static void test_server_stays_after_a_half_close(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(30, 120, "-t");
	pid_t server = chat_child(t);
	terminal_type(t, "/shutdown\r");
	assert_true(terminal_row_shows(t, 0, "closed by the server"));
	terminal_type(t, "again\r");
	assert_true(terminal_shows(t, "◂ AGAIN"));
	assert_int_equal(chat_child(t), server);
	chat_leave(t);
}

static const char ended[] = "your own server ended unexpectedly; the next sentence starts it again";

static void test_new_server_has_the_settings(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(30, 120, "-t");
	terminal_type(t, "/lab cut=4\r");
	assert_true(terminal_shows(t, "lab: cut=4"));
	kill(chat_child(t), SIGKILL);
	assert_true(terminal_row_shows(t, 0, "closed by the server"));
	assert_true(terminal_shows(t, ended));
	chat_clear(t);
	terminal_type(t, "0123456789\r");
	assert_true(terminal_shows(t, "starting a server of your own"));
	assert_true(terminal_shows(t, "lab: cut=4"));
	assert_true(terminal_shows(t, "recv() took 4 bytes"));
	chat_leave(t);
}

/* Over TCP, too, it is told that the server is gone, and not only that a connection ended; and so are its sockets. */
static void test_server_that_dies_is_missed(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(30, 120, "-t");
	terminal_type(t, "one\r");
	assert_true(terminal_shows(t, "◂ ONE"));
	kill(chat_child(t), SIGKILL);
	assert_true(terminal_shows(t, ended));
	assert_true(terminal_row_shows(t, 0, "closed by the server"));
	assert_false(terminal_has(t, "recv() returned 0"));
	terminal_type(t, F6);
	assert_true(terminal_shows(t, "▸ client"));
	assert_false(terminal_has(t, "◂ server"));
	terminal_type(t, F6);
	terminal_type(t, "/clear\r");
	terminal_type(t, "two\r");
	assert_true(terminal_shows(t, "◂ TWO"));

	terminal_type(t, "/server textbook\r/clear\rthree\r");
	assert_true(terminal_shows(t, "◂ THREE"));
	kill(chat_child(t), SIGKILL);
	assert_true(terminal_shows(t, ended));
	terminal_type(t, "/clear\rfour\r");
	assert_true(terminal_shows(t, "◂ FOUR"));
	chat_leave(t);
}

static void test_command_waits_for_the_server(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(30, 120, "-u");
	kill(chat_child(t), SIGKILL);
	assert_true(terminal_shows(t, "your own server ended unexpectedly"));
	terminal_type(t, "/lab cut=4\r");
	assert_true(terminal_shows(t, "it will be told when it starts"));
	terminal_type(t, "/lab delay=20ms\r");
	terminal_type(t, "hello\r");
	assert_true(terminal_shows(t, "◆ lab: delay=20ms,cut=4"));
	chat_leave(t);
}

/* Settings that no server could start with are said to be wrong before there is a screen; or they change nothing. */
static void test_settings_that_are_wrong(void **state)
{
	(void)state;
	struct terminal *t = chat_start(30, 120, (const char *[]){"-t", "--lab", "nonsense", NULL}, NULL);
	assert_true(terminal_shows(t, "uproar: There is no setting nonsense."));
	assert_int_equal(terminal_exit(t), 2);
	terminal_end(t);
	t = chat_talking(30, 120, "-t");
	terminal_type(t, "/lab nonsense\r");
	assert_true(terminal_shows(t, "There is no setting nonsense."));
	terminal_type(t, "hello\r");
	assert_true(terminal_shows(t, "◂ HELLO"));
	chat_leave(t);
}

/* --- Models --- */

static void choose_model(struct terminal *t, const char *command, const char *answer)
{
	terminal_type(t, command);
	assert_true(terminal_shows(t, answer));
}

/* It is another process, in which the lab is as it was. */
static void test_server_is_started_anew_with_a_model(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(30, 120, "-t");
	pid_t before = chat_child(t);
	terminal_type(t, "/lab delay=1ms\r");
	assert_true(terminal_row_shows(t, 0, "delay=1ms"));
	choose_model(t, "/server textbook\r", "this end closed");
	assert_true(terminal_row_shows(t, 0, "connected"));
	assert_true(terminal_row_shows(t, 0, "delay=1ms"));
	pid_t textbook = chat_child(t);
	assert_int_not_equal(textbook, before);
	/* It closes after each reply, and goes on. */
	terminal_type(t, "one\r");
	assert_true(terminal_shows(t, "◂ ONE"));
	assert_true(terminal_row_shows(t, 0, "closed by the server"));
	terminal_type(t, "two\r");
	assert_true(terminal_shows(t, "◂ TWO"));
	assert_int_equal(chat_child(t), textbook);
	/* It serves TCP alone. */
	terminal_type(t, "/udp\r");
	assert_true(terminal_row_shows(t, 0, "ready"));
	terminal_type(t, "three\r");
	assert_true(terminal_shows(t, "◂ THREE"));
	assert_int_not_equal(chat_child(t), textbook);
	chat_leave(t);
}

static void test_both_as_in_the_book(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(40, 120, "-t");
	choose_model(t, "/server textbook\r", "begins anew");
	choose_model(t, "/model textbook\r", "a socket of its own");
	for (int i = 0; i < 3; i++) {
		terminal_type(t, "/clear\r");
		assert_true(terminal_hides(t, "this end closed"));
		terminal_type(t, "hello\r");
		assert_true(terminal_shows(t, "◂ HELLO"));
		assert_true(terminal_shows(t, "this end closed"));
	}
	terminal_type(t, "/udp\r");
	terminal_type(t, "again\r");
	assert_true(terminal_shows(t, "◂ AGAIN"));
	choose_model(t, "/model events\r", "One socket is kept");
	terminal_type(t, "/clear\rmore\r");
	assert_true(terminal_shows(t, "◂ MORE"));
	chat_leave(t);
}

/* --- Stepping --- */

struct stepping {
	unsigned number; /* of the call that waited before the key; 0: none has yet */
	const char *text;
};

/* The number of the call that waits; 0: none does. */
static unsigned number(struct terminal *t)
{
	unsigned n = 0;
	return sscanf(terminal_row(t, -3), " step %u:", &n) == 1 ? n : 0;
}

static bool waits_or_shows(struct terminal *t, void *arg)
{
	const struct stepping *s = arg;
	return terminal_has(t, s->text) || number(t) > s->number;
}

/* Lets one call after the other go until the screen shows this. */
static void step_until(struct terminal *t, const char *text)
{
	enum { MANY = 200 };
	struct stepping s = {.text = text};
	assert_true(terminal_wait(t, waits_or_shows, &s));
	for (int i = 0; i < MANY && !terminal_has(t, text); i++) {
		s.number = number(t);
		terminal_type(t, " ");
		assert_true(terminal_wait(t, waits_or_shows, &s));
	}
	assert_true(terminal_shows(t, text));
}

static struct terminal *stepping(const char *option)
{
	struct terminal *t = chat_talking(40, 160, option);
	if (strcmp(option, "-t") == 0)
		chat_called(t, CHAT_ACCEPTED);
	choose_model(t, "/step\r", "waits for you now");
	terminal_type(t, "hello\r"); /* which gives the keys to the ladder */
	return t;
}

static void test_step_to_the_reply(void **state)
{
	static const char *const options[] = {"-t", "-u"};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct terminal *t = stepping(options[i]);
		assert_true(terminal_shows(t, "the client waits before send"));
		assert_false(terminal_has(t, "◂ HELLO"));
		step_until(t, "◂ HELLO");
		terminal_type(t, "/step off\r");
		assert_true(terminal_shows(t, "No call waits for you any more."));
		chat_leave(t);
	}
}

static void test_step_from_the_servers_first_call(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(40, 160, "-t");
	choose_model(t, "/model textbook\r", "a socket of its own");
	assert_true(terminal_row_shows(t, 0, "TCP  ready"));
	chat_called(t, CHAT_LEFT);
	choose_model(t, "/step\r", "waits for you now");
	terminal_type(t, "/clear\r/server textbook\r");
	assert_true(terminal_shows(t, "the server waits before socket"));
	step_until(t, "the server waits before accept");
	assert_true(terminal_shows(t, "ready to talk with"));
	assert_true(terminal_shows(t, "listen("));
	terminal_type(t, "\thello\r");
	step_until(t, "◂ HELLO");
	chat_leave(t);
}

/* Quitting makes no call that waits, and waits for none. */
static void test_leave_while_calls_wait(void **state)
{
	static const char *const options[] = {"-t", "-u"};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct terminal *t = stepping(options[i]);
		assert_true(terminal_shows(t, "the client waits before send"));
		chat_leave(t);
	}
	struct terminal *t = stepping("-t");
	assert_true(terminal_shows(t, "the client waits before send"));
	terminal_type(t, "c");
	assert_true(terminal_shows(t, "the server waits before"));
	chat_leave(t);
}

static void serve_nothing(int fd, const void *arg)
{
	char line[64];
	(void)arg;
	fake_read_line(fd, line, sizeof line);
}

static void test_server_elsewhere_has_its_own_lab(void **state)
{
	(void)state;
	unsigned port = 0;
	char text[16];
	pid_t fake = fake_tcp(&port, serve_nothing, NULL);
	snprintf(text, sizeof text, "%u", port);
	struct terminal *t = chat_start(30, 120, (const char *[]){"-t", "127.0.0.1", text, NULL}, NULL);
	assert_true(terminal_shows(t, "connected"));
	terminal_type(t, "/lab cut=4\r");
	assert_true(terminal_shows(t, "The lab is in your own server"));
	chat_leave(t);
	fake_end(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_server_stays_when_its_lab_closes),
		cmocka_unit_test(test_server_stays_after_a_half_close),
		cmocka_unit_test(test_server_that_dies_is_missed),
		cmocka_unit_test(test_new_server_has_the_settings),
		cmocka_unit_test(test_command_waits_for_the_server),
		cmocka_unit_test(test_settings_that_are_wrong),
		cmocka_unit_test(test_server_elsewhere_has_its_own_lab),
		cmocka_unit_test(test_server_is_started_anew_with_a_model),
		cmocka_unit_test(test_both_as_in_the_book),
		cmocka_unit_test(test_step_to_the_reply),
		cmocka_unit_test(test_step_from_the_servers_first_call),
		cmocka_unit_test(test_leave_while_calls_wait),
	};
	return cmocka_run_group_tests(tests, chat_open, chat_close);
}
