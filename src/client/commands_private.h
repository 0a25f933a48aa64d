/*
 * commands_private - the commands, which the table in commands.c puts together with those in commands_trouble.c and
 * commands_views.c.
 */
#ifndef CLIENT_COMMANDS_PRIVATE_H
#define CLIENT_COMMANDS_PRIVATE_H

#include "commands.h"

/* --- For whoever carries one out: false, and the user was told, when an argument is not what it should be --- */

/* What was wrong, and how the command is used. */
void command_refuse(struct chat *c, const struct command *self, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool command_number(struct chat *c, const struct command *self, const char *text, unsigned long least,
		    unsigned long most, unsigned long *number);
bool command_switch(struct chat *c, const struct command *self, const char *text, bool *on);
/* Completion: adds the candidate if it begins with the n bytes of word. */
void command_offer(const char *candidate, const char *word, size_t n, void (*add)(const char *word));

/* --- commands_trouble.c --- */

void run_lab(struct chat *c, const struct command *self, int count, char **arguments);
void run_reveal(struct chat *c, const struct command *self, int count, char **arguments);
void run_recv(struct chat *c, const struct command *self, int count, char **arguments);
void run_hold(struct chat *c);
void run_release(struct chat *c);
void run_nagle(struct chat *c, const struct command *self, int count, char **arguments);
void run_connected(struct chat *c, const struct command *self, int count, char **arguments);
void command_complete_setting(size_t before, const char *word, size_t n, void (*add)(const char *word));
void command_complete_switch(size_t before, const char *word, size_t n, void (*add)(const char *word));

/* --- commands_views.c --- */

void run_calls(struct chat *c, const struct command *self, int count, char **arguments);
void run_ladder(struct chat *c);
void run_statistics(struct chat *c);
void run_sockets(struct chat *c);
void run_find(struct chat *c, const struct command *self, int count, char **arguments);
void run_step(struct chat *c, const struct command *self, int count, char **arguments);
void run_inspect(struct chat *c, const struct command *self, int count, char **arguments);
void run_model(struct chat *c, const struct command *self, int count, char **arguments);
void run_server(struct chat *c, const struct command *self, int count, char **arguments);
void command_complete_calls(size_t before, const char *word, size_t n, void (*add)(const char *word));
void command_complete_step(size_t before, const char *word, size_t n, void (*add)(const char *word));
void command_complete_model(size_t before, const char *word, size_t n, void (*add)(const char *word));
void command_complete_server(size_t before, const char *word, size_t n, void (*add)(const char *word));

#endif
