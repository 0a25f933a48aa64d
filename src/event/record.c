/*
 * Each struct's fields are listed once, as in pack.c, in a function that either writes or reads them.
 */
#include <limits.h>
#include <string.h>

#include "record_fields.h"

static enum protocol field_protocol(struct fields *f, enum protocol p)
{
	return field_choice(f, "protocol", WORD_PROTOCOL, p);
}

static int field_fd(struct fields *f, int fd)
{
	return field_there(f, "fd", fd != -1) ? (int)field_signed(f, "fd", fd, INT_MIN, INT_MAX) : -1;
}

static uint32_t field_count32(struct fields *f, const char *name, uint32_t value)
{
	return (uint32_t)field_count(f, name, value, UINT32_MAX);
}

static uint64_t field_count64(struct fields *f, const char *name, uint64_t value)
{
	return field_count(f, name, value, UINT64_MAX);
}

/* Whether it has returned is told by whether there is a result, which may well be 0. */
static void record_call(struct fields *f, struct event_call *call)
{
	call->op = field_word(f, "op", WORD_OP, call->op);
	call->fd = field_fd(f, call->fd);
	field_integers(f, "args", call->args, COUNT(call->args));
	field_endpoint(f, "address", &call->address);
	call->asked = field_count64(f, "asked", call->asked);
	call->offset = field_count64(f, "offset", call->offset);
	call->returned = field_there(f, "result", call->returned);
	if (call->returned)
		call->result = field_signed(f, "result", call->result, INT64_MIN, INT64_MAX);
	call->error =
		field_error(f, "error", call->op == OP_GETADDRINFO ? SYMBOL_LOOKUP_ERROR : SYMBOL_ERRNO, call->error);
	call->took = field_count64(f, "took", call->took);
}

static void record_talk(struct fields *f, struct event_talk *talk)
{
	talk->protocol = field_protocol(f, talk->protocol);
	talk->sentence = field_count64(f, "sentence", talk->sentence);
	talk->verdict = field_choice(f, "verdict", WORD_VERDICT, talk->verdict);
	talk->guess = field_choice(f, "guess", WORD_GUESS, talk->guess);
	talk->late = field_flag(f, "late", talk->late);
	talk->out_of_order = field_flag(f, "out_of_order", talk->out_of_order);
	talk->joined = field_flag(f, "joined", talk->joined);
	talk->again = field_flag(f, "again", talk->again);
	talk->queued = field_flag(f, "queued", talk->queued);
	talk->unqueued = field_flag(f, "unqueued", talk->unqueued);
	talk->amends = field_choice(f, "amends", WORD_VERDICT, talk->amends);
	talk->series.kind = field_choice(f, "series", WORD_SERIES, talk->series.kind);
	talk->series.place = field_count32(f, "place", talk->series.place);
	talk->error = field_error(f, "error", SYMBOL_ERRNO, talk->error);
	talk->pieces = field_count32(f, "pieces", talk->pieces);
	talk->bytes = field_count64(f, "bytes", talk->bytes);
	talk->rtt = field_count64(f, "rtt", talk->rtt);
	talk->limit = field_count64(f, "limit", talk->limit);
	field_endpoint(f, "from", &talk->from);
}

static void record_state(struct fields *f, struct event_state *state)
{
	state->what = field_word(f, "what", WORD_STATE, state->what);
	state->protocol = field_protocol(f, state->protocol);
	state->by = field_choice(f, "by", WORD_WHO, state->by);
	state->lookup = field_flag(f, "lookup", state->lookup);
	state->own = field_flag(f, "own", state->own);
	state->bound = field_flag(f, "bound", state->bound);
	state->one_each = field_flag(f, "one_each", state->one_each);
	state->error = field_error(f, "error", state->lookup ? SYMBOL_LOOKUP_ERROR : SYMBOL_ERRNO, state->error);
	state->waiting = field_count32(f, "waiting", state->waiting);
	state->more = field_count32(f, "more", state->more);
	field_endpoint(f, "local", &state->local);
	field_endpoint(f, "remote", &state->remote);
}

