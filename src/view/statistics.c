#include <stdlib.h>
#include <string.h>

#include "statistics_private.h"

struct statistics *statistics_new(void)
{
	struct statistics *s = calloc(1, sizeof *s);
	if (s)
		s->times.points = RING_OF(struct point);
	return s;
}

void statistics_free(struct statistics *s)
{
	if (!s)
		return;
	ring_free(&s->times.points);
	free(s);
}

void statistics_clear(struct statistics *s)
{
	struct ring points = s->times.points;
	ring_cut(&points, 0);
	memset(s, 0, sizeof *s);
	s->times.points = points;
}

const struct statistics_counts *statistics_counts(const struct statistics *s)
{
	return &s->counts;
}

uint64_t statistics_waiting(const struct statistics *s)
{
	const struct statistics_counts *c = &s->counts;
	return c->sentences - c->queued - c->answered - c->late - c->wrong - c->truncated - c->lost - c->cut_short -
	       c->unsent - c->refused - c->cancelled;
}

/* Where a sentence that gets another verdict was counted. */
static uint64_t *counted(struct statistics_counts *c, const struct event_talk *t)
{
	switch (t->amends) {
	case VERDICT_WRONG:
		return &c->wrong;
	case VERDICT_TRUNCATED:
		return &c->truncated;
	case VERDICT_REFUSED:
		return &c->refused;
	default:
		return &c->lost;
	}
}

/*
 * A sentence is about to get its verdict, or another one. False: these figures know nothing of it, since it was said
 * before the first event that they were given.
 */
static bool settle(struct statistics *s, const struct event_talk *t)
{
	if (t->queued) {
		bool known = s->counts.queued > 0;
		s->counts.queued -= known;
		return known;
	}
	if (!t->amends && !t->late)
		return statistics_waiting(s) > 0;
	uint64_t *before = counted(&s->counts, t);
	if (*before == 0)
		return false;
	*before -= 1;
	times_found(&s->times, t->sentence);
	return true;
}

static void count_answer(struct statistics *s, const struct event_talk *t)
{
	struct statistics_counts *c = &s->counts;
	if (!settle(s, t))
		return;
	c->out_of_order += t->out_of_order;
	c->guessed += t->guess != GUESS_NONE;
	c->in_pieces += t->pieces > 1;
	c->joined += t->joined;
	if (t->verdict == VERDICT_WRONG) {
		c->wrong++;
	} else if (t->verdict == VERDICT_TRUNCATED) {
		c->truncated++;
	} else {
		*(t->late ? &c->late : &c->answered) += 1;
		times_add(&s->times, t->sentence, t->rtt);
	}
}

/* Its bytes count when they are sent. */
static void take_sentence(struct statistics_counts *c, const struct event_talk *t)
{
	if (!t->queued)
		c->bytes_out += t->bytes;
	if (t->unqueued)
		c->queued -= c->queued > 0;
	else
		c->sentences += !t->again;
	c->queued += t->queued;
}

static void take_reply(struct statistics *s, const struct event_talk *t)
{
	s->counts.bytes_in += t->limit > t->bytes ? t->limit : t->bytes; /* limit: with what recvfrom cut off */
	switch (t->verdict) {
	case VERDICT_RIGHT:
	case VERDICT_WRONG:
	case VERDICT_TRUNCATED:
		count_answer(s, t);
		break;
	case VERDICT_DUPLICATE:
		s->counts.duplicates++;
		break;
	case VERDICT_UNASKED:
		s->counts.unasked++;
		break;
	case VERDICT_STRANGER:
		s->counts.strangers++;
		break;
	default:
		break;
	}
}

/* It was counted as sent when it was said. */
static void take_back(struct statistics_counts *c, const struct event_talk *t)
{
	uint64_t bytes = t->bytes + (t->protocol == PROTOCOL_TCP);
	c->bytes_out -= smaller(bytes, c->bytes_out);
}

static void take_missing(struct statistics *s, const struct event *e)
{
	struct statistics_counts *c = &s->counts;
	if (e->talk.verdict != VERDICT_TIMEOUT) /* else they belong to a reply that may still be told */
		c->bytes_in += e->size;
	if (!settle(s, &e->talk))
		return;
	if (e->talk.queued) { /* whatever became of the connection: it was never sent, nor its bytes counted */
		c->unsent++;
		return;
	}
	switch (e->talk.verdict) {
	case VERDICT_UNSENT:
		c->unsent++;
		take_back(c, &e->talk);
		return;
	case VERDICT_CANCELLED:
		c->cancelled++;
		return;
	case VERDICT_CUT_SHORT:
		c->cut_short++;
		break;
	case VERDICT_REFUSED:
		c->refused++;
		break;
	default:
		c->lost++;
	}
	times_lost(&s->times, e->talk.sentence);
}

static void take_kernel(struct statistics *s, const struct event_kernel *k)
{
	if (k->why == KERNEL_DROPS)
		s->counts.dropped += k->dropped;
	else
		s->kernel = *k;
	s->closed &= k->why == KERNEL_DROPS;
}

static void take_call(struct statistics *s, const struct event_call *c)
{
	s->closed |= c->op == OP_CLOSE && c->returned && s->kernel.why && c->fd == s->kernel.fd;
}

/* A server that is ours, or elsewhere, is there for this end to talk with. */
static bool is_watched(const struct event *e)
{
	return e->who == EVENT_SERVER && e->kind == EVENT_STATE && !e->state.own;
}

void statistics_take(struct statistics *s, const struct event *e)
{
	s->watches |= is_watched(e);
	if (e->who != EVENT_CLIENT)
		return;
	switch (e->kind) {
	case EVENT_SENTENCE:
		take_sentence(&s->counts, &e->talk);
		break;
	case EVENT_REPLY:
		take_reply(s, &e->talk);
		break;
	case EVENT_MISSING:
		take_missing(s, e);
		break;
	case EVENT_KERNEL:
		take_kernel(s, &e->kernel);
		break;
	case EVENT_CALL:
		take_call(s, &e->call);
		break;
	default:
		break;
	}
}
