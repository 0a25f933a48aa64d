/* What is the threads model's own; what it has in common with the others is in test_server_tcp, _udp, _lab and _step.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
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

enum { CLIENTS = 50, ROUNDS = 20, TEXT = 64, CLIENTS_MAX = 1024, DESCRIPTORS = 2048, LARGE = 4 << 20, FLOODS = 4 };

static struct process *server;
static unsigned port;

static void begin(const char *option)
{
	server = peer_server(&port, (const char *[]){"-m", "threads", "-4", option, NULL});
}

static void ends(void)
{
	assert_int_equal(process_stop(server), 0);
	process_end(server);
}

static void test_both_protocols_on_every_address(void **state)
{
	(void)state;
	char line[TEXT];
	server = peer_server(&port, (const char *[]){"-m", "threads", "-l", "127.0.0.1", "-l", "127.0.0.2", NULL});
	for (int i = 1; i <= 2; i++) {
		char address[TEXT];
		snprintf(address, sizeof address, "127.0.0.%d", i);
		int tcp = peer_tcp(address, port), udp = peer_udp(address, port);
		assert_true(peer_answers(tcp, "over tcp", "OVER TCP"));
		assert_true(peer_answers(udp, "over udp", "OVER UDP"));
		close(tcp);
		close(udp);
	}
	snprintf(line, sizeof line, "listening udp 127.0.0.2:%u\n", port);
	assert_true(process_prints(server, line));
	assert_string_equal(process_err(server), "");
	ends();
}

/* Each says something before any hears something: none waits for another. */
static void test_many_clients_at_once(void **state)
{
	(void)state;
	int fds[CLIENTS];
	char low[TEXT], high[TEXT], reply[TEXT];
	begin("-v");
	for (int i = 0; i < CLIENTS; i++)
		fds[i] = peer_tcp("127.0.0.1", port);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = CLIENTS - 1; i >= 0; i--) {
			snprintf(low, sizeof low, "client %d, sentence %d", i, round);
			assert_true(peer_send(fds[i], low, strlen(low)));
		}
		for (int i = 0; i < CLIENTS; i++) {
			snprintf(high, sizeof high, "CLIENT %d, SENTENCE %d", i, round);
			assert_int_equal(peer_recv(fds[i], reply, strlen(high)), strlen(high));
			assert_memory_equal(reply, high, strlen(high));
		}
	}
	for (int i = 0; i < CLIENTS; i++) {
		shutdown(fds[i], SHUT_WR);
		assert_true(peer_ends(fds[i]));
		close(fds[i]);
	}
	ends();
}

static void test_a_text_byte_by_byte(void **state)
{
	(void)state;
	static const char text[] = "stra\303\237e \341\275\222 \360\220\220\250 \316\220!";
	static const char capitals[] = "STRASSE \316\245\314\223\314\200 \360\220\220\200 \316\231\314\210\314\201!";
	char reply[sizeof capitals];
	begin(NULL);
	int fd = peer_tcp("127.0.0.1", port);
	for (size_t i = 0; i < sizeof text - 1; i++)
		assert_true(peer_send(fd, text + i, 1));
	assert_int_equal(peer_recv(fd, reply, sizeof capitals - 1), sizeof capitals - 1);
	assert_memory_equal(reply, capitals, sizeof capitals - 1);
	close(fd);
	ends();
}

/* A client who does not read keeps its own thread waiting, and no other. */
static void test_a_stuck_client_keeps_nobody_waiting(void **state)
{
	(void)state;
	static char flood[LARGE];
	memset(flood, 'x', sizeof flood);
	begin(NULL);
	int stuck = peer_tcp("127.0.0.1", port), other = peer_tcp("127.0.0.1", port);
	struct pollfd p = {.fd = stuck, .events = POLLOUT};
	while (poll(&p, 1, 200) == 1)
		assert_int_not_equal(send(stuck, flood, sizeof flood, MSG_DONTWAIT | MSG_NOSIGNAL), -1);
	assert_true(peer_answers(other, "unharmed", "UNHARMED"));
	close(other);
	ends(); /* nor the server from ending */
	close(stuck);
}

/* Beyond these, clients wait to be accepted; those who are served notice nothing. */
static void test_as_many_clients_as_threads(void **state)
{
	(void)state;
	struct rlimit limit;
	static int fds[CLIENTS_MAX + 1];
	char byte;
	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < DESCRIPTORS)
		skip();
	limit.rlim_cur = DESCRIPTORS;
	setrlimit(RLIMIT_NOFILE, &limit);
	begin("-t");
	for (int i = 0; i <= CLIENTS_MAX; i++)
		fds[i] = peer_tcp("127.0.0.1", port);
	for (int i = 0; i < CLIENTS_MAX; i++)
		assert_true(peer_answers(fds[i], "hi", "HI"));
	assert_true(process_complains(server, "1024 clients are served already; new ones wait until others leave."));
	assert_true(peer_send(fds[CLIENTS_MAX], "patient", 7));
	assert_true(peer_answers(fds[0], "old one", "OLD ONE"));
	assert_int_equal(recv(fds[CLIENTS_MAX], &byte, 1, MSG_DONTWAIT), -1);
	close(fds[0]);
	assert_true(peer_answers(fds[CLIENTS_MAX], "", "PATIENT"));
	for (int i = 1; i <= CLIENTS_MAX; i++)
		close(fds[i]);
	ends();
}

