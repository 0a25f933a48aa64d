#include <errno.h>

#include "server.h"

enum { PRIVILEGED_PORTS = 1024, NFS_PORT = 2049, IPV4_GROUPS = 224, IPV6_GROUPS = 0xff };

/* 224.0.0.0 and above are groups, reserved, and 255.255.255.255, everybody. */
static bool is_group(const struct endpoint *p)
{
	return p->family == 6 ? p->address[0] == IPV6_GROUPS : p->address[0] >= IPV4_GROUPS;
}

bool source_refused(const struct endpoint *source, uint16_t own_port)
{
	uint16_t port = source->port;
	return port < PRIVILEGED_PORTS || port == NFS_PORT || port == own_port || is_group(source);
}

bool datagram_refused(struct report *r, const struct endpoint *source, uint16_t own_port)
{
	char from[ENDPOINT_TEXT];
	if (!source_refused(source, own_port))
		return false;
	report_warn(r, WARN_REFUSED, _("A datagram from %s is not answered: no client has that address or port."),
		    endpoint_format(source, from));
	return true;
}

bool datagram_too_long(struct report *r, size_t reply, const struct endpoint *client)
{
	size_t most = endpoint_datagram_max(client);
	if (reply <= most)
		return false;
	report_warn(r, WARN_TOO_LONG, _("A reply of %zu bytes is not sent: a datagram carries %zu bytes at most."),
		    reply, most);
	return true;
}

bool accept_starved(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}
