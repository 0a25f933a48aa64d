#include "symbols.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

struct symbol {
	int value;
	const char *name;
};

/* clang-format off */

/* A table's entry; a table ends with an entry without a name. */
#define NAMED(constant) {constant, #constant}
#define END             {0, NULL}

static const struct symbol families[] = {
	NAMED(AF_UNSPEC), NAMED(AF_INET), NAMED(AF_INET6), NAMED(AF_UNIX), END
};

static const struct symbol types[] = {
	NAMED(SOCK_STREAM), NAMED(SOCK_DGRAM), NAMED(SOCK_SEQPACKET), NAMED(SOCK_RAW), END
};

static const struct symbol type_flags[] = {
#ifdef SOCK_CLOEXEC
	NAMED(SOCK_CLOEXEC),
#endif
#ifdef SOCK_NONBLOCK
	NAMED(SOCK_NONBLOCK),
#endif
	END
};

static const struct symbol message_flags[] = {
	NAMED(MSG_OOB), NAMED(MSG_PEEK), NAMED(MSG_DONTROUTE), NAMED(MSG_CTRUNC), NAMED(MSG_TRUNC), NAMED(MSG_WAITALL),
	NAMED(MSG_DONTWAIT),
#ifdef MSG_NOSIGNAL
	NAMED(MSG_NOSIGNAL),
#endif
#ifdef MSG_MORE
	NAMED(MSG_MORE),
#endif
#ifdef MSG_ERRQUEUE
	NAMED(MSG_ERRQUEUE),
#endif
	END
};

static const struct symbol hows[] = {
	NAMED(SHUT_RD), NAMED(SHUT_WR), NAMED(SHUT_RDWR), END
};

static const struct symbol levels[] = {
	NAMED(SOL_SOCKET), NAMED(IPPROTO_IP), NAMED(IPPROTO_IPV6), NAMED(IPPROTO_TCP), NAMED(IPPROTO_UDP), END
};

static const struct symbol socket_options[] = {
	NAMED(SO_REUSEADDR), NAMED(SO_ERROR), NAMED(SO_TYPE), NAMED(SO_BROADCAST), NAMED(SO_KEEPALIVE), NAMED(SO_LINGER),
	NAMED(SO_SNDBUF), NAMED(SO_RCVBUF), NAMED(SO_RCVTIMEO), NAMED(SO_SNDTIMEO), NAMED(SO_RCVLOWAT),
	NAMED(SO_OOBINLINE), NAMED(SO_DONTROUTE),
#ifdef SO_REUSEPORT
	NAMED(SO_REUSEPORT),
#endif
#ifdef SO_NOSIGPIPE
	NAMED(SO_NOSIGPIPE),
#endif
#ifdef SO_RXQ_OVFL
	NAMED(SO_RXQ_OVFL),
#endif
#ifdef SO_BUSY_POLL
	NAMED(SO_BUSY_POLL),
#endif
#ifdef SO_INCOMING_CPU
	NAMED(SO_INCOMING_CPU),
#endif
	END
};

static const struct symbol ip_options[] = {
	NAMED(IP_TTL), NAMED(IP_TOS),
#ifdef IP_PKTINFO
	NAMED(IP_PKTINFO),
#endif
#ifdef IP_MTU_DISCOVER
	NAMED(IP_MTU_DISCOVER),
#endif
#ifdef IP_MTU
	NAMED(IP_MTU),
#endif
#ifdef IP_RECVERR
	NAMED(IP_RECVERR),
#endif
#ifdef IP_BIND_ADDRESS_NO_PORT
	NAMED(IP_BIND_ADDRESS_NO_PORT),
#endif
	END
};

static const struct symbol ipv6_options[] = {
	NAMED(IPV6_V6ONLY), NAMED(IPV6_UNICAST_HOPS),
#ifdef IPV6_RECVPKTINFO
	NAMED(IPV6_RECVPKTINFO),
#endif
#ifdef IPV6_RECVERR
	NAMED(IPV6_RECVERR),
#endif
	END
};

