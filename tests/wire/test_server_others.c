/* Programs that others wrote, at the other end of the wire: the book's, in Python 3, and nc. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <uproar/sock.h>

#include "../support/peer.h"

static struct process *server;
static unsigned port;
static char number[16];

static int start(void **state)
{
	(void)state;
	server = peer_server(&port, (const char *[]){"-4", NULL});
	snprintf(number, sizeof number, "%u", port);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	int status = process_stop(server);
	process_end(server);
	return status;
}

static struct process *book(const char *program, const char *its_port)
{
	if (!process_available("python3"))
		skip();
	return process_start((const char *[]){"python3", program, "127.0.0.1", its_port, NULL}, NULL, NULL);
}

/* --- The book's clients --- */

static void book_client_prints(const char *program, const char *reply)
{
	struct process *p = book(program, number);
	assert_true(process_write(p, "a sentence, stra\303\237e\n", 20));
	assert_int_equal(process_exit(p), 0);
	assert_non_null(strstr(process_out(p), reply));
	assert_string_equal(process_err(p), "");
	process_end(p);
}

static void test_book_tcp_client(void **state)
{
	(void)state;
	book_client_prints("tests/book/TCPClient.py", "From Server: A SENTENCE, STRASSE\n");
}

static void test_book_udp_client(void **state)
{
	(void)state;
	book_client_prints("tests/book/UDPClient.py", "A SENTENCE, STRASSE\n");
}

/* --- The book's servers, and our sockets --- */

static struct process *book_server(const char *program, struct endpoint *at)
{
	static const char ready[] = "ready to receive on port ";
	struct process *p = book(program, "0");
	assert_true(process_prints(p, ready) && process_prints(p, "\n"));
	unsigned long chosen = strtoul(strstr(process_out(p), ready) + strlen(ready), NULL, 10);
	*at = (struct endpoint){.family = 4, .address = {127, 0, 0, 1}, .port = (uint16_t)chosen};
	return p;
}

static void test_book_tcp_server(void **state)
{
	(void)state;
	struct endpoint at;
	char reply[32];
	struct process *p = book_server("tests/book/TCPServer.py", &at);
	for (int i = 0; i < 3; i++) {
		int fd = sock_socket(4, PROTOCOL_TCP, BLOCKING);
		assert_int_equal(sock_connect(fd, &at), 0);
		assert_int_equal(sock_send(fd, "book\n", 5), 5);
		assert_int_equal(sock_recv(fd, reply, sizeof reply), 5);
		assert_memory_equal(reply, "BOOK\n", 5);
		assert_int_equal(sock_recv(fd, reply, sizeof reply), 0);
		sock_close(fd);
	}
	process_end(p);
}

static void test_book_udp_server(void **state)
{
	(void)state;
	struct endpoint at, from;
	char reply[32];
	struct process *p = book_server("tests/book/UDPServer.py", &at);
	int fd = sock_socket(4, PROTOCOL_UDP, BLOCKING);
	assert_int_equal(sock_sendto(fd, "book", 4, &at), 4);
	assert_int_equal(sock_recvfrom(fd, reply, sizeof reply, &from, NULL), 4);
	assert_memory_equal(reply, "BOOK", 4);
	assert_true(endpoint_equal(&from, &at));
	sock_close(fd);
	process_end(p);
}

/* --- nc, OpenBSD's --- */

static void need_openbsd_nc(void)
{
	if (!process_available("nc"))
		skip();
	struct process *p = process_start((const char *[]){"nc", "-h", NULL}, NULL, NULL);
	process_exit(p);
	bool openbsd = strstr(process_err(p), "OpenBSD");
	process_end(p);
	if (!openbsd)
		skip();
}

static void test_nc_over_tcp(void **state)
{
	(void)state;
	need_openbsd_nc();
	struct process *p = process_start((const char *[]){"nc", "-N", "127.0.0.1", number, NULL}, NULL, NULL);
	assert_true(process_write(p, "one\n", 4));
	assert_true(process_prints(p, "ONE\n"));
	assert_true(process_write(p, "two\n", 4));
	assert_true(process_prints(p, "TWO\n"));
	process_close_in(p); /* -N: it sends its end, and ends with ours */
	assert_int_equal(process_exit(p), 0);
	assert_string_equal(process_out(p), "ONE\nTWO\n");
	process_end(p);
}

static void test_nc_over_udp(void **state)
{
	(void)state;
	need_openbsd_nc();
	struct process *p = process_start((const char *[]){"nc", "-u", "127.0.0.1", number, NULL}, NULL, NULL);
	assert_true(process_write(p, "one\n", 4));
	assert_true(process_prints(p, "ONE\n"));
	assert_true(process_write(p, "two\n", 4));
	assert_true(process_prints(p, "TWO\n"));
	process_end(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_book_tcp_client, start, stop),
		cmocka_unit_test_setup_teardown(test_book_udp_client, start, stop),
		cmocka_unit_test(test_book_tcp_server),
		cmocka_unit_test(test_book_udp_server),
		cmocka_unit_test_setup_teardown(test_nc_over_tcp, start, stop),
		cmocka_unit_test_setup_teardown(test_nc_over_udp, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
