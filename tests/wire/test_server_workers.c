/* Workers of the events model: they share clients and datagrams out among them, and end together. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#include "test_server.h"

enum {
	WORKERS = 3,
	SENDERS = 64, /* each of them goes to one worker: to have forgotten one takes a chance of 1 in 10^11 */
	ROUNDS = 12,
	QUEUED = 300, /* more for each worker than are accepted in one turn, and fewer than any queue takes */
	ROOM = 64,
};

static struct process *start_workers(const char *const more[])
{
	const char *options[8] = {"-4", "--workers", "3"};
	for (size_t i = 0; more[i]; i++)
		options[3 + i] = more[i];
	return peer_server(&port, options);
}

#define START(...) start_workers((const char *[]){__VA_ARGS__, NULL})

/* How many different descriptors the server gave to a call that succeeded, as -v tells it. */
static unsigned descriptors(const char *trace, const char *call)
{
	bool seen[1024] = {false};
	unsigned n = 0;
	while ((trace = strstr(trace, call))) {
		unsigned long fd = strtoul(trace + strlen(call), NULL, 10);
		const char *end = strchr(trace, '\n'), *failed = strstr(trace, "= -1");
		trace += strlen(call);
		if (fd >= sizeof seen || seen[fd] || (failed && end && failed < end))
			continue;
		seen[fd] = true;
		n++;
	}
	return n;
}

static void test_all_workers_serve(void **state)
{
	(void)state;
	struct process *p = START("-v");
	for (int i = 0; i < SENDERS; i++) {
		int fd = peer_tcp("127.0.0.1", port);
		assert_true(peer_answers(fd, "a stream", "A STREAM"));
		close(fd);
		fd = peer_udp("127.0.0.1", port);
		assert_true(peer_answers(fd, "a datagram", "A DATAGRAM"));
		close(fd);
	}
	assert_int_equal(process_stop(p), 0);
	assert_int_equal(descriptors(process_err(p), "accept4("), WORKERS);
	assert_int_equal(descriptors(process_err(p), "sendto("), WORKERS);
	process_end(p);
}

/* Each socket is told of once, however many workers have one like it. */
static void test_one_line_for_all_workers(void **state)
{
	(void)state;
	char lines[2 * ROOM];
	struct process *p = START("-t", "-u");
	snprintf(lines, sizeof lines, "listening tcp 127.0.0.1:%u\nlistening udp 127.0.0.1:%u\n", port, port);
	assert_int_equal(process_stop(p), 0);
	assert_string_equal(process_out(p), lines);
	assert_string_equal(process_err(p), "");
	process_end(p);
}

/* Workers share a port among them, but not with another server. */
static void test_fault_12_a_second_server_finds_the_port_in_use(void **state)
{
	(void)state;
	static const char *const protocols[] = {"-t", "-u"};
	for (size_t i = 0; i < 2; i++) {
		char number[ROOM];
		struct process *first = START(protocols[i]);
		snprintf(number, sizeof number, "%u", port);
		struct process *second = process_start((const char *[]){process_built("uproard"), "-4", protocols[i],
									"-p", number, "--workers", "2", NULL},
						       NULL, NULL);
		assert_int_equal(process_exit(second), 1);
		assert_non_null(strstr(process_err(second), "another uproard"));
		process_end(second);
		assert_int_equal(process_stop(first), 0);
		process_end(first);
	}
}

/* --- The end --- */

/* Each of the sockets has clients in its queue when the end comes, and closing it would reset them. */
static void test_fault_20_ends_without_a_reset(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct process *p = START("-t", "-u");
		int streams[QUEUED], datagrams[QUEUED];
		char reply[10];
		process_pause(p);
		for (int i = 0; i < QUEUED; i++) {
			streams[i] = peer_tcp("127.0.0.1", port);
			datagrams[i] = peer_udp("127.0.0.1", port);
			assert_true(peer_send(streams[i], "in the queue", 12));
			assert_true(peer_send(datagrams[i], "in another", 10));
		}
		kill(process_pid(p), SIGTERM);
		kill(process_pid(p), SIGCONT);
		for (int i = 0; i < QUEUED; i++) {
			assert_true(peer_answers(streams[i], "", "IN THE QUEUE"));
			assert_true(peer_ends(streams[i]));
			assert_int_equal(peer_recv(datagrams[i], reply, 10), 10);
			assert_memory_equal(reply, "IN ANOTHER", 10);
			close(streams[i]);
			close(datagrams[i]);
		}
		assert_int_equal(process_exit(p), 0);
		process_end(p);
	}
}

/* And some may come later: so all have looked for clients before any closes its socket, and each once more just before.
 */
