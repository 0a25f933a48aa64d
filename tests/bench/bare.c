/*
 * The least that a server can do, written down as plainly as it goes: what uproard is measured by.
 */
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system.h"

enum {
	READY = 512,
	ROOM = 64 << 10,
	ACCEPTS = 64,
	MANY = 32, /* datagrams in a call */
};

static void watch(int loop, int operation, int fd, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.fd = fd};
	if (epoll_ctl(loop, operation, fd, &event) == -1)
		err(1, "bench: epoll");
}

/* --- TCP --- */

/* What a connection's socket had no room for, by its descriptor. Until that is gone nothing more is read. */
struct rest {
	uint8_t *bytes;
	size_t from, size;
};

static struct rest *rests;

static void hang_up(int fd)
{
	free(rests[fd].bytes);
	rests[fd] = (struct rest){0};
	close(fd);
}

static void keep(int loop, int fd, const uint8_t *bytes, size_t n)
{
	struct rest *r = &rests[fd];
	*r = (struct rest){malloc(n), 0, n};
	if (!r->bytes)
		err(1, "bench");
	memcpy(r->bytes, bytes, n);
	watch(loop, EPOLL_CTL_MOD, fd, EPOLLOUT);
}

static void send_rest(int loop, int fd)
{
	struct rest *r = &rests[fd];
	ssize_t n = send(fd, r->bytes + r->from, r->size - r->from, MSG_NOSIGNAL);
	if (n == -1) {
		if (errno != EAGAIN)
			hang_up(fd);
		return;
	}
	r->from += (size_t)n;
	if (r->from < r->size)
		return;
	free(r->bytes);
	*r = (struct rest){0};
	watch(loop, EPOLL_CTL_MOD, fd, EPOLLIN);
}

static void echo_stream(int loop, int fd)
{
	static uint8_t bytes[ROOM];
	ssize_t n = recv(fd, bytes, sizeof bytes, 0);
	if (n == -1 && errno == EAGAIN)
		return;
	ssize_t sent = n > 0 ? send(fd, bytes, (size_t)n, MSG_NOSIGNAL) : -1;
	if (n <= 0 || (sent == -1 && errno != EAGAIN)) {
		hang_up(fd);
		return;
	}
	sent = sent == -1 ? 0 : sent;
	if (sent < n)
		keep(loop, fd, bytes + sent, (size_t)(n - sent));
}

static void accept_all(int loop, int welcoming)
{
	int one = 1;
	for (int i = 0; i < ACCEPTS; i++) {
		int fd = accept4(welcoming, NULL, NULL, SOCK_NONBLOCK);
		if (fd == -1)
			return;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		watch(loop, EPOLL_CTL_ADD, fd, EPOLLIN);
	}
}

/* --- UDP --- */

static void echo_datagram(int fd)
{
	static uint8_t bytes[ROOM];
	struct sockaddr_in from;
	socklen_t size = sizeof from;
	ssize_t n = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &size);
	if (n != -1)
		sendto(fd, bytes, (size_t)n, 0, (struct sockaddr *)&from, size);
}

static void echo_datagrams(int fd)
{
	static uint8_t bytes[MANY][ROOM];
	struct sockaddr_in from[MANY];
	struct iovec parts[MANY];
	struct mmsghdr messages[MANY];
	for (int i = 0; i < MANY; i++) {
		parts[i] = (struct iovec){bytes[i], ROOM};
		messages[i] = (struct mmsghdr){.msg_hdr = {&from[i], sizeof from[i], &parts[i], 1, NULL, 0, 0}};
	}
	int n = recvmmsg(fd, messages, MANY, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++)
		parts[i].iov_len = messages[i].msg_len;
	if (n > 0)
		sendmmsg(fd, messages, (unsigned)n, 0);
}

/* --- The loop --- */

static _Noreturn void serve(int welcoming, int datagrams, void (*echo)(int fd))
{
	struct epoll_event ready[READY];
	int loop = epoll_create1(EPOLL_CLOEXEC);
	rests = calloc((size_t)system_most_descriptors(), sizeof *rests);
	if (!rests)
		err(1, "bench");
	if (welcoming != -1)
		watch(loop, EPOLL_CTL_ADD, welcoming, EPOLLIN);
	watch(loop, EPOLL_CTL_ADD, datagrams, EPOLLIN);
	for (;;) {
		int n = epoll_wait(loop, ready, READY, -1);
		for (int i = 0; i < n; i++) {
			int fd = ready[i].data.fd;
			if (fd == datagrams)
				echo(fd);
			else if (fd == welcoming)
				accept_all(loop, fd);
			else if (ready[i].events & EPOLLOUT)
				send_rest(loop, fd);
			else
				echo_stream(loop, fd);
		}
	}
}

void bare_start(struct contestant *c)
{
	int welcoming = listen_on(SOCK_STREAM, &c->port), datagrams = listen_on(SOCK_DGRAM, &c->port);
	c->pid = process_fork();
	if (c->pid == 0)
		serve(welcoming, datagrams, echo_datagram);
	close(welcoming);
	close(datagrams);
}

void bare_many_start(struct contestant *c)
{
	int datagrams = listen_on(SOCK_DGRAM, &c->port);
	c->pid = process_fork();
	if (c->pid == 0)
		serve(-1, datagrams, echo_datagrams);
	close(datagrams);
}