static const struct symbol tcp_options[] = {
	NAMED(TCP_NODELAY), NAMED(TCP_MAXSEG),
#ifdef TCP_CORK
	NAMED(TCP_CORK),
#endif
#ifdef TCP_QUICKACK
	NAMED(TCP_QUICKACK),
#endif
#ifdef TCP_DEFER_ACCEPT
	NAMED(TCP_DEFER_ACCEPT),
#endif
#ifdef TCP_USER_TIMEOUT
	NAMED(TCP_USER_TIMEOUT),
#endif
#ifdef TCP_INFO
	NAMED(TCP_INFO),
#endif
#ifdef TCP_FASTOPEN
	NAMED(TCP_FASTOPEN),
#endif
#ifdef TCP_NOTSENT_LOWAT
	NAMED(TCP_NOTSENT_LOWAT),
#endif
	END
};

/* What the socket calls' manual pages name. */
static const struct symbol errnos[] = {
	NAMED(EACCES), NAMED(EADDRINUSE), NAMED(EADDRNOTAVAIL), NAMED(EAFNOSUPPORT), NAMED(EAGAIN), NAMED(EALREADY),
	NAMED(EBADF), NAMED(ECANCELED), NAMED(ECONNABORTED), NAMED(ECONNREFUSED), NAMED(ECONNRESET), NAMED(EDESTADDRREQ), NAMED(EFAULT),
	NAMED(EHOSTDOWN), NAMED(EHOSTUNREACH), NAMED(EINPROGRESS), NAMED(EINTR), NAMED(EINVAL), NAMED(EIO),
	NAMED(EISCONN), NAMED(EMFILE), NAMED(EMSGSIZE), NAMED(ENETDOWN), NAMED(ENETRESET), NAMED(ENETUNREACH),
	NAMED(ENFILE), NAMED(ENOBUFS), NAMED(ENOMEM), NAMED(ENOPROTOOPT), NAMED(ENOTCONN), NAMED(ENOTSOCK),
	NAMED(EOPNOTSUPP), NAMED(EPERM), NAMED(EPIPE), NAMED(EPROTO), NAMED(EPROTONOSUPPORT), NAMED(EPROTOTYPE),
	NAMED(ETIMEDOUT), END
};

static const struct symbol lookup_errors[] = {
	NAMED(EAI_AGAIN), NAMED(EAI_BADFLAGS), NAMED(EAI_FAIL), NAMED(EAI_FAMILY), NAMED(EAI_MEMORY), NAMED(EAI_NONAME),
	NAMED(EAI_SERVICE), NAMED(EAI_SOCKTYPE), NAMED(EAI_SYSTEM),
#ifdef EAI_NODATA
	NAMED(EAI_NODATA),
#endif
#ifdef EAI_ADDRFAMILY
	NAMED(EAI_ADDRFAMILY),
#endif
	END
};

/* clang-format on */

static const struct symbol *const sets[] = {
	[SYMBOL_FAMILY] = families,
	[SYMBOL_TYPE] = types,
	[SYMBOL_TYPE_FLAG] = type_flags,
	[SYMBOL_MESSAGE_FLAG] = message_flags,
	[SYMBOL_HOW] = hows,
	[SYMBOL_LEVEL] = levels,
	[SYMBOL_ERRNO] = errnos,
	[SYMBOL_LOOKUP_ERROR] = lookup_errors,
};

static const char *name_of(const struct symbol *table, int value)
{
	while (table->name && table->value != value)
		table++;
	return table->name;
}

const char *symbol_name(enum symbol_set set, int value)
{
	return name_of(sets[set], value);
}

bool symbol_value(enum symbol_set set, const char *name, int *value)
{
	const struct symbol *s = sets[set];
	while (s->name && strcmp(s->name, name) != 0)
		s++;
	if (s->name)
		*value = s->value;
	return s->name != NULL;
}

const char *symbol_option(int level, int option)
{
	switch (level) {
	case SOL_SOCKET:
		return name_of(socket_options, option);
	case IPPROTO_IP:
		return name_of(ip_options, option);
	case IPPROTO_IPV6:
		return name_of(ipv6_options, option);
	case IPPROTO_TCP:
		return name_of(tcp_options, option);
	default:
		return NULL;
	}
}

const char *symbol_take_flag(enum symbol_set set, int *flags)
{
	const struct symbol *s = sets[set];
	while (s->name && !(*flags & s->value))
		s++;
	*flags &= ~s->value;
	return s->name;
}
