#include <uproar/lab.h>

/*
 * Each decision about a datagram has a random number to itself, so that changing one setting leaves the others' choices
 * as they were. There is room for more decisions: what a seed does stays what it was.
 */
enum decision { DROP_REQUEST, DROP_REPLY, TWICE, HELD_BACK, JITTER, JITTER_OF_COPY, JITTER_OF_STREAM, DECISIONS = 16 };

static uint64_t draw(const struct lab *l, uint64_t n, enum decision d)
{
	return random_at(l->seed, n * DECISIONS + d);
}

static bool happens(const struct lab *l, uint64_t n, enum decision d, unsigned chance)
{
	return draw(l, n, d) % LAB_CERTAIN < chance;
}

static uint64_t delay(const struct lab *l, uint64_t n, enum decision d)
{
	return l->delay + (l->jitter ? draw(l, n, d) % l->jitter : 0);
}

struct lab_fate lab_fate(const struct lab *l, uint64_t n)
{
	return (struct lab_fate){
		.drop_request = happens(l, n, DROP_REQUEST, l->drop_requests),
		.drop_reply = happens(l, n, DROP_REPLY, l->drop_replies),
		.twice = happens(l, n, TWICE, l->duplicate),
		.held_back = happens(l, n, HELD_BACK, l->reorder),
		.delay = {delay(l, n, JITTER), delay(l, n, JITTER_OF_COPY)},
	};
}

uint64_t lab_delay(const struct lab *l, uint64_t n)
{
	return delay(l, n, JITTER_OF_STREAM);
}
