/*
 * A measurement, told as ping(8) tells of one.
 */
#include "words.h"

static void put_remark(struct view_row *line, const char *words)
{
	view_row_printf(line, STYLE_WARNING, " (%s)", words);
}

static void say_remarks(const struct event_talk *t, struct view_row *line)
{
	if (t->verdict == VERDICT_DUPLICATE)
		put_remark(line, _("duplicate"));
	if (t->late)
		put_remark(line, _("late: reported missing before"));
	if (t->out_of_order)
		put_remark(line, _("out of order"));
	if (t->verdict == VERDICT_WRONG)
		put_remark(line, _("not the uppercase"));
	if (t->verdict == VERDICT_TRUNCATED)
		put_remark(line, t->limit ? _("cut at this end: MSG_TRUNC") : _("the reply to the beginning alone"));
	if (t->guess == GUESS_WHICH)
		put_remark(line, _("a guess: others are waiting that it could answer"));
}

static void say_reply(const struct event_talk *t, struct view_row *line)
{
	char bytes[WORDS_NUMBER], time[WORDS_NUMBER], from[ENDPOINT_TEXT];
	words_bytes(t->bytes, bytes);
	words_duration(t->rtt, time);
	if (t->from.family)
		view_row_printf(line, STYLE_SERVER, _("%s from %s: seq=%u time=%s"), bytes,
				endpoint_format(&t->from, from), t->series.place, time);
	else
		view_row_printf(line, STYLE_SERVER, _("%s: seq=%u time=%s"), bytes, t->series.place, time);
	say_remarks(t, line);
}

static void say_unsent(const struct event_talk *t, struct view_row *line)
{
	if (t->error)
		view_row_printf(line, STYLE_WARNING, _("seq=%u was not sent: %s"), t->series.place,
				words_cause(t->error));
	else
		view_row_printf(line, STYLE_WARNING, _("seq=%u was not sent"), t->series.place);
}

static void say_cut_short(const struct event *e, struct view_row *line)
{
	char bytes[WORDS_NUMBER];
	unsigned place = e->talk.series.place;
	if (e->size == 0)
		view_row_printf(line, STYLE_WARNING, _("no reply to seq=%u: %s"), place, words_cut_short(&e->talk));
	else
		view_row_printf(line, STYLE_WARNING, _("only %s of the reply to seq=%u: %s"),
				words_bytes(e->size, bytes), place, words_cut_short(&e->talk));
}

void words_ping(const struct event *e, struct view_row *line)
{
	const struct event_talk *t = &e->talk;
	char time[WORDS_NUMBER];
	if (e->kind == EVENT_REPLY) {
		say_reply(t, line);
		return;
	}
	switch (t->verdict) {
	case VERDICT_TIMEOUT:
		view_row_printf(line, STYLE_WARNING, _("no reply to seq=%u within %s"), t->series.place,
				words_duration(t->limit, time));
		break;
	case VERDICT_UNSENT:
		say_unsent(t, line);
		break;
	case VERDICT_CANCELLED:
		view_row_printf(line, STYLE_WARNING, _("seq=%u is no longer waited for"), t->series.place);
		break;
	case VERDICT_REFUSED:
		view_row_printf(line, STYLE_WARNING, _("seq=%u was refused: %s"), t->series.place,
				words_cause(t->error));
		break;
	default:
		say_cut_short(e, line);
	}
}
