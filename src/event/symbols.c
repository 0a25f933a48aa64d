#include "symbols.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

struct symbol {
	int value;
	const char *name;
};

/* A table's entry; a table ends with an entry without a name. */
#define NAMED(constant)                                                                                                \
	{                                                                                                              \
		constant, #constant                                                                                    \
	}
#define END                                                                                                            \
	{                                                                                                              \
		0, NULL                                                                                                \
	}

static const struct symbol families[] = {NAMED(AF_UNSPEC), NAMED(AF_INET), NAMED(AF_INET6), NAMED(AF_UNIX), END};

static const struct symbol types[] = {NAMED(SOCK_STREAM), NAMED(SOCK_DGRAM), NAMED(SOCK_SEQPACKET), NAMED(SOCK_RAW),
				      END};

static const struct symbol type_flags[] = {
#ifdef SOCK_CLOEXEC
	NAMED(SOCK_CLOEXEC), NAMED(SOCK_NONBLOCK),
#endif
	END};

static const struct symbol message_flags[] = {NAMED(MSG_OOB),
					      NAMED(MSG_PEEK),
					      NAMED(MSG_DONTROUTE),
					      NAMED(MSG_CTRUNC),
					      NAMED(MSG_TRUNC),
					      NAMED(MSG_WAITALL),
					      NAMED(MSG_DONTWAIT),
#ifdef MSG_NOSIGNAL
					      NAMED(MSG_NOSIGNAL),
#endif
#ifdef MSG_MORE
					      NAMED(MSG_MORE),
					      NAMED(MSG_ERRQUEUE),
#endif
					      END};

static const struct symbol hows[] = {NAMED(SHUT_RD), NAMED(SHUT_WR), NAMED(SHUT_RDWR), END};

static const struct symbol levels[] = {NAMED(SOL_SOCKET),  NAMED(IPPROTO_IP),  NAMED(IPPROTO_IPV6),
				       NAMED(IPPROTO_TCP), NAMED(IPPROTO_UDP), END};

static const struct symbol socket_options[] = {NAMED(SO_REUSEADDR),
					       NAMED(SO_ERROR),
					       NAMED(SO_TYPE),
					       NAMED(SO_BROADCAST),
					       NAMED(SO_KEEPALIVE),
					       NAMED(SO_LINGER),
					       NAMED(SO_SNDBUF),
					       NAMED(SO_RCVBUF),
					       NAMED(SO_RCVTIMEO),
					       NAMED(SO_SNDTIMEO),
					       NAMED(SO_RCVLOWAT),
					       NAMED(SO_OOBINLINE),
					       NAMED(SO_DONTROUTE),
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
					       NAMED(SO_INCOMING_CPU),
#endif
					       END};

static const struct symbol ip_options[] = {NAMED(IP_TTL),
					   NAMED(IP_TOS),
#ifdef IP_PKTINFO
					   NAMED(IP_PKTINFO),
#endif
#ifdef IP_MTU_DISCOVER
					   NAMED(IP_MTU_DISCOVER),
					   NAMED(IP_MTU),
					   NAMED(IP_RECVERR),
					   NAMED(IP_BIND_ADDRESS_NO_PORT),
#endif
					   END};

static const struct symbol ipv6_options[] = {NAMED(IPV6_V6ONLY), NAMED(IPV6_UNICAST_HOPS),
#ifdef IPV6_RECVPKTINFO
					     NAMED(IPV6_RECVPKTINFO),
#endif
#ifdef IPV6_RECVERR
					     NAMED(IPV6_RECVERR),
#endif
					     END};

static const struct symbol tcp_options[] = {NAMED(TCP_NODELAY),
					    NAMED(TCP_MAXSEG),
#ifdef TCP_CORK
					    NAMED(TCP_CORK),
					    NAMED(TCP_QUICKACK),
					    NAMED(TCP_DEFER_ACCEPT),
					    NAMED(TCP_USER_TIMEOUT),
					    NAMED(TCP_INFO),
					    NAMED(TCP_FASTOPEN),
					    NAMED(TCP_NOTSENT_LOWAT),
#endif
					    END};

