#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <uproar/endpoint.h>

const char *protocol_name(enum protocol p)
{
	switch (p) {
	case PROTOCOL_TCP:
		return "TCP";
	case PROTOCOL_UDP:
		return "UDP";
	default:
		return "";
	}
}

const char *endpoint_format(const struct endpoint *e, char out[ENDPOINT_TEXT])
{
	char address[INET6_ADDRSTRLEN];

	out[0] = '\0';
	if (e->family == 4) {
		inet_ntop(AF_INET, e->address, address, sizeof address);
		snprintf(out, ENDPOINT_TEXT, "%s:%u", address, (unsigned)e->port);
	} else if (e->family == 6) {
		char scope[16] = "";
		if (e->scope)
			snprintf(scope, sizeof scope, "%%%lu", (unsigned long)e->scope);
		inet_ntop(AF_INET6, e->address, address, sizeof address);
		snprintf(out, ENDPOINT_TEXT, "[%s%s]:%u", address, scope, (unsigned)e->port);
	}
	return out;
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	if (a->family != b->family)
		return false;
	if (a->family == 4)
		return a->port == b->port && memcmp(a->address, b->address, 4) == 0;
	if (a->family == 6)
		return a->port == b->port && a->scope == b->scope && memcmp(a->address, b->address, 16) == 0;
	return true;
}

size_t endpoint_datagram_max(const struct endpoint *e)
{
	enum { IP_LENGTH_MAX = 65535, IPV4_HEADER = 20, UDP_HEADER = 8 };
	return IP_LENGTH_MAX - UDP_HEADER - (e->family == 6 ? 0 : IPV4_HEADER);
}
