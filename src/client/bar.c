#include "bar.h"

int bar_put(struct view_row *row, const struct bar_key *keys, size_t count, unsigned width)
{
	for (size_t i = 0; i < count; i++) {
		struct view_row item = {0};
		view_row_printf(&item, STYLE_KEY, " %s", keys[i].key);
		view_row_printf(&item, STYLE_BAR, " %s ", _(keys[i].what));
		bool fits = row->columns + item.columns <= width + 1; /* the last one's space may be cut */
		view_row_free(&item);
		if (!fits)
			break;
		view_row_printf(row, STYLE_KEY, " %s", keys[i].key);
		view_row_printf(row, STYLE_BAR, " %s ", _(keys[i].what));
	}
	return view_row_fit(row, width, STYLE_BAR);
}
