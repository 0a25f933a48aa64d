/*
 * chat_private - the chat itself, which these share: chat.c (the terminal, the loop), chat_keys.c (what the user
 * types), actions.c (what commands do), panes_chat.c (what they do to the panes, and stepping), and those of
 * recordings.
 */
#ifndef CLIENT_CHAT_PRIVATE_H
#define CLIENT_CHAT_PRIVATE_H

#include <uv.h>

#include "chat.h"
#include "frame.h"
#include "order.h"
#include "recording.h"
#include "replay.h"
#include "stepper.h"

struct chat {
	const struct options *options;
	uv_loop_t loop;
	uv_poll_t terminal;
	uv_async_t woken;
	uv_timer_t timer;
	uv_prepare_t before_wait;
	uv_signal_t resized, continued, stopped;

	struct network *network;
	enum protocol protocol;
	int status_code;
	char *host, *port; /* host NULL: our own server */
	uint64_t timeout;  /* 0: the defaults */
	struct network_habits habits;
	struct series_run run; /* a burst or a ping */
	bool textbook;         /* the client is the book's, which has of the habits only the room of a receive */
	bool renewed;          /* the user went elsewhere: figures begin anew when something begins there */

	struct order order;     /* what the network reported, before it comes into the log */
	struct stepper stepper; /* which calls wait for the user */
	uint64_t leads_back;    /* when the input line gets the keys again, since none waits; or CLOCK_NEVER */
	struct log *log;
	int64_t wall;                /* clock_wall() - clock_now(), where the log's events happened */
	struct recording *recording; /* or NULL */
	struct replay *replay;       /* in place of a network, or NULL; then keys are grabbed, */
	bool typing;                 /* but for a command */

	struct frame frame;
	bool leading;   /* calls that wait have the keys */
	bool away;      /* somebody else has the terminal */
	bool dirty;     /* something is to be drawn, */
	bool urgent;    /* and at once, since a person pressed a key */
	uint64_t drawn; /* when */
	uint64_t tick;  /* when to draw again what tells how long something takes; CLOCK_NEVER: it tells of nothing */
};

int chat_open_log(struct chat *c); /* an empty one, and the views of it, in place of those there are. -1: ENOMEM */
struct pager *chat_pager(struct chat *c, unsigned *width); /* of the view that the user looks at, and its width */
void chat_suspend(struct chat *c);
void chat_show_habits(struct chat *c);
void chat_requested(struct chat *c, int result); /* of the network, which fails for want of memory only */
uint64_t chat_now(const struct chat *c);         /* by the clock of the log's events */

/* recording_chat.c: begins what an option asks for; each loop takes some of the log to the disk; ends. -1: it was told
 * why not. */
int chat_record_begin(struct chat *c);
void chat_record_advance(struct chat *c);
int chat_record_end(struct chat *c);

/* replay_chat.c: -1: it was told why not. True: it was a key for the recording. */
int chat_replay_open(struct chat *c);
void chat_replay_advance(struct chat *c, uint64_t now);
uint64_t chat_replay_deadline(const struct chat *c);
bool chat_replay_key(struct chat *c, enum input_key key, const char *text, size_t n);

/* chat_keys.c: the handlers of the input line. arg: the chat. */
void chat_entered(const char *line, size_t n, void *arg);
void chat_pressed(enum input_key key, const char *text, size_t n, void *arg);
void chat_pointed(enum input_mouse what, unsigned y, unsigned x, void *arg);
void chat_set_grab(struct chat *c);

/* panes_chat.c: keys go to a pane, or to the input line again. True: it was a key for the pane. */
void chat_focus(struct chat *c, bool on);
bool chat_pane_key(struct chat *c, enum input_key key, const char *text, size_t n);
void chat_step_on(struct chat *c); /* a sentence was said: if calls are stepped, its first one waits, too */
void chat_let_go(struct chat *c);  /* the calls that need not wait any more */
void chat_lead(struct chat *c);    /* the keys to where they are needed while calls are stepped */

/* What the network's thread reports; it comes into the log in the order in which it happened, as far as is known by
 * then. CLOCK_NEVER: all of it does. */
void chat_hear(struct chat *c, const struct event *e);
void chat_settle(struct chat *c, uint64_t now);
/* Everything that happens comes here. */
void chat_take(struct chat *c, const struct event *e);
void chat_out_of_memory(struct chat *c);

/* Says what is due of the burst or ping, and tells how it ended. */
void chat_advance(struct chat *c);
/* Ends it, with its figures. */
void chat_break(struct chat *c);

#endif
