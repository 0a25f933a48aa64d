/*
 * torture - preloaded into a program (LD_PRELOAD), makes one of its calls fail, once, without having been made.
 * TORTURE="PROGRAM CALL N ERROR FILE": when PROGRAM makes its Nth CALL, that fails with this errno (getaddrinfo: with
 * this code; send and its like, 0: one byte goes), and a byte is written to FILE: so a test knows when N is more than
 * there are. Other programs, such as the children that inherit all this, are left in peace.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wpedantic" /* glibc declares addresses as a union of their pointers */

enum { NAME = 32, FIRST_OTHER = 3 }; /* FIRST_OTHER: below are the standard streams, which the tests listen to */

static struct {
	char program[NAME], call[NAME], file[256];
	unsigned nth;
	int error;
} plan;
static atomic_bool armed;
static atomic_uint calls;
static _Thread_local bool sparing;

/* From here on calls count: what the loader did before is not the program's. */
__attribute__((constructor)) static void arm(void)
{
	const char *text = getenv("TORTURE");
	armed = text &&
		sscanf(text, "%31s %31s %u %d %255s", plan.program, plan.call, &plan.nth, &plan.error, plan.file) ==
			5 &&
		strcmp(plan.program, program_invocation_short_name) == 0;
}

/* By system calls alone, since any function may be the one that fails. */
static void tell(void)
{
	long fd = syscall(SYS_openat, AT_FDCWD, plan.file, O_WRONLY | O_APPEND | O_CLOEXEC);
	syscall(SYS_write, fd, "!", 1);
	syscall(SYS_close, fd);
}

static bool fails(const char *call)
{
	if (!armed || sparing || strcmp(call, plan.call) != 0 || ++calls != plan.nth)
		return false;
	tell();
	errno = plan.error;
	return true;
}

/* A function of the next library that has it; a sanitizer may be that. */
static void *real(const char *call)
{
	return dlsym(RTLD_NEXT, call);
}

#define NEXT(type, call)                                                                                               \
	static type *next;                                                                                             \
	if (!next)                                                                                                     \
	*(void **)&next = real(call)

/* --- Memory --- */

typedef void *malloc_(size_t);
typedef void *calloc_(size_t, size_t);
typedef void *realloc_(void *, size_t);

void *malloc(size_t n)
{
	NEXT(malloc_, "malloc");
	return fails("malloc") ? NULL : next(n);
}

void *calloc(size_t n, size_t size)
{
	NEXT(calloc_, "calloc");
	return fails("calloc") ? NULL : next(n, size);
}

void *realloc(void *memory, size_t n)
{
	NEXT(realloc_, "realloc");
	return fails("realloc") ? NULL : next(memory, n);
}

/* --- Sockets --- */

