/* The pages about a state, the lab, and what the system says. */
#include <inttypes.h>

#include "inspect.h"

/* --- States --- */

static const char *const meanings[] = {
	[STATE_STARTING] = N_("our own server is being started"),
	[STATE_LOOKUP] = N_("the host's name is being looked up"),
	[STATE_CONNECTING] = N_("this address is being tried"),
	[STATE_CONNECTED] = N_("the TCP connection is made"),
	[STATE_READY] = N_("the UDP socket is made, and nothing has gone anywhere"),
	[STATE_PORT] = N_("the system chose this end's port, at the first send"),
	[STATE_HALF_CLOSED] = N_("this end has ended its stream; replies may still come"),
	[STATE_CLOSED] = N_("the conversation ended"),
	[STATE_FAILED] = N_("it failed; the next sentence tries again"),
	[STATE_LISTENING] = N_("this socket of the server is ready"),
};

static void put_flags(struct inspect *p)
{
	const struct event_state *s = &p->event.state;
	if (s->by)
		inspect_say(p, 0, _("Ended by"), s->by == EVENT_CLIENT ? _("the client") : _("the server"));
	if (s->own)
		inspect_say(p, 0, _("Server"), _("our own, started for this session"));
	if (s->bound)
		inspect_say(p, 0, _("connect()"), _("has bound the UDP socket to this end"));
	if (s->one_each)
		inspect_say(p, 0, _("Habit"),
			    s->what == STATE_READY
				    ? _("each sentence gets a socket of its own")
				    : _("this server closes after each reply; each sentence gets a connection"));
	if (s->waiting)
		inspect_number(p, 0, _("Waiting"), s->waiting);
	if (s->more)
		inspect_number(p, 0, _("Addresses left"), s->more);
}

void inspect_state(struct inspect *p)
{
	const struct event_state *s = &p->event.state;
	char host[WORDS_HOST];
	inspect_space(p);
	inspect_say(p, 0, _("State"), _(meanings[s->what]));
	inspect_say(p, 0, _("Protocol"), s->protocol ? protocol_name(s->protocol) : NULL);
	inspect_say(p, 0, _("Host"), p->event.size ? words_host(&p->event, host) : NULL);
	inspect_endpoint(p, 0, _("This end"), &s->local);
	inspect_endpoint(p, 0, _("Other end"), &s->remote);
	inspect_error(p, 0, s->lookup ? _("Lookup") : "errno", s->error);
	if (s->error && !s->lookup) {
		inspect_say(p, 1, _("means"), words_cause(s->error));
		inspect_say(p, 1, _("behind it"), words_why(s->error));
	}
	put_flags(p);
}

/* --- The lab --- */

static const char *const doings[] = {
	[LAB_SETTINGS] = N_("its settings changed"),
	[LAB_FATE] = N_("a datagram came, and this was decided about it and its reply"),
	[LAB_WAITING] = N_("bytes wait in the server's system, and it does not receive them"),
	[LAB_TOOK] = N_("one receive, limited or after a pause, took these bytes"),
	[LAB_RESET] = N_("a connection was closed with bytes unread: a reset (RST)"),
	[LAB_CLOSED] = N_("a connection was closed in good order (FIN), as the user asked"),
};

static void put_fate(struct inspect *p)
{
	const struct event_lab *l = &p->event.lab;
	bool untouched = !l->request_dropped && !l->reply_dropped && !l->twice && !l->held_back && !l->delay;
	inspect_number(p, 0, _("Datagram"), l->datagram);
	if (l->request_dropped)
		inspect_say(p, 0, _("Request"), _("dropped: as if it had never come"));
	if (l->reply_dropped)
		inspect_say(p, 0, _("Reply"), _("dropped: the request was served, and the reply not sent"));
	if (l->twice)
		inspect_say(p, 0, _("Copies"), _("the reply was sent twice"));
	if (l->held_back)
		inspect_say(p, 0, _("Order"), _("held back, for another reply to overtake it (250 ms at most)"));
	if (l->delay)
		inspect_time(p, 0, _("Delay"), l->delay);
	if (untouched)
		inspect_say(p, 0, _("Fate"), _("the lab let it and its reply pass"));
}

void inspect_lab(struct inspect *p)
{
	const struct event_lab *l = &p->event.lab;
	inspect_space(p);
	inspect_say(p, 0, _("The lab"), _("deliberate trouble, made by the server: no network's doing"));
	inspect_say(p, 0, _("What"), _(doings[l->what]));
	if (l->what == LAB_SETTINGS) {
		if (p->event.size)
			view_row_put(inspect_field(p, 0, _("Settings")), STYLE_TEXT, p->event.data, p->event.size);
		else
			inspect_say(p, 0, _("Settings"), _("none: it is off"));
		return;
	}
	inspect_say(p, 0, _("Protocol"), l->protocol ? protocol_name(l->protocol) : NULL);
	if (l->fd != -1)
		inspect_number(p, 0, _("Socket"), (uint64_t)l->fd);
	inspect_endpoint(p, 0, _("Client"), &l->peer);
	if (l->what == LAB_FATE)
		put_fate(p);
	if (l->what == LAB_FATE || l->what == LAB_WAITING || l->what == LAB_TOOK)
		inspect_bytes(p, 0, _("Bytes"), l->bytes);
	if (l->whole > l->bytes)
		inspect_bytes(p, 0, _("Of a datagram of"), l->whole);
	inspect_data(p, _("Payload"), p->event.size ? l->bytes : 0);
}

