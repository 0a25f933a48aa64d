/* What the network can be asked for besides talking: half-close, further clients, a look at what the system says. */
#include "test_client_network.h"

/* --- Half-close --- */

static void test_replies_come_after_the_half_close(void **state)
{
	(void)state;
	unsigned port;
	int welcoming = server_socket(SOCK_STREAM, 8, &port);
	start(patient);
	talk(PROTOCOL_TCP, port);
	int fd = server_answered(welcoming);
	say("one");
	say("two");
	network_shutdown(network);
	server_hears(fd, "one\ntwo\n");
	server_hears_the_end(fd);
	assert_int_equal(await_call(OP_SHUTDOWN, 0)->call.args[0], SHUT_WR);
	await_state(STATE_HALF_CLOSED);
	server_says(fd, "ONE\n");
	await_reply("ONE");

	network_shutdown(network);
	await_note("already");
	say("three");
	await_note("waits for the next connection");
	say("four");
	server_says(fd, "TWO\n");
	await_reply("TWO");
	close(fd);
	await_state(STATE_CLOSED);
	fd = server_serves(welcoming, "three\n", "THREE\n");
	server_hears(fd, "four\n");
	await_reply("THREE");
	assert_int_equal(count((struct wanted){.kind = EVENT_NOTE, .data = "waits for the next connection"}), 1);
	assert_int_equal(count((struct wanted){.kind = EVENT_CALL, .op = OP_SHUTDOWN}), 1);

	network_shutdown(network); /* of that connection it is said again */
	await_state(STATE_HALF_CLOSED);
	say("five");
	await_note("waits for the next connection");
	stop();
	close(fd);
	close(welcoming);
}

static void test_half_close_of_nothing(void **state)
{
	(void)state;
	unsigned port;
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	start(patient);
	network_shutdown(network);
	await_note("no connection");
	talk(PROTOCOL_UDP, port);
	network_shutdown(network);
	await_note("UDP");
	assert_int_equal(count((struct wanted){.kind = EVENT_CALL, .op = OP_SHUTDOWN}), 0);
	stop();
	close(fd);
}

/* --- Further clients --- */

static unsigned connected_from(const char *client)
{
	const char *from = strstr(await_note(client)->data, "from port ");
	assert_non_null(from);
	return (unsigned)strtoul(from + strlen("from port "), NULL, 10);
}

static void test_further_clients(void **state)
{
	(void)state;
	unsigned port, from;
	int fds[5], welcoming = server_socket(SOCK_STREAM, 8, &port);
	start(patient);
	talk(PROTOCOL_TCP, port);
	fds[1] = server_accept(welcoming, NULL);
	await_state(STATE_CONNECTED);
	network_extra_clients(network, 1);
	fds[2] = server_accept(welcoming, &from);
	assert_int_equal(connected_from("Client 2 is connected"), from);
	network_extra_clients(network, 2);
	fds[3] = server_accept(welcoming, &from);
	assert_int_equal(connected_from("Client 3 is connected"), from);

	/* What comes is thrown away, and the conversation goes on. */
	server_says(fds[2], "nobody asked\n");
	assert_int_equal(await_call(OP_RECV, 0)->call.result, 13);
	say("hello");
	server_hears(fds[1], "hello\n");
	server_says(fds[1], "HELLO\n");
	await_reply("HELLO");

	/* One that has ended can be had again, and has its number. */
	close(fds[2]);
	await_note("Client 2: the server closed the connection");
	network_extra_clients(network, 2);
	fds[2] = server_accept(welcoming, &from);
	assert_int_equal(connected_from("Client 2 is connected"), from);

	network_extra_clients(network, 1);
	await_note("1 further client was closed");
	server_hears_the_end(fds[3]);
	network_extra_clients(network, 0);
	await_note("1 further client was closed");
	server_hears_the_end(fds[2]);
	assert_int_equal(count((struct wanted){.kind = EVENT_REPLY}), 1);
	stop();
	for (int i = 1; i <= 3; i++)
		close(fds[i]);
	close(welcoming);
}

