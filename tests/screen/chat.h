/*
 * chat - what the screen tests share: uproar on a terminal, and a directory for its state and for files, which is there
 * from chat_open() to chat_close(), the fixtures of each group of tests.
 */
#ifndef SCREEN_CHAT_H
#define SCREEN_CHAT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../support/terminal.h"

#define F1        "\033OP"
#define F2        "\033OQ"
#define F3        "\033OR"
#define F4        "\033OS"
#define F5        "\033[15~"
#define F6        "\033[17~"
#define F10       "\033[21~"
#define UP        "\033[A"
#define DOWN      "\033[B"
#define PAGE_UP   "\033[5~"
#define PAGE_DOWN "\033[6~"
#define CTRL_HOME "\033[1;5H"
#define CTRL_END  "\033[1;5F"

enum { CHAT_ARGS = 8, CHAT_PATHS = 4, CHAT_PATH = 128, CHAT_ROWS_MAX = 60 };

#define CHAT_LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static char chat_directory[] = "/tmp/uproar-screen-XXXXXX";

static inline int chat_open(void **state)
{
	(void)state;
	return mkdtemp(chat_directory) ? 0 : -1;
}

static inline int chat_close(void **state)
{
	(void)state;
	char command[CHAT_PATH];
	snprintf(command, sizeof command, "rm -r %s", chat_directory);
	return system(command);
}

/* The path of a file in it, in one of a few places that are used in turn. */
static inline const char *chat_path(const char *name)
{
	static char paths[CHAT_PATHS][CHAT_PATH];
	static unsigned turn;
	char *path = paths[turn++ % CHAT_PATHS];
	snprintf(path, CHAT_PATH, "%s/%s", chat_directory, name);
	return path;
}

/* The path of a file in the build tree; valid until the next call. */
static inline const char *chat_built(const char *name)
{
	static char path[4096];
	const char *build = getenv("UPROAR_BUILD");
	snprintf(path, sizeof path, "%s/%s", build ? build : "build", name);
	return path;
}

/* uproar with these arguments (NULL ends them; args NULL: none) on a screen of this size. env: as terminal_start(). */
static inline struct terminal *chat_start(unsigned rows, unsigned columns, const char *const args[],
					  const char *const env[])
{
	static char program[4096], state[CHAT_PATH];
	snprintf(program, sizeof program, "%s", chat_built("uproar"));
	snprintf(state, sizeof state, "XDG_STATE_HOME=%s", chat_directory);
	const char *argv[CHAT_ARGS] = {program};
	for (size_t i = 0; args && args[i]; i++)
		argv[i + 1] = args[i];
	const char *all[CHAT_ARGS] = {state};
	for (size_t i = 0; env && env[i]; i++)
		all[i + 1] = env[i];
	return terminal_start(rows, columns, argv, all);
}

/* The same over TCP (or whatever the option says) with its own server, ready to type. */
static inline struct terminal *chat_talking(unsigned rows, unsigned columns, const char *option)
{
	struct terminal *t = chat_start(rows, columns, (const char *[]){option, NULL}, NULL);
	assert_true(terminal_shows(t, strcmp(option, "-u") == 0 ? "is ready" : "connected"));
	return t;
}

/* As env: tests/preload/slow_lookup.so plays uproar's name server. Valid until the next call. */
static inline const char *const *chat_own_names(void)
{
	static char preload[4200];
	static const char *const variables[] = {preload, "ASAN_OPTIONS=verify_asan_link_order=0", NULL};
	snprintf(preload, sizeof preload, "LD_PRELOAD=%s", chat_built("tests/preload/slow_lookup.so"));
	return variables;
}

/* For env: readline's settings. Valid until the next call. */
static inline const char *chat_inputrc(const char *settings)
{
	static char variable[CHAT_PATH + 8];
	const char *path = chat_path("inputrc");
	FILE *inputrc = fopen(path, "w");
	assert_non_null(inputrc);
	assert_true(fputs(settings, inputrc) >= 0);
	assert_int_equal(fclose(inputrc), 0);
	snprintf(variable, sizeof variable, "INPUTRC=%s", path);
	return variable;
}

/* The one process that uproar has started, from whichever thread; and there is no other, not even a dead one. */
static inline pid_t chat_child(struct terminal *t)
{
	char command[128], line[64] = "", *end;
	snprintf(command, sizeof command, "cat /proc/%d/task/*/children", (int)terminal_pid(t));
	FILE *children = popen(command, "r");
	assert_non_null(children);
	assert_non_null(fgets(line, sizeof line, children));
	pclose(children);
	pid_t child = (pid_t)strtol(line, &end, 10);
	assert_string_equal(end, " ");
	assert_true(child > 1);
	return child;
}

/* --- What is typed, and what is seen --- */

static inline void chat_type(struct terminal *t, const char *line)
{
	terminal_type(t, line);
	terminal_type(t, "\r");
}

/* Types it, and sees that. */
static inline void chat_say(struct terminal *t, const char *line, const char *sees)
{
	chat_type(t, line);
	if (!terminal_shows(t, sees))
		fail_msg("\"%s\" does not show \"%s\"", line, sees);
}

/* What has been said so far is no answer to what is said next. */
static inline void chat_clear(struct terminal *t)
{
	chat_type(t, "/clear");
	assert_true(terminal_row_is(t, -3, ""));
}

static inline bool chat_in_order(struct terminal *t, void *arg)
{
	const char *const *text = arg;
	for (int y = 1; *text && y < CHAT_ROWS_MAX; y++)
		text += strstr(terminal_row(t, y), *text) != NULL;
	return !*text;
}

/*
 * The server goes on when the client has what it wanted: it accepts who is connected, and closes what has ended. Such a
 * call would be the first to wait where stepping begins, so this waits until it has been told among the calls.
 */
#define CHAT_ACCEPTED "SOCK_NONBLOCK) = -1" /* and nobody else is in the queue */
#define CHAT_LEFT     "server close("
static inline void chat_called(struct terminal *t, const char *call)
{
	terminal_type(t, F3);
	assert_true(terminal_shows(t, call));
	terminal_type(t, F3);
}

/* These texts (CHAT_LIST) come to stand below each other, each in a row of its own. */
static inline void chat_order(struct terminal *t, const char *const texts[])
{
	assert_true(terminal_wait(t, chat_in_order, (void *)(uintptr_t)texts));
}

/* Leaves with F10 and expects that all is well. */
static inline void chat_leave(struct terminal *t)
{
	terminal_type(t, F10);
	assert_int_equal(terminal_exit(t), 0);
	assert_false(terminal_alternate(t));
	terminal_end(t);
}

#endif
