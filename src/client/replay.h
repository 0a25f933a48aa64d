/*
 * replay - plays a recording: gives its events at the pace at which they happened, or one by one, and goes to any other
 * place in it. It has no clock: `now` is monotonic nanoseconds.
 *
 * While it plays, it reads through the file once more, ahead and a little at a time: so it knows how much there is, and
 * where every thousandth event stands.
 */
#ifndef CLIENT_REPLAY_H
#define CLIENT_REPLAY_H

#include "replay_file.h"

#define REPLAY_PAUSE (2 * CLOCK_SECOND) /* longer pauses in a recording are shortened to this */

struct replay_handlers {
	void (*again)(void *arg); /* forget every event: others follow */
	void (*take)(const struct event *e, void *arg);
	void (*damaged)(const char *problem, void *arg); /* it ends here; whole sentences */
	void *arg;
};

struct replay;

/*
 * speed: a factor, of those that options.h allows; 0: as fast as can be. memory: events that the handlers' owner keeps;
 * no more than these are given when it goes elsewhere. NULL: problem says why not, as a whole sentence.
 */
struct replay *replay_open(const char *path, double speed, size_t memory, const struct replay_handlers *handlers,
			   char problem[REPLAY_PROBLEM]);
void replay_free(struct replay *r);
int64_t replay_wall(const struct replay *r); /* clock_wall() - clock_now(), when it was recorded */

uint64_t replay_deadline(const struct replay *r); /* when replay_advance() has something to do; CLOCK_NEVER: nothing */
void replay_advance(struct replay *r, uint64_t now); /* does some of it: never for long */

void replay_pause(struct replay *r, uint64_t now);   /* or goes on; at the end: begins again */
void replay_step(struct replay *r, uint64_t now);    /* the next event, now */
void replay_back(struct replay *r, uint64_t events); /* so many back */
void replay_go(struct replay *r, unsigned tenths);   /* to so many tenths of its time; 0: the beginning, 10: the end */
void replay_speed(struct replay *r, double factor, uint64_t now); /* of the present speed */

struct replay_state {
	bool paused, ended, damaged;
	bool going;          /* to another place; done: how far it is */
	bool known;          /* events and length are those of the whole recording; else of what is known of it: */
	double done;         /* 0 to 1, of going, or else of getting to know it */
	double speed;        /* 0: as fast as can be */
	uint64_t position;   /* events that have been given, or stand before the first of them */
	uint64_t events;     /* in the recording */
	uint64_t at, length; /* in the recording's time, from its first event */
	uint64_t pause;      /* until the next event, if that is longer than REPLAY_PAUSE; else 0 */
};
struct replay_state replay_state(const struct replay *r);

/* The time in the recording, by the clock that its events have, for as long as the last one has been the last. */
uint64_t replay_clock(const struct replay *r, uint64_t now);

#endif
