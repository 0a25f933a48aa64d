/*
 * pty - a program on a terminal that only looks for frames, and for marks: characters that stand nowhere else on the
 * screen. Curses sends what has changed, not words; but a character that was not there before must come.
 */
#ifndef BENCH_PTY_H
#define BENCH_PTY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The marks: letters of Cyrillic. The first are for keys. */
enum {
	PTY_KEYS = 40,
	PTY_WELCOME = PTY_KEYS,
	PTY_READY,
	PTY_END,
	PTY_MARKS,
	PTY_FIRST = 0x430,
};

enum { PTY_TAIL = 16, PTY_PATIENCE = 60 /* seconds */ };

struct pty {
	int fd;
	pid_t pid;
	uint64_t frames;     /* that have ended (DEC private mode 2026) */
	uint64_t marks;      /* bits 1 << mark: it has come */
	char tail[PTY_TAIL]; /* what was read last, where something may begin */
	size_t tail_size;
};

/* home: where the program may read and write what it likes; NULL: nowhere. */
void pty_start(struct pty *p, const char *const argv[], const char *home);
void pty_end(struct pty *p);
void pty_type(struct pty *p, const char *text);

const char *pty_mark(unsigned mark); /* as UTF-8 */
bool pty_shown(const struct pty *p, unsigned mark);

/* Reads what comes, once; waits for it until then at most. False: nothing came, or the program has ended. */
bool pty_read(struct pty *p, uint64_t until);
/* Reads until it comes. False: it has not, for PTY_PATIENCE. */
bool pty_await_frame(struct pty *p);
bool pty_await_mark(struct pty *p, unsigned mark);
void pty_rest(struct pty *p, uint64_t ms); /* reads for so long */

#endif
