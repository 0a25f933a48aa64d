/* Every conversation in one ladder, for whoever prints it: a line that was printed is never another afterwards. */
#include <limits.h>

#include "test_view_ladder.h"

static int setup(void **state)
{
	int result = stage_open(state);
	choose(*state, (struct ladder_choice){.all = true});
	return result;
}

/* --- What is printed --- */

struct paper {
	struct buf text;
	uint64_t next;
};

static void print(struct stage *s, struct paper *p, enum ladder_fix how)
{
	struct view_row row = {0};
	update(s);
	uint64_t end = ladder_fix(s->ladder, how), first = ladder_lines.first(s->ladder);
	assert_true(end >= p->next && first <= p->next);
	for (; p->next < end; p->next++) {
		unsigned indent = 0;
		view_row_clear(&row);
		ladder_lines.line(s->ladder, p->next, UINT_MAX, &row, &indent);
		add_row(&row, &p->text);
	}
	view_row_free(&row);
}

static void assert_printed(struct paper *p, const char *expected)
{
	assert_int_equal(buf_append(&p->text, "", 1), 0);
	assert_string_equal((char *)buf_bytes(&p->text), expected);
	p->text.size--;
}

/* --- Tests --- */

static void test_one_conversation_has_no_number(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	sends(s, EVENT_CLIENT, 5, "hello\n");
	receives(s, EVENT_SERVER, 7, 1024, "hello\n");
	assert_met_plain(s, "client send(5, \"hello\\n\") = 6 (1)\n"
			    "server recv(7, 1024) = 6 \"hello\\n\" (1)\n");
}

/* Those of the first one that were before the second began keep looking as they did. */
static void test_each_line_names_its_conversation(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	sends(s, EVENT_CLIENT, 5, "a");
	makes_socket(s, EVENT_CLIENT, 6, PROTOCOL_TCP);
	connects(s, 6, 0);
	accepts(s, 3, 8, CLIENT_PORT + 1);
	receives(s, EVENT_SERVER, 7, 1024, "a");
	sends(s, EVENT_CLIENT, 6, "b");
	receives(s, EVENT_SERVER, 8, 1024, "b");
	closes(s, EVENT_SERVER, 3);
	assert_met_plain(s, "client send(5, \"a\") = 1 (1)\n"
			    "[2] client socket() = 6 TCP socket\n"
			    "[2] client connect(6, 127.0.0.1:12000) = 0\n"
			    "[2] server accept(3) = 8 connection socket\n"
			    "[1] server recv(7, 1024) = 1 \"a\" (1)\n"
			    "[2] client send(6, \"b\") = 1 (1)\n"
			    "[2] server recv(8, 1024) = 1 \"b\" (1)\n"
			    "server close(3) = 0\n");
}

static void test_what_is_under_way_is_not_printed_yet(void **state)
{
	struct stage *s = *state;
	struct paper p = {0};
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	print(s, &p, LADDER_NOW);
	assert_printed(&p, "");
	connects(s, 5, EINPROGRESS);
	print(s, &p, LADDER_NOW);
	assert_printed(&p, "");
	asks_error(s, 5, 0);
	print(s, &p, LADDER_MORE);
	assert_printed(&p, "");
	print(s, &p, LADDER_NOW);
	assert_printed(&p, "client socket() = 5 TCP socket\n"
			   "client connect(5, 127.0.0.1:12000) = 0\n");
	buf_free(&p.text);
}

/* After so many other events it is printed as it is, and what came of it is told by the call that learned it. */
static void test_a_connect_that_takes_long(void **state)
{
	struct stage *s = *state;
	struct paper p = {0};
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	connects(s, 5, EINPROGRESS);
	for (int i = 0; i < 70; i++)
		would_block(s, EVENT_SERVER, OP_ACCEPT, 3);
	print(s, &p, LADDER_NOW);
	asks_error(s, 5, ECONNREFUSED);
	closes(s, EVENT_CLIENT, 5);
	print(s, &p, LADDER_NOW);
	assert_printed(&p, "client socket() = 5 TCP socket\n"
			   "client connect(5, 127.0.0.1:12000) ... waiting for the server's SYN, ACK\n"
			   "client getsockopt(5, SO_ERROR, ECONNREFUSED) = 0\n"
			   "client close(5) = 0\n");
	buf_free(&p.text);
}

static void test_several_connects_at_once(void **state)
{
	struct stage *s = *state;
	for (int fd = 5; fd < 8; fd++) {
		makes_socket(s, EVENT_CLIENT, fd, PROTOCOL_TCP);
		connects(s, fd, EINPROGRESS);
	}
	asks_error(s, 6, 0);
	asks_error(s, 5, ECONNREFUSED);
	closes(s, EVENT_CLIENT, 7);
	assert_screen(s, 80,
		      "client socket() = 5 TCP socket\n"
		      "client connect(5, 127.0.0.1:12000) = -1 ECONNREFUSED\n"
		      "client socket() = 6 TCP socket\n"
		      "client connect(6, 127.0.0.1:12000) = 0\n"
		      "client socket() = 7 TCP socket\n"
		      "client connect(7, 127.0.0.1:12000) = given up\n"
		      "client close(7) = 0\n");
}

