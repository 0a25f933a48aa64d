#include "words.h"

/* Where the bytes are that nobody has answered, as far as this end's system knows. */
static void say_where(const struct event_kernel *k, struct view_row *line)
{
	char bytes[WORDS_NUMBER];
	view_row_printf(line, STYLE_NOTE, ": ");
	if (k->unacknowledged == 0)
		view_row_printf(line, STYLE_NOTE, "%s",
				_("they wait at the other end, received or not (SIOCOUTQ is 0)"));
	else if (k->unacknowledged >= k->taken)
		view_row_printf(line, STYLE_NOTE, "%s", _("this end's system still keeps all of them (SIOCOUTQ)"));
	else
		view_row_printf(line, STYLE_NOTE,
				_("this end's system still keeps %s of them (SIOCOUTQ), "
				  "the rest waits at the other end, received or not"),
				words_bytes(k->unacknowledged, bytes));
}

static void say_silence(const struct event_kernel *k, struct view_row *line)
{
	char bytes[WORDS_NUMBER], time[WORDS_NUMBER];
	view_row_printf(line, STYLE_NOTE, _("no reply yet after %s: send() has taken %s, but taken is not delivered"),
			words_duration(k->waited, time), words_bytes(k->taken, bytes));
	if (k->offered & KERNEL_UNSENT)
		say_where(k, line);
	if ((k->offered & KERNEL_UNREAD) && k->unread)
		view_row_printf(line, STYLE_NOTE,
				ngettext("; %zu byte waits at this end (FIONREAD), and it does not receive it",
					 "; %zu bytes wait at this end (FIONREAD), and it does not receive them",
					 k->unread),
				(size_t)k->unread);
}

void words_kernel(const struct event *e, struct view_row *line)
{
	const struct event_kernel *k = &e->kernel;
	if (k->why == KERNEL_DROPS)
		view_row_printf(line, STYLE_WARNING,
				ngettext("%zu reply was lost here: this end's receive queue was full (SO_RXQ_OVFL)",
					 "%zu replies were lost here: this end's receive queue was full (SO_RXQ_OVFL)",
					 k->dropped),
				(size_t)k->dropped);
	else
		say_silence(k, line);
}
