#include <errno.h>
#include <netdb.h>
#include <stdio.h>

#include "test_view.h"

static void assert_state(struct event_state s, const char *host, const char *expected)
{
	struct event e = state_of(s, host);
	struct view_row line = {0};
	assert_true(view_words(&e, &line));
	assert_row(&line, expected);
	view_row_free(&line);
}

static void assert_sign(struct event_state s, const char *sign)
{
	struct event e = state_of(s, "");
	struct view_row line = {0};
	unsigned indent;
	assert_true(view_line(&e, WALL, &line, &indent));
	char *text = text_of(&line);
	assert_memory_equal(text + strlen("14:03:07     "), sign, strlen(sign));
	free(text);
	view_row_free(&line);
}

static void test_on_the_way_to_a_connection(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_STARTING, .protocol = PROTOCOL_TCP};
	assert_state(s, "", "starting a server of your own, uproard, on this computer");
	s.what = STATE_LOOKUP;
	assert_state(s, "example.org", "looking up the address of example.org");
	s.what = STATE_CONNECTING;
	s.remote = ipv4(1, 12000);
	assert_state(s, "localhost", "connecting to 127.0.0.1:12000");
	assert_sign(s, "·");
}

static void test_connected(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_CONNECTED, .protocol = PROTOCOL_TCP, .remote = ipv4(1, 12000)};
	assert_state(s, "", "connected to 127.0.0.1:12000");
	s.local = ipv4(1, 53422);
	assert_state(s, "", "connected to 127.0.0.1:12000; the system chose port 53422 for this end");
}

static void test_a_udp_socket(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_READY, .protocol = PROTOCOL_UDP, .remote = ipv4(1, 12000)};
	assert_state(s, "",
		     "a socket is ready to send to 127.0.0.1:12000; UDP makes no connection, and nothing has "
		     "been sent yet");
	s.one_each = true;
	assert_state(s, "", "ready to talk with 127.0.0.1:12000: each sentence gets a socket of its own");
	s.one_each = false;
	s.what = STATE_PORT;
	s.local = ipv4(0, 53422);
	assert_state(s, "", "the system chose port 53422 for this end");
}

static void test_a_connected_udp_socket(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_READY, .protocol = PROTOCOL_UDP, .bound = true, .remote = ipv4(1, 12000)};
	assert_state(
		s, "",
		"connect() has bound the socket to 127.0.0.1:12000: datagrams of others are not received, and refusals "
		"are told; nothing was sent");
}

static void test_closed_by_the_server(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_CLOSED, .protocol = PROTOCOL_TCP, .by = EVENT_SERVER};
	assert_state(s, "", "the server closed the connection: recv() returned 0; the next sentence opens a new one");
	assert_sign(s, "·");
	s.waiting = 1;
	assert_state(s, "",
		     "the server closed the connection: recv() returned 0; the next sentence opens a new one; "
		     "1 sentence was waiting for a reply");
	s.waiting = 2;
	assert_state(s, "",
		     "the server closed the connection: recv() returned 0; the next sentence opens a new one; "
		     "2 sentences were waiting for a reply");
	s.one_each = true;
	assert_state(s, "",
		     "this server closes the connection after each reply; each sentence gets a connection of its own "
		     "from now on; 2 sentences that were waiting are sent again");
	s.waiting = 0;
	assert_state(s, "",
		     "this server closes the connection after each reply; each sentence gets a connection of "
		     "its own from now on");
}

static void test_a_server_that_was_watched(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_CLOSED, .by = EVENT_SERVER};
	assert_state(s, "", "the server has ended, or does not let this program watch any longer");
	assert_sign(s, "!");
}

static void test_ended_by_an_error(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_CLOSED, .by = EVENT_SERVER, .error = ECONNRESET};
	assert_state(
		s, "",
		"the connection ended: the server reset the connection (ECONNRESET): it closed its socket with bytes "
		"unread, or the process behind it is gone; the next sentence opens a new one");
	assert_sign(s, "!");
	s.error = EPIPE;
	assert_state(
		s, "",
		"the connection ended: the server had closed the connection before (EPIPE): the first send() after "
		"that still succeeded, and a reset came back; the next sentence opens a new one");
	s.error = ETIMEDOUT;
	assert_state(s, "",
		     "the connection ended: no answer came in time (ETIMEDOUT); the next sentence opens a new one");
	s.own = true;
	s.error = ECHILD;
	assert_state(s, "", "your own server ended unexpectedly; the next sentence starts it again");
}

