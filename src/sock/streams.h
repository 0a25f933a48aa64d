/*
 * streams - how many bytes went each way on each connection, counted only while somebody watches.
 */
#ifndef UPROAR_SOCK_STREAMS_H
#define UPROAR_SOCK_STREAMS_H

#include <stddef.h>
#include <stdint.h>

enum stream_way { STREAM_OUT, STREAM_IN };

void stream_open(int fd);  /* a new stream socket: both ways stand at 0 */
void stream_close(int fd); /* whatever gets this number next is no stream, until it is opened */

/* Where that way stands, before it moves on by so many bytes. 0 for what is no open stream. */
uint64_t stream_advance(int fd, enum stream_way way, size_t bytes);

#endif
