/*
 * The uppercase of 32 bytes at once.
 *
 * A vector is 32 bytes in one register, and an operation on it is done to each of them. A comparison gives a byte of
 * ones where it is true and of zeros where it is not; bits_of() makes these a number of 32 bits, which can be asked
 * where the first is.
 *
 * A character that may change belongs to a page: those that differ from it in the last byte alone. All characters of a
 * page are done at once. Most languages use one or two pages beside ASCII, so the last few pages are kept at hand and
 * done in each block, be there any character of theirs or not: to ask would take longer. Only a character of another
 * page takes a way of its own, and brings this page to hand. The few characters whose uppercase is of another length go
 * through the table.
 *
 * The instructions are x86's AVX2 (Intel since 2013, AMD since 2015). Other machines have the table.
 */
#include <string.h>

#include <uproar/base.h>
#include <uproar/text.h>

#include "upper.h"
#include "utf8.h"

#ifdef __x86_64__
#include <immintrin.h>

#define AVX2        __attribute__((target("avx2")))
#define AVX2_INLINE static inline __attribute__((target("avx2"), always_inline))

enum {
	BLOCK = 32, /* bytes of a vector */
	AHEAD = 1,  /* bytes behind a block that are looked at */
	PAGES = 4,  /* at hand */
};

typedef int8_t vector __attribute__((vector_size(BLOCK)));

bool upper_has_vector(void)
{
	return __builtin_cpu_supports("avx2");
}

AVX2_INLINE vector load(const uint8_t *from)
{
	return (vector)_mm256_loadu_si256((const __m256i_u *)from);
}

AVX2_INLINE void store(uint8_t *to, vector v)
{
	_mm256_storeu_si256((__m256i_u *)to, (__m256i)v);
}

/* The highest bit of each byte; bit 0 is the first byte's. */
AVX2_INLINE uint32_t bits_of(vector v)
{
	return (uint32_t)_mm256_movemask_epi8((__m256i)v);
}

/* For each byte the one so many places before it: the vector moves towards its end, and zeros come in. */
#define behind(v, places)                                                                                              \
	((vector)_mm256_alignr_epi8((__m256i)(v), _mm256_permute2x128_si256((__m256i)(v), (__m256i)(v), 0x08),         \
				    16 - (places)))

/* For each byte the one after it. */
AVX2_INLINE vector ahead(vector v)
{
	__m256i second_half = _mm256_permute2x128_si256((__m256i)v, (__m256i)v, 0x81);
	return (vector)_mm256_alignr_epi8(second_half, (__m256i)v, 1);
}

/* 16 entries of a table, looked up for each byte by its lowest 4 bits, if its highest bit is 0. */
AVX2_INLINE __m256i look_up16(const uint8_t *table, __m256i index)
{
	__m256i entries = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i_u *)table));
	return _mm256_shuffle_epi8(entries, index);
}

/*
 * A table of 64 entries, looked up for each byte by its lowest 6 bits: by the lowest 4 in each quarter of the table,
 * and then bits 4 and 5, moved to where blendv looks for its orders, choose between the quarters.
 */
AVX2_INLINE vector look_up(const uint8_t table[64], vector v)
{
	__m256i index = (__m256i)(v & 0x0f);
	__m256i bit4 = _mm256_slli_epi16((__m256i)v, 3), bit5 = _mm256_slli_epi16((__m256i)v, 2);
	__m256i low = _mm256_blendv_epi8(look_up16(table, index), look_up16(table + 16, index), bit4);
	__m256i high = _mm256_blendv_epi8(look_up16(table + 32, index), look_up16(table + 48, index), bit4);
	return (vector)_mm256_blendv_epi8(low, high, bit5);
}

/* Of a number that is not 0. */
static inline unsigned first_of(uint64_t bits)
{
	return (unsigned)__builtin_ctzll(bits);
}

/* Whether each byte is a character's second or later byte: 10xxxxxx, as signed numbers the least. */
AVX2_INLINE vector continues(vector v)
{
	return v < (int8_t)0xc0;
}

/*
 * ASCII's small letters become capitals, and nothing else changes. Moved so that z is the greatest signed number,
 * which wraps round, the small letters are the 26 greatest.
 */
