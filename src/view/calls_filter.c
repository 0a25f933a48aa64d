#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"

#define SEPARATORS ", \t\r\n"

struct parsing {
	struct calls_filter filter;
	char *problem;
	size_t room;
};

static int refuse(const struct parsing *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int refuse(const struct parsing *p, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(p->problem, p->room, format, args);
	va_end(args);
	return -1;
}

/* --- Names --- */

static enum event_op op_named(const char *name)
{
	if (strcmp(name, "accept4") == 0)
		return OP_ACCEPT;
	for (enum event_op op = OP_SOCKET; op < OP_COUNT; op++)
		if (strcmp(event_op_name(op), name) == 0)
			return op;
	return 0;
}

static void consider(const char *candidate, const char *word, size_t *least, const char **nearest)
{
	size_t d = name_distance(word, candidate);
	if (d < *least) {
		*least = d;
		*nearest = candidate;
	}
}

static const char *nearest(const char *word)
{
	size_t least = SIZE_MAX;
	const char *found = "";
	for (enum event_op op = OP_SOCKET; op < OP_COUNT; op++)
		consider(event_op_name(op), word, &least, &found);
	consider("client", word, &least, &found);
	consider("server", word, &least, &found);
	return found;
}

/* --- Words --- */

static int take_who(struct parsing *p, enum event_who who)
{
	if (p->filter.who)
		return refuse(p, "%s", _("One side is enough: client or server. Without either, both are shown."));
	p->filter.who = who;
	return 0;
}

static int take_op(struct parsing *p, enum event_op op)
{
	if (p->filter.op)
		return refuse(p, _("One call is enough: %s or %s. Without a name, all are shown."),
			      event_op_name(p->filter.op), event_op_name(op));
	p->filter.op = op;
	return 0;
}

static int take_fd(struct parsing *p, const char *digits)
{
	uint64_t fd = 0;
	if (p->filter.fd != -1)
		return refuse(p, "%s", _("One socket is enough. Without a number, all are shown."));
	for (; *digits; digits++)
		if ((fd = fd * 10 + (uint64_t)(*digits - '0')) > INT_MAX)
			return refuse(p, _("A socket's number is at most %d."), INT_MAX);
	p->filter.fd = (int)fd;
	return 0;
}

/* A word that nothing is called, safe to be printed, its end left out if it is long. */
static int complain(const struct parsing *p, const char *word)
{
	struct view_row safe = {0};
	view_row_put(&safe, STYLE_TEXT, word, strlen(word));
	view_row_fit(&safe, safe.columns < CALLS_QUOTED ? safe.columns : CALLS_QUOTED, STYLE_TEXT);
	refuse(p, _("%.*s is no side, no call and no socket's number. The nearest is %s; 5 stands for socket 5."),
	       (int)safe.text.size, safe.text.size ? (char *)buf_bytes(&safe.text) : "", nearest(word));
	view_row_free(&safe);
	return -1;
}

static int take(struct parsing *p, const char *word)
{
	enum event_op op = op_named(word);
	if (op)
		return take_op(p, op);
	if (strcmp(word, "client") == 0)
		return take_who(p, EVENT_CLIENT);
	if (strcmp(word, "server") == 0)
		return take_who(p, EVENT_SERVER);
	if (word[strspn(word, "0123456789")] == '\0')
		return take_fd(p, word);
	return complain(p, word);
}

int calls_filter_parse(const char *text, struct calls_filter *f, char *problem, size_t room)
{
	struct parsing p = {.filter = {.fd = -1}, .problem = problem, .room = room};
	char *copy = strdup(text), *rest = copy;
	if (!copy)
		return refuse(&p, "%s", _("This computer is short of memory."));
	int result = 0;
	for (char *word; result == 0 && (word = strsep(&rest, SEPARATORS));)
		if (*word)
			result = take(&p, word);
	free(copy);
	if (result == 0)
		*f = p.filter;
	return result;
}
