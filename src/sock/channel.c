/*
 * Channels at a path: what sock_socketpair() makes for a parent and its child, for programs that find each other by
 * name (unix(7)). No hook hears of these calls: they are about the conversation, and not part of it.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <uproar/sock.h>

#include "platform.h"

enum { WATCHERS_WAITING = 8 };

static int fail(int fd)
{
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* Returns its size; 0: errno says why there is no such path. */
static socklen_t address_at(const char *path, struct sockaddr_un *address)
{
	size_t n = strlen(path);
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (n == 0 || n >= sizeof address->sun_path) {
		errno = n == 0 ? ENOENT : ENAMETOOLONG;
		return 0;
	}
	memcpy(address->sun_path, path, n + 1);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + 1);
}

static int channel_socket(enum blocking blocking)
{
	return platform_ready(socket(AF_UNIX, PLATFORM_CHANNEL | platform_flags(blocking), 0), blocking);
}

static int connect_at(const struct sockaddr_un *address, socklen_t size, enum blocking blocking)
{
	int fd = channel_socket(blocking);
	if (fd == -1)
		return -1;
	return connect(fd, (const struct sockaddr *)address, size) == 0 ? fd : fail(fd);
}

/* Whether what is there is a socket that its owner has left behind. */
static bool stale(const struct sockaddr_un *address, socklen_t size)
{
	struct stat status;
	if (lstat(address->sun_path, &status) == -1 || !S_ISSOCK(status.st_mode))
		return false;
	int fd = connect_at(address, size, NONBLOCKING);
	if (fd != -1)
		close(fd);
	return fd == -1 && errno == ECONNREFUSED;
}

/* From its first moment nobody else may connect to it. */
static int bind_private(int fd, const struct sockaddr_un *address, socklen_t size)
{
	mode_t usual = umask(S_IXUSR | S_IRWXG | S_IRWXO);
	int result = bind(fd, (const struct sockaddr *)address, size);
	umask(usual);
	return result;
}

static int bind_at(int fd, const struct sockaddr_un *address, socklen_t size)
{
	if (bind_private(fd, address, size) == 0)
		return 0;
	if (errno != EADDRINUSE)
		return -1;
	if (stale(address, size) && unlink(address->sun_path) == 0)
		return bind_private(fd, address, size);
	errno = EADDRINUSE;
	return -1;
}

int sock_channel_offer(const char *path)
{
	struct sockaddr_un address;
	socklen_t size = address_at(path, &address);
	int fd = size ? channel_socket(NONBLOCKING) : -1;
	if (fd == -1)
		return -1;
	return bind_at(fd, &address, size) == 0 && listen(fd, WATCHERS_WAITING) == 0 ? fd : fail(fd);
}

int sock_channel_accept(int fd)
{
	return platform_ready(platform_accept(fd, NULL, NULL, platform_flags(NONBLOCKING)), NONBLOCKING);
}

int sock_channel_attach(const char *path)
{
	struct sockaddr_un address;
	socklen_t size = address_at(path, &address);
	return size ? connect_at(&address, size, BLOCKING) : -1;
}

/* An abstract name begins with a NUL, and has none at its end. */
static void make_abstract(struct sockaddr_un *address, socklen_t *size)
{
	if (address->sun_path[0] != '@')
		return;
	address->sun_path[0] = '\0';
	*size -= 1;
}

int sock_notify(const char *path, const char *message)
{
	struct sockaddr_un address;
	socklen_t size = address_at(path, &address);
	if (!size)
		return -1;
	int fd = platform_ready(socket(AF_UNIX, SOCK_DGRAM | platform_flags(NONBLOCKING), 0), NONBLOCKING);
	if (fd == -1)
		return -1;
	make_abstract(&address, &size);
	if (sendto(fd, message, strlen(message), PLATFORM_SEND, (struct sockaddr *)&address, size) == -1)
		return fail(fd);
	close(fd);
	return 0;
}
