/* The lab and streams, in each model: held, slow, late, closed, reset. */
#include "test_server_lab.h"

/* --- Streams --- */

/* The lab's events about a connection name it, and its client. */
static void is_about(const struct event *e, int fd)
{
	struct endpoint local;
	assert_int_equal(sock_getsockname(fd, &local), 0);
	assert_int_equal(e->lab.protocol, PROTOCOL_TCP);
	assert_true(e->lab.fd >= 0);
	assert_true(endpoint_equal(&e->lab.peer, &local));
}

static void test_held_streams_pile_up_and_are_answered(void **state)
{
	(void)state;
	struct event e;
	char reply[11];
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-t", "hold");
		int fd = peer_tcp("127.0.0.1", port);
		assert_true(peer_send(fd, "hello", 5));
		await_lab(&e, LAB_WAITING);
		is_about(&e, fd);
		assert_int_equal(e.lab.bytes, 5);
		assert_true(peer_send(fd, " world", 6));
		await_waiting(11);
		command("lab release");
		await_lab(&e, LAB_TOOK);
		is_about(&e, fd);
		assert_true(data_is(&e, "hello world"));
		assert_int_equal(peer_recv(fd, reply, sizeof reply), sizeof reply);
		assert_memory_equal(reply, "HELLO WORLD", sizeof reply);
		close(fd);
		ends();
	}
}

static void test_held_streams_are_taken_in_pieces(void **state)
{
	(void)state;
	struct event e;
	begin("events", "-t", "hold,cut=4");
	int fd = peer_tcp("127.0.0.1", port), quiet = peer_tcp("127.0.0.1", port);
	assert_true(peer_send(fd, "0123456789", 10));
	await_waiting(10);
	set("lab release", "cut=4");
	await_took("0123", 4);
	await_took("4567", 4);
	await_lab(&e, LAB_TOOK);
	is_about(&e, fd);
	assert_true(data_is(&e, "89"));
	close(quiet);
	close(fd);
	ends();
}

static void test_streams_are_read_slowly(void **state)
{
	(void)state;
	char reply[4];
	begin("events", "-t", "slow-read=60s");
	int fd = peer_tcp("127.0.0.1", port), other = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "one", "ONE"));
	await_took("one", 3);
	assert_true(peer_send(fd, "two", 3));
	assert_true(peer_answers(other, "other", "OTHER")); /* each connection for itself */
	await_took("other", 5);
	set("lab", "slow-read=60s");
	assert_int_equal(recv(fd, reply, sizeof reply, MSG_DONTWAIT), -1);
	set("lab off", "");
	assert_int_equal(peer_recv(fd, reply, 3), 3);
	assert_memory_equal(reply, "TWO", 3);
	close(fd);
	close(other);
	ends();
	/* The book's has one at a time: the next one waits. */
	begin("textbook", "-t", "slow-read=60s");
	fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "one", "ONE"));
	assert_true(peer_ends(fd));
	close(fd);
	fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_send(fd, "two", 3));
	set("lab", "slow-read=60s");
	assert_int_equal(recv(fd, reply, sizeof reply, MSG_DONTWAIT), -1);
	set("lab off", "");
	assert_int_equal(peer_recv(fd, reply, 3), 3);
	close(fd);
	ends();
}

static void test_undoing_a_delay_lets_streams_go(void **state)
{
	(void)state;
	struct event e;
	char reply[6];
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-t", "delay=60s");
		int fd = peer_tcp("127.0.0.1", port);
		assert_true(peer_send(fd, "late", 4));
		await_call(&e, OP_RECV);
		assert_int_equal(recv(fd, reply, sizeof reply, MSG_DONTWAIT), -1);
		set("lab off", "");
		assert_int_equal(peer_recv(fd, reply, 4), 4);
		assert_memory_equal(reply, "LATE", 4);
		close(fd);
		ends();
	}
}

/* Half-closed, it still gets the late reply, and then the end. */
static void test_a_late_reply_comes_before_the_end(void **state)
{
	(void)state;
	begin("events", "-t", "delay=5ms");
	int fd = peer_tcp("127.0.0.1", port);
	char reply[5];
	assert_true(peer_send(fd, "hello", 5));
	shutdown(fd, SHUT_WR);
	assert_int_equal(peer_recv(fd, reply, sizeof reply), sizeof reply);
	assert_true(peer_ends(fd));
	close(fd);
	ends();
}

