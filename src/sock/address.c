#include "address.h"

#include <string.h>

socklen_t address_of(const struct endpoint *e, union address *a)
{
	memset(a, 0, sizeof *a);
	if (e->family == 4) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = htons(e->port);
		memcpy(&a->v4.sin_addr, e->address, sizeof a->v4.sin_addr);
		return sizeof a->v4;
	}
	if (e->family == 6) {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_port = htons(e->port);
		a->v6.sin6_scope_id = e->scope;
		memcpy(&a->v6.sin6_addr, e->address, sizeof a->v6.sin6_addr);
		return sizeof a->v6;
	}
	a->any.sa_family = AF_UNSPEC;
	return sizeof a->any;
}

struct endpoint address_v4(struct in_addr address)
{
	struct endpoint e = {.family = 4};
	memcpy(e.address, &address, sizeof address);
	return e;
}

struct endpoint address_v6(const struct in6_addr *address, uint32_t scope)
{
	struct endpoint e = {0};
	if (IN6_IS_ADDR_V4MAPPED(address)) {
		e.family = 4;
		memcpy(e.address, address->s6_addr + 12, 4);
	} else {
		e.family = 6;
		e.scope = IN6_IS_ADDR_LINKLOCAL(address) || IN6_IS_ADDR_MC_LINKLOCAL(address) ? scope : 0;
		memcpy(e.address, address, sizeof *address);
	}
	return e;
}

struct endpoint address_endpoint(const union address *a, socklen_t size)
{
	struct endpoint e = {0};
	if (size >= sizeof a->v4 && a->any.sa_family == AF_INET) {
		e = address_v4(a->v4.sin_addr);
		e.port = ntohs(a->v4.sin_port);
	} else if (size >= sizeof a->v6 && a->any.sa_family == AF_INET6) {
		e = address_v6(&a->v6.sin6_addr, a->v6.sin6_scope_id);
		e.port = ntohs(a->v6.sin6_port);
	}
	return e;
}
