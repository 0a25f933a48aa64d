/*
 * Like event_print_call(): for people who read English and scripts that look for it, and so not translated.
 */
#include <uproar/event.h>

#include "line.h"

static void put_count(struct line *l, uint64_t n, const char *noun)
{
	line_put(l, "%ju %s%s", (uintmax_t)n, noun, n == 1 ? "" : "s");
}

static void put_socket(struct line *l, int fd)
{
	if (fd == -1)
		line_put(l, "a socket");
	else
		line_put(l, "socket %d", fd);
}

static void put_data(struct line *l, const struct event *e)
{
	line_put(l, " ");
	line_put_string(l, e->data, e->size, e->lab.bytes, LINE_DATA);
}

static void put_settings(struct line *l, const struct event *e)
{
	line_put(l, e->size ? "settings " : "off");
	line_put_text(l, e->data, e->size);
}

static void put_milliseconds(struct line *l, uint64_t nanoseconds)
{
	uintmax_t microseconds = nanoseconds / 1000;
	line_put(l, "%ju", microseconds / 1000);
	if (microseconds % 1000)
		line_put(l, ".%03ju", microseconds % 1000);
	line_put(l, " ms");
}

/* What became of the reply. */
static void put_reply(struct line *l, const struct event_lab *lab)
{
	if (!lab->twice && !lab->delay && !lab->held_back)
		line_put(l, "nothing");
	if (lab->twice)
		line_put(l, "answered twice");
	if (lab->delay) {
		line_put(l, lab->twice ? ", delayed " : "delayed ");
		put_milliseconds(l, lab->delay);
	}
	if (lab->held_back)
		line_put(l, lab->twice || lab->delay ? ", held back" : "held back");
}

static void put_fate(struct line *l, const struct event *e)
{
	const struct event_lab *lab = &e->lab;
	char peer[ENDPOINT_TEXT];

	line_put(l, "datagram %ju", (uintmax_t)lab->datagram);
	if (lab->peer.family)
		line_put(l, " from %s", endpoint_format(&lab->peer, peer));
	line_put(l, ", ");
	put_count(l, lab->bytes, "byte");
	put_data(l, e);
	line_put(l, ": ");
	if (lab->request_dropped)
		line_put(l, "request dropped");
	else if (lab->reply_dropped)
		line_put(l, "reply dropped");
	else
		put_reply(l, lab);
}

static void put_waiting(struct line *l, const struct event_lab *lab)
{
	put_count(l, lab->bytes, "byte");
	line_put(l, lab->bytes == 1 ? " waits at " : " wait at ");
	put_socket(l, lab->fd);
	line_put(l, " (FIONREAD)");
}

static void put_took(struct line *l, const struct event *e)
{
	const struct event_lab *lab = &e->lab;
	bool cut = lab->whole > lab->bytes;

	line_put(l, lab->protocol == PROTOCOL_UDP ? "recvfrom" : "recv");
	if (lab->fd != -1)
		line_put(l, "(%d)", lab->fd);
	line_put(l, " took ");
	if (cut)
		line_put(l, "%ju of ", (uintmax_t)lab->bytes);
	put_count(l, cut ? lab->whole : lab->bytes, "byte");
	put_data(l, e);
	if (cut)
		line_put(l, ", the rest is lost");
}

int event_print_lab(const struct event *e, struct buf *out)
{
	const struct event_lab *lab = &e->lab;
	struct line l = line_begin(out);

	line_put(&l, "lab: ");
	switch (lab->what) {
	case LAB_SETTINGS:
		put_settings(&l, e);
		break;
	case LAB_FATE:
		put_fate(&l, e);
		break;
	case LAB_WAITING:
		put_waiting(&l, lab);
		break;
	case LAB_TOOK:
		put_took(&l, e);
		break;
	case LAB_RESET:
		put_socket(&l, lab->fd);
		line_put(&l, " closed with unread bytes, so with a reset");
		break;
	case LAB_CLOSED:
		put_socket(&l, lab->fd);
		line_put(&l, " closed in good order");
		break;
	}
	return line_end(&l);
}
