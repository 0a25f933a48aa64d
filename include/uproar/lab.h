/*
 * lab - deliberate trouble for a class to look at: what is to go wrong, decided from a seed. Pure: it drops, delays and
 * cuts nothing itself. The server does, and tells every decision as the lab's.
 *
 * A specification is settings between commas or spaces, each setting named once:
 *
 *   drop=30%             every datagram is lost with this probability: requests and replies, each by itself
 *   drop-requests=30%    requests alone
 *   drop-replies=30%     replies alone
 *   duplicate=5%         the reply is sent twice
 *   reorder=10%          the reply is held back until another one to anybody has overtaken it (LAB_OVERTAKE at most)
 *   delay=50ms           every reply is late by so much (us, ms, s; a bare number is ms)
 *   jitter=20ms          and by a random time below this besides
 *   seed=42              of all these decisions; without it one is made up
 *   cut=4                a receive takes at most so many bytes; of a datagram the rest is lost, as in the system
 *   slow-read=200ms      after each receive so much time goes by (slow-read alone: LAB_SLOW_READ)
 *   hold                 nothing is received: bytes wait in the system
 *   no-accept            no client is accepted
 *   backlog=1            how many clients may wait for that
 *   rcvbuf=4096          bytes of the socket's receive buffer, as SO_RCVBUF is given them
 *   reset                a connection is closed as soon as bytes wait on it, unread: the client gets a reset
 *   stale                the reply to a datagram is made from a buffer that is never cleared, as far as a NUL, as if
 *                        the length that recvfrom() returned had been forgotten: a classic mistake
 *
 * `release` and `accept` undo hold and no-accept, any setting is undone by =0, =0% or =off; `off` alone undoes them
 * all. `close` closes every connection now, in good order; `rebind` does that and then begins anew on
 * the same port, as when a server is restarted. What can stand without a value can be given =on as well.
 * A probability has at most two decimals, a time three; a seed is less than 2^63, and seed=0 has a new one made up.
 */
#ifndef UPROAR_LAB_H
#define UPROAR_LAB_H

#include <uproar/base.h>

enum {
	LAB_TEXT = 512,      /* bytes of a specification, of which any may come from anywhere, with its NUL */
	LAB_PROBLEM = 256,   /* bytes of a sentence in words, with its NUL */
	LAB_CERTAIN = 10000, /* probabilities are hundredths of a percent */
	LAB_BACKLOG_MAX = 4096,
	LAB_BYTES_MAX = 1 << 24, /* of cut and rcvbuf */
};
#define LAB_OVERTAKE  (250 * CLOCK_MS)
#define LAB_SLOW_READ (200 * CLOCK_MS)
#define LAB_TIME_MAX  (60 * CLOCK_SECOND) /* of delay, jitter and slow-read */

/* All zero: nothing is wrong. */
struct lab {
	uint32_t drop_requests, drop_replies, duplicate, reorder; /* 0..LAB_CERTAIN */
	uint64_t delay, jitter, slow_read;                        /* nanoseconds */
	uint64_t seed;
	uint32_t cut;     /* 0: no limit */
	uint32_t backlog; /* 0: as the server would have it */
	uint32_t rcvbuf;  /* 0: the same */
	bool hold, no_accept, reset, stale;
};

/* What a specification asks for beyond settings. */
struct lab_orders {
	bool restart; /* count datagrams from 1 again: the seed was named, or something is random and nothing was */
	bool close;   /* every connection, now */
	bool rebind;  /* after that close the welcoming sockets, too, and begin anew at once on the same port */
};

/*
 * Changes what the specification names. made_up: the seed for when one is needed and none is named. -1: problem says
 * what is wrong with it, as a whole sentence in the user's language and fit to be printed; nothing has changed, and
 * there are no orders.
 */
int lab_parse(struct lab *l, const char *spec, uint64_t made_up, struct lab_orders *orders, char problem[LAB_PROBLEM]);
/* The settings that are on, as lab_parse() takes them; "": none. The seed is among them if something is random. */
const char *lab_format(const struct lab *l, char out[LAB_TEXT]);
bool lab_on(const struct lab *l);

/*
 * The names ("drop, reorder") of settings that are on and cannot happen over TCP (what a stream carries is never lost,
 * doubled or out of order: only late, cut into pieces, or reset), or cannot happen over UDP. "": none. Returns out.
 */
const char *lab_not_tcp(const struct lab *l, char out[LAB_TEXT]);
const char *lab_not_udp(const struct lab *l, char out[LAB_TEXT]);

/* What happens to a datagram and its reply. */
struct lab_fate {
	bool drop_request; /* then the rest does not matter */
	bool drop_reply;   /* all copies */
	bool twice;
	bool held_back;
	uint64_t delay[2]; /* of the reply and of its copy */
};

/*
 * The fate of the datagram that came as number n, counted from 1. It depends on the seed, n and the settings it is
 * about, each decided by itself: the same seed, the same fate, in any process and model.
 */
struct lab_fate lab_fate(const struct lab *l, uint64_t n);
/* TCP: how late the nth reply of all is. */
uint64_t lab_delay(const struct lab *l, uint64_t n);

/*
 * What a server that forgets lengths sees (`stale`): the n bytes at data are put at the front of a buffer that keeps
 * what was there, and the result is as long as what comes before the first NUL, at most room. Returns its bytes.
 */
size_t lab_stale(uint8_t *buffer, size_t room, const void *data, size_t n);

#endif
