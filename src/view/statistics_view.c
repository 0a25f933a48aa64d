/*
 * The view of the figures. Wide, it has two columns: times left, counts right. Else, where it is high enough, two
 * panels above two; else one panel below the other, as many as find room.
 */
#include <errno.h>
#include <stdio.h>

#include "statistics_private.h"

enum {
	WIDE = 120,
	MEDIUM = 64,
	HIGH = 12,          /* rows from which on panels stand beside each other */
	FIGURES_WIDTH = 44, /* of the right column of a wide view */
	PANEL_ROWS = 3,     /* the least that a panel of figures or bars is good for; its heading is one of them */
	PLOT_ROWS = 4,      /* the same for the plot, whose axis is another */
	PLOT_GOOD = 9,      /* what the plot gets before others get more than the least */
	HISTOGRAM_GOOD = 13,
	STACK_GOOD = 6, /* the same for either where they stand below each other */
	TITLE = 160,    /* bytes of a part of the title, in any language */
};

/* Rows that somebody can do with, would like, and gets. */
struct share {
	unsigned least, most, rows;
};

/* Who comes first is served first: with the least, then with more. The rest goes to one of them, if it has any rows. */
static void share_out(struct share *shares, unsigned n, unsigned rest, unsigned rows)
{
	for (unsigned i = 0; i < n; i++) {
		shares[i].rows = shares[i].least <= rows ? shares[i].least : 0;
		rows -= shares[i].rows;
	}
	for (unsigned i = 0; i < n; i++) {
		unsigned wish = shares[i].rows ? shares[i].most - shares[i].rows : 0;
		unsigned more = wish < rows ? wish : rows;
		shares[i].rows += more;
		rows -= more;
	}
	if (shares[rest].rows)
		shares[rest].rows += rows;
}

/* Rows of a panel of figures that would like so many. */
static struct share share_of(unsigned rows)
{
	return (struct share){(unsigned)smaller(rows, PANEL_ROWS), rows, 0};
}

/* --- The panels of figures --- */

static unsigned count_rows(const struct statistics *s, unsigned width)
{
	struct figures f;
	figures_of_counts(s, &f);
	return 1 + figures_rows(&f, width);
}

static unsigned kernel_rows(const struct statistics *s, unsigned width)
{
	struct figures f;
	figures_of_kernel(s, &f);
	unsigned note = figures_columns(figures_kernel_note(s));
	return 1 + figures_rows(&f, width) + (note + width - 1) / width;
}

static unsigned time_rows(const struct statistics *s, unsigned width)
{
	struct figures f;
	figures_of_times(s, &f);
	return figures_flow(&f, NULL, 0, width);
}

static void draw_times(const struct statistics *s, const struct panel *p)
{
	struct figures f;
	figures_of_times(s, &f);
	figures_flow(&f, p, 0, p->width);
}

static void draw_counts(const struct statistics *s, const struct panel *p)
{
	struct figures f;
	if (p->height == 0)
		return;
	figures_of_counts(s, &f);
	panel_heading(p, _("Sentences and replies"));
	figures_draw(&f, p, 1);
}

static void draw_kernel(const struct statistics *s, const struct panel *p)
{
	struct figures f;
	if (p->height == 0)
		return;
	figures_of_kernel(s, &f);
	panel_heading(p, s->closed ? _("What the system said before the close()") : _("What the system says"));
	panel_words(p, figures_draw(&f, p, 1), STYLE_FAINT, figures_kernel_note(s));
}

/* --- Putting them together --- */

/* The rows of a panel below another one, or of one that is beside it. */
static struct panel below(const struct panel *p, unsigned rows)
{
	return (struct panel){p->rows + p->height, p->left, p->width, rows};
}

static struct panel beside(const struct panel *p, unsigned width, unsigned rows)
{
	return (struct panel){p->rows, p->left + p->width + PANEL_GAP, width, rows};
}

/* Times left, counts right. */
static void draw_wide(const struct statistics *s, const struct panel *all)
{
	unsigned left = all->width - FIGURES_WIDTH - PANEL_GAP;
	struct share times[] = {{PLOT_ROWS, PLOT_GOOD, 0}, {PANEL_ROWS, HISTOGRAM_GOOD, 0}};
	struct share figures[] = {share_of(count_rows(s, FIGURES_WIDTH)), share_of(kernel_rows(s, FIGURES_WIDTH))};
	share_out(times, COUNT(times), 0, all->height);
	share_out(figures, COUNT(figures), 1, all->height);
	struct panel plot = {all->rows, 0, left, times[0].rows}, histogram = below(&plot, times[1].rows);
	struct panel counts = beside(&plot, FIGURES_WIDTH, figures[0].rows), kernel = below(&counts, figures[1].rows);
	panel_plot(s, &plot);
	panel_histogram(s, &histogram);
	draw_counts(s, &counts);
	draw_kernel(s, &kernel);
}

