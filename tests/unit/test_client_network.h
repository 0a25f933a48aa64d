/*
 * What the tests of the network's thread share: a network that is started, what it tells, and a server on 127.0.0.1 in
 * plain blocking calls. Every wait has a deadline of PATIENCE seconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include <uproar/session.h>
#include <uproar/sock.h>

#include "../../src/client/network.h"

enum { PATIENCE = 20, TOLD_MAX = 1 << 16 };

static struct network *network;
static int woken[2]; /* a pipe: a byte comes when there are events to take */
static struct event told[TOLD_MAX];
static size_t told_count;
static size_t looked; /* what is awaited next comes after these */

/* --- The network --- */

static void wake(void *arg)
{
	ssize_t n = write(woken[1], "", 1);
	(void)arg, (void)n; /* a full pipe wakes as well */
}

static void forget(void)
{
	for (size_t i = 0; i < told_count; i++)
		free((void *)told[i].data);
	told_count = looked = 0;
}

static void start(struct network_options options)
{
	options.calls = true;
	options.wake = wake;
	forget();
	assert_int_equal(pipe2(woken, O_NONBLOCK | O_CLOEXEC), 0);
	network = network_start(&options);
	assert_non_null(network);
}

static const struct network_options patient = {.udp_timeout = CLOCK_NEVER, .tcp_timeout = CLOCK_NEVER};

static void keep(const struct event *e, void *arg)
{
	(void)arg;
	assert_true(told_count < TOLD_MAX);
	struct event *kept = &told[told_count++];
	*kept = *e;
	char *data = malloc(e->size + 1);
	assert_non_null(data);
	if (e->size)
		memcpy(data, e->data, e->size);
	data[e->size] = '\0';
	kept->data = data;
}

/* What was told can still be looked at. */
static void stop(void)
{
	network_stop(network);
	assert_int_equal(network_take(network, keep, NULL), 0);
	assert_true(network_free(network));
	close(woken[0]);
	close(woken[1]);
}

static inline void talk(enum protocol protocol, unsigned port)
{
	char text[16];
	snprintf(text, sizeof text, "%u", port);
	assert_int_equal(network_connect(network, protocol, "127.0.0.1", text), 0);
}

/* Where the name is not known (a system without /etc/hosts), the test is skipped: before it starts anything. */
static inline void need_a_name(void)
{
	struct addrinfo *found;
	if (getaddrinfo("localhost", NULL, NULL, &found) != 0)
		skip();
	freeaddrinfo(found);
}

static inline void talk_by_name(enum protocol protocol, unsigned port)
{
	char text[16];
	snprintf(text, sizeof text, "%u", port);
	assert_int_equal(network_connect(network, protocol, "localhost", text), 0);
}

static inline void say(const char *text)
{
	assert_int_equal(network_say(network, text, strlen(text), (struct series){SERIES_NONE, 0}), 0);
}

static inline void behave(struct network_habits habits)
{
	assert_int_equal(network_behave(network, &habits), 0);
}

/* --- What it tells --- */

/* What an event is to be: everything that is not 0 or NULL. */
struct wanted {
	enum event_kind kind;
	enum event_op op;
	enum event_state_what what;
	enum event_verdict verdict;
	enum kernel_why why;
	uint64_t sentence;
	int error;      /* of a call, or a state */
	bool announced; /* of a call: it has not returned */
	uint32_t state;
	const char *data; /* all of it; a note's: a part */
};

static bool is_call(const struct event *e, const struct wanted *w)
{
	return e->call.returned != w->announced && e->call.op == w->op && e->call.error == w->error &&
	       (!w->data || strcmp(e->data, w->data) == 0);
}

static bool is_talk(const struct event *e, const struct wanted *w)
{
	return (!w->verdict || e->talk.verdict == w->verdict) && (!w->sentence || e->talk.sentence == w->sentence) &&
	       (!w->data || strcmp(e->data, w->data) == 0);
}

static bool matches(const struct event *e, const struct wanted *w)
{
	if (e->kind != w->kind)
		return false;
	switch (e->kind) {
	case EVENT_CALL:
		return is_call(e, w);
	case EVENT_STATE:
		return e->state.what == w->what && e->state.error == w->error;
	case EVENT_NOTE:
		return strstr(e->data, w->data) != NULL;
	case EVENT_KERNEL:
		return e->kernel.why == w->why && (!w->state || e->kernel.state == w->state);
	default:
		return is_talk(e, w);
	}
}

