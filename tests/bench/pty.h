/*
 * pty - a program on a terminal that only counts: frames, and single characters that stand nowhere else on the screen.
 * Curses sends what has changed, not words; but a character that was not there before must come.
 */
#ifndef BENCH_PTY_H
#define BENCH_PTY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { PTY_TAIL = 16 };

struct pty {
	int fd;
	pid_t pid;
	uint64_t frames;     /* that have ended (DEC private mode 2026) */
	uint64_t keys, ends; /* how often PTY_KEY and PTY_END have come */
	char tail[PTY_TAIL]; /* what was read last, where a mark may begin */
	size_t tail_size;
};

#define PTY_KEY "\u0436"
#define PTY_END "\u03a9"

void pty_start(struct pty *p, const char *const argv[]);
void pty_end(struct pty *p);
void pty_type(struct pty *p, const char *text);
/* Reads what comes, once; waits for it until then at most. False: nothing came, or the program has ended. */
bool pty_read(struct pty *p, uint64_t until);
/* Reads until *count has reached wanted. False: it has not, for PTY_PATIENCE. */
enum { PTY_PATIENCE = 60 }; /* seconds */
bool pty_await(struct pty *p, const uint64_t *count, uint64_t wanted);
void pty_rest(struct pty *p, uint64_t ms); /* reads for so long */

#endif
