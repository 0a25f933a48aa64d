/* Commands to the lab, down the channel while the server serves, and what comes up it. */
#include "test_server_lab.h"

/* --- Settings --- */

static void test_settings_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < MODELS; i++) {
		start(models[i], "-u", "cut=100,seed=5,jitter=1us");
		is_set_to("jitter=1us,seed=5,cut=100");
		set("lab", "jitter=1us,seed=5,cut=100");
		set("lab ", "jitter=1us,seed=5,cut=100");
		set("lab cut=8 jitter=off", "cut=8");
		set("lab off", "");
		ends();
	}
}

static void test_a_problem_is_told_and_changes_nothing(void **state)
{
	(void)state;
	struct event e;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u", "cut=100");
		command("lab cut=5,drop=101%");
		await_kind(&e, EVENT_NOTE);
		assert_int_equal(e.note.level, NOTE_ERROR);
		assert_non_null(memmem(e.data, e.size, "drop wants", 10));
		is_set_to("cut=100");
		ends();
	}
}

static void test_garbage_does_no_harm(void **state)
{
	(void)state;
	struct event e;
	char bytes[16 << 10];
	srand(1);
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u", NULL);
		int fd = peer_udp("127.0.0.1", port);
		for (int n = 0; n < GARBAGE; n++) {
			size_t size = 1 + (size_t)rand() % (n % 10 ? 40 : sizeof bytes);
			for (size_t k = 0; k < size; k++)
				bytes[k] = (char)rand();
			if (n % 3 == 0 && size > 4)
				memcpy(bytes, "lab ", 4);
			send_down(bytes, size);
			while (more())
				assert_true(next(&e));
		}
		memset(bytes, ' ', sizeof bytes);
		memcpy(bytes, "lab hold", 8);
		send_down(bytes, sizeof bytes);     /* longer than any command: it is not taken for its beginning */
		send_down("lab hold\0garbage", 16); /* nor is this */
		command("label=1");
		command("LAB hold");
		command("lab cut=4096");
		do
			await_lab(&e, LAB_SETTINGS);
		while (e.size == 0);
		assert_true(data_is(&e, "cut=4096"));
		assert_true(peer_answers(fd, "unharmed", "UNHARMED"));
		close(fd);
		ends();
	}
}

/* It is told once, and again when it is about something else. */
static void test_what_cannot_happen_is_told_when_it_changes(void **state)
{
	(void)state;
	static const struct {
		const char *command, *note;
	} steps[] = {
		{"lab drop=10%,seed=1", "The lab does this over UDP alone: drop. "},
		{"lab seed=2", NULL},
		{"lab delay=1ms", NULL},
		{"lab stale", "The lab does this over UDP alone: drop, stale. "},
		{"lab drop=off", "The lab does this over UDP alone: stale. "},
		{"lab off", NULL},
		{"lab stale", "The lab does this over UDP alone: stale. "},
		{"lab off", NULL},
	};
	struct event e;
	begin("events", "-t", NULL);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		command(steps[i].command);
		await_lab(&e, LAB_SETTINGS);
		command("lab");
		assert_true(next(&e));
		if (steps[i].note) {
			assert_int_equal(e.kind, EVENT_NOTE);
			assert_int_equal(e.note.level, NOTE_INFO);
			assert_memory_equal(e.data, steps[i].note, strlen(steps[i].note));
			assert_true(next(&e));
		}
		assert_int_equal(e.kind, EVENT_LAB);
		assert_int_equal(e.lab.what, LAB_SETTINGS);
	}
	ends();
}

static void test_the_channel_has_no_use_for_standard_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u", "drop=100%,seed=1");
		ends(); /* looks at it: neither settings nor sums are there */
	}
}

/* --- Datagrams --- */

static void test_a_fate_is_told_with_everything(void **state)
{
	(void)state;
	struct event e;
	struct endpoint local;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u", "duplicate=100%,delay=1ms,cut=300,seed=9");
		char text[400];
		memset(text, 'x', sizeof text);
		int fd = peer_udp("127.0.0.1", port);
		assert_int_equal(sock_getsockname(fd, &local), 0);
		for (uint64_t n = 1; n <= 3; n++) {
			assert_true(peer_send(fd, text, sizeof text));
			await_lab(&e, LAB_FATE);
			assert_int_equal(e.lab.protocol, PROTOCOL_UDP);
			assert_int_equal(e.lab.datagram, n);
			assert_int_equal(e.lab.bytes, sizeof text);
			assert_int_equal(e.lab.delay, CLOCK_MS);
			assert_true(e.lab.twice);
			assert_false(e.lab.request_dropped || e.lab.reply_dropped || e.lab.held_back);
			assert_true(endpoint_equal(&e.lab.peer, &local));
			assert_int_equal(e.size, EVENT_CALL_DATA);
			assert_memory_equal(e.data, text, e.size);
		}
		close(fd);
		ends();
	}
}

