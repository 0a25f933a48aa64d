#include "words.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <uproar/text.h>

/* Our own server has one port number, over both protocols and at both addresses: the first to be told tells of all. */
static bool listening_told(const struct event_state *s)
{
	return s->own && (s->protocol != PROTOCOL_TCP || s->local.family != 4);
}

bool words_has(const struct event *e)
{
	switch (e->kind) {
	case EVENT_SENTENCE:
	case EVENT_REPLY:
	case EVENT_MISSING:
		return e->who == EVENT_CLIENT;
	case EVENT_STATE:
		return e->who == EVENT_CLIENT || (e->state.step == STEP_LISTENING && !listening_told(&e->state));
	case EVENT_NOTE:
		return true;
	default:
		return false;
	}
}

/* --- The parts of a line --- */

/* How much of a text a line shows: not to the middle of a character. */
static size_t shown_of(const uint8_t *text, size_t n)
{
	if (n <= WORDS_SHOWN)
		return n;
	size_t shown = WORDS_SHOWN;
	while (shown > WORDS_SHOWN - 3 && text_continues(text[shown]))
		shown--;
	return shown;
}

/* What was said: foreign text, or a note. */
static void put_text(struct view_row *line, enum view_style style, const struct event *e)
{
	size_t shown = shown_of(e->data, e->size), more = e->size - shown;
	view_row_put(line, style, e->data, shown);
	if (e->size == 0)
		view_row_printf(line, STYLE_FAINT, "%s", _("(empty)"));
	else if (more)
		view_row_printf(line, STYLE_FAINT,
				ngettext(" (%zu byte more is not shown)", " (%zu bytes more are not shown)", more),
				more);
}

/* What stands before the next remark after a text: two spaces, or a comma. */
static const char *lead(unsigned *remarks)
{
	return (*remarks)++ ? ", " : "  ";
}

static void put_time(struct view_row *line, const struct event *e, int64_t wall)
{
	char text[16];
	time_t second = (time_t)((e->when + (uint64_t)wall) / CLOCK_SECOND);
	struct tm t = {0};
	localtime_r(&second, &t);
	strftime(text, sizeof text, "%H:%M:%S ", &t);
	view_row_printf(line, STYLE_FAINT, "%s", text);
}

/* The sign, which stands in one column for all lines: a sentence's has before it who says it. */
static void put_sign(struct view_row *line, enum view_style style, const char *sign)
{
	unsigned before = line->columns;
	view_row_printf(line, style, "%s", _("you"));
	unsigned columns = line->columns - before;
	if (style != STYLE_YOU) {
		view_row_fit(line, before, style);
		row_spaces(line, style, columns);
	}
	view_row_printf(line, style, " %s ", sign);
}

/* --- Sentences and replies --- */

static void say_sentence(const struct event *e, enum words_detail detail, struct view_row *line)
{
	unsigned remarks = 0;
	put_text(line, STYLE_YOU, e);
	if (detail == WORDS_FULL && e->talk.sentence) /* by which a missing reply is told later */
		view_row_printf(line, STYLE_FAINT, "%s#%zu", lead(&remarks), (size_t)e->talk.sentence);
	if (e->talk.again)
		view_row_printf(line, STYLE_FAINT, "%s%s", lead(&remarks), _("sent again, over a new connection"));
}

bool words_in_time(const struct event_talk *t)
{
	return !t->late && (t->verdict == VERDICT_RIGHT || t->verdict == VERDICT_WRONG);
}

static void say_numbers(const struct event_talk *t, struct view_row *line, unsigned *remarks)
{
	char number[WORDS_NUMBER];
	view_row_printf(line, STYLE_FAINT, "%s%s", lead(remarks), words_bytes(t->bytes, number));
	if (t->pieces > 1) {
		view_row_printf(line, STYLE_FAINT, "%s", lead(remarks));
		view_row_printf(line, STYLE_FAINT, ngettext("in %u piece", "in %u pieces", t->pieces), t->pieces);
	}
	if (words_in_time(t))
		view_row_printf(line, STYLE_FAINT, "%s%s", lead(remarks), words_duration(t->rtt, number));
}

/* What is not as it should be with a reply. */
static void say_oddities(const struct event_talk *t, struct view_row *line, unsigned *remarks)
{
	char text[ENDPOINT_TEXT];
	if (t->late) {
		view_row_printf(line, STYLE_FAINT, "%s", lead(remarks));
		view_row_printf(line, STYLE_WARNING, _("late: after %s"), words_duration(t->rtt, text));
	}
	if (t->verdict == VERDICT_RIGHT)
		return;
	view_row_printf(line, STYLE_FAINT, "%s", lead(remarks));
	if (t->verdict == VERDICT_STRANGER)
		view_row_printf(line, STYLE_WARNING, _("from a stranger: %s is not your server"),
				endpoint_format(&t->from, text));
	else if (t->verdict == VERDICT_WRONG)
		view_row_printf(line, STYLE_WARNING, "%s", _("not the uppercase of your sentence"));
	else
		view_row_printf(line, STYLE_WARNING, "%s", _("no sentence was waiting for it"));
}

static void say_reply(const struct event *e, enum words_detail detail, struct view_row *line)
{
	unsigned remarks = 0;
	put_text(line, STYLE_SERVER, e);
	if (detail == WORDS_FULL)
		say_numbers(&e->talk, line, &remarks);
	say_oddities(&e->talk, line, &remarks);
}

