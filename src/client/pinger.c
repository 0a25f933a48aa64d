#include "pinger.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "series.h"

#define PROGRESS_EVERY (100 * CLOCK_MS)

struct pinger {
	struct console console;
	uv_timer_t timer;
	struct series_run run;
	bool begun;
	bool one_each; /* this server closes after each reply */
	bool to_pipe;  /* the lines go where nobody sees them */
	uint64_t progress_due;
	char who[ENDPOINT_TEXT]; /* the server, once it is known */
	struct view_row row;
};

static enum protocol protocol_of(const struct options *o)
{
	return o->protocol ? o->protocol : PROTOCOL_UDP;
}

/* --- What happens --- */

static void print_header(const struct pinger *p, const struct options *o)
{
	const char *protocol = protocol_name(protocol_of(o));
	unsigned n = o->ping;
	if (o->interval > 0)
		printf(ngettext("PING %s over %s: %u sentence, one every %g s\n",
				"PING %s over %s: %u sentences, one every %g s\n", n),
		       p->who, protocol, n, (double)o->interval / (double)CLOCK_SECOND);
	else
		printf(ngettext("PING %s over %s: %u sentence, each after the reply to the one before\n",
				"PING %s over %s: %u sentences, each after the reply to the one before\n", n),
		       p->who, protocol, n);
}

static void begin(struct pinger *p, const struct endpoint *server)
{
	const struct options *o = p->console.options;
	bool may_take_any_time = protocol_of(o) == PROTOCOL_TCP && !o->timeout;
	struct series_plan plan = {
		.kind = SERIES_PING,
		.count = o->ping,
		.interval = o->interval,
		.patience = may_take_any_time ? SERIES_PATIENCE : CLOCK_NEVER,
	};
	endpoint_format(server, p->who);
	p->begun = true;
	if (series_begin(&p->run, &plan, clock_now()) == -1)
		console_out_of_memory(&p->console);
	else
		print_header(p, o);
}

static void take_state(struct pinger *p, const struct event *e)
{
	const struct event_state *s = &e->state;
	bool last_word = s->what == STATE_FAILED && s->more == 0;
	/* A connection for each sentence: said once, not three lines for each. */
	if (!p->one_each || last_word)
		console_words(&p->console, e);
	if (s->what == STATE_CLOSED && s->one_each)
		p->one_each = true;
	if (p->begun)
		return;
	if (s->what == STATE_CONNECTED || s->what == STATE_READY)
		begin(p, &s->remote);
	else if (last_word)
		p->console.failed = true;
}

static void take_talk(struct pinger *p, const struct event *e)
{
	series_take(&p->run, e, clock_now());
	view_row_clear(&p->row);
	if (e->kind == EVENT_SENTENCE || !view_words(e, &p->row))
		return;
	console_progress(&p->console, "");
	printf("%.*s\n", (int)p->row.text.size, (char *)buf_bytes(&p->row.text));
}

static void take(const struct event *e, void *arg)
{
	struct pinger *p = arg;
	switch (e->kind) {
	case EVENT_SENTENCE:
	case EVENT_REPLY:
	case EVENT_MISSING:
		take_talk(p, e);
		break;
	case EVENT_STATE:
		if (e->who == EVENT_CLIENT)
			take_state(p, e);
		break;
	case EVENT_NOTE:
		console_words(&p->console, e);
		p->console.failed |= e->who == EVENT_CLIENT && e->note.level == NOTE_ERROR;
		break;
	case EVENT_KERNEL:
		series_take(&p->run, e, clock_now());
		console_words(&p->console, e);
		break;
	case EVENT_LAB:
		console_words(&p->console, e);
		break;
	case EVENT_CALL:
		break;
	}
}

/* --- What is done --- */

static void say(struct pinger *p, struct series series)
{
	struct buf text = {0};
	if (series_sentence(&p->run, series, clock_wall(), &text) == -1 ||
	    network_say(p->console.network, buf_bytes(&text), text.size, series) == -1)
		console_out_of_memory(&p->console);
	buf_free(&text);
}

/* Not more often than somebody can read it. */
static void show_progress(struct pinger *p, uint64_t now)
{
	char progress[SERIES_PROGRESS], line[2 * SERIES_PROGRESS];
	if (!p->to_pipe || !p->begun || now < p->progress_due)
		return;
	p->progress_due = now + PROGRESS_EVERY;
	snprintf(line, sizeof line, _("%s, %llu answered"), series_progress(&p->run, progress),
		 (unsigned long long)statistics_counts(p->run.figures)->answered);
	console_progress(&p->console, line);
}

static void timer_fired(uv_timer_t *timer);

static void set_timer(struct pinger *p, uint64_t now)
{
	uint64_t deadline = series_deadline(&p->run);
	if (p->to_pipe && p->progress_due > now && p->progress_due < deadline)
		deadline = p->progress_due;
	if (deadline == CLOCK_NEVER)
		return;
	uv_update_time(&p->console.loop);
	uv_timer_start(&p->timer, timer_fired, deadline > now ? (deadline - now) / CLOCK_MS + 1 : 0, 0);
}

static void advance(void *arg)
{
	struct pinger *p = arg;
	struct series series;
	uint64_t now = clock_now();
	while (!p->console.failed && series_next(&p->run, now, &series))
		say(p, series);
	bool writable = console_flush(&p->console);
	if (p->console.failed || !writable || series_reports(&p->run, now)) {
		uv_stop(&p->console.loop);
		return;
	}
	show_progress(p, now);
	set_timer(p, now);
}

static void timer_fired(uv_timer_t *timer)
{
	advance(timer->data);
}

/* --- The end --- */

static void print_line(const char *line, size_t n, void *arg)
{
	(void)arg;
	printf("%.*s\n", (int)n, line);
}

static int conclude(struct pinger *p)
{
	if (!p->run.figures)
		return EXIT_FAILURE;
	if (p->run.running) {
		series_break(&p->run);
		series_break(&p->run); /* the network has stopped, and tells nothing any more */
		series_reports(&p->run, clock_now());
	}
	const struct statistics_counts *counts = statistics_counts(p->run.figures);
	console_progress(&p->console, "");
	putchar('\n');
	if (series_summary(&p->run, p->who, print_line, NULL) == -1)
		console_out_of_memory(&p->console);
	if (fflush(stdout) == EOF || ferror(stdout))
		return EXIT_FAILURE;
	return counts->answered + counts->late + counts->wrong + counts->truncated > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int pinger_run(const struct options *options)
{
	static struct pinger pinger;
	struct pinger *p = &pinger;
	struct console_handlers handlers = {take, advance, p};
	uint64_t udp_timeout = options->timeout ? options->timeout : OPTIONS_UDP_TIMEOUT;
	uint64_t tcp_timeout = options->timeout ? options->timeout : CLOCK_NEVER;
	p->to_pipe = !isatty(STDOUT_FILENO);
	if (console_open(&p->console, options, &handlers, udp_timeout, tcp_timeout) == -1)
		return EXIT_FAILURE;
	uv_timer_init(&p->console.loop, &p->timer);
	p->timer.data = p;
	if (network_connect(p->console.network, protocol_of(options), options->host, options->port) == -1)
		console_out_of_memory(&p->console);
	uv_run(&p->console.loop, UV_RUN_DEFAULT);
	console_stop(&p->console);
	int status = conclude(p);
	series_free(&p->run);
	view_row_free(&p->row);
	return console_close(&p->console, status);
}
