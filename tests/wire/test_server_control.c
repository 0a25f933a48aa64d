/* The channel of --control-fd: events come up it whole and in order; its end is the server's end. */
#include <stdlib.h>
#include <sys/resource.h>

#include "test_server.h"

enum { FLOOD = 3000, FEW = 8 };

static void next_call(struct event *e, enum event_op op)
{
	assert_true(next(e));
	assert_int_equal(e->kind, EVENT_CALL);
	assert_string_equal(event_op_name(e->call.op), event_op_name(op));
	assert_true(e->call.returned);
}

/* Reads up to the last of the events that tell that a socket listens. Returns the number of the last event. */
static uint64_t skip_to_listening(unsigned sockets)
{
	struct event e;
	uint64_t number = 0;
	while (sockets > 0) {
		assert_true(next(&e));
		assert_int_equal(e.number, ++number);
		assert_int_equal(e.who, EVENT_SERVER);
		if (e.kind == EVENT_STATE) {
			assert_int_equal(e.state.what, STATE_LISTENING);
			assert_int_equal(e.state.local.port, port);
			assert_int_equal(e.state.local.family, 4);
			sockets--;
		}
	}
	return number;
}

static void test_events_come_whole_and_in_order(void **state)
{
	(void)state;
	struct event e;
	start("events", "-t", NULL);
	uint64_t number = skip_to_listening(1);
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "first", "FIRST"));
	assert_true(peer_answers(fd, "second", "SECOND"));
	close(fd);

	next_call(&e, OP_ACCEPT);
	assert_int_equal(e.number, ++number);
	int64_t connection = e.call.result;
	do { /* the accept that finds nobody else */
		assert_true(next(&e));
		assert_int_equal(e.number, ++number);
	} while (e.call.op == OP_ACCEPT);
	assert_int_equal(e.call.op, OP_RECV);
	assert_int_equal(e.call.fd, connection);
	assert_int_equal(e.call.result, 5);
	assert_int_equal(e.size, 5);
	assert_memory_equal(e.data, "first", 5);
	next_call(&e, OP_SEND);
	assert_memory_equal(e.data, "FIRST", 5);
	next_call(&e, OP_RECV);
	assert_int_equal(e.call.offset, 5);
	assert_memory_equal(e.data, "second", 6);
	next_call(&e, OP_SEND);
	assert_int_equal(e.call.offset, 5);
	next_call(&e, OP_RECV);
	assert_int_equal(e.call.result, 0);
	next_call(&e, OP_SHUTDOWN);
	next_call(&e, OP_CLOSE);
	assert_int_equal(e.number, number + 6);
	ends();
}

static void test_datagrams_are_told_too(void **state)
{
	(void)state;
	struct event e;
	start("events", "-u", NULL);
	skip_to_listening(1);
	int fd = peer_udp("127.0.0.1", port);
	assert_true(peer_answers(fd, "ping", "PING"));
	next_call(&e, OP_RECVFROM);
	assert_int_equal(e.size, 4);
	assert_int_equal(e.call.address.family, 4);
	next_call(&e, OP_SENDTO);
	assert_memory_equal(e.data, "PING", 4);
	close(fd);
	ends();
}

/* What nobody reads is left out: the server goes on, and the numbers show how much is missing. */
static void test_full_channel_leaves_events_out(void **state)
{
	(void)state;
	struct event e;
	start("events", "-t", NULL);
	int fd = peer_tcp("127.0.0.1", port);
	for (int i = 0; i < FLOOD; i++)
		assert_true(peer_answers(fd, "abc", "ABC"));
	uint64_t number = 0;
	do { /* the first ones are there, whole */
		assert_true(next(&e));
		assert_true(e.number > number);
	} while (e.number == number + 1 && ++number < FLOOD && more());
	assert_true(number > 10);
	assert_true(number < FLOOD);
	assert_true(peer_answers(fd, "again", "AGAIN"));
	while (e.number <= FLOOD * 2) /* and a gap tells of the others */
		assert_true(next(&e));
	close(fd);
	ends();
}

