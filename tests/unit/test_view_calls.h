/* What the tests of the views of calls share: a log of calls that are made up, and all the lines of a view as a text.
 */
#ifndef TEST_VIEW_CALLS_H
#define TEST_VIEW_CALLS_H

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <uproar/views.h>

#include "test_view.h"

static struct log *events;
static struct flow *flow;

static inline int begin_log(void **state)
{
	(void)state;
	events = log_new(1000, SIZE_MAX);
	flow = events ? flow_new(events) : NULL;
	return flow ? 0 : -1;
}

static inline int end_log(void **state)
{
	(void)state;
	flow_free(flow);
	log_free(events);
	return 0;
}

/* Each event happens a millisecond after the one before. Returns its index in the log. */
static inline uint64_t add_event(struct event e)
{
	uint64_t index = log_end(events);
	if (e.when == 0)
		e.when = (index + 1) * CLOCK_MS;
	assert_int_equal(log_append(events, &e), 0);
	assert_int_equal(flow_update(flow), 0);
	return index;
}

static inline uint64_t add_data(enum event_who who, struct event_call call, const void *data, size_t n)
{
	if (call.returned && call.took == 0)
		call.took = 12000;
	size_t kept = n < EVENT_CALL_DATA ? n : EVENT_CALL_DATA;
	return add_event(
		(struct event){.who = who, .kind = EVENT_CALL, .call = call, .data = data, .size = (uint32_t)kept});
}

static inline uint64_t add_call(enum event_who who, struct event_call call)
{
	return add_data(who, call, NULL, 0);
}

/* Calls that have returned, and one that has not. */
#define CALL(...)  ((struct event_call){.returned = true, __VA_ARGS__})
#define BEGUN(...) ((struct event_call){__VA_ARGS__})

#define CLIENT EVENT_CLIENT
#define SERVER EVENT_SERVER

static inline struct endpoint local_host(uint16_t port)
{
	return ipv4(1, port);
}

/* --- What is shown --- */

struct shown {
	struct buf text;
	unsigned width;
};

/* Spaces at the end of a row are nothing to be seen. */
static inline bool append_row(const struct view_row *row, void *arg)
{
	struct shown *s = arg;
	size_t n = row->text.size;
	assert_true(row->columns <= s->width);
	while (n && buf_bytes(&row->text)[n - 1] == ' ')
		n--;
	assert_int_equal(buf_append(&s->text, buf_bytes(&row->text), n), 0);
	assert_int_equal(buf_append(&s->text, "\n", 1), 0);
	return true;
}

/* All lines, wrapped. To be freed. */
static inline char *shown(const struct pager_lines *lines, void *view, unsigned width)
{
	struct shown s = {.width = width};
	struct view_row row = {0};
	assert_int_equal(lines->update(view), 0);
	for (uint64_t n = lines->first(view); n < lines->end(view); n++) {
		unsigned indent = 0;
		view_row_clear(&row);
		lines->line(view, n, width, &row, &indent);
		assert_false(row.failed);
		assert_int_equal(view_wrap(&row, width, indent, append_row, &s), 0);
	}
	view_row_free(&row);
	char *text = strndup(s.text.size ? (char *)buf_bytes(&s.text) : "", s.text.size);
	buf_free(&s.text);
	return text;
}

static inline void assert_shown(const struct pager_lines *lines, void *view, unsigned width, const char *expected)
{
	char *text = shown(lines, view, width);
	assert_string_equal(text, expected);
	free(text);
}

/* How many spaces stand between columns is no matter. */
static inline char *squeezed(char *text)
{
	char *to = text;
	for (const char *from = text; *from; from++)
		if (*from != ' ' || from[1] != ' ')
			*to++ = *from;
	*to = '\0';
	return text;
}

/* All of it in a wide window, where nothing is wrapped, says this somewhere, or nowhere. */
static inline bool is_said(const struct pager_lines *lines, void *view, const char *part)
{
	char *text = squeezed(shown(lines, view, 200)), *wanted = squeezed(strdup(part));
	bool found = strstr(text, wanted) != NULL;
	free(wanted);
	free(text);
	return found;
}

static inline void assert_says(const struct pager_lines *lines, void *view, const char *part)
{
	if (!is_said(lines, view, part))
		fail_msg("this is not said: %s", part);
}

static inline void assert_says_not(const struct pager_lines *lines, void *view, const char *part)
{
	if (is_said(lines, view, part))
		fail_msg("this is said: %s", part);
}

/* However wide the window is, no row is wider; shown() asserts it. */
static inline void assert_fits(const struct pager_lines *lines, void *view)
{
	for (unsigned width = 20; width <= 200; width++)
		free(shown(lines, view, width));
}

static inline enum view_style style_of_text(const struct pager_lines *lines, void *view, uint64_t number,
					    const char *text)
{
	struct view_row row = {0};
	unsigned indent = 0;
	size_t at = 0;
	lines->line(view, number, 200, &row, &indent);
	char *all = text_of(&row);
	const char *found = strstr(all, text);
	assert_non_null(found);
	enum view_style style = STYLE_COUNT;
	for (size_t i = 0; i < row.spans.count && style == STYLE_COUNT; i++) {
		const struct view_span *s = ring_at(&row.spans, i);
		at += s->size;
		if ((size_t)(found - all) < at)
			style = s->style;
	}
	free(all);
	view_row_free(&row);
	return style;
}

/* --- A server and two clients over TCP, as the book has them --- */

static const struct endpoint anywhere = {.family = 4, .port = 12000};

static inline void add_welcoming(void)
{
	add_call(SERVER, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_STREAM | SOCK_CLOEXEC}, .result = 3));
	add_call(SERVER, CALL(.op = OP_BIND, .fd = 3, .address = local_host(12000)));
	add_call(SERVER, CALL(.op = OP_LISTEN, .fd = 3, .args = {1}));
}

/* The client's socket has this number, the server's connection socket another. */
static inline void add_connection(int client, int server, uint16_t port)
{
	add_call(CLIENT, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_STREAM}, .result = client));
	add_call(CLIENT, CALL(.op = OP_CONNECT, .fd = client, .address = local_host(12000)));
	add_call(CLIENT, CALL(.op = OP_GETSOCKNAME, .fd = client, .address = local_host(port)));
	add_call(SERVER, CALL(.op = OP_ACCEPT, .fd = 3, .result = server, .address = local_host(port)));
}

static inline uint64_t add_send(enum event_who who, int fd, uint64_t offset, const char *data)
{
	size_t n = strlen(data);
	return add_data(who, CALL(.op = OP_SEND, .fd = fd, .asked = n, .result = (int64_t)n, .offset = offset), data,
			n);
}

static inline uint64_t add_recv(enum event_who who, int fd, uint64_t offset, const char *data)
{
	size_t n = strlen(data);
	return add_data(who, CALL(.op = OP_RECV, .fd = fd, .asked = 1024, .result = (int64_t)n, .offset = offset), data,
			n);
}

#endif
