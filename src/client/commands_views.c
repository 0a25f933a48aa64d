/*
 * Commands about what is to be seen: the panes, single-stepping, and the models that make the same conversation look
 * another way.
 */
#include <string.h>
#include <strings.h>

#include "commands_private.h"

enum { BOTH = NETWORK_CLIENT | NETWORK_SERVER };

static const struct {
	const char *word;
	unsigned sides;
} step_words[] = {{"on", BOTH}, {"client", NETWORK_CLIENT}, {"server", NETWORK_SERVER}, {"off", 0}};

/* The server's; the client has the first and the last of them. */
static const char *const models[] = {"textbook", "threads", "events"};

/* --- Panes --- */

void run_calls(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)self;
	chat_calls(c, count > 0 ? arguments[0] : "");
}

void run_inspect(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)self;
	chat_inspect(c, count > 0 ? arguments[0] : "");
}

void run_ladder(struct chat *c)
{
	chat_show(c, PANE_LADDER);
}

void run_statistics(struct chat *c)
{
	chat_show(c, PANE_STATISTICS);
}

void run_sockets(struct chat *c)
{
	chat_show(c, PANE_SOCKETS);
}

void run_find(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)self;
	chat_find(c, count > 0 ? arguments[0] : "");
}

/* --- Stepping, and models --- */

void run_step(struct chat *c, const struct command *self, int count, char **arguments)
{
	const char *word = count > 0 ? arguments[0] : "on";
	for (size_t i = 0; i < COUNT(step_words); i++) {
		if (strcasecmp(word, step_words[i].word) == 0) {
			chat_step(c, step_words[i].sides);
			return;
		}
	}
	command_refuse(c, self, _("\"%s\" is neither on, client, server nor off."), word);
}

void run_model(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)count;
	bool textbook = strcasecmp(arguments[0], "textbook") == 0;
	if (textbook || strcasecmp(arguments[0], "events") == 0)
		chat_model(c, textbook);
	else
		command_refuse(c, self, _("\"%s\" is no model of the client."), arguments[0]);
}

void run_server(struct chat *c, const struct command *self, int count, char **arguments)
{
	for (size_t i = 0; i < COUNT(models); i++) {
		if (strcasecmp(arguments[0], models[i]) == 0) {
			chat_server(c, models[i], count > 1 ? arguments[1] : NULL);
			return;
		}
	}
	command_refuse(c, self, _("\"%s\" is no model of the server."), arguments[0]);
}

/* --- Completion --- */

void command_complete_calls(size_t before, const char *word, size_t n, void (*add)(const char *word))
{
	(void)before;
	command_offer("client", word, n, add);
	command_offer("server", word, n, add);
	for (enum event_op op = OP_SOCKET; op < OP_COUNT; op++)
		command_offer(event_op_name(op), word, n, add);
}

void command_complete_step(size_t before, const char *word, size_t n, void (*add)(const char *word))
{
	for (size_t i = 0; before == 0 && i < COUNT(step_words); i++)
		command_offer(step_words[i].word, word, n, add);
}

void command_complete_model(size_t before, const char *word, size_t n, void (*add)(const char *word))
{
	for (size_t i = 0; before == 0 && i < COUNT(models); i += COUNT(models) - 1)
		command_offer(models[i], word, n, add);
}

void command_complete_server(size_t before, const char *word, size_t n, void (*add)(const char *word))
{
	for (size_t i = 0; before == 0 && i < COUNT(models); i++)
		command_offer(models[i], word, n, add);
}
