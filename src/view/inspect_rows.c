#include "inspect_rows.h"

/* The space that has no room at the end of a row is where view_wrap() breaks it. */
void inspect_row_end(struct view_row *line, unsigned width, unsigned row)
{
	unsigned later = width > INSPECT_INDENT ? width - INSPECT_INDENT + 1 : 1;
	view_row_fit(line, width + (row - 1) * later, STYLE_TEXT);
	row_spaces(line, STYLE_TEXT, 1);
}
