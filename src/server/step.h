/*
 * step - single-stepping: each socket call waits, before it is made, until a watcher lets it go.
 */
#ifndef SERVER_STEP_H
#define SERVER_STEP_H

#include <uproar/sock.h>

int step_start(void); /* before any other; returns 0 or an errno */

/*
 * While stepping is on: tells of the call that is about to be made, then waits until it may be. The call that has
 * waited longest goes first. False: it is off, and nothing was told.
 */
bool step_hold(const struct event *e, sock_hook *tell, void *arg);

/* What a watcher says: "on", "off", "go". -1: none of these. */
int step_command(int watcher, const char *word);
void step_leave(int watcher); /* it is off, if this watcher began it */
void step_end(void);          /* for good: the server ends. For signal handlers as well */

#endif
