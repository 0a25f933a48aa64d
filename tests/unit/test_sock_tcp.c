#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>

#include "test_sock.h"

static void converse(int family)
{
	if (!has_family(family))
		skip();
	struct pair p = connected(family);
	struct endpoint client, server;
	char data[16];

	assert_int_equal(sock_getsockname(p.client, &client), 0);
	assert_int_equal(sock_getsockname(p.server, &server), 0);
	assert_int_equal(client.family, family);
	assert_int_equal(server.family, family);
	assert_int_not_equal(client.port, server.port);

	assert_int_equal(sock_send(p.client, "hello\n", 6), 6);
	await_input(p.server);
	assert_int_equal(sock_recv(p.server, data, 2), 2);
	assert_memory_equal(data, "he", 2);
	assert_int_equal(sock_recv(p.server, data, sizeof data), 4);
	assert_memory_equal(data, "llo\n", 4);

	/* Half-close: the other way still goes. */
	assert_int_equal(sock_shutdown(p.client, SHUT_WR), 0);
	assert_int_equal(sock_recv(p.server, data, sizeof data), 0);
	assert_int_equal(sock_send(p.server, "HELLO\n", 6), 6);
	await_input(p.client);
	assert_int_equal(sock_recv(p.client, data, sizeof data), 6);
	assert_memory_equal(data, "HELLO\n", 6);
	disconnect(p);
}

static void converses_over_ipv4(void **state)
{
	(void)state;
	converse(4);
}

static void converses_over_ipv6(void **state)
{
	(void)state;
	converse(6);
}

static void assert_flags(int fd, bool nonblocking)
{
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(!!(fcntl(fd, F_GETFL) & O_NONBLOCK), nonblocking);
}

static void makes_sockets_as_asked(void **state)
{
	(void)state;
	struct endpoint at = loopback(4, 0), peer;
	char data[4];
	int type;

	int welcoming = bound(PROTOCOL_TCP, &at, NONBLOCKING);
	assert_int_equal(sock_listen(welcoming, 5), 0);
	assert_flags(welcoming, true);
	assert_int_equal(sock_getsockopt(welcoming, SOL_SOCKET, SO_TYPE, &type), 0);
	assert_int_equal(type, SOCK_STREAM);
	assert_fails(sock_accept(welcoming, &peer, BLOCKING), EAGAIN);

	int client = sock_socket(4, PROTOCOL_TCP, BLOCKING);
	assert_flags(client, false);
	assert_int_equal(sock_connect(client, &at), 0);
	await_input(welcoming);
	int server = sock_accept(welcoming, NULL, NONBLOCKING); /* NULL: who it is does not matter */
	assert_flags(server, true);
	assert_fails(sock_recv(server, data, sizeof data), EAGAIN);
	sock_close(client);
	sock_close(server);

	client = sock_socket(4, PROTOCOL_TCP, BLOCKING);
	assert_int_equal(sock_connect(client, &at), 0);
	await_input(welcoming);
	server = sock_accept(welcoming, &peer, BLOCKING);
	assert_flags(server, false); /* though the welcoming socket does not block */
	sock_close(client);
	sock_close(server);
	sock_close(welcoming);

	int udp = sock_socket(4, PROTOCOL_UDP, NONBLOCKING);
	assert_flags(udp, true);
	assert_int_equal(sock_getsockopt(udp, SOL_SOCKET, SO_TYPE, &type), 0);
	assert_int_equal(type, SOCK_DGRAM);
	assert_fails(sock_recvfrom(udp, data, sizeof data, &peer, NULL), EAGAIN);
	sock_close(udp);
}

/* A bound socket that does not listen: nobody else can take its port meanwhile. */
static void is_refused(void **state)
{
	(void)state;
	struct endpoint at = loopback(4, 0);
	int error, deaf = bound(PROTOCOL_TCP, &at, BLOCKING);

	int fd = sock_socket(4, PROTOCOL_TCP, BLOCKING);
	assert_fails(sock_connect(fd, &at), ECONNREFUSED);
	sock_close(fd);

	/* Without blocking the answer is SO_ERROR's. */
	fd = sock_socket(4, PROTOCOL_TCP, NONBLOCKING);
	assert_int_equal(sock_connect(fd, &at), -1);
	assert_true(errno == EINPROGRESS || errno == ECONNREFUSED);
	if (errno == EINPROGRESS) {
		assert_true(is_ready(fd, POLLOUT, PATIENCE));
		assert_int_equal(sock_getsockopt(fd, SOL_SOCKET, SO_ERROR, &error), 0);
		assert_int_equal(error, ECONNREFUSED);
	}
	sock_close(fd);
	sock_close(deaf);
}

static volatile sig_atomic_t pipe_signals;

static void on_sigpipe(int signal)
{
	(void)signal;
	pipe_signals++;
}

