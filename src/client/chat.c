#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat_private.h"
#include "commands.h"
#include "ending.h"
#include "stderr.h"

enum {
	FRAME_MS = 16, /* at most one drawing in this time while events pour in; keys are drawn at once */
	READ_ROOM = 4096,
	DATAGRAMS_AHEAD = 4096, /* in flight: what the user says goes at once, however many await a reply */
};

#define SILENCE (2 * CLOCK_SECOND) /* over TCP, after which the user is told where the bytes are */

/* --- What is shown --- */

static void draw(struct chat *c)
{
	c->frame.replaying = c->replay && !c->typing;
	if (c->replay)
		c->frame.replay = replay_state(c->replay);
	c->frame.step = c->stepper.sides ? &c->stepper : NULL;
	panes_update(&c->frame.panes);
	c->tick = panes_clock(&c->frame.panes, chat_now(c)) ? clock_now() + CLOCK_SECOND : CLOCK_NEVER;
	frame_draw(&c->frame);
	c->dirty = c->urgent = false;
	c->drawn = clock_now();
}

void chat_quit(struct chat *c)
{
	uv_stop(&c->loop);
}

static void leave(struct chat *c, int status)
{
	c->status_code = status;
	uv_stop(&c->loop);
}

/* --- The terminal --- */

static void typed(uv_poll_t *poll, int status, int events)
{
	(void)events;
	struct chat *c = poll->data;
	char bytes[READ_ROOM];
	ssize_t n = status < 0 ? 0 : read(STDIN_FILENO, bytes, sizeof bytes);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		leave(c, EXIT_FAILURE); /* the terminal is gone */
		return;
	}
	input_bytes(bytes, (size_t)n);
	c->dirty = c->urgent = true;
}

/* The screen may have another size than before. */
static void fit(struct chat *c)
{
	unsigned rows, columns;
	screen_size(&rows, &columns);
	input_resized(rows, columns);
	c->dirty = true;
}

static void on_stopped(uv_signal_t *handle, int number);

/* Takes the terminal again, if it is ours: not in the background, nor on the way out. */
static void come_back(struct chat *c)
{
	c->away = ending_begun() || tcgetpgrp(STDIN_FILENO) != getpgrp();
	if (c->away)
		return;
	screen_resume();
	fit(c);
}

void chat_suspend(struct chat *c)
{
	c->away = true;
	screen_suspend();
	uv_signal_stop(&c->stopped);
	signal(SIGTSTP, SIG_DFL);
	kill(0, SIGTSTP); /* the whole job, so that the shell sees it stopped, a make around us too */
	/* Stopped here until somebody continues us. */
	uv_signal_start(&c->stopped, on_stopped, SIGTSTP);
	come_back(c);
}

static void on_stopped(uv_signal_t *handle, int number)
{
	(void)number;
	chat_suspend(handle->data);
}

static void on_continued(uv_signal_t *handle, int number)
{
	(void)number;
	come_back(handle->data);
}

static void on_resized(uv_signal_t *handle, int number)
{
	(void)number;
	screen_resized();
	fit(handle->data);
}

static void ended(int number, void *arg)
{
	leave(arg, 128 + number);
}

/* --- The loop --- */

static void timer_fired(uv_timer_t *timer)
{
	struct chat *c = timer->data;
	uint64_t now = clock_now();
	if (input_deadline() <= now) {
		input_tick(now);
		c->dirty = c->urgent = true;
	}
	if (c->tick <= now)
		c->dirty = true;
	chat_settle(c, now);
	chat_advance(c);
	chat_replay_advance(c, now);
}

/* When timer_fired() has something to do; but for drawing. */
static uint64_t next_deadline(const struct chat *c)
{
	uint64_t deadline = clock_earlier(input_deadline(), series_deadline(&c->run));
	deadline = clock_earlier(deadline, order_deadline(&c->order));
	deadline = clock_earlier(deadline, c->leads_back);
	return clock_earlier(deadline, chat_replay_deadline(c));
}

/* Draws what has changed, and sets the timer for what comes next. */
static void before_wait(uv_prepare_t *prepare)
{
	struct chat *c = prepare->data;
	uint64_t now = clock_now();
	chat_record_advance(c);
	uint64_t next_frame = c->drawn + FRAME_MS * CLOCK_MS;
	if (c->dirty && !c->away && (c->urgent || now >= next_frame))
		draw(c);
	uint64_t deadline = next_deadline(c);
	if (!c->away)
		deadline = clock_earlier(deadline, c->dirty ? next_frame : c->tick);
	if (deadline == CLOCK_NEVER) {
		uv_timer_stop(&c->timer);
		return;
	}
	uv_update_time(&c->loop);
	uv_timer_start(&c->timer, timer_fired, deadline > now ? (deadline - now) / CLOCK_MS + 1 : 0, 0);
}

static void hear(const struct event *e, void *arg)
{
	chat_hear(arg, e);
}

static void woken(uv_async_t *async)
{
	struct chat *c = async->data;
	if (c->network && network_take(c->network, hear, c) == -1)
		chat_out_of_memory(c);
	chat_settle(c, clock_now());
	chat_advance(c);
}

static void wake(void *arg)
{
	struct chat *c = arg;
	uv_async_send(&c->woken);
}

static void complained(const char *words, size_t n, void *arg)
{
	chat_note(arg, NOTE_WARNING, "%.*s", (int)n, words);
}

static int watch_signal(struct chat *c, uv_signal_t *handle, uv_signal_cb on_signal, int number)
{
	int error = uv_signal_init(&c->loop, handle);
	handle->data = c;
	return error ? error : uv_signal_start(handle, on_signal, number);
}

