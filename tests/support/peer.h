/*
 * peer - the other end of the wire, in plain blocking calls: a client as a test wants it, and an uproard to talk to.
 *
 * Every call gives up after PEER_PATIENCE seconds, and then fails as the system's call does (EAGAIN).
 */
#ifndef SUPPORT_PEER_H
#define SUPPORT_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "process.h"

enum { PEER_PATIENCE = 20 }; /* seconds */

/* Sockets connected to a numeric address, IPv4 or IPv6. -1: errno says why. */
int peer_tcp(const char *address, unsigned port);
int peer_udp(const char *address, unsigned port);
/* The same, from a port of our choice. */
int peer_tcp_from(const char *from, unsigned from_port, const char *address, unsigned port);
int peer_udp_from(const char *from, unsigned from_port, const char *address, unsigned port);

/* An address of this computer that no other test uses at the same time, for ports that several want. */
const char *peer_own_address(void);

bool peer_send(int fd, const void *data, size_t n); /* all of it */
size_t peer_recv(int fd, void *data, size_t n); /* until n bytes have come, the end, or an error; returns how many */
bool peer_ends(int fd);                         /* the next that comes is the stream's end */
void peer_reset(int fd);                        /* closes with RST instead of FIN */
bool peer_answers(int fd, const char *sentence, const char *reply); /* sends, and receives exactly the reply */

/*
 * Starts the uproard that was built, on a port that the system chooses, with further options (at most 12, ended by
 * NULL; NULL: none), and waits until it listens. Aborts when it does not.
 */
struct process *peer_server(unsigned *port, const char *const options[]);
struct process *peer_server_with(unsigned *port, const char *const options[], void (*prepare)(void *arg), void *arg);

#endif
