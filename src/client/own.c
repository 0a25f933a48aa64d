#include "own.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <uproar/sock.h>

#include "channel.h"

enum {
	CHANNEL_FD = 3,    /* where the child finds its end of the channel */
	WORDS_ROOM = 1024, /* of a line on its standard error */
	ARGUMENTS_MAX = 16,
};

#define GOES_ON    (100 * CLOCK_MS) /* without the end of its channel: then a server is not about to end */
#define LAST_WORDS (500 * CLOCK_MS) /* that a server which is to end has for what it has to say */

/* What belongs to one run of it. Lives until all its handles are closed. */
struct own_child {
	struct own *own; /* NULL: forgotten; it ends by itself */
	uv_process_t process;
	uv_poll_t channel;
	uv_pipe_t errors;
	int fd;           /* our end of the channel */
	struct buf words; /* said on its standard error, up to an end of line */
	int handles;      /* open ones */
};

static void handle_closed(uv_handle_t *handle)
{
	struct own_child *c = handle->data;
	if (--c->handles > 0)
		return;
	buf_free(&c->words);
	free(c);
}

/* Lets go of a run: the end of the channel tells the server to go, if it has not gone yet. */
static void forget(struct own_child *c)
{
	uv_close((uv_handle_t *)&c->channel, handle_closed);
	uv_close((uv_handle_t *)&c->errors, handle_closed);
	uv_close((uv_handle_t *)&c->process, handle_closed);
	sock_close(c->fd);
	c->own->child = NULL;
	memset(c->own->listening, 0, sizeof c->own->listening);
	c->own = NULL;
}

static void note(struct own_child *c, const void *words, size_t n)
{
	struct event e = event_of_note(EVENT_SERVER, NOTE_WARNING, words, n);
	if (n > 0 && c->own)
		c->own->on.event(&e, c->own->on.arg);
}

static void errors_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
	(void)suggested;
	struct own_child *c = handle->data;
	void *free_room = buf_reserve(&c->words, WORDS_ROOM);
	*room = uv_buf_init(free_room, free_room ? WORDS_ROOM : 0);
}

/* Each line that it writes to its standard error becomes a note. */
static void note_lines(struct own_child *c)
{
	const uint8_t *end;
	while (c->words.size > 0 && (end = memchr(buf_bytes(&c->words), '\n', c->words.size))) {
		size_t line = (size_t)(end - buf_bytes(&c->words));
		note(c, buf_bytes(&c->words), line);
		buf_consume(&c->words, line + 1);
	}
	if (c->words.size >= WORDS_ROOM) {
		note(c, buf_bytes(&c->words), c->words.size);
		buf_clear(&c->words);
	}
}

static void errors_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *room)
{
	(void)room;
	struct own_child *c = stream->data;
	if (n < 0) {
		uv_read_stop(stream);
		return;
	}
	c->words.size += (size_t)n;
	note_lines(c);
}

/* What a buf holds becomes this string. -1: ENOMEM. */
static int set_string(struct buf *b, const void *text, size_t n)
{
	buf_clear(b);
	return n == 0 || (buf_append(b, text, n) == 0 && buf_append(b, "", 1) == 0) ? 0 : -1;
}

static void take_lab(struct own *o, const struct event *e)
{
	o->closes |= e->lab.what == LAB_CLOSED || e->lab.what == LAB_RESET;
	if (e->lab.what == LAB_SETTINGS)
		set_string(&o->settings, e->data, e->size);
}

/* One that listens on all addresses is to be found at this computer's own. */
static struct endpoint reachable(struct endpoint local)
{
	if (endpoint_is_any(&local) && local.family == 4)
		memcpy(local.address, (const uint8_t[]){127, 0, 0, 1}, 4);
	else if (endpoint_is_any(&local))
		local.address[15] = 1;
	return local;
}

static void take(const struct event *e, void *arg)
{
	struct own *o = arg;
	o->on.event(e, o->on.arg);
	if (e->kind == EVENT_LAB)
		take_lab(o, e);
	if (e->kind != EVENT_STATE || e->state.what != STATE_LISTENING || e->state.local.family != o->family)
		return;
	o->listening[e->state.protocol] = reachable(e->state.local);
	o->proven = true;
}

/* Returns true when there may be more of them. */
static bool take_messages(struct own_child *c)
{
	enum channel_news news = channel_take(c->fd, take, c->own);
	if (news == CHANNEL_ENDED)
		uv_poll_stop(&c->channel); /* the process's exit says the rest */
	return news == CHANNEL_MORE;
}

static void channel_ready(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	struct own_child *c = poll->data;
	struct own *o = c->own;
	take_messages(c);
	if (o->child == c)
		o->on.ready(o->on.arg);
}

