#include <netinet/in.h>
#include <stdlib.h>

#include "test_sock.h"

enum { LONGEST = 65507 }; /* bytes of a datagram over IPv4 */

static void exchange(int family)
{
	if (!has_family(family))
		skip();
	struct endpoint server_at = loopback(family, 0), client_at = loopback(family, 0), from;
	int server = bound(PROTOCOL_UDP, &server_at, BLOCKING);
	int client = bound(PROTOCOL_UDP, &client_at, BLOCKING);
	char data[16];

	assert_int_equal(sock_sendto(client, "hello", 5, &server_at), 5);
	await_input(server);
	assert_int_equal(sock_recvfrom(server, data, sizeof data, &from, NULL), 5);
	assert_memory_equal(data, "hello", 5);
	assert_same(&from, &client_at);

	/* A connected socket needs no address. */
	assert_int_equal(sock_connect(server, &client_at), 0);
	assert_int_equal(sock_send(server, "", 0), 0);
	await_input(client);
	assert_int_equal(sock_recvfrom(client, data, sizeof data, NULL, NULL), 0); /* empty, from whomever */
	assert_int_equal(sock_send(server, "HELLO", 5), 5);
	await_input(client);
	assert_int_equal(sock_recv(client, data, sizeof data), 5);
	assert_memory_equal(data, "HELLO", 5);
	sock_close(client);
	sock_close(server);
}

static void exchanges_over_ipv4(void **state)
{
	(void)state;
	exchange(4);
}

static void exchanges_over_ipv6(void **state)
{
	(void)state;
	exchange(6);
}

static void test_fault_16_carries_the_longest(void **state)
{
	(void)state;
	struct endpoint at = loopback(4, 0), from, none = {0};
	int fd = bound(PROTOCOL_UDP, &at, BLOCKING);
	uint8_t *sent = malloc(LONGEST + 1), *received = malloc(LONGEST + 1);
	assert_non_null(sent);
	assert_non_null(received);
	for (size_t i = 0; i <= LONGEST; i++)
		sent[i] = (uint8_t)(i * 7);

	assert_int_equal(sock_sendto(fd, sent, LONGEST, &at), LONGEST);
	await_input(fd);
	assert_int_equal(sock_recvfrom(fd, received, LONGEST + 1, &from, NULL), LONGEST);
	assert_memory_equal(sent, received, LONGEST);
	assert_fails(sock_sendto(fd, sent, LONGEST + 1, &at), EMSGSIZE);
	assert_fails(sock_sendmsg(fd, sent, LONGEST + 1, &at, &none), EMSGSIZE);
	free(sent);
	free(received);
	sock_close(fd);
}

/* What does not fit is lost, and the next datagram is untouched. */
static void cuts_long_datagrams(void **state)
{
	(void)state;
	struct endpoint at = loopback(4, 0), from, local;
	int fd = bound(PROTOCOL_UDP, &at, BLOCKING);
	char data[] = "........";

	for (int i = 0; i < 3; i++)
		assert_int_equal(sock_sendto(fd, "0123456789", 10, &at), 10);
	await_input(fd);
	assert_int_equal(sock_recvfrom(fd, data, 4, &from, NULL), 4);
	assert_string_equal(data, "0123....");
	assert_same(&from, &at);
	assert_int_equal(sock_recvmsg(fd, data, 5, &from, &local, NULL), 5);
	assert_string_equal(data, "01234...");
	assert_same(&from, &at);
	assert_int_equal(sock_recvmsg(fd, data, 0, NULL, NULL, NULL), 0);
	assert_string_equal(data, "01234...");
	assert_int_equal(sock_sendto(fd, "next", 4, &at), 4);
	await_input(fd);
	assert_int_equal(sock_recvfrom(fd, data, 8, &from, NULL), 4);
	assert_string_equal(data, "next4...");
	sock_close(fd);
}

