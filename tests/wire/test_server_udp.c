/* The models for many clients over UDP: event-driven, and with threads. Faults have the numbers of tests/FAULTS.md. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
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

#include "../support/fake.h"
#include "../support/peer.h"

enum {
	LARGEST = 65507,
	QUEUED = 32,
	NFS_PORT = 2049,
	REPEATS = 64,      /* of the same datagram, until one is dropped */
	LOOP_REPLIES = 100 /* by then a loop has ended */
};

static struct process *server;
static const char *model;
static unsigned port;

static int start(void **state)
{
	model = *state;
	server = peer_server(&port, (const char *[]){"-u", "-m", model, NULL});
	return 0;
}

static int stop(void **state)
{
	(void)state;
	int status = process_stop(server);
	process_end(server);
	return status;
}

static unsigned long counter(struct process *p, const char *name)
{
	const char *line = strstr(process_err(p), "udp: datagrams "), *found = line ? strstr(line, name) : NULL;
	assert_non_null(found);
	return strtoul(found + strlen(name), NULL, 10);
}

static bool have_ipv6(void)
{
	int fd = peer_udp("::1", 9);
	if (fd != -1)
		close(fd);
	return fd != -1;
}

static void answers_datagram(int fd, const void *sentence, size_t n, const void *reply, size_t size)
{
	static char came[LARGEST + 1];
	assert_int_equal(send(fd, sentence, n, 0), n);
	assert_int_equal(recv(fd, came, sizeof came, 0), size);
	assert_memory_equal(came, reply, size);
}

static void test_each_datagram_is_answered(void **state)
{
	(void)state;
	int fd = peer_udp("127.0.0.1", port);
	assert_true(peer_answers(fd, "stra\303\237e", "STRASSE"));
	/* A datagram is a text of its own: no character is carried to the next one. */
	answers_datagram(fd, "a\303", 2, "A\303", 2);
	answers_datagram(fd, "\237b", 2, "\237B", 2);
	close(fd);
	if (!have_ipv6())
		return;
	fd = peer_udp("::1", port);
	assert_true(peer_answers(fd, "six", "SIX"));
	close(fd);
}

static void test_fault_16_empty_and_largest(void **state)
{
	(void)state;
	static char low[LARGEST], high[LARGEST];
	memset(low, 'x', sizeof low);
	memset(high, 'X', sizeof high);
	int fd = peer_udp("127.0.0.1", port);
	answers_datagram(fd, "", 0, "", 0);
	answers_datagram(fd, low, LARGEST, high, LARGEST);
	close(fd);
}

/* The rule: a reply that no datagram can carry is not sent. The next one is. */
static void test_fault_9_reply_too_long_is_not_sent(void **state)
{
	(void)state;
	static char low[LARGEST - 1], high[LARGEST];
	for (size_t i = 0; i < sizeof low; i += 2)
		memcpy(low + i, "\316\220", 2); /* U+0390: 6 bytes */
	int fd = peer_udp("127.0.0.1", port);
	assert_true(peer_send(fd, low, sizeof low));
	assert_true(process_complains(server, "reply of 196518 bytes"));
	assert_true(peer_answers(fd, "next", "NEXT"));
	kill(process_pid(server), SIGUSR1);
	assert_true(process_complains(server, ", too-long 1,"));

	/* What just fits: 21,834 bytes of it become 65,502, and five more. */
	const size_t fits = 21834;
	for (size_t i = 0; i < fits; i += 2)
		memcpy(high + i * 3, "\316\231\314\210\314\201", 6);
	memcpy(low + fits, "abcde", 5);
	memcpy(high + fits * 3, "ABCDE", 5);
	answers_datagram(fd, low, fits + 5, high, fits * 3 + 5);
	close(fd);
}

