#include <stdlib.h>
#include <string.h>

#include "ended.h"
#include "words.h"

/*
 * Which datagram was which sentence. Nothing but the sentence is on the wire, so a fate is known by its bytes; but on
 * one computer datagrams keep their order. So each fate belongs to a sentence after that of the fate before it. The
 * oldest that will do is taken, and if a later one would do as well, it is a guess.
 */
struct sent {
	uint64_t sentence;                     /* the log's index */
	const struct event *fate;              /* NULL: nothing is known of one */
	uint64_t answered;                     /* when, beyond doubt; CLOCK_NEVER: it was not */
	enum { UNKNOWN, LAB_OFF, LAB_ON } lab; /* when it was sent */
	bool held;                             /* and the server received nothing then */
	bool unsent;                           /* it never left */
	bool guess;                            /* its fate, or that it has none, may be another's */
};

struct fate {
	uint64_t index;      /* the log's */
	size_t since;        /* sentences before this one had been received when the lab went on */
	size_t first, final; /* the oldest sentence that it can belong to, or NOBODY; and the newest */
};
#define NOBODY SIZE_MAX

struct reveal {
	const struct log *log;
	struct ring sent, fates;   /* of struct sent, struct fate */
	struct sent now;           /* what is true of a sentence that is sent now */
	size_t since;              /* of a fate that is told now */
	size_t left;               /* so many sentences have left, unless there is a socket: then all */
	bool socket;               /* to send them with */
	bool elsewhere;            /* another server is talked with, whose lab nobody here knows */
	bool ports_known;          /* else the log has forgotten them, and any fate may be ours */
	bool port[UINT16_MAX + 1]; /* those that our sockets have had */
};

static struct sent *sent_at(const struct reveal *r, size_t i)
{
	return ring_at(&r->sent, i);
}

static const struct event *said(const struct reveal *r, const struct sent *s)
{
	return log_at(r->log, s->sentence);
}

/* --- Going through the log --- */

static size_t left(const struct reveal *r)
{
	return r->socket ? r->sent.count : r->left;
}

static void take_socket(struct reveal *r, enum event_state_what what)
{
	r->left = left(r);
	r->socket = what == STATE_READY || what == STATE_PORT;
}

static void take_state(struct reveal *r, const struct event_state *s)
{
	r->elsewhere = !s->own;
	take_socket(r, s->what);
	if (ended_own_lab(s)) {
		r->now.lab = LAB_OFF;
		r->now.held = false;
	}
	if (s->protocol == PROTOCOL_UDP && s->local.port) {
		r->ports_known = true;
		r->port[s->local.port] = true;
	}
}

/* Sentences that have not left yet will meet these settings. */
static void take_settings(struct reveal *r, const struct event *e)
{
	bool was_off = r->now.lab == LAB_OFF;
	r->now.lab = e->size ? LAB_ON : LAB_OFF;
	r->now.held = e->size && memmem(e->data, e->size, "hold", strlen("hold"));
	for (size_t i = left(r); i < r->sent.count; i++) {
		sent_at(r, i)->lab = r->now.lab;
		sent_at(r, i)->held = r->now.held;
	}
	if (was_off && r->now.lab == LAB_ON && !r->now.held)
		r->since = left(r);
}

static int take_sentence(struct reveal *r, uint64_t index)
{
	struct sent *s = ring_push(&r->sent);
	if (!s)
		return -1;
	*s = r->now;
	s->sentence = index;
	return 0;
}

/* The last one that had this number, which each conversation counts anew; NULL: the log has forgotten it. */
static struct sent *numbered(const struct reveal *r, uint64_t number)
{
	for (size_t i = r->sent.count; i > 0; i--)
		if (said(r, sent_at(r, i - 1))->talk.sentence == number)
			return sent_at(r, i - 1);
	return NULL;
}

static void take_answer(struct reveal *r, const struct event *e)
{
	struct sent *s = numbered(r, e->talk.sentence);
	if (s && e->kind == EVENT_MISSING)
		s->unsent = true;
	else if (s)
		s->answered = e->when;
}

