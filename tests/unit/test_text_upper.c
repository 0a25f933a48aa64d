/*
 * text: the uppercase.
 *
 * The reference is made here, from UnicodeData.txt and SpecialCasing.txt. These may be of another version of Unicode
 * than libunistring, which text's table comes from. Each version adds letters, and now and then the uppercase of a
 * letter that had none; apart from this, the mappings never change (Unicode's stability policy). So where the table
 * and the reference differ, the difference is left out, and counted, when it is about characters that one of both
 * may not know yet: that UNICODE_KNOWN does not have, or that the files do not have. There can only be few of these.
 */
#include <uproar/base.h>
#include <uproar/text.h>

#include "../../src/text/upper.h"
#include "test_text_unicode.h"

enum {
	UNICODE_KNOWN = 1400, /* 14.0: libunistring 1.0 (2022) and Python 3.11 */
	LEFT_OUT_MAX = 64,
	CHANGED_LEAST = 1400, /* characters that have another uppercase, as of 14.0 */
	MAPPING_MAX = 3,
};

struct mapping {
	uint8_t count; /* 0: the character itself */
	uint32_t to[MAPPING_MAX];
};

static struct mapping reference[CODE_POINTS];
static uint16_t ages[CODE_POINTS]; /* 1400: Unicode 14.0; 0: not in Unicode */

static void take_simple_mapping(uint32_t first, uint32_t last, char *const *fields, size_t count)
{
	enum { UPPERCASE = 11 };
	if (count > UPPERCASE && *fields[UPPERCASE]) {
		assert_int_equal(first, last);
		reference[first].count = 1;
		reference[first].to[0] = (uint32_t)strtoul(fields[UPPERCASE], NULL, 16);
	}
}

static void take_special_mapping(uint32_t first, uint32_t last, char *const *fields, size_t count)
{
	enum { UPPERCASE = 2, CONDITIONS = 3 };
	(void)last;
	if (count > CONDITIONS && *fields[CONDITIONS])
		return;
	struct mapping *m = &reference[first];
	m->count = 0;
	for (char *s = fields[UPPERCASE], *end; *s; s = end) {
		assert_true(m->count < MAPPING_MAX);
		m->to[m->count++] = (uint32_t)strtoul(s, &end, 16);
	}
}

static void take_age(uint32_t first, uint32_t last, char *const *fields, size_t count)
{
	(void)count;
	unsigned major = 0, minor = 0;
	assert_int_equal(sscanf(fields[0], "%u.%u", &major, &minor), 2);
	for (uint32_t cp = first; cp <= last; cp++)
		ages[cp] = (uint16_t)(major * 100 + minor);
}

static int read_reference(void **state)
{
	(void)state;
	memset(reference, 0, sizeof reference);
	unicode_read("UnicodeData.txt", take_simple_mapping);
	unicode_read("SpecialCasing.txt", take_special_mapping);
	unicode_read("DerivedAge.txt", take_age);
	return 0;
}

/* The way that is tested: whichever text_upper() takes here, or one of those that it may take on some machine. */
static upper_convert *way;

static size_t upper(struct text_upper *u, const void *in, size_t n, void *out)
{
	return way ? upper_stream(way, u, in, n, out) : text_upper(u, in, n, out);
}

static size_t upper_whole(const void *in, size_t n, void *out)
{
	if (!way)
		return text_upper_whole(in, n, out);
	struct text_upper u = {0};
	size_t size = upper_stream(way, &u, in, n, out);
	return size + text_upper_end(&u, (uint8_t *)out + size);
}

static size_t reference_character(uint32_t cp, uint8_t *out)
{
	const struct mapping *m = &reference[cp];
	if (m->count == 0)
		return utf8_write(cp, out);
	size_t size = 0;
	for (int i = 0; i < m->count; i++)
		size += utf8_write(m->to[i], out + size);
	return size;
}

/* The uppercase of any bytes, as simple as can be. */
static size_t reference_text(const uint8_t *in, size_t n, uint8_t *out)
{
	size_t size = 0;
	for (size_t i = 0; i < n;) {
		uint32_t cp;
		size_t length = utf8_read(in + i, n - i, &cp);
		if (length > 0)
			size += reference_character(cp, out + size);
		else
			out[size++] = in[i];
		i += length > 0 ? length : 1;
	}
	return size;
}

