#include "rows.h"

static struct view_span *span_at(const struct view_row *row, size_t i)
{
	return ring_at(&row->spans, i);
}

int rows_append(struct view_row *row, const struct view_row *more)
{
	const uint8_t *text = buf_bytes(&more->text);
	int result = 0;
	for (size_t i = 0; i < more->spans.count && result == 0; i++) {
		const struct view_span *span = span_at(more, i);
		result = view_row_put(row, span->style, text, span->size);
		text += span->size;
	}
	return result;
}

void rows_restyle(struct view_row *row, enum view_style style)
{
	for (size_t i = 0; i < row->spans.count; i++)
		span_at(row, i)->style = style;
}

bool rows_has_style(const struct view_row *row, enum view_style style)
{
	for (size_t i = 0; i < row->spans.count; i++)
		if (span_at(row, i)->style == style)
			return true;
	return false;
}
