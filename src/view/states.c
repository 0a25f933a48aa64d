#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "words.h"

const char *words_host(const struct event *e, char out[WORDS_HOST])
{
	size_t n = e->size < WORDS_HOST ? e->size : WORDS_HOST - 1;
	if (n)
		memcpy(out, e->data, n);
	out[n] = '\0';
	return out;
}

enum view_style words_state_style(const struct event *e)
{
	const struct event_state *s = &e->state;
	if (s->step == STEP_FAILED)
		return s->more ? STYLE_WARNING : STYLE_ERROR;
	if (s->step == STEP_CLOSED && s->error)
		return STYLE_WARNING;
	return STYLE_NOTE;
}

static int say_idle(const struct event_state *s, struct view_row *line)
{
	if (s->protocol == PROTOCOL_TCP)
		return view_row_printf(line, STYLE_NOTE, _("not connected; the next sentence makes a connection"));
	return view_row_printf(line, STYLE_NOTE, _("no socket is open; the next sentence makes one"));
}

static int say_connected(const struct event_state *s, struct view_row *line)
{
	char to[ENDPOINT_TEXT];
	endpoint_format(&s->remote, to);
	if (s->local.family == 0)
		return view_row_printf(line, STYLE_NOTE, _("connected to %s"), to);
	return view_row_printf(line, STYLE_NOTE, _("connected to %s; the system chose port %u for this end"), to,
			       (unsigned)s->local.port);
}

static int say_listening(const struct event_state *s, struct view_row *line)
{
	char at[ENDPOINT_TEXT];
	endpoint_format(&s->local, at);
	if (s->own)
		return view_row_printf(line, STYLE_NOTE, _("your own server listens on %s %s"),
				       protocol_name(s->protocol), at);
	return view_row_printf(line, STYLE_NOTE, _("the server listens on %s %s"), protocol_name(s->protocol), at);
}

/* The sentences that were waiting when a connection ended. */
static int say_waiting(const struct event_state *s, struct view_row *line)
{
	if (s->waiting == 0)
		return 0;
	if (s->one_each)
		return view_row_printf(line, STYLE_NOTE,
				       ngettext("; %u sentence that was waiting is sent again",
						"; %u sentences that were waiting are sent again", s->waiting),
				       s->waiting);
	return view_row_printf(line, STYLE_NOTE,
			       ngettext("; %u sentence was waiting for a reply",
					"; %u sentences were waiting for a reply", s->waiting),
			       s->waiting);
}

static int say_closed_here(const struct event_state *s, struct view_row *line)
{
	char to[ENDPOINT_TEXT];
	if (s->remote.family == 0)
		return view_row_printf(line, STYLE_NOTE, "%s", _("cancelled; nothing had been sent anywhere"));
	if (s->protocol == PROTOCOL_UDP)
		return view_row_printf(line, STYLE_NOTE, "%s",
				       _("this end closed its socket; over UDP the server is not told"));
	return view_row_printf(line, STYLE_NOTE, _("this end closed the connection to %s"),
			       endpoint_format(&s->remote, to));
}

static int say_closed_there(const struct event_state *s, struct view_row *line)
{
	if (s->error == ECHILD)
		return view_row_printf(line, STYLE_WARNING, "%s",
				       _("your own server ended unexpectedly; the next sentence starts it again"));
	if (s->error)
		return view_row_printf(line, STYLE_WARNING,
				       _("the connection ended: %s; the next sentence opens a new one"),
				       words_cause(s->error));
	if (s->one_each)
		return view_row_printf(line, STYLE_NOTE, "%s",
				       _("this server closes the connection after each reply; "
					 "each sentence gets a connection of its own from now on"));
	return view_row_printf(line, STYLE_NOTE, "%s",
			       _("the server closed the connection; the next sentence opens a new one"));
}

static int say_closed(const struct event_state *s, struct view_row *line)
{
	bool here = s->by == EVENT_CLIENT && s->error == 0;
	if ((here ? say_closed_here(s, line) : say_closed_there(s, line)) == -1)
		return -1;
	return say_waiting(s, line);
}

