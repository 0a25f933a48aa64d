#include "plain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uproar/session.h>

#include "console.h"

enum {
	READ_ROOM = 64 << 10,
	AHEAD = 1024,          /* sentences handed to the network ahead of their verdicts, at most, */
	AHEAD_BYTES = 4 << 20, /* and about so many bytes of them */
	SILENCE_SECONDS = 30,  /* over TCP, without any reply: then the filter gives up */
};

struct plain {
	struct console console;
	uv_poll_t input;      /* standard input, where it can be waited for; */
	uv_idle_t input_file; /* where it cannot (a file), it is always ready */
	uv_timer_t silence;
	bool is_file, reading;
	bool from_terminal, to_terminal; /* somebody types, somebody looks */
	bool watching;                   /* a server, and nothing is read or said */

	struct buf read; /* not yet cut into sentences */
	bool skipping;   /* the rest of a line that is too long */
	size_t longest;  /* sentence so far */
	bool end_of_input;
	uint64_t said, settled, wrong;
	uint64_t sent, ended; /* of those said: sent, or refused one by one, and of these, with a verdict, */
	uint64_t missing;     /* which was that there is no reply */
	bool one_each;
	bool streaming;   /* --shutdown: a sentence is settled when it is sent, and what comes is printed as it comes */
	bool shut;        /* and after the last one the end was asked for */
	bool closed;      /* by the server */
	bool gave_up;     /* it was silent for too long */
	bool reached;     /* somebody, once */
	bool unreachable; /* there is nobody to talk with, and that was told */
	struct view_row row;
};

/* --- Output --- */

/* A reply is a line, so a newline at the end of a datagram, such as nc sends, is not doubled. */
static size_t without_newline(const struct event *e)
{
	const char *bytes = e->data;
	bool newline = e->talk.protocol == PROTOCOL_UDP && e->size > 0 && bytes[e->size - 1] == '\n';
	return e->size - newline;
}

/* At a terminal a reply's bytes are shown; anywhere else they are what they are. */
static void print_reply(struct plain *p, const struct event *e)
{
	const void *bytes = e->data;
	size_t n = without_newline(e);
	if (p->to_terminal) {
		view_row_clear(&p->row);
		view_row_put(&p->row, STYLE_SERVER, e->data, n);
		bytes = buf_bytes(&p->row.text);
		n = p->row.text.size;
	}
	if (n > 0)
		fwrite(bytes, 1, n, stdout);
	putchar('\n');
	console_printed(&p->console);
}

/* At a terminal line by line, and each as a reply is. */
static void print_stream(struct plain *p, const struct event *e)
{
	const char *at = e->data, *end = at + e->size;
	while (p->to_terminal && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;
		view_row_clear(&p->row);
		view_row_put(&p->row, STYLE_SERVER, at, (size_t)(stop - at));
		fwrite(buf_bytes(&p->row.text), 1, p->row.text.size, stdout);
		if (newline)
			putchar('\n');
		at = newline ? newline + 1 : end;
	}
	fwrite(at, 1, (size_t)(end - at), stdout);
	console_printed(&p->console);
}

static uint64_t patience(const struct plain *p)
{
	return p->console.options->timeout ? p->console.options->timeout : SILENCE_SECONDS * CLOCK_SECOND;
}

static void gave_up(uv_timer_t *timer)
{
	struct plain *p = timer->data;
	if (p->settled == p->said && !p->shut)
		return;
	p->gave_up = true;
	console_notice(&p->console, _("No reply came for %g s. To wait longer, use -w."),
		       (double)patience(p) / (double)CLOCK_SECOND);
	p->console.failed = true;
	uv_stop(&p->console.loop);
}

static void lose_patience(struct plain *p)
{
	uv_timer_start(&p->silence, gave_up, patience(p) / CLOCK_MS, 0);
}

/* A TCP server may take any time, but a filter must end: not without patience, and not while a person types. */
static void heard(struct plain *p)
{
	if (p->console.options->protocol != PROTOCOL_UDP && !p->from_terminal)
		lose_patience(p);
}

/* Some sentences may have been lost without a verdict. */
static void take_note(struct plain *p, const struct event *e)
{
	console_words(&p->console, e);
	if (e->who != EVENT_CLIENT || e->note.level != NOTE_ERROR)
		return;
	p->console.failed = true;
	lose_patience(p);
}

static void take_reply(struct plain *p, const struct event *e)
{
	enum event_verdict verdict = e->talk.verdict;
	if (p->streaming) {
		if (!p->console.options->ladder)
			print_stream(p, e);
		heard(p);
		return;
	}
	if (verdict != VERDICT_RIGHT && verdict != VERDICT_WRONG && verdict != VERDICT_TRUNCATED) {
		console_words(&p->console, e);
		return;
	}
	if (!p->console.options->ladder)
		print_reply(p, e);
	p->wrong += verdict != VERDICT_RIGHT;
	if (!e->talk.late && !e->talk.amends) {
		p->settled++;
		p->ended++;
	}
	heard(p);
}

