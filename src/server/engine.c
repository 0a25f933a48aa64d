#include "engine.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum {
	GRACE = 1500, /* ms from the signal to stop until the last connection is closed, whatever it waits for */
	LOOP_DESCRIPTORS = 3, /* the loop itself, and the ends of the pipe */
};

bool engine_again(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

void engine_background(void *handle)
{
	uv_unref(handle);
}

/* --- The lab --- */

static void on_lab(uv_timer_t *timer)
{
	engine_tend(timer->loop->data);
}

void engine_tend(struct engine *e)
{
	uint64_t now = clock_now();
	late_send(&e->impair->late, now);
	uint64_t next = clock_earlier(late_next(&e->impair->late), clock_earlier(tcp_tend(e, now), udp_tend(e, now)));
	if (e->impair->lab.hold)
		next = clock_earlier(next, now + IMPAIR_LOOK);
	impair_update(e->impair);
	if (next == CLOCK_NEVER)
		uv_timer_stop(&e->lab);
	else
		uv_timer_start(&e->lab, on_lab, next > now ? (next - now + CLOCK_MS - 1) / CLOCK_MS : 0, 0);
}

void engine_impair(struct engine *e, const struct lab_orders *orders)
{
	welcome_impair(e);
	tcp_impair(e, orders);
	udp_impair(e);
	engine_tend(e);
}

/* --- The beginning --- */

static void on_never(uv_poll_t *poll, int status, int events)
{
	(void)poll, (void)status, (void)events;
}

/*
 * Makes libuv's table of descriptors as large as it can become, by watching the highest one for a moment: it would
 * abort() the process if it had to grow in the middle of the service when memory has run out.
 */
static void grow_table(struct engine *e, int fd)
{
	int highest = fcntl(fd, F_DUPFD_CLOEXEC, listen_descriptors() - 1);
	if (highest == -1)
		return;
	if (uv_poll_init(&e->loop, &e->highest, highest) == 0) {
		uv_poll_start(&e->highest, UV_DISCONNECT, on_never);
		uv_close((uv_handle_t *)&e->highest, NULL);
	}
	close(highest);
}

/* For its first loop libuv opens a pipe as well, and would abort() the process if it could not. */
static int spare_descriptors(void)
{
	int spare[LOOP_DESCRIPTORS], n = 0;
	while (n < LOOP_DESCRIPTORS && (spare[n] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) != -1)
		n++;
	int error = n < LOOP_DESCRIPTORS ? uv_translate_sys_error(errno) : 0;
	while (n > 0)
		close(spare[--n]);
	return error;
}

int engine_start(struct engine *e)
{
	uv_timer_t *const timers[] = {&e->stalled, &e->idle, &e->grace, &e->lab, &e->pause};
	int error = spare_descriptors();
	if (error == 0)
		error = uv_loop_init(&e->loop);
	if (error != 0)
		return error;
	e->loop.data = e;
	for (size_t i = 0; i < COUNT(timers); i++) {
		uv_timer_init(&e->loop, timers[i]);
		engine_background(timers[i]);
	}
	TAILQ_INIT(&e->quiet);
	TAILQ_INIT(&e->owing);
	TAILQ_INIT(&e->late);
	return 0;
}

int engine_serve(struct engine *e, const struct service *services, int n)
{
	grow_table(e, services[0].fd);
	e->port = services[0].local.port;
	for (int i = 0; i < n; i++) {
		int error = services[i].protocol == PROTOCOL_TCP ? welcome_serve(e, &services[i])
								 : udp_serve(e, &services[i]);
		if (error != 0)
			return error;
	}
	engine_impair(e, &(struct lab_orders){0});
	return 0;
}

/* --- The end --- */

static void on_grace_over(uv_timer_t *timer)
{
	struct engine *e = timer->loop->data;
	tcp_abandon(e);
	udp_abandon(e);
}

void engine_stop(struct engine *e)
{
	impair_hurry(e->impair);
	engine_impair(e, &(struct lab_orders){0});
	e->stopping = true;
	uv_timer_start(&e->grace, on_grace_over, GRACE, 0);
	welcome_stop(e);
	tcp_stop(e);
	udp_stop(e);
}

static void close_handle(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

void engine_end(struct engine *e)
{
	welcome_abandon(e);
	tcp_abandon(e);
	udp_abandon(e);
	uv_walk(&e->loop, close_handle, NULL);
	uv_run(&e->loop, UV_RUN_DEFAULT);
	uv_loop_close(&e->loop);
}
