/*
 * Where things go on a row: the client's lane, what passes, the server's lane. A row has one call, so the other lane is
 * free, and the middle, too, where nothing passes: then a long text may take it. Where there is no room for two lanes
 * each row says whose it is.
 */
#include <limits.h>

#include "ladder.h"
#include "words.h"

enum {
	WIDTH_TWO_LANES = 50, /* columns, from which on there is room for two; and so on */
	WIDTH_USUAL = 70,
	WIDTH_WIDE = 110,
	MIDDLE_NARROW = 10,
	MIDDLE_USUAL = 14,
	MIDDLE_WIDE = 20,
};

struct lanes {
	unsigned middle; /* columns between the lanes, besides one of space on either side */
	unsigned lane;   /* columns of each */
	unsigned server; /* column at which the server's begins */
};

static struct lanes lanes_of(unsigned width)
{
	struct lanes s = {.middle = MIDDLE_NARROW};
	if (width >= WIDTH_USUAL)
		s.middle = width < WIDTH_WIDE ? MIDDLE_USUAL : MIDDLE_WIDE;
	s.lane = (width - s.middle - 2) / 2;
	s.server = width - s.lane;
	return s;
}

static void space_to(struct view_row *row, unsigned column)
{
	if (column > row->columns)
		row_spaces(row, STYLE_TEXT, column - row->columns);
}

static const char *name_of(enum event_who who)
{
	return who == EVENT_CLIENT ? _("client") : _("server");
}

/* --- Two lanes --- */

/* Whatever is only implied is labelled so, in the lane that is free. */
static void put_implied(const struct ladder_line *l, const struct lanes *s, struct view_row *row)
{
	const char *words = l->kind == LINE_ANSWER ? _("(implied: its system answers)") : _("(implied)");
	struct view_row text = {0};
	view_row_printf(&text, STYLE_FAINT, "%s", words);
	ladder_cut(&text, s->lane);
	space_to(row, l->who == EVENT_CLIENT ? s->server : s->lane - text.columns);
	ladder_append(row, &text);
	view_row_free(&text);
}

static void put_client(struct ladder *d, const struct ladder_line *l, const struct lanes *s, struct view_row *row)
{
	struct ladder_pass p = ladder_pass(d, l);
	ladder_append(row, &d->text);
	if (p.way == PASS_NOTHING)
		return;
	space_to(row, s->lane + 1);
	ladder_draw(d, l, s->middle, row);
	if (p.way == PASS_SEGMENT)
		put_implied(l, s, row);
}

static void put_server(struct ladder *d, const struct ladder_line *l, const struct lanes *s, struct view_row *row)
{
	struct ladder_pass p = ladder_pass(d, l);
	if (p.way == PASS_SEGMENT)
		put_implied(l, s, row);
	if (p.way != PASS_NOTHING) {
		space_to(row, s->lane + 1);
		ladder_draw(d, l, s->middle, row);
	}
	unsigned longer = d->text.columns > s->lane ? d->text.columns - s->lane : 0;
	space_to(row, s->server - longer);
	ladder_append(row, &d->text);
}

static void put_in_lane(struct ladder *d, const struct ladder_line *l, unsigned width, struct view_row *row)
{
	struct lanes s = lanes_of(width);
	bool passes = ladder_pass(d, l).way != PASS_NOTHING;
	ladder_words(d, l, passes ? s.lane : s.lane + 1 + s.middle, &d->text);
	if (l->who == EVENT_CLIENT)
		put_client(d, l, &s, row);
	else
		put_server(d, l, &s, row);
}

/* --- One column --- */

/* What passes stands at the right end of the row. */
static void put_in_column(struct ladder *d, const struct ladder_line *l, unsigned width, struct view_row *row)
{
	struct view_row passage = {0};
	unsigned columns = ladder_pass_columns(d, l);
	if (columns && ladder_pass(d, l).way == PASS_SEGMENT)
		view_row_printf(&passage, STYLE_FAINT, "%s ", _("implied"));
	if (columns)
		ladder_draw(d, l, columns, &passage);
	view_row_printf(row, STYLE_NOTE, "%s ", name_of(l->who));
	unsigned taken = row->columns + (columns ? passage.columns + 1 : 0);
	ladder_words(d, l, width > taken ? width - taken : 0, &d->text);
	ladder_append(row, &d->text);
	if (columns && width > passage.columns) {
		space_to(row, width - passage.columns);
		ladder_append(row, &passage);
	}
	row->failed |= passage.failed;
	view_row_free(&passage);
}

/* --- Plain text --- */

static void put_plain(struct ladder *d, const struct ladder_line *l, struct view_row *row)
{
	view_row_printf(row, STYLE_NOTE, "%s ", name_of(l->who));
	ladder_words(d, l, UINT_MAX, &d->text);
	ladder_append(row, &d->text);
	ladder_say_pass(d, l, row);
}

/* --- Contract --- */

void ladder_row(struct ladder *d, const struct ladder_line *l, unsigned width, struct view_row *row)
{
	if (l->kind == LINE_GAP) {
		ladder_words(d, l, d->choice.plain ? UINT_MAX : width, &d->text);
		ladder_append(row, &d->text);
	} else if (d->choice.plain) {
		put_plain(d, l, row);
	} else if (width >= WIDTH_TWO_LANES) {
		put_in_lane(d, l, width, row);
	} else {
		put_in_column(d, l, width, row);
	}
	if (!d->choice.plain)
		ladder_cut(row, width);
	row->failed |= d->text.failed || d->data.failed || d->label.failed;
}

/* "client 127.0.0.1:53422" */
static void put_end(struct ladder *d, enum event_who who, const struct endpoint *e, unsigned room)
{
	char text[ENDPOINT_TEXT];
	view_row_clear(&d->text);
	view_row_printf(&d->text, STYLE_KEY, "%s", name_of(who));
	if (e->family)
		view_row_printf(&d->text, STYLE_TEXT, " %s", endpoint_format(e, text));
	ladder_cut(&d->text, room);
}

static void put_which(struct ladder *d, unsigned room)
{
	uint32_t all = flow_conversations(d->flow);
	const struct flow_conversation *c = ladder_conversation(d);
	view_row_clear(&d->label);
	if (c)
		view_row_printf(&d->label, STYLE_NOTE, "%s", protocol_name(c->protocol));
	if (all > 1)
		view_row_printf(&d->label, STYLE_NOTE, " ");
	if (all > 1)
		view_row_printf(&d->label, STYLE_NOTE, _("%u of %u"), d->conversation, all);
	ladder_cut(&d->label, room);
}

int ladder_header(struct ladder *d, unsigned width, struct view_row *row)
{
	static const struct flow_conversation none;
	const struct flow_conversation *c = ladder_conversation(d);
	bool two = width >= WIDTH_TWO_LANES;
	struct lanes s = two ? lanes_of(width) : (struct lanes){.lane = width, .middle = width};
	view_row_clear(row);
	put_end(d, EVENT_CLIENT, c ? &c->client : &none.client, s.lane);
	ladder_append(row, &d->text);
	put_which(d, s.middle);
	space_to(row, two ? s.lane + 1 + (s.middle - d->label.columns) / 2 : row->columns + 1);
	ladder_append(row, &d->label);
	put_end(d, EVENT_SERVER, c ? &c->server : &none.server, s.lane);
	space_to(row, two ? s.server : row->columns + 1);
	ladder_append(row, &d->text);
	ladder_cut(row, width);
	return row->failed || d->text.failed || d->label.failed ? -1 : view_row_fit(row, width, STYLE_TEXT);
}
