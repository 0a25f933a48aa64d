/* What the view tells in a word and a number. */
#include <stdio.h>
#include <string.h>

#include "statistics_private.h"

/* --- Lists of figures --- */

static void add(struct figures *f, const char *label, const char *number, const char *unit)
{
	struct figure *figure = &f->list[f->count++];
	figure->label = label;
	figure->unit = unit;
	snprintf(figure->number, sizeof figure->number, "%s", number);
}

static void add_number(struct figures *f, const char *label, uint64_t n, const char *unit)
{
	char number[WORDS_NUMBER];
	snprintf(number, sizeof number, "%llu", (unsigned long long)n);
	add(f, label, number, unit);
}

/* Four digits or so. */
static void add_time(struct figures *f, const char *label, uint64_t ns, const char *unit)
{
	char number[WORDS_NUMBER];
	unsigned decimals = ns < 10 * CLOCK_MS ? 3 : ns < 100 * CLOCK_MS ? 2 : ns < CLOCK_SECOND ? 1 : 0;
	add(f, label, statistics_ms(ns, decimals, number), unit);
}

void figures_of_times(const struct statistics *s, struct figures *f)
{
	struct statistics_times t;
	f->count = 0;
	if (!statistics_times(s, &t))
		return;
	add_time(f, _("min"), t.min, "");
	add_time(f, _("avg"), t.avg, "");
	add_time(f, _("max"), t.max, "");
	add_time(f, _("mdev"), t.mdev, "");
	add_time(f, "p50", t.p50, "");
	add_time(f, "p90", t.p90, "");
	add_time(f, "p99", t.p99, "ms");
}

void figures_of_counts(const struct statistics *s, struct figures *f)
{
	const struct statistics_counts *c = &s->counts;
	const struct {
		const char *label;
		uint64_t count;
	} counts[] = {
		{_("answered"), c->answered},
		{_("late"), c->late},
		{_("wrong"), c->wrong},
		{_("truncated"), c->truncated},
		{_("lost"), c->lost},
		{_("cut short"), c->cut_short},
		{_("not sent"), c->unsent},
		{_("refused"), c->refused},
		{_("given up"), c->cancelled},
		{_("waiting"), statistics_waiting(s)},
		{_("not sent yet"), c->queued},
		{_("duplicates"), c->duplicates},
		{_("not asked for"), c->unasked},
		{_("from strangers"), c->strangers},
		{_("out of order"), c->out_of_order},
		{_("guessed"), c->guessed},
		{_("in pieces"), c->in_pieces},
		{_("joined"), c->joined},
		{_("dropped here"), c->dropped},
	};
	f->count = 0;
	for (size_t i = 0; i < COUNT(counts); i++)
		if (counts[i].count)
			add_number(f, counts[i].label, counts[i].count, "");
	add_number(f, _("bytes out"), c->bytes_out, "");
	add_number(f, _("bytes in"), c->bytes_in, "");
}

/* --- What the system says --- */

static const char *missing(void)
{
	return _("not offered here");
}

static void add_offered(struct figures *f, bool offered, const char *label, uint64_t n, const char *unit)
{
	if (offered)
		add_number(f, label, n, unit);
	else
		add(f, label, "", missing());
}

static void add_offered_time(struct figures *f, bool offered, const char *label, uint64_t ns)
{
	if (offered)
		add_time(f, label, ns, "ms");
	else
		add(f, label, "", missing());
}

static void add_connection(struct figures *f, const struct event_kernel *k)
{
	bool tcp = k->offered & KERNEL_TCP, unsent = k->offered & KERNEL_UNSENT;
	add(f, _("state"), "", tcp ? kernel_state_name(k->state) : missing());
	add_offered_time(f, tcp, _("rtt"), k->rtt);
	add_offered_time(f, tcp, _("its variation"), k->rtt_variation);
	add_offered(f, tcp, _("congestion window"), k->congestion_window, _("segments"));
	add_offered(f, tcp, _("retransmissions"), k->retransmissions, _("segments"));
	add_offered(f, unsent, _("unacknowledged"), k->unacknowledged, _("bytes"));
	add_offered(f, unsent, _("unsent"), k->unsent, _("bytes"));
}

