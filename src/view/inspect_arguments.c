/* What a call was given, one argument after the other, each named as in the call's manual page. */
#include <inttypes.h>
#include <sys/socket.h>

#include "inspect.h"
#include "inspect_words.h"

/* One of the call's numbers as strace prints it, and what follows it, if anything. */
static struct view_row *put_number(struct inspect *p, const char *label, unsigned i, const char *means)
{
	struct view_row *row = inspect_field(p, 1, label);
	struct buf text = {0};
	if (event_print_argument(&p->event.call, i, &text) == 0)
		view_row_put(row, STYLE_TEXT, buf_bytes(&text), text.size);
	else
		row->failed = true;
	buf_free(&text);
	if (means)
		view_row_printf(row, STYLE_TEXT, ": %s", means);
	return row;
}

/* What each flag means, a line each. */
static void explain_flags(struct inspect *p, enum inspect_set set, int flags)
{
	const char *name, *means;
	while ((means = inspect_flag_means(set, &flags, &name)))
		view_row_printf(inspect_field(p, 1, ""), STYLE_TEXT, "%s: %s", name, means);
}

static void put_flags(struct inspect *p, const char *label, unsigned i, enum inspect_set set)
{
	int flags = p->event.call.args[i];
	put_number(p, label, i, flags ? NULL : _("none"));
	explain_flags(p, set, flags);
}

static void put_type(struct inspect *p, const char *label)
{
	int type = p->event.call.args[1], bare = type, flags;
	const char *name;
	while (inspect_flag_means(SET_TYPE_FLAG, &bare, &name))
		;
	flags = type & ~bare;
	const char *means = inspect_value_means(SET_TYPE, bare);
	put_number(p, label, 1, flags ? NULL : means);
	if (flags && means)
		view_row_printf(inspect_field(p, 1, ""), STYLE_TEXT, "%s: %s", inspect_value_name(SET_TYPE, bare),
				means);
	explain_flags(p, SET_TYPE_FLAG, flags);
}

static void put_family(struct inspect *p, const char *label)
{
	put_number(p, label, 0, inspect_value_means(SET_FAMILY, p->event.call.args[0]));
}

/* --- The socket --- */

static const char *role(const struct flow_socket *s)
{
	switch (s->role) {
	case FLOW_WELCOMING:
		return _("a welcoming socket");
	case FLOW_CONNECTION:
		return _("a connection socket");
	case FLOW_DATAGRAM:
		return _("a datagram socket");
	case FLOW_CHANNEL:
		return _("one end of a channel between processes");
	default:
		return _("a socket");
	}
}

static void put_endpoints(struct view_row *row, const struct endpoint *local, const struct endpoint *remote)
{
	char from[ENDPOINT_TEXT], to[ENDPOINT_TEXT];
	endpoint_format(local, from);
	endpoint_format(remote, to);
	if (remote->family)
		view_row_printf(row, STYLE_TEXT, ", %s%s%s %s", from, *from ? " " : "", words_sign("→", "->"), to);
	else if (local->family)
		view_row_printf(row, STYLE_TEXT, ", %s", from);
}

static void put_socket(struct inspect *p, const struct flow_socket *s)
{
	struct view_row *row = inspect_field(p, 1, "sockfd");
	view_row_printf(row, STYLE_TEXT, "%d", p->event.call.fd);
	if (!s)
		return;
	view_row_printf(row, STYLE_TEXT, ": %s", role(s));
	if (s->role != FLOW_CHANNEL)
		view_row_printf(row, STYLE_TEXT, " (%s)", protocol_name(s->protocol));
	put_endpoints(row, &s->local, &s->remote);
}

/* --- Addresses --- */

/* An address that it was given, or gave back. */
static void put_address(struct inspect *p, const char *label, const char *none)
{
	const struct endpoint *e = &p->event.call.address;
	inspect_endpoint(p, 1, label, e);
	inspect_sockaddr(p, e);
	if (!e->family)
		inspect_say(p, 1, label, none);
}

static void put_peer(struct inspect *p)
{
	put_address(p, "addr",
		    p->event.call.returned ? _("nothing was written there")
					   : _("where the address of the other end will be written"));
}

/* --- Bytes --- */

/* With its control data it is a struct msghdr that is handed over; what counts of it is the same. */
static void put_sent(struct inspect *p)
{
	inspect_say(p, 1, "buf", _("the bytes of the payload, see below"));
	inspect_bytes(p, 1, "len", p->event.call.asked);
	put_flags(p, "flags", 0, SET_MESSAGE_FLAG);
	put_address(p, "dest_addr", NULL);
}

static void put_received(struct inspect *p, enum protocol protocol)
{
	const struct event_call *call = &p->event.call;
	char room[WORDS_NUMBER];
	bool to_come = !call->returned && call->op != OP_RECV && protocol == PROTOCOL_UDP;
	int back = call->args[1];
	inspect_say(p, 1, "buf", _("where what comes is to be written"));
	view_row_printf(inspect_field(p, 1, "len"), STYLE_TEXT, _("%s of room"), words_bytes(call->asked, room));
	put_flags(p, "flags", 0, SET_MESSAGE_FLAG);
	if (back)
		put_number(p, _("given back"), 1, back & MSG_TRUNC ? _("the datagram was cut") : NULL);
	put_address(p, "src_addr", to_come ? _("where the sender's address will be written") : NULL);
}

