/*
 * replay_file - a recording as a file: its events, one after the other. Nothing in it is trusted: the first damage ends
 * it, and what stands before that is sound.
 */
#ifndef CLIENT_REPLAY_FILE_H
#define CLIENT_REPLAY_FILE_H

#include <uproar/record.h>

enum { REPLAY_PROBLEM = 512 }; /* bytes of a problem in words, with its NUL */

/* Where a line begins. */
struct replay_place {
	uint64_t offset; /* bytes before it */
	uint64_t line;   /* its number, from 1 */
};

struct replay_file {
	int fd;
	bool seeks;    /* any place can be gone to, at any time */
	uint64_t size; /* bytes; 0: who knows */
	struct record_header header;
	struct replay_place next; /* the line after the one that was read last */

	struct buf read; /* beginning with the line that was read last, if any: */
	size_t taken;    /* its bytes, with its newline */
	size_t searched; /* bytes after it that have no newline */
	bool no_more;    /* the file has ended behind them */
	struct buf data; /* the last event's */
};

/*
 * Opens it and reads the header. seeks: it must be a file in which one can go back and forth, which a pipe is not; then
 * opening waits for nobody. -1: problem says why not, as a whole sentence; the path is in it as it is.
 */
int replay_file_open(struct replay_file *f, const char *path, bool seeks, char problem[REPLAY_PROBLEM]);
/* A second reader, at the place of one that seeks and has only been opened. -1: errno says why not. */
int replay_file_copy(struct replay_file *f, const struct replay_file *other);
void replay_file_close(struct replay_file *f);

enum replay_next { REPLAY_EVENT = 1, REPLAY_END, REPLAY_DAMAGED };
/* The next event, whose data is valid until the next call; or problem says in sentences where it ends and why. */
enum replay_next replay_file_next(struct replay_file *f, struct event *e, char problem[REPLAY_PROBLEM]);
void replay_file_go(struct replay_file *f, struct replay_place place);

#endif
