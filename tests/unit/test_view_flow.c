/*
 * The sockets of both programs: what they are, what they are called, as long as they are open and after.
 */
#include "test_view_flow.h"

static void a_socket_is_new_until_it_is_used(void **state)
{
	struct scene *s = *state;
	assert_int_equal(flow_sockets(s->flow), 0);
	uint64_t index = opened(s, CLIENT, 5, SOCK_STREAM | 02000000);
	assert_int_equal(flow_sockets(s->flow), 1);
	const struct flow_socket *socket = flow_socket(s->flow, 0);
	assert_int_equal(socket->who, CLIENT);
	assert_int_equal(socket->fd, 5);
	assert_int_equal(socket->protocol, PROTOCOL_TCP);
	assert_int_equal(socket->role, FLOW_NEW);
	assert_true(socket->open);
	assert_int_equal(socket->opened, index);
	assert_int_equal(socket->local.family, 0);
	assert_int_equal(socket->remote.family, 0);
	assert_int_equal(socket->conversation, 0);
	assert_int_equal(flow_call(s->flow, index).socket, 0);
	assert_int_equal(flow_call(s->flow, index).conversation, 0);
}

static void listening_makes_it_welcoming(void **state)
{
	struct scene *s = *state;
	opened(s, SERVER, 3, SOCK_STREAM);
	bound(s, SERVER, 3, here(0));
	assert_int_equal(socket_of(s, SERVER, 3)->role, FLOW_NEW);
	uint64_t index = listening(s, 3);
	named(s, SERVER, 3, here(PORT));
	assert_int_equal(socket_of(s, SERVER, 3)->role, FLOW_WELCOMING);
	assert_endpoint(&socket_of(s, SERVER, 3)->local, "127.0.0.1:12000");
	assert_int_equal(flow_call(s->flow, index).socket, 0);
	assert_int_equal(flow_conversations(s->flow), 0);
}

static void accept_gives_a_connection_with_both_endpoints(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	uint64_t index = accepted(s, 3, 4, address(9, 40001));
	const struct flow_socket *socket = socket_of(s, SERVER, 4);
	assert_int_equal(socket->role, FLOW_CONNECTION);
	assert_int_equal(socket->protocol, PROTOCOL_TCP);
	assert_int_equal(socket->opened, index);
	assert_endpoint(&socket->local, "127.0.0.1:12000");
	assert_endpoint(&socket->remote, "127.0.0.9:40001");
	assert_int_equal(socket->conversation, 1);
	assert_int_equal(socket_of(s, SERVER, 3)->conversation, 0);
	assert_int_equal(flow_call(s->flow, index).socket, 0);
	assert_int_equal(flow_call(s->flow, index).conversation, 1);
}

static void datagram_sockets_and_channels_are_such_from_the_start(void **state)
{
	struct scene *s = *state;
	opened(s, CLIENT, 5, SOCK_DGRAM);
	assert_int_equal(socket_of(s, CLIENT, 5)->role, FLOW_DATAGRAM);
	assert_int_equal(socket_of(s, CLIENT, 5)->protocol, PROTOCOL_UDP);
	struct event_call pair = {.op = OP_SOCKETPAIR, .fd = 6, .args = {AF_UNIX, SOCK_SEQPACKET, 7}};
	uint64_t index = made(s, CLIENT, pair);
	assert_int_equal(flow_sockets(s->flow), 3);
	assert_int_equal(socket_of(s, CLIENT, 6)->role, FLOW_CHANNEL);
	assert_int_equal(socket_of(s, CLIENT, 7)->role, FLOW_CHANNEL);
	assert_int_equal(flow_call(s->flow, index).socket, 1);
	struct event_call local = {.op = OP_SOCKET, .fd = -1, .result = 8, .args = {AF_UNIX, SOCK_STREAM}};
	made(s, CLIENT, local);
	assert_int_equal(socket_of(s, CLIENT, 8)->role, FLOW_CHANNEL);
	assert_int_equal(socket_of(s, CLIENT, 8)->protocol, PROTOCOL_NONE);
	sends(s, CLIENT, 6, "not of the network");
	closed(s, CLIENT, 7);
	assert_false(socket_of(s, CLIENT, 7)->open);
	assert_int_equal(flow_conversations(s->flow), 0);
}

