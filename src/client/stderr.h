/*
 * stderr - standard error while the screen is up: what libraries write there must not go across it. And crashes, whose
 * last words go there.
 */
#ifndef CLIENT_STDERR_H
#define CLIENT_STDERR_H

#include <uv.h>

/* From now on said() is given, on the loop, what is written; a crash restores the terminal and is still a crash. */
void stderr_catch(uv_loop_t *loop, void (*said)(const char *words, size_t n, void *arg), void *arg);
void stderr_release(void); /* as it was before */

#endif
