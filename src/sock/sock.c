/*
 * Every function here is one system call. Unhooked it makes the call and nothing else. Hooked it tells of the call
 * before and after; what the call was given and gave back is told in <uproar/event.h>, under struct event_call.
 */
#include <errno.h>
#include <netdb.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include <uproar/sock.h>

#include "address.h"
#include "local.h"
#include "platform.h"
#include "streams.h"

/* --- The hooks --- */

static atomic_bool hooked; /* the rest stays as it is while calls are made */

static struct {
	enum event_who who;
	sock_hook *before, *after;
	void *arg;
} hooks;

void sock_hooks(enum event_who who, sock_hook *before, sock_hook *after, void *arg)
{
	hooks.who = who;
	hooks.before = before;
	hooks.after = after;
	hooks.arg = arg;
	hooked = before || after;
}

void sock_hooks_rest(bool rest)
{
	if (!rest && !hooked)
		stream_forget_all();
	hooked = !rest && (hooks.before || hooks.after);
}

static struct event call_of(enum event_op op, int fd)
{
	return (struct event){.who = hooks.who, .kind = EVENT_CALL, .call = {.op = op, .fd = fd}};
}

static void tell(sock_hook *hook, const struct event *e)
{
	int error = errno;
	if (hook)
		hook(e, hooks.arg);
	errno = error;
}

/* The hook may take its time: the call begins when it is back. */
static void before(struct event *e)
{
	if (hooks.before) {
		e->when = clock_now();
		tell(hooks.before, e);
	}
	e->when = clock_now();
}

/* The call is over: notes the result, and the time, without touching errno. */
static void returned(struct event *e, int64_t result)
{
	uint64_t now = clock_now();
	e->call.returned = true;
	e->call.result = result;
	e->call.error = result == -1 ? errno : 0;
	e->call.took = now - e->when;
	e->when = now;
}

static void after(struct event *e, int64_t result)
{
	returned(e, result);
	tell(hooks.after, e);
}

/* Where its bytes lie in their stream, which moves on by as many; a datagram has none. */
static uint64_t offset(const struct event *e, enum stream_way way, size_t bytes)
{
	bool stream = e->call.op == OP_SEND || e->call.op == OP_RECV;
	return stream ? stream_advance(e->call.fd, way, bytes) : 0;
}

static void keep(struct event *e, const void *data, size_t n)
{
	e->data = data;
	e->size = (uint32_t)(n < EVENT_CALL_DATA ? n : EVENT_CALL_DATA);
}

/* What is to be sent is told before; what was received can only be told after. */
static void before_moving(struct event *e, enum stream_way way, const void *data, size_t n)
{
	e->call.asked = n;
	e->call.offset = offset(e, way, 0);
	if (way == STREAM_OUT)
		keep(e, data, n);
	before(e);
}

static void after_moving(struct event *e, enum stream_way way, const void *data, ssize_t result)
{
	returned(e, result);
	if (result != -1) {
		size_t moved = (size_t)result < e->call.asked ? (size_t)result : e->call.asked;
		e->call.offset = offset(e, way, moved);
		keep(e, data, moved);
	}
	tell(hooks.after, e);
}

/* --- Making and naming sockets --- */

int sock_socket(int family, enum protocol protocol, enum blocking blocking)
{
	int domain = family == 6 ? AF_INET6 : AF_INET;
	int type = (protocol == PROTOCOL_UDP ? SOCK_DGRAM : SOCK_STREAM) | platform_flags(blocking);
	if (!hooked)
		return platform_ready(socket(domain, type, 0), blocking);

	struct event e = call_of(OP_SOCKET, -1);
	e.call.args[0] = domain;
	e.call.args[1] = type;
	before(&e);
	int fd = platform_ready(socket(domain, type, 0), blocking);
	if (fd != -1)
		stream_open(fd, protocol == PROTOCOL_UDP ? STREAM_NONE : STREAM_NEW);
	after(&e, fd);
	return fd;
}

static int bind_to(int fd, const struct endpoint *local)
{
	union address address;
	socklen_t size = address_of(local, &address);
	return bind(fd, &address.any, size);
}

int sock_bind(int fd, const struct endpoint *local)
{
	if (!hooked)
		return bind_to(fd, local);

	struct event e = call_of(OP_BIND, fd);
	e.call.address = *local;
	before(&e);
	int result = bind_to(fd, local);
	after(&e, result);
	return result;
}

