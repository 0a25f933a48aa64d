#include "local.h"

#include <netinet/in.h>
#include <string.h>

#include "address.h"

#if defined(IP_PKTINFO) && defined(IPV6_RECVPKTINFO)

bool local_option(int family, int *level, int *option)
{
	*level = family == 6 ? IPPROTO_IPV6 : IPPROTO_IP;
	*option = family == 6 ? IPV6_RECVPKTINFO : IP_PKTINFO;
	return true;
}

/* ipi_spec_dst is ours even when the datagram was sent to a group or to everyone; IPv6 has no such field. */
struct endpoint local_read(struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;
			memcpy(&info, CMSG_DATA(c), sizeof info);
			return address_v4(info.ipi_spec_dst);
		}
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;
			memcpy(&info, CMSG_DATA(c), sizeof info);
			if (!IN6_IS_ADDR_MULTICAST(&info.ipi6_addr))
				return address_v6(&info.ipi6_addr, info.ipi6_ifindex);
		}
	}
	return (struct endpoint){0};
}

static void add(struct msghdr *message, union local_control *control, int level, int type, const void *info, size_t n)
{
	memset(control, 0, sizeof *control);
	message->msg_control = control;
	message->msg_controllen = CMSG_SPACE(n);
	struct cmsghdr *c = CMSG_FIRSTHDR(message);
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(n);
	memcpy(CMSG_DATA(c), info, n);
}

void local_write(struct msghdr *message, union local_control *control, const struct endpoint *local)
{
	if (local->family == 4) {
		struct in_pktinfo info = {0};
		memcpy(&info.ipi_spec_dst, local->address, sizeof info.ipi_spec_dst);
		add(message, control, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
	} else if (local->family == 6) {
		struct in6_pktinfo info = {.ipi6_ifindex = local->scope};
		memcpy(&info.ipi6_addr, local->address, sizeof info.ipi6_addr);
		add(message, control, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
	}
}

#else

bool local_option(int family, int *level, int *option)
{
	(void)family, (void)level, (void)option;
	return false;
}

struct endpoint local_read(struct msghdr *message)
{
	(void)message;
	return (struct endpoint){0};
}

void local_write(struct msghdr *message, union local_control *control, const struct endpoint *local)
{
	(void)message, (void)control, (void)local;
}

#endif
