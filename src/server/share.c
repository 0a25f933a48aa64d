#include "share.h"

#include <errno.h>

#include <uproar/sock.h>

#ifdef __linux__

bool share_possible(void)
{
	return true;
}

int share_port(int fd)
{
	return sock_setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, 1);
}

#else

bool share_possible(void)
{
	return false;
}

int share_port(int fd)
{
	(void)fd;
	errno = ENOTSUP;
	return -1;
}

#endif
