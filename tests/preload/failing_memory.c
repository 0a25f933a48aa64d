/*
 * failing_memory - preloaded into a server (LD_PRELOAD), makes allocations fail from its first client on. FAULT="CALL
 * EVERY LEAST": "calloc 3 100" makes each third calloc() of at least 100 bytes fail. Needs glibc, and a program without
 * a sanitizer.
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

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);

static atomic_bool armed;

static bool fails(const char *call, size_t bytes)
{
	static atomic_uint calls;
	char name[16];
	unsigned every;
	size_t least;
	const char *fault = armed ? getenv("FAULT") : NULL;
	if (!fault || sscanf(fault, "%15s %u %zu", name, &every, &least) != 3 || strcmp(name, call) != 0)
		return false;
	if (bytes < least || ++calls % every != 0)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return fails("malloc", n) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return fails("calloc", n * size) ? NULL : __libc_calloc(n, size);
}

int accept4(int fd, struct sockaddr *peer, socklen_t *size, int flags)
{
	int (*call)(int, struct sockaddr *, socklen_t *, int);
	*(void **)&call = dlsym(RTLD_NEXT, "accept4");
	armed = true;
	return call(fd, peer, size, flags);
}