static void test_fault_14_raises_no_sigpipe(void **state)
{
	(void)state;
	struct sigaction catch = {.sa_handler = on_sigpipe}, was;
	struct endpoint none = {0};
	assert_int_equal(sigaction(SIGPIPE, &catch, &was), 0);
	struct pair p = connected(4);
	struct endpoint server;
	sock_getsockname(p.server, &server);

	assert_int_equal(sock_shutdown(p.client, SHUT_WR), 0);
	assert_fails(sock_send(p.client, "x", 1), EPIPE);
	assert_fails(sock_sendto(p.client, "x", 1, &server), EPIPE);
	assert_fails(sock_sendmsg(p.client, "x", 1, &server, &none), EPIPE);
	assert_int_equal(pipe_signals, 0);
	disconnect(p);
	sigaction(SIGPIPE, &was, NULL);
}

static void test_fault_14_tells_of_a_reset(void **state)
{
	(void)state;
	struct pair p = connected(4);
	char data[4];
	assert_int_equal(sock_send(p.client, "never read", 10), 10);
	await_input(p.server);
	assert_int_equal(sock_close(p.server), 0); /* with bytes unread: a reset */
	await_input(p.client);
	assert_fails(sock_recv(p.client, data, sizeof data), ECONNRESET);
	sock_close(p.client);
}

static void sets_options(void **state)
{
	(void)state;
	int value, fd = sock_socket(4, PROTOCOL_TCP, BLOCKING);
	assert_int_equal(sock_getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(sock_setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1), 0);
	assert_int_equal(sock_getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value), 0);
	assert_int_not_equal(value, 0);
	sock_close(fd);
}

static void address_in_use(void **state)
{
	(void)state;
	struct endpoint at = loopback(4, 0);
	int fd = bound(PROTOCOL_TCP, &at, BLOCKING), second = sock_socket(4, PROTOCOL_TCP, BLOCKING);
	assert_fails(sock_bind(second, &at), EADDRINUSE);
	sock_close(second);
	sock_close(fd);
}

/* A socket for both families sees an IPv4 client as ::ffff:127.0.0.1; we do not. */
static void test_fault_21_gives_mapped_addresses_back_as_ipv4(void **state)
{
	(void)state;
	if (!has_family(6))
		skip();
	struct endpoint any = {.family = 6}, peer, local;
	int welcoming = sock_socket(6, PROTOCOL_TCP, BLOCKING);
	assert_int_equal(sock_setsockopt(welcoming, IPPROTO_IPV6, IPV6_V6ONLY, 0), 0);
	assert_int_equal(sock_bind(welcoming, &any), 0);
	assert_int_equal(sock_getsockname(welcoming, &any), 0);
	assert_int_equal(any.family, 6);
	assert_int_equal(sock_listen(welcoming, 5), 0);

	struct endpoint at = loopback(4, any.port), client;
	int fd = sock_socket(4, PROTOCOL_TCP, BLOCKING);
	assert_int_equal(sock_connect(fd, &at), 0);
	assert_int_equal(sock_getsockname(fd, &client), 0);
	await_input(welcoming);
	int server = sock_accept(welcoming, &peer, BLOCKING);
	assert_same(&peer, &client);
	assert_int_equal(peer.family, 4);
	assert_int_equal(sock_getsockname(server, &local), 0);
	assert_same(&local, &at);
	sock_close(fd);
	sock_close(server);
	sock_close(welcoming);
}

static void fails_as_the_calls_do(void **state)
{
	(void)state;
	struct endpoint e = loopback(4, 0);
	int value;
	char data[4];
	assert_fails(sock_bind(-1, &e), EBADF);
	assert_fails(sock_listen(-1, 1), EBADF);
	assert_fails(sock_accept(-1, &e, BLOCKING), EBADF);
	assert_fails(sock_connect(-1, &e), EBADF);
	assert_fails(sock_send(-1, "x", 1), EBADF);
	assert_fails(sock_recv(-1, data, sizeof data), EBADF);
	assert_fails(sock_sendto(-1, "x", 1, &e), EBADF);
	assert_fails(sock_recvfrom(-1, data, sizeof data, &e, NULL), EBADF);
	assert_fails(sock_sendmsg(-1, "x", 1, &e, &e), EBADF);
	assert_fails(sock_recvmsg(-1, data, sizeof data, &e, &e, NULL), EBADF);
	assert_fails(sock_shutdown(-1, SHUT_WR), EBADF);
	assert_fails(sock_close(-1), EBADF);
	assert_fails(sock_getsockname(-1, &e), EBADF);
	assert_fails(sock_setsockopt(-1, SOL_SOCKET, SO_REUSEADDR, 1), EBADF);
	assert_fails(sock_getsockopt(-1, SOL_SOCKET, SO_ERROR, &value), EBADF);
	assert_fails(sock_want_local(-1, 4), EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		both(converses_over_ipv4),
		both(converses_over_ipv6),
		both(makes_sockets_as_asked),
		both(is_refused),
		both(test_fault_14_raises_no_sigpipe),
		both(test_fault_14_tells_of_a_reset),
		both(sets_options),
		both(address_in_use),
		both(test_fault_21_gives_mapped_addresses_back_as_ipv4),
		both(fails_as_the_calls_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
