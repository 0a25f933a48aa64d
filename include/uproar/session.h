/*
 * session - one conversation with a server: which bytes to send, which reply answers which sentence, what is missing.
 *
 * Pure: it makes no call, knows no clock, and allocates only what it keeps. Time is the argument `now` (monotonic
 * nanoseconds). What it finds out it tells as events (EVENT_SENTENCE, EVENT_REPLY, EVENT_MISSING) to a function of
 * its owner's, whose event and data are valid only during that call, and which does not call the session.
 *
 * On the wire there is nothing but the sentence. TCP: its bytes and a newline; a reply ends at its newline, or when
 * it is the sentence's uppercase without one, or at the end of the stream; replies come in the order of the
 * sentences. UDP: a sentence is a datagram, a reply is a datagram (Kurose & Ross, section 2.7).
 *
 * TCP, sending. A connection gets one sentence until it has answered; then up to SESSION_TCP_AHEAD bytes go ahead of
 * the replies (a longer sentence goes alone). A server may close after each reply, as the book's does: that is what
 * it means when a connection ends within SESSION_QUIET after exactly one reply, in good order or reset by what came
 * after that sentence. Sentences waiting are sent again (EVENT_SENTENCE with talk.again, if all of it was sent before),
 * one for each new connection. Such a connection that is still open SESSION_QUIET after its reply gets one more; an
 * answer to that one proves that the server does not close after each. Any other end leaves what was sent missing
 * (CUT_SHORT, with the error), and at least one if it was of no use: nothing is sent twice for nothing, or for ever.
 *
 * TCP, receiving. However the stream is cut, the replies are the same. A reply is complete at the last byte of the
 * expected ones; the newline after it, or "\r\n", is swallowed (and counts in talk.bytes if it came along). What
 * cannot be the expected any more ends at its newline, at EVENT_DATA_MAX bytes, at the end of the stream, or when
 * SESSION_QUIET passes without a byte: a wrong reply; unasked when no sentence was sent before it. An empty reply
 * needs its newline. A sentence not answered in time is reported missing, and its reply still comes first.
 *
 * UDP. A reply is told by its content (a newline at its end, such as nc sends, is overlooked); the first that fits:
 *   right      an open sentence expects it: in flight, or reported missing (SESSION_UDP_LATE of them), or else one of
 *              the last SESSION_UDP_ANSWERED that were refused, or got another reply; that is taken back (talk.amends)
 *   duplicate  one of the last SESSION_UDP_ANSWERED answered expected it (GUESS_WHICH, if an open one's begins so, too)
 *   truncated  it is the beginning of what an open sentence expects
 *   duplicate  a truncated answer was the same, or, while nothing is in flight, a wrong one
 *   wrong      a sentence is in flight; the oldest is blamed, until its right reply comes
 *   unasked
 * One from elsewhere is a stranger's. Of several sentences the oldest is taken, of several answers the first that came,
 * and talk.guess says so: what it says nothing of is certain, as far as those numbers reach, and as long as nothing
 * that is right as a whole was meant as a beginning, and nothing wrong was nobody's.
 */
#ifndef UPROAR_SESSION_H
#define UPROAR_SESSION_H

#include <uproar/event.h>

enum {
	SESSION_SENTENCE_MAX = 1 << 20, /* bytes of a sentence */
	SESSION_TCP_AHEAD = 1 << 18,    /* bytes sent ahead of their replies, at most */
	SESSION_UDP_AHEAD = 32,         /* datagrams sent ahead of their replies, at most, unless told otherwise */
	SESSION_UDP_LATE = 1024,        /* sentences reported missing whose reply is still known when it comes */
	SESSION_UDP_ANSWERED = 1024,    /* sentences answered whose reply is known when it comes again */
};
#define SESSION_QUIET (500 * CLOCK_MS)

struct session;
typedef void session_tell(const struct event *e, void *arg);

/* timeout: after which a reply is missing, from the last byte sent; CLOCK_NEVER: none. NULL: ENOMEM. */
struct session *session_new(enum protocol protocol, uint64_t timeout, session_tell *tell, void *arg);
void session_free(struct session *s);
void session_set_timeout(struct session *s, uint64_t timeout);
void session_set_ahead(struct session *s, size_t datagrams); /* UDP: in flight, at most */
/* TCP, before there is a connection: this server does not close after each reply; the first is not waited for. */
void session_keeps_open(struct session *s);
/*
 * TCP, before there is a connection: nothing is matched. A sentence is done with when it was sent, what comes is told
 * as it comes, newlines included (UNASKED). Only one connection is wanted; what it did not take is missing at its end.
 */
void session_stream(struct session *s);

/*
 * The user's next sentence, which may be one of a series. Any bytes; over TCP a newline among them makes replies of
 * several lines, which are one reply as long as they are right. One above SESSION_SENTENCE_MAX is missing at once.
 * -1: ENOMEM; it counts as said, and is missing too.
 */
int session_say(struct session *s, const void *text, size_t n, struct series series, uint64_t now);

/* Sentences that have no verdict yet; whether some await a (new) TCP connection; how many nothing was sent of. */
size_t session_waiting(const struct session *s);
bool session_wants_connection(const struct session *s);
size_t session_unsent(const struct session *s);
/* TCP: since when the latter wait for a connection's first reply, maybe its only one; CLOCK_NEVER: none does. */
uint64_t session_held_since(const struct session *s);

/* What to send now, if anything: TCP: bytes of a sentence; UDP: a datagram, which may be empty. Until the next call. */
bool session_output(struct session *s, const void **data, size_t *n);
void session_sent(struct session *s, size_t n, uint64_t now);        /* so many of these bytes went */
void session_unsendable(struct session *s, int error, uint64_t now); /* UDP: it did not go, for this errno */

/*
 * What comes from the socket. server: who we talk to, so that strangers stand out (UDP). whole: the bytes that the
 * datagram had, of which n found room; TCP: n again. -1: ENOMEM.
 */
void session_opened(struct session *s, const struct endpoint *server);
int session_received(struct session *s, const void *data, size_t n, size_t whole, const struct endpoint *from,
		     uint64_t now);

/*
 * UDP, a connected socket: an ICMP message said that nobody listens there (error). It answers a datagram sent before:
 * the oldest in flight, a guess if it may be another; none is taken to be late. False: there is none.
 */
bool session_refused(struct session *s, int error, uint64_t now);

/*
 * TCP: this end sends no more over this connection than the rest of a sentence that was begun; replies still come.
 * When it ends, what it has not answered is missing, and nothing is learned about the server from that.
 */
void session_shutdown(struct session *s);

/*
 * The connection ended, and all that it brought was received: error 0 in good order, else errno. True when this
 * server is now known to close after each reply. UDP: its port is gone; what is in flight is missing, CUT_SHORT.
 */
bool session_ended(struct session *s, int error, uint64_t now);

/* No connection to be had, or the user went elsewhere: what waits is missing, for this reason; the socket is gone. */
void session_give_up(struct session *s, enum event_verdict why, int error, uint64_t now);

/* When session_tick() has something to do; CLOCK_NEVER: it has not. */
uint64_t session_deadline(const struct session *s);
void session_tick(struct session *s, uint64_t now);

#endif
