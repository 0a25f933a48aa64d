#include <errno.h>
#include <netdb.h>

#include "inspect_words.h"

#define ON(op)   (1u << (op))
#define SENDS    (ON(OP_SEND) | ON(OP_SENDTO) | ON(OP_SENDMSG))
#define RECEIVES (ON(OP_RECV) | ON(OP_RECVFROM) | ON(OP_RECVMSG))
#define NEW      (ON(OP_SOCKET) | ON(OP_ACCEPT) | ON(OP_SOCKETPAIR))
#define OPTIONS  (ON(OP_SETSOCKOPT) | ON(OP_GETSOCKOPT))
#define OTHERS   (ON(OP_BIND) | ON(OP_LISTEN) | ON(OP_SHUTDOWN) | ON(OP_CLOSE) | ON(OP_GETSOCKNAME))
#define WAITING  (ON(OP_ACCEPT) | ON(OP_CONNECT) | SENDS | RECEIVES)

enum { ANY = PROTOCOL_NONE, TCP = PROTOCOL_TCP, UDP = PROTOCOL_UDP };

/* An error of these calls on a socket of this protocol. The first that fits is the one that counts. */
static const struct {
	unsigned calls;
	int protocol;
	int error;
	const char *means;
} errors[] = {
	{NEW, ANY, EMFILE, N_("this program has as many files and sockets open as it may (ulimit -n)")},
	{NEW, ANY, ENFILE, N_("this computer has as many files and sockets open as it can")},
	{ON(OP_SOCKET), ANY, EAFNOSUPPORT, N_("this computer does not have this family of addresses")},
	{ON(OP_SOCKETPAIR), ANY, EAFNOSUPPORT, N_("there are pairs of the family AF_UNIX only")},

	{ON(OP_BIND), TCP, EADDRINUSE,
	 N_("another socket has this address and port, or a connection that ended here lately (TIME-WAIT) has them; "
	    "SO_REUSEADDR permits the latter")},
	{ON(OP_BIND), ANY, EADDRINUSE, N_("another socket has this address and port")},
	{ON(OP_BIND), ANY, EADDRNOTAVAIL, N_("this computer does not have this address")},
	{ON(OP_BIND), ANY, EACCES, N_("ports below 1024 are for privileged programs")},
	{ON(OP_BIND), ANY, EINVAL, N_("the socket has an address already")},

	{ON(OP_LISTEN), ANY, EADDRINUSE, N_("another socket listens on this port")},
	{ON(OP_LISTEN), ANY, EOPNOTSUPP, N_("this kind of socket has no connections to listen for, as over UDP")},

	{ON(OP_ACCEPT), ANY, EAGAIN, N_("no connection is there, and this socket does not wait (non-blocking)")},
	{ON(OP_ACCEPT), ANY, ECONNABORTED, N_("the client was gone before its connection was taken")},
	{ON(OP_ACCEPT), ANY, EINVAL, N_("listen() was not called before")},

	{ON(OP_CONNECT), TCP, EINPROGRESS,
	 N_("the connection is being made, and this socket does not wait (non-blocking): later poll() tells that it is "
	    "done, and SO_ERROR how")},
	{ON(OP_CONNECT), TCP, ECONNREFUSED,
	 N_("nothing listens there: the other computer answered with a reset (RST)")},
	{ON(OP_CONNECT), TCP, ETIMEDOUT, N_("no answer came, however often the system asked")},
	{ON(OP_CONNECT), TCP, EISCONN, N_("this socket has a connection already")},
	{ON(OP_CONNECT), TCP, EALREADY, N_("an earlier connect() is not done yet")},
	{ON(OP_CONNECT), ANY, EADDRNOTAVAIL, N_("no port is left for this end")},

	{SENDS, TCP, EAGAIN,
	 N_("the send buffer is full, since the other end does not receive, and this socket does not wait "
	    "(non-blocking)")},
	{SENDS, ANY, EAGAIN, N_("the send buffer is full, and this socket does not wait (non-blocking)")},
	{SENDS, TCP, EPIPE, N_("this direction has ended: by a reset that came before, or by this end's shutdown()")},
	{SENDS | RECEIVES, TCP, ECONNRESET,
	 N_("the other end reset the connection (RST): it closed its socket with bytes unread, or its program is "
	    "gone")},
	{SENDS | RECEIVES | ON(OP_SHUTDOWN), TCP, ENOTCONN, N_("the socket has no connection")},
	{ON(OP_SEND), UDP, EDESTADDRREQ, N_("connect() was not called: the datagram has nowhere to go")},
	{SENDS, UDP, EMSGSIZE, N_("it is longer than a datagram can be")},
	{SENDS | RECEIVES, UDP, ECONNREFUSED,
	 N_("nothing listens there: an earlier datagram was answered so (ICMP, port unreachable). Only a connected UDP "
	    "socket is told")},
	{SENDS, UDP, EACCES, N_("a firewall forbids it, or it is a broadcast address and SO_BROADCAST is off")},
	{SENDS, ANY, ENOBUFS, N_("the system has no room for it just now")},

	{RECEIVES, ANY, EAGAIN, N_("nothing has come, and this socket does not wait (non-blocking)")},
	{RECEIVES, TCP, ETIMEDOUT, N_("the other end's system no longer answers")},

	{ON(OP_CONNECT) | SENDS, ANY, EHOSTUNREACH, N_("no way leads to that computer")},
	{ON(OP_CONNECT) | SENDS, ANY, ENETUNREACH, N_("no way leads to that network")},
	{WAITING, ANY, EINTR, N_("a signal came before there was anything to return; the program can call again")},

	{ON(OP_SHUTDOWN), ANY, ENOTCONN, N_("the socket has no connection")},
	{ON(OP_SHUTDOWN), ANY, EINVAL, N_("it is neither SHUT_RD nor SHUT_WR nor SHUT_RDWR")},
	{ON(OP_CLOSE), ANY, EINTR, N_("a signal came; on Linux the socket is closed all the same")},
	{OPTIONS, ANY, ENOPROTOOPT, N_("this level has no such option")},
	{ON(OP_SETSOCKOPT), ANY, EINVAL, N_("the option cannot have this value, or not any more")},
	{OTHERS | OPTIONS | WAITING, ANY, EBADF,
	 N_("no socket is open with this number: it was closed, or never made")},

	{ON(OP_GETADDRINFO), ANY, EAI_NONAME, N_("nobody knows this name")},
	{ON(OP_GETADDRINFO), ANY, EAI_AGAIN, N_("no name server answered; later one may")},
	{ON(OP_GETADDRINFO), ANY, EAI_FAIL, N_("the name server cannot tell, now or later")},
#ifdef EAI_NODATA
	{ON(OP_GETADDRINFO), ANY, EAI_NODATA, N_("the name is known, and has no address")},
#endif
#ifdef EAI_ADDRFAMILY
	{ON(OP_GETADDRINFO), ANY, EAI_ADDRFAMILY, N_("the name has no address of this family")},
#endif
	{ON(OP_GETADDRINFO), ANY, EAI_FAMILY, N_("this computer does not have this family of addresses")},
	{ON(OP_GETADDRINFO), ANY, EAI_SERVICE, N_("no port has this name")},
};

static bool can_be(size_t i, enum event_op op, enum protocol protocol)
{
	bool fits = errors[i].protocol == ANY || protocol == PROTOCOL_NONE || errors[i].protocol == (int)protocol;
	return fits && (errors[i].calls & ON(op));
}

/* Whether an entry before this one is of the same error. */
static bool was_there(size_t i, enum event_op op, enum protocol protocol)
{
	for (size_t j = 0; j < i; j++)
		if (errors[j].error == errors[i].error && can_be(j, op, protocol))
			return true;
	return false;
}

bool inspect_error_next(enum event_op op, enum protocol protocol, size_t *i, struct inspect_error *e)
{
	while (*i < COUNT(errors) && (!can_be(*i, op, protocol) || was_there(*i, op, protocol)))
		++*i;
	if (*i == COUNT(errors))
		return false;
	e->error = errors[*i].error;
	e->means = _(errors[*i].means);
	++*i;
	return true;
}

const char *inspect_error_means(enum event_op op, enum protocol protocol, int error)
{
	struct inspect_error e;
	for (size_t i = 0; inspect_error_next(op, protocol, &i, &e);)
		if (e.error == error)
			return e.means;
	return NULL;
}
