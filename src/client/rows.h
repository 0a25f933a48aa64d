/*
 * rows - what is done to rows of styled text besides filling them.
 */
#ifndef CLIENT_ROWS_H
#define CLIENT_ROWS_H

#include <uproar/view.h>

int rows_append(struct view_row *row, const struct view_row *more); /* -1: ENOMEM */
void rows_restyle(struct view_row *row, enum view_style style);     /* whatever it says, it says it like this */
bool rows_has_style(const struct view_row *row, enum view_style style);

#endif
