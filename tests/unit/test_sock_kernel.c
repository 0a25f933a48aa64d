/*
 * What the system says of a socket from aside, held against what was done to it.
 */
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>

#include "test_sock.h"

static struct event_kernel tcp_look(int fd)
{
	struct event_kernel k = {0};
	sock_kernel(fd, PROTOCOL_TCP, &k);
	return k;
}

static struct event_kernel udp_look(int fd)
{
	struct event_kernel k = {0};
	sock_kernel(fd, PROTOCOL_UDP, &k);
	return k;
}

/* What loopback brings is there at once or very soon. */
#define await(condition)                                                                                               \
	do {                                                                                                           \
		uint64_t deadline = clock_now() + PATIENCE * CLOCK_MS;                                                 \
		while (!(condition)) {                                                                                 \
			assert_true(clock_now() < deadline);                                                           \
			sched_yield();                                                                                 \
		}                                                                                                      \
	} while (0)

static bool is_in(int fd, const char *name)
{
	return strcmp(kernel_state_name(tcp_look(fd).state), name) == 0;
}

/* --- TCP --- */

static void knows_a_connection(void **state)
{
	(void)state;
	struct pair p = connected(4);
	struct event_kernel k = tcp_look(p.client);
	assert_int_equal(k.offered, KERNEL_TCP | KERNEL_UNSENT | KERNEL_UNREAD);
	assert_string_equal(kernel_state_name(k.state), "ESTABLISHED");
	assert_true(k.rtt > 0); /* the handshake was a round trip */
	assert_int_equal(k.rtt % 1000, 0);
	assert_true(k.rtt_variation > 0);
	assert_true(k.congestion_window > 0);
	assert_int_equal(k.unacknowledged, 0);
	assert_int_equal(k.unsent, 0);
	assert_int_equal(k.unread, 0);
	assert_int_equal(k.dropped, 0);
	disconnect(p);
}

static void follows_the_states(void **state)
{
	(void)state;
	struct pair p = connected(4);
	assert_int_equal(sock_shutdown(p.server, SHUT_WR), 0);
	await_input(p.client); /* the end of the stream */
	assert_true(is_in(p.client, "CLOSE-WAIT"));
	await(is_in(p.server, "FIN-WAIT-2"));
	assert_int_equal(sock_shutdown(p.client, SHUT_WR), 0);
	await(is_in(p.client, "CLOSED"));
	disconnect(p);

	int fd = sock_socket(4, PROTOCOL_TCP, BLOCKING);
	assert_true(is_in(fd, "CLOSED"));
	sock_close(fd);
}

static void after_the_peer_closed(void **state)
{
	(void)state;
	struct pair p = connected(4);
	assert_int_equal(sock_close(p.server), 0);
	await_input(p.client);
	struct event_kernel k = tcp_look(p.client);
	assert_string_equal(kernel_state_name(k.state), "CLOSE-WAIT");
	assert_int_equal(k.unread, 0); /* an end is no byte */
	sock_close(p.client);
}

/* A welcoming socket carries no bytes: the system has no figures of them, but of the connections in its queue. */
static void says_what_is_not_offered(void **state)
{
	(void)state;
	struct endpoint at = loopback(4, 0);
	struct event_kernel k;
	memset(&k, 0xff, sizeof k);
	int welcoming = bound(PROTOCOL_TCP, &at, BLOCKING);
	assert_int_equal(sock_listen(welcoming, 5), 0);
	sock_kernel(welcoming, PROTOCOL_TCP, &k);
	assert_int_equal(k.offered, KERNEL_TCP | KERNEL_UNREAD);
	assert_string_equal(kernel_state_name(k.state), "LISTEN");
	assert_int_equal(k.unacknowledged, 0);
	assert_int_equal(k.unsent, 0);
	assert_int_equal(k.unread, 0);
	assert_int_equal(sock_unread(welcoming), 0);
	sock_close(welcoming);
}

static void counts_connections_that_wait(void **state)
{
	(void)state;
	struct endpoint at = loopback(4, 0);
	int clients[2], welcoming = bound(PROTOCOL_TCP, &at, BLOCKING);
	assert_int_equal(sock_listen(welcoming, 5), 0);
	assert_int_equal(sock_getsockname(welcoming, &at), 0);
	assert_int_equal(tcp_look(welcoming).unread, 0);
	for (size_t i = 0; i < 2; i++) {
		clients[i] = sock_socket(4, PROTOCOL_TCP, BLOCKING);
		assert_int_equal(sock_connect(clients[i], &at), 0);
		await(tcp_look(welcoming).unread == i + 1);
	}
	int accepted = sock_accept(welcoming, &at, BLOCKING);
	assert_int_not_equal(accepted, -1);
	assert_int_equal(tcp_look(welcoming).unread, 1);
	sock_close(accepted);
	sock_close(clients[0]);
	sock_close(clients[1]);
	sock_close(welcoming);
}