static void a_descriptor_is_used_again_after_close(void **state)
{
	struct scene *s = *state;
	uint64_t first = opened(s, CLIENT, 5, SOCK_STREAM);
	uint64_t end_of_first = closed(s, CLIENT, 5);
	opened(s, SERVER, 5, SOCK_STREAM);
	uint64_t second = opened(s, CLIENT, 5, SOCK_DGRAM);
	assert_int_equal(flow_sockets(s->flow), 3);
	const struct flow_socket *old = flow_socket(s->flow, 0), *new = flow_socket(s->flow, 2);
	assert_false(old->open);
	assert_int_equal(old->opened, first);
	assert_int_equal(old->closed, end_of_first);
	assert_true(new->open);
	assert_int_equal(new->opened, second);
	assert_int_equal(new->protocol, PROTOCOL_UDP);
	assert_true(flow_socket(s->flow, 1)->open);
	assert_int_equal(flow_call(s->flow, end_of_first).socket, 0);
	assert_int_equal(flow_call(s->flow, second).socket, 2);
}

/* The server leaves events out when nobody takes them. */
static void a_number_that_is_given_again_was_closed(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	accepted(s, 3, 4, here(40001));
	uint64_t index = accepted(s, 3, 4, here(40002));
	assert_int_equal(flow_sockets(s->flow), 3);
	assert_false(flow_socket(s->flow, 1)->open);
	assert_int_equal(flow_socket(s->flow, 1)->closed, index);
	assert_true(flow_socket(s->flow, 2)->open);
	assert_int_equal(flow_conversations(s->flow), 2);
}

/* Another thread has got the number before close() returned. */
static void a_close_that_began_before_is_the_former_socket_s(void **state)
{
	struct scene *s = *state;
	s->now = 100;
	welcomes(s);
	accepted(s, 3, 4, here(40001));
	s->now = 200;
	accepted(s, 3, 4, here(40002));
	struct event late = {.who = SERVER, .kind = EVENT_CALL, .when = 210};
	late.call = (struct event_call){.op = OP_CLOSE, .fd = 4, .returned = true, .took = 20};
	uint64_t index = add(s, late);
	assert_true(socket_of(s, SERVER, 4)->open);
	assert_int_equal(flow_call(s->flow, index).socket, SIZE_MAX);
	s->now = 220;
	closed(s, SERVER, 4);
	assert_false(socket_of(s, SERVER, 4)->open);
}

static void calls_that_fail_change_nothing(void **state)
{
	struct scene *s = *state;
	failed(s, CLIENT, (struct event_call){.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_STREAM}}, EMFILE);
	failed(s, CLIENT, (struct event_call){.op = OP_SOCKETPAIR, .fd = -1}, EMFILE);
	failed(s, CLIENT, (struct event_call){.op = OP_CLOSE, .fd = 9}, EBADF);
	assert_int_equal(flow_sockets(s->flow), 0);
	opened(s, SERVER, 3, SOCK_STREAM);
	failed(s, SERVER, (struct event_call){.op = OP_BIND, .fd = 3, .address = here(PORT)}, EADDRINUSE);
	failed(s, SERVER, (struct event_call){.op = OP_LISTEN, .fd = 3}, EADDRINUSE);
	failed(s, SERVER, (struct event_call){.op = OP_ACCEPT, .fd = 3}, EINVAL);
	failed(s, SERVER, (struct event_call){.op = OP_GETSOCKNAME, .fd = 3, .address = here(PORT)}, ENOBUFS);
	failed(s, SERVER, (struct event_call){.op = OP_SEND, .fd = 3, .asked = 5}, ENOTCONN);
	uint64_t last = failed(s, SERVER, (struct event_call){.op = OP_CLOSE, .fd = 3}, EIO);
	const struct flow_socket *socket = flow_socket(s->flow, 0);
	assert_int_equal(flow_sockets(s->flow), 1);
	assert_int_equal(socket->role, FLOW_NEW);
	assert_int_equal(socket->local.family, 0);
	assert_int_equal(socket->sent, 0);
	assert_true(socket->open);
	assert_int_equal(flow_call(s->flow, last).socket, 0);
	assert_int_equal(flow_conversations(s->flow), 0);
}

