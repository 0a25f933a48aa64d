/* Connections that are refused, closed and reset, and conversations of which one side is not seen. */
#include "test_view_ladder.h"

/* --- How it ends --- */

static void test_nobody_listens(void **state)
{
	struct stage *s = *state;
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	connects(s, 5, ECONNREFUSED);
	closes(s, EVENT_CLIENT, 5);
	assert_screen(s, 80,
		      "                                               not seen from here\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → ECONNREFUSED                 ◄┄┄┄┄RST┄┄┄┄┄ (implied: its system answers)\n"
		      "close(5)\n");
	assert_screen(s, 60,
		      "                                    not seen from here\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, :12000)       ┄┄┄SYN┄┄┄► (implied)\n"
		      "  → ECONNREFUSED         ◄┄┄┄RST┄┄┄ (implied)\n"
		      "close(5)\n");
	assert_screen(s, 40,
		      "server not seen from here\n"
		      "client socket() → 5 TCP socket\n"
		      "client connect(5, :12000)  implied SYN┄►\n"
		      "client   → ECONNREFUSED    implied ◄RST┄\n"
		      "client close(5)\n");
	choose(s, (struct ladder_choice){.plain = true});
	assert_screen(s, 80,
		      "client socket() = 5 TCP socket\n"
		      "client connect(5, 127.0.0.1:12000) = -1 ECONNREFUSED\n"
		      "client close(5) = 0\n");
}

static void test_nobody_listens_and_nobody_blocks(void **state)
{
	struct stage *s = *state;
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	connects(s, 5, EINPROGRESS);
	asks_error(s, 5, ECONNREFUSED);
	closes(s, EVENT_CLIENT, 5);
	assert_screen(s, 80,
		      "                                               not seen from here\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → ECONNREFUSED                 ◄┄┄┄┄RST┄┄┄┄┄ (implied: its system answers)\n"
		      "close(5)\n");
	choose(s, (struct ladder_choice){.raw = true});
	assert_screen(s, 120,
		      "                                                                       not seen from here\n"
		      "#1 socket(AF_INET, SOCK_STREAM) → 5 TCP socket 5 µs\n"
		      "#2 connect(5, 127.0.0.1:12000)                    ┄┄┄┄┄┄┄┄SYN┄┄┄┄┄┄┄┄► (implied)\n"
		      "  → -1 EINPROGRESS 5 µs\n"
		      "#3 getsockopt(5, SO_ERROR, ECONNREFUSED) → 0 5 µs ◄┄┄┄┄┄┄┄┄RST┄┄┄┄┄┄┄┄ (implied)\n"
		      "#4 close(5) → 0 5 µs\n");
	choose(s, (struct ladder_choice){.plain = true});
	assert_screen(s, 80,
		      "client socket() = 5 TCP socket\n"
		      "client connect(5, 127.0.0.1:12000) = -1 ECONNREFUSED\n"
		      "client close(5) = 0\n");
}

static void test_nobody_answers(void **state)
{
	struct stage *s = *state;
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	connects(s, 5, EINPROGRESS);
	closes(s, EVENT_CLIENT, 5);
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	connects(s, 5, ETIMEDOUT);
	assert_screen(s, 80,
		      "                                               not seen from here\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → given up\n"
		      "close(5)\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → ETIMEDOUT\n");
	choose(s, (struct ladder_choice){.plain = true});
	assert_screen(s, 80,
		      "client socket() = 5 TCP socket\n"
		      "client connect(5, 127.0.0.1:12000) = given up\n"
		      "client close(5) = 0\n"
		      "client socket() = 5 TCP socket\n"
		      "client connect(5, 127.0.0.1:12000) = -1 ETIMEDOUT\n");
}

