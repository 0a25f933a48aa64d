/* Calls that wait, events that were left out, and sockets that were there before anybody watched. */
#include <stdio.h>

#include "test_view_ladder.h"

/* --- Waiting calls --- */
static void test_a_waiting_call_stands_below_and_returns_there(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	waits(s, EVENT_SERVER, OP_ACCEPT, 3);
	assert_screen(s, 80,
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "                                            accept(3) … waiting for a connection\n");
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	waits(s, EVENT_CLIENT, OP_CONNECT, 5);
	ladder_clock(s->ladder, s->when + 150000000);
	assert_screen(s, 80,
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "socket() → 5 TCP socket\n"
		      "                                    accept(3) … waiting for a connection (0.1 s)\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  … waiting for the server's SYN, ACK (0.1 s)\n");
	connects(s, 5, 0);
	accepts(s, 3, 7, CLIENT_PORT);
	assert_screen(s, 80,
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		      "                                               accept(3) → 7 connection socket\n");
	assert_false(ladder_clock(s->ladder, s->when));
}

static void test_what_is_waited_for(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	waits(s, EVENT_CLIENT, OP_RECV, 5);
	waits(s, EVENT_SERVER, OP_SEND, 7);
	waits(s, EVENT_CLIENT, OP_GETADDRINFO, -1);
	waits(s, EVENT_CLIENT, OP_SHUTDOWN, 5);
	waits(s, EVENT_CLIENT, OP_GETSOCKNAME, 5); /* machinery */
	assert_met(s, 80,
		   "recv(5) … waiting for the server's bytes\n"
		   "                                          send(7, \"\") … waiting for room to send\n"
		   "getaddrinfo(\"\") … waiting for an answer\n"
		   "shutdown(5, SHUT_RD) … waiting\n");
	assert_met(s, 40,
		   "client recv(5) … waiting\n"
		   "server send(7, \"\") … waiting\n"
		   "client getaddrinfo(\"\") … waiting\n"
		   "client shutdown(5, SHUT_RD) … waiting\n");
	choose(s, (struct ladder_choice){.plain = true});
	assert_screen(s, 80,
		      "server socket() = 3 welcoming socket\n"
		      "server bind(3, 127.0.0.1:12000) = 0\n"
		      "server listen(3, 1) = 0\n"
		      "client socket() = 5 TCP socket\n"
		      "client connect(5, 127.0.0.1:12000) = 0\n"
		      "server accept(3) = 7 connection socket\n");
}

static bool is_the_clients(const struct event *call, void *arg)
{
	assert_false(call->call.returned);
	return call->who == *(enum event_who *)arg;
}

/* Nothing has gone anywhere yet. */
static void test_what_waits_for_the_user(void **state)
{
	struct stage *s = *state;
	enum event_who stepped = EVENT_CLIENT;
	choose(s, (struct ladder_choice){.stepped = is_the_clients, .arg = &stepped});
	makes_socket(s, EVENT_SERVER, 3, PROTOCOL_TCP);
	begins(s, EVENT_SERVER, (struct event_call){.op = OP_ACCEPT, .fd = 3});
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	begins(s, EVENT_CLIENT, (struct event_call){.op = OP_CONNECT, .fd = 5, .address = ipv4(1, SERVER_PORT)});
	update(s);
	ladder_clock(s->ladder, s->when + 3 * CLOCK_SECOND);
	assert_screen(s, 100,
		      "                                                         socket() → 3 TCP socket\n"
		      "socket() → 5 TCP socket\n"
		      "                                                        accept(3) … waiting for a connection "
		      "(3.0 s)\n"
		      "connect(5, 127.0.0.1:12000) … waits for you (3.0 s)\n");
	stepped = 0; /* it was let go */
	assert_screen(s, 100,
		      "                                                         socket() → 3 TCP socket\n"
		      "socket() → 5 TCP socket\n"
		      "                                                        accept(3) … waiting for a connection "
		      "(3.0 s)\n"
		      "connect(5, 127.0.0.1:12000)                ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  … waiting for the server's SYN, ACK (3.0 s)\n");
}