/* What it has said, up the channel and on its standard error, and nobody has read yet. */
static void take_last_words(struct own_child *c, uint64_t deadline)
{
	uv_os_fd_t fd;
	void *room;
	ssize_t n;
	while (take_messages(c) && clock_now() < deadline)
		continue;
	if (uv_fileno((uv_handle_t *)&c->errors, &fd) < 0)
		return;
	while (clock_now() < deadline && (room = buf_reserve(&c->words, WORDS_ROOM)) &&
	       (n = read(fd, room, WORDS_ROOM)) > 0) {
		c->words.size += (size_t)n;
		note_lines(c);
	}
	note(c, buf_bytes(&c->words), c->words.size);
}

/* It could not even start with what it was given; the next one shall. */
static void mistrust(struct own *o)
{
	bool model_is_new = o->model.size > 0 && !o->proven;
	buf_clear(model_is_new ? &o->model : &o->settings);
	if (model_is_new)
		buf_clear(&o->address);
}

static void exited(uv_process_t *process, int64_t status, int signal_number)
{
	(void)status;
	(void)signal_number;
	struct own_child *c = process->data;
	if (!c->own)
		return;
	struct own *o = c->own;
	take_last_words(c, clock_now() + LAST_WORDS);
	if (!own_endpoint(o, PROTOCOL_TCP) && !own_endpoint(o, PROTOCOL_UDP))
		mistrust(o);
	forget(c);
	o->on.ended(0, o->on.arg);
}

/* Puts the path of the uproard to start into path. */
static void find_server(char path[PATH_MAX])
{
	char self[PATH_MAX];
	size_t size = sizeof self;
	if (uv_exepath(self, &size) == 0) {
		char *slash = strrchr(self, '/');
		if (slash && (size_t)(slash - self) + sizeof "/uproard" <= PATH_MAX) {
			snprintf(path, PATH_MAX, "%.*s/uproard", (int)(slash - self), self);
			if (access(path, X_OK) == 0)
				return;
		}
	}
	snprintf(path, PATH_MAX, "%s/uproard", UPROAR_BINDIR);
	if (access(path, X_OK) == 0)
		return;
	snprintf(path, PATH_MAX, "uproard");
}

/* Where it serves, and the textbook's over which protocol: it has one only. */
static size_t put_place(const struct own *o, const char **args)
{
	size_t n = 0;
	args[n++] = o->family == 6 ? "--ipv6" : "--ipv4";
	if (o->address.size > 0) {
		args[n++] = "--listen";
		args[n++] = (const char *)buf_bytes(&o->address);
	}
	if (own_is_textbook(o))
		args[n++] = o->protocol == PROTOCOL_UDP ? "--udp" : "--tcp";
	return n;
}

/* fd: a number, as a string. */
static void put_arguments(const struct own *o, const char *path, const char *fd, const char *args[ARGUMENTS_MAX])
{
	const char *always[] = {path, "--port", "0", "--control-fd", fd};
	size_t n = COUNT(always);
	memcpy(args, always, sizeof always);
	if (o->model.size > 0) {
		args[n++] = "--model";
		args[n++] = (const char *)buf_bytes(&o->model);
	}
	n += put_place(o, &args[n]);
	if (o->settings.size > 0) {
		args[n++] = "--lab";
		args[n++] = (const char *)buf_bytes(&o->settings);
	}
	args[n] = NULL;
}

static int spawn(struct own_child *c, int channel)
{
	char path[PATH_MAX], fd[16];
	const char *args[ARGUMENTS_MAX];
	find_server(path);
	snprintf(fd, sizeof fd, "%d", CHANNEL_FD);
	put_arguments(c->own, path, fd, args);
	uv_stdio_container_t stdio[] = {
		{.flags = UV_IGNORE},
		{.flags = UV_IGNORE},
		{.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->errors},
		[CHANNEL_FD] = {.flags = UV_INHERIT_FD, .data.fd = channel},
	};
	uv_process_options_t options = {
		.exit_cb = exited,
		.file = path,
		.args = (char **)args,
		.flags = UV_PROCESS_DETACHED, /* Ctrl-C at the terminal is for us; the channel is for the server */
		.stdio = stdio,
		.stdio_count = COUNT(stdio),
	};
	return uv_spawn(c->own->loop, &c->process, &options);
}

/* --- Down the channel --- */

/* What was said while there was none to say it to. */
static void tell_commands(struct own_child *c)
{
	struct buf *commands = &c->own->commands;
	while (commands->size > 0) {
		const char *spec = (const char *)buf_bytes(commands);
		channel_tell(c->fd, CONTROL_LAB, spec);
		buf_consume(commands, strlen(spec) + 1);
	}
}

int own_command(struct own *o, const char *spec)
{
	return o->child ? channel_tell(o->child->fd, CONTROL_LAB, spec)
			: buf_append(&o->commands, spec, strlen(spec) + 1);
}

void own_step(struct own *o, bool on)
{
	if (o->child && on != o->stepped)
		channel_tell(o->child->fd, CONTROL_STEP, on ? "on" : "off");
	o->stepped = on;
}