/* What became of looking up a name, by getaddrinfo's code; and what to do about it. */
static int say_lookup_failed(const struct event *e, enum view_style style, struct view_row *line)
{
	char host[WORDS_HOST];
	words_host(e, host);
	switch (e->state.error) {
	case EAI_NONAME:
		return view_row_printf(line, style,
				       _("the name %s is not known; check how it is written, "
					 "or give an address such as 127.0.0.1"),
				       host);
	case EAI_AGAIN:
		return view_row_printf(line, style,
				       _("no name server could tell the address of %s; "
					 "check this computer's network, or give an address such as 127.0.0.1"),
				       host);
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
	case EAI_FAMILY:
		return view_row_printf(line, style,
				       _("the name %s has no address of the kind asked for; "
					 "without -4 or -6 any kind will do"),
				       host);
	case EAI_SERVICE:
		return view_row_printf(line, style, _("the port for %s is not known; give a number such as 12000"),
				       host);
	case EAI_CANCELED:
		return view_row_printf(line, style,
				       _("looking up the name %s was cancelled; the next sentence tries again"), host);
	default:
		return view_row_printf(line, style,
				       _("the name %s could not be looked up: %s; the next sentence tries again"), host,
				       gai_strerror(e->state.error));
	}
}

static int say_failure(const struct event_state *s, enum view_style style, struct view_row *line)
{
	char to[ENDPOINT_TEXT];
	endpoint_format(&s->remote, to);
	if (s->own && s->remote.family == 0)
		return s->error == ECHILD
			       ? view_row_printf(line, style, "%s", _("your own server ended before it was ready"))
			       : view_row_printf(line, style, _("your own server could not be started: %s"),
						 words_cause(s->error));
	if (s->remote.family == 0)
		return view_row_printf(line, style, _("no socket could be had: %s"), words_cause(s->error));
	if (s->error == ECONNREFUSED)
		return view_row_printf(line, style, _("nothing listens on %s: connection refused"), to);
	return view_row_printf(line, style, _("%s cannot be reached: %s"), to, words_cause(s->error));
}

static int say_failed(const struct event *e, struct view_row *line)
{
	const struct event_state *s = &e->state;
	enum view_style style = words_state_style(e);
	if (s->lookup)
		return say_lookup_failed(e, style, line);
	if (say_failure(s, style, line) == -1)
		return -1;
	const char *next = s->more ? _("trying the next address") : words_remedy(s->error);
	return view_row_printf(line, style, "; %s", next);
}

int words_state(const struct event *e, struct view_row *line)
{
	const struct event_state *s = &e->state;
	char host[WORDS_HOST], to[ENDPOINT_TEXT];
	endpoint_format(&s->remote, to);
	switch (s->step) {
	case STEP_IDLE:
		return say_idle(s, line);
	case STEP_STARTING:
		return view_row_printf(line, STYLE_NOTE, _("starting a server of your own, uproard, on this computer"));
	case STEP_LOOKUP:
		return view_row_printf(line, STYLE_NOTE, _("looking up the address of %s"), words_host(e, host));
	case STEP_CONNECTING:
		return view_row_printf(line, STYLE_NOTE, _("connecting to %s"), to);
	case STEP_CONNECTED:
		return say_connected(s, line);
	case STEP_READY:
		return view_row_printf(line, STYLE_NOTE,
				       _("a socket is ready to send to %s; UDP makes no connection, and nothing has "
					 "been sent yet"),
				       to);
	case STEP_PORT:
		return view_row_printf(line, STYLE_NOTE, _("the system chose port %u for this end"),
				       (unsigned)s->local.port);
	case STEP_CLOSED:
		return say_closed(s, line);
	case STEP_FAILED:
		return say_failed(e, line);
	case STEP_LISTENING:
		return say_listening(s, line);
	}
	return 0;
}
