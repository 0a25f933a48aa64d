/* Clients that talk in order, each at its own pace, and look at every byte that comes back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "soak.h"

enum {
	PIECES = 20,         /* of a conversation, at most */
	PIECE = 4000,        /* bytes of most of them */
	LONG_PIECE = 100000, /* and of one of so many: */
	LONG_ONE = 50,
	AHEAD = 256 << 10, /* bytes said and not come back, at most */
	ROOM = 64 << 10,
	DATAGRAM = 1400,
	LONG_DATAGRAM = 20000,
};
#define AGAIN (300 * CLOCK_MS) /* then a datagram is sent once more */

/* --- Text --- */

static const char *const words[] = {
	"hello",
	" ",
	"stra\303\237e",
	"\317\203\317\204\316\277",
	"\320\277\321\200\320\270",
	"\n",
	"\303\251t\303\251",
	"\344\275\240\345\245\275",
	"\360\237\230\200",
	"\305\211",
	"ABC",
	"\316\220",
	"\357\254\203",
	"\303",
	"0123456789",
};

static void put_piece(struct crowd *c, struct buf *out, size_t n, bool garbage)
{
	for (size_t begin = out->size; out->size - begin < n;) {
		const char *word = words[soak_throw(c, COUNT(words))];
		uint64_t bytes = soak_throw(c, UINT64_MAX);
		if (garbage ? buf_append(out, &bytes, sizeof bytes) == -1 : buf_append(out, word, strlen(word)) == -1)
			abort();
	}
}

/* --- Streams --- */

static void expect(struct client *x, const void *data, size_t n)
{
	uint8_t *room = buf_reserve(&x->expected, TEXT_UPPER_ROOM(n));
	if (!room)
		abort();
	x->expected.size += data ? text_upper(&x->upper, data, n, room) : text_upper_end(&x->upper, room);
}

static bool begin_stream(struct crowd *c, struct client *x)
{
	x->fd = soak_socket(c, SOCK_STREAM);
	x->upper = (struct text_upper){0};
	x->pieces = 1 + soak_throw(c, PIECES);
	x->shut = false;
	c->figures.connections += x->fd != -1;
	return x->fd != -1;
}

static void compose(struct crowd *c, struct client *x)
{
	size_t size = 1 + soak_throw(c, soak_throw(c, LONG_ONE) || x->kind->pause ? PIECE : LONG_PIECE);
	if (x->pieces == 0 || x->out.size + x->expected.size > AHEAD)
		return;
	x->pieces--;
	size_t before = x->out.size;
	put_piece(c, &x->out, size, x->kind->garbage);
	expect(x, buf_bytes(&x->out) + before, x->out.size - before);
}

/* Who is slow hurries at the end. */
static size_t some(struct crowd *c, size_t most)
{
	return c->leaving ? ROOM : 1 + soak_throw(c, most);
}

/* False: it has failed. */
static bool send_some(struct crowd *c, struct client *x)
{
	size_t most = some(c, x->kind->send_most), n = x->out.size < most ? x->out.size : most;
	ssize_t sent = n ? send(x->fd, buf_bytes(&x->out), n, MSG_NOSIGNAL) : 0;
	if (sent == -1 && errno != EAGAIN) {
		soak_fail(c, x, strerror(errno));
		return false;
	}
	if (sent > 0)
		buf_consume(&x->out, (size_t)sent);
	if (x->out.size == 0 && x->pieces == 0 && !x->shut) {
		expect(x, NULL, 0);
		x->shut = shutdown(x->fd, SHUT_WR) == 0; /* or there is no connection yet */
	}
	return true;
}

static void check_received(struct crowd *c, struct client *x, const uint8_t *data, size_t n)
{
	x->heard = c->now;
	if (n > x->expected.size || memcmp(data, buf_bytes(&x->expected), n) != 0) {
		soak_fail(c, x, "something else came back");
		return;
	}
	c->figures.bytes += n;
	buf_consume(&x->expected, n);
}

static void receive_some(struct crowd *c, struct client *x)
{
	uint8_t room[ROOM];
	ssize_t n = recv(x->fd, room, some(c, x->kind->receive_most), 0);
	if (n > 0)
		check_received(c, x, room, (size_t)n);
	else if (n == 0 && x->shut && x->expected.size == 0)
		soak_leave(x);
	else if (n == 0)
		soak_fail(c, x, "the connection was closed too early");
	else if (errno != EAGAIN)
		soak_fail(c, x, strerror(errno));
	else if (x->out.size + x->expected.size == 0 && !x->shut)
		x->heard = c->now; /* nothing is to come */
	else if (c->now - x->heard > c->patience)
		soak_fail(c, x, "nothing comes back");
}