/* --- What is missing --- */

static const char *cause_of(const struct event_talk *t)
{
	return t->error ? words_cause(t->error) : _("the server closed the connection");
}

static void say_timeout(const struct event_talk *t, struct view_row *line)
{
	char time[WORDS_NUMBER];
	words_duration(t->limit, time);
	if (t->protocol == PROTOCOL_UDP)
		view_row_printf(line, STYLE_WARNING,
				_("no reply to sentence %zu within %s: UDP cannot tell whether the sentence or "
				  "the reply was lost, or whether any server listens there at all"),
				(size_t)t->sentence, time);
	else
		view_row_printf(line, STYLE_WARNING,
				_("no reply to sentence %zu within %s: the connection is still open, "
				  "and if the reply comes late it will be shown"),
				(size_t)t->sentence, time);
}

static void say_cut_short(const struct event *e, struct view_row *line)
{
	const struct event_talk *t = &e->talk;
	char bytes[WORDS_NUMBER];
	if (e->size == 0)
		view_row_printf(line, STYLE_WARNING, _("no reply to sentence %zu came: %s"), (size_t)t->sentence,
				cause_of(t));
	else if (t->limit > e->size)
		view_row_printf(line, STYLE_WARNING,
				_("only %zu of %s of the reply to sentence %zu came, the rest is missing: %s"),
				(size_t)e->size, words_bytes(t->limit, bytes), (size_t)t->sentence, cause_of(t));
	else
		view_row_printf(line, STYLE_WARNING,
				_("only %s of the reply to sentence %zu came, the rest is missing: %s"),
				words_bytes(e->size, bytes), (size_t)t->sentence, cause_of(t));
}

static void say_too_long(const struct event_talk *t, struct view_row *line)
{
	char limit[WORDS_NUMBER], length[WORDS_NUMBER];
	words_bytes(t->limit, limit);
	words_bytes(t->bytes, length);
	if (t->protocol == PROTOCOL_UDP)
		view_row_printf(line, STYLE_WARNING,
				_("sentence %zu was not sent: it has %s, and a datagram holds at most %s; "
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
	else if (t->error == 0 || t->protocol == PROTOCOL_TCP) /* why was said when no connection could be had */
		view_row_printf(line, STYLE_WARNING, _("sentence %zu was not sent"), sentence);
	else
		view_row_printf(line, STYLE_WARNING, _("sentence %zu was not sent: %s; %s"), sentence, cause_of(t),
				words_remedy(t->error));
}

static void say_missing(const struct event *e, struct view_row *line)
{
	unsigned remarks = 0;
	if (e->size) {
		put_text(line, STYLE_SERVER, e);
		view_row_printf(line, STYLE_FAINT, "%s", lead(&remarks));
	}
	switch (e->talk.verdict) {
	case VERDICT_TIMEOUT:
		say_timeout(&e->talk, line);
		break;
	case VERDICT_UNSENT:
		say_unsent(&e->talk, line);
		break;
	case VERDICT_CANCELLED:
		view_row_printf(line, STYLE_WARNING, _("sentence %zu is no longer waited for: you went on"),
				(size_t)e->talk.sentence);
		break;
	default:
		say_cut_short(e, line);
	}
}

/* --- Lines --- */

static enum view_style note_style(const struct event *e)
{
	if (e->note.level == NOTE_ERROR)
		return STYLE_ERROR;
	return e->note.level == NOTE_WARNING ? STYLE_WARNING : STYLE_NOTE;
}

static void say(const struct event *e, enum words_detail detail, struct view_row *line)
{
	switch (e->kind) {
	case EVENT_SENTENCE:
		say_sentence(e, detail, line);
		break;
	case EVENT_REPLY:
		say_reply(e, detail, line);
		break;
	case EVENT_MISSING:
		say_missing(e, line);
		break;
	case EVENT_STATE:
		words_state(e, line);
		break;
	default:
		put_text(line, note_style(e), e);
	}
}

static enum view_style style_of(const struct event *e)
{
	switch (e->kind) {
	case EVENT_SENTENCE:
		return STYLE_YOU;
	case EVENT_REPLY:
		return STYLE_SERVER;
	case EVENT_MISSING:
		return e->size ? STYLE_SERVER : STYLE_WARNING;
	case EVENT_STATE:
		return words_state_style(e);
	default:
		return note_style(e);
	}
}

static const char *sign_of(enum view_style style)
{
	switch (style) {
	case STYLE_YOU:
		return words_sign("▸", ">");
	case STYLE_SERVER:
		return words_sign("◂", "<");
	case STYLE_NOTE:
		return words_sign("·", "-");
	default:
		return "!";
	}
}

void words_line(const struct event *e, int64_t wall, enum words_detail detail, struct view_row *line, unsigned *indent)
{
	enum view_style style = style_of(e);
	view_row_clear(line);
	if (detail == WORDS_FULL)
		put_time(line, e, wall);
	put_sign(line, style, sign_of(style));
	*indent = line->columns;
	say(e, detail, line);
}

bool view_line(const struct event *e, int64_t wall, struct view_row *line, unsigned *indent)
{
	if (!words_has(e))
		return false;
	words_line(e, wall, WORDS_FULL, line, indent);
	return true;
}

bool view_words(const struct event *e, struct view_row *line)
{
	if (!words_has(e))
		return false;
	view_row_clear(line);
	say(e, WORDS_FULL, line);
	return true;
}
