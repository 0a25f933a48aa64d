/* --attach: a screen that shows a server which others talk with; and what a look-up was told. */
#include <netdb.h>

#include <uproar/sock.h>

#include "../support/peer.h"
#include "../support/process.h"
#include "chat.h"

static struct process *server;
static unsigned port;

static void serve(const char *model)
{
	server = peer_server(&port, (const char *[]){"-4", "-m", model, "--control", chat_path("class"), NULL});
}

static void end_server(void)
{
	assert_int_equal(process_stop(server), 0);
	process_end(server);
}

static struct terminal *watch(unsigned rows, unsigned columns)
{
	struct terminal *t = chat_start(rows, columns, (const char *[]){"--attach", chat_path("class"), NULL}, NULL);
	assert_true(terminal_shows(t, "Watching the server at "));
	return t;
}

/* A client's endpoint, as a row of the table or the ladder has it. */
static const char *endpoint_of(int client)
{
	static char text[4][ENDPOINT_TEXT];
	static unsigned next;
	struct endpoint local;
	char *to = text[next++ % 4];
	assert_int_equal(sock_getsockname(client, &local), 0);
	return endpoint_format(&local, to);
}

static bool shows_row(struct terminal *t, const char *first, const char *second)
{
	for (int y = 0; y < 24; y++) {
		const char *row = terminal_row(t, y), *found = strstr(row, first);
		if (found && strstr(found, second))
			return true;
	}
	return false;
}

struct wanted {
	const char *first, *second;
};

static bool is_shown(struct terminal *t, void *arg)
{
	const struct wanted *w = arg;
	return shows_row(t, w->first, w->second);
}

/* A row has both, in this order. */
static void assert_row(struct terminal *t, const char *first, const char *second)
{
	assert_true(terminal_wait(t, is_shown, &(struct wanted){first, second}));
}

/* Whom the server has answered before anybody watches it. */
static int old_client(void)
{
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "before", "BEFORE"));
	return fd;
}

/* Two are there before anybody watches, one comes after; over UDP there is one besides. */
static void test_three_clients(void **state)
{
	(void)state;
	serve("events");
	int one = old_client(), two = old_client();
	struct terminal *t = watch(24, 100);
	assert_true(terminal_row_shows(t, 0, chat_path("class")));
	assert_true(terminal_row_shows(t, 0, "2 clients  0 datagrams  0 bytes over TCP"));
	int three = peer_tcp("127.0.0.1", port), datagrams = peer_udp("127.0.0.1", port);
	assert_true(peer_answers(three, "hello", "HELLO"));
	assert_true(peer_answers(datagrams, "datagram", "DATAGRAM"));
	assert_true(peer_answers(one, "again", "AGAIN"));
	assert_true(terminal_row_shows(t, 0, "4 clients  1 datagram  10 bytes over TCP"));

	terminal_type(t, F6);
	assert_row(t, "welcoming", "LISTEN");
	assert_row(t, endpoint_of(one), "ESTABLISHED");
	assert_row(t, endpoint_of(two), "ESTABLISHED");
	assert_row(t, endpoint_of(three), "ESTABLISHED");
	assert_row(t, "UDP client", endpoint_of(datagrams));
	assert_true(terminal_hides(t, "?"));

	sock_shutdown(two, SHUT_WR); /* closing would not do: the terminal's process was forked from this one */
	assert_row(t, endpoint_of(two), "closed");
	assert_true(terminal_row_shows(t, 0, "3 clients"));
	chat_leave(t);
	close(one);
	close(two);
	close(three);
	close(datagrams);
	end_server();
}

static void test_the_newest_ladder(void **state)
{
	(void)state;
	serve("events");
	int one = old_client(), two = old_client();
	struct terminal *t = watch(24, 100);
	assert_true(terminal_row_shows(t, 0, "2 clients"));
	terminal_type(t, F4);
	assert_row(t, "welcoming", "there already");
	assert_row(t, "connection", "there already");
	assert_true(terminal_shows(t, "2 of 2"));
	int three = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(three, "hello", "HELLO"));
	assert_true(terminal_shows(t, "3 of 3"));
	assert_true(terminal_shows(t, endpoint_of(three)));
	assert_row(t, "recv(", "hello");
	assert_true(terminal_hides(t, "before"));
	terminal_type(t, "\t\033[D"); /* the one before it */
	assert_true(terminal_shows(t, "2 of 3"));
	assert_row(t, "connection", "there already");
	chat_leave(t);
	close(one);
	close(two);
	close(three);
	end_server();
}

