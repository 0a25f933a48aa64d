/* What a watcher sees of calls before they are made, and stepping: each waits until it is let go. */
#include <signal.h>
#include <sys/socket.h>

#include "test_server.h"

static const char *const models[] = {"events", "textbook", "threads"};
enum { MODELS = sizeof models / sizeof *models, LISTEN = 10, ESTABLISHED = 1, NUMBER = 16, CLIENTS = 3 };

static void command(const char *words)
{
	say(channel[0], words);
}

static void await_kind(struct event *e, enum event_kind kind)
{
	do
		assert_true(next(e));
	while (e->kind != kind);
}

/* Its control thread has heard everything until now: it hears in order, and answers this last. */
static void await_heard(void)
{
	struct event e;
	command("sockets");
	await_kind(&e, EVENT_KERNEL);
}

/* The next call that is told before it is made. */
static void await_held(struct event *e, enum event_op op)
{
	do
		await_kind(e, EVENT_CALL);
	while (e->call.returned);
	assert_string_equal(event_op_name(e->call.op), event_op_name(op));
}

static void await_returned(struct event *e, enum event_op op)
{
	do
		await_kind(e, EVENT_CALL);
	while (e->call.op != op || !e->call.returned || e->call.error == EINTR);
}

static void go(void)
{
	command("step go");
}

/* Lets what receives go until that call waits. In the blocking models it may have been receiving before. */
static void go_to(struct event *e, enum event_op op)
{
	for (;;) {
		do
			await_kind(e, EVENT_CALL);
		while (e->call.returned);
		if (e->call.op == op)
			return;
		assert_int_equal(e->call.op, OP_RECVFROM);
		go();
	}
}

/* --- Calls that may wait --- */

static void test_a_call_that_waits_is_told_before(void **state)
{
	(void)state;
	struct event e;
	for (size_t i = 1; i < MODELS; i++) {
		start(models[i], "-t", NULL);
		await_held(&e, OP_ACCEPT);
		int welcoming = e.call.fd;
		assert_int_equal(e.call.result, 0);
		int fd = peer_tcp("127.0.0.1", port);
		await_returned(&e, OP_ACCEPT);
		assert_int_equal(e.call.fd, welcoming);
		int64_t connection = e.call.result;
		do /* which thread comes first is open */
			await_kind(&e, EVENT_CALL);
		while (e.call.op != OP_RECV);
		assert_false(e.call.returned);
		assert_int_equal(e.call.fd, connection);
		assert_true(e.call.asked > 0);
		assert_true(peer_answers(fd, "hello", "HELLO"));
		await_returned(&e, OP_RECV);
		assert_int_equal(e.call.result, 5);
		close(fd);
		ends();

		start(models[i], "-u", NULL);
		await_held(&e, OP_RECVFROM);
		ends();
	}
}

/* It makes none: so none is told. */
static void test_the_events_model_tells_calls_once(void **state)
{
	(void)state;
	struct event e;
	start("events", "-t", NULL);
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "hello", "HELLO"));
	do {
		assert_true(next(&e));
		assert_false(e.kind == EVENT_CALL && !e.call.returned);
	} while (e.kind != EVENT_CALL || e.call.op != OP_SEND);
	close(fd);
	ends();
}

/* --- Stepping --- */

/* From its first call: this is said before the server starts. */
static void test_from_the_first_call_to_the_first_reply(void **state)
{
	(void)state;
	static const enum event_op calls[] = {OP_SOCKET, OP_SETSOCKOPT, OP_BIND, OP_LISTEN, OP_GETSOCKNAME,
					      OP_ACCEPT, OP_RECV,       OP_SEND, OP_CLOSE,  OP_ACCEPT};
	struct event e;
	char number[NUMBER], reply[5];
	int fd = -1;
	assert_int_equal(sock_socketpair(channel), 0);
	snprintf(number, sizeof number, "%d", channel[1]);
	fcntl(channel[1], F_SETFD, 0);
	command("step on");
	server = process_start((const char *[]){process_built("uproard"), "-m", "textbook", "-4", "-p", "0",
						"--control-fd", number, NULL},
			       NULL, NULL);
	close(channel[1]);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		await_held(&e, calls[i]);
		if (e.call.op == OP_SEND) {
			assert_int_equal(e.size, 5);
			assert_memory_equal(e.data, "HELLO", 5);
			assert_int_equal(recv(fd, reply, sizeof reply, MSG_DONTWAIT), -1);
			assert_int_equal(errno, EAGAIN);
		}
		if (i == 5) {
			fd = peer_tcp("127.0.0.1", port); /* the system takes it, and nobody has accepted */
			assert_true(peer_send(fd, "hello", 5));
		}
		go();
		await_returned(&e, calls[i]);
		assert_int_equal(e.call.error, 0);
		if (e.call.op == OP_GETSOCKNAME)
			port = e.call.address.port;
		if (i == 8)
			break;
	}
	assert_int_equal(peer_recv(fd, reply, sizeof reply), sizeof reply);
	assert_memory_equal(reply, "HELLO", sizeof reply);
	await_held(&e, OP_ACCEPT); /* and the next round */
	close(fd);
	ends();
}

