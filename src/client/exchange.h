/*
 * exchange - a sentence and its reply as the book's client programs have them (textbook.h): a socket for each sentence,
 * and calls that block. So it has a thread of its own, while the network's thread goes on; what becomes of it comes
 * there as news.
 */
#ifndef CLIENT_EXCHANGE_H
#define CLIENT_EXCHANGE_H

#include <signal.h>
#include <stdatomic.h>
#include <uv.h>

#include <uproar/event.h>

#include "mailbox.h"
#include "step.h"

enum exchange_what {
	EXCHANGE_READY,    /* there is a socket, and over TCP a connection */
	EXCHANGE_SENT,     /* bytes went; when: the call began */
	EXCHANGE_RECEIVED, /* bytes came, or over TCP none: the stream has ended */
	EXCHANGE_FAILED,   /* a call did: error */
	EXCHANGE_ENDED,    /* the last of all; the next exchange may begin */
};

struct exchange_news {
	enum exchange_what what;
	int error;
	uint64_t when;
	size_t bytes; /* SENT; RECEIVED: as many follow */
	size_t whole; /* RECEIVED, UDP: bytes that the datagram had */
	struct endpoint from;
	const void *data;
};

struct exchange {
	uv_async_t posted;
	struct mailbox news;
	void (*take)(const struct exchange_news *n, void *arg);
	void *arg;
	struct step *step;
	pthread_t thread;
	bool running;
	atomic_bool cancelled; /* its news are no longer told, nor its calls made */
	atomic_bool over;      /* its thread has nothing more to do */

	/* Its thread's. */
	enum protocol protocol;
	struct endpoint server;
	struct buf sentence; /* all that is to be sent */
	size_t room;         /* for what one call receives, if that is less than the book's; 0: it is not */
	volatile sig_atomic_t fd, interrupted;
};

/* take() is called on the loop's thread. */
void exchange_init(struct exchange *x, uv_loop_t *loop, struct step *step,
		   void (*take)(const struct exchange_news *n, void *arg), void *arg);
void exchange_close(struct exchange *x); /* cancels it, and waits for its end */

/* While none is running: what the next ones say. -1: ENOMEM. */
int exchange_prepare(struct exchange *x, const void *sentence, size_t n);
/* -1: errno says why it cannot be. */
int exchange_begin(struct exchange *x, enum protocol protocol, const struct endpoint *server, size_t room);
void exchange_interrupt(struct exchange *x); /* the call that blocks fails with EINTR */
void exchange_cancel(struct exchange *x);

/* For the hooks: NULL: the calling thread is no exchange's; else whether that was cancelled. */
const atomic_bool *exchange_cancelled_here(void);

/* For textbook.c. */
void exchange_uses(struct exchange *x, int fd); /* -1: none any more */
void exchange_tell(struct exchange *x, const struct exchange_news *n);

#endif
