#include "bar.h"

int bar_put(struct view_row *row, const struct bar_key *keys, size_t count, unsigned width)
{
	for (size_t i = 0; i < count; i++)
		if (view_row_printf(row, STYLE_KEY, " %s", keys[i].key) == -1 ||
		    view_row_printf(row, STYLE_BAR, " %s ", _(keys[i].what)) == -1)
			return -1;
	return view_row_fit(row, width, STYLE_BAR);
}
