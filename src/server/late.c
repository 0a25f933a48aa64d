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
	struct late_reply *before = TAILQ_LAST(&l->queue, late_replies);
	while (before && before->due > r->due)
		before = TAILQ_PREV(before, late_replies, link);
	if (before)
		TAILQ_INSERT_AFTER(&l->queue, before, r, link);
	else
		TAILQ_INSERT_HEAD(&l->queue, r, link);
}

static void drop(struct late *l, struct late_reply *r)
{
	TAILQ_REMOVE(&l->queue, r, link);
	l->count--;
	l->bytes -= r->size;
	l->held_back -= r->held_back;
	free(r);
}

/* It has been overtaken, or need not be any more. */
static void let_go(struct late *l, struct late_reply *r)
{
	r->held_back = false;
	l->held_back--;
	r->due = r->ready;
	TAILQ_REMOVE(&l->queue, r, link);
	insert(l, r);
}

/* A reply to a datagram has gone: those to earlier ones are overtaken. */
static void overtake(struct late *l, uint64_t serial)
{
	struct late_reply *r, *next;
	for (r = TAILQ_FIRST(&l->queue); r && l->held_back > 0; r = next) {
		next = TAILQ_NEXT(r, link);
		if (r->held_back && r->serial < serial)
			let_go(l, r);
	}
}

static ssize_t send_reply(const struct late_reply *r)
{
	if (r->local.family)
		return sock_sendmsg(r->fd, r->data, r->size, &r->client, &r->local);
	return sock_sendto(r->fd, r->data, r->size, &r->client);
}

/* --- Contract --- */

void late_init(struct late *l)
{
	*l = (struct late){0};
	TAILQ_INIT(&l->queue);
}

void late_free(struct late *l)
{
	while (!TAILQ_EMPTY(&l->queue))
		drop(l, TAILQ_FIRST(&l->queue));
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
	l->count++;
	l->bytes += n;
	l->held_back += r->held_back;
	insert(l, kept);
	return 0;
}

uint64_t late_next(const struct late *l)
{
	const struct late_reply *r = TAILQ_FIRST(&l->queue);
	if (!r)
		return CLOCK_NEVER;
	return r->due > l->no_earlier ? r->due : l->no_earlier;
}

void late_send(struct late *l, uint64_t now)
{
	while (late_next(l) <= now) {
		struct late_reply *r = TAILQ_FIRST(&l->queue);
		if (send_reply(r) == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
			l->no_earlier = now + NO_ROOM_PAUSE;
			return;
		}
		uint64_t serial = r->serial;
		if (!r->copy)
			l->overtaken += serial < l->newest;
		l->newest = serial > l->newest ? serial : l->newest;
		drop(l, r);
		overtake(l, serial);
	}
}

void late_hurry(struct late *l, uint64_t latest, bool overtaking)
{
	struct late_replies all = TAILQ_HEAD_INITIALIZER(all);
	struct late_reply *r;
	TAILQ_CONCAT(&all, &l->queue, link);
	while ((r = TAILQ_FIRST(&all))) {
		TAILQ_REMOVE(&all, r, link);
		r->ready = r->ready < latest ? r->ready : latest;
		if (r->held_back && !overtaking) {
			r->held_back = false;
			l->held_back--;
		}
		uint64_t due = r->held_back ? r->ready + LAB_OVERTAKE : r->ready;
		r->due = r->due < due ? r->due : due;
		insert(l, r);
	}
}

void late_forget(struct late *l, int fd)
{
	struct late_reply *r, *next;
	for (r = TAILQ_FIRST(&l->queue); r; r = next) {
		next = TAILQ_NEXT(r, link);
		if (r->fd == fd)
			drop(l, r);
	}
}
