/*
 * What the server does for clients beyond its computer: in a network of the tests' own (network_namespaces(7)), which
 * nothing leaves. Skipped where none is to be had.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
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
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../support/peer.h"

#define HERE      "192.0.2.1"      /* RFC 5737: for examples, so no network has it */
#define NEIGHBOUR "192.0.2.200"    /* of the same /24 */
#define ELSEWHERE "198.51.100.200" /* not */

enum { RATE = 1, BURST = 10 * RATE, FLOOD = 150 };

static bool have_network;

/* --- A network --- */

static bool give_address(int fd, const char *interface, const char *address)
{
	struct ifreq request = {0};
	struct sockaddr_in in = {.sin_family = AF_INET};
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
	inet_pton(AF_INET, address, &in.sin_addr);
	memcpy(&request.ifr_addr, &in, sizeof in);
	if (ioctl(fd, SIOCSIFADDR, &request) == -1)
		return false;
	request.ifr_flags = IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &request) == 0;
}

/* Only its loopback interface; but an address of it is not a loopback address by itself. */
static bool make_network(void)
{
	if (unshare(CLONE_NEWNET) == -1 && unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1)
		return false;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool made = give_address(fd, "lo", "127.0.0.1") && give_address(fd, "lo:1", HERE) &&
		    give_address(fd, "lo:2", NEIGHBOUR) && give_address(fd, "lo:3", ELSEWHERE);
	close(fd);
	return made;
}

static int network(void **state)
{
	(void)state;
	have_network = make_network();
	return 0;
}

/* --- Floods --- */

static struct process *start(unsigned *port, const char *model, const char *rate)
{
	return peer_server(port, (const char *[]){"-u", "-m", model, "-l", HERE, "--udp-rate", rate, NULL});
}

static unsigned long counter(struct process *p, const char *name)
{
	const char *line = strstr(process_err(p), "udp: datagrams "), *found = line ? strstr(line, name) : NULL;
	assert_non_null(found);
	return strtoul(found + strlen(name), NULL, 10);
}

/* The last is answered last: on each socket the queue is in order. Returns the replies to n datagrams from there. */
static int flood(const char *from, unsigned port, int n, int last)
{
	int fd = peer_udp_from(from, 0, HERE, port), replies = 0;
	char reply[8];
	assert_int_not_equal(fd, -1);
	for (int i = 0; i < n; i++)
		assert_true(peer_send(fd, "flood", 5));
	assert_true(peer_answers(last, "last", "LAST"));
	while (recv(fd, reply, sizeof reply, MSG_DONTWAIT) != -1)
		replies++;
	close(fd);
	return replies;
}

/* However slow it all is: nobody gets all the answers that are not due for minutes. */
static void limits(const char *model)
{
	unsigned port;
	struct process *p = start(&port, model, "1");
	int last = peer_udp_from(ELSEWHERE, 0, HERE, port);
	int replies = flood(NEIGHBOUR, port, FLOOD, last);
	assert_in_range(replies, BURST, FLOOD / 2);
	assert_in_range(flood(HERE, port, 1, last), 0, 1); /* the same network: none, unless a second went by */
	assert_true(process_complains(p, "is not answered: too many come from that network"));
	assert_true(peer_answers(last, "count!", "COUNT!"));
	kill(process_pid(p), SIGUSR1);
	assert_true(process_complains(p, "udp: datagrams "));
	assert_in_range(counter(p, "rate "), FLOOD / 2, FLOOD);
	assert_int_equal(counter(p, "datagrams "), FLOOD + 4);
	close(last);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

static void test_fault_2_a_network_is_not_flooded(void **state)
{
	(void)state;
	if (!have_network)
		skip();
	limits("events");
	limits("threads");
	limits("textbook");
}

static void test_fault_2_without_a_limit(void **state)
{
	(void)state;
	if (!have_network)
		skip();
	unsigned port;
	struct process *p = start(&port, "events", "0");
	int last = peer_udp_from(ELSEWHERE, 0, HERE, port);
	assert_int_equal(flood(NEIGHBOUR, port, FLOOD, last), FLOOD);
	close(last);
	assert_int_equal(process_stop(p), 0);
	assert_string_equal(process_err(p), "");
	process_end(p);
}

/* Forty students, and each sends a burst of fifty. */
static void test_a_class_does_not_notice(void **state)
{
	(void)state;
	enum { STUDENTS = 40, EACH = 50 };
	if (!have_network)
		skip();
	unsigned port;
	struct process *p = peer_server(&port, (const char *[]){"-u", "-l", HERE, NULL});
	for (int i = 0; i < STUDENTS; i++) {
		int fd = peer_udp_from(NEIGHBOUR, 0, HERE, port);
		for (int k = 0; k < EACH; k++)
			assert_true(peer_answers(fd, "hello", "HELLO"));
		close(fd);
	}
	assert_int_equal(process_stop(p), 0);
	assert_string_equal(process_err(p), "");
	process_end(p);
}

/* --- Loops --- */

/* A server that answers each time with something else, and has been made to say the first word. It dies with the test.
 */
static pid_t answer_otherwise(unsigned port)
{
	int fd = peer_udp_from(NEIGHBOUR, 0, HERE, port);
	assert_int_not_equal(fd, -1);
	pid_t other = fork();
	assert_int_not_equal(other, -1);
	if (other > 0) {
		close(fd);
		return other;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	char came[64], answer[64];
	for (unsigned i = 0; i == 0 || recv(fd, came, sizeof came, 0) != -1; i++)
		send(fd, answer, (size_t)snprintf(answer, sizeof answer, "You have said %u things", i), 0);
	_exit(EXIT_SUCCESS);
}

static void test_fault_2_any_loop_ends(void **state)
{
	(void)state;
	if (!have_network)
		skip();
	unsigned port;
	struct process *p = start(&port, "events", "1");
	pid_t other = answer_otherwise(port);
	assert_true(process_complains(p, "is not answered: too many come from that network"));
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

/* --- Too many clients from one address --- */

static void test_fault_17_one_address_has_so_many_clients(void **state)
{
	(void)state;
	if (!have_network)
		skip();
	unsigned port;
	struct process *p = peer_server(&port, (const char *[]){"-t", "-l", HERE, "--max-per-address", "2", NULL});
	int one = peer_tcp_from(NEIGHBOUR, 0, HERE, port), two = peer_tcp_from(NEIGHBOUR, 0, HERE, port);
	assert_true(peer_answers(one, "one", "ONE"));
	assert_true(peer_answers(two, "two", "TWO"));
	int third = peer_tcp_from(NEIGHBOUR, 0, HERE, port), other = peer_tcp_from(ELSEWHERE, 0, HERE, port);
	assert_true(peer_ends(third));
	assert_true(peer_answers(other, "other", "OTHER"));
	assert_true(process_complains(p, "2 from its address are served already"));
	close(one);
	close(two);
	close(third);
	close(other);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault_2_a_network_is_not_flooded),
		cmocka_unit_test(test_fault_2_without_a_limit),
		cmocka_unit_test(test_a_class_does_not_notice),
		cmocka_unit_test(test_fault_2_any_loop_ends),
		cmocka_unit_test(test_fault_17_one_address_has_so_many_clients),
	};
	return cmocka_run_group_tests(tests, network, NULL);
}
