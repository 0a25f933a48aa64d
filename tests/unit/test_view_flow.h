/* What the tests of the flow share: a log that is written by hand, call by call, and what the flow makes of it. */
#ifndef TEST_VIEW_FLOW_H
#define TEST_VIEW_FLOW_H

/* clang-format off */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <cmocka.h> /* needs those before it */
/* clang-format on */

#include <uproar/flow.h>

#define CLIENT EVENT_CLIENT
#define SERVER EVENT_SERVER
enum { DESCRIPTORS = 64, PORT = 12000, TEXT = 1024 };
enum { OUT, IN };

struct scene {
	struct log *log;
	struct flow *flow;
	uint64_t now;                        /* the next event's time */
	uint64_t streams[3][DESCRIPTORS][2]; /* by who, descriptor, OUT or IN: bytes so far */
	char text[TEXT];
};

static inline int begin_with(void **state, size_t events)
{
	struct scene *s = calloc(1, sizeof *s);
	assert_non_null(s);
	s->log = log_new(events, SIZE_MAX);
	s->flow = flow_new(s->log);
	assert_non_null(s->flow);
	*state = s;
	return 0;
}

static inline int begin(void **state)
{
	return begin_with(state, SIZE_MAX);
}

static inline int end(void **state)
{
	struct scene *s = *state;
	flow_free(s->flow);
	log_free(s->log);
	free(s);
	return 0;
}

/* --- Events --- */

/* Returns its index. */
static inline uint64_t add(struct scene *s, struct event e)
{
	if (e.when == 0)
		e.when = s->now;
	assert_int_equal(log_append(s->log, &e), 0);
	assert_int_equal(flow_update(s->flow), 0);
	return log_end(s->log) - 1;
}

static inline uint64_t add_call(struct scene *s, enum event_who who, struct event_call c)
{
	return add(s, (struct event){.who = who, .kind = EVENT_CALL, .call = c});
}

/* It returned. */
static inline uint64_t made(struct scene *s, enum event_who who, struct event_call c)
{
	c.returned = true;
	return add_call(s, who, c);
}

static inline uint64_t failed(struct scene *s, enum event_who who, struct event_call c, int error)
{
	c.result = -1;
	c.error = error;
	return made(s, who, c);
}

static inline struct endpoint address(uint8_t last, uint16_t port)
{
	return (struct endpoint){.family = 4, .address = {127, 0, 0, last}, .port = port};
}

static inline struct endpoint here(uint16_t port)
{
	return address(1, port);
}

static inline struct endpoint anywhere(uint16_t port)
{
	return (struct endpoint){.family = 4, .port = port};
}

static inline void fresh(struct scene *s, enum event_who who, int fd)
{
	s->streams[who][fd][OUT] = s->streams[who][fd][IN] = 0;
}

static inline uint64_t opened(struct scene *s, enum event_who who, int fd, int type)
{
	fresh(s, who, fd);
	return made(s, who, (struct event_call){.op = OP_SOCKET, .fd = -1, .result = fd, .args = {AF_INET, type}});
}

static inline uint64_t bound(struct scene *s, enum event_who who, int fd, struct endpoint local)
{
	return made(s, who, (struct event_call){.op = OP_BIND, .fd = fd, .address = local});
}

static inline uint64_t listening(struct scene *s, int fd)
{
	return made(s, SERVER, (struct event_call){.op = OP_LISTEN, .fd = fd, .args = {1}});
}

static inline uint64_t named(struct scene *s, enum event_who who, int fd, struct endpoint local)
{
	return made(s, who, (struct event_call){.op = OP_GETSOCKNAME, .fd = fd, .address = local});
}

static inline uint64_t accepted(struct scene *s, int fd, int connection, struct endpoint peer)
{
	fresh(s, SERVER, connection);
	return made(s, SERVER, (struct event_call){.op = OP_ACCEPT, .fd = fd, .result = connection, .address = peer});
}

static inline uint64_t connected(struct scene *s, int fd, struct endpoint remote)
{
	return made(s, CLIENT, (struct event_call){.op = OP_CONNECT, .fd = fd, .address = remote});
}

static inline uint64_t connecting(struct scene *s, int fd, struct endpoint remote)
{
	return failed(s, CLIENT, (struct event_call){.op = OP_CONNECT, .fd = fd, .address = remote}, EINPROGRESS);
}

static inline uint64_t so_error(struct scene *s, int fd, int error)
{
	return made(s, CLIENT,
		    (struct event_call){.op = OP_GETSOCKOPT, .fd = fd, .args = {SOL_SOCKET, SO_ERROR, error}});
}

static inline uint64_t closed(struct scene *s, enum event_who who, int fd)
{
	return made(s, who, (struct event_call){.op = OP_CLOSE, .fd = fd});
}

/* As sock tells it: of long data the beginning. */
static inline uint64_t moved(struct scene *s, enum event_who who, struct event_call c, const void *data, size_t n)
{
	struct event e = {.who = who, .kind = EVENT_CALL, .call = c, .data = data};
	e.size = (uint32_t)(n < EVENT_CALL_DATA ? n : EVENT_CALL_DATA);
	e.call.returned = true;
	return add(s, e);
}

