/*
 * impair - what the server's lab is set to, what it has done, and what it tells of that; the same for every model.
 * Where several threads use it, they hold its lock; but not to read `on` and `changes`.
 *
 * A model asks `on` before it does anything for the lab. While it is on, the model tells of each receive; of each
 * datagram it learns whether it was lost on its way, and it hands over the replies, which go out as they are fated to.
 */
#ifndef SERVER_IMPAIR_H
#define SERVER_IMPAIR_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include <uproar/lab.h>

#include "late.h"
#include "server.h"

enum { IMPAIR_BUFFER = 64 << 10 };  /* bytes that one call receives, at most: any datagram fits */
#define IMPAIR_LOOK (50 * CLOCK_MS) /* how often a model looks at what waits, while hold is on */

/* What has happened since the start. */
struct impair_sums {
	uint64_t datagrams; /* that came while the lab was on */
	uint64_t requests_dropped, replies_dropped, twice, late, cut;
	uint64_t no_room; /* late replies that were dropped, since there were too many */
	uint64_t resets, closed;
};

/* What was decided about a datagram at hand. */
struct fated {
	uint64_t serial; /* the datagram's, which counts on at a restart */
	struct lab_fate fate;
};

struct impaired;
SLIST_HEAD(impaireds, impaired);

struct impair {
	struct report *report;
	pthread_mutex_t lock;
	bool tcp, udp;                             /* what is served */
	atomic_bool on;                            /* something is set, or still under way */
	bool ever;                                 /* it was on */
	struct lab lab, before;                    /* the settings; and those before the last command */
	uint64_t datagram, stream_reply;           /* numbers of the last ones, which count anew at a restart */
	uint64_t serial;                           /* of the last datagram */
	struct late late;                          /* replies to datagrams */
	unsigned emptying;                         /* sockets that are told of since they were held */
	int buffers[PROTOCOL_COUNT];               /* SO_RCVBUF as it was before; 0: not known */
	char not_tcp[LAB_TEXT], not_udp[LAB_TEXT]; /* what has been told that it cannot happen */
	struct impair_sums sums;
	uint8_t stale[IMPAIR_BUFFER];
	/* For models with calls that wait (impaired.h): */
	atomic_uint changes;        /* of the settings so far, which each thread has to see; */
	unsigned told;              /* so many of them have been told: when all threads had seen them, */
	uint64_t tell_by;           /* or when it was this time */
	pthread_cond_t telling;     /* something has been told */
	unsigned closes;            /* orders to close every connection, so far */
	atomic_bool leaving;        /* what comes over a connection from now on is not received any more */
	struct impaireds impaireds; /* the threads */
};

/* What waits on a socket that is held. All zero: nothing is known. */
struct waiting {
	size_t told;
	bool emptying; /* it is held no more, and each receive is told until nothing waits */
};

/* A socket as the lab's events name it. peer: whom its bytes are from, or NULL. */
struct party {
	enum protocol protocol;
	int fd;
	const struct endpoint *peer;
};

uint64_t impair_seed(void); /* made up, for when none is named */
void impair_start(struct impair *i, struct report *r, const struct options *o);
void impair_end(struct impair *i); /* tells the sums */

/*
 * New settings. The model has to do what has changed since `before`, and the orders; then it says so with
 * impair_tell().
 */
void impair_command(struct impair *i, const char *spec, struct lab_orders *orders);
void impair_tell(struct impair *i); /* the settings, and what of them cannot happen */
/* The end is near: undoes what makes anybody wait, as a command would. */
void impair_hurry(struct impair *i);
void impair_update(struct impair *i); /* sees whether it is still on */

/* Sets SO_RCVBUF, or undoes that, if that has changed since the settings were these. */
void impair_buffer(struct impair *i, const struct lab *before, enum protocol protocol, int fd);
size_t impair_room(const struct lab *lab, size_t room); /* that a receive has */

void impair_look(struct impair *i, struct waiting *w, const struct party *p);    /* hold is on: tells what waits */
void impair_release(struct impair *i, struct waiting *w, const struct party *p); /* hold is on no more */
void impair_forget(struct impair *i, struct waiting *w);
/* A receive has taken n bytes of whole, or of as many. */
void impair_took(struct impair *i, struct waiting *w, const struct party *p, const void *data, size_t n, size_t whole);
void impair_ended(struct impair *i, enum event_lab_what what, const struct party *p); /* LAB_RESET, LAB_CLOSED */

/* A datagram has come. False: it has not, for it was lost. */
bool impair_request(struct impair *i, const struct party *p, const void *data, size_t n, size_t whole, struct fated *f);
/* Its data as a server takes it that forgets lengths, if that is set. Returns its bytes, room at most. */
size_t impair_stale(struct impair *i, void *data, size_t n, size_t room);
/* The reply to it. local: where it comes from, or "none". */
void impair_reply(struct impair *i, const struct fated *f, int fd, const void *data, size_t n,
		  const struct endpoint *client, const struct endpoint *local);
/* How late the reply is that goes over a connection next. */
uint64_t impair_delay(struct impair *i);

#endif
