/*
 * step - single-stepping: calls that wait until the user lets them go, one at a time, in the order in which they came.
 *
 * Several threads make the client's calls; each brings its own step_call. The terminal's thread lets them go.
 */
#ifndef CLIENT_STEP_H
#define CLIENT_STEP_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include <uproar/base.h>

/* A call that waits. It lies on the stack of the thread that makes it. */
struct step_call {
	TAILQ_ENTRY(step_call) place;
	bool waits;
};

struct step {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	TAILQ_HEAD(step_calls, step_call) calls; /* that wait; the one that came first comes first */
	atomic_bool on, ended;
	int wake[2]; /* a pipe: a byte comes with whatever changes, for a thread that waits for other things too */
};

int step_init(struct step *s); /* -1: errno says why */
void step_free(struct step *s);

/* The terminal's thread. Turned off, all go. After step_end() none waits any more, and none is to be made. */
void step_turn(struct step *s, bool on);
void step_go(struct step *s);
void step_end(struct step *s);

bool step_is_on(const struct step *s); /* on any thread: whether a call has to wait */
void step_stir(struct step *s);        /* on any thread: whoever waits looks again at what it waits for */

/* Between enter and leave a call can be let go. */
void step_enter(struct step *s, struct step_call *c);
bool step_leave(struct step *s, struct step_call *c); /* false: it shall not be made */
/* In between: waits. never: set, and stirred, when this call shall not be made any more. */
void step_wait(struct step *s, struct step_call *c, const atomic_bool *never);
/*
 * Or, for a thread that has other things to do: whether it has to wait, until step_fd() is readable; what made it so is
 * used up.
 */
bool step_waits(struct step *s, struct step_call *c);
int step_fd(const struct step *s);

#endif
