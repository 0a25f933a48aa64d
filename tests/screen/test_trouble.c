/* What goes wrong, on a real terminal: servers that are gone or slow, and a terminal that goes away. */
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include "../support/fake.h"
#include "../support/sanitized.h"
#include "chat.h"

enum { LINE = 4096 };

static void answer_once(int fd, const void *answer)
{
	char line[LINE];
	if (fake_read_line(fd, line, sizeof line) > 0)
		send(fd, answer, strlen(answer), 0);
}

/* The book's server: one recv, its bytes in capitals, close. */
static void answer_as_the_book(int fd, const void *arg)
{
	(void)arg;
	char line[LINE];
	ssize_t n = recv(fd, line, 1024, 0);
	for (ssize_t i = 0; i < n; i++)
		if (line[i] >= 'a' && line[i] <= 'z')
			line[i] = (char)(line[i] - 'a' + 'A');
	if (n > 0)
		send(fd, line, (size_t)n, 0);
}

static struct terminal *talk_to(const char *option, unsigned port)
{
	char number[16];
	snprintf(number, sizeof number, "%u", port);
	return chat_start(24, 100, (const char *[]){option, "127.0.0.1", number, NULL}, NULL);
}

static void test_server_that_closes_after_each_reply(void **state)
{
	(void)state;
	unsigned port = 0;
	pid_t fake = fake_tcp(&port, answer_as_the_book, NULL);
	struct terminal *t = talk_to("-t", port);
	assert_true(terminal_shows(t, "connected"));
	terminal_type(t, "one\r");
	assert_true(terminal_shows(t, "◂ ONE"));
	assert_true(terminal_shows(
		t, "the server closed the connection: recv() returned 0; the next sentence opens a new"));
	terminal_type(t, "two\r");
	assert_true(terminal_shows(t, "◂ TWO"));
	terminal_paste(t, "three\nfour\nfive");
	terminal_type(t, "\r");
	assert_true(terminal_shows(t, "◂ THREE"));
	assert_true(terminal_shows(t, "◂ FOUR"));
	assert_true(terminal_shows(t, "◂ FIVE"));
	assert_false(terminal_has(t, "missing"));
	chat_leave(t);
	fake_end(fake);
}

static void never_answer(int fd, const void *arg)
{
	(void)arg;
	char line[LINE];
	while (fake_read_line(fd, line, sizeof line) > 0)
		continue;
}

static void test_sentences_are_kept_back(void **state)
{
	(void)state;
	unsigned port = 0;
	pid_t fake = fake_tcp(&port, never_answer, NULL);
	struct terminal *t = talk_to("-t", port);
	assert_true(terminal_shows(t, "connected"));
	terminal_type(t, "first\rsecond\rthird\r");
	assert_true(terminal_row_shows(t, 0, "waiting for 1 reply  2 not sent yet"));
	assert_true(terminal_shows(t, "Other sentences are not sent yet: over a new connection one goes alone"));
	terminal_type(t, F5);
	assert_true(terminal_shows(t, "bytes out     6"));
	assert_true(terminal_shows(t, "not sent yet  2"));
	terminal_type(t, F5 "/timeout 0.01\r");
	assert_true(terminal_shows(t, "Sentence 2 is sent now."));
	assert_true(terminal_shows(t, "no reply to sentence 3"));
	chat_leave(t);
	fake_end(fake);
}

/* Its queue of connections is full, so that connect() waits. */
static int crowded_port(unsigned *port, int crowd[2])
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(fd, 0), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	for (int i = 0; i < 2; i++) {
		crowd[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		connect(crowd[i], (struct sockaddr *)&at, size);
	}
	*port = ntohs(at.sin_port);
	return fd;
}

