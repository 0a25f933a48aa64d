/* uproar --plain: a filter, between pipes and real servers. */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <uproar/base.h>

#include "../support/fake.h"
#include "../support/peer.h"
#include "../support/process.h"

enum { MANY = 100000, LINE = 4096 };

static struct process *filter(const char *const options[])
{
	static char program[4096];
	snprintf(program, sizeof program, "%s", process_built("uproar"));
	const char *argv[16] = {program, "--plain"};
	for (size_t i = 0; options && options[i]; i++)
		argv[i + 2] = options[i];
	return process_start(argv, NULL, NULL);
}

/* Writes all to the filter, ends its input, and expects this exit status. */
static void feed(struct process *p, const char *input, int status)
{
	process_write(p, input, strlen(input));
	process_close_in(p);
	assert_int_equal(process_exit(p), status);
}

static void test_own_server(void **state)
{
	(void)state;
	static const char *const options[] = {"-t", "-u", NULL};
	for (size_t i = 0; options[i]; i++) {
		struct process *p = filter((const char *[]){options[i], NULL});
		feed(p, "hello\nstraße\n\n你好 no newline", 0);
		assert_string_equal(process_out(p), "HELLO\nSTRASSE\n\n你好 NO NEWLINE\n");
		process_end(p);
	}
}

static void test_a_datagram_with_a_newline_is_a_line(void **state)
{
	(void)state;
	unsigned port = 0;
	char number[16];
	pid_t fake = fake_udp(&port, fake_answer_datagrams, "HELLO\n");
	snprintf(number, sizeof number, "%u", port);
	struct process *p = filter((const char *[]){"-u", "-w", "20", "127.0.0.1", number, NULL});
	feed(p, "hello\nhello\n", 0);
	assert_string_equal(process_out(p), "HELLO\nHELLO\n");
	process_end(p);
	fake_end(fake);
}

static void test_ipv6(void **state)
{
	(void)state;
	int fd = peer_udp("::1", 9);
	if (fd == -1)
		skip(); /* a machine without IPv6 */
	close(fd);
	struct process *p = filter((const char *[]){"-6", "-v", NULL});
	feed(p, "six\n", 0);
	assert_string_equal(process_out(p), "SIX\n");
	assert_non_null(strstr(process_err(p), "client connect("));
	assert_non_null(strstr(process_err(p), "[::1]:"));
	assert_non_null(strstr(process_err(p), "server accept"));
	process_end(p);
}

/* What the lab does is told on standard error, as the lab's. */
static void test_lab(void **state)
{
	(void)state;
	struct process *p = filter((const char *[]){"-t", "--lab", "cut=2", NULL});
	feed(p, "hello\n", 0);
	assert_string_equal(process_out(p), "HELLO\n");
	assert_non_null(strstr(process_err(p), "uproar: lab: cut=2\n"));
	assert_non_null(strstr(process_err(p), "uproar: lab: the server's recv() took 2 bytes: he\n"));
	process_end(p);
	p = filter((const char *[]){"-u", "--lab", "cut=2", NULL});
	feed(p, "hello\nyou\n", 0);
	assert_string_equal(process_out(p), "HE\nYO\n"); /* replies all the same, and each ends its sentence */
	assert_non_null(strstr(process_err(p), "2 replies are not the uppercase"));
	process_end(p);
}

/* A copy of the reply to "1" is not printed as the beginning of that to "10". */
static void test_copies_are_not_printed(void **state)
{
	(void)state;
	char input[4096];
	size_t n = 0;
	for (int i = 1; i <= 300; i++)
		n += (size_t)sprintf(input + n, "%d\n", i);
	struct process *p = filter((const char *[]){"-u", "-w", "60", "--lab", "duplicate=50%,seed=1", NULL});
	feed(p, input, 0);
	assert_non_null(strstr(process_err(p), "a copy"));
	assert_int_equal(strlen(process_out(p)), n);
	process_end(p);
}

