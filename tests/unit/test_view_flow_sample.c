/*
 * What systems say of sockets: those that a server had before it was watched; and when a server is no more.
 */
#include "test_view_flow.h"

static uint64_t told(struct scene *s, enum event_who who, struct event_kernel k)
{
	k.why = k.why ? k.why : KERNEL_SAMPLE;
	return add(s, (struct event){.who = who, .kind = EVENT_KERNEL, .kernel = k});
}

static struct event_kernel connection(int fd, uint16_t port)
{
	return (struct event_kernel){.protocol = PROTOCOL_TCP,
				     .fd = fd,
				     .offered = KERNEL_TCP,
				     .state = 1,
				     .local = here(PORT),
				     .remote = here(port)};
}

static struct event_kernel welcoming(int fd)
{
	struct event_kernel k = connection(fd, 0);
	k.state = KERNEL_LISTEN;
	k.remote = (struct endpoint){0};
	return k;
}

static struct event_kernel datagrams(int fd)
{
	return (struct event_kernel){.protocol = PROTOCOL_UDP, .fd = fd, .local = here(PORT)};
}

static void what_was_there_is_known_from_then_on(void **state)
{
	struct scene *s = *state;
	uint64_t index = told(s, SERVER, welcoming(3));
	told(s, SERVER, datagrams(4));
	uint64_t came = told(s, SERVER, connection(7, 40001));
	assert_int_equal(socket_of(s, SERVER, 3)->role, FLOW_WELCOMING);
	assert_int_equal(socket_of(s, SERVER, 3)->opened, index);
	assert_int_equal(socket_of(s, SERVER, 4)->role, FLOW_DATAGRAM);
	assert_int_equal(socket_of(s, SERVER, 7)->role, FLOW_CONNECTION);
	assert_endpoint(&socket_of(s, SERVER, 7)->remote, "127.0.0.1:40001");
	assert_int_equal(about(s, index), 0);
	assert_int_equal(about(s, came), 1);
	assert_conversation(s, 1, "127.0.0.1:40001", "127.0.0.1:12000");
	uint64_t first = receives(s, SERVER, 7, "hello");
	assert_int_equal(about(s, first), 1);
	assert_int_equal(flow_conversation(s->flow, 1)->first, came);
	closed(s, SERVER, 7);
	assert_int_equal(flow_sockets(s->flow), 3);
	assert_false(flow_socket(s->flow, 2)->open);
}

static void it_is_told_once(void **state)
{
	struct scene *s = *state;
	told(s, SERVER, connection(7, 40001));
	uint64_t again = told(s, SERVER, connection(7, 40001));
	assert_int_equal(flow_sockets(s->flow), 1);
	assert_int_equal(flow_conversations(s->flow), 1);
	assert_int_equal(flow_call(s->flow, again).socket, SIZE_MAX); /* that is news of no socket */
}

/* The calls say what there is as soon as they are seen, and no sample says it again. */
static void what_calls_tell_comes_first(void **state)
{
	struct scene *s = *state;
	welcomes(s);
	accepted(s, 3, 4, here(40001));
	told(s, SERVER, welcoming(3));
	told(s, SERVER, connection(4, 40001));
	assert_int_equal(flow_sockets(s->flow), 2);
	assert_int_equal(flow_conversations(s->flow), 1);
}

/* The system gave the connection before the watcher heard that accept() had returned. */
static void a_connection_that_is_accepted_at_that_moment(void **state)
{
	struct scene *s = *state;
	told(s, SERVER, welcoming(3));
	told(s, SERVER, connection(7, 40001));
	uint64_t index = accepted(s, 3, 7, here(40001));
	assert_int_equal(flow_sockets(s->flow), 2);
	assert_int_equal(flow_conversations(s->flow), 1);
	assert_int_equal(about(s, index), 1);
	closed(s, SERVER, 7);
	accepted(s, 3, 7, here(40001)); /* another one, even from the same port */
	assert_int_equal(flow_sockets(s->flow), 3);
	assert_int_equal(flow_conversations(s->flow), 2);
	told(s, SERVER, connection(8, 40002));
	accepted(s, 3, 8, here(40003)); /* the close of the one before was not told */
	assert_int_equal(flow_sockets(s->flow), 5);
	assert_int_equal(flow_conversations(s->flow), 4);
}

