/*
 * mailbox - messages from one thread to another, by value, in order.
 */
#ifndef CLIENT_MAILBOX_H
#define CLIENT_MAILBOX_H

#include <pthread.h>

#include <uproar/base.h>

struct mailbox {
	pthread_mutex_t lock;
	pthread_cond_t emptied;
	struct buf messages; /* each: its size (uint32_t), then its bytes */
	struct buf taken;    /* what mailbox_take() is reading */
	size_t limit;        /* bytes: mailbox_put() waits while there are more; 0: it never waits */
	bool lost;           /* a message could not be kept since the last mailbox_take() */
};

void mailbox_init(struct mailbox *m, size_t limit);
void mailbox_free(struct mailbox *m);

/* Appends what write() writes into its buffer, as one message. -1: ENOMEM, or what write() failed with. */
int mailbox_put(struct mailbox *m, int (*write)(struct buf *to, const void *what), const void *what);

/* Gives each() every message there is. -1: since the last time a message was lost, for want of memory. */
int mailbox_take(struct mailbox *m, void (*each)(const void *message, size_t n, void *arg), void *arg);

/* From now on nobody waits in mailbox_put(), however many messages there are. */
void mailbox_open_wide(struct mailbox *m);

#endif
