/*
 * Out of memory at each allocation in turn: the call says so, and gives nothing half done.
 */
#include <uproar/views.h>

#include "test_memory.h"
#include "test_view.h"

enum { ENOUGH = 1000 }; /* allocations, for any of these calls */

static struct log *some_sentences(void)
{
	struct log *l = log_new(100, SIZE_MAX);
	assert_non_null(l);
	for (unsigned i = 0; i < 40; i++) {
		struct event e = event_of(EVENT_SENTENCE, (struct event_talk){.protocol = PROTOCOL_UDP}, "hello");
		assert_int_equal(log_append(l, &e), 0);
	}
	return l;
}

static void tell(const char *line, size_t n, void *arg)
{
	(void)line, (void)n;
	++*(int *)arg;
}

static void reveal_tells_all_or_nothing(void **state)
{
	(void)state;
	struct log *l = some_sentences();
	int result = -1, after;
	bool failed = true;
	for (after = 0; failed && after < ENOUGH; after++) {
		int told = 0;
		fail_after(after);
		result = view_reveal(l, 40, tell, &told);
		failed = fail_no_more();
		assert_int_equal(told, result == -1 ? 0 : 40);
	}
	assert_int_equal(result, 40);
	assert_true(after > 4);
	log_free(l);
}

static void transcript_says_so(void **state)
{
	(void)state;
	struct log *l = some_sentences();
	fail_after(0);
	struct transcript *t = transcript_new(l, 0);
	fail_no_more();
	assert_null(t);
	t = transcript_new(l, 0);
	assert_non_null(t);
	fail_after(0);
	struct pager *p = pager_new(&transcript_lines, t);
	fail_no_more();
	assert_null(p);
	p = pager_new(&transcript_lines, t);
	assert_non_null(p);
	fail_after(0);
	int result = pager_update(p);
	assert_int_equal(fail_no_more(), result == -1);
	assert_int_equal(result, -1);
	assert_int_equal(pager_update(p), 0);
	struct view_row rows[3] = {0};
	bool failed = true;
	int after;
	for (after = 0; failed && after < ENOUGH; after++) {
		fail_after(after);
		result = pager_rows(p, 80, 3, rows);
		failed = fail_no_more();
	}
	assert_int_equal(result, 0);
	assert_true(after > 1);
	for (unsigned i = 0; i < 3; i++)
		view_row_free(&rows[i]);
	pager_free(p);
	transcript_free(t);
	transcript_free(NULL);
	log_free(l);
}

/* A pager on a transcript of sentences. */
struct window {
	struct log *log;
	struct transcript *transcript;
	struct pager *pager;
};

static struct window open_window(void)
{
	struct window w = {.log = some_sentences()};
	w.transcript = transcript_new(w.log, 0);
	assert_non_null(w.transcript);
	w.pager = pager_new(&transcript_lines, w.transcript);
	assert_non_null(w.pager);
	assert_int_equal(pager_update(w.pager), 0);
	return w;
}

static void close_window(struct window *w)
{
	pager_free(w->pager);
	transcript_free(w->transcript);
	log_free(w->log);
}

static void finding_finds_nothing(void **state)
{
	(void)state;
	struct window w = open_window();
	bool found = false;
	int after;
	for (after = 0; !found && after < ENOUGH; after++) {
		fail_after(after);
		found = pager_find(w.pager, "HELLO", 80, 3);
		fail_no_more();
		assert_string_equal(pager_found(w.pager), found ? "HELLO" : "");
		assert_int_equal(pager_chosen(w.pager), found ? 39 : PAGER_NONE);
	}
	assert_true(found);
	assert_true(after > 1);
	close_window(&w);
}