static int take_talk(struct reveal *r, uint64_t index)
{
	const struct event *e = log_at(r->log, index);
	const struct event_talk *t = &e->talk;
	if (t->protocol != PROTOCOL_UDP || r->elsewhere)
		return 0;
	if (e->kind == EVENT_SENTENCE)
		return take_sentence(r, index);
	if (e->kind == EVENT_MISSING ? t->verdict == VERDICT_UNSENT
				     : t->verdict == VERDICT_RIGHT && t->guess == GUESS_NONE)
		take_answer(r, e);
	return 0;
}

static int take_lab(struct reveal *r, uint64_t index)
{
	const struct event *e = log_at(r->log, index);
	if (e->lab.what == LAB_SETTINGS)
		take_settings(r, e);
	if (e->lab.what != LAB_FATE || (r->ports_known && !r->port[e->lab.peer.port]))
		return 0;
	struct fate *f = ring_push(&r->fates);
	if (!f)
		return -1;
	*f = (struct fate){.index = index, .since = r->since};
	return 0;
}

static int take(struct reveal *r, uint64_t index)
{
	const struct event *e = log_at(r->log, index);
	if (e->kind == EVENT_LAB)
		return take_lab(r, index);
	if (e->who != EVENT_CLIENT)
		return 0;
	if (e->kind == EVENT_STATE)
		take_state(r, &e->state);
	bool talk = e->kind == EVENT_SENTENCE || e->kind == EVENT_REPLY || e->kind == EVENT_MISSING;
	return talk ? take_talk(r, index) : 0;
}

/* --- Which fate is whose --- */

/* Of a long datagram, or one that was cut, only the beginning is known, and its length. */
static bool same_bytes(const struct event *sentence, const struct event *fate)
{
	return sentence->size == fate->lab.bytes && fate->size <= sentence->size &&
	       (fate->size == 0 || memcmp(sentence->data, fate->data, fate->size) == 0);
}

static bool can_be(const struct reveal *r, const struct fate *f, size_t i)
{
	const struct sent *s = sent_at(r, i);
	const struct event *fate = log_at(r->log, f->index);
	return s->sentence < f->index && !s->unsent && s->answered >= fate->when && (i >= f->since || s->held) &&
	       same_bytes(said(r, s), fate);
}

static size_t oldest(const struct reveal *r, const struct fate *f, size_t from)
{
	for (size_t i = from; i < r->sent.count && sent_at(r, i)->sentence < f->index; i++)
		if (can_be(r, f, i))
			return i;
	return NOBODY;
}

/* A fate is somebody's: if no other will do, that of a sentence which was on its way when the lab went on. */
static void find_oldest(struct reveal *r)
{
	size_t next = 0;
	for (size_t n = 0; n < r->fates.count; n++) {
		struct fate *f = ring_at(&r->fates, n);
		f->first = oldest(r, f, next);
		if (f->first == NOBODY && f->since > 0) {
			f->since = 0;
			f->first = oldest(r, f, next);
		}
		if (f->first == NOBODY)
			continue;
		sent_at(r, f->first)->fate = log_at(r->log, f->index);
		next = f->first + 1;
	}
}

static void find_newest(struct reveal *r)
{
	size_t end = r->sent.count;
	for (size_t n = r->fates.count; n > 0; n--) {
		struct fate *f = ring_at(&r->fates, n - 1);
		if (f->first == NOBODY)
			continue;
		for (f->final = end - 1; f->final > f->first && !can_be(r, f, f->final);)
			f->final--;
		end = f->final;
	}
}

/* Of the sentences from here on. */
static void mark_guesses(struct reveal *r, size_t from)
{
	for (size_t n = 0; n < r->fates.count; n++) {
		const struct fate *f = ring_at(&r->fates, n);
		if (f->first == NOBODY || f->first == f->final)
			continue;
		for (size_t i = f->first > from ? f->first : from; i <= f->final; i++)
			sent_at(r, i)->guess |= can_be(r, f, i);
	}
}

