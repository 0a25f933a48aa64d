/*
 * The view of the figures. Wide, it has two columns: times left, counts right. Else, where it is high enough, two
 * panels above two; else one panel below the other, as many as find room.
 */
#include <errno.h>

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
};

/* Rows that somebody can do with, would like, and gets. */
struct share {
	unsigned least, most, rows;
};

/* Who comes first is served first: with the least, and then with more. Returns the rows that are left. */
static unsigned share_out(struct share *shares, unsigned n, unsigned rows)
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
	return rows;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Rows of a panel of figures that would like so many. */
static struct share share_of(unsigned rows)
{
	return (struct share){least(rows, PANEL_ROWS), rows, 0};
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
	return 1 + figures_rows(&f, width) + (figures_kernel_note(s)[0] != '\0');
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
	panel_heading(p, _("What the system says"));
	panel_words(p, figures_draw(&f, p, 1), STYLE_FAINT, figures_kernel_note(s));
}

/* --- Putting them together --- */

/* The rows of a panel below another one, or of one that is beside it. */
static struct panel below(const struct panel *p, unsigned rows)
{
	return (struct panel){p->rows + p->height, p->left, p->width, rows};
}

static struct panel beside(const struct panel *p, unsigned width)
{
	return (struct panel){p->rows, p->left + p->width + PANEL_GAP, width, p->height};
}

/* Times left, counts right. */
static void draw_wide(const struct statistics *s, const struct panel *all)
{
	unsigned left = all->width - FIGURES_WIDTH - PANEL_GAP;
	struct share times[] = {{PLOT_ROWS, PLOT_GOOD, 0}, {PANEL_ROWS, HISTOGRAM_GOOD, 0}};
	struct share figures[] = {share_of(count_rows(s, FIGURES_WIDTH)), share_of(kernel_rows(s, FIGURES_WIDTH))};
	times[0].rows += share_out(times, COUNT(times), all->height);
	share_out(figures, COUNT(figures), all->height);
	struct panel plot = {all->rows, 0, left, times[0].rows}, counts = beside(&plot, FIGURES_WIDTH);
	struct panel histogram = below(&plot, times[1].rows);
	counts.height = figures[0].rows;
	struct panel kernel = below(&counts, figures[1].rows);
	panel_plot(s, &plot);
	panel_histogram(s, &histogram);
	draw_counts(s, &counts);
	draw_kernel(s, &kernel);
}

/* Times above, figures below. */
static void draw_medium(const struct statistics *s, const struct panel *all)
{
	unsigned left = all->width * 3 / 5, right = all->width - left - PANEL_GAP;
	unsigned counts_rows = count_rows(s, right), system_rows = kernel_rows(s, left);
	struct share shares[] = {
		{PLOT_ROWS, PLOT_GOOD, 0},
		share_of(counts_rows > system_rows ? counts_rows : system_rows),
	};
	shares[0].rows += share_out(shares, COUNT(shares), all->height);
	struct panel plot = {all->rows, 0, left, shares[0].rows}, histogram = beside(&plot, right);
	struct panel kernel = below(&plot, shares[1].rows), counts = beside(&kernel, right);
	panel_plot(s, &plot);
	panel_histogram(s, &histogram);
	draw_kernel(s, &kernel);
	draw_counts(s, &counts);
}
/* One below the other. */
static void draw_stack(const struct statistics *s, const struct panel *all)
{
	struct figures f;
	figures_of_counts(s, &f);
	unsigned counted = figures_flow(&f, NULL, 0, all->width), timed = time_rows(s, all->width);
	struct share shares[] = {
		{least(counted, 1), counted, 0},      {least(timed, 1), timed, 0},     {PLOT_ROWS, PLOT_GOOD, 0},
		share_of(kernel_rows(s, all->width)), {PANEL_ROWS, HISTOGRAM_GOOD, 0},
	};
	unsigned left = share_out(shares, COUNT(shares), all->height);
	shares[2].rows += shares[2].rows ? left : 0;
	struct panel counts = {all->rows, 0, all->width, shares[0].rows};
	struct panel times = below(&counts, shares[1].rows), plot = below(&times, shares[2].rows);
	struct panel histogram = below(&plot, shares[4].rows), kernel = below(&histogram, shares[3].rows);
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
	unsigned y = panel_words(&hint, all->height > HIGH, STYLE_TEXT,
				 _("Type a sentence, or /ping 10. Then here will be the round-trip times of the "
				   "replies, how many of them took how long, what became of every sentence, and "
				   "what the system says about the socket."));
	hint.height = y;
	struct panel kernel = below(&hint, all->height - y);
	if (s->kernel.why && kernel.height > PANEL_ROWS) {
		kernel.rows++;
		kernel.height--;
		draw_kernel(s, &kernel);
	}
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

static void draw_title(const struct statistics *s, struct view_row *row)
{
	char loss[WORDS_NUMBER];
	uint64_t n = s->counts.sentences;
	view_row_printf(row, STYLE_KEY, " %s ", _("Statistics"));
	if (n)
		view_row_printf(row, STYLE_BAR, ngettext(" %llu sentence", " %llu sentences", n),
				(unsigned long long)n);
	if (statistics_loss(&s->counts, loss)[0])
		view_row_printf(row, STYLE_BAR, _(", %s%% without a reply"), loss);
}

int statistics_rows(const struct statistics *s, unsigned width, unsigned height, struct view_row *rows)
{
	bool failed = false;
	for (unsigned y = 0; y < height; y++)
		view_row_clear(&rows[y]);
	if (width == 0 || height == 0)
		return 0;
	draw_title(s, &rows[0]);
	view_row_fit(&rows[0], width, STYLE_BAR);
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