static void test_lab_that_is_none(void **state)
{
	(void)state;
	struct process *p = filter((const char *[]){"--lab", "drop=130%", NULL});
	feed(p, "", 2); /* at once: no server is started, and none is needed for an empty input */
	assert_string_equal(process_out(p), "");
	assert_string_equal(process_err(p), "uproar: drop wants a percentage such as 30%.\nTry 'uproar --help'.\n");
	process_end(p);
	p = filter((const char *[]){"--lab", "drop=30%", "127.0.0.1", NULL});
	feed(p, "hello\n", 2);
	assert_non_null(strstr(process_err(p), "start it with uproard --lab"));
	process_end(p);
	p = filter((const char *[]){"--interval", "1", NULL});
	feed(p, "hello\n", 2);
	assert_non_null(strstr(process_err(p), "--interval is for --ping."));
	process_end(p);
}

/*
 * Every call of both programs is told, and the cause before its effect; but who is held up, between a call and telling
 * of it, for longer than the other is waited for, is too late: that happens to few.
 */
static void test_calls_are_told_in_order(void **state)
{
	(void)state;
	static const char *const steps[2][4] = {
		{"client send(", "server recv(", "server send(", "client recv("},
		{"client sendto(", "server recvfrom(", "server sendto(", "client recvfrom("},
	};
	enum { RUNS = 20, LATE_MAX = RUNS / 5 };
	int late = 0;
	for (int i = 0; i < RUNS; i++) {
		struct process *p = filter((const char *[]){"-v", i % 2 ? "-u" : "-t", NULL});
		feed(p, "hello\n", 0);
		const char *at = process_err(p);
		bool in_order = true;
		for (int j = 0; j < 4; j++) {
			const char *call = strstr(process_err(p), steps[i % 2][j]);
			if (!call)
				fail_msg("no %s in:\n%s", steps[i % 2][j], process_err(p));
			in_order = in_order && (at = strstr(at, steps[i % 2][j]));
		}
		if (!in_order && ++late > LATE_MAX)
			fail_msg("an effect before its cause in:\n%s", process_err(p));
		process_end(p);
	}
}

static void test_fault_10_all_replies_to_many_lines_come(void **state)
{
	(void)state;
	static const char *const options[] = {"-t", "-u", NULL};
	char *input = malloc((size_t)MANY * 24), *output = malloc((size_t)MANY * 24);
	size_t in = 0, out = 0;
	for (int i = 0; i < MANY; i++) {
		in += (size_t)sprintf(input + in, "line %d straße\n", i);
		out += (size_t)sprintf(output + out, "LINE %d STRASSE\n", i);
	}
	for (size_t i = 0; options[i]; i++) {
		struct process *p = filter((const char *[]){options[i], "-w", "20", NULL});
		feed(p, input, 0);
		assert_true(strcmp(process_out(p), output) == 0); /* complete and in order */
		process_end(p);
	}
	free(input);
	free(output);
}

/* Not at a terminal, bytes are what they are. */
static void test_bytes_pass(void **state)
{
	(void)state;
	struct process *p = filter(NULL);
	process_write(p, "a\0b\xff\033[2J\x80z\n", 11);
	process_close_in(p);
	assert_int_equal(process_exit(p), 0);
	assert_memory_equal(process_out(p), "A\0B\xff\033[2J\x80Z\n", 11);
	process_end(p);
}

static void test_refused(void **state)
{
	(void)state;
	struct process *p = filter((const char *[]){"-t", "127.0.0.1", "1", NULL});
	feed(p, "one\ntwo\n", 1);
	assert_string_equal(process_out(p), "");
	assert_non_null(strstr(process_err(p), "nothing listens on 127.0.0.1:1: connection refused"));
	process_end(p);
}

/* The same last lines, however much was read and said before nobody was found. */
static void test_nothing_was_sent(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		struct process *p = filter((const char *[]){i % 2 ? "-t" : "-tv", "127.0.0.1", "1", NULL});
		process_write(p, "one\ntwo\n", 8);
		assert_true(i % 4 > 1 || process_complains(p, "connection refused"));
		process_close_in(p);
		assert_int_equal(process_exit(p), 1);
		const char *refused = strstr(process_err(p), "connection refused");
		assert_non_null(refused);
		const char *rest =
			i % 2 ? strchr(refused, '\n') : strstr(refused, "\nuproar: Nothing"); /* after calls */
		assert_non_null(rest);
		assert_string_equal(rest, "\nuproar: Nothing was sent.\n");
		process_end(p);
	}
	struct process *p =
		process_start((const char *[]){process_built("uproar"), "--plain", "-u", "no-such-host.invalid", NULL},
			      process_own_names, NULL);
	feed(p, "one\n", 1);
	assert_null(strstr(process_err(p), "Replies missing"));
	assert_non_null(strstr(process_err(p), "uproar: Nothing was sent.\n"));
	process_end(p);
}

