/* How this end of a conversation behaves: the room of a receive, holding, TCP_NODELAY, a bound UDP socket. */
#include "test_client_network.h"

enum { ESTABLISHED = 1, CLOSED = 7, CLOSE_WAIT = 8 }; /* of a TCP connection, as Linux numbers them */

static void test_stream_comes_in_pieces(void **state)
{
	(void)state;
	unsigned port;
	int welcoming = server_socket(SOCK_STREAM, 8, &port);
	start(patient);
	behave((struct network_habits){.recv_room = 4});
	talk(PROTOCOL_TCP, port);
	say("0123456789");
	int fd = server_serves(welcoming, "0123456789\n", "0123456789\n");
	static const int64_t pieces[] = {4, 4, 3};
	for (size_t i = 0; i < COUNT(pieces); i++) {
		const struct event *e = await_call(OP_RECV, 0);
		assert_int_equal(e->call.asked, 4);
		assert_int_equal(e->call.result, pieces[i]);
	}
	assert_int_equal(await_reply("0123456789")->talk.verdict, VERDICT_RIGHT);

	behave((struct network_habits){0});
	say("whole");
	server_hears(fd, "whole\n");
	server_says(fd, "WHOLE\n");
	assert_int_equal(await_call(OP_RECV, 0)->call.result, 6);
	stop();
	close(fd);
	close(welcoming);
}

static void test_datagram_is_truncated(void **state)
{
	(void)state;
	unsigned port;
	struct sockaddr_in from;
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	start(patient);
	behave((struct network_habits){.recv_room = 4});
	talk(PROTOCOL_UDP, port);
	say("abcdef");
	server_takes(fd, "abcdef", &from);
	server_gives(fd, "ABCDEF", 6, &from);
	const struct event *e = await_call(OP_RECVFROM, 0);
	assert_int_equal(e->call.asked, 4);
	assert_int_equal(e->call.result, 6);
	e = await_reply("ABCD");
	assert_int_equal(e->talk.verdict, VERDICT_TRUNCATED);
	assert_int_equal(e->talk.limit, 6);

	/* The rest is gone: the next receive gets the next datagram. */
	say("next");
	server_takes(fd, "next", &from);
	server_gives(fd, "NEXT", 4, &from);
	assert_int_equal(await_reply("NEXT")->talk.verdict, VERDICT_RIGHT);
	stop();
	close(fd);
}

static const struct event *await_unread(uint64_t bytes)
{
	const struct event *e;
	do {
		e = await_kernel(KERNEL_SAMPLE);
	} while (e->kernel.unread != bytes);
	return e;
}

static void test_held_stream_stays_in_the_kernel(void **state)
{
	(void)state;
	unsigned port;
	int welcoming = server_socket(SOCK_STREAM, 8, &port);
	start(patient);
	talk(PROTOCOL_TCP, port);
	int fd = server_answered(welcoming);
	size_t receives = count((struct wanted){.kind = EVENT_CALL, .op = OP_RECV});

	behave((struct network_habits){.hold = true});
	network_watch(network, true);
	say("one");
	say("two");
	server_hears(fd, "one\ntwo\n");
	server_says(fd, "ONE\nTWO\n");
	assert_true(await_unread(8)->kernel.offered & KERNEL_UNREAD);
	assert_int_equal(count((struct wanted){.kind = EVENT_CALL, .op = OP_RECV}), receives);

	behave((struct network_habits){0});
	assert_int_equal(await_call(OP_RECV, 0)->call.result, 8);
	await_reply("ONE");
	await_reply("TWO");
	stop();
	close(fd);
	close(welcoming);
}

static void test_held_datagrams_stay_in_the_kernel(void **state)
{
	(void)state;
	unsigned port;
	struct sockaddr_in from;
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	start(patient);
	behave((struct network_habits){.hold = true});
	network_watch(network, true);
	talk(PROTOCOL_UDP, port);
	say("one");
	say("second");
	server_takes(fd, "one", &from);
	server_gives(fd, "ONE", 3, &from);
	server_takes(fd, "second", &from);
	server_gives(fd, "SECOND", 6, &from);
	await_unread(3); /* of the next datagram alone */
	assert_int_equal(count((struct wanted){.kind = EVENT_CALL, .op = OP_RECVFROM}), 0);
	behave((struct network_habits){0});
	await_reply("ONE");
	await_reply("SECOND");
	stop();
	close(fd);
}

