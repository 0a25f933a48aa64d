/*
 * kernel - what the system says about a socket, of the client's or of the server's, beyond what calls return. Part of
 * layer event.
 */
#ifndef UPROAR_KERNEL_H
#define UPROAR_KERNEL_H

#include <uproar/endpoint.h>

enum kernel_why {
	KERNEL_SAMPLE = 1, /* it was asked for */
	KERNEL_SILENCE,    /* a sentence was sent over TCP, and for a while nothing has come */
	KERNEL_DROPS,      /* this end's receive queue was too full for some datagrams, since the last such event */
};

/* Which of the figures this platform offers for this socket. */
enum kernel_offer {
	KERNEL_TCP = 1,     /* state, rtt, rtt_variation, congestion_window, retransmissions (TCP_INFO) */
	KERNEL_UNSENT = 2,  /* TCP: unacknowledged, unsent (SIOCOUTQ, SIOCOUTQNSD) */
	KERNEL_UNREAD = 4,  /* unread (FIONREAD) */
	KERNEL_DROPPED = 8, /* UDP: dropped (what SO_RXQ_OVFL counts) */
};

enum { KERNEL_OFFERS = 15 }; /* all of them */

enum { KERNEL_LISTEN = 10, KERNEL_STATES = 12 };
const char *kernel_state_name(unsigned state); /* RFC 9293, section 3.3.2: "CLOSE-WAIT"; "" for what is none */

/*
 * EVENT_KERNEL. Times are nanoseconds, the rest bytes unless said otherwise; a FIN counts as one, as in TCP's numbers.
 * Nobody acknowledges datagrams, and SIOCOUTQ counts memory for them, not bytes: over UDP that is not offered.
 */
struct event_kernel {
	enum kernel_why why;
	enum protocol protocol;
	int fd;                      /* of the process that the event is from */
	uint32_t offered;            /* of enum kernel_offer */
	uint32_t state;              /* 1 to 11, as Linux numbers them */
	uint32_t congestion_window;  /* segments */
	uint32_t retransmissions;    /* segments, since the connection was made */
	uint64_t rtt, rtt_variation; /* as TCP itself measures and smoothes it */
	uint64_t unacknowledged;     /* taken by send and not acknowledged by the other end's system */
	uint64_t unsent;             /* of these, not sent even once */
	uint64_t unread;             /* what recv could take now; UDP on Linux: the next datagram alone; in the state
				      * LISTEN: connections that accept could take */
	uint64_t dropped;            /* datagrams, since the socket was made; DROPS: since the last such event */
	uint64_t taken;              /* SILENCE: bytes of sentences without a reply that send has taken */
	uint64_t waited;             /* SILENCE: since the last of them was taken */
	struct endpoint local, remote;
};

#endif
