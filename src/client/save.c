#include "save.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "recording.h"

int save_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd != -1)
		signal(SIGXFSZ, SIG_IGN); /* a file that may not grow any more is an error like others */
	return fd;
}

const char *save_problem(const char *path, int error, char *out, size_t room)
{
	if (error == EEXIST)
		snprintf(out, room, _("%s is there already, and nothing is written over: give another name."), path);
	else
		snprintf(out, room, _("%s cannot be written: %s."), path, strerror(error));
	return out;
}

static bool ends_in(const char *path, const char *end)
{
	size_t n = strlen(path), m = strlen(end);
	return n >= m && strcasecmp(path + n - m, end) == 0;
}

static int write_all(int fd, const struct buf *b)
{
	for (size_t done = 0; done < b->size;) {
		ssize_t n = write(fd, buf_bytes(b) + done, b->size - done);
		if (n == -1 && errno != EINTR)
			return -1;
		done += n == -1 ? 0 : (size_t)n;
	}
	return 0;
}

/* A file that lacks a part is not left behind. */
static int write_new(const char *path, const struct buf *b)
{
	int fd = save_open(path);
	if (fd == -1)
		return -1;
	int error = write_all(fd, b) == -1 ? errno : 0;
	if (close(fd) == -1 && error == 0)
		error = errno;
	if (error == 0)
		return 0;
	unlink(path);
	errno = error;
	return -1;
}

static int save_events(const char *path, const struct log *l, int64_t wall, struct save_figures *figures)
{
	struct recording_figures written;
	struct recording *r = recording_start(path, l, wall, NULL, NULL);
	if (!r)
		return -1;
	if (recording_stop(r, &written) == -1) {
		int error = errno;
		unlink(path);
		errno = error;
		return -1;
	}
	*figures = (struct save_figures){written.events, written.bytes, true};
	return 0;
}

static bool count_row(const struct view_row *row, void *arg)
{
	(void)row;
	struct save_figures *figures = arg;
	figures->rows++;
	return true;
}

int save_view(const char *path, const char *title, struct pager *p, unsigned width, const struct log *l, int64_t wall,
	      struct save_figures *figures)
{
	if (ends_in(path, ".jsonl"))
		return save_events(path, l, wall, figures);
	struct buf out = {0};
	*figures = (struct save_figures){0};
	int result = pager_all(p, width, count_row, figures);
	if (result == 0)
		result = ends_in(path, ".svg") ? save_svg(p, title, width, &out) : save_text(p, width, &out);
	if (result == -1)
		errno = ENOMEM;
	else
		result = write_new(path, &out);
	figures->bytes = out.size;
	int error = errno;
	buf_free(&out);
	errno = error;
	return result;
}
