/*
 * term - the terminal: `screen` is the only user of curses, `input` the only user of readline.
 *
 * One terminal, one screen, one input line a process; all from one thread. Times are monotonic nanoseconds.
 */
#ifndef UPROAR_TERM_H
#define UPROAR_TERM_H

#include <uproar/view.h>

/* True when stdin and stdout are one terminal that can move its cursor; else *why says in words why not. */
bool screen_possible(const char **why);

/* Takes the terminal over: full screen, raw input. -1: *why says why not. */
int screen_open(const char **why);
void screen_mouse(bool on); /* before it is opened: input hears of the mouse's wheel and buttons */
void screen_close(void);    /* gives it back as it was; a second call does nothing */
void screen_rescue(void);   /* the same for a signal handler: async-signal-safe, no curses */
void screen_suspend(void);
void screen_resume(void); /* after SIGCONT: takes the terminal again, reads its size, redraws all */
void screen_resized(void);
void screen_redraw(void);                                /* the next show paints every cell again (Ctrl-L) */
void screen_size(unsigned *rows, unsigned *columns);     /* both at least 1 */
void screen_row(unsigned y, const struct view_row *row); /* cut or padded to the width; y outside is ignored */
void screen_cursor(unsigned y, unsigned x);
void screen_show(void);
void screen_beep(void);

/* Keys that are not text. In an inputrc they go by the names in bindings.h, such as uproar-help. */
enum input_key {
	INPUT_TEXT, /* grabbed only: the bytes of one character */
	INPUT_HELP,
	INPUT_PROTOCOL,
	INPUT_CALLS,
	INPUT_LADDER,
	INPUT_STATISTICS,
	INPUT_SOCKETS,
	INPUT_FOCUS, /* Tab on an empty line */
	INPUT_QUIT,
	INPUT_SUSPEND,
	INPUT_REDRAW,
	INPUT_CANCEL,
	INPUT_PASTE_CUT, /* no key: some of a paste could not be used (beyond 64 KiB, or not UTF-8) */
	INPUT_PAGE_UP,
	INPUT_PAGE_DOWN,
	INPUT_TOP,
	INPUT_BOTTOM,
	INPUT_LINE_UP,
	INPUT_LINE_DOWN,
	/* grabbed only: */
	INPUT_UP,
	INPUT_DOWN,
	INPUT_LEFT,
	INPUT_RIGHT,
	INPUT_TAB,
	INPUT_BACKTAB,
	INPUT_ENTER,
	INPUT_ESCAPE,
	INPUT_BACKSPACE,
	INPUT_DELETE,
};

enum input_mouse { MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN, MOUSE_BUTTON };

struct input_handlers {
	/* Enter: the line's n bytes, without a newline at its end; a paste may have put newlines inside. */
	void (*line)(const char *line, size_t n, void *arg);
	/* A key; text and n only with INPUT_TEXT. */
	void (*key)(enum input_key key, const char *text, size_t n, void *arg);
	/* Tab in a line that begins with '/': calls add() with each word that could stand at line[start..end). */
	void (*complete)(const char *line, size_t start, size_t end, void (*add)(const char *word), void *arg);
	void *arg;
	/* Or NULL: the wheel was turned, or the left button pressed, over this row and column, from 0. */
	void (*mouse)(enum input_mouse what, unsigned y, unsigned x, void *arg);
};

/*
 * After text_locale() and before screen_open(). history: the file's path, or NULL for none. -1: *why says why not; the
 * history file's troubles are not among them: they come as *warning, which the caller frees (NULL: none), and the
 * program goes on without one. Each line is written to the file when it is entered, and one that never was when the
 * input is closed.
 */
int input_open(const struct input_handlers *handlers, const char *history, const char **why, char **warning);
void input_close(void);
void input_bytes(const void *data, size_t n); /* what the terminal sent, now */
uint64_t input_deadline(void);                /* when input_tick() must be called; CLOCK_NEVER: need not */
void input_tick(uint64_t now);                /* an ESC that stayed alone, a paste that never ended */
void input_grab(bool on);                     /* on: keys go to key() and not into the line */
bool input_is_blank(void);                    /* nobody has begun to type */
void input_keep(void);                        /* empties the line; the history has what stood there */
void input_resized(unsigned rows, unsigned columns);
/* Prompt and line, scrolled sideways to fit. -1: ENOMEM. */
int input_row(unsigned width, struct view_row *row, unsigned *cursor);
const char *input_mode(void);                    /* "", or "vi insert", "vi command" */
size_t input_choices(const char *const **words); /* what Tab found more than one of, until the next key */

#endif