static bool may_be_unknown(uint32_t cp)
{
	return ages[cp] == 0 || ages[cp] > UNICODE_KNOWN;
}

/* Whether any character of s is one that not every version of Unicode has. */
static bool any_may_be_unknown(const uint8_t *s, size_t n)
{
	uint32_t cp = 0;
	for (size_t i = 0, length; i < n; i += length) {
		length = utf8_read(s + i, n - i, &cp);
		assert_true(length > 0);
		if (may_be_unknown(cp))
			return true;
	}
	return false;
}

/* Compares two uppercases of cp; returns whether the difference is to be left out. */
static bool compare(uint32_t cp, const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, const char *whose)
{
	if (a_size == b_size && memcmp(a, b, a_size) == 0)
		return false;
	if (may_be_unknown(cp) || any_may_be_unknown(a, a_size) || any_may_be_unknown(b, b_size))
		return true;
	fail_msg("U+%04X: the uppercase differs from %s", cp, whose);
	return false;
}

static void every_code_point_alone(void **state)
{
	(void)state;
	int changed = 0, left_out = 0;
	for (uint32_t cp = 0; cp < CODE_POINTS; cp++) {
		if (is_surrogate(cp))
			continue;
		uint8_t in[4], out[TEXT_UPPER_ROOM(4)], expected[4 * MAPPING_MAX];
		size_t n = utf8_write(cp, in);
		size_t size = upper_whole(in, n, out);
		size_t expected_size = reference_character(cp, expected);
		left_out += compare(cp, out, size, expected, expected_size, "Unicode's files");
		changed += size != n || memcmp(in, out, n) != 0;
		assert_true(size <= n * TEXT_GROWTH);
	}
	assert_in_range(changed, CHANGED_LEAST, 2 * CHANGED_LEAST);
	assert_in_range(left_out, 0, LEFT_OUT_MAX);
}

/* A sentence for which the reference is what the table says, where they may differ: so that mixtures can be compared.
 */
static int forget_what_may_be_unknown(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp < CODE_POINTS; cp++) {
		if (is_surrogate(cp))
			continue;
		uint8_t in[4], out[TEXT_UPPER_ROOM(4)], expected[4 * MAPPING_MAX];
		size_t size = upper_whole(in, utf8_write(cp, in), out);
		size_t expected_size = reference_character(cp, expected);
		if (!compare(cp, out, size, expected, expected_size, "Unicode's files"))
			continue;
		reference[cp].count = 0;
		for (size_t i = 0; i < size;)
			i += utf8_read(out + i, size - i, &reference[cp].to[reference[cp].count++]);
	}
	return 0;
}

/* "%04x" and each code point of the uppercase, a line for each code point whose uppercase is another. */
static const char python[] = "/usr/bin/python3 -c 'import sys\n"
			     "for c in range(0x110000):\n"
			     "    u = chr(c).upper()\n"
			     "    if u != chr(c): print(*[\"%04x\" % d for d in [c] + [ord(x) for x in u]])\n"
			     "' 2>/dev/null";

static void every_code_point_as_python_has_it(void **state)
{
	(void)state;
	static struct mapping pythons[CODE_POINTS];
	memset(pythons, 0, sizeof pythons);
	FILE *f = popen(python, "r");
	assert_non_null(f);
	char line[128];
	while (fgets(line, sizeof line, f)) {
		char *s = line;
		struct mapping *m = &pythons[strtoul(s, &s, 16)];
		while (*s == ' ' && m->count < MAPPING_MAX)
			m->to[m->count++] = (uint32_t)strtoul(s, &s, 16);
	}
	if (pclose(f) != 0)
		skip(); /* there is no such Python here */

	int left_out = 0;
	for (uint32_t cp = 0; cp < CODE_POINTS; cp++) {
		if (is_surrogate(cp))
			continue;
		uint8_t in[4], out[TEXT_UPPER_ROOM(4)], expected[4 * MAPPING_MAX];
		size_t expected_size = 0, n = utf8_write(cp, in);
		for (int i = 0; i < pythons[cp].count; i++)
			expected_size += utf8_write(pythons[cp].to[i], expected + expected_size);
		if (pythons[cp].count == 0)
			expected_size = utf8_write(cp, expected);
		left_out += compare(cp, out, upper_whole(in, n, out), expected, expected_size, "Python's");
	}
	assert_in_range(left_out, 0, LEFT_OUT_MAX);
}

