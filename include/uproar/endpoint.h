/*
 * endpoint - an address and a port; and the names of the protocols. Part of layer event.
 */
#ifndef UPROAR_ENDPOINT_H
#define UPROAR_ENDPOINT_H

#include <uproar/base.h>

enum protocol { PROTOCOL_NONE, PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_COUNT };
const char *protocol_name(enum protocol p); /* "TCP", "UDP", "" */

/* An address and a port: one end of a conversation. All zero is "none". */
struct endpoint {
	uint8_t family;      /* 0 none, 4 or 6 */
	uint8_t address[16]; /* network order; 4 bytes for IPv4 */
	uint16_t port;       /* host order */
	uint32_t scope;      /* IPv6: the interface's index, or 0 */
};

enum { ENDPOINT_TEXT = 80 };
/* "127.0.0.1:12000", "[::1]:12000", "[fe80::1%2]:12000", "" for none. Returns out. */
const char *endpoint_format(const struct endpoint *e, char out[ENDPOINT_TEXT]);
bool endpoint_parse(const char *text, struct endpoint *e); /* what that writes, but for "none". False: it is not such */
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);
bool endpoint_same_address(const struct endpoint *a, const struct endpoint *b); /* whatever the ports and scopes */
bool endpoint_is_any(const struct endpoint *e);                                 /* 0.0.0.0, [::]: the wildcard */
bool endpoint_is_loopback(const struct endpoint *e);                            /* 127.0.0.0/8, [::1] */

/*
 * Bytes of the longest datagram to it: 65,535 less UDP's header (RFC 768), and less IPv4's, which counts its own too
 * (RFC 791, RFC 8200). For none as for IPv4.
 */
size_t endpoint_datagram_max(const struct endpoint *e);

#endif
