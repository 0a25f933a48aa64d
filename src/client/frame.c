#include "frame.h"

#include <stdio.h>
#include <string.h>

#include "bar.h"
#include "replay_words.h"
#include "rows.h"

enum {
	BAR_FROM_ROWS = 4,    /* smaller screens have no line of keys, */
	STATUS_FROM_ROWS = 3, /* and these no status line */
	CHOICES_ROWS = 6,     /* of completions shown, at most */
	STEP_FROM_ROWS = 6,   /* nor do these say which call waits */
	NOTE_SHARE = 4,       /* notes below a view have no more than one row in so many */
	TUNING_COLUMNS = 60,  /* from here on there is room to say how this end is tuned */
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

/* Where the view that is moved in stands; of a table and a page this says nothing. */
static void put_place(const struct frame *f, struct view_row *row)
{
	unsigned width;
	enum pane pane = panes_current(&f->panes);
	const struct pager *p = panes_pager(&f->panes, pane, &width);
	if (pane == PANE_SOCKETS || pane == PANE_INSPECTOR)
		return;
	size_t below = pager_below(p);
	if (below > 0)
		view_row_printf(row, STYLE_CHOSEN,
				ngettext(" %zu new line below: End ", " %zu new lines below: End ", below), below);
	else if (!pager_follows(p))
		view_row_printf(row, STYLE_CHOSEN, _(" scrolled back: End "));
}

/* The keys that work now; the most needed first, since a narrow screen shows fewer. */
static void put_keys(const struct frame *f, unsigned width, struct view_row *row)
{
	static const struct bar_key step_keys[] = {
		{"Space", N_("next call")},
		{"b", N_("run to a block")},
		{"c s", N_("client, server")},
		{"r", N_("run")},
	};
	static const struct bar_key keys[] = {
		{"F1", N_("help")},   {"F10", N_("quit")},   {"F2", N_("TCP/UDP")},
		{"F3", N_("calls")},  {"F4", N_("ladder")},  {"F5", N_("statistics")},
		{"Tab", N_("focus")}, {"F6", N_("sockets")}, {"PgUp PgDn", N_("scroll")},
	};
	/* Who watches talks with nobody: there is no protocol to choose, and no reply to measure. */
	static const struct bar_key watching_keys[] = {
		{"F1", N_("help")},  {"F10", N_("quit")},  {"F4", N_("ladder")},        {"F6", N_("sockets")},
		{"F3", N_("calls")}, {"Tab", N_("focus")}, {"PgUp PgDn", N_("scroll")},
	};
	struct bar_key all[COUNT(step_keys) + PANES_KEYS];
	size_t count = 0;
	if (f->step) {
		memcpy(all, step_keys, sizeof step_keys);
		count = COUNT(step_keys);
	}
	if (f->panes.focused)
		bar_put(row, all, count + panes_keys(&f->panes, all + count), width);
	else if (f->replaying)
		replay_put_keys(row, width);
	else if (f->watched)
		bar_put(row, watching_keys, COUNT(watching_keys), width);
	else
		bar_put(row, keys, COUNT(keys), width);
}

/* How this end behaves otherwise than usual; what only the other protocol has says nothing here. */
static void put_tuning(const struct frame *f, struct view_row *row)
{
	const struct network_habits *h = &f->habits;
	enum protocol protocol = f->status.state.protocol;
	if (h->recv_room)
		view_row_printf(row, STYLE_CHOSEN, _(" recv %zu"), h->recv_room);
	if (h->hold)
		view_row_printf(row, STYLE_CHOSEN, "%s", _(" hold"));
	if (h->bound && protocol != PROTOCOL_TCP)
		view_row_printf(row, STYLE_CHOSEN, "%s", _(" connected"));
	if (h->nodelay && protocol != PROTOCOL_UDP)
		view_row_printf(row, STYLE_CHOSEN, "%s", _(" nagle off"));
	if (row->columns)
		view_row_printf(row, STYLE_CHOSEN, " ");
}

static void draw_bar(struct frame *f, unsigned y, unsigned width)
{
	struct view_row *row = &f->rows[0];
	view_row_clear(row);
	struct view_row tuning = {0};
	if (width >= TUNING_COLUMNS)
		put_tuning(f, &tuning);
	if (f->progress[0])
		view_row_printf(row, STYLE_CHOSEN, " %s ", f->progress);
	put_place(f, row);
	if (*input_mode())
		view_row_printf(row, STYLE_KEY, " %s ", input_mode());
	put_keys(f, width - tuning.columns, row);
	rows_append(row, &tuning);
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

/* Which call waits for the user, and the other program's. */
static void draw_step(struct frame *f, unsigned y, unsigned width)
{
	struct view_row *row = &f->rows[0];
	const struct stepper_call *first = stepper_waiting(f->step, NETWORK_CLIENT | NETWORK_SERVER);
	bool client = first && first->who == EVENT_CLIENT;
	const struct stepper_call *other = stepper_waiting(f->step, client ? NETWORK_SERVER : NETWORK_CLIENT);
	view_row_clear(row);
	if (!first)
		view_row_printf(row, STYLE_KEY, " %s ", _("step:"));
	else
		view_row_printf(row, STYLE_KEY, _(" step %u: "), first->number);
	if (!first)
		view_row_printf(row, STYLE_TEXT, "%s",
				f->panes.focused ? _("no call waits") : _("no call waits; say something"));
	else
		view_row_printf(row, STYLE_TEXT,
				client ? _("the client waits before %s") : _("the server waits before %s"),
				first->words);
	if (other && other != first)
		view_row_printf(row, STYLE_FAINT, client ? _(", the server before %s") : _(", the client before %s"),
				other->words);
	view_row_fit(row, width, STYLE_TEXT);
	screen_row(y, row);
}

struct note_rows {
	struct view_row *rows; /* NULL: they are only counted */
	unsigned count, most;
};

static bool add_note_row(const struct view_row *row, void *arg)
{
	struct note_rows *n = arg;
	if (n->rows)
		rows_append(&n->rows[n->count], row);
	return ++n->count < n->most;
}

/* Of the newest note, the beginning; of those before it, as many as there is room for all of. Returns how many. */
static unsigned notes_shown(const struct frame *f, unsigned most, unsigned width)
{
	struct note_rows n = {NULL, 0, most + 1};
	unsigned shown = 0;
	while (shown < f->noted) {
		const struct frame_note *note = &f->notes[f->noted - shown - 1];
		view_wrap(&note->line, width, note->indent, add_note_row, &n);
		if (n.count > most)
			return shown > 0 ? shown : 1;
		shown++;
	}
	return shown;
}

/* What the transcript would answer to a key or a command, where another view has its place. Returns how many rows. */
static unsigned draw_notes(struct frame *f, unsigned bottom, unsigned width)
{
	struct note_rows n = {f->rows, 0, (unsigned)smaller(bottom / NOTE_SHARE, FRAME_NOTES)};
	bool covered = f->panes.shown != PANE_TRANSCRIPT && width < PANES_BESIDE;
	if (!covered || n.most == 0)
		return 0;
	clear_rows(f, n.most);
	for (unsigned i = f->noted - notes_shown(f, n.most, width); i < f->noted; i++)
		view_wrap(&f->notes[i].line, width, f->notes[i].indent, add_note_row, &n);
	show_rows(f, bottom - n.count, n.count);
	return n.count;
}

static void draw_talk(struct frame *f, unsigned height, unsigned width)
{
	bool bar = height >= BAR_FROM_ROWS;
	bool status = height >= STATUS_FROM_ROWS;
	bool step = f->step && height >= STEP_FROM_ROWS;
	unsigned input_y = height - 1 - bar;

	if (status) {
		f->status.path = f->watched;
		f->status.clients = sockets_clients(f->panes.views.flow);
		f->status.lacks = flow_lacks(f->panes.views.flow, EVENT_SERVER);
		view_row_clear(&f->rows[0]);
		view_status_row(&f->status, width, &f->rows[0]);
		screen_row(0, &f->rows[0]);
	}
	unsigned bottom = input_y - step;
	unsigned notes = draw_notes(f, bottom, width);
	panes_draw(&f->panes, status, bottom - notes - status, width);
	draw_choices(f, bottom, width);
	if (step)
		draw_step(f, bottom, width);
	if (bar)
		draw_bar(f, height - 1, width);
	unsigned x = 0;
	view_row_clear(&f->rows[0]);
	if (f->replaying)
		replay_put_state(&f->replay, &f->rows[0]);
	else
		input_row(width, &f->rows[0], &x);
	screen_row(input_y, &f->rows[0]);
	panes_cursor(&f->panes, &input_y, &x); /* or where the keys go */
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

static void draw_plain(struct frame *f, unsigned height, unsigned width)
{
	panes_draw(&f->panes, 0, height, width);
	screen_cursor(height - 1, width - 1);
}

/* Its row is kept for another. */
static void forget_oldest(struct frame *f)
{
	struct frame_note oldest = f->notes[0];
	memmove(&f->notes[0], &f->notes[1], sizeof f->notes - sizeof oldest);
	f->notes[--f->noted] = oldest;
}

void frame_noted(struct frame *f, const struct event *e)
{
	if (f->noted == FRAME_NOTES)
		forget_oldest(f);
	struct frame_note *newest = &f->notes[f->noted++];
	view_answer(e, &newest->line, &newest->indent);
}

void frame_acted(struct frame *f)
{
	f->noted = 0;
}

void frame_draw(struct frame *f)
{
	unsigned height, width;
	screen_size(&height, &width);
	if (height > PANES_ROWS)
		height = PANES_ROWS;
	if (f->help.shown || f->picking)
		draw_page(f, height, width);
	else if (f->panes.plain)
		draw_plain(f, height, width);
	else
		draw_talk(f, height, width);
	screen_show();
}

void frame_free(struct frame *f)
{
	panes_free(&f->panes);
	for (unsigned i = 0; i < FRAME_NOTES; i++)
		view_row_free(&f->notes[i].line);
	for (unsigned y = 0; y < PANES_ROWS; y++)
		view_row_free(&f->rows[y]);
}
