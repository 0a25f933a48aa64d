/* text: one character of UTF-8. */
#include <uproar/base.h>
#include <uproar/text.h>

#include "test_text_unicode.h"

static void every_code_point_goes_there_and_back(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp < CODE_POINTS; cp++) {
		if (is_surrogate(cp))
			continue;
		uint8_t expected[4];
		char bytes[4];
		uint32_t back = 0;
		size_t length = utf8_write(cp, expected);
		if (text_encode(cp, bytes) != length || memcmp(bytes, expected, length) != 0)
			fail_msg("U+%04X is encoded wrongly", cp);
		if (text_decode(bytes, length, &back) != length || back != cp)
			fail_msg("U+%04X is decoded wrongly, as U+%04X", cp, back);
	}
}

/* All of one, two and three bytes, and of four bytes those that stand at the limits. */
static void test_fault_8_every_sequence_is_judged_as_the_rfc_has_it(void **state)
{
	(void)state;
	static const uint8_t edges[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xff};
	for (uint32_t i = 0; i < 1U << 24; i++) {
		uint8_t s[4] = {(uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i, edges[i % COUNT(edges)]};
		for (size_t n = 1; n <= 4; n++) {
			uint32_t cp = 0, expected = 0;
			size_t length = utf8_read(s, n, &expected);
			if (text_decode(s, n, &cp) != length || (length > 0 && cp != expected))
				fail_msg("%02x %02x %02x %02x: the first %zu bytes", s[0], s[1], s[2], s[3], n);
			if (length > 0 && length < n)
				break;
		}
	}
}

/* The bytes that a character needs, and not one more, are read: AddressSanitizer watches the end of the memory. */
static void reads_no_further_than_it_may(void **state)
{
	(void)state;
	static const char *const texts[] = {"a",    "\xc3",     "\xe1",         "\xe1\xba",
					    "\xf0", "\xf0\x90", "\xf0\x90\x90", "\xf4"};
	for (size_t i = 0; i < COUNT(texts); i++) {
		size_t n = strlen(texts[i]);
		char *copy = malloc(n);
		memcpy(copy, texts[i], n);
		uint32_t cp;
		assert_int_equal(text_decode(copy, n, &cp), i == 0);
		free(copy);
	}
}

static void later_bytes(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++)
		assert_int_equal(text_continues((uint8_t)byte), byte >= 0x80 && byte <= 0xbf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_goes_there_and_back),
		cmocka_unit_test(test_fault_8_every_sequence_is_judged_as_the_rfc_has_it),
		cmocka_unit_test(reads_no_further_than_it_may),
		cmocka_unit_test(later_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
