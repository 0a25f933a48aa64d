#include "words.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <time.h>

#include <uproar/text.h>

bool words_has(const struct event *e)
{
	switch (e->kind) {
	case EVENT_SENTENCE:
	case EVENT_REPLY:
	case EVENT_MISSING:
		return e->who == EVENT_CLIENT;
	case EVENT_STATE:
		return e->who == EVENT_CLIENT || e->state.step == STEP_LISTENING;
	case EVENT_NOTE:
		return true;
	default:
		return false;
	}
}

/* --- The parts of a line --- */

/* Foreign text, as much of it as a line shows; the rest is counted. */
static int put_text(struct view_row *line, enum view_style style, const void *data, size_t n)
{
	char more[WORDS_NUMBER];
	size_t shown = n;
	if (n > WORDS_SHOWN) {
		/* Not in the middle of a character: its later bytes are 10xxxxxx. */
		for (shown = WORDS_SHOWN; shown > WORDS_SHOWN - 3 && (((const uint8_t *)data)[shown] & 0xc0) == 0x80;)
			shown--;
	}
	if (view_row_put(line, style, data, shown) == -1)
		return -1;
	if (n == 0)
		return view_row_printf(line, STYLE_FAINT, "%s", _("(empty)"));
	if (n == shown)
		return 0;
	return view_row_printf(line, STYLE_FAINT, _(" (%s more are not shown)"), words_bytes(n - shown, more));
}

/* What stands before the next remark after a text: two spaces, or a comma. */
static const char *lead(unsigned *remarks)
{
	return (*remarks)++ ? ", " : "  ";
}

static int put_time(struct view_row *line, const struct event *e, int64_t wall)
{
	char text[16];
	time_t second = (time_t)((e->when + (uint64_t)wall) / CLOCK_SECOND);
	struct tm t = {0};
	localtime_r(&second, &t);
	strftime(text, sizeof text, "%H:%M:%S ", &t);
	return view_row_printf(line, STYLE_FAINT, "%s", text);
}

/* The sign, which stands in one column for all lines; before a sentence's stands who says it. */
static int put_sign(struct view_row *line, enum view_style style, const char *who, const char *sign)
{
	struct view_row you = {0};
	int result = view_row_printf(&you, style, "%s", _("you"));
	unsigned columns = you.columns;
	view_row_free(&you);
	if (result == -1)
		return -1;
	if (!who && row_spaces(line, style, columns) == -1)
		return -1;
	return view_row_printf(line, style, "%s %s ", who ? who : "", sign);
}

/* --- Sentences and replies --- */

static int say_sentence(const struct event *e, struct view_row *line)
{
	unsigned remarks = 0;
	if (put_text(line, STYLE_YOU, e->data, e->size) == -1)
		return -1;
	if (!e->talk.again)
		return 0;
	return view_row_printf(line, STYLE_FAINT, "%s%s", lead(&remarks), _("sent again, over a new connection"));
}

bool words_in_time(const struct event_talk *t)
{
	return !t->late && (t->verdict == VERDICT_RIGHT || t->verdict == VERDICT_WRONG);
}

static int say_numbers(const struct event_talk *t, struct view_row *line, unsigned *remarks)
{
	char number[WORDS_NUMBER];
	if (view_row_printf(line, STYLE_FAINT, "%s%s", lead(remarks), words_bytes(t->bytes, number)) == -1)
		return -1;
	if (t->pieces > 1 &&
	    (view_row_printf(line, STYLE_FAINT, "%s", lead(remarks)) == -1 ||
	     view_row_printf(line, STYLE_FAINT, ngettext("in %u piece", "in %u pieces", t->pieces), t->pieces) == -1))
		return -1;
	if (!words_in_time(t))
		return 0;
	return view_row_printf(line, STYLE_FAINT, "%s%s", lead(remarks), words_duration(t->rtt, number));
}

static int say_reply(const struct event *e, enum words_detail detail, struct view_row *line)
{
	const struct event_talk *t = &e->talk;
	char text[ENDPOINT_TEXT];
	unsigned remarks = 0;
	if (put_text(line, STYLE_SERVER, e->data, e->size) == -1 ||
	    (detail == WORDS_FULL && say_numbers(t, line, &remarks) == -1))
		return -1;
	if (t->late && (view_row_printf(line, STYLE_FAINT, "%s", lead(&remarks)) == -1 ||
			view_row_printf(line, STYLE_WARNING, _("late: after %s"), words_duration(t->rtt, text)) == -1))
		return -1;
	if (t->verdict == VERDICT_RIGHT)
		return 0;
	if (view_row_printf(line, STYLE_FAINT, "%s", lead(&remarks)) == -1)
		return -1;
	if (t->verdict == VERDICT_STRANGER)
		return view_row_printf(line, STYLE_WARNING, _("from a stranger: %s is not your server"),
				       endpoint_format(&t->from, text));
	return view_row_printf(line, STYLE_WARNING, "%s",
			       t->verdict == VERDICT_WRONG ? _("not the uppercase of your sentence")
							   : _("no sentence was waiting for it"));
}