/* 32 datagrams come while the server is stopped: one readiness, 32 answers, in order. */
static void test_fault_13_queued_datagrams(void **state)
{
	(void)state;
	int fd = peer_udp("127.0.0.1", port);
	assert_true(peer_answers(fd, "before", "BEFORE"));
	process_pause(server);
	for (int i = 0; i < QUEUED; i++)
		assert_true(peer_send(fd, &(char){(char)('a' + i % 26)}, 1));
	kill(process_pid(server), SIGCONT);
	for (int i = 0; i < QUEUED; i++) {
		char reply[2];
		assert_int_equal(recv(fd, reply, sizeof reply, 0), 1);
		assert_int_equal(reply[0], 'A' + i % 26);
	}
	close(fd);
}

static void test_fault_19_answers_what_is_queued(void **state)
{
	(void)state;
	int fd = peer_udp("127.0.0.1", port);
	process_pause(server);
	for (int i = 0; i < 2 * QUEUED; i++)
		assert_true(peer_send(fd, "bye", 3));
	kill(process_pid(server), SIGTERM);
	kill(process_pid(server), SIGCONT);
	for (int i = 0; i < 2 * QUEUED; i++) {
		char reply[4];
		assert_int_equal(recv(fd, reply, sizeof reply, 0), 3);
		assert_memory_equal(reply, "BYE", 3);
	}
	close(fd);
	assert_int_equal(process_exit(server), 0);
}

