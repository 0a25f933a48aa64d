#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include <uproar/event.h>

#include "line.h"
#include "symbols.h"

const char *event_op_name(enum event_op op)
{
	static const char *const names[OP_COUNT] = {
		[OP_SOCKET] = "socket",
		[OP_BIND] = "bind",
		[OP_LISTEN] = "listen",
		[OP_ACCEPT] = "accept",
		[OP_CONNECT] = "connect",
		[OP_SEND] = "send",
		[OP_RECV] = "recv",
		[OP_SENDTO] = "sendto",
		[OP_RECVFROM] = "recvfrom",
		[OP_SENDMSG] = "sendmsg",
		[OP_RECVMSG] = "recvmsg",
		[OP_SHUTDOWN] = "shutdown",
		[OP_CLOSE] = "close",
		[OP_SETSOCKOPT] = "setsockopt",
		[OP_GETSOCKOPT] = "getsockopt",
		[OP_GETSOCKNAME] = "getsockname",
		[OP_SOCKETPAIR] = "socketpair",
		[OP_GETADDRINFO] = "getaddrinfo",
	};
	const char *name = (unsigned)op < OP_COUNT ? names[op] : NULL;
	return name ? name : "";
}

bool event_op_sends(enum event_op op)
{
	return op == OP_SEND || op == OP_SENDTO || op == OP_SENDMSG;
}

bool event_op_receives(enum event_op op)
{
	return op == OP_RECV || op == OP_RECVFROM || op == OP_RECVMSG;
}

uint64_t event_moment(const struct event *e)
{
	enum event_op op = e->kind == EVENT_CALL ? e->call.op : 0;
	bool felt = event_op_sends(op) || op == OP_CONNECT || op == OP_SHUTDOWN || op == OP_CLOSE;
	return felt && e->call.took < e->when ? e->when - e->call.took : e->when;
}

/* --- Numbers --- */

static void put_number(struct line *l, const char *name, int number)
{
	if (name)
		line_put(l, "%s", name);
	else
		line_put(l, "%d", number);
}

static void put_flags(struct line *l, enum symbol_set set, int flags)
{
	const char *name, *between = "";

	while (flags && (name = symbol_take_flag(set, &flags))) {
		line_put(l, "%s%s", between, name);
		between = "|";
	}
	if (flags)
		line_put(l, "%s%#x", between, (unsigned)flags);
}

static void put_type(struct line *l, int type)
{
	int rest = type;
	while (symbol_take_flag(SYMBOL_TYPE_FLAG, &rest))
		;
	put_number(l, symbol_name(SYMBOL_TYPE, rest), rest);
	if (rest != type) {
		line_put(l, "|");
		put_flags(l, SYMBOL_TYPE_FLAG, type & ~rest);
	}
}

/* The name of an option's level, of the option, and of an error that it holds. */
static const char *option_symbol(const struct event_call *call, unsigned i)
{
	int level = call->args[0], option = call->args[1];

	switch (i) {
	case 0:
		return symbol_name(SYMBOL_LEVEL, level);
	case 1:
		return symbol_option(level, option);
	default:
		return level == SOL_SOCKET && option == SO_ERROR && call->args[2] != 0
			       ? symbol_name(SYMBOL_ERRNO, call->args[2])
			       : NULL;
	}
}

/* One of a call's numbers; which of them are flags or have names, the calls' manual pages say. */
static void put_argument(struct line *l, const struct event_call *call, unsigned i)
{
	int value = call->args[i];

	switch (call->op) {
	case OP_SOCKET:
	case OP_SOCKETPAIR:
	case OP_GETADDRINFO:
		if (i == 1)
			put_type(l, value);
		else
			put_number(l, i == 0 ? symbol_name(SYMBOL_FAMILY, value) : NULL, value);
		break;
	case OP_SHUTDOWN:
		put_number(l, symbol_name(SYMBOL_HOW, value), value);
		break;
	case OP_SETSOCKOPT:
	case OP_GETSOCKOPT:
		put_number(l, option_symbol(call, i), value);
		break;
	case OP_ACCEPT:
	case OP_SEND:
	case OP_SENDTO:
	case OP_SENDMSG:
	case OP_RECV:
	case OP_RECVFROM:
	case OP_RECVMSG:
		if (value)
			put_flags(l, call->op == OP_ACCEPT ? SYMBOL_TYPE_FLAG : SYMBOL_MESSAGE_FLAG, value);
		else
			put_number(l, NULL, 0);
		break;
	default:
		put_number(l, NULL, value);
	}
}

int event_print_argument(const struct event_call *call, unsigned i, struct buf *out)
{
	struct line l = line_begin(out);
	put_argument(&l, call, i);
	return line_end(&l);
}

const char *event_error_name(enum event_op op, int error)
{
	return symbol_name(op == OP_GETADDRINFO ? SYMBOL_LOOKUP_ERROR : SYMBOL_ERRNO, error);
}

/* --- Arguments that not every call has, with the comma before them --- */

static void put_endpoint(struct line *l, const struct endpoint *e)
{
	char text[ENDPOINT_TEXT];
	if (e->family)
		line_put(l, ", %s", endpoint_format(e, text));
}

static void put_last_flags(struct line *l, const struct event_call *call)
{
	if (call->args[0]) {
		line_put(l, ", ");
		put_argument(l, call, 0);
	}
}

/* --- Calls --- */

static void put_domain_and_type(struct line *l, const struct event_call *call)
{
	put_argument(l, call, 0);
	line_put(l, ", ");
	put_argument(l, call, 1);
}

