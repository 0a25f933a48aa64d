/*
 * What link.c, book.c and requests.c share.
 */
#ifndef CLIENT_LINK_PRIVATE_H
#define CLIENT_LINK_PRIVATE_H

#include "link.h"

void link_tell(struct link *l, struct event_state state); /* its protocol and own are filled in */
void link_note(struct link *l, enum note_level level, const char *words);
/* After anything has happened: sends what can go, connects where that is wanted, and says what to wait for. */
void link_pump(struct link *l);
void link_set_timer(struct link *l);
void link_set_timeouts(struct link *l);             /* the session's, as they are now */
void link_try_addresses(struct link *l, int error); /* the next one, and those after it; error: the last one's, or 0 */
bool link_wants_socket(const struct link *l);       /* the session has something to say */
void link_restart(struct link *l);                  /* the conversation with this server begins anew, if there is one */
uint32_t link_awaited(const struct link *l);        /* sentences that were sent, and have no verdict yet */
void link_server_found(struct link *l);             /* somebody answers at l->remote: further clients may come */
/* A connection has ended, with this error or 0. If our own server is ending, it is ended: then the error is ECHILD. */
int link_end_own(struct link *l, int error);

/* book.c. Begins to say a sentence to l->remote, if there is one. -1: errno says why it cannot be. */
int book_begin(struct link *l);
void book_news(const struct exchange_news *n, void *arg);
void book_pump(struct link *l);

#endif
