/*
 * channel - our end of a server's control channel: its events come up, commands go down (<uproar/control.h>).
 */
#ifndef CLIENT_CHANNEL_H
#define CLIENT_CHANNEL_H

#include <uproar/control.h>
#include <uproar/session.h>

enum channel_news { CHANNEL_MORE, CHANNEL_EMPTY, CHANNEL_ENDED };

/* Gives each() the events that have come. MORE: there may be further ones, and others should have their turn first. */
enum channel_news channel_take(int fd, session_tell *each, void *arg);
/* -1: errno says why the server was not told. */
int channel_tell(int fd, const char *command, const char *argument);

#endif