void own_step_go(struct own *o)
{
	if (o->child)
		channel_tell(o->child->fd, CONTROL_STEP, "go");
}

void own_sockets(struct own *o)
{
	if (o->child)
		channel_tell(o->child->fd, CONTROL_SOCKETS, "");
}

/* --- How it serves --- */

int own_set_model(struct own *o, const char *model, const char *address)
{
	own_stop(o);
	o->proven = false;
	buf_clear(&o->address);
	if (address && set_string(&o->address, address, strlen(address)) == -1)
		return -1;
	return set_string(&o->model, model, strlen(model));
}

bool own_is_textbook(const struct own *o)
{
	return o->model.size > 0 && strcmp((const char *)buf_bytes(&o->model), "textbook") == 0;
}

/* --- Starting and stopping --- */

static int start(struct own *o)
{
	int fds[2];
	if (sock_socketpair(fds) == -1)
		return errno;
	struct own_child *c = calloc(1, sizeof *c);
	if (!c) {
		close(fds[0]);
		close(fds[1]);
		return ENOMEM;
	}
	*c = (struct own_child){.own = o, .fd = fds[0], .handles = 3};
	int error = -uv_poll_init(o->loop, &c->channel, c->fd);
	if (error) {
		free(c);
		close(fds[0]);
		close(fds[1]);
		return error;
	}
	uv_pipe_init(o->loop, &c->errors, 0);
	if (o->stepped)
		channel_tell(c->fd, CONTROL_STEP, "on"); /* it is there before the server's first call */
	error = -spawn(c, fds[1]);
	close(fds[1]);
	c->process.data = c->channel.data = c->errors.data = c;
	o->child = c;
	if (error) {
		forget(c);
		return error;
	}
	tell_commands(c);
	uv_poll_start(&c->channel, UV_READABLE, channel_ready);
	uv_read_start((uv_stream_t *)&c->errors, errors_room, errors_read);
	return 0;
}

void own_init(struct own *o, uv_loop_t *loop, int family, const char *lab, const struct own_handlers *on)
{
	*o = (struct own){.loop = loop, .on = *on, .family = family == 6 ? 6 : 4};
	if (lab)
		set_string(&o->settings, lab, strlen(lab));
}

void own_free(struct own *o)
{
	buf_free(&o->settings);
	buf_free(&o->commands);
	buf_free(&o->model);
	buf_free(&o->address);
}

void own_start(struct own *o, enum protocol protocol)
{
	if (o->child && own_is_textbook(o) && o->protocol != protocol)
		own_stop(o);
	if (o->child)
		return;
	o->protocol = protocol;
	int error = start(o);
	if (error)
		o->on.ended(error, o->on.arg);
}

/* The loop would do it, but forgets a process whose handle is closed. One that will not end is ended. */
static void reap(pid_t pid, uint64_t deadline)
{
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		if (clock_now() >= deadline)
			kill(pid, SIGKILL);
		poll(NULL, 0, 1);
	}
}

void own_stop(struct own *o)
{
	struct own_child *c = o->child;
	if (!c)
		return;
	uint64_t deadline = clock_now() + LAST_WORDS;
	uv_process_kill(&c->process, SIGTERM);
	uv_process_kill(&c->process, SIGCONT); /* it might be stopped, and hear nothing */
	/* The end of the channel is its end; until then it has something to say. */
	struct pollfd channel = {.fd = c->fd, .events = POLLIN};
	while (uv_is_active((uv_handle_t *)&c->channel) && clock_now() < deadline) {
		poll(&channel, 1, LAST_WORDS / CLOCK_MS);
		take_messages(c);
	}
	reap(c->process.pid, deadline);
	take_last_words(c, deadline);
	forget(c);
}

bool own_await_end(struct own *o)
{
	uint64_t now, deadline = clock_now() + GOES_ON;
	if (own_is_textbook(o))
		return !o->child;
	while (o->child && !o->closes && (now = clock_now()) < deadline) {
		struct pollfd channel = {.fd = o->child->fd, .events = POLLIN};
		poll(&channel, 1, (int)((deadline - now) / CLOCK_MS) + 1);
		take_messages(o->child);
		if (!uv_is_active((uv_handle_t *)&o->child->channel))
			return true;
	}
	o->closes = false;
	return !o->child;
}

const struct endpoint *own_endpoint(const struct own *o, enum protocol protocol)
{
	const struct endpoint *e = &o->listening[protocol];
	return e->family ? e : NULL;
}

int own_channel(const struct own *o)
{
	return o->child ? o->child->fd : -1;
}

bool own_take(struct own *o)
{
	struct own_child *c = o->child;
	if (c && uv_is_active((uv_handle_t *)&c->channel))
		take_messages(c);
	return c && uv_is_active((uv_handle_t *)&c->channel);
}