static void test_over_udp_a_datagram_is_waited_for(void **state)
{
	struct stage *s = *state;
	serves_datagrams(s);
	call(s, EVENT_CLIENT, (struct event_call){.op = OP_CONNECT, .fd = 5, .address = ipv4(1, SERVER_PORT)});
	call(s, EVENT_CLIENT, (struct event_call){.op = OP_CONNECT, .fd = 5});
	waits(s, EVENT_SERVER, OP_RECVFROM, 3);
	waits(s, EVENT_CLIENT, OP_RECV, 5);
	assert_screen(s, 80,
		      "                                               socket() → 3 UDP socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "socket() → 5 UDP socket\n"
		      "connect(5, 127.0.0.1:12000)\n"
		      "connect(5, AF_UNSPEC)\n"
		      "                                            recvfrom(3) … waiting for a datagram\n"
		      "recv(5) … waiting for a datagram\n");
}

/* A signal interrupted it, and it is made again. A closed socket waits for nothing, nor does a process that is gone. */
static void test_what_waits_no_longer(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	waits(s, EVENT_SERVER, OP_RECV, 7);
	call(s, EVENT_SERVER, (struct event_call){.op = OP_RECV, .fd = 7, .asked = 1024, .error = EINTR});
	assert_screen(s, 80,
		      "                                               socket() → 3 welcoming socket\n"
		      "                                               bind(3, 127.0.0.1:12000)\n"
		      "                                               listen(3, 1)\n"
		      "socket() → 5 TCP socket\n"
		      "connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		      "  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		      "                                               accept(3) → 7 connection socket\n");
	waits(s, EVENT_SERVER, OP_RECV, 7);
	waits(s, EVENT_CLIENT, OP_RECV, 5);
	update(s);
	assert_true(ladder_clock(s->ladder, s->when));
	closes(s, EVENT_SERVER, 7);
	assert_met(s, 80,
		   "                       (implied) ◄┄┄┄┄FIN┄┄┄┄┄ close(7)\n"
		   "recv(5) … waiting for the server's bytes\n");
	s->numbers[EVENT_CLIENT] = 0;
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	update(s);
	assert_false(ladder_clock(s->ladder, s->when));
}

static void test_so_many_are_remembered(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	for (int fd = 100; fd < 1000; fd++)
		waits(s, EVENT_SERVER, OP_RECV, fd);
	update(s);
	assert_in_range(ladder_lines.end(s->ladder) - ladder_lines.first(s->ladder), 3, 200);
}

/* --- Events that were left out --- */

static void test_gaps(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	s->numbers[EVENT_SERVER] += 12;
	sends(s, EVENT_SERVER, 7, "hello\n");
	s->numbers[EVENT_CLIENT] += 1;
	closes(s, EVENT_CLIENT, 5);
	assert_met(s, 80,
		   "… 12 events of the server were left out here\n"
		   "                                        ─────① send(7, \"hello\\n\") → 6\n"
		   "… 1 event of the client was left out here\n"
		   "close(5)                         ┄┄┄┄FIN┄┄┄┄┄► (implied)\n");
	assert_met(s, 40,
		   "… 12 events of the server were left out…\n"
		   "server send(7, \"hello\\n\") → 6        ──①\n"
		   "… 1 event of the client was left out he…\n"
		   "client close(5)            implied FIN┄►\n");
	choose(s, (struct ladder_choice){.plain = true});
	assert_met_plain(s, "... 12 events of the server were left out here\n"
			    "server send(7, \"hello\\n\") = 6 (1)\n"
			    "... 1 event of the client was left out here\n"
			    "client close(5) = 0\n");
	uint64_t first = ladder_lines.first(s->ladder);
	assert_int_equal(ladder_lines.event(s->ladder, first + 6), PAGER_NONE);
	assert_int_equal(ladder_lines.event(s->ladder, first + 7), 6);
}

static void sends_with_number(struct stage *s, uint64_t number)
{
	s->numbers[EVENT_SERVER] = number - 1;
	sends(s, EVENT_SERVER, 7, "x");
}

/* Threads report in no order. */
static void test_what_comes_late_was_not_left_out(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	uint64_t number = s->numbers[EVENT_SERVER];
	sends_with_number(s, number + 4);
	sends_with_number(s, number + 2);
	assert_met(s, 80,
		   "… 2 events of the server were left out here\n"
		   "                                        ─────① send(7, \"x\") → 1\n"
		   "                                        ─────② send(7, \"x\") → 1\n");
	sends_with_number(s, number + 1);
	sends_with_number(s, number + 3);
	sends_with_number(s, number + 5);
	assert_met(s, 80,
		   "                                        ─────① send(7, \"x\") → 1\n"
		   "                                        ─────② send(7, \"x\") → 1\n"
		   "                                        ─────③ send(7, \"x\") → 1\n"
		   "                                        ─────④ send(7, \"x\") → 1\n"
		   "                                        ─────⑤ send(7, \"x\") → 1\n");
}