static void assert_upper(const char *in, size_t n, const char *expected, size_t size)
{
	uint8_t *out = malloc(TEXT_UPPER_ROOM(n));
	assert_int_equal(upper_whole(in, n, out), size);
	assert_memory_equal(out, expected, size);
	free(out);
}

#define UPPER(in, expected) assert_upper(in, sizeof(in) - 1, expected, sizeof(expected) - 1)

static void knows_these(void **state)
{
	(void)state;
	UPPER("", "");
	UPPER("hello, World 42", "HELLO, WORLD 42");
	UPPER("straße", "STRASSE");
	UPPER("ﬁ ﬃ", "FI FFI");
	UPPER("ŉ", "ʼN");
	UPPER("\u0390", "\u0399\u0308\u0301");
	UPPER("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ");
	UPPER("ᾳ", "ΑΙ");
	UPPER("ı i", "I I"); /* in no language: not the Turkish İ */
	UPPER("ÿ µ ſ", "Ÿ Μ S");
	UPPER("привет", "ПРИВЕТ");
	UPPER("ქართული", "ᲥᲐᲠᲗᲣᲚᲘ");
	UPPER("ꭰ ⰰ ⓐ ａ", "Ꭰ Ⰰ Ⓐ Ａ");
	UPPER("𐐨 𞤢", "𐐀 𞤀");
	UPPER("你好 こんにちは 👩🏽‍🚀", "你好 こんにちは 👩🏽‍🚀");
	UPPER("a\0b", "A\0B");
}

/* What is no UTF-8 passes as it is, and hides nothing of what follows. */
static void test_fault_8_passes_what_is_no_utf8(void **state)
{
	(void)state;
	UPPER("\x80\xbf\xff\xfe", "\x80\xbf\xff\xfe");
	UPPER("\xc1\xa1z", "\xc1\xa1Z");                 /* "a" overlong, in two bytes */
	UPPER("\xe0\x81\xa1z", "\xe0\x81\xa1Z");         /* in three */
	UPPER("\xf0\x80\x81\xa1z", "\xf0\x80\x81\xa1Z"); /* in four */
	UPPER("\xe0\x83\xa9", "\xe0\x83\xa9");           /* "é" overlong */
	UPPER("\xf0\x80\xc3\xa9", "\xf0\x80\xc3\x89");
	UPPER("\xed\xa0\x80\xed\xb0\x80", "\xed\xa0\x80\xed\xb0\x80"); /* surrogates */
	UPPER("\xf4\x90\x80\x80z", "\xf4\x90\x80\x80Z");               /* U+110000 */
	UPPER("\xf5\x80\x80\x80z", "\xf5\x80\x80\x80Z");
	UPPER("\xc3z", "\xc3Z");
	UPPER("\xc3\xc3\xa9", "\xc3\xc3\x89");
	UPPER("\xe1\xba\xc3\xa9", "\xe1\xba\xc3\x89");
	UPPER("\xf0\x90\x90z", "\xf0\x90\x90Z");
	UPPER("\xf0\x90\xd0\xb0", "\xf0\x90\xd0\x90");
	UPPER("\xc3", "\xc3");
	UPPER("z\xf0\x90\x90", "Z\xf0\x90\x90");
}

/* A letter outside ASCII, at every place between letters of ASCII. */
static void finds_the_end_of_ascii_anywhere(void **state)
{
	(void)state;
	enum { LONGEST = 40 };
	for (size_t n = 0; n <= LONGEST; n++)
		for (size_t at = 0; at <= n; at++) {
			uint8_t in[LONGEST + 2], out[TEXT_UPPER_ROOM(LONGEST + 2)], expected[LONGEST + 2];
			memset(in, 'z', n + 2);
			memset(expected, 'Z', n + 2);
			memcpy(in + at, "é", 2);
			memcpy(expected + at, "É", 2);
			assert_int_equal(upper_whole(in, n + 2, out), n + 2);
			assert_memory_equal(out, expected, n + 2);
		}
}

