/*
 * Out of memory at each allocation in turn: the flow says so, and when there is memory again it makes of the log what
 * it would have made.
 */
#include "test_memory.h"
#include "test_view_flow.h"

/* All that may need memory; often enough that tables grow. */
static void add_everything(struct scene *s)
{
	welcomes(s);
	for (int i = 0; i < 20; i++)
		connects(s, 10 + i, 30 + i, (uint16_t)(40001 + i));
	opened(s, CLIENT, 5, SOCK_STREAM);
	opened(s, CLIENT, 6, SOCK_STREAM);
	connecting(s, 5, here(PORT));
	connecting(s, 6, here(PORT));
	accepted(s, 3, 4, here(50006));
	named(s, CLIENT, 5, here(50005));
	accepted(s, 3, 7, here(50005));
	named(s, CLIENT, 6, here(50006));
	opened(s, CLIENT, 8, SOCK_STREAM);
	opened(s, CLIENT, 9, SOCK_STREAM);
	connecting(s, 8, here(PORT));
	connecting(s, 9, here(PORT));
	accepted(s, 3, 8, here(50009));
	named(s, CLIENT, 9, here(50009));
	made(s, SERVER, (struct event_call){.op = OP_SETSOCKOPT, .fd = 9});
	sends(s, CLIENT, 5, "hello");
	receives(s, SERVER, 7, "hello");
	fresh(s, SERVER, 7);
	receives(s, SERVER, 7, "hello");
	made(s, CLIENT, (struct event_call){.op = OP_SOCKETPAIR, .fd = 8, .args = {AF_UNIX, SOCK_STREAM, 9}});
	closed(s, SERVER, 3);
	closed(s, CLIENT, 5);
	serves_datagrams(s);
	for (int i = 0; i < 40; i++)
		receives_from(s, SERVER, 3, "hello", address(9, (uint16_t)(20000 + i)));
	opened(s, CLIENT, 5, SOCK_DGRAM);
	sends_to(s, CLIENT, 5, "mine", here(PORT));
	receives_from(s, SERVER, 3, "mine", here(60000));
	named(s, CLIENT, 5, anywhere(60001));
	connected(s, 5, (struct endpoint){0});
	sends_to(s, CLIENT, 5, "again", here(PORT));
	receives_from(s, SERVER, 3, "again", here(60002));
	named(s, CLIENT, 5, anywhere(60002));
	receives_from(s, CLIENT, 5, "a stranger's", address(66, 6));
}

static void put(char **at, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(char **at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	*at += vsprintf(*at, format, args);
	va_end(args);
}

/* All that it says, as text. */
static void dump(const struct scene *s, const struct flow *f, char *out)
{
	char text[ENDPOINT_TEXT];
	for (size_t i = 0; i < flow_sockets(f); i++) {
		const struct flow_socket *socket = flow_socket(f, i);
		put(&out, "socket %d %d %d %d %" PRIu64 " %u", socket->fd, (int)socket->role, socket->open,
		    (int)socket->protocol, socket->opened, socket->conversation);
		put(&out, " %s", endpoint_format(&socket->local, text));
		put(&out, " %s %" PRIu64 " %" PRIu64 "\n", endpoint_format(&socket->remote, text), socket->sent,
		    socket->received);
	}
	for (uint32_t i = 1; i <= flow_conversations(f); i++) {
		const struct flow_conversation *c = flow_conversation(f, i);
		put(&out, "conversation %u %zu %zu %" PRIu64, i, c->client_socket, c->server_socket, c->first);
		put(&out, " %s", endpoint_format(&c->client, text));
		put(&out, " %s\n", endpoint_format(&c->server, text));
	}
	for (uint64_t i = 0; i < log_end(s->log); i++) {
		struct flow_call c = flow_call(f, i);
		put(&out, "call %" PRIu64 " %u %zu %" PRIu64 " %zu\n", i, c.conversation, c.socket, c.send, c.pieces);
	}
}

enum { DUMP = 100000, ENOUGH = 10000 };

/* Shows the first line that differs. */
static void assert_same(const char *got, const char *expected)
{
	size_t line = 0;
	for (size_t i = 0; got[i] == expected[i]; i++) {
		if (got[i] == '\0')
			return;
		if (got[i] == '\n')
			line = i + 1;
	}
	fail_msg("%.*s\ninstead of\n%.*s", (int)strcspn(got + line, "\n"), got + line,
		 (int)strcspn(expected + line, "\n"), expected + line);
}

static void flow_goes_on_when_there_is_memory_again(void **state)
{
	static char expected[DUMP], got[DUMP];
	struct scene *s = *state;
	int result = -1, after;
	add_everything(s);
	dump(s, s->flow, expected);
	for (after = 0; result == -1 && after < ENOUGH; after++) {
		fail_after(after);
		struct flow *f = flow_new(s->log);
		result = f ? flow_update(f) : -1;
		assert_int_equal(fail_no_more(), result == -1);
		if (!f)
			continue;
		assert_int_equal(flow_update(f), 0);
		dump(s, f, got);
		assert_same(got, expected);
		flow_free(f);
	}
	assert_int_equal(result, 0);
	assert_true(after > 100);
}

/* Memory comes and goes: the same event may have to be taken in several times. */
static void flow_takes_each_event_in_once(void **state)
{
	static char expected[DUMP], got[DUMP];
	struct scene *s = *state;
	int result = -1, tries;
	add_everything(s);
	dump(s, s->flow, expected);
	struct flow *f = flow_new(s->log);
	for (tries = 0; result == -1 && tries < ENOUGH; tries++) {
		fail_after(tries % 8);
		result = flow_update(f);
		assert_int_equal(fail_no_more(), result == -1);
	}
	assert_int_equal(result, 0);
	assert_true(tries > 10);
	dump(s, f, got);
	assert_same(got, expected);
	flow_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(flow_goes_on_when_there_is_memory_again, begin, end),
		cmocka_unit_test_setup_teardown(flow_takes_each_event_in_once, begin, end),
	};
	return run_memory_tests("flow memory", tests, NULL);
}
