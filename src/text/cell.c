#include <inttypes.h>
#include <stdio.h>
#include <wchar.h>

#include <uproar/base.h>
#include <uproar/text.h>

#include "utf8.h"

enum { MARKS_MAX = 4 }; /* curses keeps five code points a cell (CCHARW_MAX): the character and four marks */

struct range {
	uint32_t first, last;
};

/*
 * What a terminal must not see: it shows nothing, or it changes how what is near it looks. These are Unicode's
 * control, format, private-use and surrogate characters, line and paragraph separators (categories Cc, Cf, Co, Cs,
 * Zl, Zp), its noncharacters, and its Default_Ignorable_Code_Points, which look like nothing whatever their category.
 */
static const struct range forbidden[] = {
	{0x00, 0x1f},        /* C0 */
	{0x7f, 0x9f},        /* DEL, C1 */
	{0xad, 0xad},        /* soft hyphen */
	{0x34f, 0x34f},      /* combining grapheme joiner */
	{0x600, 0x605},      /* Arabic number signs */
	{0x61c, 0x61c},      /* Arabic letter mark */
	{0x6dd, 0x6dd},      /* Arabic end of ayah */
	{0x70f, 0x70f},      /* Syriac abbreviation mark */
	{0x890, 0x891},      /* Arabic currency marks */
	{0x8e2, 0x8e2},      /* Arabic disputed end of ayah */
	{0x115f, 0x1160},    /* Hangul fillers */
	{0x17b4, 0x17b5},    /* Khmer inherent vowels */
	{0x180b, 0x180f},    /* Mongolian variation selectors, vowel separator */
	{0x200b, 0x200f},    /* zero-width space, joiners, direction marks */
	{0x2028, 0x202e},    /* line and paragraph separators, bidi embeddings and overrides */
	{0x2060, 0x206f},    /* word joiner, invisible operators, bidi isolates */
	{0x3164, 0x3164},    /* Hangul filler */
	{0xd800, 0xf8ff},    /* surrogates, private use */
	{0xfdd0, 0xfdef},    /* noncharacters */
	{0xfe00, 0xfe0f},    /* variation selectors */
	{0xfeff, 0xfeff},    /* zero-width no-break space: the byte order mark */
	{0xffa0, 0xffa0},    /* halfwidth Hangul filler */
	{0xfff0, 0xfffb},    /* ignorable, interlinear annotations */
	{0x110bd, 0x110bd},  /* Kaithi number sign */
	{0x110cd, 0x110cd},  /* Kaithi number sign above */
	{0x13430, 0x1343f},  /* hieroglyph joiners and insertions */
	{0x1bca0, 0x1bca3},  /* shorthand format controls */
	{0x1d173, 0x1d17a},  /* musical beams, ties and slurs */
	{0xe0000, 0xe0fff},  /* tags, variation selectors supplement */
	{0xf0000, 0x10ffff}, /* private use */
};

static bool is_forbidden(uint32_t cp)
{
	for (size_t i = 0; i < COUNT(forbidden) && forbidden[i].first <= cp; i++)
		if (cp <= forbidden[i].last)
			return true;
	return (cp & 0xfffe) == 0xfffe;
}

/*
 * Emoji are joined to one picture, and coloured, by characters that each terminal counts differently, some as no
 * columns and some as two. Without them the parts stand side by side, and everyone agrees how wide they are.
 */
static bool is_hidden(uint32_t cp)
{
	enum { ZWJ = 0x200d, VS15 = 0xfe0e, VS16 = 0xfe0f, FIRST_SKIN_TONE = 0x1f3fb, LAST_SKIN_TONE = 0x1f3ff };
	return cp == ZWJ || cp == VS15 || cp == VS16 || (cp >= FIRST_SKIN_TONE && cp <= LAST_SKIN_TONE);
}

/* 0 for a mark, -1 for what must not be shown. */
static int columns_of(uint32_t cp)
{
	return is_forbidden(cp) ? -1 : wcwidth((wchar_t)cp);
}

static void put(struct text_cell *cell, uint32_t cp)
{
	cell->size = (uint8_t)(cell->size + text_encode(cp, cell->text + cell->size));
	cell->text[cell->size] = '\0';
}

static void escape(struct text_cell *cell, char kind, int digits, uint32_t value)
{
	int n = snprintf(cell->text, sizeof cell->text, "\\%c%0*" PRIx32, kind, digits, value);
	cell->size = cell->columns = (uint8_t)n;
	cell->escaped = true;
}

static void escape_character(struct text_cell *cell, uint32_t cp)
{
	if (cp > 0xffff) {
		escape(cell, 'U', 8, cp);
	} else if (cp > 0x7f) {
		escape(cell, 'u', 4, cp);
	} else {
		put(cell, '^');
		put(cell, cp ^ 0x40);
		cell->columns = 2;
		cell->escaped = true;
	}
}

/* Adds the marks that come next to the cell, which has some already; returns the bytes of all that belongs to it. */
static size_t put_marks(struct text_cell *cell, const uint8_t *s, size_t n, unsigned marks)
{
	size_t used = 0;
	while (used < n) {
		uint32_t cp;
		size_t length = text_decode(s + used, n - used, &cp);
		if (length == 0 || cp < 0x80)
			break;
		if (!is_hidden(cp)) {
			if (columns_of(cp) != 0)
				break;
			if (marks++ < MARKS_MAX)
				put(cell, cp);
		}
		used += length;
	}
	return used;
}

size_t text_cell(const void *s, size_t n, struct text_cell *cell)
{
	enum { DOTTED_CIRCLE = 0x25cc };
	const uint8_t *bytes = s;
	uint32_t cp;
	size_t length = text_decode(bytes, n, &cp);

	*cell = (struct text_cell){0};
	if (length == 0) {
		escape(cell, 'x', 2, bytes[0]);
		return 1;
	}
	bool utf8 = text_is_utf8();
	if (utf8 && is_hidden(cp))
		return length;
	int columns = utf8 || cp < 0x80 ? columns_of(cp) : -1;
	if (columns == -1) {
		escape_character(cell, cp);
		return length;
	}
	unsigned marks = 0;
	if (columns == 0) {
		columns = columns_of(DOTTED_CIRCLE);
		put(cell, DOTTED_CIRCLE);
		marks = 1;
	}
	put(cell, cp);
	cell->columns = (uint8_t)columns;
	if (utf8)
		length += put_marks(cell, bytes + length, n - length, marks);
	return length;
}
