#include "histogram.h"

#include <math.h>

/* Below 2^(BITS+1) each time has a bucket of its own; above, 2^BITS of them share each doubling. */
static unsigned bucket_of(uint64_t time)
{
	if (time >> HISTOGRAM_BITS == 0)
		return (unsigned)time;
	unsigned shift = 63 - (unsigned)__builtin_clzll(time) - HISTOGRAM_BITS;
	return ((shift + 1) << HISTOGRAM_BITS) + (unsigned)((time >> shift) & ((1U << HISTOGRAM_BITS) - 1));
}

/* The middle of its times. */
static double time_of(unsigned bucket)
{
	unsigned shift = bucket >> HISTOGRAM_BITS;
	double low = bucket & ((1U << HISTOGRAM_BITS) - 1);
	if (shift == 0)
		return low;
	return ldexp((1 << HISTOGRAM_BITS) + low + 0.5, (int)shift - 1);
}

void histogram_add(struct histogram *h, uint64_t time)
{
	unsigned bucket = bucket_of(time);
	h->buckets[bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1]++;
	h->count++;
}

double histogram_quantile(const struct histogram *h, double q)
{
	uint64_t wanted = (uint64_t)ceil(q * (double)h->count), seen = 0;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS && h->count; i++) {
		seen += h->buckets[i];
		if (seen >= wanted && seen > 0)
			return time_of(i);
	}
	return (double)NAN;
}
