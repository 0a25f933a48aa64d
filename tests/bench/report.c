#include "report.h"

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "series.h"

enum {
	FIGURES_MAX = 256,
	VALUE = 7, /* columns of a table */
	RATIO = 18,
};

/* What a contestant came to in a shape, in all rounds of all runs. */
struct score {
	struct series value[MEASURES], ratio[MEASURES];
};

struct figure {
	char topic[FIGURE_WORDS], what[FIGURE_WORDS];
	const char *column; /* NULL: it is not in a table */
	const char *unit, *goal;
	struct series values, ratios;
};

static struct {
	struct score scores[SHAPES_MAX][CONTESTANTS_MAX];
	struct figure figures[FIGURES_MAX];
	size_t figure_count;
	struct utsname system;
	const char *congestion;
	long cpus;
	double load;
} report;

/* --- Collecting --- */

void report_sample(size_t shape, size_t who, const struct sample *sample, const struct sample *first)
{
	struct score *s = &report.scores[shape][who];
	for (int m = 0; m < MEASURES; m++) {
		series_add(&s->value[m], sample->of[m]);
		series_add(&s->ratio[m], sample->of[m] / first->of[m]);
	}
}

static struct figure *figure(const char *topic, const char *what, const char *column)
{
	for (size_t i = 0; i < report.figure_count; i++) {
		struct figure *f = &report.figures[i];
		if (strcmp(f->topic, topic) == 0 && strcmp(f->what, what) == 0 && f->column == column)
			return f;
	}
	if (report.figure_count == FIGURES_MAX)
		errx(1, "bench: more figures than there is room for");
	struct figure *f = &report.figures[report.figure_count++];
	f->column = column;
	f->unit = "";
	snprintf(f->topic, sizeof f->topic, "%s", topic);
	snprintf(f->what, sizeof f->what, "%s", what);
	return f;
}

void report_figure(const char *topic, const char *what, double value, const char *unit, const char *goal)
{
	struct figure *f = figure(topic, what, NULL);
	f->unit = unit;
	f->goal = goal;
	series_add(&f->values, value);
}

void report_cell(const char *topic, const char *row, const char *column, double value, double ratio)
{
	struct figure *f = figure(topic, row, column);
	series_add(&f->values, value);
	series_add(&f->ratios, ratio);
}

void report_begin(const char *congestion)
{
	if (uname(&report.system) == -1 || getloadavg(&report.load, 1) == -1)
		err(1, "bench");
	report.congestion = congestion;
	report.cpus = sysconf(_SC_NPROCESSORS_ONLN);
	printf("%s %s, %ld processors, load %.1f, TCP congestion control %s.\n"
	       "Ratios are to the first of each table, with quartiles; requests: more is better, the others: less.\n\n",
	       report.system.sysname, report.system.release, report.cpus, report.load, congestion);
}

/* --- Tables --- */

static void print_ratio(struct series *ratio)
{
	if (ratio->count == 0)
		printf("%15s", "");
	else
		printf(" %5.2f %4.2f-%4.2f", series_quartile(ratio, 2), series_quartile(ratio, 1),
		       series_quartile(ratio, 3));
}

static void print_value(struct series *value, int width, double unit, bool first, struct series *ratio)
{
	double median = series_quartile(value, 2) / unit;
	if (isnan(median))
		printf(" %*s", width, "-");
	else
		printf(" %*.*f", width, unit > 1 && median < 100 ? 2 : 0, median);
	if (!first)
		print_ratio(ratio);
	else
		printf("%15s", "");
}

static void print_row(const struct shape *shape, const char *name, struct score *s, bool first, bool wrong)
{
	printf("  %-18s", name);
	print_value(&s->value[REQUESTS], 10, 1, first, &s->ratio[REQUESTS]);
	printf(" %7.1f", series_quartile(&s->value[REQUESTS], 2) * (double)shape->size / 1e6);
	for (int m = MEDIAN; m < MEASURES; m++)
		print_value(&s->value[m], 8, 1e3, first, &s->ratio[m]);
	printf("%s\n", wrong ? "  wrong bytes" : "");
}

static void print_goals(const struct shape *s)
{
	static const char *const names[] = {"requests >=", "p50 <=", "p99 <=", "CPU <="};
	const char *before = "; goal: ";
	for (int m = 0; m < MEASURES; m++) {
		if (s->goals[m] > 0) {
			printf("%s%s %.2f", before, names[m], s->goals[m]);
			before = ", ";
		}
	}
}

static bool anyone(size_t shape, size_t n)
{
	bool found = false;
	for (size_t i = 0; i < n; i++)
		found |= report.scores[shape][i].value[REQUESTS].count > 0;
	return found;
}

void report_shape(size_t shape, const struct contestant *c, size_t n)
{
	const struct shape *s = &shapes[shape];
	if (!anyone(shape, n))
		return;
	printf("%s", s->name);
	print_goals(s);
	printf("\n  %-18s %10s%15s %7s %8s%15s %8s%15s %8s\n", "", "requests/s", "", "MB/s", "p50 us", "", "p99 us", "",
	       "CPU us");
	bool first = true;
	for (size_t i = 0; i < n; i++) {
		struct score *score = &report.scores[shape][i];
		if (score->value[REQUESTS].count == 0)
			continue;
		print_row(s, c[i].name, score, first, c[i].wrong[shape]);
		first = false;
	}
	printf("\n");
	fflush(stdout);
}

static void print_figure(struct figure *f)
{
	double value = series_quartile(&f->values, 2);
	printf("  %-62s %12.*f %s", f->what, fabs(value) < 100 && value != rint(value) ? 2 : 0, value, f->unit);
	printf(f->goal ? "  (goal: %s)\n" : "\n", f->goal);
}