AVX2_INLINE vector upper_ascii(vector v)
{
	vector moved = (vector)_mm256_add_epi8((__m256i)v, _mm256_set1_epi8(INT8_MAX - 'z'));
	return v ^ ((moved > INT8_MAX - 26) & ('a' ^ 'A'));
}

/* Where we are in a text and in its uppercase. */
struct place {
	const uint8_t *from;
	uint8_t *to;
};

/* Characters of the same length that differ in the last byte alone. */
struct page {
	uint8_t before[3]; /* bytes before the last, the nearest first */
	uint8_t length;
	const struct upper_flips *flips;
};

/* Those at hand: the newest ones of all that were brought. */
struct pages {
	struct page at[PAGES];
	size_t brought;
};

/* A block of a text and what becomes of it; as bits, the first bytes of characters that go through the table. */
struct block {
	vector in, out;
	const uint8_t *text;
	uint32_t others;
};

/* How many of a block's bytes are whole characters. Without a branch: half of the blocks of a text would take it. */
static inline unsigned whole(const uint8_t *block)
{
	const uint8_t *end = block + BLOCK;
	unsigned n = BLOCK;
	n = end[-1] >= 0xc0 ? BLOCK - 1 : n;
	n = end[-2] >= 0xe0 ? BLOCK - 2 : n;
	return end[-3] >= 0xf0 ? BLOCK - 3 : n;
}

/* Uppercases the characters of one page. Returns their first bytes. */
AVX2_INLINE uint32_t upper_page(struct block *b, const struct page *page)
{
	const struct upper_flips *flips = page->flips;
	vector same = continues(b->in) & (behind(b->in, 1) == (int8_t)page->before[0]);
	if (page->length > 2)
		same &= behind(b->in, 2) == (int8_t)page->before[1];
	if (page->length > 3)
		same &= behind(b->in, 3) == (int8_t)page->before[2];
	vector flip = look_up(flips->letters, b->in) & same;
	__m256i kind = _mm256_srli_epi16((__m256i)flip, UPPER_PAGE_BITS) & _mm256_set1_epi8(UPPER_OTHER);
	b->out ^= (flip & (UPPER_PAGE_SIZE - 1)) ^ (vector)look_up16(flips->high, kind);
	b->out ^= ahead((vector)look_up16(flips->before, kind));
	b->others |= bits_of((vector)kind == UPPER_OTHER) >> (page->length - 1);
	return bits_of(same) >> (page->length - 1);
}

/* Brings a character's page to hand. NULL: the n bytes begin with no whole character. */
AVX2_INLINE const struct page *bring(struct pages *pages, const uint8_t *s, size_t n)
{
	uint32_t cp;
	int length = utf8_decode(s, n, &cp);
	if (length < 2)
		return NULL;
	struct page *page = &pages->at[pages->brought++ % PAGES];
	*page = (struct page){.length = (uint8_t)length, .flips = &upper_flips[upper_page_of[cp >> UPPER_PAGE_BITS]]};
	for (int i = 0; i < length - 1; i++)
		page->before[i] = s[length - 2 - i];
	return page;
}

/* Uppercases the characters of other pages than those at hand; it is given their first bytes. */
AVX2_INLINE void upper_new_pages(struct block *b, uint32_t characters, struct pages *pages)
{
	while (characters) {
		unsigned i = first_of(characters);
		const struct page *page = bring(pages, b->text + i, BLOCK - i);
		characters &= characters - 1;
		if (page)
			characters &= ~upper_page(b, page);
	}
}

/* Sends what has to through the table: one character, or if there are more of these, the rest of the block. */
AVX2_INLINE struct place upper_others(struct place p, const struct block *b, const uint8_t *end)
{
	size_t i = first_of(b->others), n = whole(b->text) - i, left = (size_t)(end - p.from) - i;
	uint8_t lead = p.from[i];
	if ((b->others & (b->others - 1)) == 0)
		n = 2U + (lead >= 0xe0) + (lead >= 0xf0);
	else if (n > left) /* zeros follow, for which there is no room */
		n = left;
	return (struct place){p.from + i + n, upper_by_table(p.from + i, n, p.to + i)};
}

