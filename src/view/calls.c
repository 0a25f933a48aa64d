#include "calls.h"

#include <stdlib.h>

enum {
	CALLS_TIMED = 70,    /* columns from which on the time of day has room, */
	CALLS_MEASURED = 45, /* and the duration */
	CALLS_HANGING = 2,   /* the indent where there is room for neither */
	NEVER_NUMBERED = 0,
	RESTARTED = 100, /* a number that is lower by this much was counted anew */
};

/*
 * A line tells of a call, of the lab, or that events are missing before one. Its text is worked out whenever it is
 * drawn. The log forgets oldest first, so once it has forgotten a call's beginning, the whole line goes.
 */
struct calls_line {
	uint64_t index;    /* of the log */
	uint64_t returned; /* of the same call's return, if index is of its beginning; 0: it has not, or later: */
	bool later;        /* its return has a line of its own, below what happened meanwhile */
	uint64_t missing;  /* so many events before index were left out: then the line tells of that alone */
	bool gone;         /* it will not return, since its process is gone */
};

struct calls {
	const struct log *log;
	int64_t wall;
	struct calls_filter filter;
	uint64_t taken; /* the log's index of the next event to look at */
	struct ring lines;
	uint64_t first;                     /* number of the front line */
	struct ring waiting;                /* numbers of the lines whose calls have not returned; in order */
	uint64_t counted[EVENT_SERVER + 1]; /* the number of the last event of each side */
};

struct calls *calls_new(const struct log *l, int64_t wall)
{
	struct calls *c = malloc(sizeof *c);
	if (c)
		*c = (struct calls){.log = l,
				    .wall = wall,
				    .filter = {.fd = -1},
				    .lines = RING_OF(struct calls_line),
				    .waiting = RING_OF(uint64_t)};
	return c;
}

void calls_free(struct calls *c)
{
	if (!c)
		return;
	ring_free(&c->lines);
	ring_free(&c->waiting);
	free(c);
}

static uint64_t end(void *view)
{
	const struct calls *c = view;
	return c->first + c->lines.count;
}

static struct calls_line *line_at(const struct calls *c, uint64_t number)
{
	return ring_at(&c->lines, (size_t)(number - c->first));
}

/* The call of a line that waits. */
static struct calls_line *waiting_at(const struct calls *c, size_t i)
{
	return line_at(c, *(uint64_t *)ring_at(&c->waiting, i));
}

void calls_choose(struct calls *c, const struct calls_filter *f)
{
	c->filter = *f;
	c->first = end(c);
	c->taken = 0;
	ring_free(&c->lines);
	ring_free(&c->waiting);
	for (size_t i = 0; i < COUNT(c->counted); i++)
		c->counted[i] = NEVER_NUMBERED;
}

/* --- Taking events in --- */

static bool is_of_socket(const struct event *e, int fd)
{
	if (e->kind == EVENT_LAB)
		return e->lab.fd == fd;
	const struct event_call *call = &e->call;
	bool made = call->returned && !call->error &&
		    (((call->op == OP_SOCKET || call->op == OP_ACCEPT) && call->result == fd) ||
		     (call->op == OP_SOCKETPAIR && call->args[2] == fd));
	return call->fd == fd || made;
}

static bool wanted(const struct calls *c, const struct event *e)
{
	const struct calls_filter *f = &c->filter;
	bool shown = e->kind == EVENT_CALL || (e->kind == EVENT_LAB && e->lab.what != LAB_FATE);
	return shown && (!f->who || f->who == e->who) && (!f->op || (e->kind == EVENT_CALL && e->call.op == f->op)) &&
	       (f->fd == -1 || is_of_socket(e, f->fd));
}

static struct calls_line *add(struct calls *c, uint64_t index)
{
	struct calls_line *l = ring_push(&c->lines);
	if (l)
		l->index = index;
	return l;
}

/* A line of its own for what was left out before this event. -1: ENOMEM. */
static int note_gap(struct calls *c, const struct event *e, uint64_t index)
{
	uint64_t *counted = &c->counted[e->who], last = *counted;
	if (e->number == NEVER_NUMBERED)
		return 0;
	if (last != NEVER_NUMBERED && e->number > last + 1 && (!c->filter.who || c->filter.who == e->who)) {
		struct calls_line *l = add(c, index);
		if (!l)
			return -1;
		l->missing = e->number - last - 1;
	}
	if (e->number > last || last - e->number > RESTARTED)
		*counted = e->number;
	return 0;
}

/*
 * Of two calls that are alike, the newer one: the older may be of a process that is gone. As strace has it, a call that
 * waited has two lines, unless nothing was told between them: what it waited for stands above its return. False: that
 * is still to be told.
 */
static bool note_return(struct calls *c, const struct event *e, uint64_t index)
{
	for (size_t i = c->waiting.count; i-- > 0;) {
		struct calls_line *l = waiting_at(c, i);
		if (calls_returns(log_at(c->log, l->index), e)) {
			l->later = *(uint64_t *)ring_at(&c->waiting, i) + 1 < end(c);
			l->returned = l->later ? 0 : index;
			ring_remove(&c->waiting, i);
			return !l->later;
		}
	}
	return false;
}

