#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <uproar/event.h>
#include <uproar/text.h>

#include "symbols.h"

enum { PRINT_DATA = 32 }; /* bytes of data shown, as strace does */

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
		[OP_GETPEERNAME] = "getpeername",
		[OP_SOCKETPAIR] = "socketpair",
		[OP_GETADDRINFO] = "getaddrinfo",
	};
	const char *name = (unsigned)op < OP_COUNT ? names[op] : NULL;
	return name ? name : "";
}

/* One byte or character of text inside quotation marks, as C and then text_cell() would write it. */
static int put_character(struct buf *out, const struct text_cell *cell, uint8_t byte)
{
	switch (byte) {
	case '\n':
		return buf_append(out, "\\n", 2);
	case '\r':
		return buf_append(out, "\\r", 2);
	case '\t':
		return buf_append(out, "\\t", 2);
	case '"':
		return buf_append(out, "\\\"", 2);
	case '\\':
		return buf_append(out, "\\\\", 2);
	default:
		return buf_append(out, cell->text, cell->size);
	}
}

/* A string of `whole` bytes, of which n are at hand. */
static int put_string(struct buf *out, const uint8_t *s, size_t n, uint64_t whole)
{
	size_t shown = 0;

	if (buf_append(out, "\"", 1) == -1)
		return -1;
	while (shown < n && shown < PRINT_DATA) {
		struct text_cell cell;
		uint8_t byte = s[shown];
		shown += text_cell(s + shown, n - shown, &cell);
		if (put_character(out, &cell, byte) == -1)
			return -1;
	}
	return buf_printf(out, shown < whole ? "\"..." : "\"");
}

static int put_endpoint(struct buf *out, const struct endpoint *e)
{
	char text[ENDPOINT_TEXT];
	return e->family ? buf_printf(out, ", %s", endpoint_format(e, text)) : 0;
}

/* The flags that end a call's numbers; none are not worth a word. */
static int put_flags(struct buf *out, int flags)
{
	if (flags == 0)
		return 0;
	return buf_printf(out, ", ") == -1 ? -1 : symbol_flags(out, flags);
}

static int put_socket(struct buf *out, const struct event_call *call)
{
	if (symbol_family(out, call->args[0]) == -1 || buf_printf(out, ", ") == -1 ||
	    symbol_type(out, call->args[1]) == -1)
		return -1;
	return buf_printf(out, ", %d", call->args[2]);
}

static int put_socketpair(struct buf *out, const struct event_call *call)
{
	if (symbol_family(out, call->args[0]) == -1 || buf_printf(out, ", ") == -1 ||
	    symbol_type(out, call->args[1]) == -1 || buf_printf(out, ", 0") == -1)
		return -1;
	return call->returned && !call->error ? buf_printf(out, ", [%d, %d]", call->fd, call->args[2]) : 0;
}

static int put_accept(struct buf *out, const struct event_call *call)
{
	if (buf_printf(out, "%d", call->fd) == -1 || put_endpoint(out, &call->address) == -1)
		return -1;
	if (call->args[0] == 0)
		return 0;
	return buf_printf(out, ", ") == -1 ? -1 : symbol_type_flags(out, call->args[0]);
}

static int put_shutdown(struct buf *out, const struct event_call *call)
{
	return buf_printf(out, "%d, ", call->fd) == -1 ? -1 : symbol_how(out, call->args[0]);
}

static int put_sent(struct buf *out, const struct event *e)
{
	const struct event_call *call = &e->call;
	if (buf_printf(out, "%d, ", call->fd) == -1 || put_string(out, e->data, e->size, call->asked) == -1 ||
	    buf_printf(out, ", %ju", (uintmax_t)call->asked) == -1 || put_flags(out, call->args[0]) == -1)
		return -1;
	return put_endpoint(out, &call->address);
}

static int put_received(struct buf *out, const struct event *e)
{
	const struct event_call *call = &e->call;
	if (buf_printf(out, "%d, ", call->fd) == -1)
		return -1;
	if (call->returned && !call->error) {
		if (put_string(out, e->data, e->size, (uint64_t)call->result) == -1 || buf_printf(out, ", ") == -1)
			return -1;
	}
	if (buf_printf(out, "%ju", (uintmax_t)call->asked) == -1 || put_flags(out, call->args[0]) == -1)
		return -1;
	return put_endpoint(out, &call->address);
}

