/* How many clients there may be, for how long, and what each of them costs. Faults have the numbers of tests/FAULTS.md.
 */
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../support/peer.h"
#include "../support/sanitized.h"

enum {
	MOST = 3,
	IDLE_TIMEOUT = 1000, /* ms */
	WARM = 64,           /* clients before memory is measured */
	MANY = 2000,         /* and after */
	MEMORY_MAX = 768,    /* bytes a client: libuv's part, 160, and ours, with a margin for the allocator's pages */
	STUCK = 20,          /* clients that read nothing */
	STUCK_MAX = 256,     /* KiB of user memory that each of them may cost */
	DESCRIPTORS = 400,
	FEW_DESCRIPTORS = 20,
	SLOW = 50,   /* clients that say one letter at a time */
	QUIET = 200, /* ms */
	LINE = 256,
};

static unsigned port;

#define START(...) peer_server(&port, (const char *[]){"-t", __VA_ARGS__, NULL})

static void ends_well(struct process *p)
{
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

/* It hears the end, or a reset where the server has not read what it said. */
static bool turned_away(int fd)
{
	char byte;
	ssize_t n = recv(fd, &byte, 1, 0);
	return n == 0 || (n == -1 && errno == ECONNRESET);
}

static bool served(int fd)
{
	return peer_answers(fd, "hello", "HELLO");
}

/* --- Too many clients --- */

static void fill(int fds[MOST])
{
	for (int i = 0; i < MOST; i++) {
		fds[i] = peer_tcp("127.0.0.1", port);
		assert_true(served(fds[i]));
	}
}

/* Until the server has seen that another one has left. */
static int find_place(void)
{
	for (;;) {
		int fd = peer_tcp("127.0.0.1", port);
		if (served(fd))
			return fd;
		close(fd);
	}
}

static void limits_clients(const char *workers)
{
	int fds[MOST];
	struct process *p = START("-4", "--max-clients", "3", "--workers", workers);
	fill(fds);
	for (int i = 0; i < MOST; i++) {
		int fd = peer_tcp("127.0.0.1", port);
		assert_true(turned_away(fd));
		close(fd);
	}
	assert_true(process_complains(p, "3 are served already"));
	assert_true(process_complains(p, "--max-clients"));
	for (int i = 0; i < MOST; i++)
		assert_true(served(fds[i]));
	for (int i = 0; i < MOST; i++) {
		close(fds[i]);
		fds[i] = find_place();
	}
	for (int i = 0; i < MOST; i++)
		close(fds[i]);
	ends_well(p);
}

static void test_fault_17_no_more_clients_than_allowed(void **state)
{
	(void)state;
	limits_clients("1");
}

/* Until another word is given: as many as 95 % of the descriptors. The next one is told that there is no place. */
static void limit_descriptors(void *arg)
{
	rlim_t most = arg ? *(const rlim_t *)arg : DESCRIPTORS;
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = most, .rlim_max = most});
}

static void test_fault_17_clients_have_95_percent_of_the_descriptors(void **state)
{
	(void)state;
	enum { ALL = DESCRIPTORS * 95 / 100 };
	int fds[ALL];
	struct process *p = peer_server_with(&port, (const char *[]){"-4", "-t", NULL}, limit_descriptors, NULL);
	for (int i = 0; i < ALL; i++) {
		fds[i] = peer_tcp("127.0.0.1", port);
		assert_true(served(fds[i]));
	}
	int next = peer_tcp("127.0.0.1", port);
	assert_true(turned_away(next));
	close(next);
	for (int i = 0; i < ALL; i++) {
		assert_true(served(fds[i]));
		close(fds[i]);
	}
	assert_int_equal(process_stop(p), 0);
	assert_non_null(strstr(process_err(p), "380 are served already"));
	process_end(p);
}

/* Of a few the server itself takes the larger part: still nobody is left to wait. */
static void test_fault_17_no_client_waits_for_a_descriptor(void **state)
{
	(void)state;
	rlim_t most = FEW_DESCRIPTORS;
	int fds[2 * FEW_DESCRIPTORS], count = 0;
	struct process *p = peer_server_with(&port, NULL, limit_descriptors, &most);
	for (int i = 0; i < 2 * FEW_DESCRIPTORS; i++) {
		fds[i] = peer_tcp("127.0.0.1", port);
		count += served(fds[i]);
	}
	assert_in_range(count, 1, FEW_DESCRIPTORS);
	for (int i = 0; i < 2 * FEW_DESCRIPTORS; i++)
		close(fds[i]);
	assert_int_equal(process_stop(p), 0);
	assert_non_null(strstr(process_err(p), "are served already"));
	assert_null(strstr(process_err(p), "accept:"));
	process_end(p);
}

/* Together. */
static void test_fault_17_nor_do_workers_serve_more(void **state)
{
	(void)state;
	limits_clients("3");
}

/* --- Too many clients from one address --- */

static void test_fault_17_clients_on_this_computer_are_not_counted_by_address(void **state)
{
	(void)state;
	int fds[MOST];
	struct process *p = START("-4", "--max-per-address", "1");
	fill(fds);
	for (int i = 0; i < MOST; i++)
		close(fds[i]);
	assert_string_equal(process_err(p), "");
	ends_well(p);
}

/* --- Clients who say nothing --- */

