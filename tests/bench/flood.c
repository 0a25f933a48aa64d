#include "flood.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report.h"
#include "system.h"

enum {
	IDLE_MS = 2000,
	KEY_MS = 20, /* from one key to the next */
	LINE_ROOM = 128,
	AT_ONCE_MAX = 1000,
};

/* --- The server --- */

static void send_all(int fd, const char *data, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, data, n, MSG_NOSIGNAL);
		if (sent == -1)
			_exit(0);
		data += sent;
		n -= (size_t)sent;
	}
}

void flood_say(int fd, const char *text)
{
	send_all(fd, text, strlen(text));
}

void flood_send(int fd, const struct flood *f)
{
	static char piece[AT_ONCE_MAX * LINE_ROOM];
	unsigned lines = scaled(f->lines);
	for (unsigned i = 0; i < lines;) {
		size_t size = 0;
		for (unsigned j = 0; j < f->at_once && i < lines; j++, i++)
			size += (size_t)snprintf(piece + size, LINE_ROOM, "%sLINE %07u OF A SPEECH WITHOUT AN END%s",
						 f->before, i, f->after);
		send_all(fd, piece, size);
		if (f->pause)
			poll(NULL, 0, f->pause);
	}
	snprintf(piece, LINE_ROOM, "%s%s%s", f->before, pty_mark(PTY_END), f->after);
	flood_say(fd, piece);
}

pid_t flood_serve(void (*serve)(int fd, const struct flood *f), const struct flood *f, uint16_t *port)
{
	*port = 0;
	int welcoming = listen_on(SOCK_STREAM, port);
	pid_t pid = process_fork();
	if (pid == 0) {
		struct pollfd ready = {.fd = welcoming, .events = POLLIN};
		poll(&ready, 1, -1);
		int fd = accept4(welcoming, NULL, NULL, SOCK_CLOEXEC);
		if (fd != -1)
			serve(fd, f);
		_exit(0);
	}
	close(welcoming);
	return pid;
}

/* --- The client --- */

struct typing {
	uint64_t typed; /* when the last key was */
	uint64_t next;  /* when the next one is due */
	unsigned keys;  /* so many so far */
	double slowest; /* ns until one was on the screen */
	double total;
};

/* One key after the other, each when the one before is on the screen, until the flood is over. */
static void type_until_end(struct pty *p, struct typing *t)
{
	uint64_t until = clock_now() + PTY_PATIENCE * CLOCK_SECOND;
	bool answered = true;
	while (!pty_shown(p, PTY_END) && clock_now() < until) {
		uint64_t now = clock_now();
		if (answered && t->keys < PTY_KEYS && now >= t->next) {
			pty_type(p, pty_mark(t->keys++));
			t->typed = now;
			t->next = now + KEY_MS * CLOCK_MS;
			answered = false;
		}
		pty_read(p, answered && t->keys < PTY_KEYS ? t->next : until);
		if (!answered && pty_shown(p, t->keys - 1)) {
			double took = (double)(clock_now() - t->typed);
			t->total += took;
			t->slowest = took > t->slowest ? took : t->slowest;
			answered = true;
		}
	}
}

static void report_keys(const char *topic, struct pty *p, const struct typing *t)
{
	unsigned shown = 0;
	for (unsigned i = 0; i < t->keys; i++)
		shown += pty_await_mark(p, i);
	report_figure(topic, "keys typed", t->keys, "", NULL);
	report_figure(topic, "keys on the screen", shown, "", "all");
	report_figure(topic, "from a key to the screen", t->keys ? t->total / t->keys / 1e6 : (double)NAN, "ms", NULL);
	report_figure(topic, "the slowest of them", t->slowest / 1e6, "ms", NULL);
}

void flood_play(struct pty *p, const struct flood *f)
{
	struct typing t = {0};
	double lines = scaled(f->lines);
	double memory = (double)process_memory(p->pid);
	uint64_t frames = p->frames, cpu = process_cpu(p->pid), from = clock_now();
	pty_type(p, "go\r");
	type_until_end(p, &t);
	double took = (double)(clock_now() - from) / (double)CLOCK_SECOND;
	report_figure(f->topic, "until the last is on the screen", pty_shown(p, PTY_END) ? took : (double)NAN, "s",
		      NULL);
	report_figure(f->topic, "CPU a line", (double)(process_cpu(p->pid) - cpu) / 1e3 / lines, "us", f->goal);
	report_figure(f->topic, "memory a line of 40 bytes", ((double)process_memory(p->pid) - memory) / lines, "B",
		      NULL);
	if (frames > 0)
		report_figure(f->topic, "frames a second", (double)(p->frames - frames) / took, "",
			      "about 60, and one a key");
	report_keys(f->topic, p, &t);
}

void flood_idle(const struct pty *p, const char *topic)
{
	uint64_t cpu = process_cpu(p->pid), switches = process_switches(p->pid);
	unsigned ms = scaled(IDLE_MS);
	poll(NULL, 0, (int)ms);
	report_figure(topic, "then idle: CPU a second", (double)(process_cpu(p->pid) - cpu) / ms, "us", "none");
	report_figure(topic, "then idle: wake-ups a second", (double)(process_switches(p->pid) - switches) * 1000 / ms,
		      "", "none");
}