static void test_closed_by_this_end(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_CLOSED, .protocol = PROTOCOL_TCP, .by = EVENT_CLIENT};
	assert_state(s, "", "cancelled before any sentence was sent");
	s.remote = ipv4(1, 12000);
	assert_state(s, "", "this end closed the connection to 127.0.0.1:12000");
	s.protocol = PROTOCOL_UDP;
	assert_state(s, "", "this end closed its socket; over UDP the server is not told");
}

static void test_half_closed(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_HALF_CLOSED, .protocol = PROTOCOL_TCP, .remote = ipv4(1, 12000)};
	assert_state(
		s, "",
		"this end has sent its end of the stream (shutdown, SHUT_WR): the server's recv() returns 0; replies "
		"may still come");
	assert_sign(s, "·");
}

static void test_no_connection(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_FAILED, .protocol = PROTOCOL_TCP, .error = ECONNREFUSED};
	s.remote = ipv4(1, 12000);
	assert_state(s, "",
		     "nothing listens on 127.0.0.1:12000: connection refused (ECONNREFUSED); start a server there, for "
		     "example "
		     "uproard -p 12000");
	assert_sign(s, "!");
	s.remote = ipv4(2, 12000);
	assert_state(s, "",
		     "nothing listens on 127.0.0.2:12000: connection refused (ECONNREFUSED); start a server there, for "
		     "example uproard -l 127.0.0.2 -p 12000");
	s.remote = (struct endpoint){.family = 6, .address = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, .port = 12000};
	assert_state(s, "",
		     "nothing listens on [2001:db8::1]:12000: connection refused (ECONNREFUSED); start a server there, "
		     "for example uproard -l 2001:db8::1 -p 12000");
	s.remote = (struct endpoint){.family = 6, .address = {[15] = 1}, .port = 12000};
	assert_state(s, "",
		     "nothing listens on [::1]:12000: connection refused (ECONNREFUSED); start a server there, for "
		     "example uproard -p 12000");
	s.remote = ipv4(1, 12000);
	s.error = ETIMEDOUT;
	assert_state(
		s, "",
		"127.0.0.1:12000 cannot be reached: no answer came in time (ETIMEDOUT); check the address, and whether "
		"a firewall is in between");
	s.error = EHOSTUNREACH;
	assert_state(s, "",
		     "127.0.0.1:12000 cannot be reached: there is no route to that host (EHOSTUNREACH); check the "
		     "address and "
		     "this computer's network");
	s.error = ENETUNREACH;
	assert_state(s, "",
		     "127.0.0.1:12000 cannot be reached: there is no route to that network (ENETUNREACH); check this "
		     "computer's network connection");
	s.remote.family = 0;
	s.error = EMFILE;
	assert_state(s, "",
		     "no socket could be had: this program has as many files open as it may (EMFILE); close some, or "
		     "raise the limit with ulimit -n");
}

static void test_an_error_without_words_of_ours(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_FAILED, .error = EXDEV, .remote = ipv4(1, 12000)};
	char expected[200];
	snprintf(expected, sizeof expected, "127.0.0.1:12000 cannot be reached: %s; the next sentence tries again",
		 strerror(EXDEV));
	assert_state(s, "", expected);
}

static void test_an_address_without_its_interface(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_FAILED, .error = EINVAL};
	s.remote = (struct endpoint){.family = 6, .address = {0xfe, 0x80, [15] = 1}, .port = 12000};
	char expected[200];
	snprintf(expected, sizeof expected,
		 "[fe80::1]:12000 cannot be reached: %s; name the interface, too, such as fe80::1%%eth0",
		 strerror(EINVAL));
	assert_state(s, "", expected);
	s.remote.scope = 2; /* it has one: something else is wrong */
	snprintf(expected, sizeof expected, "[fe80::1%%2]:12000 cannot be reached: %s; the next sentence tries again",
		 strerror(EINVAL));
	assert_state(s, "", expected);
}