/* What the socket calls' manual pages name. */
static const struct symbol errnos[] = {NAMED(EACCES),          NAMED(EADDRINUSE),
				       NAMED(EADDRNOTAVAIL),   NAMED(EAFNOSUPPORT),
				       NAMED(EAGAIN),          NAMED(EALREADY),
				       NAMED(EBADF),           NAMED(ECONNABORTED),
				       NAMED(ECONNREFUSED),    NAMED(ECONNRESET),
				       NAMED(EDESTADDRREQ),    NAMED(EFAULT),
				       NAMED(EHOSTDOWN),       NAMED(EHOSTUNREACH),
				       NAMED(EINPROGRESS),     NAMED(EINTR),
				       NAMED(EINVAL),          NAMED(EIO),
				       NAMED(EISCONN),         NAMED(EMFILE),
				       NAMED(EMSGSIZE),        NAMED(ENETDOWN),
				       NAMED(ENETRESET),       NAMED(ENETUNREACH),
				       NAMED(ENFILE),          NAMED(ENOBUFS),
				       NAMED(ENOMEM),          NAMED(ENOPROTOOPT),
				       NAMED(ENOTCONN),        NAMED(ENOTSOCK),
				       NAMED(EOPNOTSUPP),      NAMED(EPERM),
				       NAMED(EPIPE),           NAMED(EPROTO),
				       NAMED(EPROTONOSUPPORT), NAMED(EPROTOTYPE),
				       NAMED(ETIMEDOUT),       END};

static const struct symbol lookup_errors[] = {NAMED(EAI_AGAIN),
					      NAMED(EAI_BADFLAGS),
					      NAMED(EAI_FAIL),
					      NAMED(EAI_FAMILY),
					      NAMED(EAI_MEMORY),
					      NAMED(EAI_NONAME),
					      NAMED(EAI_SERVICE),
					      NAMED(EAI_SOCKTYPE),
					      NAMED(EAI_SYSTEM),
#ifdef EAI_NODATA
					      NAMED(EAI_NODATA),
					      NAMED(EAI_ADDRFAMILY),
#endif
					      END};

static int put_name(struct buf *out, const struct symbol *table, int value)
{
	for (; table->name; table++)
		if (table->value == value)
			return buf_printf(out, "%s", table->name);
	return buf_printf(out, "%d", value);
}

/* The flags that the table names, each after a "|" if something stands before it, then the bits that are left. */
static int put_flags(struct buf *out, const struct symbol *table, int flags, bool first)
{
	for (; table->name; table++) {
		if (!(flags & table->value))
			continue;
		if (buf_printf(out, first ? "%s" : "|%s", table->name) == -1)
			return -1;
		flags &= ~table->value;
		first = false;
	}
	return flags ? buf_printf(out, first ? "%#x" : "|%#x", (unsigned)flags) : 0;
}

int symbol_family(struct buf *out, int family)
{
	return put_name(out, families, family);
}

int symbol_type(struct buf *out, int type)
{
	int flags = 0;
	for (const struct symbol *s = type_flags; s->name; s++)
		flags |= type & s->value;
	if (put_name(out, types, type & ~flags) == -1)
		return -1;
	return put_flags(out, type_flags, flags, false);
}

int symbol_type_flags(struct buf *out, int flags)
{
	return put_flags(out, type_flags, flags, true);
}

int symbol_flags(struct buf *out, int flags)
{
	return put_flags(out, message_flags, flags, true);
}

int symbol_how(struct buf *out, int how)
{
	return put_name(out, hows, how);
}

int symbol_level(struct buf *out, int level)
{
	return put_name(out, levels, level);
}

int symbol_option(struct buf *out, int level, int option)
{
	switch (level) {
	case SOL_SOCKET:
		return put_name(out, socket_options, option);
	case IPPROTO_IP:
		return put_name(out, ip_options, option);
	case IPPROTO_IPV6:
		return put_name(out, ipv6_options, option);
	case IPPROTO_TCP:
		return put_name(out, tcp_options, option);
	default:
		return buf_printf(out, "%d", option);
	}
}

int symbol_errno(struct buf *out, int error)
{
	return put_name(out, errnos, error);
}

int symbol_lookup_error(struct buf *out, int code)
{
	return put_name(out, lookup_errors, code);
}
