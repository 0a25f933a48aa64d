/* An uproard at the other end of a channel, for the tests of what it tells and is told there. */
#ifndef TEST_SERVER_H
#define TEST_SERVER_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <uproar/event.h>
#include <uproar/sock.h>

#include "../support/peer.h"

enum { MESSAGE_MAX = 64 << 10 };

static int channel[2]; /* ours is the first */
static struct process *server;
static unsigned port;

/* lab: what it is set to from the start, or NULL. */
static inline void start(const char *model, const char *protocol, const char *lab)
{
	char number[16];
	assert_int_equal(sock_socketpair(channel), 0);
	snprintf(number, sizeof number, "%d", channel[1]);
	fcntl(channel[1], F_SETFD, 0);
	const char *options[] = {"-4", protocol, "-m", model, "--control-fd", number, lab ? "--lab" : NULL, lab, NULL};
	server = peer_server(&port, options);
	close(channel[1]);
}

/* The next event, valid until the one after it; false: the channel has ended. */
static inline bool next_from(int fd, struct event *e)
{
	static uint64_t message[MESSAGE_MAX / sizeof(uint64_t)]; /* e->data points into it */
	struct pollfd p = {.fd = fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, PEER_PATIENCE * 1000), 1);
	ssize_t n = read(fd, message, sizeof message);
	if (n == -1 && errno == ECONNRESET) /* said once: it has ended, and not heard all */
		n = read(fd, message, sizeof message);
	assert_int_not_equal(n, -1);
	if (n == 0)
		return false;
	assert_int_equal(event_unpack(e, message, (size_t)n), 0);
	return true;
}

static inline bool next(struct event *e)
{
	return next_from(channel[0], e);
}

static inline bool more_from(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	return poll(&p, 1, 0) == 1;
}

static inline bool more(void)
{
	return more_from(channel[0]);
}

static inline void say(int fd, const char *command)
{
	assert_int_equal(write(fd, command, strlen(command)), strlen(command));
}

static inline void ends(void)
{
	close(channel[0]);
	assert_int_equal(process_exit(server), 0);
	assert_string_equal(process_err(server), "");
	process_end(server);
}

#endif
