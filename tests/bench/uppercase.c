/*
 * The uppercase by itself, in memory: by what uproard does, and beside it by a plain copy, which is the least that can
 * be done, and by the libraries that know all of Unicode, too.
 */
#include <err.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unicase.h>

#include <uproar/text.h>

#include "../../src/text/upper.h"
#include "report.h"

/* ICU takes part where its headers are. */
#if __has_include(<unicode/ucasemap.h>)
#include <unicode/ucasemap.h>
#define HAVE_ICU 1
#else
#define HAVE_ICU 0
#endif

enum {
	SIZE = 1 << 20, /* of a text */
	PIECE_MAX = 16 << 10,
	PIECE_MIN = 64,
	BIT_MAX = 64, /* of the prose, in a row */
	SEED = 12000,
	ROUNDS = 15,
};

#define SLICE (2 * CLOCK_MS)

/* A text, and where its pieces begin; the last of from[] is where it ends. No piece ends within a character. */
struct pieces {
	uint8_t text[SIZE];
	uint32_t from[2 * SIZE / PIECE_MIN];
	size_t count;
};

static struct pieces pieces;
static uint8_t out[TEXT_UPPER_ROOM(PIECE_MAX)], expected[TEXT_UPPER_ROOM(PIECE_MAX)];

/* --- Ways to do it: each returns the size of what it wrote --- */

typedef size_t convert(const uint8_t *in, size_t n, uint8_t *to);

static size_t copy(const uint8_t *in, size_t n, uint8_t *to)
{
	memcpy(to, in, n);
	return n;
}

static size_t by_uproar(const uint8_t *in, size_t n, uint8_t *to)
{
	return text_upper_whole(in, n, to);
}

static size_t by_table(const uint8_t *in, size_t n, uint8_t *to)
{
	return (size_t)(upper_by_table(in, n, to) - to);
}

static size_t by_libunistring(const uint8_t *in, size_t n, uint8_t *to)
{
	size_t size = TEXT_UPPER_ROOM(n);
	return u8_toupper(in, n, NULL, NULL, to, &size) ? size : 0;
}

#if HAVE_ICU
static size_t by_icu(const uint8_t *in, size_t n, uint8_t *to)
{
	static UCaseMap *map;
	UErrorCode error = U_ZERO_ERROR;
	if (!map)
		map = ucasemap_open("", 0, &error);
	return (size_t)ucasemap_utf8ToUpper(map, (char *)to, (int32_t)TEXT_UPPER_ROOM(n), (const char *)in, (int32_t)n,
					    &error);
}
#else
#define by_icu NULL
#endif

enum way { MEMCPY, UPROAR, TABLE, LIBUNISTRING, ICU, WAYS };

static const struct {
	const char *name;
	convert *convert;
} ways[WAYS] = {
	[MEMCPY] = {"memcpy", copy},       [UPROAR] = {"uproar", by_uproar},
	[TABLE] = {"its table", by_table}, [LIBUNISTRING] = {"libunistring", by_libunistring},
	[ICU] = {"ICU", by_icu}, /* NULL: it is not there */
};

/* --- Texts --- */

/* Bits of the prose from anywhere in it, so that no processor learns the text by heart. */
static void write_text(const char *words)
{
	size_t length = strlen(words), size = 0;
	for (uint64_t n = 0; size + BIT_MAX < SIZE; n++) {
		uint64_t chance = random_at(SEED, n);
		size_t from = chance % length, end = from + (chance >> 32) % BIT_MAX;
		while (text_continues((uint8_t)words[from]))
			from--;
		end = end < length ? end : length;
		while (end < length && text_continues((uint8_t)words[end]))
			end--;
		if (end <= from)
			continue;
		memcpy(pieces.text + size, words + from, end - from);
		size += end - from;
	}
	memset(pieces.text + size, '.', SIZE - size);
}

static void cut(size_t piece)
{
	uint32_t at = 0;
	for (pieces.count = 0; at < SIZE; pieces.count++) {
		pieces.from[pieces.count] = at;
		at = at + piece < SIZE ? at + (uint32_t)piece : SIZE;
		while (at < SIZE && text_continues(pieces.text[at]))
			at--;
	}
	pieces.from[pieces.count] = SIZE;
}

static size_t convert_piece(convert *way, size_t i, uint8_t *to)
{
	return way(pieces.text + pieces.from[i], pieces.from[i + 1] - pieces.from[i], to);
}

static bool right(convert *way)
{
	for (size_t i = 0; i < pieces.count; i++) {
		size_t size = convert_piece(by_table, i, expected);
		if (convert_piece(way, i, out) != size || memcmp(out, expected, size) != 0)
			return false;
	}
	return true;
}

/* --- Speed --- */

/* GB/s, which are bytes a nanosecond. The clock is looked at not too often. */
static double speed(convert *way, uint64_t duration)
{
	uint64_t from = clock_now(), now;
	size_t bytes = 0, i = 0;
	do {
		for (size_t until = bytes + PIECE_MAX; bytes < until; i = i + 1 < pieces.count ? i + 1 : 0) {
			convert_piece(way, i, out);
			bytes += pieces.from[i + 1] - pieces.from[i];
		}
		now = clock_now();
	} while (now - from < duration);
	return (double)bytes / (double)(now - from);
}

static void play_round(const char *topic, const char *row, const bool plays[])
{
	double speeds[WAYS] = {0};
	for (size_t i = 0; i < WAYS; i++) {
		if (!plays[i])
			continue;
		speeds[i] = speed(ways[i].convert, SLICE);
		report_cell(topic, row, ways[i].name, speeds[i],
			    i == MEMCPY ? (double)NAN : speeds[i] / speeds[MEMCPY]);
	}
	if (plays[ICU])
		report_cell(topic, row, "x ICU", speeds[UPROAR] / speeds[ICU], (double)NAN);
}

static void measure(const char *topic, const struct prose *p, size_t piece)
{
	bool plays[WAYS];
	write_text(p->words);
	cut(piece);
	for (size_t i = 0; i < WAYS; i++) {
		plays[i] = ways[i].convert && (i == MEMCPY || right(ways[i].convert));
		if (ways[i].convert && !plays[i])
			warnx("%s has another uppercase of %s", ways[i].name, p->name);
	}
	for (unsigned i = 0; i < scaled(ROUNDS); i++)
		play_round(topic, p->name, plays);
}

void uppercase_measure(void)
{
	for (size_t i = 0; i < PROSE_COUNT; i++) {
		measure("uppercase of 1 MiB in pieces of 16 KiB (goals: ASCII >= 0.4 of memcpy; all >= 15 times ICU)",
			&prose[i], PIECE_MAX);
		measure("uppercase of 1 MiB in pieces of 64 bytes (goal: all >= 1 GB/s)", &prose[i], PIECE_MIN);
	}
	if (!HAVE_ICU)
		puts("ICU is not installed; on Debian: apt-get install libicu-dev");
}
