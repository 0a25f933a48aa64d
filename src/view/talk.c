#include "words.h"

void words_sentence(const struct event *e, enum words_detail detail, struct view_row *line)
{
	const struct event_talk *t = &e->talk;
	unsigned remarks = 0;
	char number[WORDS_NUMBER];
	words_text(e, STYLE_YOU, line);
	if (t->series.kind == SERIES_FILLER)
		view_row_printf(line, STYLE_FAINT, "%s%s", words_lead(&remarks), words_bytes(t->bytes, number));
	if (detail == WORDS_FULL && t->sentence) /* by which a missing reply is told later */
		view_row_printf(line, STYLE_FAINT, "%s#%zu", words_lead(&remarks), (size_t)t->sentence);
	if (t->again)
		view_row_printf(line, STYLE_FAINT, "%s%s", words_lead(&remarks),
				_("sent again, over a new connection"));
}

bool words_in_time(const struct event_talk *t)
{
	bool answers = t->verdict == VERDICT_RIGHT || t->verdict == VERDICT_WRONG || t->verdict == VERDICT_TRUNCATED;
	return answers && !t->late;
}

/* --- A reply --- */

static void say_numbers(const struct event_talk *t, struct view_row *line, unsigned *remarks)
{
	char number[WORDS_NUMBER];
	if (!t->limit) /* else how many there were is news, and told as such */
		view_row_printf(line, STYLE_FAINT, "%s%s", words_lead(remarks), words_bytes(t->bytes, number));
	if (t->pieces > 1) {
		view_row_printf(line, STYLE_FAINT, "%s", words_lead(remarks));
		view_row_printf(line, STYLE_FAINT, ngettext("in %u piece", "in %u pieces", t->pieces), t->pieces);
	}
	if (words_in_time(t))
		view_row_printf(line, STYLE_FAINT, "%s%s", words_lead(remarks), words_duration(t->rtt, number));
	if (t->joined)
		view_row_printf(line, STYLE_FAINT, "%s%s", words_lead(remarks),
				_("in the same recv() as the reply before it"));
}

static void say_order(const struct event_talk *t, struct view_row *line, unsigned *remarks)
{
	char time[WORDS_NUMBER];
	if (t->late) {
		view_row_printf(line, STYLE_FAINT, "%s", words_lead(remarks));
		view_row_printf(line, STYLE_WARNING, _("late: after %s"), words_duration(t->rtt, time));
	}
	if (t->out_of_order) {
		view_row_printf(line, STYLE_FAINT, "%s", words_lead(remarks));
		view_row_printf(line, STYLE_WARNING, "%s", _("out of order: after the reply to a later sentence"));
	}
}

/* This end had no room for all of it. */
static void say_cut(const struct event *e, struct view_row *line, unsigned *remarks)
{
	char whole[WORDS_NUMBER];
	if (e->talk.limit == 0)
		return;
	view_row_printf(line, STYLE_FAINT, "%s", words_lead(remarks));
	view_row_printf(line, STYLE_WARNING,
			_("only %zu of %s: recvfrom() had no room for more, "
			  "and the rest of the datagram is lost (MSG_TRUNC)"),
			(size_t)e->size, words_bytes(e->talk.limit, whole));
}

static void say_duplicate(const struct event_talk *t, struct view_row *line)
{
	size_t sentence = (size_t)t->sentence;
	if (t->guess == GUESS_WHICH)
		view_row_printf(line, STYLE_WARNING,
				_("a copy: sentence %zu, or one with an equal reply, was answered before"), sentence);
	else
		view_row_printf(line, STYLE_WARNING, _("a copy: sentence %zu was answered before"), sentence);
}

static void say_verdict(const struct event_talk *t, struct view_row *line, unsigned *remarks)
{
	char from[ENDPOINT_TEXT];
	if (t->verdict == VERDICT_RIGHT || (t->verdict == VERDICT_TRUNCATED && t->limit))
		return;
	view_row_printf(line, STYLE_FAINT, "%s", words_lead(remarks));
	switch (t->verdict) {
	case VERDICT_WRONG:
		view_row_printf(line, STYLE_WARNING, "%s", _("not the uppercase of your sentence"));
		break;
	case VERDICT_TRUNCATED:
		view_row_printf(line, STYLE_WARNING, "%s",
				_("the reply to the beginning of your sentence alone: "
				  "the server received or sent no more"));
		break;
	case VERDICT_DUPLICATE:
		say_duplicate(t, line);
		break;
	case VERDICT_STRANGER:
		view_row_printf(line, STYLE_WARNING, _("from a stranger: %s is not your server"),
				endpoint_format(&t->from, from));
		break;
	default:
		view_row_printf(line, STYLE_WARNING, "%s", _("no sentence was waiting for it"));
	}
}

/* Which sentence it is taken for, where that cannot be known. */
static void say_guess(const struct event_talk *t, struct view_row *line, unsigned *remarks)
{
	size_t sentence = (size_t)t->sentence;
	if (t->guess == GUESS_NONE || t->verdict == VERDICT_DUPLICATE)
		return;
	view_row_printf(line, STYLE_FAINT, "%s", words_lead(remarks));
	if (t->guess == GUESS_COPY)
		view_row_printf(line, STYLE_FAINT, "%s", _("or a copy of an earlier reply"));
	else if (t->verdict == VERDICT_RIGHT)
		view_row_printf(line, STYLE_WARNING,
				_("to sentence %zu by guess: equal replies cannot be told apart, "
				  "since nothing but the sentence is on the wire"),
				sentence);
	else
		view_row_printf(line, STYLE_WARNING,
				_("to sentence %zu by guess: nothing on the wire tells which one it answers"),
				sentence);
}

/* What an earlier reply, or the system, had been taken to say of the sentence. */
static void say_amends(const struct event_talk *t, struct view_row *line, unsigned *remarks)
{
	size_t sentence = (size_t)t->sentence;
	if (t->amends == 0)
		return;
	view_row_printf(line, STYLE_FAINT, "%s", words_lead(remarks));
	switch (t->amends) {
	case VERDICT_WRONG:
		view_row_printf(line, STYLE_WARNING,
				_("the verdict on sentence %zu is taken back: what was wrong was no reply to it"),
				sentence);
		break;
	case VERDICT_TRUNCATED:
		view_row_printf(line, STYLE_WARNING,
				_("the verdict on sentence %zu is taken back: what was cut off was no reply to it"),
				sentence);
		break;
	case VERDICT_REFUSED:
		view_row_printf(line, STYLE_WARNING,
				_("the verdict on sentence %zu is taken back: another one was refused"), sentence);
		break;
	default:
		view_row_printf(line, STYLE_WARNING, _("the verdict on sentence %zu is taken back"), sentence);
	}
}

void words_reply(const struct event *e, enum words_detail detail, struct view_row *line)
{
	unsigned remarks = 0;
	words_text(e, STYLE_SERVER, line);
	if (detail == WORDS_FULL || e->talk.series.kind == SERIES_FILLER)
		say_numbers(&e->talk, line, &remarks);
	say_order(&e->talk, line, &remarks);
	say_cut(e, line, &remarks);
	say_verdict(&e->talk, line, &remarks);
	say_guess(&e->talk, line, &remarks);
	say_amends(&e->talk, line, &remarks);
}
