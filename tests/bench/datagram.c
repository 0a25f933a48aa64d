/*
 * Load over UDP: a socket for each client, with a window of messages under way. What is lost is forgotten when nothing
 * has come for a while, and then the window is filled again.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "load.h"
#include "system.h"

enum { ROOM = 2048, SILENCE_MS = 50, SILENCES = 400 /* 20 seconds */ };

static bool open_datagram(struct load *l, struct client *c)
{
	c->fd = connect_to(SOCK_DGRAM, l->contestant->port);
	load_watch(l, c, EPOLL_CTL_ADD, EPOLLIN);
	return true;
}

static void ask(struct load *l, struct client *c, unsigned n)
{
	struct iovec bytes = {l->message.request, l->message.request_size};
	struct mmsghdr messages[DEPTH_MAX];
	for (unsigned i = 0; i < n; i++)
		messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &bytes, .msg_iovlen = 1}};
	load_sent(l, c, n);
	if (sendmmsg(c->fd, messages, n, MSG_DONTWAIT) == -1 && errno != EAGAIN)
		load_fail(l, "sendmmsg");
}

static void begin(struct load *l, struct client *c)
{
	ask(l, c, l->shape->depth);
}

static void compare(struct load *l, const struct client *c, const struct mmsghdr *messages, int n)
{
	for (int i = 0; i < n; i++) {
		l->wrong |= messages[i].msg_len != l->message.reply_size;
		load_compare(l, c, messages[i].msg_hdr.msg_iov->iov_base, messages[i].msg_len);
	}
}

static void ready(struct load *l, struct client *c, uint32_t events)
{
	static uint8_t data[DEPTH_MAX][ROOM];
	struct iovec bytes[DEPTH_MAX];
	struct mmsghdr messages[DEPTH_MAX];
	(void)events;
	for (unsigned i = 0; i < l->shape->depth; i++) {
		bytes[i] = (struct iovec){data[i], ROOM};
		messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &bytes[i], .msg_iovlen = 1}};
	}
	int n = recvmmsg(c->fd, messages, l->shape->depth, MSG_DONTWAIT, NULL);
	if (n == -1 && errno != EAGAIN)
		load_fail(l, "recvmmsg");
	if (n <= 0)
		return;
	if (l->check)
		compare(l, c, messages, n);
	unsigned known = (unsigned)n < c->under_way ? (unsigned)n : c->under_way; /* one given up may come yet */
	load_answered(l, c, known);
	if (!l->over && known > 0)
		ask(l, c, known);
}

static bool silence(struct load *l)
{
	bool again = !l->over || l->answered == 0;
	if (l->answered == 0 && ++l->silences == SILENCES)
		return load_give_up(l);
	for (unsigned i = 0; i < l->opened; i++) {
		struct client *c = &l->clients[i];
		if (c->under_way)
			l->waiting--;
		c->under_way = 0;
		if (again)
			begin(l, c);
	}
	return true;
}

const struct load_kind load_datagram = {open_datagram, begin, ready, silence, SILENCE_MS};
