/*
 * The table of uppercase mappings: its shape. src/text/maketable.c writes the table itself when uproar is built.
 *
 * The last byte of a UTF-8 character holds the lowest 6 bits of its code point. The characters that differ in these
 * alone are a page: 64 entries, one for each, which hold the bytes of its uppercase, be it another character or
 * itself. upper_page_of[] gives the number of a code point's page; most pages change nothing, and all of them are
 * page 0, which is not looked at. So 17 KiB of page numbers and 30 KiB of pages describe all of Unicode.
 */
#ifndef TEXT_UPPER_H
#define TEXT_UPPER_H

#include <stdbool.h>
#include <stdint.h>

enum {
	UPPER_PAGE_BITS = 6,
	UPPER_PAGE_SIZE = 1 << UPPER_PAGE_BITS,
	UPPER_PAGES = 0x110000 >> UPPER_PAGE_BITS,
	UPPER_MAX = 6, /* bytes of an uppercase, at most: U+0390 becomes three characters of 2 bytes */
};

struct upper {
	uint8_t bytes[UPPER_MAX + 1];
	uint8_t size;
};

#endif
