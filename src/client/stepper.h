/*
 * stepper - which calls wait for the user while the programs are single-stepped, and which of them may go. Events in,
 * decisions out: whoever owns it lets the calls go.
 */
#ifndef CLIENT_STEPPER_H
#define CLIENT_STEPPER_H

#include "network.h"

enum { STEPPER_WORDS = 160 };

/* A call that waits before it is made. */
struct stepper_call {
	enum event_who who;
	enum event_op op;
	int fd;
	unsigned number;           /* from 1, counted since something is stepped: no other call has it */
	bool due;                  /* it may go, and has not gone yet */
	char words[STEPPER_WORDS]; /* as strace would print it, without a result: safe on any terminal */
};

/* All zero: nothing is stepped. */
struct stepper {
	unsigned sides;    /* of enum network_side: whose calls wait */
	bool running;      /* calls go by themselves, until one that may block is reached */
	unsigned count;    /* of the calls that have come to wait */
	struct ring calls; /* of struct stepper_call, that which has waited longest first */
};

void stepper_free(struct stepper *s);
void stepper_set(struct stepper *s, unsigned sides); /* each of their calls waits; those of other sides no more */
/* An EVENT_CALL that has not returned waits, one that has returned went; and a new server has nothing that waits. */
void stepper_take(struct stepper *s, const struct event *e);
/* The call of these sides that has waited longest; NULL: none waits. */
const struct stepper_call *stepper_waiting(const struct stepper *s, unsigned sides);

/* Whether this call, which has not returned, is one that waits. */
bool stepper_holds(const struct stepper *s, const struct event *call);

void stepper_go(struct stepper *s, unsigned sides); /* that call may go */
/* All that wait may go, and others until one is reached that may block: accept, connect and the receiving ones. */
void stepper_run(struct stepper *s);
/* The side whose call is to be let go now, and no longer waits; 0: none is. To be asked until there is none. */
unsigned stepper_due(struct stepper *s);

#endif
