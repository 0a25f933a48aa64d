#include "upper.h"

#include <string.h>

#include <uproar/base.h>
#include <uproar/text.h>

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

/* Whether any character that begins with this byte, which is not ASCII, has another uppercase. */
static inline bool may_change(uint8_t lead)
{
	return lead >= 0xc0 && upper_leads[utf8_low6(lead)];
}

/*
 * Whatever has no other uppercase passes byte by byte: the bytes after the first of such a character are looked at
 * by themselves, and change nothing, since they begin no character. So only characters that may change are decoded.
 */
uint8_t *upper_by_table(const uint8_t *restrict in, size_t n, uint8_t *restrict out)
{
	const uint8_t *end = in + n;
	while (in < end) {
		uint32_t cp;
		if (*in < 0x80) {
			size_t run = upper_run(in, (size_t)(end - in), out);
			in += run;
			out += run;
			continue;
		}
		int length = may_change(*in) ? utf8_decode(in, (size_t)(end - in), &cp) : UTF8_INVALID;
		unsigned page = length > 0 ? upper_page_of[cp >> UPPER_PAGE_BITS] : 0;
		if (page == 0) {
			*out++ = *in++;
			continue;
		}
		const struct upper *upper = &upper_pages[page][cp % UPPER_PAGE_SIZE];
		memcpy(out, upper->bytes, UPPER_MAX); /* a fixed size is fast, and fits: see TEXT_GROWTH */
		out += upper->size;
		in += length;
	}
	return out;
}

/* How many bytes at the end of n are the beginning of a character that may change. */
static size_t unfinished(const uint8_t *in, size_t n)
{
	uint32_t cp;
	size_t size = 1;
	while (size <= n && size <= TEXT_CARRY && text_continues(in[n - size]))
		size++;
	if (size > n || size > TEXT_CARRY || !may_change(in[n - size]))
		return 0;
	return utf8_decode(in + n - size, size, &cp) == UTF8_UNFINISHED ? size : 0;
}

/* Converts n bytes, but for an unfinished character, which u keeps; returns the end of what it wrote. */
static uint8_t *convert_finished(upper_convert *convert, struct text_upper *u, const uint8_t *in, size_t n,
				 uint8_t *out)
{
	u->carried = (uint8_t)unfinished(in, n);
	memcpy(u->carry, in + n - u->carried, u->carried);
	return convert(in, n - u->carried, out);
}

/* Joins one byte to the unfinished character, and converts what that makes. */
static uint8_t *finish(struct text_upper *u, uint8_t byte, uint8_t *out)
{
	uint8_t joined[TEXT_CARRY + 1];
	size_t n = u->carried;
	memcpy(joined, u->carry, n);
	joined[n++] = byte;
	return convert_finished(upper_by_table, u, joined, n, out);
}

size_t upper_stream(upper_convert *convert, struct text_upper *u, const void *in, size_t n, void *out)
{
	const uint8_t *from = in;
	uint8_t *to = out;
	for (; u->carried > 0 && n > 0; n--)
		to = finish(u, *from++, to);
	if (n > 0)
		to = convert_finished(convert, u, from, n, to);
	return (size_t)(to - (uint8_t *)out);
}

size_t text_upper(struct text_upper *u, const void *in, size_t n, void *out)
{
	return upper_stream(upper_has_vector() ? upper_by_vector : upper_by_table, u, in, n, out);
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
