#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "ended.h"
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
	if (s->what == STATE_FAILED)
		return s->more ? STYLE_WARNING : STYLE_ERROR;
	if (ended_watched(s) || (s->what == STATE_CLOSED && s->error && !s->one_each))
		return STYLE_WARNING;
	return STYLE_NOTE;
}

static void say_connected(const struct event_state *s, struct view_row *line)
{
	char to[ENDPOINT_TEXT];
	endpoint_format(&s->remote, to);
	if (s->local.family == 0)
		view_row_printf(line, STYLE_NOTE, _("connected to %s"), to);
	else
		view_row_printf(line, STYLE_NOTE, _("connected to %s; the system chose port %u for this end"), to,
				(unsigned)s->local.port);
}

static void say_ready(const struct event_state *s, struct view_row *line)
{
	char to[ENDPOINT_TEXT];
	endpoint_format(&s->remote, to);
	if (s->one_each)
		view_row_printf(line, STYLE_NOTE, _("ready to talk with %s: each sentence gets a socket of its own"),
				to);
	else if (s->bound)
		view_row_printf(line, STYLE_NOTE,
				_("connect() has bound the socket to %s: datagrams of others are not received, "
				  "and refusals are told; nothing was sent"),
				to);
	else
		view_row_printf(line, STYLE_NOTE,
				_("a socket is ready to send to %s; "
				  "UDP makes no connection, and nothing has been sent yet"),
				to);
}

static void say_listening(const struct event_state *s, struct view_row *line)
{
	char at[ENDPOINT_TEXT];
	view_row_printf(line, STYLE_NOTE,
			s->own ? _("your own server listens on %s %s") : _("the server listens on %s %s"),
			protocol_name(s->protocol), endpoint_format(&s->local, at));
}

/* --- Closed --- */

static void say_closed_here(const struct event_state *s, struct view_row *line)
{
	char to[ENDPOINT_TEXT];
	if (s->remote.family == 0)
		view_row_printf(line, STYLE_NOTE, "%s", _("cancelled before any sentence was sent"));
	else if (s->protocol == PROTOCOL_UDP)
		view_row_printf(line, STYLE_NOTE, "%s",
				_("this end closed its socket; over UDP the server is not told"));
	else
		view_row_printf(line, STYLE_NOTE, _("this end closed the connection to %s"),
				endpoint_format(&s->remote, to));
}

static void say_closed_there(const struct event_state *s, struct view_row *line)
{
	if (ended_watched(s))
		view_row_printf(line, STYLE_WARNING, "%s",
				_("the server has ended, or does not let this program watch any longer"));
	else if (ended_own(s))
		view_row_printf(line, STYLE_WARNING, "%s",
				_("your own server ended unexpectedly; the next sentence starts it again"));
	else if (s->one_each)
		view_row_printf(line, STYLE_NOTE, "%s",
				_("this server closes the connection after each reply; "
				  "each sentence gets a connection of its own from now on"));
	else if (words_why(s->error))
		view_row_printf(line, STYLE_WARNING,
				_("the connection ended: %s: %s; the next sentence opens a new one"),
				words_cause(s->error), words_why(s->error));
	else if (s->error)
		view_row_printf(line, STYLE_WARNING, _("the connection ended: %s; the next sentence opens a new one"),
				words_cause(s->error));
	else
		view_row_printf(line, STYLE_NOTE, "%s",
				_("the server closed the connection: recv() returned 0; "
				  "the next sentence opens a new one"));
}

static void say_closed(const struct event_state *s, struct view_row *line)
{
	if (s->by == EVENT_CLIENT && s->error == 0)
		say_closed_here(s, line);
	else
		say_closed_there(s, line);
	if (s->waiting && s->one_each)
		view_row_printf(line, STYLE_NOTE,
				ngettext("; %u sentence that was waiting is sent again",
					 "; %u sentences that were waiting are sent again", s->waiting),
				s->waiting);
	else if (s->waiting)
		view_row_printf(line, STYLE_NOTE,
				ngettext("; %u sentence was waiting for a reply",
					 "; %u sentences were waiting for a reply", s->waiting),
				s->waiting);
}

/* --- Failed --- */

/* What became of looking up a name, by getaddrinfo's code; and what to do about it. */
static void say_lookup_failed(const struct event *e, enum view_style style, struct view_row *line)
{
	char host[WORDS_HOST];
	words_host(e, host);
	switch (e->state.error) {
	case EAI_NONAME:
		view_row_printf(line, style,
				_("the name %s is not known; check how it is written, "
				  "or give an address such as 127.0.0.1"),
				host);
		break;
	case EAI_AGAIN:
		view_row_printf(line, style,
				_("no name server could tell the address of %s; "
				  "check this computer's network, or give an address such as 127.0.0.1"),
				host);
		break;
#ifdef EAI_NODATA
	case EAI_NODATA:
#endif
#ifdef EAI_ADDRFAMILY
	case EAI_ADDRFAMILY:
#endif
	case EAI_FAMILY:
		view_row_printf(line, style,
				_("the name %s has no address of the kind asked for; "
				  "without -4 or -6 any kind will do"),
				host);
		break;
	case EAI_SERVICE:
		view_row_printf(line, style, _("this computer knows no port named %s; give a number such as 12000"),
				host);
		break;
	default:
		view_row_printf(line, style, _("the name %s could not be looked up: %s; the next sentence tries again"),
				host, gai_strerror(e->state.error));
	}
}

