/* Lines of a page at a certain width. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "inspect.h"
#include "inspect_rows.h"

enum {
	SIDE_BY_SIDE = 50, /* columns from which on words stand beside their label; else after it */
	LABELS_MOST = 20,  /* columns of labels, beyond which their words begin further right */
	GAP = 2,
	MEMORY_COLUMNS = 3 * 8 - 1,
	MEMORY_NAMES = 13, /* columns of "sin6_flowinfo" */
	OFFSET_COLUMNS = 4,
};

static void append(const struct view_row *from, struct view_row *to)
{
	struct row_walk walk;
	struct row_unit u;
	row_walk_start(&walk, from);
	to->failed |= from->failed;
	while (row_walk_next(&walk, UINT32_MAX, &u))
		row_append(to, u.style, u.text, u.size, u.columns);
}

/* --- Words --- */

static void draw_field(const struct inspect *p, const struct inspect_line *l, unsigned width, struct view_row *row,
		       unsigned *indent)
{
	unsigned labels = p->labels < LABELS_MOST ? p->labels : LABELS_MOST;
	bool beside = width >= SIDE_BY_SIDE;
	row_spaces(row, STYLE_TEXT, (l->level + (*l->label || beside ? 0 : 1)) * INSPECT_INDENT);
	view_row_printf(row, l->level ? STYLE_FAINT : STYLE_NOTE, "%s", l->label);
	*indent = (l->level + 1) * INSPECT_INDENT;
	if (l->text.text.size == 0)
		return;
	if (beside) {
		*indent = labels + GAP;
		row_spaces(row, STYLE_TEXT, row->columns < *indent ? *indent - row->columns : 1);
	} else {
		view_row_printf(row, STYLE_FAINT, *l->label ? ": " : "");
	}
	append(&l->text, row);
}

static void draw_memory(const struct inspect_line *l, unsigned width, struct view_row *row, unsigned *indent)
{
	row_spaces(row, STYLE_TEXT, INSPECT_INDENT);
	for (unsigned i = 0; i < l->size; i++)
		view_row_printf(row, STYLE_TEXT, i ? " %02x" : "%02x", l->memory[i]);
	*indent = 2 * INSPECT_INDENT;
	if (*l->label == '\0')
		return;
	if (width < SIDE_BY_SIDE) {
		view_row_printf(row, STYLE_FAINT, " %s: ", l->label);
	} else {
		row_spaces(row, STYLE_TEXT, INSPECT_INDENT + MEMORY_COLUMNS + 1 - row->columns);
		view_row_printf(row, STYLE_FAINT, "%-*s ", MEMORY_NAMES, l->label);
		*indent = row->columns;
	}
	append(&l->text, row);
}

/* --- Bytes --- */

/* How many bytes have room in a row, as numbers and as text; and whether the offset has it too. */
static unsigned bytes_in_row(unsigned width, bool *offset)
{
	for (unsigned n = INSPECT_ROW; n > 4; n /= 2)
		if (INSPECT_INDENT + OFFSET_COLUMNS + 1 + 3 * n + GAP + n <= width) {
			*offset = true;
			return n;
		}
	*offset = INSPECT_INDENT + OFFSET_COLUMNS + 1 + 3 * 4 + GAP + 4 <= width;
	return 4;
}

static bool begins(const struct inspect *p, unsigned at)
{
	return p->begins[at / 8] & (1u << at % 8);
}

static void put_number(const struct inspect *p, unsigned at, struct view_row *row)
{
	uint8_t byte = buf_bytes(&p->data)[at];
	char digits[3];
	view_row_printf(row, STYLE_NOTE, begins(p, at) ? "|" : " ");
	snprintf(digits, sizeof digits, "%02x", byte);
	row_append(row, byte == '\n' ? STYLE_ESCAPE : STYLE_TEXT, digits, 2, 2);
}

static void put_character(const struct inspect *p, unsigned at, struct view_row *row)
{
	uint8_t byte = buf_bytes(&p->data)[at];
	const char *newline = words_sign("↵", "$");
	if (byte == '\n')
		row_append(row, STYLE_ESCAPE, newline, strlen(newline), 1);
	else if (byte < 0x80 && isprint(byte))
		row_append(row, STYLE_TEXT, (const char *)&buf_bytes(&p->data)[at], 1, 1);
	else
		row_append(row, STYLE_FAINT, ".", 1, 1);
}

static void draw_bytes(const struct inspect *p, const struct inspect_line *l, unsigned width, struct view_row *row)
{
	bool offset;
	unsigned in_row = bytes_in_row(width, &offset), end = l->at + l->size;
	row_spaces(row, STYLE_TEXT, INSPECT_INDENT);
	for (unsigned at = l->at, y = 1; at < end; at += in_row, y++) {
		if (y > 1)
			inspect_row_end(row, width, y - 1);
		if (offset)
			view_row_printf(row, STYLE_FAINT, "%04x ", at);
		for (unsigned i = at; i < at + in_row; i++)
			if (i < end)
				put_number(p, i, row);
			else
				row_spaces(row, STYLE_TEXT, 3);
		row_spaces(row, STYLE_TEXT, GAP);
		for (unsigned i = at; i < at + in_row && i < end; i++)
			put_character(p, i, row);
	}
}

void inspect_draw(const struct inspect *p, const struct inspect_line *l, unsigned width, struct view_row *row,
		  unsigned *indent)
{
	*indent = INSPECT_INDENT;
	switch (l->kind) {
	case INSPECT_TITLE:
		append(&l->text, row);
		break;
	case INSPECT_SPACE:
		break;
	case INSPECT_FIELD:
		draw_field(p, l, width, row, indent);
		break;
	case INSPECT_MEMORY:
		draw_memory(l, width, row, indent);
		break;
	case INSPECT_BYTES:
		draw_bytes(p, l, width, row);
		break;
	}
}