/* A client whose socket is connected accepts a reply only from the address that it wrote to. */
static void test_fault_11_reply_leaves_from_the_address_it_was_sent_to(void **state)
{
	(void)state;
	unsigned wild;
	struct process *p = peer_server(&wild, (const char *[]){"-u", "-m", model, "-l", "0.0.0.0", NULL});
	int fd = peer_udp("127.0.0.5", wild);
	assert_true(peer_answers(fd, "five", "FIVE"));
	close(fd);
	fd = peer_udp("127.0.0.1", wild);
	assert_true(peer_answers(fd, "one", "ONE"));
	close(fd);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
	if (!have_ipv6())
		return;
	p = peer_server(&wild, (const char *[]){"-m", model, "-l", "::", "-l", "0.0.0.0", NULL});
	fd = peer_udp("::1", wild);
	assert_true(peer_answers(fd, "six", "SIX"));
	close(fd);
	fd = peer_tcp("127.0.0.7", wild);
	assert_true(peer_answers(fd, "four", "FOUR"));
	close(fd);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

static void test_fault_12_nobody_else_gets_our_datagrams(void **state)
{
	(void)state;
	const int on = 1;
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int thief = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(setsockopt(thief, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
	assert_int_equal(bind(thief, (struct sockaddr *)&address, sizeof address), -1);
	assert_int_equal(errno, EADDRINUSE);
	close(thief);
}

/* The clients are gone when the replies come: the port unreachable messages harm nobody. */
static void test_fault_15_client_that_has_gone(void **state)
{
	(void)state;
	int other = peer_udp("127.0.0.1", port);
	assert_true(peer_answers(other, "before", "BEFORE"));
	for (int i = 0; i < QUEUED; i++) {
		int fd = peer_udp("127.0.0.1", port);
		process_pause(server);
		assert_true(peer_send(fd, "gone", 4));
		close(fd);
		kill(process_pid(server), SIGCONT);
	}
	assert_true(peer_answers(other, "after", "AFTER"));
	close(other);
}

/* --- Sources that no client has --- */

static bool answered(int fd)
{
	char reply[8];
	int probe = peer_udp("127.0.0.1", port);
	assert_true(peer_send(fd, "loop", 4));
	assert_true(peer_answers(probe, "after it", "AFTER IT")); /* the socket's queue is in order */
	close(probe);
	return recv(fd, reply, sizeof reply, MSG_DONTWAIT) != -1;
}

static void test_fault_1_system_services_are_not_answered(void **state)
{
	(void)state;
	int fd = peer_udp_from(peer_own_address(), 1023, "127.0.0.1", port);
	if (fd == -1 && errno == EACCES)
		skip(); /* not for everybody */
	assert_int_not_equal(fd, -1);
	assert_false(answered(fd));
	assert_true(process_complains(server, peer_own_address()) && process_complains(server, ":1023 is not"));
	close(fd);
}

static void test_fault_1_own_port_and_nfs_are_not_answered(void **state)
{
	(void)state;
	int fd = peer_udp_from("127.0.0.9", port, "127.0.0.1", port);
	assert_int_not_equal(fd, -1);
	assert_false(answered(fd));
	close(fd);
	fd = peer_udp_from(peer_own_address(), NFS_PORT, "127.0.0.1", port);
	assert_int_not_equal(fd, -1);
	assert_false(answered(fd));
	close(fd);
}

/* From 127.0.0.1, and from whatever port: a raw socket's datagram. */
static void forged_source_is_not_answered(unsigned from)
{
	/* Source, destination, length, no checksum (RFC 768). */
	uint16_t datagram[] = {htons((uint16_t)from), htons((uint16_t)port), htons(8 + 4), 0,
			       htons(0x6c6f),         htons(0x6f70)};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	char words[32];
	int raw = socket(AF_INET, SOCK_RAW, IPPROTO_UDP);
	if (raw == -1)
		skip(); /* not for everybody */
	assert_int_equal(sendto(raw, datagram, sizeof datagram, 0, (struct sockaddr *)&to, sizeof to), sizeof datagram);
	close(raw);
	snprintf(words, sizeof words, "127.0.0.1:%u is not", from);
	assert_true(process_complains(server, words));
	int fd = peer_udp("127.0.0.1", port);
	assert_true(peer_answers(fd, "goes on", "GOES ON"));
	close(fd);
	kill(process_pid(server), SIGUSR1);
	assert_true(process_complains(server, ", source 1,"));
}

static void test_fault_1_port_0_is_not_answered(void **state)
{
	(void)state;
	forged_source_is_not_answered(0);
}

static void test_fault_1_nor_does_it_answer_itself(void **state)
{
	(void)state;
	forged_source_is_not_answered(port);
}

/* --- Loops --- */

/* A server that sends back what it gets; and before that somebody has made it seem to have sent this. */
static void echo(int fd, const void *arg)
{
	const unsigned *port_of_ours = arg;
	char datagram[64] = "loop";
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port_of_ours)};
	socklen_t size = sizeof from;
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (ssize_t n = 4; n != -1; n = recvfrom(fd, datagram, sizeof datagram, 0, (struct sockaddr *)&from, &size))
		sendto(fd, datagram, (size_t)n, 0, (const struct sockaddr *)&from, size);
}

static unsigned long loop_until_it_ends(void)
{
	unsigned ours, other = 0;
	struct process *p = peer_server(&ours, (const char *[]){"-4", "-u", "-m", model, NULL});
	pid_t fake = fake_udp(&other, echo, &ours);
	assert_true(process_complains(p, "as if two servers answered each other"));
	int fd = peer_udp("127.0.0.1", ours);
	assert_true(peer_answers(fd, "after it", "AFTER IT"));
	close(fd);
	kill(process_pid(p), SIGUSR1);
	assert_true(process_complains(p, ", loop 1,"));
	fake_end(fake);
	assert_int_equal(process_stop(p), 0);
	unsigned long replies = strtoul(strstr(process_err(p), "replies ") + strlen("replies "), NULL, 10);
	process_end(p);
	return replies;
}

static unsigned port_of(int fd)
{
	struct sockaddr_in local;
	socklen_t size = sizeof local;
	assert_int_equal(getsockname(fd, (struct sockaddr *)&local, &size), 0);
	return ntohs(local.sin_port);
}

/* A datagram waits in the queue of a server that is stopped, as if the other one, which begins only now, had sent it.
 */
static struct process *start_other(unsigned ours)
{
	char number[16];
	int fd = peer_udp_from("127.0.0.2", 0, "127.0.0.1", ours);
	assert_true(peer_send(fd, "loop", 4));
	snprintf(number, sizeof number, "%u", port_of(fd));
	close(fd);
	struct process *other = process_start(
		(const char *[]){process_built("uproard"), "-u", "-m", model, "-l", "127.0.0.2", "-p", number, NULL},
		NULL, NULL);
	assert_true(process_prints(other, "listening udp 127.0.0.2:"));
	return other;
}

static unsigned long replies_of(struct process *p)
{
	kill(process_pid(p), SIGUSR1);
	assert_true(process_complains(p, "udp: datagrams "));
	assert_int_equal(process_stop(p), 0);
	unsigned long replies = counter(p, "replies ");
	process_end(p);
	return replies;
}

/* The replies of the one that sent more. It is the second that hears itself first, unless both stood still. */
static unsigned long loop_between_two(void)
{
	static const char words[] = "as if two servers answered each other";
	unsigned ours;
	struct process *one = peer_server(&ours, (const char *[]){"-4", "-u", "-m", model, NULL});
	process_pause(one);
	struct process *two = start_other(ours);
	kill(process_pid(one), SIGCONT);
	assert_true(process_complains(two, words) || process_complains(one, words));
	int fd = peer_udp("127.0.0.1", ours);
	assert_true(peer_answers(fd, "after it", "AFTER IT"));
	close(fd);
	unsigned long replies = replies_of(one), others = replies_of(two);
	return replies > others ? replies : others;
}

static void test_fault_1_two_of_us_do_not_answer_each_other_for_ever(void **state)
{
	(void)state;
	unsigned long replies = loop_between_two();
	for (int tries = 1; tries < 5 && replies > LOOP_REPLIES; tries++)
		replies = loop_between_two();
	assert_in_range(replies, REPEATS, LOOP_REPLIES);
}

/* Should the machine have stood still for a second, then it was no loop for a while: that is tried again. */
static void test_fault_2_a_loop_ends(void **state)
{
	(void)state;
	unsigned long replies = loop_until_it_ends();
	for (int tries = 1; tries < 5 && replies > LOOP_REPLIES; tries++)
		replies = loop_until_it_ends();
	assert_in_range(replies, REPEATS, LOOP_REPLIES);
}

/* On this machine nothing else is limited, whatever --udp-rate says; and what has an uppercase is never a loop. */
static void test_fault_2_nobody_here_is_limited(void **state)
{
	(void)state;
	unsigned ours;
	struct process *p = peer_server(&ours, (const char *[]){"-4", "-u", "-m", model, "--udp-rate", "1", NULL});
	int fd = peer_udp("127.0.0.1", ours);
	for (int i = 0; i < 5 * REPEATS; i++)
		assert_true(peer_answers(fd, "Hello", "HELLO"));
	close(fd);
	assert_int_equal(process_stop(p), 0);
	assert_string_equal(process_err(p), "");
	process_end(p);
}

/* --- Counters --- */

/* What was counted before the datagram that is answered here is in the counters. */
static void counts(struct process *p, unsigned ours, const char *counters)
{
	int fd = peer_udp("127.0.0.1", ours);
	assert_true(peer_answers(fd, "count!", "COUNT!"));
	close(fd);
	kill(process_pid(p), SIGUSR1);
	assert_true(process_complains(p, counters));
}

static void test_fault_2_every_drop_is_counted_by_its_reason(void **state)
{
	(void)state;
	static char low[LARGEST - 1];
	unsigned ours;
	struct process *p = peer_server(&ours, (const char *[]){"-4", "-u", "-m", model, NULL});
	for (size_t i = 0; i < sizeof low; i += 2)
		memcpy(low + i, "\316\220", 2); /* its uppercase is three times as long */
	int fd = peer_udp("127.0.0.1", ours), nfs = peer_udp_from(peer_own_address(), NFS_PORT, "127.0.0.1", ours);
	assert_true(peer_answers(fd, "hello", "HELLO"));
	assert_true(peer_answers(fd, "", ""));
	assert_true(peer_send(nfs, "who is there", 12));
	assert_true(peer_send(fd, low, sizeof low));
	counts(p, ours, "uproard: udp: datagrams 5, replies ");
	assert_true(process_complains(
		p, ", source 1, rate 0, loop 0, too-long 1, memory 0, no-room 0, failed 0, queue 0\n"));
	assert_true(process_complains(p, "uproard: tcp: accepted 0, in 0, out 0, max-clients 0, "));
	close(nfs);
	close(fd);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

/* The system drops what its queue has no room for while the server is stopped. Every datagram is in one counter. */
static void test_fault_10_what_the_system_drops_is_counted(void **state)
{
	(void)state;
	enum { FLOOD = 3000 };
	static const char piece[1000];
	unsigned ours;
	unsigned long sent = FLOOD;
	struct process *p = peer_server(&ours, (const char *[]){"-4", "-u", "-m", model, NULL});
	int fd = peer_udp("127.0.0.1", ours), probe = peer_udp("127.0.0.1", ours);
	struct pollfd answered = {.fd = probe, .events = POLLIN};
	process_pause(p);
	for (int i = 0; i < FLOOD; i++)
		assert_true(peer_send(fd, piece, sizeof piece));
	kill(process_pid(p), SIGCONT);
	do { /* until there is room again */
		assert_true(peer_send(probe, "room?", 5));
		sent++;
	} while (poll(&answered, 1, 10) == 0);
	int last = peer_udp("127.0.0.1", ours);
	assert_true(peer_answers(last, "last", "LAST"));
	counts(p, ours, "udp: ");
	assert_int_equal(counter(p, "datagrams ") + counter(p, "queue "), sent + 2);
	assert_true(counter(p, "queue ") > 0);
	close(fd);
	close(probe);
	close(last);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

#define IN(model, test)                                                                                                \
	{                                                                                                              \
#test " (" #model ")", test, start, stop, (void *)#model                                               \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN(events, test_each_datagram_is_answered),
		IN(events, test_fault_16_empty_and_largest),
		IN(events, test_fault_9_reply_too_long_is_not_sent),
		IN(events, test_fault_13_queued_datagrams),
		IN(events, test_fault_19_answers_what_is_queued),
		IN(events, test_fault_11_reply_leaves_from_the_address_it_was_sent_to),
		IN(events, test_fault_12_nobody_else_gets_our_datagrams),
		IN(events, test_fault_15_client_that_has_gone),
		IN(events, test_fault_1_system_services_are_not_answered),
		IN(events, test_fault_1_own_port_and_nfs_are_not_answered),
		IN(events, test_fault_1_port_0_is_not_answered),
		IN(events, test_fault_1_nor_does_it_answer_itself),
		IN(events, test_fault_1_two_of_us_do_not_answer_each_other_for_ever),
		IN(events, test_fault_2_a_loop_ends),
		IN(events, test_fault_2_nobody_here_is_limited),
		IN(events, test_fault_2_every_drop_is_counted_by_its_reason),
		IN(events, test_fault_10_what_the_system_drops_is_counted),
		IN(threads, test_each_datagram_is_answered),
		IN(threads, test_fault_16_empty_and_largest),
		IN(threads, test_fault_9_reply_too_long_is_not_sent),
		IN(threads, test_fault_13_queued_datagrams),
		IN(threads, test_fault_19_answers_what_is_queued),
		IN(threads, test_fault_11_reply_leaves_from_the_address_it_was_sent_to),
		IN(threads, test_fault_12_nobody_else_gets_our_datagrams),
		IN(threads, test_fault_15_client_that_has_gone),
		IN(threads, test_fault_1_system_services_are_not_answered),
		IN(threads, test_fault_1_own_port_and_nfs_are_not_answered),
		IN(threads, test_fault_1_port_0_is_not_answered),
		IN(threads, test_fault_1_nor_does_it_answer_itself),
		IN(threads, test_fault_1_two_of_us_do_not_answer_each_other_for_ever),
		IN(threads, test_fault_2_a_loop_ends),
		IN(threads, test_fault_2_nobody_here_is_limited),
		IN(threads, test_fault_2_every_drop_is_counted_by_its_reason),
		IN(threads, test_fault_10_what_the_system_drops_is_counted),
		IN(textbook, test_fault_1_two_of_us_do_not_answer_each_other_for_ever),
		IN(textbook, test_fault_2_a_loop_ends),
		IN(textbook, test_fault_2_nobody_here_is_limited),
		IN(textbook, test_fault_10_what_the_system_drops_is_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
