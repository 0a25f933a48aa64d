#include "picker.h"

#include <string.h>

#include <uproar/text.h>

#include "bar.h"
#include "options.h"

enum { TITLE_ROWS = 4 };

static void set_text(struct picker_text *t, const char *text)
{
	t->size = text ? strnlen(text, PICKER_TEXT - 1) : 0;
	if (t->size)
		memcpy(t->bytes, text, t->size);
	t->bytes[t->size] = '\0';
	t->cursor = t->size;
}

void picker_init(struct picker *p, const char *host, const char *port)
{
	*p = (struct picker){.protocol = PROTOCOL_TCP};
	set_text(&p->host, host);
	set_text(&p->port, host ? port : NULL);
}

/* --- Keys --- */

/* The place one character before or after another, never inside of one. */
static size_t left_of(const struct picker_text *t, size_t at)
{
	while (at > 0 && text_continues((uint8_t)t->bytes[--at]))
		;
	return at;
}

static size_t right_of(const struct picker_text *t, size_t at)
{
	while (at < t->size && text_continues((uint8_t)t->bytes[++at]))
		;
	return at;
}

static void erase(struct picker_text *t, size_t from, size_t to)
{
	memmove(t->bytes + from, t->bytes + to, t->size - to + 1);
	t->size -= to - from;
	t->cursor = from;
}

static void insert(struct picker_text *t, const char *text, size_t n)
{
	if (t->size + n >= PICKER_TEXT || *text == ' ')
		return;
	memmove(t->bytes + t->cursor + n, t->bytes + t->cursor, t->size - t->cursor + 1);
	memcpy(t->bytes + t->cursor, text, n);
	t->size += n;
	t->cursor += n;
}

static void edit(struct picker_text *t, enum input_key key, const char *text, size_t n)
{
	if (key == INPUT_TEXT)
		insert(t, text, n);
	else if (key == INPUT_BACKSPACE)
		erase(t, left_of(t, t->cursor), t->cursor);
	else if (key == INPUT_DELETE)
		erase(t, t->cursor, right_of(t, t->cursor));
	else if (key == INPUT_LEFT)
		t->cursor = left_of(t, t->cursor);
	else if (key == INPUT_RIGHT)
		t->cursor = right_of(t, t->cursor);
	else if (key == INPUT_TOP)
		t->cursor = 0;
	else if (key == INPUT_BOTTOM)
		t->cursor = t->size;
}

/* On a protocol, moving chooses it. */
static void go_to(struct picker *p, enum picker_field field)
{
	p->field = field;
	if (field == PICK_TCP || field == PICK_UDP)
		p->protocol = field == PICK_TCP ? PROTOCOL_TCP : PROTOCOL_UDP;
}

static void choose(struct picker *p, enum input_key key, const char *text)
{
	bool to_tcp = key == INPUT_LEFT || (key == INPUT_TEXT && (*text == 't' || *text == 'T'));
	bool to_udp = key == INPUT_RIGHT || (key == INPUT_TEXT && (*text == 'u' || *text == 'U'));
	bool other = key == INPUT_TEXT && *text == ' ';
	bool step = key == INPUT_TEXT && (*text == 's' || *text == 'S');
	if (step || (other && p->field == PICK_STEP))
		p->step = !p->step;
	else if (to_tcp || (other && p->field == PICK_UDP))
		go_to(p, PICK_TCP);
	else if (to_udp || other)
		go_to(p, PICK_UDP);
	else if (key == INPUT_TEXT && (*text == 'h' || *text == 'H'))
		go_to(p, PICK_HOST);
	else if (key == INPUT_TEXT && (*text == 'p' || *text == 'P'))
		go_to(p, PICK_PORT);
}

/* Tab stops once at the protocol, where it was chosen; the arrows stop at both. */
static enum picker_field next_field(const struct picker *p, enum input_key key)
{
	enum picker_field chosen = p->protocol == PROTOCOL_TCP ? PICK_TCP : PICK_UDP;
	switch (key) {
	case INPUT_UP:
		return p->field == PICK_TCP ? PICK_PORT : p->field - 1;
	case INPUT_DOWN:
		return p->field == PICK_PORT ? PICK_TCP : p->field + 1;
	case INPUT_TAB:
		return p->field == PICK_HOST ? PICK_PORT : p->field == PICK_PORT ? chosen : PICK_HOST;
	case INPUT_BACKTAB:
		return p->field == PICK_HOST ? chosen : p->field == PICK_PORT ? PICK_HOST : PICK_PORT;
	default:
		return p->field;
	}
}

/* A port alone means this computer. */
const char *picker_host(const struct picker *p)
{
	return p->host.size ? p->host.bytes : p->port.size ? "localhost" : NULL;
}

const char *picker_port(const struct picker *p)
{
	return p->port.size ? p->port.bytes : OPTIONS_PORT;
}

