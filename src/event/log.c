#include <stdlib.h>
#include <string.h>

#include <uproar/log.h>

/* An event and its data, in one piece of memory, which stays where it is until the log forgets it. */
struct record {
	struct event event;
	uint8_t data[];
};

struct log {
	struct ring records; /* of struct record * */
	uint64_t first;      /* index of the front one */
	size_t size;         /* bytes of their data */
	size_t most, most_bytes;
};

static struct record *record_at(const struct log *l, size_t i)
{
	return *(struct record **)ring_at(&l->records, i);
}

struct log *log_new(size_t events, size_t bytes)
{
	struct log *l = malloc(sizeof *l);
	if (l)
		*l = (struct log){.records = RING_OF(struct record *), .most = events, .most_bytes = bytes};
	return l;
}

static void forget_oldest(struct log *l)
{
	l->size -= record_at(l, 0)->event.size;
	free(record_at(l, 0));
	ring_pop(&l->records);
	l->first++;
}

void log_free(struct log *l)
{
	if (!l)
		return;
	while (l->records.count)
		forget_oldest(l);
	ring_free(&l->records);
	free(l);
}

static struct record *record_new(const struct event *e)
{
	struct record *r = malloc(sizeof *r + e->size);
	if (!r)
		return NULL;
	r->event = *e;
	r->event.data = e->size ? r->data : NULL;
	if (e->size)
		memcpy(r->data, e->data, e->size);
	return r;
}

int log_append(struct log *l, const struct event *e)
{
	struct record *r = record_new(e);
	if (!r)
		return -1;
	struct record **slot = ring_push(&l->records);
	if (!slot) {
		free(r);
		return -1;
	}
	*slot = r;
	l->size += e->size;
	while (l->records.count > l->most || (l->size > l->most_bytes && l->records.count > 1))
		forget_oldest(l);
	return 0;
}

uint64_t log_first(const struct log *l)
{
	return l->first;
}

uint64_t log_end(const struct log *l)
{
	return l->first + l->records.count;
}

const struct event *log_at(const struct log *l, uint64_t index)
{
	return &record_at(l, (size_t)(index - l->first))->event;
}