/* In the middle of everything: those who are idle, those who talk, those who have not been accepted, datagrams. */
static void test_ends_in_good_order(void **state)
{
	(void)state;
	int idle[CLIENTS], busy[CLIENTS], udp;
	char reply[8];
	begin(NULL);
	for (int i = 0; i < CLIENTS; i++) {
		idle[i] = peer_tcp("127.0.0.1", port);
		busy[i] = peer_tcp("127.0.0.1", port);
		assert_true(peer_answers(busy[i], "busy", "BUSY"));
	}
	udp = peer_udp("127.0.0.1", port);
	process_pause(server);
	for (int i = 0; i < CLIENTS; i++)
		assert_true(peer_send(busy[i], "bye\303", 4));
	int new = peer_tcp("127.0.0.1", port);
	assert_true(peer_send(new, "new", 3));
	assert_true(peer_send(udp, "udp", 3));
	kill(process_pid(server), SIGTERM);
	kill(process_pid(server), SIGCONT);
	for (int i = 0; i < CLIENTS; i++) {
		assert_true(peer_ends(idle[i]));
		assert_int_equal(peer_recv(busy[i], reply, sizeof reply), 4); /* and then the end */
		assert_memory_equal(reply, "BYE\303", 4);
		close(idle[i]);
		close(busy[i]);
	}
	assert_int_equal(peer_recv(new, reply, sizeof reply), 3);
	assert_memory_equal(reply, "NEW", 3);
	assert_int_equal(recv(udp, reply, sizeof reply, 0), 3);
	assert_memory_equal(reply, "UDP", 3);
	close(new);
	close(udp);
	assert_int_equal(process_exit(server), 0);
	assert_string_equal(process_err(server), "");
	process_end(server);
}

/* A client who never stops has its time. */
static void test_ends_under_a_stream(void **state)
{
	(void)state;
	static char flood[LARGE], reply[LARGE];
	begin("-t");
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "begin", "BEGIN"));
	kill(process_pid(server), SIGTERM);
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT};
		assert_int_equal(poll(&p, 1, PEER_PATIENCE * 1000), 1);
		if (p.revents & (POLLERR | POLLHUP))
			break;
		if (p.revents & POLLOUT)
			send(fd, flood, sizeof flood, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (p.revents & POLLIN && recv(fd, reply, sizeof reply, MSG_DONTWAIT) == 0)
			break;
	}
	assert_int_equal(process_exit(server), 0);
	process_end(server);
	close(fd);
}

static atomic_bool over;

static void *send_on(void *arg)
{
	int fd = peer_udp("127.0.0.1", port);
	while (!over)
		send(fd, "hello", 5, MSG_DONTWAIT);
	close(fd);
	return arg;
}

static void *come_and_go(void *arg)
{
	while (!over) {
		int fd = peer_tcp("127.0.0.1", port);
		if (fd != -1)
			peer_reset(fd);
	}
	return arg;
}

/* Others come all the time: it does not wait until there are none. */
static void test_ends_under_a_flood(void **state)
{
	(void)state;
	static void *(*const floods[])(void *) = {send_on, come_and_go};
	for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
		pthread_t threads[FLOODS];
		begin(NULL);
		over = false;
		for (size_t n = 0; n < FLOODS; n++)
			assert_int_equal(pthread_create(&threads[n], NULL, floods[i], NULL), 0);
		int status = process_stop(server);
		over = true;
		for (size_t n = 0; n < FLOODS; n++)
			pthread_join(threads[n], NULL);
		assert_int_equal(status, 0);
		process_end(server);
	}
}

/* Who came later would wait in a queue that nobody empties, only to be reset: he is better refused. */
static void test_lets_nobody_in_while_it_waits_for_the_others(void **state)
{
	(void)state;
	char closing[TEXT];
	server = peer_server(&port, (const char *[]){"-m", "threads", "-4", "-t", "-v", NULL});
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "stay", "STAY"));
	kill(process_pid(server), SIGTERM);
	assert_true(peer_ends(fd));
	close(fd);
	assert_int_equal(process_exit(server), 0);
	const char *told = process_err(server), *listening = strstr(told, "listen(");
	assert_non_null(listening);
	snprintf(closing, sizeof closing, "close(%d)", atoi(listening + strlen("listen(")));
	const char *closed = strstr(told, closing), *shut = strstr(told, "shutdown(");
	assert_non_null(closed);
	assert_non_null(shut);
	assert_true(closed < shut);
	process_end(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_protocols_on_every_address),
		cmocka_unit_test(test_many_clients_at_once),
		cmocka_unit_test(test_a_text_byte_by_byte),
		cmocka_unit_test(test_a_stuck_client_keeps_nobody_waiting),
		cmocka_unit_test(test_as_many_clients_as_threads),
		cmocka_unit_test(test_ends_in_good_order),
		cmocka_unit_test(test_ends_under_a_stream),
		cmocka_unit_test(test_ends_under_a_flood),
		cmocka_unit_test(test_lets_nobody_in_while_it_waits_for_the_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
