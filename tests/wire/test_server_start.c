/* uproard as its user meets it: options, the lines it prints, its messages and exit statuses, its end. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
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

#include "../support/peer.h"

enum { LINE = 128, ENOUGH = 2000 /* sentences, to fill a pipe with what is told of them */ };

static struct process *run(const char *const options[])
{
	const char *argv[12] = {process_built("uproard")};
	for (size_t i = 0; options[i] && i < 10; i++)
		argv[1 + i] = options[i];
	return process_start(argv, NULL, NULL);
}

#define RUN(...) run((const char *[]){__VA_ARGS__, NULL})

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;
	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void tells(struct process *p, const char *where, unsigned port)
{
	char line[LINE];
	snprintf(line, sizeof line, "listening %s:%u\n", where, port);
	assert_true(process_prints(p, line));
}

static bool have_ipv6(void)
{
	int fd = peer_udp("::1", 9);
	if (fd != -1)
		close(fd);
	return fd != -1;
}

/* --- What it listens on --- */

static void test_listens_on_loopback_with_one_number_everywhere(void **state)
{
	(void)state;
	unsigned port;
	struct process *p = peer_server(&port, NULL);
	assert_true(port > 0);
	tells(p, "tcp 127.0.0.1", port);
	tells(p, "udp 127.0.0.1", port);
	if (have_ipv6()) {
		tells(p, "tcp [::1]", port);
		tells(p, "udp [::1]", port);
	}
	assert_int_equal(process_stop(p), 0);
	assert_int_equal(count(process_out(p), "\n"), have_ipv6() ? 4 : 2);
	assert_string_equal(process_err(p), "");
	process_end(p);
}

static void test_options_choose_protocol_and_family(void **state)
{
	(void)state;
	unsigned port;
	struct process *p = peer_server(&port, (const char *[]){"-4", "--tcp", NULL});
	tells(p, "tcp 127.0.0.1", port);
	assert_int_equal(process_stop(p), 0);
	assert_int_equal(count(process_out(p), "\n"), 1);
	process_end(p);

	p = peer_server(&port, (const char *[]){"-u", "-l", "127.0.0.3", "-l", "127.0.0.2", "-l", "127.0.0.2", NULL});
	tells(p, "udp 127.0.0.3", port);
	tells(p, "udp 127.0.0.2", port);
	assert_int_equal(process_stop(p), 0);
	assert_int_equal(count(process_out(p), "\n"), 2);
	process_end(p);
}

/* Two sockets with the same port and an address in common cannot be had. */
static void test_all_addresses_include_each_one(void **state)
{
	(void)state;
	unsigned port;
	struct process *p =
		peer_server(&port, (const char *[]){"-l", "127.0.0.3", "-l", "0.0.0.0", "-l", "127.0.0.2", NULL});
	tells(p, "tcp 0.0.0.0", port);
	tells(p, "udp 0.0.0.0", port);
	assert_int_equal(process_stop(p), 0);
	assert_int_equal(count(process_out(p), "\n"), 2);
	process_end(p);
}

