/*
 * What the system says about a socket when it is asked from aside: no call of a conversation, so no hook is called.
 */
#include <errno.h>
#include <sys/ioctl.h>

#include <uproar/sock.h>

#include "address.h"
#include "platform.h"

static bool unread(int fd, uint64_t *bytes)
{
	int n;
	if (ioctl(fd, FIONREAD, &n) == -1 || n < 0)
		return false;
	*bytes = (uint64_t)n;
	return true;
}

size_t sock_unread(int fd)
{
	int error = errno;
	uint64_t bytes;
	bool told = unread(fd, &bytes);
	errno = error;
	return told ? (size_t)bytes : 0;
}

static uint32_t look(int fd, enum protocol protocol, struct event_kernel *k)
{
	uint32_t offered = unread(fd, &k->unread) ? KERNEL_UNREAD : 0;
	if (protocol == PROTOCOL_TCP) {
		offered |= platform_tcp(fd, k) ? KERNEL_TCP : 0;
		offered |= k->state == KERNEL_LISTEN ? KERNEL_UNREAD : 0;
		offered |= platform_unsent(fd, k) ? KERNEL_UNSENT : 0;
	} else {
		offered |= platform_dropped(fd, k) ? KERNEL_DROPPED : 0;
	}
	return offered;
}

void sock_kernel(int fd, enum protocol protocol, struct event_kernel *k)
{
	int error = errno;
	*k = (struct event_kernel){.protocol = protocol};
	k->fd = fd;
	k->offered = look(fd, protocol, k);
	errno = error;
}

static enum protocol protocol_of(int fd)
{
	int type;
	socklen_t size = sizeof type;
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == -1)
		return PROTOCOL_NONE;
	return type == SOCK_STREAM ? PROTOCOL_TCP : type == SOCK_DGRAM ? PROTOCOL_UDP : PROTOCOL_NONE;
}

static struct endpoint name(int fd, int (*getname)(int, struct sockaddr *, socklen_t *))
{
	union address address = {0};
	socklen_t size = sizeof address;
	return getname(fd, &address.any, &size) == 0 ? address_endpoint(&address, size) : (struct endpoint){0};
}

bool sock_sample(int fd, struct event_kernel *k)
{
	int error = errno;
	enum protocol protocol = protocol_of(fd);
	struct endpoint local = {0};
	if (protocol != PROTOCOL_NONE)
		local = name(fd, getsockname);
	if (local.family) {
		sock_kernel(fd, protocol, k);
		k->local = local;
		k->remote = name(fd, getpeername);
	}
	errno = error;
	return local.family;
}