/* What is dropped is the lab's doing while it is on, and only then. */
static void test_commands_work_while_it_serves(void **state)
{
	(void)state;
	struct event e;
	char byte;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u", NULL);
		int fd = peer_udp("127.0.0.1", port);
		assert_true(peer_answers(fd, "before", "BEFORE"));
		command("lab drop-requests=100%");
		await_lab(&e, LAB_SETTINGS);
		assert_true(peer_send(fd, "lost", 4));
		await_lab(&e, LAB_FATE);
		assert_true(e.lab.request_dropped);
		set("lab off", "");
		assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
		assert_true(peer_answers(fd, "after", "AFTER"));
		close(fd);
		ends();
	}
}

/* Which of the next pings get a reply, as the server tells. */
static void pings(int fd, bool answered[PINGS])
{
	struct event e;
	for (int i = 0; i < PINGS; i++) {
		assert_true(peer_send(fd, "ping", 4));
		await_lab(&e, LAB_FATE);
		assert_int_equal(e.lab.datagram, i + 1);
		answered[i] = !e.lab.request_dropped && !e.lab.reply_dropped;
	}
}

static void test_naming_the_seed_begins_anew(void **state)
{
	(void)state;
	bool first[PINGS], again[PINGS], other[PINGS], elsewhere[PINGS];
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u", NULL);
		int fd = peer_udp("127.0.0.1", port);
		set("lab drop=50%,seed=42", "drop=50%,seed=42");
		pings(fd, first);
		set("lab seed=42", "drop=50%,seed=42");
		pings(fd, again);
		set("lab seed=43", "drop=50%,seed=43");
		pings(fd, other);
		assert_memory_equal(first, again, sizeof first);
		assert_memory_not_equal(first, other, sizeof first);
		if (i > 0)
			assert_memory_equal(first, elsewhere, sizeof first);
		memcpy(elsewhere, first, sizeof first);
		close(fd);
		ends();
	}
}

static void test_undoing_a_delay_lets_replies_go(void **state)
{
	(void)state;
	struct event e;
	char reply[8];
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u", "delay=60s");
		int fd = peer_udp("127.0.0.1", port);
		assert_true(peer_send(fd, "late", 4));
		await_lab(&e, LAB_FATE);
		assert_int_equal(e.lab.delay, 60 * CLOCK_SECOND);
		assert_int_equal(recv(fd, reply, sizeof reply, MSG_DONTWAIT), -1);
		set("lab off", "");
		assert_int_equal(recv(fd, reply, sizeof reply, 0), 4);
		assert_memory_equal(reply, "LATE", 4);
		close(fd);
		ends();
	}
}

static void test_held_datagrams_wait_and_are_all_answered(void **state)
{
	(void)state;
	struct event e;
	char reply[8];
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u", NULL);
		int fd = peer_udp("127.0.0.1", port);
		set("lab hold", "hold");
		assert_true(peer_send(fd, "hello", 5));
		await_lab(&e, LAB_WAITING);
		assert_int_equal(e.lab.protocol, PROTOCOL_UDP);
		assert_int_equal(e.lab.bytes, 5);
		assert_true(e.lab.fd >= 0);
		assert_true(peer_send(fd, "you", 3));
		assert_int_equal(recv(fd, reply, sizeof reply, MSG_DONTWAIT), -1);
		command("lab release");
		await_took("hello", 5);
		await_took("you", 3);
		assert_int_equal(recv(fd, reply, sizeof reply, 0), 5);
		assert_memory_equal(reply, "HELLO", 5);
		assert_int_equal(recv(fd, reply, sizeof reply, 0), 3);
		assert_memory_equal(reply, "YOU", 3);
		/* From now on nothing is told of receives. */
		assert_true(peer_answers(fd, "more", "MORE"));
		command("lab");
		do {
			assert_true(next(&e));
			assert_false(e.kind == EVENT_LAB && e.lab.what == LAB_TOOK);
		} while (e.kind != EVENT_CALL || e.call.op != OP_SENDTO || !data_is(&e, "MORE"));
		close(fd);
		ends();
	}
}

static void test_what_was_sent_before_a_release_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u", "hold");
		int fd = peer_udp("127.0.0.1", port);
		assert_true(peer_send(fd, "at once", 7));
		command("lab release"); /* perhaps sooner than it is looked at */
		await_took("at once", 7);
		close(fd);
		ends();
	}
}

