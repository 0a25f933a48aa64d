/*
 * Random bytes as the life of a session: what is said, sent and received, and when.
 *
 * The session is used as its contract allows, by a network and a server without manners. What must be true of anything
 * that it tells and answers is checked at every step. Four bytes at a time are a deed: which, and three numbers.
 */
#include <errno.h>
#include <string.h>

#include <uproar/session.h>
#include <uproar/text.h>

#include "fuzz.h"

enum {
	SENTENCES = 512,      /* said at most */
	TEXT_MAX = 1 << 12,   /* bytes of most of them */
	DATAGRAM_MAX = 65535, /* and of what is received */
};

/* What the session has said of a sentence. */
enum fate { UNDECIDED, MISSED, ENDED };

struct sentence {
	uint8_t *text;
	size_t size;
	enum fate fate;
	bool sent;                  /* UDP: to the end */
	bool answered;              /* or refused */
	bool missed;                /* it was reported missing */
	bool queued;                /* it was told that nothing of it was sent */
	enum event_verdict verdict; /* the latest */
};

struct life {
	const uint8_t *input;
	size_t left;

	struct session *session;
	enum protocol protocol;
	uint64_t now;
	uint64_t timeout;
	size_t ahead;
	struct sentence sentences[SENTENCES + 1]; /* from 1 */
	uint64_t said;
	size_t undecided;

	bool open, shut;
	uint64_t sending; /* TCP: the sentence that goes now, or went last over this connection; 0: none */
	size_t gone;      /* bytes of it, 0: all */
	size_t spent;     /* verdicts since the connection was made */
	bool wanted;      /* it was, for a sentence's sake */
};

/* --- What is told --- */

static struct sentence *sentence_of(struct life *l, const struct event_talk *talk)
{
	check(talk->sentence >= 1 && talk->sentence <= l->said);
	check(talk->series.kind == SERIES_PING && talk->series.place == (uint32_t)talk->sentence);
	return &l->sentences[talk->sentence];
}

static void decide(struct life *l, struct sentence *x, enum fate fate)
{
	check(x->fate == UNDECIDED);
	x->fate = fate;
	l->undecided--;
	l->spent++;
}

static void hear_sentence(struct life *l, const struct event *e)
{
	if (e->talk.unqueued) {
		struct sentence *x = sentence_of(l, &e->talk);
		check(x->queued && !e->talk.again && !e->talk.queued);
		x->queued = false;
	} else if (!e->talk.again) {
		check(e->talk.sentence == ++l->said);
		l->undecided++;
	}
	struct sentence *x = sentence_of(l, &e->talk);
	x->queued |= e->talk.queued;
	check(x->fate == UNDECIDED);
	check(!e->talk.again || l->protocol == PROTOCOL_TCP);
	check(e->talk.bytes == x->size + (l->protocol == PROTOCOL_TCP));
}

static void hear_missing(struct life *l, const struct event *e)
{
	enum event_verdict verdict = e->talk.verdict;
	struct sentence *x = sentence_of(l, &e->talk);
	check(verdict >= VERDICT_TIMEOUT && verdict <= VERDICT_REFUSED);
	check((verdict == VERDICT_UNSENT) == (e->talk.bytes > 0) || x->size == 0);
	check(verdict != VERDICT_REFUSED || l->protocol == PROTOCOL_UDP);
	check(x->queued == e->talk.queued);
	decide(l, x, verdict == VERDICT_TIMEOUT ? MISSED : ENDED);
	x->answered = verdict == VERDICT_REFUSED;
	x->missed = true;
	x->verdict = verdict;
}

/* A reply that is a sentence's. */
static void hear_answer(struct life *l, const struct event_talk *talk)
{
	struct sentence *x = sentence_of(l, talk);
	check(talk->rtt <= l->now);
	if (talk->verdict == VERDICT_DUPLICATE) {
		check(x->answered && !talk->late && !talk->out_of_order && !talk->amends);
		return;
	}
	check(talk->late == x->missed);
	check(talk->amends == (x->answered ? x->verdict : 0));
	if (talk->amends)
		check(talk->verdict != VERDICT_WRONG && talk->amends != talk->verdict && talk->amends != VERDICT_RIGHT);
	else if (talk->late)
		check(x->fate == MISSED);
	else
		decide(l, x, ENDED);
	x->fate = ENDED;
	x->answered = true;
	x->verdict = talk->verdict;
	l->spent++;
}

