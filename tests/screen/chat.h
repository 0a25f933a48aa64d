/*
 * chat - what the screen tests share: uproar on a terminal, with a state directory of its own.
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

enum { CHAT_ARGS = 8 };

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
	static char program[4096], state[128];
	snprintf(program, sizeof program, "%s", chat_built("uproar"));
	snprintf(state, sizeof state, "XDG_STATE_HOME=/tmp/uproar-test-%d", (int)getpid());
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

/* Leaves with F10 and expects that all is well. */
static inline void chat_leave(struct terminal *t)
{
	terminal_type(t, F10);
	assert_int_equal(terminal_exit(t), 0);
	assert_false(terminal_alternate(t));
	terminal_end(t);
}

#endif
