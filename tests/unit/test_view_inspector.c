/* The inspector: all about a call. */
#include "test_view_inspector.h"

#include "test_view_inspector_pages.h"

/* --- Whole pages --- */

static void bind_and_the_bytes_of_its_address(void **state)
{
	(void)state;
	add_welcoming();
	assert_page(1, 80, bind_page);
	assert_page(1, 40, bind_narrow);
}

static void listen_makes_a_welcoming_socket(void **state)
{
	(void)state;
	add_welcoming();
	assert_page(2, 80, listen_page);
}

static void connect_over_ipv6_that_does_not_wait(void **state)
{
	(void)state;
	struct endpoint six = {.family = 6, .address = {0xfe, 0x80, [15] = 1}, .port = 12000, .scope = 2};
	int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
	add_call(CLIENT, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET6, type}, .result = 7));
	uint64_t index =
		add_call(CLIENT, CALL(.op = OP_CONNECT, .fd = 7, .address = six, .result = -1, .error = EINPROGRESS));
	assert_page(index, 80, connect6_page);
}

static void recv_of_what_two_sends_sent(void **state)
{
	(void)state;
	add_welcoming();
	add_connection(5, 4, 53422);
	uint64_t sent = add_send(CLIENT, 5, 0, "hello\n");
	add_send(CLIENT, 5, 6, "world\n");
	add_recv(SERVER, 4, 0, "hell");
	uint64_t received = add_recv(SERVER, 4, 4, "o\nworld\n");
	assert_page(received, 80, recv_page);
	assert_page(sent, 80, send_page);
}

static void recvfrom_of_a_datagram_that_was_cut(void **state)
{
	(void)state;
	add_call(SERVER, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_DGRAM}, .result = 3));
	add_call(SERVER, CALL(.op = OP_BIND, .fd = 3, .address = local_host(12000)));
	add_call(CLIENT, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_DGRAM}, .result = 4));
	add_data(CLIENT,
		 CALL(.op = OP_SENDTO, .fd = 4, .asked = 11, .result = 11, .args = {MSG_NOSIGNAL},
		      .address = local_host(12000)),
		 "hello world", 11);
	uint64_t index = add_data(SERVER,
				  CALL(.op = OP_RECVFROM, .fd = 3, .asked = 4, .result = 11,
				       .args = {MSG_TRUNC, MSG_TRUNC}, .address = local_host(40001)),
				  "hell", 4);
	assert_page(index, 80, recvfrom_page);
}

static void an_option_and_a_refusal(void **state)
{
	(void)state;
	add_call(SERVER, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_STREAM}, .result = 3));
	uint64_t index = add_call(SERVER, CALL(.op = OP_SETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_REUSEADDR, 1}));
	assert_page(index, 80, setsockopt_page);
	index = add_call(SERVER, CALL(.op = OP_CONNECT, .fd = 3, .address = local_host(12000), .result = -1,
				      .error = ECONNREFUSED));
	assert_page(index, 80, refused_page);
}

static void looking_up_a_name(void **state)
{
	(void)state;
	uint64_t index = add_data(CLIENT,
				  CALL(.op = OP_GETADDRINFO, .fd = -1, .args = {AF_UNSPEC, SOCK_STREAM, 2}, .asked = 9,
				       .address = local_host(12000), .took = 2500000),
				  LOOKUP_DATA, sizeof LOOKUP_DATA - 1);
	assert_page(index, 80, lookup_page);
	index = add_data(CLIENT,
			 CALL(.op = OP_GETADDRINFO, .fd = -1, .args = {AF_INET, SOCK_DGRAM}, .asked = 7,
			      .result = EAI_NONAME, .error = EAI_NONAME),
			 "nowhere", 7);
	assert_page(index, 80, lookup_failed_page);
	index = add_call(CLIENT, CALL(.op = OP_GETADDRINFO, .fd = -1, .args = {AF_INET, SOCK_DGRAM, 1},
				      .address = local_host(12000)));
	says(index, "  node           NULL: this computer itself (loopback)\n");
	says(index, "  res            1 address was found\n  the first      127.0.0.1:12000\n");
	static const char canonical[] = "localhost\nlocalhost\n127.0.0.1:12000";
	index = add_data(CLIENT,
			 CALL(.op = OP_GETADDRINFO, .fd = -1, .args = {AF_INET, SOCK_DGRAM, 3}, .asked = 9,
			      .address = local_host(12000)),
			 canonical, sizeof canonical - 1);
	says(index, "  canonname      localhost: the canonical name; the one asked for is just that\n");
	says(index,
	     "  addresses      127.0.0.1:12000: AF_INET, port 12000\n                 and 2 more, which are not kept");
}

