/*
 * The client's figures: on a terminal, with a server that floods it with lines.
 */
#include <err.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pty.h"
#include "report.h"
#include "system.h"

enum {
	STARTS = 5,
	SETTLE_MS = 700, /* after which a program that has nothing to do has nothing left to do */
	IDLE_MS = 2000,
	FLOOD = 100000, /* lines */
	KEYS = 40,      /* typed meanwhile */
	KEY_MS = 20,    /* from one to the next */
	MANY = 1000000,
	LINE = 40, /* bytes */
	CHUNK_LINES = 1000,
	PORT_ROOM = 8,
	PATH_ROOM = 64,
};

static const char topic[] = "uproar";
static const char flood_topic[] = "uproar, a flood of 100,000 replies while keys are typed";

/* --- A server that answers the first sentence with so many lines --- */

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

static _Noreturn void serve_flood(int welcoming, unsigned lines)
{
	static char chunk[CHUNK_LINES * LINE + 1];
	char sentence[LINE];
	struct pollfd ready = {.fd = welcoming, .events = POLLIN};
	poll(&ready, 1, -1);
	int fd = accept4(welcoming, NULL, NULL, SOCK_CLOEXEC);
	if (fd == -1 || recv(fd, sentence, sizeof sentence, 0) <= 0)
		_exit(0);
	for (unsigned i = 0; i < lines; i += CHUNK_LINES) {
		for (unsigned j = 0; j < CHUNK_LINES; j++)
			snprintf(chunk + (size_t)j * LINE, LINE + 1, "LINE %07u OF A SPEECH WITHOUT AN END\n", i + j);
		send_all(fd, chunk, sizeof chunk - 1);
	}
	send_all(fd, PTY_END "\n", strlen(PTY_END) + 1);
	while (recv(fd, sentence, sizeof sentence, 0) > 0)
		continue;
	_exit(0);
}

static pid_t start_flood(unsigned lines, char port[PORT_ROOM])
{
	uint16_t number = 0;
	int welcoming = listen_on(SOCK_STREAM, &number);
	snprintf(port, PORT_ROOM, "%u", number);
	pid_t pid = process_fork();
	if (pid == 0)
		serve_flood(welcoming, lines);
	close(welcoming);
	return pid;
}

static bool start_client(struct pty *p, const char *uproar, const char *port)
{
	const char *const argv[] = {uproar, "-4", "-t", "--events", "3000000", "127.0.0.1", port, NULL};
	pty_start(p, argv);
	if (!pty_await(p, &p->frames, 1)) {
		warnx("uproar drew no frame");
		return false;
	}
	pty_rest(p, SETTLE_MS);
	return true;
}

/* --- The start, and rest --- */

static void measure_start(const char *uproar)
{
	const char *const argv[] = {uproar, "-4", "-t", NULL};
	for (int i = 0; i < STARTS; i++) {
		struct pty p;
		uint64_t from = clock_now();
		pty_start(&p, argv);
		bool drawn = pty_await(&p, &p.frames, 1);
		report_figure(topic, "start to first screen", drawn ? (double)(clock_now() - from) / 1e6 : (double)NAN,
			      "ms", NULL);
		pty_rest(&p, SETTLE_MS / 2);
		pty_end(&p);
	}
}

static void measure_idle(const struct pty *p, const char *cpu_of, const char *wakes_of)
{
	uint64_t cpu = process_cpu(p->pid), switches = process_switches(p->pid);
	poll(NULL, 0, IDLE_MS);
	report_figure(topic, cpu_of, (double)(process_cpu(p->pid) - cpu) / 1e3, "us", "none");
	report_figure(topic, wakes_of, (double)(process_switches(p->pid) - switches), "", "none");
}

/* --- The flood --- */

static size_t count_lines(const char *path)
{
	char *line = NULL;
	size_t room = 0, n = 0;
	FILE *f = fopen(path, "re");
	while (f && getline(&line, &room, f) != -1)
		n += strstr(line, "LINE ") != NULL;
	free(line);
	if (f)
		fclose(f);
	return n;
}