static void test_datagrams_are_read_slowly(void **state)
{
	(void)state;
	char byte;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u", NULL);
		int fd = peer_udp("127.0.0.1", port);
		set("lab slow-read=60s", "slow-read=60s");
		assert_true(peer_answers(fd, "one", "ONE"));
		await_took("one", 3);
		assert_true(peer_send(fd, "two", 3));
		set("lab", "slow-read=60s");
		assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
		set("lab slow-read=1ms", "slow-read=1ms");
		await_took("two", 3);
		char two[3];
		assert_int_equal(recv(fd, two, sizeof two, 0), 3);
		assert_memory_equal(two, "TWO", 3);
		close(fd);
		ends();
	}
}

/* --- Socket options --- */

/*
 * What the server's socket of this number has for SO_RCVBUF, as it is told when the lab looks before it changes that.
 * A thread that is late changes it when the settings have been told already.
 */
static void test_the_receive_buffer_is_set_and_undone(void **state)
{
	(void)state;
	static const char *const protocols[] = {"-u", "-t"};
	struct event e;
	for (size_t i = 0; i < 2 * MODELS; i++) {
		begin(models[i / 2], protocols[i % 2], NULL);
		command("lab rcvbuf=4096");
		await_call(&e, OP_GETSOCKOPT);
		assert_int_equal(e.call.args[1], SO_RCVBUF);
		int own = e.call.args[2];
		await_call(&e, OP_SETSOCKOPT);
		assert_int_equal(e.call.args[1], SO_RCVBUF);
		assert_int_equal(e.call.args[2], 4096);
		set("lab", "rcvbuf=4096");
		command("lab off");
		await_call(&e, OP_SETSOCKOPT);
		assert_int_equal(e.call.args[1], SO_RCVBUF);
#ifdef __linux__
		own /= 2; /* socket(7) */
#endif
		assert_int_equal(e.call.args[2], own);
		set("lab", "");
		ends();
	}
}

static void test_present_connections_have_the_receive_buffer_too(void **state)
{
	(void)state;
	struct event e;
	begin("events", "-t", NULL);
	int fd = peer_tcp("127.0.0.1", port);
	await_call(&e, OP_ACCEPT);
	int64_t connection = e.call.result;
	command("lab rcvbuf=8192");
	do
		await_call(&e, OP_SETSOCKOPT);
	while (e.call.fd != connection);
	assert_int_equal(e.call.args[2], 8192);
	is_set_to("rcvbuf=8192");
	close(fd);
	ends();
}

static void test_the_backlog_is_set_and_undone(void **state)
{
	(void)state;
	struct event e;
	for (size_t i = 0; i < MODELS; i++) {
		start(models[i], "-t", "backlog=3");
		int own = 1; /* the book's */
		do
			await_call(&e, OP_LISTEN);
		while (e.call.args[0] != 3 && (own = e.call.args[0]) > 0);
		command("lab backlog=7");
		await_call(&e, OP_LISTEN);
		assert_int_equal(e.call.args[0], 7);
		command("lab off");
		await_call(&e, OP_LISTEN);
		assert_int_equal(e.call.args[0], own);
		assert_int_equal(e.call.error, 0);
		ends();
	}
}

/* --- Accepting --- */

static int begin_to_connect(void)
{
	const struct endpoint at = {.family = 4, .address = {127, 0, 0, 1}, .port = (uint16_t)port};
	int fd = sock_socket(4, PROTOCOL_TCP, NONBLOCKING);
	assert_int_equal(sock_connect(fd, &at), -1);
	assert_int_equal(errno, EINPROGRESS);
	return fd;
}

static bool is_connected(int fd, int patience)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	int error;
	return poll(&p, 1, patience) == 1 && sock_getsockopt(fd, SOL_SOCKET, SO_ERROR, &error) == 0 && error == 0;
}

/* Nobody is accepted while so many come into the queue. */
static void await_queued(uint64_t clients)
{
	struct event e = {0};
	time_t until = time(NULL) + PEER_PATIENCE;
	while (e.kind != EVENT_KERNEL || e.kernel.unread != clients) {
		assert_true(time(NULL) <= until);
		command("sockets");
		do {
			assert_true(next(&e));
			assert_false(e.kind == EVENT_CALL && e.call.op == OP_ACCEPT && e.call.result >= 0);
		} while (e.kind != EVENT_KERNEL);
		assert_true(e.kernel.offered & KERNEL_TCP);
		assert_int_equal(e.kernel.state, KERNEL_LISTEN);
	}
}

/*
 * The queue of a socket that listens with 1 has room for two on Linux, and what comes then is not answered. That a
 * client is connected does not say that it is in the queue already: the server's end has to hear of it first.
 */