static void test_udp_to_nobody(void **state)
{
	(void)state;
	struct process *p = filter((const char *[]){"-u", "-w", "0.2", "127.0.0.1", "1", NULL});
	feed(p, "one\n", 1);
	assert_non_null(strstr(process_err(p), "it or the reply is lost or late, or nobody listens"));
	process_end(p);
}

static void test_unknown_name(void **state)
{
	(void)state;
	const char *argv[] = {process_built("uproar"), "--plain", "no-such-host.invalid", NULL};
	struct process *p = process_start(argv, process_own_names, NULL);
	feed(p, "one\n", 1);
	assert_non_null(strstr(process_err(p), "the name no-such-host.invalid is not known"));
	process_end(p);
}

static void upper(char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] >= 'a' && text[i] <= 'z')
			text[i] = (char)(text[i] - 'a' + 'A');
}

/* The book's server: one recv, one send, close. */
static void as_the_book(int fd, const void *arg)
{
	(void)arg;
	char text[1024];
	ssize_t n = recv(fd, text, sizeof text, 0);
	if (n <= 0)
		return;
	upper(text, (size_t)n);
	send(fd, text, (size_t)n, 0);
}

static void test_server_that_closes_after_each_reply(void **state)
{
	(void)state;
	unsigned port = 0;
	char number[16], input[8192] = "", output[8192] = "";
	pid_t fake = fake_tcp(&port, as_the_book, NULL);
	snprintf(number, sizeof number, "%u", port);
	for (int i = 0; i < 200; i++) {
		sprintf(input + strlen(input), "sentence %d\n", i);
		sprintf(output + strlen(output), "SENTENCE %d\n", i);
	}
	struct process *p = filter((const char *[]){"-t", "127.0.0.1", number, NULL});
	feed(p, input, 0);
	assert_string_equal(process_out(p), output);
	process_end(p);
	fake_end(fake);
}

static void never_answer(int fd, const void *arg)
{
	(void)arg;
	char line[LINE];
	while (fake_read_line(fd, line, sizeof line) > 0)
		;
}

/* The book's own programs. */
static void test_the_books_servers(void **state)
{
	(void)state;
	static const char *const programs[] = {"tests/book/TCPServer.py", "tests/book/UDPServer.py"};
	for (size_t i = 0; i < 2; i++) {
		struct process *server =
			process_start((const char *[]){"python3", programs[i], "127.0.0.1", "0", NULL}, NULL, NULL);
		assert_true(process_prints(server, "on port "));
		assert_true(process_prints(server, "\n"));
		char port[16];
		snprintf(port, sizeof port, "%d", atoi(strstr(process_out(server), "on port ") + 8));
		struct process *p = filter((const char *[]){i == 0 ? "-t" : "-u", "127.0.0.1", port, NULL});
		feed(p, "first\nsecond, straße\nthird 你好\n", 0);
		assert_string_equal(process_out(p), "FIRST\nSECOND, STRASSE\nTHIRD 你好\n");
		process_end(p);
		process_end(server);
	}
}

static unsigned free_port(void)
{
	unsigned port = 0;
	fake_end(fake_tcp(&port, never_answer, NULL));
	return port;
}

/* nc at the other end, and a person who answers. */
static void test_netcat_as_server(void **state)
{
	(void)state;
	char port[16];
	snprintf(port, sizeof port, "%u", free_port());
	if (!process_available("nc"))
		skip();
	struct process *nc =
		process_start((const char *[]){"nc", "-n", "-v", "-l", "127.0.0.1", port, NULL}, NULL, NULL);
	assert_true(process_complains(nc, "istening on"));
	struct process *p = filter((const char *[]){"-t", "127.0.0.1", port, NULL});
	process_write(p, "hi there\n", 9);
	assert_true(process_prints(nc, "hi there\n"));
	process_write(nc, "HI THERE\n", 9);
	assert_true(process_prints(p, "HI THERE\n"));
	process_close_in(p);
	assert_int_equal(process_exit(p), 0);
	process_end(p);
	process_end(nc);
}

