/*
 * news - what a model is to hear of: a signal that ends the server, or commands that wait to be taken (control.h).
 *
 * The one wakes any model: its descriptor becomes readable for who waits for many, and every second SIGALRM interrupts
 * (EINTR) who waits in a call.
 */
#ifndef SERVER_NEWS_H
#define SERVER_NEWS_H

#include <stdbool.h>

/* A pipe whose descriptors are out of the way: sockets have the same low numbers as in any other program. -1: errno */
int news_pipe(int ends[2]);

int news_start(void);  /* from now on SIGTERM and SIGINT are news, and nothing else. -1: errno */
bool news_end(void);   /* the server is to end, */
bool news_again(void); /* and at once: another signal came; but timeout(1) and some shells send the first one twice */
int news_fd(void);
void news_take(void); /* makes it unreadable again */

/* On any thread: there are commands; the server is to end as if a signal had come. */
void news_command(void);
void news_finish(void);

#endif
