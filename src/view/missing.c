#include <errno.h>

#include "words.h"

static void say_timeout(const struct event_talk *t, struct view_row *line)
{
	char time[WORDS_NUMBER];
	words_duration(t->limit, time);
	if (t->protocol == PROTOCOL_UDP)
		view_row_printf(line, STYLE_WARNING,
				_("no reply to sentence %zu within %s: it or the reply is lost or late, "
				  "or nobody listens: TCP may tell, UDP if /connected on"),
				(size_t)t->sentence, time);
	else
		view_row_printf(line, STYLE_WARNING,
				_("no reply to sentence %zu within %s: the connection is still open, "
				  "and if the reply comes late it will be shown"),
				(size_t)t->sentence, time);
}

const char *words_cut_short(const struct event_talk *t)
{
	if (t->protocol == PROTOCOL_UDP && t->error == 0)
		return _("this end closed the socket, or changed its port, before a reply came");
	return words_cause(t->error);
}

static void say_cut_short(const struct event *e, struct view_row *line)
{
	const struct event_talk *t = &e->talk;
	const char *cause = words_cut_short(t);
	char bytes[WORDS_NUMBER];
	if (t->queued)
		view_row_printf(line, STYLE_WARNING, _("sentence %zu was not sent: %s"), (size_t)t->sentence, cause);
	else if (e->size == 0)
		view_row_printf(line, STYLE_WARNING, _("no reply to sentence %zu came: %s"), (size_t)t->sentence,
				cause);
	else if (t->limit > e->size)
		view_row_printf(line, STYLE_WARNING,
				_("only %zu of %s of the reply to sentence %zu came, the rest is missing: %s"),
				(size_t)e->size, words_bytes(t->limit, bytes), (size_t)t->sentence, cause);
	else
		view_row_printf(line, STYLE_WARNING,
				_("only %s of the reply to sentence %zu came, the rest is missing: %s"),
				words_bytes(e->size, bytes), (size_t)t->sentence, cause);
}

static void say_too_long(const struct event_talk *t, struct view_row *line)
{
	char limit[WORDS_NUMBER], length[WORDS_NUMBER];
	words_bytes(t->limit, limit);
	words_bytes(t->bytes, length);
	if (t->protocol == PROTOCOL_UDP)
		view_row_printf(line, STYLE_WARNING,
				_("sentence %zu was not sent: it has %s, and a datagram holds at most %s (EMSGSIZE); "
				  "send it over TCP, or in parts"),
				(size_t)t->sentence, length, limit);
	else
		view_row_printf(line, STYLE_WARNING,
				_("sentence %zu was not sent: it has %s, and a sentence has at most %s; "
				  "send it in parts"),
				(size_t)t->sentence, length, limit);
}

static void say_unsent(const struct event_talk *t, struct view_row *line)
{
	size_t sentence = (size_t)t->sentence;
	if (t->error == EMSGSIZE && t->limit)
		say_too_long(t, line);
	else if (t->error == 0)
		view_row_printf(line, STYLE_WARNING, _("sentence %zu was not sent: %s"), sentence,
				_("no address was found to send it to"));
	else if (t->protocol == PROTOCOL_TCP) /* what to do was said when no connection could be had */
		view_row_printf(line, STYLE_WARNING, _("sentence %zu was not sent: %s"), sentence,
				words_cause(t->error));
	else
		view_row_printf(line, STYLE_WARNING, _("sentence %zu was not sent: %s; %s"), sentence,
				words_cause(t->error), words_remedy(t->error));
}

static void say_refused(const struct event_talk *t, struct view_row *line)
{
	size_t sentence = (size_t)t->sentence;
	if (t->guess)
		view_row_printf(line, STYLE_WARNING, _("sentence %zu, or another one, was refused: %s"), sentence,
				words_cause(t->error));
	else
		view_row_printf(line, STYLE_WARNING, _("sentence %zu was refused: %s"), sentence,
				words_cause(t->error));
	view_row_printf(line, STYLE_WARNING, "; %s",
			_("the ICMP message answers this earlier datagram, although the error came with a later call"));
}

void words_missing(const struct event *e, struct view_row *line)
{
	unsigned remarks = 0;
	if (e->size) {
		words_text(e, STYLE_SERVER, line);
		view_row_printf(line, STYLE_FAINT, "%s", words_lead(&remarks));
	}
	switch (e->talk.verdict) {
	case VERDICT_TIMEOUT:
		say_timeout(&e->talk, line);
		break;
	case VERDICT_UNSENT:
		say_unsent(&e->talk, line);
		break;
	case VERDICT_CANCELLED:
		if (e->talk.queued)
			view_row_printf(line, STYLE_WARNING, _("sentence %zu was not sent: you went on"),
					(size_t)e->talk.sentence);
		else
			view_row_printf(line, STYLE_WARNING, _("sentence %zu is no longer waited for: you went on"),
					(size_t)e->talk.sentence);
		break;
	case VERDICT_REFUSED:
		say_refused(&e->talk, line);
		break;
	default:
		say_cut_short(e, line);
	}
}
