/* In a program that never called setlocale(), whose characters are therefore ASCII. */
#include "test_view_ladder.h"

static void test_tcp(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	for (int i = 0; i < 2; i++)
		sends(s, EVENT_CLIENT, 5, "hello\n");
	receives(s, EVENT_SERVER, 7, 9, "hello\nhel");
	sends(s, EVENT_SERVER, 7, "stra\xc3\x9f\x65 and so on and on and on");
	closes(s, EVENT_CLIENT, 5);
	begins(s, EVENT_SERVER, (struct event_call){.op = OP_RECV, .fd = 7, .asked = 1024});
	s->numbers[EVENT_CLIENT]++;
	closes(s, EVENT_CLIENT, 6);
	assert_screen(s, 80,
		      "                                               socket() -> 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "socket() -> 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ....SYN.....> (implied)\n"
		      "  -> 0                           <SYN,ACK.ACK> (implied: its system answers)\n"
		      "                                               accept(3) -> 7 connection socket\n"
		      "send(5, \"hello\\n\") -> 6          (1)---\n"
		      "send(5, \"hello\\n\") -> 6          (2)---\n"
		      "                                      ->(1)(2) recv(7, 9) -> 9 \"hello\\nhel\"\n"
		      "                                        ---(1) send(7, \"stra\\u00dfe...\") -> 31\n"
		      "close(5)                         ....FIN.....> (implied)\n"
		      "... 1 event of the client was left out here\n"
		      "close(6)\n"
		      "                                      recv(7) ... waiting for the client's bytes\n");
	assert_screen(s, 60,
		      "                                    socket() -> 3 welcoming\n"
		      "                                    bind(3, 127.0.0.1:12000)\n"
		      "                                    listen(3, 1)\n"
		      "socket() -> 5 TCP socket\n"
		      "connect(5, :12000)       ...SYN...> (implied)\n"
		      "  -> 0                   <.SYN,ACK. (implied)\n"
		      "                                   accept(3) -> 7 connection\n"
		      "send(5, \"hel...\") -> 6   (1)--\n"
		      "send(5, \"hel...\") -> 6   (2)--\n"
		      "                           ->(1)(2) recv(7, 9) -> 9 \"h...\"\n"
		      "                              --(1) send(7, \"st...\") -> 31\n"
		      "close(5)                 ...FIN...> (implied)\n"
		      "... 1 event of the client was left out here\n"
		      "close(6)\n"
		      "                  recv(7) ... waiting for the client's bytes\n");
	assert_screen(s, 40,
		      "server socket() -> 3 welcoming socket\n"
		      "server bind(3, 127.0.0.1:12000)\n"
		      "server listen(3, 1)\n"
		      "client socket() -> 5 TCP socket\n"
		      "client connect(5, :12000)  implied SYN.>\n"
		      "client   -> 0          implied <SYN,ACK.\n"
		      "server accept(3) -> 7 connection socket\n"
		      "client send(5, \"hello\\n\") -> 6     (1)--\n"
		      "client send(5, \"hello\\n\") -> 6     (2)--\n"
		      "server recv(7, 9) -> 9 \"h...\"   ->(1)(2)\n"
		      "server send(7, \"stra...\") -> 31    --(1)\n"
		      "client close(5)            implied FIN.>\n"
		      "... 1 event of the client was left ou...\n"
		      "client close(6)\n"
		      "server recv(7) ... waiting\n");
	choose(s, (struct ladder_choice){.plain = true});
	assert_met_plain(s, "client send(5, \"hello\\n\") = 6 (1)\n"
			    "client send(5, \"hello\\n\") = 6 (2)\n"
			    "server recv(7, 9) = 9 \"hello\\nhel\" (1, 3 of 2)\n"
			    "server send(7, \"stra\\u00dfe and so on and on and on\") = 31 (1)\n"
			    "client close(5) = 0\n"
			    "... 1 event of the client was left out here\n"
			    "client close(6) = 0\n");
	choose(s, (struct ladder_choice){.raw = true});
	assert_screen(
		s, 120,
		"                                                                       #1 socket() -> 3 welcoming 5 "
		"us\n"
		"                                                                       #2 bind(3, 127.0.0.1:12000) -> "
		"0 5 us\n"
		"                                                                       #3 listen(3, 1) -> 0 5 us\n"
		"#1 socket(AF_INET, SOCK_STREAM) -> 5 TCP socket 5 us\n"
		"#2 connect(5, 127.0.0.1:12000)                    ........SYN........> (implied)\n"
		"  -> 0 5 us                                       <SYN,ACK........ACK> (implied: its system answers)\n"
		"                                                                       #4 accept(3) -> 7 connection "
		"socket 5 us\n"
		"#3 send(5, \"hello\\n\") -> 6 5 us                   (1)-------\n"
		"#4 send(5, \"hello\\n\") -> 6 5 us                   (2)-------\n"
		"                                                        ->(1) 3 of (2) #5 recv(7, 9) -> 9 "
		"\"hello\\nhel\" 5 us\n"
		"                                                            -------(1) #6 send(7, \"stra\\u00dfe and "
		"so ...\") -> 31 5 us\n"
		"#5 close(5) -> 0 5 us                             ........FIN........> (implied)\n"
		"... 1 event of the client was left out here\n"
		"#7 close(6) -> 0 5 us\n"
		"                                                                     #7 recv(7, 1024) ... waiting for "
		"the client's bytes\n");
}

static void test_udp(void **state)
{
	struct stage *s = *state;
	serves_datagrams(s);
	sends_to(s, EVENT_CLIENT, 5, "hello", SERVER_PORT);
	receives_from(s, EVENT_SERVER, 3, 2048, "hello", CLIENT_PORT);
	lab_decides(s, 3, true, false);
	choose(s, (struct ladder_choice){.revealed = true});
	assert_screen(s, 80,
		      "                                               socket() -> 3 UDP socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "socket() -> 5 UDP socket\n"
		      "sendto(5, \"hello\") -> 5          (1)---\n"
		      "            (the lab dropped it)       ---x(1) recvfrom(3, 2048) -> 5 \"hello\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tcp, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_udp, stage_open, stage_close),
	};
	return cmocka_run_group_tests_name("view ladder ascii", tests, NULL, NULL);
}
