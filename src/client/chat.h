/*
 * chat - the client with a screen: it owns the terminal, the log and what is shown of it, and makes no socket call.
 */
#ifndef CLIENT_CHAT_H
#define CLIENT_CHAT_H

#include "network.h"
#include "options.h"
#include "panes.h"
#include "series.h"

struct chat;

/* Returns the exit status: 0: the user left, 1: the terminal went away or was none, 128 + n: signal n ended it. */
int chat_run(const struct options *options);

/* What a command needs besides the log. False: there is none, and it was told why. */
enum chat_needs { CHAT_NOTHING, CHAT_SERVER, CHAT_CONVERSATION };
bool chat_requires(struct chat *c, enum chat_needs needs);

/* What a command can do. Nothing here fails: what goes wrong comes as an event. */
void chat_talk(struct chat *c, enum protocol protocol);                /* over this protocol, with the server we have */
void chat_connect(struct chat *c, const char *host, const char *port); /* host NULL: our own server */
void chat_disconnect(struct chat *c);
void chat_shutdown(struct chat *c);
void chat_clients(struct chat *c, unsigned count); /* the chat's own connection is one of them */
void chat_timeout(struct chat *c, uint64_t timeout);
const struct network_habits *chat_habits(const struct chat *c);
bool chat_is_book(const struct chat *c); /* the client's model is the textbook's, which has of these only the room */
void chat_behave(struct chat *c, const struct network_habits *habits);
void chat_lab(struct chat *c, const char *spec); /* "": tells what is on */
void chat_reveal(struct chat *c, size_t sentences);

enum { CHAT_BURST_ROWS = 10 }; /* a burst of more sentences is told in one sum */
void chat_say(struct chat *c, const void *text, size_t n, struct series series);
void chat_series(struct chat *c, const struct series_plan *plan); /* its patience is the chat's business */

void chat_save(struct chat *c, const char *path);   /* what the user looks at */
void chat_record(struct chat *c, const char *path); /* all events, from the first one on */
void chat_record_off(struct chat *c);
void chat_record_tell(struct chat *c);

void chat_show(struct chat *c, enum pane pane);        /* besides the transcript; what is shown is hidden again */
void chat_calls(struct chat *c, const char *filter);   /* "": all */
void chat_inspect(struct chat *c, const char *filter); /* the newest of these calls */
void chat_find(struct chat *c, const char *text);      /* in the pane that is shown; "": ends it */
void chat_step(struct chat *c, unsigned sides);        /* of enum network_side: their calls wait */
void chat_model(struct chat *c, bool textbook);        /* the client's */
void chat_server(struct chat *c, const char *model, const char *address); /* our own server's */
void chat_clear(struct chat *c);
void chat_help(struct chat *c);
void chat_quit(struct chat *c);
void chat_note(struct chat *c, enum note_level level, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
