/*
 * soak - a crowd of clients, good and bad, at one server for a long time. All are served by one thread: each has a time
 * at which it acts next, and whatever it does then returns at once.
 */
#ifndef SOAK_H
#define SOAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uproar/base.h>
#include <uproar/text.h>

struct figures {
	uint64_t connections, datagrams; /* begun; answered */
	uint64_t bytes;                  /* that came back and were right */
	uint64_t again;                  /* datagrams sent once more, since nothing came */
};

struct crowd {
	unsigned port;
	uint64_t seed, thrown; /* numbers that a seed gives, one after the other */
	uint64_t now;
	uint64_t patience; /* for how long a client may hear nothing */
	bool leaving;      /* the round is over: they come to an end, and none begins anew */
	struct figures figures;
	char problem[256]; /* the first one; "": none */
};

struct client {
	const struct kind *kind;
	int fd;         /* -1: it is not there */
	uint64_t next;  /* when it acts */
	uint64_t ends;  /* when it leaves, if it is one of those who just leave; when a datagram is sent again */
	uint64_t heard; /* when something came, or had been answered */
	/* what talks: */
	struct buf out;          /* to be sent */
	struct buf expected;     /* to come back */
	struct text_upper upper; /* between them */
	size_t pieces;           /* more of them are to be said */
	uint64_t number;         /* of the datagram that is to be answered */
	bool shut;               /* it has sent its end of the stream */
};

/* What sort of client. act() does something, and says when it wants to act again; a client that has left has no fd. */
struct kind {
	const char *name;
	unsigned count; /* of them, at once */
	bool (*begin)(struct crowd *c, struct client *x);
	void (*act)(struct crowd *c, struct client *x);
	/* what talks: */
	size_t send_most, receive_most; /* bytes at a time */
	uint64_t pause;                 /* nanoseconds between two acts, at most */
	bool garbage;
};

/* Those who talk in order and look at every byte, and those who do not: each ended by one without a name. */
extern const struct kind talkers[], vandals[];

uint64_t soak_throw(struct crowd *c, uint64_t sides);
void soak_fail(struct crowd *c, const struct client *x, const char *what);
int soak_socket(struct crowd *c, int type); /* connected, or about to be; never blocks. -1: errno says why */
void soak_leave(struct client *x);
void soak_reset(struct client *x); /* with RST */

#endif