static void test_fault_20_all_accept_before_any_closes(void **state)
{
	(void)state;
	unsigned looks[1024] = {0}, looked = 0, closed = 0;
	int fd;
	struct process *p = START("-t", "-v"); /* where nobody comes, they have no other reason to look */
	assert_int_equal(process_stop(p), 0);
	for (const char *line = process_err(p); line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "accept4(%d", &fd) == 1) {
			assert_in_range(fd, 0, COUNT(looks) - 1);
			looked += looks[fd]++ == 0;
		} else if (sscanf(line, "close(%d", &fd) == 1) {
			assert_in_range(fd, 0, COUNT(looks) - 1);
			assert_int_equal(looked, WORKERS);
			assert_int_equal(looks[fd], 2);
			closed++;
		}
	}
	assert_int_equal(closed, WORKERS);
	process_end(p);
}

/* --- What goes with workers, and what does not --- */

static void test_the_lab_needs_one_worker(void **state)
{
	(void)state;
	static const char *const wrong[][4] = {
		{"--workers", "2", "--lab", "drop=30%"}, {"--workers", "2", "-m", "threads"}, {"--workers", "65"}};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		const char *argv[6] = {process_built("uproard")};
		memcpy(argv + 1, wrong[i], sizeof wrong[i]);
		struct process *p = process_start(argv, NULL, NULL);
		assert_int_equal(process_exit(p), 2);
		process_end(p);
	}
	struct process *p = peer_server(&port, (const char *[]){"--workers=1", "--lab=drop=30%", NULL});
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

static void start_watched(void)
{
	char number[ROOM];
	assert_int_equal(sock_socketpair(channel), 0);
	snprintf(number, sizeof number, "%d", channel[1]);
	fcntl(channel[1], F_SETFD, 0);
	server = START("--control-fd", number);
	close(channel[1]);
}

static void test_the_channel_says_why_there_is_no_lab(void **state)
{
	(void)state;
	struct event e;
	start_watched();
	say(channel[0], "lab drop=100%");
	do
		assert_true(next(&e));
	while (e.kind != EVENT_NOTE);
	assert_non_null(memmem(e.data, e.size, "one worker", 10));
	do
		assert_true(next(&e));
	while (e.kind != EVENT_LAB);
	assert_int_equal(e.lab.what, LAB_SETTINGS);
	assert_int_equal(e.size, 0); /* nothing is set */
	int fd = peer_udp("127.0.0.1", port);
	assert_true(peer_answers(fd, "not dropped", "NOT DROPPED"));
	close(fd);
	ends();
}

/* Calls of several threads wait at a time, and each go lets one go: until every client has its answer. */
static void test_calls_of_all_workers_are_stepped(void **state)
{
	(void)state;
	enum { CLIENTS = 16 };
	struct event e;
	int fds[CLIENTS];
	bool held[1024] = {false};
	unsigned threads = 0;
	start_watched();
	for (int i = 0; i < CLIENTS; i++) {
		fds[i] = peer_tcp("127.0.0.1", port);
		assert_true(peer_answers(fds[i], "before", "BEFORE"));
	}
	say(channel[0], "step on");
	say(channel[0], "sockets"); /* its answer comes when stepping is on */
	do
		assert_true(next(&e));
	while (e.kind != EVENT_KERNEL);
	for (int i = 0; i < CLIENTS; i++)
		assert_true(peer_send(fds[i], "stepped", 7));
	while (threads < 2) { /* that wait, and nobody has let any go */
		assert_true(next(&e));
		if (e.kind != EVENT_CALL || e.call.returned || e.call.op != OP_RECV)
			continue;
		assert_false(held[e.call.fd]);
		held[e.call.fd] = true;
		threads++;
	}
	say(channel[0], "step go");
	do /* a send() of before may be told as late as this */
		assert_true(next(&e));
	while (e.kind != EVENT_CALL || !e.call.returned || e.call.op != OP_RECV);
	assert_true(held[e.call.fd]);
	say(channel[0], "step off");
	for (int i = 0; i < CLIENTS; i++) {
		assert_true(peer_answers(fds[i], "", "STEPPED"));
		close(fds[i]);
	}
	ends();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_workers_serve),
		cmocka_unit_test(test_one_line_for_all_workers),
		cmocka_unit_test(test_fault_12_a_second_server_finds_the_port_in_use),
		cmocka_unit_test(test_fault_20_ends_without_a_reset),
		cmocka_unit_test(test_fault_20_all_accept_before_any_closes),
		cmocka_unit_test(test_the_lab_needs_one_worker),
		cmocka_unit_test(test_the_channel_says_why_there_is_no_lab),
		cmocka_unit_test(test_calls_of_all_workers_are_stepped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
