/* Clients without manners. What becomes of them is all the same, as long as nobody else notices. */
#include <errno.h>
#include <sys/socket.h>

#include "soak.h"

enum { JUNK = 64 << 10, BURST = 16, DATAGRAM = 1400 };
#define LIFE (500 * CLOCK_MS)
#define SPAN (5 * CLOCK_MS)

static const uint8_t *junk(struct crowd *c)
{
	static uint64_t bytes[JUNK / sizeof(uint64_t)];
	if (!bytes[0])
		for (size_t i = 0; i < COUNT(bytes); i++)
			bytes[i] = soak_throw(c, UINT64_MAX);
	return (const uint8_t *)bytes;
}

static bool begin(struct crowd *c, struct client *x, int type)
{
	x->fd = soak_socket(c, type);
	x->ends = c->now + soak_throw(c, LIFE);
	c->figures.connections += x->fd != -1;
	return x->fd != -1;
}

static bool begin_stream(struct crowd *c, struct client *x)
{
	return begin(c, x, SOCK_STREAM);
}

static bool begin_datagrams(struct crowd *c, struct client *x)
{
	return begin(c, x, SOCK_DGRAM);
}

/* Whether its time has come; if not, it will be asked again. */
static bool is_over(struct crowd *c, struct client *x)
{
	x->next = c->now + soak_throw(c, SPAN);
	return c->leaving || c->now >= x->ends;
}

static void leave_at_once(struct crowd *c, struct client *x)
{
	(void)c;
	soak_leave(x);
}

static void say_nothing(struct crowd *c, struct client *x)
{
	if (is_over(c, x))
		soak_leave(x);
}

static void send_and_reset(struct crowd *c, struct client *x)
{
	send(x->fd, junk(c), 1 + soak_throw(c, JUNK), MSG_NOSIGNAL);
	if (is_over(c, x))
		soak_reset(x);
}

/* Half of them are still there when they leave, in the middle of what they would say. */
static void never_receive(struct crowd *c, struct client *x)
{
	while (send(x->fd, junk(c), JUNK, MSG_NOSIGNAL) > 0)
		continue;
	if (!is_over(c, x))
		return;
	if (soak_throw(c, 2))
		soak_leave(x);
	else
		soak_reset(x);
}

/* A half-close, and nothing that comes is looked at, until the server has gone. */
static void end_and_wait(struct crowd *c, struct client *x)
{
	static uint8_t room[JUNK];
	send(x->fd, junk(c), 1 + soak_throw(c, JUNK), MSG_NOSIGNAL);
	if (!is_over(c, x))
		return;
	shutdown(x->fd, SHUT_WR);
	ssize_t n = recv(x->fd, room, sizeof room, 0);
	if (n == 0 || (n == -1 && errno != EAGAIN) || c->now > x->ends + c->patience)
		soak_leave(x);
}

static void flood(struct crowd *c, struct client *x)
{
	static uint8_t room[JUNK];
	send(x->fd, junk(c), JUNK, MSG_NOSIGNAL);
	recv(x->fd, room, sizeof room, 0);
	if (is_over(c, x))
		soak_leave(x);
}

/* Nobody takes the replies; some datagrams are empty. */
static void flood_datagrams(struct crowd *c, struct client *x)
{
	for (int i = 0; i < BURST; i++)
		send(x->fd, junk(c) + soak_throw(c, DATAGRAM), soak_throw(c, DATAGRAM), MSG_NOSIGNAL);
	if (is_over(c, x))
		soak_leave(x);
}

const struct kind vandals[] = {
	{"who leaves at once", 5, begin_stream, leave_at_once, 0, 0, 0, false},
	{"who says nothing", 20, begin_stream, say_nothing, 0, 0, 0, false},
	{"who resets", 10, begin_stream, send_and_reset, 0, 0, 0, false},
	{"who never receives", 10, begin_stream, never_receive, 0, 0, 0, false},
	{"who ends and waits", 10, begin_stream, end_and_wait, 0, 0, 0, false},
	{"who floods", 2, begin_stream, flood, 0, 0, 0, false},
	{"who floods with datagrams", 2, begin_datagrams, flood_datagrams, 0, 0, 0, false},
	{0},
};