/* The first bytes of characters that may change, outside ASCII: a first and a second byte tell. */
AVX2_INLINE uint32_t cased_in(vector v, const uint8_t *text)
{
	if (bits_of(v) == 0)
		return 0;
	vector leads = look_up(upper_leads, v) & ((v ^ INT8_MIN) >= 0x40); /* unsigned: v >= 0xc0 */
	return bits_of((leads & look_up(upper_seconds, load(text + 1))) != 0);
}

/* Uppercases the whole characters of a block that is not all ASCII. */
AVX2_INLINE struct place upper_block(struct place p, vector v, const uint8_t *end, struct pages *pages)
{
	struct block b = {.in = v, .out = upper_ascii(v), .text = p.from};
	unsigned n = whole(b.text);
	size_t at_hand = pages->brought < PAGES ? pages->brought : PAGES;
	uint32_t leads = bits_of(v) & ~bits_of(continues(v)) & (UINT32_MAX >> (BLOCK - n));
	for (size_t i = 0; i < at_hand; i++)
		leads &= ~upper_page(&b, &pages->at[i]);
	if (leads)
		upper_new_pages(&b, leads & cased_in(v, b.text), pages);
	store(p.to, b.out);
	if (b.others)
		return upper_others(p, &b, end);
	return (struct place){p.from + n, p.to + n};
}

/*
 * Uppercases blocks until fewer bytes than least are left. The inner loop is for those in which only ASCII changes: any
 * that have no other character that may, as long as there is no page at hand, and then those that are all ASCII.
 */
AVX2_INLINE struct place upper_blocks(struct place p, const uint8_t *end, ptrdiff_t least, struct pages *pages)
{
	while (end - p.from >= least) {
		vector v = load(p.from);
		while (pages->brought ? bits_of(v) == 0 : cased_in(v, p.from) == 0) {
			store(p.to, upper_ascii(v));
			p.from += BLOCK;
			p.to += BLOCK;
			if (end - p.from < least)
				return p;
			v = load(p.from);
		}
		p = upper_block(p, v, end, pages);
	}
	return p;
}

/* Uppercases the ASCII that a text begins with, which often is all of it: two blocks at a time. */
AVX2_INLINE struct place upper_ascii_blocks(struct place p, const uint8_t *end)
{
	enum { TWO = 2 * BLOCK };
	for (; end - p.from >= TWO; p.from += TWO, p.to += TWO) {
		vector first = load(p.from), second = load(p.from + BLOCK);
		if (bits_of(first | second))
			break;
		store(p.to, upper_ascii(first));
		store(p.to + BLOCK, upper_ascii(second));
	}
	return p;
}

/*
 * The rest, where no whole block is left, is moved to where zeros follow it, and converted from there with them. LEAST
 * bytes have room for a whole block in the output, since they may grow to that; the last few go through the table.
 */
AVX2 uint8_t *upper_by_vector(const uint8_t *restrict in, size_t n, uint8_t *restrict out)
{
	enum { LEAST = (BLOCK + TEXT_GROWTH - 1) / TEXT_GROWTH };
	uint8_t padded[2 * BLOCK + AHEAD];
	struct pages pages = {.brought = 0};
	const uint8_t *end = in + n;
	struct place p = upper_ascii_blocks((struct place){in, out}, end);
	p = upper_blocks(p, end, BLOCK + AHEAD, &pages);
	ptrdiff_t left = end - p.from;
	if (left >= LEAST) {
		memset(padded, 0, sizeof padded);
		memcpy(padded, p.from, (size_t)left);
		end = padded + left;
		p = upper_blocks((struct place){padded, p.to}, end, LEAST, &pages);
		left = end - p.from; /* less than 0: so many zeros */
	}
	return left > 0 ? upper_by_table(p.from, (size_t)left, p.to) : p.to + left;
}

#else

bool upper_has_vector(void)
{
	return false;
}

uint8_t *upper_by_vector(const uint8_t *restrict in, size_t n, uint8_t *restrict out)
{
	return upper_by_table(in, n, out);
}

#endif
