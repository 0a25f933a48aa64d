/*
 * What is heard even while the network's thread waits in a hook: stepping, and the looks at every socket.
 */
#include <uproar/control.h>

#include "network_private.h"

void wishes_init(struct network *n)
{
	pthread_mutex_init(&n->wishes_lock, NULL);
}

void wishes_free(struct network *n)
{
	pthread_mutex_destroy(&n->wishes_lock);
}

/* --- The network's thread --- */

static void step_server(struct network *n, bool on)
{
	if (network_is_attached(n))
		attach_tell(&n->attach, CONTROL_STEP, on ? "on" : "off");
	else
		own_step(&n->link.own, on);
}

static void let_server_go(struct network *n)
{
	if (network_is_attached(n))
		attach_tell(&n->attach, CONTROL_STEP, "go");
	else
		own_step_go(&n->link.own);
}

void wishes_grant(struct network *n)
{
	pthread_mutex_lock(&n->wishes_lock);
	struct wishes w = n->wishes;
	n->wishes.go = 0;
	pthread_mutex_unlock(&n->wishes_lock);

	if ((w.stepped ^ n->granted.stepped) & NETWORK_SERVER)
		step_server(n, w.stepped & NETWORK_SERVER);
	for (; w.go > 0; w.go--)
		let_server_go(n);
	if (w.watched != n->granted.watched)
		fds_turn(&n->fds, w.watch_all);
	n->granted.stepped = w.stepped;
	n->granted.watched = w.watched;
}

void wishes_look(struct network *n)
{
	uint64_t now = clock_now();
	if (fds_deadline(&n->fds) > now)
		return;
	fds_look(&n->fds, now, network_report, n);
	if (network_is_attached(n))
		attach_tell(&n->attach, CONTROL_SOCKETS, "");
	else
		link_sockets(&n->link);
}

static void look_again(uv_timer_t *timer)
{
	wishes_look(timer->data);
	wishes_set_timer(timer->data);
}

int wishes_until_look(const struct network *n)
{
	uint64_t deadline = fds_deadline(&n->fds), now = clock_now();
	if (deadline == CLOCK_NEVER)
		return -1;
	return deadline > now ? (int)((deadline - now) / CLOCK_MS) + 1 : 0;
}

void wishes_set_timer(struct network *n)
{
	int ms = wishes_until_look(n);
	uv_update_time(&n->loop);
	if (ms == -1)
		uv_timer_stop(&n->looking);
	else
		uv_timer_start(&n->looking, look_again, (uint64_t)ms, 0);
}

/* --- The terminal's --- */

/* Heard by a thread that runs, and by one that waits. */
static void hear(struct network *n)
{
	step_stir(&n->step);
	uv_async_send(&n->asked);
}

int network_watch_all(struct network *n, bool on)
{
	pthread_mutex_lock(&n->wishes_lock);
	n->wishes.watch_all = on;
	n->wishes.watched++;
	pthread_mutex_unlock(&n->wishes_lock);
	hear(n);
	return 0;
}

int network_step(struct network *n, unsigned sides)
{
	pthread_mutex_lock(&n->wishes_lock);
	n->wishes.stepped = sides;
	n->wishes.go = sides & NETWORK_SERVER ? n->wishes.go : 0;
	pthread_mutex_unlock(&n->wishes_lock);
	step_turn(&n->step, sides & NETWORK_CLIENT);
	hear(n);
	return 0;
}

int network_step_go(struct network *n, enum network_side side)
{
	if (side == NETWORK_CLIENT) {
		step_go(&n->step);
		return 0;
	}
	pthread_mutex_lock(&n->wishes_lock);
	n->wishes.go++;
	pthread_mutex_unlock(&n->wishes_lock);
	hear(n);
	return 0;
}