static void what_was_found_is_drawn_or_not(void **state)
{
	(void)state;
	int result = -1, after;
	bool failed = true;
	for (after = 0; failed && after < ENOUGH; after++) {
		struct window w = open_window();
		struct view_row rows[3] = {0};
		assert_true(pager_find(w.pager, "hello", 80, 3));
		fail_after(after);
		result = pager_rows(w.pager, 79, 3, rows);
		failed = fail_no_more();
		for (unsigned i = 0; i < 3; i++)
			view_row_free(&rows[i]);
		close_window(&w);
	}
	assert_int_equal(result, 0);
	assert_true(after > 1);
}

static int save_as_text(struct pager *p, struct buf *out)
{
	return save_text(p, 20, out);
}

static int save_as_svg(struct pager *p, struct buf *out)
{
	return save_svg(p, "title", 20, out);
}

static void a_file_is_whole_or_nothing(int (*save)(struct pager *p, struct buf *out))
{
	int result = -1, after;
	bool failed = true;
	for (after = 0; failed && after < ENOUGH; after++) {
		struct window w = open_window();
		struct buf out = {0};
		assert_int_equal(buf_append(&out, "before", 6), 0);
		fail_after(after);
		result = save(w.pager, &out);
		failed = fail_no_more();
		if (result == -1)
			assert_int_equal(out.size, 6);
		else
			assert_true(out.size > 6);
		assert_memory_equal(buf_bytes(&out), "before", 6);
		buf_free(&out);
		close_window(&w);
	}
	assert_int_equal(result, 0);
	assert_true(after > 1);
}

static void saving_says_so(void **state)
{
	(void)state;
	a_file_is_whole_or_nothing(save_as_text);
	a_file_is_whole_or_nothing(save_as_svg);
}

static void status_row_says_so(void **state)
{
	(void)state;
	struct view_status s = {.state = {.what = STATE_CONNECTED, .protocol = PROTOCOL_TCP, .own = true}};
	strcpy(s.lab, "hold");
	int result = -1, after;
	bool failed = true;
	for (after = 0; failed && after < ENOUGH; after++) {
		struct view_row row = {0};
		fail_after(after);
		result = view_status_row(&s, 20, &row);
		failed = fail_no_more();
		view_row_free(&row);
	}
	assert_int_equal(result, 0);
	assert_true(after > 1);
}

static void a_row_that_failed_takes_nothing_more(void **state)
{
	(void)state;
	struct view_row row = {0};
	fail_after(0);
	int result = view_row_put(&row, STYLE_TEXT, "x", 1);
	assert_int_equal(fail_no_more(), result == -1);
	assert_int_equal(result, -1);
	assert_true(row.failed);
	assert_int_equal(view_row_put(&row, STYLE_TEXT, "x", 1), -1);
	assert_int_equal(view_row_put(&row, STYLE_TEXT, "", 0), -1);
	assert_int_equal(view_row_fit(&row, 3, STYLE_TEXT), -1);
	view_row_clear(&row);
	assert_int_equal(view_row_put(&row, STYLE_TEXT, "x", 1), 0);
	assert_row(&row, "x");
	view_row_free(&row);
}

static bool next(const struct view_row *row, void *arg)
{
	(void)row;
	++*(int *)arg;
	return true;
}

static void wrapping_says_so(void **state)
{
	(void)state;
	struct view_row line = {0};
	view_row_put(&line, STYLE_TEXT, "three short words", 17);
	int rows = 0;
	fail_after(0);
	int result = view_wrap(&line, 6, 0, next, &rows);
	assert_int_equal(fail_no_more(), result == -1);
	assert_int_equal(result, -1);
	assert_int_equal(rows, 0);
	view_row_free(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reveal_tells_all_or_nothing),
		cmocka_unit_test(transcript_says_so),
		cmocka_unit_test(finding_finds_nothing),
		cmocka_unit_test(what_was_found_is_drawn_or_not),
		cmocka_unit_test(saving_says_so),
		cmocka_unit_test(status_row_says_so),
		cmocka_unit_test(a_row_that_failed_takes_nothing_more),
		cmocka_unit_test(wrapping_says_so),
	};
	return run_memory_tests("view memory", tests, use_utf8_and_utc);
}
