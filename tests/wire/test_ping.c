/* uproar --ping: its lines and figures, between pipes and real servers. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../support/fake.h"
#include "../support/process.h"

enum { ARGUMENTS = 16, ROOM = 2048 };

static struct process *ping(const char *const arguments[])
{
	static char program[4096];
	snprintf(program, sizeof program, "%s", process_built("uproar"));
	const char *argv[ARGUMENTS] = {program, "--ping"};
	for (size_t i = 0; arguments[i]; i++)
		argv[i + 2] = arguments[i];
	return process_start(argv, NULL, NULL);
}

static void assert_prints(struct process *p, const char *text)
{
	if (!strstr(process_out(p), text))
		fail_msg("no \"%s\" in:\n%s", text, process_out(p));
}

/* --- Servers as they are --- */

static void test_own_server(void **state)
{
	(void)state;
	static const char *const protocols[][2] = {{"-u", " over UDP: "}, {"-t", " over TCP: "}};
	for (size_t i = 0; i < 2; i++) {
		struct process *p = ping((const char *[]){"3", "--interval", "0.01", protocols[i][0], NULL});
		assert_int_equal(process_exit(p), 0);
		assert_int_equal(strncmp(process_out(p), "PING 127.0.0.1:", 15), 0);
		assert_prints(p, protocols[i][1]);
		assert_prints(p, ": 3 sentences, one every 0.01 s\n");
		assert_prints(p, "seq=1 ");
		assert_prints(p, "seq=3 ");
		assert_prints(p, "\n\n--- 127.0.0.1:");
		assert_prints(p, " ping statistics ---\n3 sent, 3 received, 0% loss, time ");
		assert_prints(p, "rtt min/avg/max/mdev = ");
		assert_null(strstr(process_err(p), "ping 1 of")); /* progress is for terminals */
		assert_non_null(strstr(process_err(p), "starting a server of your own"));
		process_end(p);
	}
}

static void test_udp_unless_told_otherwise(void **state)
{
	(void)state;
	struct process *p = ping((const char *[]){"1", "--interval", "0", NULL});
	assert_int_equal(process_exit(p), 0);
	assert_prints(p, " over UDP: 1 sentence, each after the reply to the one before\n");
	process_end(p);
}

static void test_calls_are_told_too(void **state)
{
	(void)state;
	struct process *p = ping((const char *[]){"1", "-v", NULL});
	assert_int_equal(process_exit(p), 0);
	assert_non_null(strstr(process_err(p), "client sendto("));
	assert_non_null(strstr(process_err(p), "\"PING 1 "));
	assert_non_null(strstr(process_err(p), "server recv"));
	process_end(p);
}

/* The server that a student's pinger is tried on first. */
static void echo(int fd, const void *arg)
{
	const int *copies = arg;
	char datagram[ROOM];
	struct sockaddr_storage from;
	for (;;) {
		socklen_t size = sizeof from;
		ssize_t n = recvfrom(fd, datagram, sizeof datagram, 0, (struct sockaddr *)&from, &size);
		for (int i = 0; n >= 0 && i < *copies; i++)
			sendto(fd, datagram, (size_t)n, 0, (struct sockaddr *)&from, size);
	}
}

/* Runs a ping to a server on this port of 127.0.0.1. */
static struct process *ping_port(unsigned port, const char *option, const char *patience, const char *count,
				 const char *interval)
{
	char number[16];
	snprintf(number, sizeof number, "%u", port);
	return ping((const char *[]){count, "--interval", interval, "-w", patience, option, "127.0.0.1", number, NULL});
}

static void test_echo_is_as_good(void **state)
{
	(void)state;
	unsigned port = 0;
	const int copies = 1;
	pid_t fake = fake_udp(&port, echo, &copies);
	struct process *p = ping_port(port, "-u", "20", "20", "0");
	assert_int_equal(process_exit(p), 0);
	assert_prints(p, "20 sent, 20 received, 0% loss");
	process_end(p);
	fake_end(fake);
}

static void test_duplicates_are_counted(void **state)
{
	(void)state;
	unsigned port = 0;
	const int copies = 2;
	pid_t fake = fake_udp(&port, echo, &copies);
	struct process *p = ping_port(port, "-u", "20", "4", "0.05");
	assert_int_equal(process_exit(p), 0);
	assert_prints(p, "4 sent, 4 received, +");
	assert_prints(p, " duplicates");
	process_end(p);
	fake_end(fake);
}

/* As the book's TCP server does: a connection a sentence. */
static void answer_once(int fd, const void *arg)
{
	(void)arg;
	char text[ROOM];
	ssize_t n = recv(fd, text, sizeof text, 0);
	if (n > 0)
		send(fd, text, (size_t)n, 0);
}

static void test_server_that_closes_after_each_reply(void **state)
{
	(void)state;
	unsigned port = 0;
	pid_t fake = fake_tcp(&port, answer_once, NULL);
	struct process *p = ping_port(port, "-t", "20", "10", "0");
	assert_int_equal(process_exit(p), 0);
	assert_prints(p, "10 sent, 10 received, 0% loss");
	process_end(p);
	fake_end(fake);
}

/* --- Losses --- */

static void test_nobody_there(void **state)
{
	(void)state;
	struct process *p =
		ping((const char *[]){"5", "--interval", "0.002", "-w", "0.1", "-u", "127.0.0.1", "1", NULL});
	assert_int_equal(process_exit(p), 1);
	assert_prints(p, "PING 127.0.0.1:1 over UDP: 5 sentences");
	assert_prints(p, "no reply to seq=5 ");
	assert_prints(p, "5 sent, 0 received, 100% loss");
	assert_null(strstr(process_out(p), "rtt min"));
	process_end(p);
}

