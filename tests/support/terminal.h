/*
 * terminal - runs a program on a real terminal (a pty with libvterm behind it), types, and looks at the screen.
 *
 *	const char *argv[] = {"build/uproar", NULL};
 *	const char *env[] = {"NO_COLOR=1", "XDG_STATE_HOME=/tmp/some-directory", NULL};
 *	struct terminal *t = terminal_start(24, 80, argv, env);
 *	assert_true(terminal_shows(t, "TCP"));	// first wait for the program: before that the keys would be echoed
 *	terminal_type(t, "hello\r");
 *	assert_true(terminal_row_shows(t, -3, "HELLO"));
 *	assert_int_equal(terminal_exit(t), 0);
 *	terminal_end(t);
 *
 * Nothing sleeps: a wait looks at the screen again after each read, unless that ended in the middle of a frame, which
 * the program brackets (DEC private mode 2026), and after a change of the size not before the next frame. It gives up
 * after TERMINAL_PATIENCE; then it prints the screen on standard error and returns false. Rows and columns count from
 * 0; a negative row counts from the bottom, -1 is the last. The program is in a foreground process group of its own
 * under a session leader that stands for the shell, so that job control works. It dies with the test.
 */
#ifndef SUPPORT_TERMINAL_H
#define SUPPORT_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>
#include <vterm.h>

enum { TERMINAL_PATIENCE = 20 }; /* seconds */

struct terminal;

/*
 * argv ends with NULL; argv[0] is looked for as a shell would. env (NULL, or ended by NULL): "NAME=value" sets,
 * "NAME" removes, on top of the test's own environment with TERM=xterm-256color, LANG=C.UTF-8, INPUTRC=/dev/null, and
 * LC_ALL, LC_CTYPE, NO_COLOR, LINES and COLUMNS removed. Aborts the test program when there is no pty to be had.
 */
struct terminal *terminal_start(unsigned rows, unsigned columns, const char *const argv[], const char *const env[]);
void terminal_end(struct terminal *t); /* kills the program if it still runs; NULL is allowed */
pid_t terminal_pid(const struct terminal *t);

/* Keys: the bytes that a terminal sends for them, "\r" for Enter, "\033OP" for F1. Reads the screen meanwhile. */
void terminal_type(struct terminal *t, const char *keys);
void terminal_send(struct terminal *t, const void *data, size_t n);
void terminal_paste(struct terminal *t, const char *text); /* in the brackets of ESC[200~ and ESC[201~ */
void terminal_resize(struct terminal *t, unsigned rows, unsigned columns);
void terminal_signal(struct terminal *t, int signal); /* to the program's process group */
void terminal_hangup(struct terminal *t); /* the terminal goes away: reads answer 0; SIGHUP has to be sent apart */

/* Waits. True as soon as the condition holds. */
typedef bool terminal_condition(struct terminal *t, void *arg);
bool terminal_wait(struct terminal *t, terminal_condition *holds, void *arg);
bool terminal_shows(struct terminal *t, const char *text); /* some row contains the text */
bool terminal_hides(struct terminal *t, const char *text); /* no row does */
bool terminal_row_shows(struct terminal *t, int y, const char *text);
bool terminal_row_is(struct terminal *t, int y, const char *text); /* the whole row, without spaces at its end */
bool terminal_cursor_at(struct terminal *t, int y, unsigned x);
bool terminal_wrote(struct terminal *t, const void *bytes, size_t n); /* these bytes, since the start */
int terminal_exit(struct terminal *t);     /* the exit status; 128 + signal as in a shell; -1: it did not end */
bool terminal_stopped(struct terminal *t); /* suspended, and not continued by terminal_signal(t, SIGCONT) since */

/* Looks at what has been read so far, without waiting. */
bool terminal_has(struct terminal *t, const char *text);
const char *terminal_row(struct terminal *t, int y); /* UTF-8, no spaces at its end; valid until the next call */
/* The cursor is in this row. Of a row that is just being written only the beginning may have been read so far. */
bool terminal_cursor_in(struct terminal *t, int y);
VTermScreenCell terminal_cell(struct terminal *t, int y, unsigned x); /* chars, width, attrs (bold, …), fg, bg */
bool terminal_alternate(const struct terminal *t);                    /* the full screen is on */
struct termios terminal_modes(const struct terminal *t);              /* as stty would show them */
/* Every byte the program wrote. Tests assert with memmem() that what must never reach a terminal did not. */
const char *terminal_raw(const struct terminal *t, size_t *n);
void terminal_print(struct terminal *t); /* the screen on standard error, for whoever reads the failed test */

#endif
