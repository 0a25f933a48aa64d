/*
 * sock - the only place that makes socket system calls: one function is one call is one event.
 *
 * Each returns what the call of that name returns (see its manual page): -1 with errno set where it failed. EINTR
 * is not hidden. Sockets are close-on-exec. No call ever raises SIGPIPE. An IPv4 address mapped into IPv6 is given
 * back as IPv4. accept, recvfrom and recvmsg take NULL for an endpoint that is not wanted.
 */
#ifndef UPROAR_SOCK_H
#define UPROAR_SOCK_H

#include <sys/socket.h>
#include <sys/types.h>

#include <uproar/event.h>

/*
 * Hooks, process-wide, called on the thread that makes the call: before it (e->call.returned is false) and after.
 * A hook before that waits is single-stepping; a hook after is tracing. The event and its data are valid only
 * during the hook, which may change errno; its number is 0, and whoever passes it on counts. Set them before the
 * first call, and take them away when no thread makes calls any more. NULL: none, and then a call costs one branch
 * more than the kernel's.
 */
typedef void sock_hook(const struct event *e, void *arg);
void sock_hooks(enum event_who who, sock_hook *before, sock_hook *after, void *arg);
/*
 * While nobody watches the hooks may rest, and calls cost one branch again; at any time, on any thread. A call under
 * way is told if it was hooked when it began. A stream that was there before they went on counts from 0 then.
 */
void sock_hooks_rest(bool rest);

enum blocking { BLOCKING, NONBLOCKING };

int sock_socket(int family, enum protocol protocol, enum blocking blocking); /* family: 4 or 6 */
int sock_bind(int fd, const struct endpoint *local);
int sock_listen(int fd, int backlog);
int sock_accept(int fd, struct endpoint *peer, enum blocking blocking);
int sock_connect(int fd, const struct endpoint *remote); /* UDP: "none" ends the association */
ssize_t sock_send(int fd, const void *data, size_t n);
ssize_t sock_recv(int fd, void *data, size_t room);
ssize_t sock_sendto(int fd, const void *data, size_t n, const struct endpoint *to);
/* UDP: a longer datagram is cut; whole, unless NULL, is what it had (where the platform does not tell: what it has). */
ssize_t sock_recvfrom(int fd, void *data, size_t room, struct endpoint *from, size_t *whole);
int sock_shutdown(int fd, int how); /* SHUT_RD, SHUT_WR, SHUT_RDWR */
int sock_close(int fd);
int sock_getsockname(int fd, struct endpoint *local);
int sock_setsockopt(int fd, int level, int option, int value);
int sock_getsockopt(int fd, int level, int option, int *value);

/*
 * A datagram with the address of ours that it was sent to, so that the answer can come from there (ip(7),
 * IP_PKTINFO; RFC 3542, IPV6_PKTINFO). sock_want_local() asks for it once a socket. The port of local is 0, and
 * is not looked at. Where the platform has neither, local is "none" and the system chooses; a datagram to a group
 * has no such address in IPv6.
 */
int sock_want_local(int fd, int family);
ssize_t sock_recvmsg(int fd, void *data, size_t room, struct endpoint *from, struct endpoint *local, size_t *whole);
ssize_t sock_sendmsg(int fd, const void *data, size_t n, const struct endpoint *to, const struct endpoint *local);

/*
 * A look at a socket from aside: no such function is part of the conversation, so no hook hears of them, and errno
 * stays. sock_kernel() fills in protocol, offered and the figures that this says are there, and zeroes all the rest.
 * sock_unread() is what a receive could take now, as FIONREAD tells it; 0 where it does not.
 */
void sock_kernel(int fd, enum protocol protocol, struct event_kernel *k);
size_t sock_unread(int fd);
/* What sock_kernel() fills in, and both endpoints. False: fd is no socket of TCP or UDP. */
bool sock_sample(int fd, struct event_kernel *k);

/*
 * Two ends of a channel between processes on one machine: messages stay whole and in order, and read(2) answers 0
 * once the other end is gone (macOS: fails with ECONNRESET). Both block, and both are
 * close-on-exec: a child gets one by dup2(2).
 */
int sock_socketpair(int fds[2]);
/*
 * The same at a path, for programs that find each other by name. Whoever offers it owns a non-blocking socket of mode
 * 0600 that listens; it takes the place of one that nobody listens at any more, and stays at the path until it is
 * unlinked. The umask changes for a moment: no other thread may run yet. accept gives a non-blocking end, attach a
 * blocking one. -1: EADDRINUSE, somebody listens there or it is no socket; ENAMETOOLONG; attach: ECONNREFUSED, nobody
 * does. No hook hears of these.
 */
int sock_channel_offer(const char *path);
int sock_channel_accept(int fd);
int sock_channel_attach(const char *path);
/* One message to whoever has a socket for datagrams at a path, or at an abstract name after "@" (Linux). -1: errno */
int sock_notify(const char *path, const char *message);

/*
 * Looks up a host and a service for one protocol; blocks, so an event loop calls it from its thread pool. family: 0
 * (any), 4 or 6. host NULL: the loopback addresses. Fills found, at most room of them, in the order in which they
 * should be tried (RFC 6724), none twice; returns how many, or -1 with getaddrinfo's code in *code (and errno for
 * EAI_SYSTEM).
 */
int sock_resolve(const char *host, const char *service, int family, enum protocol protocol, struct endpoint *found,
		 size_t room, int *code);

#endif
