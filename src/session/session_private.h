/*
 * What session.c, tcp.c and udp.c share.
 */
#ifndef SESSION_PRIVATE_H
#define SESSION_PRIVATE_H

#include "trace.h"

struct sentence {
	uint64_t id;
	uint64_t sent_at; /* when the last byte so far went */
	struct series series;
	uint8_t *text;        /* the sentence, a newline, and the reply that is expected: one allocation */
	size_t size;          /* bytes of the sentence alone */
	size_t expected_size; /* bytes of the reply, without a newline */
	bool again;           /* TCP: it was sent once, over a connection that ended */
	bool queued;          /* TCP: it was told that nothing of it was sent yet */
	uint64_t hash;        /* UDP: of the reply that is expected; known once it is sent */
};

static inline const uint8_t *sentence_expected(const struct sentence *x)
{
	return x->text + x->size + 1;
}

/* A TCP connection's life. UDP knows only NONE and FRESH. */
enum link {
	LINK_NONE,
	LINK_FRESH, /* open, and it has not answered yet: one sentence at a time */
	LINK_OPEN,  /* it has answered, or keeps_open: as many sentences as SESSION_TCP_AHEAD allows */
	LINK_SPENT, /* it has answered, and by all we know it is about to be closed: no more sentences */
	LINK_KEPT,  /* that was a while ago, and it is still open: one more sentence, to see */
};

/*
 * A sentence's place in the queue is its state. From the front:
 *   overdue    sent, and already reported missing: a late reply may still come (TCP only; UDP has `late`)
 *   in_flight  sent, these and the overdue ones; UDP's may be answered in any order, TCP's only at the front
 *   then one of which `gone` bytes were sent, if gone > 0 (TCP), which may be overdue too
 *   then those of which nothing was sent
 */
struct session {
	enum protocol protocol;
	uint64_t timeout;
	session_tell *tell;
	void *arg;
	uint64_t said; /* sentences so far */

	struct ring sentences; /* of struct sentence */
	size_t overdue;
	size_t in_flight;
	size_t gone;
	enum link link;
	struct endpoint server;
	struct buf upper; /* room to compute a reply in */

	/* TCP */
	bool keeps_open;     /* this server is known not to close after each reply */
	bool stream;         /* nothing is matched */
	bool over;           /* and the one connection has ended */
	bool one_each;       /* this server closes after each reply */
	bool shut;           /* this end sends no more sentences over this connection */
	size_t ahead;        /* bytes sent of what has not been answered */
	uint64_t replies;    /* to sentences, that this connection has brought, or the beginning of */
	uint64_t replied_at; /* when the last reply was complete */
	struct buf in;       /* what came and is no complete reply yet */
	size_t matched;      /* bytes of it that are known to be what the front sentence expects */
	size_t scanned;      /* bytes of it that are known to have no newline */
	uint32_t pieces;     /* receives that it came in */
	uint64_t received_at;
	bool brought; /* the latest receive has brought the end of a reply */
	bool bare;    /* the last reply ended without a newline, which may be the next thing to come */

	/* UDP */
	size_t most_in_flight;
	uint64_t newest; /* the last said of the sentences that were certainly answered */
	struct memory memory;
};

/* session.c */
struct sentence *session_at(const struct session *s, size_t i);
void session_drop(struct session *s, size_t i); /* forgets sentence i */
void session_report(struct session *s, enum event_kind kind, const struct event_talk *talk, const void *data, size_t n,
		    uint64_t now);
/* Reports sentence i missing; what has come is a part of the first one's reply. */
void session_miss(struct session *s, size_t i, enum event_verdict why, int error, uint64_t limit, uint64_t now);
uint64_t session_after(uint64_t start, uint64_t span); /* their sum, or CLOCK_NEVER */
bool session_due(uint64_t deadline, uint64_t now);     /* the deadline, if there is one, has come */

bool session_tcp_goes_at_once(const struct session *s, const struct sentence *x); /* the last one said */
uint64_t session_tcp_held_since(const struct session *s);
bool session_tcp_output(struct session *s, const void **data, size_t *n);
void session_tcp_sent(struct session *s, size_t n, uint64_t now);
int session_tcp_received(struct session *s, const void *data, size_t n, uint64_t now);
bool session_tcp_ended(struct session *s, int error, uint64_t now);
void session_tcp_reset(struct session *s);               /* there is no connection, and nothing came */
void session_tcp_flush(struct session *s, uint64_t now); /* reports what came that no sentence asked for */
uint64_t session_tcp_deadline(const struct session *s);
void session_tcp_tick(struct session *s, uint64_t now);

bool session_udp_output(struct session *s, const void **data, size_t *n);
void session_udp_sent(struct session *s, uint64_t now);
void session_udp_received(struct session *s, const void *data, size_t n, size_t whole, const struct endpoint *from,
			  uint64_t now);
void session_udp_overdue(struct session *s); /* the oldest in flight was reported missing */
bool session_udp_refused(struct session *s, int error, uint64_t now);
void session_udp_ended(struct session *s, int error, uint64_t now);

#endif
