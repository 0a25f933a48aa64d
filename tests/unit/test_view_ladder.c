/* The figure of the books, for each width there is a layout for. */
#include "test_view_ladder.h"

/* The textbook server and a client in the same spirit, over TCP: a sentence, its reply, the end. */
static void play_tcp(struct stage *s)
{
	welcomes(s);
	meets(s);
	sends(s, EVENT_CLIENT, 5, "hello\n");
	receives(s, EVENT_SERVER, 7, 65536, "hello\n");
	sends(s, EVENT_SERVER, 7, "HELLO\n");
	receives(s, EVENT_CLIENT, 5, 65536, "HELLO\n");
	closes(s, EVENT_CLIENT, 5);
	receives(s, EVENT_SERVER, 7, 65536, "");
	closes(s, EVENT_SERVER, 7);
}

static void test_tcp_in_80_columns(void **state)
{
	play_tcp(*state);
	assert_screen(*state, 80,
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		      "                                               accept(3) → 7 connection socket\n"
		      "send(5, \"hello\\n\") → 6           ①─────\n"
		      "                                       ─────►① recv(7, 65536) → 6 \"hello\\n\"\n"
		      "                                        ─────① send(7, \"HELLO\\n\") → 6\n"
		      "recv(5, 65536) → 6 \"HELLO\\n\"     ①◄─────\n"
		      "close(5)                         ┄┄┄┄FIN┄┄┄┄┄► (implied)\n"
		      "                                               recv(7, 65536) → 0 end of stream\n"
		      "                       (implied) ◄┄┄┄┄FIN┄┄┄┄┄ close(7)\n");
}

/* A key may move in the view before the flow has been told of the last events; and then they come to it nevertheless.
 */
static void test_before_the_flow_knows(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	update(s);
	choose(s, (struct ladder_choice){.conversation = 1});
	sends(s, EVENT_CLIENT, 5, "hello\n");
	receives(s, EVENT_SERVER, 7, 65536, "hello\n");
	assert_int_equal(pager_update(s->pager), 0);
	sends(s, EVENT_SERVER, 7, "HELLO\n");
	assert_int_equal(pager_update(s->pager), 0);
	receives(s, EVENT_CLIENT, 5, 65536, "HELLO\n");
	assert_met(s, 80,
		   "send(5, \"hello\\n\") → 6           ①─────\n"
		   "                                       ─────►① recv(7, 65536) → 6 \"hello\\n\"\n"
		   "                                        ─────① send(7, \"HELLO\\n\") → 6\n"
		   "recv(5, 65536) → 6 \"HELLO\\n\"     ①◄─────\n");
}

static void test_tcp_in_120_columns(void **state)
{
	play_tcp(*state);
	assert_screen(
		*state, 120,
		"                                                                       socket() → 3 welcoming socket\n"
		"                                                                       bind(3, 127.0.0.1:12000)\n"
		"                                                                       listen(3, 1)\n"
		"socket() → 5 TCP socket\n"
		"connect(5, 127.0.0.1:12000)                       ┄┄┄┄┄┄┄┄SYN┄┄┄┄┄┄┄┄► (implied)\n"
		"  → 0                                             ◄SYN,ACK┄┄┄┄┄┄┄┄ACK► (implied: its system answers)\n"
		"                                                                       accept(3) → 7 connection "
		"socket\n"
		"send(5, \"hello\\n\") → 6                            ①─────────\n"
		"                                                            ────────►① recv(7, 65536) → 6 "
		"\"hello\\n\"\n"
		"                                                            ─────────① send(7, \"HELLO\\n\") → 6\n"
		"recv(5, 65536) → 6 \"HELLO\\n\"                      ①◄────────\n"
		"close(5)                                          ┄┄┄┄┄┄┄┄FIN┄┄┄┄┄┄┄┄► (implied)\n"
		"                                                                       recv(7, 65536) → 0 end of "
		"stream\n"
		"                                        (implied) ◄┄┄┄┄┄┄┄┄FIN┄┄┄┄┄┄┄┄ close(7)\n");
}