/* A server of our own is started: whatever the one before it was waiting for, it counts anew. */
static void note_start(struct calls *c)
{
	for (size_t i = c->waiting.count; i-- > 0;) {
		struct calls_line *l = waiting_at(c, i);
		if (log_at(c->log, l->index)->who == EVENT_SERVER) {
			l->gone = true;
			ring_remove(&c->waiting, i);
		}
	}
	c->counted[EVENT_SERVER] = NEVER_NUMBERED;
}

static int note_waiting(struct calls *c, uint64_t index)
{
	uint64_t *number = ring_push(&c->waiting);
	if (!number)
		return -1;
	*number = end(c);
	if (add(c, index))
		return 0;
	ring_cut(&c->waiting, c->waiting.count - 1);
	return -1;
}

static int take(struct calls *c, uint64_t index)
{
	const struct event *e = log_at(c->log, index);
	if (e->kind == EVENT_STATE && e->state.what == STATE_STARTING)
		note_start(c);
	if (note_gap(c, e, index) == -1)
		return -1;
	if (!wanted(c, e))
		return 0;
	if (e->kind == EVENT_CALL && !e->call.returned)
		return note_waiting(c, index);
	if (e->kind == EVENT_CALL && note_return(c, e, index))
		return 0;
	return add(c, index) ? 0 : -1;
}

static void forget(struct calls *c)
{
	for (; c->lines.count && line_at(c, c->first)->index < log_first(c->log); c->first++)
		ring_pop(&c->lines);
	while (c->waiting.count && *(uint64_t *)ring_at(&c->waiting, 0) < c->first)
		ring_pop(&c->waiting);
}

static int update(void *view)
{
	struct calls *c = view;
	forget(c);
	if (c->taken < log_first(c->log))
		c->taken = log_first(c->log);
	for (; c->taken < log_end(c->log); c->taken++)
		if (take(c, c->taken) == -1)
			return -1;
	return 0;
}

static uint64_t first(void *view)
{
	struct calls *c = view;
	forget(c);
	return c->first;
}

/* --- Lines --- */

static void put_missing(struct view_row *line, enum event_who who, uint64_t n)
{
	view_row_printf(line, STYLE_WARNING, "%s ", words_ellipsis());
	if (who == EVENT_CLIENT)
		view_row_printf(
			line, STYLE_WARNING,
			ngettext("%zu event of the client was left out", "%zu events of the client were left out", n),
			(size_t)n);
	else
		view_row_printf(
			line, STYLE_WARNING,
			ngettext("%zu event of the server was left out", "%zu events of the server were left out", n),
			(size_t)n);
}

static void put_lab(struct view_row *line, const struct event *e)
{
	struct buf text = {0};
	if (event_print_lab(e, &text) == 0)
		view_row_put(line, STYLE_LAB, buf_bytes(&text), text.size);
	else
		line->failed = true;
	buf_free(&text);
}

static void put_call(struct view_row *line, const struct event *e, const struct calls_line *l, unsigned width)
{
	char took[CALLS_DURATION];
	calls_put_call(line, e);
	if (l->later)
		view_row_printf(line, STYLE_FAINT, " %s %s", words_ellipsis(), _("returned later"));
	else if (l->gone)
		view_row_printf(line, STYLE_FAINT, " %s %s", words_ellipsis(), _("never returned"));
	else if (!e->call.returned)
		view_row_printf(line, STYLE_NOTE, " %s %s", words_ellipsis(), _("waiting"));
	else if (width >= CALLS_MEASURED)
		view_row_printf(line, STYLE_FAINT, " %s", calls_duration(e->call.took, took));
}

/* The event that a line tells of. */
static uint64_t index_of(const struct calls_line *l)
{
	return l->returned ? l->returned : l->index;
}

static void line(void *view, uint64_t number, unsigned width, struct view_row *row, unsigned *indent)
{
	struct calls *c = view;
	const struct calls_line *l = line_at(c, number);
	const struct event *e = log_at(c->log, index_of(l));
	if (width >= CALLS_TIMED) {
		calls_put_time(row, e, c->wall);
		row_spaces(row, STYLE_TEXT, 1);
	}
	calls_put_side(row, e->who);
	row_spaces(row, STYLE_TEXT, 1);
	*indent = width < CALLS_MEASURED ? CALLS_HANGING : row->columns;
	if (l->missing)
		put_missing(row, e->who, l->missing);
	else if (e->kind == EVENT_LAB)
		put_lab(row, e);
	else
		put_call(row, e, l, width);
}

static uint64_t event(void *view, uint64_t number)
{
	const struct calls_line *l = line_at(view, number);
	return l->missing ? PAGER_NONE : index_of(l);
}

const struct pager_lines calls_lines = {update, first, end, line, event};
