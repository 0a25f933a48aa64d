#include "pty.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utmp.h>

#include "bench.h"
#include "system.h"

enum { ROWS = 24, COLUMNS = 132, CHUNK = 1 << 16 };

static const char frame_end[] = "\033[?2026l";

/* Nothing is kept: no history, no habits of the user's. */
static _Noreturn void run(const char *const argv[])
{
	setenv("TERM", "xterm-256color", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("INPUTRC", "/dev/null", 1);
	unsetenv("LC_ALL");
	unsetenv("HOME");
	unsetenv("XDG_STATE_HOME");
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

void pty_start(struct pty *p, const char *const argv[])
{
	struct winsize size = {.ws_row = ROWS, .ws_col = COLUMNS};
	int slave;
	*p = (struct pty){.fd = -1};
	if (openpty(&p->fd, &slave, NULL, NULL, &size) == -1)
		err(1, "bench: a terminal");
	p->pid = process_fork();
	if (p->pid == 0) {
		close(p->fd);
		if (login_tty(slave) == -1)
			_exit(127);
		run(argv);
	}
	close(slave);
}

void pty_end(struct pty *p)
{
	process_end(p->pid);
	close(p->fd);
}

void pty_type(struct pty *p, const char *text)
{
	if (write(p->fd, text, strlen(text)) == -1)
		warn("bench: the terminal");
}

static uint64_t count(const char *bytes, size_t n, size_t fresh, const char *mark)
{
	size_t size = strlen(mark);
	uint64_t found = 0;
	for (const char *at = bytes; (at = memmem(at, n - (size_t)(at - bytes), mark, size)); at++)
		found += (size_t)(at - bytes) + size > fresh; /* else it was counted before */
	return found;
}

static void take(struct pty *p, const char *data, size_t n)
{
	static char bytes[PTY_TAIL + CHUNK];
	size_t old = p->tail_size, size = old + n;
	memcpy(bytes, p->tail, old);
	memcpy(bytes + old, data, n);
	p->frames += count(bytes, size, old, frame_end);
	p->keys += count(bytes, size, old, PTY_KEY);
	p->ends += count(bytes, size, old, PTY_END);
	p->tail_size = size < PTY_TAIL ? size : PTY_TAIL;
	memcpy(p->tail, bytes + size - p->tail_size, p->tail_size);
}

bool pty_read(struct pty *p, uint64_t until)
{
	static char data[CHUNK];
	struct pollfd ready = {.fd = p->fd, .events = POLLIN};
	uint64_t now = clock_now();
	uint64_t left = until > now ? (until - now + CLOCK_MS - 1) / CLOCK_MS : 0;
	if (poll(&ready, 1, (int)left) != 1)
		return false;
	ssize_t n = read(p->fd, data, sizeof data);
	if (n > 0)
		take(p, data, (size_t)n);
	return n > 0;
}

bool pty_await(struct pty *p, const uint64_t *counted, uint64_t wanted)
{
	uint64_t until = clock_now() + PTY_PATIENCE * CLOCK_SECOND;
	while (*counted < wanted && pty_read(p, until))
		continue;
	return *counted >= wanted;
}

void pty_rest(struct pty *p, uint64_t ms)
{
	uint64_t until = clock_now() + ms * CLOCK_MS;
	while (clock_now() < until)
		pty_read(p, until);
}