/* A server that has died waits for nothing, and of one that is watched no longer nobody knows. */
static void test_a_server_that_is_lost_waits_no_more(void **state)
{
	static const struct event_state ends[] = {
		{.what = STATE_CLOSED, .by = EVENT_SERVER},
		{.what = STATE_CLOSED, .protocol = PROTOCOL_TCP, .own = true, .error = ECHILD},
	};
	static const char lines[] = "                                               socket() → 3 welcoming socket\n"
				    "                                               bind(3, 127.0.0.1:12000)\n"
				    "                                               listen(3, 1)\n";
	struct stage *s = *state;
	char waiting[512];
	snprintf(waiting, sizeof waiting, "%s%s", lines,
		 "                                            accept(3) … waiting for a connection\n");
	welcomes(s);
	for (size_t i = 0; i < 2; i++) {
		struct event_state other = {.what = STATE_CLOSED, .protocol = PROTOCOL_TCP, .own = true};
		waits(s, EVENT_SERVER, OP_ACCEPT, 3);
		tell(s, (struct event){.who = EVENT_CLIENT, .kind = EVENT_STATE, .state = other});
		assert_screen(s, 80, waiting);
		tell(s, (struct event){.who = EVENT_CLIENT, .kind = EVENT_STATE, .state = ends[i]});
		assert_screen(s, 80, lines);
	}
}

static void test_another_process_counts_anew(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	s->numbers[EVENT_SERVER] = 0;
	makes_socket(s, EVENT_SERVER, 3, PROTOCOL_TCP);
	tell(s, (struct event){.who = EVENT_SERVER, .kind = EVENT_NOTE});
	s->numbers[EVENT_SERVER] = (uint64_t)-1; /* not counted */
	closes(s, EVENT_SERVER, 3);
	assert_met(s, 80,
		   "                                               socket() → 3 TCP socket\n"
		   "                                               close(3)\n");
}

/* --- Sockets that were there before anybody watched --- */

static void is_there(struct stage *s, struct event_kernel k)
{
	k.why = KERNEL_SAMPLE;
	s->numbers[EVENT_SERVER] = (uint64_t)-1; /* samples are for one watcher alone */
	tell(s, (struct event){.who = EVENT_SERVER, .kind = EVENT_KERNEL, .kernel = k});
	s->numbers[EVENT_SERVER] = 40;
}

static void comes_late(struct stage *s)
{
	struct event_kernel k = {.protocol = PROTOCOL_TCP, .fd = 3, .offered = KERNEL_TCP, .state = KERNEL_LISTEN};
	k.local = ipv4(1, SERVER_PORT);
	is_there(s, k);
	k.fd = 7;
	k.state = 1;
	k.remote = ipv4(1, CLIENT_PORT);
	is_there(s, k);
	is_there(s, (struct event_kernel){.protocol = PROTOCOL_UDP, .fd = 4, .local = ipv4(1, SERVER_PORT)});
}

static void test_what_was_there_already(void **state)
{
	struct stage *s = *state;
	comes_late(s);
	receives(s, EVENT_SERVER, 7, 1024, "hello\n");
	comes_late(s); /* whoever looks at the sockets asks for them again and again */
	closes(s, EVENT_SERVER, 7);
	assert_screen(s, 80,
		      "                                               3 welcoming :12000, there already\n"
		      "not seen from here\n"
		      "                                               7 connection, there already\n"
		      "                                       ──────► recv(7, 1024) → 6 \"hello\\n\"\n"
		      "                       (implied) ◄┄┄┄┄FIN┄┄┄┄┄ close(7)\n");
	choose(s, (struct ladder_choice){.plain = true});
	assert_screen(s, 80,
		      "server 3 welcoming socket 127.0.0.1:12000, there already\n"
		      "server 7 connection socket 127.0.0.1:53422, there already\n"
		      "server recv(7, 1024) = 6 \"hello\\n\"\n"
		      "server close(7) = 0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_waiting_call_stands_below_and_returns_there, stage_open,
						stage_close),
		cmocka_unit_test_setup_teardown(test_what_is_waited_for, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_what_waits_for_the_user, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_over_udp_a_datagram_is_waited_for, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_what_waits_no_longer, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_so_many_are_remembered, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_gaps, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_what_comes_late_was_not_left_out, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_a_server_that_is_lost_waits_no_more, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_another_process_counts_anew, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(test_what_was_there_already, stage_open, stage_close),
	};
	return cmocka_run_group_tests_name("view ladder lines", tests, use_utf8_and_utc, NULL);
}
