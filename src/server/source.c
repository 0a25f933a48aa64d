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
