/* Two programs that are made up call by call, and the ladder of what they did as one string. */
#ifndef TEST_VIEW_LADDER_H
#define TEST_VIEW_LADDER_H

#include <errno.h>
#include <sys/socket.h>

#include <uproar/views.h>

#include "test_view.h"

enum { FDS = 32, CLIENT_PORT = 53422, SERVER_PORT = 12000 };

struct stage {
	struct log *log;
	struct flow *flow;
	struct ladder *ladder;
	struct pager *pager;
	uint64_t when;
	uint64_t numbers[EVENT_SERVER + 1];
	uint64_t offsets[EVENT_SERVER + 1][FDS][2]; /* of what was sent, of what was received */
};

static inline int stage_open_with(void **state, size_t events)
{
	struct stage *s = calloc(1, sizeof *s);
	assert_non_null(s);
	s->log = log_new(events, SIZE_MAX);
	s->flow = flow_new(s->log);
	s->ladder = ladder_new(s->log, s->flow);
	s->pager = pager_new(&ladder_lines, s->ladder);
	assert_true(s->log && s->flow && s->ladder && s->pager);
	s->when = CLOCK_SECOND;
	*state = s;
	return 0;
}

static inline int stage_open(void **state)
{
	return stage_open_with(state, 100000);
}

static inline int stage_close(void **state)
{
	struct stage *s = *state;
	pager_free(s->pager);
	ladder_free(s->ladder);
	flow_free(s->flow);
	log_free(s->log);
	free(s);
	return 0;
}

/* --- Events --- */

static inline void tell(struct stage *s, struct event e)
{
	e.number = ++s->numbers[e.who];
	e.when = s->when += 10000;
	assert_int_equal(log_append(s->log, &e), 0);
}

/* A call that took 5 microseconds; one that failed gives -1. */
static inline void call_with(struct stage *s, enum event_who who, struct event_call c, const void *data, size_t n)
{
	c.returned = true;
	c.result = c.error ? -1 : c.result;
	c.took = 5000;
	tell(s, (struct event){.who = who, .kind = EVENT_CALL, .call = c, .size = (uint32_t)n, .data = data});
}

static inline void call(struct stage *s, enum event_who who, struct event_call c)
{
	call_with(s, who, c, NULL, 0);
}

/* It is about to be made. */
static inline void begins(struct stage *s, enum event_who who, struct event_call c)
{
	tell(s, (struct event){.who = who, .kind = EVENT_CALL, .call = c});
}

static inline void waits(struct stage *s, enum event_who who, enum event_op op, int fd)
{
	struct event_call c = {.op = op, .fd = fd, .asked = 1024};
	if (op == OP_CONNECT)
		c.address = ipv4(1, SERVER_PORT);
	begins(s, who, c);
}

static inline void makes_socket(struct stage *s, enum event_who who, int fd, enum protocol p)
{
	int type = p == PROTOCOL_UDP ? SOCK_DGRAM : SOCK_STREAM;
	s->offsets[who][fd][0] = s->offsets[who][fd][1] = 0;
	call(s, who, (struct event_call){.op = OP_SOCKET, .fd = -1, .result = fd, .args = {AF_INET, type}});
}

static inline void binds(struct stage *s, int fd, uint16_t port)
{
	call(s, EVENT_SERVER, (struct event_call){.op = OP_BIND, .fd = fd, .address = ipv4(1, port)});
}

static inline void listens(struct stage *s, int fd)
{
	call(s, EVENT_SERVER, (struct event_call){.op = OP_LISTEN, .fd = fd, .args = {1}});
}

static inline void gets_name(struct stage *s, enum event_who who, int fd, uint16_t port)
{
	call(s, who, (struct event_call){.op = OP_GETSOCKNAME, .fd = fd, .address = ipv4(1, port)});
}

static inline void accepts(struct stage *s, int fd, int connection, uint16_t port)
{
	s->offsets[EVENT_SERVER][connection][0] = s->offsets[EVENT_SERVER][connection][1] = 0;
	call(s, EVENT_SERVER,
	     (struct event_call){.op = OP_ACCEPT, .fd = fd, .result = connection, .address = ipv4(1, port)});
}

static inline void connects(struct stage *s, int fd, int error)
{
	call(s, EVENT_CLIENT,
	     (struct event_call){.op = OP_CONNECT, .fd = fd, .error = error, .address = ipv4(1, SERVER_PORT)});
}

static inline void asks_error(struct stage *s, int fd, int error)
{
	call(s, EVENT_CLIENT,
	     (struct event_call){.op = OP_GETSOCKOPT, .fd = fd, .args = {SOL_SOCKET, SO_ERROR, error}});
}

static inline void closes(struct stage *s, enum event_who who, int fd)
{
	call(s, who, (struct event_call){.op = OP_CLOSE, .fd = fd});
}

static inline void sends(struct stage *s, enum event_who who, int fd, const char *data)
{
	size_t n = strlen(data);
	struct event_call c = {.op = OP_SEND, .fd = fd, .asked = n, .result = (int64_t)n};
	c.offset = s->offsets[who][fd][0];
	s->offsets[who][fd][0] += n;
	call_with(s, who, c, data, n);
}

static inline void receives(struct stage *s, enum event_who who, int fd, size_t room, const char *data)
{
	size_t n = strlen(data);
	struct event_call c = {.op = OP_RECV, .fd = fd, .asked = room, .result = (int64_t)n};
	c.offset = s->offsets[who][fd][1];
	s->offsets[who][fd][1] += n;
	call_with(s, who, c, data, n);
}

