/*
 * control - what comes down the channel from the uproar that started us: commands, a message each, and its end.
 */
#ifndef UPROAR_CONTROL_H
#define UPROAR_CONTROL_H

#include <uproar/base.h>

enum { CONTROL_TEXT = 1024 }; /* bytes of a command with its NUL: more than any has */

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
