/*
 * address - endpoints as the kernel wants them.
 */
#ifndef SOCK_ADDRESS_H
#define SOCK_ADDRESS_H

#include <netinet/in.h>

#include <uproar/endpoint.h>

/* Either family's address. */
union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Fills a; returns its size. "None" becomes AF_UNSPEC. */
socklen_t address_of(const struct endpoint *e, union address *a);

/* An IPv4 address mapped into IPv6 (RFC 4291, 2.5.5.2) is what it stands for: IPv4. Other families are "none". */
struct endpoint address_endpoint(const union address *a, socklen_t size);

/* An address without a port. scope: IPv6's interface, kept only where the address means nothing without it. */
struct endpoint address_v4(struct in_addr address);
struct endpoint address_v6(const struct in6_addr *address, uint32_t scope);

#endif
