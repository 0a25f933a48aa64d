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
	UPPER_OTHER = 3,
};

/* The bytes of a character's uppercase, be it another character or itself. */
struct upper {
	uint8_t bytes[UPPER_MAX + 1]; /* one more than needed: 8 bytes in all are found by a shift */
	uint8_t size;
};

/*
 * The same page for those who convert many characters at once. In most scripts only a character's last byte and the one
 * before it change. For each character, the lowest 6 bits are those to flip in the last byte; the highest 2 say what
 * else there is to flip: the number of a kind, of which a page has few, or UPPER_OTHER where this says not all.
 */
struct upper_flips {
	uint8_t letters[UPPER_PAGE_SIZE];
	/* As many kinds as an instruction looks up. The first is none; UPPER_OTHER and what follows stay 0, unused. */
	uint8_t before[16]; /* bits to flip in the byte before the last */
	uint8_t high[16];   /* and the highest 2 in the last */
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
