#include <stdlib.h>

#include "ladder_draw.h"

enum { BACK = 1024 }; /* conversations among which the newest one is looked for */

/* --- Lines for a pager --- */

static void forget_indices(struct ring *r, uint64_t first)
{
	while (r->count && *(uint64_t *)ring_at(r, 0) < first)
		ring_pop(r);
}

static void forget(struct ladder *d)
{
	uint64_t first = log_first(d->log);
	for (; d->lines.count && ladder_line(d, d->first)->kept < first; d->first++)
		ring_pop(&d->lines);
	for (size_t i = d->waiting.count; i-- > 0;)
		if (((struct ladder_line *)ring_at(&d->waiting, i))->index < first)
			ring_remove(&d->waiting, i);
	forget_indices(&d->common, first);
	forget_indices(&d->lookups, first);
	forget_indices(&d->connects, first);
	d->known = d->known > first ? d->known : first;
	d->taken = d->taken > first ? d->taken : first;
}

static int learn(struct ladder *d)
{
	for (; d->known < flow_end(d->flow); d->known++) {
		const struct event *e = log_at(d->log, d->known);
		if (ladder_wait_learn(d, d->known) == -1)
			return -1;
		if (!ladder_is_common(d, d->known, e))
			continue;
		uint64_t *index = ring_push(ladder_op(e) == OP_GETADDRINFO ? &d->lookups : &d->common);
		if (!index)
			return -1;
		*index = d->known;
	}
	return 0;
}

static bool same_conversation(const struct flow_conversation *a, const struct flow_conversation *b)
{
	return a->first == b->first && (a->client_socket == SIZE_MAX) == (b->client_socket == SIZE_MAX) &&
	       (a->server_socket == SIZE_MAX) == (b->server_socket == SIZE_MAX) &&
	       endpoint_equal(&a->client, &b->client) && endpoint_equal(&a->server, &b->server);
}

static bool is_there(const struct ladder *d, uint32_t n)
{
	return n > 0 && n <= flow_conversations(d->flow) && flow_conversation(d->flow, n)->protocol != PROTOCOL_NONE;
}

/* The newest one that is not forgotten, nor an end of another; 0: none of the last BACK. */
static uint32_t newest(const struct ladder *d)
{
	uint32_t last = flow_conversations(d->flow), n = last;
	while (n > 0 && last - n < BACK && !is_there(d, n))
		n--;
	return is_there(d, n) ? n : 0;
}

/* Chooses what is shown; it is to be made anew when that is another conversation, or more is known of which calls are
 * its. */
static void choose(struct ladder *d)
{
	uint32_t wanted = d->choice.conversation;
	uint32_t conversation = d->choice.all ? 0 : is_there(d, wanted) ? wanted : newest(d);
	bool other = conversation != d->conversation;
	d->conversation = conversation;
	const struct flow_conversation *c = ladder_conversation(d);
	if (!other && (!c || same_conversation(c, &d->shown)))
		return;
	d->shown = c ? *c : (struct flow_conversation){0};
	d->both_seen = d->both_seen && !other;
	d->stale = true;
}

static int update(void *view)
{
	struct ladder *d = view;
	forget(d);
	if (learn(d) == -1)
		return -1;
	choose(d);
	do {
		if ((d->stale && ladder_rebuild(d) == -1) || ladder_take(d) == -1) {
			d->stale = true;
			return -1;
		}
	} while (d->stale);
	return ladder_wait_lines(d);
}

static uint64_t first(void *view)
{
	return ((struct ladder *)view)->first;
}

static uint64_t end(void *view)
{
	const struct ladder *d = view;
	return ladder_end(d) + d->waiting.count;
}

static void line(void *view, uint64_t number, unsigned width, struct view_row *row, unsigned *indent)
{
	struct ladder *d = view;
	*indent = 0;
	ladder_row(d, ladder_line(d, number), width, row);
}

static uint64_t event(void *view, uint64_t number)
{
	const struct ladder_line *l = ladder_line(view, number);
	return l->kind == LINE_GAP || l->kind == LINE_UNSEEN ? PAGER_NONE : l->index;
}

const struct pager_lines ladder_lines = {update, first, end, line, event};

/* --- Contract --- */

struct ladder *ladder_new(const struct log *l, const struct flow *f)
{
	struct ladder *d = malloc(sizeof *d);
	if (!d)
		return NULL;
	*d = (struct ladder){.log = l, .flow = f, .stale = true, .early = LADDER_NONE};
	d->common = RING_OF(uint64_t);
	d->lookups = RING_OF(uint64_t);
	d->calls = RING_OF(struct ladder_call);
	d->lines = RING_OF(struct ladder_line);
	d->waiting = RING_OF(struct ladder_line);
	d->connects = RING_OF(uint64_t);
	return d;
}

void ladder_free(struct ladder *d)
{
	if (!d)
		return;
	ring_free(&d->common);
	ring_free(&d->lookups);
	ring_free(&d->calls);
	ring_free(&d->lines);
	ring_free(&d->waiting);
	ring_free(&d->connects);
	view_row_free(&d->text);
	view_row_free(&d->data);
	view_row_free(&d->label);
	free(d);
}

void ladder_choose(struct ladder *d, const struct ladder_choice *c)
{
	d->choice = *c;
	d->choice.plain |= c->all;
	d->both_seen = false;
	d->stale = true;
}

bool ladder_clock(struct ladder *d, uint64_t now)
{
	d->now = now;
	return d->waiting.count > 0 || d->connects.count > 0;
}
