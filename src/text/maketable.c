/*
 * maketable - writes the table of uppercase mappings (upper.h says how it is built) to the standard output, as C.
 *
 * The mappings are libunistring's: the full ones, in no particular language. It runs once, when uproar is built,
 * so that the programs themselves carry the mappings and nothing else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unistr.h>

#include "upper.h"
#include "utf8.h"

static struct upper map(ucs4_t cp, int *changes)
{
	struct upper upper = {0};
	uint8_t self[4];
	int size = u8_uctomb(self, cp, sizeof self);
	if (size < 0) /* a surrogate: UTF-8 has none */
		return upper;
	size_t room = UPPER_MAX;
	uint8_t *bytes = u8_toupper(self, (size_t)size, NULL, NULL, upper.bytes, &room);
	if (bytes != upper.bytes) {
		fprintf(stderr, "maketable: the uppercase of U+%04X does not fit\n", cp);
		exit(1);
	}
	upper.size = (uint8_t)room;
	*changes |= u8_cmp2(self, (size_t)size, upper.bytes, room) != 0;
	return upper;
}

/* Fills a page; returns whether it changes anything. */
static int fill(struct upper page[UPPER_PAGE_SIZE], ucs4_t first)
{
	int changes = 0;
	for (ucs4_t i = 0; i < UPPER_PAGE_SIZE; i++)
		page[i] = map(first + i, &changes);
	return changes;
}

static void print_page(const struct upper page[UPPER_PAGE_SIZE], ucs4_t first)
{
	printf("\t{\n\t\t/* U+%04X */\n", first);
	for (int i = 0; i < UPPER_PAGE_SIZE; i++) {
		printf("\t\t{{");
		for (int j = 0; j < page[i].size; j++)
			printf("%s0x%02x", j ? ", " : "", page[i].bytes[j]);
		printf("}, %d},\n", page[i].size);
	}
	printf("\t},\n");
}

int main(void)
{
	static uint8_t page_of[UPPER_PAGES];
	static uint8_t changed_by[256]; /* what first bytes the characters of changing pages have */
	struct upper page[UPPER_PAGE_SIZE];
	int pages = 1;

	printf("/* Made by maketable: do not edit. */\n\nstatic const struct upper upper_pages[][UPPER_PAGE_SIZE] = "
	       "{\n");
	printf("\t{{{0}, 0}},\n");
	for (ucs4_t i = 0x80 >> UPPER_PAGE_BITS; i < UPPER_PAGES; i++) {
		ucs4_t first = i << UPPER_PAGE_BITS;
		if (!fill(page, first))
			continue;
		if (pages > UINT8_MAX) {
			fprintf(stderr, "maketable: more than %d pages\n", (int)UINT8_MAX);
			return 1;
		}
		print_page(page, first);
		page_of[i] = (uint8_t)pages++;
		uint8_t bytes[4];
		u8_uctomb(bytes, first, sizeof bytes);
		changed_by[bytes[0]] = 1;
	}
	printf("};\n\nstatic const uint8_t upper_page_of[UPPER_PAGES] = {\n");
	for (int i = 0; i < UPPER_PAGES; i++)
		if (page_of[i])
			printf("\t[0x%04x] = %d,\n", i, page_of[i]);
	printf("};\n\n/* Whether any character that begins with this byte has another uppercase. */\n");
	printf("static const bool upper_changes[256] = {\n");
	for (int i = 0; i < 256; i++)
		if (changed_by[i])
			printf("\t[0x%02x] = true,\n", i);
	printf("};\n");
	return ferror(stdout) || fflush(stdout) == EOF;
}