static void test_another_server_ends_further_clients(void **state)
{
	(void)state;
	unsigned port, other_port;
	int fds[4], welcoming = server_socket(SOCK_STREAM, 8, &port);
	int other = server_socket(SOCK_DGRAM, 0, &other_port);
	start(patient);
	talk(PROTOCOL_TCP, port);
	network_extra_clients(network, 2);
	for (int i = 0; i < 3; i++)
		fds[i] = server_accept(welcoming, NULL);
	await_note("is connected");
	await_note("is connected");
	talk(PROTOCOL_UDP, other_port);
	await_note("2 further clients were closed");
	for (int i = 0; i < 3; i++) {
		server_hears_the_end(fds[i]);
		close(fds[i]);
	}
	network_extra_clients(network, 2);
	await_note("UDP has no connections");
	stop();
	close(welcoming);
	close(other);
}

static void test_further_clients_of_nobody(void **state)
{
	(void)state;
	unsigned port;
	close(server_socket(SOCK_STREAM, 8, &port));
	start(patient);
	network_extra_clients(network, 2);
	await_note("no server yet");
	talk(PROTOCOL_TCP, port);
	await((struct wanted){.kind = EVENT_STATE, .what = STATE_FAILED, .error = ECONNREFUSED});
	network_extra_clients(network, 2);
	await_note("Client 2 could not connect");
	await_note("Client 3 could not connect");
	stop();
}

/* Asked for while the name is being looked up, they come when that is done. */
static void test_further_clients_of_a_name(void **state)
{
	(void)state;
	need_a_name();
	unsigned port;
	int fds[3], welcoming = server_socket(SOCK_STREAM, 8, &port);
	start(patient);
	talk_by_name(PROTOCOL_TCP, port);
	network_extra_clients(network, 2);
	for (int i = 0; i < 3; i++)
		fds[i] = server_accept(welcoming, NULL);
	await_note("is connected");
	await_note("is connected");
	stop();
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	close(welcoming);
}

/* listen(fd, 0) has place for one that is not accepted. The waiting takes the three seconds that it is about. */
static void test_queue_of_clients_is_full(void **state)
{
	(void)state;
	unsigned port;
	int welcoming = server_socket(SOCK_STREAM, 0, &port);
	start(patient);
	talk(PROTOCOL_TCP, port);
	await_state(STATE_CONNECTED);
	network_extra_clients(network, 2);
	await_note("has waited 3 s for connect()");
	int fd = server_accept(welcoming, NULL); /* there is room: one of those that wait comes in by itself */
	await_note("is connected, from port");
	stop();
	close(fd);
	close(welcoming);
}

/* --- A look at what the system says --- */

static void test_watching(void **state)
{
	(void)state;
	unsigned port;
	int welcoming = server_socket(SOCK_STREAM, 8, &port);
	start(patient);
	network_watch(network, true);
	talk(PROTOCOL_TCP, port);
	const struct event *e = await_kernel(KERNEL_SAMPLE);
	assert_int_equal(e->who, EVENT_CLIENT);
	assert_int_equal(e->kernel.protocol, PROTOCOL_TCP);
	assert_int_equal(e->kernel.remote.port, port);
	int fd = server_answered(welcoming);
	/* Something has changed: at least that a round-trip time was measured. */
	e = await((struct wanted){.kind = EVENT_KERNEL, .why = KERNEL_SAMPLE, .state = 1});
	assert_int_not_equal(e->kernel.local.port, 0);

	network_watch(network, false);
	network_watch(network, true);
	await_kernel(KERNEL_SAMPLE); /* at once, though nothing has changed */

	talk(PROTOCOL_UDP, port);
	do {
		e = await_kernel(KERNEL_SAMPLE);
	} while (e->kernel.protocol != PROTOCOL_UDP);
	stop();
	close(fd);
	close(welcoming);
}

