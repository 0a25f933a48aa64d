/*
 * Views as files: as text, and as a picture, which an XML parser that is not ours reads back.
 */
#include <unistd.h>

#include <uproar/views.h>

#include "test_view_pager.h"

static char *as_string(struct buf *b)
{
	assert_int_equal(buf_append(b, "", 1), 0);
	return (char *)buf_bytes(b);
}

static void assert_saved(struct screen *s, const char *expected)
{
	struct buf out = {0};
	assert_int_equal(buf_append(&out, "before: ", 8), 0);
	assert_int_equal(save_text(s->pager, s->width, &out), 0);
	char *all = as_string(&out);
	assert_memory_equal(all, "before: ", 8);
	assert_string_equal(all + 8, expected);
	buf_free(&out);
}

static void test_text(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 10, 1, 5);
	s.toy.texts[2] = "hello world  ";
	s.toy.texts[3] = "   ";
	s.toy.texts[4] = "中\033[m";
	s.toy.indent = 2;
	move(&s, MOVE_HOME);
	assert_saved(&s, "1\nhello\n  world\n\n中^[[m\n5\n");
	pager_clear(s.pager);
	assert_saved(&s, "");
	close_screen(&s);
}

/* Neither a window nor what is chosen or looked for has to do with it. */
static void test_text_of_a_long_view(void **state)
{
	(void)state;
	enum { LINES = 20000 };
	struct screen s;
	struct buf expected = {0};
	open_screen(&s, 20, 5, LINES);
	choose(&s, -1);
	assert_true(find(&s, "19998"));
	for (int i = 1; i <= LINES; i++)
		buf_printf(&expected, "%d\n", i);
	assert_saved(&s, as_string(&expected));
	assert_int_equal(pager_chosen(s.pager), 19998);
	buf_free(&expected);
	close_screen(&s);
}

/* --- The picture --- */

static char *svg_of(struct screen *s, const char *title)
{
	struct buf out = {0};
	assert_int_equal(save_svg(s->pager, title, s->width, &out), 0);
	return as_string(&out);
}

static void assert_has(const char *svg, const char *part)
{
	if (!strstr(svg, part))
		fail_msg("no %s in\n%s", part, svg);
}

static void assert_has_not(const char *svg, const char *part)
{
	if (strstr(svg, part))
		fail_msg("%s in\n%s", part, svg);
}

static void test_runs_stand_at_their_columns(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 1, 3);
	s.toy.texts[1] = "two words  here";
	s.toy.texts[2] = "a中文b e\u0301x";
	s.toy.texts[3] = "  <&>\"  ";
	char *svg = svg_of(&s, "A <title> & \033");
	assert_has(svg, "<title>A &lt;title&gt; &amp; ^[</title>");
	assert_has(svg, "<text y=\"42\"><tspan x=\"24\">two </tspan><tspan x=\"72\">words  </tspan>"
			"<tspan x=\"156\">here</tspan></text>");
	assert_has(svg, "<text y=\"66\"><tspan x=\"24\">a</tspan><tspan x=\"36\">中</tspan><tspan x=\"60\">文</tspan>"
			"<tspan x=\"84\">b </tspan><tspan x=\"108\">e\u0301</tspan><tspan x=\"120\">x</tspan></text>");
	assert_has(svg, "<tspan x=\"24\">  </tspan><tspan x=\"48\">&lt;&amp;&gt;\"</tspan></text>");
	free(svg);
	close_screen(&s);
}

static void test_it_is_as_large_as_its_rows(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 40, 1, 4);
	s.toy.texts[1] = "22 columns, with \033 in";
	s.toy.texts[2] = "spaces                          ";
	s.toy.texts[3] = "";
	char *svg = svg_of(&s, "");
	assert_has(svg, "width=\"312\" height=\"144\" viewBox=\"0 0 312 144\"");
	assert_has(svg, "<tspan x=\"24\">spaces</tspan>");
	assert_has_not(svg, "y=\"90\""); /* of the empty line */
	assert_has(svg, "y=\"114\"");
	free(svg);
	pager_clear(s.pager);
	svg = svg_of(&s, "");
	assert_has(svg, "viewBox=\"0 0 48 48\"");
	assert_has_not(svg, "<tspan");
	free(svg);
	close_screen(&s);
}

/* Each style in a line of its own, between spaces. */
static void styles_line(void *view, uint64_t number, unsigned width, struct view_row *line, unsigned *indent)
{
	(void)view, (void)width, (void)indent;
	view_row_put(line, (enum view_style)number, " x ", 3);
}

static const struct pager_lines styles_lines = {toy_update, toy_first, toy_end, styles_line, toy_event};

static void test_styles(void **state)
{
	(void)state;
	struct screen s = {.width = 40, .toy.end = STYLE_COUNT};
	s.pager = pager_new(&styles_lines, &s.toy);
	char *svg = svg_of(&s, "styles"), *rest = svg;
	assert_has(svg, "<tspan x=\"36\" class=\"error\">x</tspan>");
	assert_has(svg, "@media (prefers-color-scheme: dark)");
	/* What is reversed on the screen stands in a box, with its spaces. */
	assert_has(svg,
		   "<rect class=\"bar\" x=\"24\" y=\"240\" width=\"36\" height=\"24\" rx=\"3\"/>\n<text y=\"258\">");
	assert_has(svg, "<tspan x=\"36\" class=\"bar\">x </tspan>");
	assert_has_not(svg, "class=\"text\"");
	for (int i = 0; i < STYLE_COUNT; i++, rest++)
		assert_non_null(rest = strstr(rest, "<text "));
	assert_null(strstr(rest, "<text "));
	free(svg);
	close_screen(&s);
}

