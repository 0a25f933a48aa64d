/* Sockets: a table of what both processes have open, and what the system said of it. */
#include "test_view_calls.h"

static struct sockets *view;

static int begin(void **state)
{
	view = begin_log(state) == 0 ? sockets_new(events, flow) : NULL;
	return view ? 0 : -1;
}

static int end(void **state)
{
	sockets_free(view);
	return end_log(state);
}

static void look(enum event_who who, struct event_kernel k)
{
	k.why = KERNEL_SAMPLE;
	add_event((struct event){.who = who, .kind = EVENT_KERNEL, .kernel = k});
}

enum { OFFERED = KERNEL_TCP | KERNEL_UNSENT | KERNEL_UNREAD, ESTABLISHED = 1, CLOSE_WAIT = 8, LISTENING = 10 };

static struct event_kernel tcp(int fd, unsigned state, uint16_t local, uint16_t remote)
{
	struct event_kernel k = {.protocol = PROTOCOL_TCP, .fd = fd, .offered = OFFERED, .state = state};
	k.local = local_host(local);
	if (remote)
		k.remote = local_host(remote);
	return k;
}

static void two_clients(void)
{
	add_welcoming();
	add_connection(5, 4, 53422);
	add_connection(6, 5, 53424);
	add_send(CLIENT, 5, 0, "hello\n");
}

static uint64_t first_after(uint64_t before)
{
	assert_int_equal(sockets_lines.update(view), 0);
	assert_true(sockets_lines.first(view) >= before);
	return sockets_lines.first(view);
}

/* --- Tables --- */

static void nothing_at_first(void **state)
{
	(void)state;
	assert_shown(&sockets_lines, view, 80, "No socket has been opened yet.\n");
	assert_int_equal(sockets_lines.event(view, 0), PAGER_NONE);
}

#define LEGEND                                                                                                         \
	"Recv-Q: bytes that wait for a receive; over UDP those of the next datagram; of a\n"                           \
	"  welcoming socket, the connections that wait for accept(). Send-Q: bytes that a\n"                           \
	"  send took and the other end's system has not"

static void two_clients_and_three_sockets_on_a_port(void **state)
{
	(void)state;
	two_clients();
	struct event_kernel k = tcp(4, ESTABLISHED, 12000, 53422);
	k.unread = 6;
	look(SERVER, k);
	k = tcp(3, LISTENING, 12000, 0);
	k.offered = KERNEL_TCP;
	look(SERVER, k);
	k = tcp(5, CLOSE_WAIT, 53422, 12000);
	k.unacknowledged = 1234;
	k.unsent = 34;
	look(CLIENT, k);
	assert_shown(&sockets_lines, view, 80,
		     "▸ client\n"
		     "fd     role       local endpoint  remote endpoint state       Recv-Q Send-Q\n"
		     " 5 TCP connection 127.0.0.1:53422 127.0.0.1:12000 CLOSE-WAIT       0   1234\n"
		     " 6 TCP connection 127.0.0.1:53424 127.0.0.1:12000 ?                ?      ?\n"
		     "\n"
		     "◂ server\n"
		     "fd     role       local endpoint  remote endpoint state       Recv-Q Send-Q\n"
		     " 3 TCP welcoming  127.0.0.1:12000 *               LISTEN         n/a    n/a\n"
		     " 4 TCP connection 127.0.0.1:12000 127.0.0.1:53422 ESTABLISHED      6      0\n"
		     " 5 TCP connection 127.0.0.1:12000 127.0.0.1:53424 ?                ?      ?\n"
		     "\n"
		     "3 TCP sockets of the server are on port 12000: what tells them apart is the\n"
		     "  remote endpoint.\n" LEGEND " acknowledged. ?: not looked at\n  yet. n/a: not offered here.\n");
	assert_shown(
		&sockets_lines, view, 120,
		"▸ client\n"
		"fd       role               local endpoint   remote endpoint  state        Recv-Q  Send-Q  unsent  "
		"received  sent\n"
		" 5  TCP  connection socket  127.0.0.1:53422  127.0.0.1:12000  CLOSE-WAIT        0    1234      34  "
		"       0     6\n"
		" 6  TCP  connection socket  127.0.0.1:53424  127.0.0.1:12000  ?                 ?       ?       ?  "
		"       0     0\n"
		"\n"
		"◂ server\n"
		"fd       role               local endpoint   remote endpoint  state        Recv-Q  Send-Q  unsent  "
		"received  sent\n"
		" 3  TCP  welcoming socket   127.0.0.1:12000  *                LISTEN          n/a     n/a     n/a  "
		"       -     -\n"
		" 4  TCP  connection socket  127.0.0.1:12000  127.0.0.1:53422  ESTABLISHED       6       0       0  "
		"       0     0\n"
		" 5  TCP  connection socket  127.0.0.1:12000  127.0.0.1:53424  ?                 ?       ?       ?  "
		"       0     0\n"
		"\n"
		"3 TCP sockets of the server are on port 12000: what tells them apart is the remote endpoint.\n"
		"Recv-Q: bytes that wait for a receive; over UDP those of the next datagram; of a welcoming socket, "
		"the "
		"connections that\n"
		"  wait for accept(). Send-Q: bytes that a send took and the other end's system has not acknowledged. "
		"?: "
		"not looked at\n"
		"  yet. n/a: not offered here.\n");
	assert_fits(&sockets_lines, view);
}

