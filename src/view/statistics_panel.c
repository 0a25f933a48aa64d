/* Rectangles that stand beside and below each other, and words in them. */
#include "statistics_private.h"

struct view_row *panel_row(const struct panel *p, unsigned y)
{
	struct view_row *row = &p->rows[y];
	if (p->left) {
		view_row_fit(row, p->left - PANEL_GAP, STYLE_TEXT);
		row_spaces(row, STYLE_TEXT, PANEL_GAP);
	}
	return row;
}

void panel_heading(const struct panel *p, const char *words)
{
	struct view_row *row = panel_row(p, 0);
	const char *dash = words_sign("─", "-");
	view_row_printf(row, STYLE_FAINT, "%s%s ", dash, dash);
	view_row_printf(row, STYLE_NOTE, "%s ", words);
	while (row->columns < p->left + p->width && !row->failed)
		view_row_printf(row, STYLE_FAINT, "%s", dash);
}

/* Where the next row of wrapped words goes. */
struct into {
	const struct panel *panel;
	unsigned y;
	enum view_style style;
};

static bool put_words(const struct view_row *words, void *arg)
{
	struct into *into = arg;
	if (into->y == into->panel->height)
		return false;
	view_row_put(panel_row(into->panel, into->y++), into->style, buf_bytes(&words->text), words->text.size);
	return true;
}

unsigned panel_words(const struct panel *p, unsigned y, enum view_style style, const char *words)
{
	struct into into = {p, y, style};
	struct view_row line = {0};
	if (p->width && y < p->height) {
		view_row_printf(&line, style, "%s", words);
		if (line.failed || view_wrap(&line, p->width, 0, put_words, &into) == -1)
			p->rows[y].failed = true;
	}
	view_row_free(&line);
	return into.y;
}
