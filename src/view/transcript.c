#include <stdlib.h>

#include <uproar/views.h>

#include "words.h"

enum { TRANSCRIPT_NARROW = 40 }; /* columns below which a line is brief */

/*
 * Most events have no line, so `lines` keeps the log's index of each event that has one. The front one is line number
 * `first`.
 */
struct transcript {
	const struct log *log;
	int64_t wall;
	uint64_t taken; /* the log's index of the next event to look at */
	struct ring lines;
	uint64_t first;
};

struct transcript *transcript_new(const struct log *l, int64_t wall)
{
	struct transcript *t = malloc(sizeof *t);
	if (t)
		*t = (struct transcript){.log = l, .wall = wall, .lines = RING_OF(uint64_t)};
	return t;
}

void transcript_free(struct transcript *t)
{
	if (!t)
		return;
	ring_free(&t->lines);
	free(t);
}

static uint64_t event(void *view, uint64_t number)
{
	const struct transcript *t = view;
	return *(uint64_t *)ring_at(&t->lines, (size_t)(number - t->first));
}

/* Forgets the lines whose events the log has forgotten meanwhile. */
static uint64_t first(void *view)
{
	struct transcript *t = view;
	for (; t->lines.count && event(t, t->first) < log_first(t->log); t->first++)
		ring_pop(&t->lines);
	return t->first;
}

static uint64_t end(void *view)
{
	const struct transcript *t = view;
	return t->first + t->lines.count;
}

static int update(void *view)
{
	struct transcript *t = view;
	first(t);
	if (t->taken < log_first(t->log))
		t->taken = log_first(t->log);
	for (; t->taken < log_end(t->log); t->taken++) {
		if (!words_has(log_at(t->log, t->taken)))
			continue;
		uint64_t *index = ring_push(&t->lines);
		if (!index)
			return -1;
		*index = t->taken;
	}
	return 0;
}

static void line(void *view, uint64_t number, unsigned width, struct view_row *row, unsigned *indent)
{
	const struct transcript *t = view;
	enum words_detail detail = width < TRANSCRIPT_NARROW ? WORDS_BRIEF : WORDS_FULL;
	words_line(log_at(t->log, event(view, number)), t->wall, detail, row, indent);
}

const struct pager_lines transcript_lines = {update, first, end, line, event};