int sock_listen(int fd, int backlog)
{
	if (!hooked)
		return listen(fd, backlog);

	struct event e = call_of(OP_LISTEN, fd);
	e.call.args[0] = backlog;
	before(&e);
	int result = listen(fd, backlog);
	after(&e, result);
	return result;
}

static int accept_from(int fd, struct endpoint *peer, enum blocking blocking)
{
	union address address;
	socklen_t size = sizeof address;
	int connection = platform_accept(fd, &address.any, &size, platform_flags(blocking));
	if (connection != -1 && peer)
		*peer = address_endpoint(&address, size);
	return platform_ready(connection, blocking);
}

int sock_accept(int fd, struct endpoint *peer, enum blocking blocking)
{
	if (!hooked)
		return accept_from(fd, peer, blocking);

	struct event e = call_of(OP_ACCEPT, fd);
	e.call.args[0] = platform_flags(blocking);
	before(&e);
	int connection = accept_from(fd, &e.call.address, blocking);
	if (connection != -1) {
		stream_open(connection, STREAM_NEW);
		if (peer)
			*peer = e.call.address;
	}
	after(&e, connection);
	return connection;
}

static int connect_to(int fd, const struct endpoint *remote)
{
	union address address;
	socklen_t size = address_of(remote, &address);
	return connect(fd, &address.any, size);
}

int sock_connect(int fd, const struct endpoint *remote)
{
	if (!hooked)
		return connect_to(fd, remote);

	struct event e = call_of(OP_CONNECT, fd);
	e.call.address = *remote;
	before(&e);
	int result = connect_to(fd, remote);
	after(&e, result);
	return result;
}

static int local_name(int fd, struct endpoint *local)
{
	union address address;
	socklen_t size = sizeof address;
	int result = getsockname(fd, &address.any, &size);
	if (result == 0)
		*local = address_endpoint(&address, size);
	return result;
}

int sock_getsockname(int fd, struct endpoint *local)
{
	if (!hooked)
		return local_name(fd, local);

	struct event e = call_of(OP_GETSOCKNAME, fd);
	before(&e);
	int result = local_name(fd, local);
	if (result == 0)
		e.call.address = *local;
	after(&e, result);
	return result;
}

int sock_shutdown(int fd, int how)
{
	if (!hooked)
		return shutdown(fd, how);

	struct event e = call_of(OP_SHUTDOWN, fd);
	e.call.args[0] = how;
	before(&e);
	int result = shutdown(fd, how);
	after(&e, result);
	return result;
}

int sock_close(int fd)
{
	if (!hooked)
		return close(fd);

	struct event e = call_of(OP_CLOSE, fd);
	before(&e);
	int result = close(fd);
	after(&e, result);
	return result;
}

/* --- Moving bytes --- */

ssize_t sock_send(int fd, const void *data, size_t n)
{
	if (!hooked)
		return send(fd, data, n, PLATFORM_SEND);

	struct event e = call_of(OP_SEND, fd);
	e.call.args[0] = PLATFORM_SEND;
	before_moving(&e, STREAM_OUT, data, n);
	ssize_t sent = send(fd, data, n, PLATFORM_SEND);
	after_moving(&e, STREAM_OUT, data, sent);
	return sent;
}

ssize_t sock_recv(int fd, void *data, size_t room)
{
	if (!hooked)
		return recv(fd, data, room, 0);

	struct event e = call_of(OP_RECV, fd);
	before_moving(&e, STREAM_IN, NULL, room);
	ssize_t received = recv(fd, data, room, 0);
	after_moving(&e, STREAM_IN, data, received);
	return received;
}

static ssize_t send_to(int fd, const void *data, size_t n, const struct endpoint *to)
{
	union address address;
	socklen_t size = address_of(to, &address);
	return sendto(fd, data, n, PLATFORM_SEND, &address.any, size);
}

ssize_t sock_sendto(int fd, const void *data, size_t n, const struct endpoint *to)
{
	if (!hooked)
		return send_to(fd, data, n, to);

	struct event e = call_of(OP_SENDTO, fd);
	e.call.args[0] = PLATFORM_SEND;
	e.call.address = *to;
	before_moving(&e, STREAM_OUT, data, n);
	ssize_t sent = send_to(fd, data, n, to);
	after_moving(&e, STREAM_OUT, data, sent);
	return sent;
}

