#include "recording.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uproar/record.h>

#include "ending.h"
#include "save.h"

enum { CHUNK = 256 << 10 }; /* bytes handed to the disk at a time, about */

/*
 * Two threads share `chunk`. While it is `busy` it belongs to the writer, else to the log's thread; so it is either
 * being filled or being written.
 */
struct recording {
	const struct log *log;
	uint64_t next; /* the log's index of the next event to take in */
	struct recording_figures figures;
	void (*wake)(void *arg);
	void *arg;

	int fd;
	struct buf chunk;
	off_t written;  /* bytes of earlier chunks, */
	uint64_t lines; /* and lines: the header, and an event each */

	pthread_t writer;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool busy, ending; /* under the lock, */
	int error;         /* and this: why nothing more is written */

	char path[];
};

/* --- The writer --- */

/* So many bytes of the chunk are on the disk, and stay there. */
static void keep(struct recording *r, size_t n)
{
	const uint8_t *at = buf_bytes(&r->chunk), *end = at + n;
	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		r->lines++;
		at++;
	}
	r->written += (off_t)n;
}

/*
 * What is on the disk is to end with a whole line: without room for the rest of one, its beginning goes, too. If even
 * that cannot be done, a reader finds this line damaged, and all before it sound.
 */
static void cut_at_line(struct recording *r, size_t done)
{
	const uint8_t *bytes = buf_bytes(&r->chunk);
	while (done > 0 && bytes[done - 1] != '\n')
		done--;
	keep(r, done);
	while (ftruncate(r->fd, r->written) == -1 && errno == EINTR)
		continue;
}

/* errno, or 0. */
static int write_chunk(struct recording *r)
{
	size_t done = 0;
	while (done < r->chunk.size) {
		ssize_t n = write(r->fd, buf_bytes(&r->chunk) + done, r->chunk.size - done);
		if (n == -1 && errno != EINTR) {
			int error = errno;
			cut_at_line(r, done);
			return error;
		}
		done += n == -1 ? 0 : (size_t)n;
	}
	keep(r, done);
	buf_clear(&r->chunk);
	return 0;
}

static void *writer(void *arg)
{
	struct recording *r = arg;
	pthread_mutex_lock(&r->lock);
	while (r->busy || !r->ending) {
		if (!r->busy) {
			pthread_cond_wait(&r->changed, &r->lock);
			continue;
		}
		pthread_mutex_unlock(&r->lock);
		int error = write_chunk(r);
		pthread_mutex_lock(&r->lock);
		r->error = error ? error : r->error;
		r->busy = false;
		pthread_cond_broadcast(&r->changed);
		if (r->wake && !r->ending)
			r->wake(r->arg);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

/* --- The log's thread --- */

static void free_all(struct recording *r)
{
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->changed);
	buf_free(&r->chunk);
	free(r);
}

struct recording *recording_start(const char *path, const struct log *l, int64_t wall, void (*wake)(void *arg),
				  void *arg)
{
	struct record_header header = {RECORD_VERSION, wall};
	size_t n = strlen(path) + 1;
	struct recording *r = calloc(1, sizeof *r + n);
	if (!r)
		return NULL;
	memcpy(r->path, path, n);
	r->log = l;
	r->wake = wake;
	r->arg = arg;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->changed, NULL);
	int error = 0;
	if (record_write_header(&header, &r->chunk) == -1 || (r->fd = save_open(path)) == -1) {
		error = errno;
	} else if ((error = ending_start_thread(&r->writer, writer, r)) != 0) {
		close(r->fd);
		unlink(path);
	}
	if (error != 0) {
		free_all(r);
		errno = error;
		return NULL;
	}
	r->figures.bytes = r->chunk.size;
	return r;
}

/* Fills the chunk from the log. errno, or 0. */
static int fill(struct recording *r)
{
	uint64_t first = log_first(r->log);
	if (r->next < first) {
		r->figures.forgotten += first - r->next;
		r->next = first;
	}
	size_t before = r->chunk.size;
	int result = 0;
	while (r->chunk.size < CHUNK && r->next < log_end(r->log)) {
		result = record_write(log_at(r->log, r->next), &r->chunk);
		if (result == -1)
			break;
		r->next++;
		r->figures.events++;
	}
	r->figures.bytes += r->chunk.size - before;
	return result == -1 ? errno : 0;
}

/* Gives the writer something to do, if it does nothing; else waits for it first, if patient. */
static int hand_over(struct recording *r, bool patient)
{
	pthread_mutex_lock(&r->lock);
	while (patient && r->busy)
		pthread_cond_wait(&r->changed, &r->lock);
	int error = r->error;
	if (error == 0 && !r->busy) {
		error = r->error = fill(r);
		r->busy = r->chunk.size > 0;
		pthread_cond_broadcast(&r->changed);
	}
	pthread_mutex_unlock(&r->lock);
	errno = error;
	return error == 0 ? 0 : -1;
}

int recording_advance(struct recording *r)
{
	return hand_over(r, false);
}

int recording_catch_up(struct recording *r)
{
	int result;
	do
		result = hand_over(r, true);
	while (result == 0 && recording_behind(r) > 0);
	return result;
}

/* What there is of it counts; a file without an event is of no use, and goes. */
static void give_up(struct recording *r)
{
	r->figures.events = r->lines > 0 ? r->lines - 1 : 0;
	r->figures.bytes = (uint64_t)r->written;
	if (r->figures.events == 0)
		unlink(r->path);
}

int recording_stop(struct recording *r, struct recording_figures *figures)
{
	recording_catch_up(r);
	pthread_mutex_lock(&r->lock);
	r->ending = true;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->writer, NULL);
	int error = r->error;
	if (close(r->fd) == -1 && error == 0)
		error = errno;
	if (error)
		give_up(r);
	if (figures)
		*figures = r->figures;
	free_all(r);
	errno = error;
	return error == 0 ? 0 : -1;
}

const char *recording_problem(const char *path, int error, const struct recording_figures *f, char *out, size_t room)
{
	unsigned long long events = f->events;
	if (events == 0)
		snprintf(out, room, _("Nothing could be recorded in %s, and the file is gone again: %s."), path,
			 strerror(error));
	else
		snprintf(out, room,
			 ngettext("The recording in %s has ended before its time: %s. It has %llu event.",
				  "The recording in %s has ended before its time: %s. It has the first %llu events.",
				  (unsigned long)events),
			 path, strerror(error), events);
	return out;
}

struct recording_figures recording_figures(const struct recording *r)
{
	return r->figures;
}

uint64_t recording_behind(const struct recording *r)
{
	return log_end(r->log) - r->next;
}

const char *recording_path(const struct recording *r)
{
	return r->path;
}
