#include <stdlib.h>
#include <string.h>

#include "words.h"

/*
 * Which datagram was which sentence. Nothing but the sentence is on the wire, so a fate is known by its bytes; but on
 * one computer datagrams keep their order. So the log is gone through once, and each fate belongs to the oldest
 * sentence that has these bytes and was said after the last one that has a fate: those in between never arrived.
 */
struct sent {
	uint64_t sentence, fate; /* the log's indices; fate: NO_FATE, or */
	bool unsent;             /* it never left */
};
#define NO_FATE UINT64_MAX

struct reveal {
	const struct log *log;
	struct ring sent;          /* of struct sent */
	size_t next;               /* the first that a fate may yet belong to */
	bool elsewhere;            /* another server is talked with, whose lab nobody here knows */
	bool ports_known;          /* else the log has forgotten them, and any fate may be ours */
	bool port[UINT16_MAX + 1]; /* those that our sockets have had */
};

/* --- Going through the log --- */

static void take_state(struct reveal *r, const struct event_state *s)
{
	r->elsewhere = !s->own;
	if (s->protocol == PROTOCOL_UDP && s->local.port) {
		r->ports_known = true;
		r->port[s->local.port] = true;
	}
}

static int take_sentence(struct reveal *r, uint64_t index)
{
	if (r->elsewhere)
		return 0;
	struct sent *s = ring_push(&r->sent);
	if (!s)
		return -1;
	*s = (struct sent){.sentence = index, .fate = NO_FATE};
	return 0;
}

static void take_unsent(struct reveal *r, uint64_t number)
{
	for (size_t i = r->sent.count; i > r->next; i--) {
		struct sent *s = ring_at(&r->sent, i - 1);
		if (log_at(r->log, s->sentence)->talk.sentence == number) {
			s->unsent = true;
			return;
		}
	}
}

/* Of a long datagram only the beginning is known, and its length. */
static bool same_bytes(const struct event *sentence, const struct event *fate)
{
	return sentence->size == fate->lab.bytes && fate->size <= sentence->size &&
	       (fate->size == 0 || memcmp(sentence->data, fate->data, fate->size) == 0);
}

static void take_fate(struct reveal *r, uint64_t index)
{
	const struct event *fate = log_at(r->log, index);
	if (r->ports_known && !r->port[fate->lab.peer.port])
		return;
	for (size_t i = r->next; i < r->sent.count; i++) {
		struct sent *s = ring_at(&r->sent, i);
		if (s->unsent || !same_bytes(log_at(r->log, s->sentence), fate))
			continue;
		s->fate = index;
		r->next = i + 1;
		return;
	}
}

static int take(struct reveal *r, uint64_t index)
{
	const struct event *e = log_at(r->log, index);
	bool ours = e->who == EVENT_CLIENT;
	if (e->kind == EVENT_STATE && ours)
		take_state(r, &e->state);
	else if (e->kind == EVENT_SENTENCE && ours && e->talk.protocol == PROTOCOL_UDP)
		return take_sentence(r, index);
	else if (e->kind == EVENT_MISSING && ours && e->talk.verdict == VERDICT_UNSENT)
		take_unsent(r, e->talk.sentence);
	else if (e->kind == EVENT_LAB && e->lab.what == LAB_FATE)
		take_fate(r, index);
	return 0;
}

/* --- Telling --- */

static const char *comma(unsigned *told)
{
	return (*told)++ ? ", " : "";
}

static void say_reply_s_fate(const struct event_lab *fate, struct view_row *line)
{
	unsigned told = 0;
	char time[WORDS_NUMBER];
	if (fate->twice)
		view_row_printf(line, STYLE_LAB, "%s%s", comma(&told), _("answered twice"));
	if (fate->delay) {
		view_row_printf(line, STYLE_LAB, "%s", comma(&told));
		view_row_printf(line, STYLE_LAB, _("the reply was delayed by %s"), words_duration(fate->delay, time));
	}
	if (fate->held_back)
		view_row_printf(line, STYLE_LAB, "%s%s", comma(&told),
				_("held back until another reply had overtaken it"));
	if (told == 0)
		view_row_printf(line, STYLE_LAB, "%s", _("nothing happened to it"));
}

static void say_fate(const struct event_lab *fate, struct view_row *line)
{
	if (fate->request_dropped)
		view_row_printf(line, STYLE_LAB, "%s", _("the lab dropped the request, so the server never saw it"));
	else if (fate->reply_dropped)
		view_row_printf(line, STYLE_LAB, "%s", _("the server answered, and the lab dropped the reply"));
	else
		say_reply_s_fate(fate, line);
}

static void say(const struct log *l, const struct sent *s, struct view_row *line)
{
	const struct event *e = log_at(l, s->sentence);
	view_row_clear(line);
	view_row_printf(line, STYLE_LAB, _("sentence %zu"), (size_t)e->talk.sentence);
	view_row_printf(line, STYLE_LAB, " \"");
	words_glimpse(e->data, e->size, e->size, STYLE_LAB, line);
	view_row_printf(line, STYLE_LAB, "\": ");
	if (s->unsent)
		view_row_printf(line, STYLE_LAB, "%s", _("it was not sent"));
	else if (s->fate == NO_FATE)
		view_row_printf(line, STYLE_LAB, "%s",
				_("it never reached the server's recvfrom(), or the lab was off"));
	else
		say_fate(&log_at(l, s->fate)->lab, line);
}

/* All lines, a newline after each; none has one in it. */
static int say_last(const struct reveal *r, size_t n, struct buf *out)
{
	struct view_row line = {0};
	int result = 0;
	for (size_t i = r->sent.count - n; i < r->sent.count && result == 0; i++) {
		say(r->log, ring_at(&r->sent, i), &line);
		if (line.failed || buf_append(out, buf_bytes(&line.text), line.text.size) == -1 ||
		    buf_append(out, "\n", 1) == -1)
			result = -1;
	}
	view_row_free(&line);
	return result;
}

static int reveal(struct reveal *r, size_t sentences, struct buf *lines)
{
	for (uint64_t i = log_first(r->log); i < log_end(r->log); i++)
		if (take(r, i) == -1)
			return -1;
	size_t n = r->sent.count < sentences ? r->sent.count : sentences;
	return say_last(r, n, lines) == -1 ? -1 : (int)n;
}

int view_reveal(const struct log *l, size_t sentences, void (*each)(const char *line, size_t n, void *arg), void *arg)
{
	struct buf lines = {0};
	struct reveal *r = calloc(1, sizeof *r);
	if (!r)
		return -1;
	r->log = l;
	r->sent = RING_OF(struct sent);
	int n = reveal(r, sentences, &lines);
	ring_free(&r->sent);
	free(r);
	/* Only now: whoever gets them may put them into the log, and that may forget what they are of. */
	while (n != -1 && lines.size > 0) {
		const char *line = (const char *)buf_bytes(&lines);
		size_t size = (size_t)((const char *)memchr(line, '\n', lines.size) - line);
		each(line, size, arg);
		buf_consume(&lines, size + 1);
	}
	buf_free(&lines);
	return n;
}
