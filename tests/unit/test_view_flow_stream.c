/*
 * TCP: which socket of the client's talks with which of the server's, and whose bytes a receive took.
 */
#include "test_view_flow.h"

/* --- Both ends --- */

static void a_connection_has_two_ends(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	uint64_t first = opened(s, CLIENT, 5, SOCK_STREAM), connect = connecting(s, 5, here(PORT));
	assert_int_equal(socket_of(s, CLIENT, 5)->role, FLOW_CONNECTION);
	assert_endpoint(&socket_of(s, CLIENT, 5)->remote, "127.0.0.1:12000");
	uint64_t accept = accepted(s, 3, 4, here(40001));
	uint64_t done = so_error(s, 5, 0), name = named(s, CLIENT, 5, here(40001));
	assert_int_equal(flow_conversations(s->flow), 1);
	assert_conversation(s, 1, "127.0.0.1:40001", "127.0.0.1:12000");
	assert_ends(s, 1, 5, 4);
	assert_int_equal(flow_conversation(s->flow, 1)->protocol, PROTOCOL_TCP);
	assert_int_equal(flow_conversation(s->flow, 1)->first, first);
	assert_endpoint(&socket_of(s, CLIENT, 5)->local, "127.0.0.1:40001");
	assert_int_equal(socket_of(s, CLIENT, 5)->conversation, 1);
	assert_int_equal(socket_of(s, SERVER, 4)->conversation, 1);
	const uint64_t calls[] = {first, connect, accept, done, name, closed(s, CLIENT, 5), closed(s, SERVER, 4)};
	for (size_t i = 0; i < COUNT(calls); i++)
		assert_int_equal(about(s, calls[i]), 1);
	assert_int_equal(about(s, 0), 0);
}

/* Either event may come first. */
static void accept_may_come_after_the_client_s_name(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	opened(s, CLIENT, 5, SOCK_STREAM);
	connecting(s, 5, here(PORT));
	so_error(s, 5, 0);
	assert_int_equal(flow_conversations(s->flow), 1);
	assert_ends(s, 1, 5, -1);
	named(s, CLIENT, 5, here(40001));
	uint64_t send = sends(s, CLIENT, 5, "hello");
	uint64_t end_of_client = closed(s, CLIENT, 5);
	uint64_t accept = accepted(s, 3, 4, here(40001));
	uint64_t receive = receives(s, SERVER, 4, "hello");
	assert_int_equal(flow_conversations(s->flow), 1);
	assert_ends(s, 1, 5, 4);
	assert_int_equal(about(s, send), 1);
	assert_int_equal(about(s, end_of_client), 1);
	assert_int_equal(about(s, accept), 1);
	assert_string_equal(taken(s, receive), "1:5/5");
}

static void accept_may_come_before_connect(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	opened(s, CLIENT, 5, SOCK_STREAM);
	uint64_t accept = accepted(s, 3, 4, here(40001));
	assert_int_equal(about(s, accept), 1);
	connected(s, 5, here(PORT));
	named(s, CLIENT, 5, here(40001));
	assert_int_equal(flow_conversations(s->flow), 1);
	assert_ends(s, 1, 5, 4);
}

/* The book's client does not ask for its name. */
static void a_client_without_a_name_is_known_by_where_it_connected_to(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	for (uint16_t i = 1; i <= 3; i++) {
		opened(s, CLIENT, 5, SOCK_STREAM);
		connected(s, 5, here(PORT));
		uint64_t send = sends(s, CLIENT, 5, "hello");
		accepted(s, 3, 4, here((uint16_t)(40000 + i)));
		uint64_t receive = receives(s, SERVER, 4, "hello");
		uint64_t reply = sends(s, SERVER, 4, "HELLO");
		assert_string_equal(taken(s, receives(s, CLIENT, 5, "HELLO")), "1:5/5");
		assert_string_equal(taken(s, receive), "1:5/5");
		closed(s, CLIENT, 5);
		closed(s, SERVER, 4);
		assert_int_equal(about(s, send), i);
		assert_int_equal(about(s, reply), i);
	}
	assert_int_equal(flow_conversations(s->flow), 3);
	assert_conversation(s, 3, "127.0.0.1:40003", "127.0.0.1:12000");
}

