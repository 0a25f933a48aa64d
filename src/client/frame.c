#include "frame.h"

#include <string.h>

#include "bar.h"

enum {
	BAR_FROM_ROWS = 4,    /* smaller screens have no line of keys, */
	STATUS_FROM_ROWS = 3, /* and these no status line */
	CHOICES_ROWS = 6,     /* of completions shown, at most */
};

static void clear_rows(struct frame *f, unsigned height)
{
	for (unsigned y = 0; y < height; y++)
		view_row_clear(&f->rows[y]);
}

static void show_rows(struct frame *f, unsigned top, unsigned height)
{
	for (unsigned y = 0; y < height; y++)
		screen_row(top + y, &f->rows[y]);
}

static void draw_bar(struct frame *f, unsigned y, unsigned width)
{
	/* The most needed first: a narrow screen shows fewer. */
	static const struct bar_key keys[] = {
		{"F1", N_("help")},          {"F10", N_("quit")},     {"F2", N_("TCP/UDP")},
		{"PgUp PgDn", N_("scroll")}, {"Tab", N_("complete")}, {"Ctrl-R", N_("search")},
	};
	struct view_row *row = &f->rows[0];
	view_row_clear(row);
	size_t below = transcript_below(f->transcript);
	if (below > 0)
		view_row_printf(row, STYLE_CHOSEN,
				ngettext(" %zu new line below: End ", " %zu new lines below: End ", below), below);
	else if (!transcript_follows(f->transcript))
		view_row_printf(row, STYLE_CHOSEN, _(" scrolled back: End "));
	if (*input_mode())
		view_row_printf(row, STYLE_KEY, " %s ", input_mode());
	bar_put(row, keys, COUNT(keys), width);
	screen_row(y, row);
}

/* The completions that Tab found stand over the end of the transcript. */
static void draw_choices(struct frame *f, unsigned bottom, unsigned width)
{
	const char *const *words;
	size_t count = input_choices(&words);
	unsigned used = 0;
	unsigned most = bottom < CHOICES_ROWS ? bottom : CHOICES_ROWS;
	clear_rows(f, most);
	for (size_t i = 0; i < count && used < most; used++) {
		struct view_row *row = &f->rows[used];
		do
			view_row_printf(row, STYLE_CHOSEN, " %s ", words[i++]);
		while (i < count && row->columns + strlen(words[i]) + 2 <= width);
	}
	show_rows(f, bottom - used, used);
}

static void draw_talk(struct frame *f, unsigned height, unsigned width)
{
	bool bar = height >= BAR_FROM_ROWS;
	bool status = height >= STATUS_FROM_ROWS;
	unsigned input_y = height - 1 - bar;
	f->transcript_height = input_y - status;

	if (status) {
		view_row_clear(&f->rows[0]);
		view_status_row(&f->status, width, &f->rows[0]);
		screen_row(0, &f->rows[0]);
	}
	transcript_update(f->transcript);
	if (f->transcript_height > 0) {
		clear_rows(f, f->transcript_height);
		transcript_rows(f->transcript, width, f->transcript_height, f->rows);
		show_rows(f, status, f->transcript_height);
	}
	draw_choices(f, input_y, width);
	if (bar)
		draw_bar(f, height - 1, width);
	unsigned x = 0;
	view_row_clear(&f->rows[0]);
	input_row(width, &f->rows[0], &x);
	screen_row(input_y, &f->rows[0]);
	screen_cursor(input_y, x);
}

static void draw_page(struct frame *f, unsigned height, unsigned width)
{
	unsigned y = height - 1, x = width - 1;
	clear_rows(f, height);
	if (f->help.shown)
		help_rows(&f->help, width, height, f->rows);
	else
		picker_rows(&f->picker, width, height, f->rows, &y, &x);
	show_rows(f, 0, height);
	screen_cursor(y, x);
}

void frame_draw(struct frame *f)
{
	unsigned height, width;
	screen_size(&height, &width);
	if (height > FRAME_ROWS_MAX)
		height = FRAME_ROWS_MAX;
	if (f->help.shown || f->picking)
		draw_page(f, height, width);
	else
		draw_talk(f, height, width);
	screen_show();
}

void frame_free(struct frame *f)
{
	for (unsigned y = 0; y < FRAME_ROWS_MAX; y++)
		view_row_free(&f->rows[y]);
}
