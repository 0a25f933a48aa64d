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

#include <uproar/text.h>

#include "bench.h"
#include "system.h"

enum { ROWS = 24, COLUMNS = 132, CHUNK = 1 << 16 };

static const char frame_end[] = "\033[?2026l";

static const char *const habits[] = {"HOME",           "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME",
				     "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "LC_ALL"};

/* Nothing of the user's is read or written: no history, no habits. */
static _Noreturn void run(const char *const argv[], const char *home)
{
	setenv("TERM", "xterm-256color", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("INPUTRC", "/dev/null", 1);
	for (size_t i = 0; i < COUNT(habits); i++)
		unsetenv(habits[i]);
	if (home)
		setenv("HOME", home, 1);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

void pty_start(struct pty *p, const char *const argv[], const char *home)
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
		run(argv, home);
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

/* --- What is looked for --- */

const char *pty_mark(unsigned mark)
{
	static char texts[PTY_MARKS][4];
	text_encode(PTY_FIRST + mark, texts[mark]);
	return texts[mark];
}

bool pty_shown(const struct pty *p, unsigned mark)
{
	return p->marks >> mark & 1;
}

/* Those that end among the first old bytes were counted before. */
static uint64_t count_frames(const char *bytes, size_t n, size_t old)
{
	size_t size = strlen(frame_end);
	uint64_t found = 0;
	for (const char *at = bytes; (at = memmem(at, n - (size_t)(at - bytes), frame_end, size)); at++)
		found += (size_t)(at - bytes) + size > old;
	return found;
}

/* Marks are characters of two bytes. */
static uint64_t find_marks(const char *bytes, size_t n)
{
	uint64_t found = 0;
	for (size_t i = 0; i + 1 < n; i++) {
		unsigned lead = (uint8_t)bytes[i], next = (uint8_t)bytes[i + 1];
		unsigned mark = ((lead & 0x1f) << 6 | (next & 0x3f)) - PTY_FIRST;
		if (lead >> 5 == 6 && next >> 6 == 2 && mark < PTY_MARKS)
			found |= UINT64_C(1) << mark;
	}
	return found;
}

static void take(struct pty *p, const char *data, size_t n)
{
	static char bytes[PTY_TAIL + CHUNK];
	size_t old = p->tail_size, size = old + n;
	memcpy(bytes, p->tail, old);
	memcpy(bytes + old, data, n);
	p->frames += count_frames(bytes, size, old);
	p->marks |= find_marks(bytes, size);
	p->tail_size = size < PTY_TAIL ? size : PTY_TAIL;
	memcpy(p->tail, bytes + size - p->tail_size, p->tail_size);
}

/* --- Reading --- */

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

bool pty_await_frame(struct pty *p)
{
	uint64_t until = clock_now() + PTY_PATIENCE * CLOCK_SECOND;
	while (p->frames == 0 && pty_read(p, until))
		continue;
	return p->frames > 0;
}

bool pty_await_mark(struct pty *p, unsigned mark)
{
	uint64_t until = clock_now() + PTY_PATIENCE * CLOCK_SECOND;
	while (!pty_shown(p, mark) && pty_read(p, until))
		continue;
	return pty_shown(p, mark);
}

void pty_rest(struct pty *p, uint64_t ms)
{
	uint64_t until = clock_now() + ms * CLOCK_MS;
	while (clock_now() < until)
		pty_read(p, until);
}
