/*
 * What the tests of text hold it against: Unicode's own files, and UTF-8 as RFC 3629's grammar has it. Written apart
 * from the code that is tested, and slow.
 *
 * The files are Debian's (package unicode-data); -DUNICODE_DATA='"/path"' names another place.
 */
#ifndef TEST_TEXT_UNICODE_H
#define TEST_TEXT_UNICODE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifndef UNICODE_DATA
#define UNICODE_DATA "/usr/share/unicode"
#endif

enum { CODE_POINTS = 0x110000, FIELDS_MAX = 20 };

/* A line of a file: the code points it is about, and its fields, without spaces around them, from the second on. */
typedef void unicode_line(uint32_t first, uint32_t last, char *const *fields, size_t count);

static inline char *unicode_trim(char *s)
{
	s += strspn(s, " \t\n");
	size_t n = strlen(s);
	while (n > 0 && strchr(" \t\n", s[n - 1]))
		n--;
	s[n] = '\0';
	return s;
}

/* Every line is "first[..last]; field; field... # comment"; UnicodeData.txt gives a range as two lines. */
static inline void unicode_read(const char *name, unicode_line *each)
{
	char path[4096], line[1024];
	snprintf(path, sizeof path, "%s/%s", UNICODE_DATA, name);
	FILE *f = fopen(path, "r");
	if (!f)
		fail_msg("%s: %s; the test needs Unicode's files: install the package unicode-data", path,
			 strerror(errno));
	uint32_t range = 0;
	while (fgets(line, sizeof line, f)) {
		line[strcspn(line, "#")] = '\0';
		char *fields[FIELDS_MAX], *rest = line;
		size_t count = 0;
		for (char *field; count < FIELDS_MAX && (field = strsep(&rest, ";"));)
			fields[count++] = unicode_trim(field);
		if (count < 2)
			continue;
		char *dots;
		uint32_t first = (uint32_t)strtoul(fields[0], &dots, 16), last = first;
		if (strncmp(dots, "..", 2) == 0)
			last = (uint32_t)strtoul(dots + 2, NULL, 16);
		if (strstr(fields[1], ", First>")) {
			range = first;
			continue;
		}
		if (strstr(fields[1], ", Last>"))
			first = range;
		assert_true(first <= last && last < CODE_POINTS);
		each(first, last, fields + 1, count - 1);
	}
	fclose(f);
}

static inline bool is_surrogate(uint32_t cp)
{
	return cp >= 0xd800 && cp <= 0xdfff;
}

/* RFC 3629, section 4: the bytes that each place of a character may hold. */
struct utf8_rule {
	size_t length;
	struct {
		uint8_t least, most;
	} at[4];
};

static const struct utf8_rule utf8_rules[] = {
	{1, {{0x00, 0x7f}}},
	{2, {{0xc2, 0xdf}, {0x80, 0xbf}}},
	{3, {{0xe0, 0xe0}, {0xa0, 0xbf}, {0x80, 0xbf}}},
	{3, {{0xe1, 0xec}, {0x80, 0xbf}, {0x80, 0xbf}}},
	{3, {{0xed, 0xed}, {0x80, 0x9f}, {0x80, 0xbf}}},
	{3, {{0xee, 0xef}, {0x80, 0xbf}, {0x80, 0xbf}}},
	{4, {{0xf0, 0xf0}, {0x90, 0xbf}, {0x80, 0xbf}, {0x80, 0xbf}}},
	{4, {{0xf1, 0xf3}, {0x80, 0xbf}, {0x80, 0xbf}, {0x80, 0xbf}}},
	{4, {{0xf4, 0xf4}, {0x80, 0x8f}, {0x80, 0xbf}, {0x80, 0xbf}}},
};

/* The rule whose first bytes, as many as there are up to n, s matches; NULL: none. */
static inline const struct utf8_rule *utf8_match(const uint8_t *s, size_t n)
{
	for (size_t i = 0; i < sizeof utf8_rules / sizeof utf8_rules[0]; i++) {
		const struct utf8_rule *rule = &utf8_rules[i];
		size_t j = 0;
		while (j < n && j < rule->length && s[j] >= rule->at[j].least && s[j] <= rule->at[j].most)
			j++;
		if (j == n || j == rule->length)
			return rule;
	}
	return NULL;
}

/* The length of the character at s, 0 where there is none; *cp as in text_decode(). */
static inline size_t utf8_read(const uint8_t *s, size_t n, uint32_t *cp)
{
	const struct utf8_rule *rule = utf8_match(s, n);
	if (!rule || rule->length > n)
		return 0;
	static const uint8_t first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	*cp = s[0] & first_bits[rule->length];
	for (size_t i = 1; i < rule->length; i++)
		*cp = *cp * 64 + s[i] % 64;
	return rule->length;
}

/* The length of a code point that is no surrogate. */
static inline size_t utf8_write(uint32_t cp, uint8_t out[4])
{
	if (cp < 0x80) {
		out[0] = (uint8_t)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (uint8_t)(0xc0 + cp / 64);
		out[1] = (uint8_t)(0x80 + cp % 64);
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (uint8_t)(0xe0 + cp / 4096);
		out[1] = (uint8_t)(0x80 + cp / 64 % 64);
		out[2] = (uint8_t)(0x80 + cp % 64);
		return 3;
	}
	out[0] = (uint8_t)(0xf0 + cp / 262144);
	out[1] = (uint8_t)(0x80 + cp / 4096 % 64);
	out[2] = (uint8_t)(0x80 + cp / 64 % 64);
	out[3] = (uint8_t)(0x80 + cp % 64);
	return 4;
}

/* A sequence of numbers that is the same in each run (xorshift, Marsaglia 2003). */
static inline uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Up to room bytes of what a hostile peer may send: characters of all kinds and lengths, whole, cut, and no characters.
 */
static inline size_t random_text(uint32_t *seed, uint8_t *out, size_t room)
{
	static const uint32_t ranges[][2] = {
		{0, 0x7f},        {'a', 'z'},         {0x80, 0x24f},      {0x250, 0x36f},   {0x370, 0x587},
		{0x10a0, 0x13ff}, {0x1ab0, 0x206f},   {0x2c00, 0x2dff},   {0x3000, 0x30ff}, {0xa640, 0xa7ff},
		{0xfb00, 0xffff}, {0x10400, 0x10fff}, {0x1f000, 0x1ffff}, {0, 0x10ffff},
	};
	size_t n = 0, want = next_random(seed) % (room + 1);
	while (n + 4 <= want) {
		uint32_t dice = next_random(seed);
		if (dice % 8 == 0) {
			out[n++] = (uint8_t)(dice >> 8);
			continue;
		}
		const uint32_t *range = ranges[(dice >> 8) % (sizeof ranges / sizeof ranges[0])];
		uint32_t cp = range[0] + next_random(seed) % (range[1] - range[0] + 1);
		if (is_surrogate(cp)) { /* as CESU-8 would have it */
			out[n++] = 0xed;
			out[n++] = (uint8_t)(0x80 + cp / 64 % 64);
			out[n++] = (uint8_t)(0x80 + cp % 64);
			continue;
		}
		size_t length = utf8_write(cp, out + n);
		n += dice % 8 == 1 ? length - 1 : length;
	}
	return n;
}

#endif
