#include "counters.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>

#include <uproar/sock.h>

#include "descriptors.h"

/* Not translated: the manual has the words. Those of a limit are its option's. */
static const char *const names[COUNTER_COUNT] = {
	[COUNTER_ACCEPTED] = "accepted",
	[COUNTER_TCP_IN] = "in",
	[COUNTER_TCP_OUT] = "out",
	[COUNTER_CLIENTS] = "max-clients",
	[COUNTER_ADDRESS] = "max-per-address",
	[COUNTER_IDLE] = "idle-timeout",
	[COUNTER_STALLED] = "write-timeout",
	[COUNTER_TCP_MEMORY] = "memory",
	[COUNTER_CUT_OFF] = "cut-off",
	[COUNTER_DATAGRAMS] = "datagrams",
	[COUNTER_REPLIES] = "replies",
	[COUNTER_UDP_IN] = "in",
	[COUNTER_UDP_OUT] = "out",
	[COUNTER_SOURCE] = "source",
	[COUNTER_RATE] = "rate",
	[COUNTER_LOOP] = "loop",
	[COUNTER_TOO_LONG] = "too-long",
	[COUNTER_UDP_MEMORY] = "memory",
	[COUNTER_NO_ROOM] = "no-room",
	[COUNTER_FAILED] = "failed",
	[COUNTER_QUEUE] = "queue",
};

static const struct {
	const char *name;
	enum counter first, last;
} lines[COUNTERS_LINES] = {
	{"tcp", COUNTER_ACCEPTED, COUNTER_CUT_OFF},
	{"udp", COUNTER_DATAGRAMS, COUNTER_QUEUE},
};

/*
 * Threads that count at the same time would fight for one place in memory. So each has its own, where nobody else
 * writes, and the sum of all is what is asked for. Those that come when all are taken have the last one in common.
 */
enum { PLACES = 64, SHARED = PLACES - 1, CACHE_LINE = 64 };

static struct place {
	_Alignas(CACHE_LINE) atomic_uint_fast64_t counts[COUNTER_COUNT];
} places[PLACES];

static struct place *my_place(void)
{
	static atomic_uint threads;
	static _Thread_local struct place *mine;
	if (!mine) {
		unsigned before = atomic_fetch_add(&threads, 1);
		mine = &places[before < SHARED ? before : SHARED];
	}
	return mine;
}

void counters_add(enum counter c, uint64_t n)
{
	struct place *p = my_place();
	atomic_uint_fast64_t *count = &p->counts[c];
	if (p == &places[SHARED])
		atomic_fetch_add_explicit(count, n, memory_order_relaxed);
	else
		atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + n,
				      memory_order_relaxed);
}

/* Of sockets that are open, the system knows how many datagrams it had no room for. */
static uint64_t queue_drops(void)
{
	struct descriptors open;
	struct event_kernel k;
	uint64_t sum = 0;
	int fd;
	descriptors_begin(&open);
	while ((fd = descriptors_next(&open)) != -1)
		sum += sock_sample(fd, &k) && k.protocol == PROTOCOL_UDP ? k.dropped : 0;
	descriptors_end(&open);
	return sum;
}

uint64_t counters_sum(enum counter c)
{
	uint64_t sum = c == COUNTER_QUEUE ? queue_drops() : 0;
	for (int i = 0; i < PLACES; i++)
		sum += atomic_load_explicit(&places[i].counts[c], memory_order_relaxed);
	return sum;
}

const char *counters_line(int line, char out[COUNTERS_TEXT])
{
	int n = snprintf(out, COUNTERS_TEXT, "%s:", lines[line].name);
	for (unsigned c = lines[line].first; c <= lines[line].last && n < COUNTERS_TEXT; c++)
		n += snprintf(out + n, (size_t)(COUNTERS_TEXT - n), "%s %s %" PRIu64, c > lines[line].first ? "," : "",
			      names[c], counters_sum(c));
	return out;
}
