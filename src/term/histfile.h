/*
 * histfile - what was typed in earlier runs: a file of its user's alone, in the format of readline and bash.
 *
 * An entry is a line "#<seconds since 1970>" and then its text, which may have several lines. Programs that run at the
 * same time append to it, each entry in one write, while holding flock(2).
 */
#ifndef TERM_HISTFILE_H
#define TERM_HISTFILE_H

#include <uproar/base.h>

enum {
	HISTFILE_ENTRIES = 10000,  /* that are kept, the latest */
	HISTFILE_BYTES = 16 << 20, /* that are read, the last */
};

/*
 * Makes the file and its directories where they are missing, and gives each entry to take(), the oldest first.
 * -1: errno; ELOOP says that it is a symbolic link, EINVAL that it is no regular file.
 */
int histfile_load(const char *path, void (*take)(const char *entry));
char *histfile_trouble(const char *path, int error);      /* for the user; the caller frees it */
int histfile_append(const char *path, const char *entry); /* -1: errno, and the file is as it was */

#endif
