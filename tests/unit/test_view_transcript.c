#include <stdio.h>

#include <uproar/views.h>

#include "test_view.h"

enum { LIMIT = 1000, ROWS_MAX = 60 };

struct screen {
	struct log *log;
	struct transcript *transcript;
	struct pager *pager;
	unsigned width, height;
	struct view_row rows[ROWS_MAX];
};

static struct screen open_screen(unsigned width, unsigned height, size_t limit)
{
	struct screen s = {.log = log_new(limit, SIZE_MAX), .width = width, .height = height};
	s.transcript = transcript_new(s.log, WALL);
	assert_non_null(s.transcript);
	s.pager = pager_new(&transcript_lines, s.transcript);
	assert_non_null(s.pager);
	return s;
}

static void close_screen(struct screen *s)
{
	pager_free(s->pager);
	transcript_free(s->transcript);
	log_free(s->log);
	for (size_t i = 0; i < ROWS_MAX; i++)
		view_row_free(&s->rows[i]);
}

static void append(struct screen *s, struct event e)
{
	assert_int_equal(log_append(s->log, &e), 0);
	assert_int_equal(pager_update(s->pager), 0);
}

/* Sentences "1", "2" and so on. */
static void append_numbers(struct screen *s, unsigned first, unsigned last)
{
	char text[16];
	for (unsigned i = first; i <= last; i++) {
		snprintf(text, sizeof text, "%u", i);
		append(s, sentence(text));
	}
}

static void move(struct screen *s, int m)
{
	pager_move(s->pager, (enum pager_move)m, s->width, s->height);
}

/* What the screen shows, rows joined by '|', without the time of day and the sign of a sentence. To be freed. */
static char *shown(struct screen *s)
{
	struct buf all = {0};
	assert_int_equal(pager_rows(s->pager, s->width, s->height, s->rows), 0);
	for (unsigned y = 0; y < s->height; y++) {
		char *text = text_of(&s->rows[y]), *start = text;
		assert_true(s->rows[y].columns <= s->width);
		const char *prefixes[] = {"14:03:07 ", "you ▸ "};
		for (size_t i = 0; i < COUNT(prefixes); i++)
			if (strncmp(start, prefixes[i], strlen(prefixes[i])) == 0)
				start += strlen(prefixes[i]);
		buf_printf(&all, "%s%s", y ? "|" : "", start);
		free(text);
	}
	buf_append(&all, "", 1);
	return (char *)all.memory;
}

static void assert_shown(struct screen *s, const char *expected)
{
	char *text = shown(s);
	assert_string_equal(text, expected);
	free(text);
}

static void test_nothing_yet(void **state)
{
	(void)state;
	struct screen s = open_screen(40, 3, LIMIT);
	assert_shown(&s, "||");
	for (int m = MOVE_LINE_UP; m <= MOVE_END; m++)
		move(&s, m);
	assert_true(pager_follows(s.pager));
	assert_shown(&s, "||");
	close_screen(&s);
	transcript_free(NULL);
}

static void test_newest_stands_on_the_last_row(void **state)
{
	(void)state;
	struct screen s = open_screen(40, 3, LIMIT);
	append_numbers(&s, 1, 2);
	assert_shown(&s, "|1|2");
	append_numbers(&s, 3, 5);
	assert_shown(&s, "3|4|5");
	assert_int_equal(pager_below(s.pager), 0);
	close_screen(&s);
}

static void test_whole_lines(void **state)
{
	(void)state;
	struct screen s = open_screen(40, 2, LIMIT);
	append(&s, sentence("hi"));
	append(&s, (struct event){.who = EVENT_CLIENT, .kind = EVENT_CALL, .call.op = OP_SEND});
	append(&s,
	       event_of(EVENT_REPLY, (struct event_talk){.verdict = VERDICT_RIGHT, .bytes = 3, .rtt = 210000}, "HI"));
	assert_int_equal(pager_rows(s.pager, 40, 2, s.rows), 0);
	assert_row(&s.rows[0], "14:03:07 you ▸ hi");
	assert_row(&s.rows[1], "14:03:07     ◂ HI  3 bytes, 0.21 ms");
	close_screen(&s);
}

static void test_a_narrow_window_shows_the_text(void **state)
{
	(void)state;
	struct screen s = open_screen(20, 4, LIMIT);
	append(&s, sentence("a longer sentence"));
	append(&s,
	       event_of(EVENT_REPLY, (struct event_talk){.verdict = VERDICT_RIGHT, .bytes = 3, .rtt = 210000}, "HI"));
	append(&s, event_of(EVENT_REPLY, (struct event_talk){.verdict = VERDICT_RIGHT, .late = true, .rtt = 2500000000},
			    "HI"));
	assert_int_equal(pager_rows(s.pager, 20, 4, s.rows), 0);
	assert_row(&s.rows[0], "      sentence");
	assert_row(&s.rows[1], "    ◂ HI");
	assert_row(&s.rows[2], "    ◂ HI  late: ");
	assert_row(&s.rows[3], "      after 2.50 s");
	close_screen(&s);
}

