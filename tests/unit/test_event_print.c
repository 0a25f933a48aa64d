#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
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
#include <uproar/text.h>

static const struct endpoint book = {.family = 4, .address = {127, 0, 0, 1}, .port = 12000};

static void assert_line(const struct event *e, const char *expected)
{
	struct buf out = {0};
	assert_int_equal(event_print_call(e, &out), 0);
	assert_int_equal(buf_append(&out, "", 1), 0);
	assert_string_equal((char *)buf_bytes(&out), expected);
	buf_free(&out);
}

static void assert_call(struct event_call call, const char *data, const char *expected)
{
	struct event e = {.who = EVENT_SERVER, .kind = EVENT_CALL, .call = call};
	e.data = data;
	e.size = data ? (uint32_t)strlen(data) : 0;
	assert_line(&e, expected);
}

#define CALL(...) ((struct event_call){.returned = true, __VA_ARGS__})

static void prints_socket(void **state)
{
	(void)state;
	assert_call(CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_STREAM}, .result = 3), NULL,
		    "socket(AF_INET, SOCK_STREAM, 0) = 3");
	assert_call(CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC}, .result = 3), NULL,
		    "socket(AF_INET6, SOCK_DGRAM|SOCK_CLOEXEC, 0) = 3");
	assert_call(CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK},
			 .result = -1, .error = EMFILE),
		    NULL,
		    "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0) = -1 EMFILE (Too many open files)");
	assert_call(CALL(.op = OP_SOCKET, .fd = -1, .args = {250, 15}, .result = 3), NULL, "socket(250, 15, 0) = 3");
	assert_call(CALL(.op = OP_SOCKETPAIR, .fd = 4, .args = {AF_UNIX, SOCK_SEQPACKET, 5}), NULL,
		    "socketpair(AF_UNIX, SOCK_SEQPACKET, 0, [4, 5]) = 0");
	assert_call(
		CALL(.op = OP_SOCKETPAIR, .fd = -1, .args = {AF_UNIX, SOCK_SEQPACKET}, .result = -1, .error = ENFILE),
		NULL, "socketpair(AF_UNIX, SOCK_SEQPACKET, 0) = -1 ENFILE (Too many open files in system)");
}

static void prints_addresses(void **state)
{
	(void)state;
	assert_call(CALL(.op = OP_BIND, .fd = 3, .address = book), NULL, "bind(3, 127.0.0.1:12000) = 0");
	assert_call(CALL(.op = OP_CONNECT, .fd = 3, .address = book, .result = -1, .error = ECONNREFUSED), NULL,
		    "connect(3, 127.0.0.1:12000) = -1 ECONNREFUSED (Connection refused)");
	/* UDP: that ends the association. */
	assert_call(CALL(.op = OP_CONNECT, .fd = 3), NULL, "connect(3, AF_UNSPEC) = 0");
	assert_call(CALL(.op = OP_GETSOCKNAME, .fd = 3, .address = book), NULL, "getsockname(3, 127.0.0.1:12000) = 0");
	assert_call(CALL(.op = OP_GETSOCKNAME, .fd = 3, .result = -1, .error = ENOBUFS), NULL,
		    "getsockname(3) = -1 ENOBUFS (No buffer space available)");
	assert_call(CALL(.op = OP_ACCEPT, .fd = 3, .result = -1, .error = EAGAIN), NULL,
		    "accept(3) = -1 EAGAIN (Resource temporarily unavailable)");
	assert_call(CALL(.op = OP_ACCEPT, .fd = 3, .result = 4, .address = book), NULL,
		    "accept(3, 127.0.0.1:12000) = 4");
	assert_call(CALL(.op = OP_ACCEPT, .fd = 3, .result = 4, .address = book, .args = {SOCK_CLOEXEC}), NULL,
		    "accept4(3, 127.0.0.1:12000, SOCK_CLOEXEC) = 4");
}

static void prints_numbers(void **state)
{
	(void)state;
	assert_call(CALL(.op = OP_LISTEN, .fd = 3, .args = {128}), NULL, "listen(3, 128) = 0");
	assert_call(CALL(.op = OP_LISTEN, .fd = 3, .args = {1}), NULL, "listen(3, 1) = 0"); /* again */
	assert_call(CALL(.op = OP_CLOSE, .fd = 3), NULL, "close(3) = 0");
	assert_call(CALL(.op = OP_SHUTDOWN, .fd = 3, .args = {SHUT_RD}), NULL, "shutdown(3, SHUT_RD) = 0");
	assert_call(CALL(.op = OP_SHUTDOWN, .fd = 3, .args = {SHUT_WR}), NULL, "shutdown(3, SHUT_WR) = 0");
	assert_call(CALL(.op = OP_SHUTDOWN, .fd = 3, .args = {SHUT_RDWR}), NULL, "shutdown(3, SHUT_RDWR) = 0");
	assert_call(CALL(.op = OP_SHUTDOWN, .fd = 3, .args = {9}, .result = -1, .error = EINVAL), NULL,
		    "shutdown(3, 9) = -1 EINVAL (Invalid argument)");
}

