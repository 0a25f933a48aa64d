/* What passes between the two: boundaries of messages, several clients, what is lost, and how it ends. */
#include "test_view_ladder.h"

/* --- concept 1: one send is not one recv --- */

static void test_two_sends_in_one_receive(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	sends(s, EVENT_CLIENT, 5, "hello\n");
	sends(s, EVENT_CLIENT, 5, "world\n");
	receives(s, EVENT_SERVER, 7, 1024, "hello\nworld\n");
	assert_met(s, 80,
		   "send(5, \"hello\\n\") → 6           ①─────\n"
		   "send(5, \"world\\n\") → 6           ②─────\n"
		   "                                       ────►①② recv(7, 1024) → 12 \"hello\\nworl…\"\n");
	assert_screen(s, 60,
		      "                                    socket() → 3 welcoming\n"
		      "                                    bind(3, 127.0.0.1:12000)\n"
		      "                                    listen(3, 1)\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, :12000)       ┄┄┄SYN┄┄┄► (implied)\n"
		      "  → 0                    ◄┄SYN,ACK┄ (implied)\n"
		      "                                    accept(3) → 7 connection\n"
		      "send(5, \"hello\\n\") → 6   ①────\n"
		      "send(5, \"world\\n\") → 6   ②────\n"
		      "                              ──►①② recv(7, 1024) → 12 \"he…\"\n");
	assert_met(s, 40,
		   "client send(5, \"hello\\n\") → 6        ①──\n"
		   "client send(5, \"world\\n\") → 6        ②──\n"
		   "server recv(7, 1024) → 12 \"hello\\…\" ─►①②\n");
	choose(s, (struct ladder_choice){.plain = true});
	assert_met_plain(s, "client send(5, \"hello\\n\") = 6 (1)\n"
			    "client send(5, \"world\\n\") = 6 (2)\n"
			    "server recv(7, 1024) = 12 \"hello\\nworld\\n\" (1, 2)\n");
}

/* --- concept 2: recv may return part --- */

static void test_one_send_in_three_receives(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	sends(s, EVENT_CLIENT, 5, "0123456789");
	receives(s, EVENT_SERVER, 7, 4, "0123");
	receives(s, EVENT_SERVER, 7, 4, "4567");
	receives(s, EVENT_SERVER, 7, 4, "89");
	assert_met(s, 80,
		   "send(5, \"0123456789\") → 10       ①─────\n"
		   "                                      ─►4 of ① recv(7, 4) → 4 \"0123\"\n"
		   "                                      ─►4 of ① recv(7, 4) → 4 \"4567\"\n"
		   "                                      ─►2 of ① recv(7, 4) → 2 \"89\"\n");
	assert_met(s, 40,
		   "client send(5, \"0123456789\") → 10    ①──\n"
		   "server recv(7, 4) → 4 \"0123\"    ─►4 of ①\n"
		   "server recv(7, 4) → 4 \"4567\"    ─►4 of ①\n"
		   "server recv(7, 4) → 2 \"89\"      ─►2 of ①\n");
	choose(s, (struct ladder_choice){.plain = true});
	assert_met_plain(s, "client send(5, \"0123456789\") = 10 (1)\n"
			    "server recv(7, 4) = 4 \"0123\" (4 of 1)\n"
			    "server recv(7, 4) = 4 \"4567\" (4 of 1)\n"
			    "server recv(7, 4) = 2 \"89\" (2 of 1)\n");
}

