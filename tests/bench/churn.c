/*
 * Load by connections that come and go: connect, send, receive the reply, close. What is timed is all but the close.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"
#include "system.h"

enum { ROOM = 4096, PATIENCE_MS = 20000 };

/*
 * Who closes first keeps the port in TIME_WAIT for a minute: that is us, and one address has 28,000 ports. So each
 * connection comes from the next of 250 addresses.
 */
static int new_socket(struct load *l)
{
	static unsigned next;
	int one = 1;
	struct sockaddr_in from = loopback_nth(next++);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1) {
		load_fail(l, "socket");
		return -1;
	}
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&from, sizeof from) == -1)
		load_fail(l, "bind");
	return fd;
}

/* Over loopback a connection is often there at once, though connect() does not say so. */
static void send_message(struct load *l, struct client *c)
{
	ssize_t n = send(c->fd, l->message.request, l->message.request_size, MSG_NOSIGNAL);
	bool gone = n == (ssize_t)l->message.request_size;
	if (!gone && (n != -1 || errno != EAGAIN)) {
		load_fail(l, "send");
		return;
	}
	load_watch(l, c, c->awaits_room ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, gone ? EPOLLIN : EPOLLOUT);
	c->awaits_room = !gone;
}

static void begin(struct load *l, struct client *c)
{
	struct sockaddr_in to = loopback(l->contestant->port);
	c->fd = new_socket(l);
	load_sent(l, c, 1);
	if (connect(c->fd, (struct sockaddr *)&to, sizeof to) == -1 && errno != EINPROGRESS)
		load_fail(l, "connect");
	else
		send_message(l, c);
}

static void receive(struct load *l, struct client *c)
{
	uint8_t data[ROOM];
	ssize_t n = recv(c->fd, data, sizeof data, 0);
	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0) {
		load_fail(l, "the server closed a connection before it had answered");
		return;
	}
	if (l->check)
		load_compare(l, c, data, (size_t)n);
	c->received += (size_t)n;
	if (c->received < l->message.reply_size)
		return;
	c->received = 0;
	load_answered(l, c, 1);
	close(c->fd);
	c->fd = -1;
	if (!l->over)
		begin(l, c);
}

static void ready(struct load *l, struct client *c, uint32_t events)
{
	if (c->awaits_room)
		send_message(l, c);
	else if (events)
		receive(l, c);
}

static bool open_none(struct load *l, struct client *c)
{
	(void)l;
	c->fd = -1;
	return true;
}

const struct load_kind load_churn = {open_none, begin, ready, load_give_up, PATIENCE_MS};