/* Every byte, at every place of a machine word, beside every kind of neighbour. */
static void every_byte_at_every_place(void **state)
{
	(void)state;
	static const uint8_t neighbours[] = {0, '@', 'A', 'Z', '[', '`', 'a', 'z', '{', 0x7f};
	for (int c = 0; c < 256; c++)
		for (size_t at = 0; at < 16; at++)
			for (size_t i = 0; i < COUNT(neighbours); i++) {
				uint8_t in[16], out[TEXT_UPPER_ROOM(16)], expected[16 * TEXT_GROWTH];
				memset(in, neighbours[i], sizeof in);
				in[at] = (uint8_t)c;
				size_t size = reference_text(in, sizeof in, expected);
				assert_int_equal(upper_whole(in, sizeof in, out), size);
				assert_memory_equal(out, expected, size);
			}
}

/*
 * The next piece of a stream: its memory ends where it may not be read any more, and the output's where it may not be
 * written. What is kept back afterwards can only be a character that has begun: a reply waits for nothing else.
 */
static size_t feed(struct text_upper *u, const uint8_t *in, size_t n, uint8_t *out)
{
	uint8_t *piece = malloc(n), *room = malloc(TEXT_UPPER_ROOM(n));
	if (n > 0)
		memcpy(piece, in, n);
	size_t size = upper(u, piece, n, room);
	assert_true(size <= TEXT_UPPER_ROOM(n));
	memcpy(out, room, size);
	free(piece);
	free(room);
	assert_true(u->carried <= TEXT_CARRY);
	if (u->carried > 0) {
		const struct utf8_rule *rule = utf8_match(u->carry, u->carried);
		assert_true(rule && rule->length > u->carried);
	}
	return size;
}

static size_t feed_end(struct text_upper *u, uint8_t *out)
{
	size_t size = text_upper_end(u, out);
	assert_true(size <= TEXT_CARRY);
	assert_int_equal(u->carried, 0);
	return size;
}

/* Bit i of cuts: there is a cut after byte i. */
static void check_cuts(const uint8_t *in, size_t n, uint32_t cuts, const uint8_t *expected, size_t expected_size)
{
	struct text_upper u = {0};
	uint8_t out[256];
	size_t size = 0, from = 0;
	for (size_t i = 0; i < n; i++)
		if (i == n - 1 || cuts >> i & 1) {
			size += feed(&u, in + from, i + 1 - from, out + size);
			from = i + 1;
		}
	size += feed_end(&u, out + size);
	if (size != expected_size || memcmp(out, expected, size) != 0)
		fail_msg("cut as %x says, the bytes from %02x on come out otherwise", cuts, in[0]);
}

static const char *const hostile[] = {
	"plain ascii",
	"straße ŉ",
	"ΐΰΐ",
	"éàüßÿ",
	"привет",
	"ᾳẞﬃﬁ",
	"𐐨𞤢a𐐨",
	"你好é",
	"👩🏽‍🚀",
	"a\xc3",
	"\xc3\xc3\xc3\xa9\xc3",
	"\xe1\xba",
	"\xe1\xba\xe1\xba\x9e\xe1",
	"\xe1\xc3\xa9\xe1\xba\xc3\xa9",
	"\xf0\x90\x90\xf0\x90\x90\xa8\xf0",
	"\xf0\x90\xc3\xa9\xf0\x90\x90\xc3\xa9",
	"\xf0\xf0\x90\xf0\x90\x90z",
	"\xf0\x80\x81\xa1\xf0\x8f\xbf\xbf",
	"\xe0\x83\xa9\xc1\xa1z",
	"\xed\xa0\x80\xed\xb0\x80z",
	"\xf4\x90\x80\x80\xf5\x80z",
	"\xf4\x8f\xbf\xbfz\xf8\x88\x80\x80\x80",
	"\x80\xbf\xa9\xc3\xa9\xa9",
	"\xff\xfe\xef\xbb\xbfz\xef\xbd",
	"\xef\xac\x80\xef\xac\xef\xbd\x81",
};

static void test_fault_8_every_cut_gives_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hostile); i++) {
		const uint8_t *in = (const uint8_t *)hostile[i];
		size_t n = strlen(hostile[i]);
		uint8_t expected[256];
		size_t size = reference_text(in, n, expected);
		assert_in_range(n, 1, 17);
		for (uint32_t cuts = 0; cuts < 1U << (n - 1); cuts++)
			check_cuts(in, n, cuts, expected, size);
	}
}

