/* What the tests of the pager share: a view of numbers, and a window on it. */
#ifndef TEST_VIEW_PAGER_H
#define TEST_VIEW_PAGER_H

#include <stdio.h>

#include <uproar/pager.h>

#include "test_view.h"

enum { TOY_TEXTS = 64, ROWS_MAX = 60 };

/* Line n is the number n, unless it is told another text. */
struct toy {
	uint64_t first, end;
	uint64_t gained; /* lines that it takes in at the next update */
	const char *texts[TOY_TEXTS];
	unsigned indent;
	size_t worked_out; /* lines, so far */
};

static inline int toy_update(void *view)
{
	struct toy *t = view;
	t->end += t->gained;
	t->gained = 0;
	return 0;
}

static inline uint64_t toy_first(void *view)
{
	return ((struct toy *)view)->first;
}

static inline uint64_t toy_end(void *view)
{
	return ((struct toy *)view)->end;
}

static inline void toy_line(void *view, uint64_t number, unsigned width, struct view_row *line, unsigned *indent)
{
	struct toy *t = view;
	assert_true(number >= t->first && number < t->end && width > 0);
	t->worked_out++;
	if (number < TOY_TEXTS && t->texts[number])
		view_row_put(line, STYLE_TEXT, t->texts[number], strlen(t->texts[number]));
	else
		view_row_printf(line, STYLE_TEXT, "%u", (unsigned)number);
	*indent = t->indent;
}

/* Even lines tell of an event. */
static inline uint64_t toy_event(void *view, uint64_t number)
{
	(void)view;
	return number % 2 ? PAGER_NONE : 1000 + number;
}

static const struct pager_lines toy_lines = {toy_update, toy_first, toy_end, toy_line, toy_event};

struct screen {
	struct toy toy;
	struct pager *pager;
	unsigned width, height;
	struct view_row rows[ROWS_MAX];
};

/* With the lines 1 to last. */
static inline void open_screen(struct screen *s, unsigned width, unsigned height, uint64_t last)
{
	*s = (struct screen){.toy = {.first = 1, .end = last + 1}, .width = width, .height = height};
	s->pager = pager_new(&toy_lines, &s->toy);
	assert_non_null(s->pager);
}

static inline void close_screen(struct screen *s)
{
	pager_free(s->pager);
	for (size_t i = 0; i < ROWS_MAX; i++)
		view_row_free(&s->rows[i]);
}

static inline void append(struct screen *s, uint64_t lines)
{
	s->toy.gained += lines;
	assert_int_equal(pager_update(s->pager), 0);
}

static inline void move(struct screen *s, int m)
{
	pager_move(s->pager, (enum pager_move)m, s->width, s->height);
}

static inline void choose(struct screen *s, int by)
{
	pager_choose(s->pager, by, s->width, s->height);
}

static inline bool find(struct screen *s, const char *text)
{
	return pager_find(s->pager, text, s->width, s->height);
}

static inline bool find_next(struct screen *s, bool back)
{
	return pager_find_next(s->pager, back, s->width, s->height);
}

/* A row's text: what was found in brackets, what is chosen in braces, an escape between slashes. */
static inline void put_marked(struct buf *all, const struct view_row *row)
{
	static const char *const marks[STYLE_COUNT] = {
		[STYLE_FOUND] = "[]", [STYLE_CHOSEN] = "{}", [STYLE_ESCAPE] = "//"};
	free(text_of(row)); /* which looks at the spans */
	const char *text = (const char *)buf_bytes(&row->text);
	for (size_t i = 0; i < row->spans.count; i++) {
		const struct view_span *span = ring_at(&row->spans, i);
		const char *mark = marks[span->style];
		buf_printf(all, "%.*s%.*s%s", mark ? 1 : 0, mark ? mark : "", (int)span->size, text,
			   mark ? mark + 1 : "");
		text += span->size;
	}
}

/* What the screen shows, rows joined by '|'. To be freed. */
static inline char *shown(struct screen *s)
{
	struct buf all = {0};
	assert_int_equal(pager_rows(s->pager, s->width, s->height, s->rows), 0);
	for (unsigned y = 0; y < s->height; y++) {
		assert_true(s->rows[y].columns <= s->width);
		if (y > 0)
			buf_append(&all, "|", 1);
		put_marked(&all, &s->rows[y]);
	}
	buf_append(&all, "", 1);
	return (char *)all.memory;
}

static inline void assert_shown(struct screen *s, const char *expected)
{
	char *text = shown(s);
	assert_string_equal(text, expected);
	free(text);
}

#endif
