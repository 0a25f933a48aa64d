#include <inttypes.h>
#include <stdio.h>

#include "inspect_rows.h"
#include "sockets.h"

enum {
	CELL = ENDPOINT_TEXT,
	STACKED = 60, /* columns of the screen below which a socket has two rows */
	GAP = 2,      /* between columns, where there is room */
};

/* Which columns stand in a line of the table, and how far apart. */
struct layout {
	unsigned shown; /* a bit for each column */
	unsigned gap;
	bool brief;   /* the role in one word */
	bool stacked; /* two rows */
};

/* What is left out first where there is no room. */
static const enum sockets_column least_needed[] = {
	SOCKETS_UNSENT, SOCKETS_SENT, SOCKETS_RECEIVED, SOCKETS_SEND_Q, SOCKETS_RECV_Q, SOCKETS_KIND,
};

/* Recv-Q and Send-Q are what ss(8) and netstat(8) call them. */
static const char *const titles[SOCKETS_COLUMNS] = {
	[SOCKETS_FD] = N_("fd"),
	[SOCKETS_KIND] = "",
	[SOCKETS_ROLE] = N_("role"),
	[SOCKETS_LOCAL] = N_("local endpoint"),
	[SOCKETS_REMOTE] = N_("remote endpoint"),
	[SOCKETS_STATE] = N_("state"),
	[SOCKETS_RECV_Q] = "Recv-Q",
	[SOCKETS_SEND_Q] = "Send-Q",
	[SOCKETS_UNSENT] = N_("unsent"),
	[SOCKETS_RECEIVED] = N_("received"),
	[SOCKETS_SENT] = N_("sent"),
};

static const char *title(enum sockets_column c)
{
	return *titles[c] ? _(titles[c]) : "";
}

/* --- Cells --- */

static const char unseen[] = "?", none[] = "-", anyone[] = "*";

static const char *unknown(void)
{
	return _("n/a"); /* not offered */
}

static const char *role(const struct sockets_entry *entry, bool brief)
{
	const struct flow_socket *s = &entry->socket;
	if (entry->client)
		return brief ? _("client") : _("a client of it");
	if (s->protocol == PROTOCOL_NONE) /* the log has forgotten where it came from */
		return none;
	switch (s->role) {
	case FLOW_WELCOMING:
		return brief ? _("welcoming") : _("welcoming socket");
	case FLOW_CONNECTION:
		return brief ? _("connection") : _("connection socket");
	case FLOW_DATAGRAM:
		return brief ? _("datagram") : _("datagram socket");
	default:
		return brief ? _("unused") : _("not used yet");
	}
}

const struct endpoint *sockets_local(const struct sockets_entry *s)
{
	return s->kernel.local.family ? &s->kernel.local : &s->socket.local;
}

static const char *remote(const struct sockets_entry *s, char out[CELL])
{
	const struct flow_socket *socket = &s->socket;
	const struct endpoint *e = socket->remote.family ? &socket->remote : &s->kernel.remote;
	bool from_anyone = socket->role == FLOW_WELCOMING || socket->role == FLOW_DATAGRAM;
	if (e->family)
		return endpoint_format(e, out);
	return from_anyone ? anyone : none;
}

static const char *state(const struct sockets_entry *s)
{
	if (!s->socket.open)
		return _("closed");
	if (s->socket.protocol != PROTOCOL_TCP)
		return none;
	if (s->kernel.why == 0)
		return unseen;
	return s->kernel.offered & KERNEL_TCP ? kernel_state_name(s->kernel.state) : unknown();
}

static const char *number(uint64_t n, char out[CELL])
{
	snprintf(out, CELL, "%" PRIu64, n);
	return out;
}

/* A figure that the system knows. */
static const char *figure(const struct sockets_entry *s, enum kernel_offer offer, uint64_t n, char out[CELL])
{
	if (!s->socket.open || s->client)
		return none;
	if (s->kernel.why == 0)
		return unseen;
	return s->kernel.offered & offer ? number(n, out) : unknown();
}

