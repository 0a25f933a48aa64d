#include "sockets.h"

#include <stdlib.h>

#include "calls.h"
#include "ended.h"
#include "inspect_rows.h"

enum {
	SOCKETS_CLOSED = 4,           /* of each side: so many that were closed last stay */
	SOCKETS_CONVERSATIONS = 1000, /* the newest, among which clients are counted */
	SOCKETS_CLIENTS = 64,         /* of a datagram socket, so many are listed: the newest */
};

enum line_kind {
	LINE_SIDE,
	LINE_TITLES,
	LINE_SOCKET,
	LINE_APART,
	LINE_WELCOMING,
	LINE_TOGETHER,
	LINE_LEFT_OUT,
	LINE_LEGEND,
	LINE_EMPTY,
	LINE_SPACE
};

struct sockets_line {
	enum line_kind kind;
	enum event_who who;
	struct sockets_entry entry; /* SOCKET */
	size_t count;               /* APART, WELCOMING: such sockets on one port; TOGETHER: clients of one socket */
	size_t welcoming, places;   /* APART, WELCOMING: of the welcoming ones, how many, and at how many addresses */
	uint16_t port;              /* APART, WELCOMING */
};

/* What the system last said of a socket's number, whichever socket that was. */
struct sample {
	enum event_who who;
	uint64_t index; /* of the log */
	struct event_kernel kernel;
};

/* The table is made anew whenever the log has grown. Its lines get new numbers unless they are the same as before. */
struct sockets {
	const struct log *log;
	const struct flow *flow;
	uint64_t taken; /* the log's index of the next event to look at */
	struct ring samples;
	bool stale;    /* the table is older than what was taken in */
	bool left_out; /* events of the server were */
	bool ended;    /* the server that was watched is no more, and its sockets are as they were last seen */
	struct ring lines;
	uint64_t first;
	struct sockets_widths widths;
};

struct sockets *sockets_new(const struct log *l, const struct flow *f)
{
	struct sockets *s = malloc(sizeof *s);
	if (s)
		*s = (struct sockets){
			.log = l,
			.flow = f,
			.stale = true,
			.samples = RING_OF(struct sample),
			.lines = RING_OF(struct sockets_line),
		};
	return s;
}

void sockets_free(struct sockets *s)
{
	if (!s)
		return;
	ring_free(&s->samples);
	ring_free(&s->lines);
	free(s);
}

/* --- What the system said --- */

static struct sample *sample_of(const struct sockets *s, enum event_who who, int fd)
{
	for (size_t i = 0; i < s->samples.count; i++) {
		struct sample *sample = ring_at(&s->samples, i);
		if (sample->who == who && sample->kernel.fd == fd)
			return sample;
	}
	return NULL;
}

static int take(struct sockets *s, uint64_t index)
{
	const struct event *e = log_at(s->log, index);
	s->ended |= e->kind == EVENT_STATE && e->who == EVENT_CLIENT && ended_watched(&e->state);
	if (e->kind != EVENT_KERNEL)
		return 0;
	struct sample *sample = sample_of(s, e->who, e->kernel.fd);
	if (!sample && !(sample = ring_push(&s->samples)))
		return -1;
	*sample = (struct sample){.who = e->who, .index = index, .kernel = e->kernel};
	return 0;
}

/* A socket that was bound to all addresses has one of them once it has a connection. */
static bool agree(const struct endpoint *a, const struct endpoint *b)
{
	if (a->family == 0 || b->family == 0 || ((endpoint_is_any(a) || endpoint_is_any(b)) && a->port == b->port))
		return true;
	return endpoint_equal(a, b);
}

static struct sockets_entry entry_of(const struct sockets *s, const struct flow_socket *socket)
{
	struct sockets_entry entry = {.socket = *socket};
	const struct sample *sample = sample_of(s, socket->who, socket->fd);
	if (sample && sample->index >= socket->opened && sample->kernel.protocol == socket->protocol &&
	    agree(&sample->kernel.local, &socket->local) && (socket->open || sample->index < socket->closed))
		entry.kernel = sample->kernel;
	return entry;
}

/* --- The table --- */

static int add(struct ring *lines, struct sockets_line line)
{
	struct sockets_line *l = ring_push(lines);
	if (!l)
		return -1;
	*l = line;
	return 0;
}

