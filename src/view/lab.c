#include <string.h>

#include "words.h"

/*
 * What a receive took, where a newline is news: it is what ends a sentence. Of what is not all at hand a glimpse will
 * do.
 */
static void put_taken(const struct event *e, struct view_row *line)
{
	bool all = e->size >= e->lab.bytes;
	const char *s = e->data, *end = s + (all || e->size < WORDS_GLIMPSE ? e->size : WORDS_GLIMPSE);
	while (s < end) {
		const char *newline = memchr(s, '\n', (size_t)(end - s));
		const char *stop = newline ? newline : end;
		view_row_put(line, STYLE_LAB, s, (size_t)(stop - s));
		if (newline)
			row_append(line, STYLE_ESCAPE, "\\n", 2, 2);
		s = newline ? newline + 1 : end;
	}
	if (!all)
		view_row_printf(line, STYLE_FAINT, "%s", words_ellipsis());
}

static void say_took(const struct event *e, struct view_row *line)
{
	const struct event_lab *l = &e->lab;
	char bytes[WORDS_NUMBER], whole[WORDS_NUMBER];
	bool cut = l->whole > l->bytes;
	words_bytes(l->bytes, bytes);
	if (l->protocol == PROTOCOL_TCP)
		view_row_printf(line, STYLE_LAB, _("the server's recv() took %s"), bytes);
	else if (cut)
		view_row_printf(line, STYLE_LAB, _("the server's recvfrom() took %zu of %s"), (size_t)l->bytes,
				words_bytes(l->whole, whole));
	else
		view_row_printf(line, STYLE_LAB, _("the server's recvfrom() took %s"), bytes);
	if (e->size) {
		view_row_printf(line, STYLE_LAB, ": ");
		put_taken(e, line);
	}
	if (cut)
		view_row_printf(line, STYLE_LAB, "; %s", _("the rest of the datagram is lost (MSG_TRUNC)"));
}

static void say_waiting(const struct event_lab *l, struct view_row *line)
{
	size_t n = (size_t)l->bytes;
	if (l->protocol == PROTOCOL_TCP)
		view_row_printf(line, STYLE_LAB,
				ngettext("%zu byte waits at the server (FIONREAD), and it does not receive it",
					 "%zu bytes wait at the server (FIONREAD), and it does not receive them", n),
				n);
	else
		view_row_printf(line, STYLE_LAB,
				ngettext("%zu byte waits at the server (FIONREAD, which over UDP tells of "
					 "the next datagram only), and it does not receive it",
					 "%zu bytes wait at the server (FIONREAD, which over UDP tells of "
					 "the next datagram only), and it does not receive them",
					 n),
				n);
}

void words_lab(const struct event *e, struct view_row *line)
{
	const struct event_lab *l = &e->lab;
	char peer[ENDPOINT_TEXT];
	view_row_printf(line, STYLE_LAB, "%s", _("lab: "));
	switch (l->what) {
	case LAB_SETTINGS:
		if (e->size)
			view_row_put(line, STYLE_LAB, e->data, e->size);
		else
			view_row_printf(line, STYLE_LAB, "%s", _("off"));
		break;
	case LAB_TOOK:
		say_took(e, line);
		break;
	case LAB_WAITING:
		say_waiting(l, line);
		break;
	case LAB_RESET:
		view_row_printf(line, STYLE_LAB,
				_("the server closed the connection of %s with bytes unread: "
				  "a reset (RST), not an end in good order"),
				endpoint_format(&l->peer, peer));
		break;
	case LAB_CLOSED:
		view_row_printf(line, STYLE_LAB, _("the server closed the connection of %s in good order (FIN)"),
				endpoint_format(&l->peer, peer));
		break;
	case LAB_FATE: /* a secret: see view_reveal() */
		break;
	}
}
