#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

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
