/* Which events have lines, in which order, and which numbers the lines have. */
#include "test_view_ladder.h"

/* --- Order --- */

/* The log has the receive first, and the reply even before the send of what it replies to. */
static void play_out_of_order(struct stage *s)
{
	welcomes(s);
	meets(s);
	receives(s, EVENT_SERVER, 7, 1024, "hello\n");
	sends(s, EVENT_SERVER, 7, "HELLO\n");
	call(s, EVENT_CLIENT, (struct event_call){.op = OP_SHUTDOWN, .fd = 5, .args = {SHUT_RD}});
}

static void test_no_receive_above_its_send(void **state)
{
	struct stage *s = *state;
	play_out_of_order(s);
	sends(s, EVENT_CLIENT, 5, "hello\n");
	receives(s, EVENT_CLIENT, 5, 1024, "HELLO\n");
	assert_met(s, 80,
		   "shutdown(5, SHUT_RD)\n"
		   "send(5, \"hello\\n\") → 6           ①─────\n"
		   "                                       ─────►① recv(7, 1024) → 6 \"hello\\n\"\n"
		   "                                        ─────① send(7, \"HELLO\\n\") → 6\n"
		   "recv(5, 1024) → 6 \"HELLO\\n\"      ①◄─────\n");
}

static void test_nor_when_the_send_comes_late(void **state)
{
	struct stage *s = *state;
	play_out_of_order(s);
	update(s);
	sends(s, EVENT_CLIENT, 5, "hello\n");
	receives(s, EVENT_CLIENT, 5, 1024, "HELLO\n");
	char *late = screen(s, 80);
	choose(s, (struct ladder_choice){0});
	assert_screen(s, 80, late);
	free(late);
}

/* Bytes of the receive, and of every send, in the order of the lines; no send is above what its program did before. */
static void assert_order(struct stage *s)
{
	uint64_t first = ladder_lines.first(s->ladder), end = ladder_lines.end(s->ladder);
	uint64_t last[EVENT_SERVER + 1] = {0}, sent[EVENT_SERVER + 1] = {0}, received[EVENT_SERVER + 1] = {0};
	for (uint64_t number = first; number < end; number++) {
		uint64_t index = ladder_lines.event(s->ladder, number);
		const struct event *e = log_at(s->log, index);
		assert_true(last[e->who] <= e->number);
		last[e->who] = e->number;
		if (e->call.op == OP_SEND)
			sent[e->who] += (uint64_t)e->call.result;
		if (e->call.op == OP_RECV)
			received[e->who] += (uint64_t)e->call.result;
		assert_true(received[EVENT_SERVER] <= sent[EVENT_CLIENT]);
		assert_true(received[EVENT_CLIENT] <= sent[EVENT_SERVER]);
	}
	assert_int_equal(sent[EVENT_CLIENT], received[EVENT_SERVER]);
}

static size_t some_of(size_t n, uint64_t chance, char data[8])
{
	size_t some = (size_t)(chance % 4) + 1;
	some = some < n ? some : n;
	memset(data, 'x', some);
	data[some] = '\0';
	return some;
}

/* The server echoes. What it has taken the client tells only later that it has sent, and then what it received. */
static void play_random(struct stage *s, uint64_t seed)
{
	char data[8];
	uint64_t n = 0;
	for (int round = 0; round < 40; round++) {
		size_t taken = 0;
		for (uint64_t i = random_at(seed, n++) % 8; i > 0; i--) {
			taken += some_of(8, random_at(seed, n++), data);
			receives(s, EVENT_SERVER, 7, 1024, data);
			sends(s, EVENT_SERVER, 7, data);
			if (random_at(seed, n++) % 4 == 0)
				update(s);
		}
		for (size_t left = taken; left > 0;) {
			left -= some_of(left, random_at(seed, n++), data);
			sends(s, EVENT_CLIENT, 5, data);
			if (random_at(seed, n++) % 4 == 0)
				update(s);
		}
		for (size_t left = taken; left > 0;) {
			left -= some_of(left, random_at(seed, n++), data);
			receives(s, EVENT_CLIENT, 5, 1024, data);
		}
	}
}

