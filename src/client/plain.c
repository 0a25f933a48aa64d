#include "plain.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include <uproar/session.h>
#include <uproar/view.h>

#include "ending.h"
#include "network.h"
#include "order.h"

enum {
	READ_ROOM = 64 << 10,
	AHEAD = 1024,          /* sentences handed to the network ahead of their verdicts, at most, */
	AHEAD_BYTES = 4 << 20, /* and about so many bytes of them */
	SILENCE_SECONDS = 30,  /* over TCP, without any reply: then the filter gives up */
};

struct plain {
	const struct options *options;
	struct network *network;
	uv_loop_t loop;
	uv_async_t woken;
	uv_poll_t input;      /* standard input, where it can be waited for; */
	uv_idle_t input_file; /* where it cannot (a file), it is always ready */
	uv_timer_t silence;
	bool is_file, reading;
	bool from_terminal, to_terminal; /* somebody types, somebody looks */

	struct buf read; /* not yet cut into sentences */
	bool skipping;   /* the rest of a line that is too long */
	size_t longest;  /* sentence so far */
	bool end_of_input;
	uint64_t said, settled, missing, wrong;
	bool one_each, failed, output_failed;
	int signal;
	struct view_row row;

	struct order order;
	uv_timer_t order_timer;
};

static void notice(const char *words)
{
	fflush(stdout);
	fprintf(stderr, "uproar: %s\n", words);
}

/* --- Output --- */

/* At a terminal a reply's bytes are shown; anywhere else they are what they are. */
static void print_reply(struct plain *p, const struct event *e)
{
	const void *bytes = e->data;
	size_t n = e->size;
	if (p->to_terminal) {
		view_row_clear(&p->row);
		view_row_put(&p->row, STYLE_SERVER, e->data, e->size);
		bytes = buf_bytes(&p->row.text);
		n = p->row.text.size;
	}
	if (n > 0)
		fwrite(bytes, 1, n, stdout);
	putchar('\n');
}

static void print_words(struct plain *p, const struct event *e)
{
	view_row_clear(&p->row);
	if (!view_words(e, &p->row))
		return;
	fflush(stdout); /* at a terminal both streams are one */
	fprintf(stderr, "uproar: %.*s\n", (int)p->row.text.size, (char *)buf_bytes(&p->row.text));
}

static void print_call(const struct event *e)
{
	struct buf line = {0};
	if (event_print_call(e, &line) == 0)
		fprintf(stderr, "%s %.*s\n", e->who == EVENT_CLIENT ? "client" : "server", (int)line.size,
			(char *)buf_bytes(&line));
	buf_free(&line);
}

static uint64_t patience(const struct plain *p)
{
	return p->options->timeout ? p->options->timeout : SILENCE_SECONDS * CLOCK_SECOND;
}

static void gave_up(uv_timer_t *timer)
{
	struct plain *p = timer->data;
	char words[128];
	if (p->settled == p->said)
		return;
	snprintf(words, sizeof words, _("No reply came for %g s. To wait longer, use -w."),
		 (double)patience(p) / (double)CLOCK_SECOND);
	notice(words);
	p->failed = true;
	uv_stop(&p->loop);
}

/* A TCP server may take any time, but a filter must end: not without patience, and not while a person types. */
static void heard(struct plain *p)
{
	if (p->options->protocol != PROTOCOL_UDP && !p->from_terminal)
		uv_timer_start(&p->silence, gave_up, patience(p) / CLOCK_MS, 0);
}

static void take_reply(struct plain *p, const struct event *e)
{
	if (e->talk.verdict != VERDICT_RIGHT && e->talk.verdict != VERDICT_WRONG) {
		print_words(p, e);
		return;
	}
	print_reply(p, e);
	p->wrong += e->talk.verdict == VERDICT_WRONG;
	p->settled += !e->talk.late;
	heard(p);
}

static void take_state(struct plain *p, const struct event *e)
{
	bool last_word = e->state.step == STEP_FAILED && e->state.more == 0;
	if (last_word && !p->from_terminal)
		p->failed = true;
	/* A connection for each sentence: said once, not three lines for each. */
	if (!p->one_each || last_word)
		print_words(p, e);
	if (e->state.step == STEP_CLOSED && e->state.one_each)
		p->one_each = true;
}

