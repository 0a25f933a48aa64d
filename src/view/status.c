#include <errno.h>
#include <string.h>

#include "ended.h"
#include "words.h"

static void take_state(struct view_status *s, const struct event *e)
{
	struct event_state before = s->state;
	s->state = e->state;
	/* A port becomes known after the endpoint that it was chosen for, and by whom that was bound. */
	if (e->state.what == STATE_PORT) {
		s->state.bound |= before.bound;
		if (e->state.remote.family == 0)
			s->state.remote = before.remote;
	}
	if (ended_own_lab(&s->state))
		s->lab[0] = '\0';
	words_host(e, s->host);
}

static void take_lab(struct view_status *s, const struct event *e)
{
	size_t n = e->size < sizeof s->lab ? e->size : sizeof s->lab - 1;
	if (n)
		memcpy(s->lab, e->data, n);
	s->lab[n] = '\0';
}

/* What a call of the server's has received. */
static void take_received(struct view_status *s, const struct event_call *c)
{
	bool received = c->returned && !c->error;
	if (received && (c->op == OP_RECVFROM || c->op == OP_RECVMSG))
		s->datagrams++;
	else if (received && c->op == OP_RECV && c->result > 0)
		s->bytes += (uint64_t)c->result;
}

static void take_sentence(struct view_status *s, const struct event_talk *t)
{
	if (t->queued)
		s->queued++;
	else if (!t->again)
		s->waiting++;
	if (t->unqueued)
		s->queued -= s->queued > 0;
}

void view_status_take(struct view_status *s, const struct event *e)
{
	if (e->who == EVENT_SERVER && e->kind == EVENT_CALL)
		take_received(s, &e->call);
	if (e->kind == EVENT_LAB && e->lab.what == LAB_SETTINGS)
		take_lab(s, e);
	if (e->who != EVENT_CLIENT)
		return;
	if (e->kind == EVENT_STATE)
		take_state(s, e);
	else if (e->kind == EVENT_SENTENCE)
		take_sentence(s, &e->talk);
	else if (e->kind == EVENT_MISSING && e->talk.queued)
		s->queued -= s->queued > 0;
	else if (s->waiting > 0 &&
		 (e->kind == EVENT_MISSING || (e->kind == EVENT_REPLY && words_in_time(&e->talk) && !e->talk.amends)))
		s->waiting--;
}

static const char *failure(const struct event_state *s)
{
	if (s->lookup)
		return _("name not found");
	if (s->own && s->remote.family == 0)
		return _("server not started");
	switch (s->error) {
	case ECONNREFUSED:
		return _("refused");
	case ETIMEDOUT:
		return _("timed out");
	case EHOSTUNREACH:
	case ENETUNREACH:
		return _("unreachable");
	default:
		return _("failed");
	}
}

static const char *state_in_short(const struct event_state *s)
{
	switch (s->what) {
	case STATE_STARTING:
		return _("starting a server");
	case STATE_LOOKUP:
		return _("looking up the name");
	case STATE_CONNECTING:
		return _("connecting");
	case STATE_CONNECTED:
		return _("connected");
	case STATE_READY:
	case STATE_PORT:
		return s->bound ? _("ready (connected)") : _("ready");
	case STATE_HALF_CLOSED:
		return _("half-closed");
	case STATE_CLOSED:
		return s->by == EVENT_SERVER ? _("closed by the server") : _("closed");
	case STATE_FAILED:
		return s->more ? _("trying the next address") : failure(s);
	default:
		return "";
	}
}

/* The parts that a narrow line goes without, in this order; the others stay, and the lab's is cut. */
enum drop { DROP_NOTHING, DROP_HOST, DROP_LOCAL, DROP_REMOTE, DROP_WAITING };

static void put_endpoints(const struct event_state *s, enum drop drop, struct view_row *row)
{
	char local[ENDPOINT_TEXT], remote[ENDPOINT_TEXT];
	if (drop >= DROP_REMOTE || s->remote.family == 0)
		return;
	endpoint_format(&s->remote, remote);
	if (drop >= DROP_LOCAL || s->local.family == 0)
		view_row_printf(row, STYLE_BAR, "  %s", remote);
	else
		view_row_printf(row, STYLE_BAR, "  %s %s %s", endpoint_format(&s->local, local), words_sign("→", "->"),
				remote);
}

/* Whether the endpoint already shows the host as it was written. */
static bool is_address(const char *host, const struct endpoint *e)
{
	char text[ENDPOINT_TEXT];
	endpoint_format(e, text);
	return strncmp(text + (text[0] == '['), host, strlen(host)) == 0;
}

