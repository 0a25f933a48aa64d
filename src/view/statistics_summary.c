/* The figures in ping(8)'s form. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "statistics_private.h"

typedef unsigned long long number; /* what "%llu" takes */

uint64_t statistics_sent(const struct statistics_counts *c)
{
	return c->sentences - c->queued - c->unsent;
}

static uint64_t received_of(const struct statistics_counts *c)
{
	return c->answered + c->late + c->wrong + c->truncated;
}

/* With one decimal where it is not whole. Neither none nor all are claimed by rounding. */
const char *statistics_loss(const struct statistics *s, char out[WORDS_NUMBER])
{
	uint64_t sent = statistics_sent(&s->counts), gone = sent - received_of(&s->counts);
	out[0] = '\0';
	if (sent == 0 || statistics_waiting(s) > 0 || s->counts.queued > 0)
		return out;
	uint64_t tenths = (gone * 1000 + sent / 2) / sent;
	bool whole = gone * 100 % sent == 0;
	if (!whole && tenths == 0)
		tenths = 1;
	else if (!whole && tenths == 1000)
		tenths = 999;
	if (whole)
		snprintf(out, WORDS_NUMBER, "%llu", (number)tenths / 10);
	else
		snprintf(out, WORDS_NUMBER, "%llu.%llu", (number)tenths / 10, (number)tenths % 10);
	return out;
}

unsigned statistics_decimals(uint64_t ns)
{
	unsigned decimals = 6;
	for (; decimals > 0 && ns % 10 == 0; decimals--)
		ns /= 10;
	return decimals;
}

const char *statistics_ms(uint64_t ns, unsigned decimals, char out[WORDS_NUMBER])
{
	int n = snprintf(out, WORDS_NUMBER, "%llu.%06u", (number)(ns / CLOCK_MS), (unsigned)(ns % CLOCK_MS));
	out[n - 6 + (int)decimals - (decimals == 0)] = '\0';
	return out;
}

/* --- Lines --- */

static int say_counts(const struct statistics *s, uint64_t took, struct buf *line)
{
	const struct statistics_counts *c = &s->counts;
	char loss[WORDS_NUMBER];
	int result =
		buf_printf(line, _("%llu sent, %llu received"), (number)statistics_sent(c), (number)received_of(c));
	if (c->duplicates)
		result |= buf_printf(line, _(", +%llu duplicates"), (number)c->duplicates);
	if (c->out_of_order)
		result |= buf_printf(line, _(", +%llu out of order"), (number)c->out_of_order);
	if (statistics_loss(s, loss)[0])
		result |= buf_printf(line, _(", %s%% loss"), loss);
	return result | buf_printf(line, _(", time %llu ms"), (number)(took / CLOCK_MS));
}

/* What the line before does not tell. */
static int say_rest(const struct statistics *s, struct buf *line)
{
	const struct statistics_counts *c = &s->counts;
	const struct {
		uint64_t count;
		const char *words;
	} parts[] = {
		{c->late, _("late")},
		{c->wrong, _("wrong")},
		{c->truncated, _("truncated")},
		{c->cut_short, _("cut short")},
		{c->unsent, _("not sent")},
		{c->refused, _("refused")},
		{c->cancelled, _("given up")},
		{statistics_waiting(s), _("still waited for")},
		{c->queued, _("not sent yet")},
		{c->unasked, _("not asked for")},
		{c->strangers, _("from strangers")},
		{c->guessed, _("matched by a guess")},
		{c->dropped, _("dropped by this end's receive queue")},
	};
	int result = 0;
	for (size_t i = 0; i < COUNT(parts); i++)
		if (parts[i].count)
			result |= buf_printf(line, "%s%llu %s", line->size ? ", " : "", (number)parts[i].count,
					     parts[i].words);
	return result;
}

static int say_times(const struct statistics *s, struct buf *line)
{
	struct statistics_times t;
	char min[WORDS_NUMBER], avg[WORDS_NUMBER], max[WORDS_NUMBER], mdev[WORDS_NUMBER];
	if (!statistics_times(s, &t))
		return 0;
	return buf_printf(line, "rtt min/avg/max/mdev = %s/%s/%s/%s ms", statistics_ms(t.min, 3, min),
			  statistics_ms(t.avg, 3, avg), statistics_ms(t.max, 3, max), statistics_ms(t.mdev, 3, mdev));
}

/* Gives the line away, if anything is in it and all of it is, and begins the next. */
static int give(int result, struct buf *line, void (*each)(const char *line, size_t n, void *arg), void *arg)
{
	if (result == 0 && line->size)
		each((const char *)buf_bytes(line), line->size, arg);
	buf_clear(line);
	return result;
}

int statistics_summary(const struct statistics *s, const char *who, uint64_t took,
		       void (*each)(const char *line, size_t n, void *arg), void *arg)
{
	struct buf line = {0};
	int result = give(buf_printf(&line, _("--- %s ping statistics ---"), who), &line, each, arg);
	result |= give(say_counts(s, took, &line), &line, each, arg);
	result |= give(say_rest(s, &line), &line, each, arg);
	result |= give(say_times(s, &line), &line, each, arg);
	buf_free(&line);
	if (result == -1)
		errno = ENOMEM;
	return result;
}