static void test_random_order(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++) {
		void *stage;
		stage_open(&stage);
		struct stage *s = stage;
		welcomes(s);
		meets(s);
		play_random(s, seed);
		update(s);
		assert_order(s);
		stage_close(&stage);
	}
}

/* --- Numbers --- */

/* Line by line as if all had been there from the beginning. */
static void assert_as_made_anew(struct stage *s, struct ladder_choice c)
{
	char *grown = screen(s, 80);
	struct ladder *other = ladder_new(s->log, s->flow);
	struct pager *p = other ? pager_new(&ladder_lines, other) : NULL;
	struct buf out = {0};
	assert_non_null(p);
	ladder_choose(other, &c);
	assert_int_equal(pager_update(p), 0);
	assert_int_equal(pager_all(p, 80, add_row, &out), 0);
	assert_int_equal(buf_append(&out, "", 1), 0);
	assert_string_equal(grown, (char *)buf_bytes(&out));
	buf_free(&out);
	pager_free(p);
	ladder_free(other);
	free(grown);
}

/* Whatever the client and the server do: a sentence over a connection that is open, or a new one, or an end. */
static void play_anything(struct stage *s, uint64_t seed, int step)
{
	static const char *const words[] = {"a", "bc", "hello\n", "straße\n"};
	const char *data = words[random_at(seed, (uint64_t)step * 2) % COUNT(words)];
	int k = (int)(random_at(seed, (uint64_t)step * 2 + 1) % 8), client = 5 + k % 3, server = 10 + k % 3;
	if (step < 3 || random_at(seed, (uint64_t)step) % 10 == 0) {
		makes_socket(s, EVENT_CLIENT, client, PROTOCOL_TCP);
		connects(s, client, step % 2 ? 0 : EINPROGRESS);
		if (step % 2 == 0)
			asks_error(s, client, step % 4 ? 0 : ECONNREFUSED);
		gets_name(s, EVENT_CLIENT, client, (uint16_t)(40000 + step));
		accepts(s, 3, server, (uint16_t)(40000 + step));
	} else if (k < 4) {
		sends(s, EVENT_CLIENT, client, data);
		waits(s, EVENT_SERVER, OP_RECV, server);
	} else if (k < 7) {
		receives(s, EVENT_SERVER, server, 1024, data);
		would_block(s, EVENT_SERVER, OP_RECV, server);
	} else {
		closes(s, EVENT_CLIENT, client);
		closes(s, EVENT_SERVER, server);
		s->numbers[EVENT_SERVER] += step % 3 == 0;
	}
}

static void grow(uint64_t seed, struct ladder_choice c)
{
	void *stage;
	stage_open_with(&stage, seed % 2 ? 100000 : 150);
	struct stage *s = stage;
	choose(s, c);
	welcomes(s);
	for (int step = 0; step < 300; step++) {
		play_anything(s, seed, step);
		if (random_at(seed + 1, (uint64_t)step) % 3 == 0)
			update(s);
		if (step % 50 == 0 && seed % 2)
			assert_as_made_anew(s, c);
	}
	update(s);
	for (unsigned width = 1; width < 130; width += 7)
		free(screen(s, width));
	stage_close(&stage);
}

static void test_it_grows_as_if_made_at_once(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 40; seed++)
		grow(seed, (struct ladder_choice){.raw = seed % 3 == 0, .plain = seed % 5 == 0});
}

static void test_an_older_conversation_grows_too(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 40; seed++)
		grow(seed, (struct ladder_choice){.conversation = 1 + (uint32_t)seed % 3, .raw = seed % 4 == 0});
}

