/* What must be true of any event, wherever it comes from. */
#ifndef FUZZ_EVENTS_H
#define FUZZ_EVENTS_H

#include <string.h>

#include <uproar/event.h>

#include "shown.h"

static inline void check_same_bytes(const struct buf *a, const struct buf *b)
{
	check(a->size == b->size);
	check(a->size == 0 || memcmp(buf_bytes(a), buf_bytes(b), a->size) == 0);
}

/* As messages, which hold every field. */
static inline void check_same_event(const struct event *a, const struct event *b)
{
	struct buf one = {0}, other = {0};
	check(event_pack(a, &one) == 0 && event_pack(b, &other) == 0);
	check_same_bytes(&one, &other);
	buf_free(&one);
	buf_free(&other);
}

/* As strace would print it, it is fit for a terminal. */
static inline void check_printed(const struct event *e)
{
	struct buf out = {0};
	if (e->kind == EVENT_CALL)
		check(event_print_call(e, &out) == 0);
	else if (e->kind == EVENT_LAB)
		check(event_print_lab(e, &out) == 0);
	check_shown(buf_bytes(&out), out.size);
	buf_free(&out);
}

#endif
