/* Single-stepping: each call of this end waits before it is made, having told of itself. */
#include "test_client_network.h"

static const struct event *await_announced(enum event_op op)
{
	return await((struct wanted){.kind = EVENT_CALL, .op = op, .announced = true});
}

/* The call that waits is this one, and nothing comes after it. Lets it go. */
static const struct event *let_go(enum event_op op)
{
	const struct event *e = await_announced(op);
	assert_int_equal(looked, told_count);
	network_step_go(network, NETWORK_CLIENT);
	return e;
}

static struct network *volatile left[8]; /* known to whoever looks for leaks: written, though never read */

/* Stopped while something waits: what that is about lies on the loop, and is left there. */
static void stop_in_the_middle(void)
{
	static size_t n;
	network_stop(network);
	assert_int_equal(network_take(network, keep, NULL), 0);
	assert_false(network_free(network));
	assert_true(n < COUNT(left));
	left[n++] = network;
	close(woken[0]);
	close(woken[1]);
}

static size_t calls_made(enum event_op op)
{
	size_t n = 0;
	for (size_t i = 0; i < told_count; i++)
		n += told[i].kind == EVENT_CALL && told[i].call.returned && told[i].call.op == op;
	return n;
}

static bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	return poll(&p, 1, 0) == 1;
}

/* --- Call by call --- */

static void test_sentence_call_by_call(void **state)
{
	(void)state;
	unsigned port;
	int welcoming = server_socket(SOCK_STREAM, 8, &port);
	start(patient);
	network_step(network, NETWORK_CLIENT);
	talk(PROTOCOL_TCP, port);
	const struct event *e = let_go(OP_GETADDRINFO);
	assert_false(e->call.returned);
	let_go(OP_SOCKET);
	assert_int_equal(await_call(OP_SOCKET, 0)->who, EVENT_CLIENT);
	e = await_announced(OP_CONNECT);
	assert_int_equal(e->call.address.port, port);
	assert_false(readable(welcoming)); /* it is not made before it is let go */
	network_step_go(network, NETWORK_CLIENT);
	int fd = server_accept(welcoming, NULL);
	let_go(OP_GETSOCKOPT);
	let_go(OP_GETSOCKNAME);
	await_state(STATE_CONNECTED);

	say("hello");
	e = await_announced(OP_SEND);
	assert_string_equal(e->data, "hello\n");
	assert_false(readable(fd));
	network_step_go(network, NETWORK_CLIENT);
	server_hears(fd, "hello\n");
	server_says(fd, "HELLO\n");
	let_go(OP_RECV);
	await_reply("HELLO");
	assert_int_equal(calls_made(OP_SEND), 1);
	stop();
	close(fd);
	close(welcoming);
}

static void test_turning_it_off_lets_all_go(void **state)
{
	(void)state;
	unsigned port;
	int welcoming = server_socket(SOCK_STREAM, 8, &port);
	start(patient);
	talk(PROTOCOL_TCP, port);
	int fd = server_answered(welcoming);
	network_step(network, NETWORK_CLIENT);
	say("one");
	say("two");
	await_announced(OP_SEND);
	network_step(network, 0);
	server_hears(fd, "one\ntwo\n");
	server_says(fd, "ONE\nTWO\n");
	await_reply("TWO");
	assert_int_equal(count((struct wanted){.kind = EVENT_CALL, .op = OP_SEND, .announced = true}), 1);
	stop();
	close(fd);
	close(welcoming);
}

/* What lets nothing go, since nothing waits, does not let go what comes later. */
static void test_go_is_for_what_waits(void **state)
{
	(void)state;
	unsigned port;
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	start(patient);
	talk(PROTOCOL_UDP, port);
	await_state(STATE_READY);
	network_step_go(network, NETWORK_CLIENT);
	network_step(network, NETWORK_CLIENT);
	network_step_go(network, NETWORK_CLIENT);
	say("one");
	await_announced(OP_SENDTO);
	assert_false(readable(fd));
	struct sockaddr_in client;
	network_step_go(network, NETWORK_CLIENT);
	server_takes(fd, "one", &client);
	network_step(network, 0);
	stop();
	close(fd);
}

/* While somebody steps, no reply is late. */
static void test_nothing_is_missing_while_stepping(void **state)
{
	(void)state;
	unsigned port;
	struct sockaddr_in client;
	struct network_options options = patient;
	options.udp_timeout = 1; /* over at once, if it counted */
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	start(options);
	network_step(network, NETWORK_CLIENT);
	talk(PROTOCOL_UDP, port);
	let_go(OP_GETADDRINFO);
	let_go(OP_SOCKET);
	await_state(STATE_READY);
	say("one");
	let_go(OP_SENDTO);
	server_takes(fd, "one", &client);
	let_go(OP_GETSOCKNAME);
	await_state(STATE_PORT);
	server_gives(fd, "ONE", 3, &client);
	let_go(OP_RECVFROM);
	assert_false(await_reply("ONE")->talk.late);
	network_step(network, 0);
	say("two");
	await_missing(VERDICT_TIMEOUT, 2); /* as before */
	stop();
	close(fd);
}

