/*
 * talk - a sentence, and what became of it. Part of layer event.
 */
#ifndef UPROAR_TALK_H
#define UPROAR_TALK_H

#include <uproar/endpoint.h>

/*
 * Every sentence ends in one of: answered, in time or late (a reply's verdict is RIGHT, WRONG or TRUNCATED), or missing
 * for one of the reasons below. A verdict may be taken back (amends). Every datagram and every line of a stream that
 * comes in is one reply with one verdict.
 */
enum event_verdict {
	/* of a reply: */
	VERDICT_RIGHT = 1, /* the uppercase of the sentence */
	VERDICT_WRONG,     /* something else */
	VERDICT_TRUNCATED, /* a datagram, the uppercase of the sentence's beginning; limit: this end cut it */
	VERDICT_DUPLICATE, /* the reply to a sentence that has been answered: a copy */
	VERDICT_UNASKED,   /* no sentence is waiting for it */
	VERDICT_STRANGER,  /* from an endpoint other than the server's */
	/* of a sentence: */
	VERDICT_TIMEOUT,   /* it did not come in time; if it comes late, that ends the sentence after all */
	VERDICT_CUT_SHORT, /* the connection ended first, error says how, 0: closed, ECANCELED: by this end; UDP: this
			      end gave up its port */
	VERDICT_UNSENT,    /* the sentence could not be sent; error says why */
	VERDICT_CANCELLED, /* the user went elsewhere */
	VERDICT_REFUSED,   /* a connected UDP socket was told that nobody listens there; error: errno */
};

/* What cannot be known from this end, since nothing but the sentence is on the wire. */
enum guess {
	GUESS_NONE,
	GUESS_WHICH, /* other sentences could as well be meant; the oldest was taken */
	GUESS_COPY,  /* it may be a copy of the reply to an equal sentence that was answered before */
};

/* A sentence that does not stand for itself. */
enum series_kind {
	SERIES_NONE,
	SERIES_FILLER, /* only its length matters */
	SERIES_BURST,  /* one of very many at once, of which only the sum is told */
	SERIES_PING,   /* one of a measurement */
};

struct series {
	enum series_kind kind;
	uint32_t place; /* in its series, from 1; 0: no series */
};

/* EVENT_SENTENCE, EVENT_REPLY and EVENT_MISSING. */
struct event_talk {
	enum protocol protocol;
	enum event_verdict verdict;
	enum event_verdict amends; /* the one that this reply takes back: WRONG, TRUNCATED or REFUSED; or 0 */

	enum guess guess;     /* REPLY: its sentence may be another; REFUSED: so may be the datagram that was refused */
	bool late;            /* a reply after its sentence was reported missing */
	bool out_of_order;    /* a reply after one to a later sentence, which was no guess */
	bool joined;          /* TCP: the recv that brought its last byte had also brought the reply before it */
	bool again;           /* a sentence that is sent a second time, over a new connection */
	bool queued;          /* TCP, a sentence that is not sent yet; MISSING: nothing of it ever was */
	bool unqueued;        /* that sentence, when it goes: it was said and told before, and has no data */
	struct series series; /* the sentence's */
	int error;            /* errno, or 0 */
	uint32_t pieces;      /* the recvs that a reply came in */
	uint64_t sentence;    /* which: they count from 1; 0: none */
	uint64_t bytes;       /* on the wire, a newline included; MISSING: 0, or the length of what is UNSENT */
	uint64_t rtt;         /* a reply's round-trip time; a DUPLICATE's from the same sentence */
	/* TIMEOUT: the time; CUT_SHORT: bytes of the whole reply; UNSENT for EMSGSIZE: the bytes that would have gone;
	 * a reply: bytes of a datagram that this end had no room for all of. TRUNCATED, 0: so short it came */
	uint64_t limit;
	struct endpoint from; /* a datagram's sender */
};

#endif