static void put_sent(struct line *l, const struct event *e)
{
	const struct event_call *call = &e->call;
	line_put(l, "%d, ", call->fd);
	line_put_string(l, e->data, e->size, call->asked, LINE_DATA);
	line_put(l, ", %ju", (uintmax_t)call->asked);
	put_last_flags(l, call);
	put_endpoint(l, &call->address);
}

static void put_received(struct line *l, const struct event *e)
{
	const struct event_call *call = &e->call;
	line_put(l, "%d, ", call->fd);
	if (call->returned && !call->error) {
		line_put_string(l, e->data, e->size, (uint64_t)call->result, LINE_DATA);
		line_put(l, ", ");
	}
	line_put(l, "%ju", (uintmax_t)call->asked);
	put_last_flags(l, call);
	put_endpoint(l, &call->address);
}

static void put_option(struct line *l, const struct event_call *call)
{
	line_put(l, "%d, ", call->fd);
	put_argument(l, call, 0);
	line_put(l, ", ");
	put_argument(l, call, 1);
	if (call->op == OP_SETSOCKOPT) {
		line_put(l, ", %d", call->args[2]);
	} else if (call->returned && !call->error) {
		line_put(l, ", [");
		put_argument(l, call, 2);
		line_put(l, "]");
	}
}

static void put_lookup(struct line *l, const struct event *e)
{
	struct event_lookup lookup = event_lookup(e);
	if (lookup.host_size)
		line_put_string(l, lookup.host, lookup.host_size, e->call.asked, lookup.host_size);
	else
		line_put(l, "NULL");
	line_put(l, ", ");
	put_domain_and_type(l, &e->call);
}

static void put_arguments(struct line *l, const struct event *e)
{
	const struct event_call *call = &e->call;

	switch (call->op) {
	case OP_SOCKET:
		put_domain_and_type(l, call);
		line_put(l, ", 0");
		break;
	case OP_SOCKETPAIR:
		put_domain_and_type(l, call);
		line_put(l, ", 0");
		if (call->returned && !call->error)
			line_put(l, ", [%d, %d]", call->fd, call->args[2]);
		break;
	case OP_LISTEN:
		line_put(l, "%d, %d", call->fd, call->args[0]);
		break;
	case OP_ACCEPT:
		line_put(l, "%d", call->fd);
		put_endpoint(l, &call->address);
		put_last_flags(l, call);
		break;
	case OP_CONNECT:
		line_put(l, "%d", call->fd);
		if (call->address.family)
			put_endpoint(l, &call->address);
		else
			line_put(l, ", AF_UNSPEC"); /* UDP: it ends the association */
		break;
	case OP_SHUTDOWN:
		line_put(l, "%d, ", call->fd);
		put_argument(l, call, 0);
		break;
	case OP_SEND:
	case OP_SENDTO:
	case OP_SENDMSG:
		put_sent(l, e);
		break;
	case OP_RECV:
	case OP_RECVFROM:
	case OP_RECVMSG:
		put_received(l, e);
		break;
	case OP_SETSOCKOPT:
	case OP_GETSOCKOPT:
		put_option(l, call);
		break;
	case OP_GETADDRINFO:
		put_lookup(l, e);
		break;
	default: /* bind, close, getsockname */
		line_put(l, "%d", call->fd);
		put_endpoint(l, &call->address);
	}
}

/* The system's words for an error are in the user's language, so they are treated as any foreign text. */
static void put_words(struct line *l, const char *words)
{
	line_put(l, " (");
	line_put_text(l, words, strlen(words));
	line_put(l, ")");
}

/* The first of the addresses, and that there are more. */
static void put_found(struct line *l, const struct event *e, struct event_lookup *lookup)
{
	enum { SHOWN = 4 };
	struct endpoint found;
	char text[ENDPOINT_TEXT];
	int shown = 0;

	line_put(l, "[");
	for (; shown < SHOWN && event_lookup_next(lookup, &found); shown++)
		line_put(l, "%s%s", shown ? ", " : "", endpoint_format(&found, text));
	if (shown == 0) {
		line_put(l, "%s", endpoint_format(&e->call.address, text));
		shown++;
	}
	line_put(l, e->call.args[2] > shown ? ", ...]" : "]");
}

static void put_lookup_result(struct line *l, const struct event *e)
{
	int error = e->call.error;
	struct event_lookup lookup = event_lookup(e);

	if (error) {
		put_number(l, symbol_name(SYMBOL_LOOKUP_ERROR, error), error);
		put_words(l, gai_strerror(error));
		return;
	}
	line_put(l, "0 ");
	put_found(l, e, &lookup);
	if (lookup.name_size && !event_lookup_is_canonical(&lookup)) {
		line_put(l, ", ai_canonname=");
		line_put_string(l, lookup.name, lookup.name_size, lookup.name_size, lookup.name_size);
	}
}

static void put_result(struct line *l, const struct event *e)
{
	const struct event_call *call = &e->call;

	if (!call->returned) {
		line_put(l, "?");
	} else if (call->op == OP_GETADDRINFO) {
		put_lookup_result(l, e);
	} else if (call->error) {
		line_put(l, "-1 ");
		put_number(l, symbol_name(SYMBOL_ERRNO, call->error), call->error);
		put_words(l, strerror(call->error));
	} else {
		line_put(l, "%jd", (intmax_t)call->result);
	}
}

int event_print_call(const struct event *e, struct buf *out)
{
	const struct event_call *call = &e->call;
	struct line l = line_begin(out);

	line_put(&l, "%s(", call->op == OP_ACCEPT && call->args[0] ? "accept4" : event_op_name(call->op));
	put_arguments(&l, e);
	line_put(&l, ") = ");
	put_result(&l, e);
	return line_end(&l);
}
