#include "wrap.h"

#include <string.h>

enum {
	WRAP_LEAST = 8,  /* columns under which no row is indented */
	WRAP_HANGING = 2 /* the indent when the words have no room beside the one that was wished for */
};

static unsigned indent_for(unsigned width, unsigned wish)
{
	if (width < WRAP_LEAST)
		return 0;
	return wish > width / 2 ? WRAP_HANGING : wish;
}

void wrap_start(struct wrap *w, const struct view_row *line, unsigned width, unsigned indent)
{
	*w = (struct wrap){.width = width, .indent = indent_for(width, indent)};
	row_walk_start(&w->next, line);
}

static bool is_space(const struct row_unit *u)
{
	return u->size == 1 && u->text[0] == ' ';
}

/* Chinese and Japanese are written without spaces: a line may break on either side of any of their characters. */
static bool is_wide(const struct row_unit *u)
{
	return u->columns == 2 && u->style != STYLE_ESCAPE;
}

bool wrap_next(struct wrap *w)
{
	if (w->done)
		return false;
	unsigned room = w->rows ? w->width - w->indent : w->width;
	/* A break before the indent gains nothing: the next row would begin at the same column. */
	unsigned least = w->rows ? 0 : w->indent;
	unsigned columns = 0;
	struct row_walk walk = w->next, before = walk, gap = {0};
	struct row_unit u;

	w->begin = walk;
	w->rows++;
	for (; row_walk_next(&walk, w->width - w->indent, &u); before = walk) {
		if (columns > least && is_wide(&u))
			gap = before;
		columns += u.columns;
		if (columns > room)
			break;
		if (columns > least && (is_space(&u) || is_wide(&u)))
			gap = walk;
	}
	if (columns <= room) {
		w->end = walk.at;
		w->done = true;
		return true;
	}
	/* One space that has no room is what the end of the row stands for. */
	w->next = is_space(&u) ? walk : gap.row ? gap : before;
	w->end = is_space(&u) ? before.at : w->next.at;
	w->done = row_walk_done(&w->next);
	return true;
}

int wrap_row(const struct wrap *w, const uint8_t *found, struct view_row *row)
{
	view_row_clear(row);
	if (w->rows > 1 && row_spaces(row, STYLE_TEXT, w->indent) == -1)
		return -1;
	struct row_walk walk = w->begin;
	struct row_unit u;
	for (size_t at = walk.at; at < w->end && row_walk_next(&walk, w->width - w->indent, &u); at = walk.at) {
		bool marked = found && memchr(found + at, 1, walk.at - at);
		if (row_append(row, marked ? STYLE_FOUND : u.style, u.text, u.size, u.columns) == -1)
			return -1;
	}
	return 0;
}

int view_wrap(const struct view_row *line, unsigned width, unsigned indent,
	      bool (*each)(const struct view_row *row, void *arg), void *arg)
{
	struct wrap w;
	struct view_row row = {0};
	int result = 0;
	wrap_start(&w, line, width, indent);
	while (wrap_next(&w)) {
		result = wrap_row(&w, NULL, &row);
		if (result == -1 || !each(&row, arg))
			break;
	}
	view_row_free(&row);
	return result;
}
