#include "inspect.h"

#include <inttypes.h>
#include <string.h>

#include "calls.h"
#include "inspect_rows.h"

/* --- Lines --- */

static struct inspect_line *add(struct inspect *p, enum inspect_kind kind)
{
	struct inspect_line *l = ring_push(&p->lines);
	if (!l) {
		p->failed = true;
		return NULL;
	}
	l->kind = kind;
	l->label = "";
	return l;
}

void inspect_clear(struct inspect *p)
{
	for (size_t i = 0; i < p->lines.count; i++) {
		struct inspect_line *l = ring_at(&p->lines, i);
		view_row_free(&l->text);
	}
	ring_cut(&p->lines, 0);
	view_row_clear(&p->spare);
	p->labels = 0;
	p->failed = false;
}

struct view_row *inspect_title(struct inspect *p)
{
	struct inspect_line *l = add(p, INSPECT_TITLE);
	return l ? &l->text : &p->spare;
}

void inspect_space(struct inspect *p)
{
	add(p, INSPECT_SPACE);
}

static unsigned columns_of(struct inspect *p, const char *text)
{
	struct view_row row = {0};
	view_row_printf(&row, STYLE_TEXT, "%s", text);
	unsigned columns = row.columns;
	p->failed |= row.failed;
	view_row_free(&row);
	return columns;
}

struct view_row *inspect_field(struct inspect *p, unsigned level, const char *label)
{
	struct inspect_line *l = add(p, INSPECT_FIELD);
	if (!l)
		return &p->spare;
	l->level = level;
	l->label = label;
	unsigned columns = level * INSPECT_INDENT + columns_of(p, label);
	if (p->labels < columns)
		p->labels = columns;
	return &l->text;
}

struct view_row *inspect_memory(struct inspect *p, const void *bytes, unsigned n, const char *label)
{
	struct inspect_line *l = add(p, INSPECT_MEMORY);
	if (!l)
		return &p->spare;
	l->label = label;
	l->size = n;
	memcpy(l->memory, bytes, n);
	return &l->text;
}

/* --- Fields --- */

void inspect_say(struct inspect *p, unsigned level, const char *label, const char *words)
{
	if (words)
		view_row_printf(inspect_field(p, level, label), STYLE_TEXT, "%s", words);
}

void inspect_number(struct inspect *p, unsigned level, const char *label, uint64_t n)
{
	view_row_printf(inspect_field(p, level, label), STYLE_TEXT, "%" PRIu64, n);
}

void inspect_time(struct inspect *p, unsigned level, const char *label, uint64_t ns)
{
	char time[WORDS_NUMBER];
	view_row_printf(inspect_field(p, level, label), STYLE_TEXT, "%s (%" PRIu64 " ns)", words_duration(ns, time),
			ns);
}

void inspect_bytes(struct inspect *p, unsigned level, const char *label, uint64_t n)
{
	char bytes[WORDS_NUMBER];
	inspect_say(p, level, label, words_bytes(n, bytes));
}

void inspect_endpoint(struct inspect *p, unsigned level, const char *label, const struct endpoint *e)
{
	char text[ENDPOINT_TEXT];
	if (e->family)
		inspect_say(p, level, label, endpoint_format(e, text));
}

static void add_bytes(struct inspect *p)
{
	for (unsigned at = 0; at < p->data.size; at += INSPECT_ROW) {
		struct inspect_line *l = add(p, INSPECT_BYTES);
		if (!l)
			return;
		size_t left = p->data.size - at;
		l->at = at;
		l->size = left < INSPECT_ROW ? (unsigned)left : INSPECT_ROW;
	}
}

void inspect_data(struct inspect *p, const char *label, uint64_t whole)
{
	char bytes[WORDS_NUMBER];
	if (whole == 0 && p->data.size == 0)
		return;
	inspect_space(p);
	inspect_bytes(p, 0, label, whole);
	add_bytes(p);
	if (memchr(p->data.size ? buf_bytes(&p->data) : (const uint8_t *)"", '\n', p->data.size))
		inspect_say(p, 1, words_sign("↵", "$"), _("a newline, which ends a sentence"));
	if (whole > p->data.size)
		view_row_printf(inspect_field(p, 1, words_ellipsis()), STYLE_FAINT,
				_("and %s more, which are not kept"), words_bytes(whole - p->data.size, bytes));
}

void inspect_error(struct inspect *p, unsigned level, const char *label, int error)
{
	enum event_op op = p->event.kind == EVENT_CALL ? p->event.call.op : 0;
	bool lookup = op == OP_GETADDRINFO || (p->event.kind == EVENT_STATE && p->event.state.lookup);
	const char *name = event_error_name(lookup ? OP_GETADDRINFO : op, error);
	struct view_row *row;
	if (error == 0)
		return;
	row = inspect_field(p, level, label);
	view_row_printf(row, STYLE_WARNING, name ? "%s = %d" : "%s%d", name ? name : "", error);
}

/* --- The page --- */

static const char *kind_name(enum event_kind kind)
{
	static const char *const names[] = {
		[EVENT_CALL] = N_("socket call"), [EVENT_SENTENCE] = N_("sentence"),
		[EVENT_REPLY] = N_("reply"),      [EVENT_MISSING] = N_("missing reply"),
		[EVENT_STATE] = N_("state"),      [EVENT_NOTE] = N_("note"),
		[EVENT_LAB] = N_("lab"),          [EVENT_KERNEL] = N_("what the system says"),
	};
	return _(names[kind]);
}

static void put_title(struct inspect *p)
{
	struct view_row *row = inspect_title(p);
	calls_put_time(row, &p->event, p->wall);
	row_spaces(row, STYLE_TEXT, 1);
	calls_put_side(row, p->event.who);
	view_row_printf(row, STYLE_TEXT, " %s", kind_name(p->event.kind));
	if (p->event.number)
		view_row_printf(row, STYLE_FAINT, " #%" PRIu64, p->event.number);
}

static void put_note(struct inspect *p)
{
	static const char *const levels[] = {
		[NOTE_INFO] = N_("information"),
		[NOTE_WARNING] = N_("a warning"),
		[NOTE_ERROR] = N_("an error"),
	};
	inspect_say(p, 0, _("Level"), _(levels[p->event.note.level]));
	words_text(&p->event, STYLE_TEXT, inspect_field(p, 0, _("Words")));
}

void inspect_page(struct inspect *p)
{
	inspect_clear(p);
	put_title(p);
	switch (p->event.kind) {
	case EVENT_CALL:
		inspect_call(p);
		break;
	case EVENT_SENTENCE:
	case EVENT_REPLY:
	case EVENT_MISSING:
		inspect_talk(p);
		break;
	case EVENT_STATE:
		inspect_state(p);
		break;
	case EVENT_NOTE:
		put_note(p);
		break;
	case EVENT_LAB:
		inspect_lab(p);
		break;
	case EVENT_KERNEL:
		inspect_kernel(p);
		break;
	}
	for (size_t i = 0; i < p->lines.count; i++)
		p->failed |= ((struct inspect_line *)ring_at(&p->lines, i))->text.failed;
}
