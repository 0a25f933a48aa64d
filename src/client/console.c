#include "console.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ending.h"

/* --- Words --- */

void console_progress(struct console *c, const char *line)
{
	size_t n = strlen(line);
	if ((n == 0 && c->progress == 0) || !isatty(STDERR_FILENO))
		return;
	/* What the line before had more is written over with spaces. */
	fprintf(stderr, "\r%s%*s", line, c->progress > n ? (int)(c->progress - n) : 0, "");
	fputs(n == 0 ? "\r" : "", stderr);
	c->progress = n;
}

/* At a terminal both streams are one. */
static void prepare(struct console *c)
{
	console_progress(c, "");
	fflush(stdout);
}

void console_printed(struct console *c)
{
	if (ferror(stdout) && c->output_error == 0)
		c->output_error = errno ? errno : EIO;
}

bool console_flush(struct console *c)
{
	if (fflush(stdout) == EOF || ferror(stdout))
		console_printed(c);
	if (c->output_error && !c->output_told)
		console_notice(c, _("Standard output cannot be written: %s."), strerror(c->output_error));
	c->output_told = c->output_error;
	return c->output_error == 0;
}

void console_notice(struct console *c, const char *format, ...)
{
	va_list args;
	prepare(c);
	fputs("uproar: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void console_words(struct console *c, const struct event *e)
{
	view_row_clear(&c->row);
	if (view_words(e, &c->row))
		console_notice(c, "%.*s", (int)c->row.text.size, (char *)buf_bytes(&c->row.text));
}

void console_out_of_memory(struct console *c)
{
	console_notice(c, "%s", _("There is no memory left."));
	c->failed = true;
	uv_stop(&c->loop); /* who knows which verdict is lost */
}

static void print_call(struct console *c, const struct event *e)
{
	struct buf line = {0};
	prepare(c);
	if (event_print_call(e, &line) == 0)
		fprintf(stderr, "%s %.*s\n", e->who == EVENT_CLIENT ? "client" : "server", (int)line.size,
			(char *)buf_bytes(&line));
	buf_free(&line);
}

/* --- Events --- */

static void take(const struct event *e, void *arg)
{
	struct console *c = arg;
	console_keep(c, e);
	if (e->kind != EVENT_CALL)
		c->handlers.take(e, c->handlers.arg);
	else if (c->options->verbose)
		print_call(c, e);
}

static bool wants_calls(const struct options *o)
{
	return o->verbose || o->record || o->ladder;
}

/* With the calls of both programs to be shown, all that happens waits for a moment: it is to be told in its order. */
static void take_in_order(const struct event *e, void *arg)
{
	struct console *c = arg;
	if (order_put(&c->order, e) == -1)
		console_out_of_memory(c);
}

static void order_due(uv_timer_t *timer)
{
	struct console *c = timer->data;
	order_give(&c->order, clock_now() - ORDER_PATIENCE, take, c);
	console_keep_up(c, false);
	if (order_empty(&c->order))
		uv_timer_stop(timer);
	c->handlers.advance(c->handlers.arg);
}

static void woken(uv_async_t *async)
{
	struct console *c = async->data;
	if (network_take(c->network, wants_calls(c->options) ? take_in_order : take, c) == -1)
		console_out_of_memory(c);
	if (!order_empty(&c->order) && !uv_is_active((uv_handle_t *)&c->order_timer))
		uv_timer_start(&c->order_timer, order_due, ORDER_PATIENCE / CLOCK_MS, ORDER_PATIENCE / CLOCK_MS);
	c->handlers.advance(c->handlers.arg);
}

static void wake(void *arg)
{
	struct console *c = arg;
	uv_async_send(&c->woken);
}

static void signalled(int number, void *arg)
{
	struct console *c = arg;
	c->signal = number;
	uv_stop(&c->loop);
}

/* --- Opening and closing --- */

static int open_loop(struct console *c)
{
	int error = uv_loop_init(&c->loop);
	if (error == 0)
		error = uv_async_init(&c->loop, &c->woken, woken);
	if (error == 0)
		error = ending_watch(&c->loop, signalled, c, NULL);
	if (error)
		return -error;
	uv_timer_init(&c->loop, &c->order_timer);
	c->woken.data = c->order_timer.data = c;
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

int console_open(struct console *c, const struct options *options, const struct console_handlers *handlers,
		 uint64_t udp_timeout, uint64_t tcp_timeout)
{
	*c = (struct console){.options = options, .handlers = *handlers};
	if (console_keep_begin(c) == -1)
		return -1;
	int error = open_loop(c);
	if (error == 0) {
		c->network = network_start(&(struct network_options){
			.family = options->family,
			.udp_timeout = udp_timeout,
			.tcp_timeout = tcp_timeout,
			.calls = wants_calls(options),
			.lab = options->lab,
			.attach = options->attach,
			.stream = options->shutdown,
			.wake = wake,
			.arg = c,
		});
		error = c->network ? 0 : errno;
	}
	if (error == 0)
		return 0;
	console_notice(c, "%s", options_start_problem(error));
	return -1;
}

void console_stop(struct console *c)
{
	network_stop(c->network);
	if (!wants_calls(c->options))
		return;
	network_take(c->network, take_in_order, c);
	order_give(&c->order, CLOCK_NEVER, take, c);
	console_keep_up(c, true);
}

int console_close(struct console *c, int status)
{
	prepare(c);
	if (c->unrecorded && status == EXIT_SUCCESS)
		status = EXIT_FAILURE;
	if (!network_free(c->network))
		_exit(status);
	console_keep_free(c);
	view_row_free(&c->row);
	return status;
}
