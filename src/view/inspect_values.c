#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "inspect_words.h"

/* clang-format off */

struct meaning {
	int value;
	const char *name;
	const char *means;
};

#define NAMED(constant) constant, #constant
#define END             {0, NULL, NULL}

static const struct meaning families[] = {
	{NAMED(AF_INET), N_("addresses of IPv4, of 4 bytes")},
	{NAMED(AF_INET6), N_("addresses of IPv6, of 16 bytes")},
	{NAMED(AF_UNIX), N_("between processes of one computer, without a network")},
	{NAMED(AF_UNSPEC), N_("of IPv4 and of IPv6, whichever there are")},
	END
};

static const struct meaning types[] = {
	{NAMED(SOCK_STREAM), N_("a stream of bytes without boundaries, complete and in order: TCP")},
	{NAMED(SOCK_DGRAM), N_("single datagrams, each whole or not at all: UDP")},
	{NAMED(SOCK_SEQPACKET), N_("messages with boundaries, complete and in order")},
	{NAMED(SOCK_RAW), N_("packets as they are on the network, for privileged programs")},
	END
};

static const struct meaning type_flags[] = {
#ifdef SOCK_NONBLOCK
	{NAMED(SOCK_NONBLOCK), N_("calls on the new socket never wait; where they would have to, they fail with EAGAIN")},
#endif
#ifdef SOCK_CLOEXEC
	{NAMED(SOCK_CLOEXEC), N_("other programs that this one starts do not inherit the new socket")},
#endif
	END
};

static const struct meaning message_flags[] = {
#ifdef MSG_NOSIGNAL
	{NAMED(MSG_NOSIGNAL), N_("an ended connection gives the error EPIPE alone, and not the signal SIGPIPE, which would "
			    "end the program")},
#endif
	{NAMED(MSG_TRUNC), N_("over UDP: return the datagram's whole length, even if it had no room")},
	{NAMED(MSG_DONTWAIT), N_("do not wait, this time")},
	{NAMED(MSG_PEEK), N_("leave the bytes there, to be received again")},
	{NAMED(MSG_WAITALL), N_("wait until as many bytes have come as have room")},
	{NAMED(MSG_OOB), N_("out-of-band: urgent data of TCP")},
#ifdef MSG_MORE
	{NAMED(MSG_MORE), N_("more follows at once: wait with sending")},
#endif
	END
};

static const struct meaning hows[] = {
	{NAMED(SHUT_RD), N_("this end receives nothing any more")},
	{NAMED(SHUT_WR), N_("this end sends nothing any more: the end of its stream (FIN) goes out")},
	{NAMED(SHUT_RDWR), N_("both directions end")},
	END
};

static const struct meaning levels[] = {
	{NAMED(SOL_SOCKET), N_("options of every socket: man 7 socket")},
	{NAMED(IPPROTO_IP), N_("options of IPv4: man 7 ip")},
	{NAMED(IPPROTO_IPV6), N_("options of IPv6: man 7 ipv6")},
	{NAMED(IPPROTO_TCP), N_("options of TCP: man 7 tcp")},
	{NAMED(IPPROTO_UDP), N_("options of UDP: man 7 udp")},
	END
};

static const struct meaning *const sets[] = {
	[SET_FAMILY] = families,
	[SET_TYPE] = types,
	[SET_TYPE_FLAG] = type_flags,
	[SET_MESSAGE_FLAG] = message_flags,
	[SET_HOW] = hows,
	[SET_LEVEL] = levels,
};

/* clang-format on */

/* number: its value is one, and not off or on. */
static const struct {
	int level, option;
	bool number;
	const char *means;
} options[] = {
	{SOL_SOCKET, SO_REUSEADDR, false,
	 N_("bind() may take a port on which connections that have ended are still remembered (TIME-WAIT)")},
	{SOL_SOCKET, SO_ERROR, true,
	 N_("the error that is pending on the socket, such as that of a connect(); 0: none")},
	{SOL_SOCKET, SO_RCVBUF, true,
	 N_("bytes of the receive buffer, with the system's own notes; Linux sets twice the number asked for")},
	{SOL_SOCKET, SO_SNDBUF, true,
	 N_("bytes of the send buffer, with the system's own notes; Linux sets twice the number asked for")},
	{SOL_SOCKET, SO_BROADCAST, false, N_("datagrams may go to everybody on the network")},
	{SOL_SOCKET, SO_KEEPALIVE, false, N_("ask the other end now and then whether it is still there")},
#ifdef SO_REUSEPORT
	{SOL_SOCKET, SO_REUSEPORT, false, N_("several sockets may have the same port; the system shares clients out")},
#endif
#ifdef SO_RXQ_OVFL
	{SOL_SOCKET, SO_RXQ_OVFL, false, N_("count the datagrams that the receive buffer had no room for")},
#endif
#ifdef IP_PKTINFO
	{IPPROTO_IP, IP_PKTINFO, false, N_("recvmsg() tells which address of this computer a datagram was sent to")},
#endif
#ifdef IP_RECVERR
	{IPPROTO_IP, IP_RECVERR, false, N_("tell errors that routers and hosts report, one by one")},
#endif
	{IPPROTO_IPV6, IPV6_V6ONLY, false,
	 N_("this socket is for IPv6 alone; another can have the same port for IPv4")},
#ifdef IPV6_RECVPKTINFO
	{IPPROTO_IPV6, IPV6_RECVPKTINFO, false,
	 N_("recvmsg() tells which address of this computer a datagram was sent to")},
#endif
#ifdef IPV6_RECVERR
	{IPPROTO_IPV6, IPV6_RECVERR, false, N_("tell errors that routers and hosts report, one by one")},
#endif
	{IPPROTO_TCP, TCP_NODELAY, false,
	 N_("send small pieces at once, and do not collect them while others are under way (Nagle's algorithm)")},
#ifdef TCP_NOTSENT_LOWAT
	{IPPROTO_TCP, TCP_NOTSENT_LOWAT, true,
	 N_("with more bytes than this that were not sent even once, the socket does not count as writable")},
#endif
#ifdef TCP_USER_TIMEOUT
	{IPPROTO_TCP, TCP_USER_TIMEOUT, true, N_("milliseconds after which unacknowledged bytes end the connection")},
#endif
};

/* The last entry has neither name nor meaning. */
static const struct meaning *find(enum inspect_set set, int value)
{
	const struct meaning *m = sets[set];
	while (m->name && m->value != value)
		m++;
	return m;
}

const char *inspect_value_name(enum inspect_set set, int value)
{
	return find(set, value)->name;
}

const char *inspect_value_means(enum inspect_set set, int value)
{
	const struct meaning *m = find(set, value);
	return m->means ? _(m->means) : NULL;
}

const char *inspect_flag_means(enum inspect_set set, int *flags, const char **name)
{
	for (const struct meaning *m = sets[set]; m->name; m++)
		if (*flags & m->value) {
			*flags &= ~m->value;
			*name = m->name;
			return _(m->means);
		}
	return NULL;
}

const char *inspect_option_means(int level, int option)
{
	for (size_t i = 0; i < COUNT(options); i++)
		if (options[i].level == level && options[i].option == option)
			return _(options[i].means);
	return NULL;
}

bool inspect_option_is_switch(int level, int option)
{
	for (size_t i = 0; i < COUNT(options); i++)
		if (options[i].level == level && options[i].option == option)
			return !options[i].number;
	return false;
}
