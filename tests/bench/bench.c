/*
 * bench - how fast uproard is, as a ratio to the least that a server can do: a loop of epoll that sends back what it
 * got.
 *
 * Both run at once, and the load goes to them by turns, in short slices: so whatever else the machine does hits both
 * alike. The load is closed: each connection sends a message, waits for the whole reply, and sends the next.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <uproar/base.h>

enum {
	SLICES = 15, /* of each server, a shape */
	CLIENTS_MAX = 1000,
	MESSAGE_MAX = 64 << 10,
	READY = 64,
	PATIENCE_MS = 5000, /* for a reply */
};
#define SLICE (100 * CLOCK_MS)

struct shape {
	const char *name;
	int type; /* SOCK_STREAM or SOCK_DGRAM */
	int clients;
	size_t size; /* bytes of a message */
};

static const struct shape shapes[] = {
	{"TCP,   1 client,   32 B", SOCK_STREAM, 1, 32},
	{"TCP,  50 clients,  32 B", SOCK_STREAM, 50, 32},
	{"TCP, 1000 clients, 32 B", SOCK_STREAM, 1000, 32},
	{"TCP,   1 client,   64 KiB", SOCK_STREAM, 1, MESSAGE_MAX},
	{"TCP,  50 clients,  64 KiB", SOCK_STREAM, 50, MESSAGE_MAX},
	{"UDP,  16 clients,  32 B", SOCK_DGRAM, 16, 32},
	{"UDP,  16 clients,  1400 B", SOCK_DGRAM, 16, 1400},
};

static char message[MESSAGE_MAX];

/* --- The least that a server can do --- */

static int listen_on(int type, uint16_t *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(*port)};
	socklen_t size = sizeof address;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&address, size) == -1 ||
	    (type == SOCK_STREAM && listen(fd, CLIENTS_MAX) == -1) ||
	    getsockname(fd, (struct sockaddr *)&address, &size) == -1)
		err(1, "bench: a server's socket");
	*port = ntohs(address.sin_port);
	return fd;
}

static void watch(int loop, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
	if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) == -1)
		err(1, "bench: epoll");
}

/* A reply that the socket has no room for is waited with: no client here sends before it has its reply. */
static void echo_stream(int fd)
{
	static char bytes[MESSAGE_MAX];
	ssize_t n = recv(fd, bytes, sizeof bytes, 0);
	if (n == 0 || (n == -1 && errno != EAGAIN))
		close(fd);
	for (ssize_t sent = 0; sent < n;) {
		ssize_t m = send(fd, bytes + sent, (size_t)(n - sent), MSG_NOSIGNAL);
		if (m == -1 && errno != EAGAIN)
			return;
		sent += m > 0 ? m : 0;
	}
}

static void echo_datagram(int fd)
{
	static char bytes[MESSAGE_MAX];
	struct sockaddr_in from;
	socklen_t size = sizeof from;
	ssize_t n = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &size);
	if (n >= 0 && sendto(fd, bytes, (size_t)n, 0, (struct sockaddr *)&from, size) == -1)
		return;
}

static void echo(int welcoming, int datagrams)
{
	struct epoll_event ready[READY];
	int loop = epoll_create1(0);
	int one = 1;
	watch(loop, welcoming);
	watch(loop, datagrams);
	for (;;) {
		int n = epoll_wait(loop, ready, READY, -1);
		for (int i = 0; i < n; i++) {
			int fd = ready[i].data.fd;
			if (fd == datagrams) {
				echo_datagram(fd);
			} else if (fd == welcoming) {
				int connection = accept4(fd, NULL, NULL, SOCK_NONBLOCK);
				if (connection == -1)
					continue;
				setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
				watch(loop, connection);
			} else {
				echo_stream(fd);
			}
		}
	}
}

struct server {
	pid_t pid;
	uint16_t port;
};

static struct server start_echo(void)
{
	struct server s = {0};
	int welcoming = listen_on(SOCK_STREAM, &s.port);
	int datagrams = listen_on(SOCK_DGRAM, &s.port);
	s.pid = fork();
	if (s.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		echo(welcoming, datagrams);
	}
	close(welcoming);
	close(datagrams);
	return s;
}

static struct server start_uproard(const char *program)
{
	struct server s = {0};
	int ends[2];
	char line[256];
	if (pipe(ends) == -1 || (s.pid = fork()) == -1)
		err(1, "bench");
	if (s.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], STDOUT_FILENO);
		execl(program, program, "-4", "-p", "0", (char *)NULL);
		err(1, "%s", program);
	}
	close(ends[1]);
	FILE *out = fdopen(ends[0], "r");
	if (!out || !fgets(line, sizeof line, out) || !strrchr(line, ':'))
		errx(1, "bench: uproard did not start");
	s.port = (uint16_t)atoi(strrchr(line, ':') + 1);
	return s;
}

/* --- The load --- */

struct client {
	int fd;
	size_t sent, received; /* of the message and its reply */
};