/* No row is wider than the screen, so none is wrapped. */
static void test_widths(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	sends(s, EVENT_CLIENT, 5, "\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87");
	receives(s, EVENT_SERVER, 7, 1, "\x01");
	receives(s, EVENT_SERVER, 7, 1024, "\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96");
	closes(s, EVENT_CLIENT, 5);
	waits(s, EVENT_SERVER, OP_RECV, 7);
	s->numbers[EVENT_SERVER] += 5;
	closes(s, EVENT_SERVER, 7);
	update(s);
	uint64_t first = ladder_lines.first(s->ladder), end = ladder_lines.end(s->ladder);
	struct view_row row = {0};
	for (unsigned width = 0; width < 140; width++) {
		for (uint64_t number = first; number < end; number++) {
			unsigned indent = 7;
			view_row_clear(&row);
			ladder_lines.line(s->ladder, number, width, &row, &indent);
			assert_true(row.columns <= width);
			assert_int_equal(indent, 0);
		}
	}
	view_row_free(&row);
}

static void test_other_lines_have_other_numbers(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	update(s);
	uint64_t end = ladder_lines.end(s->ladder);
	sends(s, EVENT_CLIENT, 5, "x");
	update(s);
	assert_int_equal(ladder_lines.first(s->ladder), 0 + end - 7);
	assert_int_equal(ladder_lines.end(s->ladder), end + 1);
	choose(s, (struct ladder_choice){.raw = true});
	update(s);
	assert_int_equal(ladder_lines.first(s->ladder), end + 1);
}

static void test_the_answer_is_about_the_connect(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	update(s);
	uint64_t first = ladder_lines.first(s->ladder);
	assert_int_equal(ladder_lines.event(s->ladder, first + 4), 4);
	assert_int_equal(ladder_lines.event(s->ladder, first + 5), 4);
	assert_int_equal(ladder_lines.event(s->ladder, first + 6), 5);
}

/* What the log forgets. */
static void test_forgetting(void **state)
{
	void *stage;
	(void)state;
	stage_open_with(&stage, 6);
	struct stage *s = stage;
	welcomes(s);
	meets(s);
	assert_screen(s, 80,
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		      "                                               accept(3) → 7 connection socket\n");
	sends(s, EVENT_CLIENT, 5, "hello\n");
	receives(s, EVENT_SERVER, 7, 1024, "hello\n");
	assert_screen(s, 80,
		      "                                               listen(3, 1)\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		      "                                               accept(3) → 7 connection socket\n"
		      "send(5, \"hello\\n\") → 6           ①─────\n"
		      "                                       ─────►① recv(7, 1024) → 6 \"hello\\n\"\n");
	waits(s, EVENT_SERVER, OP_RECV, 7);
	for (int i = 0; i < 3; i++)
		sends(s, EVENT_CLIENT, 5, "more\n");
	assert_screen(s, 80,
		      "send(5, \"hello\\n\") → 6           ①─────\n"
		      "                                       ─────►① recv(7, 1024) → 6 \"hello\\n\"\n"
		      "send(5, \"more\\n\") → 5            ②─────\n"
		      "send(5, \"more\\n\") → 5            ③─────\n"
		      "send(5, \"more\\n\") → 5            ④─────\n"
		      "                                        recv(7) … waiting for the client's bytes\n");
	for (int i = 0; i < 3; i++)
		sends(s, EVENT_CLIENT, 5, "more\n");
	assert_screen(s, 80,
		      "send(5, \"more\\n\") → 5            ②─────\n"
		      "send(5, \"more\\n\") → 5            ③─────\n"
		      "send(5, \"more\\n\") → 5            ④─────\n"
		      "send(5, \"more\\n\") → 5            ⑤─────\n"
		      "send(5, \"more\\n\") → 5            ⑥─────\n"
		      "send(5, \"more\\n\") → 5            ⑦─────\n");
	closes(s, EVENT_CLIENT, 5);
	assert_screen(s, 80,
		      "send(5, \"more\\n\") → 5            ③─────\n"
		      "send(5, \"more\\n\") → 5            ④─────\n"
		      "send(5, \"more\\n\") → 5            ⑤─────\n"
		      "send(5, \"more\\n\") → 5            ⑥─────\n"
		      "send(5, \"more\\n\") → 5            ⑦─────\n"
		      "close(5)                         ┄┄┄┄FIN┄┄┄┄┄► (implied)\n");
	stage_close(&stage);
}