static void a_bound_client_needs_no_name(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	opened(s, CLIENT, 5, SOCK_STREAM);
	bound(s, CLIENT, 5, anywhere(40001));
	opened(s, CLIENT, 6, SOCK_STREAM);
	bound(s, CLIENT, 6, anywhere(40002));
	connected(s, 5, here(PORT));
	connected(s, 6, here(PORT));
	accepted(s, 3, 4, here(40002));
	accepted(s, 3, 5, here(40001));
	assert_ends(s, 1, 5, 5);
	assert_ends(s, 2, 6, 4);
}

static void a_wildcard_is_any_address(void **state)
{
	struct scene *s = *state;
	opened(s, SERVER, 3, SOCK_STREAM);
	bound(s, SERVER, 3, anywhere(PORT));
	listening(s, 3);
	connects(s, 5, 4, 40001);
	assert_ends(s, 1, 5, 4);
	assert_conversation(s, 1, "127.0.0.1:40001", "127.0.0.1:12000");
	assert_endpoint(&socket_of(s, SERVER, 4)->local, "0.0.0.0:12000");
}

static void ipv6_is_as_good(void **state)
{
	struct scene *s = *state;
	const struct endpoint server = {.family = 6, .address = {[15] = 1}, .port = PORT};
	const struct endpoint mine = {.family = 6, .address = {0xfe, 0x80, [15] = 1}, .port = 40001, .scope = 2};
	struct endpoint seen = mine;
	seen.scope = 3;
	opened(s, SERVER, 3, SOCK_STREAM);
	bound(s, SERVER, 3, server);
	listening(s, 3);
	opened(s, CLIENT, 5, SOCK_STREAM);
	connecting(s, 5, server);
	so_error(s, 5, 0);
	named(s, CLIENT, 5, mine);
	accepted(s, 3, 4, seen);
	assert_ends(s, 1, 5, 4);
}

/* --- One end --- */

static void a_server_elsewhere_is_not_seen(void **state)
{
	struct scene *s = *state;
	opened(s, CLIENT, 5, SOCK_STREAM);
	connected(s, 5, address(7, 80));
	uint64_t name = named(s, CLIENT, 5, here(40001));
	assert_conversation(s, 1, "127.0.0.1:40001", "127.0.0.7:80");
	assert_ends(s, 1, 5, -1);
	assert_int_equal(about(s, name), 1);
	assert_int_equal(number(s, sends(s, CLIENT, 5, "hello")), 1);
	assert_int_equal(number(s, sends(s, CLIENT, 5, "again")), 2);
	uint64_t receive = receives(s, CLIENT, 5, "HELLO");
	assert_int_equal(about(s, receive), 1);
	assert_string_equal(taken(s, receive), "");
}

static void a_client_elsewhere_is_not_seen(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	uint64_t accept = accepted(s, 3, 4, address(9, 40001));
	assert_conversation(s, 1, "127.0.0.9:40001", "127.0.0.1:12000");
	assert_ends(s, 1, -1, 4);
	assert_int_equal(flow_conversation(s->flow, 1)->first, accept);
	assert_string_equal(taken(s, receives(s, SERVER, 4, "hello")), "");
	assert_int_equal(number(s, sends(s, SERVER, 4, "HELLO")), 1);
}

/* It is another client that was accepted while ours was connecting; ours comes later, or not. */
static void who_was_accepted_is_corrected(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	opened(s, CLIENT, 5, SOCK_STREAM);
	connecting(s, 5, here(PORT));
	uint64_t other = accepted(s, 3, 4, here(50000));
	so_error(s, 5, 0);
	uint64_t name = named(s, CLIENT, 5, here(40001));
	assert_int_equal(about(s, name), 1);
	assert_ends(s, 1, 5, -1);
	assert_int_equal(about(s, other), 2);
	assert_ends(s, 2, -1, 4);
	uint64_t accept = accepted(s, 3, 7, here(40001));
	assert_int_equal(about(s, accept), 1);
	assert_ends(s, 1, 5, 7);
	assert_int_equal(flow_conversations(s->flow), 2);
}

