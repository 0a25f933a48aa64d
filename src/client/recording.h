/*
 * recording - writes the log to a file as it grows, in the form of uproar-events(5). A thread of its own waits for the
 * disk, so that nobody else has to.
 *
 * It reads the log at its own pace, beginning with the oldest event that there is. What the log has forgotten before it
 * was written, because the recording began late or the disk is slow, is counted.
 */
#ifndef CLIENT_RECORDING_H
#define CLIENT_RECORDING_H

#include <uproar/log.h>

struct recording;

struct recording_figures {
	uint64_t events, bytes; /* that are in the file, or on their way there */
	uint64_t forgotten;     /* events that the log no longer had */
};

/*
 * The file must be a new one: errno is EEXIST where something has this name. wall: clock_wall() - clock_now(). wake()
 * is called on the other thread when recording_advance() has something to do (NULL: nobody wants to know). NULL: errno
 * says why.
 */
struct recording *recording_start(const char *path, const struct log *l, int64_t wall, void (*wake)(void *arg),
				  void *arg);
/* Takes in what the log gained; a part of it at a time, and nothing while the disk is busy. -1: errno says why it could
 * not be written; then only recording_stop() is left. */
int recording_advance(struct recording *r);
/* The same with all that the log has, and waits for the disk meanwhile. */
int recording_catch_up(struct recording *r);
/* Writes what is left, waits for the disk, and frees. -1: errno says why not all of it was written: the file ends with
 * the last event that there was room for; without any it is removed. figures: of what is in the file, or NULL. */
int recording_stop(struct recording *r, struct recording_figures *figures);

/* Why it ended before its time, and what there is of it, in whole sentences in out. Returns out. */
const char *recording_problem(const char *path, int error, const struct recording_figures *f, char *out, size_t room);

struct recording_figures recording_figures(const struct recording *r);
uint64_t recording_behind(const struct recording *r); /* events of the log that are to be taken in */
const char *recording_path(const struct recording *r);

#endif
