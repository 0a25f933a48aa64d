/* What the tests of view share: rows as strings, and events to make them from. */
#ifndef TEST_VIEW_H
#define TEST_VIEW_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h> /* needs those before it */
/* clang-format on */

#include <uproar/text.h>
#include <uproar/view.h>

/* Events happen at 0; this much later it is 14:03:07 in UTC. */
enum { WALL_SECONDS = 14 * 3600 + 3 * 60 + 7 };
#define WALL ((int64_t)WALL_SECONDS * 1000000000)

/* U+202E, which writes what follows it from right to left. */
static const char turn[] = {'\xe2', '\x80', '\xae', '\0'};

static inline int use_utf8_and_utc(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	return text_locale() ? 0 : -1;
}

/* The row's text; its spans must account for all of it. To be freed. */
static inline char *text_of(const struct view_row *row)
{
	size_t size = 0, columns = 0;
	for (size_t i = 0; i < row->spans.count; i++) {
		const struct view_span *s = ring_at(&row->spans, i);
		assert_true(s->size > 0);
		size += s->size;
		columns += s->columns;
	}
	assert_int_equal(size, row->text.size);
	assert_int_equal(columns, row->columns);
	char *text = strndup(row->text.size ? (char *)buf_bytes(&row->text) : "", row->text.size);
	assert_int_equal(strlen(text), row->text.size);
	return text;
}

static inline void assert_row(const struct view_row *row, const char *expected)
{
	char *text = text_of(row);
	assert_string_equal(text, expected);
	free(text);
}

/* One event's line: time of day, sign and words, which begin at column 15. */
static inline void assert_line(struct event e, const char *expected)
{
	struct view_row line = {0};
	unsigned indent = 0;
	assert_true(view_line(&e, WALL, &line, &indent));
	assert_row(&line, expected);
	assert_int_equal(indent, 15);
	view_row_free(&line);
}

static inline void assert_words(struct event e, const char *expected)
{
	struct view_row line = {0};
	view_row_put(&line, STYLE_TEXT, "left from before", 16);
	assert_true(view_words(&e, &line));
	assert_row(&line, expected);
	view_row_free(&line);
}

/* With nothing before its sign. */
static inline void assert_answer(struct event e, const char *expected)
{
	struct view_row line = {0};
	unsigned indent = 0;
	view_row_put(&line, STYLE_TEXT, "left from before", 16);
	assert_true(view_answer(&e, &line, &indent));
	assert_row(&line, expected);
	assert_int_equal(indent, 3);
	view_row_free(&line);
}

static inline void assert_no_line(struct event e)
{
	struct view_row line = {0};
	unsigned indent = 77;
	view_row_put(&line, STYLE_TEXT, "as it was", 9);
	assert_false(view_line(&e, WALL, &line, &indent));
	assert_false(view_answer(&e, &line, &indent));
	assert_false(view_words(&e, &line));
	assert_row(&line, "as it was");
	assert_int_equal(indent, 77);
	view_row_free(&line);
}

/* The style of a line's last words. */
static inline enum view_style style_of_words(struct event e)
{
	struct view_row line = {0};
	unsigned indent;
	assert_true(view_line(&e, WALL, &line, &indent));
	enum view_style style = ((struct view_span *)ring_at(&line.spans, line.spans.count - 1))->style;
	view_row_free(&line);
	return style;
}

static inline struct endpoint ipv4(uint8_t last, uint16_t port)
{
	return (struct endpoint){.family = 4, .address = {127, 0, 0, last}, .port = port};
}

static inline struct event with_data(struct event e, const char *data)
{
	e.size = (uint32_t)strlen(data);
	e.data = data;
	return e;
}

static inline struct event event_of(enum event_kind kind, struct event_talk talk, const char *data)
{
	return with_data((struct event){.who = EVENT_CLIENT, .kind = kind, .talk = talk}, data);
}

static inline struct event sentence(const char *data)
{
	return event_of(EVENT_SENTENCE, (struct event_talk){.protocol = PROTOCOL_TCP}, data);
}

/* In time and right, and of as many bytes as it has, unless told otherwise. */
static inline struct event reply(struct event_talk t, const char *data)
{
	if (t.verdict == 0)
		t.verdict = VERDICT_RIGHT;
	if (t.bytes == 0)
		t.bytes = strlen(data);
	return event_of(EVENT_REPLY, t, data);
}

/* Of sentence 3. */
static inline struct event missing(struct event_talk t, const char *data)
{
	t.sentence = 3;
	return event_of(EVENT_MISSING, t, data);
}

static inline struct event lab_event(struct event_lab l, const char *data)
{
	return with_data((struct event){.who = EVENT_SERVER, .kind = EVENT_LAB, .lab = l}, data);
}

static inline struct event state_of(struct event_state s, const char *host)
{
	return with_data((struct event){.who = EVENT_CLIENT, .kind = EVENT_STATE, .state = s}, host);
}

#endif
