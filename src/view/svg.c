/*
 * Rows as a picture in SVG 1.1 (https://www.w3.org/TR/SVG11/), with a style sheet for light surroundings and for dark
 * ones.
 *
 * Fonts differ in how wide their characters are, and a character that a font does not have comes from another one. So
 * a row is cut into runs, each put at its own column: a word with the spaces behind it, or a single character that is
 * not ASCII. Within a word a font may be a little narrower or wider than the columns; beyond it columns are columns.
 */
#include <errno.h>
#include <string.h>

#include <uproar/text.h>
#include <uproar/views.h>

#include "row.h"

enum {
	SVG_FONT = 20,   /* pixels, of which a character is 0.6 wide in nearly every font of one width */
	SVG_COLUMN = 12, /* wide, */
	SVG_ROW = 24,    /* and high; */
	SVG_BASE = 18,   /* its baseline lies so far below its top */
	SVG_MARGIN = 24,
};

#define SVG_PAPER      "#fcfcfa"
#define SVG_PAPER_DARK "#1c1f26"

/* What must be told apart without colour is so by weight, slant or a line; what the screen reverses stands in a box. */
static const struct look {
	const char *class, *light, *dark, *more;
	bool box; /* text in the colour of the paper, on a box of this colour */
} looks[STYLE_COUNT] = {
	[STYLE_TEXT] = {"text", "#1d2129", "#e4e6ea", "", false},
	[STYLE_YOU] = {"you", "#005a9c", "#7cc4ff", ";font-weight:bold", false},
	[STYLE_SERVER] = {"server", "#00703c", "#6fd39a", "", false},
	[STYLE_FAINT] = {"faint", "#63686f", "#a0a7b2", "", false},
	[STYLE_NOTE] = {"note", "#7a3e9d", "#cf9ff0", "", false},
	[STYLE_WARNING] = {"warning", "#a84b00", "#ffb066", ";font-weight:bold", false},
	[STYLE_ERROR] = {"error", "#c01818", "#ff8a8a", ";font-weight:bold;text-decoration:underline", false},
	[STYLE_LAB] = {"lab", "#6b6400", "#d8cf6a", ";font-style:italic", false},
	[STYLE_ESCAPE] = {"escape", "#4a505a", "#b9bfc9", "", true},
	[STYLE_BAR] = {"bar", "#1d2129", "#e4e6ea", "", true},
	[STYLE_KEY] = {"key", "#1d2129", "#e4e6ea", ";font-weight:bold", false},
	[STYLE_CHOSEN] = {"chosen", "#005a9c", "#7cc4ff", ";font-weight:bold", true},
	[STYLE_FOUND] = {"found", "#7a5c00", "#ffd866", ";text-decoration:underline", true},
};

struct svg {
	struct buf body; /* the rows, without what is around them */
	size_t rows;
	unsigned widest; /* columns of the widest row */
	bool failed;     /* short of memory */
};

/* --- Text in XML --- */

/* XML 1.0 (section 2.2) has no place for these, in whatever guise. */
static bool is_char(uint32_t cp)
{
	return (cp >= 0x20 || cp == '\t' || cp == '\n' || cp == '\r') && cp != 0xfffe && cp != 0xffff;
}

static const char *entity(uint32_t cp)
{
	switch (cp) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	default:
		return is_char(cp) ? NULL : "\xef\xbf\xbd"; /* U+FFFD */
	}
}

static int put_text(struct buf *out, const char *text, size_t n)
{
	int result = 0;
	size_t size;
	for (size_t i = 0; i < n && result == 0; i += size) {
		uint32_t cp = 0;
		size = text_decode(text + i, n - i, &cp);
		const char *instead = size ? entity(cp) : entity(0);
		size = size ? size : 1;
		result = instead ? buf_printf(out, "%s", instead) : buf_append(out, text + i, size);
	}
	return result;
}

/* --- Rows --- */

static bool is_space(const struct row_unit *u)
{
	return u->size == 1 && u->text[0] == ' ';
}

static bool is_ascii(const struct row_unit *u)
{
	return u->size <= 1 || u->style == STYLE_ESCAPE;
}

/* What the row ends with that is not to be seen is left out. Returns the columns that are left, and their bytes. */
static unsigned visible(const struct view_row *row, size_t *bytes)
{
	struct row_walk walk;
	struct row_unit u;
	unsigned column = 0, columns = 0;
	*bytes = 0;
	for (row_walk_start(&walk, row); row_walk_next(&walk, UINT32_MAX, &u);) {
		column += u.columns;
		if (is_space(&u) && !looks[u.style].box)
			continue;
		columns = column;
		*bytes = walk.at;
	}
	return columns;
}

static int put_boxes(struct svg *s, const struct view_row *row, unsigned y)
{
	unsigned column = 0;
	int result = 0;
	for (size_t i = 0; i < row->spans.count && result == 0; i++) {
		const struct view_span *span = ring_at(&row->spans, i);
		if (looks[span->style].box && span->columns > 0)
			result = buf_printf(
				&s->body,
				"<rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" rx=\"3\"/>\n",
				looks[span->style].class, SVG_MARGIN + column * SVG_COLUMN, y,
				span->columns * SVG_COLUMN, SVG_ROW);
		column += span->columns;
	}
	return result;
}