static void calls_about_to_be_made_change_nothing_but_have_their_place(void **state)
{
	struct scene *s = *state;
	add_call(s, SERVER, (struct event_call){.op = OP_SOCKET, .fd = -1});
	assert_int_equal(flow_sockets(s->flow), 0);
	welcomes(s);
	uint64_t accept = add_call(s, SERVER, (struct event_call){.op = OP_ACCEPT, .fd = 3});
	assert_int_equal(flow_call(s->flow, accept).socket, 0);
	assert_int_equal(about(s, accept), 0);
	accepted(s, 3, 4, here(40001));
	uint64_t recv = add_call(s, SERVER, (struct event_call){.op = OP_RECV, .fd = 4, .asked = 1024});
	uint64_t close = add_call(s, SERVER, (struct event_call){.op = OP_CLOSE, .fd = 4});
	assert_int_equal(flow_call(s->flow, recv).socket, 1);
	assert_int_equal(about(s, recv), 1);
	assert_int_equal(flow_call(s->flow, recv).pieces, 0);
	assert_int_equal(about(s, close), 1);
	assert_true(socket_of(s, SERVER, 4)->open);
	struct event send = {.who = SERVER, .kind = EVENT_CALL, .size = 2, .data = "hi"};
	send.call = (struct event_call){.op = OP_SEND, .fd = 4, .asked = 2};
	assert_int_equal(number(s, add(s, send)), 0);
	assert_int_equal(socket_of(s, SERVER, 4)->sent, 0);
}

static void bytes_are_counted(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	accepted(s, 3, 4, here(40001));
	receives(s, SERVER, 4, "hello");
	receives(s, SERVER, 4, "world!");
	sends(s, SERVER, 4, "HELLOWORLD!");
	assert_int_equal(socket_of(s, SERVER, 4)->received, 11);
	assert_int_equal(socket_of(s, SERVER, 4)->sent, 11);
}

static void other_events_are_about_no_socket(void **state)
{
	struct scene *s = *state;
	opened(s, CLIENT, 0, SOCK_STREAM);
	uint64_t note = add(s, event_of_note(CLIENT, NOTE_INFO, "hello", 5));
	uint64_t lookup = made(s, CLIENT, (struct event_call){.op = OP_GETADDRINFO, .fd = -1, .result = 0});
	assert_int_equal(flow_call(s->flow, note).socket, SIZE_MAX);
	assert_int_equal(flow_call(s->flow, lookup).socket, SIZE_MAX);
	assert_int_equal(flow_call(s->flow, lookup + 1).socket, SIZE_MAX);
	assert_int_equal(flow_call(s->flow, UINT64_MAX).socket, SIZE_MAX);
	assert_int_equal(flow_piece(s->flow, lookup, 0).send, 0);
	assert_int_equal(flow_sockets(s->flow), 1);
}

/* --- The log has forgotten how it began --- */

static void what_a_socket_is_later_calls_tell(void **state)
{
	struct scene *s = *state;
	closed(s, SERVER, 2);
	assert_int_equal(flow_sockets(s->flow), 0);
	struct event_call option = {.op = OP_SETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_REUSEADDR, 1}};
	made(s, SERVER, option);
	assert_int_equal(socket_of(s, SERVER, 3)->protocol, PROTOCOL_NONE);
	assert_int_equal(socket_of(s, SERVER, 3)->role, FLOW_NEW);
	accepted(s, 3, 4, here(40001));
	assert_int_equal(socket_of(s, SERVER, 3)->protocol, PROTOCOL_TCP);
	assert_int_equal(socket_of(s, SERVER, 3)->role, FLOW_WELCOMING);
	assert_conversation(s, 1, "127.0.0.1:40001", "");
	receives_from(s, SERVER, 5, "hello", here(40002));
	assert_int_equal(socket_of(s, SERVER, 5)->protocol, PROTOCOL_UDP);
	assert_int_equal(socket_of(s, SERVER, 5)->role, FLOW_DATAGRAM);
	connecting(s, 6, here(PORT));
	assert_int_equal(socket_of(s, CLIENT, 6)->protocol, PROTOCOL_TCP);
	assert_int_equal(socket_of(s, CLIENT, 6)->role, FLOW_CONNECTION);
	made(s, CLIENT, (struct event_call){.op = OP_SHUTDOWN, .fd = 7});
	assert_int_equal(socket_of(s, CLIENT, 7)->protocol, PROTOCOL_TCP);
}

static void bytes_beyond_the_first_are_a_stream_s(void **state)
{
	struct scene *s = *state;
	uint64_t first = sends(s, CLIENT, 5, "perhaps a datagram");
	assert_int_equal(socket_of(s, CLIENT, 5)->protocol, PROTOCOL_NONE);
	assert_int_equal(number(s, first), 0);
	uint64_t second = sends(s, CLIENT, 5, "no");
	const struct flow_socket *socket = socket_of(s, CLIENT, 5);
	assert_int_equal(socket->protocol, PROTOCOL_TCP);
	assert_int_equal(socket->role, FLOW_CONNECTION);
	assert_int_equal(socket->opened, first);
	assert_int_equal(number(s, second), 1);
	assert_int_equal(about(s, second), 1);
	assert_ends(s, 1, 5, -1);
	s->streams[SERVER][8][IN] = 100;
	uint64_t received = receives(s, SERVER, 8, "from somebody");
	assert_int_equal(about(s, received), 2);
	assert_ends(s, 2, -1, 8);
	assert_string_equal(taken(s, received), "");
}