static void hear_reply(struct life *l, const struct event *e)
{
	const struct event_talk *talk = &e->talk;
	bool udp = l->protocol == PROTOCOL_UDP;
	check(talk->verdict >= VERDICT_RIGHT && talk->verdict <= VERDICT_STRANGER);
	check(talk->pieces >= 1 && talk->bytes >= e->size);
	check(udp ? !talk->joined && talk->bytes == e->size : !talk->guess && !talk->out_of_order && !talk->limit);
	check(udp || !talk->amends);
	if (talk->verdict == VERDICT_UNASKED || talk->verdict == VERDICT_STRANGER) {
		check(talk->sentence == 0 && talk->series.kind == SERIES_NONE && !talk->late && !talk->guess);
		return;
	}
	check(udp || talk->verdict == VERDICT_RIGHT || talk->verdict == VERDICT_WRONG);
	hear_answer(l, talk);
}

static void hear(const struct event *e, void *arg)
{
	struct life *l = arg;
	check(e->when == l->now && e->who == EVENT_CLIENT && e->talk.protocol == l->protocol);
	check(e->size <= EVENT_DATA_MAX && (e->data || e->size == 0));
	volatile uint8_t sum = 0;
	for (uint32_t i = 0; i < e->size; i++) /* all of it can be read */
		sum = sum ^ ((const uint8_t *)e->data)[i];
	if (e->kind == EVENT_SENTENCE)
		hear_sentence(l, e);
	else if (e->kind == EVENT_MISSING)
		hear_missing(l, e);
	else
		hear_reply(l, e);
}

/* --- What is done --- */

static void say(struct life *l, size_t size, uint8_t letter)
{
	if (l->said == SENTENCES)
		return;
	struct sentence *x = &l->sentences[l->said + 1];
	struct series series = {SERIES_PING, (uint32_t)l->said + 1};
	x->text = malloc(size + 1);
	x->size = size;
	memset(x->text, letter, size);
	for (size_t i = 0; i < size && i < l->left && i < 8; i++) /* a little of what comes next, to be different */
		x->text[size - 1 - i] = l->input[i];
	check(session_say(l->session, x->text, size, series, l->now) == 0);
}

/* The next sentence that goes. */
static uint64_t next_to_go(const struct life *l)
{
	uint64_t id = l->protocol == PROTOCOL_TCP ? l->sending + 1 : 1;
	while (l->sentences[id].fate != UNDECIDED || l->sentences[id].sent)
		id++;
	check(id <= l->said);
	return id;
}

static size_t in_flight(const struct life *l)
{
	size_t n = 0;
	for (uint64_t i = 1; i <= l->said; i++)
		n += l->sentences[i].sent && l->sentences[i].fate == UNDECIDED;
	return n;
}

static void send_datagram(struct life *l, const void *data, size_t n, bool fails)
{
	struct sentence *x = &l->sentences[next_to_go(l)];
	check(n == x->size && (n == 0 || memcmp(data, x->text, n) == 0));
	check(in_flight(l) < l->ahead);
	if (fails) {
		session_unsendable(l->session, EMSGSIZE, l->now);
		check(x->fate == ENDED);
		return;
	}
	session_sent(l->session, n, l->now);
	x->sent = true;
}

static void send_bytes(struct life *l, const uint8_t *data, size_t n, size_t most)
{
	if (l->gone == 0) {
		check(!l->shut);
		l->sending = next_to_go(l);
	}
	const struct sentence *x = &l->sentences[l->sending];
	check(n > 0 && n == x->size + 1 - l->gone && data[n - 1] == '\n');
	check(n == 1 || memcmp(data, x->text + l->gone, n - 1) == 0);
	size_t part = most < n ? most : n;
	l->gone = part < n ? l->gone + part : 0;
	session_sent(l->session, part, l->now);
}

static void transmit(struct life *l, size_t times, size_t most, bool fails)
{
	const void *data;
	size_t n;
	for (; times > 0 && session_output(l->session, &data, &n); times--) {
		check(l->open);
		if (l->protocol == PROTOCOL_TCP)
			send_bytes(l, data, n, most);
		else
			send_datagram(l, data, n, fails && times == 1);
	}
}

/* So many bytes come of a datagram that had more, or of a stream. */
static void receive(struct life *l, const uint8_t *data, size_t n, size_t more, bool stranger)
{
	static const struct endpoint server = {.family = 4, .port = 12000}, other = {.family = 4, .port = 1};
	if (!l->open)
		return;
	uint8_t *copy = malloc(n + (n == 0)); /* so that a step beyond its end is noticed */
	if (n)
		memcpy(copy, data, n);
	size_t whole = l->protocol == PROTOCOL_TCP ? n : n + more;
	check(session_received(l->session, copy, n, whole, stranger ? &other : &server, l->now) == 0);
	free(copy);
}

