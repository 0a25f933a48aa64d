/*
 * session - one conversation with a server: which bytes to send, which reply answers which sentence, what is missing.
 *
 * Pure: it makes no call, knows no clock, and allocates only what it keeps. Time is the argument `now` (monotonic
 * nanoseconds). What it finds out it tells as events (EVENT_SENTENCE, EVENT_REPLY, EVENT_MISSING) to a function of
 * its owner's, whose event and data are valid only during that call.
 *
 * On the wire there is nothing but the sentence. TCP: its bytes and a newline; a reply ends at its newline, or when
 * it is the sentence's uppercase without one, or at the end of the stream; replies come in the order of the
 * sentences. UDP: a sentence is a datagram, a reply is a datagram (Kurose & Ross, section 2.7).
 *
 * A TCP server may close after each reply, as the book's does. A connection that ends after at least one reply, with
 * sentences unanswered, has that meaning: these are sent again, one for each new connection. One that ends
 * without any reply leaves its sentences missing: they are never sent twice for nothing.
 */
#ifndef UPROAR_SESSION_H
#define UPROAR_SESSION_H

#include <uproar/event.h>

enum {
	SESSION_SENTENCE_MAX = 1 << 20, /* bytes of a sentence */
	SESSION_DATAGRAM_MAX = 65507,   /* bytes of a datagram over IPv4: 65,535 less the headers (RFC 791, RFC 768) */
	SESSION_TCP_AHEAD = 1 << 18,    /* bytes sent ahead of their replies, at most */
	SESSION_UDP_AHEAD = 32,         /* datagrams sent ahead of their replies, at most */
};

struct session;
typedef void session_tell(const struct event *e, void *arg);

/* timeout: how long a reply may take before it is reported missing; CLOCK_NEVER: however long. NULL: ENOMEM. */
struct session *session_new(enum protocol protocol, uint64_t timeout, session_tell *tell, void *arg);
void session_free(struct session *s);
void session_set_timeout(struct session *s, uint64_t timeout);

/* The user's next sentence, without a newline in it. -1: ENOMEM, or EMSGSIZE above SESSION_SENTENCE_MAX. */
int session_say(struct session *s, const void *text, size_t n, uint64_t now);

/* Sentences that have no verdict yet, and whether some of them await a (new) TCP connection. */
size_t session_waiting(const struct session *s);
bool session_wants_connection(const struct session *s);

/* What to send now, if anything: TCP: some bytes of the stream; UDP: one datagram, which may be empty. */
bool session_output(struct session *s, const void **data, size_t *n);
void session_sent(struct session *s, size_t n, uint64_t now);        /* so many of these bytes went */
void session_unsendable(struct session *s, int error, uint64_t now); /* UDP: this datagram did not, for this errno */

/* What comes from the socket. server: who we talk to, so that strangers stand out (UDP). -1: ENOMEM. */
void session_opened(struct session *s, const struct endpoint *server, uint64_t now);
int session_received(struct session *s, const void *data, size_t n, const struct endpoint *from, uint64_t now);

/*
 * The connection ended: error 0 in good order, else errno. True when this server is now known to close after each
 * reply.
 */
bool session_ended(struct session *s, int error, uint64_t now);

/* No connection could be had, or the user went elsewhere: every waiting sentence is missing, for this reason. */
void session_give_up(struct session *s, enum event_verdict why, int error, uint64_t now);

/* When session_tick() has something to do; CLOCK_NEVER: it has not. */
uint64_t session_deadline(const struct session *s);
void session_tick(struct session *s, uint64_t now);

#endif
