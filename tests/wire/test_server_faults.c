/* Calls and allocations that fail, one by one: the system plays its part through a preloaded library. */
#include <errno.h>
#include <poll.h>
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

#include "../support/peer.h"
#include "../support/sanitized.h"

enum { CLIENTS = 30, DATAGRAMS = 100, PIECE = 64 << 10 };

static unsigned port;

struct fault {
	const char *library;
	char what[32];
};

static void preload(void *arg)
{
	const struct fault *f = arg;
	setenv("LD_PRELOAD", process_built(f->library), 1);
	setenv("FAULT", f->what, 1);
	setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
}

static struct process *start(const struct fault *f, const char *const options[])
{
	assert_int_equal(access(process_built(f->library), R_OK), 0);
	return peer_server_with(&port, options, preload, (void *)f);
}

static struct process *start_failing(const char *call, int error, int every, const char *const options[])
{
	struct fault f = {.library = "tests/preload/failing_calls.so"};
	snprintf(f.what, sizeof f.what, "%s %d %d", call, error, every);
	return start(&f, options);
}

static void ends_well(struct process *p)
{
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

/* --- Calls --- */

static void serves_in(const char *model, const char *call, int error, int every)
{
	struct process *p = start_failing(call, error, every, (const char *[]){"-4", "-t", "-m", model, NULL});
	int fds[CLIENTS];
	char unfinished[2];
	for (int i = 0; i < CLIENTS; i++)
		fds[i] = peer_tcp("127.0.0.1", port);
	for (int i = 0; i < CLIENTS; i++) {
		assert_true(peer_answers(fds[i], "hello\360\237", "HELLO"));
		shutdown(fds[i], SHUT_WR);
		assert_int_equal(peer_recv(fds[i], unfinished, 2), 2);
		assert_memory_equal(unfinished, "\360\237", 2);
		assert_true(peer_ends(fds[i]));
		close(fds[i]);
	}
	ends_well(p);
}

static void serves_clients(const char *call, int error, int every)
{
	serves_in("events", call, error, every);
	if (error != EAGAIN) /* which calls that block do not give */
		serves_in("threads", call, error, every);
}

static void test_fault_14_interrupted_and_aborted_calls(void **state)
{
	(void)state;
	serves_clients("accept4", ECONNABORTED, 2);
	serves_clients("accept4", EINTR, 3);
	serves_clients("accept4", EAGAIN, 2);
	serves_clients("recv", EINTR, 2);
	serves_clients("recv", EAGAIN, 2);
	serves_clients("send", EINTR, 2);
	serves_clients("send", EAGAIN, 2);
}

static void test_fault_14_partial_writes(void **state)
{
	(void)state;
	serves_clients("send", 0, 1);
	serves_clients("send", 0, 2);
}

/* A client that never takes its reply does not keep the server from ending. */
static void test_fault_19_stuck_client_at_the_end(void **state)
{
	(void)state;
	struct process *p = start_failing("send", EAGAIN, 1, (const char *[]){"-4", "-t", NULL});
	int fd = peer_tcp("127.0.0.1", port);
	char byte;
	assert_true(peer_send(fd, "hello", 5));
	ends_well(p);
	assert_int_equal(recv(fd, &byte, 1, 0), 0);
	close(fd);
}

static void test_fault_3_accept_short_of_memory(void **state)
{
	(void)state;
	serves_clients("accept4", ENFILE, 8);
	serves_clients("accept4", ENOBUFS, 8);
}

/* The reply that the socket has no room for is kept, and nothing is received before it is gone: the order stays. */
static void test_udp_reply_waits_for_room(void **state)
{
	(void)state;
	static const int errors[] = {EAGAIN, EINTR};
	for (size_t e = 0; e < sizeof errors / sizeof *errors; e++) {
		struct process *p = start_failing("sendto", errors[e], 2, (const char *[]){"-4", "-u", NULL});
		int fd = peer_udp("127.0.0.1", port);
		for (int i = 0; i < DATAGRAMS; i++)
			assert_true(peer_send(fd, &(char){(char)('a' + i % 26)}, 1));
		for (int i = 0; i < DATAGRAMS; i++) {
			char reply[2];
			assert_int_equal(recv(fd, reply, sizeof reply, 0), 1);
			assert_int_equal(reply[0], 'A' + i % 26);
		}
		close(fd);
		ends_well(p);
	}
}

static void test_fault_15_udp_errors_of_one_client(void **state)
{
	(void)state;
	static const char *const calls[] = {"sendto", "recvfrom"};
	static const int errors[] = {ECONNREFUSED, EHOSTUNREACH, ENOBUFS, EPERM};
	for (size_t i = 0; i < 4 * sizeof errors / sizeof *errors; i++) {
		const char *model = i < 2 * sizeof errors / sizeof *errors ? "events" : "threads";
		struct process *p = start_failing(calls[i % 2], errors[i / 2 % (sizeof errors / sizeof *errors)], 2,
						  (const char *[]){"-4", "-u", "-m", model, NULL});
		int fd = peer_udp("127.0.0.1", port);
		char reply[4];
		assert_true(peer_send(fd, "one", 3));
		assert_true(peer_send(fd, "two", 3)); /* its reply may be lost; the third one's is not */
		assert_true(peer_send(fd, "six", 3));
		do
			assert_int_equal(recv(fd, reply, sizeof reply, 0), 3);
		while (memcmp(reply, "SIX", 3) != 0);
		kill(process_pid(p), SIGUSR1);
		assert_true(process_complains(p, i % 2 ? ", no-room 0, failed 0, "
						 : errors[i / 2 % (sizeof errors / sizeof *errors)] == ENOBUFS
							 ? ", no-room 1, failed 0, "
							 : ", no-room 0, failed 1, "));
		close(fd);
		ends_well(p);
	}
}

/* Each second sentence does not go out: the client says which, and why, and the others are answered. */
static void test_fault_15_client_names_the_cause(void **state)
{
	(void)state;
	static const struct {
		int error;
		const char *cause;
	} causes[] = {
		{ECONNREFUSED, "nothing listens there (ECONNREFUSED)"},
		{EHOSTUNREACH, "there is no route to that host (EHOSTUNREACH)"},
		{ENOBUFS, "this computer has no room for it just now (ENOBUFS)"},
	};
	struct process *server = peer_server(&port, (const char *[]){"-4", "-u", NULL});
	char number[16], words[128];
	snprintf(number, sizeof number, "%u", port);
	for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
		struct fault f = {.library = "tests/preload/failing_calls.so"};
		snprintf(f.what, sizeof f.what, "sendto %d 2", causes[i].error);
		struct process *p = process_start(
			(const char *[]){process_built("uproar"), "--plain", "-u", "127.0.0.1", number, NULL}, preload,
			&f);
		process_write(p, "one\ntwo\nsix\n", 12);
		process_close_in(p);
		assert_int_equal(process_exit(p), 1);
		snprintf(words, sizeof words, "sentence 2 was not sent: %s", causes[i].cause);
		assert_non_null(strstr(process_err(p), words));
		assert_string_equal(process_out(p), "ONE\nSIX\n");
		process_end(p);
	}
	ends_well(server);
}

