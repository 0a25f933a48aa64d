/* The models for many clients over TCP: event-driven, and with threads. Faults have the numbers of tests/FAULTS.md. */
#include <errno.h>
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
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <uproar/base.h>

#include "../support/peer.h"
#include "../support/sanitized.h"

enum {
	HALF_CLOSE_BYTES = 8 << 20,
	STUCK_MAX = 1 << 20, /* bytes that one client who does not read can send, at most */
	KERNEL_MEMORY_MAX = 192 << 10,
	WRITE_TIMEOUT = 1000, /* ms */
	SMALL_BUFFER = 16 << 10,
	SENTENCE = 1000,
	QUEUED = 100,    /* clients that wait to be accepted, more than in one turn: any system allows so many */
	QUEUED_FEW = 10, /* where each takes a thread that is slow to start: they have half a second together */
	STORM = 300,
	DESCRIPTORS = 40,
	PATIENCE = PEER_PATIENCE * 1000, /* ms */
};

static struct process *server;
static const char *model, *workers;
static unsigned port;

enum { CLIENTS = SANITIZED ? 100 : 1000 }; /* which are to be served within the time that a server has to end */

/* How it serves. */
static const struct way {
	const char *model, *workers;
} one_worker = {"events", "1"}, three_workers = {"events", "3"}, threads = {"threads", "1"};
#define WAY "-m", model, "--workers", workers

static int start(void **state)
{
	const struct way *way = *state;
	model = way->model;
	workers = way->workers;
	server = peer_server(&port, (const char *[]){WAY, "--write-timeout", "1", NULL});
	return 0;
}

/* Whatever a test did to it, the server ends in good order. */
static int stop(void **state)
{
	(void)state;
	int status = process_stop(server);
	process_end(server);
	return status;
}

/* A byte of a stream that is easily checked anywhere, and its uppercase. */
static char low(size_t i)
{
	return (char)('a' + i % 23);
}

static char high(size_t i)
{
	return (char)('A' + i % 23);
}

static size_t right_bytes(const char *reply, size_t n, size_t offset)
{
	size_t i = 0;
	while (i < n && reply[i] == high(offset + i))
		i++;
	return i;
}

static char *lowercase(size_t n)
{
	char *text = malloc(n);
	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		text[i] = low(i);
	return text;
}

/* --- The service --- */

static void test_answers_at_once_and_keeps_the_connection(void **state)
{
	(void)state;
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "no newline", "NO NEWLINE"));
	assert_true(peer_answers(fd, "stra\303\237e\n", "STRASSE\n"));
	shutdown(fd, SHUT_WR);
	assert_true(peer_ends(fd));
	close(fd);
}

static void test_fault_8_character_cut_across_sends(void **state)
{
	(void)state;
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "x\341", "X"));
	assert_true(peer_answers(fd, "y\341\275", "\341Y"));
	assert_true(peer_answers(fd, "\222z", "\316\245\314\223\314\200Z")); /* U+1F52: three characters */
	assert_true(peer_send(fd, "\0\377\355\240\200", 5));
	char reply[5];
	assert_int_equal(peer_recv(fd, reply, 5), 5);
	assert_memory_equal(reply, "\0\377\355\240\200", 5);
	close(fd);
}

static void test_fault_6_unfinished_character_goes_back_at_the_end(void **state)
{
	(void)state;
	char reply[8];
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_send(fd, "end\360\237\230", 6));
	shutdown(fd, SHUT_WR);
	assert_int_equal(peer_recv(fd, reply, sizeof reply), 6);
	assert_memory_equal(reply, "END\360\237\230", 6);
	assert_true(peer_ends(fd));
	close(fd);
}

/* Reads what is there; 0: the end, in good order. */
static size_t take(int fd, size_t offset)
{
	static char reply[64 << 10];
	ssize_t n = recv(fd, reply, sizeof reply, 0);
	assert_int_not_equal(n, -1);
	assert_int_equal(right_bytes(reply, (size_t)n, offset), n);
	return (size_t)n;
}

