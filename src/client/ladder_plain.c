#include "ladder_plain.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	LANES = 256,  /* conversations that are at hand, at most */
	IDLE = 16,    /* times; a lane that was not used for longer may get another conversation */
	CHANGES = 64, /* so many lines at a ladder's end may still change places; and so many events may do that */
	BEFORE = 500, /* events that are kept back while there is no conversation, at most */
};

/* A ladder shows one conversation. */
struct lane {
	struct ladder *ladder;
	uint32_t conversation; /* 0: the newest, with all that belongs to none */
	uint64_t used;         /* when, by counting */
};

/*
 * The first lane has the newest conversation, and is always there; the others come when one of their events does.
 * What belongs to all conversations, such as the server's listen(), is in each lane: so it is kept of each event
 * whether it was printed.
 */
struct ladder_plain {
	const struct log *log;
	struct flow *flow;
	struct ring lanes; /* of struct lane */
	uint64_t times;    /* that something was printed */
	uint64_t next;     /* the log's index of the first event that may not be printed yet */

	struct ring printed; /* of uint8_t, for each event of the log: 1: it is */
	uint64_t first;      /* the log's index of the event that the front one is of */
	struct ring found;   /* of struct found: the lines of this time */
	struct view_row row;
};

struct found {
	uint64_t order; /* the lines are printed by this, then by lane, then by number */
	size_t lane;
	uint64_t number;
	uint64_t index; /* the log's; PAGER_NONE: no event's */
};

static struct lane *lane_at(const struct ladder_plain *p, size_t i)
{
	return ring_at(&p->lanes, i);
}

static void show_in(struct lane *lane, uint32_t conversation)
{
	lane->conversation = conversation;
	ladder_choose(lane->ladder, &(struct ladder_choice){.conversation = conversation, .plain = true});
}

/* NULL: ENOMEM. */
static struct lane *add_lane(struct ladder_plain *p, uint32_t conversation)
{
	struct ladder *d = ladder_new(p->log, p->flow);
	struct lane *lane = d ? ring_push(&p->lanes) : NULL;
	if (!lane) {
		ladder_free(d);
		return NULL;
	}
	*lane = (struct lane){.ladder = d};
	show_in(lane, conversation);
	return lane;
}

struct ladder_plain *ladder_plain_new(const struct log *l)
{
	struct ladder_plain *p = calloc(1, sizeof *p);
	if (!p)
		return NULL;
	p->log = l;
	p->lanes = RING_OF(struct lane);
	p->printed = RING_OF(uint8_t);
	p->found = RING_OF(struct found);
	p->flow = flow_new(l);
	if (p->flow && add_lane(p, 0))
		return p;
	ladder_plain_free(p);
	return NULL;
}

void ladder_plain_free(struct ladder_plain *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->lanes.count; i++)
		ladder_free(lane_at(p, i)->ladder);
	ring_free(&p->lanes);
	ring_free(&p->printed);
	ring_free(&p->found);
	view_row_free(&p->row);
	flow_free(p->flow);
	free(p);
}

/* --- Lanes --- */

static struct lane *lane_of(const struct ladder_plain *p, uint32_t conversation)
{
	for (size_t i = 0; i < p->lanes.count; i++)
		if (lane_at(p, i)->conversation == conversation)
			return lane_at(p, i);
	return NULL;
}

/* One that has not been used for the longest time; NULL: all are new. A new ladder has the whole log to learn. */
static struct lane *idle_lane(const struct ladder_plain *p)
{
	struct lane *oldest = NULL;
	for (size_t i = 1; i < p->lanes.count; i++)
		if (!oldest || lane_at(p, i)->used < oldest->used)
			oldest = lane_at(p, i);
	bool is_idle = oldest && (p->lanes.count > LANES || oldest->used + IDLE < p->times);
	return is_idle ? oldest : NULL;
}

/* The lane of this conversation is to be looked at this time. */
static int use_lane(struct ladder_plain *p, uint32_t conversation)
{
	struct lane *lane = lane_of(p, conversation);
	if (!lane && (lane = idle_lane(p)))
		show_in(lane, conversation);
	if (!lane && !(lane = add_lane(p, conversation)))
		return -1;
	lane->used = p->times;
	return 0;
}

/* Those of the events that may not be printed yet. */
static int use_lanes(struct ladder_plain *p)
{
	uint32_t newest = flow_conversations(p->flow), last = 0;
	if (use_lane(p, 0) == -1)
		return -1;
	for (uint64_t i = p->next; i < log_end(p->log); i++) {
		uint32_t n = log_at(p->log, i)->kind == EVENT_CALL ? flow_call(p->flow, i).conversation : 0;
		if (n != newest && n != last && use_lane(p, n) == -1)
			return -1;
		last = n;
	}
	return 0;
}

/* --- What is new --- */