void figures_of_kernel(const struct statistics *s, struct figures *f)
{
	const struct event_kernel *k = &s->kernel;
	f->count = 0;
	if (k->why == 0)
		return;
	if (k->protocol == PROTOCOL_TCP)
		add_connection(f, k);
	add_offered(f, k->offered & KERNEL_UNREAD, _("unread"), k->unread, _("bytes"));
	if (k->protocol == PROTOCOL_UDP)
		add_offered(f, k->offered & KERNEL_DROPPED, _("dropped, queue full"), k->dropped, _("datagrams"));
}

const char *figures_kernel_note(const struct statistics *s)
{
	if (s->kernel.why == 0)
		return _("Nothing yet.");
	if (s->kernel.protocol == PROTOCOL_UDP)
		return _("UDP: no state, no window, no retransmission.");
	return s->kernel.offered & KERNEL_TCP ? _("TCP measures its rtt by acknowledgements.") : "";
}

/* --- Drawing --- */

unsigned figures_columns(const char *text)
{
	struct view_row row = {0};
	view_row_printf(&row, STYLE_TEXT, "%s", text);
	unsigned columns = row.columns;
	view_row_free(&row);
	return columns;
}

static unsigned greater(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/* The columns of a table: what stands in them, and two spaces between the first and the second. */
struct table {
	unsigned label, number, whole;
};

static struct table measure(const struct figures *f)
{
	struct table t = {0};
	for (unsigned i = 0; i < f->count; i++) {
		t.label = greater(t.label, figures_columns(f->list[i].label) + 2);
		t.number = greater(t.number, (unsigned)strlen(f->list[i].number));
	}
	for (unsigned i = 0; i < f->count; i++) {
		bool number = f->list[i].number[0];
		t.whole = greater(t.whole, t.label + (number ? t.number + 1 : 0) + figures_columns(f->list[i].unit));
	}
	return t;
}

static void put_in_table(const struct figure *figure, const struct table *t, unsigned left, struct view_row *row)
{
	view_row_printf(row, STYLE_FAINT, "%s", figure->label);
	view_row_fit(row, left + t->label, STYLE_TEXT);
	if (figure->number[0])
		view_row_printf(row, STYLE_TEXT, "%*s", (int)t->number, figure->number);
	if (figure->unit[0])
		view_row_printf(row, STYLE_TEXT, "%s%s", figure->number[0] ? " " : "", figure->unit);
}

static void put_in_flow(const struct figure *figure, struct view_row *row)
{
	view_row_printf(row, STYLE_FAINT, "%s", figure->label);
	if (figure->number[0])
		view_row_printf(row, STYLE_TEXT, " %s", figure->number);
	if (figure->unit[0])
		view_row_printf(row, STYLE_TEXT, " %s", figure->unit);
}

unsigned figures_flow(const struct figures *f, const struct panel *p, unsigned y, unsigned width)
{
	struct view_row *row = NULL, item = {0};
	unsigned used = width;
	for (unsigned i = 0; i < f->count; i++) {
		view_row_clear(&item);
		put_in_flow(&f->list[i], &item);
		bool first = used + 2 + item.columns > width;
		if (first && p && y == p->height)
			break;
		used = first ? item.columns : used + 2 + item.columns;
		if (first)
			row = p ? panel_row(p, y) : NULL;
		y += first;
		if (!row)
			continue;
		if (!first)
			row_spaces(row, STYLE_TEXT, 2);
		put_in_flow(&f->list[i], row);
	}
	view_row_free(&item);
	return y;
}

unsigned figures_rows(const struct figures *f, unsigned width)
{
	return measure(f).whole <= width ? f->count : figures_flow(f, NULL, 0, width);
}

unsigned figures_draw(const struct figures *f, const struct panel *p, unsigned y)
{
	struct table t = measure(f);
	if (t.whole > p->width || y + f->count > p->height)
		return figures_flow(f, p, y, p->width);
	for (unsigned i = 0; i < f->count; i++)
		put_in_table(&f->list[i], &t, p->left, panel_row(p, y + i));
	return y + f->count;
}
