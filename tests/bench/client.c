/*
 * The client's figures: on a terminal, with a server that floods it with lines.
 */
#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flood.h"
#include "report.h"
#include "system.h"

enum { STARTS = 5, SENTENCE_ROOM = 64, PATH_ROOM = 512, PORT_ROOM = 8, LOOK_MS = 50 };

static const char topic[] = "uproar";

/* The lines of the first are counted afterwards. */
static const struct flood floods[] = {
	{"uproar, a flood of 100,000 replies, 100 every 2 ms, while keys are typed", 100000, 100, 2, "", "\n", "<= 10"},
	{"uproar, a flood of 1,000,000 replies at full speed, while keys are typed", 1000000, 1000, 0, "", "\n",
	 "<= 10"},
};

/* The first sentence is answered with the flood. */
static void serve(int fd, const struct flood *f)
{
	char sentence[SENTENCE_ROOM];
	if (recv(fd, sentence, sizeof sentence, 0) <= 0)
		return;
	flood_send(fd, f);
	while (recv(fd, sentence, sizeof sentence, 0) > 0)
		continue;
}

static bool start_client(struct pty *p, const char *uproar, uint16_t port)
{
	char number[PORT_ROOM];
	const char *const argv[] = {uproar, "-4", "-t", "--events", "3000000", "127.0.0.1", number, NULL};
	snprintf(number, sizeof number, "%u", port);
	pty_start(p, argv, NULL);
	if (!pty_await_frame(p)) {
		warnx("uproar drew no frame");
		return false;
	}
	pty_rest(p, scaled(FLOOD_SETTLE_MS));
	return true;
}

static void measure_start(const char *uproar)
{
	const char *const argv[] = {uproar, "-4", "-t", NULL};
	for (unsigned i = 0; i < scaled(STARTS); i++) {
		struct pty p;
		uint64_t from = clock_now();
		pty_start(&p, argv, NULL);
		bool drawn = pty_await_frame(&p);
		report_figure(topic, "start to first screen", drawn ? (double)(clock_now() - from) / 1e6 : (double)NAN,
			      "ms", NULL);
		pty_rest(&p, scaled(FLOOD_SETTLE_MS) / 2);
		pty_end(&p);
	}
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

/* Has the client save its transcript, and counts the lines of the flood in it, until all are there. */
static size_t saved_lines(struct pty *p, size_t expected)
{
	char *directory = directory_make(), path[PATH_ROOM], command[PATH_ROOM + 16];
	snprintf(path, sizeof path, "%s/transcript", directory);
	snprintf(command, sizeof command, "\025/save %s\r", path); /* Ctrl-U: what was typed is gone */
	pty_type(p, command);
	uint64_t until = clock_now() + PTY_PATIENCE * CLOCK_SECOND;
	size_t lines;
	do {
		pty_rest(p, LOOK_MS);
		lines = count_lines(path);
	} while (lines < expected && clock_now() < until);
	directory_remove(directory);
	return lines;
}

static void measure_flood(const char *uproar, const struct flood *f)
{
	uint16_t port;
	struct pty p;
	pid_t server = flood_serve(serve, f, &port);
	if (start_client(&p, uproar, port)) {
		flood_idle(&p, topic);
		flood_play(&p, f);
		if (f == &floods[0])
			report_figure(f->topic, "lines lost",
				      scaled(f->lines) - (double)saved_lines(&p, scaled(f->lines)), "", "none");
		pty_rest(&p, scaled(FLOOD_SETTLE_MS));
		flood_idle(&p, f->topic);
	}
	pty_end(&p);
	process_end(server);
}

void client_measure(const char *uproar)
{
	measure_start(uproar);
	for (size_t i = 0; i < COUNT(floods); i++)
		measure_flood(uproar, &floods[i]);
}