static void test_refused(void **state)
{
	(void)state;
	struct process *p = ping((const char *[]){"5", "-t", "127.0.0.1", "1", NULL});
	assert_int_equal(process_exit(p), 1);
	assert_string_equal(process_out(p), "");
	assert_non_null(strstr(process_err(p), "nothing listens on 127.0.0.1:1"));
	process_end(p);
}

static void test_unknown_name(void **state)
{
	(void)state;
	const char *argv[] = {process_built("uproar"), "--ping", "5", "no-such-host.invalid", NULL};
	struct process *p = process_start(argv, process_own_names, NULL);
	assert_int_equal(process_exit(p), 1);
	assert_string_equal(process_out(p), "");
	assert_non_null(strstr(process_err(p), "the name no-such-host.invalid is not known"));
	process_end(p);
}

static void test_lab_of_our_own_server(void **state)
{
	(void)state;
	struct process *p = ping((const char *[]){"5", "--interval", "0.002", "-w", "0.1", "--lab", "drop=100%", NULL});
	assert_int_equal(process_exit(p), 1);
	assert_prints(p, "5 sent, 0 received, 100% loss");
	process_end(p);
	p = ping((const char *[]){"5", "--interval", "0.05", "--lab", "duplicate=100%", NULL});
	assert_int_equal(process_exit(p), 0);
	assert_prints(p, "5 sent, 5 received, +");
	process_end(p);
}

/* The same seed loses the same sentences: what is printed differs in ports and times only. */
static void test_lab_with_a_seed(void **state)
{
	(void)state;
	char lost[2][ROOM] = {"", ""};
	for (int i = 0; i < 2; i++) {
		struct process *p = ping(
			(const char *[]){"20", "--interval", "0.002", "-w", "2", "--lab", "drop=40%,seed=42", NULL});
		assert_int_equal(process_exit(p), 0);
		for (int k = 1; k <= 20; k++) {
			char line[64];
			snprintf(line, sizeof line, "no reply to seq=%d ", k);
			if (strstr(process_out(p), line))
				sprintf(lost[i] + strlen(lost[i]), "%d ", k);
		}
		process_end(p);
	}
	assert_string_not_equal(lost[0], "");
	assert_string_equal(lost[0], lost[1]);
}

/* --- The end --- */

static void never_answer(int fd, const void *arg)
{
	(void)arg;
	char datagram[ROOM];
	for (;;)
		if (recv(fd, datagram, sizeof datagram, 0) == -1)
			return;
}

static void test_a_signal_gives_the_figures(void **state)
{
	(void)state;
	static const int signals[] = {SIGINT, SIGTERM};
	for (size_t i = 0; i < 2; i++) {
		struct process *p = ping((const char *[]){"1000000", "--interval", "3600", NULL});
		assert_true(process_prints(p, "seq=1 "));
		kill(process_pid(p), signals[i]);
		assert_int_equal(process_exit(p), 0);
		assert_prints(p, " ping statistics ---\n1 sent, 1 received, 0% loss");
		process_end(p);
	}
	unsigned port = 0;
	pid_t fake = fake_udp(&port, never_answer, NULL);
	struct process *p = ping_port(port, "-u", "1", "2", "3600");
	assert_true(process_prints(p, "no reply to seq=1 "));
	kill(process_pid(p), SIGINT);
	assert_int_equal(process_exit(p), 1);
	assert_prints(p, "1 sent, 0 received, 100% loss");
	process_end(p);
	fake_end(fake);
}

static void test_nobody_reads_the_output(void **state)
{
	(void)state;
	struct process *p = ping((const char *[]){"1000000", "--interval", "0.002", NULL});
	assert_true(process_prints(p, "seq=1 "));
	process_close_out(p);
	assert_int_equal(process_exit(p), 1);
	assert_non_null(strstr(process_err(p), "Standard output cannot be written: "));
	process_end(p);
}

static void test_usage_errors(void **state)
{
	(void)state;
	static const struct {
		const char *arguments[5], *says;
	} cases[] = {
		{{"0"}, "\"0\" is no number of sentences: give 1 to 1000000."},
		{{"-3"}, "\"-3\" is no number of sentences"},
		{{"1000001"}, "\"1000001\" is no number of sentences"},
		{{"many"}, "\"many\" is no number of sentences"},
		{{"3", "--interval", "0.001"}, "\"0.001\" is no interval"},
		{{"3", "--interval", "3601"}, "\"3601\" is no interval"},
		{{"3", "--lab", "drop=1%", "127.0.0.1"}, "start it with uproard --lab"},
		{{"3", "-w", "0"}, "\"0\" is no time in seconds"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct process *p = ping(cases[i].arguments);
		assert_int_equal(process_exit(p), 2);
		assert_string_equal(process_out(p), "");
		if (!strstr(process_err(p), cases[i].says))
			fail_msg("no \"%s\" in:\n%s", cases[i].says, process_err(p));
		process_end(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_server),
		cmocka_unit_test(test_udp_unless_told_otherwise),
		cmocka_unit_test(test_calls_are_told_too),
		cmocka_unit_test(test_echo_is_as_good),
		cmocka_unit_test(test_duplicates_are_counted),
		cmocka_unit_test(test_server_that_closes_after_each_reply),
		cmocka_unit_test(test_nobody_there),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_unknown_name),
		cmocka_unit_test(test_lab_of_our_own_server),
		cmocka_unit_test(test_lab_with_a_seed),
		cmocka_unit_test(test_a_signal_gives_the_figures),
		cmocka_unit_test(test_nobody_reads_the_output),
		cmocka_unit_test(test_usage_errors),
	};
	return cmocka_run_group_tests_name("ping", tests, NULL, NULL);
}
