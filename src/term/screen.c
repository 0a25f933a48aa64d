/*
 * The screen: the only file that uses curses. Everything is drawn on stdscr, and curses sends the terminal what has
 * changed; without sub-windows nothing can be out of step after a resize.
 */
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#undef columns /* of term.h's making */
#include <uproar/term.h>

/*
 * Modes that curses knows nothing of. Pastes come in brackets (2004). The wheel sends no arrow keys (1007), which
 * would walk the history: most terminals do that unless told otherwise, so it goes on again at the end, and then back
 * to what the terminal itself has kept, where it can.
 */
static const char modes_on[] = "\033[?2004h\033[?1007s\033[?1007l";
static const char modes_off[] = "\033[?2026l\033[?2004l\033[?1007h\033[?1007r";

/* A frame is shown whole, or not yet (2026), by terminals that know of it; the others overlook these. */
static const char frame_begins[] = "\033[?2026h";
static const char frame_ends[] = "\033[?2026l";

/* If somebody wants the mouse: buttons and the wheel (1000) are told, in a form without limits (1006). */
static const char mouse_on[] = "\033[?1000h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1000l";

enum { RESCUE_ROOM = 256 };

static struct {
	SCREEN *screen;
	struct termios before; /* the terminal's modes, to be given back */
	/* For signal handlers: what gives the terminal back, and whether it is ours. */
	char rescue[RESCUE_ROOM];
	size_t rescue_size;
	volatile sig_atomic_t taken;
	bool mouse;
	attr_t looks[STYLE_COUNT];
	unsigned cursor_y, cursor_x;
} term;

/* --- Is there one? --- */

static bool moves_cursor(const char *name)
{
	int error;
	TERMINAL *before = cur_term;
	if (setupterm(name, STDOUT_FILENO, &error) == ERR)
		return false;
	const char *cup = tigetstr("cup");
	bool moves = cup && cup != (char *)-1;
	del_curterm(cur_term);
	set_curterm(before);
	return moves;
}

bool screen_possible(const char **why)
{
	struct stat in, out;
	const char *name = getenv("TERM");
	if (!isatty(STDIN_FILENO) || fstat(STDIN_FILENO, &in) == -1)
		*why = _("The standard input is not a terminal.");
	else if (!isatty(STDOUT_FILENO) || fstat(STDOUT_FILENO, &out) == -1)
		*why = _("The standard output is not a terminal.");
	else if (in.st_rdev != out.st_rdev)
		*why = _("The standard input and the standard output are different terminals.");
	else if (!name || !*name)
		*why = _("The variable TERM, which names the kind of terminal, is not set.");
	else if (!moves_cursor(name))
		*why = _("The variable TERM names a kind of terminal that is not known, or cannot move its cursor.");
	else
		return true;
	return false;
}

/* --- Looks --- */

/*
 * How each style looks. The background is the terminal's own, light or dark: the colours of 256 are those that can
 * be read on either (a contrast of about 4 to white and to black), and of 8 the only two that can. The attributes
 * tell apart what must be told apart without any.
 */
/* clang-format off */
static const struct {
	attr_t attributes;
	short of_8, of_256; /* -1: the terminal's own */
} looks[STYLE_COUNT] = {
	[STYLE_TEXT]    = {A_NORMAL,             -1,            -1},
	[STYLE_YOU]     = {A_BOLD,               -1,            32},
	[STYLE_SERVER]  = {A_NORMAL,             COLOR_MAGENTA, 29},
	[STYLE_FAINT]   = {A_DIM,                -1,            243},
	[STYLE_NOTE]    = {A_NORMAL,             -1,            97},
	[STYLE_WARNING] = {A_BOLD,               COLOR_RED,     166},
	[STYLE_ERROR]   = {A_BOLD | A_UNDERLINE, COLOR_RED,     160},
	[STYLE_LAB]     = {A_ITALIC,             -1,            100},
	[STYLE_ESCAPE]  = {A_REVERSE,            -1,            -1},
	[STYLE_BAR]     = {A_REVERSE,            -1,            -1},
	[STYLE_KEY]     = {A_BOLD,               -1,            -1},
	[STYLE_CHOSEN]  = {A_REVERSE | A_BOLD,   -1,            -1},
	[STYLE_FOUND]   = {A_REVERSE | A_UNDERLINE, -1,         -1},
};
/* clang-format on */

