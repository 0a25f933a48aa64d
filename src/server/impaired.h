/*
 * impaired - the textbook model's socket calls with the lab in between. While it is off each is the call itself.
 *
 * While it is on, what would wait in a call waits in poll() instead, and sees to the lab meanwhile. A command from the
 * channel interrupts a call that waits; it is carried out, and the call is made again. A signal that ends the server
 * interrupts it for good: EINTR.
 */
#ifndef UPROAR_IMPAIRED_H
#define UPROAR_IMPAIRED_H

#include <signal.h>

#include "impair.h"

struct impaired {
	struct impair *impair;
	const volatile sig_atomic_t *ended;
	struct service *service; /* the welcoming socket, or the one that datagrams come to */
	int backlog;             /* without the lab */
	struct endpoint client;  /* TCP: of the connection at hand */
	struct waiting waiting;  /* on the socket that is received from */
	bool held;               /* it was, when it was last looked at */
	bool close;              /* the connection at hand is to be closed */
	uint64_t read_on;        /* nothing is received before then */
};

/* ended: whether a signal has told the server to end; it has to handle SIGALRM, too. */
void impaired_start(struct impaired *l, struct impair *i, struct service *s, const volatile sig_atomic_t *ended);
void impaired_end(struct impaired *l);

int impaired_bind(struct impaired *l, int fd, const struct endpoint *local);
int impaired_listen(struct impaired *l, int fd, int backlog);
int impaired_accept(struct impaired *l, int fd, struct endpoint *client);
/* -1 with ECONNABORTED: the lab wants the connection closed. */
ssize_t impaired_recv(struct impaired *l, int fd, void *data, size_t room);
ssize_t impaired_send(struct impaired *l, int fd, const void *data, size_t n);
ssize_t impaired_recvfrom(struct impaired *l, int fd, void *data, size_t room, struct endpoint *client);
ssize_t impaired_sendto(struct impaired *l, int fd, const void *data, size_t n, const struct endpoint *client);

#endif
