#include "line.h"

#include <string.h>

#include <uproar/text.h>

struct line line_begin(struct buf *out)
{
	return (struct line){.out = out, .before = out->size};
}

int line_end(const struct line *l)
{
	if (!l->failed)
		return 0;
	l->out->size = l->before;
	return -1;
}

void line_put(struct line *l, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (!l->failed && buf_vprintf(l->out, format, args) == -1)
		l->failed = true;
	va_end(args);
}

/* One character, as text_cell() shows it. Returns the bytes it takes. */
static size_t put_cell(struct line *l, const char *s, size_t n)
{
	struct text_cell cell;
	size_t used = text_cell(s, n, &cell);
	if (!l->failed && buf_append(l->out, cell.text, cell.size) == -1)
		l->failed = true;
	return used;
}

void line_put_text(struct line *l, const char *s, size_t n)
{
	for (size_t done = 0; done < n;)
		done += put_cell(l, s + done, n - done);
}

/* One character between quotation marks: where C has an escape, that. */
static size_t put_quoted(struct line *l, const char *s, size_t n)
{
	static const char plain[] = "\n\r\t\"\\", escape[] = "nrt\"\\";
	const char *special = *s ? strchr(plain, *s) : NULL;
	unsigned char byte = (unsigned char)*s;

	if (special)
		line_put(l, "\\%c", escape[special - plain]);
	else if (byte < 0x20 || byte == 0x7f)
		line_put(l, "\\x%02x", byte);
	else
		return put_cell(l, s, n);
	return 1;
}

void line_put_string(struct line *l, const char *s, size_t n, uint64_t whole, size_t limit)
{
	size_t shown = 0;

	line_put(l, "\"");
	while (shown < n && shown < limit)
		shown += put_quoted(l, s + shown, n - shown);
	line_put(l, shown < whole ? "\"..." : "\"");
}