static int update_printed(struct ladder_plain *p)
{
	for (; p->first < log_first(p->log) && p->printed.count > 0; p->first++)
		ring_pop(&p->printed);
	if (p->printed.count == 0 && p->first < log_first(p->log))
		p->first = log_first(p->log);
	p->next = p->next > p->first ? p->next : p->first;
	while (p->first + p->printed.count < log_end(p->log))
		if (!ring_push(&p->printed))
			return -1;
	return 0;
}

static uint8_t *printed_of(const struct ladder_plain *p, uint64_t index)
{
	return index >= p->first && index - p->first < p->printed.count ? ring_at(&p->printed, index - p->first) : NULL;
}

static bool is_printed(const struct ladder_plain *p, uint64_t index)
{
	const uint8_t *printed = printed_of(p, index);
	return !printed || *printed;
}

/* The call that this line tells of goes on, and how it ends is going to be told in the same line. */
static bool goes_on(const struct ladder_plain *p, struct ladder *d, uint64_t index, uint64_t now)
{
	const struct event *e = log_at(p->log, index);
	return e->kind == EVENT_CALL && e->call.op == OP_CONNECT && e->call.error == EINPROGRESS &&
	       ladder_clock(d, now);
}

/* What else may change: at the end its place; and before the first conversation, whether it has a line at all. */
static bool may_change(const struct ladder_plain *p, uint64_t index, enum ladder_plain_end end)
{
	uint64_t age = log_end(p->log) - index;
	return (end == LADDER_MORE && age <= CHANGES) || (flow_conversations(p->flow) == 0 && age <= BEFORE);
}

static struct found *found_at(const struct ladder_plain *p, size_t i)
{
	return ring_at(&p->found, i);
}

/* Lines are printed in the lane's order, which is not always the log's. They were found from its end on. */
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

/* From this line on all are kept back. */
static void keep_back(struct ladder_plain *p, size_t from, uint64_t index)
{
	for (; p->found.count > from; ring_cut(&p->found, p->found.count - 1)) {
		const struct found *f = found_at(p, p->found.count - 1);
		index = f->index < index ? f->index : index;
	}
	p->next = index < p->next ? index : p->next;
}

/*
 * The lines of a lane that are not printed, from its end back to where all are. One that tells of no event (that some
 * were left out) goes with the line after it.
 */
static int find(struct ladder_plain *p, size_t which, enum ladder_plain_end end, uint64_t now)
{
	struct ladder *d = lane_at(p, which)->ladder;
	size_t from = p->found.count;
	bool is_done = end != LADDER_LAST;
	uint64_t first = ladder_lines.first(d);
	unsigned done = 0;
	for (uint64_t number = ladder_lines.end(d); number-- > first && done <= CHANGES;) {
		uint64_t index = ladder_lines.event(d, number);
		if (index != PAGER_NONE)
			is_done = is_printed(p, index);
		done = is_done ? done + 1 : 0;
		if (is_done)
			continue;
		struct found *f = ring_push(&p->found);
		if (!f)
			return -1;
		*f = (struct found){.lane = which, .number = number, .index = index};
		bool wait = index != PAGER_NONE && end != LADDER_LAST &&
			    (may_change(p, index, end) || goes_on(p, d, index, now));
		if (wait)
			keep_back(p, from, index);
	}
	set_order(p, from);
	return 0;
}

static int find_all(struct ladder_plain *p, enum ladder_plain_end end, uint64_t now)
{
	ring_cut(&p->found, 0);
	p->next = log_end(p->log);
	for (size_t i = 0; i < p->lanes.count; i++) {
		const struct lane *lane = lane_at(p, i);
		if (lane->used == p->times && (ladder_lines.update(lane->ladder) == -1 || find(p, i, end, now) == -1))
			return -1;
	}
	return 0;
}

/* --- Printing --- */

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
	uint8_t *printed = f->index == PAGER_NONE ? NULL : printed_of(p, f->index);
	unsigned indent = 0;
	if (printed && *printed)
		return; /* by another lane */
	if (printed)
		*printed = true;
	view_row_clear(&p->row);
	ladder_lines.line(lane_at(p, f->lane)->ladder, f->number, UINT_MAX, &p->row, &indent);
	printf("%.*s\n", (int)p->row.text.size, (const char *)buf_bytes(&p->row.text));
}

int ladder_plain_print(struct ladder_plain *p, enum ladder_plain_end end, uint64_t now)
{
	p->times++;
	if (flow_update(p->flow) == -1 || update_printed(p) == -1 || use_lanes(p) == -1 || find_all(p, end, now) == -1)
		return -1;
	if (p->found.count > 0)
		qsort(found_at(p, 0), p->found.count, sizeof(struct found), by_order);
	for (size_t i = 0; i < p->found.count; i++)
		print(p, found_at(p, i));
	return 0;
}
