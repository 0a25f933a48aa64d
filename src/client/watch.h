/*
 * watch - when to look at what the system says about the conversation's socket (EVENT_KERNEL): as long as somebody
 * watches, when a sentence went out over TCP and nothing comes, and when datagrams may be lost at our own end.
 */
#ifndef CLIENT_WATCH_H
#define CLIENT_WATCH_H

#include <uproar/session.h>

#define WATCH_AGAIN (500 * CLOCK_MS) /* for somebody who watches, a look in this time */

struct watch {
	session_tell *report; /* takes every event */
	void *arg;
	uint64_t silence; /* as long as this is told of; 0: none is */
	bool on;          /* somebody watches */

	/* The socket that is open, if any. */
	int fd; /* -1: none */
	enum protocol protocol;
	const struct endpoint *local, *remote;
	uint64_t next;             /* when to look again for somebody who watches */
	struct event_kernel shown; /* what was told last; why is 0 if nothing was */
	uint64_t dropped;          /* datagrams; so many have been told */

	/* TCP: bytes that send has taken of sentences without a reply. */
	struct ring whole;                      /* size_t, of each sentence that it has taken to the end; in order */
	size_t part;                            /* of the one after these */
	size_t taken;                           /* in all */
	uint64_t taken_at, heard_at, warned_at; /* the last send; the last receive; the last silence that was told */
};

void watch_init(struct watch *w, uint64_t silence, session_tell *report, void *arg);
/* local and remote belong to whoever opened the socket, until watch_closed(). */
void watch_opened(struct watch *w, int fd, enum protocol protocol, const struct endpoint *local,
		  const struct endpoint *remote);
void watch_closed(struct watch *w);
void watch_turn(struct watch *w, bool on);

/* TCP: n bytes went, with which the sentence is complete, or not; bytes came; the oldest sentence has its reply. */
void watch_sent(struct watch *w, size_t n, bool complete, uint64_t now);
void watch_heard(struct watch *w, uint64_t now);
void watch_answered(struct watch *w);
/* UDP: a reply is missing: was it our own system that had no room for it? */
void watch_missed(struct watch *w, uint64_t now);

/* When watch_tick() has something to do; CLOCK_NEVER: it has not. */
uint64_t watch_deadline(const struct watch *w);
void watch_tick(struct watch *w, uint64_t now);

/* Two looks at one socket that say the same. */
bool watch_same(const struct event_kernel *a, const struct event_kernel *b);

#endif