/* --- What is missing --- */

/* An errno, or getaddrinfo's code, which is negative. */
static const char *cause_of(const struct event_talk *t)
{
	if (t->error < 0)
		return gai_strerror(t->error);
	if (t->error == 0)
		return _("the server closed the connection");
	return words_cause(t->error);
}

static int say_timeout(const struct event_talk *t, struct view_row *line)
{
	char time[WORDS_NUMBER];
	words_duration(t->limit, time);
	if (t->protocol == PROTOCOL_UDP)
		return view_row_printf(line, STYLE_WARNING,
				       _("no reply to sentence %zu within %s: UDP cannot tell whether the sentence or "
					 "the reply was lost, or whether any server listens there at all"),
				       (size_t)t->sentence, time);
	return view_row_printf(line, STYLE_WARNING,
			       _("no reply to sentence %zu within %s: the connection is still open, and if the "
				 "reply comes late it will be shown"),
			       (size_t)t->sentence, time);
}

static int say_cut_short(const struct event *e, struct view_row *line)
{
	const struct event_talk *t = &e->talk;
	char came[WORDS_NUMBER];
	if (e->size == 0)
		return view_row_printf(line, STYLE_WARNING, _("no reply to sentence %zu came: %s"), (size_t)t->sentence,
				       cause_of(t));
	if (t->limit > e->size)
		return view_row_printf(line, STYLE_WARNING,
				       _("only %zu of %s of the reply to sentence %zu came, the rest is missing: %s"),
				       (size_t)e->size, words_bytes(t->limit, came), (size_t)t->sentence, cause_of(t));
	return view_row_printf(line, STYLE_WARNING,
			       _("only %s of the reply to sentence %zu came, the rest is missing: %s"),
			       words_bytes(e->size, came), (size_t)t->sentence, cause_of(t));
}

static int say_too_long(const struct event_talk *t, struct view_row *line)
{
	char limit[WORDS_NUMBER], length[WORDS_NUMBER];
	words_bytes(t->limit, limit);
	if (t->bytes == 0)
		return view_row_printf(line, STYLE_WARNING,
				       _("sentence %zu was not sent: a datagram holds at most %s; send it over TCP, or "
					 "in parts"),
				       (size_t)t->sentence, limit);
	return view_row_printf(line, STYLE_WARNING,
			       _("sentence %zu was not sent: it has %s, and a datagram holds at most %s; send it over "
				 "TCP, or in parts"),
			       (size_t)t->sentence, words_bytes(t->bytes, length), limit);
}

static int say_unsent(const struct event_talk *t, struct view_row *line)
{
	if (t->error == EMSGSIZE && t->limit)
		return say_too_long(t, line);
	if (view_row_printf(line, STYLE_WARNING, _("sentence %zu was not sent"), (size_t)t->sentence) == -1)
		return -1;
	if (t->error == 0)
		return 0;
	if (t->protocol == PROTOCOL_TCP) /* what to do was said when no connection could be had */
		return view_row_printf(line, STYLE_WARNING, ": %s", cause_of(t));
	return view_row_printf(line, STYLE_WARNING, ": %s; %s", cause_of(t), words_remedy(t->error));
}

static int say_missing(const struct event *e, struct view_row *line)
{
	unsigned remarks = 0;
	if (e->size && (put_text(line, STYLE_SERVER, e->data, e->size) == -1 ||
			view_row_printf(line, STYLE_FAINT, "%s", lead(&remarks)) == -1))
		return -1;
	switch (e->talk.verdict) {
	case VERDICT_TIMEOUT:
		return say_timeout(&e->talk, line);
	case VERDICT_UNSENT:
		return say_unsent(&e->talk, line);
	case VERDICT_CANCELLED:
		return view_row_printf(line, STYLE_WARNING, _("sentence %zu is no longer waited for: you went on"),
				       (size_t)e->talk.sentence);
	default:
		return say_cut_short(e, line);
	}
}

/* --- Lines --- */

static enum view_style note_style(const struct event *e)
{
	if (e->note.level == NOTE_ERROR)
		return STYLE_ERROR;
	return e->note.level == NOTE_WARNING ? STYLE_WARNING : STYLE_NOTE;
}

static int say(const struct event *e, enum words_detail detail, struct view_row *line)
{
	switch (e->kind) {
	case EVENT_SENTENCE:
		return say_sentence(e, line);
	case EVENT_REPLY:
		return say_reply(e, detail, line);
	case EVENT_MISSING:
		return say_missing(e, line);
	case EVENT_STATE:
		return words_state(e, line);
	default:
		return put_text(line, note_style(e), e->data, e->size);
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

int words_line(const struct event *e, int64_t wall, enum words_detail detail, struct view_row *line, unsigned *indent)
{
	enum view_style style = style_of(e);
	view_row_clear(line);
	if (detail == WORDS_FULL && put_time(line, e, wall) == -1)
		return -1;
	if (put_sign(line, style, e->kind == EVENT_SENTENCE ? _("you") : NULL, sign_of(style)) == -1)
		return -1;
	*indent = line->columns;
	return say(e, detail, line);
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
