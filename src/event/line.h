/*
 * line - a line of text that is being written to the end of a buffer. Nothing in it leaves its bytes as they are unless
 * they are safe on any terminal.
 */
#ifndef EVENT_LINE_H
#define EVENT_LINE_H

#include <uproar/base.h>

/* Once memory has run out nothing more goes into it, and that is asked at the end. */
struct line {
	struct buf *out;
	size_t before; /* bytes of the buffer that are none of the line's */
	bool failed;
};

struct line line_begin(struct buf *out);
int line_end(const struct line *l); /* -1: ENOMEM, and the buffer is as it was */

void line_put(struct line *l, const char *format, ...) __attribute__((format(printf, 2, 3))); /* words of our own */
void line_put_text(struct line *l, const char *s, size_t n);                                  /* foreign ones */

/* A string of `whole` bytes in quotation marks, of which the first n are at hand, and at most `limit` are shown. */
void line_put_string(struct line *l, const char *s, size_t n, uint64_t whole, size_t limit);
enum { LINE_DATA = 32 }; /* as strace limits it */

#endif
