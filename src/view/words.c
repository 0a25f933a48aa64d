#include "words.h"

#include <time.h>

#include <uproar/text.h>

/* Of a burst only the sum is told; of a measurement, what came of each sentence. */
static bool talk_told(const struct event *e)
{
	if (e->kind == EVENT_SENTENCE && e->talk.unqueued)
		return false; /* it stands there already */
	switch (e->talk.series.kind) {
	case SERIES_BURST:
		return false;
	case SERIES_PING:
		return e->kind != EVENT_SENTENCE;
	default:
		return true;
	}
}

bool words_has(const struct event *e)
{
	switch (e->kind) {
	case EVENT_SENTENCE:
	case EVENT_REPLY:
	case EVENT_MISSING:
		return e->who == EVENT_CLIENT && talk_told(e);
	case EVENT_STATE:
		return e->who == EVENT_CLIENT || e->state.what == STATE_LISTENING;
	case EVENT_NOTE:
		return true;
	case EVENT_LAB:
		return e->lab.what != LAB_FATE;
	case EVENT_KERNEL:
		return e->kernel.why != KERNEL_SAMPLE;
	default:
		return false;
	}
}

/* --- The parts of a line --- */

/* How much of a text is shown, where so many bytes are the most: not to the middle of a character. */
static size_t shown_of(const uint8_t *text, size_t n, size_t most)
{
	if (n <= most)
		return n;
	size_t shown = most;
	while (shown > most - 3 && text_continues(text[shown]))
		shown--;
	return shown;
}

void words_glimpse(const void *data, size_t n, uint64_t whole, enum view_style style, struct view_row *line)
{
	size_t shown = shown_of(data, n, WORDS_GLIMPSE);
	view_row_put(line, style, data, shown);
	if (shown < whole)
		view_row_printf(line, STYLE_FAINT, "%s", words_ellipsis());
}

static bool is_filler(const struct event *e)
{
	return e->kind != EVENT_NOTE && e->talk.series.kind == SERIES_FILLER;
}

void words_text(const struct event *e, enum view_style style, struct view_row *line)
{
	size_t shown = shown_of(e->data, e->size, WORDS_SHOWN), more = e->size - shown;
	if (e->size == 0) {
		view_row_printf(line, STYLE_FAINT, "%s", _("(empty)"));
	} else if (is_filler(e)) {
		words_glimpse(e->data, e->size, e->size, style, line);
	} else {
		view_row_put(line, style, e->data, shown);
		if (more)
			view_row_printf(
				line, STYLE_FAINT,
				ngettext(" (%zu byte more is not shown)", " (%zu bytes more are not shown)", more),
				more);
	}
}

const char *words_lead(unsigned *remarks)
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

/* A sentence's sign has before it who says it; so that all signs stand in one column, the others have room for that. */
static void put_you(struct view_row *line, enum view_style style)
{
	unsigned before = line->columns;
	view_row_printf(line, style, "%s", _("you"));
	unsigned columns = line->columns - before;
	if (style != STYLE_YOU) {
		view_row_fit(line, before, style);
		row_spaces(line, style, columns);
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
	case STYLE_LAB:
		return words_sign("◆", "*");
	default:
		return "!";
	}
}

static void put_sign(struct view_row *line, enum view_style style, unsigned *indent)
{
	view_row_printf(line, style, " %s ", sign_of(style));
	*indent = line->columns;
}

/* --- Lines --- */

static enum view_style note_style(const struct event *e)
{
	if (e->note.level == NOTE_ERROR)
		return STYLE_ERROR;
	return e->note.level == NOTE_WARNING ? STYLE_WARNING : STYLE_NOTE;
}

static void say_talk(const struct event *e, enum words_detail detail, struct view_row *line)
{
	if (e->talk.series.kind == SERIES_PING)
		words_ping(e, line);
	else if (e->kind == EVENT_SENTENCE)
		words_sentence(e, detail, line);
	else if (e->kind == EVENT_REPLY)
		words_reply(e, detail, line);
	else
		words_missing(e, line);
}

static void say(const struct event *e, enum words_detail detail, struct view_row *line)
{
	switch (e->kind) {
	case EVENT_SENTENCE:
	case EVENT_REPLY:
	case EVENT_MISSING:
		say_talk(e, detail, line);
		break;
	case EVENT_STATE:
		words_state(e, line);
		break;
	case EVENT_LAB:
		words_lab(e, line);
		break;
	case EVENT_KERNEL:
		words_kernel(e, line);
		break;
	default:
		words_text(e, note_style(e), line);
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
		return e->size && e->talk.series.kind != SERIES_PING ? STYLE_SERVER : STYLE_WARNING;
	case EVENT_STATE:
		return words_state_style(e);
	case EVENT_LAB:
		return STYLE_LAB;
	case EVENT_KERNEL:
		return e->kernel.why == KERNEL_DROPS ? STYLE_WARNING : STYLE_NOTE;
	default:
		return note_style(e);
	}
}

void words_line(const struct event *e, int64_t wall, enum words_detail detail, struct view_row *line, unsigned *indent)
{
	enum view_style style = style_of(e);
	view_row_clear(line);
	if (detail == WORDS_FULL)
		put_time(line, e, wall);
	put_you(line, style);
	put_sign(line, style, indent);
	say(e, detail, line);
}

bool view_line(const struct event *e, int64_t wall, struct view_row *line, unsigned *indent)
{
	if (!words_has(e))
		return false;
	words_line(e, wall, WORDS_FULL, line, indent);
	return true;
}

bool view_answer(const struct event *e, struct view_row *line, unsigned *indent)
{
	if (!words_has(e))
		return false;
	view_row_clear(line);
	put_sign(line, style_of(e), indent);
	say(e, WORDS_FULL, line);
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
