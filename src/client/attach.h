/*
 * attach - watches a server elsewhere on this machine, which offers its control channel at a path (uproard --control):
 * its events come, commands go, and nothing is said to it. What becomes of the channel is told as notes, and its end as
 * a STATE_CLOSED of no protocol.
 */
#ifndef CLIENT_ATTACH_H
#define CLIENT_ATTACH_H

#include <uv.h>

#include <uproar/session.h>

struct attach {
	int fd; /* -1: there is no channel, or none any more */
	uv_poll_t poll;
	session_tell *report; /* takes every event */
	void *arg;
};

void attach_open(struct attach *a, uv_loop_t *loop, const char *path, session_tell *report, void *arg);
void attach_tell(struct attach *a, const char *command, const char *argument); /* control.h */
void attach_lab(struct attach *a, const char *spec); /* what the user wants of it; without a server that is told */
void attach_close(struct attach *a);

#endif
