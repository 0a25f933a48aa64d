/*
 * text: cells.
 *
 * What a terminal must not get is worked out here from Unicode's files, and how wide a text is by wcwidth(), as
 * curses does.
 */
#include <locale.h>
#include <wchar.h>

#include <uproar/base.h>
#include <uproar/text.h>

#include "test_text_unicode.h"

enum { MARKS_MAX = 4, ESCAPE_MAX = 10 };

static bool forbidden[CODE_POINTS];

static void take_category(uint32_t first, uint32_t last, char *const *fields, size_t count)
{
	static const char *const categories[] = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"};
	assert_true(count > 1);
	for (size_t i = 0; i < COUNT(categories); i++)
		for (uint32_t cp = first; cp <= last && strcmp(fields[1], categories[i]) == 0; cp++)
			forbidden[cp] = true;
}

static void take_property(uint32_t first, uint32_t last, char *const *fields, size_t count)
{
	(void)count;
	static const char *const properties[] = {
		"Default_Ignorable_Code_Point",
		"Noncharacter_Code_Point",
		"Bidi_Control",
		"Variation_Selector",
	};
	for (size_t i = 0; i < COUNT(properties); i++)
		for (uint32_t cp = first; cp <= last && strcmp(fields[0], properties[i]) == 0; cp++)
			forbidden[cp] = true;
}

