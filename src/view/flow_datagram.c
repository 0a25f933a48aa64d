/*
 * Which receive took which datagram. Nothing but its bytes is known of a datagram, so it is the oldest send of those
 * bytes that no receive has taken. But datagrams get lost. Between sockets of one computer they keep their order, and
 * a socket whose queue was seen empty will not get what was sent to it before: so those sends are tried last.
 */
#include <string.h>
#include <sys/socket.h>

#include "flow_end.h"

/*
 * It is tried of so many datagrams whether they are meant; and of more if many were lost in between: each send lets
 * some more be tried, once.
 */
enum { LOOK = 64, PATIENCE = 16, LOOK_AT_RECEIVES = 1024 };

/* --- Alike --- */

/* Where the system tells not how long a datagram was that it cut, any longer one will do. */
static bool same_length(const struct event_call *sent, const struct event_call *received)
{
	bool not_told = (received->args[1] & MSG_TRUNC) && received->result == (int64_t)received->asked;
	return not_told ? sent->result > received->result : sent->result == received->result;
}

static bool alike(const struct flow *f, uint64_t sent, uint64_t received)
{
	const struct event *s = log_at(f->log, sent), *r = log_at(f->log, received);
	size_t n = (size_t)smaller(s->size, r->size);
	return same_length(&s->call, &r->call) && (n == 0 || memcmp(s->data, r->data, n) == 0);
}

/* --- A receive looks for its send --- */

static struct send *send_at(const struct end *x, size_t i)
{
	return ring_at(&x->sends, i);
}

/* Of the sends from..to - 1, the first that may be meant; to: none. */
static size_t first_alike(const struct flow *f, const struct end *x, size_t from, size_t to, uint64_t received)
{
	size_t i = from;
	while (i < to && (send_at(x, i)->taken || !alike(f, send_at(x, i)->index, received)))
		i++;
	return i;
}

static uint64_t when_sent(const void *send)
{
	return ((const struct send *)send)->when;
}

static size_t later(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t look_ahead(const struct flow *f, struct end *from, size_t start, uint64_t received)
{
	size_t count = from->sends.count, far = LOOK + from->patience;
	size_t end = count - start > far ? start + far : count;
	size_t i = first_alike(f, from, start, end, received);
	from->patience -= i - start > LOOK ? i - start - LOOK : 0;
	return i < end ? i : count;
}

uint64_t flow_datagram_find(const struct flow *f, struct end *from, uint64_t emptied, uint64_t index)
{
	if (!event_op_receives(log_at(f->log, index)->call.op))
		return 0;
	size_t oldest = ring_search(&from->sends, flow_send_index, log_first(f->log)), count = from->sends.count;
	size_t next = from->arrived > from->forgotten ? (size_t)(from->arrived - from->forgotten) : 0;
	size_t start = later(later(oldest, next), ring_search(&from->sends, when_sent, emptied));
	size_t i = look_ahead(f, from, start, index);
	if (i < count)
		return from->forgotten + i + 1;
	i = first_alike(f, from, later(oldest, start > LOOK ? start - LOOK : 0), start, index);
	return i < start ? from->forgotten + i + 1 : 0;
}

static void take(struct end *from, struct receive *r, uint64_t send)
{
	r->send = send;
	if (!send)
		return;
	send_at(from, (size_t)(send - from->forgotten - 1))->taken = true;
	if (from->arrived < send)
		from->arrived = send;
}

static void match(const struct flow *f, struct end *x, struct receive *r)
{
	struct end *partner = flow_partner(x);
	if (partner)
		take(partner, r, flow_datagram_find(f, partner, r->emptied, r->index));
}

int flow_datagram_received(const struct flow *f, struct end *x, uint64_t index)
{
	flow_trim(f, x);
	struct receive *r = ring_push(&x->receives);
	if (!r)
		return -1;
	*r = (struct receive){.index = index, .when = log_at(f->log, index)->when, .emptied = x->socket->emptied};
	match(f, x, r);
	return 0;
}

/* --- A send whose receive was told first --- */

static uint64_t began(const struct event *e)
{
	return e->when - e->call.took;
}

/* The oldest without a send, of those that had not returned yet when it began; NULL: none. */
static struct receive *waiting_for(const struct flow *f, const struct end *x, uint64_t sent)
{
	struct receive *found = NULL;
	uint64_t since = began(log_at(f->log, sent)), first = log_first(f->log);
	size_t least = x->receives.count > LOOK_AT_RECEIVES ? x->receives.count - LOOK_AT_RECEIVES : 0;
	for (size_t i = x->receives.count; i > least; i--) {
		struct receive *r = ring_at(&x->receives, i - 1);
		if (r->when < since || r->index < first)
			break;
		if (!r->send && alike(f, sent, r->index))
			found = r;
	}
	return found;
}

int flow_datagram_sent(const struct flow *f, struct end *x, uint64_t index)
{
	if (flow_sent(f, x, index) == -1)
		return -1;
	x->patience += PATIENCE;
	struct end *partner = flow_partner(x);
	struct receive *r = partner ? waiting_for(f, partner, index) : NULL;
	if (r)
		take(x, r, x->forgotten + x->sends.count);
	return 0;
}

/* --- Another partner --- */

static void forget_taken(struct end *x)
{
	for (size_t i = 0; i < x->sends.count; i++)
		send_at(x, i)->taken = false;
	x->arrived = 0;
}

static void match_all(const struct flow *f, struct end *x)
{
	flow_trim(f, x);
	for (size_t i = 0; i < x->receives.count; i++) {
		struct receive *r = ring_at(&x->receives, i);
		r->send = 0;
		match(f, x, r);
	}
}

void flow_datagram_match(const struct flow *f, struct end *x)
{
	struct end *partner = flow_partner(x);
	if (x->socket->is.protocol != PROTOCOL_UDP || !partner)
		return;
	forget_taken(x);
	forget_taken(partner);
	match_all(f, x);
	match_all(f, partner);
}