/* With MSG_TRUNC in its flags, a call returns a datagram's whole length, of which only so much came into the room. */
static ssize_t within(ssize_t received, size_t room, size_t *whole)
{
	if (whole && received >= 0)
		*whole = (size_t)received;
	return received > 0 && (size_t)received > room ? (ssize_t)room : received;
}

static ssize_t receive_from(int fd, void *data, size_t room, struct endpoint *from)
{
	union address address;
	socklen_t size = sizeof address;
	ssize_t received = recvfrom(fd, data, room, PLATFORM_RECEIVE, &address.any, &size);
	if (received != -1 && from)
		*from = address_endpoint(&address, size);
	return received;
}

ssize_t sock_recvfrom(int fd, void *data, size_t room, struct endpoint *from, size_t *whole)
{
	if (!hooked)
		return within(receive_from(fd, data, room, from), room, whole);

	struct event e = call_of(OP_RECVFROM, fd);
	e.call.args[0] = PLATFORM_RECEIVE;
	before_moving(&e, STREAM_IN, NULL, room);
	ssize_t received = receive_from(fd, data, room, &e.call.address);
	if (received != -1 && from)
		*from = e.call.address;
	ssize_t fitted = within(received, room, whole);
	e.call.args[1] = fitted == received ? 0 : MSG_TRUNC;
	after_moving(&e, STREAM_IN, data, received);
	return fitted;
}

static ssize_t send_message(int fd, const void *data, size_t n, const struct endpoint *to, const struct endpoint *local)
{
	union address address;
	union local_control control;
	struct iovec piece = {.iov_base = (void *)data, .iov_len = n};
	struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_name = &address};
	message.msg_namelen = address_of(to, &address);
	local_write(&message, &control, local);
	return sendmsg(fd, &message, PLATFORM_SEND);
}

ssize_t sock_sendmsg(int fd, const void *data, size_t n, const struct endpoint *to, const struct endpoint *local)
{
	if (!hooked)
		return send_message(fd, data, n, to, local);

	struct event e = call_of(OP_SENDMSG, fd);
	e.call.args[0] = PLATFORM_SEND;
	e.call.address = *to;
	before_moving(&e, STREAM_OUT, data, n);
	ssize_t sent = send_message(fd, data, n, to, local);
	after_moving(&e, STREAM_OUT, data, sent);
	return sent;
}

static ssize_t receive_message(int fd, void *data, size_t room, struct endpoint *from, struct endpoint *local,
			       int *flags)
{
	union address address;
	union local_control control;
	struct iovec piece = {.iov_base = data, .iov_len = room};
	struct msghdr message = {.msg_name = &address,
				 .msg_namelen = sizeof address,
				 .msg_iov = &piece,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof control};
	ssize_t received = recvmsg(fd, &message, PLATFORM_RECEIVE);
	if (received == -1)
		return -1;
	*flags = message.msg_flags & MSG_TRUNC;
	if (from)
		*from = address_endpoint(&address, message.msg_namelen);
	if (local)
		*local = local_read(&message);
	return received;
}

ssize_t sock_recvmsg(int fd, void *data, size_t room, struct endpoint *from, struct endpoint *local, size_t *whole)
{
	int flags = 0;
	if (!hooked)
		return within(receive_message(fd, data, room, from, local, &flags), room, whole);

	struct event e = call_of(OP_RECVMSG, fd);
	e.call.args[0] = PLATFORM_RECEIVE;
	before_moving(&e, STREAM_IN, NULL, room);
	ssize_t received = receive_message(fd, data, room, &e.call.address, local, &flags);
	if (received != -1 && from)
		*from = e.call.address;
	e.call.args[1] = flags;
	after_moving(&e, STREAM_IN, data, received);
	return within(received, room, whole);
}

/* --- Options --- */

int sock_setsockopt(int fd, int level, int option, int value)
{
	if (!hooked)
		return setsockopt(fd, level, option, &value, sizeof value);

	struct event e = call_of(OP_SETSOCKOPT, fd);
	e.call.args[0] = level;
	e.call.args[1] = option;
	e.call.args[2] = value;
	before(&e);
	int result = setsockopt(fd, level, option, &value, sizeof value);
	after(&e, result);
	return result;
}