/* As a damaged recording may. */
static void what_cannot_be_is_passed_over(void **state)
{
	struct scene *s = *state;
	made(s, SERVER, (struct event_call){.op = OP_SOCKET, .fd = -1, .result = INT64_MAX});
	made(s, SERVER, (struct event_call){.op = OP_ACCEPT, .fd = 3, .result = INT64_MAX});
	made(s, SERVER, (struct event_call){.op = OP_SEND, .fd = -7, .result = 5});
	made(s, SERVER, (struct event_call){.op = OP_SOCKETPAIR, .fd = -7});
	assert_int_equal(flow_sockets(s->flow), 0);
	made(s, SERVER, (struct event_call){.op = OP_SOCKET, .fd = -1, .result = INT32_MAX, .args = {AF_INET, 1}});
	struct event_call vast = {.op = OP_SEND, .fd = INT32_MAX, .offset = UINT64_MAX, .result = INT64_MAX};
	uint64_t send = made(s, SERVER, vast);
	vast.op = OP_RECV;
	uint64_t receive = made(s, SERVER, vast);
	assert_int_equal(number(s, send), 0);
	assert_string_equal(taken(s, receive), "");
	made(s, SERVER, (struct event_call){.op = OP_ACCEPT, .fd = 3, .result = 3});
	made(s, SERVER, (struct event_call){.op = OP_SOCKETPAIR, .fd = 4, .args = {AF_UNIX, SOCK_STREAM, 4}});
	made(s, CLIENT, (struct event_call){.op = OP_ACCEPT, .fd = 3, .result = 4, .address = here(1)});
	failed(s, CLIENT, (struct event_call){.op = OP_CONNECT, .fd = 4, .address = here(PORT)}, EINPROGRESS);
	so_error(s, 4, ECONNREFUSED);
	assert_int_equal(socket_of(s, CLIENT, 4)->role, FLOW_CONNECTION);
}

static void the_flow_may_begin_in_the_middle_of_a_log(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	connects(s, 5, 4, 40001);
	for (int i = 0; i < 20; i++)
		receives(s, SERVER, 4, "hello");
	assert_true(log_first(s->log) > 0);
	struct flow *late = flow_new(s->log);
	assert_int_equal(flow_update(late), 0);
	assert_int_equal(flow_sockets(late), 1);
	assert_int_equal(flow_socket(late, 0)->opened, log_first(s->log));
	assert_int_equal(flow_call(late, log_first(s->log) - 1).socket, SIZE_MAX);
	assert_int_equal(flow_call(late, log_first(s->log)).conversation, 1);
	flow_free(late);
	flow_free(NULL);
}

static int begin_small(void **state)
{
	return begin_with(state, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_socket_is_new_until_it_is_used, begin, end),
		cmocka_unit_test_setup_teardown(listening_makes_it_welcoming, begin, end),
		cmocka_unit_test_setup_teardown(accept_gives_a_connection_with_both_endpoints, begin, end),
		cmocka_unit_test_setup_teardown(datagram_sockets_and_channels_are_such_from_the_start, begin, end),
		cmocka_unit_test_setup_teardown(a_descriptor_is_used_again_after_close, begin, end),
		cmocka_unit_test_setup_teardown(a_number_that_is_given_again_was_closed, begin, end),
		cmocka_unit_test_setup_teardown(a_close_that_began_before_is_the_former_socket_s, begin, end),
		cmocka_unit_test_setup_teardown(calls_that_fail_change_nothing, begin, end),
		cmocka_unit_test_setup_teardown(calls_about_to_be_made_change_nothing_but_have_their_place, begin, end),
		cmocka_unit_test_setup_teardown(bytes_are_counted, begin, end),
		cmocka_unit_test_setup_teardown(other_events_are_about_no_socket, begin, end),
		cmocka_unit_test_setup_teardown(what_a_socket_is_later_calls_tell, begin, end),
		cmocka_unit_test_setup_teardown(bytes_beyond_the_first_are_a_stream_s, begin, end),
		cmocka_unit_test_setup_teardown(what_cannot_be_is_passed_over, begin, end),
		cmocka_unit_test_setup_teardown(the_flow_may_begin_in_the_middle_of_a_log, begin_small, end),
	};
	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
