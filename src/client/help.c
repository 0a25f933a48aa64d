#include "help.h"

#include <stdio.h>

#include "bar.h"
#include "commands.h"
#include "rows.h"

enum { KEY_COLUMNS = 26, NARROW = 60, NARROW_INDENT = 4 };

static const char *const introduction = N_(
	"Type a sentence and press Enter. Over TCP its bytes and a newline go into one stream; over UDP they are one "
	"datagram. What the server answers appears in the transcript, with its size and the time that it took. "
	"The manual, uproar(1), explains the rest.");

struct help_key {
	const char *key;
	const char *text; /* to be translated */
};

static const struct help_key first_keys[] = {
	{"Up, Down, Tab", N_("go from field to field; on TCP and UDP, choose")},
	{"t, u, h, p", N_("go to TCP, UDP, host or port, while on TCP or UDP")},
	{"s", N_("let each call of both programs wait for you, or not")},
	{"Enter", N_("start; with no host, with a server of our own")},
	{"Esc", N_("quit")},
};

static const struct help_key replay_keys[] = {
	{"Space", N_("pause, and go on; at the end: begin again")},
	{"Right, .", N_("the next event, now")},
	{"Left, j", N_("ten events back")},
	{"Home, End", N_("go to the beginning of the recording, or to its end")},
	{"0 to 9", N_("go to so many tenths of its time")},
	{"+, -", N_("play it twice as fast, or half as fast")},
	{"/", N_("type a command, such as /save FILE; Ctrl-C twice gives it up")},
	{"q", N_("quit")},
};

static const struct help_key keys[] = {
	{"F1", N_("this help; F1, q or Esc leaves it")},
	{"F2", N_("talk over the other protocol")},
	{"F3", N_("every call of both programs, in place of the transcript or beside it; again: without them")},
	{"F4", N_("the ladder, which has the calls side by side, and what passes between them")},
	{"F5", N_("the statistics")},
	{"F6", N_("the sockets that both programs have now")},
	{"F10, Ctrl-D", N_("quit (Ctrl-D: on an empty line)")},
	{"PgUp, PgDn", N_("scroll the transcript, or what stands in its place, by a page")},
	{"Alt-Up, Alt-Down", N_("scroll it by a line")},
	{"Home, End", N_("on an empty line: go to its beginning, or back to its end")},
	{"Ctrl-Home, Ctrl-End", N_("the same at any time")},
	{"Up, Down, Ctrl-R", N_("earlier sentences, and search among them")},
	{"Tab", N_("complete a command or its argument; on an empty line: give the keys to what is shown")},
	{"Ctrl-C", N_("clear the line; on an empty line: end a burst or a ping, or stop looking up or connecting")},
	{"Ctrl-L", N_("draw the screen again")},
	{"Ctrl-Z", N_("suspend; fg comes back")},
};

static const struct help_key focus_keys[] = {
	{"Tab, Esc, i", N_("back to the input line; Esc in the inspector: back to the view before")},
	{"/", N_("back to the input line, and begin a command there")},
	{"Up, Down", N_("choose a line")},
	{"Enter", N_("open it in the inspector: all that there is to know of it")},
	{"n, N", N_("after /find: the next older place, or the next newer one")},
	{"f", N_("follow the end again")},
	{"a", N_("the ladder: every call as it was made; again: only what matters")},
	{"Left, Right", N_("the ladder: the conversation before or after")},
	{"p", N_("this view alone, so that a mouse can copy it; any key comes back")},
};

static const struct help_key step_keys[] = {
	{"Space", N_("make the call that has waited longest")},
	{"c, s", N_("the client's, the server's")},
	{"b", N_("run on until a call is reached that may block")},
	{"r", N_("run, and end stepping")},
};

/* Lays the page out anew for each drawing: it is short. */
struct page {
	struct view_row *rows; /* those on the screen */
	unsigned width, height;
	size_t top;           /* of the page's rows, the first on the screen */
	size_t count;         /* of the page's rows, so far */
	struct view_row line; /* the logical line being made */
	bool failed;          /* no memory */
};

static bool place(const struct view_row *row, void *arg)
{
	struct page *p = arg;
	size_t y = p->count++;
	if (y < p->top || y >= p->top + p->height)
		return true;
	p->failed |= rows_append(&p->rows[y - p->top], row) == -1;
	return true;
}

