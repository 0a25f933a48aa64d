/*
 * What network.c, hooks.c and wishes.c share.
 */
#ifndef CLIENT_NETWORK_PRIVATE_H
#define CLIENT_NETWORK_PRIVATE_H

#include <uproar/sock.h>

#include "attach.h"
#include "fds.h"
#include "link.h"
#include "mailbox.h"

/* What is heard even while a call waits; the network's thread does what has changed. */
struct wishes {
	unsigned stepped; /* of enum network_side */
	unsigned go;      /* calls that our own server may make */
	bool watch_all;
	unsigned watched; /* how often that was asked for */
};

struct network {
	struct network_options options;
	pthread_t thread;
	pthread_t self; /* the same, written by itself */
	uv_loop_t loop;
	uv_async_t asked;
	struct mailbox requests, events;
	uint64_t number;             /* of the client's events so far; changed under the lock of events */
	pthread_mutex_t wishes_lock; /* of the first of these, and of the end */
	struct wishes wishes, granted;
	struct step step;
	struct fds fds;
	uv_timer_t looking; /* at them */
	struct link link;
	struct attach attach; /* instead of that, with options.attach */
	atomic_bool stopping; /* not a request: those need memory */
	bool stopped;
	bool loop_busy; /* a look-up's thread still uses the loop, or it was left as it was */
};

static inline bool network_is_attached(const struct network *n)
{
	return n->options.attach;
}

void network_report(const struct event *e, void *arg); /* on any thread; arg: the network */

/* hooks.c: what waits before a call that is stepped through, and what tells of calls. */
sock_hook hooks_before, hooks_after;

/* wishes.c */
void wishes_init(struct network *n);
void wishes_free(struct network *n);
void wishes_grant(struct network *n);           /* what can be done at any time, in a hook too */
int wishes_until_look(const struct network *n); /* milliseconds until wishes_look() has something to do; -1: for ever */
void wishes_look(struct network *n);
void wishes_set_timer(struct network *n); /* for that */

#endif
