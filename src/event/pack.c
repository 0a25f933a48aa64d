/*
 * An event as a message: a mark, its fields, its data. Each struct's fields are listed once, in a function that either
 * writes or reads them. What is read may be anything: a flag is tested before it becomes a bool, a choice before it
 * becomes an enum, and the data must be what is left of the message.
 */
#include <errno.h>
#include <string.h>

#include <uproar/event.h>

enum {
	PACK_MARK = 0x75700003,                /* "up", and the version of this list of fields */
	PACK_ROOM = sizeof(struct event) + 64, /* for the mark and the fields, which hold no padding */
};

struct packing {
	uint8_t *out;      /* writing: where the next field goes; NULL when reading */
	const uint8_t *in; /* reading: where it comes from */
	size_t room;       /* bytes left of either */
	bool bad;
};

static void field(struct packing *p, void *value, size_t n)
{
	if (p->bad || n > p->room) {
		p->bad = true;
		return;
	}
	if (p->out) {
		memcpy(p->out, value, n);
		p->out += n;
	} else {
		memcpy(value, p->in, n);
		p->in += n;
	}
	p->room -= n;
}

/* A number out of least..last, as enums are. */
static unsigned choice(struct packing *p, unsigned value, unsigned least, unsigned last)
{
	field(p, &value, sizeof value);
	if (value >= least && value <= last)
		return value;
	p->bad = true;
	return least;
}

static bool flag(struct packing *p, bool value)
{
	uint8_t byte = value;
	field(p, &byte, sizeof byte);
	if (byte > 1)
		p->bad = true;
	return byte == 1;
}

static void pack_endpoint(struct packing *p, struct endpoint *e)
{
	field(p, &e->family, sizeof e->family);
	if (e->family != 0 && e->family != 4 && e->family != 6)
		p->bad = true;
	field(p, e->address, sizeof e->address);
	field(p, &e->port, sizeof e->port);
	field(p, &e->scope, sizeof e->scope);
}

static void pack_call(struct packing *p, struct event_call *call)
{
	call->op = choice(p, call->op, OP_SOCKET, OP_COUNT - 1);
	call->returned = flag(p, call->returned);
	field(p, &call->fd, sizeof call->fd);
	field(p, call->args, sizeof call->args);
	field(p, &call->error, sizeof call->error);
	field(p, &call->result, sizeof call->result);
	field(p, &call->took, sizeof call->took);
	field(p, &call->asked, sizeof call->asked);
	field(p, &call->offset, sizeof call->offset);
	pack_endpoint(p, &call->address);
}

static void pack_talk(struct packing *p, struct event_talk *talk)
{
	talk->protocol = choice(p, talk->protocol, PROTOCOL_NONE, PROTOCOL_UDP);
	talk->verdict = choice(p, talk->verdict, 0, VERDICT_REFUSED);
	talk->guess = choice(p, talk->guess, GUESS_NONE, GUESS_COPY);
	talk->late = flag(p, talk->late);
	talk->out_of_order = flag(p, talk->out_of_order);
	talk->joined = flag(p, talk->joined);
	talk->again = flag(p, talk->again);
	talk->queued = flag(p, talk->queued);
	talk->unqueued = flag(p, talk->unqueued);
	talk->amends = choice(p, talk->amends, 0, VERDICT_REFUSED);
	talk->series.kind = choice(p, talk->series.kind, SERIES_NONE, SERIES_PING);
	field(p, &talk->series.place, sizeof talk->series.place);
	field(p, &talk->error, sizeof talk->error);
	field(p, &talk->pieces, sizeof talk->pieces);
	field(p, &talk->sentence, sizeof talk->sentence);
	field(p, &talk->bytes, sizeof talk->bytes);
	field(p, &talk->rtt, sizeof talk->rtt);
	field(p, &talk->limit, sizeof talk->limit);
	pack_endpoint(p, &talk->from);
}

static void pack_state(struct packing *p, struct event_state *state)
{
	state->what = choice(p, state->what, STATE_STARTING, STATE_LISTENING);
	state->protocol = choice(p, state->protocol, PROTOCOL_NONE, PROTOCOL_UDP);
	state->by = choice(p, state->by, 0, EVENT_SERVER);
	state->lookup = flag(p, state->lookup);
	state->own = flag(p, state->own);
	state->bound = flag(p, state->bound);
	state->one_each = flag(p, state->one_each);
	field(p, &state->error, sizeof state->error);
	field(p, &state->waiting, sizeof state->waiting);
	field(p, &state->more, sizeof state->more);
	pack_endpoint(p, &state->local);
	pack_endpoint(p, &state->remote);
}