static void test_name_waits_to_be_looked_up(void **state)
{
	(void)state;
	need_a_name();
	unsigned port;
	int welcoming = server_socket(SOCK_STREAM, 8, &port);
	struct network_options options = patient;
	options.family = 4;
	start(options);
	network_step(network, NETWORK_CLIENT);
	talk_by_name(PROTOCOL_TCP, port);
	assert_string_equal(await_announced(OP_GETADDRINFO)->data, "localhost");
	/* The network's thread is free meanwhile. */
	network_shutdown(network);
	await_note("no connection");
	network_step_go(network, NETWORK_CLIENT);
	await_announced(OP_SOCKET);
	network_step(network, 0);
	close(server_accept(welcoming, NULL));
	await_state(STATE_CLOSED);
	stop();
	close(welcoming);
}

/* --- The end --- */

static void test_end_while_a_send_waits(void **state)
{
	(void)state;
	unsigned port;
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	start(patient);
	talk(PROTOCOL_UDP, port);
	await_state(STATE_READY);
	network_step(network, NETWORK_CLIENT);
	say("never");
	await_announced(OP_SENDTO);
	stop_in_the_middle();
	assert_false(readable(fd));
	assert_int_equal(calls_made(OP_SENDTO), 0);
	close(fd);
}

static void test_end_while_a_socket_is_made(void **state)
{
	(void)state;
	unsigned port;
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	start(patient);
	network_step(network, NETWORK_CLIENT);
	talk(PROTOCOL_UDP, port);
	let_go(OP_GETADDRINFO);
	await_announced(OP_SOCKET);
	stop_in_the_middle();
	assert_int_equal(calls_made(OP_SOCKET), 0);
	close(fd);
}

static void test_end_while_nothing_waits(void **state)
{
	(void)state;
	unsigned port;
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	start(patient);
	talk(PROTOCOL_UDP, port);
	await_state(STATE_READY);
	network_step(network, NETWORK_CLIENT | NETWORK_SERVER);
	stop();
	assert_int_equal(calls_made(OP_CLOSE), 1);
	close(fd);
}

static void test_end_while_a_close_waits(void **state)
{
	(void)state;
	unsigned port;
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	start(patient);
	talk(PROTOCOL_UDP, port);
	await_state(STATE_READY);
	network_step(network, NETWORK_CLIENT);
	network_disconnect(network);
	await_announced(OP_CLOSE);
	stop();
	assert_int_equal(calls_made(OP_CLOSE), 1);
	close(fd);
}

/* --- A look at every socket --- */

static const struct event *await_sample(uint16_t remote, uint32_t tcp_state)
{
	const struct event *e;
	do
		e = await((struct wanted){.kind = EVENT_KERNEL, .why = KERNEL_SAMPLE, .state = tcp_state});
	while (e->kernel.remote.port != remote);
	return e;
}

static void test_every_socket_is_looked_at(void **state)
{
	enum { ESTABLISHED = 1, CLOSE_WAIT = 8, CLIENTS = 3 };
	(void)state;
	unsigned port;
	int fds[CLIENTS], seen[CLIENTS], welcoming = server_socket(SOCK_STREAM, 8, &port);
	start(patient);
	behave((struct network_habits){.hold = true});
	talk(PROTOCOL_TCP, port);
	network_extra_clients(network, CLIENTS - 1);
	for (int i = 0; i < CLIENTS; i++) {
		unsigned from;
		fds[i] = server_accept(welcoming, &from);
	}
	for (int i = 1; i < CLIENTS; i++)
		await_note("is connected");
	network_watch_all(network, true);
	for (int i = 0; i < CLIENTS; i++) {
		const struct event *e = await_sample((uint16_t)port, ESTABLISHED);
		seen[i] = e->kernel.fd;
		assert_int_not_equal(e->kernel.local.port, 0);
		for (int j = 0; j < i; j++)
			assert_int_not_equal(seen[i], seen[j]);
	}
	/* One has changed. */
	server_says(fds[0], "wait");
	while (await_sample((uint16_t)port, ESTABLISHED)->kernel.unread != 4)
		continue;

	network_watch_all(network, false);
	network_watch_all(network, true);
	for (int i = 0; i < CLIENTS; i++)
		await_sample((uint16_t)port, ESTABLISHED); /* each is told again */
	stop();
	for (int i = 0; i < CLIENTS; i++)
		close(fds[i]);
	close(welcoming);
}

static void test_sockets_are_looked_at_while_a_call_waits(void **state)
{
	(void)state;
	unsigned port;
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	start(patient);
	talk(PROTOCOL_UDP, port);
	await_state(STATE_READY);
	network_step(network, NETWORK_CLIENT);
	say("one");
	await_announced(OP_SENDTO);
	network_watch_all(network, true);
	assert_int_equal(await_kernel(KERNEL_SAMPLE)->kernel.protocol, PROTOCOL_UDP);
	network_step(network, 0);
	await_call(OP_SENDTO, 0);
	stop();
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sentence_call_by_call),
		cmocka_unit_test(test_turning_it_off_lets_all_go),
		cmocka_unit_test(test_go_is_for_what_waits),
		cmocka_unit_test(test_nothing_is_missing_while_stepping),
		cmocka_unit_test(test_name_waits_to_be_looked_up),
		cmocka_unit_test(test_end_while_a_send_waits),
		cmocka_unit_test(test_end_while_a_socket_is_made),
		cmocka_unit_test(test_end_while_nothing_waits),
		cmocka_unit_test(test_end_while_a_close_waits),
		cmocka_unit_test(test_every_socket_is_looked_at),
		cmocka_unit_test(test_sockets_are_looked_at_while_a_call_waits),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);
	forget();
	return failures;
}