static void take(const struct event *e, void *arg)
{
	struct plain *p = arg;
	switch (e->kind) {
	case EVENT_CALL:
		print_call(e);
		break;
	case EVENT_REPLY:
		take_reply(p, e);
		break;
	case EVENT_MISSING:
		p->settled++;
		p->missing++;
		if (!p->failed) /* else the failure has said it for all of them */
			print_words(p, e);
		break;
	case EVENT_STATE:
		if (e->who == EVENT_CLIENT)
			take_state(p, e);
		break;
	case EVENT_NOTE:
		print_words(p, e);
		p->failed |= e->who == EVENT_CLIENT && e->note.level == NOTE_ERROR;
		break;
	case EVENT_SENTENCE:
	case EVENT_LAB:
	case EVENT_KERNEL:
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
	char words[256];
	snprintf(words, sizeof words, _("A line was not sent: a sentence has at most %d bytes."), SESSION_SENTENCE_MAX);
	notice(words);
	p->missing++;
	p->said++;
	p->settled++;
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
	if (network_say(p->network, line, n, (struct series){SERIES_NONE, 0}) == -1) {
		notice(_("There is no memory left."));
		p->failed = true;
		return;
	}
	if (p->said++ == p->settled)
		heard(p); /* the waiting begins here */
}

/* Cuts what was read into sentences, as many as may go ahead. */
static void say_lines(struct plain *p)
{
	while (p->read.size > 0 && room_ahead(p) && !p->failed) {
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
		char words[256];
		snprintf(words, sizeof words, _("Standard input cannot be read: %s."), strerror(errno));
		notice(words);
		p->failed = true;
	}
}

static void advance(struct plain *p);

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

static void advance(struct plain *p)
{
	say_lines(p);
	bool done = (p->end_of_input && p->read.size == 0) || p->failed;
	set_reading(p, !done && room_ahead(p));
	if (fflush(stdout) == EOF || ferror(stdout)) {
		if (!p->output_failed)
			notice(_("Standard output cannot be written."));
		p->output_failed = true;
	}
	if ((done && p->settled == p->said) || p->output_failed)
		uv_stop(&p->loop);
}

static void out_of_memory(struct plain *p)
{
	notice(_("There is no memory left."));
	p->failed = true;
	uv_stop(&p->loop); /* who knows which verdict is lost */
}

/* With the calls of both programs to be shown, all that happens waits for a moment: it is to be told in its order. */
static void take_in_order(const struct event *e, void *arg)
{
	struct plain *p = arg;
	if (order_put(&p->order, e) == -1)
		out_of_memory(p);
}

static void order_due(uv_timer_t *timer)
{
	struct plain *p = timer->data;
	order_give(&p->order, clock_now() - ORDER_PATIENCE, take, p);
	if (order_empty(&p->order))
		uv_timer_stop(timer);
	advance(p);
}

static void woken(uv_async_t *async)
{
	struct plain *p = async->data;
	if (network_take(p->network, p->options->verbose ? take_in_order : take, p) == -1)
		out_of_memory(p);
	if (!order_empty(&p->order) && !uv_is_active((uv_handle_t *)&p->order_timer))
		uv_timer_start(&p->order_timer, order_due, ORDER_PATIENCE / CLOCK_MS, ORDER_PATIENCE / CLOCK_MS);
	advance(p);
}

static void wake(void *arg)
{
	struct plain *p = arg;
	uv_async_send(&p->woken);
}

static void signalled(int number, void *arg)
{
	struct plain *p = arg;
	p->signal = number;
	uv_stop(&p->loop);
}

static int open_loop(struct plain *p)
{
	int error = uv_loop_init(&p->loop);
	if (error == 0)
		error = uv_async_init(&p->loop, &p->woken, woken);
	if (error == 0)
		error = ending_watch(&p->loop, signalled, p, NULL);
	if (error)
		return -error;
	p->woken.data = p;
	/* libuv makes it non-blocking, for everybody who has it open: the shell, and often our own standard output. */
	int flags = fcntl(STDIN_FILENO, F_GETFL);
	p->is_file = uv_poll_init(&p->loop, &p->input, STDIN_FILENO) < 0;
	fcntl(STDIN_FILENO, F_SETFL, flags);
	uv_idle_init(&p->loop, &p->input_file);
	uv_timer_init(&p->loop, &p->silence);
	uv_timer_init(&p->loop, &p->order_timer);
	p->order_timer.data = p;
	p->silence.data = p;
	p->input.data = p->input_file.data = p;
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

static int conclude(struct plain *p)
{
	char words[256];
	uint64_t missing = p->missing + p->said - p->settled;
	if (missing) {
		snprintf(words, sizeof words, _("Replies missing: %llu of %llu."), (unsigned long long)missing,
			 (unsigned long long)p->said);
		notice(words);
	}
	if (p->wrong) {
		snprintf(words, sizeof words,
			 ngettext("%llu reply is not the uppercase of its sentence.",
				  "%llu replies are not the uppercase of their sentences.", (unsigned long)p->wrong),
			 (unsigned long long)p->wrong);
		notice(words);
	}
	if (p->failed && p->said > 0 && (!p->end_of_input || p->read.size))
		notice(_("The rest of the input was not sent."));
	if (p->signal)
		return 128 + p->signal;
	return missing || p->failed || p->output_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int plain_run(const struct options *options)
{
	static struct plain plain;
	struct plain *p = &plain;
	p->options = options;
	p->from_terminal = isatty(STDIN_FILENO);
	p->to_terminal = isatty(STDOUT_FILENO);
	int error = open_loop(p);
	if (error) {
		notice(strerror(error));
		return EXIT_FAILURE;
	}
	p->network = network_start(&(struct network_options){
		.family = options->family,
		.udp_timeout = options->timeout ? options->timeout : OPTIONS_UDP_TIMEOUT,
		.tcp_timeout = CLOCK_NEVER,
		.calls = options->verbose,
		.wake = wake,
		.arg = p,
	});
	if (!p->network) {
		notice(strerror(errno));
		return EXIT_FAILURE;
	}
	enum protocol protocol = options->protocol ? options->protocol : PROTOCOL_TCP;
	network_connect(p->network, protocol, options->host, options->port);
	advance(p);
	uv_run(&p->loop, UV_RUN_DEFAULT);
	network_stop(p->network);
	if (p->options->verbose) { /* what the two programs did last */
		network_take(p->network, take_in_order, p);
		order_give(&p->order, CLOCK_NEVER, take, p);
	}
	int status = conclude(p);
	fflush(stdout);
	if (!network_free(p->network))
		_exit(status); /* a look-up that nobody waits for would hold exit() up */
	buf_free(&p->read);
	view_row_free(&p->row);
	return status;
}
