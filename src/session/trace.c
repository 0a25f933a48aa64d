#include "trace.h"

#include <string.h>

/* FNV-1a, 64 bits. */
struct digest digest_of(const void *data, size_t n, size_t whole)
{
	const uint8_t *bytes = data;
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < n; i++)
		h = (h ^ bytes[i]) * UINT64_C(0x100000001b3);
	return (struct digest){.hash = h, .size = whole};
}

void memory_init(struct memory *m)
{
	m->late = RING_OF(struct trace);
	m->answered = RING_OF(struct trace);
}

void memory_clear(struct memory *m)
{
	ring_cut(&m->late, 0);
	ring_cut(&m->answered, 0);
	memset(m->crowd, 0, sizeof m->crowd);
}

void memory_free(struct memory *m)
{
	ring_free(&m->late);
	ring_free(&m->answered);
}

static size_t slot(struct digest d)
{
	return d.hash & (MEMORY_SLOTS - 1);
}

void memory_enter(struct memory *m, struct digest expected)
{
	m->crowd[slot(expected)]++;
}

void memory_leave(struct memory *m, struct digest expected)
{
	m->crowd[slot(expected)]--;
}

size_t memory_crowd(const struct memory *m, struct digest d)
{
	return m->crowd[slot(d)];
}

const struct trace *memory_late(const struct memory *m, size_t i)
{
	return ring_at(&m->late, i);
}

const struct trace *memory_answered(const struct memory *m, size_t i)
{
	return ring_at(&m->answered, i);
}

struct trace memory_take_late(struct memory *m, size_t i)
{
	struct trace t = *memory_late(m, i);
	memory_leave(m, t.expected);
	ring_remove(&m->late, i);
	return t;
}

static bool push(struct ring *r, const struct trace *t)
{
	struct trace *kept = ring_push(r);
	if (kept)
		*kept = *t;
	return kept;
}

void memory_keep_late(struct memory *m, const struct trace *t)
{
	if (m->late.count == SESSION_UDP_LATE)
		memory_take_late(m, 0);
	if (push(&m->late, t))
		memory_enter(m, t->expected);
}

struct trace memory_take_answered(struct memory *m, size_t i)
{
	struct trace t = *memory_answered(m, i);
	memory_leave(m, t.expected);
	memory_leave(m, t.came);
	ring_remove(&m->answered, i);
	return t;
}

/* It is known by what was expected, and by what came, which may be the same. */
void memory_keep_answered(struct memory *m, const struct trace *t)
{
	if (m->answered.count == SESSION_UDP_ANSWERED)
		memory_take_answered(m, 0);
	if (push(&m->answered, t)) {
		memory_enter(m, t->expected);
		memory_enter(m, t->came);
	}
}