static void test_close_ends_connections_in_good_order(void **state)
{
	(void)state;
	struct event e;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-t", NULL);
		int fd = peer_tcp("127.0.0.1", port);
		do
			await_call(&e, OP_ACCEPT);
		while (e.call.result == -1);
		command("lab close");
		await_lab(&e, LAB_CLOSED);
		is_about(&e, fd);
		set("lab", ""); /* that of the first command may have been told before */
		assert_true(peer_ends(fd));
		close(fd);
		fd = peer_tcp("127.0.0.1", port); /* and the next one is served */
		assert_true(peer_answers(fd, "next", "NEXT"));
		close(fd);
		ends();
	}
}

/* Several at once, in every state: one quiet, one whose reply is late, one that does not take its replies. */
static void test_close_ends_all_connections(void **state)
{
	(void)state;
	struct event e;
	static char flood[1 << 20];
	begin("events", "-t", NULL);
	int quiet = peer_tcp("127.0.0.1", port), late = peer_tcp("127.0.0.1", port);
	int stuck = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(quiet, "quiet", "QUIET"));
	while (send(stuck, flood, sizeof flood, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		continue;
	command("lab delay=60s");
	await_lab(&e, LAB_SETTINGS);
	assert_true(peer_send(late, "late", 4));
	do
		await_call(&e, OP_RECV);
	while (!data_is(&e, "late"));
	command("lab close");
	int closed = 0, reset = 0;
	while (closed + reset < 3) {
		await_kind(&e, EVENT_LAB);
		closed += e.lab.what == LAB_CLOSED;
		reset += e.lab.what == LAB_RESET;
	}
	assert_int_equal(reset, 1); /* the stuck one's: much of it was never read */
	char reply[4];
	assert_true(peer_ends(quiet));
	assert_int_equal(peer_recv(late, reply, sizeof reply), sizeof reply); /* now or never */
	assert_true(peer_ends(late));
	close(quiet);
	close(late);
	close(stuck);
	ends();
}

/* What it tells of the first attempt finds no room: the second comes all the same. */
static void test_rebind_with_a_full_channel(void **state)
{
	(void)state;
	begin("events", "-t", NULL);
	int fd = peer_tcp("127.0.0.1", port);
	for (int i = 0; i < FLOOD; i++)
		assert_true(peer_answers(fd, "hello", "HELLO"));
	command("lab rebind");
	assert_true(peer_ends(fd));
	close(fd);
	time_t until = time(NULL) + PEER_PATIENCE;
	while ((fd = peer_tcp("127.0.0.1", port)) == -1 || !peer_answers(fd, "next", "NEXT")) {
		assert_true(time(NULL) < until);
		close(fd);
	}
	close(fd);
	ends();
}

static void test_a_reset_is_told(void **state)
{
	(void)state;
	struct event e;
	char byte;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-t", "reset");
		int fd = peer_tcp("127.0.0.1", port);
		assert_true(peer_send(fd, "unread", 6));
		await_lab(&e, LAB_RESET);
		is_about(&e, fd);
		assert_int_equal(recv(fd, &byte, 1, 0), -1);
		assert_int_equal(errno, ECONNRESET);
		close(fd);
		ends();
	}
}

/* What waits already is reason enough, when reset is set; and what comes while it is held, too. */
static void test_what_is_held_is_reset(void **state)
{
	(void)state;
	struct event e;
	char byte;
	for (size_t i = 0; i < 2 * MODELS; i++) {
		begin(models[i % MODELS], "-t", "hold");
		int fd = peer_tcp("127.0.0.1", port);
		if (i < MODELS) {
			assert_true(peer_send(fd, "unread", 6));
			await_waiting(6);
			command("lab reset");
		} else {
			set("lab reset", "hold,reset");
			assert_true(peer_send(fd, "unread", 6));
		}
		await_lab(&e, LAB_RESET);
		assert_int_equal(recv(fd, &byte, 1, 0), -1);
		assert_int_equal(errno, ECONNRESET);
		close(fd);
		ends();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_held_streams_pile_up_and_are_answered),
		cmocka_unit_test(test_held_streams_are_taken_in_pieces),
		cmocka_unit_test(test_streams_are_read_slowly),
		cmocka_unit_test(test_undoing_a_delay_lets_streams_go),
		cmocka_unit_test(test_a_late_reply_comes_before_the_end),
		cmocka_unit_test(test_close_ends_connections_in_good_order),
		cmocka_unit_test(test_close_ends_all_connections),
		cmocka_unit_test(test_rebind_with_a_full_channel),
		cmocka_unit_test(test_a_reset_is_told),
		cmocka_unit_test(test_what_is_held_is_reset),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