static void test_tcp_in_60_columns(void **state)
{
	play_tcp(*state);
	assert_screen(*state, 60,
		      "                                    socket() → 3 welcoming\n"
		      "                                    bind(3, 127.0.0.1:12000)\n"
		      "                                    listen(3, 1)\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, :12000)       ┄┄┄SYN┄┄┄► (implied)\n"
		      "  → 0                    ◄┄SYN,ACK┄ (implied)\n"
		      "                                    accept(3) → 7 connection\n"
		      "send(5, \"hello\\n\") → 6   ①────\n"
		      "                              ───►① recv(7, 65536) → 6 \"he…\"\n"
		      "                              ────① send(7, \"HELLO\\n\") → 6\n"
		      "recv(5, 65536) → 6 \"HE…\" ①◄───\n"
		      "close(5)                 ┄┄┄FIN┄┄┄► (implied)\n"
		      "                                    recv(7, 65536) → 0 end\n"
		      "               (implied) ◄┄┄┄FIN┄┄┄ close(7)\n");
}

static void test_tcp_in_40_columns(void **state)
{
	play_tcp(*state);
	assert_screen(*state, 40,
		      "server socket() → 3 welcoming socket\n"
		      "server bind(3, 127.0.0.1:12000)\n"
		      "server listen(3, 1)\n"
		      "client socket() → 5 TCP socket\n"
		      "client connect(5, :12000)  implied SYN┄►\n"
		      "client   → 0           implied ◄SYN,ACK┄\n"
		      "server accept(3) → 7 connection socket\n"
		      "client send(5, \"hello\\n\") → 6        ①──\n"
		      "server recv(7, 65536) → 6 \"hello\\n\"  ─►①\n"
		      "server send(7, \"HELLO\\n\") → 6        ──①\n"
		      "client recv(5, 65536) → 6 \"HELLO\\n\"  ①◄─\n"
		      "client close(5)            implied FIN┄►\n"
		      "server recv(7, 65536) → 0 end of stream\n"
		      "server close(7)            implied ◄FIN┄\n");
}

static void test_tcp_plain(void **state)
{
	play_tcp(*state);
	choose(*state, (struct ladder_choice){.plain = true});
	assert_screen(*state, 80,
		      "server socket() = 3 welcoming socket\n"
		      "server bind(3, 127.0.0.1:12000) = 0\n"
		      "server listen(3, 1) = 0\n"
		      "client socket() = 5 TCP socket\n"
		      "client connect(5, 127.0.0.1:12000) = 0\n"
		      "server accept(3) = 7 connection socket\n"
		      "client send(5, \"hello\\n\") = 6 (1)\n"
		      "server recv(7, 65536) = 6 \"hello\\n\" (1)\n"
		      "server send(7, \"HELLO\\n\") = 6 (1)\n"
		      "client recv(5, 65536) = 6 \"HELLO\\n\" (1)\n"
		      "client close(5) = 0\n"
		      "server recv(7, 65536) = 0 end of stream\n"
		      "server close(7) = 0\n");
}

static void play_udp(struct stage *s)
{
	serves_datagrams(s);
	sends_to(s, EVENT_CLIENT, 5, "hello", SERVER_PORT);
	receives_from(s, EVENT_SERVER, 3, 2048, "hello", CLIENT_PORT);
	sends_to(s, EVENT_SERVER, 3, "HELLO", CLIENT_PORT);
	receives_from(s, EVENT_CLIENT, 5, 2048, "HELLO", SERVER_PORT);
	closes(s, EVENT_CLIENT, 5);
}

static void test_udp_in_80_columns(void **state)
{
	play_udp(*state);
	assert_screen(*state, 80,
		      "                                               socket() → 3 UDP socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "socket() → 5 UDP socket\n"
		      "sendto(5, \"hello\", :12000) → 5   ①─────\n"
		      "                                       ─────►① recvfrom(3, 2048) → 5 \"hello\"\n"
		      "                                        ─────① sendto(3, \"HELLO\", :53422) → 5\n"
		      "recvfrom(5, 2048) → 5 \"HELLO\"    ①◄─────\n"
		      "close(5)\n");
}

