/*
 * load - what the kinds of load share: clients, each with its messages under way, and a loop of epoll for them.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "bench.h"
#include "histogram.h"

struct client {
	int fd;
	unsigned under_way; /* messages whose reply is not whole yet */
	unsigned oldest;    /* of times, which go round: when the first of them was sent */
	size_t unsent;      /* bytes of them that have not gone yet */
	size_t sent;        /* bytes that have gone of the message that is going */
	size_t received;    /* bytes that have come of the reply that is coming */
	bool awaits_room;
	uint64_t times[DEPTH_MAX];
};

struct load {
	const struct shape *shape;
	struct contestant *contestant;
	const struct load_kind *kind;
	struct message message;
	struct client *clients;
	int loop;
	unsigned opened;
	unsigned waiting; /* clients with messages under way */
	unsigned silences;
	bool over; /* the time of the slice is: no new messages */
	bool check, wrong, failed;
	uint64_t answered;
	struct histogram latency;
};

/* How it is done over TCP, over UDP, and with a new connection for each message. */
struct load_kind {
	bool (*open)(struct load *l, struct client *c); /* false: nobody is there */
	void (*begin)(struct load *l, struct client *c);
	void (*ready)(struct load *l, struct client *c, uint32_t events);
	bool (*silence)(struct load *l); /* nothing has come for long: false, it is given up */
	int silent_ms;
};

extern const struct load_kind load_stream, load_datagram, load_churn;

/* For the kinds. Messages that go now, and replies that are whole. */
void load_sent(struct load *l, struct client *c, unsigned n);
void load_answered(struct load *l, struct client *c, unsigned n);
void load_watch(struct load *l, struct client *c, int operation, uint32_t events);
void load_compare(struct load *l, const struct client *c, const uint8_t *data, size_t n);
bool load_give_up(struct load *l);
void load_fail(struct load *l, const char *what); /* says so, with errno; the slice is given up */

#endif
