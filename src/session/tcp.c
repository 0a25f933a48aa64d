/*
 * TCP: a stream of bytes, in which newlines are all that tells one sentence from the next, and one reply from the
 * next. Replies come in the order of the sentences. Whatever way the stream is cut by the receives, the replies are
 * the same.
 */
#include <string.h>

#include "session_private.h"

static size_t wire_size(const struct sentence *x)
{
	return x->size + 1;
}

/* The sentence whose reply comes next: at least a byte of it was sent. NULL: none. */
static const struct sentence *front(const struct session *s)
{
	return s->in_flight || s->gone ? session_at(s, 0) : NULL;
}

/* The same, only if all of it was sent: an answer to half a sentence is no answer. */
static const struct sentence *answerable(const struct session *s)
{
	return s->in_flight ? session_at(s, 0) : NULL;
}

/* --- Sending --- */

static bool may_begin(const struct session *s, const struct sentence *next)
{
	if (s->link == LINK_NONE || s->link == LINK_SPENT || s->shut)
		return false;
	if (s->link != LINK_OPEN && s->in_flight > s->overdue)
		return false;
	return s->ahead == 0 || s->ahead + wire_size(next) <= SESSION_TCP_AHEAD;
}

bool session_tcp_goes_at_once(const struct session *s, const struct sentence *x)
{
	return !s->stream && s->in_flight + 1 == s->sentences.count && s->gone == 0 && may_begin(s, x);
}

uint64_t session_tcp_held_since(const struct session *s)
{
	bool answered = s->in_flight == s->overdue || s->link != LINK_FRESH || s->one_each;
	if (answered || s->shut || s->gone > 0 || s->in_flight == s->sentences.count)
		return CLOCK_NEVER;
	return session_at(s, s->in_flight - 1)->sent_at;
}

bool session_tcp_output(struct session *s, const void **data, size_t *n)
{
	if (s->in_flight == s->sentences.count)
		return false;
	const struct sentence *next = session_at(s, s->in_flight);
	if (s->gone == 0 && !may_begin(s, next))
		return false;
	*data = next->text + s->gone;
	*n = wire_size(next) - s->gone;
	return true;
}

/* The first byte of a sentence goes out. */
static void begin(struct session *s, struct sentence *x, uint64_t now)
{
	session_tcp_flush(s, now);
	struct event_talk talk = {.sentence = x->id, .series = x->series, .bytes = wire_size(x)};
	talk.again = x->again;
	talk.unqueued = x->queued;
	x->queued = false;
	if (talk.again || talk.unqueued)
		session_report(s, EVENT_SENTENCE, &talk, x->text, talk.again ? x->size : 0, now);
}

static void retire(struct session *s);
static void take_replies(struct session *s, uint64_t now);

void session_tcp_sent(struct session *s, size_t n, uint64_t now)
{
	if (n == 0)
		return;
	struct sentence *x = session_at(s, s->in_flight);
	if (s->gone == 0)
		begin(s, x, now);
	x->sent_at = now;
	s->gone += n;
	s->ahead += n;
	if (s->gone < wire_size(x))
		return;
	s->gone = 0;
	s->in_flight++;
	if (s->stream)
		retire(s);
	take_replies(s, now); /* a server that answers byte by byte may have said it all before the newline went */
}

/* --- Receiving --- */

/* The front sentence is done with. */
static void retire(struct session *s)
{
	s->ahead -= s->in_flight ? wire_size(session_at(s, 0)) : s->gone;
	if (s->in_flight)
		s->in_flight--;
	else
		s->gone = 0;
	if (s->overdue)
		s->overdue--;
	session_drop(s, 0);
}

/* A second reply over a connection proves that the server does not close after each. */
static void note_answer(struct session *s, uint64_t now)
{
	if (s->link == LINK_KEPT)
		s->one_each = false;
	s->link = s->one_each ? LINK_SPENT : LINK_OPEN;
	s->replies++;
	s->replied_at = now;
}

static void consume(struct session *s, size_t n)
{
	buf_consume(&s->in, n);
	s->pieces = s->in.size > 0;
	s->matched = 0;
	s->scanned = 0;
}

/*
 * The first size bytes are a reply to x, or to nothing (NULL), and wire bytes are used up by it: more than size when
 * it ended in a newline.
 */
