/*
 * What passes between the two programs. A send's bytes leave its lane with their number, and arrive at the receive that
 * took them: half an arrow each, so that on one row below the other they make a whole one, and bytes that never arrive
 * are seen to. What the two systems say to each other is dotted: it is only implied.
 */
#include <errno.h>
#include <stdio.h>

#include "ladder_draw.h"
#include "words.h"

enum {
	MARKS = 20, /* numbers in circles: U+2460 to U+2473 */
	MARK_ROOM = 24,
	ARROW = 2,        /* columns of the shortest one */
	LABEL_SHORT = 10, /* columns of a label where there is no lane for it */
};

/* --- What it is --- */

int ladder_answer(const struct ladder *d, const struct ladder_line *l)
{
	const struct event_call *c = &log_at(d->log, l->index)->call;
	if (!c->returned || (ladder_in_progress(c) && l->outcome == LADDER_NONE))
		return -1;
	if (!ladder_in_progress(c))
		return c->error;
	const struct event_call *outcome = &log_at(d->log, l->outcome)->call;
	if (outcome->op == OP_CLOSE)
		return -1;
	return outcome->op == OP_GETSOCKOPT ? outcome->args[2] : 0;
}

static struct ladder_pass answer(const struct ladder *d, const struct ladder_line *l)
{
	struct ladder_pass p = {.way = PASS_SEGMENT, .to = l->who};
	bool told_later = d->choice.raw && ladder_in_progress(&log_at(d->log, l->index)->call);
	int error = ladder_answer(d, l);
	if (error == 0 && !told_later)
		p.segment = SEGMENT_SYN_ACK;
	else if (error == ECONNREFUSED && !told_later)
		p.segment = SEGMENT_RST;
	else
		p.way = PASS_NOTHING;
	return p;
}

static struct ladder_pass moved(const struct ladder *d, const struct ladder_line *l)
{
	const struct event_call *c = &log_at(d->log, l->index)->call;
	const struct flow_socket *s = ladder_socket(d, l->index);
	bool datagram = c->returned && !c->error && s && s->protocol == PROTOCOL_UDP;
	bool moves = ladder_moved(c) > 0 || datagram;
	if (moves && event_op_sends(c->op))
		return (struct ladder_pass){.way = PASS_LEAVES, .to = ladder_other(l->who)};
	if (moves && event_op_receives(c->op))
		return (struct ladder_pass){.way = PASS_ARRIVES, .to = l->who, .lost = l->lost};
	return (struct ladder_pass){0};
}

struct ladder_pass ladder_pass(const struct ladder *d, const struct ladder_line *l)
{
	if (l->kind == LINE_ANSWER)
		return answer(d, l);
	if (l->kind == LINE_LOST)
		return (struct ladder_pass){.way = PASS_LEAVES, .to = EVENT_CLIENT, .lost = true};
	if (l->kind != LINE_CALL)
		return (struct ladder_pass){0};
	if (l->segment)
		return (struct ladder_pass){.way = PASS_SEGMENT, .to = l->to, .segment = l->segment};
	return moved(d, l);
}

static enum view_style style_of(const struct ladder_pass *p)
{
	if (p->lost)
		return STYLE_LAB;
	if (p->way == PASS_SEGMENT)
		return STYLE_FAINT;
	return p->to == EVENT_SERVER ? STYLE_YOU : STYLE_SERVER;
}

/* --- Labels --- */

/* A send's number: in a circle, or in brackets; after a question mark, if others may have gone unseen. */
static const char *mark(uint64_t n, bool unsure, char out[MARK_ROOM])
{
	if (unsure)
		snprintf(out, MARK_ROOM, "?%ju", (uintmax_t)n);
	else if (n > 0 && n <= MARKS && *words_sign("①", "") != '\0')
		snprintf(out, MARK_ROOM, "\xe2\x91%c", (char)(0xa0 + n - 1));
	else
		snprintf(out, MARK_ROOM, "(%ju)", (uintmax_t)n);
	return out;
}

