/*
 * slow_lookup - preloaded into a program (LD_PRELOAD), plays a name server: looking up "slow.test" takes for ever,
 * "both.test" has two addresses, 127.0.0.2 and 127.0.0.1, "alias.test" is another name of "www.test", at ::1 and
 * 127.0.0.1, "four.test" has no address but 127.0.0.1, and is not known when another is asked for, and what ends with
 * ".invalid" is not known: nobody is asked.
 */
#include <dlfcn.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int lookup(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found);

/* The canonical name is the first address's, and freeaddrinfo() frees it. */
static void rename_to(struct addrinfo *found, const char *name)
{
	free(found->ai_canonname);
	found->ai_canonname = strdup(name);
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);
	return n >= m && strcmp(name + n - m, end) == 0;
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	lookup *real;
	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	while (host && strcmp(host, "slow.test") == 0)
		pause();
	if (host && ends_with(host, ".invalid"))
		return EAI_NONAME;
	if (host && strcmp(host, "four.test") == 0)
		return hints->ai_family == AF_INET6 ? EAI_NONAME : real("127.0.0.1", service, hints, found);
	bool alias = host && strcmp(host, "alias.test") == 0;
	if (!host || (!alias && strcmp(host, "both.test") != 0))
		return real(host, service, hints, found);
	int error = real(alias ? "::1" : "127.0.0.2", service, hints, found);
	if (error)
		return error;
	if (alias && hints->ai_flags & AI_CANONNAME)
		rename_to(*found, "www.test");
	return real("127.0.0.1", service, hints, &(*found)->ai_next);
}