static void act_on_stream(struct crowd *c, struct client *x)
{
	if (c->leaving)
		x->pieces = 0;
	if (x->out.size == 0)
		compose(c, x);
	if (send_some(c, x))
		receive_some(c, x);
	uint64_t pause = c->leaving ? CLOCK_MS : x->kind->pause + CLOCK_MS;
	x->next = c->now + soak_throw(c, pause);
}

/* --- Datagrams --- */

static void send_datagram(struct crowd *c, struct client *x)
{
	if (send(x->fd, buf_bytes(&x->out), x->out.size, MSG_NOSIGNAL) == -1 && errno != EAGAIN && errno != ENOBUFS)
		soak_fail(c, x, strerror(errno));
	x->ends = c->now + AGAIN;
}

/* Each begins with a number of its own, so that nobody takes it for another one's. */
static void next_datagram(struct crowd *c, struct client *x)
{
	buf_clear(&x->out);
	buf_clear(&x->expected);
	size_t size = soak_throw(c, soak_throw(c, LONG_ONE) ? DATAGRAM : LONG_DATAGRAM);
	if (buf_printf(&x->out, "%ju ", (uintmax_t)++x->number) == -1)
		abort();
	put_piece(c, &x->out, size, x->kind->garbage);
	uint8_t *room = buf_reserve(&x->expected, TEXT_UPPER_ROOM(x->out.size));
	if (!room)
		abort();
	x->expected.size = text_upper_whole(buf_bytes(&x->out), x->out.size, room);
	x->heard = c->now;
	send_datagram(c, x);
}

static bool begin_datagrams(struct crowd *c, struct client *x)
{
	x->fd = soak_socket(c, SOCK_DGRAM);
	x->pieces = 10 * PIECES;
	if (x->fd != -1)
		next_datagram(c, x);
	return x->fd != -1;
}

/* A reply to one before may come twice, when that was sent twice. */
static void take_datagram(struct crowd *c, struct client *x, const uint8_t *data, size_t n)
{
	uint64_t number = strtoull((const char *)data, NULL, 10);
	if (number < x->number && number > 0)
		return;
	if (n != x->expected.size || memcmp(data, buf_bytes(&x->expected), n) != 0) {
		soak_fail(c, x, "another datagram came back");
		return;
	}
	c->figures.bytes += n;
	c->figures.datagrams++;
	if (c->leaving || --x->pieces == 0)
		soak_leave(x);
	else
		next_datagram(c, x);
}

static void act_on_datagrams(struct crowd *c, struct client *x)
{
	static uint8_t room[ROOM + 1];
	ssize_t n = recv(x->fd, room, ROOM, 0);
	if (n > 0) {
		room[n] = '\0';
		take_datagram(c, x, room, (size_t)n);
	} else if (n == -1 && errno != EAGAIN) {
		soak_fail(c, x, strerror(errno));
	} else if (c->now - x->heard > c->patience) {
		soak_fail(c, x, "a datagram is never answered");
	} else if (c->now > x->ends) {
		c->figures.again++;
		send_datagram(c, x);
	}
	x->next = c->now + soak_throw(c, x->kind->pause);
}

const struct kind talkers[] = {
	{"talker", 30, begin_stream, act_on_stream, 16 << 10, 60 << 10, 3 * CLOCK_MS, false},
	{"greedy", 4, begin_stream, act_on_stream, 60 << 10, 60 << 10, 0, false},
	{"garbage", 10, begin_stream, act_on_stream, 4 << 10, 60 << 10, 5 * CLOCK_MS, true},
	{"bytewise", 10, begin_stream, act_on_stream, 1, 60 << 10, 0, false},
	{"slow writer", 10, begin_stream, act_on_stream, 20, 60 << 10, 20 * CLOCK_MS, false},
	{"slow reader", 10, begin_stream, act_on_stream, 60 << 10, 200, 2 * CLOCK_MS, false},
	{"datagrams", 10, begin_datagrams, act_on_datagrams, 0, 0, 2 * CLOCK_MS, false},
	{0},
};
