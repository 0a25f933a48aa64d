/* The bytes that a call moved: where they lie in the stream, and whom they are from or went to. */
#include <inttypes.h>
#include <string.h>

#include "calls.h"
#include "inspect.h"

static bool has_moved(const struct event_call *call)
{
	return call->returned && !call->error && (event_op_sends(call->op) || event_op_receives(call->op));
}

/* Bytes that the call moved; of one that has not returned, or failed, those that it was to send. */
static uint64_t moved_bytes(const struct event_call *call)
{
	if (!has_moved(call))
		return event_op_sends(call->op) ? call->asked : 0;
	return smaller((uint64_t)call->result, call->asked);
}

/* What stands before a send's number, as in the ladder: others may have gone unseen before it. */
static const char *doubt(bool unsure)
{
	return unsure ? "?" : "";
}

/* --- In the stream --- */

static void put_place(struct inspect *p, enum protocol protocol, uint64_t moved)
{
	const struct event_call *call = &p->event.call;
	if (protocol != PROTOCOL_TCP || moved == 0 || !has_moved(call))
		return;
	view_row_printf(inspect_field(p, 0, _("In the stream")), STYLE_TEXT,
			event_op_sends(call->op)
				? _("bytes %" PRIu64 " to %" PRIu64 " of all that this socket sent, counted from 0")
				: _("bytes %" PRIu64 " to %" PRIu64 " of all that came here, counted from 0"),
			call->offset, call->offset + moved - 1);
}

/* --- From whom --- */

/* Where among the bytes received those of a piece begin; sum: after those that were told before. */
static uint64_t begin_of(const struct inspect *p, const struct flow_piece *piece, enum protocol protocol, uint64_t sum)
{
	if (protocol != PROTOCOL_TCP || piece->index < log_first(p->log))
		return sum;
	uint64_t sent_at = log_at(p->log, piece->index)->call.offset, taken_at = p->event.call.offset;
	return sent_at > taken_at ? sent_at - taken_at : 0;
}

static void put_piece(struct inspect *p, const char *label, const struct flow_piece *piece, uint64_t begin)
{
	char bytes[WORDS_NUMBER];
	struct view_row *row = inspect_field(p, 0, label);
	view_row_printf(row, STYLE_TEXT,
			p->event.who == EVENT_SERVER ? _("send %s%" PRIu64 " of the client")
						     : _("send %s%" PRIu64 " of the server"),
			doubt(piece->unsure), piece->send);
	if (piece->bytes == piece->of)
		view_row_printf(row, STYLE_TEXT, _(", all of its %s"), words_bytes(piece->of, bytes));
	else
		view_row_printf(row, STYLE_TEXT, _(", %" PRIu64 " of its %s"), piece->bytes,
				words_bytes(piece->of, bytes));
	if (piece->bytes)
		view_row_printf(row, STYLE_FAINT, _(" (here bytes %" PRIu64 " to %" PRIu64 ")"), begin,
				begin + piece->bytes - 1);
}

static void put_pieces(struct inspect *p, enum protocol protocol)
{
	struct flow_call known = flow_call(p->flow, p->index);
	uint64_t sum = 0;
	memset(p->begins, 0, sizeof p->begins);
	for (size_t i = 0; i < known.pieces; i++) {
		struct flow_piece piece = flow_piece(p->flow, p->index, i);
		uint64_t begin = begin_of(p, &piece, protocol, sum);
		put_piece(p, i ? "" : _("Came from"), &piece, begin);
		if (begin > 0 && begin < INSPECT_DATA)
			p->begins[begin / 8] |= (uint8_t)(1u << begin % 8);
		sum = begin + piece.bytes;
	}
}

/* --- To whom --- */

static void put_takers(struct inspect *p)
{
	for (size_t i = 0; i < p->takers.count; i++) {
		const struct inspect_taker *t = ring_at(&p->takers, i);
		const struct event *e = log_at(p->log, t->index);
		char bytes[WORDS_NUMBER];
		struct view_row *row = inspect_field(p, 0, i ? "" : _("Taken by"));
		view_row_printf(row, STYLE_TEXT,
				e->who == EVENT_SERVER ? _("%s(%d) of the server: %s") : _("%s(%d) of the client: %s"),
				event_op_name(e->call.op), e->call.fd, words_bytes(t->bytes, bytes));
	}
}

static bool any_begins(const struct inspect *p)
{
	for (size_t i = 0; i < sizeof p->begins; i++)
		if (p->begins[i])
			return true;
	return false;
}

static void put_number(struct inspect *p)
{
	struct flow_call known = flow_call(p->flow, p->index);
	if (known.send == 0)
		return;
	struct view_row *row = inspect_field(p, 0, _("Send"));
	view_row_printf(row, STYLE_TEXT, _("number %s%" PRIu64 " in this direction of this conversation"),
			doubt(known.unsure), known.send);
	if (known.unsure)
		view_row_printf(row, STYLE_TEXT, "%s", _("; others may have gone unseen before it"));
}

void inspect_moved(struct inspect *p, enum protocol protocol)
{
	enum event_op op = p->event.call.op;
	uint64_t moved = moved_bytes(&p->event.call);
	memset(p->begins, 0, sizeof p->begins);
	if (!event_op_sends(op) && !event_op_receives(op))
		return;
	put_place(p, protocol, moved);
	put_number(p);
	put_pieces(p, protocol);
	put_takers(p);
	inspect_data(p, event_op_sends(op) && !has_moved(&p->event.call) ? _("Not sent") : _("Payload"), moved);
	if (any_begins(p))
		inspect_say(p, 1, "|", _("here the bytes of another send begin"));
}
