/* The textbook's client: a socket for each sentence, and the book's calls in the book's order. */
#include "test_client_network.h"

/* The client's calls so far that have returned and were not looked at yet are these, in this order. */
static void assert_calls(const enum event_op *ops, size_t n)
{
	size_t made = 0;
	for (size_t i = 0; i < told_count; i++) {
		const struct event *e = &told[i];
		if (e->kind != EVENT_CALL || !e->call.returned || e->call.op == OP_GETADDRINFO)
			continue;
		assert_true(made < n);
		assert_int_equal(e->call.op, ops[made]);
		made++;
	}
	assert_int_equal(made, n);
}

static void begin(enum protocol protocol, unsigned port, struct network_options options)
{
	start(options);
	assert_int_equal(network_textbook(network, true), 0);
	await_note("a socket of its own");
	talk(protocol, port);
	assert_true(await_state(STATE_READY)->state.one_each);
}

/* With a server of the test's own, whose socket it returns. */
static int begin_with(enum protocol protocol, struct network_options options)
{
	unsigned port;
	int fd = server_socket(protocol == PROTOCOL_TCP ? SOCK_STREAM : SOCK_DGRAM, 8, &port);
	begin(protocol, port, options);
	return fd;
}

/* --- The book's calls --- */

static void test_tcp_sentence(void **state)
{
	static const enum event_op book[] = {OP_SOCKET, OP_CONNECT, OP_SEND, OP_RECV, OP_CLOSE,
					     OP_SOCKET, OP_CONNECT, OP_SEND, OP_RECV, OP_CLOSE};
	(void)state;
	unsigned port;
	int welcoming = server_socket(SOCK_STREAM, 8, &port);
	begin(PROTOCOL_TCP, port, patient);
	for (int i = 0; i < 2; i++) {
		say("hello");
		int fd = server_serves(welcoming, "hello\n", "HELLO\n");
		server_hears_the_end(fd);
		close(fd);
		const struct event *e = await_call(OP_SOCKET, 0);
		assert_false(e->call.args[1] & O_NONBLOCK);
		assert_int_equal(await_call(OP_CONNECT, 0)->call.address.port, port);
		assert_int_equal(await_call(OP_RECV, 0)->call.asked, 1024);
		assert_int_equal(await_reply("HELLO")->talk.verdict, VERDICT_RIGHT);
		e = await_state(STATE_CLOSED);
		assert_int_equal(e->state.by, EVENT_CLIENT);
		assert_false(e->state.one_each);
	}
	stop();
	assert_calls(book, COUNT(book));
	assert_int_equal(count((struct wanted){.kind = EVENT_STATE, .what = STATE_CONNECTED}), 2);
	close(welcoming);
}

static void test_udp_sentence(void **state)
{
	static const enum event_op book[] = {OP_SOCKET, OP_SENDTO, OP_RECVFROM, OP_CLOSE,
					     OP_SOCKET, OP_SENDTO, OP_RECVFROM, OP_CLOSE};
	(void)state;
	int fd = begin_with(PROTOCOL_UDP, patient);
	for (int i = 0; i < 2; i++) {
		say("hello");
		server_answers(fd, "hello", "HELLO");
		assert_int_equal(await_call(OP_RECVFROM, 0)->call.asked, 2048);
		assert_int_equal(await_reply("HELLO")->talk.verdict, VERDICT_RIGHT);
		await_state(STATE_CLOSED);
	}
	stop();
	assert_calls(book, COUNT(book));
	close(fd);
}

/* The call that blocks is told before, so that it is seen where this end is. */
static void test_where_it_blocks(void **state)
{
	(void)state;
	int welcoming = begin_with(PROTOCOL_TCP, patient);
	say("hello");
	await((struct wanted){.kind = EVENT_CALL, .op = OP_CONNECT, .announced = true});
	int fd = server_accept(welcoming, NULL);
	await((struct wanted){.kind = EVENT_CALL, .op = OP_RECV, .announced = true});
	server_says(fd, "HELLO");
	await_reply("HELLO");
	await_state(STATE_CLOSED);
	stop();
	close(fd);
	close(welcoming);
}

/* --- Verdicts --- */

static void test_sentences_wait_for_each_other(void **state)
{
	(void)state;
	int welcoming = begin_with(PROTOCOL_TCP, patient);
	say("one");
	say("two");
	int fd = server_accept(welcoming, NULL);
	server_hears(fd, "one\n");
	struct pollfd p = {.fd = welcoming, .events = POLLIN};
	assert_int_equal(poll(&p, 1, 0), 0);
	server_says(fd, "ONE\n");
	close(fd);
	fd = server_serves(welcoming, "two\n", "TWO\n");
	await_reply("ONE");
	await_reply("TWO");
	stop();
	close(fd);
	close(welcoming);
	assert_int_equal(count((struct wanted){.kind = EVENT_MISSING}), 0);
}