static void pack_lab(struct packing *p, struct event_lab *lab)
{
	lab->what = choice(p, lab->what, LAB_SETTINGS, LAB_CLOSED);
	lab->protocol = choice(p, lab->protocol, PROTOCOL_NONE, PROTOCOL_UDP);
	lab->request_dropped = flag(p, lab->request_dropped);
	lab->reply_dropped = flag(p, lab->reply_dropped);
	lab->twice = flag(p, lab->twice);
	lab->held_back = flag(p, lab->held_back);
	field(p, &lab->fd, sizeof lab->fd);
	field(p, &lab->datagram, sizeof lab->datagram);
	field(p, &lab->bytes, sizeof lab->bytes);
	field(p, &lab->whole, sizeof lab->whole);
	field(p, &lab->delay, sizeof lab->delay);
	pack_endpoint(p, &lab->peer);
}

static void pack_kernel(struct packing *p, struct event_kernel *k)
{
	k->why = choice(p, k->why, KERNEL_SAMPLE, KERNEL_DROPS);
	k->protocol = choice(p, k->protocol, PROTOCOL_NONE, PROTOCOL_UDP);
	field(p, &k->fd, sizeof k->fd);
	k->offered = choice(p, k->offered, 0, KERNEL_OFFERS);
	k->state = choice(p, k->state, 0, KERNEL_STATES - 1);
	field(p, &k->congestion_window, sizeof k->congestion_window);
	field(p, &k->retransmissions, sizeof k->retransmissions);
	field(p, &k->rtt, sizeof k->rtt);
	field(p, &k->rtt_variation, sizeof k->rtt_variation);
	field(p, &k->unacknowledged, sizeof k->unacknowledged);
	field(p, &k->unsent, sizeof k->unsent);
	field(p, &k->unread, sizeof k->unread);
	field(p, &k->dropped, sizeof k->dropped);
	field(p, &k->taken, sizeof k->taken);
	field(p, &k->waited, sizeof k->waited);
	pack_endpoint(p, &k->local);
	pack_endpoint(p, &k->remote);
}

uint32_t event_data_max(const struct event *e)
{
	if (e->kind == EVENT_CALL)
		return e->call.op == OP_GETADDRINFO ? EVENT_LOOKUP_DATA : EVENT_CALL_DATA;
	return e->kind == EVENT_LAB ? EVENT_CALL_DATA : EVENT_DATA_MAX;
}

static void pack_fields(struct packing *p, struct event *e)
{
	choice(p, PACK_MARK, PACK_MARK, PACK_MARK);
	field(p, &e->number, sizeof e->number);
	field(p, &e->when, sizeof e->when);
	e->who = choice(p, e->who, EVENT_CLIENT, EVENT_SERVER);
	e->kind = choice(p, e->kind, EVENT_CALL, EVENT_KERNEL);
	switch (e->kind) {
	case EVENT_CALL:
		pack_call(p, &e->call);
		break;
	case EVENT_SENTENCE:
	case EVENT_REPLY:
	case EVENT_MISSING:
		pack_talk(p, &e->talk);
		break;
	case EVENT_STATE:
		pack_state(p, &e->state);
		break;
	case EVENT_NOTE:
		e->note.level = choice(p, e->note.level, NOTE_INFO, NOTE_ERROR);
		break;
	case EVENT_LAB:
		pack_lab(p, &e->lab);
		break;
	case EVENT_KERNEL:
		pack_kernel(p, &e->kernel);
		break;
	}
	e->size = choice(p, e->size, 0, event_data_max(e));
}

static int not_ours(void)
{
	errno = EBADMSG;
	return -1;
}

int event_pack(const struct event *e, struct buf *out)
{
	if (e->size > EVENT_DATA_MAX)
		return not_ours();
	uint8_t *room = buf_reserve(out, PACK_ROOM + (size_t)e->size);
	if (!room)
		return -1;
	struct packing p = {.out = room, .room = PACK_ROOM};
	struct event copy = *e;
	pack_fields(&p, &copy);
	if (p.bad)
		return not_ours();
	if (e->size)
		memcpy(p.out, e->data, e->size);
	out->size += (size_t)(p.out - room) + e->size;
	return 0;
}

int event_unpack(struct event *e, const void *message, size_t n)
{
	struct packing p = {.in = message, .room = n};
	memset(e, 0, sizeof *e);
	pack_fields(&p, e);
	if (p.bad || p.room != e->size)
		return not_ours();
	e->data = e->size ? p.in : NULL;
	return 0;
}
