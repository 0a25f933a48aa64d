#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include <uproar/event.h>
#include <uproar/text.h>

#include "symbols.h"

enum { PRINT_DATA = 32 }; /* bytes of data shown, as strace does */

/* The line that is being written. Once memory has run out nothing more goes into it, and that is asked at the end. */
struct line {
	struct buf *out;
	bool failed;
};

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

static void put_bytes(struct line *l, const void *bytes, size_t n)
{
	if (!l->failed && buf_append(l->out, bytes, n) == -1)
		l->failed = true;
}

static void put(struct line *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct line *l, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (!l->failed && buf_vprintf(l->out, format, args) == -1)
		l->failed = true;
	va_end(args);
}

/* --- Text --- */

/* Foreign text: one character, as text_cell() shows it. Returns the bytes it takes. */
static size_t put_cell(struct line *l, const char *s, size_t n)
{
	struct text_cell cell;
	size_t used = text_cell(s, n, &cell);
	put_bytes(l, cell.text, cell.size);
	return used;
}

/* One character between quotation marks: where C has an escape, that. */
static size_t put_quoted(struct line *l, const char *s, size_t n)
{
	static const char plain[] = "\n\r\t\"\\", escape[] = "nrt\"\\";
	const char *special = *s ? strchr(plain, *s) : NULL;
	unsigned char byte = (unsigned char)*s;

	if (special)
		put(l, "\\%c", escape[special - plain]);
	else if (byte < 0x20 || byte == 0x7f)
		put(l, "\\x%02x", byte);
	else
		return put_cell(l, s, n);
	return 1;
}

/* A string of `whole` bytes, of which the first n are at hand, and at most `limit` are shown. */
static void put_string(struct line *l, const char *s, size_t n, uint64_t whole, size_t limit)
{
	size_t shown = 0;

	put(l, "\"");
	while (shown < n && shown < limit)
		shown += put_quoted(l, s + shown, n - shown);
	put(l, shown < whole ? "\"..." : "\"");
}

/* The system's words for an error are in the user's language, so they are treated as any foreign text. */
static void put_words(struct line *l, const char *words)
{
	put(l, " (");
	while (*words)
		words += put_cell(l, words, strlen(words));
	put(l, ")");
}

/* --- Numbers --- */

static void put_number(struct line *l, const char *name, int number)
{
	if (name)
		put(l, "%s", name);
	else
		put(l, "%d", number);
}

static void put_flags(struct line *l, enum symbol_set set, int flags)
{
	const char *name, *between = "";

	while (flags && (name = symbol_take_flag(set, &flags))) {
		put(l, "%s%s", between, name);
		between = "|";
	}
	if (flags)
		put(l, "%s%#x", between, (unsigned)flags);
}

static void put_type(struct line *l, int type)
{
	int rest = type;
	while (symbol_take_flag(SYMBOL_TYPE_FLAG, &rest))
		;
	put_number(l, symbol_name(SYMBOL_TYPE, rest), rest);
	if (rest != type) {
		put(l, "|");
		put_flags(l, SYMBOL_TYPE_FLAG, type & ~rest);
	}
}

/* --- Arguments that not every call has, with the comma before them --- */

static void put_endpoint(struct line *l, const struct endpoint *e)
{
	char text[ENDPOINT_TEXT];
	if (e->family)
		put(l, ", %s", endpoint_format(e, text));
}

static void put_last_flags(struct line *l, enum symbol_set set, int flags)
{
	if (flags) {
		put(l, ", ");
		put_flags(l, set, flags);
	}
}

/* --- Calls --- */

static void put_domain_and_type(struct line *l, const int args[2])
{
	put_number(l, symbol_name(SYMBOL_FAMILY, args[0]), args[0]);
	put(l, ", ");
	put_type(l, args[1]);
}

static void put_sent(struct line *l, const struct event *e)
{
	const struct event_call *call = &e->call;
	put(l, "%d, ", call->fd);
	put_string(l, e->data, e->size, call->asked, PRINT_DATA);
	put(l, ", %ju", (uintmax_t)call->asked);
	put_last_flags(l, SYMBOL_MESSAGE_FLAG, call->args[0]);
	put_endpoint(l, &call->address);
}