static void a_call_that_waits(void **state)
{
	(void)state;
	add_event(sentence("one"));
	add_event(sentence("two"));
	uint64_t index = add_call(SERVER, BEGUN(.op = OP_ACCEPT, .fd = 3));
	assert_page(index, 80, accept_waiting);
	uint64_t first = inspector_lines.first(view);
	add_call(SERVER, CALL(.op = OP_ACCEPT, .fd = 3, .result = 4, .address = local_host(53422)));
	assert_says(&inspector_lines, view, "accept(3, 127.0.0.1:53422) = 4 <0.000012>\n");
	assert_says(&inspector_lines, view, "Result          4: the number of the new socket\n");
	assert_true(inspector_lines.first(view) > first); /* these are other lines */
}

/* --- Results --- */

static uint64_t tcp_socket(void)
{
	return add_call(CLIENT, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_STREAM}, .result = 3));
}

static uint64_t udp_socket(void)
{
	return add_call(CLIENT, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_DGRAM}, .result = 3));
}

static void results_in_words(void **state)
{
	(void)state;
	tcp_socket();
	says(add_data(CLIENT, CALL(.op = OP_SEND, .fd = 3, .asked = 10, .result = 4), "0123", 4),
	     "4: the system took 4 bytes of 10 bytes; the program has to send the rest again\n");
	says(add_call(CLIENT, CALL(.op = OP_RECV, .fd = 3, .asked = 10)),
	     "0: the other end has ended its stream; nothing more will come\n");
	udp_socket();
	says(add_call(CLIENT, CALL(.op = OP_RECVFROM, .fd = 3, .asked = 10, .address = local_host(12000))),
	     "0: an empty datagram; it ends nothing\n");
}

static void failures_in_words(void **state)
{
	(void)state;
	tcp_socket();
	struct event_call call = CALL(.op = OP_SEND, .fd = 3, .asked = 5, .result = -1, .error = EPIPE);
	uint64_t index = add_data(CLIENT, call, "again", 5);
	says(index, "  errno         EPIPE = 32\n");
	says(index, "  means         this direction has ended");
	says(index, "Not sent        5 bytes\n");
	says(index, "  EPIPE         ◂ this one: this direction has ended");
	says_not(index, "In the stream");
	call.error = ENETDOWN; /* none of the table's: what is said of the client's elsewhere, */
	says(add_data(CLIENT, call, "again", 5), "  means         the network is down (ENETDOWN)\n");
	says(add_data(SERVER, call, "again", 5), "  means         Network is down\n"); /* or the system's words */
	call.error = 9999;
	says(add_data(CLIENT, call, "again", 5), "  errno         9999\n");
	says(add_call(CLIENT, CALL(.op = OP_GETADDRINFO, .fd = -1, .result = EAI_MEMORY, .error = EAI_MEMORY)),
	     "  means          Memory allocation failure\n");
}

/* --- Arguments --- */

static void what_a_socket_does_not_have(void **state)
{
	(void)state;
	uint64_t index = tcp_socket();
	says(index, "  domain        AF_INET: addresses of IPv4, of 4 bytes\n");
	says(index, "  type          SOCK_STREAM: a stream of bytes without boundaries, complete and in order: TCP\n");
	index = add_call(CLIENT, CALL(.op = OP_SOCKET, .fd = -1, .args = {250, 15 | SOCK_CLOEXEC}, .result = 8));
	says(index, "  domain        250\n");
	says(index, "  type          15|SOCK_CLOEXEC\n                SOCK_CLOEXEC: other programs");
	index = add_call(CLIENT, CALL(.op = OP_SOCKETPAIR, .fd = 6, .args = {AF_UNIX, SOCK_SEQPACKET, 7}));
	says(index, "  sv            6 and 7: the two ends\n");
	says(add_call(CLIENT, BEGUN(.op = OP_SOCKETPAIR, .fd = -1, .args = {AF_UNIX, SOCK_SEQPACKET})),
	     "  protocol      0: the usual one for this type\n\nErrors");
	says(add_call(CLIENT, CALL(.op = OP_CLOSE, .fd = 6)), "  sockfd  6: one end of a channel between processes\n");
	says(add_call(CLIENT, CALL(.op = OP_CLOSE, .fd = 77)), "  sockfd  77\n"); /* nobody knows it */
}

