#include "limiter.h"

#include <string.h>

enum { IPV4_NETWORK = 24 / 8, IPV6_NETWORK = 64 / 8 }; /* bytes */

static uint64_t mix(uint64_t hash, uint64_t word)
{
	return random_at(hash ^ word, 1);
}

static uint64_t hash_of(uint64_t hash, const void *data, size_t n)
{
	const uint8_t *bytes = data;
	uint64_t word;
	hash = mix(hash, n);
	for (; n >= sizeof word; bytes += sizeof word, n -= sizeof word) {
		memcpy(&word, bytes, sizeof word);
		hash = mix(hash, word);
	}
	if (n == 0)
		return hash;
	word = 0;
	memcpy(&word, bytes, n);
	return mix(hash, word);
}

void limiter_start(struct limiter *l, uint64_t seed, unsigned rate)
{
	*l = (struct limiter){.seed = seed, .interval = rate ? CLOCK_SECOND / rate : 0};
}

/* --- Floods --- */

static uint64_t network_of(const struct endpoint *e)
{
	uint64_t network = 0;
	memcpy(&network, e->address, e->family == 6 ? IPV6_NETWORK : IPV4_NETWORK);
	return network;
}

/*
 * A source that has no bucket yet takes over the fullest one of its set, with what is in it. So whoever sends from a
 * great many addresses, in order that a bucket is forgotten, gains nothing by it.
 */
static struct limiter_bucket *bucket_of(struct limiter *l, uint8_t family, uint64_t network)
{
	struct limiter_bucket *set = l->buckets[mix(mix(l->seed, family), network) % LIMITER_SETS];
	struct limiter_bucket *fullest = set;
	for (struct limiter_bucket *b = set; b < set + LIMITER_PLACES; b++) {
		if (b->family == family && b->network == network)
			return b;
		if (b->full < fullest->full)
			fullest = b;
	}
	fullest->family = family;
	fullest->network = network;
	return fullest;
}

/* A token bucket, as the time when it will be full: a token more is an interval earlier. */
bool limiter_floods(struct limiter *l, const struct endpoint *source, uint64_t now)
{
	if (l->interval == 0)
		return false;
	struct limiter_bucket *b = bucket_of(l, source->family, network_of(source));
	uint64_t full = (b->full > now ? b->full : now) + l->interval;
	if (full - now > LIMITER_BURST * CLOCK_SECOND)
		return true;
	b->full = full;
	return false;
}

/* --- Loops --- */

static bool forgotten(const struct limiter_repeat *r, uint64_t now)
{
	return now - r->last > CLOCK_SECOND;
}

/*
 * NULL: there is no place for it. Those that come often stay: the more often, the less likely one gives way to another.
 * So of more loops than there are places for, some are seen through, and then others have their place.
 */
static struct limiter_repeat *repeat_of(struct limiter *l, uint64_t tag, uint64_t now)
{
	struct limiter_repeat *set = l->repeats[tag % LIMITER_SETS], *rarest = set;
	for (struct limiter_repeat *r = set; r < set + LIMITER_PLACES; r++) {
		if (forgotten(r, now))
			r->times = 0;
		if (r->tag == tag)
			return r;
		if (r->times < rarest->times)
			rarest = r;
	}
	if (mix(tag, now) % (rarest->times + 1) != 0)
		return NULL;
	*rarest = (struct limiter_repeat){.tag = tag};
	return rarest;
}

bool limiter_loops(struct limiter *l, const struct endpoint *source, const void *data, size_t n, uint64_t now)
{
	uint64_t port = (uint64_t)source->scope << 32 | (uint64_t)source->family << 16 | source->port;
	uint64_t tag = mix(hash_of(l->seed, source->address, sizeof source->address), port);
	struct limiter_repeat *r = repeat_of(l, hash_of(tag, data, n), now);
	if (!r)
		return false;
	r->last = now;
	r->times = r->times == LIMITER_REPEATS ? 0 : r->times + 1;
	return r->times == 0;
}