/* recv() is called once, and what comes after that is not received. */
static void test_reply_in_pieces_is_cut_short(void **state)
{
	(void)state;
	int welcoming = begin_with(PROTOCOL_TCP, patient);
	say("hello");
	int fd = server_serves(welcoming, "hello\n", "HEL");
	const struct event *e = await_missing(VERDICT_CUT_SHORT, 1);
	assert_string_equal(e->data, "HEL");
	assert_int_equal(e->talk.error, ECANCELED); /* the server has not closed anything */
	assert_int_equal(await_state(STATE_CLOSED)->state.by, EVENT_CLIENT);
	close(fd);
	stop();
	close(welcoming);
}

static void test_server_closes_without_a_reply(void **state)
{
	(void)state;
	int welcoming = begin_with(PROTOCOL_TCP, patient);
	say("one");
	say("two");
	int fd = server_accept(welcoming, NULL);
	server_hears(fd, "one\n");
	close(fd);
	await_missing(VERDICT_CUT_SHORT, 1);
	assert_int_equal(await_state(STATE_CLOSED)->state.by, EVENT_SERVER);
	fd = server_serves(welcoming, "two\n", "TWO");
	await_reply("TWO");
	stop();
	close(fd);
	close(welcoming);
}

static void test_nobody_listens(void **state)
{
	(void)state;
	unsigned port;
	close(server_socket(SOCK_STREAM, 8, &port));
	begin(PROTOCOL_TCP, port, patient);
	say("one");
	await((struct wanted){.kind = EVENT_STATE, .what = STATE_FAILED, .error = ECONNREFUSED});
	assert_int_equal(await_missing(VERDICT_UNSENT, 1)->talk.error, ECONNREFUSED);
	stop();
}

/* The first address of the name refuses, and the sentence goes to the next; where there is only one, to that. */
static void test_next_address_gets_the_sentence(void **state)
{
	(void)state;
	need_a_name();
	unsigned port;
	int welcoming = server_socket(SOCK_STREAM, 8, &port); /* not on ::1 */
	start(patient);
	network_textbook(network, true);
	talk_by_name(PROTOCOL_TCP, port);
	say("hello");
	int fd = server_serves(welcoming, "hello\n", "HELLO\n");
	await_reply("HELLO");
	stop();
	close(fd);
	close(welcoming);
}

static void test_datagram_that_is_too_large(void **state)
{
	static char large[70000];
	(void)state;
	int fd = begin_with(PROTOCOL_UDP, patient);
	memset(large, 'a', sizeof large);
	network_say(network, large, sizeof large, (struct series){SERIES_NONE, 0});
	assert_int_equal(await_missing(VERDICT_UNSENT, 1)->talk.error, EMSGSIZE);
	await_state(STATE_CLOSED);
	say("small");
	server_answers(fd, "small", "SMALL");
	await_reply("SMALL");
	stop();
	close(fd);
}

static void test_less_room(void **state)
{
	(void)state;
	unsigned port;
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	start(patient);
	behave((struct network_habits){.recv_room = 3});
	network_textbook(network, true);
	talk(PROTOCOL_UDP, port);
	say("hello");
	server_answers(fd, "hello", "HELLO");
	const struct event *e = await((struct wanted){.kind = EVENT_REPLY, .verdict = VERDICT_TRUNCATED});
	assert_int_equal(e->talk.limit, 5);
	stop();
	close(fd);
}

/* --- What blocks is interrupted --- */

static void test_end_while_it_blocks(void **state)
{
	(void)state;
	int welcoming = begin_with(PROTOCOL_TCP, patient);
	say("hello");
	int fd = server_accept(welcoming, NULL);
	server_hears(fd, "hello\n");
	await((struct wanted){.kind = EVENT_CALL, .op = OP_RECV, .announced = true});
	stop();
	server_hears_the_end(fd);
	close(fd);
	close(welcoming);
}

static void test_disconnect_while_it_blocks(void **state)
{
	(void)state;
	int welcoming = begin_with(PROTOCOL_TCP, patient);
	for (int i = 0; i < 20; i++) { /* sooner and later */
		say("hello");
		int fd = server_accept(welcoming, NULL);
		if (i % 2)
			server_hears(fd, "hello\n");
		network_disconnect(network);
		await_missing(VERDICT_CANCELLED, 0);
		server_says(fd, "HELLO\n"); /* nobody hears it */
		await_state(STATE_CLOSED);
		close(fd);
	}
	assert_int_equal(count((struct wanted){.kind = EVENT_REPLY}), 0);
	stop();
	close(welcoming);
}

/* listen(fd, 0) has place for one that is not accepted; who comes after that one waits in connect(). */
static void test_disconnect_while_connect_blocks(void **state)
{
	(void)state;
	unsigned port;
	int welcoming = server_socket(SOCK_STREAM, 0, &port);
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	to.sin_port = htons((uint16_t)port);
	int first = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(first, (struct sockaddr *)&to, sizeof to), 0);
	begin(PROTOCOL_TCP, port, patient);
	say("never");
	await((struct wanted){.kind = EVENT_CALL, .op = OP_CONNECT, .announced = true});
	network_disconnect(network);
	const struct event *e = await((struct wanted){.kind = EVENT_CALL, .op = OP_CLOSE});
	assert_int_equal(e->who, EVENT_CLIENT);
	stop();
	looked = told_count;
	assert_int_equal(count((struct wanted){.kind = EVENT_CALL, .op = OP_CONNECT}), 0); /* it did not succeed */
	assert_int_equal(count((struct wanted){.kind = EVENT_MISSING, .verdict = VERDICT_CANCELLED}), 1);
	close(first);
	close(welcoming);
}

