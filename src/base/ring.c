#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/base.h>

enum { RING_LEAST = 16 };

/* The slots form a circle: item i of the queue is in slot (first + i) mod slots. */
void *ring_at(const struct ring *r, size_t i)
{
	size_t slot = r->first + i;
	return r->memory + (slot < r->slots ? slot : slot - r->slots) * r->item;
}

static int grow(struct ring *r)
{
	size_t slots = r->slots ? r->slots * 2 : RING_LEAST;
	uint8_t *memory = calloc(slots, r->item);
	if (!memory) {
		errno = ENOMEM; /* valgrind's calloc() does not say so when the product is too large */
		return -1;
	}
	size_t before_wrap = r->slots - r->first < r->count ? r->slots - r->first : r->count;
	if (r->count) {
		memcpy(memory, r->memory + r->first * r->item, before_wrap * r->item);
		memcpy(memory + before_wrap * r->item, r->memory, (r->count - before_wrap) * r->item);
	}
	free(r->memory);
	r->memory = memory;
	r->slots = slots;
	r->first = 0;
	return 0;
}

void *ring_push(struct ring *r)
{
	if (r->count == r->slots && grow(r) == -1)
		return NULL;
	void *item = ring_at(r, r->count++);
	memset(item, 0, r->item);
	return item;
}

void ring_pop(struct ring *r)
{
	r->first = r->first + 1 == r->slots ? 0 : r->first + 1;
	r->count--;
}

void ring_remove(struct ring *r, size_t i)
{
	for (; i > 0; i--)
		memcpy(ring_at(r, i), ring_at(r, i - 1), r->item);
	ring_pop(r);
}

void ring_cut(struct ring *r, size_t count)
{
	r->count = count;
}

size_t ring_search(const struct ring *r, uint64_t (*key)(const void *item), uint64_t least)
{
	size_t from = 0, to = r->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (key(ring_at(r, middle)) < least)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

void ring_free(struct ring *r)
{
	free(r->memory);
	*r = (struct ring){.item = r->item};
}