/* --- Words --- */

static void test_long_text_gives_way(void **state)
{
	struct stage *s = *state;
	struct endpoint far = {.family = 6, .address = {0xfe, 0x80, [15] = 1}, .port = SERVER_PORT, .scope = 2};
	welcomes(s);
	meets(s);
	sends(s, EVENT_CLIENT, 5, "the quick brown fox jumps over the lazy dog\n");
	call_with(s, EVENT_CLIENT,
		  (struct event_call){.op = OP_SEND, .fd = 5, .asked = 100000, .result = 4096, .offset = 44}, "yyyy",
		  4);
	call(s, EVENT_CLIENT, (struct event_call){.op = OP_SENDTO, .fd = 5, .asked = 4, .error = 9999, .address = far});
	call(s, EVENT_SERVER, (struct event_call){.op = OP_ACCEPT, .fd = 3, .error = EMFILE});
	call(s, EVENT_SERVER, (struct event_call){.op = OP_BIND, .fd = 3, .error = EINVAL, .address = far});
	assert_met(s, 80,
		   "send(5, \"the quick brown…\") → 44 ①─────\n"
		   "send(5, \"yyy…\") → 4096 of 100000 ②─────\n"
		   "sendto(5, \"…\", [fe80::1%2]:12000) → 9999\n"
		   "                                               accept(3) → EMFILE\n"
		   "                                               bind(3, :12000) → EINVAL\n");
	assert_screen(
		s, 120,
		"                                                                       socket() → 3 welcoming socket\n"
		"                                                                       bind(3, 127.0.0.1:12000)\n"
		"                                                                       listen(3, 1)\n"
		"socket() → 5 TCP socket\n"
		"connect(5, 127.0.0.1:12000)                       ┄┄┄┄┄┄┄┄SYN┄┄┄┄┄┄┄┄► (implied)\n"
		"  → 0                                             ◄SYN,ACK┄┄┄┄┄┄┄┄ACK► (implied: its system answers)\n"
		"                                                                       accept(3) → 7 connection "
		"socket\n"
		"send(5, \"the quick brown fox jumps over t…\") → 44 ①─────────\n"
		"send(5, \"yyyy…\") → 4096 of 100000                 ②─────────\n"
		"sendto(5, \"…\", [fe80::1%2]:12000) → 9999\n"
		"                                                                       accept(3) → EMFILE\n"
		"                                                                       bind(3, [fe80::1%2]:12000) → "
		"EINVAL\n");
}

static void test_bytes_are_shown_as_c_has_them(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	sends(s, EVENT_CLIENT, 5, "\t\"\\\r\n");
	sends(s, EVENT_CLIENT, 5, "\033[1m\x85\xff");
	sends(s, EVENT_CLIENT, 5, "stra\xc3\x9f\x65\xe2\x80\xae");
	assert_screen(
		s, 120,
		"                                                                       socket() → 3 welcoming socket\n"
		"                                                                       bind(3, 127.0.0.1:12000)\n"
		"                                                                       listen(3, 1)\n"
		"socket() → 5 TCP socket\n"
		"connect(5, 127.0.0.1:12000)                       ┄┄┄┄┄┄┄┄SYN┄┄┄┄┄┄┄┄► (implied)\n"
		"  → 0                                             ◄SYN,ACK┄┄┄┄┄┄┄┄ACK► (implied: its system answers)\n"
		"                                                                       accept(3) → 7 connection "
		"socket\n"
		"send(5, \"\\t\\\"\\\\\\r\\n\") → 5                         ①─────────\n"
		"send(5, \"^[[1m\\x85\\xff\") → 6                      ②─────────\n"
		"send(5, \"straße\\u202e\") → 10                      ③─────────\n");
	struct view_row row = {0};
	unsigned indent;
	ladder_lines.line(s->ladder, ladder_lines.end(s->ladder) - 3, 120, &row, &indent);
	assert_int_equal(((struct view_span *)ring_at(&row.spans, 1))->style, STYLE_ESCAPE);
	view_row_free(&row);
}