static void below_60_columns_two_rows_a_socket(void **state)
{
	(void)state;
	add_welcoming();
	add_connection(5, 4, 53422);
	look(CLIENT, tcp(5, ESTABLISHED, 53422, 12000));
	assert_shown(&sockets_lines, view, 59,
		     "▸ client\n"
		     "fd, kind, role, state, queues; below them local and remote\n"
		     "  endpoint\n"
		     "5 TCP connection ESTABLISHED Recv-Q 0 Send-Q 0\n"
		     "  127.0.0.1:53422 → 127.0.0.1:12000\n"
		     "\n"
		     "◂ server\n"
		     "fd, kind, role, state, queues; below them local and remote\n"
		     "  endpoint\n"
		     "3 TCP welcoming ? Recv-Q ? Send-Q ?\n"
		     "  127.0.0.1:12000 → *\n"
		     "4 TCP connection ? Recv-Q ? Send-Q ?\n"
		     "  127.0.0.1:12000 → 127.0.0.1:53422\n"
		     "\n"
		     "2 TCP sockets of the server are on port 12000: what tells\n"
		     "  them apart is the remote endpoint.\n"
		     "Recv-Q: bytes that wait for a receive; over UDP those of\n"
		     "  the next datagram; of a welcoming socket, the connections\n"
		     "  that wait for accept(). Send-Q: bytes that a send took\n"
		     "  and the other end's system has not acknowledged. ?: not\n"
		     "  looked at yet.\n");
	char *text = shown(&sockets_lines, view, 20); /* nothing is cut */
	assert_non_null(strstr(text, "5 TCP connection\n  ESTABLISHED Recv-Q\n  0 Send-Q 0\n  127.0.0.1:53422 →\n"));
	free(text);
}

static void the_least_needed_is_left_out(void **state)
{
	(void)state;
	two_clients();
	static const struct {
		unsigned width;
		const char *title;
	} titles[] = {
		{92, "fd     role       local endpoint  remote endpoint state Recv-Q Send-Q unsent received sent\n"},
		{84, "fd     role       local endpoint  remote endpoint state Recv-Q Send-Q received sent\n"},
		{82, "fd     role       local endpoint  remote endpoint state Recv-Q Send-Q received\n"},
		{77, "fd     role       local endpoint  remote endpoint state Recv-Q Send-Q\n"},
		{68, "fd     role       local endpoint  remote endpoint state Recv-Q\n"},
		{61, "fd     role       local endpoint  remote endpoint state\n"},
	};
	for (size_t i = 0; i < COUNT(titles); i++) {
		char *text = shown(&sockets_lines, view, titles[i].width);
		assert_non_null(strstr(text, titles[i].title));
		free(text);
	}
}