/* Not so the one who says something while the server is stopped, for longer than clients may be silent. */
static void test_fault_17_idle_clients_are_let_go(void **state)
{
	(void)state;
	struct process *p = START("-4", "--idle-timeout", "1");
	int idle = peer_tcp("127.0.0.1", port), late = peer_tcp("127.0.0.1", port);
	struct pollfd reply = {.fd = late, .events = POLLIN};
	process_pause(p);
	assert_true(peer_send(late, "in time", 7));
	poll(&reply, 1, 2 * IDLE_TIMEOUT + QUIET);
	kill(process_pid(p), SIGCONT);
	assert_true(peer_answers(late, "", "IN TIME"));
	assert_true(peer_ends(idle)); /* in good order */
	assert_true(process_complains(p, "--idle-timeout"));
	close(idle);
	close(late);
	ends_well(p);
}

static void test_fault_17_slow_clients_harm_nobody(void **state)
{
	(void)state;
	static const char said[] = "slow", heard[] = "SLOW";
	int fds[SLOW];
	struct process *p = START("-4");
	int other = peer_tcp("127.0.0.1", port);
	for (int i = 0; i < SLOW; i++)
		fds[i] = peer_tcp("127.0.0.1", port);
	for (size_t k = 0; k < strlen(said); k++) {
		for (int i = 0; i < SLOW; i++)
			assert_true(peer_answers(fds[i], (char[]){said[k], 0}, (char[]){heard[k], 0}));
		assert_true(served(other));
	}
	for (int i = 0; i < SLOW; i++)
		close(fds[i]);
	close(other);
	ends_well(p);
}

/* --- What a client costs --- */

static unsigned long status_of(struct process *p, const char *name)
{
	char path[LINE], line[LINE];
	unsigned long value = 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)process_pid(p));
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtoul(line + strlen(name) + 1, NULL, 10);
	}
	fclose(file);
	return value;
}

/* It has waited for something to happen, and nothing has, for as long as between two looks. */
static void falls_asleep(struct process *p)
{
	unsigned long before, now = status_of(p, "voluntary_ctxt_switches");
	for (int tries = PEER_PATIENCE * 1000 / QUIET; tries > 0; tries--) {
		before = now;
		poll(NULL, 0, QUIET);
		now = status_of(p, "voluntary_ctxt_switches");
		if (now == before)
			return;
	}
	fail_msg("%s", "it never sleeps");
}

static void connect_all(int fds[], int n)
{
	for (int i = 0; i < n; i++) {
		fds[i] = peer_tcp("127.0.0.1", port);
		assert_true(served(fds[i]));
	}
}

static void test_fault_17_idle_clients_cost_little(void **state)
{
	(void)state;
	static int fds[MANY];
	if (SANITIZED || access("/proc/self/status", R_OK) == -1)
		skip();
	struct process *p = START("-4");
	connect_all(fds, WARM);
	unsigned long before = status_of(p, "RssAnon");
	connect_all(fds + WARM, MANY - WARM);
	unsigned long kib = status_of(p, "RssAnon") - before;
	assert_in_range(kib * 1024 / (MANY - WARM), 100, MEMORY_MAX);
	falls_asleep(p);
	for (int i = 0; i < MANY; i++)
		close(fds[i]);
	ends_well(p);
}

/* Sends as long as something of it goes, and never receives. */
static int stick(void)
{
	static const char text[16 << 10];
	int fd = peer_tcp("127.0.0.1", port);
	struct pollfd room = {.fd = fd, .events = POLLOUT};
	assert_int_not_equal(fd, -1);
	while (poll(&room, 1, QUIET / 4) == 1)
		send(fd, text, sizeof text, MSG_NOSIGNAL | MSG_DONTWAIT);
	return fd;
}

static void test_fault_4_stuck_clients_cost_little(void **state)
{
	(void)state;
	int fds[1 + STUCK];
	if (SANITIZED || access("/proc/self/status", R_OK) == -1)
		skip();
	struct process *p = START("-4");
	fds[0] = stick();
	unsigned long before = status_of(p, "RssAnon");
	for (int i = 1; i <= STUCK; i++)
		fds[i] = stick();
	assert_in_range((status_of(p, "RssAnon") - before) / STUCK, 1, STUCK_MAX);
	int other = peer_tcp("127.0.0.1", port);
	assert_true(served(other));
	close(other);
	for (int i = 0; i <= STUCK; i++)
		peer_reset(fds[i]);
	ends_well(p);
}

int main(void)
{
	struct rlimit descriptors;
	if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0) {
		descriptors.rlim_cur = descriptors.rlim_max;
		setrlimit(RLIMIT_NOFILE, &descriptors);
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault_17_no_more_clients_than_allowed),
		cmocka_unit_test(test_fault_17_clients_have_95_percent_of_the_descriptors),
		cmocka_unit_test(test_fault_17_no_client_waits_for_a_descriptor),
		cmocka_unit_test(test_fault_17_nor_do_workers_serve_more),
		cmocka_unit_test(test_fault_17_clients_on_this_computer_are_not_counted_by_address),
		cmocka_unit_test(test_fault_17_idle_clients_are_let_go),
		cmocka_unit_test(test_fault_17_slow_clients_harm_nobody),
		cmocka_unit_test(test_fault_17_idle_clients_cost_little),
		cmocka_unit_test(test_fault_4_stuck_clients_cost_little),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
