/*
 * What the network can be asked for besides talking: how this end and our own server behave.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <uproar/sock.h>

#include "link_private.h"

enum { WORDS = 256 }; /* bytes of a note */

/* --- This end --- */

void link_set_timeouts(struct link *l)
{
	if (!l->session)
		return;
	session_set_timeout(l->session, l->stepped ? CLOCK_NEVER : l->timeout[l->protocol]);
	link_set_timer(l);
}

void link_set_timeout(struct link *l, uint64_t timeout)
{
	l->timeout[PROTOCOL_TCP] = l->timeout[PROTOCOL_UDP] = timeout;
	link_set_timeouts(l);
}

void link_behave(struct link *l, const struct network_habits *habits)
{
	l->habits = *habits;
	transport_behave(l->transport);
	if (l->stage != STAGE_NOWHERE)
		link_pump(l);
}

void link_shutdown(struct link *l)
{
	if (l->protocol == PROTOCOL_UDP) {
		link_note(l, NOTE_INFO,
			  _("UDP has no connection, and so no end of it to send: a datagram stands for itself."));
	} else if (l->textbook) {
		link_note(l, NOTE_INFO, _("The book's client sends no end of its own before it closes its socket."));
	} else if (l->stage != STAGE_OPEN) {
		link_note(l, NOTE_INFO, _("There is no connection whose end could be sent: say something first."));
	} else if (l->transport->end != END_FAR) {
		link_note(l, NOTE_INFO, _("This end has said already that it sends no more."));
	} else {
		transport_shutdown(l->transport);
		link_pump(l);
	}
}

void link_extra_clients(struct link *l, unsigned count)
{
	const struct endpoint *server = l->host ? &l->remote : own_endpoint(&l->own, PROTOCOL_TCP);
	if (l->protocol == PROTOCOL_UDP)
		link_note(l, NOTE_INFO,
			  _("UDP has no connections, and so no queue of clients: one socket serves them all."));
	else if (count > 0 && (l->stage == STAGE_STARTING || l->stage == STAGE_LOOKING_UP))
		l->clients_wanted = count;
	else if (count > 0 && (!server || !server->family))
		link_note(l, NOTE_INFO, _("There is no server yet to connect to: say something first."));
	else if (count > 0)
		extra_open(&l->extra, server, count);
	extra_close(&l->extra, count);
}

void link_watch(struct link *l, bool on)
{
	watch_turn(&l->watch, on);
	if (l->stage != STAGE_NOWHERE)
		link_set_timer(l);
}

void link_textbook(struct link *l, bool on)
{
	if (on == l->textbook)
		return;
	l->textbook = on;
	link_note(l, NOTE_INFO,
		  on ? _("Each sentence gets a socket of its own now, and every call blocks, as in the book's client.")
		     : _("One socket is kept for all sentences now, and no call blocks."));
	link_restart(l);
}

/* --- Our own server --- */

static void own_not_told(struct link *l)
{
	char words[WORDS];
	snprintf(words, sizeof words, _("Your own server could not be told: %s; try again."), strerror(errno));
	link_note(l, NOTE_ERROR, words);
}

void link_lab(struct link *l, const char *spec)
{
	if (l->host)
		link_note(l, NOTE_INFO,
			  _("The lab is in your own server: talk with it by /connect. A server elsewhere has its own: "
			    "uproard --lab."));
	else if (own_command(&l->own, spec) == -1)
		own_not_told(l);
	else if (!l->own.child)
		link_note(l, NOTE_INFO, _("Your own server does not run yet; it will be told when it starts."));
}

void link_server_model(struct link *l, const char *model, const char *address)
{
	if (own_set_model(&l->own, model, address) == -1)
		own_not_told(l);
	else if (l->host)
		link_note(l, NOTE_INFO, _("That is how your own server will serve; this one is elsewhere."));
	else
		link_restart(l);
}

void link_step(struct link *l, unsigned sides)
{
	own_step(&l->own, sides & NETWORK_SERVER);
	l->stepped = sides;
	link_set_timeouts(l);
}

void link_sockets(struct link *l)
{
	if (!l->host)
		own_sockets(&l->own);
}