static void prints_options(void **state)
{
	(void)state;
	assert_call(CALL(.op = OP_SETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_REUSEADDR, 1}), NULL,
		    "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, 1) = 0");
	assert_call(CALL(.op = OP_SETSOCKOPT, .fd = 3, .args = {IPPROTO_TCP, TCP_NODELAY, 1}), NULL,
		    "setsockopt(3, IPPROTO_TCP, TCP_NODELAY, 1) = 0");
	assert_call(CALL(.op = OP_SETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_RCVBUF, 4096}), NULL,
		    "setsockopt(3, SOL_SOCKET, SO_RCVBUF, 4096) = 0");
	assert_call(CALL(.op = OP_SETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_LINGER, 1}), NULL,
		    "setsockopt(3, SOL_SOCKET, SO_LINGER, 1) = 0");
	assert_call(CALL(.op = OP_SETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_RXQ_OVFL, 1}), NULL,
		    "setsockopt(3, SOL_SOCKET, SO_RXQ_OVFL, 1) = 0");
	assert_call(CALL(.op = OP_SETSOCKOPT, .fd = 3, .args = {IPPROTO_IPV6, IPV6_V6ONLY, 0}), NULL,
		    "setsockopt(3, IPPROTO_IPV6, IPV6_V6ONLY, 0) = 0");
	assert_call(CALL(.op = OP_SETSOCKOPT, .fd = 3, .args = {IPPROTO_IP, IP_TTL, 64}), NULL,
		    "setsockopt(3, IPPROTO_IP, IP_TTL, 64) = 0");
	assert_call(CALL(.op = OP_SETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, 9999, 1}), NULL,
		    "setsockopt(3, SOL_SOCKET, 9999, 1) = 0");
	assert_call(CALL(.op = OP_SETSOCKOPT, .fd = 3, .args = {777, 1, 1}), NULL, "setsockopt(3, 777, 1, 1) = 0");
	assert_call(CALL(.op = OP_GETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_ERROR, 0}), NULL,
		    "getsockopt(3, SOL_SOCKET, SO_ERROR, [0]) = 0");
	assert_call(CALL(.op = OP_GETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_ERROR, ECONNREFUSED}), NULL,
		    "getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED]) = 0");
	assert_call(CALL(.op = OP_GETSOCKOPT, .fd = 3, .args = {IPPROTO_TCP, TCP_NODELAY, 1}), NULL,
		    "getsockopt(3, IPPROTO_TCP, TCP_NODELAY, [1]) = 0");
	assert_call(CALL(.op = OP_GETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_RCVBUF, 2304}), NULL,
		    "getsockopt(3, SOL_SOCKET, SO_RCVBUF, [2304]) = 0");
	assert_call(CALL(.op = OP_GETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_SNDBUF, 98}), NULL,
		    "getsockopt(3, SOL_SOCKET, SO_SNDBUF, [98]) = 0");
	assert_call(CALL(.op = OP_GETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_ERROR}, .result = -1, .error = EBADF),
		    NULL, "getsockopt(3, SOL_SOCKET, SO_ERROR) = -1 EBADF (Bad file descriptor)");
}

