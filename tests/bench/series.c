#include "series.h"

#include <err.h>
#include <math.h>
#include <stdlib.h>

void series_add(struct series *s, double value)
{
	if (isnan(value))
		return;
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		s->values = realloc(s->values, s->room * sizeof *s->values);
		if (!s->values)
			err(1, "bench");
	}
	s->values[s->count++] = value;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Between two values, in proportion. */
double series_quartile(struct series *s, size_t which)
{
	if (s->count == 0)
		return (double)NAN;
	qsort(s->values, s->count, sizeof *s->values, by_size);
	double at = (double)((s->count - 1) * which) / 4;
	size_t below = (size_t)at;
	if (below + 1 == s->count)
		return s->values[below];
	return s->values[below] + (at - (double)below) * (s->values[below + 1] - s->values[below]);
}