/* The log's index from which on what was closed stays. */
static uint64_t closed_since(const struct sockets *s, enum event_who who)
{
	uint64_t last[SOCKETS_CLOSED] = {0}; /* falling */
	for (size_t i = 0; i < flow_sockets(s->flow); i++) {
		const struct flow_socket *socket = flow_socket(s->flow, i);
		if (socket->who != who || socket->open || socket->gone || socket->role == FLOW_CHANNEL)
			continue;
		uint64_t closed = socket->closed;
		for (size_t j = 0; j < SOCKETS_CLOSED; j++)
			if (closed > last[j]) {
				uint64_t earlier = last[j];
				last[j] = closed;
				closed = earlier;
			}
	}
	return last[SOCKETS_CLOSED - 1];
}

/* The clients of a datagram socket of the server's, from the newest on, each as its conversation; stops at 0. */
static uint32_t client_before(const struct flow *f, size_t socket, uint32_t n)
{
	uint32_t newest = flow_conversations(f);
	while (n-- > 1 && newest - n < SOCKETS_CONVERSATIONS) {
		const struct flow_conversation *c = flow_conversation(f, n);
		if (c->protocol == PROTOCOL_UDP && c->server_socket == socket)
			return n;
	}
	return 0;
}

static size_t clients_of(const struct flow *f, size_t socket)
{
	size_t count = 0;
	for (uint32_t n = flow_conversations(f) + 1; (n = client_before(f, socket, n)) > 0;)
		count++;
	return count;
}

size_t sockets_clients(const struct flow *f)
{
	size_t count = 0;
	for (size_t i = 0; i < flow_sockets(f); i++) {
		const struct flow_socket *s = flow_socket(f, i);
		if (s->who != EVENT_SERVER || !s->open)
			continue;
		count += s->role == FLOW_CONNECTION ? 1 : s->protocol == PROTOCOL_UDP ? clients_of(f, i) : 0;
	}
	return count;
}

/* Those that have no socket in the table themselves. */
static int add_clients(const struct sockets *s, size_t socket, struct ring *lines)
{
	size_t count = 0;
	struct sockets_line line = {.kind = LINE_SOCKET, .who = EVENT_SERVER};
	for (uint32_t n = flow_conversations(s->flow) + 1;
	     count < SOCKETS_CLIENTS && (n = client_before(s->flow, socket, n)) > 0;) {
		const struct flow_conversation *c = flow_conversation(s->flow, n);
		if (c->client_socket != SIZE_MAX)
			continue;
		line.entry = (struct sockets_entry){.socket = *flow_socket(s->flow, socket), .client = true};
		line.entry.socket.remote = c->client;
		line.entry.socket.opened = c->first;
		if (add(lines, line) == -1)
			return -1;
		count++;
	}
	return 0;
}

static bool is_listed(const struct flow_socket *s, enum event_who who, uint64_t since)
{
	return s->who == who && s->role != FLOW_CHANNEL && !s->gone && (s->open || s->closed >= since);
}

static int add_heading(enum event_who who, struct ring *lines)
{
	bool apart = lines->count > 0;
	return (apart && add(lines, (struct sockets_line){.kind = LINE_SPACE}) == -1) ||
			       add(lines, (struct sockets_line){.kind = LINE_SIDE, .who = who}) == -1 ||
			       add(lines, (struct sockets_line){.kind = LINE_TITLES, .who = who}) == -1
		       ? -1
		       : 0;
}

static int add_socket(const struct sockets *s, size_t i, struct ring *lines)
{
	const struct flow_socket *socket = flow_socket(s->flow, i);
	struct sockets_line line = {.kind = LINE_SOCKET, .who = socket->who, .entry = entry_of(s, socket)};
	if (add(lines, line) == -1)
		return -1;
	bool serves = socket->who == EVENT_SERVER && socket->open && socket->protocol == PROTOCOL_UDP;
	return serves ? add_clients(s, i, lines) : 0;
}

static int add_side(const struct sockets *s, enum event_who who, struct ring *lines)
{
	uint64_t since = closed_since(s, who);
	size_t before = lines->count;
	for (size_t i = 0; i < flow_sockets(s->flow); i++) {
		if (!is_listed(flow_socket(s->flow, i), who, since))
			continue;
		if ((lines->count == before && add_heading(who, lines) == -1) || add_socket(s, i, lines) == -1)
			return -1;
	}
	return 0;
}

static bool listed_open(const struct sockets_line *l, enum protocol p)
{
	const struct flow_socket *s = &l->entry.socket;
	return l->kind == LINE_SOCKET && l->who == EVENT_SERVER && s->open && s->protocol == p;
}