int sock_getsockopt(int fd, int level, int option, int *value)
{
	socklen_t size = sizeof *value;
	if (!hooked)
		return getsockopt(fd, level, option, value, &size);

	struct event e = call_of(OP_GETSOCKOPT, fd);
	e.call.args[0] = level;
	e.call.args[1] = option;
	before(&e);
	int result = getsockopt(fd, level, option, value, &size);
	if (result == 0)
		e.call.args[2] = *value;
	after(&e, result);
	return result;
}

int sock_want_local(int fd, int family)
{
	int level, option;
	return local_option(family, &level, &option) ? sock_setsockopt(fd, level, option, 1) : 0;
}

/* --- A channel --- */

static int channel(int type, int fds[2])
{
	if (socketpair(AF_UNIX, type, 0, fds) == -1)
		return -1;
	int near = platform_ready(fds[0], BLOCKING);
	int far = platform_ready(fds[1], BLOCKING);
	return near == -1 || far == -1 ? -1 : 0;
}

int sock_socketpair(int fds[2])
{
	int type = PLATFORM_CHANNEL | platform_flags(BLOCKING);
	if (!hooked)
		return channel(type, fds);

	struct event e = call_of(OP_SOCKETPAIR, -1);
	e.call.args[0] = AF_UNIX;
	e.call.args[1] = type;
	before(&e);
	int result = channel(type, fds);
	if (result == 0) {
		e.call.fd = fds[0];
		e.call.args[2] = fds[1];
	}
	after(&e, result);
	return result;
}

/* --- Looking up names --- */

static bool among(const struct endpoint *e, const struct endpoint *found, int n)
{
	for (int i = 0; i < n; i++)
		if (endpoint_equal(e, &found[i]))
			return true;
	return false;
}

/* A hosts file that names one address twice is common: each is kept once. */
static int collect(const struct addrinfo *list, struct endpoint *found, size_t room)
{
	int n = 0;
	for (const struct addrinfo *a = list; a && (size_t)n < room; a = a->ai_next) {
		union address address = {0};
		memcpy(&address, a->ai_addr, a->ai_addrlen < sizeof address ? a->ai_addrlen : sizeof address);
		struct endpoint e = address_endpoint(&address, a->ai_addrlen);
		if (e.family && !among(&e, found, n))
			found[n++] = e;
	}
	return n;
}

/* The canonical name goes into name; "": there is none, or none that has room. */
static int look_up(const char *host, const char *service, const struct addrinfo *hints, struct endpoint *found,
		   size_t room, char name[EVENT_CALL_DATA], int *code)
{
	struct addrinfo *list = NULL;
	name[0] = '\0';
	*code = getaddrinfo(host, service, hints, &list);
	if (*code)
		return -1;
	if (list->ai_canonname && strlen(list->ai_canonname) < EVENT_CALL_DATA)
		memcpy(name, list->ai_canonname, strlen(list->ai_canonname) + 1);
	int n = collect(list, found, room);
	freeaddrinfo(list);
	return n;
}

int sock_resolve(const char *host, const char *service, int family, enum protocol protocol, struct endpoint *found,
		 size_t room, int *code)
{
	struct addrinfo hints = {.ai_family = family == 0   ? AF_UNSPEC
					      : family == 6 ? AF_INET6
							    : AF_INET,
				 .ai_socktype = protocol == PROTOCOL_UDP ? SOCK_DGRAM : SOCK_STREAM,
				 .ai_flags = host ? AI_CANONNAME : 0}; /* a loopback address has no name to tell */
	char name[EVENT_CALL_DATA], data[EVENT_LOOKUP_DATA];
	if (!hooked)
		return look_up(host, service, &hints, found, room, name, code);

	struct event e = call_of(OP_GETADDRINFO, -1);
	e.call.args[0] = hints.ai_family;
	e.call.args[1] = hints.ai_socktype;
	e.call.asked = host ? strlen(host) : 0;
	keep(&e, host, e.call.asked);
	before(&e);
	int n = look_up(host, service, &hints, found, room, name, code);
	if (n > 0) {
		e.call.args[2] = n;
		e.call.address = found[0];
		event_lookup_keep(&e, data, name, found, (size_t)n);
	}
	returned(&e, *code);
	e.call.error = *code;
	tell(hooks.after, &e);
	return n;
}