static int open_loop(struct chat *c)
{
	int error = uv_loop_init(&c->loop);
	if (error == 0)
		error = uv_async_init(&c->loop, &c->woken, woken);
	if (error == 0)
		error = uv_poll_init(&c->loop, &c->terminal, STDIN_FILENO);
	if (error == 0)
		error = ending_watch(&c->loop, ended, c, screen_rescue);
	if (error == 0)
		error = watch_signal(c, &c->resized, on_resized, SIGWINCH);
	if (error == 0)
		error = watch_signal(c, &c->continued, on_continued, SIGCONT);
	if (error == 0)
		error = watch_signal(c, &c->stopped, on_stopped, SIGTSTP);
	if (error)
		return -error;
	uv_timer_init(&c->loop, &c->timer);
	uv_prepare_init(&c->loop, &c->before_wait);
	c->woken.data = c->timer.data = c->before_wait.data = c->terminal.data = c;
	uv_prepare_start(&c->before_wait, before_wait);
	uv_poll_start(&c->terminal, UV_READABLE | UV_DISCONNECT, typed);
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

/* Where the XDG base directory specification wants it; NULL: nowhere. The caller frees it. */
static char *history_path(void)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	char *path = NULL;
	int n = -1;
	if (state && state[0] == '/')
		n = asprintf(&path, "%s/uproar/history", state);
	else if (home && home[0] == '/')
		n = asprintf(&path, "%s/.local/state/uproar/history", home);
	return n == -1 ? NULL : path;
}

static int open_terminal(struct chat *c)
{
	const char *why = NULL;
	char *warning = NULL;
	char *history = history_path();
	struct input_handlers handlers = {chat_entered, chat_pressed, command_complete, c, chat_pointed};
	screen_mouse(c->options->mouse);
	int result = input_open(&handlers, history, &why, &warning);
	if (result == 0 && (result = screen_open(&why)) == -1)
		input_close();
	free(history);
	if (result == -1)
		fprintf(stderr, _("uproar: %s Try --plain.\n"), why);
	else if (warning)
		chat_note(c, NOTE_WARNING, "%s", warning);
	free(warning);
	return result;
}

int chat_open_log(struct chat *c)
{
	struct log *log = log_new(c->options->events, OPTIONS_BYTES);
	if (!log || panes_open(&c->frame.panes, log, c->wall) == -1) {
		log_free(log);
		return -1;
	}
	log_free(c->log);
	c->log = log;
	c->frame.status = (struct view_status){0};
	statistics_clear(c->frame.panes.statistics);
	return 0;
}

static int open_all(struct chat *c)
{
	c->wall = (int64_t)(clock_wall() - clock_now());
	if (c->options->replay && chat_replay_open(c) == -1)
		return -1;
	if (chat_open_log(c) == -1) {
		fprintf(stderr, "uproar: %s\n", options_start_problem(ENOMEM));
		return -1;
	}
	int error = open_loop(c);
	if (error) {
		fprintf(stderr, "uproar: %s\n", options_start_problem(error));
		return -1;
	}
	if (chat_record_begin(c) == -1 || open_terminal(c) == -1)
		return -1;
	atexit(screen_close);
	stderr_catch(&c->loop, complained, c);
	const struct options *o = c->options;
	if (c->replay)
		return 0;
	c->network = network_start(&(struct network_options){
		.family = o->family,
		.udp_timeout = o->timeout ? o->timeout : OPTIONS_UDP_TIMEOUT,
		.tcp_timeout = o->timeout ? o->timeout : CLOCK_NEVER,
		.calls = true,
		.datagrams_ahead = DATAGRAMS_AHEAD,
		.silence = SILENCE,
		.lab = o->lab,
		.attach = o->attach,
		.wake = wake,
		.arg = c,
	});
	if (c->network)
		return 0;
	error = errno;
	screen_close();
	stderr_release();
	fprintf(stderr, "uproar: %s\n", options_start_problem(error));
	return -1;
}

static void free_all(struct chat *c)
{
	frame_free(&c->frame);
	log_free(c->log);
	series_free(&c->run);
	stepper_free(&c->stepper);
	order_free(&c->order);
	replay_free(c->replay);
	free(c->host);
	free(c->port);
}

int chat_run(const struct options *options)
{
	static struct chat chat;
	struct chat *c = &chat;
	c->options = options;
	if (open_all(c) == -1)
		return EXIT_FAILURE;

	c->protocol = options->protocol;
	c->timeout = options->timeout;
	c->leads_back = CLOCK_NEVER;
	bool watching = options->replay || options->attach;
	c->frame.picking = options->protocol == PROTOCOL_NONE && !watching;
	c->frame.watched = options->attach;
	picker_init(&c->frame.picker, options->host, options->port);
	if (!c->frame.picking && !watching)
		chat_connect(c, options->host, options->port);
	chat_set_grab(c);
	uv_run(&c->loop, UV_RUN_DEFAULT);

	screen_close();
	stderr_release();
	input_close();
	if (c->network)
		network_stop(c->network);
	if (c->network && c->recording)
		network_take(c->network, hear, c);
	if (chat_record_end(c) == -1 && c->status_code == EXIT_SUCCESS)
		c->status_code = EXIT_FAILURE;
	if (c->network && !network_free(c->network))
		_exit(c->status_code); /* a look-up that nobody waits for would hold exit() up */
	free_all(c);
	return c->status_code;
}
