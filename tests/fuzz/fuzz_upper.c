/*
 * Any bytes as a stream to be uppercased, cut anywhere: in each of the ways that it may be done. Input: sizes of
 * pieces, each followed by the piece.
 *
 * What must come out is made here as simply as can be: one character after the other, by libunistring.
 */
#include <string.h>
#include <unicase.h>
#include <unistr.h>

#include <uproar/base.h>
#include <uproar/text.h>

#include "../../src/text/upper.h"
#include "fuzz.h"

enum { TEXT_MAX = 4096 };

struct text {
	uint8_t bytes[TEXT_UPPER_ROOM(TEXT_MAX)];
	size_t size;
};

static void add(struct text *t, const uint8_t *bytes, size_t n)
{
	if (n > 0)
		memcpy(t->bytes + t->size, bytes, n);
	t->size += n;
}

static void add_upper(struct text *t, const uint8_t *character, size_t n)
{
	uint8_t upper[4 * TEXT_GROWTH];
	size_t size = sizeof upper;
	check(u8_toupper(character, n, NULL, NULL, upper, &size) == upper);
	add(t, upper, size);
}

static void make_reference(const struct text *in, struct text *out)
{
	out->size = 0;
	for (size_t i = 0; i < in->size;) {
		ucs4_t cp;
		int length = u8_mbtoucr(&cp, in->bytes + i, in->size - i);
		if (length > 0)
			add_upper(out, in->bytes + i, (size_t)length);
		else
			add(out, in->bytes + i, 1);
		i += length > 0 ? (size_t)length : 1;
	}
}

/* What is kept back can only be the beginning of a character. */
static void check_carry(const struct text_upper *u)
{
	ucs4_t cp;
	check(u->carried <= TEXT_CARRY);
	check(u->carried == 0 || u8_mbtoucr(&cp, u->carry, u->carried) == -2);
}

/* The next piece, in memory of just its size and to a room of just what it needs, so that a step beyond is noticed. */
static void convert_piece(upper_convert *way, struct text_upper *u, const uint8_t *piece, size_t n, struct text *out)
{
	uint8_t *in = malloc(n + (n == 0)), *room = malloc(TEXT_UPPER_ROOM(n));
	check(in && room);
	if (n > 0)
		memcpy(in, piece, n);
	size_t size = way ? upper_stream(way, u, in, n, room) : text_upper(u, in, n, room);
	check(size <= TEXT_UPPER_ROOM(n));
	check_carry(u);
	add(out, room, size);
	free(in);
	free(room);
}

/* Converts the pieces of an input, and joins what they are made of. No way is text_upper(). */
static void convert(upper_convert *way, struct input input, struct text *joined, struct text *out)
{
	struct text_upper u = {0};
	joined->size = out->size = 0;
	while (input.left > 0) {
		size_t n = take_byte(&input);
		const uint8_t *piece = take_bytes(&input, &n);
		add(joined, piece, n);
		convert_piece(way, &u, piece, n, out);
	}
	uint8_t end[TEXT_CARRY];
	add(out, end, text_upper_end(&u, end));
	check(u.carried == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	static struct text joined, expected, out;
	upper_convert *const ways[] = {NULL, upper_by_table, upper_has_vector() ? upper_by_vector : upper_by_table};
	if (n > TEXT_MAX)
		return 0;
	for (size_t i = 0; i < COUNT(ways); i++) {
		convert(ways[i], (struct input){input, n}, &joined, &out);
		if (i == 0)
			make_reference(&joined, &expected);
		check(out.size == expected.size && memcmp(out.bytes, expected.bytes, out.size) == 0);
	}
	out.size = text_upper_whole(joined.bytes, joined.size, out.bytes);
	check(out.size == expected.size && memcmp(out.bytes, expected.bytes, out.size) == 0);
	return 0;
}