struct load {
	const struct shape *shape;
	struct client clients[CLIENTS_MAX];
	int loop;
	int waiting; /* clients that have no whole reply yet */
};

static int connect_to(const struct shape *shape, uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	int one = 1;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, shape->type, 0);
	if (fd == -1 || connect(fd, (struct sockaddr *)&address, sizeof address) == -1)
		err(1, "bench: connect");
	if (shape->type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void open_load(struct load *l, const struct shape *shape, uint16_t port)
{
	l->shape = shape;
	l->waiting = 0;
	l->loop = epoll_create1(0);
	for (int i = 0; i < shape->clients; i++) {
		l->clients[i] = (struct client){.fd = connect_to(shape, port)};
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = &l->clients[i]};
		epoll_ctl(l->loop, EPOLL_CTL_ADD, l->clients[i].fd, &event);
	}
}

static void close_load(struct load *l)
{
	for (int i = 0; i < l->shape->clients; i++)
		close(l->clients[i].fd);
	close(l->loop);
}

static void send_more(struct load *l, struct client *c)
{
	ssize_t n = send(c->fd, message + c->sent, l->shape->size - c->sent, MSG_NOSIGNAL);
	if (n == -1 && errno != EAGAIN)
		err(1, "bench: send");
	c->sent += n > 0 ? (size_t)n : 0;
	struct epoll_event event = {.events = EPOLLIN | (c->sent < l->shape->size ? EPOLLOUT : 0), .data.ptr = c};
	if (l->shape->size > 4096)
		epoll_ctl(l->loop, EPOLL_CTL_MOD, c->fd, &event);
}

static void begin(struct load *l, struct client *c)
{
	c->sent = c->received = 0;
	l->waiting++;
	send_more(l, c);
}

/* True when the reply is whole. */
static bool receive(struct load *l, struct client *c)
{
	static char reply[MESSAGE_MAX];
	ssize_t n = recv(c->fd, reply, sizeof reply, 0);
	if (n == 0 || (n == -1 && errno != EAGAIN))
		errx(1, "bench: a server closed a connection");
	c->received += n > 0 ? (size_t)n : 0;
	return c->received == l->shape->size;
}

/* Messages answered in one slice. All replies have come when it returns. */
static double slice(struct load *l)
{
	struct epoll_event ready[READY];
	uint64_t from = clock_now();
	long answered = 0;
	for (int i = 0; i < l->shape->clients; i++)
		begin(l, &l->clients[i]);
	while (l->waiting > 0) {
		int n = epoll_wait(l->loop, ready, READY, PATIENCE_MS);
		if (n == 0)
			errx(1, "bench: %s: a reply did not come", l->shape->name);
		bool over = clock_now() - from >= SLICE;
		for (int i = 0; i < n; i++) {
			struct client *c = ready[i].data.ptr;
			if (ready[i].events & EPOLLOUT)
				send_more(l, c);
			if (!(ready[i].events & EPOLLIN) || !receive(l, c))
				continue;
			answered++;
			l->waiting--;
			if (!over)
				begin(l, c);
		}
	}
	return (double)answered * (double)CLOCK_SECOND / (double)(clock_now() - from);
}

/* --- The table --- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double quartile(double *sorted, int which)
{
	return sorted[(SLICES - 1) * which / 4];
}

static void run(const struct shape *shape, struct server ours, struct server bare)
{
	static struct load load[2];
	double rate[2][SLICES], ratio[SLICES];
	open_load(&load[0], shape, ours.port);
	open_load(&load[1], shape, bare.port);
	slice(&load[0]); /* warm-up */
	slice(&load[1]);
	for (int i = 0; i < SLICES; i++) {
		rate[0][i] = slice(&load[0]);
		rate[1][i] = slice(&load[1]);
		ratio[i] = rate[0][i] / rate[1][i];
	}
	qsort(rate[0], SLICES, sizeof rate[0][0], by_size);
	qsort(rate[1], SLICES, sizeof rate[1][0], by_size);
	qsort(ratio, SLICES, sizeof ratio[0], by_size);
	printf("%-26s %10.0f %10.0f   %5.2f  (%.2f to %.2f)\n", shape->name, quartile(rate[0], 2), quartile(rate[1], 2),
	       quartile(ratio, 2), quartile(ratio, 1), quartile(ratio, 3));
	fflush(stdout);
	close_load(&load[0]);
	close_load(&load[1]);
}

static void end(struct server s)
{
	kill(s.pid, SIGTERM);
	waitpid(s.pid, NULL, 0);
}

int main(int argc, char *argv[])
{
	struct rlimit limit;
	if (argc != 2)
		errx(2, "usage: bench UPROARD");
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	memset(message, 'x', sizeof message);
	struct server ours = start_uproard(argv[1]);
	struct server bare = start_echo();
	printf("%-26s %10s %10s   %5s  %s\n", "messages answered a second", "uproard", "bare echo", "ratio",
	       "(its quartiles)");
	for (size_t i = 0; i < COUNT(shapes); i++)
		run(&shapes[i], ours, bare);
	end(ours);
	end(bare);
	return 0;
}
