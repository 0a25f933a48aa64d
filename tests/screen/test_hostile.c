/* Bytes from outside that a terminal would obey, or that would hide what stands there: none of them comes through, in
 * any mode. Faults have the numbers of tests/FAULTS.md. */
#include <uproar/text.h>

#include "../support/fake.h"
#include "../support/peer.h"
#include "chat.h"

enum { LINE = 4096 };

#define CTRL_D "\004"

/* What must never reach a terminal from outside: as bytes, and as characters (CSI, bidi, invisible, tags). */
static const char *const forbidden_bytes[] = {"\033]0;", "\033[2J", "\033[6n", "\x07", "\x05", "\x7f", "\x85"};
static const uint32_t forbidden[] = {0x9b, 0x202e, 0x2066, 0x200b, 0xfeff, 0xad, 0x2028, 0xe0041};

/* All of it in one line, with a word before and after. */
static const char *hostile(const char *after)
{
	static char line[LINE];
	size_t n = 0;
	n += (size_t)snprintf(line, sizeof line, "PWNED");
	for (size_t i = 0; i < sizeof forbidden_bytes / sizeof forbidden_bytes[0]; i++)
		n += (size_t)snprintf(line + n, sizeof line - n, "%s", forbidden_bytes[i]);
	for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
		n += text_encode(forbidden[i], line + n);
	snprintf(line + n, sizeof line - n, "%s", after);
	return line;
}

static void assert_nothing_raw(struct terminal *t)
{
	size_t n;
	char bytes[8] = "";
	const char *raw = terminal_raw(t, &n);
	/* The program's own sequences (its terminfo entry may use some of these) came before the reply. */
	const char *reply = memmem(raw, n, "PWNED", 5);
	assert_non_null(reply);
	n -= (size_t)(reply - raw);
	for (size_t i = 0; i < sizeof forbidden_bytes / sizeof forbidden_bytes[0]; i++)
		if (memmem(reply, n, forbidden_bytes[i], strlen(forbidden_bytes[i])))
			fail_msg("the terminal got the bytes number %zu raw", i);
	for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
		if (memmem(reply, n, bytes, text_encode(forbidden[i], bytes)))
			fail_msg("the terminal got U+%04X raw", (unsigned)forbidden[i]);
}

static pid_t hostile_server(bool tcp, unsigned *port)
{
	*port = 0;
	return tcp ? fake_tcp(port, fake_answer_lines, hostile(" the end\n"))
		   : fake_udp(port, fake_answer_datagrams, hostile(" the end"));
}

static struct terminal *start(const char *option, unsigned port)
{
	char number[16];
	snprintf(number, sizeof number, "%u", port);
	return chat_start(24, 100, (const char *[]){option, "127.0.0.1", number, NULL}, NULL);
}

static void leave(struct terminal *t)
{
	assert_nothing_raw(t);
	chat_leave(t);
}

/* --- On the screen --- */

/* The transcript, and then in its place the views that tell of the same. */
static void hostile_reply(bool tcp)
{
	unsigned port;
	pid_t fake = hostile_server(tcp, &port);
	struct terminal *t = start(tcp ? "-t" : "-u", port);
	assert_true(terminal_shows(t, tcp ? "connected" : "is ready"));
	chat_say(t, "hello", "PWNED^[]0;^[[2J^[[6n^G^E^?");
	assert_true(terminal_shows(t, "the end"));
	assert_true(terminal_shows(t, "not the uppercase"));
	terminal_type(t, F3);
	assert_true(terminal_shows(t, "\"PWNED"));
	chat_type(t, "/find pwned");
	assert_true(terminal_row_shows(t, -1, "n N find older, newer"));
	terminal_type(t, "\r");
	assert_true(terminal_row_shows(t, 1, "inspector"));
	assert_true(terminal_shows(t, "PWNED"));
	terminal_type(t, F4);
	assert_true(terminal_shows(t, "not seen from here"));
	assert_true(terminal_shows(t, "PWNED^[]0;"));
	leave(t);
	fake_end(fake);
}

static void test_fault_7_hostile_reply_over_tcp(void **state)
{
	(void)state;
	hostile_reply(true);
}

static void test_fault_7_hostile_reply_over_udp(void **state)
{
	(void)state;
	hostile_reply(false);
}

static void test_fault_7_hostile_host_name(void **state)
{
	(void)state;
	struct terminal *t = chat_start(24, 80, CHAT_LIST("-t", hostile(".invalid")), chat_own_names());
	assert_true(terminal_shows(t, "PWNED^[]0;^[[2J"));
	assert_true(terminal_shows(t, ".invalid"));
	leave(t);
}

/* What a server that is watched receives. */
static void test_fault_7_hostile_client_of_a_watched_server(void **state)
{
	(void)state;
	unsigned port;
	struct process *server = peer_server(&port, (const char *[]){"-4", "--control", chat_path("control"), NULL});
	struct terminal *t = chat_start(24, 100, (const char *[]){"--attach", chat_path("control"), NULL}, NULL);
	assert_true(terminal_shows(t, "Watching the server"));
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_send(fd, hostile("\n"), strlen(hostile("\n"))));
	terminal_type(t, F3);
	assert_true(terminal_shows(t, "\"PWNED"));
	leave(t);
	close(fd);
	assert_int_equal(process_stop(server), 0);
	process_end(server);
}

/* --- Without a screen, but on a terminal --- */

static void ends(struct terminal *t)
{
	assert_int_not_equal(terminal_exit(t), -1);
	assert_nothing_raw(t);
	terminal_end(t);
}

/* Lines, and a file if it is to be recorded. */
static void hostile_reply_to(const char *mode, const char *record)
{
	unsigned port;
	char number[16];
	pid_t fake = hostile_server(false, &port);
	snprintf(number, sizeof number, "%u", port);
	struct terminal *t = chat_start(
		24, 100, (const char *[]){"-u", mode, "127.0.0.1", number, record ? "--record" : NULL, record, NULL},
		NULL);
	chat_say(t, "hello", "PWNED");
	terminal_type(t, CTRL_D);
	ends(t);
	fake_end(fake);
}

static void test_fault_7_hostile_reply_in_lines(void **state)
{
	(void)state;
	hostile_reply_to("--plain", NULL);
	hostile_reply_to("--verbose", NULL);
	hostile_reply_to("--ladder", NULL);
}

static void test_fault_7_hostile_reply_in_a_recording(void **state)
{
	(void)state;
	static const char *const modes[] = {"--plain", "--ladder"};
	hostile_reply_to("--plain", chat_path("hostile"));
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		ends(chat_start(24, 100, (const char *[]){modes[i], "--replay", chat_path("hostile"), NULL}, NULL));
	struct terminal *t = chat_start(24, 100, (const char *[]){"--replay", chat_path("hostile"), NULL}, NULL);
	assert_true(terminal_shows(t, "PWNED^[]0;"));
	leave(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault_7_hostile_reply_over_tcp),
		cmocka_unit_test(test_fault_7_hostile_reply_over_udp),
		cmocka_unit_test(test_fault_7_hostile_host_name),
		cmocka_unit_test(test_fault_7_hostile_client_of_a_watched_server),
		cmocka_unit_test(test_fault_7_hostile_reply_in_lines),
		cmocka_unit_test(test_fault_7_hostile_reply_in_a_recording),
	};
	return cmocka_run_group_tests(tests, chat_open, chat_close);
}