static void await_tcp_state(uint32_t connection_state)
{
	await((struct wanted){.kind = EVENT_KERNEL, .why = KERNEL_SAMPLE, .state = connection_state});
}

static void test_second_send_after_the_end_fails(void **state)
{
	(void)state;
	unsigned port;
	int welcoming = server_socket(SOCK_STREAM, 8, &port);
	start(patient);
	talk(PROTOCOL_TCP, port);
	int fd = server_answered(welcoming);
	behave((struct network_habits){.hold = true});
	network_watch(network, true);
	await_tcp_state(ESTABLISHED); /* so what was asked for is in force */
	close(fd);
	await_tcp_state(CLOSE_WAIT);
	assert_int_equal(count((struct wanted){.kind = EVENT_STATE, .what = STATE_CLOSED}), 0);

	say("one");
	assert_int_equal(await_call(OP_SEND, 0)->call.result, 4);
	await_tcp_state(CLOSED); /* by the reset that answered it */
	assert_int_equal(count((struct wanted){.kind = EVENT_STATE, .what = STATE_CLOSED}), 0);
	say("two");
	await_call(OP_SEND, EPIPE);
	await((struct wanted){.kind = EVENT_STATE, .what = STATE_CLOSED, .error = EPIPE});
	stop();
	close(welcoming);
}

static const struct event *await_nodelay(int value)
{
	const struct event *e = await_call(OP_SETSOCKOPT, 0);
	assert_int_equal(e->call.args[0], IPPROTO_TCP);
	assert_int_equal(e->call.args[1], TCP_NODELAY);
	assert_int_equal(e->call.args[2], value);
	return e;
}

static void test_nodelay(void **state)
{
	(void)state;
	unsigned port;
	int welcoming = server_socket(SOCK_STREAM, 8, &port);
	start(patient);
	talk(PROTOCOL_TCP, port);
	await_state(STATE_CONNECTED);
	assert_int_equal(count((struct wanted){.kind = EVENT_CALL, .op = OP_SETSOCKOPT}), 0);

	behave((struct network_habits){.nodelay = true});
	await_nodelay(1);
	behave((struct network_habits){.nodelay = true, .recv_room = 9}); /* nothing new: no call */
	behave((struct network_habits){0});
	await_nodelay(0);
	behave((struct network_habits){.nodelay = true});
	await_nodelay(1);

	talk(PROTOCOL_TCP, port); /* for later sockets, too */
	await_call(OP_SOCKET, 0);
	await_nodelay(1);
	await_state(STATE_CONNECTED);
	stop();
	close(welcoming);
}

/* --- A bound UDP socket --- */

/* A port on which nobody listens. */
static unsigned nobody(void)
{
	unsigned port;
	close(server_socket(SOCK_DGRAM, 0, &port));
	return port;
}

static void test_fault_15_refusal_comes_to_a_bound_socket(void **state)
{
	(void)state;
	start(patient);
	behave((struct network_habits){.bound = true});
	talk(PROTOCOL_UDP, nobody());
	await_call(OP_CONNECT, 0);
	const struct event *e = await_state(STATE_READY);
	assert_true(e->state.bound);
	assert_int_not_equal(await_state(STATE_PORT)->state.local.port, 0);
	say("one");
	await_call(OP_SEND, 0);
	await_call(OP_RECVFROM, ECONNREFUSED);
	assert_int_equal(await_missing(VERDICT_REFUSED, 1)->talk.error, ECONNREFUSED);
	say("two");
	await_missing(VERDICT_REFUSED, 2);
	stop();
}

static void test_fault_15_refusal_surfaces_at_the_next_send(void **state)
{
	(void)state;
	start(patient);
	behave((struct network_habits){.bound = true, .hold = true}); /* so no receive takes it away before */
	talk(PROTOCOL_UDP, nobody());
	say("one");
	await((struct wanted){.kind = EVENT_CALL, .op = OP_SEND, .data = "one"});
	say("two");
	await((struct wanted){.kind = EVENT_CALL, .op = OP_SEND, .error = ECONNREFUSED, .data = "two"});
	await_missing(VERDICT_REFUSED, 1);
	await((struct wanted){.kind = EVENT_CALL, .op = OP_SEND, .data = "two"});
	stop();
}

