/*
 * What a command or a key does to the conversation: requests to the network's thread, and notes of what was set.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat_private.h"

/* --- What happens --- */

/* The first thing that a new conversation does; events of the one before it may still come after it was asked for. */
static bool begins(const struct event *e)
{
	if (e->kind != EVENT_STATE || e->who != EVENT_CLIENT)
		return false;
	enum event_state_what what = e->state.what;
	return what == STATE_STARTING || what == STATE_LOOKUP || what == STATE_CONNECTING || what == STATE_READY;
}

/* A recording does not tell that the user went elsewhere, but where to. */
static bool leads_elsewhere(const struct view_status *s, const struct event *e)
{
	const struct event_state *before = &s->state, *now = &e->state;
	if (before->what == 0 || now->protocol != before->protocol || now->own != before->own)
		return before->what != 0;
	bool renamed = e->size > 0 && (e->size != strlen(s->host) || memcmp(e->data, s->host, e->size) != 0);
	bool moved = now->remote.port && before->remote.port && now->remote.port != before->remote.port;
	return !now->own && (renamed || moved);
}

void chat_take(struct chat *c, const struct event *e)
{
	bool elsewhere = begins(e) && (c->renewed || (c->replay && leads_elsewhere(&c->frame.status, e)));
	log_append(c->log, e); /* without memory for it, it is not shown */
	view_status_take(&c->frame.status, e);
	if (elsewhere) {
		statistics_clear(c->frame.panes.statistics);
		c->renewed = false;
	}
	statistics_take(c->frame.panes.statistics, e);
	c->dirty = true;
}

static void take(const struct event *e, void *arg)
{
	chat_take(arg, e);
}

static void put_in_order(struct chat *c, const struct event *e)
{
	if (order_put(&c->order, e) == -1)
		chat_take(c, e); /* better early than never */
}

void chat_hear(struct chat *c, const struct event *e)
{
	series_take(&c->run, e, clock_now());
	stepper_take(&c->stepper, e);
	if (e->kind == EVENT_NOTE && e->who == EVENT_CLIENT)
		frame_noted(&c->frame, e);
	put_in_order(c, e);
}

/* A call that waits for the user says nothing of what the other program has on its way. */
void chat_settle(struct chat *c, uint64_t now)
{
	chat_let_go(c);
	chat_lead(c);
	order_give(&c->order, now == CLOCK_NEVER ? CLOCK_NEVER : now - ORDER_PATIENCE, take, c);
	if (c->away)
		panes_update(&c->frame.panes); /* it must not miss what the log forgets */
}

void chat_note(struct chat *c, enum note_level level, const char *format, ...)
{
	char line[1024];
	va_list args;
	va_start(args, format);
	if (vsnprintf(line, sizeof line, format, args) < 0)
		line[0] = '\0';
	va_end(args);
	struct event e = event_of_note(EVENT_CLIENT, level, line, strlen(line));
	e.when = chat_now(c);
	frame_noted(&c->frame, &e);
	if (c->network)
		put_in_order(c, &e);
	else
		chat_take(c, &e);
}

void chat_out_of_memory(struct chat *c)
{
	chat_note(c, NOTE_ERROR, _("There is no memory left."));
}

void chat_requested(struct chat *c, int result)
{
	if (result == -1)
		chat_out_of_memory(c);
}

bool chat_requires(struct chat *c, enum chat_needs needs)
{
	const char *why_not = NULL;
	if (needs >= CHAT_SERVER && c->replay)
		why_not =
			_("This is a recording: there is nobody to talk with. To talk, start uproar without --replay.");
	else if (needs == CHAT_CONVERSATION && c->options->attach)
		why_not = _("This only watches a server: others talk with it. To talk, start another uproar.");
	if (why_not)
		chat_note(c, NOTE_ERROR, "%s", why_not);
	return !why_not;
}

/* --- With whom, and how --- */

static void go(struct chat *c)
{
	series_stop(&c->run);
	c->renewed = true;
	chat_requested(c, network_connect(c->network, c->protocol, c->host, c->port));
}

void chat_talk(struct chat *c, enum protocol protocol)
{
	c->protocol = protocol;
	go(c);
}