/* How long it was before it was cut; an empty datagram has arrived, too. */
static void tells_how_long_a_datagram_was(void **state)
{
	(void)state;
	struct endpoint at = loopback(4, 0), from, local;
	int fd = bound(PROTOCOL_UDP, &at, NONBLOCKING);
	const size_t lengths[] = {10, 4, 0, 10};
	const size_t rooms[] = {4, 4, 4, 0};
	char data[4];

	for (size_t i = 0; i < COUNT(lengths); i++) {
		ssize_t expected = (ssize_t)(lengths[i] < rooms[i] ? lengths[i] : rooms[i]);
		size_t whole = 99;
		assert_int_equal(sock_sendto(fd, "0123456789", lengths[i], &at), lengths[i]);
		await_input(fd);
		assert_int_equal(sock_recvfrom(fd, data, rooms[i], &from, &whole), expected);
		assert_int_equal(whole, lengths[i]);
		assert_same(&from, &at);

		whole = 99;
		assert_int_equal(sock_sendto(fd, "0123456789", lengths[i], &at), lengths[i]);
		await_input(fd);
		assert_int_equal(sock_recvmsg(fd, data, rooms[i], NULL, &local, &whole), expected);
		assert_int_equal(whole, lengths[i]);
	}
	/* Without room the place may be none. */
	assert_int_equal(sock_sendto(fd, "0123456789", 10, &at), 10);
	await_input(fd);
	assert_int_equal(sock_recvfrom(fd, NULL, 0, NULL, NULL), 0);

	size_t whole = 99;
	assert_fails(sock_recvfrom(fd, data, sizeof data, &from, &whole), EAGAIN);
	assert_fails(sock_recvmsg(fd, data, sizeof data, &from, &local, &whole), EAGAIN);
	assert_int_equal(whole, 99);
	sock_close(fd);
}

/* A socket that connect() bound to its peer takes recvfrom() too, and only the peer's datagrams. */
static void receives_from_a_connected_peer(void **state)
{
	(void)state;
	struct endpoint server_at = loopback(4, 0), client_at = loopback(4, 0), stranger_at = loopback(4, 0), from;
	int server = bound(PROTOCOL_UDP, &server_at, BLOCKING), client = bound(PROTOCOL_UDP, &client_at, NONBLOCKING);
	int stranger = bound(PROTOCOL_UDP, &stranger_at, BLOCKING);
	char data[4];
	size_t whole;

	assert_int_equal(sock_connect(client, &server_at), 0);
	assert_int_equal(sock_sendto(stranger, "me?", 3, &client_at), 3);
	assert_int_equal(sock_sendto(server, "HELLO", 5, &client_at), 5);
	await_input(client);
	assert_int_equal(sock_recvfrom(client, data, sizeof data, &from, &whole), 4);
	assert_memory_equal(data, "HELL", 4);
	assert_int_equal(whole, 5);
	assert_same(&from, &server_at);
	assert_fails(sock_recvfrom(client, data, sizeof data, &from, &whole), EAGAIN);
	sock_close(stranger);
	sock_close(client);
	sock_close(server);
}

static void is_refused(void **state)
{
	(void)state;
	struct endpoint at = loopback(4, 0);
	char data[4];
	int gone = bound(PROTOCOL_UDP, &at, BLOCKING);
	assert_int_equal(sock_close(gone), 0);
	int fd = sock_socket(4, PROTOCOL_UDP, NONBLOCKING);
	assert_int_equal(sock_connect(fd, &at), 0);
	assert_int_equal(sock_send(fd, "x", 1), 1);
	await_input(fd); /* the ICMP message that nobody is there */
	assert_fails(sock_recv(fd, data, sizeof data), ECONNREFUSED);
	sock_close(fd);
}

static void takes_a_connection_back(void **state)
{
	(void)state;
	struct endpoint at = loopback(4, 0), none = {0};
	int fd = bound(PROTOCOL_UDP, &at, BLOCKING);
	assert_int_equal(sock_connect(fd, &at), 0);
	assert_int_equal(sock_send(fd, "x", 1), 1);
	assert_int_equal(sock_connect(fd, &none), 0);
	assert_fails(sock_send(fd, "x", 1), EDESTADDRREQ);
	sock_close(fd);
}

/* --- The address of ours that a datagram was sent to --- */

static int wildcard(int family, bool v6only, uint16_t *port)
{
	struct endpoint any = {.family = (uint8_t)family};
	int fd = sock_socket(family, PROTOCOL_UDP, BLOCKING);
	if (family == 6)
		assert_int_equal(sock_setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, v6only), 0);
	assert_int_equal(sock_bind(fd, &any), 0);
	assert_int_equal(sock_getsockname(fd, &any), 0);
	*port = any.port;
	return fd;
}