static void test_a_narrow_window_shows_the_lab_and_a_ping(void **state)
{
	(void)state;
	struct screen s = open_screen(20, 8, LIMIT);
	struct event_talk ping = {.verdict = VERDICT_RIGHT, .bytes = 18, .rtt = 210000, .series = {SERIES_PING, 1}};
	append(&s, lab_event((struct event_lab){.what = LAB_SETTINGS}, "drop=30%"));
	append(&s, lab_event((struct event_lab){.what = LAB_FATE}, "a secret"));
	append(&s, event_of(EVENT_REPLY, ping, "PING 1"));
	append(&s, event_of(EVENT_REPLY, (struct event_talk){.verdict = VERDICT_DUPLICATE, .sentence = 1}, "HI"));
	assert_int_equal(pager_rows(s.pager, 20, 8, s.rows), 0);
	assert_row(&s.rows[0], "    ◆ lab: drop=30%");
	assert_row(&s.rows[1], "    ◂ 18 bytes: ");
	assert_row(&s.rows[2], "      seq=1 ");
	assert_row(&s.rows[3], "      time=0.21 ms");
	assert_row(&s.rows[4], "    ◂ HI  a copy: ");
	assert_row(&s.rows[5], "      sentence 1 was");
	assert_row(&s.rows[6], "      answered ");
	assert_row(&s.rows[7], "      before");
	close_screen(&s);
}

static void test_forgets_what_the_log_forgets(void **state)
{
	(void)state;
	struct screen s = open_screen(40, 3, 10);
	append_numbers(&s, 1, 25);
	move(&s, MOVE_HOME);
	assert_shown(&s, "16|17|18");
	close_screen(&s);
}

static void test_forgetting_while_scrolled_back(void **state)
{
	(void)state;
	struct screen s = open_screen(40, 3, 10);
	append_numbers(&s, 1, 10);
	move(&s, MOVE_LINE_UP);
	move(&s, MOVE_LINE_UP);
	assert_shown(&s, "6|7|8");
	append_numbers(&s, 11, 15);
	assert_shown(&s, "6|7|8");
	assert_int_equal(pager_below(s.pager), 5);
	append_numbers(&s, 16, 17);
	assert_shown(&s, "8|9|10");
	assert_false(pager_follows(s.pager));
	append_numbers(&s, 18, 40);
	assert_int_equal(pager_below(s.pager), 10);
	assert_shown(&s, "31|32|33");
	move(&s, MOVE_END);
	assert_shown(&s, "38|39|40");
	close_screen(&s);
}

static void test_the_log_may_run_ahead(void **state)
{
	(void)state;
	struct screen s = open_screen(40, 3, 10);
	append_numbers(&s, 1, 10);
	move(&s, MOVE_LINE_UP);
	struct event call = {.who = EVENT_CLIENT, .kind = EVENT_CALL, .call.op = OP_SEND};
	for (int i = 0; i < 9; i++)
		assert_int_equal(log_append(s.log, &call), 0);
	/* Nobody told the transcript, yet it asks for nothing that is gone. */
	assert_shown(&s, "||10");
	for (int i = 0; i < 30; i++)
		assert_int_equal(log_append(s.log, &call), 0);
	move(&s, MOVE_HOME);
	assert_shown(&s, "||");
	assert_int_equal(pager_update(s.pager), 0);
	append_numbers(&s, 11, 12);
	assert_shown(&s, "|11|12");
	close_screen(&s);
}

static void test_clear_shows_only_what_comes(void **state)
{
	(void)state;
	struct screen s = open_screen(40, 3, LIMIT);
	append_numbers(&s, 1, 9);
	move(&s, MOVE_HOME);
	pager_clear(s.pager);
	assert_true(pager_follows(s.pager));
	assert_shown(&s, "||");
	append_numbers(&s, 10, 11);
	assert_shown(&s, "|10|11");
	move(&s, MOVE_HOME);
	assert_shown(&s, "|10|11");
	close_screen(&s);
}

static void test_200000_lines(void **state)
{
	(void)state;
	enum { LINES = 200000 };
	struct screen s = open_screen(80, 50, LINES);
	append_numbers(&s, 1, LINES);
	for (int i = 0; i < 100; i++)
		move(&s, MOVE_PAGE_UP);
	s.height = 2;
	assert_shown(&s, "195051|195052");
	move(&s, MOVE_HOME);
	assert_shown(&s, "1|2");
	append_numbers(&s, LINES + 1, 2 * LINES);
	assert_int_equal(pager_below(s.pager), LINES);
	assert_shown(&s, "200001|200002");
	move(&s, MOVE_END);
	assert_shown(&s, "399999|400000");
	close_screen(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_yet),
		cmocka_unit_test(test_newest_stands_on_the_last_row),
		cmocka_unit_test(test_whole_lines),
		cmocka_unit_test(test_a_narrow_window_shows_the_text),
		cmocka_unit_test(test_a_narrow_window_shows_the_lab_and_a_ping),
		cmocka_unit_test(test_forgets_what_the_log_forgets),
		cmocka_unit_test(test_forgetting_while_scrolled_back),
		cmocka_unit_test(test_the_log_may_run_ahead),
		cmocka_unit_test(test_clear_shows_only_what_comes),
		cmocka_unit_test(test_200000_lines),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