static void record_lab(struct fields *f, struct event_lab *lab)
{
	lab->what = field_word(f, "what", WORD_LAB, lab->what);
	lab->protocol = field_protocol(f, lab->protocol);
	lab->fd = field_fd(f, lab->fd);
	lab->datagram = field_count64(f, "datagram", lab->datagram);
	lab->request_dropped = field_flag(f, "request_dropped", lab->request_dropped);
	lab->reply_dropped = field_flag(f, "reply_dropped", lab->reply_dropped);
	lab->twice = field_flag(f, "twice", lab->twice);
	lab->held_back = field_flag(f, "held_back", lab->held_back);
	lab->bytes = field_count64(f, "bytes", lab->bytes);
	lab->whole = field_count64(f, "whole", lab->whole);
	lab->delay = field_count64(f, "delay", lab->delay);
	field_endpoint(f, "peer", &lab->peer);
}

static void record_kernel(struct fields *f, struct event_kernel *k)
{
	k->why = field_word(f, "why", WORD_WHY, k->why);
	k->protocol = field_protocol(f, k->protocol);
	k->fd = field_fd(f, k->fd);
	k->offered = field_choices(f, "offered", WORD_OFFER, k->offered);
	k->state = field_choice(f, "state", WORD_TCP_STATE, k->state);
	k->congestion_window = field_count32(f, "congestion_window", k->congestion_window);
	k->retransmissions = field_count32(f, "retransmissions", k->retransmissions);
	k->rtt = field_count64(f, "rtt", k->rtt);
	k->rtt_variation = field_count64(f, "rtt_variation", k->rtt_variation);
	k->unacknowledged = field_count64(f, "unacknowledged", k->unacknowledged);
	k->unsent = field_count64(f, "unsent", k->unsent);
	k->unread = field_count64(f, "unread", k->unread);
	k->dropped = field_count64(f, "dropped", k->dropped);
	k->taken = field_count64(f, "taken", k->taken);
	k->waited = field_count64(f, "waited", k->waited);
	field_endpoint(f, "local", &k->local);
	field_endpoint(f, "remote", &k->remote);
}

static void record_event(struct fields *f, struct event *e, struct buf *data)
{
	e->number = field_count64(f, "number", e->number);
	e->when = field_unsigned(f, "when", e->when, UINT64_MAX);
	e->who = field_word(f, "who", WORD_WHO, e->who);
	e->kind = field_word(f, "kind", WORD_KIND, e->kind);
	switch (e->kind) {
	case EVENT_CALL:
		record_call(f, &e->call);
		break;
	case EVENT_SENTENCE:
	case EVENT_REPLY:
	case EVENT_MISSING:
		record_talk(f, &e->talk);
		break;
	case EVENT_STATE:
		record_state(f, &e->state);
		break;
	case EVENT_NOTE:
		e->note.level = field_word(f, "level", WORD_LEVEL, e->note.level);
		break;
	case EVENT_LAB:
		record_lab(f, &e->lab);
		break;
	case EVENT_KERNEL:
		record_kernel(f, &e->kernel);
		break;
	}
	field_data(f, "data", "data_hex", e, data, event_data_max(e));
}

static void record_header(struct fields *f, struct record_header *h)
{
	h->version = (int)field_signed(f, "uproar-events", h->version, 1, INT_MAX);
	if (h->version > RECORD_VERSION)
		fields_fail(f, _("version %d of the format is not known here, only those up to %d are"), h->version,
			    RECORD_VERSION);
	h->wall = field_signed(f, "wall", h->wall, INT64_MIN, INT64_MAX);
}

/* --- Lines --- */

int record_write_header(const struct record_header *h, struct buf *out)
{
	struct record_header copy = *h;
	struct fields f;

	fields_write(&f);
	record_header(&f, &copy);
	return fields_written(&f, out);
}

int record_write(const struct event *e, struct buf *out)
{
	struct event copy = *e;
	struct fields f;

	fields_write(&f);
	record_event(&f, &copy, NULL);
	return fields_written(&f, out);
}

int record_read_header(const char *line, size_t n, struct record_header *h, char problem[RECORD_PROBLEM])
{
	struct fields f;

	memset(h, 0, sizeof *h);
	if (fields_read(&f, line, n, problem) == -1)
		return -1;
	record_header(&f, h);
	return fields_done(&f);
}

int record_read(const char *line, size_t n, struct event *e, struct buf *data, char problem[RECORD_PROBLEM])
{
	struct fields f;

	memset(e, 0, sizeof *e);
	if (fields_read(&f, line, n, problem) == -1)
		return -1;
	record_event(&f, e, data);
	return fields_done(&f);
}
