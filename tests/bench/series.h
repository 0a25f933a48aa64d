/*
 * series - values that were measured again and again, of which quartiles count.
 */
#ifndef BENCH_SERIES_H
#define BENCH_SERIES_H

#include <stddef.h>

struct series {
	double *values;
	size_t count, room;
};

void series_add(struct series *s, double value);        /* NAN is left out */
double series_quartile(struct series *s, size_t which); /* 1, 2 (the median) or 3; sorts it. NAN: it is empty */

#endif
