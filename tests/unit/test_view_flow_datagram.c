/*
 * UDP: who talks with whom without a connection, and which receive took which datagram.
 */
#include "test_view_flow.h"

/* A client's socket, number 5, that has sent and heard which port it has. */
static void introduces(struct scene *s, int fd, uint16_t port)
{
	opened(s, CLIENT, fd, SOCK_DGRAM);
	sends_to(s, CLIENT, fd, "hello", here(PORT));
	named(s, CLIENT, fd, anywhere(port));
	receives_from(s, SERVER, 3, "hello", here(port));
}

static uint64_t nothing_there(struct scene *s, enum event_who who, int fd)
{
	return failed(s, who, (struct event_call){.op = OP_RECVFROM, .fd = fd}, EAGAIN);
}

/* --- Who --- */

static void a_conversation_begins_with_the_first_datagram(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	uint64_t first = opened(s, CLIENT, 5, SOCK_DGRAM);
	assert_int_equal(flow_conversations(s->flow), 0);
	uint64_t send = sends_to(s, CLIENT, 5, "hello", here(PORT));
	assert_conversation(s, 1, "", "127.0.0.1:12000");
	assert_ends(s, 1, 5, -1);
	uint64_t name = named(s, CLIENT, 5, anywhere(40001));
	assert_conversation(s, 1, "0.0.0.0:40001", "127.0.0.1:12000");
	uint64_t receive = receives_from(s, SERVER, 3, "hello", here(40001));
	assert_conversation(s, 1, "127.0.0.1:40001", "127.0.0.1:12000");
	assert_ends(s, 1, 5, 3);
	assert_int_equal(flow_conversation(s->flow, 1)->protocol, PROTOCOL_UDP);
	assert_int_equal(flow_conversation(s->flow, 1)->first, first);
	uint64_t reply = sends_to(s, SERVER, 3, "HELLO", here(40001));
	uint64_t got = receives_from(s, CLIENT, 5, "HELLO", here(PORT));
	uint64_t none = nothing_there(s, CLIENT, 5), last = closed(s, CLIENT, 5);
	const uint64_t calls[] = {first, send, name, receive, reply, got, none, last};
	for (size_t i = 0; i < COUNT(calls); i++)
		assert_int_equal(about(s, calls[i]), 1);
	assert_int_equal(about(s, 0), 0);
	assert_string_equal(taken(s, receive), "1:5/5");
	assert_string_equal(taken(s, got), "1:5/5");
	assert_int_equal(flow_conversations(s->flow), 1);
}

static void the_server_may_hear_of_a_port_before_the_client(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	opened(s, CLIENT, 5, SOCK_DGRAM);
	sends_to(s, CLIENT, 5, "hello", here(PORT));
	uint64_t receive = receives_from(s, SERVER, 3, "hello", here(40001));
	assert_string_equal(taken(s, receive), "1:5/5");
	assert_conversation(s, 1, "127.0.0.1:40001", "127.0.0.1:12000");
	named(s, CLIENT, 5, anywhere(40001));
	assert_string_equal(taken(s, receive), "1:5/5");
	assert_int_equal(flow_conversations(s->flow), 1);
}

static void the_receive_may_be_told_before_all_else(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	opened(s, CLIENT, 5, SOCK_DGRAM);
	uint64_t receive = receives_from(s, SERVER, 3, "hello", here(40001));
	assert_string_equal(taken(s, receive), "");
	sends_to(s, CLIENT, 5, "hello", here(PORT));
	named(s, CLIENT, 5, anywhere(40001));
	assert_string_equal(taken(s, receive), "1:5/5");
	assert_int_equal(flow_conversations(s->flow), 1);
	assert_ends(s, 1, 5, 3);
}

