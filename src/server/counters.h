/*
 * counters - what the server has done since it began, and what it has not: each connection that it closed by itself,
 * and each datagram that got no reply, by reason. On any thread.
 */
#ifndef SERVER_COUNTERS_H
#define SERVER_COUNTERS_H

#include <stdint.h>

enum counter {
	/* TCP: */
	COUNTER_ACCEPTED, /* connections; */
	COUNTER_TCP_IN,   /* bytes of sentences, */
	COUNTER_TCP_OUT,  /* and of replies; */
	/* connections that this end closed, or closed at once, since: */
	COUNTER_CLIENTS,    /* there are as many clients as there may be; */
	COUNTER_ADDRESS,    /* or from that address; */
	COUNTER_IDLE,       /* the client said nothing for too long; */
	COUNTER_STALLED,    /* or took no replies; */
	COUNTER_TCP_MEMORY, /* memory had run out; */
	COUNTER_CUT_OFF,    /* the server's end could not wait for them. */
	/* UDP: */
	COUNTER_DATAGRAMS, /* that came, */
	COUNTER_REPLIES,   /* and that were answered; */
	COUNTER_UDP_IN,    /* bytes of both. */
	COUNTER_UDP_OUT,
	/* Not answered, since: */
	COUNTER_SOURCE,     /* no client has such an address or port; */
	COUNTER_RATE,       /* too many come from there; */
	COUNTER_LOOP,       /* it goes round in a circle; */
	COUNTER_TOO_LONG,   /* no datagram could carry the reply; */
	COUNTER_UDP_MEMORY, /* memory had run out; */
	COUNTER_NO_ROOM,    /* our socket had no room for the reply; */
	COUNTER_FAILED,     /* or the call failed otherwise: the client is gone, say; */
	COUNTER_QUEUE, /* the system had no room for it before we came to it. Those are not among COUNTER_DATAGRAMS. */
	COUNTER_COUNT
};

void counters_add(enum counter c, uint64_t n);
uint64_t counters_sum(enum counter c);

enum { COUNTERS_LINES = 2, COUNTERS_TEXT = 512 };
/* "tcp: accepted 2, in 10, ...", and "udp: ...": all counters of a protocol, for people and programs. Returns out. */
const char *counters_line(int line, char out[COUNTERS_TEXT]);

#endif