/* Times above, figures below. */
static void draw_medium(const struct statistics *s, const struct panel *all)
{
	unsigned left = all->width * 3 / 5, right = all->width - left - PANEL_GAP;
	unsigned counted = count_rows(s, right), told = kernel_rows(s, left);
	struct share shares[] = {{PLOT_ROWS, PLOT_GOOD, 0}, share_of(counted > told ? counted : told)};
	share_out(shares, COUNT(shares), 0, all->height);
	struct panel plot = {all->rows, 0, left, shares[0].rows}, kernel = below(&plot, shares[1].rows);
	struct panel histogram = beside(&plot, right, plot.height), counts = beside(&kernel, right, kernel.height);
	panel_plot(s, &plot);
	panel_histogram(s, &histogram);
	draw_kernel(s, &kernel);
	draw_counts(s, &counts);
}

/* One below the other. */
static void draw_stack(const struct statistics *s, const struct panel *all)
{
	enum { COUNTS, TIMES, PLOT, HISTOGRAM, KERNEL, PARTS };
	struct figures f;
	figures_of_counts(s, &f);
	unsigned counted = figures_flow(&f, NULL, 0, all->width), timed = time_rows(s, all->width);
	struct share shares[PARTS] = {
		[COUNTS] = {counted > 0, counted, 0},
		[TIMES] = {timed > 0, timed, 0},
		[PLOT] = {PLOT_ROWS, STACK_GOOD, 0},
		[HISTOGRAM] = {PANEL_ROWS, STACK_GOOD, 0},
		[KERNEL] = share_of(kernel_rows(s, all->width)),
	};
	share_out(shares, PARTS, PLOT, all->height);
	struct panel counts = {all->rows, 0, all->width, shares[COUNTS].rows};
	struct panel times = below(&counts, shares[TIMES].rows), plot = below(&times, shares[PLOT].rows);
	struct panel histogram = below(&plot, shares[HISTOGRAM].rows), kernel = below(&histogram, shares[KERNEL].rows);
	figures_flow(&f, &counts, 0, counts.width);
	draw_times(s, &times);
	panel_plot(s, &plot);
	panel_histogram(s, &histogram);
	draw_kernel(s, &kernel);
}

/* Nobody has said anything. */
static void draw_hint(const struct statistics *s, const struct panel *all)
{
	struct panel hint = *all;
	const char *words =
		s->watches ? _("This program only watches a server, and says nothing that could be measured. Start "
			       "another uproar to talk with the server: there F5 has the round-trip times.")
			   : _("Type a sentence, or /ping 10. Then here will be the round-trip times of the "
			       "replies, how often each came about, what became of every sentence, and "
			       "what the system says about the socket.");
	unsigned y = panel_words(&hint, all->height > HIGH, STYLE_TEXT, words);
	hint.height = y;
	struct panel kernel = below(&hint, all->height - y);
	if (s->kernel.why == 0 || kernel.height <= PANEL_ROWS)
		return;
	kernel.rows++; /* an empty one between them */
	kernel.height--;
	draw_kernel(s, &kernel);
}

static void draw(const struct statistics *s, const struct panel *all)
{
	unsigned times = time_rows(s, all->width);
	if (s->counts.sentences == 0 && s->counts.bytes_in == 0) {
		draw_hint(s, all);
	} else if (all->width < MEDIUM || all->height < HIGH) {
		draw_stack(s, all);
	} else {
		struct panel top = {all->rows, 0, all->width, times}, rest = below(&top, all->height - times);
		draw_times(s, &top);
		if (all->width < WIDE)
			draw_medium(s, &rest);
		else
			draw_wide(s, &rest);
	}
}

/* The words too, if they fit. */
static void put_if_fits(struct view_row *row, unsigned width, const char *words)
{
	struct view_row more = {0};
	view_row_printf(&more, STYLE_BAR, "%s", words);
	row->failed |= more.failed;
	if (row->columns + more.columns <= width)
		view_row_printf(row, STYLE_BAR, "%s", words);
	view_row_free(&more);
}

static void draw_title(const struct statistics *s, unsigned width, struct view_row *row)
{
	char words[TITLE], loss[WORDS_NUMBER];
	uint64_t n = s->counts.sentences;
	view_row_printf(row, STYLE_KEY, " %s ", _("Statistics"));
	if (n) {
		snprintf(words, sizeof words, ngettext(" %llu sentence", " %llu sentences", n), (unsigned long long)n);
		put_if_fits(row, width, words);
	}
	if (statistics_loss(s, loss)[0]) {
		snprintf(words, sizeof words, _(", %s%% loss"), loss);
		put_if_fits(row, width, words);
	}
	view_row_fit(row, width, STYLE_BAR);
}

int statistics_rows(const struct statistics *s, unsigned width, unsigned height, struct view_row *rows)
{
	bool failed = false;
	for (unsigned y = 0; y < height; y++)
		view_row_clear(&rows[y]);
	if (width == 0 || height == 0)
		return 0;
	draw_title(s, width, &rows[0]);
	struct panel all = {rows + 1, 0, width, height - 1};
	draw(s, &all);
	for (unsigned y = 0; y < height; y++) {
		if (rows[y].columns > width)
			view_row_fit(&rows[y], width, STYLE_TEXT);
		failed |= rows[y].failed;
	}
	if (failed)
		errno = ENOMEM;
	return failed ? -1 : 0;
}