static void a_server_s_own_calls_are_about_no_client(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	introduces(s, 5, 40001);
	assert_int_equal(socket_of(s, SERVER, 3)->conversation, 1);
	uint64_t waiting = add_call(s, SERVER, (struct event_call){.op = OP_RECVFROM, .fd = 3});
	uint64_t none = nothing_there(s, SERVER, 3);
	uint64_t next = add_call(s, SERVER, (struct event_call){.op = OP_SENDTO, .fd = 3, .address = here(40001)});
	assert_int_equal(about(s, waiting), 0);
	assert_int_equal(about(s, none), 0);
	assert_int_equal(about(s, next), 1);
	assert_int_equal(flow_call(s->flow, waiting).socket, 0);
	introduces(s, 6, 40002);
	assert_int_equal(socket_of(s, SERVER, 3)->conversation, 0);
	assert_int_equal(socket_of(s, CLIENT, 6)->conversation, 2);
}

static void servers_and_clients_elsewhere_are_not_seen(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	opened(s, CLIENT, 5, SOCK_DGRAM);
	sends_to(s, CLIENT, 5, "hello", address(7, 53));
	named(s, CLIENT, 5, anywhere(40001));
	uint64_t reply = receives_from(s, CLIENT, 5, "HELLO", address(7, 53));
	uint64_t receive = receives_from(s, SERVER, 3, "hello", address(9, 40001));
	uint64_t answer = sends_to(s, SERVER, 3, "HELLO", address(9, 40001));
	assert_string_equal(taken(s, reply), "");
	assert_string_equal(taken(s, receive), "");
	assert_int_equal(about(s, receive), 2);
	assert_int_equal(number(s, answer), 1);
	assert_ends(s, 1, 5, -1);
	assert_ends(s, 2, -1, 3);
	assert_conversation(s, 1, "0.0.0.0:40001", "127.0.0.7:53");
	assert_conversation(s, 2, "127.0.0.9:40001", "127.0.0.1:12000");
	assert_int_equal(flow_conversation(s->flow, 2)->first, receive);
}

static void clients_are_kept_apart(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	opened(s, CLIENT, 5, SOCK_DGRAM);
	opened(s, CLIENT, 6, SOCK_DGRAM);
	sends_to(s, CLIENT, 5, "hello", here(PORT));
	sends_to(s, CLIENT, 6, "world", here(PORT));
	uint64_t of_6 = receives_from(s, SERVER, 3, "world", here(40006));
	uint64_t of_5 = receives_from(s, SERVER, 3, "hello", here(40005));
	assert_int_equal(about(s, of_5), 1);
	assert_int_equal(about(s, of_6), 2);
	named(s, CLIENT, 6, anywhere(40006));
	named(s, CLIENT, 5, anywhere(40005));
	uint64_t other = receives_from(s, SERVER, 3, "hello", here(50000));
	assert_ends(s, 1, 5, 3);
	assert_ends(s, 2, 6, 3);
	assert_ends(s, 3, -1, 3);
	assert_int_equal(about(s, other), 3);
	assert_string_equal(taken(s, of_5), "1:5/5");
	assert_string_equal(taken(s, other), "");
}

/* Both say the same, and what comes is taken for the first's. Their names tell otherwise. */
static void whose_datagram_it_was_is_corrected(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	opened(s, CLIENT, 5, SOCK_DGRAM);
	opened(s, CLIENT, 6, SOCK_DGRAM);
	uint64_t by_5 = sends_to(s, CLIENT, 5, "hello", here(PORT));
	uint64_t by_6 = sends_to(s, CLIENT, 6, "hello", here(PORT));
	uint64_t of_6 = receives_from(s, SERVER, 3, "hello", here(40006));
	uint64_t of_5 = receives_from(s, SERVER, 3, "hello", here(40005));
	assert_int_equal(flow_conversations(s->flow), 2);
	named(s, CLIENT, 5, anywhere(40005));
	named(s, CLIENT, 6, anywhere(40006));
	assert_int_equal(about(s, of_5), about(s, by_5));
	assert_int_equal(about(s, of_6), about(s, by_6));
	assert_int_equal(flow_piece(s->flow, of_5, 0).index, by_5);
	assert_int_equal(flow_piece(s->flow, of_6, 0).index, by_6);
	assert_int_equal(flow_conversations(s->flow), 2);
}