static int read_forbidden(void **state)
{
	(void)state;
	unicode_read("UnicodeData.txt", take_category);
	unicode_read("DerivedCoreProperties.txt", take_property);
	unicode_read("PropList.txt", take_property);
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

static int in_c_locale(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C") ? 0 : -1;
}

static int in_utf8_locale(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

static bool is_hidden(uint32_t cp)
{
	return cp == 0x200d || cp == 0xfe0e || cp == 0xfe0f || (cp >= 0x1f3fb && cp <= 0x1f3ff);
}

static bool is_printable(uint32_t cp)
{
	return !forbidden[cp] && !is_hidden(cp) && wcwidth((wchar_t)cp) >= 0;
}

/* What every cell is, whatever it is made of. */
static void assert_safe(const struct text_cell *cell)
{
	const uint8_t *text = (const uint8_t *)cell->text;
	size_t characters = 0;
	int columns = 0;
	assert_true(cell->size < TEXT_CELL_ROOM);
	assert_int_equal(strlen(cell->text), cell->size);
	for (size_t i = 0; i < cell->size; characters++) {
		uint32_t cp = 0;
		size_t length = utf8_read(text + i, cell->size - i, &cp);
		if (length == 0)
			fail_msg("a cell is no UTF-8");
		if (!is_printable(cp))
			fail_msg("a cell holds U+%04X", cp);
		if (i == 0 && wcwidth((wchar_t)cp) == 0)
			fail_msg("a cell begins with the mark U+%04X", cp);
		columns += wcwidth((wchar_t)cp);
		i += length;
	}
	assert_int_equal(cell->columns, columns);
	assert_true((cell->columns == 0) == (cell->size == 0));
	assert_true(characters <= (cell->escaped ? ESCAPE_MAX : 1 + MARKS_MAX));
}

static struct text_cell cell_of(const void *s, size_t n, size_t used)
{
	struct text_cell cell;
	memset(&cell, 0xff, sizeof cell);
	uint8_t *copy = malloc(n); /* so that a read beyond its end is noticed */
	memcpy(copy, s, n);
	size_t got = text_cell(copy, n, &cell);
	free(copy);
	assert_int_equal(got, used);
	assert_safe(&cell);
	return cell;
}

static void assert_cell(const char *s, size_t n, const char *text, int columns, bool escaped)
{
	struct text_cell cell = cell_of(s, n, n);
	assert_string_equal(cell.text, text);
	assert_int_equal(cell.columns, columns);
	assert_int_equal(cell.escaped, escaped);
}

/* The whole of s is one cell, with this text. */
#define SHOWN(s, text, columns) assert_cell(s, sizeof(s) - 1, text, columns, false)
#define ESCAPED(s, text)        assert_cell(s, sizeof(s) - 1, text, sizeof(text) - 1, true)

static void shows_what_is_printable(void **state)
{
	(void)state;
	SHOWN(" ", " ", 1);
	SHOWN("a", "a", 1);
	SHOWN("~", "~", 1);
	SHOWN("é", "é", 1);
	SHOWN("я", "я", 1);
	SHOWN("\u00a0", "\u00a0", 1);
	SHOWN("好", "好", 2);
	SHOWN("한", "한", 2);
	SHOWN("😀", "😀", 2);
	SHOWN("א", "א", 1);
}

static void escapes_what_is_not(void **state)
{
	(void)state;
	ESCAPED("\0", "^@");
	ESCAPED("\a", "^G");
	ESCAPED("\t", "^I");
	ESCAPED("\n", "^J");
	ESCAPED("\033", "^[");
	ESCAPED("\x1f", "^_");
	ESCAPED("\x7f", "^?");
	ESCAPED("\x85", "\\x85");
	ESCAPED("\xff", "\\xff");
	ESCAPED("\xc2\x80", "\\u0080");
	ESCAPED("\xc2\x9b", "\\u009b");
	ESCAPED("\u00ad", "\\u00ad");
	ESCAPED("\u061c", "\\u061c");
	ESCAPED("\u115f", "\\u115f");
	ESCAPED("\u1160", "\\u1160");
	ESCAPED("\u180e", "\\u180e");
	ESCAPED("\u200b", "\\u200b");
	ESCAPED("\u200e", "\\u200e");
	ESCAPED("\u2028", "\\u2028");
	ESCAPED("\u202e", "\\u202e");
	ESCAPED("\u2066", "\\u2066");
	ESCAPED("\u3164", "\\u3164");
	ESCAPED("\ue000", "\\ue000");
	ESCAPED("\ufeff", "\\ufeff");
	ESCAPED("\uffa0", "\\uffa0");
	ESCAPED("\ufffb", "\\ufffb");
	ESCAPED("\uffff", "\\uffff");
	ESCAPED("\U000e0041", "\\U000e0041");
	ESCAPED("\U000e0100", "\\U000e0100");
	ESCAPED("\U0010fffd", "\\U0010fffd");
	ESCAPED("\u0378", "\\u0378"); /* not a character yet */
}

/* Each byte by itself, so that the next character is not lost. */
static void escapes_bytes_that_are_no_utf8_one_by_one(void **state)
{
	(void)state;
	assert_string_equal(cell_of("\xc3", 1, 1).text, "\\xc3");
	assert_string_equal(cell_of("\xc3(", 2, 1).text, "\\xc3");
	assert_string_equal(cell_of("\xe2\x82z", 3, 1).text, "\\xe2");
	assert_string_equal(cell_of("\xc1\xa1", 2, 1).text, "\\xc1");
	assert_string_equal(cell_of("\xed\xa0\x80", 3, 1).text, "\\xed");
	assert_string_equal(cell_of("\xf4\x90\x80\x80", 4, 1).text, "\\xf4");
}

static void keeps_four_marks(void **state)
{
	(void)state;
	SHOWN("e\u0301", "e\u0301", 1);
	SHOWN("e\u0301\u0302\u0303\u0304", "e\u0301\u0302\u0303\u0304", 1);
	SHOWN("e\u0301\u0302\u0303\u0304\u0305\u0306", "e\u0301\u0302\u0303\u0304", 1);
	SHOWN("好\u0301", "好\u0301", 2);
	SHOWN("\u1112\u1161\u11ab", "\u1112\u1161\u11ab", 2); /* a syllable of Hangul in three parts */
	assert_string_equal(cell_of("e\u0301e\u0301", 6, 3).text, "e\u0301");
	assert_string_equal(cell_of("e\u0301\u202e", 6, 3).text, "e\u0301");
	assert_string_equal(cell_of("e\u0301\xcc", 4, 3).text, "e\u0301");
}

static void carries_a_mark_that_has_no_base(void **state)
{
	(void)state;
	SHOWN("\u0301", "\u25cc\u0301", 1);
	SHOWN("\u0301\u0302\u0303\u0304\u0305", "\u25cc\u0301\u0302\u0303\u0304", 1);
	assert_string_equal(cell_of("\n\u0301", 3, 1).text, "^J");
	assert_string_equal(cell_of("\u202e\u0301", 5, 3).text, "\\u202e");
	assert_string_equal(cell_of("\x85\u0301", 3, 1).text, "\\x85");
}

static void hides_what_joins_and_colours_emoji(void **state)
{
	(void)state;
	SHOWN("❤\ufe0f", "❤", 1);
	SHOWN("❤\ufe0e", "❤", 1);
	SHOWN("👍\U0001f3fd", "👍", 2);
	SHOWN("👩\u200d", "👩", 2);
	SHOWN("e\u200d\u0301\ufe0f\u0302", "e\u0301\u0302", 1);
	assert_string_equal(cell_of("👩\U0001f3fd\u200d🚀", 15, 11).text, "👩");
	SHOWN("\u200d", "", 0);
	SHOWN("\ufe0f", "", 0);
	SHOWN("\U0001f3fb", "", 0);
}

static void test_fault_7_every_code_point_is_safe(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp < CODE_POINTS; cp++) {
		if (is_surrogate(cp))
			continue;
		uint8_t bytes[4];
		char escape[16];
		size_t n = utf8_write(cp, bytes);
		struct text_cell cell = cell_of(bytes, n, n);
		if (is_hidden(cp)) {
			assert_int_equal(cell.columns, 0);
			continue;
		}
		if (cell.escaped != !is_printable(cp))
			fail_msg("U+%04X is shown as %s", cp, cell.text);
		if (cp < 0x80) {
			assert_int_equal(cell.columns, cell.escaped ? 2 : 1);
		} else if (cell.escaped) {
			snprintf(escape, sizeof escape, cp > 0xffff ? "\\U%08x" : "\\u%04x", cp);
			assert_string_equal(cell.text, escape);
		} else if (wcwidth((wchar_t)cp) > 0) {
			assert_int_equal(cell.size, n);
			assert_memory_equal(cell.text, bytes, n);
		}
	}
}

/* Every two of the interesting ones, and a mark after them: nothing of one cell may come into another. */
static void test_fault_7_neighbours_are_safe(void **state)
{
	(void)state;
	static const char *const parts[] = {
		"a",        "é",          "好",         "😀",      "\u0301", "\u20dd",     "\u200d",
		"\ufe0f",   "\U0001f3ff", "\u202e",     "\u1160", "\u1161", "\u00ad",     "\x85",
		"\xf0\x9f", "\xc3",       "\U000e0041", "\x7f",   "\t",     "\U0001f1e9",
	};
	for (size_t i = 0; i < COUNT(parts); i++)
		for (size_t j = 0; j < COUNT(parts); j++) {
			char s[32];
			size_t n = (size_t)snprintf(s, sizeof s, "%s%s\u0301%s", parts[i], parts[j], parts[i]);
			struct text_cell cell;
			for (size_t at = 0, used; at < n; at += used) {
				used = text_cell(s + at, n - at, &cell);
				assert_in_range(used, 1, n - at);
				assert_safe(&cell);
			}
		}
}

static void test_fault_7_any_bytes_are_safe(void **state)
{
	(void)state;
	enum { TURNS = 3000, LONGEST = 400 };
	uint32_t seed = 12000;
	for (int turn = 0; turn < TURNS; turn++) {
		uint8_t in[LONGEST];
		size_t n = random_text(&seed, in, LONGEST);
		struct text_cell cell;
		for (size_t at = 0, used; at < n; at += used) {
			used = text_cell(in + at, n - at, &cell);
			assert_in_range(used, 1, n - at);
			assert_safe(&cell);
		}
	}
}

static void without_utf8_all_is_ascii(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp < CODE_POINTS; cp++) {
		if (is_surrogate(cp))
			continue;
		uint8_t bytes[4];
		struct text_cell cell;
		size_t n = utf8_write(cp, bytes);
		assert_int_equal(text_cell(bytes, n, &cell), n);
		assert_int_equal(cell.escaped, cp < 0x20 || cp > 0x7e);
		assert_int_equal(cell.columns, cell.size);
		for (size_t i = 0; i < cell.size; i++)
			assert_in_range((uint8_t)cell.text[i], 0x20, 0x7e);
	}
	ESCAPED("é", "\\u00e9");
	ESCAPED("😀", "\\U0001f600");
	ESCAPED("\xff", "\\xff");
	ESCAPED("\u200d", "\\u200d");
	assert_string_equal(cell_of("e\u0301", 3, 1).text, "e");
	assert_string_equal(cell_of("e\u200d", 4, 1).text, "e");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_what_is_printable),
		cmocka_unit_test(escapes_what_is_not),
		cmocka_unit_test(escapes_bytes_that_are_no_utf8_one_by_one),
		cmocka_unit_test(keeps_four_marks),
		cmocka_unit_test(carries_a_mark_that_has_no_base),
		cmocka_unit_test(hides_what_joins_and_colours_emoji),
		cmocka_unit_test(test_fault_7_every_code_point_is_safe),
		cmocka_unit_test(test_fault_7_neighbours_are_safe),
		cmocka_unit_test(test_fault_7_any_bytes_are_safe),
		cmocka_unit_test_setup_teardown(without_utf8_all_is_ascii, in_c_locale, in_utf8_locale),
	};
	return cmocka_run_group_tests(tests, read_forbidden, NULL);
}