static void test_udp_in_120_columns(void **state)
{
	play_udp(*state);
	assert_screen(
		*state, 120,
		"                                                                       socket() → 3 UDP socket\n"
		"                                                                       bind(3, 127.0.0.1:12000)\n"
		"socket() → 5 UDP socket\n"
		"sendto(5, \"hello\", 127.0.0.1:12000) → 5           ①─────────\n"
		"                                                            ────────►① recvfrom(3, 2048, "
		"127.0.0.1:53422) → 5 \"hello\"\n"
		"                                                            ─────────① sendto(3, \"HELLO\", "
		"127.0.0.1:53422) → 5\n"
		"recvfrom(5, 2048, 127.0.0.1:12000) → 5 \"HELLO\"    ①◄────────\n"
		"close(5)\n");
}

static void test_udp_in_60_columns(void **state)
{
	play_udp(*state);
	assert_screen(*state, 60,
		      "                                    socket() → 3 UDP socket\n"
		      "                                    bind(3, 127.0.0.1:12000)\n"
		      "socket() → 5 UDP socket\n"
		      "sendto(5, \"hello\") → 5   ①────\n"
		      "                              ───►① recvfrom(3, 2048) → 5 …\n"
		      "                              ────① sendto(3, \"HELLO\") → 5\n"
		      "recvfrom(5, 2048) → 5 …  ①◄───\n"
		      "close(5)\n");
}

static void test_udp_in_40_columns(void **state)
{
	play_udp(*state);
	assert_screen(*state, 40,
		      "server socket() → 3 UDP socket\n"
		      "server bind(3, 127.0.0.1:12000)\n"
		      "client socket() → 5 UDP socket\n"
		      "client sendto(5, \"hello\") → 5        ①──\n"
		      "server recvfrom(3, 2048) → 5 \"hello\" ─►①\n"
		      "server sendto(3, \"HELLO\") → 5        ──①\n"
		      "client recvfrom(5, 2048) → 5 \"HELLO\" ①◄─\n"
		      "client close(5)\n");
}

static void test_udp_plain(void **state)
{
	play_udp(*state);
	choose(*state, (struct ladder_choice){.plain = true});
	assert_screen(*state, 80,
		      "server socket() = 3 UDP socket\n"
		      "server bind(3, 127.0.0.1:12000) = 0\n"
		      "client socket() = 5 UDP socket\n"
		      "client sendto(5, \"hello\", 127.0.0.1:12000) = 5 (1)\n"
		      "server recvfrom(3, 2048, 127.0.0.1:53422) = 5 \"hello\" (1)\n"
		      "server sendto(3, \"HELLO\", 127.0.0.1:53422) = 5 (1)\n"
		      "client recvfrom(5, 2048, 127.0.0.1:12000) = 5 \"HELLO\" (1)\n"
		      "client close(5) = 0\n");
}

/* --- The event-driven server, which has a socket for each protocol, and the client that does not block --- */

static void serves(struct stage *s, int fd, const struct endpoint *local, enum protocol p, uint16_t port)
{
	makes_socket(s, EVENT_SERVER, fd, p);
	if (p == PROTOCOL_TCP)
		call(s, EVENT_SERVER,
		     (struct event_call){.op = OP_SETSOCKOPT, .fd = fd, .args = {SOL_SOCKET, SO_REUSEADDR, 1}});
	call(s, EVENT_SERVER, (struct event_call){.op = OP_BIND, .fd = fd, .address = *local});
	if (p == PROTOCOL_TCP)
		listens(s, fd);
	struct endpoint chosen = *local;
	chosen.port = port;
	call(s, EVENT_SERVER, (struct event_call){.op = OP_GETSOCKNAME, .fd = fd, .address = chosen});
}