static void long_addresses_stand_below_each_other(void **state)
{
	(void)state;
	struct endpoint a = {.family = 6, .port = 12000}, b;
	memset(a.address, 0xab, sizeof a.address);
	b = a;
	b.port = 53422;
	add_call(CLIENT, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET6, SOCK_STREAM}, .result = 5));
	add_call(CLIENT, CALL(.op = OP_CONNECT, .fd = 5, .address = a));
	add_call(CLIENT, CALL(.op = OP_GETSOCKNAME, .fd = 5, .address = b));
	char *text = shown(&sockets_lines, view, 80);
	assert_non_null(strstr(text, "5 TCP connection ? Recv-Q ? Send-Q ?\n"
				     "  [abab:abab:abab:abab:abab:abab:abab:abab]:53422 →\n"
				     "  [abab:abab:abab:abab:abab:abab:abab:abab]:12000\n"));
	free(text);
	assert_says(&sockets_lines, view, " 5 ");
	assert_fits(&sockets_lines, view);
}

/* --- UDP --- */

static void one_datagram_socket_serves_all(void **state)
{
	(void)state;
	add_call(SERVER, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_DGRAM}, .result = 3));
	add_call(SERVER, CALL(.op = OP_BIND, .fd = 3, .address = local_host(12000)));
	for (uint16_t i = 0; i < 2; i++) {
		add_data(SERVER,
			 CALL(.op = OP_RECVFROM, .fd = 3, .asked = 2048, .result = 5,
			      .address = local_host((uint16_t)(40001 + i))),
			 "hello", 5);
		if (i == 0)
			assert_says_not(&sockets_lines, view, "One UDP socket");
	}
	struct event_kernel k = {.protocol = PROTOCOL_UDP, .fd = 3, .offered = KERNEL_UNREAD, .unread = 5};
	look(SERVER, k);
	assert_shown(&sockets_lines, view, 80,
		     "◂ server\n"
		     "fd     role     local endpoint  remote endpoint state Recv-Q Send-Q received\n"
		     " 3 UDP datagram 127.0.0.1:12000 *               -          5    n/a       10\n"
		     "   UDP client   127.0.0.1:12000 127.0.0.1:40002 -          -      -        -\n"
		     "   UDP client   127.0.0.1:12000 127.0.0.1:40001 -          -      -        -\n"
		     "\n"
		     "One UDP socket of the server serves 2 clients: each datagram says whom it is\n"
		     "  from.\n" LEGEND " acknowledged. n/a: not offered\n  here.\n");
}

/* Whoever has a socket in the table already is no client besides. */
static void a_client_that_is_seen_is_listed_once(void **state)
{
	(void)state;
	add_call(SERVER, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_DGRAM}, .result = 3));
	add_call(SERVER, CALL(.op = OP_BIND, .fd = 3, .address = local_host(12000)));
	add_call(CLIENT, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_DGRAM}, .result = 5));
	add_data(CLIENT, CALL(.op = OP_SENDTO, .fd = 5, .asked = 2, .result = 2, .address = local_host(12000)), "hi",
		 2);
	add_call(CLIENT, CALL(.op = OP_GETSOCKNAME, .fd = 5, .address = local_host(40001)));
	add_data(SERVER, CALL(.op = OP_RECVFROM, .fd = 3, .asked = 9, .result = 2, .address = local_host(40001)), "hi",
		 2);
	assert_says_not(&sockets_lines, view, "a client of it");
	assert_int_equal(sockets_clients(flow), 1);
	add_data(SERVER, CALL(.op = OP_RECVFROM, .fd = 3, .asked = 9, .result = 2, .address = local_host(40002)), "hi",
		 2);
	assert_says(&sockets_lines, view, " UDP a client of it 127.0.0.1:12000 127.0.0.1:40002 - - - - - -\n");
	assert_int_equal(sockets_clients(flow), 2);
}