static void test_cancelled_before_anything_was_sent(void **state)
{
	(void)state;
	unsigned port;
	int crowd[2], fd = crowded_port(&port, crowd);
	struct terminal *t = talk_to("-t", port);
	assert_true(terminal_shows(t, "connecting to 127.0.0.1"));
	terminal_type(t, "too soon\r\003");
	assert_true(terminal_shows(t, "sentence 1 was not sent: you went on"));
	assert_true(terminal_shows(t, "cancelled before any sentence was sent"));
	assert_false(terminal_has(t, "was waiting for a reply"));
	terminal_type(t, F5);
	assert_true(terminal_shows(t, "bytes out  0"));
	assert_true(terminal_shows(t, "not sent   1"));
	assert_false(terminal_has(t, "given up"));
	chat_leave(t);
	close(crowd[0]);
	close(crowd[1]);
	close(fd);
}

static void test_server_gone_in_mid_reply(void **state)
{
	(void)state;
	unsigned port = 0;
	pid_t fake = fake_tcp(&port, answer_once, "HALF A ");
	struct terminal *t = talk_to("-t", port);
	assert_true(terminal_shows(t, "connected"));
	terminal_type(t, "half a sentence\r");
	assert_true(terminal_shows(t, "◂ HALF A"));
	assert_true(terminal_shows(t, "only 7 of 15 bytes"));
	chat_leave(t);
	fake_end(fake);
}

static void test_server_killed_and_restarted(void **state)
{
	(void)state;
	unsigned port;
	int reserved = fake_reserve(&port);
	pid_t fake = fake_tcp(&port, fake_answer_lines, "HELLO\n");
	struct terminal *t = talk_to("-t", port);
	assert_true(terminal_shows(t, "connected"));
	terminal_type(t, "hello\r");
	assert_true(terminal_shows(t, "◂ HELLO"));
	fake_end(fake);
	assert_true(terminal_shows(t, "the server closed the connection"));
	terminal_type(t, "is anybody there\r");
	assert_true(terminal_shows(t, "nothing listens on 127.0.0.1"));
	assert_true(terminal_shows(t, "was not sent"));
	fake = fake_tcp(&port, fake_answer_lines, "AGAIN\n");
	terminal_type(t, "again\r");
	assert_true(terminal_shows(t, "◂ AGAIN"));
	chat_leave(t);
	fake_end(fake);
	close(reserved);
}

static void test_own_server_is_replaced(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	for (int i = 0; i < 3; i++) {
		/* Words of its own for each round: what the last one left on the screen is no answer. */
		char before[32], after[32], reply[32];
		snprintf(before, sizeof before, "before %d\r", i);
		snprintf(after, sizeof after, "after %d\r", i);
		terminal_type(t, before);
		snprintf(reply, sizeof reply, "◂ BEFORE %d", i);
		assert_true(terminal_shows(t, reply));
		kill(chat_child(t), SIGKILL);
		assert_true(terminal_row_shows(t, 0, "closed by the server")); /* what it never read is lost */
		terminal_type(t, after);
		snprintf(reply, sizeof reply, "◂ AFTER %d", i);
		assert_true(terminal_shows(t, reply));
		assert_false(terminal_has(t, "start a server there"));
	}
	chat_leave(t);
}

static struct terminal *talk_to_both(const char *option, const char *patience, unsigned port)
{
	char number[16];
	snprintf(number, sizeof number, "%u", port);
	return chat_start(24, 100, (const char *[]){option, "-w", patience, "both.test", number, NULL},
			  chat_own_names());
}

/* Nobody answers at 127.0.0.2: the next sentence goes to 127.0.0.1, and there it stays. */
static void test_udp_takes_the_addresses_in_turn(void **state)
{
	(void)state;
	unsigned port = 0;
	pid_t fake = fake_udp(&port, fake_answer_datagrams, "TWO");
	struct terminal *t = talk_to_both("-u", "0.3", port);
	assert_true(terminal_shows(t, "ready to send to 127.0.0.2"));
	terminal_type(t, "one\r");
	assert_true(terminal_shows(t, "no reply to sentence 1"));
	terminal_type(t, "two\r");
	assert_true(terminal_shows(t, "ready to send to 127.0.0.1"));
	assert_true(terminal_shows(t, "◂ TWO"));
	chat_leave(t);
	fake_end(fake);
}

