/*
 * Where things go on a row: the client's lane, what passes, the server's lane. A row has one call, so the other lane is
 * free, and the middle, too, where nothing passes: then a long text may take it. Where there is no room for two lanes
 * each row says whose it is.
 */
#include <limits.h>

#include "ladder_draw.h"
#include "words.h"

enum {
	WIDTH_TWO_LANES = 50, /* columns, from which on there is room for two; and so on */
	WIDTH_USUAL = 70,
	WIDTH_WIDE = 110,
	MIDDLE_NARROW = 10,
	MIDDLE_USUAL = 13,
	MIDDLE_WIDE = 20,
};

struct lanes {
	unsigned middle; /* columns between the lanes, besides one of space on either side */
	unsigned lane;   /* columns of the client's; the server's may have one more */
	unsigned server; /* column at which that begins */
};

static struct lanes lanes_of(unsigned width)
{
	struct lanes s = {.middle = MIDDLE_NARROW};
	if (width >= WIDTH_USUAL)
		s.middle = width < WIDTH_WIDE ? MIDDLE_USUAL : MIDDLE_WIDE;
	s.lane = (width - s.middle - 2) / 2;
	s.server = s.lane + s.middle + 2;
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

/* What is to be known of what passes stands in the lane that is free: that it is only implied, or whose doing it is. */
static void make_remark(const struct ladder_line *l, const struct ladder_pass *p, unsigned lane, struct view_row *row)
{
	if (p->lost && p->way == PASS_ARRIVES)
		view_row_printf(row, STYLE_LAB, "%s", _("(the lab dropped it)"));
	else if (p->way == PASS_SEGMENT && l->kind == LINE_ANSWER)
		view_row_printf(row, STYLE_FAINT, "%s", _("(implied: its system answers)"));
	if (p->way != PASS_SEGMENT || (row->columns && row->columns <= lane))
		return;
	view_row_clear(row);
	view_row_printf(row, STYLE_FAINT, "%s", _("(implied)"));
}

static void put_remark(const struct ladder_line *l, const struct ladder_pass *p, const struct lanes *s,
		       struct view_row *row)
{
	struct view_row remark = {0};
	make_remark(l, p, s->lane, &remark);
	if (remark.columns) {
		space_to(row, l->who == EVENT_CLIENT ? s->server : s->lane - remark.columns);
		ladder_append(row, &remark);
	}
	row->failed |= remark.failed;
	view_row_free(&remark);
}

static void put_client(struct ladder *d, const struct ladder_line *l, const struct lanes *s, struct view_row *row)
{
	struct ladder_pass p = ladder_pass(d, l);
	ladder_append(row, &d->text);
	if (p.way == PASS_NOTHING)
		return;
	space_to(row, s->lane + 1);
	ladder_draw(d, l, s->middle, row);
	put_remark(l, &p, s, row);
}

static void put_server(struct ladder *d, const struct ladder_line *l, const struct lanes *s, unsigned width,
		       struct view_row *row)
{
	struct ladder_pass p = ladder_pass(d, l);
	put_remark(l, &p, s, row);
	if (p.way != PASS_NOTHING) {
		space_to(row, s->lane + 1);
		ladder_draw(d, l, s->middle, row);
	}
	unsigned end = s->server + d->text.columns;
	space_to(row, end > width ? width - d->text.columns : s->server);
	ladder_append(row, &d->text);
}

/* What still waits is told at length: the row has nothing else. */
static bool waits(const struct ladder *d, const struct ladder_line *l)
{
	if (l->kind == LINE_ANSWER)
		return ladder_answer(d, l) == -1;
	return l->kind == LINE_CALL && !log_at(d->log, l->index)->call.returned;
}

/* A long text of the server's that took the middle would be out of line with those above, so it is shortened first. */
static void put_in_lane(struct ladder *d, const struct ladder_line *l, unsigned width, struct view_row *row)
{
	struct lanes s = lanes_of(width);
	bool passes = ladder_pass(d, l).way != PASS_NOTHING, client = l->who == EVENT_CLIENT;
	unsigned lane = client ? s.lane : width - s.server;
	unsigned most = passes ? lane : waits(d, l) ? width : lane + 1 + s.middle;
	ladder_words(d, l, client || waits(d, l) ? most : lane, most, &d->text);
	if (client)
		put_client(d, l, &s, row);
	else
		put_server(d, l, &s, width, row);
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
	unsigned room = width > taken ? width - taken : 0;
	ladder_words(d, l, room, room, &d->text);
	ladder_append(row, &d->text);
	if (columns && width > passage.columns) {
		space_to(row, width - passage.columns);
		ladder_append(row, &passage);
	}
	row->failed |= passage.failed;
	view_row_free(&passage);
}

/* --- Plain text --- */

/* Whether a second conversation had begun by then: what has been printed does not change when one begins later. */
static bool is_one_of_many(const struct ladder *d, uint32_t conversation, uint64_t index)
{
	if (conversation != 1 || flow_conversations(d->flow) < 2)
		return conversation > 1;
	const struct flow_conversation *second = flow_conversation(d->flow, 2);
	return second->protocol == PROTOCOL_NONE || second->first <= index;
}

static void put_conversation(const struct ladder *d, const struct ladder_line *l, struct view_row *row)
{
	uint32_t conversation = flow_call(d->flow, l->index).conversation;
	if (is_one_of_many(d, conversation, l->index))
		view_row_printf(row, STYLE_FAINT, "[%u] ", conversation);
}

static void put_plain(struct ladder *d, const struct ladder_line *l, struct view_row *row)
{
	if (d->choice.all)
		put_conversation(d, l, row);
	view_row_printf(row, STYLE_NOTE, "%s ", name_of(l->who));
	ladder_words(d, l, UINT_MAX, UINT_MAX, &d->text);
	ladder_append(row, &d->text);
	ladder_say_pass(d, l, row);
}

/* --- Contract --- */

void ladder_row(struct ladder *d, const struct ladder_line *l, unsigned width, struct view_row *row)
{
	if (l->kind == LINE_GAP) {
		ladder_words(d, l, UINT_MAX, UINT_MAX, &d->text);
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

/* --- Above the lines --- */

/* "client 127.0.0.1:53422", or where there is little room only the port. */
static void put_end(struct ladder *d, enum event_who who, const struct endpoint *e, unsigned room)
{
	char text[ENDPOINT_TEXT];
	for (int whole = 1; whole >= 0; whole--) {
		view_row_clear(&d->text);
		view_row_printf(&d->text, STYLE_KEY, "%s", name_of(who));
		if (e->family && whole)
			view_row_printf(&d->text, STYLE_TEXT, " %s", endpoint_format(e, text));
		else if (e->family)
			view_row_printf(&d->text, STYLE_TEXT, " :%u", e->port);
		if (d->text.columns <= room)
			break;
	}
	ladder_cut(&d->text, room);
}

static void put_which(struct ladder *d, const struct flow_conversation *c, unsigned room)
{
	uint32_t all = flow_conversations(d->flow);
	view_row_clear(&d->label);
	view_row_printf(&d->label, STYLE_NOTE, "%s", protocol_name(c->protocol));
	if (all > 1 && d->conversation) {
		view_row_printf(&d->label, STYLE_NOTE, " ");
		view_row_printf(&d->label, STYLE_NOTE, _("%u of %u"), d->conversation, all);
	}
	ladder_cut(&d->label, room);
}

/* In one column they stand as they would in lanes, without any space to spare. */
static struct lanes header_lanes(unsigned width)
{
	if (width >= WIDTH_TWO_LANES)
		return lanes_of(width);
	unsigned lane = (width > MIDDLE_NARROW + 2 ? width - MIDDLE_NARROW - 2 : 0) / 2;
	return (struct lanes){.middle = MIDDLE_NARROW, .lane = lane, .server = width - lane};
}

int ladder_header(struct ladder *d, unsigned width, struct view_row *row)
{
	static const struct flow_conversation none;
	const struct flow_conversation *c = d->conversation ? flow_conversation(d->flow, d->conversation) : &none;
	struct lanes s = header_lanes(width);
	view_row_clear(row);
	put_end(d, EVENT_CLIENT, &c->client, s.lane);
	ladder_append(row, &d->text);
	row->failed |= d->text.failed;
	put_which(d, c, s.middle);
	space_to(row, s.lane + 1 + (s.middle - d->label.columns) / 2);
	ladder_append(row, &d->label);
	put_end(d, EVENT_SERVER, &c->server, s.lane);
	space_to(row, s.server);
	ladder_append(row, &d->text);
	row->failed |= d->text.failed || d->label.failed;
	return view_row_fit(row, width, STYLE_TEXT);
}
