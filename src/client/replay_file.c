#include "replay_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_ROOM = 64 << 10 };

/* --- Lines --- */

static void forget_lines(struct replay_file *f)
{
	buf_clear(&f->read);
	f->taken = f->searched = 0;
	f->no_more = false;
}

void replay_file_go(struct replay_file *f, struct replay_place place)
{
	forget_lines(f);
	f->next = place;
}

/* -1: errno says why. */
static int read_more(struct replay_file *f)
{
	uint8_t *room = buf_reserve(&f->read, READ_ROOM);
	if (!room)
		return -1;
	uint64_t end = f->next.offset + f->read.size;
	ssize_t n;
	do
		n = f->seeks ? pread(f->fd, room, READ_ROOM, (off_t)end) : read(f->fd, room, READ_ROOM);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return -1;
	f->read.size += (size_t)n;
	f->no_more = n == 0;
	return 0;
}

/*
 * 1: a line of n bytes; 0: there is none; -1: errno says why it cannot be read. Of a line that is too long, as much is
 * given as shows that.
 */
static int next_line(struct replay_file *f, const char **line, size_t *n)
{
	buf_consume(&f->read, f->taken);
	f->taken = 0;
	for (;;) {
		uint8_t *bytes = buf_bytes(&f->read);
		size_t left = f->read.size - f->searched;
		uint8_t *newline = left > 0 ? memchr(bytes + f->searched, '\n', left) : NULL;
		f->searched = f->read.size;
		if (newline || f->no_more || f->read.size > RECORD_LINE_MAX) {
			*n = newline ? (size_t)(newline - bytes) : f->read.size;
			break;
		}
		if (read_more(f) == -1)
			return -1;
	}
	*line = (const char *)buf_bytes(&f->read);
	f->taken = *n < f->read.size ? *n + 1 : *n;
	f->searched = 0;
	f->next.offset += f->taken;
	f->next.line += f->taken > 0;
	return f->taken > 0;
}

/* --- Opening --- */

/* -1: errno says why not; ESPIPE: nobody can go back and forth in it. */
static int open_file(struct replay_file *f, const char *path)
{
	struct stat status;
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (f->seeks ? O_NONBLOCK : 0));
	if (f->fd == -1 || fstat(f->fd, &status) == -1)
		return -1;
	bool regular = S_ISREG(status.st_mode);
	f->size = regular ? (uint64_t)status.st_size : 0;
	errno = S_ISDIR(status.st_mode) ? EISDIR : ESPIPE;
	return regular || (!f->seeks && errno != EISDIR) ? 0 : -1;
}

/* -1: why in words. */
static int read_header(struct replay_file *f, char why[RECORD_PROBLEM])
{
	const char *line = NULL;
	size_t n = 0;
	int result = next_line(f, &line, &n);
	if (result == -1) {
		snprintf(why, RECORD_PROBLEM, "%s", strerror(errno));
		return -1;
	}
	return record_read_header(result ? line : "", n, &f->header, why);
}

int replay_file_open(struct replay_file *f, const char *path, bool seeks, char problem[REPLAY_PROBLEM])
{
	char why[RECORD_PROBLEM];
	*f = (struct replay_file){.fd = -1, .seeks = seeks, .next = {0, 1}};
	if (open_file(f, path) == 0) {
		if (read_header(f, why) == 0)
			return 0;
		snprintf(problem, REPLAY_PROBLEM, _("%s is no recording: line 1: %s."), path, why);
	} else if (errno == ESPIPE) {
		snprintf(problem, REPLAY_PROBLEM,
			 _("%s is no regular file, and a recording on the screen is one to go back and forth in: use "
			   "--plain."),
			 path);
	} else {
		snprintf(problem, REPLAY_PROBLEM, _("%s cannot be read: %s."), path, strerror(errno));
	}
	replay_file_close(f);
	return -1;
}

int replay_file_copy(struct replay_file *f, const struct replay_file *other)
{
	*f = (struct replay_file){
		.fd = fcntl(other->fd, F_DUPFD_CLOEXEC, 0),
		.seeks = other->seeks,
		.size = other->size,
		.header = other->header,
		.next = other->next,
	};
	return f->fd == -1 ? -1 : 0;
}

void replay_file_close(struct replay_file *f)
{
	if (f->fd != -1)
		close(f->fd);
	f->fd = -1;
	buf_free(&f->read);
	buf_free(&f->data);
}

/* --- Events --- */

enum replay_next replay_file_next(struct replay_file *f, struct event *e, char problem[REPLAY_PROBLEM])
{
	char why[RECORD_PROBLEM];
	const char *line;
	size_t n;
	unsigned long long number = f->next.line;
	int result = next_line(f, &line, &n);
	if (result == 0)
		return REPLAY_END;
	if (result == 1 && record_read(line, n, e, &f->data, why) == 0)
		return REPLAY_EVENT;
	if (result == -1 || errno == ENOMEM)
		snprintf(problem, REPLAY_PROBLEM, _("Line %llu of the recording cannot be read: %s."), number,
			 strerror(errno));
	else
		snprintf(problem, REPLAY_PROBLEM,
			 _("The recording is damaged in line %llu: %s. What stands before that is sound."), number,
			 why);
	return REPLAY_DAMAGED;
}
