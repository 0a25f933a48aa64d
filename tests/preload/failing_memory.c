/*
 * failing_memory - preloaded into a server (LD_PRELOAD), makes allocations fail from its first client on. FAULT="CALL
 * EVERY": "calloc 3" makes each third calloc() fail. Needs glibc, and a program without a sanitizer.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#pragma GCC diagnostic ignored "-Wpedantic" /* glibc declares addresses as a union of their pointers */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);

static atomic_bool armed;

static bool fails(const char *call)
{
	static atomic_uint calls;
	const char *fault = armed ? getenv("FAULT") : NULL;
	size_t n = strlen(call);
	if (!fault || strncmp(fault, call, n) != 0 || ++calls % (unsigned)atoi(fault + n) != 0)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return fails("malloc") ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return fails("calloc") ? NULL : __libc_calloc(n, size);
}

int accept4(int fd, struct sockaddr *peer, socklen_t *size, int flags)
{
	int (*call)(int, struct sockaddr *, socklen_t *, int);
	*(void **)&call = dlsym(RTLD_NEXT, "accept4");
	armed = true;
	return call(fd, peer, size, flags);
}