static void one_reply_then_gone(int fd, const void *arg)
{
	(void)arg;
	char line[LINE];
	size_t n = fake_read_line(fd, line, sizeof line);
	upper(line, n);
	send(fd, line, n, 0);
	fake_read_line(fd, line, sizeof line);
	_exit(0);
}

static void test_server_gone(void **state)
{
	(void)state;
	unsigned port = 0;
	char number[16];
	pid_t fake = fake_tcp(&port, one_reply_then_gone, NULL);
	snprintf(number, sizeof number, "%u", port);
	struct process *p = filter((const char *[]){"-t", "127.0.0.1", number, NULL});
	feed(p, "one\ntwo\nthree\n", 1);
	assert_string_equal(process_out(p), "ONE\n");
	assert_non_null(strstr(process_err(p), "Replies missing: 2 of 3."));
	process_end(p);
	fake_end(fake);
}

static void reply_then_reset(int fd, const void *answer)
{
	char line[LINE];
	struct linger reset = {1, 0};
	if (fake_read_line(fd, line, sizeof line) == 0)
		return;
	send(fd, answer, strlen(answer), 0);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

/* What came before a reset is still read, and the end is noticed, in whatever order the system tells them. */
static void test_fault_14_reset_after_a_reply(void **state)
{
	(void)state;
	unsigned port = 0;
	char number[16];
	pid_t fake = fake_tcp(&port, reply_then_reset, "HEL");
	snprintf(number, sizeof number, "%u", port);
	for (int i = 0; i < 20; i++) {
		struct process *p = filter((const char *[]){"-t", "127.0.0.1", number, NULL});
		feed(p, "hello\n", 1);
		assert_null(strstr(process_err(p), "No reply came"));
		assert_non_null(strstr(process_err(p), "sentence 1 came"));
		process_end(p);
	}
	fake_end(fake);
}

static void echo_lines(int fd, const void *arg)
{
	(void)arg;
	char line[LINE];
	size_t n;
	while ((n = fake_read_line(fd, line, sizeof line)) > 0)
		send(fd, line, n, 0);
}

static void test_wrong_replies_are_counted(void **state)
{
	(void)state;
	unsigned port = 0;
	char number[16];
	pid_t fake = fake_tcp(&port, echo_lines, NULL);
	snprintf(number, sizeof number, "%u", port);
	struct process *p = filter((const char *[]){"-t", "127.0.0.1", number, NULL});
	feed(p, "one\nTWO\n", 0);
	assert_string_equal(process_out(p), "one\nTWO\n");
	assert_non_null(strstr(process_err(p), "1 reply is not the uppercase"));
	process_end(p);
	fake_end(fake);
}

static void test_mute_server(void **state)
{
	(void)state;
	unsigned port = 0;
	char number[16];
	pid_t fake = fake_tcp(&port, never_answer, NULL);
	snprintf(number, sizeof number, "%u", port);
	struct process *p = filter((const char *[]){"-t", "-w", "1", "127.0.0.1", number, NULL});
	assert_true(process_complains(p, "connected to"));
	feed(p, "anybody?\n", 1);
	assert_non_null(strstr(process_err(p), "No reply came for 1 s."));
	assert_non_null(strstr(process_err(p), "Replies missing: 1 of 1."));
	process_end(p);
	fake_end(fake);
}

static void never_read(int fd, const void *arg)
{
	(void)fd;
	(void)arg;
	pause();
}

/* Only what was sent can miss its reply. */
static void test_what_was_kept_back(void **state)
{
	(void)state;
	unsigned port = 0;
	char number[16];
	pid_t fake = fake_tcp(&port, never_answer, NULL);
	snprintf(number, sizeof number, "%u", port);
	struct process *p = filter((const char *[]){"-t", "-w", "1", "127.0.0.1", number, NULL});
	assert_true(process_complains(p, "connected to"));
	feed(p, "one\ntwo\nthree\n", 1);
	assert_non_null(strstr(process_err(p), "Replies missing: 1 of 1."));
	assert_non_null(strstr(process_err(p), "Line 2 was kept back until there is a reply to line 1"));
	assert_non_null(strstr(process_err(p), "use -N."));
	process_end(p);
	fake_end(fake);
}

/* As a server for the web: it reads to an empty line, answers, without a newline at the end, and closes. */
static void answer_a_request(int fd, const void *answer)
{
	char line[LINE];
	size_t n;
	while ((n = fake_read_line(fd, line, sizeof line)) > 0 && line[0] != '\r')
		continue;
	send(fd, answer, strlen(answer), 0);
}

/* In capitals, once the client has said all. */
static void answer_at_the_end(int fd, const void *arg)
{
	(void)arg;
	static char all[MANY * 24];
	size_t n = 0;
	ssize_t got;
	while (n < sizeof all && (got = recv(fd, all + n, sizeof all - n, 0)) > 0)
		n += (size_t)got;
	upper(all, n);
	for (size_t sent = 0; sent < n; sent += (size_t)got)
		if ((got = send(fd, all + sent, n - sent, 0)) <= 0)
			return;
}

static void hang_up(int fd, const void *arg)
{
	(void)arg;
	char line[LINE];
	fake_read_line(fd, line, sizeof line);
}

static struct process *stream_to(pid_t *fake, fake_serve *serve, const void *arg)
{
	unsigned port = 0;
	char number[16];
	*fake = fake_tcp(&port, serve, arg);
	snprintf(number, sizeof number, "%u", port);
	return filter((const char *[]){"-N", "-w", "10", "127.0.0.1", number, NULL});
}

static void test_stream_of_a_request(void **state)
{
	(void)state;
	static const char page[] = "HTTP/1.0 200 OK\r\n\r\n<p>\n\nhello";
	pid_t fake;
	struct process *p = stream_to(&fake, answer_a_request, page);
	feed(p, "GET / HTTP/1.0\r\n\r\n", 0);
	assert_string_equal(process_out(p), page);
	assert_null(strstr(process_err(p), "no sentence was waiting"));
	process_end(p);
	fake_end(fake);
}

static void test_stream_to_the_end(void **state)
{
	(void)state;
	pid_t fake;
	char *input = malloc((size_t)MANY * 24);
	size_t n = 0;
	for (int i = 0; i < MANY; i++)
		n += (size_t)sprintf(input + n, "line %d\n", i);
	struct process *p = stream_to(&fake, answer_at_the_end, NULL);
	feed(p, input, 0);
	upper(input, n);
	assert_true(strcmp(process_out(p), input) == 0);
	process_end(p);
	p = stream_to(&fake, answer_at_the_end, NULL);
	feed(p, "", 0); /* nothing, and its end */
	assert_string_equal(process_out(p), "");
	process_end(p);
	fake_end(fake);
	free(input);
}

static void test_stream_that_is_cut(void **state)
{
	(void)state;
	pid_t fake;
	char *line = malloc(1 << 20);
	memset(line, 'x', (1 << 20) - 1);
	line[0] = '\n';
	line[(1 << 20) - 1] = '\n';
	struct process *p = stream_to(&fake, hang_up, NULL);
	for (int i = 0; i < 16; i++)
		process_write(p, line, 1 << 20); /* more than the buffers of both ends */
	process_close_in(p);
	assert_int_equal(process_exit(p), 1);
	assert_non_null(strstr(process_err(p), "The rest of the input was not sent."));
	assert_null(strstr(strstr(process_err(p), "connected to") + 1, "connected to")); /* once */
	process_end(p);
	fake_end(fake);
	free(line);
}

static void test_stream_without_an_answer(void **state)
{
	(void)state;
	unsigned port = 0;
	char number[16];
	pid_t fake = fake_tcp(&port, never_read, NULL);
	snprintf(number, sizeof number, "%u", port);
	struct process *p = filter((const char *[]){"--shutdown", "-w", "2", "127.0.0.1", number, NULL});
	feed(p, "one\ntwo\n", 1);
	assert_non_null(strstr(process_err(p), "No reply came for 2 s."));
	assert_null(strstr(process_err(p), "not sent"));
	process_end(p);
	fake_end(fake);
}

/* What does not even go out is given up as well. */
static void test_server_that_never_reads(void **state)
{
	(void)state;
	unsigned port = 0;
	char number[16];
	pid_t fake = fake_tcp(&port, never_read, NULL);
	snprintf(number, sizeof number, "%u", port);
	struct process *p = filter((const char *[]){"-t", "-w", "0.2", "127.0.0.1", number, NULL});
	char *line = malloc(1 << 20);
	memset(line, 'x', (1 << 20) - 1);
	line[(1 << 20) - 1] = '\n';
	for (int i = 0; i < 16; i++)
		process_write(p, line,
			      1 << 20); /* more than the buffers of both ends; the filter may end before it has all */
	process_close_in(p);
	assert_int_equal(process_exit(p), 1);
	assert_non_null(strstr(process_err(p), "No reply came"));
	process_end(p);
	fake_end(fake);
	free(line);
}

static void test_signal_ends_it(void **state)
{
	(void)state;
	struct process *p = filter(NULL);
	process_write(p, "hi\n", 3);
	assert_true(process_prints(p, "HI\n"));
	assert_int_equal(process_stop(p), 128 + SIGTERM);
	process_end(p);
}

/* A killed uproar leaves no uproard behind: the end of the channel ends it, and with it the last one to hold its end.
 */
static void test_killed_client_leaves_no_server(void **state)
{
	(void)state;
	struct process *p = filter((const char *[]){"-t", "-v", NULL});
	process_write(p, "hi\n", 3);
	assert_true(process_prints(p, "HI\n"));
	assert_true(process_complains(p, "server getsockname("));
	const char *name = strstr(process_err(p), "server getsockname(");
	unsigned port = (unsigned)atoi(strstr(name, "127.0.0.1:") + strlen("127.0.0.1:"));
	int fd = peer_tcp("127.0.0.1", port);
	assert_int_not_equal(fd, -1);
	assert_true(peer_answers(fd, "hello\n", "HELLO\n"));
	kill(process_pid(p), SIGKILL);
	assert_true(peer_ends(fd)); /* the server closes what it has, and ends */
	close(fd);
	process_end(p);
}

static void test_too_long_a_line(void **state)
{
	(void)state;
	size_t n = (1 << 20) + 1;
	char *line = malloc(n + 8);
	memset(line, 'x', n);
	snprintf(line + n, 8, "\nshort\n");
	struct process *p = filter(NULL);
	feed(p, line, 1);
	assert_string_equal(process_out(p), "SHORT\n");
	assert_non_null(strstr(process_err(p), "Line 1 was not sent: a sentence has at most 1048576 bytes."));
	assert_non_null(strstr(process_err(p), "Replies missing: 1 of 2."));
	process_end(p);
	free(line);
}

static void test_fault_9_datagram_too_long(void **state)
{
	(void)state;
	char *line = malloc(70000);
	memset(line, 'x', 65508);
	snprintf(line + 65508, 8, "\nshort\n");
	struct process *p = filter((const char *[]){"-u", NULL});
	feed(p, line, 1);
	assert_string_equal(process_out(p), "SHORT\n");
	assert_non_null(strstr(process_err(p), "65508 bytes"));
	assert_non_null(strstr(process_err(p), "65507 bytes"));
	process_end(p);
	free(line);
}

static void test_nobody_reads_the_output(void **state)
{
	(void)state;
	struct process *p = filter(NULL);
	process_close_out(p);
	process_write(p, "hi\n", 3);
	assert_int_equal(process_exit(p), 1);
	assert_non_null(strstr(process_err(p), "Standard output cannot be written: Broken pipe."));
	process_end(p);
}

static void use_as_input(void *arg)
{
	dup2(*(int *)arg, STDIN_FILENO);
}

/* Others have our standard input too, and do not expect it to become non-blocking: a shell, or our own output. */
static void test_input_stays_blocking(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	char program[4096];
	snprintf(program, sizeof program, "%s", process_built("uproar"));
	struct process *p = process_start((const char *[]){program, "--plain", NULL}, use_as_input, &ends[1]);
	assert_int_equal(send(ends[0], "hi\n", 3, 0), 3);
	assert_true(process_prints(p, "HI\n"));
	assert_false(fcntl(ends[1], F_GETFL) & O_NONBLOCK);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(process_exit(p), 0);
	process_end(p);
}

static void close_streams(void *arg)
{
	const char *which = arg;
	for (; *which; which++)
		close(*which - '0');
}

/* Whatever is closed, it neither crashes nor writes to a socket what is meant for a person. */
static void test_closed_streams(void **state)
{
	(void)state;
	static const char *const closed[] = {"0", "1", "2", "01", "02", "12", "012"};
	char program[4096];
	snprintf(program, sizeof program, "%s", process_built("uproar"));
	for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
		char which[8];
		snprintf(which, sizeof which, "%s", closed[i]);
		struct process *p = process_start((const char *[]){program, "--plain", NULL}, close_streams, which);
		process_write(p, "hi\n", 3);
		process_close_in(p);
		bool said = !strchr(which, '0');
		assert_int_equal(process_exit(p), said && strchr(which, '1') ? 1 : 0);
		if (strcmp(which, "1") == 0)
			assert_non_null(strstr(process_err(p), "Standard output cannot be written: Bad file"));
		if (said && !strchr(which, '1'))
			assert_string_equal(process_out(p), "HI\n");
		process_end(p);
	}
}