/* --- Telling --- */

static const char *comma(unsigned *told)
{
	return (*told)++ ? ", " : "";
}

/* Of a longer datagram not more is known than that. */
static bool was_cut(const struct event *e)
{
	return e->size < e->lab.bytes && e->size < EVENT_CALL_DATA;
}

static void say_reply_s_fate(const struct event *e, struct view_row *line)
{
	const struct event_lab *fate = &e->lab;
	unsigned told = 0;
	char time[WORDS_NUMBER], whole[WORDS_NUMBER];
	if (was_cut(e)) {
		view_row_printf(line, STYLE_LAB, "%s", comma(&told));
		view_row_printf(line, STYLE_LAB, _("the server's recvfrom() took %zu of %s"), (size_t)e->size,
				words_bytes(fate->bytes, whole));
	}
	if (fate->twice)
		view_row_printf(line, STYLE_LAB, "%s%s", comma(&told), _("answered twice"));
	if (fate->delay) {
		view_row_printf(line, STYLE_LAB, "%s", comma(&told));
		view_row_printf(line, STYLE_LAB,
				fate->twice ? _("the first reply was delayed by %s") : _("the reply was delayed by %s"),
				words_duration(fate->delay, time));
	}
	if (fate->held_back)
		view_row_printf(line, STYLE_LAB, "%s%s", comma(&told),
				_("held back, for another reply to overtake it (250 ms at most)"));
	if (told == 0)
		view_row_printf(line, STYLE_LAB, "%s", _("the lab let it and its reply pass"));
}

static void say_fate(const struct event *e, struct view_row *line)
{
	if (e->lab.request_dropped)
		view_row_printf(line, STYLE_LAB, "%s", _("the lab dropped the request, so the server never saw it"));
	else if (e->lab.reply_dropped)
		view_row_printf(line, STYLE_LAB, "%s", _("the server answered, and the lab dropped the reply"));
	else
		say_reply_s_fate(e, line);
}

static const char *no_fate(const struct sent *s)
{
	if (s->unsent)
		return _("it was not sent");
	if (s->lab == LAB_OFF)
		return _("the lab was off then");
	if (s->answered != CLOCK_NEVER)
		return _("it was answered, and the lab has told nothing of it");
	if (s->lab == LAB_ON)
		return _("it has not reached the server's recvfrom()");
	return _("it has not reached the server's recvfrom(), or the lab was off");
}

static void say(const struct reveal *r, const struct sent *s, struct view_row *line)
{
	const struct event *e = said(r, s);
	view_row_clear(line);
	view_row_printf(line, STYLE_LAB, _("sentence %zu"), (size_t)e->talk.sentence);
	view_row_printf(line, STYLE_LAB, " \"");
	words_glimpse(e->data, e->size, e->size, STYLE_LAB, line);
	view_row_printf(line, STYLE_LAB, "\": ");
	if (s->fate)
		say_fate(s->fate, line);
	else
		view_row_printf(line, STYLE_LAB, "%s", no_fate(s));
	if (s->guess)
		view_row_printf(line, STYLE_LAB, " (%s)", _("a guess: an equal sentence may be meant"));
}

/* All lines, a newline after each; none has one in it. */
static int say_last(const struct reveal *r, size_t n, struct buf *out)
{
	struct view_row line = {0};
	int result = 0;
	for (size_t i = r->sent.count - n; i < r->sent.count && result == 0; i++) {
		say(r, sent_at(r, i), &line);
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
	find_oldest(r);
	find_newest(r);
	mark_guesses(r, r->sent.count - n);
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
	r->fates = RING_OF(struct fate);
	r->now = (struct sent){.answered = CLOCK_NEVER, .lab = log_first(l) == 0 ? LAB_OFF : UNKNOWN};
	int n = reveal(r, sentences, &lines);
	ring_free(&r->sent);
	ring_free(&r->fates);
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
