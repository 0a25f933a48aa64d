/*
 * Which events have lines, in the order of the log. Folded, the machinery of a non-blocking program has none: a
 * connect() in progress learns from it what came of it.
 */
#include <errno.h>
#include <sys/socket.h>

#include "ladder_draw.h"

enum {
	FATE_WITHIN = 8, /* lines: the lab decides of a datagram as soon as it has been received */
	LOOK_UPS = 1024, /* among so many the one of a conversation is looked for */
};

static struct ladder_line *push(struct ladder *d, enum ladder_kind kind, enum event_who who, uint64_t index)
{
	struct ladder_line *l = ring_push(&d->lines);
	if (l)
		*l = (struct ladder_line){
			.kind = kind, .who = who, .index = index, .kept = index, .outcome = LADDER_NONE};
	return l;
}

/* The line goes, and those behind it move up. */
static void take_out(struct ladder *d, uint64_t number)
{
	size_t after = (size_t)(ladder_end(d) - number - 1);
	for (size_t i = 0; i < after; i++)
		*ladder_line(d, number + i) = *ladder_line(d, number + i + 1);
	ring_cut(&d->lines, d->lines.count - 1);
	if (d->early != LADDER_NONE && d->early > number)
		d->early--;
}

/* --- What the systems say, as the calls imply --- */

static bool ends_stream(const struct event_call *c)
{
	return c->op == OP_CLOSE || (c->op == OP_SHUTDOWN && c->args[0] != SHUT_RD);
}

static void say(struct ladder_line *l, enum segment segment, enum event_who to)
{
	l->segment = segment;
	l->to = to;
}

/* This end says that it sends no more; with bytes unread, or after a reset, it is otherwise. */
static void end_stream(struct ladder *d, struct ladder_line *l, const struct event_call *c)
{
	struct ladder_end *x = &d->ends[l->who];
	bool unread = l->who == EVENT_SERVER && c->op == OP_CLOSE && d->unread == c->fd;
	if (x->fd != c->fd || !x->made || x->ended || d->reset)
		return;
	say(l, unread ? SEGMENT_RST : SEGMENT_FIN, ladder_other(l->who));
	d->reset = unread;
	x->ended = true;
}

/* The other end's segment arrived, and no call of its own has shown it. */
static void hear_end(struct ladder *d, struct ladder_line *l)
{
	struct ladder_end *other = &d->ends[ladder_other(l->who)];
	if (!other->ended)
		say(l, SEGMENT_FIN, l->who);
	other->ended = true;
}

static void hear_reset(struct ladder *d, struct ladder_line *l)
{
	if (!d->reset)
		say(l, SEGMENT_RST, l->who);
	d->reset = true;
}

static void make_end(struct ladder *d, enum event_who who, int fd, bool made)
{
	d->ends[who] = (struct ladder_end){.fd = fd, .made = made};
}

static void open_end(struct ladder *d, struct ladder_line *l, const struct event_call *c)
{
	if (c->op == OP_ACCEPT && !c->error) {
		make_end(d, l->who, (int)c->result, true);
	} else if (c->op == OP_CONNECT) {
		make_end(d, l->who, c->fd, !c->error);
		make_end(d, ladder_other(l->who), -1, false);
		d->reset = false;
		say(l, SEGMENT_SYN, ladder_other(l->who));
	}
}

/* What a TCP call implies; told: it has told what came of a connect(), which folded is in that one's own line. */
static void imply(struct ladder *d, struct ladder_line *l, const struct event_call *c, bool told)
{
	if (told && c->op == OP_GETSOCKOPT)
		say(l, c->args[2] ? SEGMENT_RST : SEGMENT_SYN_ACK, l->who);
	else if (c->op == OP_ACCEPT || c->op == OP_CONNECT)
		open_end(d, l, c);
	else if (ladder_moved(c) && d->ends[l->who].fd != c->fd)
		make_end(d, l->who, c->fd, true); /* the log has forgotten where it came from */
	else if (ends_stream(c))
		end_stream(d, l, c);
	else if (c->error == ECONNRESET)
		hear_reset(d, l);
	else if (event_op_receives(c->op) && !c->error && c->result == 0 && c->asked > 0)
		hear_end(d, l);
}

/* --- A connect() in progress --- */

/* Whether this call shows what came of it. */
static bool tells_outcome(const struct event_call *c)
{
	bool asked = c->op == OP_GETSOCKOPT && c->args[0] == SOL_SOCKET && c->args[1] == SO_ERROR && !c->error;
	return asked || c->op == OP_CLOSE || ladder_moved(c) > 0;
}

/* Number of the line of this connect(), or LADDER_NONE: it does not change any more. */
static uint64_t connecting(const struct ladder *d, uint64_t index)
{
	uint64_t from = d->fixed > d->first ? d->fixed : d->first;
	for (uint64_t number = ladder_end(d); number-- > from;) {
		const struct ladder_line *l = ladder_line(d, number);
		if (l->kind == LINE_CALL && l->index == index)
			return number;
	}
	return LADDER_NONE;
}

