#include "counters.h"

#include <stdatomic.h>

/*
 * Threads that count at the same time would fight for one place in memory: so there are several, each thread has one
 * of them, and the sum of all is what is asked for. Which thread has which does not matter.
 */
enum { PLACES = 16, CACHE_LINE = 64 };

static struct place {
	_Alignas(CACHE_LINE) atomic_uint_fast64_t counts[COUNTER_COUNT];
} places[PLACES];

static struct place *my_place(void)
{
	static atomic_uint threads;
	static _Thread_local struct place *mine;
	if (!mine)
		mine = &places[atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed) % PLACES];
	return mine;
}

void counters_add(enum counter c, uint64_t n)
{
	atomic_fetch_add_explicit(&my_place()->counts[c], n, memory_order_relaxed);
}

uint64_t counters_sum(enum counter c)
{
	uint64_t sum = 0;
	for (int i = 0; i < PLACES; i++)
		sum += atomic_load_explicit(&places[i].counts[c], memory_order_relaxed);
	return sum;
}