/* Stepping begins when the server waits for a datagram: in recvfrom, unless that never waits. */
static int step_into(const char *model)
{
	struct event e;
	start(model, "-u", NULL);
	if (strcmp(model, "events") != 0)
		await_held(&e, OP_RECVFROM);
	command("step on");
	await_heard();
	return peer_udp("127.0.0.1", port);
}

static void test_stepping_in_each_model(void **state)
{
	(void)state;
	struct event e;
	char reply[5];
	for (size_t i = 0; i < MODELS; i++) {
		int fd = step_into(models[i]);
		assert_true(peer_send(fd, "hello", 5));
		go_to(&e, OP_SENDTO);
		assert_int_equal(recv(fd, reply, sizeof reply, MSG_DONTWAIT), -1);
		go();
		assert_int_equal(recv(fd, reply, sizeof reply, 0), 5);
		await_returned(&e, OP_SENDTO);
		/* Turned off while a call waits: all go. */
		await_held(&e, OP_RECVFROM);
		command("step off");
		assert_true(peer_answers(fd, "again", "AGAIN"));
		assert_true(peer_answers(fd, "and on", "AND ON"));
		close(fd);
		ends();
	}
}

/*
 * So many threads have answered and wait in recv() for what comes next, and one waits in accept() again. A call that
 * was interrupted is told again.
 */
static void await_next_calls(int threads)
{
	struct event e;
	bool answered[1024] = {false}, welcoming = false;
	int let_in = 0;
	for (int wait = threads; wait > 0 || !welcoming;) {
		await_kind(&e, EVENT_CALL);
		if (e.call.op == OP_ACCEPT) {
			let_in += e.call.returned && e.call.error == 0;
			welcoming = !e.call.returned && let_in == threads;
			continue;
		}
		if (e.call.op != OP_SEND && e.call.op != OP_RECV)
			continue;
		assert_in_range(e.call.fd, 0, COUNT(answered) - 1);
		if (e.call.op == OP_SEND && e.call.returned)
			answered[e.call.fd] = true;
		if (e.call.op != OP_RECV || e.call.returned || !answered[e.call.fd])
			continue;
		answered[e.call.fd] = false;
		wait--;
	}
}

/* Two threads wait; the one that has waited longer goes first. */
static void test_the_oldest_goes_first(void **state)
{
	(void)state;
	struct event e;
	start("threads", "-t", NULL);
	int one = peer_tcp("127.0.0.1", port), two = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(one, "a", "A") && peer_answers(two, "b", "B"));
	await_next_calls(2);
	command("step on");
	await_heard();
	assert_true(peer_send(one, "one", 3));
	await_held(&e, OP_SEND);
	int first = e.call.fd;
	assert_true(peer_send(two, "two", 3));
	await_held(&e, OP_SEND);
	int second = e.call.fd;
	assert_int_not_equal(first, second);
	go();
	await_returned(&e, OP_SEND);
	assert_int_equal(e.call.fd, first);
	go();
	await_returned(&e, OP_SEND);
	assert_int_equal(e.call.fd, second);
	close(one);
	close(two);
	ends();
}

/* Leaves a call waiting in the server. */
static int hold_a_call(const char *model)
{
	struct event e;
	int fd = step_into(model);
	assert_true(peer_send(fd, "hello", 5));
	if (strcmp(model, "events") == 0)
		await_held(&e, OP_RECVFROM);
	else
		go_to(&e, OP_SENDTO);
	return fd;
}

static void test_the_end_of_the_channel_ends_the_wait(void **state)
{
	(void)state;
	for (size_t i = 0; i < MODELS; i++) {
		int fd = hold_a_call(models[i]);
		ends();
		close(fd);
	}
}

static void test_a_signal_ends_the_wait(void **state)
{
	(void)state;
	static const int signals[] = {SIGTERM, SIGINT};
	for (size_t i = 0; i < MODELS; i++) {
		int fd = hold_a_call(models[i]);
		kill(process_pid(server), signals[i % 2]);
		assert_int_equal(process_exit(server), 0);
		process_end(server);
		close(channel[0]);
		close(fd);
	}
}

