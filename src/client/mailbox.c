#include "mailbox.h"

#include <string.h>

void mailbox_init(struct mailbox *m, size_t limit)
{
	*m = (struct mailbox){.limit = limit};
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->emptied, NULL);
}

void mailbox_free(struct mailbox *m)
{
	buf_free(&m->messages);
	buf_free(&m->taken);
	pthread_cond_destroy(&m->emptied);
	pthread_mutex_destroy(&m->lock);
}

static int append(struct buf *messages, int (*write)(struct buf *to, const void *what), const void *what)
{
	size_t before = messages->size;
	uint32_t size = 0;
	if (buf_append(messages, &size, sizeof size) == -1)
		return -1;
	if (write(messages, what) == -1) {
		messages->size = before;
		return -1;
	}
	size = (uint32_t)(messages->size - before - sizeof size);
	memcpy(buf_bytes(messages) + before, &size, sizeof size);
	return 0;
}

int mailbox_put(struct mailbox *m, int (*write)(struct buf *to, const void *what), const void *what)
{
	pthread_mutex_lock(&m->lock);
	while (m->limit && m->messages.size > m->limit)
		pthread_cond_wait(&m->emptied, &m->lock);
	int result = append(&m->messages, write, what);
	m->lost |= result == -1;
	pthread_mutex_unlock(&m->lock);
	return result;
}

int mailbox_take(struct mailbox *m, void (*each)(const void *message, size_t n, void *arg), void *arg)
{
	pthread_mutex_lock(&m->lock);
	struct buf empty = m->taken;
	m->taken = m->messages;
	m->messages = empty;
	bool lost = m->lost;
	m->lost = false;
	pthread_cond_broadcast(&m->emptied);
	pthread_mutex_unlock(&m->lock);

	while (m->taken.size > 0) {
		uint32_t size;
		memcpy(&size, buf_bytes(&m->taken), sizeof size);
		each(buf_bytes(&m->taken) + sizeof size, size, arg);
		buf_consume(&m->taken, sizeof size + size);
	}
	buf_clear(&m->taken);
	return lost ? -1 : 0;
}

void mailbox_open_wide(struct mailbox *m)
{
	pthread_mutex_lock(&m->lock);
	m->limit = 0;
	pthread_cond_broadcast(&m->emptied);
	pthread_mutex_unlock(&m->lock);
}
