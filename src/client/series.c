#include "series.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int series_begin(struct series_run *r, const struct series_plan *plan, uint64_t now)
{
	char *text = strdup(plan->text ? plan->text : "");
	if (!r->figures)
		r->figures = statistics_new();
	if (!text || !r->figures) {
		free(text);
		return -1;
	}
	struct statistics *figures = r->figures;
	statistics_clear(figures);
	free(r->text);
	*r = (struct series_run){
		.plan = *plan,
		.text = text,
		.running = true,
		.began = now,
		.due = now,
		.moved = now,
		.figures = figures,
	};
	r->plan.text = r->text;
	return 0;
}

void series_free(struct series_run *r)
{
	statistics_free(r->figures);
	free(r->text);
	*r = (struct series_run){0};
}

/* --- When --- */

/* How many may be without a verdict. */
static uint32_t ahead(const struct series_run *r)
{
	if (r->plan.kind == SERIES_BURST)
		return r->plan.count;
	return r->plan.interval == 0 ? 1 : SERIES_AHEAD;
}

static uint64_t next_due(const struct series_run *r)
{
	if (!r->running || r->said == r->plan.count || r->said - r->settled >= ahead(r))
		return CLOCK_NEVER;
	return r->due;
}

static bool all_settled(const struct series_run *r)
{
	return r->said == r->plan.count && r->settled >= r->said;
}

/* When it has waited long enough. While there is something to say it does not end. */
static uint64_t end(const struct series_run *r)
{
	if (all_settled(r) || (r->broken && r->told >= r->said))
		return r->moved;
	return next_due(r) == CLOCK_NEVER && r->plan.patience != CLOCK_NEVER ? r->moved + r->plan.patience
									     : CLOCK_NEVER;
}

bool series_next(struct series_run *r, uint64_t now, struct series *series)
{
	if (next_due(r) > now)
		return false;
	*series = (struct series){r->plan.kind, ++r->said};
	r->moved = now;
	r->due += r->plan.interval;
	if (r->due + r->plan.interval < now) /* we were held up: what was missed is not caught up with */
		r->due = now;
	return true;
}

void series_stop(struct series_run *r)
{
	r->plan.count = r->said;
}

void series_break(struct series_run *r)
{
	r->plan.count = r->said;
	if (r->broken)
		r->told = r->said;
	r->broken = true;
}

bool series_reports(struct series_run *r, uint64_t now)
{
	if (r->running && end(r) <= now) {
		r->running = false;
		r->ended = now;
		return true;
	}
	if (r->amends == 0 || r->amends > now)
		return false;
	r->amends = 0;
	return true;
}

uint64_t series_deadline(const struct series_run *r)
{
	if (!r->running)
		return r->amends ? r->amends : CLOCK_NEVER;
	uint64_t next = next_due(r);
	return next != CLOCK_NEVER ? next : end(r);
}

/* --- What --- */

int series_sentence(const struct series_run *r, struct series series, uint64_t wall, struct buf *out)
{
	if (series.kind == SERIES_BURST)
		return buf_printf(out, "%s %u", r->text, series.place);
	time_t seconds = (time_t)(wall / CLOCK_SECOND);
	struct tm tm;
	localtime_r(&seconds, &tm);
	return buf_printf(out, "PING %u %02d:%02d:%02d.%06u", series.place, tm.tm_hour, tm.tm_min, tm.tm_sec,
			  (unsigned)(wall % CLOCK_SECOND / 1000));
}

/* An earlier series may still get late replies: its sentences have smaller numbers. */
static bool is_talk_of(const struct series_run *r, const struct event_talk *talk)
{
	if (talk->sentence == 0)
		return r->running; /* a stranger's, or one that nobody asked for */
	return talk->series.kind == r->plan.kind && r->first > 0 && talk->sentence >= r->first;
}

static bool is_answer(const struct event_talk *talk)
{
	return talk->sentence > 0 &&
	       (talk->verdict == VERDICT_RIGHT || talk->verdict == VERDICT_WRONG || talk->verdict == VERDICT_TRUNCATED);
}

static void take_talk(struct series_run *r, const struct event *e, uint64_t now)
{
	const struct event_talk *talk = &e->talk;
	if (r->running && e->kind == EVENT_SENTENCE && talk->series.kind == r->plan.kind && r->first == 0 &&
	    talk->series.place == 1 && !talk->again)
		r->first = talk->sentence;
	if (!is_talk_of(r, talk))
		return;
	statistics_take(r->figures, e);
	if (e->kind == EVENT_SENTENCE) {
		r->told += !talk->again && !talk->unqueued;
	} else if (!r->running) {
		if (e->kind == EVENT_REPLY && r->plan.kind == SERIES_BURST)
			r->amends = now + SERIES_QUIET;
	} else if (e->kind == EVENT_MISSING ||
		   (e->kind == EVENT_REPLY && is_answer(talk) && !talk->late && !talk->amends)) {
		r->settled++;
		r->moved = now;
	}
}

void series_take(struct series_run *r, const struct event *e, uint64_t now)
{
	if (!r->figures || e->who != EVENT_CLIENT)
		return;
	if (e->kind == EVENT_SENTENCE || e->kind == EVENT_REPLY || e->kind == EVENT_MISSING)
		take_talk(r, e, now);
	else if (e->kind == EVENT_KERNEL && e->kernel.why == KERNEL_DROPS && r->running)
		statistics_take(r->figures, e);
}

/* --- In words --- */

const char *series_progress(const struct series_run *r, char out[SERIES_PROGRESS])
{
	if (!r->running)
		out[0] = '\0';
	else if (r->plan.kind == SERIES_BURST)
		snprintf(out, SERIES_PROGRESS, _("burst: %u of %u"), r->settled, r->plan.count);
	else
		snprintf(out, SERIES_PROGRESS, _("ping %u of %u"), r->said, r->plan.count);
	return out;
}

static int put_count(struct buf *line, uint64_t count, const char *words)
{
	return count == 0 ? 0 : buf_printf(line, ", %llu %s", (unsigned long long)count, words);
}

static int put_burst(const struct series_run *r, struct buf *line)
{
	const struct statistics_counts *c = statistics_counts(r->figures);
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
		{statistics_waiting(r->figures), _("still waited for")},
		{c->queued, _("not sent yet")},
		{c->duplicates, _("answered twice")},
		{c->unasked, _("not asked for")},
		{c->strangers, _("from strangers")},
		{c->out_of_order, _("out of order")},
		{c->dropped, _("lost in this end's receive queue")},
	};
	if (buf_printf(line, _("Burst: %llu sent, %llu answered, %llu lost"), (unsigned long long)c->sentences,
		       (unsigned long long)c->answered, (unsigned long long)c->lost) == -1)
		return -1;
	for (size_t i = 0; i < COUNT(parts); i++)
		if (put_count(line, parts[i].count, parts[i].words) == -1)
			return -1;
	return buf_append(line, ".", 1);
}

int series_summary(const struct series_run *r, const char *who, void (*each)(const char *line, size_t n, void *arg),
		   void *arg)
{
	if (r->plan.kind == SERIES_PING)
		return statistics_summary(r->figures, who, r->ended - r->began, each, arg);
	struct buf line = {0};
	int result = put_burst(r, &line);
	if (result == 0)
		each((const char *)buf_bytes(&line), line.size, arg);
	buf_free(&line);
	return result;
}
