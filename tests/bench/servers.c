/*
 * Our own server as a contestant, and how contestants end.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "system.h"

enum { OPTIONS_MAX = 16, LINE_ROOM = 256, EVENT_ROOM = 1 << 16 };

/* It says "listening tcp 127.0.0.1:PORT" when it is ready. */
static uint16_t read_port(int out)
{
	char line[LINE_ROOM];
	FILE *f = fdopen(out, "r");
	const char *colon = f && fgets(line, sizeof line, f) ? strrchr(line, ':') : NULL;
	if (!colon)
		errx(1, "uproard did not start");
	long port = strtol(colon + 1, NULL, 10);
	return (uint16_t)port;
}

void uproard_start(struct contestant *c, const char *program, const char *const *options)
{
	const char *argv[OPTIONS_MAX] = {program, "-4", "-p", "0"};
	for (size_t n = 4; options && *options && n < OPTIONS_MAX - 1; n++)
		argv[n] = *options++;
	int out;
	c->pid = process_run(argv, &out);
	c->port = read_port(out);
}

static _Noreturn void watch(int fd)
{
	static char event[EVENT_ROOM];
	while (recv(fd, event, sizeof event, 0) > 0)
		continue;
	_exit(0);
}

pid_t watcher_start(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd == -1 || connect(fd, (struct sockaddr *)&address, sizeof address) == -1)
		err(1, "bench: %s", path);
	pid_t pid = process_fork();
	if (pid == 0)
		watch(fd);
	close(fd);
	return pid;
}

void server_stop(struct contestant *c)
{
	if (c->pid > 0)
		process_end(c->pid);
	c->pid = 0;
}
