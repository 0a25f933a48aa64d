#include "upper.h"

#include <stdbool.h>
#include <string.h>

#include <uproar/base.h>
#include <uproar/text.h>

#include "text/upper_table.h"
#include "utf8.h"

#define EACH_BYTE(b) ((b)*UINT64_C(0x0101010101010101))

static inline uint8_t upper_ascii(uint8_t c)
{
	return (uint8_t)(c - ((uint8_t)(c - 'a') < 26) * ('a' - 'A'));
}

/*
 * The same for eight ASCII bytes at once. A byte's highest bit is 0, and adding 0x80 - 'a' sets it in those from
 * 'a' on, without a carry into the next byte; likewise for those beyond 'z'. Then it moves to where 'a' and 'A'
 * differ.
 */
static inline uint64_t upper_ascii8(uint64_t c)
{
	uint64_t from_a = c + EACH_BYTE(0x80 - 'a'), beyond_z = c + EACH_BYTE(0x80 - 'z' - 1);
	return c ^ ((from_a & ~beyond_z & EACH_BYTE(0x80)) >> 2);
}

/* Uppercases the ASCII that in begins with; returns how many bytes it is. */
static size_t upper_run(const uint8_t *restrict in, size_t n, uint8_t *restrict out)
{
	size_t i = 0;
	for (uint64_t c; n - i >= sizeof c; i += sizeof c) {
		memcpy(&c, in + i, sizeof c);
		if (c & EACH_BYTE(0x80))
			break;
		c = upper_ascii8(c);
		memcpy(out + i, &c, sizeof c);
	}
	for (; i < n && in[i] < 0x80; i++)
		out[i] = upper_ascii(in[i]);
	return i;
}

/*
 * Converts what it can of n bytes to *out, which it moves on; returns how many bytes that were. The rest, at most
 * TEXT_CARRY bytes, is the beginning of a character.
 *
 * Whatever has no other uppercase passes byte by byte: the bytes after the first of such a character are looked at
 * by themselves, and change nothing, since they begin no character. So only characters that may change are decoded.
 */
static size_t convert(const uint8_t *restrict in, size_t n, uint8_t **out)
{
	const uint8_t *from = in, *end = in + n;
	uint8_t *restrict to = *out;

	while (from < end) {
		uint32_t cp;
		if (*from < 0x80) {
			size_t run = upper_run(from, (size_t)(end - from), to);
			from += run;
			to += run;
			continue;
		}
		int length = upper_changes[*from] ? utf8_decode(from, (size_t)(end - from), &cp) : UTF8_INVALID;
		if (length == UTF8_UNFINISHED)
			break;
		unsigned page = length == UTF8_INVALID ? 0 : upper_page_of[cp >> UPPER_PAGE_BITS];
		if (page == 0) {
			*to++ = *from++;
			continue;
		}
		const struct upper *upper = &upper_pages[page][cp % UPPER_PAGE_SIZE];
		memcpy(to, upper->bytes, UPPER_MAX); /* a fixed size is fast, and fits: see TEXT_GROWTH */
		to += upper->size;
		from += length;
	}
	*out = to;
	return (size_t)(from - in);
}

/* Joins one byte to the unfinished character, and converts what that makes. */
static void finish(struct text_upper *u, uint8_t byte, uint8_t **out)
{
	uint8_t joined[TEXT_CARRY + 1];
	size_t n = u->carried;
	memcpy(joined, u->carry, n);
	joined[n++] = byte;
	size_t used = convert(joined, n, out);
	u->carried = (uint8_t)(n - used);
	memcpy(u->carry, joined + used, u->carried);
}

size_t text_upper(struct text_upper *u, const void *in, size_t n, void *out)
{
	const uint8_t *from = in;
	uint8_t *to = out;
	for (; u->carried > 0 && n > 0; n--)
		finish(u, *from++, &to);
	if (n > 0) {
		size_t used = convert(from, n, &to);
		u->carried = (uint8_t)(n - used);
		memcpy(u->carry, from + used, u->carried);
	}
	return (size_t)(to - (uint8_t *)out);
}

size_t text_upper_end(struct text_upper *u, void *out)
{
	size_t n = u->carried;
	memcpy(out, u->carry, n);
	u->carried = 0;
	return n;
}

size_t text_upper_whole(const void *in, size_t n, void *out)
{
	struct text_upper u = {0};
	size_t size = text_upper(&u, in, n, out);
	return size + text_upper_end(&u, (uint8_t *)out + size);
}
