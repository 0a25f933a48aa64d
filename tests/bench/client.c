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
	KEYS = 40,   /* typed during a flood, */
	KEY_MS = 20, /* so long from one to the next */
	LINE = 40,   /* bytes */
	AT_ONCE_MAX = 1000,
	PORT_ROOM = 8,
	PATH_ROOM = 64,
};

struct flood {
	const char *topic;
	unsigned lines;
	unsigned at_once; /* lines in a piece */
	int pause;        /* ms between pieces; 0: as fast as it can */
	bool saved;       /* the lines are counted afterwards */
};

static const char topic[] = "uproar";
static const struct flood floods[] = {
	{"uproar, a flood of 100,000 replies, 100 every 2 ms, while keys are typed", 100000, 100, 2, true},
	{"uproar, a flood of 1,000,000 replies at full speed, while keys are typed", 1000000, AT_ONCE_MAX, 0, false},
};

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

static void send_lines(int fd, const struct flood *f)
{
	static char piece[AT_ONCE_MAX * LINE + 1];
	for (unsigned i = 0; i < f->lines; i += f->at_once) {
		for (unsigned j = 0; j < f->at_once; j++)
			snprintf(piece + (size_t)j * LINE, LINE + 1, "LINE %07u OF A SPEECH WITHOUT AN END\n", i + j);
		send_all(fd, piece, (size_t)f->at_once * LINE);
		if (f->pause)
			poll(NULL, 0, f->pause);
	}
	send_all(fd, PTY_END "\n", strlen(PTY_END) + 1);
}

static _Noreturn void serve(int welcoming, const struct flood *f)
{
	char sentence[LINE];
	struct pollfd ready = {.fd = welcoming, .events = POLLIN};
	poll(&ready, 1, -1);
	int fd = accept4(welcoming, NULL, NULL, SOCK_CLOEXEC);
	if (fd != -1 && recv(fd, sentence, sizeof sentence, 0) > 0) {
		send_lines(fd, f);
		while (recv(fd, sentence, sizeof sentence, 0) > 0)
			continue;
	}
	_exit(0);
}

static pid_t start_flood(const struct flood *f, char port[PORT_ROOM])
{
	uint16_t number = 0;
	int welcoming = listen_on(SOCK_STREAM, &number);
	snprintf(port, PORT_ROOM, "%u", number);
	pid_t pid = process_fork();
	if (pid == 0)
		serve(welcoming, f);
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

static void measure_idle(const struct pty *p, const char *where)
{
	uint64_t cpu = process_cpu(p->pid), switches = process_switches(p->pid);
	poll(NULL, 0, IDLE_MS);
	report_figure(where, "then idle: CPU in two seconds", (double)(process_cpu(p->pid) - cpu) / 1e3, "us", "none");
	report_figure(where, "then idle: wake-ups in two seconds", (double)(process_switches(p->pid) - switches), "",
		      "none");
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

/* Has the client save its transcript, and counts the lines of the flood in it, when they become no more. */
static size_t saved_lines(struct pty *p)
{
	char directory[] = "/tmp/bench-XXXXXX", path[PATH_ROOM], command[PATH_ROOM + 16];
	if (!mkdtemp(directory))
		err(1, "bench: %s", directory);
	snprintf(path, sizeof path, "%s/transcript", directory);
	snprintf(command, sizeof command, "\025/save %s\r", path); /* Ctrl-U: what was typed is gone */
	pty_type(p, command);
	uint64_t until = clock_now() + PTY_PATIENCE * CLOCK_SECOND;
	size_t before, lines = 0;
	do {
		before = lines;
		pty_rest(p, SETTLE_MS);
		lines = count_lines(path);
	} while ((lines == 0 || lines != before) && clock_now() < until);
	unlink(path);
	rmdir(directory);
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

static void report_keys(const char *where, const struct pty *p, const struct typing *t)
{
	report_figure(where, "keys typed", t->keys, "", NULL);
	report_figure(where, "keys on the screen", (double)p->keys, "", "all");
	report_figure(where, "from a key to the screen", t->keys ? t->total / t->keys / 1e6 : (double)NAN, "ms", NULL);
	report_figure(where, "the slowest of them", t->slowest / 1e6, "ms", NULL);
}

static void play(struct pty *p, const struct flood *f)
{
	struct typing t = {0};
	uint64_t frames = p->frames, cpu = process_cpu(p->pid), memory = process_memory(p->pid), from = clock_now();
	pty_type(p, "go\r");
	type_until_end(p, &t);
	double took = (double)(clock_now() - from) / (double)CLOCK_SECOND;
	report_figure(f->topic, "until the last is on the screen", took, "s", NULL);
	report_figure(f->topic, "CPU a line", (double)(process_cpu(p->pid) - cpu) / 1e3 / f->lines, "us", "<= 10");
	report_figure(f->topic, "memory a line of 40 bytes", (double)(process_memory(p->pid) - memory) / f->lines, "B",
		      NULL);
	report_figure(f->topic, "frames a second", (double)(p->frames - frames) / took, "", "about 60, and one a key");
	pty_await(p, &p->keys, t.keys);
	report_keys(f->topic, p, &t);
	if (f->saved)
		report_figure(f->topic, "lines lost", f->lines - (double)saved_lines(p), "", "none");
}

static void measure_flood(const char *uproar, const struct flood *f)
{
	char port[PORT_ROOM];
	struct pty p;
	pid_t server = start_flood(f, port);
	if (start_client(&p, uproar, port)) {
		measure_idle(&p, topic);
		play(&p, f);
		pty_rest(&p, SETTLE_MS);
		measure_idle(&p, f->topic);
	}
	pty_end(&p);
	process_end(server);
}

/* To drive one of these, the flood would have to speak IRC, and count frames that do not say where they end. */
void client_tell_others(void)
{
	static const char *const others[] = {"irssi", "weechat"};
	for (size_t i = 0; i < COUNT(others); i++)
		printf("%s: %s\n", others[i],
		       process_available(others[i]) ? "not driven by this bench" : "not installed");
}

void client_measure(const char *uproar)
{
	measure_start(uproar);
	for (size_t i = 0; i < COUNT(floods); i++)
		measure_flood(uproar, &floods[i]);
}
