/*
 * watchers - those who are told every event: the uproar that started us, and who came to the path of --control.
 *
 * Events are numbered for all of them together. What one has no room for is left out for that one, which sees it by the
 * gap. What is for one alone, or told again, has the number 0. All this on any thread.
 */
#ifndef SERVER_WATCHERS_H
#define SERVER_WATCHERS_H

#include <pthread.h>

#include <uproar/event.h>
#include <uproar/lab.h>

enum {
	WATCHERS_MAX = 8, /* that came by themselves */
	LISTENING_MAX = 64,
};

struct watchers {
	pthread_mutex_t lock;      /* of the rest */
	int fds[1 + WATCHERS_MAX]; /* the channels. The first is the uproar's that started us, or -1 */
	size_t count;              /* of fds, that one always included */
	uint64_t number;           /* of the last event */
	struct buf packed;         /* scratch */
	struct event_state listening[LISTENING_MAX]; /* what every newcomer is told first: these, */
	size_t services;
	char settings[LAB_TEXT]; /* and the lab's */
};

void watchers_start(struct watchers *w, int fd); /* fd: -1, or a channel, which becomes non-blocking */
void watchers_end(struct watchers *w);

/* urgent: the uproar that started us must not miss it, and gets some time to make room. */
void watchers_tell(struct watchers *w, const struct event *e, bool urgent);

/* A newcomer is told what there is now, but for sockets. False: there are too many, and that it is told. */
bool watchers_add(struct watchers *w, int fd);
void watchers_remove(struct watchers *w, int fd);
/* To this one alone: */
void watchers_sample(struct watchers *w, int fd);   /* each socket that is open now, */
void watchers_counters(struct watchers *w, int fd); /* and the counters */

#endif