/* A view that does not keep to what rows are made of, one cell of one column each. */
static void raw_line(void *view, uint64_t number, unsigned width, struct view_row *line, unsigned *indent)
{
	static const char *const raw[] = {"a\x1b", "b\xff", "\xef\xbf\xbe", "\xef\xbf\xbf", "\xed\xa0\x80", "c"};
	(void)view, (void)width, (void)indent;
	assert_int_equal(buf_append(&line->text, raw[number], strlen(raw[number])), 0);
	line->spans.item = sizeof(struct view_span);
	*(struct view_span *)ring_push(&line->spans) =
		(struct view_span){STYLE_ESCAPE, (uint32_t)strlen(raw[number]), 1};
	line->columns = 1;
}

static const struct pager_lines raw_lines = {toy_update, toy_first, toy_end, raw_line, toy_event};

/* --- Read back --- */

static const char reader[] = "import sys, xml.etree.ElementTree as tree\n"
			     "root = tree.parse(sys.argv[1]).getroot()\n"
			     "svg = \"{http://www.w3.org/2000/svg}\"\n"
			     "assert root.tag == svg + \"svg\" and root.get(\"version\") == \"1.1\"\n"
			     "out = open(sys.argv[2], \"w\", encoding=\"utf-8\", newline=\"\")\n"
			     "for text in root.iter(svg + \"text\"):\n"
			     "    print(\"\".join(text.itertext()), file=out)\n";

/* The rows of text in the picture, as Python's parser has them. To be freed; NULL without Python. */
static char *read_back(const char *svg)
{
	char from[] = "/tmp/uproar-svg-XXXXXX", to[] = "/tmp/uproar-txt-XXXXXX", command[2048];
	int a = mkstemp(from), b = mkstemp(to);
	assert_true(a != -1 && b != -1);
	size_t size = strlen(svg);
	assert_int_equal(write(a, svg, size), size);
	close(a);
	close(b);
	snprintf(command, sizeof command, "command -v python3 >/dev/null || exit 77; python3 -c '%s' %s %s", reader,
		 from, to);
	int status = system(command);
	struct buf text = {0};
	FILE *f = fopen(to, "r");
	assert_non_null(f);
	for (int c; (c = getc(f)) != EOF;) {
		char byte = (char)c;
		buf_append(&text, &byte, 1);
	}
	fclose(f);
	unlink(from);
	unlink(to);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		buf_free(&text);
		return NULL;
	}
	assert_int_equal(status, 0);
	return as_string(&text);
}

/* What the text of a file has, without empty lines, which are no text in the picture. */
static char *without_empty_lines(struct screen *s)
{
	struct buf text = {0}, all = {0};
	assert_int_equal(save_text(s->pager, s->width, &text), 0);
	for (char *line = strtok(as_string(&text), "\n"); line; line = strtok(NULL, "\n"))
		buf_printf(&all, "%s\n", line);
	buf_free(&text);
	return as_string(&all);
}

static void assert_reads_back(struct screen *s, const char *title)
{
	char *svg = svg_of(s, title), *expected = without_empty_lines(s), *text = read_back(svg);
	free(svg);
	if (!text) {
		free(expected);
		skip();
	}
	assert_string_equal(text, expected);
	free(text);
	free(expected);
}

static void test_any_bytes_read_back(void **state)
{
	(void)state;
	char text[TOY_TEXTS][64];
	struct screen s;
	unsigned byte = 1;
	open_screen(&s, 33, 5, TOY_TEXTS - 1);
	for (int i = 1; i < TOY_TEXTS; i++) {
		for (size_t j = 0; j < sizeof text[i] - 1; j++, byte = byte * 75 % 65537)
			text[i][j] = (char)(byte % 255 + 1);
		text[i][sizeof text[i] - 1] = '\0';
		s.toy.texts[i] = text[i];
	}
	s.toy.texts[1] =
		"<!-- <![CDATA[ &amp; ]]> --> 中文 \xef\xbf\xbe \xef\xbf\xbf \xed\xa0\x80 \u202e\u200d é e\u0301";
	s.toy.indent = 4;
	assert_reads_back(&s, "]]></title> \"'& \xff\x01 中");
	close_screen(&s);
}

static void test_a_long_view_reads_back(void **state)
{
	(void)state;
	struct screen s;
	open_screen(&s, 80, 5, 20000);
	assert_reads_back(&s, "long");
	close_screen(&s);
}

static void test_what_xml_forbids_is_replaced(void **state)
{
	(void)state;
	struct screen s = {.width = 40, .toy.end = 6};
	s.pager = pager_new(&raw_lines, &s.toy);
	char *svg = svg_of(&s, "raw"), *text = read_back(svg);
	free(svg);
	close_screen(&s);
	if (!text)
		skip();
	assert_string_equal(text, "a\ufffd\nb\ufffd\n\ufffd\n\ufffd\n\ufffd\ufffd\ufffd\nc\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_of_a_long_view),
		cmocka_unit_test(test_runs_stand_at_their_columns),
		cmocka_unit_test(test_it_is_as_large_as_its_rows),
		cmocka_unit_test(test_styles),
		cmocka_unit_test(test_any_bytes_read_back),
		cmocka_unit_test(test_a_long_view_reads_back),
		cmocka_unit_test(test_what_xml_forbids_is_replaced),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