static void test_the_third_client_waits(void **state)
{
	(void)state;
	struct event e;
	struct event_kernel k;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-t", NULL);
		set("lab", ""); /* after the first listen(), which is the book's with 1 as well */
		command("lab no-accept,backlog=1");
		await_call(&e, OP_LISTEN); /* by the thread that accepts: the settings may be told before it is */
		assert_int_equal(e.call.args[0], 1);
		int first = begin_to_connect(), second = begin_to_connect();
		await_queued(2);
		int third = begin_to_connect();
		fcntl(first, F_SETFL, fcntl(first, F_GETFL) & ~O_NONBLOCK);
		assert_true(peer_send(first, "hello", 5)); /* the system takes it; nobody has accepted */
		await_queued(2);
		assert_false(is_connected(third, 0));
		sock_kernel(third, PROTOCOL_TCP, &k);
		assert_int_equal(k.state, SYN_SENT);
		command("lab accept");
		assert_true(peer_answers(first, "", "HELLO"));
		close(first);
		close(second);
		assert_true(is_connected(third, PEER_PATIENCE * 1000)); /* when its SYN is sent again */
		fcntl(third, F_SETFL, fcntl(third, F_GETFL) & ~O_NONBLOCK);
		assert_true(peer_answers(third, "third", "THIRD"));
		close(third);
		ends();
	}
}

/* --- Many commands --- */

/* How many times the settings are told in what has come by now. */
static int told_by_now(void)
{
	struct event e;
	int told = 0;
	while (more() && next(&e))
		told += e.kind == EVENT_LAB && e.lab.what == LAB_SETTINGS;
	return told;
}

static void test_commands_and_sentences_at_once(void **state)
{
	(void)state;
	static const char *const specs[] = {"lab drop=10%,jitter=1ms",
					    "lab hold",
					    "lab release",
					    "lab cut=3,slow-read=1ms",
					    "lab reset",
					    "lab rcvbuf=4096",
					    "lab close",
					    "lab off",
					    "lab no-accept",
					    "lab backlog=1",
					    "lab accept"};
	static const char *const protocols[] = {"-u", "-t"};
	struct event e;
	srand(2);
	for (size_t i = 0; i < 2 * MODELS; i++) {
		bool tcp = i % 2;
		begin(models[i / 2], protocols[i % 2], NULL);
		int fds[NUMBERS], told = 0;
		for (int n = 0; n < NUMBERS; n++) {
			command(specs[(size_t)rand() % (sizeof specs / sizeof *specs)]);
			fds[n] = tcp ? begin_to_connect() : peer_udp("127.0.0.1", port);
			send(fds[n], "sentence", 8, MSG_DONTWAIT | MSG_NOSIGNAL);
			send(fds[n ? n - 1 : 0], "another", 7, MSG_DONTWAIT | MSG_NOSIGNAL);
			told += told_by_now(); /* a channel that stays full would lose some */
		}
		for (; told < NUMBERS; told++)
			await_lab(&e, LAB_SETTINGS);
		set("lab off", "");
		for (int n = 0; n < NUMBERS; n++)
			close(fds[n]);
		int fd = tcp ? peer_tcp("127.0.0.1", port) : peer_udp("127.0.0.1", port);
		assert_true(peer_answers(fd, "after all", "AFTER ALL"));
		close(fd);
		ends();
	}
}

/* Those that wait when the end has come are not carried out: each would take its time, until all threads know of it. */
static void test_commands_do_not_delay_the_end(void **state)
{
	(void)state;
	struct event e;
	begin("threads", "-t", NULL);
	process_pause(server);
	for (int i = 0; i < PINGS; i++)
		command("lab cut=4");
	kill(process_pid(server), SIGTERM);
	kill(process_pid(server), SIGCONT);
	while (next(&e))
		assert_int_not_equal(e.kind, EVENT_LAB);
	ends();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings_are_told),
		cmocka_unit_test(test_a_problem_is_told_and_changes_nothing),
		cmocka_unit_test(test_garbage_does_no_harm),
		cmocka_unit_test(test_what_cannot_happen_is_told_when_it_changes),
		cmocka_unit_test(test_the_channel_has_no_use_for_standard_error),
		cmocka_unit_test(test_a_fate_is_told_with_everything),
		cmocka_unit_test(test_commands_work_while_it_serves),
		cmocka_unit_test(test_naming_the_seed_begins_anew),
		cmocka_unit_test(test_undoing_a_delay_lets_replies_go),
		cmocka_unit_test(test_held_datagrams_wait_and_are_all_answered),
		cmocka_unit_test(test_what_was_sent_before_a_release_is_told),
		cmocka_unit_test(test_datagrams_are_read_slowly),
		cmocka_unit_test(test_the_receive_buffer_is_set_and_undone),
		cmocka_unit_test(test_present_connections_have_the_receive_buffer_too),
		cmocka_unit_test(test_the_backlog_is_set_and_undone),
		cmocka_unit_test(test_the_third_client_waits),
		cmocka_unit_test(test_commands_and_sentences_at_once),
		cmocka_unit_test(test_commands_do_not_delay_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
