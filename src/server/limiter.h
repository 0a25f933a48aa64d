/*
 * limiter - which datagrams are too many: those of one source, or the same one again and again. Pure: the time is an
 * argument, never going back. Not for several threads at once.
 *
 * A datagram with a forged source address has its reply sent to somebody who never asked; or it makes two servers
 * answer each other for ever (CVE-2024-2169). Neither can be seen in one datagram, but both in many. What is too much
 * is to be dropped, never delayed: a loop ends with the first datagram that is.
 *
 * Each question has a table of a fixed size, so that no flood makes it grow. Where an entry has its place is worked out
 * with a secret seed, so that nobody can choose sources that fight for one place.
 */
#ifndef SERVER_LIMITER_H
#define SERVER_LIMITER_H

#include <uproar/endpoint.h>

enum {
	LIMITER_RATE_MAX = 1000000,
	LIMITER_RATE = 200,   /* datagrams a second from one source, unless told otherwise */
	LIMITER_BURST = 10,   /* seconds: a source that has said nothing for so long may send as many at once */
	LIMITER_REPEATS = 64, /* times that the same datagram may come from the same port, until one is dropped */
	LIMITER_SETS = 1024,  /* places that an entry can have: */
	LIMITER_PLACES = 4,   /* these of one set */
};

/* Of a source: the network of a /24 (IPv4) or /64 (IPv6), since that is what one sender can have for itself. */
struct limiter_bucket {
	uint64_t network;
	uint64_t full; /* when it will be full again: each datagram makes that later */
	uint8_t family;
};

struct limiter_repeat {
	uint64_t tag; /* of the datagram: of what it says, and of the port that it is from */
	uint64_t last;
	uint32_t times;
};

struct limiter {
	uint64_t seed;
	uint64_t interval; /* between two datagrams at the rate; 0: no limit */
	struct limiter_bucket buckets[LIMITER_SETS][LIMITER_PLACES];
	struct limiter_repeat repeats[LIMITER_SETS][LIMITER_PLACES];
};

void limiter_start(struct limiter *l, uint64_t seed, unsigned rate); /* rate: datagrams a second; 0: no limit */

/* A datagram has come from there. True: it is one too many. */
bool limiter_floods(struct limiter *l, const struct endpoint *source, uint64_t now);
/*
 * A datagram whose reply would be the datagram itself has come: what two servers send each other when they are caught
 * in a loop. True: it has come LIMITER_REPEATS times, never more than a second apart, and this one is too many; from
 * then on it is counted anew.
 */
bool limiter_loops(struct limiter *l, const struct endpoint *source, const void *data, size_t n, uint64_t now);

#endif
