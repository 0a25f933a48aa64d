#include "ladder_plain.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	LANES = 32,   /* older conversations of which further calls are printed, at most */
	CHANGES = 64, /* so many lines at the ladder's end may still change places */
};

/*
 * A ladder shows one conversation. The first lane has the newest, with all that belongs to none; each other lane has
 * an older one. What belongs to all of them, such as the server's listen(), is in each lane: so it is kept of each
 * event which lane, counted from 1, has printed it.
 */
struct ladder_plain {
	const struct log *log;
	struct flow *flow;
	struct ring lanes;      /* of struct ladder * */
	uint32_t conversations; /* that have a lane, or had one */
	struct ring printed;    /* of uint8_t: by which lane; 0: by none */
	uint64_t first;         /* the log's index of the event that the front one is of */
	struct ring found;      /* of struct found: the lines of this time */
	struct view_row row;
};

struct found {
	uint64_t order; /* the lines are printed by this, then by lane, then by number */
	size_t lane;
	uint64_t number;
	uint64_t index; /* the log's; PAGER_NONE: no event's */
};

static struct ladder *lane(const struct ladder_plain *p, size_t i)
{
	return *(struct ladder **)ring_at(&p->lanes, i);
}

static int add_lane(struct ladder_plain *p, uint32_t conversation)
{
	struct ladder *d = ladder_new(p->log, p->flow);
	struct ladder **place = d ? ring_push(&p->lanes) : NULL;
	if (!place) {
		ladder_free(d);
		return -1;
	}
	*place = d;
	ladder_choose(d, &(struct ladder_choice){.conversation = conversation, .plain = true});
	return 0;
}

struct ladder_plain *ladder_plain_new(const struct log *l)
{
	struct ladder_plain *p = calloc(1, sizeof *p);
	if (!p)
		return NULL;
	p->log = l;
	p->lanes = RING_OF(struct ladder *);
	p->printed = RING_OF(uint8_t);
	p->found = RING_OF(struct found);
	p->flow = flow_new(l);
	if (p->flow && add_lane(p, 0) == 0)
		return p;
	ladder_plain_free(p);
	return NULL;
}

void ladder_plain_free(struct ladder_plain *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->lanes.count; i++)
		ladder_free(lane(p, i));
	ring_free(&p->lanes);
	ring_free(&p->printed);
	ring_free(&p->found);
	view_row_free(&p->row);
	flow_free(p->flow);
	free(p);
}

/* --- What is new --- */

/* A lane for each conversation that is no longer the newest. */
static int update_lanes(struct ladder_plain *p)
{
	while (p->conversations + 1 < flow_conversations(p->flow)) {
		uint32_t n = ++p->conversations;
		if (flow_conversation(p->flow, n)->protocol == PROTOCOL_NONE)
			continue;
		if (p->lanes.count > LANES) {
			ladder_free(lane(p, 1));
			ring_remove(&p->lanes, 1);
		}
		if (add_lane(p, n) == -1)
			return -1;
	}
	for (size_t i = 0; i < p->lanes.count; i++)
		if (ladder_lines.update(lane(p, i)) == -1)
			return -1;
	return 0;
}

static int update_printed(struct ladder_plain *p)
{
	for (; p->first < log_first(p->log) && p->printed.count > 0; p->first++)
		ring_pop(&p->printed);
	if (p->printed.count == 0 && p->first < log_first(p->log))
		p->first = log_first(p->log);
	while (p->first + p->printed.count < log_end(p->log))
		if (!ring_push(&p->printed))
			return -1;
	return 0;
}

static uint8_t *printed_by(const struct ladder_plain *p, uint64_t index)
{
	return index >= p->first && index - p->first < p->printed.count ? ring_at(&p->printed, index - p->first) : NULL;
}

static bool is_printed(const struct ladder_plain *p, uint64_t index)
{
	const uint8_t *by = printed_by(p, index);
	return !by || *by != 0;
}

/* The call that this line tells of goes on, and how it ends is going to be told in the same line. */
static bool goes_on(const struct ladder_plain *p, struct ladder *d, uint64_t index, uint64_t now)
{
	const struct event *e = log_at(p->log, index);
	return e->kind == EVENT_CALL && e->call.op == OP_CONNECT && e->call.error == EINPROGRESS &&
	       ladder_clock(d, now);
}

static struct found *found_at(const struct ladder_plain *p, size_t i)
{
	return ring_at(&p->found, i);
}

/* Lines are printed in the lane's order, which is not always the log's. */
static void set_order(struct ladder_plain *p, size_t from)
{
	uint64_t latest = 0;
	for (size_t i = p->found.count; i-- > from;) {
		struct found *f = found_at(p, i);
		if (f->index != PAGER_NONE && f->index > latest)
			latest = f->index;
		f->order = latest;
	}
}

/*
 * The lines of a lane that are not printed, from its end back to where all are. One that tells of no event (that some
 * were left out) goes with the line after it.
 */
static int find(struct ladder_plain *p, size_t which, enum ladder_plain_end end, uint64_t now)
{
	struct ladder *d = lane(p, which);
	size_t from = p->found.count;
	uint64_t first = ladder_lines.first(d), number = ladder_lines.end(d);
	uint64_t kept_back = end == LADDER_MORE ? CHANGES : 0;
	number = number - first > kept_back ? number - kept_back : first;
	bool last_printed = end != LADDER_LAST;
	for (unsigned printed = 0; number-- > first && printed <= CHANGES;) {
		uint64_t index = ladder_lines.event(d, number);
		if (index != PAGER_NONE)
			last_printed = is_printed(p, index);
		printed = last_printed ? printed + 1 : 0;
		if (last_printed)
			continue;
		if (end != LADDER_LAST && index != PAGER_NONE && goes_on(p, d, index, now)) {
			ring_cut(&p->found, from);
			continue;
		}
		struct found *f = ring_push(&p->found);
		if (!f)
			return -1;
		*f = (struct found){.lane = which, .number = number, .index = index};
	}
	set_order(p, from);
	return 0;
}

static int by_order(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->lane != y->lane)
		return x->lane < y->lane ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void print(struct ladder_plain *p, const struct found *f)
{
	uint8_t *by = f->index == PAGER_NONE ? NULL : printed_by(p, f->index);
	unsigned indent = 0;
	if (by && *by && *by != f->lane + 1)
		return;
	if (by)
		*by = (uint8_t)(f->lane + 1);
	view_row_clear(&p->row);
	ladder_lines.line(lane(p, f->lane), f->number, UINT_MAX, &p->row, &indent);
	printf("%.*s\n", (int)p->row.text.size, (const char *)buf_bytes(&p->row.text));
}

int ladder_plain_print(struct ladder_plain *p, enum ladder_plain_end end, uint64_t now)
{
	if (flow_update(p->flow) == -1 || update_lanes(p) == -1 || update_printed(p) == -1)
		return -1;
	ring_cut(&p->found, 0);
	for (size_t i = 0; i < p->lanes.count; i++)
		if (find(p, i, end, now) == -1)
			return -1;
	if (p->found.count > 0)
		qsort(found_at(p, 0), p->found.count, sizeof(struct found), by_order);
	for (size_t i = 0; i < p->found.count; i++)
		print(p, found_at(p, i));
	return 0;
}
