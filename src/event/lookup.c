/* What a look-up was asked for and told, as lines: readable wherever the data of an event is, in a recording, too. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <uproar/event.h>

/* --- Written --- */

/* A line of n bytes behind the others; if there is no room for all of it, none. */
static bool put_line(struct event *e, char room[EVENT_LOOKUP_DATA], const char *line, size_t n)
{
	if (n >= EVENT_LOOKUP_DATA - e->size)
		return false;
	room[e->size] = '\n';
	memcpy(room + e->size + 1, line, n);
	e->size += (uint32_t)(n + 1);
	return true;
}

void event_lookup_keep(struct event *e, char room[EVENT_LOOKUP_DATA], const char *name, const struct endpoint *found,
		       size_t n)
{
	char text[ENDPOINT_TEXT];
	size_t size = strlen(name);
	if (e->size)
		memcpy(room, e->data, e->size);
	e->data = room;
	put_line(e, room, name, size <= EVENT_CALL_DATA && !strchr(name, '\n') ? size : 0);
	for (size_t i = 0; i < n; i++)
		if (!put_line(e, room, text, strlen(endpoint_format(&found[i], text))))
			return;
}

/* --- Read --- */

/* The next line, which may have come from anywhere. False: there is none. */
static bool next_line(struct event_lookup *l, const char **line, size_t *n)
{
	if (l->left == 0 || *l->rest != '\n')
		return false;
	*line = l->rest + 1;
	const char *end = memchr(*line, '\n', l->left - 1);
	*n = end ? (size_t)(end - *line) : l->left - 1;
	l->rest = *line + *n;
	l->left -= *n + 1;
	return true;
}

struct event_lookup event_lookup(const struct event *e)
{
	size_t host = (size_t)smaller(smaller(e->size, EVENT_CALL_DATA), e->call.asked);
	struct event_lookup l = {.host = e->data, .host_size = host, .left = e->size - host};
	l.rest = l.left ? l.host + host : NULL;
	next_line(&l, &l.name, &l.name_size);
	return l;
}

bool event_lookup_is_canonical(const struct event_lookup *l)
{
	return l->host_size == l->name_size && l->host_size && strncasecmp(l->host, l->name, l->name_size) == 0;
}

bool event_lookup_next(struct event_lookup *l, struct endpoint *found)
{
	char text[ENDPOINT_TEXT];
	const char *line;
	size_t n;
	if (!next_line(l, &line, &n) || n >= sizeof text || memchr(line, '\0', n))
		return false;
	memcpy(text, line, n);
	text[n] = '\0';
	return endpoint_parse(text, found);
}
