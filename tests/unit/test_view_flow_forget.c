/*
 * What the log forgets, the flow forgets; what goes on stays, with its numbers.
 */
#include "test_view_flow.h"

enum { KEPT = 1000, MANY = 4000 };

static int begin_kept(void **state)
{
	return begin_with(state, KEPT);
}

static size_t remembered(const struct scene *s)
{
	size_t n = 0;
	for (uint32_t i = 1; i <= flow_conversations(s->flow); i++)
		n += flow_conversation(s->flow, i)->protocol != PROTOCOL_NONE;
	return n;
}

static void connections_that_are_over_are_forgotten(void **state)
{
	struct scene *s = *state;
	uint64_t last = 0;
	welcomes(s);
	for (unsigned i = 0; i < MANY; i++) {
		connects(s, 5, 4, (uint16_t)(20000 + i));
		sends(s, CLIENT, 5, "hello");
		last = receives(s, SERVER, 4, "hello");
		closed(s, CLIENT, 5);
		closed(s, SERVER, 4);
	}
	assert_int_equal(flow_conversations(s->flow), MANY);
	assert_int_equal(about(s, last), MANY);
	assert_string_equal(taken(s, last), "1:5/5");
	assert_true(flow_sockets(s->flow) < KEPT);
	assert_true(remembered(s) < KEPT / 2);
	assert_int_equal(flow_conversation(s->flow, 1)->protocol, PROTOCOL_NONE);
	assert_int_equal(flow_conversation(s->flow, 1)->client_socket, SIZE_MAX);
	assert_ends(s, MANY, 5, 4);
	assert_conversation(s, MANY, "127.0.0.1:23999", "127.0.0.1:12000");
	/* Nothing has been said of the welcoming socket for long, but it is open. */
	assert_int_equal(flow_socket(s->flow, 0)->role, FLOW_WELCOMING);
	for (uint64_t i = log_first(s->log); i < log_end(s->log); i++)
		assert_int_not_equal(about(s, i), 0);
	assert_int_equal(flow_call(s->flow, log_first(s->log) - 1).socket, SIZE_MAX);
}

static void a_connection_that_goes_on_stays(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	connects(s, 5, 4, 40001);
	uint64_t send = 0, receive = 0;
	for (unsigned i = 1; i <= MANY; i++) {
		send = sends(s, CLIENT, 5, "hello");
		assert_int_equal(number(s, send), i);
		receive = receives(s, SERVER, 4, "hello");
	}
	assert_int_equal(flow_sockets(s->flow), 3);
	assert_ends(s, 1, 5, 4);
	assert_string_equal(taken(s, receive), "4000:5/5");
	assert_int_equal(socket_of(s, CLIENT, 5)->sent, 5 * MANY);
	/* Of the oldest receive the send may be gone. */
	assert_int_equal(flow_call(s->flow, log_first(s->log)).send, MANY - KEPT / 2 + 1);
	add(s, event_of_note(CLIENT, NOTE_INFO, "", 0));
	assert_string_equal(taken(s, log_first(s->log)), "");
}

static void an_end_is_remembered_as_long_as_the_other(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	connects(s, 5, 4, 40001);
	closed(s, CLIENT, 5);
	for (unsigned i = 0; i < MANY; i++)
		sends(s, SERVER, 4, "HELLO");
	assert_ends(s, 1, 5, 4);
	assert_false(flow_socket(s->flow, flow_conversation(s->flow, 1)->client_socket)->open);
	closed(s, SERVER, 4);
	for (unsigned i = 0; i < MANY; i++)
		add(s, event_of_note(CLIENT, NOTE_INFO, "", 0));
	assert_int_equal(remembered(s), 0);
	assert_int_equal(flow_sockets(s->flow), 1);
	connects(s, 5, 4, 40001);
	assert_ends(s, 2, 5, 4);
}