/* https://no-color.org: set, to anything but nothing */
static bool colour_wanted(void)
{
	const char *no = getenv("NO_COLOR");
	return !no || !*no;
}

static void choose_looks(void)
{
	bool colour = colour_wanted() && has_colors() && start_color() != ERR && use_default_colors() != ERR;
	for (int i = 0; i < STYLE_COUNT; i++) {
		short ink = COLORS >= 256 ? looks[i].of_256 : looks[i].of_8;
		term.looks[i] = looks[i].attributes;
		if (!colour || ink == -1 || init_pair((short)(i + 1), ink, -1) == ERR)
			continue;
		term.looks[i] &= ~A_DIM; /* the colour itself is faint */
		term.looks[i] |= (attr_t)COLOR_PAIR(i + 1);
	}
}

/* --- Taking the terminal, and giving it back --- */

static void send(const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = write(STDOUT_FILENO, bytes, n);
		if (sent == -1 && errno != EINTR)
			return;
		if (sent > 0) {
			bytes += sent;
			n -= (size_t)sent;
		}
	}
}

/*
 * An event loop likes its descriptors not to block, but these are one with the shell's, which does not expect that,
 * and curses would try again and again where the terminal is slow.
 */
static void let_block(void)
{
	for (int fd = STDIN_FILENO; fd <= STDOUT_FILENO; fd++) {
		int flags = fcntl(fd, F_GETFL);
		if (flags != -1 && (flags & O_NONBLOCK))
			fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
	}
}

/* What the terminal obeys by this name; "": it has none. */
static const char *capability(const char *name)
{
	const char *sequence = tigetstr(name);
	return sequence && sequence != (char *)-1 ? sequence : "";
}

/* Where there is no full screen to be left, the row of keys would stand behind the shell's prompt. */
static const char *leftovers(void)
{
	return *capability("rmcup") ? "" : capability("ed");
}

static int keep_for_rescue(int c)
{
	if (term.rescue_size < RESCUE_ROOM)
		term.rescue[term.rescue_size++] = (char)c;
	return c;
}

/* What endwin() would send, and modes_off, written down beforehand: a signal handler can only write(2). */
static void prepare_rescue(void)
{
	static const char *const names[] = {"sgr0", "op", "cnorm", "rmcup", "cr"};
	term.rescue_size = 0;
	for (size_t i = 0; i < COUNT(names); i++)
		tputs(capability(names[i]), 1, keep_for_rescue);
	tputs(leftovers(), 1, keep_for_rescue);
	for (const char *c = modes_off; *c; c++)
		keep_for_rescue(*c);
	for (const char *c = term.mouse ? mouse_off : ""; *c; c++)
		keep_for_rescue(*c);
}

static int send_byte(int c)
{
	char byte = (char)c;
	send(&byte, 1);
	return c;
}

static void send_text(const char *text)
{
	send(text, strlen(text));
}

static void set_modes(bool on)
{
	send_text(on ? modes_on : modes_off);
	if (term.mouse)
		send_text(on ? mouse_on : mouse_off);
}

/* newterm() catches these signals, unless somebody else does; here signals are the event loop's business. */
static SCREEN *new_screen(void)
{
	static const int caught[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
	struct sigaction before[COUNT(caught)];
	for (size_t i = 0; i < COUNT(caught); i++)
		sigaction(caught[i], NULL, &before[i]);
	use_tioctl(TRUE);
	SCREEN *screen = newterm(NULL, stdout, stdin);
	for (size_t i = 0; i < COUNT(caught); i++)
		sigaction(caught[i], &before[i], NULL);
	return screen;
}

void screen_mouse(bool on)
{
	term.mouse = on;
}

int screen_open(const char **why)
{
	if (!screen_possible(why))
		return -1;
	term.screen = tcgetattr(STDIN_FILENO, &term.before) == 0 ? new_screen() : NULL;
	if (!term.screen) {
		*why = _("This kind of terminal cannot be used.");
		return -1;
	}
	let_block();
	raw(); /* not cbreak(): Ctrl-S, Ctrl-Q and Ctrl-V are the line editor's */
	noecho();
	nonl();
	typeahead(-1);
	choose_looks();
	prepare_rescue();
	term.taken = 1;
	refresh();
	set_modes(true);
	return 0;
}

static void give_back(void)
{
	if (!term.taken)
		return;
	endwin();
	tputs(leftovers(), 1, send_byte);
	set_modes(false);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &term.before);
	term.taken = 0;
}