/* Over TCP it may be queued first. */
static void take_sentence(struct plain *p, const struct event_talk *t)
{
	bool goes = !t->queued && !t->again;
	p->sent += goes;
	if (!goes || !p->streaming)
		return;
	p->settled++;
	p->ended++;
	heard(p);
}

static void miss(struct plain *p)
{
	p->missing++;
	p->ended++;
}

static void take_missing(struct plain *p, const struct event *e)
{
	if (p->streaming) {
		p->console.failed = true;
		return;
	}
	console_words(&p->console, e);
	p->settled++;
	p->sent += e->talk.queued;
	miss(p);
}

static void give_up(struct plain *p)
{
	p->console.failed = p->unreachable = true;
	if (!p->reached)
		p->sent = p->ended = p->missing = 0; /* however much had been said by then */
}

/* In good order, when the server has ended its stream, and all that was read has gone. */
static void end_stream(struct plain *p, const struct event_state *s)
{
	p->closed = true;
	p->console.failed |= s->error || p->settled < p->said || p->read.size > 0;
}

static void take_state(struct plain *p, const struct event *e)
{
	bool last_word = e->state.what == STATE_FAILED && e->state.more == 0;
	p->reached |= e->state.what == STATE_CONNECTED || e->state.what == STATE_READY;
	if (last_word && !p->from_terminal)
		give_up(p);
	if (p->streaming && e->state.what == STATE_CLOSED)
		end_stream(p, &e->state);
	/* A connection for each sentence: said once, not three lines for each. */
	if (!p->one_each || last_word)
		console_words(&p->console, e);
	if (e->state.what == STATE_CLOSED && e->state.one_each)
		p->one_each = true;
	if (e->state.what == STATE_CLOSED && p->watching)
		p->end_of_input = true;
}

static void take(const struct event *e, void *arg)
{
	struct plain *p = arg;
	if (p->unreachable || p->closed)
		return; /* what is still said, and what that leads to, is of no use */
	switch (e->kind) {
	case EVENT_REPLY:
		take_reply(p, e);
		break;
	case EVENT_MISSING:
		take_missing(p, e);
		break;
	case EVENT_STATE:
		if (e->who == EVENT_CLIENT)
			take_state(p, e);
		break;
	case EVENT_NOTE:
		take_note(p, e);
		break;
	case EVENT_LAB:
	case EVENT_KERNEL:
		console_words(&p->console, e);
		break;
	case EVENT_SENTENCE:
		take_sentence(p, &e->talk);
		break;
	case EVENT_CALL:
		break;
	}
}

/* --- Input --- */

static bool room_ahead(const struct plain *p)
{
	uint64_t limit = AHEAD_BYTES / (p->longest + 1);
	return p->said - p->settled < (limit < AHEAD ? limit : AHEAD);
}

static void too_long(struct plain *p)
{
	p->said++;
	p->settled++;
	p->sent++;
	miss(p);
	console_notice(&p->console, _("Line %llu was not sent: a sentence has at most %d bytes. Send it in parts."),
		       (unsigned long long)p->said, SESSION_SENTENCE_MAX);
}

static void say(struct plain *p, const void *line, size_t n)
{
	if (p->skipping) {
		p->skipping = false;
		return;
	}
	if (n > SESSION_SENTENCE_MAX) {
		too_long(p);
		return;
	}
	if (n > p->longest)
		p->longest = n;
	if (network_say(p->console.network, line, n, (struct series){SERIES_NONE, 0}) == -1) {
		console_notice(&p->console, "%s", _("There is no memory left."));
		p->console.failed = true;
		return;
	}
	if (p->said++ == p->settled)
		heard(p); /* the waiting begins here */
}

/* Cuts what was read into sentences, as many as may go ahead. */
static void say_lines(struct plain *p)
{
	while (p->read.size > 0 && room_ahead(p) && !p->console.failed) {
		uint8_t *line = buf_bytes(&p->read);
		uint8_t *end = memchr(line, '\n', p->read.size);
		if (end) {
			size_t n = (size_t)(end - line);
			say(p, line, n);
			buf_consume(&p->read, n + 1);
		} else if (p->end_of_input) {
			say(p, line, p->read.size);
			buf_clear(&p->read);
		} else if (p->read.size > SESSION_SENTENCE_MAX) {
			if (!p->skipping)
				too_long(p);
			p->skipping = true;
			buf_clear(&p->read);
		} else {
			return;
		}
	}
}

static void read_input(struct plain *p)
{
	uint8_t *to = buf_reserve(&p->read, READ_ROOM);
	ssize_t n = to ? read(STDIN_FILENO, to, READ_ROOM) : -1;
	if (n > 0) {
		p->read.size += (size_t)n;
	} else if (n == 0) {
		p->end_of_input = true;
	} else if (errno != EAGAIN && errno != EINTR) {
		console_notice(&p->console, _("Standard input cannot be read: %s."), strerror(errno));
		p->console.failed = true;
	}
}