static void clients_that_are_silent_are_forgotten(void **state)
{
	struct scene *s = *state;
	uint64_t last = 0;
	serves_datagrams(s);
	for (unsigned i = 0; i < MANY; i++) {
		last = receives_from(s, SERVER, 3, "hello", address(9, (uint16_t)(20000 + i)));
		sends_to(s, SERVER, 3, "HELLO", address(9, (uint16_t)(20000 + i)));
	}
	assert_int_equal(about(s, last), MANY);
	assert_true(remembered(s) < KEPT);
	assert_int_equal(flow_sockets(s->flow), 1);
	/* Should one come again, that is another conversation. */
	uint64_t again = receives_from(s, SERVER, 3, "hello", address(9, 20000));
	assert_int_equal(about(s, again), MANY + 1);
}

static void datagrams_that_the_log_forgot_are_not_looked_for(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	opened(s, CLIENT, 5, SOCK_DGRAM);
	bound(s, CLIENT, 5, here(40001));
	uint64_t send = sends_to(s, CLIENT, 5, "lost", here(PORT));
	for (unsigned i = 0; i < MANY; i++) {
		sends_to(s, CLIENT, 5, "hello", here(PORT));
		uint64_t receive = receives_from(s, SERVER, 3, "hello", here(40001));
		assert_int_equal(flow_piece(s->flow, receive, 0).send, i + 2);
	}
	assert_true(send < log_first(s->log));
	uint64_t receive = receives_from(s, SERVER, 3, "lost", here(40001));
	assert_string_equal(taken(s, receive), "");
	sends_to(s, CLIENT, 5, "and on", here(PORT));
	assert_string_equal(taken(s, receives_from(s, SERVER, 3, "and on", here(40001))), "4002:6/6");
}

static void events_may_be_forgotten_before_they_are_taken_in(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	connects(s, 5, 4, 40001);
	const struct event note = event_of_note(CLIENT, NOTE_INFO, "", 0);
	for (unsigned i = 0; i < 3 * KEPT; i++)
		assert_int_equal(log_append(s->log, &note), 0);
	assert_int_equal(flow_update(s->flow), 0);
	assert_ends(s, 1, 5, 4);
	uint64_t send = sends(s, CLIENT, 5, "hello");
	assert_int_equal(number(s, send), 1);
	assert_int_equal(flow_call(s->flow, send - 1).socket, SIZE_MAX);
}

static void tells(struct scene *s, uint64_t number)
{
	add(s, (struct event){.who = SERVER, .kind = EVENT_NOTE, .number = number});
}

/* Threads tell in no order, so what seemed left out may still come; what did not is not forgotten. */
static void what_was_left_out_is_remembered(void **state)
{
	struct scene *s = *state;
	tells(s, 0); /* for one watcher alone */
	tells(s, 41);
	assert_false(flow_lacks(s->flow, SERVER));
	tells(s, 43);
	assert_true(flow_lacks(s->flow, SERVER));
	assert_false(flow_lacks(s->flow, CLIENT));
	tells(s, 42);
	assert_false(flow_lacks(s->flow, SERVER));
	tells(s, 1); /* another server */
	tells(s, 2);
	assert_false(flow_lacks(s->flow, SERVER));
	tells(s, 9);
	for (unsigned i = 1; i <= MANY; i++)
		tells(s, i);
	assert_true(flow_lacks(s->flow, SERVER));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(connections_that_are_over_are_forgotten, begin_kept, end),
		cmocka_unit_test_setup_teardown(a_connection_that_goes_on_stays, begin_kept, end),
		cmocka_unit_test_setup_teardown(an_end_is_remembered_as_long_as_the_other, begin_kept, end),
		cmocka_unit_test_setup_teardown(clients_that_are_silent_are_forgotten, begin_kept, end),
		cmocka_unit_test_setup_teardown(datagrams_that_the_log_forgot_are_not_looked_for, begin_kept, end),
		cmocka_unit_test_setup_teardown(what_was_left_out_is_remembered, begin_kept, end),
		cmocka_unit_test_setup_teardown(events_may_be_forgotten_before_they_are_taken_in, begin_kept, end),
	};
	return cmocka_run_group_tests_name("flow forgets", tests, NULL, NULL);
}