static void a_stranger_s_datagram_is_given_back(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	opened(s, CLIENT, 5, SOCK_DGRAM);
	uint64_t send = sends_to(s, CLIENT, 5, "hello", here(PORT));
	uint64_t stranger = receives_from(s, SERVER, 3, "hello", here(50000));
	named(s, CLIENT, 5, anywhere(40001));
	assert_int_equal(about(s, send), 1);
	assert_int_equal(about(s, stranger), 2);
	assert_string_equal(taken(s, stranger), "");
	uint64_t receive = receives_from(s, SERVER, 3, "hello", here(40001));
	assert_int_equal(about(s, receive), 1);
	assert_string_equal(taken(s, receive), "1:5/5");
}

static void connect_sets_the_peer_of_a_datagram_socket(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	opened(s, CLIENT, 5, SOCK_DGRAM);
	uint64_t connect = connected(s, 5, here(PORT));
	assert_int_equal(socket_of(s, CLIENT, 5)->role, FLOW_DATAGRAM);
	assert_endpoint(&socket_of(s, CLIENT, 5)->remote, "127.0.0.1:12000");
	assert_int_equal(flow_conversations(s->flow), 0);
	named(s, CLIENT, 5, here(40001));
	uint64_t send = sends(s, CLIENT, 5, "hello");
	uint64_t receive = receives_from(s, SERVER, 3, "hello", here(40001));
	struct event_call recv = {.op = OP_RECV, .fd = 5, .asked = 100, .result = 5};
	sends_to(s, SERVER, 3, "HELLO", here(40001));
	uint64_t reply = moved(s, CLIENT, recv, "HELLO", 5);
	assert_int_equal(about(s, connect), 1);
	assert_int_equal(number(s, send), 1);
	assert_string_equal(taken(s, receive), "1:5/5");
	assert_string_equal(taken(s, reply), "1:5/5");
	assert_conversation(s, 1, "127.0.0.1:40001", "127.0.0.1:12000");
}

static void a_datagram_without_a_peer_is_nobody_s(void **state)
{
	struct scene *s = *state;
	opened(s, CLIENT, 5, SOCK_DGRAM);
	failed(s, CLIENT, (struct event_call){.op = OP_CONNECT, .fd = 5, .address = here(PORT)}, EINTR);
	assert_int_equal(socket_of(s, CLIENT, 5)->remote.family, 0);
	assert_int_equal(number(s, sends(s, CLIENT, 5, "to whom?")), 0);
	assert_int_equal(flow_conversations(s->flow), 0);
}

/* It is not tried for all of them whether they are meant. */
static void many_clients_without_a_name_cost_little(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	for (unsigned i = 0; i < 3000; i++) {
		opened(s, CLIENT, 5, SOCK_DGRAM);
		sends_to(s, CLIENT, 5, i ? "lost" : "first", here(PORT));
	}
	sends_to(s, CLIENT, 5, "last", here(PORT));
	assert_string_equal(taken(s, receives_from(s, SERVER, 3, "first", here(40001))), "");
	assert_string_equal(taken(s, receives_from(s, SERVER, 3, "last", here(40002))), "2:4/4");
}

/* With the association the system takes back the port: the next send gets another. */
static void a_socket_with_another_port_is_the_same_client_s(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	introduces(s, 5, 40001);
	connected(s, 5, here(PORT));
	connected(s, 5, (struct endpoint){0});
	assert_int_equal(socket_of(s, CLIENT, 5)->local.family, 0);
	assert_int_equal(socket_of(s, CLIENT, 5)->remote.family, 0);
	sends_to(s, CLIENT, 5, "once more", here(PORT));
	uint64_t receive = receives_from(s, SERVER, 3, "once more", here(40002));
	named(s, CLIENT, 5, anywhere(40002));
	assert_int_equal(flow_conversations(s->flow), 1);
	assert_string_equal(taken(s, receive), "2:9/9");
	assert_conversation(s, 1, "127.0.0.1:40002", "127.0.0.1:12000");
	connected(s, 5, (struct endpoint){0});
	sends_to(s, CLIENT, 5, "and again", here(PORT));
	named(s, CLIENT, 5, anywhere(40003));
	assert_string_equal(taken(s, receives_from(s, SERVER, 3, "and again", here(40003))), "3:9/9");
	assert_int_equal(flow_conversations(s->flow), 1);
}

