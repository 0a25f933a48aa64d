#include "replay_words.h"

#include "bar.h"

int replay_put_keys(struct view_row *row, unsigned width)
{
	/* The most needed first: a narrow screen shows fewer. */
	static const struct bar_key keys[] = {
		{"F1", N_("help")},   {"q", N_("quit")},         {"Space", N_("pause")}, {".", N_("step")},
		{"Left", N_("back")}, {"Home End", N_("go to")}, {"+ -", N_("speed")},   {"/", N_("command")},
	};
	return bar_put(row, keys, COUNT(keys), width);
}

static int put_what(const struct replay_state *s, struct view_row *row)
{
	if (s->going)
		return view_row_printf(row, STYLE_CHOSEN, _(" on the way: %d %% "), (int)(s->done * 100));
	const char *what = s->damaged  ? _("damaged here")
			   : s->ended  ? _("the end")
			   : s->paused ? _("paused")
				       : _("playing");
	return view_row_printf(row, STYLE_CHOSEN, " %s ", what);
}

static int put_time(struct view_row *row, uint64_t t)
{
	unsigned long long seconds = t / CLOCK_SECOND;
	return view_row_printf(row, STYLE_TEXT, "%llu:%02llu.%03llu", seconds / 60, seconds % 60,
			       (unsigned long long)(t % CLOCK_SECOND / CLOCK_MS));
}

static int put_place(const struct replay_state *s, struct view_row *row)
{
	unsigned long long position = s->position, events = s->events;
	int result =
		view_row_printf(row, STYLE_TEXT, s->known ? _("  event %llu of %llu  ") : _("  event %llu of %llu+  "),
				position, events);
	if (result == 0)
		result = put_time(row, s->at);
	if (result == 0)
		result = view_row_printf(row, STYLE_TEXT, "%s", _(" of "));
	if (result == 0)
		result = put_time(row, s->length);
	return result;
}

static int put_pace(const struct replay_state *s, struct view_row *row)
{
	int result = 0;
	if (s->speed == 0)
		result = view_row_printf(row, STYLE_TEXT, "%s", _("  at once"));
	else if (s->speed != 1)
		result = view_row_printf(row, STYLE_TEXT, _("  speed %g"), s->speed);
	if (result == 0 && s->pause && s->speed != 0)
		result = view_row_printf(row, STYLE_NOTE, _("  a pause of %.1f s, shortened"),
					 (double)s->pause / (double)CLOCK_SECOND);
	if (result == 0 && !s->known)
		result = view_row_printf(row, STYLE_FAINT, _("  reading: %d %%"), (int)(s->done * 100));
	return result;
}

int replay_put_state(const struct replay_state *s, struct view_row *row)
{
	return put_what(s, row) == 0 && put_place(s, row) == 0 && put_pace(s, row) == 0 ? 0 : -1;
}