/* Two sends wait as one piece of stream. */
static void counts_unread_bytes(void **state)
{
	(void)state;
	struct pair p = connected(4);
	char data[4];
	assert_int_equal(sock_unread(p.server), 0);
	assert_int_equal(sock_send(p.client, "hello", 5), 5);
	assert_int_equal(sock_send(p.client, "world\n", 6), 6);
	await(sock_unread(p.server) == 11);
	assert_int_equal(tcp_look(p.server).unread, 11);
	assert_int_equal(sock_recv(p.server, data, sizeof data), 4);
	assert_int_equal(sock_unread(p.server), 7);
	assert_int_equal(sock_unread(p.client), 0);
	disconnect(p);
}

/* Sends until there is no room; returns how many bytes were taken. */
static uint64_t fill(int fd)
{
	static const uint8_t data[1 << 16];
	uint64_t sent = 0;
	for (ssize_t n; (n = sock_send(fd, data, sizeof data)) != -1;)
		sent += (uint64_t)n;
	assert_int_equal(errno, EAGAIN);
	return sent;
}

/* Nobody reads: first the other end's buffer is full, then ours. */
static void counts_what_is_not_delivered(void **state)
{
	(void)state;
	struct pair p = connected(4);
	struct event_kernel k;
	uint64_t sent = 0;
	assert_int_equal(fcntl(p.client, F_SETFL, O_NONBLOCK), 0);
	await((sent += fill(p.client), k = tcp_look(p.client), k.unsent > 0));
	assert_true(k.unacknowledged >= k.unsent);
	assert_true(k.unacknowledged < sent);
	assert_true(sock_unread(p.server) >= sent - k.unacknowledged); /* what was acknowledged has arrived */
	disconnect(p);
}

/* --- UDP --- */

static void counts_the_next_datagram(void **state)
{
	(void)state;
	struct endpoint at = loopback(4, 0);
	int fd = bound(PROTOCOL_UDP, &at, BLOCKING);
	char data[16];
	struct event_kernel k = udp_look(fd);
	assert_int_equal(k.offered, KERNEL_UNREAD | KERNEL_DROPPED);
	assert_int_equal(k.unread, 0);
	assert_int_equal(k.dropped, 0);

	assert_int_equal(sock_sendto(fd, "hello", 5, &at), 5);
	assert_int_equal(sock_sendto(fd, "world\n", 6, &at), 6);
	await_input(fd);
	assert_int_equal(sock_unread(fd), 5);
	assert_int_equal(udp_look(fd).unread, 5);
	assert_int_equal(sock_recvfrom(fd, data, sizeof data, NULL, NULL), 5);
	await_input(fd);
	assert_int_equal(sock_unread(fd), 6);
	sock_close(fd);
}

static uint64_t receive_all(int fd)
{
	char data[128];
	uint64_t n = 0;
	while (sock_recvfrom(fd, data, sizeof data, NULL, NULL) != -1)
		n++;
	assert_int_equal(errno, EAGAIN);
	return n;
}

/* The count that the system attaches to a datagram as that is queued. */
static uint32_t attached_drops(int fd)
{
	char data[128];
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(uint32_t))];
	} control = {0};
	struct iovec piece = {.iov_base = data, .iov_len = sizeof data};
	struct msghdr m = {
		.msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	uint32_t drops;
	await_input(fd);
	assert_true(recvmsg(fd, &m, 0) >= 0);
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	assert_non_null(c);
	assert_int_equal(c->cmsg_type, SO_RXQ_OVFL);
	memcpy(&drops, CMSG_DATA(c), sizeof drops);
	return drops;
}