/* --- Options --- */

static void put_option(struct inspect *p)
{
	const struct event_call *call = &p->event.call;
	int level = call->args[0], option = call->args[1], value = call->args[2];
	bool known = call->op == OP_SETSOCKOPT || (call->returned && !call->error);
	const char *means = NULL;
	if (inspect_option_is_switch(level, option))
		means = value ? _("on") : _("off");
	put_number(p, "level", 0, inspect_value_means(SET_LEVEL, level));
	put_number(p, "optname", 1, inspect_option_means(level, option));
	if (known)
		put_number(p, "optval", 2, means);
	else
		inspect_say(p, 1, "optval", _("where its value is to be written"));
}

/* --- Looking up --- */

/* What else it is called is asked for with the addresses (AI_CANONNAME). */
static void put_names(struct inspect *p, const struct event_lookup *l)
{
	if (!l->name_size)
		return;
	struct view_row *row = inspect_field(p, 1, "canonname");
	view_row_put(row, STYLE_TEXT, l->name, l->name_size);
	view_row_printf(row, STYLE_TEXT, ": %s",
			event_lookup_is_canonical(l) ? _("the canonical name; the one asked for is just that")
						     : _("the canonical name; the one asked for is an alias of it"));
	inspect_say(p, 1, _("aliases"), _("further ones are not told by getaddrinfo()"));
}

/* The first one in memory, too. */
static void put_addresses(struct inspect *p, struct event_lookup *l)
{
	struct endpoint e;
	char text[ENDPOINT_TEXT];
	size_t n = 0, all = (size_t)p->event.call.args[2];
	for (; event_lookup_next(l, &e); n++) {
		view_row_printf(inspect_field(p, 1, n ? "" : _("addresses")), STYLE_TEXT, _("%s: %s, port %u"),
				endpoint_format(&e, text), e.family == 6 ? "AF_INET6" : "AF_INET", (unsigned)e.port);
	}
	if (n && n < all)
		view_row_printf(
			inspect_field(p, 1, ""), STYLE_FAINT,
			ngettext("and %zu more, which is not kept", "and %zu more, which are not kept", all - n),
			all - n);
	put_address(p, _("the first"), NULL);
}

static void put_found(struct inspect *p, struct event_lookup *l)
{
	const struct event_call *call = &p->event.call;
	if (!call->returned || call->error)
		return;
	size_t n = (size_t)call->args[2];
	view_row_printf(inspect_field(p, 1, "res"), STYLE_TEXT,
			ngettext("%zu address was found", "%zu addresses were found, to be tried in this order", n), n);
	put_names(p, l);
	put_addresses(p, l);
}

static void put_lookup(struct inspect *p)
{
	struct event_lookup l = event_lookup(&p->event);
	if (l.host_size)
		view_row_put(inspect_field(p, 1, "node"), STYLE_TEXT, l.host, l.host_size);
	else
		inspect_say(p, 1, "node", _("NULL: this computer itself (loopback)"));
	put_family(p, "ai_family");
	put_type(p, "ai_socktype");
	put_found(p, &l);
}

/* --- Calls --- */

static void put_pair(struct inspect *p)
{
	const struct event_call *call = &p->event.call;
	if (call->returned && !call->error)
		view_row_printf(inspect_field(p, 1, "sv"), STYLE_TEXT, _("%d and %d: the two ends"), call->fd,
				call->args[2]);
}

static void put_made(struct inspect *p)
{
	put_family(p, "domain");
	put_type(p, "type");
	inspect_say(p, 1, "protocol", _("0: the usual one for this type"));
	if (p->event.call.op == OP_SOCKETPAIR)
		put_pair(p);
}

void inspect_arguments(struct inspect *p, const struct flow_socket *s, enum protocol protocol)
{
	const struct event_call *call = &p->event.call;
	enum event_op op = call->op;
	inspect_say(p, 0, _("Arguments"), "");
	if (op != OP_SOCKET && op != OP_SOCKETPAIR && op != OP_GETADDRINFO)
		put_socket(p, s);
	switch (op) {
	case OP_SOCKET:
	case OP_SOCKETPAIR:
		put_made(p);
		break;
	case OP_BIND:
		put_address(p, "addr", NULL);
		break;
	case OP_CONNECT:
		put_address(p, "addr", _("AF_UNSPEC: it has no other end any more"));
		break;
	case OP_LISTEN:
		put_number(p, "backlog", 0, _("so many connections may wait for accept(); Linux lets one more wait"));
		break;
	case OP_ACCEPT:
		put_peer(p);
		put_flags(p, "flags", 0, SET_TYPE_FLAG);
		break;
	case OP_GETSOCKNAME:
		put_peer(p);
		break;
	case OP_SHUTDOWN:
		put_number(p, "how", 0, inspect_value_means(SET_HOW, call->args[0]));
		break;
	case OP_SETSOCKOPT:
	case OP_GETSOCKOPT:
		put_option(p);
		break;
	case OP_GETADDRINFO:
		put_lookup(p);
		break;
	default:
		if (event_op_sends(op))
			put_sent(p);
		else if (event_op_receives(op))
			put_received(p, protocol);
	}
}
