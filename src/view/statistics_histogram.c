/*
 * The histogram of round-trip times. Where the longest is many times the shortest (0.05 ms on one machine, 2 s for a
 * late reply) the ranges are 1, 2, 5, 10, 20... ms, else equally wide.
 */
#include <stdio.h>
#include <string.h>

#include "statistics_private.h"

enum {
	BINS_MOST = 12,
	SPREAD = 10,  /* how many times the shortest the longest is, for ranges that grow */
	FINEST = 100, /* a range of equal ones is no finer than this part of the longest */
	EIGHTHS = 8,
};

/* Where the ranges end. */
struct scale {
	uint64_t step;    /* they are this wide; 0: they grow: */
	unsigned decades; /* by so many powers of ten; 0: 1, 2, 5, 10, 20... */
};

/* A range, up to its edge and without it. */
struct bin {
	uint64_t edge;
	size_t count;
};

struct bins {
	struct scale scale;
	struct bin list[BINS_MOST];
	unsigned count;
	size_t most; /* in one of them */
};

/* The end of the range that a time is in; UINT64_MAX stands for all that is beyond. */
static uint64_t edge_after(const struct scale *s, uint64_t time)
{
	if (time > UINT64_MAX / 2)
		return UINT64_MAX;
	if (s->step)
		return (time / s->step + 1) * s->step;
	if (s->decades == 0)
		return statistics_round(time + 1);
	uint64_t edge = 1;
	for (unsigned tens = 0; edge <= time || tens % s->decades; tens++)
		edge = edge > UINT64_MAX / 10 ? UINT64_MAX : edge * 10;
	return edge;
}

/* False: more ranges than there are rows for. */
static bool fill(struct bins *b, const struct times *t, unsigned rows)
{
	size_t done = 0;
	uint64_t edge = t->sorted[0];
	b->most = 0;
	for (b->count = 0; done < t->kept; b->count++) {
		if (b->count == rows)
			return false;
		edge = edge_after(&b->scale, edge);
		size_t end = edge == UINT64_MAX ? t->kept : times_below(t, edge);
		b->list[b->count] = (struct bin){edge, end - done};
		b->most = end - done > b->most ? end - done : b->most;
		done = end;
	}
	return true;
}

static void divide(struct bins *b, const struct times *t, unsigned rows)
{
	uint64_t min = t->sorted[0], max = t->sorted[t->kept - 1];
	b->scale = (struct scale){0};
	if (max / SPREAD > min) {
		while (!fill(b, t, rows))
			b->scale.decades++;
		return;
	}
	uint64_t step = (max - min) / rows, least = max / FINEST;
	do
		step = b->scale.step = statistics_round((step > least ? step : least) + 1);
	while (!fill(b, t, rows));
}

/* --- Drawing --- */

static const char *edge_text(const struct bins *b, unsigned i, char out[WORDS_NUMBER])
{
	uint64_t edge = b->list[i].edge;
	return statistics_ms(edge, statistics_decimals(b->scale.step ? b->scale.step : edge), out);
}

static unsigned widest_edge(const struct bins *b)
{
	char text[WORDS_NUMBER];
	unsigned widest = 0;
	for (unsigned i = 0; i < b->count; i++) {
		unsigned n = (unsigned)strlen(edge_text(b, i, text));
		widest = n > widest ? n : widest;
	}
	return widest;
}

/* A bar that is so many columns long for the greatest count; whatever is there has at least a trace. */
static void put_bar(struct view_row *row, size_t count, size_t most, unsigned columns)
{
	static const char *const parts[EIGHTHS] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	bool blocks = words_sign("█▏", "")[0] != '\0';
	unsigned fine = blocks ? EIGHTHS : 1;
	size_t length = count * columns * fine / most;
	length = count && length == 0 ? 1 : length;
	for (size_t i = 0; i < length / fine; i++)
		view_row_put(row, STYLE_SERVER, blocks ? "█" : "#", blocks ? strlen("█") : 1);
	view_row_put(row, STYLE_SERVER, parts[length % fine], strlen(parts[length % fine]));
}

static void put_bins(const struct bins *b, const struct panel *p)
{
	char text[WORDS_NUMBER];
	unsigned label = widest_edge(b), digits = (unsigned)snprintf(text, sizeof text, "%zu", b->most);
	unsigned taken = label + (unsigned)strlen("<  ms  ") + digits;
	unsigned columns = p->width > taken ? p->width - taken : 1;
	for (unsigned i = 0; i < b->count; i++) {
		struct view_row *row = panel_row(p, 1 + i);
		view_row_printf(row, STYLE_FAINT, "< %*s ms ", (int)label, edge_text(b, i, text));
		put_bar(row, b->list[i].count, b->most, columns);
		if (b->list[i].count)
			view_row_printf(row, STYLE_TEXT, " %zu", b->list[i].count);
	}
}

void panel_histogram(const struct statistics *s, const struct panel *p)
{
	struct bins bins;
	if (p->height == 0)
		return;
	panel_heading(p, _("How many took how long"));
	if (s->times.kept == 0)
		return;
	divide(&bins, &s->times, p->height - 1 < BINS_MOST ? p->height - 1 : BINS_MOST);
	put_bins(&bins, p);
}