void chat_connect(struct chat *c, const char *host, const char *port)
{
	char *host_copy = host ? strdup(host) : NULL;
	char *port_copy = strdup(port);
	if (!port_copy || (host && !host_copy)) {
		free(host_copy);
		free(port_copy);
		chat_out_of_memory(c);
		return;
	}
	free(c->host);
	free(c->port);
	c->host = host_copy;
	c->port = port_copy;
	go(c);
}

void chat_disconnect(struct chat *c)
{
	series_stop(&c->run);
	chat_requested(c, network_disconnect(c->network));
}

void chat_shutdown(struct chat *c)
{
	chat_requested(c, network_shutdown(c->network));
}

void chat_clients(struct chat *c, unsigned count)
{
	chat_requested(c, network_extra_clients(c->network, count - 1));
}

void chat_timeout(struct chat *c, uint64_t timeout)
{
	c->timeout = timeout;
	chat_requested(c, network_timeout(c->network, timeout));
	chat_note(c, NOTE_INFO, _("A reply that takes longer than %g s is reported missing from now on."),
		  (double)timeout / (double)CLOCK_SECOND);
}

const struct network_habits *chat_habits(const struct chat *c)
{
	return &c->habits;
}

void chat_behave(struct chat *c, const struct network_habits *habits)
{
	c->habits = *habits;
	chat_requested(c, network_behave(c->network, habits));
	chat_show_habits(c);
}

bool chat_is_book(const struct chat *c)
{
	return c->textbook;
}

/* Those that are in force. */
void chat_show_habits(struct chat *c)
{
	struct network_habits shown = c->habits;
	if (c->textbook)
		shown = (struct network_habits){.recv_room = shown.recv_room};
	c->frame.habits = shown;
	c->dirty = true;
}

/* --- The lab --- */

void chat_lab(struct chat *c, const char *spec)
{
	chat_requested(c, network_lab(c->network, spec));
}

static void note_line(const char *line, size_t n, void *arg)
{
	chat_note(arg, NOTE_INFO, "%.*s", (int)n, line);
}

void chat_reveal(struct chat *c, size_t sentences)
{
	panes_reveal(&c->frame.panes);
	int found = view_reveal(c->log, sentences, note_line, c);
	if (found == -1)
		chat_out_of_memory(c);
	else if (found == 0)
		chat_note(c, NOTE_INFO,
			  _("There is nothing to reveal: our own server has received no datagram of ours. Say "
			    "something to it over UDP."));
}

/* --- Sentences --- */

void chat_say(struct chat *c, const void *text, size_t n, struct series series)
{
	chat_requested(c, network_say(c->network, text, n, series));
}

void chat_series(struct chat *c, const struct series_plan *plan)
{
	if (c->run.running) {
		chat_note(c, NOTE_ERROR, _("One burst or ping is under way. Ctrl-C on an empty line ends it."));
		return;
	}
	bool may_take_any_time = c->protocol == PROTOCOL_TCP && c->timeout == 0;
	struct series_plan patient = *plan;
	patient.patience = may_take_any_time ? SERIES_PATIENCE : CLOCK_NEVER;
	if (series_begin(&c->run, &patient, clock_now()) == -1)
		chat_out_of_memory(c);
	else
		chat_advance(c);
}

static int say_next(struct chat *c, struct series series)
{
	struct buf text = {0};
	int result = series_sentence(&c->run, series, clock_wall(), &text);
	if (result == 0)
		result = network_say(c->network, buf_bytes(&text), text.size, series);
	buf_free(&text);
	return result;
}

void chat_advance(struct chat *c)
{
	uint64_t now = clock_now();
	struct series series;
	while (series_next(&c->run, now, &series)) {
		if (say_next(c, series) == -1) {
			chat_out_of_memory(c);
			series_break(&c->run);
		}
	}
	if (series_reports(&c->run, now)) {
		char who[ENDPOINT_TEXT];
		endpoint_format(&c->frame.status.state.remote, who);
		chat_requested(c, series_summary(&c->run, who, note_line, c));
	}
	series_progress(&c->run, c->frame.progress);
}

void chat_break(struct chat *c)
{
	series_break(&c->run);
	chat_advance(c);
}