static void test_fault_6_half_close_after_8_mib(void **state)
{
	(void)state;
	char *text = lowercase(HALF_CLOSE_BYTES);
	int fd = peer_tcp("127.0.0.1", port);
	size_t sent = 0, received = 0, n;
	while (sent < HALF_CLOSE_BYTES) {
		struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT};
		assert_int_equal(poll(&p, 1, PATIENCE), 1);
		if (p.revents & POLLOUT) {
			ssize_t went = send(fd, text + sent, HALF_CLOSE_BYTES - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
			sent += went > 0 ? (size_t)went : 0;
		}
		if (p.revents & POLLIN)
			received += take(fd, received);
	}
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	while ((n = take(fd, received)) > 0)
		received += n;
	assert_int_equal(received, HALF_CLOSE_BYTES);
	close(fd);
	free(text);
}

/* --- Clients that do not behave --- */

static int small_client(void)
{
	int fd = peer_tcp("127.0.0.1", port);
	const int size = SMALL_BUFFER;
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size), 0);
	return fd;
}

/* Sends and never reads. Returns the bytes sent when nothing has gone for `quiet` ms, or `most` have. */
static size_t send_until_stuck(int fd, size_t most, int quiet)
{
	char *text = lowercase(most);
	size_t sent = 0;
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	while (sent < most && poll(&p, 1, quiet) == 1) {
		ssize_t n = send(fd, text + sent, most - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n == -1 && errno != EAGAIN)
			break;
		sent += n > 0 ? (size_t)n : 0;
	}
	free(text);
	return sent;
}

/* With another server, whose patience is long: the client gets all its replies when it reads in the end. */
static void test_fault_4_reader_that_is_stuck_is_not_read_either(void **state)
{
	(void)state;
	unsigned usual = port;
	struct process *p = peer_server(&port, (const char *[]){"-4", "-t", WAY, NULL});
	int fd = small_client(), other = peer_tcp("127.0.0.1", port);
	size_t sent = send_until_stuck(fd, 4 * STUCK_MAX, 500), received = 0, n;
	assert_in_range(sent, 1, STUCK_MAX);
	assert_true(peer_answers(other, "unharmed", "UNHARMED"));
	shutdown(fd, SHUT_WR);
	while ((n = take(fd, received)) > 0)
		received += n;
	assert_int_equal(received, sent);
	close(fd);
	close(other);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
	port = usual;
}

static void test_fault_4_stalled_write_times_out(void **state)
{
	(void)state;
	int fd = small_client(), other = peer_tcp("127.0.0.1", port);
	assert_in_range(send_until_stuck(fd, HALF_CLOSE_BYTES, PATIENCE), 1, STUCK_MAX); /* until it is closed */
	assert_true(process_complains(server, "did not take its replies"));
	assert_true(peer_answers(other, "unharmed", "UNHARMED"));
	close(fd);
	close(other);
}

/* The server itself was stopped for longer than the timeout: meanwhile the client took what there was. */
static void test_fault_4_stopped_server_blames_nobody(void **state)
{
	(void)state;
	int fd = small_client();
	size_t sent = send_until_stuck(fd, STUCK_MAX, 100), received = 0, n;
	struct pollfd p = {.fd = fd, .events = POLLIN};
	process_pause(server);
	while (poll(&p, 1, WRITE_TIMEOUT + 200) == 1)
		received += take(fd, received);
	kill(process_pid(server), SIGCONT);
	shutdown(fd, SHUT_WR);
	while ((n = take(fd, received)) > 0)
		received += n;
	assert_int_equal(received, sent);
	close(fd);
}