static int put_option(struct buf *out, const struct event_call *call)
{
	int level = call->args[0], option = call->args[1], value = call->args[2];

	if (buf_printf(out, "%d, ", call->fd) == -1 || symbol_level(out, level) == -1 || buf_printf(out, ", ") == -1 ||
	    symbol_option(out, level, option) == -1)
		return -1;
	if (call->op == OP_SETSOCKOPT)
		return buf_printf(out, ", %d", value);
	if (!call->returned || call->error)
		return 0;
	if (level != SOL_SOCKET || option != SO_ERROR || value == 0)
		return buf_printf(out, ", [%d]", value);
	if (buf_printf(out, ", [") == -1 || symbol_errno(out, value) == -1)
		return -1;
	return buf_printf(out, "]");
}

static int put_lookup(struct buf *out, const struct event *e)
{
	if (e->size == 0 ? buf_printf(out, "NULL") == -1 : put_string(out, e->data, e->size, e->call.asked) == -1)
		return -1;
	if (buf_printf(out, ", ") == -1 || symbol_family(out, e->call.args[0]) == -1 || buf_printf(out, ", ") == -1)
		return -1;
	return symbol_type(out, e->call.args[1]);
}

static int put_arguments(struct buf *out, const struct event *e)
{
	const struct event_call *call = &e->call;

	switch (call->op) {
	case OP_SOCKET:
		return put_socket(out, call);
	case OP_SOCKETPAIR:
		return put_socketpair(out, call);
	case OP_LISTEN:
		return buf_printf(out, "%d, %d", call->fd, call->args[0]);
	case OP_ACCEPT:
		return put_accept(out, call);
	case OP_SHUTDOWN:
		return put_shutdown(out, call);
	case OP_SEND:
	case OP_SENDTO:
	case OP_SENDMSG:
		return put_sent(out, e);
	case OP_RECV:
	case OP_RECVFROM:
	case OP_RECVMSG:
		return put_received(out, e);
	case OP_SETSOCKOPT:
	case OP_GETSOCKOPT:
		return put_option(out, call);
	case OP_GETADDRINFO:
		return put_lookup(out, e);
	default: /* bind, connect, close, getsockname, getpeername */
		return buf_printf(out, "%d", call->fd) == -1 ? -1 : put_endpoint(out, &call->address);
	}
}

/* The system's words for an error are in the user's language, so they are treated as any foreign text. */
static int put_words(struct buf *out, const char *words)
{
	size_t n = strlen(words);

	if (buf_printf(out, " (") == -1)
		return -1;
	for (size_t i = 0; i < n;) {
		struct text_cell cell;
		i += text_cell(words + i, n - i, &cell);
		if (buf_append(out, cell.text, cell.size) == -1)
			return -1;
	}
	return buf_printf(out, ")");
}

static int put_lookup_result(struct buf *out, const struct event_call *call)
{
	char first[ENDPOINT_TEXT];

	if (call->error) {
		if (symbol_lookup_error(out, call->error) == -1)
			return -1;
		return put_words(out, gai_strerror(call->error));
	}
	endpoint_format(&call->address, first);
	return buf_printf(out, call->args[2] > 1 ? "0 [%s, ...]" : "0 [%s]", first);
}

static int put_result(struct buf *out, const struct event_call *call)
{
	if (!call->returned)
		return buf_printf(out, "?");
	if (call->op == OP_GETADDRINFO)
		return put_lookup_result(out, call);
	if (!call->error)
		return buf_printf(out, "%jd", (intmax_t)call->result);
	if (buf_printf(out, "-1 ") == -1 || symbol_errno(out, call->error) == -1)
		return -1;
	return put_words(out, strerror(call->error));
}

int event_print_call(const struct event *e, struct buf *out)
{
	const struct event_call *call = &e->call;
	const char *name = call->op == OP_ACCEPT && call->args[0] ? "accept4" : event_op_name(call->op);

	if (buf_printf(out, "%s(", name) == -1 || put_arguments(out, e) == -1 || buf_printf(out, ") = ") == -1)
		return -1;
	return put_result(out, call);
}