/* shutdown() has sent this end; close() after it sends nothing more. */
static void test_half_closed(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	call(s, EVENT_CLIENT, (struct event_call){.op = OP_SHUTDOWN, .fd = 5, .args = {SHUT_RD}});
	call(s, EVENT_CLIENT, (struct event_call){.op = OP_SHUTDOWN, .fd = 5, .args = {SHUT_WR}});
	receives(s, EVENT_SERVER, 7, 1024, "");
	sends(s, EVENT_SERVER, 7, "bye\n");
	receives(s, EVENT_CLIENT, 5, 1024, "bye\n");
	closes(s, EVENT_CLIENT, 5);
	closes(s, EVENT_SERVER, 7);
	assert_met(s, 80,
		   "shutdown(5, SHUT_RD)\n"
		   "shutdown(5, SHUT_WR)             ┄┄┄┄FIN┄┄┄┄┄► (implied)\n"
		   "                                               recv(7, 1024) → 0 end of stream\n"
		   "                                        ─────① send(7, \"bye\\n\") → 4\n"
		   "recv(5, 1024) → 4 \"bye\\n\"        ①◄─────\n"
		   "close(5)\n"
		   "                       (implied) ◄┄┄┄┄FIN┄┄┄┄┄ close(7)\n");
}

static void test_reset_by_the_lab(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	sends(s, EVENT_CLIENT, 5, "hello\n");
	tell(s, (struct event){.who = EVENT_SERVER,
			       .kind = EVENT_LAB,
			       .lab = {.what = LAB_RESET, .protocol = PROTOCOL_TCP, .fd = 7}});
	closes(s, EVENT_SERVER, 7);
	call(s, EVENT_CLIENT, (struct event_call){.op = OP_RECV, .fd = 5, .asked = 1024, .error = ECONNRESET});
	closes(s, EVENT_CLIENT, 5);
	assert_met(s, 80,
		   "send(5, \"hello\\n\") → 6           ①─────\n"
		   "                       (implied) ◄┄┄┄┄RST┄┄┄┄┄ close(7)\n"
		   "recv(5, 1024) → ECONNRESET\n"
		   "close(5)\n");
}

