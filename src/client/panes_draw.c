/*
 * What the panes look like: where each of them stands, the row above it, and the keys that work in it.
 */
#include <string.h>

#include <uproar/text.h>

#include "bar.h"
#include "panes.h"
#include "rows.h"

enum { TITLE_FROM_ROWS = 4, DIVIDER = 2 };

/* --- Rows --- */

static void swap(struct view_row *a, struct view_row *b)
{
	struct view_row kept = *a;
	*a = *b;
	*b = kept;
}

/* A page begins at the top; what grows ends at the bottom. Returns by how many rows it moved up. */
static unsigned move_up(struct view_row *rows, unsigned height)
{
	unsigned empty = 0;
	while (empty < height && rows[empty].columns == 0)
		empty++;
	if (empty == height)
		return 0;
	for (unsigned y = 0; y + empty < height; y++)
		swap(&rows[y], &rows[y + empty]);
	return empty;
}

/* --- A pane --- */

static bool has_title(enum pane pane)
{
	return pane != PANE_TRANSCRIPT && pane != PANE_STATISTICS;
}

static void draw_title(struct panes *p, enum pane pane, unsigned width, struct view_row *row)
{
	view_row_clear(row);
	switch (pane) {
	case PANE_LADDER:
		ladder_header(p->views.ladder, width, row);
		break;
	case PANE_CALLS:
		view_row_printf(row, STYLE_BAR, " %s  ", _("calls"));
		view_row_put(row, STYLE_BAR, p->filter_words, strlen(p->filter_words));
		break;
	case PANE_SOCKETS:
		view_row_printf(row, STYLE_BAR, " %s", _("sockets"));
		break;
	default:
		view_row_printf(row, STYLE_BAR, " %s  Esc %s", _("inspector"), _("back"));
		break;
	}
	view_row_fit(row, width, STYLE_BAR);
	rows_restyle(row, p->focused && p->focus == pane ? STYLE_CHOSEN : STYLE_BAR);
}

/* Into so many rows of this place, the first ones of `rows`. */
static void draw_pane(struct panes *p, enum pane pane, struct pane_place place, struct view_row *rows)
{
	for (unsigned y = 0; y < place.height; y++)
		view_row_clear(&rows[y]);
	if (has_title(pane) && place.height >= TITLE_FROM_ROWS) {
		draw_title(p, pane, place.width, rows++);
		place.top++;
		place.height--;
	}
	if (!p->views.pagers[pane])
		statistics_rows(p->statistics, place.width, place.height, rows);
	else
		pager_rows(p->views.pagers[pane], place.width, place.height, rows);
	place.empty = pane == PANE_INSPECTOR ? move_up(rows, place.height) : 0;
	while (place.chosen < place.height && !rows_has_style(&rows[place.chosen], STYLE_CHOSEN))
		place.chosen++;
	p->places[pane] = place;
}

/* --- All of them --- */

/* The ladder has two lanes, and needs the more room. */
static unsigned transcript_width(const struct panes *p, unsigned width)
{
	return p->shown == PANE_LADDER ? width * 2 / 5 : width / 2;
}

static void draw_both(struct panes *p, unsigned top, unsigned height, unsigned width)
{
	unsigned left = transcript_width(p, width);
	unsigned right = left + DIVIDER;
	draw_pane(p, PANE_TRANSCRIPT, (struct pane_place){.top = top, .width = left, .height = height}, p->rows);
	draw_pane(p, p->shown, (struct pane_place){top, right, .width = width - right, .height = height}, p->beside);
	for (unsigned y = 0; y < height; y++) {
		view_row_fit(&p->rows[y], left, STYLE_TEXT);
		view_row_printf(&p->rows[y], STYLE_FAINT, "%s ", text_is_utf8() ? "│" : "|");
		rows_append(&p->rows[y], &p->beside[y]);
	}
}

static void draw_plain(struct panes *p, unsigned height, unsigned width)
{
	struct pane_place place = {.width = width, .height = height, .chosen = height};
	if (p->views.pagers[p->focus])
		pager_rows(p->views.pagers[p->focus], width, height, p->rows);
	else
		statistics_rows(p->statistics, width, height, p->rows);
	for (unsigned y = 0; y < height; y++)
		rows_restyle(&p->rows[y], STYLE_TEXT);
	p->places[p->focus] = place;
}

void panes_draw(struct panes *p, unsigned top, unsigned height, unsigned width)
{
	for (size_t i = 0; i < PANE_COUNT; i++)
		p->places[i] = (struct pane_place){0};
	if (height == 0)
		return;
	if (p->plain)
		draw_plain(p, height, width);
	else if (p->shown != PANE_TRANSCRIPT && width >= PANES_BESIDE)
		draw_both(p, top, height, width);
	else
		draw_pane(p, p->shown, (struct pane_place){.top = top, .width = width, .height = height}, p->rows);
	for (unsigned y = 0; y < height; y++)
		screen_row(top + y, &p->rows[y]);
	if (!panes_visible(p, p->focus))
		p->focus = p->shown; /* the screen is narrower than it was */
}

bool panes_cursor(const struct panes *p, unsigned *y, unsigned *x)
{
	const struct pane_place *place = &p->places[p->focus];
	if (!p->focused || place->chosen >= place->height)
		return false;
	*y = place->top + place->chosen;
	*x = place->left;
	return true;
}

/* --- Keys --- */

static void add_key(struct bar_key *keys, size_t *count, const char *key, const char *what)
{
	keys[(*count)++] = (struct bar_key){key, what};
}

size_t panes_keys(const struct panes *p, struct bar_key keys[PANES_KEYS])
{
	size_t count = 0;
	struct pager *pager = p->views.pagers[p->focus];
	if (p->focus == PANE_INSPECTOR)
		add_key(keys, &count, "Esc", N_("back"));
	add_key(keys, &count, "Tab", N_("type"));
	if (pager && *pager_found(pager))
		add_key(keys, &count, "n N", N_("find older, newer"));
	if (pager && p->focus != PANE_INSPECTOR) {
		add_key(keys, &count, "Up Down", N_("choose"));
		add_key(keys, &count, "Enter", N_("inspect"));
	}
	if (p->focus == PANE_LADDER) {
		add_key(keys, &count, "a", p->choice.raw ? N_("fold calls") : N_("all calls"));
		add_key(keys, &count, "Left Right", N_("conversation"));
	}
	if (pager && p->focus != PANE_INSPECTOR)
		add_key(keys, &count, "f", N_("follow"));
	add_key(keys, &count, "p", N_("plain"));
	return count;
}
