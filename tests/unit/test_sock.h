/*
 * What the tests of sock share: sockets on loopback in one process, and waiting for them with a deadline.
 */
#ifndef TEST_SOCK_H
#define TEST_SOCK_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <uproar/sock.h>

enum { PATIENCE = 10000 }; /* ms until a wait is given up */

static inline struct endpoint loopback(int family, uint16_t port)
{
	struct endpoint e = {.family = (uint8_t)family, .port = port};
	if (family == 4)
		memcpy(e.address, (uint8_t[]){127, 0, 0, 1}, 4);
	else
		e.address[15] = 1;
	return e;
}

static inline void assert_endpoint(const struct endpoint *e, const char *expected)
{
	char text[ENDPOINT_TEXT];
	assert_string_equal(endpoint_format(e, text), expected);
}

static inline void assert_same(const struct endpoint *a, const struct endpoint *b)
{
	char text[ENDPOINT_TEXT];
	assert_endpoint(a, endpoint_format(b, text));
}

/* A call that must fail, and how. */
#define assert_fails(call, error)                                                                                      \
	do {                                                                                                           \
		errno = 0;                                                                                             \
		assert_int_equal(call, -1);                                                                            \
		assert_int_equal(errno, error);                                                                        \
	} while (0)

static inline bool is_ready(int fd, short events, int ms)
{
	struct pollfd p = {.fd = fd, .events = events};
	return poll(&p, 1, ms) == 1;
}

static inline void await_input(int fd)
{
	assert_true(is_ready(fd, POLLIN, PATIENCE));
}

/* Whether this machine has such a loopback address; says so when it has not. */
static inline bool has_family(int family)
{
	struct endpoint e = loopback(family, 0);
	int fd = sock_socket(family, PROTOCOL_UDP, BLOCKING);
	bool has = fd != -1 && sock_bind(fd, &e) == 0;
	if (fd != -1)
		sock_close(fd);
	if (!has)
		print_message("no IPv%d loopback address here: skipped\n", family);
	return has;
}

/* A socket bound to a port of the system's choosing; *local is where. */
static inline int bound(enum protocol protocol, struct endpoint *local, enum blocking blocking)
{
	int fd = sock_socket(local->family, protocol, blocking);
	assert_int_not_equal(fd, -1);
	assert_int_equal(sock_bind(fd, local), 0);
	assert_int_equal(sock_getsockname(fd, local), 0);
	assert_int_not_equal(local->port, 0);
	return fd;
}

struct pair {
	int client, server;
};

/* A TCP connection over loopback, both ends blocking. */
static inline struct pair connected(int family)
{
	struct endpoint at = loopback(family, 0), peer, local;
	struct pair p;
	int welcoming = bound(PROTOCOL_TCP, &at, BLOCKING);
	assert_int_equal(sock_listen(welcoming, 5), 0);
	p.client = sock_socket(family, PROTOCOL_TCP, BLOCKING);
	assert_int_not_equal(p.client, -1);
	assert_int_equal(sock_connect(p.client, &at), 0);
	await_input(welcoming);
	p.server = sock_accept(welcoming, &peer, BLOCKING);
	assert_int_not_equal(p.server, -1);
	assert_int_equal(sock_getsockname(p.client, &local), 0);
	assert_same(&peer, &local);
	assert_int_equal(sock_close(welcoming), 0);
	return p;
}

static inline void disconnect(struct pair p)
{
	assert_int_equal(sock_close(p.client), 0);
	assert_int_equal(sock_close(p.server), 0);
}

/* What a call does must not depend on who watches: both() is a test without hooks, and again with. */
static inline void ignore(const struct event *e, void *arg)
{
	(void)e;
	(void)arg;
}

static inline int hook(void **state)
{
	(void)state;
	sock_hooks(EVENT_CLIENT, ignore, ignore, NULL);
	return 0;
}

static inline int unhook(void **state)
{
	(void)state;
	sock_hooks(EVENT_CLIENT, NULL, NULL, NULL);
	return 0;
}

#define both(test) cmocka_unit_test(test), cmocka_unit_test_setup_teardown(test, hook, unhook)

#endif
