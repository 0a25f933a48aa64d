#include "histfile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FOR_ITS_USER = 0600,
	DIRECTORY_FOR_ITS_USER = 0700,
	LOCK_TRIES = 20,
	LOCK_PAUSE_MS = 5,
};

/* --- The file --- */

static int make_directories(const char *path)
{
	char *copy = strdup(path);
	if (!copy)
		return -1;
	int result = 0;
	for (char *slash = strchr(copy + 1, '/'); slash && result == 0; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, DIRECTORY_FOR_ITS_USER) == -1 && errno != EEXIST)
			result = -1;
		*slash = '/';
	}
	free(copy);
	return result;
}

static int close_and_fail(int fd, int error)
{
	close(fd);
	errno = error;
	return -1;
}

/*
 * Nobody has the lock for longer than it takes to write a file. Where it cannot be had all the same (somebody sits on
 * it, or the file system knows no locks), go on without: the terminal must not wait.
 */
static void lock(int fd)
{
	for (int i = 0; i < LOCK_TRIES && flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK; i++)
		poll(NULL, 0, LOCK_PAUSE_MS);
}

static int open_regular(const char *path, struct stat *st)
{
	int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, FOR_ITS_USER);
	if (fd == -1)
		return -1;
	lock(fd);
	if (fstat(fd, st) == -1)
		return close_and_fail(fd, errno);
	if (!S_ISREG(st->st_mode))
		return close_and_fail(fd, EINVAL);
	if ((st->st_mode & 0777) != FOR_ITS_USER)
		fchmod(fd, FOR_ITS_USER);
	return fd;
}

/* Opens and locks the file. Another program that shortened it meanwhile has put a new one in its place. */
static int open_locked(const char *path, struct stat *st)
{
	int fd = open_regular(path, st);
	while (fd != -1 && st->st_nlink == 0) {
		close(fd);
		fd = open_regular(path, st);
	}
	return fd;
}

static int write_all(int fd, const void *data, size_t n)
{
	ssize_t written = write(fd, data, n);
	if (written == (ssize_t)n)
		return 0;
	if (written >= 0)
		errno = ENOSPC;
	return -1;
}

/* --- Appending --- */

/* Did whoever wrote last get only half of it written? */
static bool is_torn(int fd, off_t size)
{
	char last;
	return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

int histfile_append(const char *path, const char *entry)
{
	struct stat st;
	struct buf text = {0};
	int fd = open_locked(path, &st);
	if (fd == -1)
		return -1;
	const char *repair = is_torn(fd, st.st_size) ? "\n" : "";
	unsigned long long seconds = clock_wall() / CLOCK_SECOND;
	int result = buf_printf(&text, "%s#%llu\n%s\n", repair, seconds, entry);
	if (result == 0)
		result = write_all(fd, buf_bytes(&text), text.size);
	int error = errno;
	if (result == -1 && ftruncate(fd, st.st_size) == -1)
		result = -1; /* a torn entry stays, which is the best that can be done */
	buf_free(&text);
	close(fd);
	errno = error;
	return result;
}

/* --- Loading --- */

/* What was read, each entry ended by a NUL. */
struct entry {
	size_t begin; /* its stamp, or else its text */
	size_t text;
};

static bool is_stamp(const char *line)
{
	size_t digits = *line == '#' ? strspn(line + 1, "0123456789") : 0;
	return digits > 0 && (line[1 + digits] == '\n' || line[1 + digits] == '\0');
}

static void end_before(char *text, char *line)
{
	if (line > text)
		line[-1] = '\0';
}

/* Before the first stamp each line is an entry: so it is in files that were written without. */
static int cut_entries(char *text, struct ring *entries)
{
	char *stamp = NULL;
	bool stamped = false;
	for (char *line = text, *next; *line; line = next) {
		char *newline = strchr(line, '\n');
		next = newline ? newline + 1 : line + strlen(line);
		if (is_stamp(line)) {
			end_before(text, line);
			stamp = line;
			stamped = true;
		} else if (stamp || !stamped) {
			struct entry *e = ring_push(entries);
			if (!e)
				return -1;
			end_before(text, line);
			*e = (struct entry){(size_t)((stamp ? stamp : line) - text), (size_t)(line - text)};
			stamp = NULL;
		}
	}
	return 0;
}

/* The file from here to its end, NUL-terminated, without the last newline. */
static char *read_from(int fd, off_t from, off_t size)
{
	char *text = malloc((size_t)(size - from) + 1);
	ssize_t n = text ? pread(fd, text, (size_t)(size - from), from) : -1;
	if (n == -1) {
		free(text);
		return NULL;
	}
	for (char *nul = text; (nul = memchr(nul, '\0', (size_t)(text + n - nul)));)
		*nul = ' ';
	text[n > 0 && text[n - 1] == '\n' ? n - 1 : n] = '\0';
	return text;
}

/* Puts a file in its place that has only what is here from this offset on: never a moment without a whole file. */
static void shorten(const char *path, int fd, off_t from, off_t size)
{
	struct buf name = {0}, text = {0};
	char *rest = read_from(fd, from, size);
	if (rest && buf_printf(&name, "%s.XXXXXX", path) == 0 && buf_append(&name, "", 1) == 0 &&
	    buf_printf(&text, "%s\n", rest) == 0) {
		char *temporary = (char *)buf_bytes(&name);
		int new = mkostemp(temporary, O_CLOEXEC);
		if (new != -1 && (write_all(new, buf_bytes(&text), text.size) == -1 || rename(temporary, path) == -1))
			unlink(temporary);
		if (new != -1)
			close(new);
	}
	free(rest);
	buf_free(&name);
	buf_free(&text);
}

static int load(const char *path, int fd, off_t size, void (*take)(const char *entry))
{
	off_t from = size > HISTFILE_BYTES ? size - HISTFILE_BYTES : 0;
	struct ring entries = RING_OF(struct entry);
	char *text = read_from(fd, from, size);
	int result = text ? cut_entries(text, &entries) : -1;
	size_t first = entries.count > HISTFILE_ENTRIES ? entries.count - HISTFILE_ENTRIES : 0;
	for (size_t i = first; result == 0 && i < entries.count; i++)
		take(text + ((struct entry *)ring_at(&entries, i))->text);
	if (result == 0 && (first > 0 || from > 0))
		shorten(path, fd, from + (off_t)((struct entry *)ring_at(&entries, first))->begin, size);
	ring_free(&entries);
	free(text);
	return result;
}

int histfile_load(const char *path, void (*take)(const char *entry))
{
	struct stat st;
	if (make_directories(path) == -1)
		return -1;
	int fd = open_locked(path, &st);
	if (fd == -1)
		return -1;
	int result = load(path, fd, st.st_size, take);
	int error = errno;
	close(fd);
	errno = error;
	return result;
}

char *histfile_trouble(const char *path, int error)
{
	char *text;
	const char *cause = error == ELOOP    ? _("it is a symbolic link")
			    : error == EINVAL ? _("it is not a regular file")
					      : strerror(error);
	if (asprintf(&text,
		     _("What you type will not be remembered after the end: the history file %s cannot be used "
		       "(%s)."),
		     path, cause) == -1)
		return NULL;
	return text;
}