static void of_many_clients_the_newest_are_listed(void **state)
{
	(void)state;
	add_call(SERVER, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_DGRAM}, .result = 3));
	add_call(SERVER, CALL(.op = OP_BIND, .fd = 3, .address = local_host(12000)));
	for (uint16_t i = 0; i < 100; i++)
		add_data(SERVER,
			 CALL(.op = OP_RECVFROM, .fd = 3, .asked = 9, .result = 2,
			      .address = local_host((uint16_t)(40000 + i))),
			 "hi", 2);
	assert_says(&sockets_lines, view, "127.0.0.1:40099");
	assert_says(&sockets_lines, view, "127.0.0.1:40036");
	assert_says_not(&sockets_lines, view, "127.0.0.1:40035");
	assert_says(&sockets_lines, view, "serves 100 clients");
	assert_int_equal(sockets_clients(flow), 100);
}

/* --- Watched from some moment on --- */

/* As many as there are, of each what it is, and whoever is connected. */
static void sockets_that_were_there_already(void **state)
{
	(void)state;
	struct event_kernel udp = {.protocol = PROTOCOL_UDP, .fd = 4, .offered = KERNEL_UNREAD};
	udp.local = local_host(12000);
	look(SERVER, tcp(3, LISTENING, 12000, 0));
	look(SERVER, udp);
	look(SERVER, tcp(7, ESTABLISHED, 12000, 53422));
	look(SERVER, tcp(8, CLOSE_WAIT, 12000, 53424));
	assert_shown(&sockets_lines, view, 80,
		     "◂ server\n"
		     "fd     role       local endpoint  remote endpoint state       Recv-Q Send-Q\n"
		     " 3 TCP welcoming  127.0.0.1:12000 *               LISTEN           0      0\n"
		     " 4 UDP datagram   127.0.0.1:12000 *               -                0    n/a\n"
		     " 7 TCP connection 127.0.0.1:12000 127.0.0.1:53422 ESTABLISHED      0      0\n"
		     " 8 TCP connection 127.0.0.1:12000 127.0.0.1:53424 CLOSE-WAIT       0      0\n"
		     "\n"
		     "3 TCP sockets of the server are on port 12000: what tells them apart is the\n"
		     "  remote endpoint.\n" LEGEND " acknowledged. n/a: not offered\n  here.\n");
	assert_int_equal(sockets_clients(flow), 2);
	assert_int_equal(sockets_lines.event(view, sockets_lines.first(view) + 4), 2);
	add_call(SERVER, CALL(.op = OP_CLOSE, .fd = 8));
	assert_says(&sockets_lines, view, "127.0.0.1:53424 closed");
	assert_int_equal(sockets_clients(flow), 1);
}

/* Nobody tells what becomes of its sockets then. */
static void after_its_end_they_are_as_last_seen(void **state)
{
	(void)state;
	look(SERVER, tcp(7, ESTABLISHED, 12000, 53422));
	assert_says_not(&sockets_lines, view, "last seen");
	struct event_state closed = {.what = STATE_CLOSED, .protocol = PROTOCOL_TCP, .by = EVENT_SERVER};
	add_event((struct event){.who = CLIENT, .kind = EVENT_STATE, .state = closed});
	assert_says_not(&sockets_lines, view, "last seen");
	closed.protocol = PROTOCOL_NONE;
	add_event((struct event){.who = CLIENT, .kind = EVENT_STATE, .state = closed});
	assert_says(&sockets_lines, view, "◂ server as last seen, before it ended\n");
	assert_says(&sockets_lines, view, "127.0.0.1:53422 ESTABLISHED");
}

/* --- What tells sockets on a port apart --- */

static struct event_kernel listening(int fd, uint8_t family, uint8_t last)
{
	struct event_kernel k = tcp(fd, LISTENING, 12000, 0);
	k.local = (struct endpoint){.family = family, .port = 12000};
	k.local.address[family == 4 ? 3 : 15] = last;
	if (family == 4)
		k.local.address[0] = 127;
	return k;
}

