/*
 * impaired - socket calls that block, with the lab in between: for the textbook model, and for each thread of the
 * threads model. While the lab is off each is the call itself.
 *
 * While it is on, what would wait in a call waits in poll() instead, and sees to the lab meanwhile. A command from a
 * watcher interrupts a call that waits (EINTR), so that the thread sees what has changed; then the call is made again.
 */
#ifndef SERVER_IMPAIRED_H
#define SERVER_IMPAIRED_H

#include <sys/types.h>

#include "impair.h"

struct impaired {
	SLIST_ENTRY(impaired) link; /* in the lab's list of threads */
	pthread_t thread;           /* whose calls are made, */
	bool running;               /* if it has begun already */
	struct impair *impair;
	enum protocol protocol;
	bool alone;  /* it is the only thread: it takes commands itself, and a signal ends its calls for good: EINTR */
	int service; /* the socket that it accepts from, or that datagrams come to; -1: not its own */
	int connection;         /* of a thread that has but one; -1 */
	int backlog;            /* without the lab */
	struct endpoint client; /* TCP: of the connection at hand */
	struct fated fated;     /* UDP: the datagram at hand; serial 0: the lab was off when it came */
	struct waiting waiting; /* on the socket that is received from */
	bool held;              /* it was, when it was last looked at */
	bool close;             /* the connection at hand is to be closed */
	bool leaving;           /* only what had come over it by then is received, */
	size_t left;            /* so many bytes */
	uint64_t read_on;       /* nothing is received before then */
	struct lab lab;         /* the settings as it has seen them, */
	unsigned seen, closes;  /* after so many changes and orders to close */
};

/* Textbook. */
void impaired_start(struct impaired *l, struct impair *i, enum protocol protocol);
/* Threads: for a service that is open, which learns of the settings; for a connection that *by has just accepted. */
void impaired_serve(struct impaired *l, struct impair *i, const struct service *s);
void impaired_connection(struct impaired *l, const struct impaired *by, int connection);
void impaired_run(struct impaired *l); /* on the thread that will make the calls, before the first */
void impaired_end(struct impaired *l);

/*
 * For the first thread of several: carries out the commands that have come, and sees that every thread sees them.
 * Returns after how many ms it is to be called again, should there be no news before; -1: then it need not.
 */
int impaired_attend(struct impair *i);
/* The server ends: nobody waits for the lab any more. */
void impaired_hurry(struct impair *i);
void impaired_interrupt(struct impair *i); /* each call that waits is made again */
void impaired_leave(struct impair *i);     /* what has come over a connection is received, and then it fails: EAGAIN */
void impaired_cut_off(struct impair *i);   /* every connection that has a thread */

int impaired_bind(struct impaired *l, int fd, const struct endpoint *local);
int impaired_listen(struct impaired *l, int fd, int backlog);
int impaired_accept(struct impaired *l, int fd, struct endpoint *client);
/* -1 with ECONNABORTED: the lab wants the connection closed; with EAGAIN: the server leaves. */
ssize_t impaired_recv(struct impaired *l, int fd, void *data, size_t room);
ssize_t impaired_send(struct impaired *l, int fd, const void *data, size_t n);
ssize_t impaired_recvfrom(struct impaired *l, int fd, void *data, size_t room, struct endpoint *client);
ssize_t impaired_sendto(struct impaired *l, int fd, const void *data, size_t n, const struct endpoint *client);
/* The same; but with local, by recvmsg and sendmsg: our address that the datagram came to, and the reply leaves. */
ssize_t impaired_receive(struct impaired *l, int fd, void *data, size_t room, struct endpoint *client,
			 struct endpoint *local);
ssize_t impaired_reply(struct impaired *l, int fd, const void *data, size_t n, const struct endpoint *client,
		       const struct endpoint *local);

#endif
