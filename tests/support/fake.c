#include "fake.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE = 4096, BACKLOG = 16 };

static int open_socket(int type, unsigned *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	socklen_t size = sizeof address;
	int one = 1;
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	/* Not for UDP: there it would let two tests have one port. */
	if (fd == -1 || (type == SOCK_STREAM && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == -1) ||
	    bind(fd, (struct sockaddr *)&address, sizeof address) == -1 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) == -1)
		abort();
	*port = ntohs(address.sin_port);
	return fd;
}

int fake_reserve(unsigned *port)
{
	*port = 0;
	return open_socket(SOCK_STREAM, port);
}

static void serve_connections(int welcoming, fake_serve *serve, const void *arg)
{
	for (;;) {
		int connection = accept(welcoming, NULL, NULL);
		if (connection == -1)
			_exit(EXIT_FAILURE);
		serve(connection, arg);
		close(connection);
	}
}

static pid_t start(bool stream, unsigned *port, fake_serve *serve, const void *arg)
{
	int fd = open_socket(stream ? SOCK_STREAM : SOCK_DGRAM, port);
	if (stream && listen(fd, BACKLOG) == -1)
		abort();
	pid_t fake = fork();
	if (fake == -1)
		abort();
	if (fake > 0) {
		close(fd);
		return fake;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	if (stream)
		serve_connections(fd, serve, arg);
	else
		serve(fd, arg);
	_exit(EXIT_SUCCESS);
}

pid_t fake_tcp(unsigned *port, fake_serve *serve, const void *arg)
{
	return start(true, port, serve, arg);
}

pid_t fake_udp(unsigned *port, fake_serve *serve, const void *arg)
{
	return start(false, port, serve, arg);
}

void fake_end(pid_t fake)
{
	kill(fake, SIGKILL);
	waitpid(fake, NULL, 0);
}

size_t fake_read_line(int fd, char *line, size_t room)
{
	size_t n = 0;
	while (n < room && read(fd, line + n, 1) == 1)
		if (line[n++] == '\n')
			break;
	return n;
}

void fake_answer_lines(int fd, const void *answer)
{
	char line[LINE];
	while (fake_read_line(fd, line, sizeof line) > 0) {
		if (send(fd, answer, strlen(answer), MSG_NOSIGNAL) == -1)
			return;
	}
}

void fake_answer_datagrams(int fd, const void *answer)
{
	char message[LINE];
	struct sockaddr_storage from;
	socklen_t size = sizeof from;
	while (recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&from, &size) >= 0)
		sendto(fd, answer, strlen(answer), 0, (struct sockaddr *)&from, size);
}