/* What the system keeps for our end of the connections with that port; 0: nobody told. */
static unsigned long kernel_memory(void)
{
	char filter[32];
	unsigned long in = 0, out = 0;
	snprintf(filter, sizeof filter, "sport = :%u", port);
	struct process *p = process_start((const char *[]){"ss", "-Htmn", filter, NULL}, NULL, NULL);
	assert_int_equal(process_exit(p), 0);
	const char *text = strstr(process_out(p), "skmem:(r");
	if (text)
		sscanf(text, "skmem:(r%lu,rb%*u,t%*u,tb%*u,f%*u,w%lu", &in, &out);
	process_end(p);
	return in + out;
}

static void test_fault_4_kernel_memory_of_a_stuck_client(void **state)
{
	(void)state;
	if (!process_available("ss"))
		skip();
	static const size_t pieces[] = {100, 1000, 64 << 10};
	unsigned usual = port;
	char *text = lowercase(64 << 10);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct process *p = peer_server(&port, (const char *[]){"-4", "-t", WAY, NULL});
		int fd = peer_tcp("127.0.0.1", port);
		struct pollfd room = {.fd = fd, .events = POLLOUT};
		while (poll(&room, 1, 100) == 1)
			send(fd, text, pieces[i], MSG_NOSIGNAL | MSG_DONTWAIT);
		assert_in_range(kernel_memory(), 1, KERNEL_MEMORY_MAX);
		close(fd);
		assert_int_equal(process_stop(p), 0);
		process_end(p);
	}
	free(text);
	port = usual;
}

static void test_fault_14_storm_of_resets(void **state)
{
	(void)state;
	int other = peer_tcp("127.0.0.1", port);
	for (int i = 0; i < STORM; i++) {
		int fd = peer_tcp("127.0.0.1", port);
		assert_int_not_equal(fd, -1);
		if (i % 3)
			peer_send(fd, "gone before the reply", 21);
		if (i % 3 == 2)
			send_until_stuck(fd, SMALL_BUFFER, 0);
		peer_reset(fd);
		if (i % 10 == 0)
			assert_true(peer_answers(other, "still", "STILL"));
	}
	assert_true(peer_answers(other, "unharmed", "UNHARMED"));
	close(other);
}

/* --- Too many clients --- */

static void limit_descriptors(void *arg)
{
	setrlimit(RLIMIT_NOFILE, arg);
}

/* In the second warning; by now there may be a third. */
static unsigned long times_so_far(struct process *p)
{
	const char *text = process_err(p), *number = strchr(text, '(');
	return number ? strtoul(number + 1, NULL, 10) : 0;
}

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;
	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

/* The server has counted how many descriptors it may have, when it gets fewer. */
static void test_fault_3_without_descriptors_accepting_pauses(void **state)
{
	(void)state;
	uint64_t begun = clock_now();
	unsigned usual = port;
	struct rlimit many = {.rlim_cur = 4 * DESCRIPTORS, .rlim_max = 4 * DESCRIPTORS};
	struct rlimit few = {.rlim_cur = DESCRIPTORS, .rlim_max = DESCRIPTORS};
	struct process *p = peer_server_with(&port, (const char *[]){"-4", "-t", WAY, NULL}, limit_descriptors, &many);
	int old = peer_tcp("127.0.0.1", port), fds[DESCRIPTORS];
	assert_true(peer_answers(old, "first", "FIRST"));
	assert_int_equal(prlimit(process_pid(p), RLIMIT_NOFILE, &few, NULL), 0);
	for (int i = 0; i < DESCRIPTORS; i++)
		fds[i] = peer_tcp("127.0.0.1", port); /* the last ones are connected, but not accepted */

	/* The second warning comes a second after the first and counts the attempts between them: few. */
	assert_true(process_complains(p, "times so far"));
	assert_in_range(times_so_far(p), 2, 50);
	assert_true(peer_answers(old, "old one", "OLD ONE"));

	assert_true(peer_send(fds[DESCRIPTORS - 1], "patient", 7));
	for (int i = 0; i < DESCRIPTORS - 1; i++)
		close(fds[i]);
	assert_true(peer_answers(fds[DESCRIPTORS - 1], "", "PATIENT"));
	close(fds[DESCRIPTORS - 1]);
	assert_true(peer_answers(old, "still", "STILL"));
	close(old);
	assert_int_equal(process_stop(p), 0);
	uint64_t seconds = (clock_now() - begun) / CLOCK_SECOND;
	assert_in_range(count(process_err(p), "\n"), 2, 1 + seconds); /* a line a second */
	process_end(p);
	port = usual;
}