/* Of a socket that its calls did not tell all of. */
static void a_sample_completes_what_is_known(void **state)
{
	struct scene *s = *state;
	accepted(s, 3, 7, here(40001));
	assert_int_equal(socket_of(s, SERVER, 3)->local.family, 0);
	told(s, SERVER, welcoming(3));
	told(s, SERVER, connection(7, 40001));
	assert_endpoint(&socket_of(s, SERVER, 3)->local, "127.0.0.1:12000");
	assert_endpoint(&socket_of(s, SERVER, 7)->local, "127.0.0.1:12000");
	assert_conversation(s, 1, "127.0.0.1:40001", "127.0.0.1:12000");
	assert_int_equal(flow_sockets(s->flow), 2);
}

static void a_role_without_a_state(void **state)
{
	struct scene *s = *state;
	struct event_kernel k = welcoming(3);
	k.offered = 0;
	told(s, SERVER, k);
	k = connection(4, 40001);
	k.offered = 0;
	told(s, SERVER, k);
	k = connection(5, 0);
	k.remote = (struct endpoint){0};
	k.state = 7; /* CLOSED: not used yet */
	told(s, SERVER, k);
	assert_int_equal(socket_of(s, SERVER, 3)->role, FLOW_WELCOMING);
	assert_int_equal(socket_of(s, SERVER, 4)->role, FLOW_CONNECTION);
	assert_int_equal(socket_of(s, SERVER, 5)->role, FLOW_NEW);
}

/* A client tells of all its calls; and only a sample is about what there is. */
static void what_opens_nothing(void **state)
{
	struct scene *s = *state;
	struct event_kernel k = connection(7, 40001);
	told(s, CLIENT, k);
	k.why = KERNEL_SILENCE;
	told(s, SERVER, k);
	k = connection(-1, 40001);
	told(s, SERVER, k);
	k = connection(7, 40001);
	k.protocol = PROTOCOL_NONE;
	told(s, SERVER, k);
	assert_int_equal(flow_sockets(s->flow), 0);
}

/* --- A server that is no more --- */

static void another_process_has_sockets_of_its_own(void **state)
{
	struct scene *s = *state;
	struct event_call socket = {.op = OP_SOCKET, .returned = true, .fd = -1, .args = {AF_INET, SOCK_STREAM}};
	socket.result = 3;
	add(s, (struct event){.who = SERVER, .kind = EVENT_CALL, .number = 1, .call = socket});
	add(s, (struct event){.who = SERVER, .kind = EVENT_CALL, .number = 2, .call = socket}); /* a gap before it */
	assert_false(socket_of(s, SERVER, 3)->gone);
	opened(s, CLIENT, 3, SOCK_STREAM);
	uint64_t index = add(s, (struct event){.who = SERVER, .kind = EVENT_NOTE, .number = 1});
	const struct flow_socket *server = flow_socket(s->flow, 1), *client = flow_socket(s->flow, 2);
	assert_true(server->gone);
	assert_false(server->open);
	assert_int_equal(server->closed, index);
	assert_true(client->open);
	assert_false(client->gone);
}

static void it_ended_unasked(void **state)
{
	struct scene *s = *state;
	struct event_state died = {.what = STATE_CLOSED, .own = true, .error = ECONNRESET};
	welcomes(s);
	add(s, (struct event){.who = CLIENT, .kind = EVENT_STATE, .state = died});
	assert_true(socket_of(s, SERVER, 3)->open);
	died.error = ECHILD;
	add(s, (struct event){.who = CLIENT, .kind = EVENT_STATE, .state = died});
	assert_true(flow_socket(s->flow, 0)->gone);
	assert_false(flow_socket(s->flow, 0)->open);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(what_was_there_is_known_from_then_on),
		TEST(it_is_told_once),
		TEST(what_calls_tell_comes_first),
		TEST(a_connection_that_is_accepted_at_that_moment),
		TEST(a_sample_completes_what_is_known),
		TEST(a_role_without_a_state),
		TEST(what_opens_nothing),
		TEST(another_process_has_sockets_of_its_own),
		TEST(it_ended_unasked),
	};
	return cmocka_run_group_tests_name("view flow sample", tests, NULL, NULL);
}
