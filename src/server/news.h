/*
 * news - what a model is to hear of: that the server is to end, that commands wait to be taken (control.h), or that the
 * counters are asked for.
 *
 * With news a descriptor becomes readable. What signals bring interrupts calls that wait (EINTR), too: once, and then
 * every second, should it have come just before such a call.
 */
#ifndef SERVER_NEWS_H
#define SERVER_NEWS_H

#include <stdbool.h>

/* A pipe whose descriptors are out of the way: sockets have the same low numbers as in any other program. -1: errno */
int news_pipe(int ends[2]);

int news_start(void);      /* from now on SIGTERM, SIGINT and SIGUSR1 are news, and nothing else. -1: errno */
void news_here(bool here); /* whether signals may come on this thread, and on those that it starts from now on */
bool news_end(void);       /* the server is to end, */
bool news_again(void);     /* and at once: a second signal came, and not, as timeout(1) sends it, with the first */
bool news_counters(void);  /* a signal asks for the counters: true once */
/* For a while nobody looks at news, and nothing interrupts the call that waits: then the end comes at once. */
void news_unheard(bool now);
int news_fd(void);
void news_take(void); /* makes it unreadable again */

/* On any thread: there are commands; the server is to end as if a signal had come. */
void news_command(void);
void news_finish(void);

#endif