/* --- What the system says --- */

static const char *const whys[] = {
	[KERNEL_SAMPLE] = N_("it was asked"),
	[KERNEL_SILENCE] = N_("a sentence was sent, and for a while nothing has come"),
	[KERNEL_DROPS] = N_("this end's receive queue was too full for some datagrams"),
};

/* As Linux numbers them. */
static const char *const states[KERNEL_STATES] = {
	[0] = "",
	[1] = N_("both directions are open"),
	[2] = N_("SYN is sent, the answer is awaited"),
	[3] = N_("SYN has come and is answered, the last ACK is awaited"),
	[4] = N_("this end has ended its stream, and that is not acknowledged yet"),
	[5] = N_("this end has ended its stream, the other end has not"),
	[6] = N_("both have ended; the system remembers it for a while, lest late segments disturb a new connection"),
	[7] = N_("there is no connection"),
	[8] = N_("the other end has ended its stream, this end has not"),
	[9] = N_("both have ended their streams, and this end's is not acknowledged yet"),
	[10] = N_("a welcoming socket, which waits for clients"),
	[11] = N_("both have ended their streams at the same time"),
};

static void put_state(struct inspect *p)
{
	const struct event_kernel *k = &p->event.kernel;
	const char *name = kernel_state_name(k->state);
	view_row_printf(inspect_field(p, 0, _("State")), STYLE_TEXT, "%s%s%s", name, *name ? ": " : "",
			*name ? _(states[k->state]) : _("not known"));
	inspect_time(p, 0, _("Round trip"), k->rtt);
	inspect_time(p, 0, _("its variation"), k->rtt_variation);
	view_row_printf(inspect_field(p, 0, _("Window")), STYLE_TEXT,
			ngettext("%u segment may be under way (congestion window)",
				 "%u segments may be under way (congestion window)", k->congestion_window),
			k->congestion_window);
	view_row_printf(inspect_field(p, 0, _("Sent again")), STYLE_TEXT,
			ngettext("%u segment", "%u segments", k->retransmissions), k->retransmissions);
}

static void put_tcp(struct inspect *p)
{
	const struct event_kernel *k = &p->event.kernel;
	if (k->offered & KERNEL_TCP)
		put_state(p);
	else
		inspect_say(p, 0, _("State"), _("not offered here"));
	if (k->offered & KERNEL_UNSENT) {
		inspect_bytes(p, 0, _("Unacknowledged"), k->unacknowledged);
		inspect_bytes(p, 0, _("of these unsent"), k->unsent);
	} else {
		inspect_say(p, 0, _("Unacknowledged"), _("not offered here"));
	}
}

void inspect_kernel(struct inspect *p)
{
	const struct event_kernel *k = &p->event.kernel;
	inspect_space(p);
	inspect_say(p, 0, _("Why"), _(whys[k->why]));
	view_row_printf(inspect_field(p, 0, _("Socket")), STYLE_TEXT, "%d, %s", k->fd, protocol_name(k->protocol));
	inspect_endpoint(p, 0, _("This end"), &k->local);
	inspect_endpoint(p, 0, _("Other end"), &k->remote);
	if (k->protocol == PROTOCOL_TCP)
		put_tcp(p);
	if (k->offered & KERNEL_UNREAD && k->state == KERNEL_LISTEN)
		view_row_printf(inspect_field(p, 0, _("Queue")), STYLE_TEXT,
				ngettext("%" PRIu64 " connection, which waits for accept()",
					 "%" PRIu64 " connections, which wait for accept()", k->unread),
				k->unread);
	else if (k->offered & KERNEL_UNREAD)
		inspect_bytes(p, 0, _("Unread"), k->unread);
	else
		inspect_say(p, 0, _("Unread"), _("not offered here"));
	if (k->offered & KERNEL_DROPPED || k->why == KERNEL_DROPS)
		view_row_printf(inspect_field(p, 0, _("Dropped")), STYLE_TEXT,
				ngettext("%" PRIu64 " datagram, for want of room",
					 "%" PRIu64 " datagrams, for want of room", k->dropped),
				k->dropped);
	if (k->why == KERNEL_SILENCE) {
		inspect_bytes(p, 0, _("Taken by send()"), k->taken);
		inspect_time(p, 0, _("Silent for"), k->waited);
	}
}