static int open_run(struct svg *s, enum view_style style, unsigned column)
{
	unsigned x = SVG_MARGIN + column * SVG_COLUMN;
	if (style == STYLE_TEXT)
		return buf_printf(&s->body, "<tspan x=\"%u\">", x);
	return buf_printf(&s->body, "<tspan x=\"%u\" class=\"%s\">", x, looks[style].class);
}

/* Whether a unit begins another run than the one before it, which may be none. */
static bool begins_run(const struct row_unit *before, const struct row_unit *u)
{
	return before->size == 0 || before->style != u->style || !is_ascii(before) || !is_ascii(u) ||
	       (is_space(before) && !is_space(u));
}

static int put_runs(struct svg *s, const struct view_row *row, size_t bytes)
{
	struct row_walk walk;
	struct row_unit u, before = {0};
	unsigned column = 0;
	for (row_walk_start(&walk, row); walk.at < bytes && row_walk_next(&walk, UINT32_MAX, &u); before = u) {
		bool begins = begins_run(&before, &u);
		if ((begins && before.size > 0 && buf_printf(&s->body, "</tspan>") == -1) ||
		    (begins && open_run(s, u.style, column) == -1) || put_text(&s->body, u.text, u.size) == -1)
			return -1;
		column += u.columns;
	}
	return buf_printf(&s->body, "</tspan>");
}

static bool put_row(const struct view_row *row, void *arg)
{
	struct svg *s = arg;
	size_t bytes;
	unsigned columns = visible(row, &bytes), y = SVG_MARGIN + (unsigned)s->rows * SVG_ROW;
	if (columns > s->widest)
		s->widest = columns;
	s->rows++;
	if (bytes > 0)
		s->failed = put_boxes(s, row, y) == -1 || buf_printf(&s->body, "<text y=\"%u\">", y + SVG_BASE) == -1 ||
			    put_runs(s, row, bytes) == -1 || buf_printf(&s->body, "</text>\n") == -1;
	return !s->failed;
}

/* --- The picture around them --- */

static int put_inks(struct buf *out, bool dark)
{
	const char *paper = dark ? SVG_PAPER_DARK : SVG_PAPER, *frame = dark ? "#3c424d" : "#c9ccd1";
	int result = buf_printf(out, ".paper{fill:%s;stroke:%s}\ntext{fill:%s}\n", paper, frame,
				dark ? looks[STYLE_TEXT].dark : looks[STYLE_TEXT].light);
	for (int i = STYLE_TEXT + 1; i < STYLE_COUNT && result == 0; i++) {
		const struct look *l = &looks[i];
		const char *ink = dark ? l->dark : l->light;
		result = buf_printf(out, ".%s{fill:%s%s}\n", l->class, l->box ? paper : ink, l->more);
		if (result == 0 && l->box)
			result = buf_printf(out, "rect.%s{fill:%s}\n", l->class, ink);
	}
	return result;
}

static int put_sheet(struct buf *out)
{
	if (buf_printf(out,
		       "<style type=\"text/css\">\n"
		       "text{font:%upx 'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace}\n",
		       SVG_FONT) == -1 ||
	    put_inks(out, false) == -1 || buf_printf(out, "@media (prefers-color-scheme: dark){\n") == -1 ||
	    put_inks(out, true) == -1)
		return -1;
	return buf_printf(out, "}\n</style>\n");
}

/* Whatever bytes a title is of, it becomes text that can be shown. */
static int put_title(struct buf *out, const char *title)
{
	struct view_row row = {0};
	int result = -1;
	if (view_row_put(&row, STYLE_TEXT, title, strlen(title)) == 0 && buf_printf(out, "<title>") == 0 &&
	    put_text(out, (const char *)buf_bytes(&row.text), row.text.size) == 0)
		result = buf_printf(out, "</title>\n");
	view_row_free(&row);
	return result;
}

static int put_head(const struct svg *s, const char *title, struct buf *out)
{
	unsigned width = 2 * SVG_MARGIN + s->widest * SVG_COLUMN;
	size_t height = (size_t)2 * SVG_MARGIN + s->rows * SVG_ROW;
	if (buf_printf(out,
		       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		       "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%u\" height=\"%zu\" "
		       "viewBox=\"0 0 %u %zu\">\n",
		       width, height, width, height) == -1 ||
	    put_title(out, title) == -1 || put_sheet(out) == -1)
		return -1;
	return buf_printf(out,
			  "<rect class=\"paper\" x=\"1\" y=\"1\" width=\"%u\" height=\"%zu\" rx=\"12\" "
			  "stroke-width=\"2\"/>\n<g xml:space=\"preserve\">\n",
			  width - 2, height - 2);
}

int save_svg(struct pager *p, const char *title, unsigned width, struct buf *out)
{
	struct svg s = {0};
	size_t before = out->size;
	int result = pager_all(p, width, put_row, &s);
	if (result == -1 || s.failed || put_head(&s, title, out) == -1 ||
	    buf_append(out, buf_bytes(&s.body), s.body.size) == -1 || buf_printf(out, "</g>\n</svg>\n") == -1) {
		out->size = before;
		errno = ENOMEM;
		result = -1;
	}
	buf_free(&s.body);
	return result;
}