/* The book's client: a socket for each sentence, and no name. */
static void a_port_that_is_used_again_is_another_client_s(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	for (uint32_t i = 1; i <= 4; i++) {
		opened(s, CLIENT, 5, SOCK_DGRAM);
		sends_to(s, CLIENT, 5, "hello", here(PORT));
		if (i % 2)
			named(s, CLIENT, 5, anywhere(40001));
		uint64_t receive = receives_from(s, SERVER, 3, "hello", here(40001));
		sends_to(s, SERVER, 3, "HELLO", here(40001));
		uint64_t reply = receives_from(s, CLIENT, 5, "HELLO", here(PORT));
		closed(s, CLIENT, 5);
		assert_int_equal(about(s, receive), i);
		assert_string_equal(taken(s, receive), "1:5/5");
		assert_string_equal(taken(s, reply), "1:5/5");
	}
	assert_int_equal(flow_conversations(s->flow), 4);
}

/* It waits in the server's queue when the client has given up. */
static void a_datagram_may_outlive_its_sender(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	opened(s, CLIENT, 5, SOCK_DGRAM);
	sends_to(s, CLIENT, 5, "early", here(PORT));
	closed(s, CLIENT, 5);
	opened(s, CLIENT, 5, SOCK_DGRAM);
	sends_to(s, CLIENT, 5, "later", here(PORT));
	uint64_t first = receives_from(s, SERVER, 3, "early", here(40001));
	uint64_t second = receives_from(s, SERVER, 3, "later", here(40002));
	assert_int_equal(about(s, first), 1);
	assert_int_equal(about(s, second), 2);
	assert_string_equal(taken(s, first), "1:5/5");
	assert_string_equal(taken(s, second), "1:5/5");
}

static void a_wildcard_socket_answers_from_the_right_address(void **state)
{
	struct scene *s = *state;
	opened(s, SERVER, 3, SOCK_DGRAM);
	bound(s, SERVER, 3, anywhere(PORT));
	opened(s, CLIENT, 5, SOCK_DGRAM);
	sends_to(s, CLIENT, 5, "hello", address(2, PORT));
	named(s, CLIENT, 5, anywhere(40001));
	struct event_call recvmsg = {.op = OP_RECVMSG, .fd = 3, .asked = 100, .result = 5, .address = here(40001)};
	uint64_t receive = moved(s, SERVER, recvmsg, "hello", 5);
	struct event_call sendmsg = {.op = OP_SENDMSG, .fd = 3, .asked = 5, .result = 5, .address = here(40001)};
	moved(s, SERVER, sendmsg, "HELLO", 5);
	uint64_t reply = receives_from(s, CLIENT, 5, "HELLO", address(2, PORT));
	assert_string_equal(taken(s, receive), "1:5/5");
	assert_string_equal(taken(s, reply), "1:5/5");
	assert_conversation(s, 1, "127.0.0.1:40001", "127.0.0.2:12000");
}

/* A server that asks first; and one whose datagram comes from elsewhere than was sent to. */
static void whoever_sends_first_begins_the_conversation(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	opened(s, CLIENT, 5, SOCK_DGRAM);
	bound(s, CLIENT, 5, here(40001));
	uint64_t send = sends_to(s, SERVER, 3, "anybody there?", here(40001));
	uint64_t receive = receives_from(s, CLIENT, 5, "anybody there?", here(PORT));
	assert_int_equal(about(s, send), 1);
	assert_string_equal(taken(s, receive), "1:14/14");
	uint64_t stranger = receives_from(s, CLIENT, 5, "buy now", address(66, 6));
	assert_int_equal(about(s, stranger), 2);
	assert_int_equal(socket_of(s, CLIENT, 5)->conversation, 0);
	assert_conversation(s, 2, "127.0.0.1:40001", "127.0.0.66:6");
}

/* --- Which datagram --- */