static void addresses_that_are_none(void **state)
{
	(void)state;
	udp_socket();
	uint64_t index = add_call(CLIENT, CALL(.op = OP_CONNECT, .fd = 3));
	says(index, "  addr           AF_UNSPEC: it has no other end any more\n");
	says(index, "Waits for        nothing: it returns at once\n"); /* over UDP */
	says(index, "Sends nothing: it only notes down the other end.");
	says(add_call(CLIENT, BEGUN(.op = OP_CONNECT, .fd = 3, .address = local_host(12000))),
	     "Waits for        nothing: it is about to be made, and will return at once\n");
	says(add_call(CLIENT, CALL(.op = OP_GETSOCKNAME, .fd = 3, .result = -1, .error = ENOBUFS)),
	     "  addr        nothing was written there\n");
	says(add_call(CLIENT, BEGUN(.op = OP_RECVFROM, .fd = 3, .asked = 10)),
	     "  src_addr      where the sender's address will be written\n");
	says(add_call(CLIENT, CALL(.op = OP_RECVFROM, .fd = 3, .asked = 10, .args = {0, 0x40000000})),
	     "  given back    0x40000000\n");
}

static void ports_in_network_order(void **state)
{
	(void)state;
	udp_socket();
	says(add_call(CLIENT, CALL(.op = OP_BIND, .fd = 3, .address = local_host(0x1212))),
	     "12 12                   sin_port      4626 in network byte order, which looks the same in this "
	     "computer's\n");
	struct endpoint six = {.family = 6, .address = {[15] = 1}, .port = 12000};
	says(add_call(CLIENT, CALL(.op = OP_BIND, .fd = 3, .address = six)),
	     "  00 00 00 00             sin6_scope_id no interface is named; not needed here\n");
}

static void options_and_their_values(void **state)
{
	(void)state;
	tcp_socket();
	uint64_t index =
		add_call(CLIENT, CALL(.op = OP_GETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_ERROR, ETIMEDOUT}));
	says(index, "  optname      SO_ERROR: the error that is pending on the socket");
	says(index, "  optval       ETIMEDOUT\n");
	says(add_call(CLIENT, CALL(.op = OP_SETSOCKOPT, .fd = 3, .args = {IPPROTO_TCP, TCP_NODELAY, 0})),
	     "  optval       0: off\n");
	says(add_call(CLIENT, CALL(.op = OP_SETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_RCVBUF, 4096})),
	     "  optval       4096\n");
	index = add_call(CLIENT, CALL(.op = OP_SETSOCKOPT, .fd = 3, .args = {777, 5, 1}));
	says(index, "  optname      5\n");
	says(index, "  optval       1\n");
	says(add_call(CLIENT, BEGUN(.op = OP_GETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_RCVBUF})),
	     "  optval       where its value is to be written\n");
}

static void flags_one_by_one(void **state)
{
	(void)state;
	tcp_socket();
	uint64_t index = add_data(
		CLIENT, CALL(.op = OP_SEND, .fd = 3, .asked = 1, .result = 1, .args = {MSG_DONTWAIT | MSG_NOSIGNAL}),
		"x", 1);
	says(index, "  flags         MSG_DONTWAIT|MSG_NOSIGNAL\n");
	says(index, "                MSG_NOSIGNAL: an ended connection gives the error EPIPE alone");
	says(index, "                MSG_DONTWAIT: do not wait, this time\n");
	says(add_call(CLIENT, CALL(.op = OP_SHUTDOWN, .fd = 3, .args = {SHUT_WR})),
	     "  how         SHUT_WR: this end sends nothing any more");
	says(add_call(CLIENT, CALL(.op = OP_SHUTDOWN, .fd = 3, .args = {9})), "  how         9\n");
}

