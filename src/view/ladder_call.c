/*
 * The words of a line: the call with what it returned. What is too long for its lane is said in less: first addresses,
 * then the bytes that it moved are shortened, so that the result stays in sight.
 */
#include <limits.h>
#include <string.h>

#include <uproar/text.h>

#include "ladder_draw.h"
#include "words.h"

/* How much is said: all; ports without addresses; neither. */
enum level { LEVEL_WHOLE, LEVEL_PORTS, LEVEL_LEAST };

/* Columns of what was moved: so many are worth leaving out an address for, and fewer than so many are none. */
enum { DATA_LEAST = 8, DATA_NONE = 2 };

/* A line being put into words. */
struct phrase {
	struct ladder *d;
	const struct ladder_line *l;
	const struct event *e;
	const struct event_call *call;
	enum level level;
	unsigned data; /* columns there are for what was moved */
	struct view_row *row;
};

static void put(const struct phrase *p, const char *words)
{
	view_row_put(p->row, STYLE_TEXT, words, strlen(words));
}

static bool says_all(const struct phrase *p)
{
	return p->level == LEVEL_WHOLE && p->d->choice.raw;
}

/* --- What was moved --- */

static void put_character(struct view_row *row, enum view_style style, const char *s, size_t n)
{
	static const char plain[] = "\n\r\t\"\\", escape[] = "nrt\"\\";
	const char *special = n == 1 && *s ? strchr(plain, *s) : NULL;
	if (special)
		view_row_printf(row, STYLE_ESCAPE, "\\%c", escape[special - plain]);
	else
		view_row_put(row, style, s, n);
}

/* As in C, which the calls are in. */
static void make_data(const struct phrase *p, struct view_row *row)
{
	bool to_server = (p->l->who == EVENT_CLIENT) == event_op_sends(p->call->op);
	const char *s = p->e->data;
	size_t n = p->call->op == OP_GETADDRINFO ? event_lookup(p->e).host_size : p->e->size, size;
	struct text_cell cell;
	view_row_clear(row);
	for (size_t i = 0; i < n; i += size) {
		size = text_cell(s + i, n - i, &cell);
		put_character(row, to_server ? STYLE_YOU : STYLE_SERVER, s + i, size);
	}
	if (p->e->size < (p->call->error ? p->call->asked : ladder_moved(p->call)))
		view_row_printf(row, STYLE_FAINT, "%s", words_ellipsis());
}

/* Without room for at least one character and an ellipsis only that. */
static void put_data(const struct phrase *p)
{
	struct view_row *data = &p->d->data;
	make_data(p, data);
	if (data->columns > p->data && p->data < DATA_NONE) {
		view_row_printf(p->row, STYLE_FAINT, "%s", words_ellipsis());
		return;
	}
	ladder_cut(data, p->data);
	put(p, "\"");
	ladder_append(p->row, data);
	put(p, "\"");
}

/* --- Arguments --- */

static void put_argument(const struct phrase *p, unsigned i, const char *before)
{
	struct buf text = {0};
	if (event_print_argument(p->call, i, &text) == -1)
		p->row->failed = true;
	put(p, before);
	if (text.size)
		view_row_put(p->row, STYLE_TEXT, buf_bytes(&text), text.size);
	buf_free(&text);
}

static void put_address(const struct phrase *p)
{
	char text[ENDPOINT_TEXT];
	const struct endpoint *e = &p->call->address;
	bool moves = event_op_sends(p->call->op) || event_op_receives(p->call->op);
	if (!e->family || (p->level == LEVEL_LEAST && moves))
		return;
	if (p->level == LEVEL_WHOLE)
		view_row_printf(p->row, STYLE_TEXT, ", %s", endpoint_format(e, text));
	else
		view_row_printf(p->row, STYLE_TEXT, ", :%u", e->port);
}

static void put_flags(const struct phrase *p)
{
	if (says_all(p) && p->call->args[0])
		put_argument(p, 0, ", ");
}

static void put_option(const struct phrase *p)
{
	bool value = p->call->op == OP_SETSOCKOPT || (p->call->returned && !p->call->error);
	put_argument(p, 1, ", ");
	if (value)
		put_argument(p, 2, ", ");
}

