/*
 * failing_calls - preloaded into a program (LD_PRELOAD), makes a socket call fail now and then, without having been
 * made. FAULT="CALL ERRNO EVERY": "accept4 103 2" makes each second accept4() fail with ECONNABORTED. Of socket(), only
 * those for IPv6 count.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#pragma GCC diagnostic ignored "-Wpedantic" /* glibc declares addresses as a union of their pointers */

static bool fails(const char *call)
{
	static atomic_uint calls;
	char name[16];
	int error;
	unsigned every;
	const char *fault = getenv("FAULT");
	if (!fault || sscanf(fault, "%15s %d %u", name, &error, &every) != 3 || strcmp(name, call) != 0)
		return false;
	if (++calls % every != 0)
		return false;
	errno = error;
	return true;
}

static void *real(const char *call)
{
	return dlsym(RTLD_NEXT, call);
}

int socket(int family, int type, int protocol)
{
	int (*call)(int, int, int);
	*(void **)&call = real("socket");
	return family == AF_INET6 && fails("socket") ? -1 : call(family, type, protocol);
}

int accept4(int fd, struct sockaddr *peer, socklen_t *size, int flags)
{
	int (*call)(int, struct sockaddr *, socklen_t *, int);
	*(void **)&call = real("accept4");
	return fails("accept4") ? -1 : call(fd, peer, size, flags);
}

ssize_t recv(int fd, void *data, size_t room, int flags)
{
	ssize_t (*call)(int, void *, size_t, int);
	*(void **)&call = real("recv");
	return fails("recv") ? -1 : call(fd, data, room, flags);
}

ssize_t send(int fd, const void *data, size_t n, int flags)
{
	ssize_t (*call)(int, const void *, size_t, int);
	*(void **)&call = real("send");
	if (!fails("send"))
		return call(fd, data, n, flags);
	return errno == 0 ? call(fd, data, 1, flags) : -1;
}

ssize_t recvfrom(int fd, void *data, size_t room, int flags, struct sockaddr *from, socklen_t *size)
{
	ssize_t (*call)(int, void *, size_t, int, struct sockaddr *, socklen_t *);
	*(void **)&call = real("recvfrom");
	return fails("recvfrom") ? -1 : call(fd, data, room, flags, from, size);
}

ssize_t sendto(int fd, const void *data, size_t n, int flags, const struct sockaddr *to, socklen_t size)
{
	ssize_t (*call)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
	*(void **)&call = real("sendto");
	return fails("sendto") ? -1 : call(fd, data, n, flags, to, size);
}