static void put_mark(struct view_row *row, enum view_style style, uint64_t n, bool unsure)
{
	char text[MARK_ROOM];
	view_row_printf(row, style, "%s", mark(n, unsure, text));
}

/* All marks; told: and of how many bytes, where a send's were not all taken. */
static void put_marks(const struct ladder *d, uint64_t index, size_t pieces, bool told, enum view_style style,
		      struct view_row *row)
{
	bool part = false;
	for (size_t i = 0; i < pieces; i++) {
		struct flow_piece piece = flow_piece(d->flow, index, i);
		bool apart = part;
		part = told && piece.bytes < piece.of;
		if (i > 0 && (part || apart || piece.unsure))
			view_row_printf(row, style, " ");
		if (part)
			view_row_printf(row, style, _("%zu of "), (size_t)piece.bytes);
		put_mark(row, style, piece.send, piece.unsure);
	}
}

static void put_range(const struct ladder *d, uint64_t index, size_t pieces, enum view_style style,
		      struct view_row *row)
{
	struct flow_piece from = flow_piece(d->flow, index, 0), to = flow_piece(d->flow, index, pieces - 1);
	put_mark(row, style, from.send, from.unsure);
	view_row_printf(row, style, "%s", words_sign("–", "-"));
	put_mark(row, style, to.send, to.unsure);
}

/* The most that there is room for: whose bytes were taken, and how many; whose; the first's and the last's. */
static void put_pieces(const struct ladder *d, uint64_t index, unsigned room, enum view_style style,
		       struct view_row *row)
{
	size_t pieces = flow_call(d->flow, index).pieces;
	put_marks(d, index, pieces <= room ? pieces : 0, true, style, row);
	if (row->columns > room) {
		view_row_clear(row);
		put_marks(d, index, pieces, false, style, row);
	}
	if (row->columns > room || pieces > room) {
		view_row_clear(row);
		put_range(d, index, pieces, style, row);
	}
	ladder_cut(row, room);
}

static const char *segment_name(enum segment s)
{
	static const char *const names[] = {
		[SEGMENT_SYN] = "SYN", [SEGMENT_SYN_ACK] = "SYN,ACK", [SEGMENT_FIN] = "FIN", [SEGMENT_RST] = "RST"};
	return names[s];
}

/* What stands beside or within the arrow. */
static struct view_row *make_label(struct ladder *d, const struct ladder_line *l, const struct ladder_pass *p,
				   unsigned room)
{
	struct view_row *label = &d->label;
	view_row_clear(label);
	struct flow_call c = flow_call(d->flow, l->index);
	if (p->way == PASS_SEGMENT)
		view_row_printf(label, STYLE_FAINT, "%s", segment_name(p->segment));
	else if (p->way == PASS_LEAVES && l->kind == LINE_CALL && c.send)
		put_mark(label, style_of(p), c.send, c.unsure);
	else if (p->way == PASS_ARRIVES && c.pieces)
		put_pieces(d, l->index, room, style_of(p), label);
	return label;
}

/* --- Drawing --- */

static void put_dashes(struct view_row *row, enum view_style style, bool dotted, unsigned n)
{
	while (n-- > 0)
		view_row_printf(row, style, "%s", dotted ? words_sign("┄", ".") : words_sign("─", "-"));
}

static void put_head(struct view_row *row, const struct ladder_pass *p)
{
	const char *head = p->to == EVENT_SERVER ? words_sign("►", ">") : words_sign("◄", "<");
	view_row_printf(row, style_of(p), "%s", p->lost ? words_sign("✗", "x") : head);
}

/* The half of an arrow at the sender's lane: it has no head. Only of replies it is known that they are lost. */
static void draw_leaving(const struct ladder_pass *p, const struct view_row *label, unsigned length,
			 struct view_row *row)
{
	if (p->to == EVENT_SERVER)
		ladder_append(row, label);
	if (p->lost)
		put_head(row, p);
	put_dashes(row, style_of(p), false, length - label->columns - p->lost);
	if (p->to == EVENT_CLIENT)
		ladder_append(row, label);
}