static void end_line(struct page *p, unsigned indent)
{
	if (p->line.columns == 0)
		p->count++;
	else
		p->failed |= view_wrap(&p->line, p->width, indent, place, p) == -1;
	view_row_clear(&p->line);
}

static void add_text(struct page *p, enum view_style style, const char *text)
{
	p->failed |= view_row_printf(&p->line, style, "%s", text) == -1;
	end_line(p, 0);
}

/* The key and what it does: side by side, or where that is too narrow, one after the other. */
static void add_entry(struct page *p, const char *key, const char *text)
{
	bool narrow = p->width < NARROW;
	p->failed |= view_row_printf(&p->line, STYLE_YOU, "  %s  ", key) == -1;
	if (!narrow && p->line.columns < KEY_COLUMNS)
		p->failed |= view_row_fit(&p->line, KEY_COLUMNS, STYLE_TEXT) == -1;
	p->failed |= view_row_printf(&p->line, STYLE_TEXT, "%s", text) == -1;
	end_line(p, narrow ? NARROW_INDENT : KEY_COLUMNS);
}

static void add_keys(struct page *p, const char *title, const struct help_key *list, size_t count)
{
	add_text(p, STYLE_NOTE, title);
	for (size_t i = 0; i < count; i++)
		add_entry(p, list[i].key, _(list[i].text));
	end_line(p, 0);
}

static void add_page(struct page *p, const struct help *h)
{
	add_text(p, STYLE_TEXT, _(introduction));
	end_line(p, 0);
	if (h->first)
		add_keys(p, _("KEYS HERE"), first_keys, COUNT(first_keys));
	if (h->replaying)
		add_keys(p, _("KEYS OF THE RECORDING"), replay_keys, COUNT(replay_keys));
	add_keys(p, _("KEYS"), keys, COUNT(keys));
	add_keys(p, _("KEYS OF WHAT IS SHOWN, AFTER TAB"), focus_keys, COUNT(focus_keys));
	add_keys(p, _("THE SAME, AFTER /STEP"), step_keys, COUNT(step_keys));
	add_text(p, STYLE_NOTE, _("COMMANDS"));
	const struct command *command;
	for (size_t i = 0; (command = command_at(i)); i++) {
		char name[64];
		snprintf(name, sizeof name, "/%s %s", command->name, command->arguments);
		add_entry(p, name, _(command->summary));
	}
	add_entry(p, "//...", _("send a sentence that begins with a slash"));
}

static const struct bar_key bar[] = {{"q", N_("back")}, {"PgDn PgUp", N_("more")}};

int help_rows(struct help *h, unsigned width, unsigned height, struct view_row *rows)
{
	if (height > 1 && bar_put(&rows[--height], bar, COUNT(bar), width) == -1)
		return -1;
	struct page p = {.rows = rows, .width = width, .height = height, .top = h->top};
	add_page(&p, h);
	size_t last_top = p.count > height ? p.count - height : 0;
	bool beyond = h->top > last_top;
	if (beyond) {
		h->top = p.top = last_top;
		for (unsigned y = 0; y < height; y++)
			view_row_clear(&rows[y]);
		p.count = 0;
		add_page(&p, h);
	}
	view_row_free(&p.line);
	return p.failed ? -1 : 0;
}

void help_key(struct help *h, enum input_key key, const char *text, unsigned height)
{
	size_t page = height > 1 ? height - 1 : 1;
	switch (key) {
	case INPUT_UP:
	case INPUT_LINE_UP:
		h->top -= h->top > 0;
		break;
	case INPUT_DOWN:
	case INPUT_LINE_DOWN:
		h->top++;
		break;
	case INPUT_PAGE_UP:
		h->top -= h->top < page ? h->top : page;
		break;
	case INPUT_PAGE_DOWN:
		h->top += page;
		break;
	case INPUT_TOP:
		h->top = 0;
		break;
	case INPUT_BOTTOM:
		h->top = SIZE_MAX / 2; /* help_rows() knows where that is */
		break;
	case INPUT_TEXT:
		if (*text == ' ')
			h->top += page;
		h->shown = *text != 'q';
		break;
	case INPUT_HELP:
	case INPUT_ESCAPE:
	case INPUT_ENTER:
	case INPUT_CANCEL:
	case INPUT_QUIT:
		h->shown = false;
		break;
	default:
		break;
	}
}