static void say_failure(const struct event_state *s, enum view_style style, struct view_row *line)
{
	char to[ENDPOINT_TEXT];
	endpoint_format(&s->remote, to);
	if (ended_own(s))
		view_row_printf(line, style, "%s", _("your own server ended before it was ready"));
	else if (s->own && s->remote.family == 0)
		view_row_printf(line, style, _("your own server could not be started: %s"), words_cause(s->error));
	else if (s->remote.family == 0)
		view_row_printf(line, style, _("no socket could be had: %s"), words_cause(s->error));
	else if (s->error == ECONNREFUSED)
		view_row_printf(line, style, _("nothing listens on %s: connection refused (ECONNREFUSED)"), to);
	else
		view_row_printf(line, style, _("%s cannot be reached: %s"), to, words_cause(s->error));
}

/* The address alone, as a server's -l takes it; "" for none. */
static const char *address_of(const struct endpoint *e, char room[ENDPOINT_TEXT])
{
	size_t bracket = e->family == 6;
	endpoint_format(e, room);
	room[bracket ? strcspn(room, "]") : strcspn(room, ":")] = '\0';
	return room + bracket;
}

/* Without -l it would listen for this computer only, at one address of either kind. */
static void say_start_one(const struct endpoint *e, enum view_style style, struct view_row *line)
{
	char room[ENDPOINT_TEXT];
	const char *at = address_of(e, room);
	if (!*at || strcmp(at, "127.0.0.1") == 0 || strcmp(at, "::1") == 0)
		view_row_printf(line, style, _("; start a server there, for example uproard -p %u"), (unsigned)e->port);
	else
		view_row_printf(line, style, _("; start a server there, for example uproard -l %s -p %u"), at,
				(unsigned)e->port);
}

/* An address of one link alone (RFC 4291): each link may have it, so the system cannot know which one is meant. */
static bool lacks_interface(const struct event_state *s)
{
	const struct endpoint *e = &s->remote;
	bool of_a_link = e->family == 6 && e->address[0] == 0xfe && (e->address[1] & 0xc0) == 0x80;
	return of_a_link && e->scope == 0 && s->error == EINVAL;
}

static void say_failed(const struct event *e, struct view_row *line)
{
	const struct event_state *s = &e->state;
	enum view_style style = words_state_style(e);
	char room[ENDPOINT_TEXT];
	if (s->lookup) {
		say_lookup_failed(e, style, line);
		return;
	}
	say_failure(s, style, line);
	if (s->more)
		view_row_printf(line, style, "; %s", _("trying the next address"));
	else if (s->error == ECONNREFUSED)
		say_start_one(&s->remote, style, line);
	else if (lacks_interface(s))
		view_row_printf(line, style, _("; name the interface, too, such as %s%%eth0"),
				address_of(&s->remote, room));
	else
		view_row_printf(line, style, "; %s", words_remedy(s->error));
}

void words_state(const struct event *e, struct view_row *line)
{
	const struct event_state *s = &e->state;
	char host[WORDS_HOST], to[ENDPOINT_TEXT];
	endpoint_format(&s->remote, to);
	switch (s->what) {
	case STATE_STARTING:
		view_row_printf(line, STYLE_NOTE, "%s", _("starting a server of your own, uproard, on this computer"));
		break;
	case STATE_LOOKUP:
		view_row_printf(line, STYLE_NOTE, _("looking up the address of %s"), words_host(e, host));
		break;
	case STATE_CONNECTING:
		view_row_printf(line, STYLE_NOTE, _("connecting to %s"), to);
		break;
	case STATE_CONNECTED:
		say_connected(s, line);
		break;
	case STATE_READY:
		say_ready(s, line);
		break;
	case STATE_PORT:
		view_row_printf(line, STYLE_NOTE, _("the system chose port %u for this end"), (unsigned)s->local.port);
		break;
	case STATE_HALF_CLOSED:
		view_row_printf(line, STYLE_NOTE, "%s",
				_("this end has sent its end of the stream (shutdown, SHUT_WR): "
				  "the server's recv() returns 0; replies may still come"));
		break;
	case STATE_CLOSED:
		say_closed(s, line);
		break;
	case STATE_FAILED:
		say_failed(e, line);
		break;
	case STATE_LISTENING:
		say_listening(s, line);
		break;
	}
}
