/*
 * Load over TCP: connections that stay, with so many messages under way on each.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "load.h"
#include "system.h"

enum { ROOM = 256 << 10, PATIENCE_MS = 20000 };

static bool open_stream(struct load *l, struct client *c)
{
	c->fd = connect_to(SOCK_STREAM, l->contestant->port);
	if (c->fd == -1)
		return false;
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	load_watch(l, c, EPOLL_CTL_ADD, EPOLLIN);
	return true;
}

/* As much as there is room for; the rest when there is more. */
static void send_more(struct load *l, struct client *c)
{
	ssize_t n = c->unsent ? send(c->fd, l->message.request + c->sent, c->unsent, MSG_NOSIGNAL) : 0;
	if (n == -1 && errno != EAGAIN)
		load_fail(l, "send");
	if (n > 0) {
		c->unsent -= (size_t)n;
		c->sent = (c->sent + (size_t)n) % l->message.request_size;
	}
	bool awaits_room = c->unsent > 0;
	if (awaits_room != c->awaits_room)
		load_watch(l, c, EPOLL_CTL_MOD, EPOLLIN | (awaits_room ? EPOLLOUT : 0));
	c->awaits_room = awaits_room;
}

static void ask(struct load *l, struct client *c, unsigned n)
{
	load_sent(l, c, n);
	c->unsent += n * l->message.request_size;
	send_more(l, c);
}

static void begin(struct load *l, struct client *c)
{
	ask(l, c, l->shape->depth);
}

static void receive(struct load *l, struct client *c)
{
	static uint8_t data[ROOM];
	ssize_t n = recv(c->fd, data, sizeof data, 0);
	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0) {
		load_fail(l, "the server closed a connection");
		return;
	}
	if (l->check)
		load_compare(l, c, data, (size_t)n);
	c->received += (size_t)n;
	unsigned whole = (unsigned)(c->received / l->message.reply_size);
	c->received %= l->message.reply_size;
	if (whole == 0)
		return;
	load_answered(l, c, whole);
	if (!l->over)
		ask(l, c, whole);
}

static void ready(struct load *l, struct client *c, uint32_t events)
{
	if (events & EPOLLOUT)
		send_more(l, c);
	if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		receive(l, c);
}

const struct load_kind load_stream = {open_stream, begin, ready, load_give_up, PATIENCE_MS};