static void test_look_ups(void **state)
{
	struct stage *s = *state;
	struct event_call c = {.op = OP_GETADDRINFO, .fd = -1, .args = {AF_UNSPEC, SOCK_STREAM, 1}};
	c.error = -2; /* EAI_NONAME */
	c.asked = 7;
	call_with(s, EVENT_CLIENT, c, "nowhere", 7);
	assert_screen(s, 80,
		      "                                               not seen from here\n"
		      "getaddrinfo(\"nowhere\") → EAI_NONAME\n");
	c.error = 0;
	c.took = 12 * CLOCK_MS;
	c.address = ipv4(1, 80);
	c.asked = 9;
	call_with(s, EVENT_CLIENT, c, "elsewhere", 9);
	c.address = ipv4(1, SERVER_PORT);
	c.asked = 4;
	call_with(s, EVENT_CLIENT, c, "here\nhere.example\n127.0.0.1:12000", 33);
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	connects(s, 5, 0);
	assert_screen(s, 80,
		      "getaddrinfo(\"here\") → 127.0.0.1:12000\n"
		      "                                               not seen from here\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n");
	c.address = ipv4(1, 81);
	c.asked = 4;
	call_with(s, EVENT_CLIENT, c, "next", 4);
	assert_screen(s, 80,
		      "getaddrinfo(\"here\") → 127.0.0.1:12000\n"
		      "                                               not seen from here\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		      "getaddrinfo(\"next\") → 127.0.0.1:81\n");
	choose(s, (struct ladder_choice){.conversation = 1});
	assert_screen(s, 80,
		      "getaddrinfo(\"here\") → 127.0.0.1:12000\n"
		      "                                               not seen from here\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n");
}

static void test_channels_are_of_no_network(void **state)
{
	struct stage *s = *state;
	call(s, EVENT_CLIENT, (struct event_call){.op = OP_SOCKETPAIR, .fd = 8, .args = {AF_UNIX, SOCK_SEQPACKET, 9}});
	welcomes(s);
	closes(s, EVENT_CLIENT, 9);
	choose(s, (struct ladder_choice){.raw = true});
	assert_screen(s, 80,
		      "                                               #1 socket() → 3 welcoming 5 µs\n"
		      "                                               #2 bind(3, :12000) → 0 5 µs\n"
		      "                                               #3 listen(3, 1) → 0 5 µs\n");
}

static void test_raw_durations(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	struct event_call c = {.op = OP_LISTEN, .fd = 3, .returned = true, .took = 12 * CLOCK_MS};
	tell(s, (struct event){.who = EVENT_SERVER, .kind = EVENT_CALL, .call = c});
	s->numbers[EVENT_SERVER] = (uint64_t)-1;
	tell(s, (struct event){.who = EVENT_SERVER, .kind = EVENT_CALL, .call = c});
	choose(s, (struct ladder_choice){.raw = true});
	assert_screen(s, 80,
		      "                                               #1 socket() → 3 welcoming 5 µs\n"
		      "                                               #2 bind(3, :12000) → 0 5 µs\n"
		      "                                               #3 listen(3, 1) → 0 5 µs\n"
		      "                                               #4 listen(3, 0) → 0 12 ms\n"
		      "                                               listen(3, 0) → 0 12 ms\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_receive_above_its_send, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_nor_when_the_send_comes_late, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_random_order, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_it_grows_as_if_made_at_once, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_an_older_conversation_grows_too, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_widths, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_other_lines_have_other_numbers, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_the_answer_is_about_the_connect, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_forgetting, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_long_text_gives_way, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_bytes_are_shown_as_c_has_them, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_look_ups, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_channels_are_of_no_network, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_raw_durations, stage_open, stage_close),
	};
	return cmocka_run_group_tests_name("view ladder lines", tests, use_utf8_and_utc, NULL);
}