/* Each datagram is either received or counted: nothing is lost in silence. */
static void test_fault_10_counts_dropped_datagrams(void **state)
{
	(void)state;
	enum { FLOOD = 200 };
	static const char data[100];
	struct endpoint at = loopback(4, 0);
	int fd = bound(PROTOCOL_UDP, &at, NONBLOCKING);
	uint64_t received = 0;
	assert_int_equal(sock_setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, 1), 0);
	assert_int_equal(sock_setsockopt(fd, SOL_SOCKET, SO_RCVBUF, 1), 0); /* the system takes its least */
	for (int i = 0; i < FLOOD; i++)
		assert_int_equal(sock_sendto(fd, data, sizeof data, &at), sizeof data);

	await((received += receive_all(fd)) + udp_look(fd).dropped == FLOOD);
	assert_true(received > 0);
	assert_true(udp_look(fd).dropped > 0);

	assert_int_equal(sock_sendto(fd, data, sizeof data, &at), sizeof data);
	assert_int_equal(attached_drops(fd), udp_look(fd).dropped);
	sock_close(fd);
}

/* --- Both --- */

static void zeroes_what_there_is_not(void **state)
{
	(void)state;
	for (enum protocol p = PROTOCOL_TCP; p <= PROTOCOL_UDP; p++) {
		struct event_kernel k;
		memset(&k, 0xff, sizeof k);
		errno = E2BIG;
		sock_kernel(-1, p, &k);
		assert_int_equal(errno, E2BIG);
		assert_int_equal(k.protocol, p);
		assert_int_equal(k.offered, 0);
		assert_int_equal(k.why, 0);
		assert_int_equal(k.state, 0);
		assert_int_equal(k.congestion_window, 0);
		assert_int_equal(k.retransmissions, 0);
		assert_int_equal(k.rtt, 0);
		assert_int_equal(k.rtt_variation, 0);
		assert_int_equal(k.unacknowledged, 0);
		assert_int_equal(k.unsent, 0);
		assert_int_equal(k.unread, 0);
		assert_int_equal(k.dropped, 0);
		assert_int_equal(k.taken, 0);
		assert_int_equal(k.waited, 0);
		assert_endpoint(&k.local, "");
		assert_endpoint(&k.remote, "");
	}
	assert_int_equal(sock_unread(-1), 0);
	assert_int_equal(errno, E2BIG);
}

/* A descriptor that is no socket has none of these figures. */
static void says_nothing_of_what_is_no_socket(void **state)
{
	(void)state;
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	assert_int_equal(tcp_look(fd).offered, 0);
	assert_int_equal(udp_look(fd).offered, 0);
	close(fd);
}

static void hear(const struct event *e, void *arg)
{
	(void)e;
	(*(int *)arg)++;
}

static void no_hook_hears_of_it(void **state)
{
	(void)state;
	struct pair p = connected(4);
	int heard = 0;
	sock_hooks(EVENT_CLIENT, hear, hear, &heard);
	tcp_look(p.client);
	udp_look(p.client);
	sock_unread(p.client);
	assert_int_equal(heard, 0);
	sock_hooks(EVENT_CLIENT, NULL, NULL, NULL);
	disconnect(p);
}

static void samples_what_is_open(void **state)
{
	(void)state;
	struct event_kernel k;
	struct endpoint local, at = loopback(4, 0);
	struct pair p = connected(4);
	assert_int_equal(sock_getsockname(p.client, &local), 0);
	errno = EDOM;
	assert_true(sock_sample(p.server, &k));
	assert_int_equal(k.protocol, PROTOCOL_TCP);
	assert_int_equal(k.fd, p.server);
	assert_same(&k.remote, &local);
	assert_int_equal(k.local.family, 4);
	disconnect(p);

	int udp = bound(PROTOCOL_UDP, &at, BLOCKING), fds[2];
	assert_true(sock_sample(udp, &k));
	assert_int_equal(k.protocol, PROTOCOL_UDP);
	assert_same(&k.local, &at);
	assert_int_equal(k.remote.family, 0);
	sock_close(udp);

	assert_int_equal(sock_socketpair(fds), 0); /* a socket, but of neither */
	assert_false(sock_sample(fds[0], &k));
	sock_close(fds[0]);
	sock_close(fds[1]);
	errno = EDOM;
	assert_false(sock_sample(STDIN_FILENO, &k));
	assert_false(sock_sample(-1, &k));
	assert_int_equal(errno, EDOM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		both(knows_a_connection),
		both(follows_the_states),
		both(after_the_peer_closed),
		both(says_what_is_not_offered),
		both(counts_connections_that_wait),
		both(counts_unread_bytes),
		both(counts_what_is_not_delivered),
		both(counts_the_next_datagram),
		both(test_fault_10_counts_dropped_datagrams),
		both(zeroes_what_there_is_not),
		both(says_nothing_of_what_is_no_socket),
		both(samples_what_is_open),
		cmocka_unit_test(no_hook_hears_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