static void advance(void *arg);

static void input_ready(uv_poll_t *poll, int status, int events)
{
	(void)events;
	struct plain *p = poll->data;
	if (status < 0)
		p->reading = false; /* in an error, libuv stops watching */
	read_input(p);
	advance(p);
}

static void input_file_ready(uv_idle_t *idle)
{
	struct plain *p = idle->data;
	read_input(p);
	advance(p);
}

static void set_reading(struct plain *p, bool on)
{
	if (p->reading == on)
		return;
	p->reading = on;
	if (p->is_file && on)
		uv_idle_start(&p->input_file, input_file_ready);
	else if (p->is_file)
		uv_idle_stop(&p->input_file);
	else if (on)
		uv_poll_start(&p->input, UV_READABLE | UV_DISCONNECT, input_ready);
	else
		uv_poll_stop(&p->input);
}

/* --- The loop --- */

static void end_sending(struct plain *p)
{
	p->shut = true;
	if (network_shutdown(p->console.network) == -1)
		console_out_of_memory(&p->console);
	heard(p);
}

static bool is_over(const struct plain *p, bool done)
{
	return p->streaming ? p->closed : done && p->settled == p->said;
}

static void advance(void *arg)
{
	struct plain *p = arg;
	say_lines(p);
	bool done = (p->end_of_input && p->read.size == 0) || p->console.failed;
	if (!p->watching)
		set_reading(p, !done && room_ahead(p));
	if (p->streaming && done && p->settled == p->said && p->reached && !p->shut && !p->closed)
		end_sending(p);
	bool writable = console_flush(&p->console);
	if (is_over(p, done) || p->unreachable || !writable)
		uv_stop(&p->console.loop);
}

static void open_input(struct plain *p)
{
	uv_loop_t *loop = &p->console.loop;
	/* libuv makes it non-blocking, for everybody who has it open: the shell, and often our own standard output. */
	int flags = fcntl(STDIN_FILENO, F_GETFL);
	p->is_file = uv_poll_init(loop, &p->input, STDIN_FILENO) < 0;
	fcntl(STDIN_FILENO, F_SETFL, flags);
	uv_idle_init(loop, &p->input_file);
	p->input.data = p->input_file.data = p;
}

/* What was never sent is no missing reply. */
static void tell_missing(struct plain *p, uint64_t missing)
{
	if (missing)
		console_notice(&p->console, _("Replies missing: %llu of %llu."), (unsigned long long)missing,
			       (unsigned long long)p->sent);
	if (p->wrong)
		console_notice(&p->console,
			       ngettext("%llu reply is not the uppercase of its sentence.",
					"%llu replies are not the uppercase of their sentences.",
					(unsigned long)p->wrong),
			       (unsigned long long)p->wrong);
}

static void tell_unsent(struct plain *p)
{
	if (!p->console.failed || p->watching)
		return;
	if (p->gave_up && p->sent == 1 && p->said > 1 && !p->streaming)
		console_notice(&p->console, "%s",
			       _("Line 2 was kept back until there is a reply to line 1, and so was the rest of the "
				 "input. To send it all without waiting, use -N."));
	else if (p->sent == 0)
		console_notice(&p->console, "%s", _("Nothing was sent."));
	else if (p->sent < p->said || !p->end_of_input || p->read.size)
		console_notice(&p->console, "%s", _("The rest of the input was not sent."));
}

static int conclude(struct plain *p)
{
	uint64_t missing = p->missing + p->sent - p->ended;
	tell_missing(p, missing);
	tell_unsent(p);
	if (p->console.signal)
		return 128 + p->console.signal;
	return missing || p->console.failed || p->console.output_error ? EXIT_FAILURE : EXIT_SUCCESS;
}

int plain_run(const struct options *options)
{
	static struct plain plain;
	struct plain *p = &plain;
	p->from_terminal = isatty(STDIN_FILENO);
	p->to_terminal = isatty(STDOUT_FILENO);
	struct console_handlers handlers = {take, advance, p};
	uint64_t udp_timeout = options->timeout ? options->timeout : OPTIONS_UDP_TIMEOUT;
	if (console_open(&p->console, options, &handlers, udp_timeout, CLOCK_NEVER) == -1)
		return EXIT_FAILURE;
	p->watching = options->attach;
	p->streaming = options->shutdown;
	uv_timer_init(&p->console.loop, &p->silence);
	p->silence.data = p;
	if (!p->watching) {
		open_input(p);
		enum protocol protocol = options->protocol ? options->protocol : PROTOCOL_TCP;
		if (network_connect(p->console.network, protocol, options->host, options->port) == -1)
			console_out_of_memory(&p->console);
		advance(p);
	}
	uv_run(&p->console.loop, UV_RUN_DEFAULT);
	console_stop(&p->console);
	int status = conclude(p);
	buf_free(&p->read);
	view_row_free(&p->row);
	return console_close(&p->console, status);
}