static void two_that_connect_at_once_are_told_apart_by_their_names(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	opened(s, CLIENT, 5, SOCK_STREAM);
	opened(s, CLIENT, 6, SOCK_STREAM);
	connecting(s, 5, here(PORT));
	connecting(s, 6, here(PORT));
	uint64_t of_6 = accepted(s, 3, 4, here(40006)), of_5 = accepted(s, 3, 7, here(40005));
	uint64_t receive = receives(s, SERVER, 7, "from 5");
	so_error(s, 5, 0);
	named(s, CLIENT, 5, here(40005));
	so_error(s, 6, 0);
	named(s, CLIENT, 6, here(40006));
	assert_int_equal(flow_conversations(s->flow), 2);
	assert_ends(s, 1, 5, 7);
	assert_ends(s, 2, 6, 4);
	assert_int_equal(about(s, of_5), 1);
	assert_int_equal(about(s, of_6), 2);
	sends(s, CLIENT, 5, "from 5");
	assert_string_equal(taken(s, receive), "1:6/6");
}

/* The second is named before what it was taken for has been accepted. */
static void an_end_goes_to_whom_it_belongs(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	opened(s, CLIENT, 5, SOCK_STREAM);
	opened(s, CLIENT, 6, SOCK_STREAM);
	connecting(s, 5, here(PORT));
	connecting(s, 6, here(PORT));
	uint64_t of_6 = accepted(s, 3, 4, here(40006));
	so_error(s, 6, 0);
	named(s, CLIENT, 6, here(40006));
	assert_int_equal(about(s, of_6), socket_of(s, CLIENT, 6)->conversation);
	so_error(s, 5, 0);
	named(s, CLIENT, 5, here(40005));
	uint64_t of_5 = accepted(s, 3, 7, here(40005));
	assert_int_equal(about(s, of_5), socket_of(s, CLIENT, 5)->conversation);
	assert_int_not_equal(about(s, of_5), about(s, of_6));
	assert_ends(s, about(s, of_5), 5, 7);
	assert_ends(s, about(s, of_6), 6, 4);
}

/* --- Connecting --- */

static void a_connect_that_fails_at_once_changes_nothing(void **state)
{
	struct scene *s = *state;
	opened(s, CLIENT, 5, SOCK_STREAM);
	struct event_call c = {.op = OP_CONNECT, .fd = 5, .address = here(PORT)};
	uint64_t index = failed(s, CLIENT, c, ECONNREFUSED);
	assert_int_equal(socket_of(s, CLIENT, 5)->role, FLOW_NEW);
	assert_int_equal(socket_of(s, CLIENT, 5)->remote.family, 0);
	assert_int_equal(flow_call(s->flow, index).socket, 0);
	assert_int_equal(flow_conversations(s->flow), 0);
}

static void a_connect_that_fails_later_makes_it_new_again(void **state)
{
	struct scene *s = *state;
	opened(s, CLIENT, 5, SOCK_STREAM);
	connecting(s, 5, here(PORT));
	assert_int_equal(flow_conversations(s->flow), 0);
	struct event_call other = {.op = OP_GETSOCKOPT, .fd = 5, .args = {SOL_SOCKET, SO_RCVBUF, 1000}};
	made(s, CLIENT, other);
	assert_int_equal(socket_of(s, CLIENT, 5)->role, FLOW_CONNECTION);
	so_error(s, 5, ECONNREFUSED);
	assert_int_equal(socket_of(s, CLIENT, 5)->role, FLOW_NEW);
	assert_int_equal(socket_of(s, CLIENT, 5)->remote.family, 0);
	so_error(s, 5, 0);
	assert_int_equal(flow_conversations(s->flow), 0);
	connecting(s, 5, here(PORT + 1));
	named(s, CLIENT, 5, here(40001));
	assert_conversation(s, 1, "127.0.0.1:40001", "127.0.0.1:12001");
}

static void a_connect_that_was_interrupted_goes_on(void **state)
{
	struct scene *s = *state;
	opened(s, CLIENT, 5, SOCK_STREAM);
	failed(s, CLIENT, (struct event_call){.op = OP_CONNECT, .fd = 5, .address = here(PORT)}, EINTR);
	assert_int_equal(socket_of(s, CLIENT, 5)->role, FLOW_CONNECTION);
	connected(s, 5, here(PORT));
	assert_int_equal(flow_conversations(s->flow), 1);
	connected(s, 5, here(PORT + 1));
	assert_endpoint(&socket_of(s, CLIENT, 5)->remote, "127.0.0.1:12000");
}

