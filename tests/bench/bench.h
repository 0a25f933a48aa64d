/*
 * bench - how fast uproard is, as a ratio to the least that a server can do: a loop of epoll that sends back what it
 * got; and beside what people would use instead.
 *
 * All servers run at once, and the load goes to them by turns, in short slices: so whatever else the machine does hits
 * all alike, and the ratio of two neighbouring slices says more than either. The load is closed: each connection has so
 * many messages under way, and sends the next when a reply is whole.
 *
 * Nothing here passes or fails. Times are nanoseconds, sizes are bytes.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <uproar/base.h>

enum { DEPTH_MAX = 16, CONTESTANTS_MAX = 20, SHAPES_MAX = 40 };

/* --- What is asked: shapes of load --- */

enum group {
	GROUP_STREAM,        /* TCP, connections that stay */
	GROUP_TRACED,        /* the same, for comparing uproard with itself */
	GROUP_CHURN,         /* TCP: connect, send, receive the reply, close, and again */
	GROUP_DATAGRAM,      /* UDP */
	GROUP_WORKERS,       /* TCP, for comparing uproard with itself when several threads serve */
	GROUP_WORKERS_CHURN, /* the same by connections that come and go */
};

enum text { ASCII, CHINESE, FRENCH_GERMAN, CYRILLIC, GREEK, VIETNAMESE, TURKISH, EMOJI, MIXED, PROSE_COUNT };

struct prose {
	const char *name, *words;
};

extern const struct prose prose[PROSE_COUNT]; /* by enum text */

/*
 * Which processors the load and the servers run on. What one client at a time waits for is mostly whether it shares one
 * with its server: left to the system that is a lottery. Bulk is left to it all the same: apart, on two threads of one
 * core, copying and uppercasing slow each other down, and the system knows to avoid that.
 */
enum place {
	ANYWHERE,
	APART,   /* the load on the first, the servers on the others */
	ONE_CPU, /* all on the first */
};

struct shape {
	const char *name;
	enum group group;
	unsigned connections, depth; /* depth: messages under way on each */
	size_t size;                 /* of a message */
	enum text text;
	enum place place;
	double goals[4]; /* by enum measure, as ratios: requests at least, the others at most; 0: none */
};

extern const struct shape shapes[];
extern const size_t shape_count;

/* --- Who answers: contestants --- */

enum speech { SPEECH_ECHO, SPEECH_UPPER, SPEECH_REDIS, SPEECH_MEMCACHED };

struct contestant {
	const char *name;
	pid_t pid;
	uint16_t port;
	enum speech speech;
	unsigned groups;        /* bits 1 << enum group: what it takes part in */
	unsigned most;          /* connections that it can bear; 0: any number */
	bool forks;             /* a process serves each client: what CPU they took is not known */
	bool wrong[SHAPES_MAX]; /* the bytes of its replies were not those of the uppercase */
};

/* What is sent, and what must come back. */
struct message {
	uint8_t *request, *reply;
	size_t request_size, reply_size;
	unsigned copies; /* of the request, one behind the other */
};

struct message message_make(const struct shape *s, enum speech speech);
void message_free(struct message *m);

/* --- A load on one contestant --- */

struct load;

/* What one slice came to; NAN: not known. All but the first are nanoseconds of a request. */
enum measure {
	REQUESTS, /* a second */
	MEDIAN,   /* from sending it to the last byte of its reply */
	P99,      /* so long took 99 of 100, at most */
	CPU,      /* of the server's process */
	MEASURES
};

struct sample {
	double of[MEASURES];
};

struct load *load_open(const struct shape *s, struct contestant *c); /* NULL: it does not take so many */
/* All replies have come when it returns. check: look at each byte of the replies. False: no reply came for long. */
bool load_slice(struct load *l, uint64_t duration, bool check, struct sample *sample);
bool load_wrong(const struct load *l); /* what was looked at was not right */
void load_close(struct load *l);

/* --- Servers --- */

/* Each starts a process of its own, which ends with the bench. */
void bare_start(struct contestant *c);      /* an echo with epoll, one call for each message of UDP */
void bare_many_start(struct contestant *c); /* UDP alone: up to 32 datagrams in a call (recvmmsg(2)) */
void uproard_start(struct contestant *c, const char *program, const char *const *options);
void server_stop(struct contestant *c);
pid_t watcher_start(const char *path); /* watches the uproard that offers a channel there, and says nothing */

/* Peers that are installed take the places in c; of the others it says how they can be had. Returns how many. */
size_t peers_start(struct contestant *c, size_t room);
bool peer_installed(const char *program, const char *package); /* if it is not, it says so */

/* --- Other figures than of shapes --- */

/* So much of it as the time that was given allows, at least 1: all of it from 20 seconds on. */
unsigned scaled(unsigned whole);

void uppercase_measure(void);                            /* without any server */
void loss_measure(const struct contestant *c, size_t n); /* datagrams offered faster than they are asked for */
void memory_measure(const char *uproard);                /* idle connections, clients that do not read */
void client_measure(const char *uproar);                 /* of the client, on a terminal */
void irc_measure(void);                                  /* other clients, those that are installed */

#endif