/* A reply that is overdue is waited for until there is something else to say. */
static void test_overdue_reply(void **state)
{
	(void)state;
	struct sockaddr_in client;
	struct network_options options = patient;
	options.udp_timeout = 20 * CLOCK_MS;
	int fd = begin_with(PROTOCOL_UDP, options);
	say("one");
	server_takes(fd, "one", &client);
	await_missing(VERDICT_TIMEOUT, 1);
	server_gives(fd, "ONE", 3, &client);
	assert_true(await_reply("ONE")->talk.late);
	await_state(STATE_CLOSED);

	say("two");
	server_takes(fd, "two", &client);
	await_missing(VERDICT_TIMEOUT, 2);
	network_timeout(network, CLOCK_NEVER);
	say("three");
	await_call(OP_RECVFROM, EINTR);
	server_answers(fd, "three", "THREE");
	await_reply("THREE");
	stop();
	close(fd);
}

static void test_turned_off_it_keeps_its_socket(void **state)
{
	(void)state;
	int welcoming = begin_with(PROTOCOL_TCP, patient);
	network_textbook(network, true); /* as it is */
	network_textbook(network, false);
	await_note("One socket is kept");
	await_state(STATE_CONNECTED);
	int fd = server_answered(welcoming);
	say("two");
	server_hears(fd, "two\n");
	stop();
	close(fd);
	close(welcoming);
}

/* --- Stepping --- */

static void let_go(enum event_op op)
{
	await((struct wanted){.kind = EVENT_CALL, .op = op, .announced = true});
	network_step_go(network, NETWORK_CLIENT);
}

static void test_call_by_call(void **state)
{
	(void)state;
	int welcoming = begin_with(PROTOCOL_TCP, patient);
	network_step(network, NETWORK_CLIENT);
	say("hello");
	let_go(OP_SOCKET);
	let_go(OP_CONNECT);
	let_go(OP_SEND);
	int fd = server_serves(welcoming, "hello\n", "HELLO\n");
	let_go(OP_RECV);
	let_go(OP_CLOSE);
	await_state(STATE_CLOSED);
	assert_int_equal(count((struct wanted){.kind = EVENT_REPLY, .data = "HELLO"}), 1);
	stop();
	close(fd);
	close(welcoming);
}

static void test_disconnect_while_a_call_waits(void **state)
{
	(void)state;
	int welcoming = begin_with(PROTOCOL_TCP, patient);
	network_step(network, NETWORK_CLIENT);
	say("never");
	let_go(OP_SOCKET);
	let_go(OP_CONNECT);
	await((struct wanted){.kind = EVENT_CALL, .op = OP_SEND, .announced = true});
	network_disconnect(network);
	await_call(OP_CLOSE, 0); /* nobody has to let it go */
	int fd = server_accept(welcoming, NULL);
	server_hears_the_end(fd);
	stop();
	looked = told_count;
	assert_int_equal(count((struct wanted){.kind = EVENT_CALL, .op = OP_SEND, .data = "never\n"}), 0);
	assert_int_equal(count((struct wanted){.kind = EVENT_MISSING, .verdict = VERDICT_CANCELLED}), 1);
	close(fd);
	close(welcoming);
}

static void test_end_while_a_call_waits(void **state)
{
	(void)state;
	unsigned port;
	struct pollfd p = {.events = POLLIN};
	p.fd = server_socket(SOCK_DGRAM, 0, &port);
	begin(PROTOCOL_UDP, port, patient);
	network_step(network, NETWORK_CLIENT);
	say("never");
	let_go(OP_SOCKET);
	await((struct wanted){.kind = EVENT_CALL, .op = OP_SENDTO, .announced = true});
	stop();
	assert_int_equal(poll(&p, 1, 0), 0);
	close(p.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp_sentence),
		cmocka_unit_test(test_udp_sentence),
		cmocka_unit_test(test_where_it_blocks),
		cmocka_unit_test(test_sentences_wait_for_each_other),
		cmocka_unit_test(test_reply_in_pieces_is_cut_short),
		cmocka_unit_test(test_server_closes_without_a_reply),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_next_address_gets_the_sentence),
		cmocka_unit_test(test_datagram_that_is_too_large),
		cmocka_unit_test(test_less_room),
		cmocka_unit_test(test_end_while_it_blocks),
		cmocka_unit_test(test_disconnect_while_it_blocks),
		cmocka_unit_test(test_disconnect_while_connect_blocks),
		cmocka_unit_test(test_overdue_reply),
		cmocka_unit_test(test_turned_off_it_keeps_its_socket),
		cmocka_unit_test(test_call_by_call),
		cmocka_unit_test(test_disconnect_while_a_call_waits),
		cmocka_unit_test(test_end_while_a_call_waits),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);
	forget();
	return failures;
}
