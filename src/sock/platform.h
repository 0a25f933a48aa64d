/*
 * platform - what not every system has, each with what stands in for it elsewhere.
 */
#ifndef SOCK_PLATFORM_H
#define SOCK_PLATFORM_H

#include <sys/socket.h>

#include <uproar/sock.h>

/*
 * Close-on-exec and non-blocking from birth: flags of socket(), accept4() and socketpair(). Elsewhere there are no such
 * flags, platform_flags() is 0, and platform_ready() sets both by fcntl(): a child that another thread starts in
 * between inherits the socket.
 */
int platform_flags(enum blocking blocking);
int platform_accept(int fd, struct sockaddr *address, socklen_t *size, int flags);
int platform_ready(int fd, enum blocking blocking); /* -1: fd is closed, errno says why */

/* Messages kept whole and in order, with an end-of-file. Elsewhere datagrams: no end-of-file but ECONNRESET. */
#if defined(__APPLE__)
enum { PLATFORM_CHANNEL = SOCK_DGRAM };
#else
enum { PLATFORM_CHANNEL = SOCK_SEQPACKET };
#endif

/* No SIGPIPE, call by call. Elsewhere SO_NOSIGPIPE, which platform_ready() sets once a socket. */
#ifdef MSG_NOSIGNAL
enum { PLATFORM_SEND = MSG_NOSIGNAL };
#else
enum { PLATFORM_SEND = 0 };
#endif

/* The whole length of a datagram that had to be cut. Elsewhere recvfrom() does not tell that it was. */
#ifdef __linux__
enum { PLATFORM_RECEIVE = MSG_TRUNC };
#else
enum { PLATFORM_RECEIVE = 0 };
#endif

/*
 * The figures of KERNEL_TCP, KERNEL_UNSENT (of a TCP socket) and KERNEL_DROPPED (of a UDP socket). False: the system
 * does not offer them, or not for this socket, and *k is as it was. Elsewhere than on Linux that is always so; FreeBSD
 * and macOS know some of them by other names, which are not asked.
 */
bool platform_tcp(int fd, struct event_kernel *k);
bool platform_unsent(int fd, struct event_kernel *k);
bool platform_dropped(int fd, struct event_kernel *k);

#endif
