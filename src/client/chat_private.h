/*
 * chat_private - the chat itself, which chat.c (screen, keys, the loop) and actions.c (what commands do) share.
 */
#ifndef CLIENT_CHAT_PRIVATE_H
#define CLIENT_CHAT_PRIVATE_H

#include <uv.h>

#include "chat.h"
#include "frame.h"

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
	char *host, *port; /* host NULL: our own server */
	uint64_t timeout;  /* 0: the defaults */
	struct network_habits habits;
	struct series_run run; /* a burst or a ping */
	bool renewed;          /* the user went elsewhere: figures begin anew when something begins there */

	struct log *log;

	struct frame frame;
	bool away;      /* somebody else has the terminal */
	bool dirty;     /* something is to be drawn, */
	bool urgent;    /* and at once, since a person pressed a key */
	uint64_t drawn; /* when */

	int status_code;
};

/* Everything that happens comes here. */
void chat_take(struct chat *c, const struct event *e);
void chat_out_of_memory(struct chat *c);

/* Says what is due of the burst or ping, and tells how it ended. */
void chat_advance(struct chat *c);
/* Ends it, with its figures. */
void chat_break(struct chat *c);

#endif