static void each_receive_takes_one_datagram(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	introduces(s, 5, 40001);
	sends_to(s, CLIENT, 5, "one", here(PORT));
	sends_to(s, CLIENT, 5, "two", here(PORT));
	assert_string_equal(taken(s, receives_from(s, SERVER, 3, "one", here(40001))), "2:3/3");
	assert_string_equal(taken(s, receives_from(s, SERVER, 3, "two", here(40001))), "3:3/3");
	assert_string_equal(taken(s, receives_from(s, SERVER, 3, "two", here(40001))), "");
}

static void an_empty_datagram_is_one(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	introduces(s, 5, 40001);
	assert_int_equal(number(s, sends_to(s, CLIENT, 5, "", here(PORT))), 2);
	assert_string_equal(taken(s, receives_from(s, SERVER, 3, "", here(40001))), "2:0/0");
}

static void a_send_that_failed_is_none(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	introduces(s, 5, 40001);
	struct event_call large = {.op = OP_SENDTO, .fd = 5, .asked = 70000, .address = here(PORT)};
	uint64_t index = failed(s, CLIENT, large, EMSGSIZE);
	assert_int_equal(number(s, index), 0);
	assert_int_equal(about(s, index), 1);
	assert_int_equal(number(s, sends_to(s, CLIENT, 5, "small", here(PORT))), 2);
}

static void lost_ones_are_passed_over(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	introduces(s, 5, 40001);
	sends_to(s, CLIENT, 5, "lost", here(PORT));
	sends_to(s, CLIENT, 5, "came", here(PORT));
	assert_string_equal(taken(s, receives_from(s, SERVER, 3, "came", here(40001))), "3:4/4");
	sends_to(s, CLIENT, 5, "lost", here(PORT));
	assert_string_equal(taken(s, receives_from(s, SERVER, 3, "lost", here(40001))), "4:4/4");
}

static void order_may_change(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	introduces(s, 5, 40001);
	sends_to(s, CLIENT, 5, "one", here(PORT));
	sends_to(s, CLIENT, 5, "two", here(PORT));
	sends_to(s, CLIENT, 5, "three", here(PORT));
	assert_string_equal(taken(s, receives_from(s, SERVER, 3, "three", here(40001))), "4:5/5");
	assert_string_equal(taken(s, receives_from(s, SERVER, 3, "one", here(40001))), "2:3/3");
	assert_string_equal(taken(s, receives_from(s, SERVER, 3, "two", here(40001))), "3:3/3");
}

/* The lab's copy of a reply is a second send. */
static void a_copy_is_a_send_of_its_own(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	introduces(s, 5, 40001);
	sends_to(s, SERVER, 3, "HELLO", here(40001));
	sends_to(s, SERVER, 3, "HELLO", here(40001));
	assert_string_equal(taken(s, receives_from(s, CLIENT, 5, "HELLO", here(PORT))), "1:5/5");
	assert_string_equal(taken(s, receives_from(s, CLIENT, 5, "HELLO", here(PORT))), "2:5/5");
	assert_string_equal(taken(s, receives_from(s, CLIENT, 5, "HELLO", here(PORT))), "");
}

/* Four bytes of it are here, and ten it had. */
static uint64_t cut(struct scene *s, int64_t result)
{
	struct event_call c = {.op = OP_RECVFROM, .fd = 3, .asked = 4, .result = result, .address = here(40001)};
	c.args[1] = MSG_TRUNC;
	struct event e = {.who = SERVER, .kind = EVENT_CALL, .call = c, .size = 4, .data = "0123"};
	e.call.returned = true;
	return add(s, e);
}

static void a_cut_datagram_is_known_by_its_length(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	introduces(s, 5, 40001);
	sends_to(s, CLIENT, 5, "012345678", here(PORT));
	sends_to(s, CLIENT, 5, "0123456789", here(PORT));
	uint64_t before = socket_of(s, SERVER, 3)->received;
	assert_string_equal(taken(s, cut(s, 10)), "3:4/10");
	assert_int_equal(socket_of(s, SERVER, 3)->received, before + 4);
	assert_string_equal(taken(s, cut(s, 9)), "2:4/9");
}