/* Its port was another's before; and a server may have accepted somebody with just that port. */
static void a_port_that_is_used_again_is_another_client_s(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	uint64_t other = accepted(s, 3, 4, here(40001));
	closed(s, SERVER, 4);
	for (uint32_t i = 2; i <= 3; i++) {
		opened(s, CLIENT, 5, SOCK_STREAM);
		connecting(s, 5, here(PORT));
		so_error(s, 5, 0);
		named(s, CLIENT, 5, here(40001));
		uint64_t accept = accepted(s, 3, 4, here(40001));
		assert_int_equal(about(s, accept), i);
		assert_ends(s, i, 5, 4);
		closed(s, CLIENT, 5);
		closed(s, SERVER, 4);
	}
	assert_int_equal(about(s, other), 1);
	assert_ends(s, 1, -1, 4);
}

static void a_closed_client_s_port_may_be_somebody_else_s(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	connects(s, 5, 4, 40001);
	closed(s, CLIENT, 5);
	closed(s, SERVER, 4);
	uint64_t accept = accepted(s, 3, 4, here(40001));
	assert_int_equal(about(s, accept), 2);
	assert_ends(s, 1, 5, 4);
	assert_ends(s, 2, -1, 4);
}

/* The log has forgotten how the client's socket was opened. */
static void a_client_of_which_little_is_known_may_be_the_accepted_one(void **state)
{
	struct scene *s = *state;
	uint64_t accept = accepted(s, 3, 4, here(40001));
	connecting(s, 5, here(PORT));
	named(s, CLIENT, 5, here(40001));
	assert_int_equal(flow_conversations(s->flow), 1);
	assert_ends(s, 1, 5, 4);
	assert_int_equal(flow_conversation(s->flow, 1)->first, accept);
}

/* --- Whose bytes --- */

static void sends_are_numbered_in_each_direction(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	connects(s, 5, 4, 40001);
	assert_int_equal(number(s, sends(s, CLIENT, 5, "one")), 1);
	assert_int_equal(number(s, failed(s, CLIENT, (struct event_call){.op = OP_SEND, .fd = 5}, EAGAIN)), 0);
	assert_int_equal(number(s, sends(s, CLIENT, 5, "")), 0);
	assert_int_equal(number(s, sends(s, SERVER, 4, "ONE")), 1);
	assert_int_equal(number(s, sends(s, CLIENT, 5, "two")), 2);
	uint64_t receive = receives(s, CLIENT, 5, "ONE");
	assert_int_equal(number(s, receive), 0);
	assert_int_equal(flow_call(s->flow, 4).send, 0);
}

static void a_receive_takes_parts_of_sends(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	connects(s, 5, 4, 40001);
	sends(s, CLIENT, 5, "hello");
	sends(s, CLIENT, 5, "world!");
	assert_string_equal(taken(s, receives(s, SERVER, 4, "helloworld!")), "1:5/5 2:6/6");
	sends(s, CLIENT, 5, "0123456789");
	assert_string_equal(taken(s, receives(s, SERVER, 4, "0123")), "3:4/10");
	assert_string_equal(taken(s, receives(s, SERVER, 4, "4567")), "3:4/10");
	sends(s, CLIENT, 5, "ab");
	sends(s, CLIENT, 5, "cd");
	assert_string_equal(taken(s, receives(s, SERVER, 4, "89abc")), "3:2/10 4:2/2 5:1/2");
	uint64_t end_of_stream = streamed(s, SERVER, 4, IN, "", 0);
	assert_string_equal(taken(s, end_of_stream), "");
	assert_int_equal(flow_piece(s->flow, end_of_stream, 0).send, 0);
}

static void a_send_may_be_told_after_its_receive(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	connects(s, 5, 4, 40001);
	uint64_t receive = receives(s, SERVER, 4, "helloworld");
	assert_string_equal(taken(s, receive), "");
	uint64_t send = sends(s, CLIENT, 5, "hello");
	assert_string_equal(taken(s, receive), "1:5/5");
	assert_int_equal(flow_piece(s->flow, receive, 0).index, send);
	sends(s, CLIENT, 5, "world");
	assert_string_equal(taken(s, receive), "1:5/5 2:5/5");
}

