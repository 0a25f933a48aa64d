/*
 * slow_lookup - preloaded into a program (LD_PRELOAD), makes looking up the name "slow.test" take for ever.
 */
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	while (host && strcmp(host, "slow.test") == 0)
		pause();
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	return real(host, service, hints, found);
}
