/* What one number of a call is by name. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <uproar/event.h>

static void assert_argument(struct event_call call, unsigned i, const char *expected)
{
	struct buf out = {0};
	assert_int_equal(buf_append(&out, "> ", 2), 0);
	assert_int_equal(event_print_argument(&call, i, &out), 0);
	assert_int_equal(buf_append(&out, "", 1), 0);
	assert_string_equal((char *)buf_bytes(&out) + 2, expected);
	buf_free(&out);
}

#define CALL(...) ((struct event_call){__VA_ARGS__})

static void names_families_and_types(void **state)
{
	(void)state;
	static const enum event_op ops[] = {OP_SOCKET, OP_SOCKETPAIR, OP_GETADDRINFO};
	for (size_t i = 0; i < COUNT(ops); i++) {
		struct event_call call = {.op = ops[i], .args = {AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 7}};
		assert_argument(call, 0, "AF_INET6");
		assert_argument(call, 1, "SOCK_DGRAM|SOCK_CLOEXEC");
		assert_argument(call, 2, "7");
	}
	assert_argument(CALL(.op = OP_SOCKET, .args = {250, 15}), 0, "250");
	assert_argument(CALL(.op = OP_SOCKET, .args = {250, 15}), 1, "15");
}

static void names_flags(void **state)
{
	(void)state;
	assert_argument(CALL(.op = OP_ACCEPT), 0, "0");
	assert_argument(CALL(.op = OP_ACCEPT, .args = {SOCK_NONBLOCK}), 0, "SOCK_NONBLOCK");
	assert_argument(CALL(.op = OP_RECV), 0, "0");
	assert_argument(CALL(.op = OP_RECVFROM, .args = {0, MSG_TRUNC}), 1, "MSG_TRUNC");
	assert_argument(CALL(.op = OP_SEND, .args = {MSG_NOSIGNAL | MSG_DONTWAIT}), 0, "MSG_DONTWAIT|MSG_NOSIGNAL");
}

static void names_options(void **state)
{
	(void)state;
	struct event_call call = {.op = OP_GETSOCKOPT, .args = {SOL_SOCKET, SO_ERROR, ECONNREFUSED}};
	assert_argument(call, 0, "SOL_SOCKET");
	assert_argument(call, 1, "SO_ERROR");
	assert_argument(call, 2, "ECONNREFUSED");
	assert_argument(CALL(.op = OP_SETSOCKOPT, .args = {IPPROTO_TCP, TCP_NODELAY, 1}), 2, "1");
	assert_argument(CALL(.op = OP_SETSOCKOPT, .args = {777, 5, 1}), 0, "777");
	assert_argument(CALL(.op = OP_SETSOCKOPT, .args = {777, 5, 1}), 1, "5");
}

static void names_the_rest(void **state)
{
	(void)state;
	assert_argument(CALL(.op = OP_SHUTDOWN, .args = {SHUT_WR}), 0, "SHUT_WR");
	assert_argument(CALL(.op = OP_LISTEN, .args = {128}), 0, "128");
}

static void names_errors(void **state)
{
	(void)state;
	assert_string_equal(event_error_name(OP_CONNECT, ECONNREFUSED), "ECONNREFUSED");
	assert_string_equal(event_error_name(OP_GETADDRINFO, EAI_NONAME), "EAI_NONAME");
	assert_null(event_error_name(OP_CONNECT, 9999));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_families_and_types),
		cmocka_unit_test(names_flags),
		cmocka_unit_test(names_options),
		cmocka_unit_test(names_the_rest),
		cmocka_unit_test(names_errors),
	};
	return cmocka_run_group_tests_name("event argument", tests, NULL, NULL);
}