static void test_trying_the_next_address(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_FAILED, .error = ECONNREFUSED, .more = 1};
	s.remote = (struct endpoint){.family = 6, .address = {[15] = 1}, .port = 12000};
	assert_state(s, "localhost",
		     "nothing listens on [::1]:12000: connection refused (ECONNREFUSED); trying the next address");
}

static void test_own_server_does_not_start(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_FAILED, .own = true, .error = ENOENT};
	assert_state(
		s, "",
		"your own server could not be started: the program uproard was not found (ENOENT); check how uproar "
		"was installed");
	s.error = ECHILD;
	assert_state(s, "", "your own server ended before it was ready; the next sentence tries again");
	s.error = ECONNREFUSED;
	s.remote = ipv4(1, 12000);
	assert_state(s, "",
		     "nothing listens on 127.0.0.1:12000: connection refused (ECONNREFUSED); start a server there, for "
		     "example "
		     "uproard -p 12000");
}

static void test_names(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_FAILED, .lookup = true, .error = EAI_NONAME};
	assert_state(s, "exmaple.org",
		     "the name exmaple.org is not known; check how it is written, or give an address "
		     "such as 127.0.0.1");
	s.error = EAI_AGAIN;
	assert_state(s, "a",
		     "no name server could tell the address of a; check this computer's network, or give an "
		     "address such as 127.0.0.1");
	s.error = EAI_ADDRFAMILY;
	assert_state(s, "a", "the name a has no address of the kind asked for; without -4 or -6 any kind will do");
	s.error = EAI_SERVICE;
	assert_state(s, "a", "this computer knows no port named a; give a number such as 12000");
	s.error = EAI_FAIL;
	char expected[200];
	snprintf(expected, sizeof expected, "the name a could not be looked up: %s; the next sentence tries again",
		 gai_strerror(EAI_FAIL));
	assert_state(s, "a", expected);
}

static void test_fault_7_hostile_hosts(void **state)
{
	(void)state;
	assert_state((struct event_state){.what = STATE_LOOKUP}, "a\033[2J\nb\xff",
		     "looking up the address of a^[[2J^Jb\\xff");
	char *host = malloc(4097), expected[400];
	memset(host, 'x', 4096);
	host[4096] = '\0';
	snprintf(expected, sizeof expected, "looking up the address of %.255s", host);
	assert_state((struct event_state){.what = STATE_LOOKUP}, host, expected);
	free(host);
}

static void test_listening(void **state)
{
	(void)state;
	struct event e = {.who = EVENT_SERVER, .kind = EVENT_STATE};
	e.state = (struct event_state){.what = STATE_LISTENING, .protocol = PROTOCOL_TCP, .local = ipv4(1, 40001)};
	struct view_row line = {0};
	unsigned indent;
	assert_true(view_line(&e, WALL, &line, &indent));
	assert_row(&line, "14:03:07     · the server listens on TCP 127.0.0.1:40001");
	e.state.own = true;
	assert_true(view_line(&e, WALL, &line, &indent));
	assert_row(&line, "14:03:07     · your own server listens on TCP 127.0.0.1:40001");
	e.state.protocol = PROTOCOL_UDP; /* the textbook's listens on one of them, and at any address */
	e.state.local.family = 6;
	memset(e.state.local.address, 0, sizeof e.state.local.address);
	assert_true(view_line(&e, WALL, &line, &indent));
	assert_row(&line, "14:03:07     · your own server listens on UDP [::]:40001");
	view_row_free(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_on_the_way_to_a_connection),
		cmocka_unit_test(test_connected),
		cmocka_unit_test(test_a_udp_socket),
		cmocka_unit_test(test_a_connected_udp_socket),
		cmocka_unit_test(test_closed_by_the_server),
		cmocka_unit_test(test_a_server_that_was_watched),
		cmocka_unit_test(test_ended_by_an_error),
		cmocka_unit_test(test_closed_by_this_end),
		cmocka_unit_test(test_half_closed),
		cmocka_unit_test(test_no_connection),
		cmocka_unit_test(test_an_error_without_words_of_ours),
		cmocka_unit_test(test_an_address_without_its_interface),
		cmocka_unit_test(test_trying_the_next_address),
		cmocka_unit_test(test_own_server_does_not_start),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_fault_7_hostile_hosts),
		cmocka_unit_test(test_listening),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