/* Once all addresses have failed, all of them are tried again. */
static void test_tcp_begins_with_the_first_address_again(void **state)
{
	(void)state;
	unsigned port;
	int reserved = fake_reserve(&port);
	pid_t fake = fake_tcp(&port, answer_as_the_book, NULL);
	struct terminal *t = talk_to_both("-t", "20", port);
	assert_true(terminal_shows(t, "connected to 127.0.0.1"));
	terminal_paste(t, "one\ntwo\nthree");
	terminal_type(t, "\r");
	assert_true(terminal_shows(t, "◂ THREE"));
	fake_end(fake);
	terminal_type(t, "four\r");
	assert_true(terminal_shows(t, "was not sent"));
	fake = fake_tcp(&port, answer_as_the_book, NULL);
	terminal_type(t, "/clear\r");
	assert_true(terminal_hides(t, "was not sent"));
	terminal_type(t, "five\r");
	assert_true(terminal_shows(t, "nothing listens on 127.0.0.2"));
	assert_true(terminal_shows(t, "◂ FIVE"));
	chat_leave(t);
	fake_end(fake);
	close(reserved);
}

static void test_refused_and_unknown(void **state)
{
	(void)state;
	struct terminal *t = chat_start(24, 100, CHAT_LIST("-t", "127.0.0.1", "1"), chat_own_names());
	assert_true(terminal_shows(t, "connection refused"));
	chat_say(t, "/connect no-such-host.invalid", "the name no-such-host.invalid is not known");
	chat_say(t, "/connect 127.0.0.1 no-such-port", "this computer knows no port named no-such-port");
	chat_leave(t);
}

static void test_fault_9_datagram_too_long(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-u");
	char *text = calloc(1, 65600);
	memset(text, 'x', 65510);
	terminal_paste(t, text);
	free(text);
	terminal_type(t, "\r");
	assert_true(terminal_shows(t, "65510 bytes"));
	assert_true(terminal_shows(t, "65507 bytes"));
	chat_leave(t);
}

/* Two ways in which a name cannot be used, and what to do about each. */
static void test_name_without_such_an_address(void **state)
{
	(void)state;
	struct terminal *t = chat_start(24, 120, CHAT_LIST("-t", "-6", "four.test", "12999"), chat_own_names());
	assert_true(terminal_shows(t, "the name four.test has no address of the kind asked for; without -4 or -6"));
	chat_say(t, "/connect no.invalid", "the name no.invalid is not known; check how it is written");
	chat_leave(t);
}

static void test_lookup_is_cancelled(void **state)
{
	(void)state;
	struct terminal *t = chat_start(24, 80, (const char *[]){"-t", "slow.test", NULL}, chat_own_names());
	assert_true(terminal_shows(t, "looking up the address of slow.test"));
	terminal_type(t, "typed while it looks");
	assert_true(terminal_row_shows(t, -2, "typed while it looks"));
	terminal_type(t, "\003\003");
	assert_true(terminal_shows(t, "cancelled"));
	/* However many are stuck, an address that is a number needs none. */
	for (int i = 0; i < 6; i++) {
		terminal_type(t, "/clear\r");
		assert_true(terminal_hides(t, "cancelled"));
		terminal_type(t, "/connect slow.test\r");
		assert_true(terminal_shows(t, "looking up the address of slow.test"));
		terminal_type(t, "/disconnect\r");
		assert_true(terminal_shows(t, "cancelled"));
	}
	terminal_type(t, "/disconnect\r");
	assert_true(terminal_shows(t, "There is no connection to close."));
	terminal_type(t, "/connect 127.0.0.1 1\r");
	assert_true(terminal_shows(t, "nothing listens on 127.0.0.1:1"));
	terminal_type(t, "/connect\r");
	assert_true(terminal_shows(t, "connected to 127.0.0.1"));
	terminal_type(t, "on\r");
	assert_true(terminal_shows(t, "◂ ON"));
	chat_leave(t); /* does not wait for the look-up either */
}

static void test_terminal_goes_away(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	terminal_hangup(t);
	assert_true(terminal_exit(t) > 0);
	terminal_end(t);
}

