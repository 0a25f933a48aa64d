/*
 * text - the uppercase service's one computation, UTF-8, and what any byte may look like on a screen.
 *
 * Nothing here fails or depends on the locale's language, and only text_locale() changes anything. Input is any bytes:
 * NUL, invalid UTF-8, overlong forms and surrogates included (RFC 3629 says which those are).
 */
#ifndef UPROAR_TEXT_H
#define UPROAR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Uppercase: the Unicode full mapping without a language (SpecialCasing.txt, unconditional), which is Python's
 * str.upper(): "straße" becomes "STRASSE". Bytes that are not UTF-8 pass through as they are.
 */
enum {
	TEXT_CARRY = 3,  /* bytes of an unfinished character kept between two calls, at most */
	TEXT_GROWTH = 3, /* output bytes for one input byte, at most (U+0390: 2 become 6) */
};

/* The output room that text_upper() needs for n bytes of input. */
#define TEXT_UPPER_ROOM(n) (((n) + TEXT_CARRY) * TEXT_GROWTH)

/* A stream in whose middle we are. All zero is the beginning. */
struct text_upper {
	uint8_t carry[TEXT_CARRY];
	uint8_t carried; /* bytes in carry */
};

/*
 * The next n bytes of a stream. Writes to out, which has TEXT_UPPER_ROOM(n) bytes and does not overlap in;
 * returns the bytes written. However a stream is cut, the outputs put together are the same.
 */
size_t text_upper(struct text_upper *u, const void *in, size_t n, void *out);

/* The end of the stream: an unfinished character is written as it came. At most TEXT_CARRY bytes. */
size_t text_upper_end(struct text_upper *u, void *out);

/* Both in one: a whole text, such as a datagram. out as for text_upper(). */
size_t text_upper_whole(const void *in, size_t n, void *out);

/*
 * Decodes one character of n > 0 bytes at s. Returns its length, 1 to 4, with the code point in *cp; 0 when the
 * bytes at s do not begin a character (then one byte is to be taken as it is).
 */
size_t text_decode(const void *s, size_t n, uint32_t *cp);

/* Whether a character's second or later byte looks like this: 10xxxxxx. */
static inline bool text_continues(uint8_t byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Encodes a code point; returns 1 to 4. */
size_t text_encode(uint32_t cp, char out[4]);

/*
 * A cell: what is drawn as one thing. The text is UTF-8 (or ASCII, where the locale's characters are not UTF-8)
 * that is safe on any terminal: a printable character with up to four combining marks, or, for whatever is not
 * printable, invisible, or changes the direction of writing, an escape: "^A" for a control character of ASCII, "\x85"
 * for a byte that is no character, "\u202e" or "\U000e0041" for a code point. A mark without a base stands on U+25CC.
 *
 * Its columns are what wcwidth() says. What terminals and wcwidth() count differently is not drawn, and belongs to the
 * cell before it: the fifth mark and later ones, the joiner of emoji (U+200D), the variation selectors 15 and 16, skin
 * tones. Only where such a character comes first is it a cell by itself, of no columns.
 */
enum { TEXT_CELL_ROOM = 24 };

struct text_cell {
	char text[TEXT_CELL_ROOM]; /* NUL-terminated */
	uint8_t size;              /* bytes of text */
	uint8_t columns;           /* 0 (nothing is to be drawn), 1, 2, or up to 10 for an escape */
	bool escaped;              /* an escape: to be told apart by its style */
};

/* The cell at the beginning of n > 0 bytes at s; returns how many bytes it stands for, at least 1. */
size_t text_cell(const void *s, size_t n, struct text_cell *cell);

/*
 * Chooses the character set: the environment's locale if its characters are UTF-8, else C.UTF-8 (the environment
 * is changed to say so, since readline asks it again). Sets LC_CTYPE and LC_MESSAGES, and nothing else: numbers look as
 * they do in C, whatever the language. Call it before there are threads. False when neither is there: then text_cell()
 * escapes everything outside ASCII.
 */
bool text_locale(void);
bool text_is_utf8(void); /* whether LC_CTYPE's characters are UTF-8 now */

#endif