static void where_no_length_is_told_the_beginning_will_do(void **state)
{
	struct scene *s = *state;
	serves_datagrams(s);
	introduces(s, 5, 40001);
	sends_to(s, CLIENT, 5, "0123", here(PORT));
	sends_to(s, CLIENT, 5, "0123456789", here(PORT));
	assert_string_equal(taken(s, cut(s, 4)), "3:4/10");
}

static void of_a_long_one_the_beginning_is_compared(void **state)
{
	struct scene *s = *state;
	char long_one[1000];
	memset(long_one, 'x', sizeof long_one);
	serves_datagrams(s);
	introduces(s, 5, 40001);
	struct event_call send = {.op = OP_SENDTO, .fd = 5, .asked = 1000, .result = 1000, .address = here(PORT)};
	struct event_call receive = {.op = OP_RECVFROM, .fd = 3, .asked = 65536, .result = 1000};
	receive.address = here(40001);
	moved(s, CLIENT, send, long_one, 1000);
	long_one[EVENT_CALL_DATA - 1] = 'y';
	moved(s, CLIENT, send, long_one, 1000);
	assert_string_equal(taken(s, moved(s, SERVER, receive, long_one, 1000)), "3:1000/1000");
}

/* --- What was sent to a socket before it was seen empty is lost --- */

static uint64_t took(struct scene *s, const char *text, uint64_t began, uint64_t when)
{
	struct event_call c = {.op = OP_RECVFROM, .fd = 3, .asked = 100, .address = here(40001)};
	c.result = (int64_t)strlen(text);
	c.took = when - began;
	s->now = when;
	return moved(s, SERVER, c, text, strlen(text));
}

static void the_socket_was_not_there_yet(void **state)
{
	struct scene *s = *state;
	s->now = 1000;
	opened(s, CLIENT, 5, SOCK_DGRAM);
	sends_to(s, CLIENT, 5, "hello", here(PORT));
	named(s, CLIENT, 5, anywhere(40001));
	s->now = 2000;
	serves_datagrams(s);
	s->now = 3000;
	sends_to(s, CLIENT, 5, "hello", here(PORT));
	assert_string_equal(taken(s, took(s, "hello", 3100, 3200)), "2:5/5");
}

static void nothing_was_there(void **state)
{
	struct scene *s = *state;
	s->now = 1000;
	serves_datagrams(s);
	introduces(s, 5, 40001);
	sends_to(s, CLIENT, 5, "hello", here(PORT));
	s->now = 2000;
	nothing_there(s, SERVER, 3);
	s->now = 3000;
	sends_to(s, CLIENT, 5, "hello", here(PORT));
	assert_string_equal(taken(s, took(s, "hello", 3100, 3200)), "3:5/5");
	assert_string_equal(taken(s, took(s, "hello", 3300, 3400)), "2:5/5");
}

static void a_receive_that_waited_found_nothing_at_first(void **state)
{
	struct scene *s = *state;
	s->now = 1000;
	serves_datagrams(s);
	introduces(s, 5, 40001);
	sends_to(s, CLIENT, 5, "hello", here(PORT));
	s->now = CLOCK_SECOND;
	sends_to(s, CLIENT, 5, "hello", here(PORT));
	assert_string_equal(taken(s, took(s, "hello", 2000, CLOCK_SECOND + 50)), "3:5/5");
}

static void what_matched_before_matches_after_a_late_name(void **state)
{
	struct scene *s = *state;
	s->now = 1000;
	serves_datagrams(s);
	opened(s, CLIENT, 6, SOCK_DGRAM);
	sends_to(s, CLIENT, 6, "hello", here(PORT));
	opened(s, CLIENT, 5, SOCK_DGRAM);
	sends_to(s, CLIENT, 5, "hello", here(PORT));
	uint64_t receive = took(s, "hello", 1100, 1200);
	s->now = 2000;
	nothing_there(s, SERVER, 3);
	sends_to(s, CLIENT, 5, "hello", here(PORT));
	named(s, CLIENT, 6, anywhere(40006));
	named(s, CLIENT, 5, anywhere(40001));
	assert_int_equal(about(s, receive), socket_of(s, CLIENT, 5)->conversation);
	assert_string_equal(taken(s, receive), "1:5/5");
}

