/*
 * The histogram of round-trip times. Its ranges are equally wide, as long as the longest time is not many times the
 * shortest. If only a few are so much longer, one last range is for them. Else (0.05 ms on one machine, 2 s for a late
 * reply) the ranges are from 1 to 2, 5, 10, 20... ms, and empty ones are left out.
 */
#include <stdio.h>
#include <string.h>

#include "statistics_private.h"

enum {
	BINS_MOST = 12,
	SPREAD = 10,  /* how many times the shortest is too long for equally wide ranges */
	BULK = 95,    /* percent of the times that are not "a few" */
	FINEST = 100, /* a range of equal ones is no finer than this part of the longest */
	EIGHTHS = 8,
	NAME = 3 * WORDS_NUMBER,
};

/* Where the ranges end. */
struct scale {
	uint64_t step;    /* they are this wide, */
	uint64_t bulk;    /* until this time is in one; the next takes the rest; or */
	unsigned decades; /* if step is 0, they grow: by so many powers of ten; 0: 1, 2, 5, 10, 20... */
};

/* A range, up to its end and without it. */
struct bin {
	uint64_t start, end;
	size_t count;
};

struct bins {
	struct scale scale;
	struct bin list[BINS_MOST];
	unsigned count;
	size_t most; /* in one of them */
};

static uint64_t power_of_ten_after(uint64_t time, unsigned decades)
{
	uint64_t power = 1;
	for (unsigned tens = 0; power <= time || tens % decades; tens++)
		power = power > UINT64_MAX / 10 ? UINT64_MAX : power * 10;
	return power;
}

/* The end of the range after the one that ends here; UINT64_MAX stands for all that is beyond. */
static uint64_t end_after(const struct scale *s, uint64_t here)
{
	if (here > UINT64_MAX / 2 || (s->step && here > s->bulk))
		return UINT64_MAX;
	if (s->step)
		return (here / s->step + 1) * s->step;
	return s->decades ? power_of_ten_after(here, s->decades) : statistics_round(here + 1);
}

/* Where the first one starts. */
static uint64_t start_of(const struct scale *s, uint64_t min)
{
	if (s->step)
		return min / s->step * s->step;
	uint64_t start = 0, end = 0;
	while ((end = end_after(s, end)) <= min && end < UINT64_MAX)
		start = end;
	return start;
}

/* False: more ranges than there are rows for. */
static bool fill(struct bins *b, const struct times *t, unsigned rows)
{
	size_t done = 0;
	uint64_t end = start_of(&b->scale, t->sorted[0]);
	b->most = 0;
	for (b->count = 0; done < t->kept;) {
		uint64_t start = end;
		end = end_after(&b->scale, start);
		size_t count = (end == UINT64_MAX ? t->kept : times_below(t, end)) - done;
		if (count == 0 && b->scale.step == 0)
			continue;
		if (b->count == rows)
			return false;
		b->list[b->count++] = (struct bin){start, end, count};
		b->most = count > b->most ? count : b->most;
		done += count;
	}
	return true;
}

static void divide(struct bins *b, const struct times *t, unsigned rows)
{
	uint64_t min = t->sorted[0], max = t->sorted[t->kept - 1];
	uint64_t bulk = max / SPREAD > min ? times_rank(t, BULK) : max;
	b->scale = (struct scale){.bulk = bulk};
	if (bulk / SPREAD > min) {
		while (!fill(b, t, rows))
			b->scale.decades++;
		return;
	}
	uint64_t step = (bulk - min) / rows, finest = bulk / FINEST;
	step = step > finest ? step : finest;
	do
		step = b->scale.step = statistics_round(step + 1);
	while (!fill(b, t, rows));
}

/* --- Drawing --- */

/* "50-100 ms", "> 200 ms" */
static const char *name(const struct bins *b, const struct bin *bin, char out[NAME])
{
	char start[WORDS_NUMBER], end[WORDS_NUMBER];
	unsigned least = statistics_decimals(bin->start), most = statistics_decimals(bin->end);
	if (b->scale.step)
		least = most = statistics_decimals(b->scale.step);
	statistics_ms(bin->start, least, start);
	statistics_ms(bin->end, most, end);
	if (bin->end == UINT64_MAX)
		snprintf(out, NAME, _("> %s ms"), start);
	else
		snprintf(out, NAME, _("%s-%s ms"), start, end);
	return out;
}

static unsigned widest_name(const struct bins *b)
{
	char text[NAME];
	size_t widest = 0;
	for (unsigned i = 0; i < b->count; i++) {
		size_t n = strlen(name(b, &b->list[i], text));
		widest = n > widest ? n : widest;
	}
	return (unsigned)widest;
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
	char text[NAME];
	unsigned label = widest_name(b), digits = (unsigned)snprintf(text, sizeof text, "%zu", b->most);
	unsigned taken = label + 1 + 1 + digits;
	unsigned columns = p->width > taken ? p->width - taken : 1;
	for (unsigned i = 0; i < b->count; i++) {
		struct view_row *row = panel_row(p, 1 + i);
		view_row_printf(row, STYLE_FAINT, "%*s ", (int)label, name(b, &b->list[i], text));
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
	panel_heading(p, _("How long, how often"));
	if (s->times.kept == 0) {
		panel_words(p, 1, STYLE_FAINT, _("No reply yet."));
		return;
	}
	divide(&bins, &s->times, p->height - 1 < BINS_MOST ? p->height - 1 : BINS_MOST);
	put_bins(&bins, p);
}
