/*
 * process - runs a program with pipes at its standard streams, and reads what it prints.
 *
 *	struct process *p = process_start((const char *[]){"cat", NULL}, NULL, NULL);
 *	process_write(p, "hello\n", 6);
 *	assert_true(process_prints(p, "hello"));
 *	process_close_in(p);
 *	assert_int_equal(process_exit(p), 0);
 *	process_end(p);
 *
 * Nothing sleeps: a wait looks again after each read, and gives up after PROCESS_PATIENCE; then it shows on standard
 * error what the program printed, and returns false. For a program that takes its input, or that prints until its end,
 * patience begins anew with each piece. The program dies with the test.
 */
#ifndef SUPPORT_PROCESS_H
#define SUPPORT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PROCESS_PATIENCE = 20 }; /* seconds */

struct process;

/*
 * argv ends with NULL; argv[0] is looked for as a shell would. prepare (or NULL) is called in the child just before
 * the program takes its place, to set limits, close or open descriptors. Aborts when there is no process to be had.
 */
struct process *process_start(const char *const argv[], void (*prepare)(void *arg), void *arg);
void process_own_names(void *arg); /* as prepare: tests/preload/slow_lookup.so plays its name server; arg is nothing */
void process_end(struct process *p); /* kills the program if it still runs; NULL is allowed */
pid_t process_pid(const struct process *p);

bool process_write(struct process *p, const void *data, size_t n); /* to its standard input, all of it */
void process_close_in(struct process *p);                          /* the end of its standard input */
void process_close_out(struct process *p);                         /* nobody reads its standard output any more */

/* Waits. True as soon as standard output (or standard error) contains the text. */
bool process_prints(struct process *p, const char *text);
bool process_complains(struct process *p, const char *text);
/* The same of standard error, for a program that may well end before it comes to that: no word about it. */
bool process_may_complain(struct process *p, const char *text);
void process_pause(struct process *p); /* SIGSTOP, and it has stopped; SIGCONT lets it go on */
int process_exit(struct process *p);   /* its exit status; 128 + signal as in a shell; -1: it did not end */
int process_stop(struct process *p);   /* the same, after SIGTERM */

/* Its descriptors; and whether it comes down to so many within this time, in seconds. */
int process_descriptors(const struct process *p);
bool process_closes(const struct process *p, int descriptors, unsigned patience);

/* All that it has printed so far, as a string; valid until the next call. */
const char *process_out(struct process *p);
const char *process_err(struct process *p);

/* The path of a program that was built, such as "uproard": in $UPROAR_BUILD, or else in build. Valid until the next
 * call. */
const char *process_built(const char *name);
bool process_available(const char *program); /* whether the PATH has such a program */

#endif