/* The next n bytes of a stream. */
static inline uint64_t streamed(struct scene *s, enum event_who who, int fd, int way, const void *data, size_t n)
{
	struct event_call c = {.op = way == OUT ? OP_SEND : OP_RECV, .fd = fd, .result = (int64_t)n};
	c.asked = way == OUT ? n : 65536;
	c.offset = s->streams[who][fd][way];
	s->streams[who][fd][way] += n;
	return moved(s, who, c, data, n);
}

static inline uint64_t sends(struct scene *s, enum event_who who, int fd, const char *text)
{
	return streamed(s, who, fd, OUT, text, strlen(text));
}

static inline uint64_t receives(struct scene *s, enum event_who who, int fd, const char *text)
{
	return streamed(s, who, fd, IN, text, strlen(text));
}

static inline uint64_t sends_to(struct scene *s, enum event_who who, int fd, const char *text, struct endpoint to)
{
	size_t n = strlen(text);
	struct event_call c = {.op = OP_SENDTO, .fd = fd, .asked = n, .result = (int64_t)n, .address = to};
	return moved(s, who, c, text, n);
}

static inline uint64_t receives_from(struct scene *s, enum event_who who, int fd, const char *text,
				     struct endpoint from)
{
	size_t n = strlen(text);
	struct event_call c = {.op = OP_RECVFROM, .fd = fd, .asked = 65536, .result = (int64_t)n, .address = from};
	return moved(s, who, c, text, n);
}

/* --- Usual scenes --- */

/* The server's welcoming socket, number 3. */
static inline void welcomes(struct scene *s)
{
	opened(s, SERVER, 3, SOCK_STREAM);
	bound(s, SERVER, 3, here(PORT));
	listening(s, 3);
}

/* The server's datagram socket, number 3. */
static inline void serves_datagrams(struct scene *s)
{
	opened(s, SERVER, 3, SOCK_DGRAM);
	bound(s, SERVER, 3, here(PORT));
}

/* A client's socket and the server's, one connection; the client's name is told last. */
static inline void connects(struct scene *s, int fd, int connection, uint16_t port)
{
	opened(s, CLIENT, fd, SOCK_STREAM);
	connecting(s, fd, here(PORT));
	accepted(s, 3, connection, here(port));
	so_error(s, fd, 0);
	named(s, CLIENT, fd, here(port));
}

/* --- What the flow says --- */

/* The newest socket that has this number; there must be one. */
static inline const struct flow_socket *socket_of(const struct scene *s, enum event_who who, int fd)
{
	for (size_t i = flow_sockets(s->flow); i > 0; i--) {
		const struct flow_socket *found = flow_socket(s->flow, i - 1);
		if (found->who == who && found->fd == fd)
			return found;
	}
	fail_msg("no socket %d", fd);
	return NULL;
}

/* The conversation of a call. */
static inline uint32_t about(const struct scene *s, uint64_t index)
{
	return flow_call(s->flow, index).conversation;
}

static inline uint64_t number(const struct scene *s, uint64_t index)
{
	return flow_call(s->flow, index).send;
}

/* What a receive took: of each send its number, how many bytes, of how many: "1:5/5 2:3/6". */
static inline const char *taken(struct scene *s, uint64_t index)
{
	size_t size = 0, pieces = flow_call(s->flow, index).pieces;
	s->text[0] = '\0';
	for (size_t i = 0; i < pieces && size < TEXT; i++) {
		struct flow_piece p = flow_piece(s->flow, index, i);
		assert_int_equal(flow_call(s->flow, p.index).send, p.send);
		assert_int_equal(log_at(s->log, p.index)->call.result, p.of);
		size += (size_t)snprintf(s->text + size, TEXT - size, "%s%" PRIu64 ":%" PRIu64 "/%" PRIu64,
					 i ? " " : "", p.send, p.bytes, p.of);
	}
	return s->text;
}

static inline void assert_endpoint(const struct endpoint *e, const char *expected)
{
	char text[ENDPOINT_TEXT];
	assert_string_equal(endpoint_format(e, text), expected);
}

static inline void assert_conversation(const struct scene *s, uint32_t n, const char *client, const char *server)
{
	const struct flow_conversation *c = flow_conversation(s->flow, n);
	assert_endpoint(&c->client, client);
	assert_endpoint(&c->server, server);
}

/* Which numbers the sockets at its ends have; -1: not seen. */
static inline void assert_ends(const struct scene *s, uint32_t n, int client, int server)
{
	const struct flow_conversation *c = flow_conversation(s->flow, n);
	assert_int_equal(c->client_socket == SIZE_MAX ? -1 : flow_socket(s->flow, c->client_socket)->fd, client);
	assert_int_equal(c->server_socket == SIZE_MAX ? -1 : flow_socket(s->flow, c->server_socket)->fd, server);
}

#endif
