#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uproar/sock.h>

#include "control.h"
#include "engine.h"
#include "news.h"

enum {
	GRACE = 1500, /* ms from the signal to stop until the last connection is closed, whatever it waits for */
};

bool engine_again(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/* A handle that does not keep the loop running. */
static void in_the_background(void *handle)
{
	uv_unref(handle);
}

/* --- The lab --- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void on_lab(uv_timer_t *timer)
{
	engine_tend(timer->loop->data);
}

void engine_tend(struct engine *e)
{
	uint64_t now = clock_now();
	late_send(&e->impair->late, now);
	uint64_t next = earlier(late_next(&e->impair->late), earlier(tcp_tend(e, now), udp_tend(e, now)));
	if (e->impair->lab.hold)
		next = earlier(next, now + IMPAIR_LOOK);
	impair_update(e->impair);
	if (next == CLOCK_NEVER)
		uv_timer_stop(&e->lab);
	else
		uv_timer_start(&e->lab, on_lab, next > now ? (next - now + CLOCK_MS - 1) / CLOCK_MS : 0, 0);
}

static void impair(struct engine *e, const struct lab_orders *orders)
{
	welcome_impair(e);
	tcp_impair(e, orders);
	udp_impair(e);
	engine_tend(e);
}

/* --- The end --- */

static void on_grace_over(uv_timer_t *timer)
{
	struct engine *e = timer->loop->data;
	tcp_abandon(e);
	udp_abandon(e);
}

/* From here on every handle that is left closes by itself, and then uv_run() returns. */
static void stop(struct engine *e)
{
	impair_hurry(e->impair);
	impair(e, &(struct lab_orders){0});
	e->stopping = true;
	in_the_background(&e->news);
	uv_timer_start(&e->grace, on_grace_over, GRACE, 0);
	welcome_stop(e);
	tcp_stop(e);
	udp_stop(e);
}

static void carry_out(struct engine *e, const char *command)
{
	struct lab_orders orders;
	if (e->stopping || !impair_command(e->impair, command, &orders))
		return;
	impair(e, &orders);
	if (orders.rebind)
		welcome_rebind(e);
	impair_tell(e->impair);
}

static void on_news(uv_poll_t *poll, int status, int events)
{
	struct engine *e = poll->loop->data;
	char command[CONTROL_TEXT];
	enum control_news news;
	(void)status, (void)events;
	news_take();
	while ((news = control_take(command)) != CONTROL_NOTHING) {
		if (news == CONTROL_COMMAND)
			carry_out(e, command);
	}
	if (news_end() && !e->stopping)
		stop(e);
	if (news_again())
		control_abort();
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

/* Until it is told to stop it runs, even if the lab lets no socket be looked at: for this keeps the loop running. */
static int watch_news(struct engine *e)
{
	int error = uv_poll_init(&e->loop, &e->news, news_fd());
	return error ? error : uv_poll_start(&e->news, UV_READABLE, on_news);
}

static int prepare(struct engine *e)
{
	int error = watch_news(e);
	uv_timer_init(&e->loop, &e->pause);
	uv_timer_init(&e->loop, &e->stalled);
	uv_timer_init(&e->loop, &e->grace);
	uv_timer_init(&e->loop, &e->lab);
	in_the_background(&e->stalled);
	in_the_background(&e->grace);
	in_the_background(&e->lab);
	return error;
}

static int serve(struct engine *e, const struct service *services, int n)
{
	grow_table(e, services[0].fd);
	for (int i = 0; i < n; i++) {
		int error = services[i].protocol == PROTOCOL_TCP ? welcome_serve(e, &services[i])
								 : udp_serve(e, &services[i]);
		if (error != 0)
			return error;
	}
	impair(e, &(struct lab_orders){0});
	for (int i = 0; i < n; i++)
		listen_tell(&services[i], e->report);
	return uv_run(&e->loop, UV_RUN_DEFAULT);
}

static void close_handle(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static int run(struct engine *e, const struct options *o)
{
	struct service services[SERVER_SOCKETS_MAX];
	int n = listen_open(o, e->report, services);
	if (n == -1)
		return -1;
	e->port = services[0].local.port;
	int error = prepare(e);
	if (error == 0)
		error = serve(e, services, n);
	if (error >= 0)
		return 0;
	report_error(e->report, _("the event loop: %s."), uv_strerror(error));
	stop(e);
	on_grace_over(&e->grace);
	return -1;
}

int events_run(const struct options *o, struct report *r, struct impair *i)
{
	struct engine *e = calloc(1, sizeof(*e));
	int error = e ? uv_loop_init(&e->loop) : UV_ENOMEM;
	if (error != 0) {
		report_error(r, _("the event loop: %s."), uv_strerror(error));
		free(e);
		return EXIT_FAILURE;
	}
	e->loop.data = e;
	e->report = r;
	e->impair = i;
	e->write_timeout = o->write_timeout;
	TAILQ_INIT(&e->quiet);
	TAILQ_INIT(&e->owing);
	TAILQ_INIT(&e->late);
	int status = run(e, o) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	uv_walk(&e->loop, close_handle, NULL);
	uv_run(&e->loop, UV_RUN_DEFAULT);
	uv_loop_close(&e->loop);
	free(e);
	return status;
}