static void test_takes_as_many_descriptors_as_it_may(void **state)
{
	(void)state;
	unsigned usual = port;
	struct rlimit limit = {.rlim_cur = DESCRIPTORS, .rlim_max = 4 * DESCRIPTORS};
	struct process *p = peer_server_with(&port, (const char *[]){"-4", "-t", WAY, NULL}, limit_descriptors, &limit);
	int fds[2 * DESCRIPTORS];
	for (int i = 0; i < 2 * DESCRIPTORS; i++) {
		fds[i] = peer_tcp("127.0.0.1", port);
		assert_true(peer_answers(fds[i], "me too", "ME TOO"));
	}
	for (int i = 0; i < 2 * DESCRIPTORS; i++)
		close(fds[i]);
	assert_int_equal(process_stop(p), 0);
	assert_string_equal(process_err(p), "");
	process_end(p);
	port = usual;
}

/* --- The end --- */

static void connect_all(int fds[], int n)
{
	for (int i = 0; i < n; i++) {
		fds[i] = peer_tcp("127.0.0.1", port);
		assert_int_not_equal(fds[i], -1);
	}
}

/* What has been received when the signal comes is answered, be it that the client has not even been accepted. */
static void test_fault_19_answers_what_it_has_received(void **state)
{
	(void)state;
	int fds[QUEUED], queued = SANITIZED && strcmp(model, "threads") == 0 ? QUEUED_FEW : QUEUED;
	char *text = lowercase(SENTENCE);
	process_pause(server);
	connect_all(fds, queued);
	for (int i = 0; i < queued; i++)
		assert_true(peer_send(fds[i], text, SENTENCE));
	kill(process_pid(server), SIGTERM);
	kill(process_pid(server), SIGCONT);
	for (int i = 0; i < queued; i++) {
		size_t received = 0, n;
		while ((n = take(fds[i], received)) > 0)
			received += n;
		assert_int_equal(received, SENTENCE);
		close(fds[i]);
	}
	free(text);
	assert_int_equal(process_exit(server), 0);
}

/* One client of many in mid-stream: sends for ever, until the server's end comes. */
struct stream {
	size_t sent, received;
	bool ended;
};

static void go_on(struct stream *s, int fd, int events, const char *text)
{
	static char reply[64 << 10];
	if (events & POLLOUT) {
		size_t phase = s->sent % 23;
		ssize_t n = send(fd, text + phase, SENTENCE - phase, MSG_NOSIGNAL | MSG_DONTWAIT);
		s->sent += n > 0 ? (size_t)n : 0;
	}
	if (!(events & (POLLIN | POLLHUP | POLLERR)))
		return;
	ssize_t n = recv(fd, reply, sizeof reply, MSG_DONTWAIT);
	if (n == -1 && errno == EAGAIN)
		return;
	assert_int_not_equal(n, -1); /* not reset: the end comes in good order */
	assert_int_equal(right_bytes(reply, (size_t)n, s->received), n);
	s->received += (size_t)n;
	s->ended = n == 0;
}

