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

static inline struct event state_of(struct event_state s, const char *host)
{
	return with_data((struct event){.who = EVENT_CLIENT, .kind = EVENT_STATE, .state = s}, host);
}

#endif
