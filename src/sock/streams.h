/*
 * streams - how many bytes went each way on each connection, counted only while somebody watches.
 */
#ifndef SOCK_STREAMS_H
#define SOCK_STREAMS_H

#include <stddef.h>
#include <stdint.h>

enum stream_way { STREAM_OUT, STREAM_IN };
enum stream_kind { STREAM_NEW, STREAM_NONE };

void stream_open(int fd, enum stream_kind kind); /* a new socket: both ways stand at 0; or it has no stream */
void stream_forget_all(void);

/*
 * Where that way stands, before it moves on by so many bytes. A stream of which nothing is known is counted from here
 * on. 0 where there is no stream.
 */
uint64_t stream_advance(int fd, enum stream_way way, size_t bytes);

#endif