static void test_signals_restore_the_terminal(void **state)
{
	(void)state;
#if SANITIZED
	static const int numbers[] = {SIGTERM, SIGHUP}; /* the sanitizer wants to hear of crashes first */
#else
	static const int numbers[] = {SIGTERM, SIGHUP, SIGSEGV};
#endif
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		struct terminal *t = chat_talking(24, 80, "-t");
		struct termios raw = terminal_modes(t);
		assert_false(raw.c_lflag & ECHO);
		kill(terminal_pid(t), numbers[i]);
		int status = terminal_exit(t);
		assert_int_equal(status, 128 + numbers[i]);
		assert_true(terminal_wrote(t, "\033[?2004l", 8));
		assert_false(terminal_alternate(t));
		terminal_end(t);
	}
}

/* What the book's client does not do it does not confirm, and the line of keys does not show it. */
static void test_book_makes_its_calls_alone(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 160, "-u");
	chat_say(t, "/connected on", "are bound to the server");
	assert_true(terminal_row_shows(t, -1, "connected"));
	chat_say(t, "/model textbook", "Each sentence gets a socket of its own now");
	assert_true(terminal_row_shows(t, -1, "F10 quit"));
	assert_null(strstr(terminal_row(t, -1), "connected"));
	assert_true(terminal_shows(t, "ready to talk with")); /* the last that comes by itself */
	static const char *const commands[] = {"/hold", "/nagle off", "/connected on"};
	for (size_t i = 0; i < 3; i++) {
		chat_clear(t);
		chat_say(t, commands[i], "The book's client makes the book's calls alone");
	}
	assert_null(strstr(terminal_row(t, -1), "hold"));
	chat_say(t, "hello", "◂ HELLO");
	chat_say(t, "/recv 3", "it is called once, as in the book, and what is more is lost.");
	assert_true(terminal_row_shows(t, -1, "recv 3"));
	chat_say(t, "/tcp", "TCP  ready");
	chat_say(t, "/shutdown", "The book's client sends no end of its own");
	chat_say(t, "/model events", "One socket is kept");
	assert_true(terminal_row_shows(t, -1, "recv 3"));
	chat_leave(t);
}

/* What the other protocol has is not in force. */
static void test_habits_of_the_protocol_are_shown(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 160, "-u");
	chat_say(t, "/connected on", "are bound to the server");
	chat_say(t, "/nagle off", "Nagle's algorithm is off");
	chat_say(t, "/recv 3", "takes at most 3 bytes");
	assert_true(terminal_row_shows(t, -1, "recv 3 connected"));
	assert_null(strstr(terminal_row(t, -1), "nagle"));
	chat_say(t, "/tcp", "TCP  connected");
	assert_true(terminal_row_shows(t, -1, "recv 3 nagle off"));
	chat_say(t, "/udp", "UDP  ready");
	assert_true(terminal_row_shows(t, -1, "recv 3 connected"));
	chat_leave(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_server_that_closes_after_each_reply),
		cmocka_unit_test(test_sentences_are_kept_back),
		cmocka_unit_test(test_cancelled_before_anything_was_sent),
		cmocka_unit_test(test_server_gone_in_mid_reply),
		cmocka_unit_test(test_server_killed_and_restarted),
		cmocka_unit_test(test_own_server_is_replaced),
		cmocka_unit_test(test_udp_takes_the_addresses_in_turn),
		cmocka_unit_test(test_tcp_begins_with_the_first_address_again),
		cmocka_unit_test(test_refused_and_unknown),
		cmocka_unit_test(test_fault_9_datagram_too_long),
		cmocka_unit_test(test_name_without_such_an_address),
		cmocka_unit_test(test_lookup_is_cancelled),
		cmocka_unit_test(test_terminal_goes_away),
		cmocka_unit_test(test_signals_restore_the_terminal),
		cmocka_unit_test(test_book_makes_its_calls_alone),
		cmocka_unit_test(test_habits_of_the_protocol_are_shown),
	};
	return cmocka_run_group_tests(tests, chat_open, chat_close);
}
