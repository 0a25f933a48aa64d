#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#endif

#if defined(SOCK_CLOEXEC) && defined(SOCK_NONBLOCK)

int platform_flags(enum blocking blocking)
{
	return blocking == NONBLOCKING ? SOCK_CLOEXEC | SOCK_NONBLOCK : SOCK_CLOEXEC;
}

int platform_accept(int fd, struct sockaddr *address, socklen_t *size, int flags)
{
	return accept4(fd, address, size, flags);
}

int platform_ready(int fd, enum blocking blocking)
{
	(void)blocking;
	return fd;
}

#else

int platform_flags(enum blocking blocking)
{
	(void)blocking;
	return 0;
}

int platform_accept(int fd, struct sockaddr *address, socklen_t *size, int flags)
{
	(void)flags;
	return accept(fd, address, size);
}

int platform_ready(int fd, enum blocking blocking)
{
	if (fd == -1)
		return -1;

	int failed = fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (failed != -1)
		failed = fcntl(fd, F_SETFL, blocking == NONBLOCKING ? O_NONBLOCK : 0);
#ifdef SO_NOSIGPIPE
	if (failed != -1)
		failed = setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
	if (failed == -1) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

#endif

#ifdef __linux__

enum { NANOSECONDS = 1000 }; /* in the microseconds of tcp(7) */

bool platform_tcp(int fd, struct event_kernel *k)
{
	struct tcp_info info = {0}; /* an older system fills in less of it */
	socklen_t size = sizeof info;
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == -1)
		return false;
	k->state = info.tcpi_state;
	k->rtt = (uint64_t)info.tcpi_rtt * NANOSECONDS;
	k->rtt_variation = (uint64_t)info.tcpi_rttvar * NANOSECONDS;
	k->congestion_window = info.tcpi_snd_cwnd;
	k->retransmissions = info.tcpi_total_retrans;
	if (info.tcpi_state == KERNEL_LISTEN)
		k->unread = info.tcpi_unacked; /* as tcp_diag, and so ss(8), has it */
	return true;
}

bool platform_unsent(int fd, struct event_kernel *k)
{
	int unacknowledged, unsent;
	if (ioctl(fd, SIOCOUTQ, &unacknowledged) == -1 || ioctl(fd, SIOCOUTQNSD, &unsent) == -1)
		return false;
	k->unacknowledged = (uint64_t)unacknowledged;
	k->unsent = (uint64_t)unsent;
	return true;
}

/* The counter that SO_RXQ_OVFL would attach to the next datagram (socket(7)), without waiting for one. */
bool platform_dropped(int fd, struct event_kernel *k)
{
	uint32_t figures[SK_MEMINFO_VARS];
	socklen_t size = sizeof figures;
	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, figures, &size) == -1 || size <= SK_MEMINFO_DROPS * sizeof *figures)
		return false;
	k->dropped = figures[SK_MEMINFO_DROPS];
	return true;
}

#else

bool platform_tcp(int fd, struct event_kernel *k)
{
	(void)fd, (void)k;
	return false;
}

bool platform_unsent(int fd, struct event_kernel *k)
{
	(void)fd, (void)k;
	return false;
}

bool platform_dropped(int fd, struct event_kernel *k)
{
	(void)fd, (void)k;
	return false;
}

#endif
