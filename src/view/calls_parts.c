/* The parts of a line that tells of a call. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "calls.h"

bool calls_returns(const struct event *before, const struct event *after)
{
	const struct event_call *call = &before->call;
	bool same_socket = call->fd == after->call.fd || call->fd == -1; /* socketpair() is given none, and gives one */
	return after->call.returned && before->who == after->who && call->op == after->call.op && same_socket;
}

void calls_put_time(struct view_row *line, const struct event *e, int64_t wall)
{
	char text[16];
	uint64_t at = event_moment(e) + (uint64_t)wall;
	time_t second = (time_t)(at / CLOCK_SECOND);
	struct tm t = {0};
	localtime_r(&second, &t);
	strftime(text, sizeof text, "%H:%M:%S", &t);
	view_row_printf(line, STYLE_FAINT, "%s.%06u", text, (unsigned)(at % CLOCK_SECOND / 1000));
}

static unsigned put_word(struct view_row *line, enum event_who who)
{
	bool client = who == EVENT_CLIENT;
	unsigned before = line->columns;
	view_row_printf(line, client ? STYLE_YOU : STYLE_SERVER, "%s %s",
			client ? words_sign("▸", ">") : words_sign("◂", "<"), client ? _("client") : _("server"));
	return line->columns - before;
}

void calls_put_side(struct view_row *line, enum event_who who)
{
	struct view_row other = {0};
	unsigned columns = put_word(line, who);
	unsigned others = put_word(&other, who == EVENT_CLIENT ? EVENT_SERVER : EVENT_CLIENT);
	if (others > columns)
		row_spaces(line, STYLE_TEXT, others - columns);
	view_row_free(&other);
}

/* What one that does not wait says when it would have to is no trouble. */
static enum view_style style_of(const struct event_call *call)
{
	bool trouble = call->error && (call->op == OP_GETADDRINFO ||
				       (call->error != EAGAIN && call->error != EINPROGRESS && call->error != EINTR));
	return trouble ? STYLE_WARNING : STYLE_TEXT;
}

void calls_put_call(struct view_row *line, const struct event *e)
{
	static const char unknown[] = " = ?";
	struct buf text = {0};
	if (event_print_call(e, &text) == -1) {
		line->failed = true;
	} else {
		size_t n = text.size - (e->call.returned ? 0 : sizeof unknown - 1);
		view_row_put(line, style_of(&e->call), buf_bytes(&text), n);
	}
	buf_free(&text);
}

const char *calls_duration(uint64_t took, char out[CALLS_DURATION])
{
	uint64_t microseconds = took / 1000;
	snprintf(out, CALLS_DURATION, "<%" PRIu64 ".%06u>", microseconds / 1000000, (unsigned)(microseconds % 1000000));
	return out;
}
