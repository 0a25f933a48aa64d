/*
 * flood - so many lines for a client on a terminal, while keys are typed in it, and what it takes it.
 */
#ifndef BENCH_FLOOD_H
#define BENCH_FLOOD_H

#include "pty.h"

enum { FLOOD_SETTLE_MS = 700 /* after which a program that has nothing to do has nothing left to do */ };

struct flood {
	const char *topic;
	unsigned lines;
	unsigned at_once;           /* lines in a piece */
	int pause;                  /* ms between pieces; 0: as fast as it can */
	const char *before, *after; /* what stands around each line on the wire */
	const char *goal;           /* of the CPU a line; or NULL */
};

/* Runs serve() in a process of its own for the first who connects to *port, which is chosen. */
pid_t flood_serve(void (*serve)(int fd, const struct flood *f), const struct flood *f, uint16_t *port);
void flood_send(int fd, const struct flood *f); /* all the lines, and PTY_END in one more */
void flood_say(int fd, const char *text);
void flood_play(struct pty *p, const struct flood *f);   /* types "go", which is what the server waits for */
void flood_idle(const struct pty *p, const char *topic); /* what is used when there is nothing to do */

#endif
