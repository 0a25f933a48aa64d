/*
 * irssi and weechat, as the client is measured: on a terminal, in a channel of an IRC server that floods it with lines.
 * The server knows as much of IRC (RFC 2812) as they need.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flood.h"
#include "report.h"
#include "system.h"

enum { ARGUMENTS_MAX = 10, TYPED_MAX = 2, SAY_ROOM = 512 };

#define CHANNEL "#flood"

/* In both % stands for the port. */
struct program {
	const char *name, *package;
	const char *argv[ARGUMENTS_MAX];
	const char *typed[TYPED_MAX]; /* to connect it */
	struct flood flood;
};

#define FLOOD(name)                                                                                                    \
	{                                                                                                              \
		name ", a flood of 100,000 messages, 100 every 2 ms, while keys are typed", 100000, 100, 2,            \
			":speaker!s@localhost PRIVMSG " CHANNEL " :", "\r\n", NULL                                     \
	}

/* Both keep all lines, as ours does, write no log, and take what is typed at once. */
static const struct program programs[] = {
	{.name = "irssi",
	 .package = "irssi",
	 .argv = {"irssi", "-n", "bench"},
	 .typed = {"/set cmds_max_at_once 100\r", "/connect 127.0.0.1 %\r"},
	 .flood = FLOOD("irssi")},
	{.name = "weechat",
	 .package = "weechat",
	 .argv = {"weechat", "-r", "/set weechat.look.paste_max_lines -1", "-r", "/plugin unload logger", "-r",
		  "/set weechat.history.max_buffer_lines_number 0", "irc://bench@127.0.0.1:%"},
	 .flood = FLOOD("weechat")},
};

/* --- The server --- */

static void welcome(int fd)
{
	char text[SAY_ROOM];
	snprintf(text, sizeof text, ":bench 001 bench :Welcome %s\r\n:bench 422 bench :No message of the day\r\n",
		 pty_mark(PTY_WELCOME));
	flood_say(fd, text);
}

static void let_in(int fd)
{
	char text[SAY_ROOM];
	snprintf(text, sizeof text,
		 ":bench!b@localhost JOIN " CHANNEL "\r\n:bench 353 bench = " CHANNEL
		 " :bench speaker\r\n:bench 366 bench " CHANNEL " :End\r\n:speaker!s@localhost PRIVMSG " CHANNEL
		 " :%s\r\n",
		 pty_mark(PTY_READY));
	flood_say(fd, text);
}

static bool begins(const char *line, const char *word)
{
	return strncmp(line, word, strlen(word)) == 0;
}

static void serve(int fd, const struct flood *f)
{
	char *line = NULL;
	size_t room = 0;
	FILE *in = fdopen(fd, "r");
	while (in && getline(&line, &room, in) != -1) {
		if (begins(line, "CAP LS")) {
			flood_say(fd, ":bench CAP * LS :\r\n");
		} else if (begins(line, "USER ")) {
			welcome(fd);
		} else if (begins(line, "JOIN " CHANNEL)) {
			let_in(fd);
		} else if (begins(line, "PRIVMSG ")) {
			flood_send(fd, f);
		} else if (begins(line, "PING ")) {
			line[1] = 'O';
			flood_say(fd, line);
		}
	}
}

/* --- The clients --- */

static bool await(struct pty *p, const struct program *program, unsigned mark, const char *what)
{
	bool shown = pty_await_mark(p, mark);
	if (!shown)
		warnx("%s does not show the %s", program->name, what);
	return shown;
}

static void start(struct pty *p, const struct program *program, const char *home, uint16_t port)
{
	char texts[ARGUMENTS_MAX][ARGUMENT_ROOM];
	const char *argv[ARGUMENTS_MAX] = {0};
	for (size_t i = 0; program->argv[i]; i++)
		argv[i] = with_port(program->argv[i], port, texts[i]);
	pty_start(p, argv, home);
	pty_rest(p, FLOOD_SETTLE_MS);
	for (size_t i = 0; i < TYPED_MAX && program->typed[i]; i++)
		pty_type(p, with_port(program->typed[i], port, texts[i]));
}

static bool enter_channel(struct pty *p, const struct program *program)
{
	if (!await(p, program, PTY_WELCOME, "welcome"))
		return false;
	pty_type(p, "/join " CHANNEL "\r");
	if (!await(p, program, PTY_READY, "channel"))
		return false;
	pty_rest(p, FLOOD_SETTLE_MS);
	return true;
}

static void measure(const struct program *program)
{
	char *home = directory_make();
	uint16_t port;
	struct pty p;
	pid_t server = flood_serve(serve, &program->flood, &port);
	start(&p, program, home, port);
	if (enter_channel(&p, program)) {
		flood_play(&p, &program->flood);
		pty_rest(&p, FLOOD_SETTLE_MS);
		flood_idle(&p, program->flood.topic);
	}
	pty_end(&p);
	process_end(server);
	directory_remove(home);
}

void irc_measure(void)
{
	for (size_t i = 0; i < COUNT(programs); i++) {
		if (peer_installed(programs[i].name, programs[i].package))
			measure(&programs[i]);
	}
}