/* The one that this call tells of is in progress no more; LADDER_NONE: there is none. */
static uint64_t end_connect(struct ladder *d, const struct event *e)
{
	for (size_t i = 0; i < d->connects.count && tells_outcome(&e->call); i++) {
		uint64_t index = *(uint64_t *)ring_at(&d->connects, i);
		const struct event *connect = log_at(d->log, index);
		if (connect->who != e->who || connect->call.fd != e->call.fd)
			continue;
		ring_remove(&d->connects, i);
		return index;
	}
	return LADDER_NONE;
}

enum outcome { OUTCOME_NONE, OUTCOME_TOLD, OUTCOME_LATE };

/* It is told in the line of the connect() and the next one; if it is too late for that, it needs one of its own. */
static enum outcome take_outcome(struct ladder *d, uint64_t index, const struct event *e)
{
	uint64_t connect = end_connect(d, e);
	if (connect == LADDER_NONE)
		return OUTCOME_NONE;
	uint64_t number = connecting(d, connect);
	if (number == LADDER_NONE)
		return OUTCOME_LATE;
	ladder_line(d, number)->outcome = index;
	if (!d->choice.plain)
		ladder_line(d, number + 1)->outcome = index;
	d->ends[e->who].made = ladder_answer(d, ladder_line(d, number)) == 0;
	return OUTCOME_TOLD;
}

/* --- Calls --- */

static int begin_connect(struct ladder *d, uint64_t index)
{
	if (d->connects.count == LADDER_WAITING)
		ring_pop(&d->connects);
	uint64_t *slot = ring_push(&d->connects);
	if (!slot)
		return -1;
	*slot = index;
	return 0;
}

static int take_connect(struct ladder *d, uint64_t index, const struct event *e)
{
	if (ladder_in_progress(&e->call) && begin_connect(d, index) == -1)
		return -1;
	return d->choice.plain || push(d, LINE_ANSWER, e->who, index) ? 0 : -1;
}

static int take_call(struct ladder *d, uint64_t index)
{
	const struct event *e = log_at(d->log, index);
	const struct flow_socket *s = ladder_socket(d, index);
	enum outcome told = take_outcome(d, index, e);
	if (!d->choice.raw && ladder_is_machinery(&e->call) && told != OUTCOME_LATE)
		return 0;
	struct ladder_line *l = push(d, LINE_CALL, e->who, index);
	if (!l)
		return -1;
	if (s && s->protocol == PROTOCOL_TCP)
		imply(d, l, &e->call, told != OUTCOME_NONE);
	if (ladder_connects(d, index))
		return take_connect(d, index, e);
	ladder_sort(d);
	return 0;
}

static bool is_unseen(const struct ladder *d, enum event_who who)
{
	const struct flow_conversation *c = ladder_conversation(d);
	size_t socket = !c ? SIZE_MAX : who == EVENT_SERVER ? c->server_socket : c->client_socket;
	return socket == SIZE_MAX && !d->seen[who];
}

/* Whether this call is the first one of a client's, or of the conversation that is shown. */
static bool begins(const struct ladder *d, uint64_t index, enum event_who who)
{
	if (d->begun || !d->conversation)
		return !d->begun && who == EVENT_CLIENT;
	return flow_call(d->flow, index).conversation == d->conversation;
}

/* Should it prove wrong that the other program is not seen, then everything is made anew. */
static int take_unseen(struct ladder *d, uint64_t index)
{
	enum event_who who = log_at(d->log, index)->who, other = ladder_other(who);
	if (d->choice.plain)
		return 0;
	if (d->unseen == who) {
		d->both_seen = d->stale = true;
		return 0;
	}
	if (!begins(d, index, who))
		return 0;
	d->begun = true;
	if (!is_unseen(d, other) || d->both_seen)
		return 0;
	d->unseen = other;
	return push(d, LINE_UNSEEN, other, index) ? 0 : -1;
}

static int take_there(struct ladder *d, uint64_t index)
{
	const struct event *e = log_at(d->log, index);
	if (e->kernel.remote.family && e->kernel.protocol == PROTOCOL_TCP)
		make_end(d, e->who, e->kernel.fd, true);
	return push(d, LINE_THERE, e->who, index) ? 0 : -1;
}

static int take_concerned(struct ladder *d, uint64_t index)
{
	const struct event *e = log_at(d->log, index);
	if (take_unseen(d, index) == -1)
		return -1;
	d->seen[e->who] = true;
	if (d->stale)
		return 0;
	return e->kind == EVENT_KERNEL ? take_there(d, index) : take_call(d, index);
}

/* --- Events that were left out --- */

static int take_gap(struct ladder *d, uint64_t index)
{
	struct flow_gap gap = flow_gap(d->flow, index);
	return gap.index != index || push(d, LINE_GAP, gap.who, index) ? 0 : -1;
}

/* Threads report in no order; so those that were missing may still have come. */
static void forget_filled_gaps(struct ladder *d)
{
	for (uint64_t number = ladder_end(d), from = ladder_window(d); number-- > from;) {
		const struct ladder_line *l = ladder_line(d, number);
		if (l->kind == LINE_GAP && flow_gap(d->flow, l->index).index != l->index)
			take_out(d, number);
	}
}