static void prints_data(void **state)
{
	(void)state;
	assert_call(CALL(.op = OP_RECV, .fd = 5, .asked = 65536, .result = 6), "hello\n",
		    "recv(5, \"hello\\n\", 65536) = 6");
	assert_call(CALL(.op = OP_RECV, .fd = 5, .asked = 65536, .result = 0), NULL, "recv(5, \"\", 65536) = 0");
	assert_call(CALL(.op = OP_RECV, .fd = 5, .asked = 65536, .result = -1, .error = EAGAIN), NULL,
		    "recv(5, 65536) = -1 EAGAIN (Resource temporarily unavailable)");
	assert_call(CALL(.op = OP_SEND, .fd = 5, .asked = 6, .result = 6, .args = {MSG_NOSIGNAL}), "HELLO\n",
		    "send(5, \"HELLO\\n\", 6, MSG_NOSIGNAL) = 6");
	assert_call(CALL(.op = OP_SEND, .fd = 5, .asked = 6, .result = -1, .error = EPIPE), "HELLO\n",
		    "send(5, \"HELLO\\n\", 6) = -1 EPIPE (Broken pipe)");
	assert_call(CALL(.op = OP_SENDTO, .fd = 5, .asked = 2, .result = 2, .address = book, .args = {MSG_NOSIGNAL}),
		    "hi", "sendto(5, \"hi\", 2, MSG_NOSIGNAL, 127.0.0.1:12000) = 2");
	assert_call(CALL(.op = OP_RECVFROM, .fd = 5, .asked = 2048, .result = 2, .address = book), "hi",
		    "recvfrom(5, \"hi\", 2048, 127.0.0.1:12000) = 2");
	assert_call(CALL(.op = OP_SENDMSG, .fd = 5, .result = 0, .address = book), "",
		    "sendmsg(5, \"\", 0, 127.0.0.1:12000) = 0");
	assert_call(CALL(.op = OP_RECVMSG, .fd = 5, .asked = 1, .result = 0), "", "recvmsg(5, \"\", 1) = 0");
	assert_call(CALL(.op = OP_SEND, .fd = 5, .asked = 1, .result = 1, .args = {MSG_PEEK | MSG_DONTWAIT | 1 << 30}),
		    "x", "send(5, \"x\", 1, MSG_PEEK|MSG_DONTWAIT|0x40000000) = 1");
	assert_call(CALL(.op = OP_SEND, .fd = 5, .asked = 1, .result = 1, .args = {1 << 30}), "x",
		    "send(5, \"x\", 1, 0x40000000) = 1");
}

/* As strace does: 32 bytes, and "..." where there were more. */
static void cuts_data(void **state)
{
	(void)state;
	assert_call(CALL(.op = OP_RECV, .fd = 5, .asked = 100, .result = 32), "abcdefghijklmnopqrstuvwxyz012345",
		    "recv(5, \"abcdefghijklmnopqrstuvwxyz012345\", 100) = 32");
	assert_call(CALL(.op = OP_RECV, .fd = 5, .asked = 100, .result = 33), "abcdefghijklmnopqrstuvwxyz0123456",
		    "recv(5, \"abcdefghijklmnopqrstuvwxyz012345\"..., 100) = 33");
	assert_call(CALL(.op = OP_SEND, .fd = 5, .asked = 6, .result = 3), "abc", "send(5, \"abc\"..., 6) = 3");
	assert_call(CALL(.op = OP_RECVFROM, .fd = 5, .asked = 4, .result = 10, .args = {MSG_TRUNC, MSG_TRUNC}), "abcd",
		    "recvfrom(5, \"abcd\"..., 4, MSG_TRUNC) = 10");
	/* A character is never cut: the euro sign begins at byte 31. */
	assert_call(CALL(.op = OP_RECV, .fd = 5, .asked = 100, .result = 34), "abcdefghijklmnopqrstuvwxyz01234€",
		    "recv(5, \"abcdefghijklmnopqrstuvwxyz01234€\", 100) = 34");
}

static void test_fault_21_escapes_data(void **state)
{
	(void)state;
	assert_call(CALL(.op = OP_RECV, .fd = 5, .asked = 100, .result = 7), "\t\"\\\r\n\x1b\x7f",
		    "recv(5, \"\\t\\\"\\\\\\r\\n\\x1b\\x7f\", 100) = 7");
	struct event nul = {.kind = EVENT_CALL, .size = 3, .data = "a\0b"};
	nul.call = CALL(.op = OP_RECV, .fd = 5, .asked = 100, .result = 3);
	assert_line(&nul, "recv(5, \"a\\x00b\", 100) = 3");
	assert_call(CALL(.op = OP_RECV, .fd = 5, .asked = 100, .result = 7), "straße", "recv(5, \"straße\", 100) = 7");
	assert_call(CALL(.op = OP_RECV, .fd = 5, .asked = 100, .result = 1), "\xff", "recv(5, \"\\xff\", 100) = 1");
	/* Right-to-left override: nothing of it may reach a terminal. */
	assert_call(CALL(.op = OP_RECV, .fd = 5, .asked = 100, .result = 3), "\u202e", "recv(5, \"\\u202e\", 100) = 3");
}

static void prints_what_has_not_returned(void **state)
{
	(void)state;
	assert_call((struct event_call){.op = OP_ACCEPT, .fd = 3}, NULL, "accept(3) = ?");
	assert_call((struct event_call){.op = OP_RECV, .fd = 3, .asked = 9}, NULL, "recv(3, 9) = ?");
	assert_call((struct event_call){.op = OP_SEND, .fd = 3, .asked = 2}, "hi", "send(3, \"hi\", 2) = ?");
	assert_call((struct event_call){.op = OP_GETSOCKOPT, .fd = 3, .args = {SOL_SOCKET, SO_ERROR}}, NULL,
		    "getsockopt(3, SOL_SOCKET, SO_ERROR) = ?");
	assert_call((struct event_call){.op = OP_SOCKETPAIR, .fd = -1, .args = {AF_UNIX, SOCK_SEQPACKET}}, NULL,
		    "socketpair(AF_UNIX, SOCK_SEQPACKET, 0) = ?");
	assert_call((struct event_call){.op = OP_GETADDRINFO, .fd = -1, .args = {AF_UNSPEC, SOCK_STREAM}, .asked = 9},
		    "localhost", "getaddrinfo(\"localhost\", AF_UNSPEC, SOCK_STREAM) = ?");
}