static void begin_events(struct stage *s)
{
	const struct endpoint any = ipv4(1, 0), ipv6 = {.family = 6, .address = {[15] = 1}, .port = SERVER_PORT};
	serves(s, 11, &any, PROTOCOL_TCP, SERVER_PORT);
	serves(s, 12, &(struct endpoint){.family = 4, .address = {127, 0, 0, 1}, .port = SERVER_PORT}, PROTOCOL_UDP,
	       SERVER_PORT);
	serves(s, 13, &ipv6, PROTOCOL_TCP, SERVER_PORT);
	serves(s, 14, &ipv6, PROTOCOL_UDP, SERVER_PORT);
}

static void play_events(struct stage *s)
{
	begin_events(s);
	makes_socket(s, EVENT_CLIENT, 15, PROTOCOL_TCP);
	connects(s, 15, EINPROGRESS);
	asks_error(s, 15, 0);
	gets_name(s, EVENT_CLIENT, 15, CLIENT_PORT);
	sends(s, EVENT_CLIENT, 15, "hello\n");
	accepts(s, 11, 15, CLIENT_PORT);
	would_block(s, EVENT_SERVER, OP_ACCEPT, 11);
	receives(s, EVENT_SERVER, 15, 65536, "hello\n");
	sends(s, EVENT_SERVER, 15, "HELLO\n");
	receives(s, EVENT_CLIENT, 15, 65536, "HELLO\n");
	would_block(s, EVENT_CLIENT, OP_RECV, 15);
	closes(s, EVENT_CLIENT, 15);
	receives(s, EVENT_SERVER, 15, 65536, "");
	call(s, EVENT_SERVER, (struct event_call){.op = OP_SHUTDOWN, .fd = 15, .args = {SHUT_WR}});
	closes(s, EVENT_SERVER, 15);
	closes(s, EVENT_SERVER, 13);
	closes(s, EVENT_SERVER, 11);
}

static void test_events_before_anybody_came(void **state)
{
	begin_events(*state);
	assert_screen(*state, 80,
		      "                                               socket() → 11 welcoming socket\n"
		      "                                               bind(11, 127.0.0.1:0), port 12000\n"
		      "                                               listen(11, 1)\n"
		      "                                               socket() → 12 UDP socket\n"
		      "                                               bind(12, 127.0.0.1:12000)\n"
		      "                                               socket() → 13 welcoming socket\n"
		      "                                               bind(13, [::1]:12000)\n"
		      "                                               listen(13, 1)\n"
		      "                                               socket() → 14 UDP socket\n"
		      "                                               bind(14, [::1]:12000)\n");
}