/* What follows the socket's number. */
static void put_arguments(const struct phrase *p)
{
	if (event_op_sends(p->call->op)) {
		put(p, ", ");
		put_data(p);
		put_flags(p);
		put_address(p);
	} else if (event_op_receives(p->call->op)) {
		if (p->call->returned || p->d->choice.raw)
			view_row_printf(p->row, STYLE_TEXT, ", %ju", (uintmax_t)p->call->asked);
		put_flags(p);
		put_address(p);
	} else if (p->call->op == OP_LISTEN || p->call->op == OP_SHUTDOWN) {
		put_argument(p, 0, ", ");
	} else if (p->call->op == OP_SETSOCKOPT || p->call->op == OP_GETSOCKOPT) {
		put_option(p);
	} else if (p->call->op == OP_ACCEPT) {
		put_flags(p);
	} else if (p->call->op == OP_CONNECT && !p->call->address.family) {
		put(p, ", AF_UNSPEC"); /* over UDP: it belongs to nobody any more */
	} else {
		put_address(p);
	}
}

static void put_call(const struct phrase *p)
{
	if (p->d->choice.raw && p->e->number)
		view_row_printf(p->row, STYLE_FAINT, "#%ju ", (uintmax_t)p->e->number);
	view_row_printf(p->row, STYLE_TEXT, "%s(", event_op_name(p->call->op));
	if (p->call->op == OP_GETADDRINFO) {
		put_data(p);
	} else if (p->call->op == OP_SOCKET) {
		if (says_all(p)) {
			put_argument(p, 0, "");
			put_argument(p, 1, ", ");
		}
	} else {
		view_row_printf(p->row, STYLE_TEXT, "%d", p->call->fd);
		put_arguments(p);
	}
	put(p, ")");
}

/* --- Results --- */

static void put_arrow(const struct phrase *p)
{
	view_row_printf(p->row, STYLE_TEXT, " %s ", p->d->choice.plain ? "=" : words_sign("→", "->"));
}

static void put_error(const struct phrase *p, int error)
{
	const char *name = event_error_name(p->call->op, error);
	put_arrow(p);
	if ((p->d->choice.raw || p->d->choice.plain) && p->call->op != OP_GETADDRINFO)
		put(p, "-1 ");
	if (name)
		view_row_printf(p->row, STYLE_ERROR, "%s", name);
	else
		view_row_printf(p->row, STYLE_ERROR, "%d", error);
}

static const char *role_of(const struct phrase *p, const struct flow_socket *s)
{
	bool whole = p->level == LEVEL_WHOLE;
	if (ladder_op(p->e) == OP_ACCEPT || (s && p->l->kind == LINE_THERE && s->role == FLOW_CONNECTION))
		return whole ? _("connection socket") : _("connection");
	if (s && s->role == FLOW_WELCOMING)
		return whole ? _("welcoming socket") : _("welcoming");
	if (!s || s->protocol == PROTOCOL_NONE || !whole)
		return s ? protocol_name(s->protocol) : "";
	return s->protocol == PROTOCOL_UDP ? _("UDP socket") : _("TCP socket");
}

static void put_new_socket(const struct phrase *p)
{
	view_row_printf(p->row, STYLE_TEXT, "%jd", (intmax_t)p->call->result);
	view_row_printf(p->row, STYLE_NOTE, " %s", role_of(p, ladder_socket(p->d, p->l->index)));
}

static void put_sent(const struct phrase *p)
{
	view_row_printf(p->row, STYLE_TEXT, "%jd", (intmax_t)p->call->result);
	if ((uint64_t)p->call->result < p->call->asked) {
		view_row_printf(p->row, STYLE_TEXT, " ");
		view_row_printf(p->row, STYLE_NOTE, _("of %zu"), (size_t)p->call->asked);
	}
}

static void put_received(const struct phrase *p)
{
	const struct flow_socket *s = ladder_socket(p->d, p->l->index);
	view_row_printf(p->row, STYLE_TEXT, "%ju", (uintmax_t)ladder_moved(p->call));
	if (p->call->result == 0 && p->call->asked > 0 && s && s->protocol == PROTOCOL_TCP) {
		view_row_printf(p->row, STYLE_NOTE, " %s", p->level == LEVEL_WHOLE ? _("end of stream") : _("end"));
		return;
	}
	put(p, " ");
	put_data(p);
	if (p->call->args[1] && p->level == LEVEL_LEAST)
		view_row_printf(p->row, STYLE_NOTE, " %s", _("cut"));
	else if (p->call->args[1])
		put_argument(p, 1, " ");
}

static void put_found(const struct phrase *p)
{
	char text[ENDPOINT_TEXT];
	put(p, endpoint_format(&p->call->address, text));
	if (p->call->args[2] > 1)
		view_row_printf(p->row, STYLE_FAINT, ", %s", words_ellipsis());
}

/* The port that the system chose: a call of its own asked for it, which is folded. */
static void put_port(const struct phrase *p)
{
	const struct flow_socket *s = ladder_socket(p->d, p->l->index);
	if (p->d->choice.raw || p->call->op != OP_BIND || p->call->address.port || !s || !s->local.port)
		return;
	put(p, ", ");
	view_row_printf(p->row, STYLE_NOTE, _("port %u"), s->local.port);
}

