#include "attach.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <uproar/sock.h>

#include "channel.h"

enum { NOTE_ROOM = 512 };

__attribute__((format(printf, 3, 4))) static void note(struct attach *a, enum note_level level, const char *format, ...)
{
	char words[NOTE_ROOM];
	va_list args;
	va_start(args, format);
	vsnprintf(words, sizeof words, format, args);
	va_end(args);
	struct event e = event_of_note(EVENT_CLIENT, level, words, strlen(words));
	a->report(&e, a->arg);
}

static void failed(struct attach *a, const char *path, int error)
{
	if (error == ENOENT || error == ECONNREFUSED)
		note(a, NOTE_ERROR,
		     _("No server offers its channel at %s. One that does is started by: uproard --control %s"), path,
		     path);
	else if (error == EACCES || error == EPERM)
		note(a, NOTE_ERROR, _("The channel at %s is another user's: only who started the server may watch it."),
		     path);
	else
		note(a, NOTE_ERROR, _("The channel at %s cannot be used: %s."), path, strerror(error));
}

/* The server is nobody's own that only is watched. */
static void take(const struct event *e, void *arg)
{
	struct attach *a = arg;
	struct event seen = *e;
	if (e->kind == EVENT_STATE)
		seen.state.own = false;
	a->report(&seen, a->arg);
}

static void poll_ready(uv_poll_t *poll, int status, int events)
{
	struct attach *a = poll->data;
	(void)status, (void)events;
	if (channel_take(a->fd, take, a) != CHANNEL_ENDED)
		return;
	attach_close(a);
	struct event e = {.when = clock_now(), .who = EVENT_CLIENT, .kind = EVENT_STATE};
	e.state = (struct event_state){.what = STATE_CLOSED, .by = EVENT_SERVER};
	a->report(&e, a->arg);
}

void attach_open(struct attach *a, uv_loop_t *loop, const char *path, session_tell *report, void *arg)
{
	*a = (struct attach){.fd = sock_channel_attach(path), .report = report, .arg = arg};
	int error = a->fd == -1 ? errno : -uv_poll_init(loop, &a->poll, a->fd);
	if (error) {
		if (a->fd != -1)
			close(a->fd);
		a->fd = -1;
		failed(a, path, error);
		return;
	}
	a->poll.data = a;
	uv_poll_start(&a->poll, UV_READABLE, poll_ready);
	note(a, NOTE_INFO, _("Watching the server at %s: what happens there is shown, and nothing is said to it."),
	     path);
}

void attach_tell(struct attach *a, const char *command, const char *argument)
{
	if (a->fd != -1 && channel_tell(a->fd, command, argument) == -1)
		note(a, NOTE_ERROR, _("The server could not be told: %s."), strerror(errno));
}

void attach_lab(struct attach *a, const char *spec)
{
	if (a->fd != -1)
		attach_tell(a, CONTROL_LAB, spec);
	else
		note(a, NOTE_ERROR, _("There is no server to tell that: none is watched any more."));
}

void attach_close(struct attach *a)
{
	if (a->fd == -1)
		return;
	uv_poll_stop(&a->poll);
	uv_close((uv_handle_t *)&a->poll, NULL);
	close(a->fd);
	a->fd = -1;
}
