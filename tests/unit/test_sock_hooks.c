#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "test_sock.h"

/* --- Recording --- */

enum { EVENTS_MAX = 64 };

struct record {
	bool before; /* which hook it came to */
	struct event event;
	uint8_t data[EVENT_LOOKUP_DATA];
	pthread_t thread;
};

static struct record records[EVENTS_MAX];
static size_t count;

static void keep(const struct event *e, bool before)
{
	assert_true(count < EVENTS_MAX);
	assert_int_equal(e->kind, EVENT_CALL);
	assert_int_equal(e->call.returned, !before);
	assert_in_range(e->size, 0, event_data_max(e));
	struct record *r = &records[count++];
	*r = (struct record){.before = before, .event = *e, .thread = pthread_self()};
	if (e->size)
		memcpy(r->data, e->data, e->size);
	r->event.data = r->data;
	errno = EDOM; /* which sock does not let through */
}

static void keep_before(const struct event *e, void *arg)
{
	assert_ptr_equal(arg, &count);
	keep(e, true);
}

static void keep_after(const struct event *e, void *arg)
{
	assert_ptr_equal(arg, &count);
	keep(e, false);
}

static int record(void **state)
{
	(void)state;
	count = 0;
	sock_hooks(EVENT_SERVER, keep_before, keep_after, &count);
	return 0;
}

/* The record before last and the last: a call's two. */
static const struct event_call *last_before(void)
{
	assert_true(count >= 2);
	assert_true(records[count - 2].before);
	return &records[count - 2].event.call;
}

static const struct event *last_event(void)
{
	assert_true(count >= 1);
	return &records[count - 1].event;
}

static const struct event_call *last(void)
{
	return &last_event()->call;
}

/* The last call came to both hooks, in order, and looked like this. */
static void assert_called(enum event_op op, int fd, int64_t result)
{
	assert_true(count >= 2);
	const struct event *before = &records[count - 2].event, *after = last_event();
	assert_true(records[count - 2].before);
	assert_false(records[count - 1].before);
	assert_int_equal(before->who, EVENT_SERVER);
	assert_int_equal(after->who, EVENT_SERVER);
	assert_int_equal(before->call.op, op);
	assert_int_equal(after->call.op, op);
	assert_int_equal(before->call.fd, fd);
	assert_int_equal(before->call.result, 0);
	assert_int_equal(before->call.error, 0);
	assert_int_equal(before->call.took, 0);
	assert_int_equal(after->call.fd, fd);
	assert_int_equal(after->call.result, result);
	assert_true(before->when > 0);
	assert_true(after->when >= before->when + after->call.took);
	assert_true(pthread_equal(records[count - 1].thread, pthread_self()));
}

static void assert_args(int first, int second, int third)
{
	assert_int_equal(last()->args[0], first);
	assert_int_equal(last()->args[1], second);
	assert_int_equal(last()->args[2], third);
}

static void assert_data(const char *expected)
{
	assert_int_equal(last_event()->size, strlen(expected));
	assert_memory_equal(last_event()->data, expected, strlen(expected));
}

/* --- What is told --- */