static void welcoming_sockets_at_two_addresses(void **state)
{
	(void)state;
	look(SERVER, listening(3, 4, 1));
	assert_says_not(&sockets_lines, view, "apart");
	look(SERVER, listening(4, 6, 1));
	assert_says(&sockets_lines, view,
		    "\n2 welcoming sockets of the server are on port 12000: what tells them apart is the local "
		    "address.\n");
	assert_says_not(&sockets_lines, view, "remote endpoint.");
	look(SERVER, tcp(7, ESTABLISHED, 12000, 53422));
	assert_says(&sockets_lines, view,
		    "\n3 TCP sockets of the server are on port 12000: what tells a connection from all others is the "
		    "remote endpoint.\n"
		    "2 welcoming sockets of the server are on port 12000: what tells them apart is the local "
		    "address.\n");
}

/* As workers have them (SO_REUSEPORT). */
static void welcoming_sockets_at_one_address(void **state)
{
	(void)state;
	look(SERVER, listening(3, 4, 1));
	look(SERVER, listening(4, 4, 1));
	assert_says(&sockets_lines, view,
		    "\n2 welcoming sockets of the server are on port 12000, at the same address (SO_REUSEPORT): the "
		    "system shares new connections out among them.\n");
	look(SERVER, listening(5, 6, 1));
	look(SERVER, listening(6, 6, 1));
	assert_says(&sockets_lines, view,
		    "\n4 welcoming sockets of the server are on port 12000, at 2 addresses: among those at the same "
		    "one (SO_REUSEPORT) the system shares new connections out.\n");
	assert_says_not(&sockets_lines, view, "apart");
}

/* --- What the system said --- */

static void figures_are_of_this_socket(void **state)
{
	(void)state;
	look(CLIENT, tcp(5, CLOSE_WAIT, 50000, 12000)); /* of an earlier one with this number */
	add_welcoming();
	add_connection(5, 4, 53422);
	assert_says(&sockets_lines, view, "  127.0.0.1:12000  ?  ");
	look(SERVER, tcp(5, CLOSE_WAIT, 53422, 12000)); /* of the other side */
	look(CLIENT, tcp(5, CLOSE_WAIT, 50000, 12000)); /* told late: it has another port */
	look(CLIENT, (struct event_kernel){.protocol = PROTOCOL_UDP, .fd = 5});
	assert_says(&sockets_lines, view, "  127.0.0.1:12000  ?  ");
	look(CLIENT, tcp(5, CLOSE_WAIT, 53422, 12000));
	assert_says(&sockets_lines, view, "CLOSE-WAIT");
	look(CLIENT, tcp(5, ESTABLISHED, 53422, 12000)); /* the newest counts */
	assert_says(&sockets_lines, view, "ESTABLISHED");
}

static void bound_to_all_addresses(void **state)
{
	(void)state;
	add_call(SERVER, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_STREAM}, .result = 3));
	add_call(SERVER, CALL(.op = OP_BIND, .fd = 3, .address = anywhere));
	add_call(SERVER, CALL(.op = OP_LISTEN, .fd = 3, .args = {1}));
	add_call(SERVER, CALL(.op = OP_ACCEPT, .fd = 3, .result = 4, .address = local_host(53422)));
	look(SERVER, tcp(4, ESTABLISHED, 12000, 53422));
	assert_says(&sockets_lines, view, "0.0.0.0:12000    *");
	assert_says(&sockets_lines, view, "127.0.0.1:12000  127.0.0.1:53422  ESTABLISHED");
	assert_says(&sockets_lines, view, "2 TCP sockets of the server are on port 12000");
}

static void what_the_system_does_not_offer(void **state)
{
	(void)state;
	add_welcoming();
	struct event_kernel k = tcp(3, LISTENING, 12000, 0);
	k.offered = 0;
	look(SERVER, k);
	assert_says(&sockets_lines, view, "*                n/a       n/a     n/a     n/a         -     -\n");
}

/* --- Opening and closing --- */

