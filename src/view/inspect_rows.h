/*
 * inspect_rows - a line of which it is known where each row ends, however it is wrapped. Private to view.
 */
#ifndef VIEW_INSPECT_ROWS_H
#define VIEW_INSPECT_ROWS_H

#include "row.h"

enum { INSPECT_INDENT = 2 }; /* of all rows but the first, which has to begin with as many spaces itself */

/*
 * Ends the row'th row of the line, from 1, which will be wrapped for this width and INSPECT_INDENT: what does not fit
 * into it is cut.
 */
void inspect_row_end(struct view_row *line, unsigned width, unsigned row);

#endif