/* That nothing went wrong is worth a word only where every call is shown as it was. */
static void put_zero(const struct phrase *p)
{
	if (p->d->choice.raw || p->d->choice.plain) {
		put_arrow(p);
		view_row_printf(p->row, STYLE_TEXT, "%jd", (intmax_t)p->call->result);
	}
	put_port(p);
}

static void put_value(const struct phrase *p)
{
	put_arrow(p);
	if (p->call->op == OP_GETADDRINFO)
		put_found(p);
	else if (event_op_sends(p->call->op))
		put_sent(p);
	else if (event_op_receives(p->call->op))
		put_received(p);
	else
		put_new_socket(p);
}

static void put_result(const struct phrase *p)
{
	bool valued = p->call->op == OP_GETADDRINFO || p->call->op == OP_SOCKET || p->call->op == OP_ACCEPT;
	if (p->call->error)
		put_error(p, p->call->error);
	else if (valued || event_op_sends(p->call->op) || event_op_receives(p->call->op))
		put_value(p);
	else
		put_zero(p);
}

static void put_took(const struct phrase *p)
{
	char text[WORDS_NUMBER];
	if (!p->d->choice.raw)
		return;
	if (p->call->took < CLOCK_MS)
		view_row_printf(p->row, STYLE_FAINT, " %u %s", (unsigned)(p->call->took / 1000),
				words_sign("µs", "us"));
	else
		view_row_printf(p->row, STYLE_FAINT, " %s", words_duration(p->call->took, text));
}

/* --- What it waits for --- */

static const char *awaited_bytes(const struct phrase *p)
{
	const struct flow_socket *s = ladder_socket(p->d, p->l->index);
	if (p->l->elsewhere)
		return _("waiting for another client's bytes");
	if (p->call->op != OP_RECV || (s && s->protocol == PROTOCOL_UDP))
		return _("waiting for a datagram");
	return p->l->who == EVENT_SERVER ? _("waiting for the client's bytes") : _("waiting for the server's bytes");
}

static const char *awaited(const struct phrase *p)
{
	if (ladder_is_stepped(p->d, p->l->index))
		return _("waits for you");
	if (p->level == LEVEL_LEAST)
		return _("waiting");
	if (event_op_receives(p->call->op))
		return awaited_bytes(p);
	if (event_op_sends(p->call->op))
		return _("waiting for room to send");
	switch (p->call->op) {
	case OP_ACCEPT:
		return _("waiting for a connection");
	case OP_CONNECT:
		return _("waiting for the server's SYN, ACK");
	case OP_GETADDRINFO:
		return _("waiting for an answer");
	default:
		return _("waiting");
	}
}

/* For how long, in tenths of a second, since it began. */
static void put_awaited(const struct phrase *p)
{
	uint64_t began = p->e->when - p->call->took;
	uint64_t tenths = p->d->now > began ? (p->d->now - began) / (CLOCK_SECOND / 10) : 0;
	view_row_printf(p->row, STYLE_KEY, "%s %s", p->d->choice.plain ? "..." : words_ellipsis(), awaited(p));
	if (tenths == 0 || p->level == LEVEL_PORTS || p->d->choice.plain)
		return;
	view_row_printf(p->row, STYLE_KEY, " (");
	view_row_printf(p->row, STYLE_KEY, _("%zu.%zu s"), (size_t)(tenths / 10), (size_t)(tenths % 10));
	view_row_printf(p->row, STYLE_KEY, ")");
}

/* --- Kinds of lines --- */

/* What came of a connect(). In plain text it follows the call, else it has a line of its own. */
static void put_answer(const struct phrase *p)
{
	int answer = ladder_answer(p->d, p->l);
	bool given_up = p->l->outcome != LADDER_NONE && log_at(p->d->log, p->l->outcome)->call.op == OP_CLOSE;
	if (p->d->choice.raw && p->call->returned) {
		put_result(p);
		put_took(p);
	} else if (given_up) {
		put_arrow(p);
		view_row_printf(p->row, STYLE_NOTE, "%s", _("given up"));
	} else if (answer == -1) {
		put(p, " ");
		put_awaited(p);
	} else if (answer == 0) {
		put_arrow(p);
		put(p, "0");
	} else {
		put_error(p, answer);
	}
}

