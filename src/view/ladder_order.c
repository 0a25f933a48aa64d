/*
 * The order of lines is the log's, with one exception: no receive stands above a send that it took bytes from. Should
 * the log have them the other way round, of the lines from the receive to the send those of the send's program come
 * first, then those of the other's. So both programs' own lines stay in order, and nothing else that must be in order
 * gets out of it: whatever came before the send in its program came before the receive, too.
 *
 * That is looked for only among the last LADDER_WINDOW lines.
 */
#include "ladder_about.h"

/* Bytes that a receive took of sends before it. */
static uint64_t accounted(const struct ladder *d, uint64_t index)
{
	uint64_t bytes = 0;
	size_t pieces = flow_call(d->flow, index).pieces;
	for (size_t i = 0; i < pieces; i++) {
		struct flow_piece p = flow_piece(d->flow, index, i);
		if (p.index < index)
			bytes += p.bytes;
	}
	return bytes;
}

static bool took_from(const struct ladder *d, const struct ladder_line *receive, uint64_t send)
{
	size_t pieces = flow_call(d->flow, receive->index).pieces;
	for (size_t i = 0; i < pieces; i++)
		if (flow_piece(d->flow, receive->index, i).index == send)
			return true;
	return false;
}

static bool is_receive(const struct ladder *d, const struct ladder_line *l)
{
	return l->kind == LINE_CALL && event_op_receives(log_at(d->log, l->index)->call.op);
}

static bool is_early(const struct ladder *d, const struct ladder_line *l)
{
	return is_receive(d, l) && accounted(d, l->index) < ladder_moved(&log_at(d->log, l->index)->call);
}

static uint64_t first_early(const struct ladder *d, uint64_t from)
{
	for (uint64_t number = from; number < ladder_end(d); number++)
		if (is_early(d, ladder_line(d, number)))
			return number;
	return LADDER_NONE;
}

/* The first line from there on that took bytes of the send, or LADDER_NONE. */
static uint64_t first_receive(const struct ladder *d, uint64_t from, const struct ladder_line *send)
{
	for (uint64_t number = from; number + 1 < ladder_end(d); number++) {
		const struct ladder_line *l = ladder_line(d, number);
		if (l->who != send->who && is_receive(d, l) && took_from(d, l, send->index))
			return number;
	}
	return LADDER_NONE;
}

/* Of the lines from this one on, those of one program come first. */
static void put_first(struct ladder *d, uint64_t from, enum event_who who)
{
	for (uint64_t next = from; next < ladder_end(d); next++) {
		struct ladder_line l = *ladder_line(d, next);
		if (l.who != who)
			continue;
		for (uint64_t number = next; number > from; number--)
			*ladder_line(d, number) = *ladder_line(d, number - 1);
		*ladder_line(d, from++) = l;
	}
}

static void keep_in_order(struct ladder *d, uint64_t from)
{
	for (uint64_t number = ladder_end(d) - 1; number > from; number--) {
		uint64_t kept = ladder_line(d, number)->kept;
		struct ladder_line *before = ladder_line(d, number - 1);
		before->kept = kept < before->kept ? kept : before->kept;
	}
}

void ladder_sort(struct ladder *d)
{
	const struct ladder_line *last = ladder_line(d, ladder_end(d) - 1);
	const struct event_call *c = &log_at(d->log, last->index)->call;
	uint64_t window = ladder_window(d);
	if (d->early < window)
		d->early = first_early(d, window);
	else if (d->early == LADDER_NONE && is_early(d, last))
		d->early = ladder_end(d) - 1;
	if (!event_op_sends(c->op) || d->early == LADDER_NONE)
		return;
	uint64_t receive = first_receive(d, d->early, last);
	if (receive == LADDER_NONE)
		return;
	enum event_who who = last->who;
	put_first(d, receive, who);
	keep_in_order(d, receive);
}
