#include <wchar.h>

#include "test_view.h"

/* --- Examples --- */

static bool join(const struct view_row *row, void *arg)
{
	char *text = text_of(row);
	buf_printf(arg, "%s|", text);
	free(text);
	return true;
}

static void assert_wrap(const char *text, unsigned width, unsigned indent, const char *expected)
{
	struct view_row line = {0};
	struct buf rows = {0};
	view_row_put(&line, STYLE_YOU, text, strlen(text));
	assert_int_equal(view_wrap(&line, width, indent, join, &rows), 0);
	buf_append(&rows, "", 1);
	assert_string_equal((char *)buf_bytes(&rows), expected);
	buf_free(&rows);
	view_row_free(&line);
}

static void test_breaks_at_spaces(void **state)
{
	(void)state;
	assert_wrap("", 10, 0, "|");
	assert_wrap("hello", 10, 0, "hello|");
	assert_wrap("hello you", 7, 0, "hello |you|");
	assert_wrap("hello", 5, 0, "hello|");
	assert_wrap("one two three", 10, 0, "one two |three|");
}

static void test_a_space_without_room_is_the_end_of_the_row(void **state)
{
	(void)state;
	assert_wrap("hello you", 5, 0, "hello|you|");
	assert_wrap("hello ", 5, 0, "hello|");
	assert_wrap("hello  you", 5, 0, "hello| you|");
}

static void test_cuts_words_longer_than_the_width(void **state)
{
	(void)state;
	assert_wrap("abcdefgh", 3, 0, "abc|def|gh|");
	assert_wrap("a bcdefgh", 3, 0, "a |bcd|efg|h|");
	assert_wrap("abc", 1, 0, "a|b|c|");
	assert_wrap("a b", 1, 5, "a|b|");
}

static void test_wide_characters_are_words_of_their_own(void **state)
{
	(void)state;
	assert_wrap("中文中文", 5, 0, "中文|中文|");
	assert_wrap("hello 中文中文", 10, 0, "hello 中文|中文|");
	assert_wrap("中文hello", 6, 0, "中文|hello|");
	assert_wrap("hello中", 6, 0, "hello|中|");
	assert_wrap("中a", 1, 0, "?|a|");
	assert_wrap("e\u0301e\u0301e\u0301", 2, 0, "e\u0301e\u0301|e\u0301|");
}

static void test_escapes_are_not_cut_through(void **state)
{
	(void)state;
	assert_wrap("abc\033def", 4, 0, "abc|^[de|f|");
	assert_wrap("\033\033\033", 5, 0, "^[^[|^[|");
	assert_wrap(turn, 4, 0, "\\u20|2e|");
	assert_wrap("\033", 1, 0, "^|[|");
}

static void test_rows_hang_under_the_words(void **state)
{
	(void)state;
	assert_wrap("you > one two three", 12, 6, "you > one |      two |      three|");
	assert_wrap("you > abcdefghij", 12, 6, "you > abcdef|      ghij|");
	/* Without room for that, a little; without any room, not at all. */
	assert_wrap("you > one two", 10, 6, "you > one |  two|");
	assert_wrap("you > abcd", 7, 6, "you > |abcd|");
}

static void test_styles_go_on_in_the_next_row(void **state)
{
	(void)state;
	struct view_row line = {0};
	struct buf rows = {0};
	view_row_put(&line, STYLE_FAINT, "ab", 2);
	view_row_put(&line, STYLE_SERVER, "CDEFGH", 6);
	assert_int_equal(view_wrap(&line, 4, 0, join, &rows), 0);
	buf_append(&rows, "", 1);
	assert_string_equal((char *)buf_bytes(&rows), "abCD|EFGH|");
	buf_free(&rows);
	view_row_free(&line);
}

static bool first_two(const struct view_row *row, void *arg)
{
	(void)row;
	return ++*(int *)arg < 2;
}

static void test_stops_when_told(void **state)
{
	(void)state;
	struct view_row line = {0};
	int rows = 0;
	view_row_put(&line, STYLE_YOU, "a b c d", 7);
	assert_int_equal(view_wrap(&line, 2, 0, first_two, &rows), 0);
	assert_int_equal(rows, 2);
	view_row_free(&line);
}

/* --- Any bytes, styles and widths --- */

static uint32_t random_state = 20240607;

static uint32_t any(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % below;
}

static void put_piece(struct view_row *line, enum view_style style)
{
	static const char *const pieces[] = {" ",
					     "  ",
					     "word",
					     "longer-word ",
					     "中文",
					     "，",
					     "e\u0301",
					     "\u0301\u0302\u0303\u0304\u0305\u0306",
					     "😀",
					     "👩\u200d👧",
					     turn,
					     "\xc2\x85",
					     "\033[31m",
					     "\r\n",
					     "\t",
					     "\xff\xfe",
					     "\xf4\x8f\xbf\xbf",
					     "\xf3\xa0\x80\xa0",
					     "\xed\xa0\x80"};
	const char byte = (char)any(256), *piece = pieces[any(COUNT(pieces))];
	if (any(4) == 0)
		view_row_put(line, style, &byte, 1);
	else
		view_row_put(line, style, piece, strlen(piece));
}