static void put_left_out(const struct phrase *p)
{
	struct flow_gap gap = flow_gap(p->d->flow, p->l->index);
	size_t n = gap.index == p->l->index ? (size_t)gap.events : 0;
	view_row_printf(p->row, STYLE_WARNING, "%s ", p->d->choice.plain ? "..." : words_ellipsis());
	if (p->l->who == EVENT_SERVER)
		view_row_printf(p->row, STYLE_WARNING,
				ngettext("%zu event of the server was left out here",
					 "%zu events of the server were left out here", n),
				n);
	else
		view_row_printf(p->row, STYLE_WARNING,
				ngettext("%zu event of the client was left out here",
					 "%zu events of the client were left out here", n),
				n);
}

/* The peer of a connection, or where the others are. */
static void put_there(const struct phrase *p)
{
	const struct event_kernel *k = &p->e->kernel;
	const struct endpoint *e = k->remote.family ? &k->remote : &k->local;
	char text[ENDPOINT_TEXT];
	view_row_printf(p->row, STYLE_TEXT, "%d", k->fd);
	view_row_printf(p->row, STYLE_NOTE, " %s", role_of(p, ladder_socket(p->d, p->l->index)));
	if (p->level == LEVEL_WHOLE)
		view_row_printf(p->row, STYLE_TEXT, " %s", endpoint_format(e, text));
	else if (p->level == LEVEL_PORTS)
		view_row_printf(p->row, STYLE_TEXT, " :%u", e->port);
	view_row_printf(p->row, STYLE_FAINT, ", %s", _("there already"));
}

static void put_whole_call(const struct phrase *p)
{
	put_call(p);
	if (ladder_connects(p->d, p->l->index) && !ladder_is_stepped(p->d, p->l->index)) {
		if (p->d->choice.plain)
			put_answer(p);
		return;
	}
	if (!p->call->returned) {
		put(p, " ");
		put_awaited(p);
	} else {
		put_result(p);
		put_took(p);
	}
}

static void put_line(const struct phrase *p)
{
	view_row_clear(p->row);
	switch (p->l->kind) {
	case LINE_CALL:
		put_whole_call(p);
		break;
	case LINE_ANSWER:
		put(p, " ");
		put_answer(p);
		break;
	case LINE_GAP:
		put_left_out(p);
		break;
	case LINE_UNSEEN:
		view_row_printf(p->row, STYLE_FAINT, "%s", _("not seen from here"));
		break;
	case LINE_THERE:
		put_there(p);
		break;
	case LINE_LOST:
		view_row_printf(p->row, STYLE_LAB, "%s", _("the lab dropped the reply"));
		break;
	}
}

/* --- Contract --- */

void ladder_append(struct view_row *row, const struct view_row *more)
{
	struct row_walk walk;
	struct row_unit u;
	row_walk_start(&walk, more);
	while (row_walk_next(&walk, UINT_MAX, &u))
		row_append(row, u.style, u.text, u.size, u.columns);
}

/* Columns of what fits of the row's beginning: no character or escape is cut. */
static unsigned fitting(const struct view_row *row, unsigned width)
{
	struct row_walk walk;
	struct row_unit u;
	unsigned columns = 0;
	row_walk_start(&walk, row);
	while (row_walk_next(&walk, UINT_MAX, &u) && columns + u.columns <= width)
		columns += u.columns;
	return columns;
}

void ladder_cut(struct view_row *row, unsigned width)
{
	if (row->columns <= width)
		return;
	unsigned before = row->columns;
	view_row_printf(row, STYLE_FAINT, "%s", words_ellipsis());
	unsigned columns = row->columns - before;
	bool room = width > columns;
	view_row_fit(row, fitting(row, room ? width - columns : width), STYLE_TEXT);
	if (room)
		view_row_printf(row, STYLE_FAINT, "%s", words_ellipsis());
}

/* Columns that what was moved has to be given, besides those of its ellipsis. */
static unsigned data_wanted(const struct phrase *p)
{
	if (p->l->kind != LINE_CALL)
		return 0;
	make_data(p, &p->d->data);
	unsigned columns = p->d->data.columns;
	return columns == 0 ? 0 : columns < DATA_LEAST ? columns + 1 : DATA_LEAST + 1;
}

void ladder_words(struct ladder *d, const struct ladder_line *l, unsigned lane, unsigned most, struct view_row *row)
{
	const struct event *e = log_at(d->log, l->index);
	struct phrase p = {.d = d, .l = l, .e = e, .call = &e->call, .row = row};
	unsigned wanted = data_wanted(&p);
	for (p.level = LEVEL_WHOLE;; p.level++) {
		put_line(&p);
		if (p.level == LEVEL_LEAST || (row->columns <= lane && lane - row->columns >= wanted))
			break;
	}
	if (wanted && row->columns < lane) {
		p.data = lane - row->columns - 1;
		put_line(&p);
	}
	ladder_cut(row, most);
}