/* The models with one thread hear it when the call has returned. */
static void test_other_commands_are_heard_meanwhile(void **state)
{
	(void)state;
	struct event e;
	for (size_t i = 0; i < MODELS; i++) {
		int fd = hold_a_call(models[i]);
		await_heard();
		command("lab cut=4");
		command("step off");
		do
			await_kind(&e, EVENT_LAB);
		while (e.lab.what != LAB_SETTINGS);
		assert_int_equal(e.size, 5);
		assert_memory_equal(e.data, "cut=4", 5);
		close(fd);
		ends();
	}
}

static void test_go_is_for_calls_that_wait(void **state)
{
	(void)state;
	struct event e;
	start("events", "-u", NULL);
	int fd = peer_udp("127.0.0.1", port);
	char byte;
	go(); /* nothing waits, nor is anything kept for later */
	command("step on");
	go();
	await_heard();
	assert_true(peer_send(fd, "x", 1));
	await_held(&e, OP_RECVFROM);
	go();
	await_held(&e, OP_SENDTO);
	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
	go();
	assert_int_equal(recv(fd, &byte, 1, 0), 1);
	close(fd);
	ends();
}

static void test_wrong_words_are_told(void **state)
{
	(void)state;
	static const char *const wrong[] = {"step", "step ", "step sideways", "step on off"};
	struct event e;
	start("events", "-u", NULL);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		command(wrong[i]);
		await_kind(&e, EVENT_NOTE);
		assert_int_equal(e.note.level, NOTE_ERROR);
		assert_non_null(memmem(e.data, e.size, "on, off, go", 11));
	}
	command("stepon");
	command("socket");
	ends();
}

/* --- Sockets --- */

static void is_sample(const struct event *e)
{
	assert_int_equal(e->who, EVENT_SERVER);
	assert_int_equal(e->number, 0);
	assert_int_equal(e->kernel.why, KERNEL_SAMPLE);
	assert_int_equal(e->kernel.local.port, port);
	assert_true(e->kernel.fd > 2);
}

static void test_sockets_are_told(void **state)
{
	(void)state;
	struct event e;
	struct endpoint local[CLIENTS];
	int fds[CLIENTS];
	for (size_t i = 0; i < MODELS; i++) {
		int clients = strcmp(models[i], "textbook") == 0 ? 1 : CLIENTS;
		start(models[i], "-t", NULL);
		for (int n = 0; n < clients; n++) {
			fds[n] = peer_tcp("127.0.0.1", port);
			assert_int_equal(sock_getsockname(fds[n], &local[n]), 0);
			do
				await_returned(&e, OP_ACCEPT);
			while (e.call.result == -1);
		}
		assert_true(peer_send(fds[0], "", 0));
		command("sockets");
		await_kind(&e, EVENT_KERNEL);
		is_sample(&e);
		assert_int_equal(e.kernel.protocol, PROTOCOL_TCP);
		if (e.kernel.offered & KERNEL_TCP)
			assert_int_equal(e.kernel.state, LISTEN);
		assert_int_equal(e.kernel.remote.family, 0);
		for (int n = 0; n < clients; n++) {
			await_kind(&e, EVENT_KERNEL);
			is_sample(&e);
			if (e.kernel.offered & KERNEL_TCP)
				assert_int_equal(e.kernel.state, ESTABLISHED);
			assert_true(endpoint_equal(&e.kernel.remote, &local[n]));
		}
		for (int n = 0; n < clients; n++)
			close(fds[n]);
		ends();

		start(models[i], "-u", NULL);
		command("sockets");
		await_kind(&e, EVENT_KERNEL);
		is_sample(&e);
		assert_int_equal(e.kernel.protocol, PROTOCOL_UDP);
		ends();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_call_that_waits_is_told_before),
		cmocka_unit_test(test_the_events_model_tells_calls_once),
		cmocka_unit_test(test_from_the_first_call_to_the_first_reply),
		cmocka_unit_test(test_stepping_in_each_model),
		cmocka_unit_test(test_the_oldest_goes_first),
		cmocka_unit_test(test_the_end_of_the_channel_ends_the_wait),
		cmocka_unit_test(test_a_signal_ends_the_wait),
		cmocka_unit_test(test_other_commands_are_heard_meanwhile),
		cmocka_unit_test(test_go_is_for_calls_that_wait),
		cmocka_unit_test(test_wrong_words_are_told),
		cmocka_unit_test(test_sockets_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