/* The reply to a sentence: right, but for what is cut of it, and perhaps with a newline. */
static void reply(struct life *l, uint8_t back, uint8_t how, uint8_t size)
{
	static uint8_t upper[TEXT_UPPER_ROOM(TEXT_MAX) + 1];
	if (l->said <= back % 64U)
		return;
	const struct sentence *x = &l->sentences[l->said - back % 64U];
	if (x->size > TEXT_MAX)
		return;
	size_t n = text_upper_whole(x->text, x->size, upper);
	if (how & 1)
		upper[n++] = '\n';
	size_t part = how & 2 && size < n ? size : n;
	receive(l, upper, part, how & 4 ? n - part : 0, (how & 0xf0) == 0xf0);
}

static void open_or_end(struct life *l, uint8_t how)
{
	static const struct endpoint server = {.family = 4, .port = 12000};
	if (!l->open) {
		l->wanted = session_wants_connection(l->session);
		l->spent = 0;
		session_opened(l->session, &server);
		l->open = true;
		return;
	}
	session_ended(l->session, how & 1 ? ECONNRESET : 0, l->now);
	check(l->protocol == PROTOCOL_TCP || in_flight(l) == 0);
	check(!l->wanted || l->shut || l->spent > 0); /* or there would be connections for ever */
	l->open = l->shut = false;
	l->sending = 0;
	l->gone = 0;
}

static void give_up(struct life *l)
{
	session_give_up(l->session, VERDICT_CANCELLED, 0, l->now);
	check(l->undecided == 0);
	check(session_deadline(l->session) == CLOCK_NEVER);
	l->open = l->shut = false;
	l->sending = 0;
	l->gone = 0;
}

static void pass_time(struct life *l, uint64_t span)
{
	l->now += span;
	session_tick(l->session, l->now);
	check(session_deadline(l->session) > l->now);
}

static void refuse(struct life *l)
{
	size_t before = l->undecided;
	bool was = l->protocol == PROTOCOL_UDP && in_flight(l) > 0;
	check(session_refused(l->session, ECONNREFUSED, l->now) == was);
	check(l->undecided == before - was);
}

static void set_timeout(struct life *l, uint8_t how)
{
	l->timeout = how == 0 ? CLOCK_NEVER : how * CLOCK_MS * 4;
	session_set_timeout(l->session, l->timeout);
}

static void act(struct life *l, uint8_t deed, uint8_t a, uint8_t b, uint8_t c)
{
	switch (deed % 16) {
	case 0:
	case 1:
		say(l, a % 16, b);
		break;
	case 2:
		say(l, c == 0xff ? SESSION_SENTENCE_MAX + 1U : ((size_t)a << 4) % TEXT_MAX, b);
		break;
	case 3:
	case 4:
		transmit(l, 1U + a % 8U, 1U + b, c > 250);
		break;
	case 5:
		transmit(l, SIZE_MAX, SIZE_MAX, false);
		break;
	case 6:
	case 7:
	case 8:
		reply(l, a, b, c);
		break;
	case 9:
		receive(l, l->input, a % 16 < l->left ? a % 16 : l->left, b < 16 ? b : 0, c > 250);
		break;
	case 10:
		pass_time(l, a * CLOCK_MS);
		break;
	case 11:
		pass_time(l, a * CLOCK_SECOND);
		break;
	case 12:
		open_or_end(l, a);
		break;
	case 13:
		refuse(l);
		break;
	case 14:
		if (l->protocol == PROTOCOL_TCP && l->open && a < 64) {
			session_shutdown(l->session);
			l->shut = true;
		}
		break;
	default:
		if (a == 0)
			give_up(l);
		else if (a < 128)
			set_timeout(l, b);
		else
			session_set_ahead(l->session, l->ahead = b);
		break;
	}
}

static void check_state(const struct life *l)
{
	bool tcp = l->protocol == PROTOCOL_TCP;
	check(session_waiting(l->session) == l->undecided);
	check(!session_wants_connection(l->session) || (tcp && !l->open));
	check(!tcp || l->open || session_wants_connection(l->session) == (l->undecided > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	if (n < 1)
		return 0;
	struct life *l = calloc(1, sizeof *l);
	l->protocol = input[0] & 1 ? PROTOCOL_TCP : PROTOCOL_UDP;
	l->now = CLOCK_SECOND;
	l->ahead = SESSION_UDP_AHEAD;
	l->session = session_new(l->protocol, 2 * CLOCK_SECOND, hear, l);
	if (input[0] & 2)
		session_keeps_open(l->session);
	for (l->input = input + 1, l->left = n - 1; l->left >= 4;) {
		const uint8_t *deed = l->input;
		l->input += 4;
		l->left -= 4;
		act(l, deed[0], deed[1], deed[2], deed[3]);
		check_state(l);
	}
	give_up(l);
	check_state(l);
	session_free(l->session);
	for (uint64_t i = 1; i <= l->said; i++)
		free(l->sentences[i].text);
	free(l);
	return 0;
}