static void test_missing_ipv6_is_an_error_only_when_asked_for(void **state)
{
	(void)state;
	struct process *p = start_failing("socket", EAFNOSUPPORT, 1, NULL);
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "four", "FOUR"));
	close(fd);
	assert_int_equal(process_stop(p), 0);
	assert_null(strstr(process_out(p), "::1"));
	assert_string_equal(process_err(p), "");
	process_end(p);

	static const char *const asked[][2] = {{"-6"}, {"-4", "-6"}, {"-l", "::1"}, {"-mtextbook", "-6"}};
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		struct fault f = {.library = "tests/preload/failing_calls.so"};
		snprintf(f.what, sizeof f.what, "socket %d 1", EAFNOSUPPORT);
		p = process_start((const char *[]){process_built("uproard"), "-p0", asked[i][0], asked[i][1], NULL},
				  preload, &f);
		assert_int_equal(process_exit(p), 1);
		assert_non_null(strstr(process_err(p), "[::1]"));
		assert_non_null(strstr(process_err(p), strerror(EAFNOSUPPORT)));
		assert_string_equal(process_out(p), "");
		process_end(p);
	}
}

/* --- Names --- */

/* It may take for ever until a name server that is gone is given up. */
static void test_a_signal_ends_a_look_up(void **state)
{
	(void)state;
	struct fault f = {.library = "tests/preload/slow_lookup.so"};
	struct process *p = process_start(
		(const char *[]){process_built("uproard"), "-p0", "-l", "slow.test", "--lab", "cut=4", NULL}, preload,
		&f);
	assert_true(process_complains(p, "the lab is on"));
	ends_well(p);
}

/* --- Memory --- */

static void test_fault_18_no_memory_for_a_client(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
	const struct fault f = {.library = "tests/preload/failing_memory.so", .what = "calloc 3 128"};
	struct process *p = start(&f, (const char *[]){"-4", "-t", NULL});
	int served = 0;
	for (int i = 0; i < CLIENTS; i++) {
		int fd = peer_tcp("127.0.0.1", port);
		served += peer_answers(fd, "hello", "HELLO");
		close(fd);
	}
	assert_int_equal(served, CLIENTS - CLIENTS / 3);
	assert_true(process_complains(p, "Memory has run out"));
	ends_well(p);
}

static void test_fault_18_no_memory_for_a_reply(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
	const struct fault f = {.library = "tests/preload/failing_memory.so", .what = "malloc 1 16384"};
	struct process *p = start(&f, (const char *[]){"-4", "-t", NULL});
	static char text[PIECE];
	int other = peer_tcp("127.0.0.1", port), fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(other, "before", "BEFORE"));
	while (send(fd, text, sizeof text, MSG_NOSIGNAL) > 0) /* until the reply does not fit, and the server closes */
		continue;
	assert_int_not_equal(errno, EAGAIN);
	assert_true(peer_answers(other, "unharmed", "UNHARMED"));
	close(fd);
	close(other);
	ends_well(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault_14_interrupted_and_aborted_calls),
		cmocka_unit_test(test_fault_14_partial_writes),
		cmocka_unit_test(test_fault_19_stuck_client_at_the_end),
		cmocka_unit_test(test_fault_3_accept_short_of_memory),
		cmocka_unit_test(test_udp_reply_waits_for_room),
		cmocka_unit_test(test_fault_15_udp_errors_of_one_client),
		cmocka_unit_test(test_fault_15_client_names_the_cause),
		cmocka_unit_test(test_missing_ipv6_is_an_error_only_when_asked_for),
		cmocka_unit_test(test_a_signal_ends_a_look_up),
		cmocka_unit_test(test_fault_18_no_memory_for_a_client),
		cmocka_unit_test(test_fault_18_no_memory_for_a_reply),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
