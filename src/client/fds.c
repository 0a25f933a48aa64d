#include "fds.h"

#include <uproar/sock.h>

#include "watch.h"

void fds_init(struct fds *f)
{
	*f = (struct fds){.next = CLOCK_NEVER};
	pthread_mutex_init(&f->lock, NULL);
}

void fds_free(struct fds *f)
{
	pthread_mutex_destroy(&f->lock);
}

/* As soon as it is closed, another socket may have its number. */
void fds_before(struct fds *f, const struct event_call *call)
{
	if (call->op != OP_CLOSE)
		return;
	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->count; i++) {
		if (f->sockets[i].fd == call->fd) {
			f->sockets[i] = f->sockets[--f->count];
			break;
		}
	}
	pthread_mutex_unlock(&f->lock);
}

void fds_after(struct fds *f, const struct event_call *call)
{
	if (call->op != OP_SOCKET || call->error)
		return;
	pthread_mutex_lock(&f->lock);
	if (f->count < FDS_MAX)
		f->sockets[f->count++] = (struct fds_socket){.fd = (int)call->result};
	pthread_mutex_unlock(&f->lock);
}

void fds_turn(struct fds *f, bool on)
{
	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->count; i++)
		f->sockets[i].shown = (struct event_kernel){0};
	pthread_mutex_unlock(&f->lock);
	f->next = on ? 0 : CLOCK_NEVER;
}

uint64_t fds_deadline(const struct fds *f)
{
	return f->next;
}

/* What has changed. Returns how many. */
static size_t sample(struct fds *f, struct event_kernel changed[FDS_MAX])
{
	size_t n = 0;
	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->count; i++) {
		struct event_kernel k;
		if (!sock_sample(f->sockets[i].fd, &k))
			continue;
		k.why = KERNEL_SAMPLE;
		if (!watch_same(&k, &f->sockets[i].shown))
			changed[n++] = f->sockets[i].shown = k;
	}
	pthread_mutex_unlock(&f->lock);
	return n;
}

void fds_look(struct fds *f, uint64_t now, session_tell *report, void *arg)
{
	struct event_kernel changed[FDS_MAX];
	size_t n = sample(f, changed);
	for (size_t i = 0; i < n; i++) {
		struct event e = {.when = now, .who = EVENT_CLIENT, .kind = EVENT_KERNEL, .kernel = changed[i]};
		report(&e, arg);
	}
	f->next = now + WATCH_AGAIN;
}