static void test_fault_19_ends_many_streams_in_good_order(void **state)
{
	(void)state;
	int fds[CLIENTS], open = CLIENTS;
	struct pollfd p[CLIENTS];
	static struct stream streams[CLIENTS];
	char *text = lowercase(SENTENCE);
	size_t received = 0;
	bool signalled = false;
	memset(streams, 0, sizeof streams);
	connect_all(fds, CLIENTS);
	for (int i = 0; i < CLIENTS; i++)
		p[i] = (struct pollfd){.fd = fds[i], .events = POLLIN | POLLOUT};
	while (open > 0) {
		assert_true(poll(p, CLIENTS, PATIENCE) > 0);
		for (int i = 0; i < CLIENTS; i++) {
			size_t before = streams[i].received;
			if (p[i].fd != -1)
				go_on(&streams[i], p[i].fd, p[i].revents, text);
			received += streams[i].received - before;
			if (p[i].fd != -1 && streams[i].ended) {
				p[i].fd = -1;
				close(fds[i]);
				open--;
			}
		}
		if (!signalled && received > (size_t)CLIENTS * SENTENCE) {
			kill(process_pid(server), SIGTERM);
			signalled = true;
		}
	}
	free(text);
	assert_int_equal(process_exit(server), 0);
}

/* The client has sent much that nobody will read. What has come over is answered nevertheless; then comes the end. */
static void test_fault_5_no_reset_with_unread_input(void **state)
{
	(void)state;
	struct process *p = peer_server(&port, (const char *[]){"-4", "-t", WAY, NULL}); /* which is patient */
	int fd = small_client(), here = 0; /* so that all of it comes over long before the server's patience ends */
	size_t sent = send_until_stuck(fd, HALF_CLOSE_BYTES, 100), received = 0, n;
	assert_int_equal(ioctl(fd, TIOCOUTQ, &here), 0); /* what has not come over */
	kill(process_pid(p), SIGTERM);
	while ((n = take(fd, received)) > 0)
		received += n;
	assert_in_range(received, sent - (size_t)here, sent);
	close(fd);
	assert_int_equal(process_exit(p), 0);
	process_end(p);
}

/* Several at once, who owe nothing and are owed nothing. */
static void test_fault_19_ends_idle_streams(void **state)
{
	(void)state;
	struct process *p = peer_server(&port, (const char *[]){"-4", "-t", WAY, NULL});
	int fds[6];
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
		fds[i] = peer_tcp("127.0.0.1", port);
		assert_true(peer_send(fds[i], "hi", 2) && peer_answers(fds[i], "", "HI"));
	}
	kill(process_pid(p), SIGTERM);
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
		assert_true(peer_ends(fds[i]));
		close(fds[i]);
	}
	assert_int_equal(process_exit(p), 0);
	process_end(p);
}

/* Its end follows the last reply; then it waits for the client's. */
static void test_fault_19_sends_its_end_before_it_closes(void **state)
{
	(void)state;
	static const char *const calls[] = {"\"HELLO\"", "SHUT_WR", "recv(", "close("};
	struct process *p = peer_server(&port, (const char *[]){"-4", "-t", "-v", WAY, NULL});
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(process_complains(p, "accept"));
	process_pause(p);
	assert_true(peer_send(fd, "hello", 5));
	kill(process_pid(p), SIGTERM);
	kill(process_pid(p), SIGCONT);
	assert_true(peer_answers(fd, "", "HELLO"));
	assert_true(peer_ends(fd));
	close(fd);
	assert_int_equal(process_exit(p), 0);
	const char *trace = process_err(p);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		trace = strstr(trace, calls[i]);
		assert_non_null(trace);
	}
	process_end(p);
}