static void test_the_rest_of_one_and_all_of_the_next(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	sends(s, EVENT_CLIENT, 5, "abcdef");
	receives(s, EVENT_SERVER, 7, 4, "abcd");
	sends(s, EVENT_CLIENT, 5, "ghi");
	receives(s, EVENT_SERVER, 7, 1024, "efghi");
	assert_met(s, 80,
		   "send(5, \"abcdef\") → 6            ①─────\n"
		   "                                      ─►4 of ① recv(7, 4) → 4 \"abcd\"\n"
		   "send(5, \"ghi\") → 3               ②─────\n"
		   "                                    ─►2 of ① ② recv(7, 1024) → 5 \"efghi\"\n");
	choose(s, (struct ladder_choice){.plain = true});
	assert_met_plain(s, "client send(5, \"abcdef\") = 6 (1)\n"
			    "server recv(7, 4) = 4 \"abcd\" (4 of 1)\n"
			    "client send(5, \"ghi\") = 3 (2)\n"
			    "server recv(7, 1024) = 5 \"efghi\" (2 of 1, 2)\n");
}

/* The last rows of a screen. */
static void assert_end(struct stage *s, unsigned width, unsigned rows, const char *expected)
{
	char *text = screen(s, width), *from = text + strlen(text);
	while (rows-- > 0)
		for (from--; from > text && from[-1] != '\n';)
			from--;
	assert_string_equal(from, expected);
	free(text);
}

static void test_many_sends(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	for (int i = 0; i < 22; i++)
		sends(s, EVENT_CLIENT, 5, "x");
	receives(s, EVENT_SERVER, 7, 3, "xxx");
	receives(s, EVENT_SERVER, 7, 17, "xxxxxxxxxxxxxxxxx");
	receives(s, EVENT_SERVER, 7, 1024, "xx");
	assert_end(s, 80, 5,
		   "send(5, \"x\") → 1                 (21)──\n"
		   "send(5, \"x\") → 1                 (22)──\n"
		   "                                       ───►①②③ recv(7, 3) → 3 \"xxx\"\n"
		   "                                       ───►④–⑳ recv(7, 17) → 17 \"xxxxxxxxxxxxx…\"\n"
		   "                                    ─►(21)(22) recv(7, 1024) → 2 \"xx\"\n");
	assert_end(s, 60, 3,
		   "                              ─►①②③ recv(7, 3) → 3 \"xxx\"\n"
		   "                              ─►④–⑳ recv(7, 17) → 17 \"xxxx…\"\n"
		   "                         ─►(21)(22) recv(7, 1024) → 2 \"xx\"\n");
	assert_end(s, 40, 3,
		   "server recv(7, 3) → 3 \"xxx\"        ─►①②③\n"
		   "server recv(7, 17) → 17 \"xxxxxxx…\" ─►④–⑳\n"
		   "server recv(7, 1024) → 2 \"xx\" ─►(21)(22)\n");
}

/* --- concept 3: UDP keeps boundaries; concept 4: what does not fit is lost --- */

static void test_datagrams_remain_apart(void **state)
{
	struct stage *s = *state;
	serves_datagrams(s);
	sends_to(s, EVENT_CLIENT, 5, "hello", SERVER_PORT);
	sends_to(s, EVENT_CLIENT, 5, "world", SERVER_PORT);
	receives_from(s, EVENT_SERVER, 3, 2048, "hello", CLIENT_PORT);
	receives_from(s, EVENT_SERVER, 3, 2048, "world", CLIENT_PORT);
	assert_screen(s, 80,
		      "                                               socket() → 3 UDP socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "socket() → 5 UDP socket\n"
		      "sendto(5, \"hello\", :12000) → 5   ①─────\n"
		      "sendto(5, \"world\", :12000) → 5   ②─────\n"
		      "                                       ─────►① recvfrom(3, 2048) → 5 \"hello\"\n"
		      "                                       ─────►② recvfrom(3, 2048) → 5 \"world\"\n");
	assert_screen(s, 40,
		      "server socket() → 3 UDP socket\n"
		      "server bind(3, 127.0.0.1:12000)\n"
		      "client socket() → 5 UDP socket\n"
		      "client sendto(5, \"hello\") → 5        ①──\n"
		      "client sendto(5, \"world\") → 5        ②──\n"
		      "server recvfrom(3, 2048) → 5 \"hello\" ─►①\n"
		      "server recvfrom(3, 2048) → 5 \"world\" ─►②\n");
}

