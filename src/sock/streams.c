#include "streams.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { STREAMS_LEAST = 64 };

/* All zero: nothing is known of it, or nothing has moved yet. */
struct stream {
	enum stream_kind kind;
	uint64_t moved[2]; /* by enum stream_way */
};

/* By descriptor: the kernel gives out the least number that is free, so the table stays as small as the need. */
static struct stream *streams;
static size_t room;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Without memory the table stays as it is, and the streams beyond it count nothing. */
static void grow(size_t least)
{
	size_t more = room ? room : STREAMS_LEAST;
	while (more < least)
		more *= 2;
	int error = errno;
	struct stream *memory = calloc(more, sizeof *streams);
	errno = error;
	if (!memory)
		return;
	if (room)
		memcpy(memory, streams, room * sizeof *streams);
	free(streams);
	streams = memory;
	room = more;
}

void stream_open(int fd, enum stream_kind kind)
{
	size_t i = (size_t)fd;

	pthread_mutex_lock(&lock);
	if (i >= room)
		grow(i + 1);
	if (i < room)
		streams[i] = (struct stream){.kind = kind};
	pthread_mutex_unlock(&lock);
}

void stream_forget_all(void)
{
	pthread_mutex_lock(&lock);
	if (room)
		memset(streams, 0, room * sizeof *streams);
	pthread_mutex_unlock(&lock);
}

uint64_t stream_advance(int fd, enum stream_way way, size_t bytes)
{
	size_t i = (size_t)fd;
	uint64_t before = 0;

	pthread_mutex_lock(&lock);
	if (i >= room && bytes > 0)
		grow(i + 1);
	if (i < room && streams[i].kind == STREAM_NEW) {
		before = streams[i].moved[way];
		streams[i].moved[way] += bytes;
	}
	pthread_mutex_unlock(&lock);
	return before;
}
