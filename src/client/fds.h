/*
 * fds - the sockets that the client has open, as its calls tell, and a look at each for whoever watches them all: an
 * EVENT_KERNEL for each that has changed, twice a second.
 */
#ifndef CLIENT_FDS_H
#define CLIENT_FDS_H

#include <pthread.h>

#include <uproar/session.h>

enum { FDS_MAX = 64 }; /* sockets that are looked at; no further ones are */

struct fds {
	pthread_mutex_t lock; /* of the sockets: calls are made on several threads */
	struct fds_socket {
		int fd;
		struct event_kernel shown; /* what was told last; why is 0 if nothing was */
	} sockets[FDS_MAX];
	size_t count;
	uint64_t next; /* when to look again; CLOCK_NEVER: nobody watches */
};

void fds_init(struct fds *f);
void fds_free(struct fds *f);

/* From the hooks, on any thread: before a call, and after it. */
void fds_before(struct fds *f, const struct event_call *call);
void fds_after(struct fds *f, const struct event_call *call);

void fds_turn(struct fds *f, bool on);      /* the first look is due at once, and tells of every socket */
uint64_t fds_deadline(const struct fds *f); /* when fds_look() has something to do; CLOCK_NEVER: it has not */
void fds_look(struct fds *f, uint64_t now, session_tell *report, void *arg);

#endif
