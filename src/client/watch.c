#include "watch.h"

#include <uproar/sock.h>

void watch_init(struct watch *w, uint64_t silence, session_tell *report, void *arg)
{
	*w = (struct watch){.report = report, .arg = arg, .silence = silence, .fd = -1, .whole = RING_OF(size_t)};
}

void watch_opened(struct watch *w, int fd, enum protocol protocol, const struct endpoint *local,
		  const struct endpoint *remote)
{
	w->fd = fd;
	w->protocol = protocol;
	w->local = local;
	w->remote = remote;
	w->next = 0;
	w->shown = (struct event_kernel){0};
	w->dropped = 0;
}

void watch_closed(struct watch *w)
{
	w->fd = -1;
	ring_free(&w->whole);
	w->part = w->taken = 0;
	w->taken_at = w->heard_at = w->warned_at = 0;
}

void watch_turn(struct watch *w, bool on)
{
	w->on = on;
	w->next = 0;
	w->shown = (struct event_kernel){0};
}

/* --- Looking --- */

static struct event_kernel look(const struct watch *w, enum kernel_why why)
{
	struct event_kernel k;
	sock_kernel(w->fd, w->protocol, &k);
	k.why = why;
	k.protocol = w->protocol;
	k.local = *w->local;
	k.remote = *w->remote;
	return k;
}

static void tell(const struct watch *w, const struct event_kernel *k, uint64_t now)
{
	struct event e = {.when = now, .who = EVENT_CLIENT, .kind = EVENT_KERNEL, .kernel = *k};
	w->report(&e, w->arg);
}

bool watch_same(const struct event_kernel *a, const struct event_kernel *b)
{
	return a->why == b->why && a->offered == b->offered && a->state == b->state &&
	       a->congestion_window == b->congestion_window && a->retransmissions == b->retransmissions &&
	       a->rtt == b->rtt && a->rtt_variation == b->rtt_variation && a->unacknowledged == b->unacknowledged &&
	       a->unsent == b->unsent && a->unread == b->unread && a->dropped == b->dropped &&
	       endpoint_equal(&a->local, &b->local) && endpoint_equal(&a->remote, &b->remote);
}

static void sample(struct watch *w, uint64_t now)
{
	struct event_kernel k = look(w, KERNEL_SAMPLE);
	w->next = now + WATCH_AGAIN;
	if (watch_same(&k, &w->shown))
		return;
	w->shown = k;
	tell(w, &k, now);
}

void watch_missed(struct watch *w, uint64_t now)
{
	if (w->fd == -1)
		return;
	struct event_kernel k = look(w, KERNEL_DROPS);
	if (!(k.offered & KERNEL_DROPPED) || k.dropped <= w->dropped)
		return;
	uint64_t all = k.dropped;
	k.dropped -= w->dropped;
	w->dropped = all;
	tell(w, &k, now);
}

/* --- Silence --- */

void watch_sent(struct watch *w, size_t n, bool complete, uint64_t now)
{
	w->part += n;
	w->taken += n;
	w->taken_at = now;
	if (!complete)
		return;
	size_t *whole = ring_push(&w->whole);
	if (!whole)
		return; /* then it counts as a part of the next one */
	*whole = w->part;
	w->part = 0;
}

void watch_heard(struct watch *w, uint64_t now)
{
	w->heard_at = now;
}

void watch_answered(struct watch *w)
{
	if (w->whole.count == 0)
		return;
	w->taken -= *(size_t *)ring_at(&w->whole, 0);
	ring_pop(&w->whole);
}

/* When this silence is to be told; CLOCK_NEVER: it was, or there is none. */
static uint64_t silence_deadline(const struct watch *w)
{
	if (w->silence == 0 || w->taken == 0 || w->warned_at > w->heard_at)
		return CLOCK_NEVER;
	return (w->taken_at > w->heard_at ? w->taken_at : w->heard_at) + w->silence;
}

static void warn(struct watch *w, uint64_t now)
{
	struct event_kernel k = look(w, KERNEL_SILENCE);
	k.taken = w->taken;
	k.waited = now - w->taken_at;
	w->warned_at = now;
	tell(w, &k, now);
}

/* --- Time --- */

static uint64_t sample_deadline(const struct watch *w)
{
	return w->on && w->fd != -1 ? w->next : CLOCK_NEVER;
}

uint64_t watch_deadline(const struct watch *w)
{
	uint64_t look_at = sample_deadline(w), warn_at = silence_deadline(w);
	return clock_earlier(look_at, warn_at);
}

void watch_tick(struct watch *w, uint64_t now)
{
	if (silence_deadline(w) <= now)
		warn(w, now);
	if (sample_deadline(w) <= now)
		sample(w, now);
}
