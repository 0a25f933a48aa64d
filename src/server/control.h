/*
 * control - attends to the channels, on a thread of its own: takes what watchers tell the server (<uproar/control.h>),
 * and lets watchers in at the path of --control.
 *
 * So it hears them whatever the model waits for. What is for the lab it keeps until the model takes it; the rest it
 * does itself.
 */
#ifndef SERVER_CONTROL_H
#define SERVER_CONTROL_H

#include <uproar/control.h>

#include "server.h"

enum { CONTROL_TEXT = CONTROL_MAX + 1 }; /* bytes of a command with its NUL */

enum control_news {
	CONTROL_NOTHING,
	CONTROL_WATCHER, /* one has come: calls that wait are to be made again, so that it learns of them */
	CONTROL_COMMAND, /* to the lab */
};

/* What has been said already, before we began, is heard before it returns. -1: it has told why. */
int control_start(struct report *r, const struct options *o);
void control_stop(void);
_Noreturn void control_abort(void); /* a second signal has come: tells so, and ends the process at once */

/* lab: what a command sets it to, for impair_command(). Prints the counters, too, if a signal asked for them. */
enum control_news control_take(char lab[CONTROL_TEXT]);
/* For a model that waits in calls on this thread: it gets SIGALRM again and again until it has taken everything. */
void control_interrupt_me(void);

#endif
