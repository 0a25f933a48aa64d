/*
 * late - replies that the lab lets out later than they are ready: a queue of datagrams in the order of their times.
 *
 * All times are clock_now()'s.
 */
#ifndef SERVER_LATE_H
#define SERVER_LATE_H

#include <uproar/event.h>

enum {
	LATE_DATAGRAMS = 4096, /* that wait, at most */
	LATE_BYTES = 16 << 20,
};

/* A reply, and where it goes. */
struct late_reply {
	struct late_reply *next;
	uint64_t due;    /* it goes now at the latest */
	uint64_t ready;  /* held back: it may go from now on, once a reply to a later datagram has gone */
	uint64_t serial; /* of the datagram that it answers: later ones have higher numbers */
	bool held_back;
	bool copy; /* another reply to the same datagram goes before it */
	int fd;
	struct endpoint client, local; /* local: where it comes from, or "none" */
	size_t size;
	uint8_t data[];
};

/* All zero: none waits. */
struct late {
	struct late_reply *first; /* to go */
	size_t count, bytes;
	size_t held_back;    /* of them */
	uint64_t newest;     /* the latest datagram that was answered so far */
	uint64_t overtaken;  /* replies that went after one to a later datagram */
	uint64_t no_earlier; /* a socket had no room: no reply goes before this time */
};

void late_free(struct late *l);
/* Keeps a copy of *r, with its n bytes of data. -1: there is no room for it. */
int late_push(struct late *l, const struct late_reply *r, const void *data, size_t n);
uint64_t late_next(const struct late *l); /* when late_send() has something to do; CLOCK_NEVER */
/* Sends what is due. What cannot be sent is lost as datagrams are, unless its socket just has no room. */
void late_send(struct late *l, uint64_t now);
/* No reply goes later than this any more; if reordering, one that is held back no later than LAB_OVERTAKE after it. */
void late_hurry(struct late *l, uint64_t latest, bool reordering);
void late_forget(struct late *l, int fd); /* what this socket would have sent */

#endif