static void a_new_socket_and_one_of_unknown_origin(void **state)
{
	(void)state;
	add_call(CLIENT, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_STREAM}, .result = 5));
	add_call(SERVER, CALL(.op = OP_SETSOCKOPT, .fd = 9, .args = {SOL_SOCKET, SO_REUSEADDR, 1}));
	assert_says(&sockets_lines, view, " 5  TCP  not used yet  -               -                ?");
	assert_says(&sockets_lines, view, " 9  -    -             -               -                -");
	assert_says(&sockets_lines, view, "\n\n◂ server");
	char *text = shown(&sockets_lines, view, 40);
	assert_non_null(strstr(text, "5 TCP unused ? Recv-Q ? Send-Q ?\n  - → -\n"));
	free(text);
}

static void channels_are_left_out(void **state)
{
	(void)state;
	add_call(CLIENT, CALL(.op = OP_SOCKETPAIR, .fd = 4, .args = {AF_UNIX, SOCK_SEQPACKET, 5}));
	assert_shown(&sockets_lines, view, 80, "No socket has been opened yet.\n");
	add_call(CLIENT, CALL(.op = OP_CLOSE, .fd = 4));
	assert_shown(&sockets_lines, view, 80, "No socket has been opened yet.\n");
}

static void the_last_that_were_closed_stay(void **state)
{
	(void)state;
	add_welcoming();
	for (uint16_t i = 0; i < 6; i++)
		add_connection(10 + i, 20 + i, (uint16_t)(50000 + i));
	for (uint16_t i = 0; i < 6; i++)
		add_call(SERVER, CALL(.op = OP_CLOSE, .fd = 25 - i)); /* that of port 50005 first */
	char *text = shown(&sockets_lines, view, 120), *server = strstr(text, "◂ server");
	assert_non_null(server);
	assert_non_null(strstr(server, "20  TCP  connection socket  127.0.0.1:12000  127.0.0.1:50000  closed       -"));
	assert_non_null(strstr(server, "23  TCP"));
	assert_null(strstr(server, "24  TCP"));
	assert_null(strstr(server, "25  TCP"));
	assert_non_null(strstr(text, "15  TCP")); /* the client's are open */
	assert_null(strstr(server, "TCP sockets of the server"));
	free(text);
	uint64_t first = sockets_lines.first(view), end = sockets_lines.end(view), faint = 0;
	for (uint64_t n = first; n < end; n++)
		if (sockets_lines.event(view, n) != PAGER_NONE)
			faint += style_of_text(&sockets_lines, view, n, "TCP") == STYLE_FAINT;
	assert_int_equal(faint, 4);
	text = shown(&sockets_lines, view, 50); /* no queues of those */
	assert_non_null(strstr(text, "20 TCP connection closed\n  127.0.0.1:12000 → 127.0.0.1:50000\n"));
	free(text);
}

static void figures_after_closing_are_of_the_next(void **state)
{
	(void)state;
	add_welcoming();
	add_connection(5, 4, 53422);
	add_call(CLIENT, CALL(.op = OP_CLOSE, .fd = 5));
	look(CLIENT, tcp(5, ESTABLISHED, 53422, 12000));
	assert_says(&sockets_lines, view, "closed");
}

static uint64_t numbered(enum event_who who, uint64_t number, struct event_call call)
{
	add_event((struct event){.who = who, .kind = EVENT_CALL, .number = number, .call = call});
	return number;
}

/* Whatever it had open, and closed, went with it. */
static void a_server_that_was_replaced_is_gone(void **state)
{
	(void)state;
	struct event_call socket = CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_STREAM}, .result = 3);
	numbered(SERVER, 1, socket);
	numbered(SERVER, 2, CALL(.op = OP_BIND, .fd = 3, .address = local_host(12000)));
	numbered(SERVER, 3, CALL(.op = OP_LISTEN, .fd = 3, .args = {1}));
	numbered(SERVER, 4, CALL(.op = OP_ACCEPT, .fd = 3, .result = 7, .address = local_host(53422)));
	numbered(SERVER, 5, CALL(.op = OP_ACCEPT, .fd = 3, .result = 8, .address = local_host(53424)));
	numbered(SERVER, 6, CALL(.op = OP_CLOSE, .fd = 8));
	assert_says(&sockets_lines, view, "127.0.0.1:53422");
	numbered(SERVER, 1, socket);
	assert_says_not(&sockets_lines, view, "127.0.0.1:53422");
	assert_says_not(&sockets_lines, view, "127.0.0.1:53424");
	assert_says(&sockets_lines, view, " 3 TCP not used yet ");
	assert_int_equal(sockets_clients(flow), 0);

	struct event_state died = {.what = STATE_CLOSED, .protocol = PROTOCOL_UDP, .own = true, .error = ECHILD};
	add_event((struct event){.who = CLIENT, .kind = EVENT_STATE, .state = died});
	assert_says(&sockets_lines, view, "No socket has been opened yet.");
}