static void put_host(const struct view_status *s, enum drop drop, struct view_row *row)
{
	if (drop >= DROP_HOST)
		return;
	if (s->state.own && s->state.remote.family)
		view_row_printf(row, STYLE_BAR, "  %s", _("your own server"));
	else if (s->host[0] && !is_address(s->host, &s->state.remote))
		view_row_printf(row, STYLE_BAR, "  %s", s->host);
}

static void put_waiting(const struct view_status *s, enum drop drop, struct view_row *row)
{
	if (drop < DROP_WAITING && s->waiting) {
		view_row_printf(row, STYLE_BAR, "  ");
		view_row_printf(row, STYLE_BAR,
				ngettext("waiting for %zu reply", "waiting for %zu replies", s->waiting),
				(size_t)s->waiting);
	}
	if (drop < DROP_WAITING && s->queued)
		view_row_printf(row, STYLE_BAR, _("  %zu not sent yet"), (size_t)s->queued);
}

/* It is our own server's: another one has none that is known here. */
static void put_lab(const struct view_status *s, struct view_row *row)
{
	if (s->lab[0] == '\0' || !s->state.own)
		return;
	view_row_printf(row, STYLE_BAR, "  ");
	view_row_printf(row, STYLE_BAR, _("lab: %s"), s->lab);
}

static unsigned put_ellipsis(struct view_row *row)
{
	unsigned before = row->columns;
	view_row_printf(row, STYLE_BAR, "%s", words_ellipsis());
	return row->columns - before;
}

/* Whatever is too long ends with an ellipsis, if that itself is not. */
static int fit(struct view_row *row, unsigned width)
{
	if (row->columns > width) {
		unsigned columns = put_ellipsis(row);
		if (columns <= width) {
			view_row_fit(row, width - columns, STYLE_BAR);
			put_ellipsis(row);
		}
	}
	return view_row_fit(row, width, STYLE_BAR);
}

/* --- A server that is watched --- */

/* What a narrow line goes without: first the directory. */
enum watched_drop { WATCHED_WHOLE, WATCHED_NAME, WATCHED_NO_BYTES, WATCHED_NO_DATAGRAMS };

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

static void put_watched(const struct view_status *s, enum watched_drop drop, struct view_row *row)
{
	char bytes[WORDS_NUMBER];
	const char *path = !s->path ? _("a server") : drop >= WATCHED_NAME ? name_of(s->path) : s->path;
	const char *apart = s->lacks ? "  ?" : "  ";
	bool ended = ended_watched(&s->state);
	view_row_printf(row, STYLE_BAR, " ");
	view_row_printf(row, STYLE_BAR, ended ? _("watched until it ended: %s") : _("watching %s"), path);
	view_row_printf(row, STYLE_BAR, "%s", apart);
	view_row_printf(row, STYLE_BAR, ngettext("%zu client", "%zu clients", s->clients), s->clients);
	if (drop < WATCHED_NO_DATAGRAMS) {
		view_row_printf(row, STYLE_BAR, "%s", apart);
		view_row_printf(row, STYLE_BAR, ngettext("%zu datagram", "%zu datagrams", s->datagrams),
				(size_t)s->datagrams);
	}
	if (drop < WATCHED_NO_BYTES) {
		view_row_printf(row, STYLE_BAR, "%s", apart);
		view_row_printf(row, STYLE_BAR, _("%s over TCP"), words_bytes(s->bytes, bytes));
	}
	if (s->lab[0] && !ended) {
		view_row_printf(row, STYLE_BAR, "  ");
		view_row_printf(row, STYLE_BAR, _("lab: %s"), s->lab);
	}
}

static int watched_row(const struct view_status *s, unsigned width, struct view_row *row)
{
	enum watched_drop drop = WATCHED_WHOLE;
	do {
		view_row_clear(row);
		put_watched(s, drop, row);
	} while (row->columns > width && drop++ < WATCHED_NO_DATAGRAMS);
	return fit(row, width);
}

int view_status_row(const struct view_status *s, unsigned width, struct view_row *row)
{
	enum drop drop = DROP_NOTHING;
	view_row_clear(row);
	bool served = s->clients || s->datagrams || s->bytes;
	if (s->state.protocol == PROTOCOL_NONE && (s->path || served))
		return watched_row(s, width, row);
	if (s->state.what == 0)
		return view_row_fit(row, width, STYLE_BAR);
	do {
		view_row_clear(row);
		view_row_printf(row, STYLE_BAR, " %s  %s", protocol_name(s->state.protocol), state_in_short(&s->state));
		put_endpoints(&s->state, drop, row);
		put_host(s, drop, row);
		put_waiting(s, drop, row);
		put_lab(s, row);
	} while (row->columns > width && drop++ < DROP_WAITING);
	return fit(row, width);
}