static void tells_of_a_connection(void **state)
{
	(void)state;
	struct endpoint at = loopback(4, 0), peer, local;
	const int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;

	int welcoming = sock_socket(4, PROTOCOL_TCP, NONBLOCKING);
	assert_called(OP_SOCKET, -1, welcoming);
	assert_args(AF_INET, SOCK_STREAM | flags, 0);
	assert_int_equal(count, 2);
	sock_setsockopt(welcoming, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_called(OP_SETSOCKOPT, welcoming, 0);
	assert_args(SOL_SOCKET, SO_REUSEADDR, 1);
	sock_bind(welcoming, &at);
	assert_called(OP_BIND, welcoming, 0);
	assert_same(&last()->address, &at);
	assert_same(&last_before()->address, &at);
	sock_getsockname(welcoming, &at);
	assert_called(OP_GETSOCKNAME, welcoming, 0);
	assert_same(&last()->address, &at);
	assert_int_equal(last_before()->address.family, 0);
	sock_listen(welcoming, 7);
	assert_called(OP_LISTEN, welcoming, 0);
	assert_args(7, 0, 0);
	assert_fails(sock_accept(welcoming, &peer, BLOCKING), EAGAIN);
	assert_called(OP_ACCEPT, welcoming, -1);
	assert_int_equal(last()->error, EAGAIN);
	assert_int_equal(last()->address.family, 0);

	int client = sock_socket(4, PROTOCOL_TCP, BLOCKING);
	sock_connect(client, &at);
	assert_called(OP_CONNECT, client, 0);
	assert_same(&last()->address, &at);
	sock_getsockname(client, &local);
	await_input(welcoming);
	int server = sock_accept(welcoming, &peer, NONBLOCKING);
	assert_called(OP_ACCEPT, welcoming, server);
	assert_args(flags, 0, 0);
	assert_same(&last()->address, &local);
	assert_same(&peer, &local);
	sock_shutdown(client, SHUT_WR);
	assert_called(OP_SHUTDOWN, client, 0);
	assert_args(SHUT_WR, 0, 0);
	int error;
	sock_getsockopt(client, SOL_SOCKET, SO_ERROR, &error);
	assert_called(OP_GETSOCKOPT, client, 0);
	assert_args(SOL_SOCKET, SO_ERROR, 0);
	sock_close(client);
	assert_called(OP_CLOSE, client, 0);
	sock_close(server);
	sock_close(welcoming);
}

static void tells_of_datagram_sockets(void **state)
{
	(void)state;
	int fd = sock_socket(6, PROTOCOL_UDP, BLOCKING);
	assert_called(OP_SOCKET, -1, fd);
	assert_args(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd != -1)
		sock_close(fd);
}

static void tells_of_what_moves(void **state)
{
	(void)state;
	struct pair p = connected(4);
	char data[64];

	sock_send(p.client, "hello\n", 6);
	assert_called(OP_SEND, p.client, 6);
	assert_args(MSG_NOSIGNAL, 0, 0);
	assert_int_equal(last()->asked, 6);
	assert_data("hello\n");
	assert_int_equal(last_before()->asked, 6);
	assert_memory_equal(records[count - 2].data, "hello\n", 6);
	assert_int_equal(records[count - 2].event.size, 6);

	await_input(p.server);
	sock_recv(p.server, data, sizeof data);
	assert_called(OP_RECV, p.server, 6);
	assert_int_equal(last()->asked, sizeof data);
	assert_data("hello\n");
	assert_int_equal(last_before()->asked, sizeof data);
	assert_int_equal(records[count - 2].event.size, 0);

	sock_shutdown(p.client, SHUT_WR);
	await_input(p.server);
	sock_recv(p.server, data, sizeof data);
	assert_called(OP_RECV, p.server, 0);
	assert_data("");

	assert_fails(sock_send(p.client, "late", 4), EPIPE);
	assert_called(OP_SEND, p.client, -1);
	assert_int_equal(last()->error, EPIPE);
	assert_data("late");
	disconnect(p);
}

/* The first 256 bytes are kept, and the result says how many there were. */
static void cuts_data(void **state)
{
	(void)state;
	struct pair p = connected(4);
	char data[1000], expected[EVENT_CALL_DATA + 1];
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (char)('a' + i % 26);
	memcpy(expected, data, EVENT_CALL_DATA);
	expected[EVENT_CALL_DATA] = '\0';

	sock_send(p.client, data, sizeof data);
	assert_called(OP_SEND, p.client, sizeof data);
	assert_data(expected);
	await_input(p.server);
	sock_recv(p.server, data, sizeof data);
	assert_called(OP_RECV, p.server, sizeof data);
	assert_data(expected);
	disconnect(p);
}

/* After a send the data is what went, not what was offered. */
static void tells_of_a_partial_send(void **state)
{
	(void)state;
	struct pair p = connected(4);
	size_t size = 64 << 20;
	uint8_t *data = calloc(1, size);
	assert_non_null(data);
	assert_int_equal(fcntl(p.client, F_SETFL, O_NONBLOCK), 0);
	ssize_t first = sock_send(p.client, data, size);
	assert_in_range(first, 1, size - 1);
	assert_called(OP_SEND, p.client, first);
	assert_int_equal(last()->asked, size);
	assert_int_equal(last()->offset, 0);
	uint64_t sent = (uint64_t)first;
	for (ssize_t n; (n = sock_send(p.client, data, 100)) != -1; sent += (uint64_t)n) {
		assert_int_equal(last()->offset, sent);
		assert_int_equal(last_event()->size, n);
		count = 0;
	}
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(last()->error, EAGAIN);
	assert_int_equal(last()->offset, sent);
	free(data);
	disconnect(p);
}

static void tells_where_in_the_stream(void **state)
{
	(void)state;
	struct pair p = connected(4);
	char data[8];

	sock_send(p.client, "abc", 3);
	assert_int_equal(last()->offset, 0);
	sock_send(p.client, "defgh", 5);
	assert_int_equal(last_before()->offset, 3);
	assert_int_equal(last()->offset, 3);
	sock_send(p.client, "", 0);
	assert_int_equal(last()->offset, 8);

	await_input(p.server);
	sock_recv(p.server, data, 2);
	assert_int_equal(last_before()->offset, 0);
	assert_int_equal(last()->offset, 0);
	sock_recv(p.server, data, 4);
	assert_int_equal(last()->offset, 2);
	sock_send(p.server, "ABC", 3); /* the other way counts for itself */
	assert_int_equal(last()->offset, 0);
	sock_recv(p.server, data, 8);
	assert_int_equal(last_before()->offset, 6);
	assert_int_equal(last()->offset, 6);

	/* The next socket with the same number begins anew. */
	int server = p.server;
	disconnect(p);
	p = connected(4);
	sock_send(p.client, "x", 1);
	assert_int_equal(last()->offset, 0);
	assert_true(p.client <= server || p.server <= server);
	sock_send(p.server, "y", 1);
	assert_int_equal(last()->offset, 0);
	disconnect(p);
}

/* While they rest nothing is told, nor counted: then a stream counts from where it is seen again. */
static void hooks_may_rest(void **state)
{
	(void)state;
	struct pair p = connected(4);
	char data[8];
	sock_send(p.client, "abc", 3);
	count = 0;
	sock_hooks_rest(true);
	sock_send(p.client, "de", 2);
	await_input(p.server);
	assert_int_equal(sock_recv(p.server, data, 5), 5);
	assert_int_equal(count, 0);
	sock_hooks_rest(false);
	sock_send(p.client, "fgh", 3);
	assert_int_equal(last()->offset, 0);
	sock_hooks_rest(false); /* they do not rest: nothing changes */
	sock_send(p.client, "ij", 2);
	assert_int_equal(last()->offset, 3);
	await_input(p.server);
	sock_recv(p.server, data, 4);
	assert_int_equal(last()->offset, 0);
	disconnect(p);
}

/* The table of streams grows with the descriptors. */
static void counts_high_descriptors(void **state)
{
	(void)state;
	enum { HIGH = 300 };
	int spare[HIGH];
	for (int i = 0; i < HIGH; i++)
		assert_int_not_equal(spare[i] = dup(STDIN_FILENO), -1);
	struct pair p = connected(4);
	assert_true(p.client > HIGH);
	sock_send(p.client, "abc", 3);
	sock_send(p.client, "d", 1);
	assert_int_equal(last()->offset, 3);
	disconnect(p);
	for (int i = 0; i < HIGH; i++)
		close(spare[i]);
}

static void tells_of_datagrams(void **state)
{
	(void)state;
	struct endpoint at = loopback(4, 0), from, none = {0};
	int fd = bound(PROTOCOL_UDP, &at, BLOCKING);
	char data[64];

	sock_sendto(fd, "0123456789", 10, &at);
	assert_called(OP_SENDTO, fd, 10);
	assert_args(MSG_NOSIGNAL, 0, 0);
	assert_same(&last()->address, &at);
	assert_same(&last_before()->address, &at);
	assert_data("0123456789");
	await_input(fd);
	assert_int_equal(sock_recvfrom(fd, data, 4, &from, NULL), 4);
	assert_true(last()->args[1] & MSG_TRUNC);
	assert_called(OP_RECVFROM, fd, 10); /* the datagram's whole length */
	assert_int_equal(last()->asked, 4);
	assert_same(&last()->address, &at);
	assert_data("0123");

	sock_sendmsg(fd, "0123456789", 10, &at, &none);
	assert_called(OP_SENDMSG, fd, 10);
	assert_same(&last()->address, &at);
	assert_data("0123456789");
	assert_int_equal(last()->offset, 0); /* datagrams have no stream to lie in */
	await_input(fd);
	assert_int_equal(sock_recvmsg(fd, data, 4, &from, NULL, NULL), 4);
	assert_called(OP_RECVMSG, fd, 10);
	assert_true(last()->args[1] & MSG_TRUNC);
	assert_same(&last()->address, &at);
	assert_data("0123");
	assert_int_equal(last()->offset, 0);

	sock_sendto(fd, "whole", 5, &at);
	await_input(fd);
	assert_int_equal(sock_recvfrom(fd, data, 5, &from, NULL), 5);
	assert_int_equal(last()->args[1], 0);
	sock_sendto(fd, "", 0, &at);
	await_input(fd);
	assert_int_equal(sock_recvmsg(fd, data, sizeof data, &from, NULL, NULL), 0);
	assert_int_equal(last()->args[1], 0);
	assert_data("");

	sock_want_local(fd, 4);
	assert_called(OP_SETSOCKOPT, fd, 0);
	assert_args(IPPROTO_IP, IP_PKTINFO, 1);
	sock_close(fd);
}

static void tells_of_a_channel(void **state)
{
	(void)state;
	int fds[2];
	assert_int_equal(sock_socketpair(fds), 0);
	assert_int_equal(count, 2);
	assert_int_equal(last_before()->fd, -1);
	assert_int_equal(last()->op, OP_SOCKETPAIR);
	assert_int_equal(last()->fd, fds[0]);
	assert_args(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, fds[1]);
	sock_close(fds[0]);
	sock_close(fds[1]);
}

static void tells_of_a_lookup(void **state)
{
	(void)state;
	struct endpoint found[4];
	int code;

	assert_int_equal(sock_resolve("127.0.0.1", "12000", 0, PROTOCOL_TCP, found, COUNT(found), &code), 1);
	assert_called(OP_GETADDRINFO, -1, 0);
	assert_int_equal(last()->error, 0);
	assert_args(AF_UNSPEC, SOCK_STREAM, 1);
	assert_endpoint(&last()->address, "127.0.0.1:12000");
	assert_data("127.0.0.1\n127.0.0.1\n127.0.0.1:12000");
	assert_int_equal(records[count - 2].event.size, strlen("127.0.0.1"));

	assert_int_equal(sock_resolve("127.0.0.1", "no such service", 4, PROTOCOL_UDP, found, COUNT(found), &code), -1);
	assert_called(OP_GETADDRINFO, -1, code);
	assert_int_equal(last()->error, code);
	assert_args(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(last()->address.family, 0);

	sock_resolve(NULL, "12000", 4, PROTOCOL_TCP, found, COUNT(found), &code);
	assert_data("\n\n127.0.0.1:12000");
}

static void keeps_errno(void **state)
{
	(void)state;
	struct endpoint e = loopback(4, 0);
	int value;
	char data[4];
	assert_fails(sock_bind(-1, &e), EBADF);
	assert_called(OP_BIND, -1, -1);
	assert_int_equal(last()->error, EBADF);
	assert_fails(sock_recvmsg(-1, data, sizeof data, &e, &e, NULL), EBADF);
	assert_called(OP_RECVMSG, -1, -1);
	assert_int_equal(last()->error, EBADF);
	assert_fails(sock_recvfrom(-1, data, sizeof data, &e, NULL), EBADF);
	assert_int_equal(last()->error, EBADF);
	assert_fails(sock_getsockopt(-1, SOL_SOCKET, SO_ERROR, &value), EBADF);
	assert_int_equal(last()->error, EBADF);
	assert_fails(sock_close(-1), EBADF);
	assert_int_equal(last()->error, EBADF);

	/* A call that succeeds leaves it alone. */
	int fd = sock_socket(4, PROTOCOL_TCP, BLOCKING);
	errno = E2BIG;
	assert_int_equal(sock_close(fd), 0);
	assert_int_equal(errno, E2BIG);
	assert_int_equal(last()->error, 0);
}

static void either_hook_may_be_missing(void **state)
{
	(void)state;
	count = 0;
	sock_hooks(EVENT_CLIENT, keep_before, NULL, &count);
	int fd = sock_socket(4, PROTOCOL_TCP, BLOCKING);
	assert_int_equal(count, 1);
	assert_true(records[0].before);
	assert_int_equal(records[0].event.who, EVENT_CLIENT);

	sock_hooks(EVENT_CLIENT, NULL, keep_after, &count);
	sock_close(fd);
	assert_int_equal(count, 2);
	assert_false(records[1].before);

	sock_hooks(EVENT_CLIENT, NULL, NULL, NULL);
	assert_fails(sock_close(-1), EBADF);
	assert_int_equal(count, 2);
}

/* Out of descriptors: the hooks hear of that too. */
static void tells_of_no_socket(void **state)
{
	(void)state;
	struct rlimit limit, none;
	int fds[2];
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit){.rlim_cur = 0, .rlim_max = limit.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	errno = 0;
	int fd = sock_socket(4, PROTOCOL_TCP, BLOCKING), error = errno;
	errno = 0;
	int pair = sock_socketpair(fds), pair_error = errno;
	setrlimit(RLIMIT_NOFILE, &limit);
	assert_int_equal(fd, -1);
	assert_int_equal(error, EMFILE);
	const char *preload = getenv("LD_PRELOAD");
	if (!preload || !strstr(preload, "vgpreload")) { /* valgrind knows no limit for these */
		assert_int_equal(pair, -1);
		assert_called(OP_SOCKETPAIR, -1, -1);
		assert_int_equal(last()->error, pair_error);
	}
	assert_int_equal(records[1].event.call.error, EMFILE);
}

#define recorded(test) cmocka_unit_test_setup_teardown(test, record, unhook)

int main(void)
{
	const struct CMUnitTest tests[] = {
		recorded(tells_of_a_connection),   recorded(tells_of_datagram_sockets),
		recorded(tells_of_what_moves),     recorded(cuts_data),
		recorded(tells_of_a_partial_send), recorded(tells_where_in_the_stream),
		recorded(hooks_may_rest),          recorded(counts_high_descriptors),
		recorded(tells_of_datagrams),      recorded(tells_of_a_channel),
		recorded(tells_of_a_lookup),       recorded(keeps_errno),
		recorded(tells_of_no_socket),      cmocka_unit_test_teardown(either_hook_may_be_missing, unhook),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
