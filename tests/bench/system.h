/*
 * system - what the bench asks of the system: a network of its own, a processor's time, memory, child processes.
 */
#ifndef BENCH_SYSTEM_H
#define BENCH_SYSTEM_H

#include <sys/types.h>

#include "bench.h"

/*
 * A loopback network of this process alone, if it may have one: then nobody else's connections are in the way, and
 * TCP's congestion control can be chosen. Left to the system it may be BBR, which paces, and bulk over loopback becomes
 * a lottery. Returns what is used now: cubic, or reno where cubic is not allowed, or the system's own choice.
 */
const char *system_network(void);
void system_descriptors(void); /* as many as we may have */
long system_most_descriptors(void);

void system_place(const struct contestant *c, size_t n, enum place place);

uint64_t process_cpu(pid_t pid);      /* that all its threads have used so far; 0: it is gone */
uint64_t process_switches(pid_t pid); /* how often its threads went to sleep, and so were woken */
uint64_t process_memory(pid_t pid);   /* bytes of its own: not shared with files or others */
size_t process_descriptors(pid_t pid);

/* A child that ends with us. Returns 0 in the child. */
pid_t process_fork(void);
/* Runs a program; its standard output goes to *out (or to /dev/null where out is NULL), errors to /dev/null. */
pid_t process_run(const char *const argv[], int *out);
void process_end(pid_t pid);
bool process_available(const char *program); /* the PATH has it */

/* The argument with the port in place of its %, if it has one: then it is written to text. */
enum { ARGUMENT_ROOM = 128 };
const char *with_port(const char *argument, uint16_t port, char text[ARGUMENT_ROOM]);

char *directory_make(void);        /* below $TMPDIR */
void directory_remove(char *path); /* with all that is in it; frees the path */

/* An address on loopback. The nth of 127.0.0.1, 127.1.0.2, ... : each has ephemeral ports of its own. */
struct sockaddr_in;
struct sockaddr_in loopback(uint16_t port);
struct sockaddr_in loopback_nth(unsigned n);
int listen_on(int type, uint16_t *port); /* type: SOCK_STREAM or SOCK_DGRAM; *port 0: is chosen */
int connect_to(int type, uint16_t port); /* -1: nobody is there, or there are no descriptors left */

#endif
