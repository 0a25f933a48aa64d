#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { OPTIONS_MAX = 12, REPLY_MAX = 1024, ADDRESS = 32, OWN_ADDRESSES = 64 };

union address {
	struct sockaddr any;
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
};

static socklen_t fill(union address *a, const char *address, unsigned port)
{
	memset(a, 0, sizeof *a);
	if (inet_pton(AF_INET, address, &a->ipv4.sin_addr) == 1) {
		a->ipv4.sin_family = AF_INET;
		a->ipv4.sin_port = htons((uint16_t)port);
		return sizeof a->ipv4;
	}
	inet_pton(AF_INET6, address, &a->ipv6.sin6_addr);
	a->ipv6.sin6_family = AF_INET6;
	a->ipv6.sin6_port = htons((uint16_t)port);
	return sizeof a->ipv6;
}

static int fail(int fd)
{
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int meet(int type, const char *from, unsigned from_port, const char *address, unsigned port)
{
	const struct timeval patience = {.tv_sec = PEER_PATIENCE};
	union address remote, local;
	socklen_t size = fill(&remote, address, port);
	int fd = socket(remote.any.sa_family, type | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	if (from && bind(fd, &local.any, fill(&local, from, from_port)) == -1)
		return fail(fd);
	return connect(fd, &remote.any, size) == -1 ? fail(fd) : fd;
}

int peer_tcp(const char *address, unsigned port)
{
	return meet(SOCK_STREAM, NULL, 0, address, port);
}

int peer_udp(const char *address, unsigned port)
{
	return meet(SOCK_DGRAM, NULL, 0, address, port);
}

int peer_tcp_from(const char *from, unsigned from_port, const char *address, unsigned port)
{
	return meet(SOCK_STREAM, from, from_port, address, port);
}

int peer_udp_from(const char *from, unsigned from_port, const char *address, unsigned port)
{
	return meet(SOCK_DGRAM, from, from_port, address, port);
}

/* Numbers of processes have 22 bits at most on Linux (proc(5)). */
const char *peer_own_address(void)
{
	static char address[ADDRESS];
	unsigned pid = (unsigned)getpid();
	snprintf(address, sizeof address, "127.%u.%u.%u", OWN_ADDRESSES + (pid >> 16 & 63), pid >> 8 & 255, pid & 255);
	return address;
}

bool peer_send(int fd, const void *data, size_t n)
{
	const char *bytes = data;
	do {
		ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
		if (sent == -1)
			return false;
		bytes += sent;
		n -= (size_t)sent;
	} while (n > 0);
	return true;
}

size_t peer_recv(int fd, void *data, size_t n)
{
	char *bytes = data;
	size_t received = 0;
	while (received < n) {
		ssize_t got = recv(fd, bytes + received, n - received, 0);
		if (got <= 0)
			break;
		received += (size_t)got;
	}
	return received;
}

bool peer_ends(int fd)
{
	char byte;
	return recv(fd, &byte, 1, 0) == 0;
}

void peer_reset(int fd)
{
	const struct linger abort = {.l_onoff = 1};
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
	close(fd);
}

bool peer_answers(int fd, const char *sentence, const char *reply)
{
	char came[REPLY_MAX];
	size_t n = strlen(reply);
	return n <= sizeof came && peer_send(fd, sentence, strlen(sentence)) && peer_recv(fd, came, n) == n &&
	       memcmp(came, reply, n) == 0;
}

/* --- uproard --- */

/* The lines come all at once, each with the same port at its end. */
static unsigned port_of(struct process *p)
{
	const char *line = process_prints(p, "listening") && process_prints(p, "\n") ? process_out(p) : NULL;
	const char *end = line ? strchr(line, '\n') : NULL;
	if (!end)
		abort();
	while (end[-1] != ':')
		end--;
	return (unsigned)strtoul(end, NULL, 10);
}

struct process *peer_server_with(unsigned *port, const char *const options[], void (*prepare)(void *arg), void *arg)
{
	const char *argv[OPTIONS_MAX + 4] = {process_built("uproard"), "-p", "0"};
	for (size_t i = 0; options && options[i] && i < OPTIONS_MAX; i++)
		argv[3 + i] = options[i];
	struct process *p = process_start(argv, prepare, arg);
	*port = port_of(p);
	return p;
}

struct process *peer_server(unsigned *port, const char *const options[])
{
	return peer_server_with(port, options, NULL, NULL);
}