static void prints_lookups(void **state)
{
	(void)state;
	assert_call(CALL(.op = OP_GETADDRINFO, .args = {AF_INET, SOCK_DGRAM, 1}, .asked = 9, .address = book),
		    "localhost", "getaddrinfo(\"localhost\", AF_INET, SOCK_DGRAM) = 0 [127.0.0.1:12000]");
	assert_call(CALL(.op = OP_GETADDRINFO, .args = {AF_UNSPEC, SOCK_STREAM, 2}, .address = book), NULL,
		    "getaddrinfo(NULL, AF_UNSPEC, SOCK_STREAM) = 0 [127.0.0.1:12000, ...]");
	assert_call(CALL(.op = OP_GETADDRINFO, .args = {AF_UNSPEC, SOCK_STREAM, 2}, .asked = 9, .address = book),
		    "localhost\nLocalHost\n127.0.0.1:12000\n[::1]:12000",
		    "getaddrinfo(\"localhost\", AF_UNSPEC, SOCK_STREAM) = 0 [127.0.0.1:12000, [::1]:12000]");
	assert_call(CALL(.op = OP_GETADDRINFO, .args = {AF_UNSPEC, SOCK_STREAM, 6}, .asked = 3, .address = book),
		    "www\nb.example\n10.0.0.1:1\n10.0.0.2:1\n10.0.0.3:1\n10.0.0.4:1\n10.0.0.5:1\n10.0.0.6:1",
		    "getaddrinfo(\"www\", AF_UNSPEC, SOCK_STREAM) = 0 [10.0.0.1:1, 10.0.0.2:1, 10.0.0.3:1, 10.0.0.4:1, "
		    "...], ai_canonname=\"b.example\"");
	assert_call(CALL(.op = OP_GETADDRINFO, .args = {AF_UNSPEC, SOCK_STREAM, 1}, .asked = 3, .address = book),
		    "www\nb\x1b[2J\nnonsense",
		    "getaddrinfo(\"www\", AF_UNSPEC, SOCK_STREAM) = 0 [127.0.0.1:12000], ai_canonname=\"b\\x1b[2J\"");
	assert_call(CALL(.op = OP_GETADDRINFO, .args = {AF_UNSPEC, SOCK_STREAM}, .asked = 4, .result = EAI_NONAME,
			 .error = EAI_NONAME),
		    "a\nb\x1b",
		    "getaddrinfo(\"a\\nb\\x1b\", AF_UNSPEC, SOCK_STREAM) = EAI_NONAME (Name or service not known)");
}

static void prints_unknown_errors(void **state)
{
	(void)state;
	assert_call(CALL(.op = OP_CLOSE, .fd = 3, .result = -1, .error = 9999), NULL,
		    "close(3) = -1 9999 (Unknown error 9999)");
	assert_call(CALL(.op = OP_GETADDRINFO, .args = {AF_INET, SOCK_STREAM}, .error = 9999), NULL,
		    "getaddrinfo(NULL, AF_INET, SOCK_STREAM) = 9999 (Unknown error)");
}

static void appends(void **state)
{
	(void)state;
	struct buf out = {0};
	struct event e = {.kind = EVENT_CALL, .call = CALL(.op = OP_CLOSE, .fd = 3)};
	assert_int_equal(buf_append(&out, "# ", 2), 0);
	assert_int_equal(event_print_call(&e, &out), 0);
	assert_int_equal(out.size, strlen("# close(3) = 0"));
	assert_memory_equal(buf_bytes(&out), "# close(3) = 0", out.size);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_socket),
		cmocka_unit_test(prints_addresses),
		cmocka_unit_test(prints_numbers),
		cmocka_unit_test(prints_options),
		cmocka_unit_test(prints_data),
		cmocka_unit_test(cuts_data),
		cmocka_unit_test(test_fault_21_escapes_data),
		cmocka_unit_test(prints_what_has_not_returned),
		cmocka_unit_test(prints_lookups),
		cmocka_unit_test(prints_unknown_errors),
		cmocka_unit_test(appends),
	};
	text_locale();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
