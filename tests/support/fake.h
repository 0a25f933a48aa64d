/*
 * fake - a server on 127.0.0.1 that answers as a test wants it to, in a process of its own that dies with the test.
 */
#ifndef SUPPORT_FAKE_H
#define SUPPORT_FAKE_H

#include <sys/types.h>

/*
 * serve() runs in that process: over TCP for each connection, one after another, which is closed when it returns; over
 * UDP once, with the socket. It must not assert. port 0: the system's choice; returns the port. Aborts on failure.
 */
typedef void fake_serve(int fd, const void *arg);
pid_t fake_tcp(unsigned *port, fake_serve *serve, const void *arg);
pid_t fake_udp(unsigned *port, fake_serve *serve, const void *arg);
void fake_end(pid_t fake);

/*
 * A port of the system's choice that is kept for fakes over TCP, one after another, until this descriptor is closed:
 * nobody else gets it meanwhile, and as long as there is no fake nobody listens there. Aborts on failure.
 */
int fake_reserve(unsigned *port);

/* The same answer, a string, to whatever comes: over TCP to each line, over UDP to each datagram. */
void fake_answer_lines(int fd, const void *answer);
void fake_answer_datagrams(int fd, const void *answer);

/* Reads up to a newline, or the end; returns the bytes read. */
size_t fake_read_line(int fd, char *line, size_t room);

#endif
