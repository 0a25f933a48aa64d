#include "extra.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/sock.h>

enum {
	FIRST = 2,        /* client 1 is the conversation's */
	LONG_WAIT = 3000, /* ms for connect(), which takes much less unless it has to queue */
	READ_ROOM = 4096,
	NOTE_ROOM = 512,
};

/* Lives until its two handles are closed. */
struct extra_client {
	struct extra *all;
	unsigned place; /* in all->clients */
	int fd;
	bool connected;
	uv_poll_t poll;
	uv_timer_t patience; /* while it is not connected */
	int handles;
};

__attribute__((format(printf, 3, 4))) static void note(struct extra *x, enum note_level level, const char *format, ...)
{
	char words[NOTE_ROOM];
	va_list args;
	va_start(args, format);
	vsnprintf(words, sizeof words, format, args);
	va_end(args);
	x->note(level, words, x->arg);
}

static void handle_closed(uv_handle_t *handle)
{
	struct extra_client *c = handle->data;
	if (--c->handles == 0)
		free(c);
}

static void end(struct extra_client *c)
{
	c->all->clients[c->place] = NULL;
	uv_close((uv_handle_t *)&c->poll, handle_closed);
	uv_close((uv_handle_t *)&c->patience, handle_closed);
	sock_close(c->fd);
}

static void failed(struct extra *x, unsigned place, int error)
{
	note(x, NOTE_WARNING, _("Client %u could not connect: %s."), place + FIRST, strerror(error));
}

/* What comes is for nobody. */
static void receive(struct extra_client *c)
{
	static unsigned char room[READ_ROOM];
	ssize_t n = sock_recv(c->fd, room, sizeof room);
	if (n > 0 || (n == -1 && (errno == EAGAIN || errno == EINTR)))
		return;
	if (n == 0)
		note(c->all, NOTE_INFO, _("Client %u: the server closed the connection."), c->place + FIRST);
	else
		note(c->all, NOTE_WARNING, _("Client %u: the connection ended: %s."), c->place + FIRST,
		     strerror(errno));
	end(c);
}

static void poll_ready(uv_poll_t *poll, int status, int events);

static void connect_ended(struct extra_client *c)
{
	struct endpoint local = {0};
	int error = 0;
	if (sock_getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error) == -1 ||
	    (error == 0 && sock_getsockname(c->fd, &local) == -1))
		error = errno;
	if (error) {
		failed(c->all, c->place, error);
		end(c);
		return;
	}
	c->connected = true;
	uv_timer_stop(&c->patience);
	uv_poll_start(&c->poll, UV_READABLE, poll_ready);
	note(c->all, NOTE_INFO, _("Client %u is connected, from port %u."), c->place + FIRST, (unsigned)local.port);
}

static void poll_ready(uv_poll_t *poll, int status, int events)
{
	struct extra_client *c = poll->data;
	(void)status, (void)events;
	if (c->connected)
		receive(c);
	else
		connect_ended(c);
}

static void waited_long(uv_timer_t *timer)
{
	struct extra_client *c = timer->data;
	note(c->all, NOTE_WARNING,
	     _("Client %u has waited %d s for connect(): nobody has answered. If the server runs, its queue of clients "
	       "is full; a firewall on the way would look the same."),
	     c->place + FIRST, LONG_WAIT / 1000);
}

/* A client whose handles are open. NULL: errno says why. */
static struct extra_client *attach(struct extra *x, unsigned place, int fd)
{
	struct extra_client *c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	*c = (struct extra_client){.all = x, .place = place, .fd = fd, .handles = 2};
	int error = -uv_poll_init(x->loop, &c->poll, fd);
	if (error) {
		free(c);
		errno = error;
		return NULL;
	}
	uv_timer_init(x->loop, &c->patience);
	c->poll.data = c->patience.data = c;
	return c;
}

static int begin(struct extra *x, unsigned place, const struct endpoint *remote)
{
	int fd = sock_socket(remote->family, PROTOCOL_TCP, NONBLOCKING);
	if (fd == -1)
		return -1;
	struct extra_client *c = attach(x, place, fd);
	int error = errno;
	if (!c) {
		sock_close(fd);
		errno = error;
		return -1;
	}
	x->clients[place] = c;
	if (sock_connect(fd, remote) == -1 && errno != EINPROGRESS && errno != EINTR) {
		error = errno;
		end(c);
		errno = error;
		return -1;
	}
	uv_poll_start(&c->poll, UV_WRITABLE, poll_ready);
	uv_timer_start(&c->patience, waited_long, LONG_WAIT, 0);
	return 0;
}

void extra_init(struct extra *x, uv_loop_t *loop, void (*note_to)(enum note_level level, const char *words, void *arg),
		void *arg)
{
	*x = (struct extra){.loop = loop, .note = note_to, .arg = arg};
}

void extra_open(struct extra *x, const struct endpoint *remote, unsigned count)
{
	for (unsigned place = 0; place < count && place < NETWORK_EXTRA_MAX; place++) {
		if (!x->clients[place] && begin(x, place, remote) == -1) {
			failed(x, place, errno);
			return; /* nor could the others */
		}
	}
}

void extra_close(struct extra *x, unsigned count)
{
	unsigned closed = 0;
	for (unsigned place = count; place < NETWORK_EXTRA_MAX; place++) {
		if (x->clients[place]) {
			end(x->clients[place]);
			closed++;
		}
	}
	if (closed > 0)
		note(x, NOTE_INFO, ngettext("%u further client was closed.", "%u further clients were closed.", closed),
		     closed);
}
