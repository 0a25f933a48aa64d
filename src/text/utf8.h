/* One character of UTF-8, exactly as RFC 3629 (and table 3-7 of the Unicode standard) allows it. */
#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_INVALID = 0, UTF8_UNFINISHED = -1 };

/* Bytes of a character whose first byte is lead, which is not ASCII. */
static inline int utf8_length(uint8_t lead)
{
	return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

/*
 * The second byte decides whether a character is overlong, a surrogate or beyond U+10FFFF. begun is the code point
 * so far: without its lowest 6 bits where the length is 3, without its lowest 12 where it is 4.
 */
static inline int utf8_begins_well(uint32_t begun, int length)
{
	if (length == 3)
		return begun >= 0x800 >> 6 && (begun < 0xd800 >> 6 || begun >= 0xe000 >> 6);
	if (length == 4)
		return begun >= 0x10000 >> 12 && begun < 0x110000 >> 12;
	return 1;
}

/*
 * Decodes the character at s, n > 0 bytes; returns its length and sets *cp. UTF8_UNFINISHED: these n bytes are the
 * beginning of one; UTF8_INVALID: they are not.
 */
static inline int utf8_decode(const uint8_t *s, size_t n, uint32_t *cp)
{
	if (s[0] < 0x80) {
		*cp = s[0];
		return 1;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return UTF8_INVALID;

	int length = utf8_length(s[0]);
	uint32_t c = s[0] & (0x7fU >> length);
	for (int i = 1; i < length; i++) {
		if ((size_t)i == n)
			return UTF8_UNFINISHED;
		c = c << 6 | (s[i] & 0x3f);
		if ((s[i] & 0xc0) != 0x80 || (i == 1 && !utf8_begins_well(c, length)))
			return UTF8_INVALID;
	}
	*cp = c;
	return length;
}

#endif
