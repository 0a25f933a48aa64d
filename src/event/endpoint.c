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

/* Decimal digits and nothing else. */
static bool read_number(const char *s, uint32_t most, uint32_t *value)
{
	*value = 0;
	for (const char *c = s; *c; c++) {
		uint32_t digit = (uint32_t)*c - '0';
		if (digit > 9 || *value > most / 10 || digit > most - *value * 10)
			return false;
		*value = *value * 10 + digit;
	}
	return *s;
}

bool endpoint_parse(const char *text, struct endpoint *e)
{
	char copy[ENDPOINT_TEXT], *address = copy;
	uint32_t port, scope = 0;

	if (snprintf(copy, sizeof copy, "%s", text) >= (int)sizeof copy)
		return false;
	char *colon = strrchr(copy, ':');
	if (!colon || !read_number(colon + 1, UINT16_MAX, &port))
		return false;
	*colon = '\0';
	bool v6 = *copy == '[' && colon[-1] == ']';
	if (v6) {
		char *percent = strchr(++address, '%');
		colon[-1] = '\0';
		if (percent && !read_number(percent + 1, UINT32_MAX, &scope))
			return false;
		if (percent)
			*percent = '\0';
	}
	*e = (struct endpoint){.family = v6 ? 6 : 4, .port = (uint16_t)port, .scope = scope};
	return inet_pton(v6 ? AF_INET6 : AF_INET, address, e->address) == 1;
}

/* Bytes. */
static size_t address_size(const struct endpoint *e)
{
	return e->family == 6 ? 16 : e->family == 4 ? 4 : 0;
}

bool endpoint_same_address(const struct endpoint *a, const struct endpoint *b)
{
	return a->family == b->family && memcmp(a->address, b->address, address_size(a)) == 0;
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	if (!endpoint_same_address(a, b))
		return false;
	return a->family == 0 || (a->port == b->port && (a->family == 4 || a->scope == b->scope));
}

bool endpoint_is_any(const struct endpoint *e)
{
	static const uint8_t any[sizeof e->address];
	return e->family && memcmp(e->address, any, address_size(e)) == 0;
}

bool endpoint_is_loopback(const struct endpoint *e)
{
	enum { LOOPBACK_NET = 127 };
	static const uint8_t ipv6[sizeof e->address] = {[15] = 1};
	return e->family == 6 ? memcmp(e->address, ipv6, sizeof ipv6) == 0
			      : e->family == 4 && e->address[0] == LOOPBACK_NET;
}

size_t endpoint_datagram_max(const struct endpoint *e)
{
	enum { IP_LENGTH_MAX = 65535, IPV4_HEADER = 20, UDP_HEADER = 8 };
	return IP_LENGTH_MAX - UDP_HEADER - (e->family == 6 ? 0 : IPV4_HEADER);
}