/* The first such event after the last one that was awaited. */
static const struct event *await(struct wanted w)
{
	uint64_t deadline = clock_now() + PATIENCE * CLOCK_SECOND;
	for (;;) {
		char bytes[64];
		assert_int_equal(network_take(network, keep, NULL), 0);
		while (looked < told_count)
			if (matches(&told[looked++], &w))
				return &told[looked - 1];
		struct pollfd p = {.fd = woken[0], .events = POLLIN};
		if (clock_now() >= deadline || poll(&p, 1, PATIENCE * 1000) == 0)
			fail_msg("the event did not come: kind %d, what %d, op %d, why %d, verdict %d, \"%s\"", w.kind,
				 w.what, w.op, w.why, w.verdict, w.data ? w.data : "");
		ssize_t n = read(woken[0], bytes, sizeof bytes);
		(void)n;
	}
}

static inline const struct event *await_call(enum event_op op, int error)
{
	return await((struct wanted){.kind = EVENT_CALL, .op = op, .error = error});
}

static inline const struct event *await_state(enum event_state_what what)
{
	return await((struct wanted){.kind = EVENT_STATE, .what = what});
}

static inline const struct event *await_note(const char *part)
{
	return await((struct wanted){.kind = EVENT_NOTE, .data = part});
}

static inline const struct event *await_reply(const char *text)
{
	return await((struct wanted){.kind = EVENT_REPLY, .data = text});
}

static inline const struct event *await_missing(enum event_verdict verdict, uint64_t sentence)
{
	return await((struct wanted){.kind = EVENT_MISSING, .verdict = verdict, .sentence = sentence});
}

static inline const struct event *await_kernel(enum kernel_why why)
{
	return await((struct wanted){.kind = EVENT_KERNEL, .why = why});
}

/* How many such events there were so far, of those looked at. */
static inline size_t count(struct wanted w)
{
	size_t n = 0;
	for (size_t i = 0; i < looked; i++)
		n += matches(&told[i], &w);
	return n;
}

/* --- A server --- */

static inline int server_socket(int type, int backlog, unsigned *port)
{
	const struct timeval patience = {.tv_sec = PATIENCE};
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	assert_int_not_equal(fd, -1);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, backlog), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static inline int server_accept(int welcoming, unsigned *port)
{
	const struct timeval patience = {.tv_sec = PATIENCE};
	struct sockaddr_in from;
	socklen_t size = sizeof from;
	int fd = accept(welcoming, (struct sockaddr *)&from, &size);
	assert_int_not_equal(fd, -1);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (port)
		*port = ntohs(from.sin_port);
	return fd;
}

/* Over the connection exactly this comes. */
static inline void server_hears(int fd, const char *text)
{
	char came[256];
	size_t n = strlen(text);
	assert_true(n <= sizeof came);
	assert_int_equal(recv(fd, came, n, MSG_WAITALL), n);
	assert_memory_equal(came, text, n);
}

static inline void server_hears_the_end(int fd)
{
	char byte;
	assert_int_equal(recv(fd, &byte, 1, 0), 0);
}

static inline void server_says(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* The next datagram is this one; from: who sent it. */
static inline void server_takes(int fd, const char *text, struct sockaddr_in *from)
{
	char came[256];
	socklen_t size = sizeof *from;
	assert_int_equal(recvfrom(fd, came, sizeof came, 0, (struct sockaddr *)from, &size), strlen(text));
	assert_memory_equal(came, text, strlen(text));
}

static inline void server_gives(int fd, const void *data, size_t n, const struct sockaddr_in *to)
{
	assert_int_equal(sendto(fd, data, n, 0, (const struct sockaddr *)to, sizeof *to), n);
}

/* The next connection, over which just this is said, and answered so. */
static inline int server_serves(int welcoming, const char *sentence, const char *reply)
{
	int fd = server_accept(welcoming, NULL);
	server_hears(fd, sentence);
	server_says(fd, reply);
	return fd;
}

/* The next datagram is this one, and is answered so. */
static inline void server_answers(int fd, const char *sentence, const char *reply)
{
	struct sockaddr_in client;
	server_takes(fd, sentence, &client);
	server_gives(fd, reply, strlen(reply), &client);
}

/* A conversation over TCP whose first sentence was answered: from then on sentences need not wait for each other. */
static inline int server_answered(int welcoming)
{
	say("first");
	int fd = server_serves(welcoming, "first\n", "FIRST\n");
	await_reply("FIRST");
	return fd;
}