static void test_events(void **state)
{
	play_events(*state);
	assert_screen(*state, 80,
		      "                                               socket() → 11 welcoming socket\n"
		      "                                               bind(11, 127.0.0.1:0), port 12000\n"
		      "                                               listen(11, 1)\n"
		      "socket() → 15 TCP socket\n"
		      "connect(15, 127.0.0.1:12000)     ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		      "send(15, \"hello\\n\") → 6          ①─────\n"
		      "                                               accept(11) → 15 connection socket\n"
		      "                                       ─────►① recv(15, 65536) → 6 \"hello\\n\"\n"
		      "                                        ─────① send(15, \"HELLO\\n\") → 6\n"
		      "recv(15, 65536) → 6 \"HELLO\\n\"    ①◄─────\n"
		      "close(15)                        ┄┄┄┄FIN┄┄┄┄┄► (implied)\n"
		      "                                               recv(15, 65536) → 0 end of stream\n"
		      "                       (implied) ◄┄┄┄┄FIN┄┄┄┄┄ shutdown(15, SHUT_WR)\n"
		      "                                               close(15)\n"
		      "                                               close(11)\n");
}

static void test_events_raw(void **state)
{
	play_events(*state);
	choose(*state, (struct ladder_choice){.raw = true});
	assert_screen(*state, 80,
		      "                                               #1 socket() → 11 welcoming 5 µs\n"
		      "                                     #2 setsockopt(11, SO_REUSEADDR, 1) → 0 5 µs\n"
		      "                                               #3 bind(11, 127.0.0.1:0) → 0 5 µs\n"
		      "                                               #4 listen(11, 1) → 0 5 µs\n"
		      "                                             #5 getsockname(11, :12000) → 0 5 µs\n"
		      "#1 socket() → 15 TCP 5 µs\n"
		      "#2 connect(15, 127.0.0.1:12000)  ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → -1 EINPROGRESS 5 µs\n"
		      "#3 getsockopt(15, SO_ERROR, 0) … ◄SYN,ACK┄ACK► (implied)\n"
		      "#4 getsockname(15, 127.0.0.1:53422) → 0 5 µs\n"
		      "#5 send(15, \"hello\\n\") → 6 5 µs  ①─────\n"
		      "                                             #17 accept(11) → 15 connection 5 µs\n"
		      "                                               #18 accept(11) → -1 EAGAIN 5 µs\n"
		      "                                       ─────►① #19 recv(15, 65536) → 6 \"h…\" 5 µs\n"
		      "                                        ─────① #20 send(15, \"HELLO\\n\") → 6 5 µs\n"
		      "#6 recv(15, 65536) → 6 \"H…\" 5 µs ①◄─────\n"
		      "#7 recv(15, 65536) → -1 EAGAIN 5 µs\n"
		      "#8 close(15) → 0 5 µs            ┄┄┄┄FIN┄┄┄┄┄► (implied)\n"
		      "                                               #21 recv(15, 65536) → 0 end 5 µs\n"
		      "                       (implied) ◄┄┄┄┄FIN┄┄┄┄┄ #22 shutdown(15, SHUT_WR) → 0 5 …\n"
		      "                                               #23 close(15) → 0 5 µs\n"
		      "                                               #25 close(11) → 0 5 µs\n");
	assert_screen(
		*state, 120,
		"                                                                       #1 socket() → 11 welcoming 5 "
		"µs\n"
		"                                                                       #2 setsockopt(11, "
		"SO_REUSEADDR, 1) → 0 5 µs\n"
		"                                                                       #3 bind(11, 127.0.0.1:0) → 0 5 "
		"µs\n"
		"                                                                       #4 listen(11, 1) → 0 5 µs\n"
		"                                                                       #5 getsockname(11, "
		"127.0.0.1:12000) → 0 5 µs\n"
		"#1 socket(AF_INET, SOCK_STREAM) → 15 TCP socket 5 µs\n"
		"#2 connect(15, 127.0.0.1:12000)                   ┄┄┄┄┄┄┄┄SYN┄┄┄┄┄┄┄┄► (implied)\n"
		"  → -1 EINPROGRESS 5 µs\n"
		"#3 getsockopt(15, SO_ERROR, 0) → 0 5 µs           ◄SYN,ACK┄┄┄┄┄┄┄┄ACK► (implied)\n"
		"#4 getsockname(15, 127.0.0.1:53422) → 0 5 µs\n"
		"#5 send(15, \"hello\\n\") → 6 5 µs                   ①─────────\n"
		"                                                                       #17 accept(11) → 15 connection "
		"socket 5 µs\n"
		"                                                                       #18 accept(11) → -1 EAGAIN 5 "
		"µs\n"
		"                                                            ────────►① #19 recv(15, 65536) → 6 "
		"\"hello\\n\" 5 µs\n"
		"                                                            ─────────① #20 send(15, \"HELLO\\n\") → 6 "
		"5 µs\n"
		"#6 recv(15, 65536) → 6 \"HELLO\\n\" 5 µs             ①◄────────\n"
		"#7 recv(15, 65536) → -1 EAGAIN 5 µs\n"
		"#8 close(15) → 0 5 µs                             ┄┄┄┄┄┄┄┄FIN┄┄┄┄┄┄┄┄► (implied)\n"
		"                                                                       #21 recv(15, 65536) → 0 end of "
		"stream 5 µs\n"
		"                                        (implied) ◄┄┄┄┄┄┄┄┄FIN┄┄┄┄┄┄┄┄ #22 shutdown(15, SHUT_WR) → 0 "
		"5 µs\n"
		"                                                                       #23 close(15) → 0 5 µs\n"
		"                                                                       #25 close(11) → 0 5 µs\n");
}

static void test_events_plain(void **state)
{
	play_events(*state);
	choose(*state, (struct ladder_choice){.plain = true});
	assert_screen(*state, 80,
		      "server socket() = 11 welcoming socket\n"
		      "server bind(11, 127.0.0.1:0) = 0, port 12000\n"
		      "server listen(11, 1) = 0\n"
		      "client socket() = 15 TCP socket\n"
		      "client connect(15, 127.0.0.1:12000) = 0\n"
		      "client send(15, \"hello\\n\") = 6 (1)\n"
		      "server accept(11) = 15 connection socket\n"
		      "server recv(15, 65536) = 6 \"hello\\n\" (1)\n"
		      "server send(15, \"HELLO\\n\") = 6 (1)\n"
		      "client recv(15, 65536) = 6 \"HELLO\\n\" (1)\n"
		      "client close(15) = 0\n"
		      "server recv(15, 65536) = 0 end of stream\n"
		      "server shutdown(15, SHUT_WR) = 0\n"
		      "server close(15) = 0\n"
		      "server close(11) = 0\n");
}

static void test_a_connect_in_progress(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	connects(s, 5, EINPROGRESS);
	update(s);
	assert_true(ladder_clock(s->ladder, s->when));
	assert_screen(s, 80,
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  … waiting for the server's SYN, ACK\n");
	assert_true(ladder_clock(s->ladder, s->when + 3250000000));
	assert_screen(s, 80,
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  … waiting for the server's SYN, ACK (3.2 s)\n");
	asks_error(s, 5, 0);
	assert_screen(s, 80,
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n");
	assert_false(ladder_clock(s->ladder, s->when + 4000000000));
}

/* --- Above it --- */

static void assert_header(struct stage *s, unsigned width, const char *expected)
{
	struct view_row row = {0};
	view_row_put(&row, STYLE_TEXT, "from before", 11);
	assert_int_equal(ladder_header(s->ladder, width, &row), 0);
	assert_int_equal(row.columns, width);
	assert_row(&row, expected);
	view_row_free(&row);
}

static void test_header(void **state)
{
	struct stage *s = *state;
	update(s);
	assert_header(s, 60, "client                              server                  ");
	play_tcp(s);
	update(s);
	assert_header(s, 80, "client 127.0.0.1:53422                TCP      server 127.0.0.1:12000           ");
	assert_header(s, 60, "client 127.0.0.1:53422      TCP     server 127.0.0.1:12000  ");
	assert_header(s, 40, "client :53422     TCP     server :12000 ");
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	connects(s, 5, 0);
	update(s);
	assert_header(s, 80, "client                            TCP 2 of 2   server 127.0.0.1:12000           ");
	choose(s, (struct ladder_choice){.conversation = 1});
	update(s);
	assert_header(s, 60, "client 127.0.0.1:53422   TCP 1 of 2 server 127.0.0.1:12000  ");
	for (unsigned width = 0; width < 130; width++) {
		struct view_row row = {0};
		assert_int_equal(ladder_header(s->ladder, width, &row), 0);
		assert_int_equal(row.columns, width);
		view_row_free(&row);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tcp_in_80_columns, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_before_the_flow_knows, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_tcp_in_120_columns, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_tcp_in_60_columns, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_tcp_in_40_columns, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_tcp_plain, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_udp_in_80_columns, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_udp_in_120_columns, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_udp_in_60_columns, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_udp_in_40_columns, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_udp_plain, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_events_before_anybody_came, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_events, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_events_raw, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_events_plain, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_a_connect_in_progress, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_header, stage_open, stage_close),
	};
	return cmocka_run_group_tests_name("view ladder", tests, use_utf8_and_utc, NULL);
}