/* Its server is elsewhere: what it did can only be told from what comes. */
static void test_reset_from_elsewhere(void **state)
{
	struct stage *s = *state;
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	connects(s, 5, 0);
	sends(s, EVENT_CLIENT, 5, "hello\n");
	call(s, EVENT_CLIENT, (struct event_call){.op = OP_RECV, .fd = 5, .asked = 1024, .error = ECONNRESET});
	call(s, EVENT_CLIENT, (struct event_call){.op = OP_SEND, .fd = 5, .asked = 6, .error = EPIPE});
	closes(s, EVENT_CLIENT, 5);
	assert_screen(s, 80,
		      "                                               not seen from here\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		      "send(5, \"hello\\n\") → 6           ①─────\n"
		      "recv(5, 1024) → ECONNRESET       ◄┄┄┄┄RST┄┄┄┄┄ (implied)\n"
		      "send(5, \"…\") → EPIPE\n"
		      "close(5)\n");
}

/* --- One side is not seen --- */

static void test_a_server_elsewhere(void **state)
{
	struct stage *s = *state;
	call_with(s, EVENT_CLIENT,
		  (struct event_call){.op = OP_GETADDRINFO,
				      .fd = -1,
				      .args = {AF_UNSPEC, SOCK_STREAM, 2},
				      .asked = 9,
				      .address = ipv4(1, SERVER_PORT)},
		  "localhost", 9);
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	connects(s, 5, 0);
	sends(s, EVENT_CLIENT, 5, "hello\n");
	receives(s, EVENT_CLIENT, 5, 1024, "HEL");
	receives(s, EVENT_CLIENT, 5, 1024, "LO\n");
	receives(s, EVENT_CLIENT, 5, 1024, "");
	closes(s, EVENT_CLIENT, 5);
	assert_screen(s, 80,
		      "getaddrinfo(\"localhost\") → 127.0.0.1:12000, …\n"
		      "                                               not seen from here\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		      "send(5, \"hello\\n\") → 6           ①─────\n"
		      "recv(5, 1024) → 3 \"HEL\"          ◄──────\n"
		      "recv(5, 1024) → 3 \"LO\\n\"         ◄──────\n"
		      "recv(5, 1024) → 0 end of stream  ◄┄┄┄┄FIN┄┄┄┄┄ (implied)\n"
		      "close(5)                         ┄┄┄┄FIN┄┄┄┄┄► (implied)\n");
	assert_screen(s, 60,
		      "getaddrinfo(…) → 127.0.0.1:12000, …\n"
		      "                                    not seen from here\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, :12000)       ┄┄┄SYN┄┄┄► (implied)\n"
		      "  → 0                    ◄┄SYN,ACK┄ (implied)\n"
		      "send(5, \"hello\\n\") → 6   ①────\n"
		      "recv(5, 1024) → 3 \"HEL\"  ◄────\n"
		      "recv(5, 1024) → 3 \"LO\\n\" ◄────\n"
		      "recv(5, 1024) → 0 end    ◄┄┄┄FIN┄┄┄ (implied)\n"
		      "close(5)                 ┄┄┄FIN┄┄┄► (implied)\n");
	assert_screen(s, 40,
		      "client getaddrinfo(…) → 127.0.0.1:12000…\n"
		      "server not seen from here\n"
		      "client socket() → 5 TCP socket\n"
		      "client connect(5, :12000)  implied SYN┄►\n"
		      "client   → 0           implied ◄SYN,ACK┄\n"
		      "client send(5, \"hello\\n\") → 6        ①──\n"
		      "client recv(5, 1024) → 3 \"HEL\"        ◄─\n"
		      "client recv(5, 1024) → 3 \"LO\\n\"       ◄─\n"
		      "client recv(5, 1024) → 0 … implied ◄FIN┄\n"
		      "client close(5)            implied FIN┄►\n");
}

static void test_a_client_elsewhere(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	accepts(s, 3, 7, CLIENT_PORT);
	receives(s, EVENT_SERVER, 7, 1024, "hello\n");
	sends(s, EVENT_SERVER, 7, "HELLO\n");
	receives(s, EVENT_SERVER, 7, 1024, "");
	closes(s, EVENT_SERVER, 7);
	assert_screen(s, 80,
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "not seen from here\n"
		      "                                               accept(3) → 7 connection socket\n"
		      "                                       ──────► recv(7, 1024) → 6 \"hello\\n\"\n"
		      "                                        ─────① send(7, \"HELLO\\n\") → 6\n"
		      "                       (implied) ┄┄┄┄FIN┄┄┄┄┄► recv(7, 1024) → 0 end of stream\n"
		      "                       (implied) ◄┄┄┄┄FIN┄┄┄┄┄ close(7)\n");
}

/* Its server tells only later: then its lane is as if it had told from the beginning. */
static void test_what_was_not_seen_comes_into_sight(void **state)
{
	struct stage *s = *state;
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	connects(s, 5, 0);
	assert_screen(s, 80,
		      "                                               not seen from here\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n");
	welcomes(s);
	assert_screen(s, 80,
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n");
	accepts(s, 3, 7, CLIENT_PORT);
	assert_screen(s, 80,
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "                                               accept(3) → 7 connection socket\n");
}

static void test_our_own_server_is_not_the_one_elsewhere(void **state)
{
	struct stage *s = *state;
	makes_socket(s, EVENT_SERVER, 3, PROTOCOL_TCP);
	binds(s, 3, SERVER_PORT + 1);
	listens(s, 3);
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	connects(s, 5, 0);
	assert_screen(s, 80,
		      "                                               not seen from here\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nobody_listens, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_nobody_listens_and_nobody_blocks, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_nobody_answers, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_half_closed, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_reset_by_the_lab, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_reset_from_elsewhere, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_a_server_elsewhere, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_a_client_elsewhere, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_what_was_not_seen_comes_into_sight, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_our_own_server_is_not_the_one_elsewhere, stage_open, stage_close),
	};
	return cmocka_run_group_tests_name("view ladder passes", tests, use_utf8_and_utc, NULL);
}
