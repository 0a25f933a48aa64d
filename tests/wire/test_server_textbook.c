/* The textbook model: one client at a time, one sentence a connection, as in the book. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../support/peer.h"

enum { TCP_BYTES = 1024, UDP_BYTES = 2048, NFS_PORT = 2049 };

static struct process *start(unsigned *port, const char *option)
{
	return peer_server(port, (const char *[]){"-m", "textbook", option, NULL});
}

static void ends_well(struct process *p)
{
	assert_int_equal(process_stop(p), 0);
	assert_string_equal(process_err(p), "");
	process_end(p);
}

static void test_tcp_one_sentence_a_connection(void **state)
{
	(void)state;
	unsigned port;
	char line[64];
	struct process *p = start(&port, NULL);
	snprintf(line, sizeof line, "listening tcp 127.0.0.1:%u\n", port);
	assert_string_equal(process_out(p), line);
	for (int i = 0; i < 3; i++) {
		int fd = peer_tcp("127.0.0.1", port);
		assert_true(peer_answers(fd, "stra\303\237e", "STRASSE"));
		assert_true(peer_ends(fd));
		close(fd);
	}
	ends_well(p);
}

static void test_tcp_one_client_at_a_time(void **state)
{
	(void)state;
	unsigned port;
	struct process *p = start(&port, "-t");
	int first = peer_tcp("127.0.0.1", port), second = peer_tcp("127.0.0.1", port);
	char byte;
	assert_true(peer_send(second, "second", 6));
	assert_int_equal(recv(second, &byte, 1, MSG_DONTWAIT), -1); /* the first has not said anything yet */
	assert_int_equal(errno, EAGAIN);
	assert_true(peer_answers(first, "first", "FIRST"));
	assert_true(peer_answers(second, "", "SECOND"));
	close(first);
	close(second);
	ends_well(p);
}

static void test_tcp_one_recv_of_1024_bytes(void **state)
{
	(void)state;
	unsigned port;
	char low[TCP_BYTES], high[TCP_BYTES], reply[TCP_BYTES];
	memset(low, 'x', sizeof low);
	memset(high, 'X', sizeof high);
	struct process *p = start(&port, NULL);
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_send(fd, low, sizeof low));
	assert_int_equal(peer_recv(fd, reply, sizeof reply), sizeof reply);
	assert_memory_equal(reply, high, sizeof reply);
	assert_true(peer_ends(fd));
	close(fd);
	ends_well(p);
}

static void test_tcp_clients_that_go_away(void **state)
{
	(void)state;
	unsigned port;
	struct process *p = start(&port, NULL);
	close(peer_tcp("127.0.0.1", port)); /* without a word */
	int fd = peer_tcp("127.0.0.1", port);
	peer_send(fd, "gone", 4);
	peer_reset(fd);
	fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "unharmed", "UNHARMED"));
	close(fd);
	ends_well(p);
}

/* It waits in recv() for a client who says nothing, and ends nevertheless. */
static void test_ends_while_a_client_is_silent(void **state)
{
	(void)state;
#ifdef __SANITIZE_THREAD__
	skip(); /* its runtime keeps back a signal that comes just before recv(), until recv() returns */
#endif
	unsigned port;
	struct process *p = peer_server(&port, (const char *[]){"-m", "textbook", "-v", NULL});
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(process_complains(p, "accept"));
	kill(process_pid(p), SIGINT);
	assert_int_equal(process_exit(p), 0);
	assert_true(peer_ends(fd));
	close(fd);
	process_end(p);
}

static void test_udp_answers_datagrams(void **state)
{
	(void)state;
	unsigned port;
	char line[64], low[UDP_BYTES], high[UDP_BYTES], reply[UDP_BYTES + 1];
	memset(low, 'x', sizeof low);
	memset(high, 'X', sizeof high);
	struct process *p = start(&port, "-u");
	snprintf(line, sizeof line, "listening udp 127.0.0.1:%u\n", port);
	assert_string_equal(process_out(p), line);
	int fd = peer_udp("127.0.0.1", port), other = peer_udp("127.0.0.1", port);
	assert_true(peer_answers(fd, "one", "ONE"));
	assert_true(peer_answers(other, "two", "TWO"));
	assert_int_equal(send(fd, "", 0, 0), 0);
	assert_int_equal(recv(fd, reply, sizeof reply, 0), 0);
	assert_int_equal(send(fd, low, sizeof low, 0), sizeof low);
	assert_int_equal(recv(fd, reply, sizeof reply, 0), sizeof high);
	assert_memory_equal(reply, high, sizeof high);
	close(fd);
	close(other);
	ends_well(p);
}

static void test_fault_1_udp_sources_that_no_client_has(void **state)
{
	(void)state;
	unsigned port;
	char reply[8];
	struct process *p = start(&port, "-u");
	int nfs = peer_udp_from(peer_own_address(), NFS_PORT, "127.0.0.1", port), fd = peer_udp("127.0.0.1", port);
	assert_int_not_equal(nfs, -1);
	assert_true(peer_send(nfs, "loop", 4));
	assert_true(peer_answers(fd, "after it", "AFTER IT"));
	assert_int_equal(recv(nfs, reply, sizeof reply, MSG_DONTWAIT), -1);
	assert_true(process_complains(p, peer_own_address()) && process_complains(p, ":2049 is not"));
	close(nfs);
	close(fd);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

static void test_ipv6_and_addresses(void **state)
{
	(void)state;
	unsigned port;
	int fd = peer_udp("::1", 9);
	if (fd == -1)
		skip();
	close(fd);
	struct process *p = start(&port, "-6");
	fd = peer_tcp("::1", port);
	assert_true(peer_answers(fd, "six", "SIX"));
	close(fd);
	ends_well(p);
	p = start(&port, "-l127.0.0.2");
	fd = peer_tcp("127.0.0.2", port);
	assert_true(peer_answers(fd, "two", "TWO"));
	close(fd);
	ends_well(p);
}

static void test_port_in_use(void **state)
{
	(void)state;
	unsigned port;
	char number[16], message[64];
	struct process *first = start(&port, "-u");
	snprintf(number, sizeof number, "%u", port);
	snprintf(message, sizeof message, "uproard: udp 127.0.0.1:%u: ", port);
	struct process *second = process_start(
		(const char *[]){process_built("uproard"), "-m", "textbook", "-u", "-p", number, NULL}, NULL, NULL);
	assert_int_equal(process_exit(second), 1);
	assert_non_null(strstr(process_err(second), message));
	process_end(second);
	ends_well(first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp_one_sentence_a_connection),
		cmocka_unit_test(test_tcp_one_client_at_a_time),
		cmocka_unit_test(test_tcp_one_recv_of_1024_bytes),
		cmocka_unit_test(test_tcp_clients_that_go_away),
		cmocka_unit_test(test_ends_while_a_client_is_silent),
		cmocka_unit_test(test_udp_answers_datagrams),
		cmocka_unit_test(test_fault_1_udp_sources_that_no_client_has),
		cmocka_unit_test(test_ipv6_and_addresses),
		cmocka_unit_test(test_port_in_use),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