static inline void would_block(struct stage *s, enum event_who who, enum event_op op, int fd)
{
	call(s, who, (struct event_call){.op = op, .fd = fd, .asked = 65536, .error = EAGAIN});
}

static inline void sends_to(struct stage *s, enum event_who who, int fd, const char *data, uint16_t port)
{
	size_t n = strlen(data);
	call_with(s, who,
		  (struct event_call){
			  .op = OP_SENDTO, .fd = fd, .asked = n, .result = (int64_t)n, .address = ipv4(1, port)},
		  data, n);
}

/* Of a datagram that is longer than the room for it only its beginning is kept. */
static inline void receives_from(struct stage *s, enum event_who who, int fd, size_t room, const char *data,
				 uint16_t port)
{
	size_t n = strlen(data), kept = n < room ? n : room;
	struct event_call c = {.op = OP_RECVFROM, .fd = fd, .asked = room, .result = (int64_t)n};
	c.address = ipv4(1, port);
	c.args[1] = kept < n ? MSG_TRUNC : 0;
	call_with(s, who, c, data, kept);
}

static inline void lab_decides(struct stage *s, int fd, bool request_dropped, bool reply_dropped)
{
	tell(s, (struct event){.who = EVENT_SERVER,
			       .kind = EVENT_LAB,
			       .lab = {.what = LAB_FATE,
				       .protocol = PROTOCOL_UDP,
				       .request_dropped = request_dropped,
				       .reply_dropped = reply_dropped,
				       .fd = fd,
				       .bytes = 5,
				       .peer = ipv4(1, CLIENT_PORT)}});
}

/* --- What is often wanted --- */

static inline void welcomes(struct stage *s)
{
	makes_socket(s, EVENT_SERVER, 3, PROTOCOL_TCP);
	binds(s, 3, SERVER_PORT);
	listens(s, 3);
}

/* Client's socket 5, server's 7. */
static inline void meets(struct stage *s)
{
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	connects(s, 5, 0);
	accepts(s, 3, 7, CLIENT_PORT);
}

static inline void serves_datagrams(struct stage *s)
{
	makes_socket(s, EVENT_SERVER, 3, PROTOCOL_UDP);
	binds(s, 3, SERVER_PORT);
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_UDP);
}

/* --- The ladder --- */

static inline bool add_row(const struct view_row *row, void *arg)
{
	struct buf *out = arg;
	char *text = text_of(row);
	size_t n = strlen(text);
	while (n > 0 && text[n - 1] == ' ')
		n--;
	assert_int_equal(buf_append(out, text, n), 0);
	assert_int_equal(buf_append(out, "\n", 1), 0);
	free(text);
	return true;
}

static inline void update(struct stage *s)
{
	assert_int_equal(flow_update(s->flow), 0);
	assert_int_equal(pager_update(s->pager), 0);
}

/* All rows, each with a newline. To be freed. */
static inline char *screen(struct stage *s, unsigned width)
{
	struct buf out = {0};
	update(s);
	assert_int_equal(pager_all(s->pager, width, add_row, &out), 0);
	assert_int_equal(buf_append(&out, "", 1), 0);
	return (char *)buf_bytes(&out);
}

static inline void assert_screen(struct stage *s, unsigned width, const char *expected)
{
	char *text = screen(s, width);
	assert_string_equal(text, expected);
	free(text);
}

/* As after welcomes() and meets(), and then this. */
static inline void assert_after(struct stage *s, unsigned width, const char *met, const char *then)
{
	struct buf whole = {0};
	assert_int_equal(buf_printf(&whole, "%s%s", met, then), 0);
	assert_int_equal(buf_append(&whole, "", 1), 0);
	assert_screen(s, width, (const char *)buf_bytes(&whole));
	buf_free(&whole);
}

/* With 80 columns or 40. */
static inline void assert_met(struct stage *s, unsigned width, const char *then)
{
	/* clang-format off */
	static const char wide[] =
		"                                               socket() → 3 welcoming socket\n"
		"                                               bind(3, 127.0.0.1:12000)\n"
		"                                               listen(3, 1)\n"
		"socket() → 5 TCP socket\n"
		"connect(5, 127.0.0.1:12000)      ┄┄┄┄SYN┄┄┄┄┄► (implied)\n"
		"  → 0                            ◄SYN,ACK┄ACK► (implied: its system answers)\n"
		"                                               accept(3) → 7 connection socket\n";
	static const char narrow[] =
		"server socket() → 3 welcoming socket\n"
		"server bind(3, 127.0.0.1:12000)\n"
		"server listen(3, 1)\n"
		"client socket() → 5 TCP socket\n"
		"client connect(5, :12000)  implied SYN┄►\n"
		"client   → 0           implied ◄SYN,ACK┄\n"
		"server accept(3) → 7 connection socket\n";
	/* clang-format on */
	assert_after(s, width, width == 80 ? wide : narrow, then);
}

static inline void assert_met_plain(struct stage *s, const char *then)
{
	static const char plain[] = "server socket() = 3 welcoming socket\n"
				    "server bind(3, 127.0.0.1:12000) = 0\n"
				    "server listen(3, 1) = 0\n"
				    "client socket() = 5 TCP socket\n"
				    "client connect(5, 127.0.0.1:12000) = 0\n"
				    "server accept(3) = 7 connection socket\n";
	assert_after(s, 80, plain, then);
}

static inline void choose(struct stage *s, struct ladder_choice c)
{
	ladder_choose(s->ladder, &c);
}

#endif
