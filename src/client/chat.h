/*
 * chat - the client with a screen: it owns the terminal, the log and what is shown of it, and makes no socket call.
 */
#ifndef CLIENT_CHAT_H
#define CLIENT_CHAT_H

#include "options.h"

struct chat;

/* Returns the exit status: 0: the user left, 1: the terminal went away or was none, 128 + n: signal n ended it. */
int chat_run(const struct options *options);

/* What a command can do. Nothing here fails: what goes wrong comes as an event. */
void chat_talk(struct chat *c, enum protocol protocol);                /* over this protocol, with the server we have */
void chat_connect(struct chat *c, const char *host, const char *port); /* host NULL: our own server */
void chat_disconnect(struct chat *c);
void chat_timeout(struct chat *c, uint64_t timeout);
void chat_clear(struct chat *c);
void chat_help(struct chat *c);
void chat_quit(struct chat *c);
void chat_note(struct chat *c, enum note_level level, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
