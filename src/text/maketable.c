/*
 * maketable - writes the tables of the uppercase (upper.h says what they are) to the standard output, as C.
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

enum { PAGES_MAX = UINT8_MAX + 1, LOW6 = 0x3f, HIGH2 = 0xc0 };

struct page {
	struct upper letters[UPPER_PAGE_SIZE];
	struct upper_flips flips;
	ucs4_t first;
};

struct tables {
	uint8_t page_of[UPPER_PAGES];
	struct page pages[PAGES_MAX]; /* from 1 */
	unsigned last;                /* page */
	uint8_t leads[64], seconds[64];
	unsigned bits; /* of these in use */
};

static void give_up(const char *what, ucs4_t cp)
{
	fprintf(stderr, "maketable: U+%04X: %s\n", cp, what);
	exit(1);
}

/* The number of the kind of letters with these flips; a new one, if need be. UPPER_OTHER: there are too many kinds. */
static unsigned kind_of(struct upper_flips *flips, uint8_t before, uint8_t last)
{
	uint8_t high = last & HIGH2;
	unsigned kind = 0;
	while (kind < UPPER_OTHER && (flips->before[kind] != before || flips->high[kind] != high)) {
		kind++;
		if (kind < UPPER_OTHER && flips->before[kind] == 0 && flips->high[kind] == 0) {
			flips->before[kind] = before;
			flips->high[kind] = high;
		}
	}
	return kind;
}

static void find_flips(struct upper_flips *flips, size_t i, const struct upper *upper, const uint8_t *self, size_t size)
{
	flips->letters[i] = UPPER_OTHER << UPPER_PAGE_BITS;
	if (upper->size != size || memcmp(self, upper->bytes, size - 2) != 0)
		return;
	uint8_t before = self[size - 2] ^ upper->bytes[size - 2], last = self[size - 1] ^ upper->bytes[size - 1];
	unsigned kind = kind_of(flips, before, last);
	if (kind != UPPER_OTHER)
		flips->letters[i] = (uint8_t)(kind << UPPER_PAGE_BITS | (last & LOW6));
}

/* Puts character i into a page; returns whether it has another uppercase. */
static int map(struct page *p, size_t i)
{
	struct upper *upper = &p->letters[i];
	uint8_t self[4];
	int size = u8_uctomb(self, p->first + (ucs4_t)i, sizeof self);
	if (size < 0) /* a surrogate: UTF-8 has none */
		return 0;
	size_t room = UPPER_MAX;
	uint8_t *bytes = u8_toupper(self, (size_t)size, NULL, NULL, upper->bytes, &room);
	if (bytes != upper->bytes)
		give_up("its uppercase does not fit", p->first + (ucs4_t)i);
	upper->size = (uint8_t)room;
	find_flips(&p->flips, i, upper, self, (size_t)size);
	return u8_cmp2(self, (size_t)size, upper->bytes, room) != 0;
}

/* Fills a page from its first character on; returns whether it changes anything. */
static int fill(struct page *p)
{
	int changes = 0;
	for (size_t i = 0; i < UPPER_PAGE_SIZE; i++)
		changes |= map(p, i);
	return changes;
}

/* All first bytes of two-byte characters share a bit, since any second byte goes with them; each other has its own. */
static void note_first_bytes(struct tables *t, ucs4_t first)
{
	enum { OF_TWO = 1 };
	uint8_t bytes[4];
	int size = u8_uctomb(bytes, first, sizeof bytes);
	uint8_t *lead = &t->leads[bytes[0] & LOW6];
	if (size == 2) {
		*lead = OF_TWO;
		memset(t->seconds, OF_TWO, sizeof t->seconds);
		return;
	}
	if (*lead == 0) {
		*lead = (uint8_t)(OF_TWO << ++t->bits);
		if (*lead == 0)
			give_up("there are too many first bytes", first);
	}
	t->seconds[bytes[1] & LOW6] |= *lead;
}

static void make(struct tables *t)
{
	for (ucs4_t i = 0x80 >> UPPER_PAGE_BITS; i < UPPER_PAGES; i++) {
		struct page page = {.first = i << UPPER_PAGE_BITS};
		if (!fill(&page))
			continue;
		if (++t->last == PAGES_MAX)
			give_up("there are too many pages", page.first);
		t->pages[t->last] = page;
		t->page_of[i] = (uint8_t)t->last;
		note_first_bytes(t, page.first);
	}
}

static void print_bytes(const char *before, const uint8_t *bytes, size_t n, const char *after)
{
	printf("%s{", before);
	for (size_t i = 0; i < n; i++)
		printf("%s0x%02x", i ? ", " : "", bytes[i]);
	printf("}%s", after);
}

static void print_letters(const struct page *p)
{
	printf("\t{\n\t\t/* U+%04X */\n", p->first);
	for (size_t i = 0; i < UPPER_PAGE_SIZE; i++) {
		print_bytes("\t\t{", p->letters[i].bytes, sizeof p->letters[i].bytes, "");
		printf(", %d},\n", p->letters[i].size);
	}
	printf("\t},\n");
}

static void print_flips(const struct page *p)
{
	printf("\t{\n\t\t/* U+%04X */\n", p->first);
	print_bytes("\t\t", p->flips.letters, sizeof p->flips.letters, ",\n");
	print_bytes("\t\t", p->flips.before, sizeof p->flips.before, ",\n");
	print_bytes("\t\t", p->flips.high, sizeof p->flips.high, ",\n\t},\n");
}

static void print(const struct tables *t)
{
	printf("/* Made by maketable: do not edit. */\n#include \"text/upper.h\"\n");
	printf("\nconst struct upper upper_pages[][UPPER_PAGE_SIZE] = {\n");
	for (unsigned i = 0; i <= t->last; i++)
		print_letters(&t->pages[i]);
	printf("};\n\nconst struct upper_flips upper_flips[] = {\n");
	for (unsigned i = 0; i <= t->last; i++)
		print_flips(&t->pages[i]);
	printf("};\n\nconst uint8_t upper_page_of[UPPER_PAGES] = {\n");
	for (int i = 0; i < UPPER_PAGES; i++)
		if (t->page_of[i])
			printf("\t[0x%04x] = %d,\n", i, t->page_of[i]);
	print_bytes("};\n\nconst uint8_t upper_leads[64] = ", t->leads, sizeof t->leads, ";\n");
	print_bytes("const uint8_t upper_seconds[64] = ", t->seconds, sizeof t->seconds, ";\n");
}

int main(void)
{
	static struct tables tables;
	make(&tables);
	print(&tables);
	return ferror(stdout) || fflush(stdout) == EOF;
}