/* The server's welcoming sockets among the first lines that have this local endpoint. */
static size_t welcoming_at(const struct ring *lines, size_t first, const struct endpoint *local)
{
	size_t n = 0;
	for (size_t i = 0; i < first; i++) {
		const struct sockets_line *l = ring_at(lines, i);
		n += listed_open(l, PROTOCOL_TCP) && l->entry.socket.role == FLOW_WELCOMING &&
		     endpoint_equal(sockets_local(&l->entry), local);
	}
	return n;
}

/* The server's TCP sockets on this port. */
static struct sockets_line on_port(const struct ring *lines, uint16_t port)
{
	struct sockets_line those = {.kind = LINE_APART, .port = port};
	for (size_t i = 0; i < lines->count; i++) {
		const struct sockets_line *l = ring_at(lines, i);
		const struct endpoint *local = sockets_local(&l->entry);
		if (!listed_open(l, PROTOCOL_TCP) || local->port != port)
			continue;
		bool welcoming = l->entry.socket.role == FLOW_WELCOMING;
		those.count++;
		those.welcoming += welcoming;
		those.places += welcoming && welcoming_at(lines, i, local) == 0;
	}
	return those;
}

static struct sockets_line most_on_a_port(const struct ring *lines)
{
	struct sockets_line most = {.kind = LINE_APART};
	for (size_t i = 0; i < lines->count; i++) {
		const struct sockets_line *l = ring_at(lines, i);
		uint16_t port = listed_open(l, PROTOCOL_TCP) ? sockets_local(&l->entry)->port : 0;
		if (port == 0 || port == most.port)
			continue;
		struct sockets_line those = on_port(lines, port);
		if (those.count > most.count)
			most = those;
	}
	return most;
}

static int add_apart(struct ring *lines)
{
	struct sockets_line apart = most_on_a_port(lines), welcoming = apart;
	welcoming.kind = LINE_WELCOMING;
	bool connected = apart.count > 1 && apart.count > apart.welcoming;
	return (connected && add(lines, apart) == -1) || (apart.welcoming > 1 && add(lines, welcoming) == -1) ? -1 : 0;
}

static struct sockets_line most_clients(const struct flow *f)
{
	struct sockets_line most = {.kind = LINE_TOGETHER};
	for (size_t i = 0; i < flow_sockets(f); i++) {
		const struct flow_socket *s = flow_socket(f, i);
		size_t n = s->who == EVENT_SERVER && s->open && s->protocol == PROTOCOL_UDP ? clients_of(f, i) : 0;
		if (n > most.count)
			most.count = n;
	}
	return most;
}

static int add_notes(const struct sockets *s, struct ring *lines)
{
	struct sockets_line together = most_clients(s->flow);
	if (lines->count == 0)
		return add(lines, (struct sockets_line){.kind = LINE_EMPTY});
	if (add(lines, (struct sockets_line){.kind = LINE_SPACE}) == -1 ||
	    (s->left_out && add(lines, (struct sockets_line){.kind = LINE_LEFT_OUT}) == -1) || add_apart(lines) == -1 ||
	    (together.count > 1 && add(lines, together) == -1))
		return -1;
	return add(lines, (struct sockets_line){.kind = LINE_LEGEND});
}

/* Whether the lines that both have are the same ones. */
static bool alike(const struct ring *a, const struct ring *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		const struct sockets_line *x = ring_at(a, i), *y = ring_at(b, i);
		if (x->kind != y->kind || x->who != y->who || x->entry.socket.opened != y->entry.socket.opened)
			return false;
	}
	return true;
}

static int remake(struct sockets *s)
{
	struct ring lines = RING_OF(struct sockets_line);
	if (add_side(s, EVENT_CLIENT, &lines) == -1 || add_side(s, EVENT_SERVER, &lines) == -1 ||
	    add_notes(s, &lines) == -1) {
		ring_free(&lines);
		return -1;
	}
	if (!alike(&s->lines, &lines))
		s->first += s->lines.count;
	ring_free(&s->lines);
	s->lines = lines;
	sockets_measure_titles(&s->widths);
	for (size_t i = 0; i < lines.count; i++) {
		const struct sockets_line *l = ring_at(&lines, i);
		if (l->kind == LINE_SOCKET)
			sockets_measure(&s->widths, &l->entry);
	}
	return s->widths.failed ? -1 : 0;
}

