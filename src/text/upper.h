/*
 * The uppercase, by a table, and by the same table many bytes at once. src/text/maketable.c writes the table when
 * uproar is built, as a C file of its own.
 *
 * The last byte of a UTF-8 character holds the lowest 6 bits of its code point. The characters that differ in these
 * alone are a page of 64. Most pages hold no character that has another uppercase: these are all page 0.
 */
#ifndef TEXT_UPPER_H
#define TEXT_UPPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uproar/text.h>

enum {
	UPPER_PAGE_BITS = 6,
	UPPER_PAGE_SIZE = 1 << UPPER_PAGE_BITS,
	UPPER_PAGES = 0x110000 >> UPPER_PAGE_BITS,
	UPPER_MAX = 6, /* bytes of an uppercase, at most: U+0390 becomes three characters of 2 bytes */
	UPPER_OTHER = 0xff,
};

/* The bytes of a character's uppercase, be it another character or itself. */
struct upper {
	uint8_t bytes[UPPER_MAX + 1];
	uint8_t size;
};

/*
 * The same page for those who convert many characters at once: the bits to flip in a character's last byte and in the
 * one before it. In most scripts that is all. UPPER_OTHER in place of the last byte's marks the others: the uppercase
 * is longer, shorter, or differs in an earlier byte.
 */
struct upper_flips {
	uint8_t last[UPPER_PAGE_SIZE], before[UPPER_PAGE_SIZE];
};

extern const uint8_t upper_page_of[UPPER_PAGES]; /* the number of a code point's page */
extern const struct upper upper_pages[][UPPER_PAGE_SIZE];
extern const struct upper_flips upper_flips[];

/*
 * Which characters are in a page other than 0, by their first two bytes without the two highest bits: those for which
 * upper_leads[] and upper_seconds[] have a bit in common. By the first byte alone: upper_leads[] is not 0.
 */
extern const uint8_t upper_leads[64], upper_seconds[64];

/*
 * Converts n bytes, of which the last are no unfinished character; returns the end of what it wrote to out. The room
 * is n * TEXT_GROWTH bytes, of which any may be overwritten.
 */
typedef uint8_t *upper_convert(const uint8_t *restrict in, size_t n, uint8_t *restrict out);

upper_convert upper_by_table;  /* a character at a time, on any machine; what the other has to agree with */
upper_convert upper_by_vector; /* 32 bytes at a time */
bool upper_has_vector(void);   /* whether this machine can */

/* text_upper() by either. */
size_t upper_stream(upper_convert *convert, struct text_upper *u, const void *in, size_t n, void *out);

#endif