static void test_nobody_watches(void **state)
{
	(void)state;
	unsigned port;
	int welcoming = server_socket(SOCK_STREAM, 8, &port);
	start(patient);
	talk(PROTOCOL_TCP, port);
	int fd = server_answered(welcoming);
	stop();
	for (size_t i = 0; i < told_count; i++)
		assert_int_not_equal(told[i].kind, EVENT_KERNEL);
	close(fd);
	close(welcoming);
}

static void test_silence_is_told_once(void **state)
{
	(void)state;
	unsigned port;
	struct network_options options = patient;
	options.silence = 50 * CLOCK_MS;
	int welcoming = server_socket(SOCK_STREAM, 8, &port);
	start(options);
	talk(PROTOCOL_TCP, port);
	int fd = server_answered(welcoming);
	say("one");
	say("three");
	server_hears(fd, "one\nthree\n");
	server_says(fd, "ONE\n");
	await_reply("ONE");
	const struct event *e = await_kernel(KERNEL_SILENCE);
	if (e->kernel.taken == 10) /* this machine took its time before that reply */
		e = await_kernel(KERNEL_SILENCE);
	assert_int_equal(e->kernel.taken, 6); /* of "three": "one" has its reply */
	assert_true(e->kernel.waited >= options.silence);
	assert_int_equal(e->kernel.protocol, PROTOCOL_TCP);

	/* The same silence is not told again; another one is. */
	size_t silences = count((struct wanted){.kind = EVENT_KERNEL, .why = KERNEL_SILENCE});
	network_timeout(network, 200 * CLOCK_MS);
	await_missing(VERDICT_TIMEOUT, 3);
	assert_int_equal(count((struct wanted){.kind = EVENT_KERNEL, .why = KERNEL_SILENCE}), silences);
	server_says(fd, "THREE\n");
	await_reply("THREE");
	say("4");
	assert_int_equal(await_kernel(KERNEL_SILENCE)->kernel.taken, 2);
	stop();
	close(fd);
	close(welcoming);
}

static void test_fault_10_drops_at_this_end(void **state)
{
	(void)state;
	enum { DATAGRAMS = 64, SIZE = 60000 }; /* more than any usual receive buffer has room for */
	static const char large[SIZE];
	unsigned port;
	struct sockaddr_in client;
	int fd = server_socket(SOCK_DGRAM, 0, &port);
	start(patient);
	behave((struct network_habits){.hold = true});
	network_watch(network, true);
	talk(PROTOCOL_UDP, port);
	bool offered = await_kernel(KERNEL_SAMPLE)->kernel.offered & KERNEL_DROPPED;
	say("one");
	server_takes(fd, "one", &client);
	for (int i = 0; i < DATAGRAMS; i++)
		server_gives(fd, large, SIZE, &client);
	network_timeout(network, CLOCK_MS);
	await_missing(VERDICT_TIMEOUT, 1);
	if (offered) {
		const struct event *e = await_kernel(KERNEL_DROPS);
		assert_in_range(e->kernel.dropped, 1, DATAGRAMS);
	}
	say("two"); /* this one is missing for another reason */
	await_missing(VERDICT_TIMEOUT, 2);
	say("three");
	await_missing(VERDICT_TIMEOUT, 3);
	assert_int_equal(count((struct wanted){.kind = EVENT_KERNEL, .why = KERNEL_DROPS}), offered);
	stop();
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replies_come_after_the_half_close),
		cmocka_unit_test(test_half_close_of_nothing),
		cmocka_unit_test(test_further_clients),
		cmocka_unit_test(test_another_server_ends_further_clients),
		cmocka_unit_test(test_further_clients_of_nobody),
		cmocka_unit_test(test_further_clients_of_a_name),
		cmocka_unit_test(test_queue_of_clients_is_full),
		cmocka_unit_test(test_watching),
		cmocka_unit_test(test_nobody_watches),
		cmocka_unit_test(test_silence_is_told_once),
		cmocka_unit_test(test_fault_10_drops_at_this_end),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);
	forget();
	return failures;
}