static void put_received(struct line *l, const struct event *e)
{
	const struct event_call *call = &e->call;
	put(l, "%d, ", call->fd);
	if (call->returned && !call->error) {
		put_string(l, e->data, e->size, (uint64_t)call->result, PRINT_DATA);
		put(l, ", ");
	}
	put(l, "%ju", (uintmax_t)call->asked);
	put_last_flags(l, SYMBOL_MESSAGE_FLAG, call->args[0]);
	put_endpoint(l, &call->address);
}

static void put_option(struct line *l, const struct event_call *call)
{
	int level = call->args[0], option = call->args[1], value = call->args[2];

	put(l, "%d, ", call->fd);
	put_number(l, symbol_name(SYMBOL_LEVEL, level), level);
	put(l, ", ");
	put_number(l, symbol_option(level, option), option);
	if (call->op == OP_SETSOCKOPT) {
		put(l, ", %d", value);
	} else if (call->returned && !call->error) {
		bool is_error = level == SOL_SOCKET && option == SO_ERROR && value != 0;
		put(l, ", [");
		put_number(l, is_error ? symbol_name(SYMBOL_ERRNO, value) : NULL, value);
		put(l, "]");
	}
}

static void put_lookup(struct line *l, const struct event *e)
{
	if (e->size)
		put_string(l, e->data, e->size, e->call.asked, e->size);
	else
		put(l, "NULL");
	put(l, ", ");
	put_domain_and_type(l, e->call.args);
}

static void put_arguments(struct line *l, const struct event *e)
{
	const struct event_call *call = &e->call;

	switch (call->op) {
	case OP_SOCKET:
		put_domain_and_type(l, call->args);
		put(l, ", 0");
		break;
	case OP_SOCKETPAIR:
		put_domain_and_type(l, call->args);
		put(l, ", 0");
		if (call->returned && !call->error)
			put(l, ", [%d, %d]", call->fd, call->args[2]);
		break;
	case OP_LISTEN:
		put(l, "%d, %d", call->fd, call->args[0]);
		break;
	case OP_ACCEPT:
		put(l, "%d", call->fd);
		put_endpoint(l, &call->address);
		put_last_flags(l, SYMBOL_TYPE_FLAG, call->args[0]);
		break;
	case OP_SHUTDOWN:
		put(l, "%d, ", call->fd);
		put_number(l, symbol_name(SYMBOL_HOW, call->args[0]), call->args[0]);
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
	default: /* bind, connect, close, getsockname */
		put(l, "%d", call->fd);
		put_endpoint(l, &call->address);
	}
}

static void put_lookup_result(struct line *l, const struct event_call *call)
{
	char first[ENDPOINT_TEXT];

	if (call->error) {
		put_number(l, symbol_name(SYMBOL_LOOKUP_ERROR, call->error), call->error);
		put_words(l, gai_strerror(call->error));
	} else {
		endpoint_format(&call->address, first);
		put(l, call->args[2] > 1 ? "0 [%s, ...]" : "0 [%s]", first);
	}
}

static void put_result(struct line *l, const struct event_call *call)
{
	if (!call->returned) {
		put(l, "?");
	} else if (call->op == OP_GETADDRINFO) {
		put_lookup_result(l, call);
	} else if (call->error) {
		put(l, "-1 ");
		put_number(l, symbol_name(SYMBOL_ERRNO, call->error), call->error);
		put_words(l, strerror(call->error));
	} else {
		put(l, "%jd", (intmax_t)call->result);
	}
}

int event_print_call(const struct event *e, struct buf *out)
{
	const struct event_call *call = &e->call;
	struct line l = {.out = out};
	size_t before = out->size;

	put(&l, "%s(", call->op == OP_ACCEPT && call->args[0] ? "accept4" : event_op_name(call->op));
	put_arguments(&l, e);
	put(&l, ") = ");
	put_result(&l, call);
	if (l.failed)
		out->size = before;
	return l.failed ? -1 : 0;
}

int event_print_lab(const struct event *e, struct buf *out)
{
	(void)e;
	return buf_append(out, "lab: ", 5);
}
