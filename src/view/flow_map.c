#include "flow_map.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_LEAST = 64 };

/*
 * Open addressing: a key is in the slot that its hash says, or in one of those that follow it without a gap (Knuth,
 * "The Art of Computer Programming", volume 3, section 6.4, algorithms L and R). At most half of them are taken.
 */
struct flow_slot {
	struct flow_key key;
	void *value; /* NULL: the slot is free */
};

static size_t home(const struct flow_map *m, const struct flow_key *k)
{
	uint64_t hash = 0;
	for (size_t i = 0; i < COUNT(k->word); i++)
		hash = random_at(hash ^ k->word[i], i);
	return (size_t)hash & (m->room - 1);
}

static size_t after(const struct flow_map *m, size_t i)
{
	return (i + 1) & (m->room - 1);
}

/* Where the key is, or else would go. */
static struct flow_slot *find(const struct flow_map *m, const struct flow_key *k)
{
	size_t i = home(m, k);
	while (m->slots[i].value && memcmp(&m->slots[i].key, k, sizeof *k) != 0)
		i = after(m, i);
	return &m->slots[i];
}

void *flow_map_get(const struct flow_map *m, const struct flow_key *k)
{
	return m->room ? find(m, k)->value : NULL;
}

static int grow(struct flow_map *m)
{
	struct flow_map larger = {.room = m->room ? m->room * 2 : ROOM_LEAST, .count = m->count};
	larger.slots = calloc(larger.room, sizeof *larger.slots);
	if (!larger.slots)
		return -1;
	for (size_t i = 0; i < m->room; i++)
		if (m->slots[i].value)
			*find(&larger, &m->slots[i].key) = m->slots[i];
	free(m->slots);
	*m = larger;
	return 0;
}

int flow_map_put(struct flow_map *m, const struct flow_key *k, void *value)
{
	if (m->count >= m->room / 2 && grow(m) == -1)
		return -1;
	struct flow_slot *s = find(m, k);
	m->count += !s->value;
	*s = (struct flow_slot){*k, value};
	return 0;
}

/* Those that follow move up into the hole, unless that is before their home: no search may meet a gap too early. */
static void close_gap(struct flow_map *m, size_t hole)
{
	for (size_t i = after(m, hole); m->slots[i].value; i = after(m, i)) {
		size_t from_home = (i - home(m, &m->slots[i].key)) & (m->room - 1);
		if (from_home < ((i - hole) & (m->room - 1)))
			continue;
		m->slots[hole] = m->slots[i];
		hole = i;
	}
	m->slots[hole].value = NULL;
}

void flow_map_remove(struct flow_map *m, const struct flow_key *k, const void *value)
{
	struct flow_slot *s = m->room ? find(m, k) : NULL;
	if (!s || !s->value || s->value != value)
		return;
	m->count--;
	close_gap(m, (size_t)(s - m->slots));
}

void flow_map_free(struct flow_map *m)
{
	free(m->slots);
	*m = (struct flow_map){0};
}
