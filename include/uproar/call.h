/*
 * call - a socket call, as an event tells of it. Part of layer event.
 */
#ifndef UPROAR_CALL_H
#define UPROAR_CALL_H

#include <uproar/endpoint.h>

/* The socket calls, each named as its manual page is. */
/* clang-format off */
enum event_op {
	OP_SOCKET = 1, OP_BIND, OP_LISTEN, OP_ACCEPT, OP_CONNECT, OP_SEND, OP_RECV, OP_SENDTO, OP_RECVFROM, OP_SENDMSG,
	OP_RECVMSG, OP_SHUTDOWN, OP_CLOSE, OP_SETSOCKOPT, OP_GETSOCKOPT, OP_GETSOCKNAME, OP_SOCKETPAIR,
	OP_GETADDRINFO, OP_COUNT
};
/* clang-format on */
const char *event_op_name(enum event_op op);
bool event_op_sends(enum event_op op);    /* send, sendto, sendmsg */
bool event_op_receives(enum event_op op); /* recv, recvfrom, recvmsg */

/*
 * args:  socket: family, type with its flags   accept: accept4()'s flags, if any     listen: backlog   shutdown: how
 *        send...: flags                        setsockopt, getsockopt: level, option, value
 *        recv...: flags; then those given back: MSG_TRUNC, the datagram was cut (result: its whole length, on Linux)
 *        socketpair: family, type; the second end given back (the first is fd)
 *        getaddrinfo: family, type; how many addresses were found (the first is address; for the data see event_lookup)
 */
struct event_call {
	enum event_op op;
	bool returned;           /* false: it is about to be made, and the result is not known yet */
	int fd;                  /* the socket it was given, or -1; a new one is the result */
	int args[3];             /* the numbers it was given, in its own order, without fd, data, size, protocol 0 */
	int error;               /* errno, or getaddrinfo's code; 0: it succeeded */
	int64_t result;          /* what it returned */
	uint64_t took;           /* from the call to its return, which is event.when */
	uint64_t asked;          /* bytes offered to it, or room for them */
	uint64_t offset;         /* where the bytes lie in their direction of the TCP stream, from 0; a datagram: 0 */
	struct endpoint address; /* the address it was given, or gave back; "none" where it has none */
};

/* As strace would print it, one line without a newline; the text in it is escaped, safe on any terminal. -1: ENOMEM. */
struct event;
int event_print_call(const struct event *e, struct buf *out);
int event_print_lab(const struct event *e, struct buf *out); /* "lab: ...": the same for EVENT_LAB */

/*
 * getaddrinfo: the data are lines. The host that it was asked for (`asked` bytes; none: NULL); and once it has
 * succeeded the canonical name, empty where that was not told, and the addresses with their ports as endpoint_format()
 * writes them, in the order in which they should be tried.
 */
enum { EVENT_LOOKUP_DATA = 2048 }; /* bytes of that; addresses that have no room are left out */
struct event_lookup {
	const char *host, *name; /* no NUL ends them */
	size_t host_size, name_size;
	const char *rest; /* what has not been read of the data */
	size_t left;
};
/* Adds them to an event whose data is the host; out of room, which must last as long. n: at `found`. */
void event_lookup_keep(struct event *e, char room[EVENT_LOOKUP_DATA], const char *name, const struct endpoint *found,
		       size_t n);
struct event_lookup event_lookup(const struct event *e);
bool event_lookup_is_canonical(const struct event_lookup *l);           /* the host is the canonical name itself */
bool event_lookup_next(struct event_lookup *l, struct endpoint *found); /* the next address; false: no more */

/* What it says of one number, args[i]: "AF_INET", "SOCK_STREAM|SOCK_CLOEXEC", "SO_REUSEADDR", "1". -1: ENOMEM. */
int event_print_argument(const struct event_call *call, unsigned i, struct buf *out);
/* "ECONNREFUSED"; of getaddrinfo "EAI_NONAME"; NULL for an error that has no name here. */
const char *event_error_name(enum event_op op, int error);

#endif