static void sockets_that_do_not_wait(void **state)
{
	(void)state;
	add_welcoming();
	add_call(SERVER,
		 CALL(.op = OP_ACCEPT, .fd = 3, .result = 4, .args = {SOCK_NONBLOCK}, .address = local_host(1)));
	uint64_t index = add_call(SERVER, CALL(.op = OP_RECV, .fd = 4, .asked = 9, .result = -1, .error = EAGAIN));
	says(index, "Waits for      bytes, or the end of the stream, but not on this socket, which is non-blocking\n");
	index = add_call(SERVER, BEGUN(.op = OP_RECV, .fd = 4, .asked = 9));
	says_not(index, "Until");
	index = add_call(SERVER, BEGUN(.op = OP_ACCEPT, .fd = 3)); /* the welcoming one waits */
	says(index, "Until           It returns as soon as a client's connect() has made one.\n");
	/* What made this one is not known. */
	says(add_call(SERVER, CALL(.op = OP_RECV, .fd = 9, .asked = 9)),
	     "Waits for     bytes, or the end of the stream\n");
	says(add_call(SERVER, CALL(.op = OP_RECV, .fd = 9, .asked = 9)),
	     "Waits for     bytes, or the end of the stream\n");
}

/* --- Bytes --- */

static void more_bytes_than_are_kept(void **state)
{
	(void)state;
	char data[300];
	memset(data, 'x', sizeof data);
	memcpy(data + 2, "\xc3\x9f\0\033\n", 5);
	tcp_socket();
	uint64_t index = add_data(CLIENT, CALL(.op = OP_SEND, .fd = 3, .asked = 300, .result = 300), data, 300);
	says(index, "Payload         300 bytes\n"
		    "  0000  78 78 c3 9f 00 1b 0a 78 78 78 78 78 78 78 78 78  xx....↵xxxxxxxxx\n"
		    "  0010  78 78 78 78");
	says(index, "  00f0  78");
	says(index, "  …             and 44 bytes more, which are not kept\n");
	inspector_open(view, index);
	char *text = shown(&inspector_lines, view, 45);
	assert_non_null(strstr(text, "\n  0000  78 78 c3 9f 00 1b 0a 78  xx....↵x\n"
				     "  0008  78 78 78 78 78 78 78 78  xxxxxxxx\n  0010  78"));
	free(text);
	text = shown(&inspector_lines, view, 20);
	assert_non_null(strstr(text, "\n   78 78 c3 9f  xx..\n   00 1b 0a 78  ..↵x\n   78"));
	free(text);
}

static void who_took_what_was_sent(void **state)
{
	(void)state;
	add_welcoming();
	add_connection(5, 4, 53422);
	uint64_t index = add_send(SERVER, 4, 0, "HELLO\n");
	inspector_open(view, index);
	assert_says_not(&inspector_lines, view, "Taken by");
	add_recv(CLIENT, 5, 0, "HEL");
	assert_says(&inspector_lines, view, "Taken by        recv(5) of the client: 3 bytes\n");
	add_call(CLIENT, CALL(.op = OP_RECV, .fd = 5, .asked = 10, .result = -1, .error = EAGAIN));
	add_recv(CLIENT, 5, 3, "LO\n");
	assert_says(&inspector_lines, view,
		    "Taken by        recv(5) of the client: 3 bytes\n"
		    "                recv(5) of the client: 3 bytes\n");
	says(index + 3, "Came from      send 1 of the server, 3 of its 6 bytes (here bytes 0 to 2)\n");
}

/* As in the ladder: where events were left out, others may have been sent before. */
static void numbers_that_are_not_certain(void **state)
{
	(void)state;
	add_welcoming();
	add_connection(5, 4, 53422);
	uint64_t index = add_send(CLIENT, 5, 0, "one");
	says(index, "Send            number 1 in this direction of this conversation\n");
	says_not(index, "unseen");
	index = add_send(CLIENT, 5, 6, "three");
	says(index, "Send            number ?2 in this direction of this conversation; "
		    "others may have gone unseen before it\n");
	index = add_recv(SERVER, 4, 0, "onetwoth");
	says(index, "Came from       send 1 of the client, all of its 3 bytes (here bytes 0 to 2)\n"
		    "                send ?2 of the client, 2 of its 5 bytes (here bytes 6 to 7)\n");
}