/* What was printed stays where it is, and what would have changed places with it follows. */
static void test_what_is_printed_stays(void **state)
{
	struct stage *s = *state;
	struct paper p = {0};
	welcomes(s);
	meets(s);
	receives(s, EVENT_SERVER, 7, 1024, "hello");
	print(s, &p, LADDER_NOW);
	sends(s, EVENT_CLIENT, 5, "hello");
	print(s, &p, LADDER_NOW);
	buf_consume(&p.text, p.text.size - strlen("server recv(7, 1024) = 5 \"hello\"\n"
						  "client send(5, \"hello\") = 5 (1)\n"));
	assert_printed(&p, "server recv(7, 1024) = 5 \"hello\"\n"
			   "client send(5, \"hello\") = 5 (1)\n");
	buf_free(&p.text);
}

/* Without looking ahead, in steps of any size, the same is printed as at the end. */
static void test_in_steps_as_at_once(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		void *one, *other;
		struct paper p = {0};
		uint64_t n = 0;
		assert_int_equal(setup(&one), 0);
		assert_int_equal(setup(&other), 0);
		struct stage *s = one, *whole = other;
		for (int i = 0; i < 60; i++) {
			struct stage *both[] = {s, whole};
			int fd = 5 + i % 20, k = (int)(random_at(seed, n++) % 3);
			for (size_t j = 0; j < 2; j++) {
				makes_socket(both[j], EVENT_CLIENT, fd, PROTOCOL_TCP);
				connects(both[j], fd, k ? EINPROGRESS : 0);
				if (k == 1)
					asks_error(both[j], fd, 0);
				receives(both[j], EVENT_SERVER, 3, 1024, "hello");
				sends(both[j], EVENT_CLIENT, fd, "hello");
			}
			if (random_at(seed, n++) % 3 == 0)
				print(s, &p, LADDER_MORE);
		}
		print(s, &p, LADDER_LAST);
		char *at_once = screen(whole, 80);
		assert_printed(&p, at_once);
		free(at_once);
		buf_free(&p.text);
		stage_close(&one);
		stage_close(&other);
	}
}

/* --- Very many --- */

enum { MANY = 10000, EVENTS_EACH = 20 };

/* A conversation of so many events, over sockets that others had before. */
static void converse(struct stage *s, unsigned i)
{
	int client = 5 + (int)(i % 8), server = 16 + (int)(i % 8);
	uint16_t port = (uint16_t)(1024 + i % 60000);
	makes_socket(s, EVENT_CLIENT, client, PROTOCOL_TCP);
	connects(s, client, EINPROGRESS);
	accepts(s, 3, server, port);
	asks_error(s, client, 0);
	gets_name(s, EVENT_CLIENT, client, port);
	for (int k = 0; k < 3; k++) {
		sends(s, EVENT_CLIENT, client, "hello\n");
		receives(s, EVENT_SERVER, server, 1024, "hello\n");
		sends(s, EVENT_SERVER, server, "HELLO\n");
		receives(s, EVENT_CLIENT, client, 1024, "HELLO\n");
	}
	closes(s, EVENT_CLIENT, client);
	receives(s, EVENT_SERVER, server, 1024, "");
	closes(s, EVENT_SERVER, server);
}

static int open_large(void **state)
{
	return stage_open_with(state, (size_t)MANY * EVENTS_EACH + 100);
}

/* Each line is made once, and the ladder is never made anew: no number but the lines' own was ever given. */
static void test_very_many_conversations(void **state)
{
	struct stage *s = *state;
	enum { LINES_EACH = 18, BATCH = 3 };
	struct paper p = {0};
	choose(s, (struct ladder_choice){.all = true});
	welcomes(s);
	for (unsigned i = 0; i < MANY; i++) {
		converse(s, i);
		if (i % BATCH == 0)
			print(s, &p, LADDER_MORE);
	}
	print(s, &p, LADDER_LAST);
	assert_int_equal(ladder_lines.first(s->ladder), 0);
	assert_int_equal(ladder_lines.end(s->ladder), 3 + MANY * LINES_EACH);
	assert_int_equal(p.next, 3 + MANY * LINES_EACH);
	assert_non_null(memmem(buf_bytes(&p.text), p.text.size, "[10000] client close(", 21));
	buf_free(&p.text);
}

/* From one to the next: each is laid out alone, from its first event to its last. */
static void test_going_through_very_many(void **state)
{
	struct stage *s = *state;
	enum { LINES = 3 + 18 + 1 }; /* besides its own the welcoming socket's, and a connect's answer */
	welcomes(s);
	for (unsigned i = 0; i < MANY; i++)
		converse(s, i);
	update(s);
	for (uint32_t n = MANY - 1; n > 0; n--) {
		uint64_t before = ladder_lines.end(s->ladder);
		choose(s, (struct ladder_choice){.conversation = n});
		assert_int_equal(ladder_lines.update(s->ladder), 0);
		assert_int_equal(ladder_lines.first(s->ladder), before);
		assert_int_equal(ladder_lines.end(s->ladder), before + LINES);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, stage_close)
	const struct CMUnitTest tests[] = {
		TEST(test_one_conversation_has_no_number),
		TEST(test_each_line_names_its_conversation),
		TEST(test_what_is_under_way_is_not_printed_yet),
		TEST(test_a_connect_that_takes_long),
		TEST(test_several_connects_at_once),
		TEST(test_what_is_printed_stays),
		cmocka_unit_test(test_in_steps_as_at_once),
		cmocka_unit_test_setup_teardown(test_very_many_conversations, open_large, stage_close),
		cmocka_unit_test_setup_teardown(test_going_through_very_many, open_large, stage_close),
	};
	if (!text_locale())
		return EXIT_FAILURE;
	return cmocka_run_group_tests_name("view_ladder_all", tests, NULL, NULL);
}