/* A client that is stuck keeps it from ending for a while; a second signal does not wait. */
static void test_fault_19_second_signal_ends_at_once(void **state)
{
	(void)state;
	struct process *p = peer_server(&port, (const char *[]){"-4", "-v", WAY, NULL});
	const char *begun = strcmp(model, "threads") == 0 ? "EAGAIN" : "close("; /* soon, and not at last */
	int fd = small_client();
	send_until_stuck(fd, STUCK_MAX, 100);
	kill(process_pid(p), SIGTERM);
	assert_true(process_complains(p, begun)); /* it has seen the first */
	siginfo_t ended = {0};
	do { /* again and again: one that comes at once is taken for the first, doubled */
		kill(process_pid(p), SIGTERM);
		sched_yield();
	} while (waitid(P_PID, (id_t)process_pid(p), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0);
	assert_int_equal(process_exit(p), 1);
	assert_non_null(strstr(process_err(p), "second signal"));
	process_end(p);
	close(fd);
}

/* Threads have no timeout for writing. */
#define IN(way, test)                                                                                                  \
	{                                                                                                              \
#test " (" #way ")", test, start, stop, (void *)&way                                                   \
	}

int main(void)
{
	struct rlimit descriptors;
	if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0) {
		descriptors.rlim_cur = descriptors.rlim_max;
		setrlimit(RLIMIT_NOFILE, &descriptors);
	}
	const struct CMUnitTest tests[] = {
		IN(one_worker, test_answers_at_once_and_keeps_the_connection),
		IN(one_worker, test_fault_8_character_cut_across_sends),
		IN(one_worker, test_fault_6_unfinished_character_goes_back_at_the_end),
		IN(one_worker, test_fault_6_half_close_after_8_mib),
		IN(one_worker, test_fault_4_reader_that_is_stuck_is_not_read_either),
		IN(one_worker, test_fault_4_stalled_write_times_out),
		IN(one_worker, test_fault_4_stopped_server_blames_nobody),
		IN(one_worker, test_fault_4_kernel_memory_of_a_stuck_client),
		IN(one_worker, test_fault_14_storm_of_resets),
		IN(one_worker, test_fault_3_without_descriptors_accepting_pauses),
		IN(one_worker, test_takes_as_many_descriptors_as_it_may),
		IN(one_worker, test_fault_19_answers_what_it_has_received),
		IN(one_worker, test_fault_19_ends_many_streams_in_good_order),
		IN(one_worker, test_fault_5_no_reset_with_unread_input),
		IN(one_worker, test_fault_19_ends_idle_streams),
		IN(one_worker, test_fault_19_sends_its_end_before_it_closes),
		IN(one_worker, test_fault_19_second_signal_ends_at_once),
		IN(three_workers, test_fault_8_character_cut_across_sends),
		IN(three_workers, test_fault_6_half_close_after_8_mib),
		IN(three_workers, test_fault_14_storm_of_resets),
		IN(three_workers, test_fault_3_without_descriptors_accepting_pauses),
		IN(three_workers, test_fault_19_answers_what_it_has_received),
		IN(three_workers, test_fault_19_ends_many_streams_in_good_order),
		IN(three_workers, test_fault_5_no_reset_with_unread_input),
		IN(three_workers, test_fault_19_ends_idle_streams),
		IN(three_workers, test_fault_19_second_signal_ends_at_once),
		IN(threads, test_answers_at_once_and_keeps_the_connection),
		IN(threads, test_fault_8_character_cut_across_sends),
		IN(threads, test_fault_6_unfinished_character_goes_back_at_the_end),
		IN(threads, test_fault_6_half_close_after_8_mib),
		IN(threads, test_fault_4_reader_that_is_stuck_is_not_read_either),
		IN(threads, test_fault_4_kernel_memory_of_a_stuck_client),
		IN(threads, test_fault_14_storm_of_resets),
		IN(threads, test_fault_3_without_descriptors_accepting_pauses),
		IN(threads, test_takes_as_many_descriptors_as_it_may),
		IN(threads, test_fault_19_answers_what_it_has_received),
		IN(threads, test_fault_5_no_reset_with_unread_input),
		IN(threads, test_fault_19_ends_idle_streams),
		IN(threads, test_fault_19_sends_its_end_before_it_closes),
		IN(threads, test_fault_19_second_signal_ends_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