/* In a moment when nothing is in flight any more. */
static void test_refusal_of_nothing_in_flight(void **state)
{
	(void)state;
	unsigned port;
	struct network_options options = patient;
	options.udp_timeout = 20 * CLOCK_MS;
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	start(options);
	behave((struct network_habits){.bound = true, .hold = true});
	close(fd);
	talk(PROTOCOL_UDP, port);
	say("one");
	await_missing(VERDICT_TIMEOUT, 1);
	behave((struct network_habits){.bound = true});
	await_call(OP_RECVFROM, ECONNREFUSED);
	await_note("was sent before was refused");
	stop();
}

static void test_bound_socket_hears_no_stranger(void **state)
{
	(void)state;
	unsigned port, strange_port;
	struct sockaddr_in client;
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	int stranger = server_socket(SOCK_DGRAM, 0, &strange_port);
	start(patient);
	talk(PROTOCOL_UDP, port);
	assert_false(await_state(STATE_READY)->state.bound);
	say("free");
	server_takes(fd, "free", &client);
	server_gives(stranger, "who", 3, &client);
	const struct event *e = await((struct wanted){.kind = EVENT_REPLY, .verdict = VERDICT_STRANGER});
	assert_int_equal(e->talk.from.port, strange_port);
	server_gives(fd, "FREE", 4, &client);
	await_reply("FREE");

	behave((struct network_habits){.bound = true});
	assert_true(await_state(STATE_READY)->state.bound);
	say("bound");
	server_takes(fd, "bound", &client);
	server_gives(stranger, "who", 3, &client);
	server_gives(fd, "BOUND", 5, &client);
	await_reply("BOUND"); /* in the order in which they came, the stranger's would be first */
	assert_int_equal(count((struct wanted){.kind = EVENT_REPLY, .verdict = VERDICT_STRANGER}), 1);

	behave((struct network_habits){0});
	assert_false(await_state(STATE_READY)->state.bound);
	say("free again");
	await_call(OP_SENDTO, 0);
	e = await_state(STATE_PORT);
	server_takes(fd, "free again", &client);
	assert_int_equal(e->state.local.port, ntohs(client.sin_port));
	server_gives(stranger, "who", 3, &client);
	await((struct wanted){.kind = EVENT_REPLY, .verdict = VERDICT_STRANGER});
	stop();
	close(fd);
	close(stranger);
}

/* With the server the system forgets this end's port: no reply to what went from there can come any more. */
static void test_unbinding_gives_up_the_port(void **state)
{
	(void)state;
	unsigned port;
	struct sockaddr_in before, after;
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	start(patient);
	behave((struct network_habits){.bound = true});
	talk(PROTOCOL_UDP, port);
	assert_true(await_state(STATE_READY)->state.bound);
	say("answered");
	server_takes(fd, "answered", &before);
	server_gives(fd, "ANSWERED", 8, &before);
	await_reply("ANSWERED");
	say("waiting");
	server_takes(fd, "waiting", &before);

	behave((struct network_habits){0});
	assert_int_equal(await_missing(VERDICT_CUT_SHORT, 2)->talk.error, 0);
	say("hello");
	server_takes(fd, "hello", &after);
	server_gives(fd, "HELLO", 5, &after);
	assert_int_equal(await_reply("HELLO")->talk.sentence, 3);
	stop();
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stream_comes_in_pieces),
		cmocka_unit_test(test_datagram_is_truncated),
		cmocka_unit_test(test_held_stream_stays_in_the_kernel),
		cmocka_unit_test(test_held_datagrams_stay_in_the_kernel),
		cmocka_unit_test(test_second_send_after_the_end_fails),
		cmocka_unit_test(test_nodelay),
		cmocka_unit_test(test_fault_15_refusal_comes_to_a_bound_socket),
		cmocka_unit_test(test_fault_15_refusal_surfaces_at_the_next_send),
		cmocka_unit_test(test_refusal_of_nothing_in_flight),
		cmocka_unit_test(test_bound_socket_hears_no_stranger),
		cmocka_unit_test(test_unbinding_gives_up_the_port),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);
	forget();
	return failures;
}
