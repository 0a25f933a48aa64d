/*
 * Any bytes as text on a screen: the display filter. Input: a byte that says how wide the screen is, and the text.
 */
#include "shown.h"

enum { WIDEST_CELL = 10 };

static size_t check_cell(const uint8_t *s, size_t n)
{
	struct text_cell cell, again;
	size_t used = text_cell(s, n, &cell);
	check(used >= 1 && used <= n);
	check(cell.size < TEXT_CELL_ROOM && strlen(cell.text) == cell.size);
	check(check_shown(cell.text, cell.size) == cell.columns);
	check(cell.columns <= WIDEST_CELL);
	check((cell.columns == 0) == (cell.size == 0));
	check(!cell.escaped || s[0] < ' ' || s[0] > '~');
	/* What comes after a cell makes no difference to it. */
	check(text_cell(s, used, &again) == used);
	check(again.size == cell.size && memcmp(again.text, cell.text, cell.size) == 0);
	return used;
}

static bool same_text(const struct view_row *a, const struct view_row *b)
{
	return a->text.size == b->text.size && a->columns == b->columns &&
	       (a->text.size == 0 || memcmp(buf_bytes(&a->text), buf_bytes(&b->text), a->text.size) == 0);
}

/* What has been made harmless stays as it is. */
static void check_again(const struct view_row *row)
{
	struct view_row again = {0};
	check(view_row_put(&again, STYLE_TEXT, buf_bytes(&row->text), row->text.size) == 0);
	check(same_text(row, &again));
	view_row_free(&again);
}

static void check_fit(const struct view_row *row, unsigned width)
{
	struct view_row cut = {0};
	check(view_row_put(&cut, STYLE_TEXT, buf_bytes(&row->text), row->text.size) == 0);
	check(view_row_fit(&cut, width, STYLE_BAR) == 0);
	check_row(&cut);
	check(cut.columns == width);
	const uint8_t *text = buf_bytes(&cut.text);
	size_t n = cut.text.size;
	while (n > 0 && (n > row->text.size || memcmp(text, buf_bytes(&row->text), n) != 0))
		check(text[--n] == ' ');
	view_row_free(&cut);
}

/* --- Wrapping --- */

struct wrapped {
	unsigned width;
	struct buf text; /* of all rows, without spaces */
};

static void put_without_spaces(struct buf *out, const struct view_row *row)
{
	const uint8_t *text = buf_bytes(&row->text);
	for (size_t i = 0; i < row->text.size; i++)
		if (text[i] != ' ')
			check(buf_append(out, text + i, 1) == 0);
}

static bool take_row(const struct view_row *row, void *arg)
{
	struct wrapped *w = arg;
	check_row(row);
	check(row->columns <= w->width);
	put_without_spaces(&w->text, row);
	return true;
}

/* Nothing but spaces gets lost, unless there is not even room for one character. */
static void check_wrap(const struct view_row *row, unsigned width, unsigned indent)
{
	struct wrapped w = {.width = width};
	struct buf whole = {0};
	check(view_wrap(row, width, indent, take_row, &w) == 0);
	put_without_spaces(&whole, row);
	check(width < WIDEST_CELL ||
	      (w.text.size == whole.size &&
	       (whole.size == 0 || memcmp(buf_bytes(&w.text), buf_bytes(&whole), whole.size) == 0)));
	buf_free(&whole);
	buf_free(&w.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	if (n < 1)
		return 0;
	check(text_locale());
	unsigned width = 1 + input[0] % 100U, indent = input[0] / 16U;
	const uint8_t *text = input + 1;
	struct view_row row = {0}, pieces = {0};
	for (size_t i = 0, used; i < n - 1; i += used) {
		used = check_cell(text + i, n - 1 - i);
		check(view_row_put(&pieces, STYLE_YOU, text + i, used) == 0);
	}
	check(view_row_put(&row, STYLE_YOU, text, n - 1) == 0);
	check_row(&row);
	check(same_text(&row, &pieces));
	check_again(&row);
	check_fit(&row, width);
	check_wrap(&row, width, indent);
	view_row_free(&row);
	view_row_free(&pieces);
	return 0;
}