/* The receive's event came first, and the send's clock tells that it was that one; or that it cannot have been. */
static void a_late_send_is_one_that_had_begun(void **state)
{
	struct scene *s = *state;
	s->now = 1000;
	serves_datagrams(s);
	introduces(s, 5, 40001);
	uint64_t receive = took(s, "late", 1900, 2000), other = took(s, "left out", 2900, 3000);
	s->now = 2100;
	struct event_call c = {.op = OP_SENDTO, .fd = 5, .asked = 4, .result = 4, .took = 200, .address = here(PORT)};
	moved(s, CLIENT, c, "late", 4);
	assert_string_equal(taken(s, receive), "2:4/4");
	s->now = 4000;
	sends_to(s, CLIENT, 5, "left out", here(PORT));
	assert_string_equal(taken(s, other), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_conversation_begins_with_the_first_datagram, begin, end),
		cmocka_unit_test_setup_teardown(the_server_may_hear_of_a_port_before_the_client, begin, end),
		cmocka_unit_test_setup_teardown(the_receive_may_be_told_before_all_else, begin, end),
		cmocka_unit_test_setup_teardown(a_server_s_own_calls_are_about_no_client, begin, end),
		cmocka_unit_test_setup_teardown(servers_and_clients_elsewhere_are_not_seen, begin, end),
		cmocka_unit_test_setup_teardown(clients_are_kept_apart, begin, end),
		cmocka_unit_test_setup_teardown(whose_datagram_it_was_is_corrected, begin, end),
		cmocka_unit_test_setup_teardown(a_stranger_s_datagram_is_given_back, begin, end),
		cmocka_unit_test_setup_teardown(connect_sets_the_peer_of_a_datagram_socket, begin, end),
		cmocka_unit_test_setup_teardown(a_datagram_without_a_peer_is_nobody_s, begin, end),
		cmocka_unit_test_setup_teardown(many_clients_without_a_name_cost_little, begin, end),
		cmocka_unit_test_setup_teardown(a_socket_with_another_port_is_the_same_client_s, begin, end),
		cmocka_unit_test_setup_teardown(a_port_that_is_used_again_is_another_client_s, begin, end),
		cmocka_unit_test_setup_teardown(a_datagram_may_outlive_its_sender, begin, end),
		cmocka_unit_test_setup_teardown(a_wildcard_socket_answers_from_the_right_address, begin, end),
		cmocka_unit_test_setup_teardown(whoever_sends_first_begins_the_conversation, begin, end),
		cmocka_unit_test_setup_teardown(each_receive_takes_one_datagram, begin, end),
		cmocka_unit_test_setup_teardown(an_empty_datagram_is_one, begin, end),
		cmocka_unit_test_setup_teardown(a_send_that_failed_is_none, begin, end),
		cmocka_unit_test_setup_teardown(lost_ones_are_passed_over, begin, end),
		cmocka_unit_test_setup_teardown(order_may_change, begin, end),
		cmocka_unit_test_setup_teardown(a_copy_is_a_send_of_its_own, begin, end),
		cmocka_unit_test_setup_teardown(a_cut_datagram_is_known_by_its_length, begin, end),
		cmocka_unit_test_setup_teardown(where_no_length_is_told_the_beginning_will_do, begin, end),
		cmocka_unit_test_setup_teardown(of_a_long_one_the_beginning_is_compared, begin, end),
		cmocka_unit_test_setup_teardown(the_socket_was_not_there_yet, begin, end),
		cmocka_unit_test_setup_teardown(nothing_was_there, begin, end),
		cmocka_unit_test_setup_teardown(a_receive_that_waited_found_nothing_at_first, begin, end),
		cmocka_unit_test_setup_teardown(what_matched_before_matches_after_a_late_name, begin, end),
		cmocka_unit_test_setup_teardown(a_late_send_is_one_that_had_begun, begin, end),
	};
	return cmocka_run_group_tests_name("flow of datagrams", tests, NULL, NULL);
}