static bool first_of_topic(const struct figure *f)
{
	for (const struct figure *g = report.figures; g < f; g++) {
		if (strcmp(g->topic, f->topic) == 0)
			return false;
	}
	return true;
}

static struct figure *next_of_topic(struct figure *f)
{
	for (struct figure *g = f + 1; g < report.figures + report.figure_count; g++) {
		if (strcmp(g->topic, f->topic) == 0)
			return g;
	}
	return NULL;
}

static void print_cell(struct figure *f)
{
	printf(" %*.2f", VALUE, series_quartile(&f->values, 2));
	if (f->ratios.count > 0)
		printf(" %5.3f %5.3f-%5.3f", series_quartile(&f->ratios, 2), series_quartile(&f->ratios, 1),
		       series_quartile(&f->ratios, 3));
}

static void print_table(struct figure *first)
{
	const char *row = first->what;
	printf("  %-14s", "");
	for (struct figure *f = first; f && strcmp(f->what, row) == 0; f = next_of_topic(f))
		printf(" %-*s", f->ratios.count > 0 ? VALUE + RATIO : VALUE, f->column);
	row = "";
	for (struct figure *f = first; f; f = next_of_topic(f)) {
		if (strcmp(f->what, row) != 0)
			printf("\n  %-14s", f->what);
		print_cell(f);
		row = f->what;
	}
	printf("\n");
}

void report_figures(void)
{
	for (size_t i = 0; i < report.figure_count; i++) {
		struct figure *first = &report.figures[i];
		if (!first_of_topic(first))
			continue;
		printf("%s\n", first->topic);
		if (first->column)
			print_table(first);
		for (struct figure *f = first->column ? NULL : first; f; f = next_of_topic(f))
			print_figure(f);
		printf("\n");
	}
	fflush(stdout);
}

/* --- JSON --- */

static void write_number(FILE *f, double value)
{
	if (isfinite(value))
		fprintf(f, "%.6g", value);
	else
		fprintf(f, "null");
}

/* {"median": 1, "quartiles": [0.9, 1.1]} */
static void write_series(FILE *f, struct series *s)
{
	fprintf(f, "{\"median\": ");
	write_number(f, series_quartile(s, 2));
	fprintf(f, ", \"quartiles\": [");
	write_number(f, series_quartile(s, 1));
	fprintf(f, ", ");
	write_number(f, series_quartile(s, 3));
	fprintf(f, "]}");
}

static void write_score(FILE *f, const struct contestant *c, struct score *s, bool wrong)
{
	static const char *const names[] = {"requests_per_second", "p50_ns", "p99_ns", "cpu_ns_per_request"};
	fprintf(f, "{\"name\": \"%s\", \"wrong_bytes\": %s", c->name, wrong ? "true" : "false");
	for (int m = 0; m < MEASURES; m++) {
		fprintf(f, ",\n      \"%s\": ", names[m]);
		write_series(f, &s->value[m]);
		fprintf(f, ", \"%s_ratio\": ", names[m]);
		write_series(f, &s->ratio[m]);
	}
	fprintf(f, "}");
}

static void write_shape(FILE *f, size_t shape, const struct contestant *c, size_t n)
{
	const struct shape *s = &shapes[shape];
	static const char *const places[] = {[ANYWHERE] = "anywhere", [APART] = "apart", [ONE_CPU] = "one"};
	const char *comma = "";
	fprintf(f, "{\"name\": \"%s\", \"connections\": %u, \"depth\": %u, \"bytes\": %zu, \"cpus\": \"%s\",\n",
		s->name, s->connections, s->depth, s->size, places[s->place]);
	fprintf(f, "    \"goals\": {\"requests\": %g, \"p50\": %g, \"cpu\": %g},\n    \"servers\": [",
		s->goals[REQUESTS], s->goals[MEDIAN], s->goals[CPU]);
	for (size_t i = 0; i < n; i++) {
		if (report.scores[shape][i].value[REQUESTS].count == 0)
			continue;
		fprintf(f, "%s\n     ", comma);
		write_score(f, &c[i], &report.scores[shape][i], c[i].wrong[shape]);
		comma = ",";
	}
	fprintf(f, "]}");
}

static void write_figure(FILE *f, struct figure *g)
{
	fprintf(f,
		"{\"topic\": \"%s\", \"what\": \"%s\", \"of\": \"%s\", \"unit\": \"%s\", \"goal\": \"%s\", \"value\": ",
		g->topic, g->what, g->column ? g->column : "", g->unit, g->goal ? g->goal : "");
	write_series(f, &g->values);
	fprintf(f, ", \"ratio\": ");
	write_series(f, &g->ratios);
	fprintf(f, "}");
}

int report_json(const char *path, const struct contestant *c, size_t n)
{
	FILE *f = fopen(path, "we");
	if (!f)
		return -1;
	fprintf(f, "{\"system\": \"%s %s\", \"processors\": %ld, \"load\": %.2f, \"congestion_control\": \"%s\",\n",
		report.system.sysname, report.system.release, report.cpus, report.load, report.congestion);
	fprintf(f, " \"shapes\": [");
	for (size_t i = 0; i < shape_count; i++) {
		fprintf(f, "%s\n   ", i ? "," : "");
		write_shape(f, i, c, n);
	}
	fprintf(f, "],\n \"figures\": [");
	for (size_t i = 0; i < report.figure_count; i++) {
		fprintf(f, "%s\n   ", i ? "," : "");
		write_figure(f, &report.figures[i]);
	}
	fprintf(f, "]}\n");
	return fclose(f) == 0 ? 0 : -1;
}
