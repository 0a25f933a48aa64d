/*
 * share - several sockets on one address and port, of one process, among which the system shares out new clients and
 * datagrams: SO_REUSEPORT of Linux (socket(7)). All that comes from one address and port comes to the same socket.
 *
 * Elsewhere an option of that name does other things, or there is none: then there is one socket, and one worker.
 */
#ifndef SERVER_SHARE_H
#define SERVER_SHARE_H

#include <stdbool.h>

bool share_possible(void);
/*
 * For the first socket after bind(), which so fails where the port is in use by anybody, be it another uproard that
 * shares; for the others before it. -1: errno
 */
int share_port(int fd);

#endif
