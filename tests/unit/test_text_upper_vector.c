/*
 * text: the uppercase of many bytes at once, which is to be what the table says, wherever in a vector a character
 * stands, and libunistring's. test_text_upper holds the table against Unicode's files.
 *
 * What is read ends where the next byte would be a fault, and begins behind one; so does what is written.
 */
#include <sys/mman.h>
#include <unicase.h>
#include <unistd.h>

#include <uproar/base.h>
#include <uproar/text.h>

#include "../../src/text/upper.h"
#include "test_text_unicode.h"

enum { VECTOR = 32, LONGEST = 400 };

/* Memory that has none before and behind it. */
struct fenced {
	uint8_t *bytes, *end;
};

static struct fenced fence(size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = (n + page - 1) / page * page;
	uint8_t *memory = mmap(NULL, size + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	assert_int_equal(mprotect(memory + page, size, PROT_READ | PROT_WRITE), 0);
	return (struct fenced){memory + page, memory + page + size};
}

static struct fenced in_memory, out_memory;
static uint8_t expected[LONGEST * TEXT_GROWTH], converted[LONGEST * TEXT_GROWTH];

static int make_fences(void **state)
{
	(void)state;
	in_memory = fence(LONGEST);
	out_memory = fence(TEXT_UPPER_ROOM(LONGEST));
	return 0;
}

static int take_fences(void **state)
{
	(void)state;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	munmap(in_memory.bytes - page, (size_t)(in_memory.end - in_memory.bytes) + 2 * page);
	munmap(out_memory.bytes - page, (size_t)(out_memory.end - out_memory.bytes) + 2 * page);
	return 0;
}

static void fail_with(const char *what, const uint8_t *in, size_t n)
{
	char hex[2 * LONGEST + 1] = "";
	for (size_t i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", in[i]);
	fail_msg("%s: %s", what, hex);
}

/* Converts in a room without a byte to spare. */
static size_t convert_to(uint8_t *result, upper_convert *convert, const uint8_t *in, size_t n)
{
	uint8_t *out = out_memory.end - n * TEXT_GROWTH;
	size_t size = (size_t)(convert(in, n, out) - out);
	assert_true(size <= n * TEXT_GROWTH);
	memcpy(result, out, size);
	return size;
}

/* A text in which no character is unfinished at the end. */
static void check_text(const uint8_t *in, size_t n)
{
	uint8_t *last = in_memory.end - n, *first = in_memory.bytes;
	memcpy(last, in, n);
	size_t size = convert_to(expected, upper_by_table, last, n);
	if (convert_to(converted, upper_by_vector, last, n) != size || memcmp(converted, expected, size) != 0)
		fail_with("the vectors say something else", in, n);
	memcpy(first, in, n);
	if (convert_to(converted, upper_by_vector, first, n) != size || memcmp(converted, expected, size) != 0)
		fail_with("before the beginning is something that matters", in, n);
}

/* The same of any bytes: as a whole, and cut somewhere. */
static void check_stream(const uint8_t *in, size_t n, size_t cut)
{
	struct text_upper by_table = {0}, by_vectors = {0};
	static uint8_t out[TEXT_UPPER_ROOM(LONGEST)];
	size_t size = upper_stream(upper_by_table, &by_table, in, n, expected);
	size += text_upper_end(&by_table, expected + size);

	const size_t ends[] = {cut, n};
	size_t from = 0, got = 0;
	for (size_t i = 0; i < COUNT(ends); i++) {
		size_t piece = ends[i] - from, room = TEXT_UPPER_ROOM(piece);
		uint8_t *to = out_memory.end - room;
		memcpy(in_memory.end - piece, in + from, piece);
		size_t wrote = upper_stream(upper_by_vector, &by_vectors, in_memory.end - piece, piece, to);
		assert_true(wrote <= room);
		memcpy(out + got, to, wrote);
		got += wrote;
		from += piece;
	}
	got += text_upper_end(&by_vectors, out + got);
	if (got != size || memcmp(out, expected, size) != 0)
		fail_with("cut in two it is something else", in, n);
}

/* --- Texts --- */

/* So many bytes of one neighbour after the other, whole ones. */
static size_t fill(uint8_t *out, size_t n, const char *neighbour)
{
	size_t length = strlen(neighbour), size = 0;
	for (; size + length <= n; size += length)
		memcpy(out + size, neighbour, length);
	return size;
}

/* What a character may stand among: what changes and what does not, of all lengths, and no characters. */
static const char *const neighbours[] = {"z",  "~", "é", "ß",    "я",    "ı",        "ა",   "ﬁ",
					 "中", "𐐨", "😀", "\xa9", "\xd1", "\xe1\x83", "\xf0"};

static bool may_change(uint32_t cp)
{
	return upper_page_of[cp >> UPPER_PAGE_BITS] != 0;
}

static void place_character(uint32_t cp, size_t at, const char *neighbour)
{
	uint8_t in[2 * VECTOR + 16];
	memset(in, '.', at);
	fill(in, at, neighbour); /* what does not fit is dots */
	size_t n = at + utf8_write(cp, in + at);
	n += fill(in + n, VECTOR, neighbour);
	in[n++] = '.'; /* so that nothing is unfinished */
	check_text(in, n);
}

/* Every code point of a page that changes, at every place of a vector and across its end. */
static void every_character_at_every_place(void **state)
{
	(void)state;
	for (uint32_t cp = 0x80; cp < CODE_POINTS; cp++)
		if (may_change(cp) && !is_surrogate(cp))
			for (size_t at = 0; at <= VECTOR + 1; at++)
				place_character(cp, at, neighbours[(cp + at) % COUNT(neighbours)]);
}

static void some_characters_beside_every_neighbour(void **state)
{
	(void)state;
	static const uint32_t some[] = {'a',    0xb5,   0xdf,   0xe0,    0xf7,    0xff,    0x131,   0x149,   0x17f,
					0x1b0,  0x250,  0x345,  0x390,   0x3ac,   0x3c2,   0x3ce,   0x430,   0x44f,
					0x455,  0x561,  0x587,  0x10d0,  0x13f8,  0x1c88,  0x1ea1,  0x1f70,  0x1fb3,
					0x201c, 0x2184, 0x2c30, 0xa641,  0xab53,  0xab70,  0xfb03,  0xff0c,  0xff41,
					0x4e2d, 0xac00, 0xfffd, 0x10000, 0x10428, 0x1e922, 0x1f600, 0x10ffff};
	for (size_t i = 0; i < COUNT(some); i++)
		for (size_t j = 0; j < COUNT(neighbours); j++)
			for (size_t at = 0; at <= VECTOR + 1; at++)
				place_character(some[i], at, neighbours[j]);
}

/* Every code point, those between them too, in a text that is longer than a vector; and libunistring's opinion. */
static void every_code_point_as_libunistring_has_it(void **state)
{
	(void)state;
	enum { TOGETHER = 64 };
	for (uint32_t first = 0; first < CODE_POINTS; first += TOGETHER) {
		uint8_t in[4 * TOGETHER], upper[4 * TOGETHER * TEXT_GROWTH];
		size_t n = 0, size = sizeof upper;
		for (uint32_t cp = first; cp < first + TOGETHER; cp++)
			if (!is_surrogate(cp))
				n += utf8_write(cp, in + n);
		check_text(in, n);
		if (n == 0)
			continue;
		assert_ptr_equal(u8_toupper(in, n, NULL, NULL, upper, &size), upper);
		if (convert_to(converted, upper_by_vector, in, n) != size || memcmp(converted, upper, size) != 0)
			fail_with("libunistring says something else", in, n);
	}
}

/* Nothing but characters that grow, shrink, or are no characters, of every size: there has to be room for them. */
static void every_length_of_one_kind(void **state)
{
	(void)state;
	static const char *const kinds[] = {"\u0390", "ŉ",   "ß", "ı",       "ſ",  "ɐ",    "ﬃ",
					    "\u1fd3", "ꭰ", "𐐨", "a\u0390", "ŉa", "\xce", "\xe1"};
	for (size_t i = 0; i < COUNT(kinds); i++)
		for (size_t n = 0; n <= 4 * VECTOR; n++) {
			uint8_t in[4 * VECTOR + 1];
			size_t size = fill(in, n, kinds[i]);
			memset(in + size, '.', n - size + 1);
			check_text(in, n + 1);
		}
}

static void test_fault_8_every_cut(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"The quick brown fox jumps over the lazy dog, and so does every other fox in here.",
		"Müßiggang ist aller Laster Anfang, sagte der König; où est l'œuvre naïve, élève?",
		"Όλοι οι άνθρωποι γεννιούνται ελεύθεροι ΐΰ και ίσοι στην αξιοπρέπεια",
		"Все люди рождаются свободными и равными: ещё объём",
		"人人生而自由, 在尊严和权利上一律平等。ａｂｃ 你好",
		"😀😃 🚀 👩🏽‍🚀 𐐨𐐩 🇩🇪 ❤️ é 𞤢",
		"ἄνδρα μοι ἔννεπε, μοῦσα, ᾳ ﬁ ა ყველა ꭰꮅ Tất cả ı",
		("\xe1\xba\xe1\xba\x9e\xe1\xc3\xa9\xf0\x90\xc3\xa9\xf0\x90\x90\xa8\xf0\x9f\xc3\xc3\xa9\xe1\x83"
		 "zz\xf0\x90\x7a\xa8\xe1\x7a\x9e\xd1\xd1\x8f"),
	};
	for (size_t i = 0; i < COUNT(texts); i++)
		for (size_t n = strlen(texts[i]), cut = 0; cut <= n; cut++)
			for (size_t size = cut; size <= n; size += 3)
				check_stream((const uint8_t *)texts[i], size, cut);
}

/* Mixtures of everything, from a seed, of which the first are short; whole and in two. */
static void any_mixture(void **state)
{
	(void)state;
	enum { TURNS = 20000 };
	uint32_t seed = 12000;
	for (size_t turn = 0; turn < TURNS; turn++) {
		uint8_t in[LONGEST];
		size_t n = random_text(&seed, in, turn < LONGEST ? turn : LONGEST);
		check_stream(in, n, next_random(&seed) % (n + 1));
	}
}

/* The same of bytes that begin characters and bytes that end them, as chance has it. */
static void test_fault_8_any_bytes(void **state)
{
	(void)state;
	enum { TURNS = 40000, MOST = 100 };
	static const uint8_t bytes[] = {'a',  'Z',  0x7a, 0x80, 0x83, 0x8f, 0x90, 0x96, 0x9e, 0x9f, 0xa8,
					0xac, 0xb5, 0xba, 0xbd, 0xbf, 0xc0, 0xc2, 0xc3, 0xc6, 0xce, 0xcf,
					0xd0, 0xd1, 0xd6, 0xe0, 0xe1, 0xe2, 0xea, 0xed, 0xef, 0xf0, 0xf4};
	uint32_t seed = 2026;
	for (size_t turn = 0; turn < TURNS; turn++) {
		uint8_t in[MOST];
		size_t n = next_random(&seed) % (MOST + 1), kinds = 2 + next_random(&seed) % (COUNT(bytes) - 1);
		size_t from = next_random(&seed) % COUNT(bytes);
		for (size_t i = 0; i < n; i++)
			in[i] = bytes[(from + next_random(&seed) % kinds) % COUNT(bytes)];
		check_stream(in, n, next_random(&seed) % (n + 1));
	}
}

int main(void)
{
	if (!upper_has_vector()) {
		puts("There are no vectors on this machine.");
		return 0;
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_character_at_every_place),
		cmocka_unit_test(some_characters_beside_every_neighbour),
		cmocka_unit_test(every_code_point_as_libunistring_has_it),
		cmocka_unit_test(every_length_of_one_kind),
		cmocka_unit_test(test_fault_8_every_cut),
		cmocka_unit_test(any_mixture),
		cmocka_unit_test(test_fault_8_any_bytes),
	};
	return cmocka_run_group_tests(tests, make_fences, take_fences);
}