/* Has the client save its transcript, and counts the lines of the flood in it. */
static size_t saved_lines(struct pty *p)
{
	char path[PATH_ROOM] = "/tmp/bench-XXXXXX", command[PATH_ROOM + 16];
	if (!mkdtemp(path))
		err(1, "bench: %s", path);
	char *directory = strdup(path);
	strcat(path, "/transcript");
	snprintf(command, sizeof command, "\025/save %s\r", path); /* Ctrl-U: what was typed is gone */
	pty_type(p, command);
	size_t lines = 0;
	uint64_t until = clock_now() + PTY_PATIENCE * CLOCK_SECOND;
	while ((lines = count_lines(path)) == 0 && clock_now() < until)
		pty_rest(p, SETTLE_MS);
	size_t before = 0;
	while (lines != before) {
		before = lines;
		pty_rest(p, SETTLE_MS);
		lines = count_lines(path);
	}
	unlink(path);
	rmdir(directory);
	free(directory);
	return lines;
}

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
	while (p->ends == 0 && clock_now() < until) {
		uint64_t now = clock_now();
		bool answered = p->keys == t->keys;
		if (answered && t->keys < KEYS && now >= t->next) {
			pty_type(p, PTY_KEY);
			t->keys++;
			t->typed = now;
			t->next = now + KEY_MS * CLOCK_MS;
			answered = false;
		}
		pty_read(p, answered && t->keys < KEYS ? t->next : until);
		if (!answered && p->keys == t->keys) {
			double took = (double)(clock_now() - t->typed);
			t->total += took;
			t->slowest = took > t->slowest ? took : t->slowest;
		}
	}
}

static void measure_flood(const char *uproar)
{
	char port[PORT_ROOM];
	struct pty p;
	struct typing t = {0};
	pid_t server = start_flood(FLOOD, port);
	if (start_client(&p, uproar, port)) {
		measure_idle(&p, "CPU in two seconds, connected and idle",
			     "wake-ups in two seconds, connected and idle");
		uint64_t frames = p.frames, cpu = process_cpu(p.pid), from = clock_now();
		pty_type(&p, "go\r");
		type_until_end(&p, &t);
		double took = (double)(clock_now() - from) / (double)CLOCK_SECOND;
		double spent = (double)(process_cpu(p.pid) - cpu) / 1e3;
		pty_await(&p, &p.keys, t.keys);
		report_figure(flood_topic, "seconds until the last is on the screen", took, "s", NULL);
		report_figure(flood_topic, "CPU a line", spent / FLOOD, "us", "<= 10");
		report_figure(flood_topic, "frames a second, those for keys too", (double)(p.frames - frames) / took,
			      "", "about 60, and one a key");
		report_figure(flood_topic, "keys typed", t.keys, "", NULL);
		report_figure(flood_topic, "keys on the screen", (double)p.keys, "", "all");
		report_figure(flood_topic, "from a key to the screen", t.keys ? t.total / t.keys / 1e6 : (double)NAN,
			      "ms", NULL);
		report_figure(flood_topic, "the slowest of them", t.slowest / 1e6, "ms", NULL);
		report_figure(flood_topic, "lines lost", FLOOD - (double)saved_lines(&p), "", "none");
	}
	pty_end(&p);
	process_end(server);
}

static void measure_memory(const char *uproar)
{
	char port[PORT_ROOM];
	struct pty p;
	pid_t server = start_flood(MANY, port);
	if (start_client(&p, uproar, port)) {
		double before = (double)process_memory(p.pid);
		pty_type(&p, "go\r");
		bool there = pty_await(&p, &p.ends, 1);
		double grown = there ? (double)process_memory(p.pid) - before : (double)NAN;
		report_figure(topic, "memory of 1,000,000 lines of 40 bytes, a line", grown / MANY, "B", NULL);
		measure_idle(&p, "CPU in two seconds, with 1,000,000 lines", "wake-ups, with 1,000,000 lines");
	}
	pty_end(&p);
	process_end(server);
}

/* To drive one of these, the flood would have to speak IRC, and count frames that do not say where they end. */
static void tell_others(void)
{
	static const char *const others[] = {"irssi", "weechat"};
	for (size_t i = 0; i < COUNT(others); i++)
		printf("%s: %s\n", others[i],
		       process_available(others[i]) ? "not driven by this bench" : "not installed");
}

void client_measure(const char *uproar)
{
	measure_start(uproar);
	measure_flood(uproar);
	measure_memory(uproar);
	tell_others();
}
