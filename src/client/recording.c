#include "recording.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uproar/record.h>

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
	off_t written; /* bytes of earlier chunks */

	pthread_t writer;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool busy, ending; /* under the lock, */
	int error;         /* and this: why nothing more is written */

	char path[];
};

/* --- The writer --- */

/* What is on the disk is to end with a whole line: without room for the rest of one, its beginning goes, too. */
static void cut_at_line(struct recording *r, size_t done)
{
	const uint8_t *bytes = buf_bytes(&r->chunk);
	while (done > 0 && bytes[done - 1] != '\n')
		done--;
	if (ftruncate(r->fd, r->written + (off_t)done) == 0)
		r->written += (off_t)done;
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
	r->written += (off_t)done;
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

/* Signals are the other threads', but for crashes. */
static int start_writer(struct recording *r)
{
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	sigset_t blocked, before;
	sigfillset(&blocked);
	for (size_t i = 0; i < COUNT(crashes); i++)
		sigdelset(&blocked, crashes[i]);
	pthread_sigmask(SIG_SETMASK, &blocked, &before);
	int error = pthread_create(&r->writer, NULL, writer, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
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
	} else if ((error = start_writer(r)) != 0) {
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
	if (figures)
		*figures = r->figures;
	free_all(r);
	errno = error;
	return error == 0 ? 0 : -1;
}

const char *recording_problem(const char *path, int error, char *out, size_t room)
{
	snprintf(out, room, _("The recording in %s has ended before its time: %s."), path, strerror(error));
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