/* --- The lab --- */

/* The line of the receive that the lab has just decided about, or LADDER_NONE. */
static uint64_t received(const struct ladder *d, const struct event_lab *fate)
{
	uint64_t from = ladder_window(d);
	for (uint64_t number = ladder_end(d); number-- > from && number + FATE_WITHIN >= ladder_end(d);) {
		const struct ladder_line *l = ladder_line(d, number);
		const struct event *e = log_at(d->log, l->index);
		if (l->kind == LINE_CALL && l->who == EVENT_SERVER && event_op_receives(e->call.op) &&
		    e->call.fd == fate->fd && !e->call.error && endpoint_equal(&e->call.address, &fate->peer))
			return number;
	}
	return LADDER_NONE;
}

static int take_fate(struct ladder *d, uint64_t index, const struct event_lab *fate)
{
	uint64_t number = received(d, fate);
	if (number == LADDER_NONE)
		return 0;
	if (!fate->request_dropped)
		return !fate->reply_dropped || !d->choice.revealed || push(d, LINE_LOST, EVENT_SERVER, index) ? 0 : -1;
	if (d->choice.revealed)
		ladder_line(d, number)->lost = true;
	else if (!d->choice.raw)
		take_out(d, number);
	return 0;
}

static int take_lab(struct ladder *d, uint64_t index)
{
	const struct event_lab *lab = &log_at(d->log, index)->lab;
	if (lab->what == LAB_RESET)
		d->unread = lab->fd;
	return lab->what == LAB_FATE ? take_fate(d, index, lab) : 0;
}

/* --- All of them --- */

static int take(struct ladder *d, uint64_t index)
{
	const struct event *e = log_at(d->log, index);
	if (take_gap(d, index) == -1)
		return -1;
	if (e->kind == EVENT_LAB)
		return take_lab(d, index);
	bool told = e->kind == EVENT_CALL ? e->call.returned : ladder_tells_of_socket(d, index);
	return told && ladder_concerns(d, index) ? take_concerned(d, index) : 0;
}

static uint64_t itself(const void *index)
{
	return *(const uint64_t *)index;
}

/* What is worth looking at from there on. Behind the last event of a conversation that was chosen that is little. */
static uint64_t next(const struct ladder *d, uint64_t index)
{
	bool is_chosen = d->choice.conversation && d->choice.conversation == d->conversation;
	if (!is_chosen || index <= flow_last(d->flow, d->conversation))
		return index;
	uint64_t gap = flow_gap(d->flow, index).index, end = flow_end(d->flow);
	size_t i = ring_search(&d->common, itself, index);
	uint64_t common = i < d->common.count ? *(uint64_t *)ring_at(&d->common, i) : end;
	return smaller(gap, common);
}

int ladder_take(struct ladder *d)
{
	forget_filled_gaps(d);
	for (; !d->stale && (d->taken = next(d, d->taken)) < flow_end(d->flow); d->taken++)
		if (take(d, d->taken) == -1)
			return -1;
	return 0;
}

static void begin(struct ladder *d)
{
	d->first = ladder_end(d) + d->waiting.count; /* other lines have other numbers */
	ring_cut(&d->lines, 0);
	ring_cut(&d->waiting, 0);
	for (enum event_who who = EVENT_CLIENT; who <= EVENT_SERVER; who++) {
		d->seen[who] = false;
		make_end(d, who, -1, false);
	}
	d->unseen = 0;
	d->begun = d->reset = d->stale = false;
	d->unread = -1;
	d->early = LADDER_NONE;
	ring_cut(&d->connects, 0);
}

/* Of the look-ups before the conversation the last one that is its. */
static uint64_t last_lookup(const struct ladder *d, uint64_t before)
{
	size_t end = ring_search(&d->lookups, itself, before), least = end > LOOK_UPS ? end - LOOK_UPS : 0;
	while (end-- > least) {
		uint64_t index = *(uint64_t *)ring_at(&d->lookups, end);
		if (ladder_concerns(d, index))
			return index;
	}
	return LADDER_NONE;
}

/* What concerns all, and was before. */
static int take_common(struct ladder *d, uint64_t before)
{
	uint64_t lookup = last_lookup(d, before);
	for (size_t i = 0; i < d->common.count; i++) {
		uint64_t index = *(uint64_t *)ring_at(&d->common, i);
		if (index > lookup && take_concerned(d, lookup) == -1)
			return -1;
		if (index > lookup)
			lookup = LADDER_NONE;
		if (index >= before)
			break;
		if (ladder_concerns(d, index) && take_concerned(d, index) == -1)
			return -1;
	}
	return lookup == LADDER_NONE ? 0 : take_concerned(d, lookup);
}

int ladder_rebuild(struct ladder *d)
{
	const struct flow_conversation *c = ladder_conversation(d);
	uint64_t start = c && c->first > log_first(d->log) ? c->first : log_first(d->log);
	begin(d);
	if (take_common(d, start) == -1)
		return -1;
	d->taken = start;
	return 0;
}