static void test_a_datagram_is_cut(void **state)
{
	struct stage *s = *state;
	serves_datagrams(s);
	sends_to(s, EVENT_CLIENT, 5, "0123456789", SERVER_PORT);
	sends_to(s, EVENT_CLIENT, 5, "next", SERVER_PORT);
	receives_from(s, EVENT_SERVER, 3, 4, "0123456789", CLIENT_PORT);
	receives_from(s, EVENT_SERVER, 3, 4, "next", CLIENT_PORT);
	assert_screen(s, 80,
		      "                                               socket() → 3 UDP socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "socket() → 5 UDP socket\n"
		      "sendto(5, \"0123456789\") → 10     ①─────\n"
		      "sendto(5, \"next\", :12000) → 4    ②─────\n"
		      "                                      ─►4 of ① recvfrom(3, 4) → 4 \"0123\" cut\n"
		      "                                       ─────►② recvfrom(3, 4, :53422) → 4 \"next\"\n");
	assert_screen(
		s, 120,
		"                                                                       socket() → 3 UDP socket\n"
		"                                                                       bind(3, 127.0.0.1:12000)\n"
		"socket() → 5 UDP socket\n"
		"sendto(5, \"0123456789\", 127.0.0.1:12000) → 10     ①─────────\n"
		"sendto(5, \"next\", 127.0.0.1:12000) → 4            ②─────────\n"
		"                                                            ───►4 of ① recvfrom(3, 4, :53422) → 4 "
		"\"0123\" MSG_TRUNC\n"
		"                                                            ────────►② recvfrom(3, 4, "
		"127.0.0.1:53422) → 4 \"next\"\n");
	choose(s, (struct ladder_choice){.plain = true});
	assert_screen(s, 80,
		      "server socket() = 3 UDP socket\n"
		      "server bind(3, 127.0.0.1:12000) = 0\n"
		      "client socket() = 5 UDP socket\n"
		      "client sendto(5, \"0123456789\", 127.0.0.1:12000) = 10 (1)\n"
		      "client sendto(5, \"next\", 127.0.0.1:12000) = 4 (2)\n"
		      "server recvfrom(3, 4, 127.0.0.1:53422) = 4 \"0123\" MSG_TRUNC (4 of 1)\n"
		      "server recvfrom(3, 4, 127.0.0.1:53422) = 4 \"next\" (2)\n");
}

static void test_an_empty_datagram(void **state)
{
	struct stage *s = *state;
	serves_datagrams(s);
	sends_to(s, EVENT_CLIENT, 5, "", SERVER_PORT);
	receives_from(s, EVENT_SERVER, 3, 2048, "", CLIENT_PORT);
	assert_screen(s, 80,
		      "                                               socket() → 3 UDP socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "socket() → 5 UDP socket\n"
		      "sendto(5, \"\", :12000) → 0        ①─────\n"
		      "                                       ─────►① recvfrom(3, 2048, :53422) → 0 \"\"\n");
}

/* --- Several clients --- */

/* The server has one client after the other; the second one's bytes wait meanwhile. */
static void play_two(struct stage *s)
{
	welcomes(s);
	meets(s);
	begins(s, EVENT_SERVER, (struct event_call){.op = OP_RECV, .fd = 7, .asked = 1024});
	makes_socket(s, EVENT_CLIENT, 6, PROTOCOL_TCP);
	connects(s, 6, 0);
	sends(s, EVENT_CLIENT, 6, "me too\n");
	begins(s, EVENT_CLIENT, (struct event_call){.op = OP_RECV, .fd = 6, .asked = 1024});
}

