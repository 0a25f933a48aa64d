#include "streams.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { STREAMS_LEAST = 64 };

struct stream {
	bool open;
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

static void set(int fd, bool open)
{
	size_t i = (size_t)fd;

	pthread_mutex_lock(&lock);
	if (i >= room && open)
		grow(i + 1);
	if (i < room)
		streams[i] = (struct stream){.open = open};
	pthread_mutex_unlock(&lock);
}

void stream_open(int fd)
{
	set(fd, true);
}

void stream_close(int fd)
{
	set(fd, false);
}

uint64_t stream_advance(int fd, enum stream_way way, size_t bytes)
{
	size_t i = (size_t)fd;
	uint64_t before = 0;

	pthread_mutex_lock(&lock);
	if (i < room && streams[i].open) {
		before = streams[i].moved[way];
		streams[i].moved[way] += bytes;
	}
	pthread_mutex_unlock(&lock);
	return before;
}
