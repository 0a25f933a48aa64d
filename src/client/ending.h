/*
 * ending - the signals that end the program: SIGTERM, SIGHUP, SIGINT, SIGQUIT.
 *
 * They reach the loop as data, and the program ends in good order. Where the loop does not answer, because its thread
 * is stuck in a write that nobody reads, or a second signal shows that somebody will not wait, a last resort ends it at
 * once.
 */
#ifndef CLIENT_ENDING_H
#define CLIENT_ENDING_H

#include <pthread.h>
#include <stdbool.h>
#include <uv.h>

/* on_signal() is called on the loop. rescue (NULL: nothing to do) is async-signal-safe, and called before the last
 * resort. */
int ending_watch(uv_loop_t *loop, void (*on_signal)(int number, void *arg), void *arg, void (*rescue)(void));

/* Such a signal has come. */
bool ending_begun(void);

/*
 * A thread that signals do not interrupt: they are the first thread's, to which they are told before it goes on after a
 * stop. Crashes are anybody's. As pthread_create(): 0, or why not.
 */
int ending_start_thread(pthread_t *thread, void *(*run)(void *arg), void *arg);

#endif