static void go_on_with_two(struct stage *s)
{
	sends(s, EVENT_CLIENT, 5, "hi\n");
	receives(s, EVENT_SERVER, 7, 1024, "hi\n");
	sends(s, EVENT_SERVER, 7, "HI\n");
	receives(s, EVENT_CLIENT, 5, 1024, "HI\n");
	closes(s, EVENT_CLIENT, 5);
	receives(s, EVENT_SERVER, 7, 1024, "");
	closes(s, EVENT_SERVER, 7);
	accepts(s, 3, 7, CLIENT_PORT + 1);
	receives(s, EVENT_SERVER, 7, 1024, "me too\n");
}

static void test_two_clients(void **state)
{
	struct stage *s = *state;
	play_two(s);
	assert_false(ladder_clock(s->ladder, 0));
	assert_screen(s, 80,
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "socket() → 6 TCP socket\n"
		      "connect(6, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		      "send(6, \"me too\\n\") → 7          ①─────\n"
		      "recv(6) … waiting for the server's bytes\n"
		      "                                    recv(7) … waiting for another client's bytes\n");
	assert_true(ladder_clock(s->ladder, s->when + 3200000000));
	choose(s, (struct ladder_choice){.conversation = 1});
	assert_met(s, 80, "                                recv(7) … waiting for the client's bytes (3.2 s)\n");
	go_on_with_two(s);
	assert_met(s, 80,
		   "send(5, \"hi\\n\") → 3              ①─────\n"
		   "                                       ─────►① recv(7, 1024) → 3 \"hi\\n\"\n"
		   "                                        ─────① send(7, \"HI\\n\") → 3\n"
		   "recv(5, 1024) → 3 \"HI\\n\"         ①◄─────\n"
		   "close(5)                         ┄┄┄┄FIN┄┄┄┄┄► (implied)\n"
		   "                                               recv(7, 1024) → 0 end of stream\n"
		   "                       (implied) ◄┄┄┄┄FIN┄┄┄┄┄ close(7)\n");
	choose(s, (struct ladder_choice){.conversation = 2});
	assert_screen(s, 80,
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "socket() → 6 TCP socket\n"
		      "connect(6, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		      "send(6, \"me too\\n\") → 7          ①─────\n"
		      "                                               accept(3) → 7 connection socket\n"
		      "                                       ─────►① recv(7, 1024) → 7 \"me too\\n\"\n"
		      "recv(6) … waiting for the server's bytes (3.2 s)\n");
}

static void test_a_conversation_that_is_not_there_is_the_newest(void **state)
{
	struct stage *s = *state;
	play_two(s);
	char *newest = screen(s, 80);
	choose(s, (struct ladder_choice){.conversation = 3});
	assert_screen(s, 80, newest);
	free(newest);
}

/* Threads each wait for a client of their own, and for the next one. */
static void test_threads(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	begins(s, EVENT_SERVER, (struct event_call){.op = OP_ACCEPT, .fd = 3});
	meets(s);
	begins(s, EVENT_SERVER, (struct event_call){.op = OP_RECV, .fd = 7, .asked = 1024});
	begins(s, EVENT_SERVER, (struct event_call){.op = OP_ACCEPT, .fd = 3});
	makes_socket(s, EVENT_CLIENT, 6, PROTOCOL_TCP);
	connects(s, 6, 0);
	accepts(s, 3, 8, CLIENT_PORT + 1);
	begins(s, EVENT_SERVER, (struct event_call){.op = OP_ACCEPT, .fd = 3});
	begins(s, EVENT_SERVER, (struct event_call){.op = OP_RECV, .fd = 8, .asked = 1024});
	ladder_clock(s->ladder, s->when + 12340000000);
	assert_screen(s, 80,
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "socket() → 6 TCP socket\n"
		      "connect(6, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		      "                                               accept(3) → 8 connection socket\n"
		      "                                   accept(3) … waiting for a connection (12.3 s)\n"
		      "                               recv(8) … waiting for the client's bytes (12.3 s)\n");
}

/* --- The lab --- */

static void play_lab(struct stage *s)
{
	serves_datagrams(s);
	sends_to(s, EVENT_CLIENT, 5, "hello", SERVER_PORT);
	receives_from(s, EVENT_SERVER, 3, 2048, "hello", CLIENT_PORT);
	lab_decides(s, 3, true, false);
	sends_to(s, EVENT_CLIENT, 5, "world", SERVER_PORT);
	receives_from(s, EVENT_SERVER, 3, 2048, "world", CLIENT_PORT);
	lab_decides(s, 3, false, true);
	sends_to(s, EVENT_CLIENT, 5, "again", SERVER_PORT);
	receives_from(s, EVENT_SERVER, 3, 2048, "again", CLIENT_PORT);
	lab_decides(s, 3, false, false);
	sends_to(s, EVENT_SERVER, 3, "AGAIN", CLIENT_PORT);
	receives_from(s, EVENT_CLIENT, 5, 2048, "AGAIN", SERVER_PORT);
}

static void test_what_the_lab_lost_just_never_arrives(void **state)
{
	struct stage *s = *state;
	play_lab(s);
	assert_screen(s, 80,
		      "                                               socket() → 3 UDP socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "socket() → 5 UDP socket\n"
		      "sendto(5, \"hello\", :12000) → 5   ①─────\n"
		      "sendto(5, \"world\", :12000) → 5   ②─────\n"
		      "                                       ─────►② recvfrom(3, 2048) → 5 \"world\"\n"
		      "sendto(5, \"again\", :12000) → 5   ③─────\n"
		      "                                       ─────►③ recvfrom(3, 2048) → 5 \"again\"\n"
		      "                                        ─────① sendto(3, \"AGAIN\", :53422) → 5\n"
		      "recvfrom(5, 2048) → 5 \"AGAIN\"    ①◄─────\n");
}

static void test_what_the_lab_lost_is_revealed(void **state)
{
	struct stage *s = *state;
	play_lab(s);
	choose(s, (struct ladder_choice){.revealed = true});
	assert_screen(s, 80,
		      "                                               socket() → 3 UDP socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "socket() → 5 UDP socket\n"
		      "sendto(5, \"hello\", :12000) → 5   ①─────\n"
		      "            (the lab dropped it)       ─────✗① recvfrom(3, 2048) → 5 \"hello\"\n"
		      "sendto(5, \"world\", :12000) → 5   ②─────\n"
		      "                                       ─────►② recvfrom(3, 2048) → 5 \"world\"\n"
		      "                                        ✗───── the lab dropped the reply\n"
		      "sendto(5, \"again\", :12000) → 5   ③─────\n"
		      "                                       ─────►③ recvfrom(3, 2048) → 5 \"again\"\n"
		      "                                        ─────① sendto(3, \"AGAIN\", :53422) → 5\n"
		      "recvfrom(5, 2048) → 5 \"AGAIN\"    ①◄─────\n");
	assert_screen(s, 40,
		      "server socket() → 3 UDP socket\n"
		      "server bind(3, 127.0.0.1:12000)\n"
		      "client socket() → 5 UDP socket\n"
		      "client sendto(5, \"hello\") → 5        ①──\n"
		      "server recvfrom(3, 2048) → 5 \"hello\" ─✗①\n"
		      "client sendto(5, \"world\") → 5        ②──\n"
		      "server recvfrom(3, 2048) → 5 \"world\" ─►②\n"
		      "server the lab dropped the reply      ✗─\n"
		      "client sendto(5, \"again\") → 5        ③──\n"
		      "server recvfrom(3, 2048) → 5 \"again\" ─►③\n"
		      "server sendto(3, \"AGAIN\") → 5        ──①\n"
		      "client recvfrom(5, 2048) → 5 \"AGAIN\" ①◄─\n");
	choose(s, (struct ladder_choice){.revealed = true, .plain = true});
	assert_screen(s, 80,
		      "server socket() = 3 UDP socket\n"
		      "server bind(3, 127.0.0.1:12000) = 0\n"
		      "client socket() = 5 UDP socket\n"
		      "client sendto(5, \"hello\", 127.0.0.1:12000) = 5 (1)\n"
		      "server recvfrom(3, 2048, 127.0.0.1:53422) = 5 \"hello\" (1), dropped by the lab\n"
		      "client sendto(5, \"world\", 127.0.0.1:12000) = 5 (2)\n"
		      "server recvfrom(3, 2048, 127.0.0.1:53422) = 5 \"world\" (2)\n"
		      "server the lab dropped the reply\n"
		      "client sendto(5, \"again\", 127.0.0.1:12000) = 5 (3)\n"
		      "server recvfrom(3, 2048, 127.0.0.1:53422) = 5 \"again\" (3)\n"
		      "server sendto(3, \"AGAIN\", 127.0.0.1:53422) = 5 (1)\n"
		      "client recvfrom(5, 2048, 127.0.0.1:12000) = 5 \"AGAIN\" (1)\n");
}

static void test_raw_is_as_it_was(void **state)
{
	struct stage *s = *state;
	play_lab(s);
	choose(s, (struct ladder_choice){.raw = true});
	assert_screen(s, 80,
		      "                                               #1 socket() → 3 UDP 5 µs\n"
		      "                                               #2 bind(3, :12000) → 0 5 µs\n"
		      "#1 socket() → 5 UDP 5 µs\n"
		      "#2 sendto(5, \"hello\") → 5 5 µs   ①─────\n"
		      "                                       ─────►① #3 recvfrom(3, 2048) → 5 … 5 µs\n"
		      "#3 sendto(5, \"world\") → 5 5 µs   ②─────\n"
		      "                                       ─────►② #5 recvfrom(3, 2048) → 5 … 5 µs\n"
		      "#4 sendto(5, \"again\") → 5 5 µs   ③─────\n"
		      "                                       ─────►③ #7 recvfrom(3, 2048) → 5 … 5 µs\n"
		      "                                        ─────① #9 sendto(3, \"AGAIN\") → 5 5 µs\n"
		      "#5 recvfrom(5, 2048) → 5 … 5 µs  ①◄─────\n");
}

/* It is told of a receive at once; but then it is its line that goes, and not another one. */
static void test_a_fate_that_comes_late(void **state)
{
	struct stage *s = *state;
	serves_datagrams(s);
	sends_to(s, EVENT_CLIENT, 5, "hello", SERVER_PORT);
	receives_from(s, EVENT_SERVER, 3, 2048, "hello", CLIENT_PORT);
	update(s);
	sends_to(s, EVENT_CLIENT, 5, "world", SERVER_PORT);
	lab_decides(s, 3, true, false);
	lab_decides(s, 4, true, false);
	assert_screen(s, 80,
		      "                                               socket() → 3 UDP socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "socket() → 5 UDP socket\n"
		      "sendto(5, \"hello\", :12000) → 5   ①─────\n"
		      "sendto(5, \"world\", :12000) → 5   ②─────\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_two_sends_in_one_receive, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_one_send_in_three_receives, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_the_rest_of_one_and_all_of_the_next, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_many_sends, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_datagrams_remain_apart, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_a_datagram_is_cut, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_an_empty_datagram, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_two_clients, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_a_conversation_that_is_not_there_is_the_newest, stage_open,
						stage_close),
		cmocka_unit_test_setup_teardown(test_threads, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_what_the_lab_lost_just_never_arrives, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_what_the_lab_lost_is_revealed, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_raw_is_as_it_was, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_a_fate_that_comes_late, stage_open, stage_close),
	};
	return cmocka_run_group_tests_name("view ladder passes", tests, use_utf8_and_utc, NULL);
}