static void draw_arriving(const struct ladder_pass *p, const struct view_row *label, unsigned length,
			  struct view_row *row)
{
	unsigned dashes = length - label->columns - 1;
	if (p->to == EVENT_CLIENT) {
		ladder_append(row, label);
		put_head(row, p);
	}
	put_dashes(row, style_of(p), false, dashes);
	if (p->to == EVENT_SERVER) {
		put_head(row, p);
		ladder_append(row, label);
	}
}

static void draw_segment(const struct ladder_pass *p, const struct view_row *label, unsigned length,
			 struct view_row *row)
{
	static const struct ladder_pass back = {.way = PASS_SEGMENT, .to = EVENT_SERVER};
	unsigned dots = length - label->columns - 1;
	if (p->to == EVENT_CLIENT)
		put_head(row, p);
	if (p->segment == SEGMENT_SYN_ACK && dots >= 4) { /* and the ACK that ends the handshake */
		ladder_append(row, label);
		put_dashes(row, STYLE_FAINT, true, dots - 4);
		view_row_printf(row, STYLE_FAINT, "ACK");
		put_head(row, &back);
		return;
	}
	put_dashes(row, STYLE_FAINT, true, dots / 2);
	ladder_append(row, label);
	put_dashes(row, STYLE_FAINT, true, dots - dots / 2);
	if (p->to == EVENT_SERVER)
		put_head(row, p);
}

unsigned ladder_pass_columns(struct ladder *d, const struct ladder_line *l)
{
	struct ladder_pass p = ladder_pass(d, l);
	if (p.way == PASS_NOTHING)
		return 0;
	return make_label(d, l, &p, LABEL_SHORT)->columns + ARROW;
}

/* The two halves of an arrow make a whole one, whatever the width. */
static unsigned length_of(const struct ladder_pass *p, const struct view_row *label, unsigned width)
{
	unsigned half = p->way == PASS_LEAVES ? width / 2 : width - width / 2, least = label->columns + ARROW;
	return half > least ? half : least;
}

void ladder_draw(struct ladder *d, const struct ladder_line *l, unsigned width, struct view_row *row)
{
	struct ladder_pass p = ladder_pass(d, l);
	const struct view_row *label = make_label(d, l, &p, width - ARROW);
	bool from_left = (p.way == PASS_LEAVES) == (p.to == EVENT_SERVER);
	unsigned length = p.way == PASS_SEGMENT ? width : length_of(&p, label, width);
	if (!from_left)
		row_spaces(row, STYLE_TEXT, width - length);
	if (p.way == PASS_LEAVES)
		draw_leaving(&p, label, length, row);
	else if (p.way == PASS_ARRIVES)
		draw_arriving(&p, label, length, row);
	else
		draw_segment(&p, label, length, row);
}

/* --- In words --- */

void ladder_say_pass(struct ladder *d, const struct ladder_line *l, struct view_row *row)
{
	struct ladder_pass p = ladder_pass(d, l);
	struct flow_call c = flow_call(d->flow, l->index);
	if (p.way == PASS_LEAVES && l->kind == LINE_CALL && c.send)
		view_row_printf(row, STYLE_TEXT, " (%s%ju)", c.unsure ? "?" : "", (uintmax_t)c.send);
	for (size_t i = 0; p.way == PASS_ARRIVES && i < c.pieces; i++) {
		struct flow_piece piece = flow_piece(d->flow, l->index, i);
		view_row_printf(row, STYLE_TEXT, "%s", i == 0 ? " (" : ", ");
		if (piece.bytes < piece.of)
			view_row_printf(row, STYLE_TEXT, _("%zu of "), (size_t)piece.bytes);
		view_row_printf(row, STYLE_TEXT, "%s%ju%s", piece.unsure ? "?" : "", (uintmax_t)piece.send,
				i + 1 == c.pieces ? ")" : "");
	}
	if (p.way == PASS_ARRIVES && p.lost)
		view_row_printf(row, STYLE_LAB, ", %s", _("dropped by the lab"));
}
