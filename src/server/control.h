/*
 * control - takes what comes down the channel from the uproar that started us: commands, a message each, and its end.
 */
#ifndef SERVER_CONTROL_H
#define SERVER_CONTROL_H

#include <stdbool.h>

#include <uproar/control.h>

enum { CONTROL_TEXT = CONTROL_MAX + 1 }; /* bytes of a command with its NUL */

enum control_news { CONTROL_NOTHING, CONTROL_COMMAND, CONTROL_END };

/* A message without a NUL in it is a command; what else comes is an empty one. */
enum control_news control_read(int fd, char command[CONTROL_TEXT]);

/*
 * For a model that waits in blocking calls: reads on a thread of its own. The calling thread gets SIGALRM again and
 * again until it has taken each command, and SIGTERM at the end; it has to handle both.
 */
void control_watch(int fd);
bool control_take(char command[CONTROL_TEXT]); /* on the thread that called control_watch() */

#endif