static void two_clients_do_not_mix(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	connects(s, 5, 4, 40001);
	connects(s, 6, 7, 40002);
	sends(s, CLIENT, 5, "first");
	sends(s, CLIENT, 6, "other");
	uint64_t of_second = receives(s, SERVER, 7, "other"), of_first = receives(s, SERVER, 4, "first");
	uint64_t to_second = sends(s, SERVER, 7, "OTHER"), to_first = sends(s, SERVER, 4, "FIRST");
	assert_int_equal(about(s, of_first), 1);
	assert_int_equal(about(s, of_second), 2);
	assert_int_equal(number(s, to_first), 1);
	assert_int_equal(number(s, to_second), 1);
	uint64_t receive = receives(s, CLIENT, 6, "OTHER");
	assert_string_equal(taken(s, receive), "1:5/5");
	assert_int_equal(flow_piece(s->flow, receive, 0).index, to_second);
	assert_int_equal(flow_conversations(s->flow), 2);
}

/* The server's events between have been left out. */
static void a_stream_that_begins_anew_is_another_socket_s(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	connects(s, 5, 4, 40001);
	receives(s, SERVER, 4, "hello");
	fresh(s, SERVER, 4);
	uint64_t receive = receives(s, SERVER, 4, "others");
	assert_false(flow_socket(s->flow, 2)->open);
	assert_true(flow_socket(s->flow, 3)->open);
	assert_int_equal(about(s, receive), 2);
	assert_ends(s, 2, -1, 4);
	assert_int_equal(flow_call(s->flow, receive).socket, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_connection_has_two_ends, begin, end),
		cmocka_unit_test_setup_teardown(accept_may_come_after_the_client_s_name, begin, end),
		cmocka_unit_test_setup_teardown(accept_may_come_before_connect, begin, end),
		cmocka_unit_test_setup_teardown(a_client_without_a_name_is_known_by_where_it_connected_to, begin, end),
		cmocka_unit_test_setup_teardown(a_bound_client_needs_no_name, begin, end),
		cmocka_unit_test_setup_teardown(a_wildcard_is_any_address, begin, end),
		cmocka_unit_test_setup_teardown(ipv6_is_as_good, begin, end),
		cmocka_unit_test_setup_teardown(a_server_elsewhere_is_not_seen, begin, end),
		cmocka_unit_test_setup_teardown(a_client_elsewhere_is_not_seen, begin, end),
		cmocka_unit_test_setup_teardown(who_was_accepted_is_corrected, begin, end),
		cmocka_unit_test_setup_teardown(two_that_connect_at_once_are_told_apart_by_their_names, begin, end),
		cmocka_unit_test_setup_teardown(an_end_goes_to_whom_it_belongs, begin, end),
		cmocka_unit_test_setup_teardown(a_connect_that_fails_at_once_changes_nothing, begin, end),
		cmocka_unit_test_setup_teardown(a_connect_that_fails_later_makes_it_new_again, begin, end),
		cmocka_unit_test_setup_teardown(a_connect_that_was_interrupted_goes_on, begin, end),
		cmocka_unit_test_setup_teardown(a_port_that_is_used_again_is_another_client_s, begin, end),
		cmocka_unit_test_setup_teardown(a_closed_client_s_port_may_be_somebody_else_s, begin, end),
		cmocka_unit_test_setup_teardown(a_client_of_which_little_is_known_may_be_the_accepted_one, begin, end),
		cmocka_unit_test_setup_teardown(sends_are_numbered_in_each_direction, begin, end),
		cmocka_unit_test_setup_teardown(a_receive_takes_parts_of_sends, begin, end),
		cmocka_unit_test_setup_teardown(a_send_may_be_told_after_its_receive, begin, end),
		cmocka_unit_test_setup_teardown(two_clients_do_not_mix, begin, end),
		cmocka_unit_test_setup_teardown(a_stream_that_begins_anew_is_another_socket_s, begin, end),
	};
	return cmocka_run_group_tests_name("flow of streams", tests, NULL, NULL);
}