static const char *counted(const struct sockets_entry *s, uint64_t n, char out[CELL])
{
	return s->socket.role == FLOW_WELCOMING || s->client ? none : number(n, out);
}

static const char *cell(const struct sockets_entry *s, enum sockets_column c, bool brief, char out[CELL])
{
	switch (c) {
	case SOCKETS_FD:
		return s->client ? "" : number((uint64_t)s->socket.fd, out);
	case SOCKETS_KIND:
		return s->socket.protocol ? protocol_name(s->socket.protocol) : none;
	case SOCKETS_ROLE:
		return role(s, brief);
	case SOCKETS_LOCAL:
		return sockets_local(s)->family ? endpoint_format(sockets_local(s), out) : none;
	case SOCKETS_REMOTE:
		return remote(s, out);
	case SOCKETS_STATE:
		return state(s);
	case SOCKETS_RECV_Q:
		return figure(s, KERNEL_UNREAD, s->kernel.unread, out);
	case SOCKETS_SEND_Q:
		return figure(s, KERNEL_UNSENT, s->kernel.unacknowledged, out);
	case SOCKETS_UNSENT:
		return figure(s, KERNEL_UNSENT, s->kernel.unsent, out);
	case SOCKETS_RECEIVED:
		return counted(s, s->socket.received, out);
	default:
		return counted(s, s->socket.sent, out);
	}
}

/* --- Widths --- */

/* The columns of a text; spare is written to, since only a row knows them. */
static unsigned columns_of(const char *text, struct view_row *spare)
{
	view_row_clear(spare);
	view_row_printf(spare, STYLE_TEXT, "%s", text);
	return spare->columns;
}

static void widen(struct sockets_widths *w, unsigned *width, const char *text, struct view_row *spare)
{
	unsigned columns = columns_of(text, spare);
	w->failed |= spare->failed;
	if (*width < columns)
		*width = columns;
}

void sockets_measure_titles(struct sockets_widths *w)
{
	struct view_row spare = {0};
	*w = (struct sockets_widths){0};
	for (enum sockets_column c = 0; c < SOCKETS_COLUMNS; c++)
		widen(w, &w->columns[c], title(c), &spare);
	w->brief_role = w->columns[SOCKETS_ROLE];
	view_row_free(&spare);
}

void sockets_measure(struct sockets_widths *w, const struct sockets_entry *s)
{
	struct view_row spare = {0};
	char out[CELL];
	for (enum sockets_column c = 0; c < SOCKETS_COLUMNS; c++) {
		const char *text = cell(s, c, false, out);
		widen(w, &w->columns[c], text, &spare);
		w->unseen |= text == unseen;
		w->unknown |= text == unknown();
	}
	widen(w, &w->brief_role, role(s, true), &spare);
	view_row_free(&spare);
}

static unsigned width_of(const struct sockets_widths *w, const struct layout *l, enum sockets_column c)
{
	return c == SOCKETS_ROLE && l->brief ? w->brief_role : w->columns[c];
}

static bool shows(const struct layout *l, enum sockets_column c)
{
	return l->shown & (1u << c);
}

static bool fits(const struct sockets_widths *w, const struct layout *l, unsigned width)
{
	unsigned columns = 0;
	for (enum sockets_column c = 0; c < SOCKETS_COLUMNS; c++)
		if (shows(l, c))
			columns += (columns ? l->gap : 0) + width_of(w, l, c);
	return columns <= width;
}

static struct layout layout(const struct sockets_widths *w, unsigned width)
{
	struct layout l = {.shown = (1u << SOCKETS_COLUMNS) - 1, .gap = GAP, .stacked = width < STACKED};
	if (l.stacked || fits(w, &l, width))
		return l;
	l.brief = true;
	for (size_t i = 0; !fits(w, &l, width); i++) {
		l.gap = 1;
		if (fits(w, &l, width))
			break;
		l.stacked = i == COUNT(least_needed);
		if (l.stacked)
			break;
		l.shown &= ~(1u << least_needed[i]);
	}
	return l;
}

