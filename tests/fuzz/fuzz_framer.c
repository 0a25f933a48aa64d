/*
 * Any bytes from a terminal, however they come, as keys and pastes. Input: a byte of settings, then pieces: a byte that
 * says how long a piece is and whether time passes after it, and the piece.
 */
#include <string.h>

#include <uproar/text.h>

#include "../../src/term/framer.h"
#include "fuzz.h"

enum { PATIENCE = 50, PIECE = 31, PAUSE = 0x80 };

static struct framer framer;
static size_t given, taken;

static void check_paste(const char *s, size_t n)
{
	check(n > 0 && n <= FRAMER_PASTE_MAX && s[n - 1] != '\n');
	for (size_t i = 0; i < n;) {
		uint32_t cp = (uint8_t)s[i];
		size_t size = framer.utf8 ? text_decode(s + i, n - i, &cp) : 1;
		check(size > 0 && (cp >= ' ' || cp == '\n') && cp != 0x7f);
		i += size;
	}
}

static void take(enum frame kind, const char *data, size_t n)
{
	uint32_t cp;
	taken += n;
	switch (kind) {
	case FRAME_CHARACTER:
		check(n >= 1 && *data != '\033');
		check(framer.utf8 ? text_decode(data, n, &cp) == n : n == 1);
		break;
	case FRAME_SEQUENCE:
		check(n >= 1 && n <= FRAMER_KEY_MAX && *data == '\033');
		check(n != 6 || memcmp(data, "\033[200~", n) != 0);
		break;
	case FRAME_PASTE:
		check_paste(data, n);
		break;
	default:
		check(n == 0);
	}
}

static void wait_out(uint64_t *now)
{
	while (framer.deadline != CLOCK_NEVER) {
		*now = framer.deadline;
		framer_tick(&framer, *now);
		check(framer.deadline > *now);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct input in = {input, n};
	uint64_t now = CLOCK_SECOND;
	given = taken = 0;
	framer_init(&framer, take, take_byte(&in) & 1, PATIENCE * CLOCK_MS);
	while (in.left > 0) {
		uint8_t head = take_byte(&in);
		size_t size = head & PIECE;
		const uint8_t *bytes = take_bytes(&in, &size);
		framer_bytes(&framer, (const char *)bytes, size, now);
		given += size;
		check(framer.size <= FRAMER_KEY_MAX);
		check((framer.deadline == CLOCK_NEVER) == (!framer.pasting && framer.size == 0));
		if (head & PAUSE)
			wait_out(&now);
	}
	wait_out(&now);
	check(framer.size == 0 && !framer.pasting);
	check(taken <= given);
	framer_free(&framer);
	/* The next key is whole again. */
	size_t before = taken;
	framer_bytes(&framer, "a", 1, now);
	check(taken == before + 1);
	framer_free(&framer);
	return 0;
}
