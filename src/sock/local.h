/*
 * local - the address of ours in a datagram's control data (ip(7), IP_PKTINFO; RFC 3542, section 6).
 */
#ifndef SOCK_LOCAL_H
#define SOCK_LOCAL_H

#include <stdbool.h>
#include <sys/socket.h>

#include <uproar/endpoint.h>

enum { LOCAL_ROOM = 128 }; /* for ours, and for whatever else the socket was asked to tell */

union local_control {
	struct cmsghdr align;
	char room[LOCAL_ROOM];
};

/* The socket option that asks for it. False: the platform has none. */
bool local_option(int family, int *level, int *option);

/* What a received message says; "none" when it does not. Its port is 0. */
struct endpoint local_read(struct msghdr *message);

/* Makes a message leave from there. "None": the system chooses. */
void local_write(struct msghdr *message, union local_control *control, const struct endpoint *local);

#endif