static void finish(struct session *s, const struct sentence *x, size_t size, size_t wire, uint64_t now)
{
	struct event_talk talk = {.verdict = VERDICT_UNASKED, .bytes = wire, .pieces = s->pieces, .joined = s->brought};
	if (x) {
		bool right = size == x->expected_size && size == s->matched;
		talk.verdict = right ? VERDICT_RIGHT : VERDICT_WRONG;
		talk.sentence = x->id;
		talk.series = x->series;
		talk.late = s->overdue > 0;
		talk.rtt = now - x->sent_at;
	}
	session_report(s, EVENT_REPLY, &talk, buf_bytes(&s->in), size, now);
	s->brought = true;
	if (x) {
		retire(s);
		note_answer(s, now);
	}
	consume(s, wire);
	s->bare = wire == size;
}

/* After a reply that ended without a newline: a '\r' that may be the first half of that newline. */
static bool half_newline(const struct session *s)
{
	return s->bare && s->in.size == 1 && *buf_bytes(&s->in) == '\r';
}

/* Bytes of the newline at offset at: 2 with a '\r', 0 for none. */
static size_t newline_at(const struct session *s, size_t at)
{
	const uint8_t *in = buf_bytes(&s->in) + at;
	size_t n = s->in.size - at;
	if (n > 0 && in[0] == '\n')
		return 1;
	return n > 1 && in[0] == '\r' && in[1] == '\n' ? 2 : 0;
}

static void swallow_newline(struct session *s)
{
	if (s->bare && s->in.size && !half_newline(s)) {
		consume(s, newline_at(s, 0));
		s->bare = false;
	}
}

/* Compares what came with what the front sentence expects, each byte once. */
static void compare(struct session *s)
{
	const struct sentence *x = front(s);
	if (!x)
		return;
	const uint8_t *in = buf_bytes(&s->in), *expected = sentence_expected(x);
	size_t n = (size_t)smaller(s->in.size, x->expected_size);
	while (s->matched < n && in[s->matched] == expected[s->matched])
		s->matched++;
}

/* So far all that came is what the front sentence expects, and there is more to come. */
static bool may_become_right(const struct session *s)
{
	const struct sentence *x = front(s);
	return x && s->matched == s->in.size && s->matched < x->expected_size;
}

/* True when the first *wire bytes are a complete reply of *size bytes. */
static bool complete(struct session *s, size_t *size, size_t *wire)
{
	const struct sentence *x = answerable(s);
	const uint8_t *in = buf_bytes(&s->in);
	if (x && x->expected_size && s->matched == x->expected_size) {
		*size = s->matched;
		*wire = s->matched + newline_at(s, s->matched);
		return true;
	}
	if (may_become_right(s))
		return false; /* if there is a newline in it, it belongs there */
	size_t most = (size_t)smaller(s->in.size, EVENT_DATA_MAX);
	const uint8_t *newline = memchr(in + s->scanned, '\n', most - s->scanned);
	s->scanned = most;
	if (newline) {
		*size = (size_t)(newline - in);
		*wire = *size + 1;
		if (x && x->expected_size == 0 && *size == 1 && in[0] == '\r')
			*size = 0;
		return true;
	}
	*size = *wire = most;
	return most == EVENT_DATA_MAX;
}

static void take_replies(struct session *s, uint64_t now)
{
	for (;;) {
		swallow_newline(s);
		if (s->in.size == 0 || half_newline(s))
			return;
		compare(s);
		size_t size, wire;
		if (!complete(s, &size, &wire))
			return;
		finish(s, answerable(s), size, wire, now);
	}
}

int session_tcp_received(struct session *s, const void *data, size_t n, uint64_t now)
{
	if (n == 0)
		return 0;
	if (s->stream) {
		struct event_talk talk = {.verdict = VERDICT_UNASKED, .bytes = n, .pieces = 1};
		session_report(s, EVENT_REPLY, &talk, data, n, now);
		return 0;
	}
	if (buf_append(&s->in, data, n) == -1)
		return -1;
	s->pieces++;
	s->brought = false;
	s->received_at = now;
	take_replies(s, now);
	return 0;
}