static void test_ipv6_alone(void **state)
{
	(void)state;
	unsigned port;
	if (!have_ipv6())
		skip();
	struct process *p = peer_server(&port, (const char *[]){"-6", NULL});
	int fd = peer_tcp("::1", port);
	assert_true(peer_answers(fd, "over six", "OVER SIX"));
	close(fd);
	assert_int_equal(peer_tcp("127.0.0.1", port), -1);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

static void test_a_name_is_looked_up(void **state)
{
	(void)state;
	unsigned port;
	struct addrinfo *found;
	if (getaddrinfo("localhost", NULL, NULL, &found) != 0)
		skip(); /* a bare machine, without /etc/hosts */
	freeaddrinfo(found);
	struct process *p = peer_server(&port, (const char *[]){"-4", "-t", "-l", "localhost", NULL});
	tells(p, "tcp 127.0.0.1", port);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

static void test_a_name_is_not_known(void **state)
{
	(void)state;
	const char *argv[] = {process_built("uproard"), "-p", "0", "-l", "no-such-host.invalid", NULL};
	struct process *p = process_start(argv, process_own_names, NULL);
	assert_int_equal(process_exit(p), 1);
	assert_non_null(strstr(process_err(p), "uproard: no-such-host.invalid: "));
	process_end(p);
}

static void test_port_in_use_is_told_with_the_next_step(void **state)
{
	(void)state;
	unsigned port;
	char number[LINE], message[LINE];
	struct process *first = peer_server(&port, (const char *[]){"-4", NULL});
	snprintf(number, sizeof number, "%u", port);

	struct process *second = RUN("-4", "-p", number);
	assert_int_equal(process_exit(second), 1);
	snprintf(message, sizeof message,
		 "uproard: tcp 127.0.0.1:%u: %s; is another uproard running? choose a port with -p\n", port,
		 strerror(EADDRINUSE));
	assert_string_equal(process_err(second), message);
	assert_string_equal(process_out(second), "");
	process_end(second);

	second = RUN("-4", "-u", "-p", number);
	assert_int_equal(process_exit(second), 1);
	assert_non_null(strstr(process_err(second), "uproard: udp 127.0.0.1:"));
	process_end(second);
	assert_int_equal(process_stop(first), 0);
	process_end(first);
}

static void test_address_of_another_machine(void **state)
{
	(void)state;
	struct process *p = RUN("-p", "0", "-l", "192.0.2.1");
	assert_int_equal(process_exit(p), 1);
	assert_non_null(strstr(process_err(p), strerror(EADDRNOTAVAIL)));
	assert_non_null(strstr(process_err(p), "-l"));
	process_end(p);
}

static void limit_descriptors(void *arg)
{
	setrlimit(RLIMIT_NOFILE, arg);
}

/* With so few that it does not come as far as its socket it says something else, or cannot even be loaded. */
static void test_too_few_descriptors_are_told_with_the_next_step(void **state)
{
	(void)state;
	static const char socket_fails[] = "uproard: tcp 127.0.0.1:0: ";
	struct rlimit few = {.rlim_cur = 4, .rlim_max = 4};
	bool far = false;
	while (!far) {
		const char *argv[] = {process_built("uproard"), "-4", "-p", "0", NULL};
		struct process *p = process_start(argv, limit_descriptors, &few);
		assert_int_not_equal(process_exit(p), 0);
		far = strstr(process_err(p), socket_fails);
		if (far)
			assert_non_null(strstr(process_err(p), "; allow more with ulimit -n\n"));
		process_end(p);
		few.rlim_cur = ++few.rlim_max;
		assert_true(few.rlim_max < LINE);
	}
}

/* --- Usage --- */

static void test_help_and_version(void **state)
{
	(void)state;
	struct process *p = RUN("--help");
	assert_int_equal(process_exit(p), 0);
	static const char *const options[] = {"--ipv4",
					      "--ipv6",
					      "--tcp",
					      "--udp",
					      "--port",
					      "--listen",
					      "--model",
					      "--verbose",
					      "--help",
					      "--version",
					      "--write-timeout",
					      "--control-fd",
					      "--control PATH",
					      "--lab",
					      "--workers",
					      "--max-clients",
					      "--max-per-address",
					      "--idle-timeout",
					      "threads"};
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		assert_non_null(strstr(process_out(p), options[i]));
	assert_string_equal(process_err(p), "");
	process_end(p);

	p = RUN("-V");
	assert_int_equal(process_exit(p), 0);
	assert_ptr_equal(strstr(process_out(p), "uproard "), process_out(p));
	process_end(p);
}

static void test_wrong_usage_says_what_to_do(void **state)
{
	(void)state;
	static const char *const wrong[][5] = {
		{"--nonsense"},
		{"-p", "65536"},
		{"-p", "-1"},
		{"-p", ""},
		{"-p", "12x"},
		{"-p"},
		{"-m", "threaded"},
		{"surplus"},
		{"-m", "textbook", "-t", "-u"},
		{"--control-fd", "999"},
		{"--control-fd", "x"},
		{"--control-fd", "0"}, /* open, but no channel */
		{"--write-timeout", "0"},
		{"--idle-timeout", "-1"},
		{"--max-clients", "0"},
		{"--max-per-address", "many"},
		{"--workers", "0"},
		{"--workers", "2", "-m", "threads"},
		{"-m", "textbook", "-4", "-6"},
		{"-m", "textbook", "-l127.0.0.1", "-l127.0.0.2"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct process *p = run(wrong[i]);
		assert_int_equal(process_exit(p), 2);
		assert_non_null(strstr(process_err(p), "uproard"));
		assert_non_null(strstr(process_err(p), "--help"));
		assert_string_equal(process_out(p), "");
		process_end(p);
	}
}

static void test_workers_as_many_as_cores(void **state)
{
	(void)state;
	unsigned port;
	struct process *p = peer_server(&port, (const char *[]){"-4", "--workers", "auto", NULL});
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "core", "CORE"));
	close(fd);
	assert_int_equal(process_stop(p), 0);
	assert_string_equal(process_err(p), "");
	process_end(p);
}

/* --- Standard streams --- */

static void fill_stdout(void *arg)
{
	char page[4096] = {0};
	int *pipe = arg;
	fcntl(pipe[1], F_SETFL, O_NONBLOCK);
	while (write(pipe[1], page, sizeof page) > 0)
		continue;
	fcntl(pipe[1], F_SETFL, 0);
	dup2(pipe[1], STDOUT_FILENO);
}

static void break_stdout(void *arg)
{
	int *pipe = arg;
	dup2(pipe[1], STDOUT_FILENO);
}

static void close_stdout(void *arg)
{
	(void)arg;
	close(STDOUT_FILENO);
}

/* -v tells the port, which stdout cannot. */
static unsigned port_of_trace(struct process *p)
{
	static const char call[] = "getsockname(";
	assert_true(process_complains(p, call));
	assert_true(process_complains(p, "socket(AF_INET, SOCK_DGRAM"));
	const char *address = strstr(strstr(process_err(p), call), "127.0.0.1:");
	assert_non_null(address);
	return (unsigned)strtoul(address + strlen("127.0.0.1:"), NULL, 10);
}

static void serves_without_stdout(void (*prepare)(void *arg), const char *complaint)
{
	int pipe[2];
	assert_int_equal(pipe2(pipe, O_CLOEXEC), 0);
	const char *argv[] = {process_built("uproard"), "-4", "-p", "0", "-v", NULL};
	if (prepare == break_stdout)
		close(pipe[0]);
	struct process *p = process_start(argv, prepare, pipe);
	if (complaint)
		assert_true(process_complains(p, complaint));
	int fd = peer_tcp("127.0.0.1", port_of_trace(p));
	assert_true(peer_answers(fd, "still here", "STILL HERE"));
	close(fd);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
	if (prepare != break_stdout)
		close(pipe[0]);
	close(pipe[1]);
}

static void test_stdout_full_broken_or_closed(void **state)
{
	(void)state;
	serves_without_stdout(fill_stdout, "uproard: standard output: ");
	serves_without_stdout(break_stdout, "uproard: standard output: ");
	serves_without_stdout(close_stdout, NULL);
}

static void test_verbose_prints_each_call_on_stderr(void **state)
{
	(void)state;
	unsigned port;
	struct process *p = peer_server(&port, (const char *[]){"-4", "-v", NULL});
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "hi\033", "HI\033"));
	close(fd);
	assert_true(process_complains(p, "accept"));
	assert_true(process_complains(p, "recv("));
	assert_true(process_complains(p, "send("));
	assert_true(process_complains(p, "shutdown("));
	assert_int_equal(process_stop(p), 0);
	assert_null(strchr(process_err(p), '\033'));
	assert_null(strstr(process_out(p), "recv"));
	process_end(p);
}

