/* One character of UTF-8, exactly as RFC 3629 (and table 3-7 of the Unicode standard) allows it. */
#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uproar/text.h>

enum { UTF8_INVALID = 0, UTF8_UNFINISHED = -1 };

/* The lowest six bits of a character's later byte. */
static inline uint32_t utf8_low6(uint8_t byte)
{
	return byte & 0x3f;
}

/* The second byte decides whether a character is overlong, a surrogate or beyond U+10FFFF. */
static inline bool utf8_begins(uint8_t lead, uint8_t second)
{
	uint8_t least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	uint8_t most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	return second >= least && second <= most;
}

/*
 * Decodes the character at s, n > 0 bytes; returns its length and sets *cp. UTF8_UNFINISHED: these n bytes are the
 * beginning of one; UTF8_INVALID: they are not.
 */
static inline int utf8_decode(const uint8_t *s, size_t n, uint32_t *cp)
{
	uint8_t lead = s[0];
	if (lead < 0x80) {
		*cp = lead;
		return 1;
	}
	if (lead < 0xc2 || lead > 0xf4)
		return UTF8_INVALID;
	if (n < 2)
		return UTF8_UNFINISHED;
	if (!utf8_begins(lead, s[1]))
		return UTF8_INVALID;
	uint32_t c = utf8_low6(s[1]);
	if (lead < 0xe0) {
		*cp = (lead & 0x1fU) << 6 | c;
		return 2;
	}
	if (n < 3)
		return UTF8_UNFINISHED;
	if (!text_continues(s[2]))
		return UTF8_INVALID;
	c = c << 6 | utf8_low6(s[2]);
	if (lead < 0xf0) {
		*cp = (lead & 0x0fU) << 12 | c;
		return 3;
	}
	if (n < 4)
		return UTF8_UNFINISHED;
	if (!text_continues(s[3]))
		return UTF8_INVALID;
	*cp = (lead & 0x07U) << 18 | c << 6 | utf8_low6(s[3]);
	return 4;
}

#endif