static void allow_descriptors(void *arg)
{
	struct rlimit limit = {*(rlim_t *)arg, *(rlim_t *)arg};
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void test_too_few_descriptors(void **state)
{
	(void)state;
	char program[4096];
	snprintf(program, sizeof program, "%s", process_built("uproar"));
	for (rlim_t n = 6; n < 20; n++) {
		struct process *p =
			process_start((const char *[]){program, "--plain", "-w", "20", NULL}, allow_descriptors, &n);
		process_write(p, "hi\n", 3);
		process_close_in(p);
		int status = process_exit(p);
		assert_true(status == 0 || status == 1 ||
			    status == 127); /* 127: not even the libraries could be loaded */
		/* Whatever it was that could not be had, there is a next step. */
		if (status == 1)
			assert_non_null(strstr(process_err(p), "raise the limit with ulimit -n"));
		process_end(p);
	}
}

static void use_as_output(void *arg)
{
	dup2(*(int *)arg, STDOUT_FILENO);
}

/* A signal ends it even where it is stuck in a write that nobody reads. */
static void test_signal_ends_it_in_a_write(void **state)
{
	(void)state;
#ifdef __SANITIZE_THREAD__
	skip(); /* its runtime keeps signals back while the C library's own write() waits */
#endif
	int ends[2];
	char program[4096], line[4096];
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	int room = fcntl(ends[1], F_SETPIPE_SZ, 4096);
	snprintf(program, sizeof program, "%s", process_built("uproar"));
	struct process *p = process_start((const char *[]){program, "--plain", NULL}, use_as_output, &ends[1]);
	memset(line, 'x', sizeof line);
	line[sizeof line - 1] = '\n';
	for (int sent = 0; sent <= 2 * room; sent += (int)sizeof line)
		process_write(p, line, sizeof line);
	struct pollfd full = {ends[1], POLLOUT, 0};
	uint64_t until = clock_now() + PROCESS_PATIENCE * CLOCK_SECOND;
	while (poll(&full, 1, 0) == 1 && clock_now() < until) /* until a reply has filled the pipe */
		sched_yield();
	assert_int_equal(poll(&full, 1, 0), 0);
	assert_int_equal(process_stop(p), 128 + SIGTERM);
	process_end(p);
	close(ends[0]);
	close(ends[1]);
}

static void ignore_hangup(void *arg)
{
	(void)arg;
	signal(SIGHUP, SIG_IGN);
}

/* As under nohup(1). */
static void test_ignored_signal_stays_ignored(void **state)
{
	(void)state;
	char program[4096];
	snprintf(program, sizeof program, "%s", process_built("uproar"));
	struct process *p = process_start((const char *[]){program, "--plain", NULL}, ignore_hangup, NULL);
	process_write(p, "one\n", 4);
	assert_true(process_prints(p, "ONE\n"));
	kill(process_pid(p), SIGHUP);
	process_write(p, "two\n", 4);
	process_close_in(p);
	assert_int_equal(process_exit(p), 0);
	assert_string_equal(process_out(p), "ONE\nTWO\n");
	process_end(p);
}

static void test_input_that_cannot_be_read(void **state)
{
	(void)state;
	char program[4096];
	snprintf(program, sizeof program, "%s", process_built("uproar"));
	int directory = open("/", O_RDONLY | O_CLOEXEC);
	struct process *p = process_start((const char *[]){program, "--plain", NULL}, use_as_input, &directory);
	assert_int_equal(process_exit(p), 1);
	assert_non_null(strstr(process_err(p), "Standard input cannot be read: Is a directory."));
	process_end(p);
	close(directory);
}

static void test_output_that_cannot_be_written(void **state)
{
	(void)state;
	char program[4096];
	snprintf(program, sizeof program, "%s", process_built("uproar"));
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct process *p = process_start((const char *[]){program, "--help", NULL}, use_as_output, &full);
	assert_int_equal(process_exit(p), 1);
	process_end(p);
	close(full);
}

static void test_ports(void **state)
{
	(void)state;
	static const char *const wrong[] = {"0", "65536", "99999", "080", " 80", "", "-", "1x"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct process *p = filter((const char *[]){"127.0.0.1", wrong[i], NULL});
		assert_int_equal(process_exit(p), 2);
		process_end(p);
	}
	struct process *p = filter((const char *[]){"[127.0.0.1]", "1", NULL}); /* as we print addresses */
	feed(p, "hi\n", 1);
	assert_non_null(strstr(process_err(p), "nothing listens on 127.0.0.1:1"));
	process_end(p);
}

static void test_usage(void **state)
{
	(void)state;
	static const char *const wrong[][5] = {
		{"-t", "-u"},   {"-4", "-6"}, {"--no-such-option"}, {"a", "1", "b"},
		{"-w", "soon"}, {""},         {"-N", "-u"},         {"-N", "--ping", "1"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct process *p = filter(wrong[i]);
		process_close_in(p);
		assert_int_equal(process_exit(p), 2);
		assert_non_null(strstr(process_err(p), "uproar --help"));
		process_end(p);
	}
	struct process *p = filter((const char *[]){"--help", NULL});
	assert_int_equal(process_exit(p), 0);
	assert_non_null(strstr(process_out(p), "Usage: uproar"));
	process_end(p);
	p = filter((const char *[]){"--version", NULL});
	assert_int_equal(process_exit(p), 0);
	process_end(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_server),
		cmocka_unit_test(test_a_datagram_with_a_newline_is_a_line),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_lab),
		cmocka_unit_test(test_copies_are_not_printed),
		cmocka_unit_test(test_lab_that_is_none),
		cmocka_unit_test(test_calls_are_told_in_order),
		cmocka_unit_test(test_fault_10_all_replies_to_many_lines_come),
		cmocka_unit_test(test_bytes_pass),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nothing_was_sent),
		cmocka_unit_test(test_what_was_kept_back),
		cmocka_unit_test(test_stream_of_a_request),
		cmocka_unit_test(test_stream_to_the_end),
		cmocka_unit_test(test_stream_that_is_cut),
		cmocka_unit_test(test_stream_without_an_answer),
		cmocka_unit_test(test_udp_to_nobody),
		cmocka_unit_test(test_unknown_name),
		cmocka_unit_test(test_server_that_closes_after_each_reply),
		cmocka_unit_test(test_the_books_servers),
		cmocka_unit_test(test_netcat_as_server),
		cmocka_unit_test(test_server_gone),
		cmocka_unit_test(test_fault_14_reset_after_a_reply),
		cmocka_unit_test(test_wrong_replies_are_counted),
		cmocka_unit_test(test_mute_server),
		cmocka_unit_test(test_server_that_never_reads),
		cmocka_unit_test(test_signal_ends_it),
		cmocka_unit_test(test_killed_client_leaves_no_server),
		cmocka_unit_test(test_too_long_a_line),
		cmocka_unit_test(test_fault_9_datagram_too_long),
		cmocka_unit_test(test_nobody_reads_the_output),
		cmocka_unit_test(test_input_stays_blocking),
		cmocka_unit_test(test_closed_streams),
		cmocka_unit_test(test_too_few_descriptors),
		cmocka_unit_test(test_signal_ends_it_in_a_write),
		cmocka_unit_test(test_ignored_signal_stays_ignored),
		cmocka_unit_test(test_input_that_cannot_be_read),
		cmocka_unit_test(test_output_that_cannot_be_written),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_usage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