static int update(void *view)
{
	struct sockets *s = view;
	if (s->taken < log_first(s->log))
		s->taken = log_first(s->log);
	for (; s->taken < flow_end(s->flow); s->taken++, s->stale = true)
		if (take(s, s->taken) == -1)
			return -1;
	s->left_out = flow_lacks(s->flow, EVENT_SERVER);
	if (s->stale && remake(s) == -1)
		return -1;
	s->stale = false;
	return 0;
}

/* --- Lines --- */

static uint64_t first(void *view)
{
	const struct sockets *s = view;
	return s->first;
}

static uint64_t end(void *view)
{
	const struct sockets *s = view;
	return s->first + s->lines.count;
}

static const struct sockets_line *line_at(const struct sockets *s, uint64_t number)
{
	return ring_at(&s->lines, (size_t)(number - s->first));
}

static void put_apart(struct view_row *row, const struct sockets_line *l)
{
	unsigned port = l->port;
	if (l->welcoming > 1)
		view_row_printf(row, STYLE_NOTE,
				_("%zu TCP sockets of the server are on port %u: "
				  "what tells a connection from all others is the remote endpoint."),
				l->count, port);
	else
		view_row_printf(row, STYLE_NOTE,
				_("%zu TCP sockets of the server are on port %u: "
				  "what tells them apart is the remote endpoint."),
				l->count, port);
}

static void put_welcoming(struct view_row *row, const struct sockets_line *l)
{
	unsigned port = l->port;
	if (l->places == l->welcoming)
		view_row_printf(row, STYLE_NOTE,
				_("%zu welcoming sockets of the server are on port %u: "
				  "what tells them apart is the local address."),
				l->welcoming, port);
	else if (l->places == 1)
		view_row_printf(row, STYLE_NOTE,
				_("%zu welcoming sockets of the server are on port %u, at the same address "
				  "(SO_REUSEPORT): the system shares new connections out among them."),
				l->welcoming, port);
	else
		view_row_printf(row, STYLE_NOTE,
				_("%zu welcoming sockets of the server are on port %u, at %zu addresses: among those "
				  "at the same one (SO_REUSEPORT) the system shares new connections out."),
				l->welcoming, port, l->places);
}

static void put_together(struct view_row *row, const struct sockets_line *l)
{
	view_row_printf(row, STYLE_NOTE,
			ngettext("One UDP socket of the server serves %zu client: each datagram says whom it is from.",
				 "One UDP socket of the server serves %zu clients: each datagram says whom it is from.",
				 l->count),
			l->count);
}

static void line(void *view, uint64_t number, unsigned width, struct view_row *row, unsigned *indent)
{
	const struct sockets *s = view;
	const struct sockets_line *l = line_at(s, number);
	*indent = INSPECT_INDENT;
	switch (l->kind) {
	case LINE_SIDE:
		calls_put_side(row, l->who);
		if (l->who == EVENT_SERVER && s->ended)
			view_row_printf(row, STYLE_WARNING, "  %s", _("as last seen, before it ended"));
		break;
	case LINE_TITLES:
		sockets_put_titles(&s->widths, width, row);
		break;
	case LINE_SOCKET:
		sockets_put(&s->widths, &l->entry, width, row);
		break;
	case LINE_APART:
		put_apart(row, l);
		break;
	case LINE_WELCOMING:
		put_welcoming(row, l);
		break;
	case LINE_TOGETHER:
		put_together(row, l);
		break;
	case LINE_LEFT_OUT:
		view_row_printf(row, STYLE_WARNING, "%s",
				_("Events of the server were left out: sockets may be missing here, or be closed by "
				  "now, and figures be too small."));
		break;
	case LINE_LEGEND:
		sockets_put_legend(&s->widths, row);
		break;
	case LINE_EMPTY:
		view_row_printf(row, STYLE_FAINT, "%s", _("No socket has been opened yet."));
		break;
	case LINE_SPACE:
		break;
	}
}

/* A socket's line tells of the call that opened it, or of the sample that first told of it. */
static uint64_t event(void *view, uint64_t number)
{
	const struct sockets *s = view;
	const struct sockets_line *l = line_at(s, number);
	bool known = l->kind == LINE_SOCKET && l->entry.socket.opened >= log_first(s->log);
	return known ? l->entry.socket.opened : PAGER_NONE;
}

const struct pager_lines sockets_lines = {update, first, end, line, event};
