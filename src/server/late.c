#include "late.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/lab.h>
#include <uproar/sock.h>

#define NO_ROOM_PAUSE CLOCK_MS

/* Behind those that go at the same time. */
static void insert(struct late *l, struct late_reply *r)
{
	struct late_reply **at = &l->first;
	while (*at && (*at)->due <= r->due)
		at = &(*at)->next;
	r->next = *at;
	*at = r;
	l->count++;
	l->bytes += r->size;
	l->held_back += r->held_back;
}

static struct late_reply *take(struct late *l, struct late_reply **at)
{
	struct late_reply *r = *at;
	*at = r->next;
	l->count--;
	l->bytes -= r->size;
	l->held_back -= r->held_back;
	return r;
}

/* A reply to a datagram has gone: those to earlier ones that are held back are overtaken, and may go. */
static void overtake(struct late *l, uint64_t serial)
{
	struct late_reply **at = &l->first;
	while (*at && l->held_back > 0) {
		if ((*at)->held_back && (*at)->serial < serial) {
			struct late_reply *r = take(l, at);
			r->held_back = false;
			r->due = r->ready;
			insert(l, r);
		} else {
			at = &(*at)->next;
		}
	}
}

static ssize_t send_reply(const struct late_reply *r)
{
	if (r->local.family)
		return sock_sendmsg(r->fd, r->data, r->size, &r->client, &r->local);
	return sock_sendto(r->fd, r->data, r->size, &r->client);
}

/* --- Contract --- */

void late_free(struct late *l)
{
	while (l->first)
		free(take(l, &l->first));
}

int late_push(struct late *l, const struct late_reply *r, const void *data, size_t n)
{
	if (l->count == LATE_DATAGRAMS || n > LATE_BYTES - l->bytes)
		return -1;
	struct late_reply *kept = malloc(sizeof(*kept) + n);
	if (!kept)
		return -1;
	*kept = *r;
	kept->size = n;
	memcpy(kept->data, data, n);
	insert(l, kept);
	return 0;
}

uint64_t late_next(const struct late *l)
{
	const struct late_reply *r = l->first;
	if (!r)
		return CLOCK_NEVER;
	return r->due > l->no_earlier ? r->due : l->no_earlier;
}

void late_send(struct late *l, uint64_t now)
{
	while (late_next(l) <= now) {
		if (send_reply(l->first) == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
			l->no_earlier = now + NO_ROOM_PAUSE;
			return;
		}
		struct late_reply *r = take(l, &l->first);
		if (!r->copy)
			l->overtaken += r->serial < l->newest;
		l->newest = r->serial > l->newest ? r->serial : l->newest;
		overtake(l, r->serial);
		free(r);
	}
}

void late_hurry(struct late *l, uint64_t latest, bool reordering)
{
	struct late waiting = *l;
	l->first = NULL;
	l->count = l->bytes = l->held_back = 0;
	while (waiting.first) {
		struct late_reply *r = take(&waiting, &waiting.first);
		r->held_back = r->held_back && reordering;
		r->ready = r->ready < latest ? r->ready : latest;
		r->due = r->held_back ? r->ready + LAB_OVERTAKE : r->ready;
		insert(l, r);
	}
}

void late_forget(struct late *l, int fd)
{
	struct late_reply **at = &l->first;
	while (*at) {
		if ((*at)->fd == fd)
			free(take(l, at));
		else
			at = &(*at)->next;
	}
}
