/*
 * commands - what a line that begins with '/' does. One table feeds the parser, completion and help; a test checks that
 * the manual page has each of them.
 */
#ifndef CLIENT_COMMANDS_H
#define CLIENT_COMMANDS_H

#include "chat.h"

struct command {
	const char *name;
	const char *arguments; /* as help shows them */
	const char *summary;   /* to be translated */
	int least, most;       /* of arguments */
	bool rest;             /* the last of them is all that is left of the line, as it is */
	enum chat_needs needs;
	void (*run)(struct chat *c); /* one without arguments, or */
	void (*run_with)(struct chat *c, const struct command *self, int count, char **arguments);
	/* Or NULL: calls add() with each argument that begins with the n bytes of word, after `before` others. */
	void (*complete)(size_t before, const char *word, size_t n, void (*add)(const char *word));
};

/* The command at this place in the table; NULL past its end. */
const struct command *command_at(size_t i);
/* By its name, without the slash; NULL: there is none. */
const struct command *command_named(const char *name);
/* The command whose name is nearest to what was typed; NULL: none is near. */
const struct command *command_nearest(const char *typed);

/* Carries out a line of n bytes that begins with one '/'; whatever is wrong with it is told as a note. */
void command_run(struct chat *c, const char *line, size_t n);

/* Calls add() with each word that may stand at line[start..end). */
void command_complete(const char *line, size_t start, size_t end, void (*add)(const char *word), void *arg);

#endif