/* Sends to `to`, which is an address of the server's, and wants the answer from there, as a connected socket does. */
static void answer(int server, const struct endpoint *to, const char *expected_local)
{
	struct endpoint from, local, client_at;
	char data[8];
	int client = sock_socket(to->family, PROTOCOL_UDP, BLOCKING);
	assert_int_equal(sock_connect(client, to), 0);
	assert_int_equal(sock_getsockname(client, &client_at), 0);
	assert_int_equal(sock_send(client, "hi", 2), 2);

	await_input(server);
	assert_int_equal(sock_recvmsg(server, data, sizeof data, &from, &local, NULL), 2);
	assert_memory_equal(data, "hi", 2);
	assert_same(&from, &client_at);
	assert_endpoint(&local, expected_local);
	assert_int_equal(sock_sendmsg(server, "HI", 2, &from, &local), 2);

	await_input(client);
	assert_int_equal(sock_recvfrom(client, data, sizeof data, &from, NULL), 2);
	assert_memory_equal(data, "HI", 2);
	assert_same(&from, to);
	sock_close(client);
}

static void test_fault_11_answers_from_the_address_asked(void **state)
{
	(void)state;
	struct endpoint to = {.family = 4, .address = {127, 0, 0, 5}};
	int server = wildcard(4, false, &to.port);
	assert_int_equal(sock_want_local(server, 4), 0);
	answer(server, &to, "127.0.0.5:0");
	to.address[3] = 1;
	answer(server, &to, "127.0.0.1:0");
	sock_close(server);
}

static void test_fault_11_answers_over_ipv6(void **state)
{
	(void)state;
	if (!has_family(6))
		skip();
	struct endpoint to = loopback(6, 0);
	int server = wildcard(6, true, &to.port);
	assert_int_equal(sock_want_local(server, 6), 0);
	answer(server, &to, "[::1]:0");
	sock_close(server);
}

static void test_fault_11_answers_both_families_on_one_socket(void **state)
{
	(void)state;
	if (!has_family(6))
		skip();
	struct endpoint to = {.family = 4, .address = {127, 0, 0, 5}};
	int server = wildcard(6, false, &to.port);
	assert_int_equal(sock_want_local(server, 6), 0);
	answer(server, &to, "127.0.0.5:0");
	to = loopback(6, to.port);
	answer(server, &to, "[::1]:0");
	sock_close(server);
}

/* Unless it is asked for, nothing is known of it; and when it is not given, the system chooses. */
static void local_is_none_unless_wanted(void **state)
{
	(void)state;
	struct endpoint to = {.family = 4, .address = {127, 0, 0, 5}}, client_at = loopback(4, 0), from, local;
	int server = wildcard(4, false, &to.port), client = bound(PROTOCOL_UDP, &client_at, BLOCKING);
	char data[8];

	assert_int_equal(sock_sendto(client, "hi", 2, &to), 2);
	await_input(server);
	memset(&local, 0xff, sizeof local);
	assert_int_equal(sock_recvmsg(server, data, sizeof data, &from, &local, NULL), 2);
	assert_endpoint(&local, "");
	assert_int_equal(sock_sendmsg(server, "HI", 2, &from, &local), 2);
	await_input(client);
	assert_int_equal(sock_recvfrom(client, data, sizeof data, &from, NULL), 2);
	assert_int_equal(from.address[3], 1); /* not 127.0.0.5: that is why it must be asked for */
	sock_close(client);
	sock_close(server);
}

static void sends_from_no_foreign_address(void **state)
{
	(void)state;
	struct endpoint at = loopback(4, 0), foreign = {.family = 4, .address = {192, 0, 2, 1}};
	int fd = bound(PROTOCOL_UDP, &at, BLOCKING);
	assert_int_equal(sock_sendmsg(fd, "x", 1, &at, &foreign), -1);
	sock_close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		both(exchanges_over_ipv4),
		both(exchanges_over_ipv6),
		both(test_fault_16_carries_the_longest),
		both(cuts_long_datagrams),
		both(tells_how_long_a_datagram_was),
		both(receives_from_a_connected_peer),
		both(is_refused),
		both(takes_a_connection_back),
		both(test_fault_11_answers_from_the_address_asked),
		both(test_fault_11_answers_over_ipv6),
		both(test_fault_11_answers_both_families_on_one_socket),
		both(local_is_none_unless_wanted),
		both(sends_from_no_foreign_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
