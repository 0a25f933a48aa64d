/*
 * report - collects what was measured, over several runs; prints it as tables, and writes it as JSON.
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "bench.h"

/* A slice of a contestant (by index), and that of the first in the same round, which the ratios are to. */
void report_sample(size_t shape, size_t who, const struct sample *sample, const struct sample *first);
void report_shape(size_t shape, const struct contestant *c, size_t n); /* the table of a shape */

/* A figure by itself; from several runs the median counts. unit and goal (or NULL) are literals. */
enum { FIGURE_WORDS = 128 };
void report_figure(const char *topic, const char *what, double value, const char *unit, const char *goal);
/*
 * The same of several who do the same: in a table whose columns they are, with its ratio to the first of them (NAN:
 * none). A topic has figures or cells.
 */
void report_cell(const char *topic, const char *row, const char *column, double value, double ratio);
void report_figures(void);

void report_begin(const char *congestion); /* says where this is, for the tables and for JSON */
int report_json(const char *path, const struct contestant *c, size_t n); /* -1: errno says why not */

#endif