void screen_close(void)
{
	if (!term.screen)
		return;
	give_back();
	delscreen(term.screen);
	term.screen = NULL;
}

void screen_rescue(void)
{
	if (!term.taken)
		return;
	int error = errno;
	term.taken = 0;
	int flags = fcntl(STDOUT_FILENO, F_GETFL);
	fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK); /* whoever waits for a terminal that is stuck never ends */
	send(term.rescue, term.rescue_size);
	fcntl(STDOUT_FILENO, F_SETFL, flags);
	tcsetattr(STDIN_FILENO, TCSANOW, &term.before);
	errno = error;
}

void screen_suspend(void)
{
	if (term.screen)
		give_back();
}

void screen_resume(void)
{
	if (!term.screen)
		return;
	/* After a SIGSTOP nobody has, and the next refresh must switch to the full screen again; but a terminal that
	 * left it already would go back to where its cursor was then, over what the shell has written since. */
	if (term.taken)
		endwin();
	let_block();
	reset_prog_mode();
	term.taken = 1;
	set_modes(true);
	screen_resized();
	screen_redraw();
	screen_show();
}

/* --- Drawing --- */

void screen_resized(void)
{
	struct winsize size;
	if (!term.screen || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == -1)
		return;
	resizeterm(size.ws_row ? size.ws_row : 1, size.ws_col ? size.ws_col : 1);
}

void screen_redraw(void)
{
	if (term.screen)
		clearok(curscr, TRUE);
}

void screen_size(unsigned *rows, unsigned *columns)
{
	*rows = *columns = 1;
	if (!term.screen)
		return;
	*rows = (unsigned)getmaxy(stdscr);
	*columns = (unsigned)getmaxx(stdscr);
}

/* A cell that is being put together: a character and the marks that combine with it. */
struct glyph {
	wchar_t text[CCHARW_MAX + 1];
	int size, columns;
};

/* Draws it at x if it fits; returns the next x. */
static int draw(const struct glyph *g, attr_t look, int y, int x)
{
	cchar_t cell;
	if (g->size == 0)
		return x;
	if (x + g->columns <= getmaxx(stdscr) &&
	    setcchar(&cell, g->text, look & ~A_COLOR, (short)PAIR_NUMBER((int)look), NULL) != ERR)
		mvadd_wch(y, x, &cell);
	return x + g->columns;
}

/* Draws a span at x; returns the x behind it. */
static int draw_span(const char *text, size_t n, attr_t look, int y, int x)
{
	struct glyph g = {0};
	mbstate_t state = {0};
	for (size_t i = 0; i < n;) {
		wchar_t c;
		size_t size = mbrtowc(&c, text + i, n - i, &state);
		if (size == 0 || size > n - i) { /* rows have only what can be shown; but be sure of it */
			memset(&state, 0, sizeof state);
			c = L'?';
			size = 1;
		}
		i += size;
		int columns = wcwidth(c);
		if (columns == 0 && g.size > 0 && g.size < CCHARW_MAX) {
			g.text[g.size++] = c;
		} else if (columns != 0) {
			x = draw(&g, look, y, x);
			g = (struct glyph){
				.text = {columns > 0 ? c : L'?'}, .size = 1, .columns = columns > 0 ? columns : 1};
		}
	}
	return draw(&g, look, y, x);
}

void screen_row(unsigned y, const struct view_row *row)
{
	const char *text = (const char *)buf_bytes(&row->text);
	int x = 0;
	if (!term.screen || y >= (unsigned)getmaxy(stdscr))
		return;
	move((int)y, 0);
	clrtoeol();
	for (size_t i = 0; i < row->spans.count; i++) {
		const struct view_span *span = ring_at(&row->spans, i);
		x = draw_span(text, span->size, term.looks[span->style], (int)y, x);
		text += span->size;
	}
}

void screen_cursor(unsigned y, unsigned x)
{
	term.cursor_y = y;
	term.cursor_x = x;
}

static int at_most(unsigned value, int limit)
{
	return value > (unsigned)limit ? limit : (int)value;
}

void screen_show(void)
{
	if (!term.screen || !term.taken)
		return;
	move(at_most(term.cursor_y, getmaxy(stdscr) - 1), at_most(term.cursor_x, getmaxx(stdscr) - 1));
	send_text(frame_begins);
	refresh();
	send_text(frame_ends);
}

void screen_beep(void)
{
	if (term.screen && term.taken)
		beep();
}