/* What came before any byte of a sentence was sent is no answer to it. */
void session_tcp_flush(struct session *s, uint64_t now)
{
	if (s->in.size && !front(s) && !half_newline(s))
		finish(s, NULL, s->in.size, s->in.size, now);
}

/* --- The end of a connection --- */

/* The end of the stream ends a reply, too, or cuts it short. */
static void take_rest(struct session *s, int error, uint64_t now)
{
	const struct sentence *x = front(s);
	if (s->in.size == 0 || half_newline(s))
		return;
	if (!may_become_right(s) || s->overdue) {
		finish(s, x, s->in.size, s->in.size, now);
		return;
	}
	session_miss(s, 0, VERDICT_CUT_SHORT, error, x->expected_size, now);
	retire(s);
	consume(s, s->in.size);
	s->replies++;
}

/* The first `tried` sentences are lost. */
static void lose(struct session *s, size_t tried, int error, uint64_t now)
{
	for (; tried > 0; tried--) {
		if (s->overdue)
			s->overdue--;
		else
			session_miss(s, 0, VERDICT_CUT_SHORT, error, 0, now);
		session_drop(s, 0);
	}
}

/* All the other sentences will be sent again, but for those reported missing. */
static void put_back(struct session *s)
{
	for (size_t i = s->overdue; i < s->in_flight; i++)
		session_at(s, i)->again = true;
	for (; s->overdue > 0; s->overdue--)
		session_drop(s, 0);
}

void session_tcp_reset(struct session *s)
{
	s->link = LINK_NONE;
	s->overdue = s->in_flight = s->gone = s->ahead = 0;
	consume(s, s->in.size);
	s->replies = 0;
	s->shut = s->bare = false;
}

/*
 * The connection ends as one does with a server that closes after each reply: after exactly one, and at once, unless
 * that is its known habit. Where more was sent than that server reads, a reset is what comes of it.
 */
static bool ends_after_reply(const struct session *s, int error, uint64_t now)
{
	if (s->replies != 1 || s->keeps_open || s->shut)
		return false;
	bool in_order = error == 0 || s->ahead > 0;
	return s->one_each || (in_order && now <= session_after(s->replied_at, SESSION_QUIET));
}

/*
 * A server that closes after each reply has not read the other sentences. Any other end loses what was sent. One that
 * came before the connection could be used costs a sentence, too, or we might open them for ever.
 */
bool session_tcp_ended(struct session *s, int error, uint64_t now)
{
	if (s->link == LINK_NONE)
		return s->one_each;
	bool unused = !front(s) && s->replies == 0 && !s->shut;
	take_rest(s, error, now);
	s->over = s->stream;
	if (s->stream) {
		lose(s, s->sentences.count, error, now);
	} else if (ends_after_reply(s, error, now)) {
		put_back(s);
		s->one_each = s->one_each || s->sentences.count > 0;
	} else {
		lose(s, unused ? s->sentences.count > 0 : s->in_flight + (s->gone > 0), error, now);
	}
	session_tcp_reset(s);
	return s->one_each;
}

/* --- Time --- */

/* When what came is taken as a reply although nothing ended it: a prompt, say. Not while it may become a right one. */
static uint64_t quiet_deadline(const struct session *s)
{
	if (s->in.size == 0 || half_newline(s) || (front(s) && s->matched == s->in.size))
		return CLOCK_NEVER;
	return session_after(s->received_at, SESSION_QUIET);
}

/* When a connection that should have been closed after its reply is taken as one that is kept open. */
static uint64_t kept_deadline(const struct session *s)
{
	return s->link == LINK_SPENT ? session_after(s->replied_at, SESSION_QUIET) : CLOCK_NEVER;
}

uint64_t session_tcp_deadline(const struct session *s)
{
	uint64_t quiet = quiet_deadline(s);
	uint64_t kept = s->sentences.count ? kept_deadline(s) : CLOCK_NEVER;
	return clock_earlier(quiet, kept);
}

void session_tcp_tick(struct session *s, uint64_t now)
{
	if (session_due(quiet_deadline(s), now))
		finish(s, answerable(s), s->in.size, s->in.size, now);
	if (session_due(kept_deadline(s), now))
		s->link = LINK_KEPT;
}