/* Nobody reads its standard error: lines are left out, and it serves on. The count of them comes when there is room. */
static void test_verbose_with_a_full_stderr(void **state)
{
	(void)state;
	unsigned port;
	struct process *p = peer_server(&port, (const char *[]){"-4", "-v", NULL});
	int fd = peer_tcp("127.0.0.1", port);
	for (int i = 0; i < ENOUGH; i++)
		assert_true(peer_answers(fd, "a sentence of some length", "A SENTENCE OF SOME LENGTH"));
	assert_true(process_complains(p, "A SENTENCE")); /* which makes room for a few lines */
	assert_true(peer_answers(fd, "more", "MORE"));
	assert_true(process_complains(p, "left out here"));
	assert_true(process_complains(p, "\"more\""));
	assert_ptr_equal(strstr(strstr(process_err(p), "left out here"), "\"more\""),
			 strstr(process_err(p), "\"more\""));
	close(fd);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

static void complain_on_terminal(void *arg)
{
	const int *terminal = arg;
	int fd = open(ptsname(*terminal), O_RDWR | O_NOCTTY);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

/* A terminal may have room for a part of a line. Nobody waits for it to have more. */
static void test_verbose_on_a_terminal_that_nobody_reads(void **state)
{
	(void)state;
	unsigned port;
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_not_equal(terminal, -1);
	assert_int_equal(grantpt(terminal), 0);
	assert_int_equal(unlockpt(terminal), 0);
	struct process *p =
		peer_server_with(&port, (const char *[]){"-4", "-v", NULL}, complain_on_terminal, &terminal);
	int fd = peer_tcp("127.0.0.1", port);
	for (int i = 0; i < ENOUGH; i++)
		assert_true(peer_answers(fd, "a sentence of some length", "A SENTENCE OF SOME LENGTH"));
	close(fd);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
	close(terminal);
}

/* --- The end --- */

static void test_signals_end_it_with_status_0(void **state)
{
	(void)state;
	static const int signals[] = {SIGTERM, SIGINT};
	for (size_t i = 0; i < 2; i++) {
		unsigned port;
		struct process *p = peer_server(&port, NULL);
		kill(process_pid(p), signals[i]);
		assert_int_equal(process_exit(p), 0);
		assert_string_equal(process_err(p), "");
		process_end(p);
	}
}

/* The server closes first, so that its end is in TIME_WAIT. */
static void test_fault_20_restart_takes_the_port_at_once(void **state)
{
	(void)state;
	unsigned port;
	char number[LINE];
	struct process *p = peer_server(&port, (const char *[]){"-4", NULL});
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "a", "A"));
	kill(process_pid(p), SIGTERM);
	assert_true(peer_ends(fd));
	close(fd);
	assert_int_equal(process_exit(p), 0);
	process_end(p);

	snprintf(number, sizeof number, "%u", port);
	p = RUN("-4", "-p", number);
	tells(p, "udp 127.0.0.1", port);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_listens_on_loopback_with_one_number_everywhere),
		cmocka_unit_test(test_options_choose_protocol_and_family),
		cmocka_unit_test(test_all_addresses_include_each_one),
		cmocka_unit_test(test_ipv6_alone),
		cmocka_unit_test(test_a_name_is_looked_up),
		cmocka_unit_test(test_a_name_is_not_known),
		cmocka_unit_test(test_port_in_use_is_told_with_the_next_step),
		cmocka_unit_test(test_address_of_another_machine),
		cmocka_unit_test(test_too_few_descriptors_are_told_with_the_next_step),
		cmocka_unit_test(test_help_and_version),
		cmocka_unit_test(test_wrong_usage_says_what_to_do),
		cmocka_unit_test(test_workers_as_many_as_cores),
		cmocka_unit_test(test_stdout_full_broken_or_closed),
		cmocka_unit_test(test_verbose_prints_each_call_on_stderr),
		cmocka_unit_test(test_verbose_with_a_full_stderr),
		cmocka_unit_test(test_verbose_on_a_terminal_that_nobody_reads),
		cmocka_unit_test(test_signals_end_it_with_status_0),
		cmocka_unit_test(test_fault_20_restart_takes_the_port_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