enum picker_result picker_key(struct picker *p, enum input_key key, const char *text, size_t n)
{
	p->problem = NULL;
	switch (key) {
	case INPUT_ENTER:
		p->problem = options_address_problem(picker_host(p), picker_port(p));
		return p->problem ? PICKER_GOES_ON : PICKER_STARTS;
	case INPUT_ESCAPE:
	case INPUT_QUIT:
	case INPUT_CANCEL:
		return PICKER_LEAVES;
	case INPUT_PROTOCOL:
		go_to(p, p->protocol == PROTOCOL_TCP ? PICK_UDP : PICK_TCP);
		break;
	case INPUT_UP:
	case INPUT_DOWN:
	case INPUT_TAB:
	case INPUT_BACKTAB:
		/* Going up to the protocols keeps the one that was chosen. */
		if (key == INPUT_UP && p->field == PICK_STEP)
			go_to(p, p->protocol == PROTOCOL_TCP ? PICK_TCP : PICK_UDP);
		else
			go_to(p, next_field(p, key));
		break;
	default:
		if (p->field == PICK_HOST)
			edit(&p->host, key, text, n);
		else if (p->field == PICK_PORT)
			edit(&p->port, key, text, n);
		else
			choose(p, key, text);
	}
	return PICKER_GOES_ON;
}

/* --- Rows --- */

/* What an empty field stands for. */
static const char *usual(const struct picker *p, enum picker_field field)
{
	if (field == PICK_PORT)
		return p->host.size ? OPTIONS_PORT : _("chosen by the system");
	return picker_host(p) ? picker_host(p) : _("a server of our own");
}

static int protocol_row(const struct picker *p, enum picker_field field, struct view_row *row)
{
	bool tcp = field == PICK_TCP;
	bool chosen = p->protocol == (tcp ? PROTOCOL_TCP : PROTOCOL_UDP);
	enum view_style style = p->field == field ? STYLE_CHOSEN : STYLE_TEXT;
	const char *what =
		tcp ? _("one stream of bytes: all arrive, in order") : _("datagrams: each on its own, and may be lost");
	if (view_row_printf(row, style, "%s (%s) %s ", p->field == field ? ">" : " ", chosen ? "*" : " ",
			    tcp ? "TCP" : "UDP") == -1)
		return -1;
	return view_row_printf(row, STYLE_FAINT, " %s", what);
}

static int step_row(const struct picker *p, struct view_row *row)
{
	bool here = p->field == PICK_STEP;
	if (view_row_printf(row, here ? STYLE_CHOSEN : STYLE_TEXT, "%s [%s] %s ", here ? ">" : " ", p->step ? "x" : " ",
			    _("Step")) == -1)
		return -1;
	return view_row_printf(row, STYLE_FAINT, " %s", _("each call waits for you"));
}

static int text_row(const struct picker *p, enum picker_field field, struct view_row *row, unsigned *x)
{
	const struct picker_text *t = field == PICK_HOST ? &p->host : &p->port;
	enum view_style style = p->field == field ? STYLE_CHOSEN : STYLE_TEXT;
	if (view_row_printf(row, style, "%s %s ", p->field == field ? ">" : " ",
			    field == PICK_HOST ? _("Host:") : _("Port:")) == -1 ||
	    view_row_put(row, STYLE_TEXT, t->bytes, t->cursor) == -1)
		return -1;
	if (p->field == field)
		*x = row->columns;
	if (t->size == 0)
		return view_row_printf(row, STYLE_FAINT, "(%s)", usual(p, field));
	return view_row_put(row, STYLE_TEXT, t->bytes + t->cursor, t->size - t->cursor);
}

static const struct bar_key bar_keys[] = {{"Enter", N_("start")},
					  {"Up Down", N_("choose")},
					  {"Tab", N_("next")},
					  {"Esc", N_("quit")},
					  {"F1", N_("help")}};

/* What this is, and the question, above the fields. */
static int title_rows(struct view_row *rows, unsigned width)
{
	if (view_row_printf(&rows[0], STYLE_KEY, " uproar ") == -1 ||
	    view_row_printf(&rows[0], STYLE_BAR, "%s  %s", UPROAR_VERSION, _("see sockets happen")) == -1 ||
	    view_row_fit(&rows[0], width, STYLE_BAR) == -1)
		return -1;
	return view_row_printf(&rows[2], STYLE_TEXT, "  %s", _("How do you want to talk?"));
}

int picker_rows(const struct picker *p, unsigned width, unsigned height, struct view_row *rows, unsigned *y,
		unsigned *x)
{
	/* With room, a title and some air around the fields; without, at least the field that the cursor is on. */
	bool airy = height >= TITLE_ROWS + PICK_FIELDS + 3;
	unsigned top = airy ? TITLE_ROWS : 0;
	bool bar = height > PICK_FIELDS;
	unsigned visible = height - bar;
	unsigned skip = p->field >= visible ? p->field - visible + 1 : 0;
	*y = top + p->field - skip;
	*x = 0;
	if (airy && title_rows(rows, width) == -1)
		return -1;
	for (unsigned f = skip; f < PICK_FIELDS && top + f - skip < visible; f++) {
		struct view_row *row = &rows[top + f - skip + (airy && f >= PICK_HOST)];
		int result = f < PICK_STEP   ? protocol_row(p, f, row)
			     : f < PICK_HOST ? step_row(p, row)
					     : text_row(p, f, row, x);
		if (result == -1)
			return -1;
	}
	if (airy && p->field >= PICK_HOST)
		++*y;
	if (p->problem) {
		/* Below the fields, or in place of the line of keys, or of a field that the cursor is not on. */
		unsigned at = airy ? TITLE_ROWS + PICK_FIELDS + 1 : *y == height - 1 ? 0 : height - 1;
		view_row_clear(&rows[at]);
		view_row_printf(&rows[at], STYLE_ERROR, " %s", p->problem);
		bar = bar && airy;
	}
	if (*x >= width)
		*x = width - 1;
	return bar ? bar_put(&rows[height - 1], bar_keys, COUNT(bar_keys), width) : 0;
}