static void test_fault_9_reply_too_long_is_an_event(void **state)
{
	(void)state;
	static char text[21900];
	struct event e;
	start("events", "-u", NULL);
	skip_to_listening(1);
	for (size_t i = 0; i < sizeof text; i += 2)
		memcpy(text + i, "\316\220", 2);
	int fd = peer_udp("127.0.0.1", port);
	assert_true(peer_send(fd, text, sizeof text));
	do
		assert_true(next(&e));
	while (e.kind != EVENT_NOTE);
	assert_int_equal(e.note.level, NOTE_WARNING);
	assert_non_null(memmem(e.data, e.size, "65700", 5));
	close(fd);
	close(channel[0]);
	assert_int_equal(process_exit(server), 0);
	process_end(server);
}

/* To this watcher alone, so that the events that all have in common go on being counted. */
static void test_counters_are_notes(void **state)
{
	(void)state;
	static const char *const lines[] = {"tcp: accepted 1, in 5, out ", "udp: datagrams 0, replies 0, "};
	struct event e;
	start("events", "-t", NULL);
	uint64_t number = skip_to_listening(1);
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "hello", "HELLO"));
	say(channel[0], "counters");
	for (size_t i = 0; i < COUNT(lines);) {
		assert_true(next(&e));
		if (e.kind != EVENT_NOTE) {
			assert_int_equal(e.number, ++number);
			continue;
		}
		assert_int_equal(e.number, 0);
		assert_int_equal(e.note.level, NOTE_INFO);
		assert_non_null(memmem(e.data, e.size, lines[i], strlen(lines[i])));
		i++;
	}
	close(fd);
	ends();
}

static void test_end_of_the_channel_ends_the_events_model(void **state)
{
	(void)state;
	start("events", "-t", NULL);
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "hello", "HELLO"));
	ends();
	assert_true(peer_ends(fd));
	close(fd);
}

static void test_end_of_the_channel_ends_the_textbook_model(void **state)
{
	(void)state;
	start("textbook", "-t", NULL);
	skip_to_listening(1);
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "hello", "HELLO"));
	close(fd);
	ends(); /* it waits in accept() */
	start("textbook", "-u", NULL);
	skip_to_listening(1);
	ends();
}

/* Nobody closes the channel of an uproar that was killed but the system. */
static void test_end_of_the_channel_while_it_starts(void **state)
{
	(void)state;
	char number[16];
	assert_int_equal(sock_socketpair(channel), 0);
	snprintf(number, sizeof number, "%d", channel[1]);
	fcntl(channel[1], F_SETFD, 0);
	struct process *p = process_start(
		(const char *[]){process_built("uproard"), "-p", "0", "--control-fd", number, NULL}, NULL, NULL);
	close(channel[0]);
	close(channel[1]);
	assert_int_equal(process_exit(p), 0);
	process_end(p);
}

static void limit_descriptors(void *arg)
{
	setrlimit(RLIMIT_NOFILE, arg);
}

static int serves_with(rlim_t descriptors)
{
	char number[16];
	struct rlimit limit = {descriptors, descriptors};
	assert_int_equal(sock_socketpair(channel), 0);
	snprintf(number, sizeof number, "%d", channel[1]);
	fcntl(channel[1], F_SETFD, 0);
	close(channel[0]);
	struct process *p =
		process_start((const char *[]){process_built("uproard"), "-p", "0", "--control-fd", number, NULL},
			      limit_descriptors, &limit);
	close(channel[1]);
	int status = process_exit(p);
	process_end(p);
	return status;
}

/* Whichever of its descriptors is one too many, it says so. It ends by itself, since there is no other end. */
static void test_fault_3_too_few_descriptors_to_start(void **state)
{
	(void)state;
	rlim_t descriptors = FEW;
	int status;
	while ((status = serves_with(descriptors)) == 1)
		descriptors++;
	assert_int_equal(status, 0);
	assert_int_not_equal(descriptors, FEW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events_come_whole_and_in_order),
		cmocka_unit_test(test_datagrams_are_told_too),
		cmocka_unit_test(test_full_channel_leaves_events_out),
		cmocka_unit_test(test_fault_9_reply_too_long_is_an_event),
		cmocka_unit_test(test_counters_are_notes),
		cmocka_unit_test(test_end_of_the_channel_ends_the_events_model),
		cmocka_unit_test(test_end_of_the_channel_ends_the_textbook_model),
		cmocka_unit_test(test_end_of_the_channel_while_it_starts),
		cmocka_unit_test(test_fault_3_too_few_descriptors_to_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
