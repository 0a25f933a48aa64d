/* The page about a call. */
#include <inttypes.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "calls.h"
#include "inspect.h"
#include "inspect_words.h"

/* --- Its socket --- */

static const struct flow_socket *socket_of(const struct inspect *p)
{
	size_t socket = flow_call(p->flow, p->index).socket;
	return socket < flow_sockets(p->flow) ? flow_socket(p->flow, socket) : NULL;
}

static enum protocol protocol_of(const struct inspect *p, const struct flow_socket *s)
{
	const struct event_call *call = &p->event.call;
	if (s)
		return s->role == FLOW_CHANNEL ? PROTOCOL_NONE : s->protocol;
	switch (call->op) {
	case OP_LISTEN:
	case OP_ACCEPT:
	case OP_SHUTDOWN:
		return PROTOCOL_TCP;
	case OP_SENDTO:
	case OP_RECVFROM:
	case OP_SENDMSG:
	case OP_RECVMSG:
		return PROTOCOL_UDP;
	default:
		return PROTOCOL_NONE;
	}
}

/* Whether the call that made the socket asked for one that does not wait. */
static bool does_not_wait(const struct inspect *p, const struct flow_socket *s)
{
#ifdef SOCK_NONBLOCK
	if (s && p->event.call.op != OP_SOCKET && s->opened >= log_first(p->log)) {
		const struct event *e = log_at(p->log, s->opened);
		const struct event_call *made = &e->call;
		if (e->kind != EVENT_CALL)
			return false;
		int flags = made->op == OP_SOCKET ? made->args[1] : made->op == OP_ACCEPT ? made->args[0] : 0;
		return flags & SOCK_NONBLOCK;
	}
#else
	(void)p, (void)s;
#endif
	return false;
}

/* --- What it is --- */

static void put_call(struct inspect *p)
{
	const struct event_call *call = &p->event.call;
	char took[CALLS_DURATION];
	struct view_row *row = inspect_title(p);
	calls_put_call(row, &p->event);
	if (call->returned)
		view_row_printf(row, STYLE_FAINT, " %s", calls_duration(call->took, took));
	else
		view_row_printf(row, STYLE_NOTE, " %s %s", words_ellipsis(), _("has not returned yet"));
}

static void put_waiting(struct inspect *p, const struct inspect_words *w, bool never)
{
	bool returned = p->event.call.returned;
	struct view_row *row = inspect_field(p, 0, _("Waits for"));
	if (!w->waits && returned)
		view_row_printf(row, STYLE_TEXT, "%s", _("nothing: it returns at once"));
	else if (!w->waits)
		view_row_printf(row, STYLE_TEXT, "%s", _("nothing: it is about to be made, and will return at once"));
	else if (never)
		view_row_printf(row, STYLE_TEXT, _("%s, but not on this socket, which is non-blocking"), w->waits);
	else
		view_row_printf(row, STYLE_TEXT, "%s", w->waits);
	if (!returned && !never)
		inspect_say(p, 0, _("Until"), w->until);
}

/* --- Its result --- */

static void say_success(const struct event_call *call, enum protocol protocol, struct view_row *row)
{
	char bytes[WORDS_NUMBER], asked[WORDS_NUMBER];
	view_row_printf(row, STYLE_TEXT, "%" PRId64 ": ", call->result);
	words_bytes((uint64_t)call->result, bytes);
	words_bytes(call->asked, asked);
	if (call->op == OP_SOCKET || call->op == OP_ACCEPT)
		view_row_printf(row, STYLE_TEXT, "%s", _("the number of the new socket"));
	else if (event_op_sends(call->op) && (uint64_t)call->result < call->asked)
		view_row_printf(row, STYLE_TEXT, _("the system took %s of %s; the program has to send the rest again"),
				bytes, asked);
	else if (event_op_sends(call->op))
		view_row_printf(row, STYLE_TEXT, _("the system took all of %s"), asked);
	else if (!event_op_receives(call->op))
		view_row_printf(row, STYLE_TEXT, "%s", _("it succeeded"));
	else if ((uint64_t)call->result > call->asked)
		view_row_printf(row, STYLE_WARNING,
				_("the datagram had %s, and there was room for %s (MSG_TRUNC): the rest is lost, and "
				  "the next receive takes the next datagram"),
				bytes, asked);
	else if (call->result == 0 && call->asked && protocol != PROTOCOL_UDP)
		view_row_printf(row, STYLE_TEXT, "%s", _("the other end has ended its stream; nothing more will come"));
	else if (call->result == 0)
		view_row_printf(row, STYLE_TEXT, "%s", _("an empty datagram; it ends nothing"));
	else
		view_row_printf(row, STYLE_TEXT, _("%s came; there was room for %s"), bytes, asked);
}

/* What stands in causes.c is told from the client's side. */
static void put_cause(struct inspect *p, enum protocol protocol)
{
	const struct event_call *call = &p->event.call;
	bool lookup = call->op == OP_GETADDRINFO;
	const char *means = inspect_error_means(call->op, protocol, call->error);
	if (means)
		inspect_say(p, 1, _("means"), means);
	else if (!lookup && p->event.who == EVENT_CLIENT)
		inspect_say(p, 1, _("means"), words_cause(call->error));
	else
		inspect_say(p, 1, _("means"), lookup ? gai_strerror(call->error) : strerror(call->error));
}

static void put_result(struct inspect *p, enum protocol protocol)
{
	const struct event_call *call = &p->event.call;
	if (!call->returned)
		return;
	inspect_space(p);
	struct view_row *row = inspect_field(p, 0, _("Result"));
	if (!call->error) {
		say_success(call, protocol, row);
	} else {
		view_row_printf(row, STYLE_WARNING, "%" PRId64 ": %s", call->result, _("it failed"));
		inspect_error(p, 1, call->op == OP_GETADDRINFO ? _("code") : "errno", call->error);
		put_cause(p, protocol);
	}
	inspect_time(p, 0, _("Took"), call->took);
}

static void put_errors(struct inspect *p, enum protocol protocol)
{
	const struct event_call *call = &p->event.call;
	struct inspect_error e;
	inspect_space(p);
	inspect_say(p, 0, _("Errors"),
		    call->fd == -1 ? _("that it can give:") : _("that it can give on such a socket:"));
	for (size_t i = 0; inspect_error_next(call->op, protocol, &i, &e);) {
		struct view_row *row = inspect_field(p, 1, event_error_name(call->op, e.error));
		bool this_one = call->returned && call->error == e.error;
		if (this_one)
			view_row_printf(row, STYLE_WARNING, "%s %s: ", words_sign("◂", "<"), _("this one"));
		view_row_printf(row, this_one ? STYLE_WARNING : STYLE_TEXT, "%s", e.means);
	}
}

void inspect_call(struct inspect *p)
{
	const struct flow_socket *s = socket_of(p);
	enum protocol protocol = protocol_of(p, s);
	struct inspect_words w = inspect_words(p->event.call.op, protocol);
	put_call(p);
	inspect_space(p);
	inspect_say(p, 0, _("What it does"), w.does);
	put_waiting(p, &w, does_not_wait(p, s));
	inspect_space(p);
	inspect_arguments(p, s, protocol);
	put_result(p, protocol);
	inspect_moved(p, protocol);
	put_errors(p, protocol);
	inspect_space(p);
	inspect_say(p, 0, _("Manual"), w.manual);
}