/* What was left out may have opened sockets, or closed some of these. */
static void after_a_gap_the_table_says_so(void **state)
{
	(void)state;
	numbered(SERVER, 4, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_STREAM}, .result = 3));
	numbered(CLIENT, 1, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_STREAM}, .result = 5));
	numbered(CLIENT, 3, CALL(.op = OP_CLOSE, .fd = 5));
	assert_says_not(&sockets_lines, view, "left out");
	numbered(SERVER, 6, CALL(.op = OP_LISTEN, .fd = 3, .args = {1}));
	assert_says(&sockets_lines, view,
		    "Events of the server were left out: sockets may be missing here, or be closed by now, and "
		    "figures be too small.");
}

static void numbers_of_lines(void **state)
{
	(void)state;
	assert_int_equal(first_after(0), 0);
	add_welcoming();
	uint64_t first = first_after(1); /* other lines than before */
	uint64_t socket = first + 2;
	assert_int_equal(sockets_lines.event(view, socket), 0);
	assert_int_equal(sockets_lines.event(view, first), PAGER_NONE);
	look(SERVER, tcp(3, LISTENING, 12000, 0));
	assert_int_equal(first_after(first), first); /* the same, with other words */
	add_connection(5, 4, 53422);
	assert_true(first_after(first) > first);
	first = sockets_lines.first(view);
	add_event(sentence("nothing about sockets"));
	assert_int_equal(first_after(first), first);
}

static void forgets_with_the_log(void **state)
{
	(void)state;
	add_welcoming();
	for (unsigned i = 0; i < 1500; i++)
		add_event(sentence("hello"));
	assert_says(&sockets_lines, view, "welcoming socket");
	uint64_t first = sockets_lines.first(view);
	assert_int_equal(sockets_lines.event(view, first + 2), PAGER_NONE); /* that call is forgotten */
	for (unsigned i = 0; i < 1500; i++)
		add_event(sentence("hello"));
	assert_int_equal(sockets_lines.update(view), 0);
	sockets_free(NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(nothing_at_first),
		TEST(two_clients_and_three_sockets_on_a_port),
		TEST(below_60_columns_two_rows_a_socket),
		TEST(the_least_needed_is_left_out),
		TEST(long_addresses_stand_below_each_other),
		TEST(one_datagram_socket_serves_all),
		TEST(a_client_that_is_seen_is_listed_once),
		TEST(of_many_clients_the_newest_are_listed),
		TEST(sockets_that_were_there_already),
		TEST(a_server_that_was_replaced_is_gone),
		TEST(after_its_end_they_are_as_last_seen),
		TEST(welcoming_sockets_at_two_addresses),
		TEST(welcoming_sockets_at_one_address),
		TEST(figures_are_of_this_socket),
		TEST(bound_to_all_addresses),
		TEST(what_the_system_does_not_offer),
		TEST(a_new_socket_and_one_of_unknown_origin),
		TEST(channels_are_left_out),
		TEST(the_last_that_were_closed_stay),
		TEST(figures_after_closing_are_of_the_next),
		TEST(after_a_gap_the_table_says_so),
		TEST(numbers_of_lines),
		TEST(forgets_with_the_log),
	};
	return cmocka_run_group_tests_name("view sockets", tests, use_utf8_and_utc, NULL);
}