/* --- Rows --- */

static bool is_number(enum sockets_column c)
{
	return c == SOCKETS_FD || c >= SOCKETS_RECV_Q;
}

static void put_cell(struct view_row *row, enum view_style style, const char *text, unsigned width, bool right)
{
	struct view_row spare = {0};
	unsigned begin = row->columns, columns = right ? columns_of(text, &spare) : width;
	if (columns < width)
		row_spaces(row, style, width - columns);
	row->failed |= spare.failed;
	view_row_printf(row, style, "%s", text);
	view_row_fit(row, begin + width, style);
	view_row_free(&spare);
}

static enum view_style style_of(const struct sockets_entry *s)
{
	if (!s->socket.open)
		return STYLE_FAINT;
	return s->socket.role == FLOW_WELCOMING ? STYLE_NOTE : STYLE_TEXT;
}

static void put_row(const struct sockets_widths *w, const struct layout *l, const struct sockets_entry *s,
		    struct view_row *row)
{
	char out[CELL];
	for (enum sockets_column c = 0; c < SOCKETS_COLUMNS; c++) {
		if (!shows(l, c))
			continue;
		row_spaces(row, STYLE_TEXT, row->columns ? l->gap : 0);
		put_cell(row, s ? style_of(s) : STYLE_FAINT, s ? cell(s, c, l->brief, out) : title(c),
			 width_of(w, l, c), is_number(c));
	}
}

/* Nothing is cut: where even this has no room it is wrapped as words are. */
static void put_stack(const struct sockets_entry *s, unsigned width, struct view_row *row)
{
	static const enum sockets_column above[] = {SOCKETS_FD, SOCKETS_KIND, SOCKETS_ROLE, SOCKETS_STATE};
	static const enum sockets_column queues[] = {SOCKETS_RECV_Q, SOCKETS_SEND_Q};
	char out[CELL];
	enum view_style style = style_of(s);
	for (size_t i = 0; i < COUNT(above); i++)
		view_row_printf(row, style, row->columns ? " %s" : "%s", cell(s, above[i], true, out));
	for (size_t i = 0; s->socket.open && !s->client && i < COUNT(queues); i++)
		view_row_printf(row, style, " %s %s", title(queues[i]), cell(s, queues[i], false, out));
	if (row->columns <= width)
		inspect_row_end(row, width, 1);
	else
		row_spaces(row, style, 1);
	view_row_printf(row, style, "%s", cell(s, SOCKETS_LOCAL, false, out));
	view_row_printf(row, style, " %s %s", words_sign("→", "->"), cell(s, SOCKETS_REMOTE, false, out));
}

void sockets_put(const struct sockets_widths *w, const struct sockets_entry *s, unsigned width, struct view_row *row)
{
	struct layout l = layout(w, width);
	if (l.stacked)
		put_stack(s, width, row);
	else
		put_row(w, &l, s, row);
}

void sockets_put_titles(const struct sockets_widths *w, unsigned width, struct view_row *row)
{
	struct layout l = layout(w, width);
	if (l.stacked)
		view_row_printf(row, STYLE_FAINT, "%s",
				_("fd, kind, role, state, queues; below them local and remote endpoint"));
	else
		put_row(w, &l, NULL, row);
}

void sockets_put_legend(const struct sockets_widths *w, struct view_row *row)
{
	view_row_printf(row, STYLE_FAINT, "%s",
			_("Recv-Q: bytes that wait for a receive; over UDP those of the next datagram; of a welcoming "
			  "socket, the connections that wait for accept(). "
			  "Send-Q: bytes that a send took and the other end's system has not acknowledged."));
	if (w->unseen)
		view_row_printf(row, STYLE_FAINT, " %s: %s.", unseen, _("not looked at yet"));
	if (w->unknown)
		view_row_printf(row, STYLE_FAINT, " %s: %s.", unknown(), _("not offered here"));
}
