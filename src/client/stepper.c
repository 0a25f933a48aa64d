#include "stepper.h"

#include <stdio.h>
#include <string.h>

#include <uproar/text.h>

static unsigned side_of(const struct stepper_call *c)
{
	return c->who == EVENT_CLIENT ? NETWORK_CLIENT : NETWORK_SERVER;
}

static struct stepper_call *call_at(const struct stepper *s, size_t i)
{
	return ring_at(&s->calls, i);
}

static bool may_block(enum event_op op)
{
	switch (op) {
	case OP_ACCEPT:
	case OP_CONNECT:
	case OP_RECV:
	case OP_RECVFROM:
	case OP_RECVMSG:
		return true;
	default:
		return false;
	}
}

static void forget(struct stepper *s, unsigned sides)
{
	for (size_t i = s->calls.count; i-- > 0;)
		if (side_of(call_at(s, i)) & sides)
			ring_remove(&s->calls, i);
}

void stepper_free(struct stepper *s)
{
	ring_free(&s->calls);
}

void stepper_set(struct stepper *s, unsigned sides)
{
	if (!s->sides)
		s->count = 0;
	s->sides = sides;
	s->running = false;
	forget(s, ~sides);
}

/* --- Events --- */

/* Whole characters of it, as many as there is room for. */
static void keep_words(struct stepper_call *c, const char *words, size_t n)
{
	size_t room = sizeof c->words - 1;
	size_t kept = n < room ? n : room;
	while (kept < n && kept > 0 && text_continues((uint8_t)words[kept]))
		kept--;
	memcpy(c->words, words, kept);
	c->words[kept] = '\0';
}

static void put_words(struct stepper_call *c, const struct event *e)
{
	static const char unknown[] = " = ?"; /* the result of a call that has not returned */
	struct buf line = {0};
	const char *name = event_op_name(c->op);
	if (event_print_call(e, &line) == 0 && line.size >= sizeof unknown)
		keep_words(c, (const char *)buf_bytes(&line), line.size - (sizeof unknown - 1));
	else
		keep_words(c, name, strlen(name));
	buf_free(&line);
}

static void add(struct stepper *s, const struct event *e)
{
	s->calls.item = sizeof(struct stepper_call);
	struct stepper_call new = {.who = e->who, .op = e->call.op, .fd = e->call.fd};
	struct stepper_call *last = side_of(&new) & s->sides ? ring_push(&s->calls) : NULL;
	if (!last)
		return; /* without memory: it waits, and goes, without being told of */
	put_words(&new, e);
	new.number = ++s->count;
	*last = new;
}

/* Its place; as many as there are: it is none of them. */
static size_t find(const struct stepper *s, const struct event *e)
{
	size_t i = 0;
	for (; i < s->calls.count; i++) {
		const struct stepper_call *c = call_at(s, i);
		if (c->who == e->who && c->op == e->call.op && c->fd == e->call.fd)
			break;
	}
	return i;
}

static void drop(struct stepper *s, const struct event *e)
{
	size_t i = find(s, e);
	if (i < s->calls.count)
		ring_remove(&s->calls, i);
}

void stepper_take(struct stepper *s, const struct event *e)
{
	if (e->kind == EVENT_STATE && e->state.what == STATE_STARTING)
		forget(s, NETWORK_SERVER);
	else if (e->kind == EVENT_CALL && e->call.returned)
		drop(s, e);
	else if (e->kind == EVENT_CALL)
		add(s, e);
}

/* --- Letting go --- */

/* The first call of these sides that is (not) due. */
static struct stepper_call *first(const struct stepper *s, unsigned sides, bool due)
{
	for (size_t i = 0; i < s->calls.count; i++) {
		struct stepper_call *c = call_at(s, i);
		if (c->due == due && (side_of(c) & sides))
			return c;
	}
	return NULL;
}

const struct stepper_call *stepper_waiting(const struct stepper *s, unsigned sides)
{
	return first(s, sides, false);
}

bool stepper_holds(const struct stepper *s, const struct event *call)
{
	size_t i = find(s, call);
	return i < s->calls.count && !call_at(s, i)->due;
}

void stepper_go(struct stepper *s, unsigned sides)
{
	struct stepper_call *c = first(s, sides, false);
	if (c)
		c->due = true;
}

void stepper_run(struct stepper *s)
{
	for (size_t i = 0; i < s->calls.count; i++)
		call_at(s, i)->due = true;
	s->running = true;
}

/* Running ends before a call that may block, whoever makes it. */
static void run_on(struct stepper *s)
{
	for (size_t i = 0; i < s->calls.count && s->running; i++)
		s->running = call_at(s, i)->due || !may_block(call_at(s, i)->op);
	if (s->running)
		stepper_run(s);
}

unsigned stepper_due(struct stepper *s)
{
	if (s->running)
		run_on(s);
	for (size_t i = 0; i < s->calls.count; i++) {
		unsigned side = side_of(call_at(s, i));
		if (call_at(s, i)->due) {
			ring_remove(&s->calls, i);
			return side;
		}
	}
	return 0;
}
