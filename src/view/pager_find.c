/*
 * Finding. Uppercase makes both alike: the line's text, and the text that is looked for. It is made one character at a
 * time, so that a match in the uppercase text can be led back to characters of the line.
 */
#include <string.h>

#include <uproar/text.h>

#include "pager_private.h"

/* Makes out the uppercase of a row's text. -1: ENOMEM. */
static int fold(const struct view_row *row, struct buf *out)
{
	buf_clear(out);
	uint8_t *to = buf_reserve(out, TEXT_UPPER_ROOM(row->text.size));
	if (!to || row->failed)
		return -1;
	out->size = row->text.size ? text_upper_whole(buf_bytes(&row->text), row->text.size, to) : 0;
	return 0;
}

/* Where the text is found next in the line's, from this byte of its uppercase on; its end if nowhere. */
static size_t next_match(const struct pager *p, const struct buf *needle, size_t from)
{
	const uint8_t *text = buf_bytes(&p->folded);
	const uint8_t *match = memmem(text + from, p->folded.size - from, buf_bytes(needle), needle->size);
	return match ? (size_t)(match - text) : p->folded.size;
}

static int begin_marks(struct pager *p, size_t n)
{
	uint8_t *found = buf_reserve(&p->found, n);
	if (!found)
		return -1;
	memset(found, 0, n);
	p->found.size = n;
	return 0;
}

int pager_mark(struct pager *p)
{
	buf_clear(&p->found);
	if (p->needle.size == 0)
		return 0;
	if (fold(&p->line, &p->folded) == -1)
		return -1;
	size_t match = next_match(p, &p->needle, 0);
	if (match == p->folded.size)
		return 0;
	if (begin_marks(p, p->line.text.size) == -1)
		return -1;
	const uint8_t *text = buf_bytes(&p->line.text);
	uint8_t *found = buf_bytes(&p->found), upper[TEXT_UPPER_ROOM(4)];
	size_t size, begin = 0, end; /* of a character: its bytes; and where its uppercase is in the whole */
	uint32_t cp;
	for (size_t at = 0; at < p->found.size; at += size, begin = end) {
		size = text_decode(text + at, p->found.size - at, &cp);
		end = begin + text_upper_whole(text + at, size, upper);
		while (match + p->needle.size <= begin)
			match = next_match(p, &p->needle, match + p->needle.size);
		if (match < end)
			memset(found + at, 1, size);
	}
	return 0;
}

/* Whether the text is found in the line. */
static bool has(struct pager *p, const struct buf *needle, uint64_t line, unsigned width)
{
	struct wrap w;
	pager_open(p, line, width, &w);
	return fold(&p->line, &p->folded) == 0 && next_match(p, needle, 0) < p->folded.size;
}

/* The nearest line that has it, from this one on towards older ones (back) or newer ones. PAGER_NONE */
static uint64_t seek(struct pager *p, const struct buf *needle, uint64_t from, bool back, unsigned width)
{
	uint64_t first = pager_first(p), end = pager_end(p);
	for (uint64_t line = from; line >= first && line < end; back ? line-- : line++) {
		if (has(p, needle, line, width))
			return line;
	}
	return PAGER_NONE;
}

/* Chooses the line, and brings the row of it into the window where the text is. */
static void show(struct pager *p, uint64_t line, unsigned width, unsigned height)
{
	struct wrap w;
	size_t offset = 0;
	p->chosen = line;
	pager_open(p, line, width, &w);
	if (pager_mark(p) == 0 && p->found.size) {
		const uint8_t *found = buf_bytes(&p->found);
		offset = (size_t)((const uint8_t *)memchr(found, 1, p->found.size) - found);
	}
	struct place at = pager_place(p, line, offset, width);
	pager_bring(p, &at, width, height);
}

/* The first bytes of a text, so many at most, and no half character. */
static size_t beginning(const char *text, size_t most)
{
	size_t n = strnlen(text, most + 1);
	if (n <= most)
		return n;
	for (n = most; n > most - 3 && text_continues((uint8_t)text[n]);)
		n--;
	return n;
}

/* Makes needle the text as it would be shown, in uppercase. -1: ENOMEM. */
static int make_needle(const char *text, size_t n, struct buf *needle)
{
	struct view_row row = {0};
	int result = view_row_put(&row, STYLE_TEXT, text, n);
	if (result == 0)
		result = fold(&row, needle);
	view_row_free(&row);
	return result;
}

static void look_for(struct pager *p, const char *text, size_t n, struct buf *needle)
{
	memmove(p->wanted, text, n); /* the text may be what pager_found() gave */
	p->wanted[n] = '\0';
	buf_free(&p->needle);
	p->needle = *needle;
}

bool pager_find(struct pager *p, const char *text, unsigned width, unsigned height)
{
	struct buf needle = {0};
	size_t n = beginning(text, PAGER_FIND_MAX);
	if (n == 0)
		look_for(p, "", 0, &needle);
	if (n == 0 || !pager_begin(p, width, height))
		return false;
	uint64_t line = PAGER_NONE;
	if (make_needle(text, n, &needle) == 0 && needle.size > 0)
		line = seek(p, &needle, pager_end(p) - 1, true, width);
	if (line == PAGER_NONE) {
		buf_free(&needle);
		return false;
	}
	look_for(p, text, n, &needle);
	show(p, line, width, height);
	return true;
}

bool pager_find_next(struct pager *p, bool back, unsigned width, unsigned height)
{
	if (p->needle.size == 0 || !pager_begin(p, width, height))
		return false;
	uint64_t from = back ? pager_end(p) - 1 : pager_first(p);
	if (p->chosen != PAGER_NONE)
		from = back ? p->chosen - 1 : p->chosen + 1; /* before line 0 comes UINT64_MAX, which is none */
	uint64_t line = seek(p, &p->needle, from, back, width);
	if (line == PAGER_NONE)
		return false;
	show(p, line, width, height);
	return true;
}

const char *pager_found(const struct pager *p)
{
	return p->wanted;
}
