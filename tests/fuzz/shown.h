/*
 * What a terminal is given must be harmless, and as wide as it is said to be. Which characters are harmless is asked of
 * libunistring here, and not of our own tables.
 */
#ifndef FUZZ_SHOWN_H
#define FUZZ_SHOWN_H

#include <string.h>
#include <unictype.h>
#include <unistr.h>
#include <wchar.h>

#include <uproar/text.h>
#include <uproar/view.h>

#include "fuzz.h"

/* No control, no format, nothing invisible, nothing that changes the direction of writing. */
static inline void check_harmless(ucs4_t cp)
{
	enum {
		FORBIDDEN = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cs |
			    UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp
	};
	if (cp >= ' ' && cp <= '~')
		return;
	check(!uc_is_general_category_withtable(cp, FORBIDDEN));
	check(!uc_is_property(cp, UC_PROPERTY_DEFAULT_IGNORABLE_CODE_POINT));
	check(!uc_is_property(cp, UC_PROPERTY_BIDI_CONTROL));
	check(!uc_is_property(cp, UC_PROPERTY_NOT_A_CHARACTER));
}

/* Text for a terminal, in UTF-8; returns how many columns it takes there. */
static inline size_t check_shown(const void *text, size_t n)
{
	const uint8_t *s = text;
	size_t columns = 0;
	for (size_t i = 0; i < n;) {
		ucs4_t cp;
		int size = u8_mbtoucr(&cp, s + i, n - i);
		check(size > 0);
		check_harmless(cp);
		int width = wcwidth((wchar_t)cp);
		check(width >= 0);
		columns += (size_t)width;
		i += (size_t)size;
	}
	return columns;
}

static inline void check_row(const struct view_row *r)
{
	size_t bytes = 0, columns = 0;
	const uint8_t *text = buf_bytes(&r->text);
	for (size_t i = 0; i < r->spans.count; i++) {
		const struct view_span *s = ring_at(&r->spans, i);
		check(s->style < STYLE_COUNT);
		check(bytes + s->size <= r->text.size);
		check(check_shown(text + bytes, s->size) == s->columns);
		bytes += s->size;
		columns += s->columns;
	}
	check(bytes == r->text.size && columns == r->columns);
}

#endif