/* STYLE_TEXT is left to the indent, so that it can be told from the line. */
static void random_line(struct view_row *line)
{
	view_row_clear(line);
	for (uint32_t n = any(40); n > 0; n--)
		put_piece(line, STYLE_YOU + any(STYLE_ESCAPE - STYLE_YOU));
}

static enum view_style style_at(const struct view_row *row, size_t at)
{
	size_t i = 0;
	const struct view_span *s = ring_at(&row->spans, i);
	for (; at >= s->size; s = ring_at(&row->spans, ++i))
		at -= s->size;
	return s->style;
}

/* Columns of a row by the C library alone; nothing in it may be unprintable, invisible or turn the writing around. */
static unsigned measure(const struct view_row *row)
{
	const char *s = (char *)buf_bytes(&row->text);
	size_t left = row->text.size;
	int columns = 0;
	mbstate_t shift = {0};
	while (left > 0) {
		wchar_t c;
		size_t n = mbrtowc(&c, s, left, &shift);
		assert_true(n > 0 && n <= left);
		assert_true(wcwidth(c) >= 0);
		assert_false(c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
			     (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
			     c >= 0xe0000);
		columns += wcwidth(c);
		s += n;
		left -= n;
	}
	return (unsigned)columns;
}

/* Follows a line through the rows that were made of it. */
struct follow {
	const struct view_row *line;
	size_t at; /* bytes of the line that the rows so far have shown */
	unsigned width, wish;
	unsigned indent; /* as the second row had it */
	size_t rows;
};

static size_t skip_indent(struct follow *f, const struct view_row *row)
{
	const struct view_span *s = row->spans.count ? ring_at(&row->spans, 0) : NULL;
	unsigned indent = s && s->style == STYLE_TEXT ? s->columns : 0;
	if (f->rows == 1)
		f->indent = indent;
	if (f->rows == 0)
		assert_int_equal(indent, 0);
	assert_int_equal(indent, f->rows ? f->indent : 0);
	assert_true(indent <= f->wish && indent <= f->width / 2);
	if (f->rows && f->width >= 8 && f->wish <= f->width / 2)
		assert_int_equal(indent, f->wish);
	return indent;
}

static bool follow_row(const struct view_row *row, void *arg)
{
	struct follow *f = arg;
	const char *line = (char *)buf_bytes(&f->line->text), *text = (char *)buf_bytes(&row->text);
	size_t i = skip_indent(f, row);
	assert_true(row->columns <= f->width);
	assert_int_equal(measure(row), row->columns);
	free(text_of(row));
	while (i < row->text.size) {
		assert_true(f->at < f->line->text.size);
		assert_int_equal(style_at(row, i), style_at(f->line, f->at));
		if (text[i] == '?' && line[f->at] != '?') { /* wider than the width */
			struct text_cell cell;
			assert_int_equal(f->width, 1);
			f->at += text_cell(line + f->at, f->line->text.size - f->at, &cell);
			assert_int_equal(cell.columns, 2);
			i++;
		} else {
			assert_int_equal(text[i++], line[f->at++]);
		}
	}
	if (row->columns == f->width && f->at < f->line->text.size && line[f->at] == ' ')
		f->at++; /* the end of the row stands for it */
	f->rows++;
	return true;
}

static void test_rows_together_are_the_line(void **state)
{
	(void)state;
	struct view_row line = {0};
	for (int round = 0; round < 4000; round++) {
		random_line(&line);
		struct follow f = {.line = &line, .width = 1 + any(any(3) ? 30 : 3), .wish = any(20)};
		assert_int_equal(view_wrap(&line, f.width, f.wish, follow_row, &f), 0);
		assert_int_equal(f.at, line.text.size);
		assert_true(f.rows > 0);
	}
	view_row_free(&line);
}

static void test_any_row_fits_any_width(void **state)
{
	(void)state;
	struct view_row row = {0};
	for (int round = 0; round < 4000; round++) {
		random_line(&row);
		char *whole = text_of(&row);
		unsigned width = any(60), before = row.columns;
		view_row_fit(&row, width, STYLE_TEXT);
		assert_int_equal(row.columns, width);
		assert_int_equal(measure(&row), width);
		char *cut = text_of(&row);
		size_t shown = strlen(cut);
		if (shown > strlen(whole))
			shown = strlen(whole);
		while (before > width && shown > 0 && strncmp(cut, whole, shown) != 0) {
			assert_int_equal(cut[shown - 1], ' '); /* padding where a wide one had no room */
			shown--;
		}
		assert_memory_equal(cut, whole, shown);
		free(whole);
		free(cut);
	}
	view_row_free(&row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_breaks_at_spaces),
		cmocka_unit_test(test_a_space_without_room_is_the_end_of_the_row),
		cmocka_unit_test(test_cuts_words_longer_than_the_width),
		cmocka_unit_test(test_wide_characters_are_words_of_their_own),
		cmocka_unit_test(test_escapes_are_not_cut_through),
		cmocka_unit_test(test_rows_hang_under_the_words),
		cmocka_unit_test(test_styles_go_on_in_the_next_row),
		cmocka_unit_test(test_stops_when_told),
		cmocka_unit_test(test_rows_together_are_the_line),
		cmocka_unit_test(test_any_row_fits_any_width),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
