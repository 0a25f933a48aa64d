#include "flow_end.h"

static const struct place *place_at(const struct flow *f, uint64_t index)
{
	static const struct place none;
	if (index < f->first || index < log_first(f->log) || index >= f->next)
		return &none;
	return ring_at(&f->places, (size_t)(index - f->first));
}

/* Of a server's datagram socket only a datagram tells whose turn it is. */
static uint32_t conversation_of(const struct place *p)
{
	const struct flow_socket *s = &p->socket->is;
	if (p->end)
		return p->end->conversation ? p->end->conversation->number : 0;
	return s->protocol == PROTOCOL_UDP && s->who == EVENT_SERVER ? 0 : s->conversation;
}

/* The end that sent or received at this index; NULL: none. */
static const struct end *talker(const struct place *p)
{
	if (!p->socket)
		return NULL;
	return p->socket->is.protocol == PROTOCOL_TCP ? LIST_FIRST(&p->socket->ends) : p->end;
}

/* Of the sends of the other end, those that a receive took bytes of. */
struct taken {
	const struct end *from;
	size_t first, count;
};

static uint64_t send_start(const void *send)
{
	return ((const struct send *)send)->start;
}

static uint64_t send_stop(const void *send)
{
	return ((const struct send *)send)->stop;
}

static uint64_t receive_index(const void *receive)
{
	return ((const struct receive *)receive)->index;
}

static struct taken taken_of_stream(const struct end *from, const struct event_call *c, size_t known)
{
	uint64_t n = (uint64_t)c->result;
	if (n == 0 || n > UINT64_MAX - c->offset)
		return (struct taken){0};
	size_t first = ring_search(&from->sends, send_stop, c->offset + 1);
	size_t end = ring_search(&from->sends, send_start, c->offset + n);
	if (first < known)
		first = known;
	return (struct taken){from, first, end > first ? end - first : 0};
}

static struct taken taken_datagram(const struct end *from, const struct end *to, uint64_t index, size_t known)
{
	size_t at = ring_search(&to->receives, receive_index, index);
	const struct receive *r = at < to->receives.count ? ring_at(&to->receives, at) : NULL;
	bool is_known = r && r->index == index && r->send > from->forgotten + known;
	return (struct taken){from, is_known ? (size_t)(r->send - from->forgotten - 1) : 0, is_known};
}

static struct taken taken_by(const struct flow *f, uint64_t index)
{
	const struct place *p = place_at(f, index);
	const struct end *x = talker(p), *from = x ? flow_partner(x) : NULL;
	if (!from)
		return (struct taken){0};
	const struct event *e = log_at(f->log, index);
	const struct event_call *c = &e->call;
	if (e->kind != EVENT_CALL || !event_op_receives(c->op) || !c->returned || c->result < 0)
		return (struct taken){0};
	size_t known = ring_search(&from->sends, flow_send_index, log_first(f->log));
	return p->socket->is.protocol == PROTOCOL_TCP ? taken_of_stream(from, c, known)
						      : taken_datagram(from, x, index, known);
}

static uint64_t send_number(const struct end *x, uint64_t index)
{
	size_t at = x ? ring_search(&x->sends, flow_send_index, index) : 0;
	bool is_one = x && at < x->sends.count && flow_send_index(ring_at(&x->sends, at)) == index;
	return is_one ? x->forgotten + at + 1 : 0;
}

/* Whether this end may have moved something before this event, in this way, that nobody has seen. */
static bool is_unsure(const struct flow *f, const struct end *x, enum flow_way way, uint64_t index)
{
	const struct known_socket *s = x->socket;
	if (s->is.protocol == PROTOCOL_TCP)
		return index >= x->unsure[way];
	return s->born == 0 || flow_gap_between(f, s->is.who, s->since, index);
}

struct flow_call flow_call(const struct flow *f, uint64_t index)
{
	const struct place *p = place_at(f, index);
	if (!p->socket)
		return (struct flow_call){.socket = SIZE_MAX};
	const struct end *x = talker(p);
	uint64_t send = send_number(x, index);
	return (struct flow_call){.conversation = conversation_of(p),
				  .socket = p->socket->number,
				  .send = send,
				  .unsure = send && is_unsure(f, x, WAY_OUT, index),
				  .pieces = taken_by(f, index).count};
}

static uint64_t overlap(const struct send *s, const struct event_call *c)
{
	uint64_t from = s->start > c->offset ? s->start : c->offset;
	return smaller(s->stop, c->offset + (uint64_t)c->result) - from;
}

struct flow_piece flow_piece(const struct flow *f, uint64_t index, size_t i)
{
	struct taken t = taken_by(f, index);
	if (i >= t.count)
		return (struct flow_piece){0};
	const struct event_call *c = &log_at(f->log, index)->call;
	const struct send *s = ring_at(&t.from->sends, t.first + i);
	bool stream = t.from->socket->is.protocol == PROTOCOL_TCP;
	/* Over TCP the offset tells which send it was; over UDP only its bytes do, and others may have had the same. */
	uint64_t upto = stream || s->index > index ? s->index : index;
	return (struct flow_piece){.send = t.from->forgotten + t.first + i + 1,
				   .index = s->index,
				   .bytes = stream ? overlap(s, c) : smaller(s->bytes, c->asked),
				   .of = s->bytes,
				   .unsure = is_unsure(f, t.from, WAY_OUT, upto) ||
					     is_unsure(f, talker(place_at(f, index)), WAY_IN, index)};
}