static void an_empty_piece_changes_nothing(void **state)
{
	(void)state;
	struct text_upper u = {0};
	uint8_t out[TEXT_UPPER_ROOM(2)];
	assert_int_equal(upper(&u, NULL, 0, out), 0);
	assert_int_equal(upper(&u, "\xc3", 1, out), 0);
	assert_int_equal(upper(&u, "", 0, out), 0);
	assert_int_equal(upper(&u, "\xa9", 1, out), 2);
	assert_memory_equal(out, "É", 2);
	assert_int_equal(text_upper_end(&u, out), 0);
}

static void after_the_end_comes_a_beginning(void **state)
{
	(void)state;
	struct text_upper u = {0};
	uint8_t out[TEXT_UPPER_ROOM(2)];
	assert_int_equal(upper(&u, "\xc3", 1, out), 0);
	assert_int_equal(text_upper_end(&u, out), 1);
	assert_memory_equal(out, "\xc3", 1);
	assert_int_equal(upper(&u, "\xa9", 1, out), 1);
	assert_memory_equal(out, "\xa9", 1);
}

/* Mixtures of everything, in pieces of all lengths, from a seed. */
static void test_fault_8_any_mixture_in_any_pieces(void **state)
{
	(void)state;
	enum { TURNS = 3000, LONGEST = 600 };
	uint32_t seed = 12000;
	for (int turn = 0; turn < TURNS; turn++) {
		uint8_t in[LONGEST], out[LONGEST * TEXT_GROWTH], expected[LONGEST * TEXT_GROWTH];
		size_t n = random_text(&seed, in, LONGEST), longest = 1 + next_random(&seed) % LONGEST;
		struct text_upper u = {0};
		size_t size = 0, expected_size = reference_text(in, n, expected);
		for (size_t i = 0; i < n;) {
			size_t piece = next_random(&seed) % (longest + 1);
			if (piece > n - i)
				piece = n - i;
			size += feed(&u, in + i, piece, out + size);
			i += piece;
		}
		size += feed_end(&u, out + size);
		if (size != expected_size || memcmp(out, expected, size) != 0)
			fail_msg("turn %d: %zu bytes come out wrongly", turn, n);
	}
}

/* Every code point between its neighbours, all in one text. */
static void all_code_points_in_one_text(void **state)
{
	(void)state;
	enum { ROOM = CODE_POINTS * 4 };
	uint8_t *in = malloc(ROOM), *out = malloc(TEXT_UPPER_ROOM(ROOM)), *expected = malloc(TEXT_UPPER_ROOM(ROOM));
	size_t n = 0;
	for (uint32_t cp = 0; cp < CODE_POINTS; cp++)
		if (!is_surrogate(cp))
			n += utf8_write(cp, in + n);
	size_t size = reference_text(in, n, expected);
	assert_int_equal(upper_whole(in, n, out), size);
	assert_int_equal(memcmp(out, expected, size), 0);
	free(in);
	free(out);
	free(expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_alone),
		cmocka_unit_test(every_code_point_as_python_has_it),
		cmocka_unit_test(knows_these),
		cmocka_unit_test(test_fault_8_passes_what_is_no_utf8),
		cmocka_unit_test(finds_the_end_of_ascii_anywhere),
		cmocka_unit_test(every_byte_at_every_place),
		cmocka_unit_test(test_fault_8_every_cut_gives_the_same),
		cmocka_unit_test(an_empty_piece_changes_nothing),
		cmocka_unit_test(after_the_end_comes_a_beginning),
		cmocka_unit_test_setup(test_fault_8_any_mixture_in_any_pieces, forget_what_may_be_unknown),
		cmocka_unit_test_setup(all_code_points_in_one_text, forget_what_may_be_unknown),
	};
	int failed = cmocka_run_group_tests_name("text_upper", tests, read_reference, NULL);
	way = upper_by_table;
	failed += cmocka_run_group_tests_name("by table", tests, read_reference, NULL);
	if (upper_has_vector()) {
		way = upper_by_vector;
		failed += cmocka_run_group_tests_name("by vector", tests, read_reference, NULL);
	}
	return failed;
}
