/*
 * histogram - how long things took, in buckets of less than a hundredth of the time itself (as in HdrHistogram): the
 * highest bits of a time choose the bucket, so that it costs the same and fits a page or two however long they are.
 */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_BITS = 7, HISTOGRAM_BUCKETS = (40 - HISTOGRAM_BITS + 1) << HISTOGRAM_BITS };

struct histogram {
	uint64_t count;
	uint32_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t time);         /* 2^40 ns, 18 minutes, at most */
double histogram_quantile(const struct histogram *h, double q); /* 0.5: the median. NAN: it is empty */

#endif