/* There is no protocol to choose, and no reply whose time could be measured. */
static void test_the_bar_offers_what_there_is(void **state)
{
	(void)state;
	serve("threads");
	struct terminal *t = watch(24, 100);
	assert_true(terminal_row_shows(t, -1, "F6 sockets"));
	assert_null(strstr(terminal_row(t, -1), "F2"));
	assert_null(strstr(terminal_row(t, -1), "F5"));
	terminal_type(t, "/lab drop=30%\r");
	assert_true(terminal_row_shows(t, 0, "lab: drop=30%"));
	chat_leave(t);
	t = watch(24, 100); /* what was set stays */
	assert_true(terminal_row_shows(t, 0, "lab: drop=30%"));
	end_server();
	assert_true(terminal_row_shows(t, 0, "watched until it ended: "));
	assert_true(terminal_shows(t, "the server has ended"));
	terminal_type(t, "/lab off\r");
	assert_true(terminal_shows(t, "There is no server to tell that"));
	terminal_type(t, F5);
	assert_true(terminal_shows(t, "only watches a server"));
	terminal_type(t, F6);
	assert_true(terminal_shows(t, "as last seen, before it ended"));
	chat_leave(t);
}

/* --- A look-up --- */

/* The hosts file knows it, and no name server is asked. */
static void test_the_inspector_on_a_look_up(void **state)
{
	(void)state;
	char number[16];
	const struct addrinfo ipv4 = {.ai_family = AF_INET};
	struct addrinfo *found;
	if (getaddrinfo("localhost", NULL, &ipv4, &found) != 0)
		skip(); /* a system without /etc/hosts does not know it */
	freeaddrinfo(found);
	serve("events");
	snprintf(number, sizeof number, "%u", port);
	struct terminal *t = chat_start(24, 100, (const char *[]){"-t", "-4", "localhost", number, NULL}, NULL);
	assert_true(terminal_shows(t, "connected"));
	terminal_type(t, "/inspect getaddrinfo\r");
	assert_true(terminal_shows(t, "getaddrinfo(\"localhost\", AF_INET, SOCK_STREAM) = 0 [127.0.0.1:"));
	assert_row(t, "canonname", "localhost");
	assert_row(t, "aliases", "not told by getaddrinfo()");
	assert_row(t, "addresses", "AF_INET, port");
	chat_leave(t);
	end_server();
}

/* A name server of the test's own says that it is an alias, with an address of each family. */
static void test_the_inspector_on_an_alias(void **state)
{
	(void)state;
	char number[16];
	serve("events");
	snprintf(number, sizeof number, "%u", port);
	struct terminal *t = chat_start(24, 100, (const char *[]){"-t", "alias.test", number, NULL}, chat_own_names());
	assert_true(terminal_shows(t, "connected"));
	terminal_type(t, "/inspect getaddrinfo\r");
	assert_row(t, "canonname", "www.test: the canonical name; the one asked for is an alias of it");
	assert_row(t, "addresses", "AF_INET6, port");
	assert_row(t, "127.0.0.1:", "AF_INET, port");
	chat_leave(t);

	const char *argv[] = {chat_built("uproar"), "-t", "-v", "alias.test", number, NULL};
	struct process *p = process_start(argv, process_own_names, NULL);
	process_write(p, "hi\n", 3);
	assert_true(process_prints(p, "HI\n"));
	char line[256];
	snprintf(line, sizeof line,
		 "getaddrinfo(\"alias.test\", AF_UNSPEC, SOCK_STREAM) = 0 [[::1]:%u, 127.0.0.1:%u], "
		 "ai_canonname=\"www.test\"\n",
		 port, port);
	assert_true(process_complains(p, line));
	process_close_in(p);
	assert_int_equal(process_exit(p), 0);
	process_end(p);
	end_server();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_clients),
		cmocka_unit_test(test_the_newest_ladder),
		cmocka_unit_test(test_the_bar_offers_what_there_is),
		cmocka_unit_test(test_the_inspector_on_a_look_up),
		cmocka_unit_test(test_the_inspector_on_an_alias),
	};
	return cmocka_run_group_tests_name("watching", tests, chat_open, chat_close);
}
