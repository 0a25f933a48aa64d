/*
 * slow_lookup - preloaded into a program (LD_PRELOAD), plays a name server: looking up "slow.test" takes for ever, and
 * "both.test" has two addresses, 127.0.0.2 and 127.0.0.1.
 */
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

typedef int lookup(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found);

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	lookup *real;
	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	while (host && strcmp(host, "slow.test") == 0)
		pause();
	if (!host || strcmp(host, "both.test") != 0)
		return real(host, service, hints, found);
	int error = real("127.0.0.2", service, hints, found);
	return error ? error : real("127.0.0.1", service, hints, &(*found)->ai_next);
}
