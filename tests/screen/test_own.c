/* Our own server and its lab: it stays when it closes a connection, and one that is started anew has the settings. */
#include <signal.h>

#include "../support/fake.h"
#include "chat.h"

/* The one process that uproar has started, from whichever thread. */
static pid_t server_of(struct terminal *t)
{
	char command[128], line[64] = "";
	snprintf(command, sizeof command, "cat /proc/%d/task/*/children", (int)terminal_pid(t));
	FILE *children = popen(command, "r");
	assert_non_null(children);
	assert_non_null(fgets(line, sizeof line, children));
	pclose(children);
	pid_t server = (pid_t)strtol(line, NULL, 10);
	assert_true(server > 1);
	return server;
}

static void test_server_stays_when_its_lab_closes(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(30, 120, "-t");
	pid_t server = server_of(t);
	terminal_type(t, "one\r");
	assert_true(terminal_shows(t, "◂ ONE"));
	terminal_type(t, "/lab reset\r");
	assert_true(terminal_shows(t, "lab: reset"));
	terminal_type(t, "two\r");
	assert_true(terminal_shows(t, "ECONNRESET"));
	assert_true(terminal_row_shows(t, 0, "closed by the server"));
	terminal_type(t, "/lab off\r");
	terminal_type(t, "three\r");
	assert_true(terminal_shows(t, "◂ THREE"));
	terminal_type(t, "/lab close\r");
	assert_true(terminal_row_shows(t, 0, "closed by the server"));
	terminal_type(t, "four\r");
	assert_true(terminal_shows(t, "◂ FOUR"));
	assert_int_equal(server_of(t), server);
	chat_leave(t);
}

static void test_server_stays_after_a_half_close(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(30, 120, "-t");
	pid_t server = server_of(t);
	terminal_type(t, "/shutdown\r");
	assert_true(terminal_row_shows(t, 0, "closed by the server"));
	terminal_type(t, "again\r");
	assert_true(terminal_shows(t, "◂ AGAIN"));
	assert_int_equal(server_of(t), server);
	chat_leave(t);
}

static void test_new_server_has_the_settings(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(30, 120, "-t");
	terminal_type(t, "/lab cut=4\r");
	assert_true(terminal_shows(t, "lab: cut=4"));
	kill(server_of(t), SIGKILL);
	assert_true(terminal_row_shows(t, 0, "closed by the server"));
	terminal_type(t, "/clear\r");
	terminal_type(t, "0123456789\r");
	assert_true(terminal_shows(t, "starting a server of your own"));
	assert_true(terminal_shows(t, "lab: cut=4"));
	assert_true(terminal_shows(t, "recv() took 4 bytes"));
	chat_leave(t);
}

static void test_command_waits_for_the_server(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(30, 120, "-u");
	kill(server_of(t), SIGKILL);
	assert_true(terminal_shows(t, "your own server ended unexpectedly"));
	terminal_type(t, "/lab cut=4\r");
	assert_true(terminal_shows(t, "it will be told when it starts"));
	terminal_type(t, "/lab delay=20ms\r");
	terminal_type(t, "hello\r");
	assert_true(terminal_shows(t, "delay=20ms"));
	assert_true(terminal_shows(t, "cut=4"));
	chat_leave(t);
}

/* Settings that no server could start with are said to be wrong, and do not keep the next one from starting. */
static void test_settings_that_are_wrong(void **state)
{
	(void)state;
	struct terminal *t = chat_start(30, 120, (const char *[]){"-t", "--lab", "nonsense", NULL}, NULL);
	assert_true(terminal_shows(t, "nonsense"));
	assert_true(terminal_shows(t, "your own server ended before it was ready"));
	terminal_type(t, "hello\r");
	assert_true(terminal_shows(t, "◂ HELLO"));
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
		cmocka_unit_test(test_new_server_has_the_settings),
		cmocka_unit_test(test_command_waits_for_the_server),
		cmocka_unit_test(test_settings_that_are_wrong),
		cmocka_unit_test(test_server_elsewhere_has_its_own_lab),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
