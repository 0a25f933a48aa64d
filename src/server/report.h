/*
 * report - what the server tells: lines for people, and events for watchers. On any thread.
 *
 * Nothing here ever waits for a slow reader for long, fails, or ends the process: what cannot be written is left out.
 * For that a terminal that is the standard error is opened anew.
 */
#ifndef SERVER_REPORT_H
#define SERVER_REPORT_H

#include "watchers.h"

/* Warnings that something on the wire can cause come at most once a second each, with a count of them all. */
enum report_warning {
	WARN_ACCEPT,   /* no descriptor or memory for a new client */
	WARN_MEMORY,   /* a connection was lost for want of memory */
	WARN_THREADS,  /* as many clients as there may be threads */
	WARN_CLIENTS,  /* as many clients as there may be */
	WARN_ADDRESS,  /* as many as may come from one address */
	WARN_IDLE,     /* a client said nothing for too long */
	WARN_STALLED,  /* a client did not take its replies for too long */
	WARN_TOO_LONG, /* a reply did not fit into a datagram */
	WARN_REFUSED,  /* a datagram came from where no client can be; */
	WARN_RATE,     /* too many came from one network; */
	WARN_LOOP,     /* the same came again and again */
	WARN_LATE,     /* the lab makes more replies wait than it may */
	WARN_COUNT
};

struct report {
	bool verbose;
	bool blocking; /* the model's calls may wait: each that may is told before as well */
	bool child;    /* of an uproar, which hears what else people would read */
	struct watchers watchers;
	pthread_mutex_t lock; /* of the rest */
	struct buf line;      /* scratch */
	int patience;         /* ms that a line waits for room: 0 while anybody is served */
	uint64_t lost;        /* lines that standard error had no room for, since the last that it took */
	struct {
		uint64_t count;
		uint64_t next; /* when it may be told again */
	} warnings[WARN_COUNT];
};

/* channel: -1, or to the uproar that started us. Sets the hooks of sock. */
void report_start(struct report *r, bool verbose, bool blocking, int channel);
/* Nobody is served any more: what is told from now on waits a little for its reader. */
void report_last_words(struct report *r);
void report_end(struct report *r);
void report_watched(struct report *r, bool watched); /* whether there are watchers: without, calls cost nothing more */

/* A line on standard output, where other programs wait for it. */
void report_output(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* To the uproar that started us it goes up the channel; anybody else reads it. Other watchers hear it, too. */
void report_say(struct report *r, enum note_level level, const char *format, ...) __attribute__((format(printf, 3, 4)));
#define report_error(r, ...) report_say(r, NOTE_ERROR, __VA_ARGS__)
#define report_note(r, ...)  report_say(r, NOTE_INFO, __VA_ARGS__)
void report_warn(struct report *r, enum report_warning w, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void report_counters(struct report *r);
void report_lab(struct report *r, const struct event *e); /* EVENT_LAB */
void report_listening(struct report *r, enum protocol protocol, const struct endpoint *local);

#endif