typedef int socket_(int, int, int);
typedef int socketpair_(int, int, int, int *);
typedef int bind_(int, const struct sockaddr *, socklen_t);
typedef int two_numbers(int, int);
typedef int name_(int, struct sockaddr *, socklen_t *);
typedef int accept4_(int, struct sockaddr *, socklen_t *, int);
typedef ssize_t recv_(int, void *, size_t, int);
typedef ssize_t send_(int, const void *, size_t, int);
typedef ssize_t recvfrom_(int, void *, size_t, int, struct sockaddr *, socklen_t *);
typedef ssize_t sendto_(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
typedef ssize_t recvmsg_(int, struct msghdr *, int);
typedef ssize_t sendmsg_(int, const struct msghdr *, int);
typedef int recvmmsg_(int, struct mmsghdr *, unsigned, int, struct timespec *);
typedef int sendmmsg_(int, struct mmsghdr *, unsigned, int);
typedef int setsockopt_(int, int, int, const void *, socklen_t);
typedef int getsockopt_(int, int, int, void *, socklen_t *);
typedef int getaddrinfo_(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int socket(int family, int type, int protocol)
{
	NEXT(socket_, "socket");
	return fails("socket") ? -1 : next(family, type, protocol);
}

int socketpair(int family, int type, int protocol, int fds[2])
{
	NEXT(socketpair_, "socketpair");
	return fails("socketpair") ? -1 : next(family, type, protocol, fds);
}

int bind(int fd, const struct sockaddr *address, socklen_t size)
{
	NEXT(bind_, "bind");
	return fails("bind") ? -1 : next(fd, address, size);
}

int connect(int fd, const struct sockaddr *address, socklen_t size)
{
	NEXT(bind_, "connect");
	return fails("connect") ? -1 : next(fd, address, size);
}

int listen(int fd, int backlog)
{
	NEXT(two_numbers, "listen");
	return fails("listen") ? -1 : next(fd, backlog);
}

int shutdown(int fd, int how)
{
	NEXT(two_numbers, "shutdown");
	return fails("shutdown") ? -1 : next(fd, how);
}

int getsockname(int fd, struct sockaddr *address, socklen_t *size)
{
	NEXT(name_, "getsockname");
	return fails("getsockname") ? -1 : next(fd, address, size);
}

int getpeername(int fd, struct sockaddr *address, socklen_t *size)
{
	NEXT(name_, "getpeername");
	return fails("getpeername") ? -1 : next(fd, address, size);
}

int accept4(int fd, struct sockaddr *address, socklen_t *size, int flags)
{
	NEXT(accept4_, "accept4");
	return fails("accept4") ? -1 : next(fd, address, size, flags);
}

ssize_t recv(int fd, void *data, size_t room, int flags)
{
	NEXT(recv_, "recv");
	return fails("recv") ? -1 : next(fd, data, room, flags);
}

ssize_t send(int fd, const void *data, size_t n, int flags)
{
	NEXT(send_, "send");
	if (!fails("send"))
		return next(fd, data, n, flags);
	return errno == 0 ? next(fd, data, 1, flags) : -1;
}

ssize_t recvfrom(int fd, void *data, size_t room, int flags, struct sockaddr *from, socklen_t *size)
{
	NEXT(recvfrom_, "recvfrom");
	return fails("recvfrom") ? -1 : next(fd, data, room, flags, from, size);
}

ssize_t sendto(int fd, const void *data, size_t n, int flags, const struct sockaddr *to, socklen_t size)
{
	NEXT(sendto_, "sendto");
	return fails("sendto") ? -1 : next(fd, data, n, flags, to, size);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	NEXT(recvmsg_, "recvmsg");
	return fails("recvmsg") ? -1 : next(fd, message, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	NEXT(sendmsg_, "sendmsg");
	return fails("sendmsg") ? -1 : next(fd, message, flags);
}

int recvmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags, struct timespec *timeout)
{
	NEXT(recvmmsg_, "recvmmsg");
	return fails("recvmmsg") ? -1 : next(fd, messages, n, flags, timeout);
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags)
{
	NEXT(sendmmsg_, "sendmmsg");
	if (!fails("sendmmsg"))
		return next(fd, messages, n, flags);
	return errno == 0 ? next(fd, messages, 1, flags) : -1;
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t size)
{
	NEXT(setsockopt_, "setsockopt");
	return fails("setsockopt") ? -1 : next(fd, level, option, value, size);
}

int getsockopt(int fd, int level, int option, void *value, socklen_t *size)
{
	NEXT(getsockopt_, "getsockopt");
	return fails("getsockopt") ? -1 : next(fd, level, option, value, size);
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	NEXT(getaddrinfo_, "getaddrinfo");
	return fails("getaddrinfo") ? plan.error : next(host, service, hints, found);
}

/* --- Waiting, threads, processes, files --- */

typedef int number(int);
typedef int pipe2_(int *, int);
typedef int pipe_(int *);
typedef int eventfd_(unsigned, int);
typedef int fcntl_(int, int, ...);
typedef int ioctl_(int, unsigned long, ...);
typedef int poll_(struct pollfd *, nfds_t, int);
typedef int epoll_wait_(int, struct epoll_event *, int, int);
typedef int epoll_pwait_(int, struct epoll_event *, int, int, const sigset_t *);
typedef int pthread_create_(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
typedef int pthread_getattr_np_(pthread_t, pthread_attr_t *);
typedef pid_t fork_(void);
typedef ssize_t read_(int, void *, size_t);
typedef ssize_t write_(int, const void *, size_t);

int pipe2(int fds[2], int flags)
{
	NEXT(pipe2_, "pipe2");
	return fails("pipe2") ? -1 : next(fds, flags);
}

int pipe(int fds[2])
{
	NEXT(pipe_, "pipe");
	return fails("pipe") ? -1 : next(fds);
}

int eventfd(unsigned value, int flags);
int eventfd(unsigned value, int flags)
{
	NEXT(eventfd_, "eventfd");
	return fails("eventfd") ? -1 : next(value, flags);
}

int dup2(int fd, int to)
{
	NEXT(two_numbers, "dup2");
	return fails("dup2") ? -1 : next(fd, to);
}

int fcntl(int fd, int command, ...)
{
	NEXT(fcntl_, "fcntl");
	va_list args;
	va_start(args, command);
	void *argument = va_arg(args, void *);
	va_end(args);
	bool makes_one = command == F_DUPFD || command == F_DUPFD_CLOEXEC; /* the others cannot fail */
	return makes_one && fails("fcntl") ? -1 : next(fd, command, argument);
}

int ioctl(int fd, unsigned long request, ...);
int ioctl(int fd, unsigned long request, ...)
{
	NEXT(ioctl_, "ioctl");
	va_list args;
	va_start(args, request);
	void *argument = va_arg(args, void *);
	va_end(args);
	return fails("ioctl") ? -1 : next(fd, request, argument);
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	NEXT(poll_, "poll");
	return fails("poll") ? -1 : next(fds, n, timeout);
}

int epoll_create1(int flags)
{
	NEXT(number, "epoll_create1");
	return fails("epoll_create1") ? -1 : next(flags);
}

int epoll_wait(int fd, struct epoll_event *events, int n, int timeout)
{
	NEXT(epoll_wait_, "epoll_wait");
	return fails("epoll_wait") ? -1 : next(fd, events, n, timeout);
}

int epoll_pwait(int fd, struct epoll_event *events, int n, int timeout, const sigset_t *signals)
{
	NEXT(epoll_pwait_, "epoll_pwait");
	return fails("epoll_wait") ? -1 : next(fd, events, n, timeout, signals);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *arg)
{
	NEXT(pthread_create_, "pthread_create");
	return fails("pthread_create") ? plan.error : next(thread, attributes, run, arg);
}

/* A sanitizer asks this as a thread begins, and dies where it is refused. */
int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes)
{
	NEXT(pthread_getattr_np_, "pthread_getattr_np");
	sparing = true;
	int result = next(thread, attributes);
	sparing = false;
	return result;
}

pid_t fork(void)
{
	NEXT(fork_, "fork");
	return fails("fork") ? -1 : next();
}

ssize_t read(int fd, void *data, size_t room)
{
	NEXT(read_, "read");
	return fd >= FIRST_OTHER && fails("read") ? -1 : next(fd, data, room);
}

ssize_t write(int fd, const void *data, size_t n)
{
	NEXT(write_, "write");
	return fd >= FIRST_OTHER && fails("write") ? -1 : next(fd, data, n);
}