static void a_piece_whose_beginning_is_forgotten(void **state)
{
	(void)state;
	add_welcoming();
	add_connection(5, 4, 53422);
	add_send(CLIENT, 5, 0, "abc");
	for (unsigned i = 0; i < 1000; i++)
		add_event(sentence("hello"));
	add_send(CLIENT, 5, 3, "def");
	uint64_t index = add_recv(SERVER, 4, 0, "abcdef");
	says(index, "Came from      send 2 of the client, all of its 3 bytes (here bytes 3 to 5)\n");
	says(index, "  0000  61 62 63|64 65 66 ");
}

/* --- Opening and forgetting --- */

static void nothing_is_open(void **state)
{
	(void)state;
	assert_shown(&inspector_lines, view, 80, "");
	inspector_open(view, 5); /* there is none */
	assert_shown(&inspector_lines, view, 80, "");
	inspector_free(NULL);
}

static void another_page_has_new_numbers(void **state)
{
	(void)state;
	add_welcoming();
	inspector_open(view, 0);
	assert_int_equal(inspector_lines.update(view), 0);
	uint64_t first = inspector_lines.first(view), end = inspector_lines.end(view);
	assert_true(end > first);
	assert_int_equal(inspector_lines.event(view, first), PAGER_NONE);
	inspector_open(view, 1);
	assert_int_equal(inspector_lines.update(view), 0);
	assert_int_equal(inspector_lines.first(view), end);
	end = inspector_lines.end(view);
	add_event(sentence("nothing to do with it"));
	assert_int_equal(inspector_lines.update(view), 0);
	assert_int_equal(inspector_lines.end(view), end);
}

static void a_page_outlives_its_event(void **state)
{
	(void)state;
	add_welcoming();
	inspector_open(view, 1);
	char *before = shown(&inspector_lines, view, 80);
	for (unsigned i = 0; i < 2000; i++)
		add_event(sentence("hello"));
	assert_shown(&inspector_lines, view, 80, before);
	free(before);
	inspector_open(view, 1);
	assert_shown(&inspector_lines, view, 80, "");
	uint64_t index = add_event(sentence("gone before it was shown"));
	inspector_open(view, index);
	for (unsigned i = 0; i < 2000; i++)
		add_event(sentence("hello"));
	assert_shown(&inspector_lines, view, 80, "");
}

static void who_took_it_may_be_forgotten(void **state)
{
	(void)state;
	add_welcoming();
	add_connection(5, 4, 53422);
	uint64_t index = add_send(CLIENT, 5, 0, "hello\n");
	inspector_open(view, index);
	assert_int_equal(inspector_lines.update(view), 0);
	for (unsigned i = 0; i < 1500; i++)
		add_event(sentence("hello"));
	add_recv(SERVER, 4, 0, "hello\n");
	assert_says(&inspector_lines, view, "send(5, \"hello\\n\", 6) = 6");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(bind_and_the_bytes_of_its_address),
		TEST(listen_makes_a_welcoming_socket),
		TEST(connect_over_ipv6_that_does_not_wait),
		TEST(recv_of_what_two_sends_sent),
		TEST(recvfrom_of_a_datagram_that_was_cut),
		TEST(an_option_and_a_refusal),
		TEST(looking_up_a_name),
		TEST(a_call_that_waits),
		TEST(results_in_words),
		TEST(failures_in_words),
		TEST(what_a_socket_does_not_have),
		TEST(addresses_that_are_none),
		TEST(ports_in_network_order),
		TEST(options_and_their_values),
		TEST(flags_one_by_one),
		TEST(sockets_that_do_not_wait),
		TEST(more_bytes_than_are_kept),
		TEST(who_took_what_was_sent),
		TEST(a_piece_whose_beginning_is_forgotten),
		TEST(numbers_that_are_not_certain),
		TEST(nothing_is_open),
		TEST(another_page_has_new_numbers),
		TEST(a_page_outlives_its_event),
		TEST(who_took_it_may_be_forgotten),
	};
	return cmocka_run_group_tests_name("view inspector", tests, use_utf8_and_utc, NULL);
}
