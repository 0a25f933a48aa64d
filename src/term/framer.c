#include "framer.h"

#include <string.h>

#include <uproar/text.h>

enum { ESC = 0x1b, DEL = 0x7f };

static const char paste_begin[] = "\033[200~";
static const char paste_end[] = "\033[201~";

void framer_init(struct framer *f, framer_take *take, bool utf8, uint64_t patience)
{
	*f = (struct framer){.take = take, .utf8 = utf8, .patience = patience, .deadline = CLOCK_NEVER};
}

void framer_free(struct framer *f)
{
	buf_free(&f->paste);
	f->size = 0;
	f->pasting = false;
	f->deadline = CLOCK_NEVER;
}

/* --- Pastes --- */

/* The character at s, to be kept in a line: its bytes, 0 to leave out one. */
static size_t usable(const struct framer *f, const char *s, size_t n)
{
	uint32_t cp;
	if ((unsigned char)*s < ' ' || *s == DEL)
		return 0;
	return f->utf8 ? text_decode(s, n, &cp) : 1;
}

/* CR and CRLF become LF, tabs spaces; other control bytes and what is not UTF-8 go, and so do newlines at the end. */
static size_t clean(const struct framer *f, char *s, size_t n, bool *lost)
{
	size_t kept = 0;
	for (size_t i = 0; i < n;) {
		size_t size = usable(f, s + i, n - i), used = size ? size : 1;
		if (size > 0) {
			memmove(s + kept, s + i, size);
			kept += size;
		} else if (s[i] == '\t') {
			s[kept++] = ' ';
		} else if (s[i] == '\n' || s[i] == '\r') {
			used = s[i] == '\r' && i + 1 < n && s[i + 1] == '\n' ? 2 : 1;
			s[kept++] = '\n';
		} else if (s[i] & 0x80) {
			*lost = true;
		}
		i += used;
	}
	while (kept > 0 && s[kept - 1] == '\n')
		kept--;
	return kept;
}

static void end_paste(struct framer *f)
{
	struct buf paste = f->paste;
	char *text = (char *)buf_bytes(&paste);
	bool lost = f->cut;
	size_t n = paste.size ? clean(f, text, paste.size, &lost) : 0;
	f->paste = (struct buf){0};
	f->pasting = false;
	f->deadline = CLOCK_NEVER;
	if (n > 0)
		f->take(FRAME_PASTE, text, n);
	if (lost)
		f->take(FRAME_PASTE_CUT, NULL, 0);
	buf_free(&paste);
}

static void keep(struct framer *f, const char *data, size_t n)
{
	size_t room = FRAMER_PASTE_MAX - f->paste.size;
	if (n > room || buf_append(&f->paste, data, n) == -1)
		f->cut = true;
}

/* ESC is the first byte of the closing bracket and of nothing else in it, so a failed match never hides another. */
static void paste_byte(struct framer *f, char byte)
{
	if (byte == paste_end[f->matched]) {
		if (paste_end[++f->matched] == '\0')
			end_paste(f);
		return;
	}
	keep(f, paste_end, f->matched);
	f->matched = byte == ESC;
	if (byte != ESC)
		keep(f, &byte, 1);
}

static void begin_paste(struct framer *f)
{
	f->pasting = true;
	f->cut = false;
	f->matched = 0;
}

/* --- Keys --- */

static bool is_final(char c)
{
	return c >= '@' && c <= '~';
}

/* Bytes of the UTF-8 character that begins so; 0: none does (RFC 3629). */
static size_t character_size(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	return lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

/* Where the key's last part begins: after an ESC that stands for Alt. */
static size_t after_alt(const struct framer *f)
{
	if (f->size < 2 || f->key[0] != ESC)
		return 0;
	return f->size > 2 && f->key[1] == ESC ? 2 : 1;
}

static bool in_sequence(const struct framer *f, size_t start)
{
	return start > 0 && (f->key[start] == '[' || f->key[start] == 'O');
}

/* ECMA-48: CSI is ESC [, parameters, and a final byte; SS3 is ESC O and one. Linux sends ESC [ [ A for F1. */
static bool is_whole(const struct framer *f)
{
	size_t start = after_alt(f), size = f->size - start;
	if (in_sequence(f, start)) {
		bool linux_console = size > 1 && f->key[start] == '[' && f->key[start + 1] == '[';
		return linux_console ? size == 3 : size > 1 && is_final(f->key[f->size - 1]);
	}
	if (f->key[start] == ESC)
		return false;
	return !f->utf8 || size >= character_size((unsigned char)f->key[start]);
}

/* Can the byte continue the key? Otherwise it begins the next. */
static bool continues(const struct framer *f, unsigned char byte)
{
	size_t start = after_alt(f);
	if (f->size == 0)
		return true;
	if (in_sequence(f, start))
		return byte >= ' ' && byte < DEL;
	if (f->key[start] == ESC)
		return byte != ESC || f->size == 1;
	return text_continues(byte);
}

static void end_key(struct framer *f)
{
	char key[FRAMER_KEY_MAX];
	size_t size = f->size, start = after_alt(f);
	uint32_t cp;
	memcpy(key, f->key, size);
	f->size = 0;
	f->deadline = CLOCK_NEVER;
	if (size == strlen(paste_begin) && memcmp(key, paste_begin, size) == 0)
		begin_paste(f);
	else if (size == strlen(paste_end) && memcmp(key, paste_end, size) == 0)
		return; /* of a paste that took too long */
	else if (f->utf8 && (key[start] & 0x80) && text_decode(key + start, size - start, &cp) != size - start)
		f->take(FRAME_LOST, NULL, 0);
	else
		f->take(key[0] == ESC ? FRAME_SEQUENCE : FRAME_CHARACTER, key, size);
}

static void key_byte(struct framer *f, char byte)
{
	if (!continues(f, (unsigned char)byte))
		end_key(f);
	if (f->size == FRAMER_KEY_MAX)
		f->size--; /* only its end matters any more */
	f->key[f->size++] = byte;
	if (is_whole(f))
		end_key(f);
}

void framer_bytes(struct framer *f, const char *data, size_t n, uint64_t now)
{
	for (size_t i = 0; i < n; i++) {
		if (f->pasting)
			paste_byte(f, data[i]);
		else
			key_byte(f, data[i]);
	}
	if (f->pasting)
		f->deadline = now + FRAMER_PASTE_MS * CLOCK_MS;
	else if (f->size > 0)
		f->deadline = now + f->patience;
}

void framer_tick(struct framer *f, uint64_t now)
{
	if (now < f->deadline)
		return;
	if (f->pasting)
		end_paste(f);
	else if (f->size > 0)
		end_key(f);
}
