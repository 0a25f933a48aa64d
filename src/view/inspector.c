#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "inspect.h"

/* A page is made anew whenever the log has grown. Its lines keep their numbers as long as there are as many. */
struct inspector {
	struct inspect page;
	bool open;
	bool stale;      /* the page is older than what was looked at */
	uint64_t first;  /* number of the page's first line */
	uint64_t looked; /* the log's index of the next event to look at, */
	uint64_t taken;  /* and bytes of a send that receives were found for */
};

struct inspector *inspector_new(const struct log *l, const struct flow *f, int64_t wall)
{
	struct inspector *i = malloc(sizeof *i);
	if (i) {
		*i = (struct inspector){0};
		i->page.log = l;
		i->page.flow = f;
		i->page.wall = wall;
		i->page.lines = RING_OF(struct inspect_line);
		i->page.takers = RING_OF(struct inspect_taker);
	}
	return i;
}

void inspector_free(struct inspector *i)
{
	if (!i)
		return;
	inspect_clear(&i->page);
	ring_free(&i->page.lines);
	ring_free(&i->page.takers);
	view_row_free(&i->page.spare);
	buf_free(&i->page.data);
	free(i);
}

void inspector_open(struct inspector *i, uint64_t index)
{
	struct inspect *p = &i->page;
	i->first += p->lines.count;
	inspect_clear(p);
	ring_cut(&p->takers, 0);
	p->index = index;
	i->open = index >= log_first(p->log) && index < log_end(p->log);
	i->stale = false;
	i->looked = index;
	i->taken = 0;
}

/* --- What the log has to tell of it --- */

/* A copy of the event, since the log may forget it. -1: ENOMEM. */
static int copy(struct inspect *p, uint64_t index)
{
	const struct event *e = log_at(p->log, index);
	size_t n = e->size < INSPECT_DATA ? e->size : INSPECT_DATA;
	buf_clear(&p->data);
	if (n && buf_append(&p->data, e->data, n) == -1)
		return -1;
	p->index = index;
	p->size = e->size;
	p->event = *e;
	p->event.size = (uint32_t)n;
	p->event.data = buf_bytes(&p->data);
	return 0;
}

/* Notes which bytes of the send that the page is about this receive took. -1: ENOMEM. */
static int note_taker(struct inspector *i, uint64_t index)
{
	struct inspect *p = &i->page;
	size_t pieces = flow_call(p->flow, index).pieces;
	for (size_t n = 0; n < pieces; n++) {
		struct flow_piece piece = flow_piece(p->flow, index, n);
		if (piece.index != p->index)
			continue;
		struct inspect_taker *t = ring_push(&p->takers);
		if (!t)
			return -1;
		*t = (struct inspect_taker){.index = index, .bytes = piece.bytes};
		i->taken += piece.bytes;
	}
	return 0;
}

static bool was_sent(const struct event *e)
{
	return e->kind == EVENT_CALL && event_op_sends(e->call.op) && e->call.returned && !e->call.error;
}

static bool is_receive(const struct event *e, enum event_who who)
{
	return e->kind == EVENT_CALL && e->who == who && event_op_receives(e->call.op) && e->call.returned;
}

/* A later event may be the return of the call, or a receive of what it sent. */
static int look(struct inspector *i, uint64_t index)
{
	struct inspect *p = &i->page;
	const struct event *e = log_at(p->log, index), *shown = &p->event;
	enum event_who other = shown->who == EVENT_CLIENT ? EVENT_SERVER : EVENT_CLIENT;
	if (shown->kind == EVENT_CALL && !shown->call.returned && e->kind == EVENT_CALL && calls_returns(shown, e))
		return copy(p, index);
	if (was_sent(shown) && i->taken < (uint64_t)shown->call.result && is_receive(e, other))
		return note_taker(i, index);
	return 0;
}

static int look_at_all(struct inspector *i)
{
	struct inspect *p = &i->page;
	if (i->looked == p->index) {
		if (p->index < log_first(p->log)) { /* it was forgotten before it was ever shown */
			i->open = false;
			return 0;
		}
		if (p->index >= flow_end(p->flow))
			return 0;
		if (copy(p, p->index) == -1)
			return -1;
		i->looked++;
		i->stale = true;
	}
	if (i->looked < log_first(p->log))
		i->looked = log_first(p->log);
	for (; i->looked < flow_end(p->flow); i->looked++, i->stale = true)
		if (look(i, i->looked) == -1)
			return -1;
	return 0;
}

/* --- Contract --- */

static int update(void *view)
{
	struct inspector *i = view;
	struct inspect *p = &i->page;
	if (!i->open)
		return 0;
	if (look_at_all(i) == -1)
		return -1;
	if (!i->stale || p->index < log_first(p->log))
		return 0;
	size_t before = p->lines.count;
	inspect_page(p);
	if (before != p->lines.count)
		i->first += before;
	i->stale = p->failed;
	return p->failed ? -1 : 0;
}

static uint64_t first(void *view)
{
	const struct inspector *i = view;
	return i->first;
}

static uint64_t end(void *view)
{
	const struct inspector *i = view;
	return i->first + i->page.lines.count;
}

static void line(void *view, uint64_t number, unsigned width, struct view_row *row, unsigned *indent)
{
	const struct inspector *i = view;
	inspect_draw(&i->page, ring_at(&i->page.lines, (size_t)(number - i->first)), width, row, indent);
}

static uint64_t event(void *view, uint64_t number)
{
	(void)view, (void)number;
	return PAGER_NONE;
}

const struct pager_lines inspector_lines = {update, first, end, line, event};
