/* Round-trip times: the sum of them all, and the newest one by one, in their order and sorted. */
#include <string.h>

#include "statistics_private.h"

/* Square root by Newton's method, from above: as soon as it falls no more, it is there. */
static long double root(long double x)
{
	long double r, next = x > 1 ? x : 1;
	if (x <= 0)
		return 0;
	do {
		r = next;
		next = (r + x / r) / 2;
	} while (next < r);
	return r;
}

static uint64_t nearest(long double x)
{
	return x < 0x1p64L - 1 ? (uint64_t)(x + 0.5L) : UINT64_MAX;
}

/* --- The newest --- */

size_t times_below(const struct times *t, uint64_t limit)
{
	size_t low = 0, high = t->kept;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->sorted[middle] < limit)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void sort_in(struct times *t, uint64_t rtt)
{
	uint64_t *at = t->sorted + times_below(t, rtt);
	memmove(at + 1, at, (size_t)(t->sorted + t->kept - at) * sizeof *at);
	*at = rtt;
	t->kept++;
}

static void sort_out(struct times *t, uint64_t rtt)
{
	uint64_t *at = t->sorted + times_below(t, rtt);
	t->kept--;
	memmove(at, at + 1, (size_t)(t->sorted + t->kept - at) * sizeof *at);
}

static struct point *point_at(const struct times *t, size_t i)
{
	return ring_at(&t->points, i);
}

/* The oldest time, and what was lost before it. */
static void forget_time(struct times *t)
{
	while (point_at(t, 0)->lost) {
		ring_pop(&t->points);
		t->lost--;
	}
	sort_out(t, point_at(t, 0)->rtt);
	ring_pop(&t->points);
}

static void forget_lost(struct times *t)
{
	size_t i = 0;
	while (!point_at(t, i)->lost)
		i++;
	ring_remove(&t->points, i);
	t->lost--;
}

/* At its sentence's place: that one was lost is known long after later ones were answered. */
static bool keep(struct times *t, struct point point)
{
	if (!ring_push(&t->points))
		return false;
	size_t i = t->points.count - 1;
	for (; i > 0 && point_at(t, i - 1)->sentence > point.sentence; i--)
		*point_at(t, i) = *point_at(t, i - 1);
	*point_at(t, i) = point;
	return true;
}

void times_lost(struct times *t, uint64_t sentence)
{
	if (t->lost == STATISTICS_TIMES)
		forget_lost(t);
	t->lost += keep(t, (struct point){.sentence = sentence, .lost = true});
}

void times_found(struct times *t, uint64_t sentence)
{
	for (size_t i = t->points.count; i-- > 0;) {
		const struct point *p = point_at(t, i);
		if (p->lost && p->sentence == sentence) {
			ring_remove(&t->points, i);
			t->lost--;
			return;
		}
	}
}

/* --- All of them --- */

static void sum_up(struct times *t, uint64_t rtt)
{
	t->min = t->n == 0 || rtt < t->min ? rtt : t->min;
	t->max = rtt > t->max ? rtt : t->max;
	t->n++;
	long double x = (long double)rtt, off = x - t->mean;
	t->mean += off / (long double)t->n;
	t->squares += off * (x - t->mean);
}

void times_add(struct times *t, uint64_t sentence, uint64_t rtt)
{
	sum_up(t, rtt);
	if (t->kept == STATISTICS_TIMES)
		forget_time(t);
	if (keep(t, (struct point){.sentence = sentence, .rtt = rtt}))
		sort_in(t, rtt);
}

uint64_t times_mdev(const struct times *t)
{
	return nearest(root(t->squares / (long double)t->n));
}

uint64_t times_rank(const struct times *t, unsigned percent)
{
	size_t rank = (t->kept * percent + 99) / 100;
	return t->sorted[rank ? rank - 1 : 0];
}

bool statistics_times(const struct statistics *s, struct statistics_times *out)
{
	const struct times *t = &s->times;
	if (t->n == 0)
		return false;
	*out = (struct statistics_times){
		.n = t->n,
		.min = t->min,
		.avg = nearest(t->mean),
		.max = t->max,
		.mdev = times_mdev(t),
	};
	if (t->kept) { /* else there was no memory for any */
		out->p50 = times_rank(t, 50);
		out->p90 = times_rank(t, 90);
		out->p99 = times_rank(t, 99);
	}
	return true;
}
