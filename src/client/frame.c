#include "frame.h"

#include <stdio.h>
#include <string.h>

#include <uproar/text.h>

#include "bar.h"
#include "replay_words.h"

enum {
	BAR_FROM_ROWS = 4,    /* smaller screens have no line of keys, */
	STATUS_FROM_ROWS = 3, /* and these no status line */
	CHOICES_ROWS = 6,     /* of completions shown, at most */
	BESIDE_COLUMNS = 120, /* from here on the statistics stand beside the transcript, */
	TUNING_COLUMNS = 60,  /* and here there is room to say how this end is tuned */
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

static void put_row(struct view_row *row, const struct view_row *other)
{
	const uint8_t *text = buf_bytes(&other->text);
	for (size_t i = 0; i < other->spans.count; i++) {
		const struct view_span *span = ring_at(&other->spans, i);
		view_row_put(row, span->style, text, span->size);
		text += span->size;
	}
}

static void draw_bar(struct frame *f, unsigned y, unsigned width)
{
	/* The most needed first: a narrow screen shows fewer. */
	static const struct bar_key keys[] = {
		{"F1", N_("help")},       {"F10", N_("quit")},         {"F2", N_("TCP/UDP")},
		{"F5", N_("statistics")}, {"PgUp PgDn", N_("scroll")}, {"Tab", N_("complete")},
		{"Ctrl-R", N_("search")},
	};
	struct view_row *row = &f->rows[0];
	view_row_clear(row);
	unsigned tuned = 0;
	struct view_row tuning = {0};
	if (width >= TUNING_COLUMNS && f->tuning[0] && view_row_printf(&tuning, STYLE_CHOSEN, "%s ", f->tuning) == 0)
		tuned = tuning.columns;
	if (f->progress[0])
		view_row_printf(row, STYLE_CHOSEN, " %s ", f->progress);
	size_t below = pager_below(f->pager);
	if (below > 0)
		view_row_printf(row, STYLE_CHOSEN,
				ngettext(" %zu new line below: End ", " %zu new lines below: End ", below), below);
	else if (!pager_follows(f->pager))
		view_row_printf(row, STYLE_CHOSEN, _(" scrolled back: End "));
	if (*input_mode())
		view_row_printf(row, STYLE_KEY, " %s ", input_mode());
	if (f->replaying)
		replay_put_keys(row, width - tuned);
	else
		bar_put(row, keys, COUNT(keys), width - tuned);
	put_row(row, &tuning);
	view_row_free(&tuning);
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

static void put_beside(struct frame *f, unsigned height, unsigned width)
{
	for (unsigned y = 0; y < height; y++)
		view_row_clear(&f->beside[y]);
	statistics_rows(f->statistics, width - f->transcript_width - 2, height, f->beside);
	for (unsigned y = 0; y < height; y++) {
		view_row_fit(&f->rows[y], f->transcript_width, STYLE_TEXT);
		view_row_printf(&f->rows[y], STYLE_FAINT, "%s ", text_is_utf8() ? "│" : "|");
		put_row(&f->rows[y], &f->beside[y]);
	}
}

/* The transcript, the statistics, or where there is room for two, both. */
static void draw_views(struct frame *f, unsigned top, unsigned height, unsigned width)
{
	bool beside = f->statistics_shown && width >= BESIDE_COLUMNS;
	f->transcript_height = height;
	f->transcript_width = beside ? width / 2 : width;
	pager_update(f->pager);
	if (height == 0)
		return;
	clear_rows(f, height);
	if (f->statistics_shown && !beside)
		statistics_rows(f->statistics, width, height, f->rows);
	else
		pager_rows(f->pager, f->transcript_width, height, f->rows);
	if (beside)
		put_beside(f, height, width);
	show_rows(f, top, height);
}

static void draw_talk(struct frame *f, unsigned height, unsigned width)
{
	bool bar = height >= BAR_FROM_ROWS;
	bool status = height >= STATUS_FROM_ROWS;
	unsigned input_y = height - 1 - bar;

	if (status) {
		view_row_clear(&f->rows[0]);
		view_status_row(&f->status, width, &f->rows[0]);
		screen_row(0, &f->rows[0]);
	}
	draw_views(f, status, input_y - status, width);
	draw_choices(f, input_y, width);
	if (bar)
		draw_bar(f, height - 1, width);
	unsigned x = 0;
	view_row_clear(&f->rows[0]);
	if (f->replaying)
		replay_put_state(&f->replay, &f->rows[0]);
	else
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

void frame_tuned(struct frame *f, const struct network_habits *h)
{
	char room[FRAME_TUNING / 2] = "";
	if (h->recv_room)
		snprintf(room, sizeof room, _(" recv %zu"), h->recv_room);
	snprintf(f->tuning, sizeof f->tuning, "%s%s%s%s", room, h->hold ? _(" hold") : "",
		 h->bound ? _(" connected") : "", h->nodelay ? _(" nagle off") : "");
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
	for (unsigned y = 0; y < FRAME_ROWS_MAX; y++) {
		view_row_free(&f->rows[y]);
		view_row_free(&f->beside[y]);
	}
}
