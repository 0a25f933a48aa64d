#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "counters.h"
#include "step.h"

enum {
	MESSAGE_ROOM = 512,
	TERMINAL_NAME = 256,
	LAST_PATIENCE = 500, /* ms that the last lines wait for whoever reads them */
};

/*
 * Whether a write will return at once, be it with an error; if not now, then in so many ms. Who does not read a single
 * line in that time is waited for no more.
 */
static bool await_room(struct report *r, int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	int n;
	do
		n = poll(&p, 1, r->patience);
	while (n == -1 && errno == EINTR);
	if (n != 1)
		r->patience = 0;
	return n == 1;
}

/*
 * Writes r->line, unless that would make the whole server wait for whoever reads it. What is not longer than a page
 * fits into a pipe that has room at all.
 */
static bool write_line(struct report *r, int fd)
{
	bool written = await_room(r, fd) && write(fd, buf_bytes(&r->line), r->line.size) == (ssize_t)r->line.size;
	buf_clear(&r->line);
	return written;
}

static void write_stderr(struct report *r)
{
	if (r->lost > 0 && await_room(r, STDERR_FILENO) &&
	    dprintf(STDERR_FILENO,
		    ngettext("uproard: %" PRIu64 " line is left out here.\n",
			     "uproard: %" PRIu64 " lines are left out here.\n", r->lost),
		    r->lost) > 0)
		r->lost = 0;
	if (!write_line(r, STDERR_FILENO))
		r->lost++;
}

/*
 * A terminal may have room for a part of a line, and then a write waits for more, unless the terminal was opened
 * otherwise. So it is opened anew: the standard error that we were given is not ours alone.
 */
static void open_terminal(void)
{
	char name[TERMINAL_NAME];
	int fd = -1;
	if (ttyname_r(STDERR_FILENO, name, sizeof(name)) == 0)
		fd = open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return;
	dup2(fd, STDERR_FILENO);
	close(fd);
}

/* --- Calls --- */

static void tell_call(const struct event *e, void *arg)
{
	struct report *r = arg;
	watchers_tell(&r->watchers, e, false);
}

static bool may_wait(enum event_op op)
{
	return op == OP_ACCEPT || op == OP_RECV || op == OP_RECVFROM || op == OP_RECVMSG || op == OP_SEND;
}

static void before_call(const struct event *e, void *arg)
{
	const struct report *r = arg;
	if (!step_hold(e, tell_call, arg) && r->blocking && may_wait(e->call.op))
		tell_call(e, arg);
}

static void print(struct report *r, const struct event *e, int (*format)(const struct event *e, struct buf *out))
{
	pthread_mutex_lock(&r->lock);
	if (format(e, &r->line) == 0 && buf_append(&r->line, "\n", 1) == 0)
		write_stderr(r);
	pthread_mutex_unlock(&r->lock);
}

static void after_call(const struct event *e, void *arg)
{
	struct report *r = arg;
	tell_call(e, r);
	if (r->verbose)
		print(r, e, event_print_call);
}

/* --- Contract --- */

void report_start(struct report *r, bool verbose, bool blocking, int channel)
{
	*r = (struct report){
		.verbose = verbose, .blocking = blocking, .child = channel != -1, .lock = PTHREAD_MUTEX_INITIALIZER};
	open_terminal();
	watchers_start(&r->watchers, channel);
	sock_hooks(EVENT_SERVER, before_call, after_call, r);
	report_watched(r, r->child);
}

void report_watched(struct report *r, bool watched)
{
	sock_hooks_rest(!r->verbose && !watched);
}

void report_last_words(struct report *r)
{
	pthread_mutex_lock(&r->lock);
	r->patience = LAST_PATIENCE;
	pthread_mutex_unlock(&r->lock);
}

void report_end(struct report *r)
{
	sock_hooks(EVENT_SERVER, NULL, NULL, NULL);
	watchers_end(&r->watchers);
	buf_free(&r->line);
}

void report_output(struct report *r, const char *format, ...)
{
	char words[MESSAGE_ROOM];
	va_list args;
	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	pthread_mutex_lock(&r->lock);
	errno = 0;
	bool written = buf_printf(&r->line, "%s\n", words) == 0 && write_line(r, STDOUT_FILENO);
	int error = errno ? errno : EAGAIN;
	pthread_mutex_unlock(&r->lock);
	if (!written)
		report_error(r, _("standard output: %s; the line \"%s\" went nowhere."), strerror(error), words);
}

static void tell(struct report *r, enum note_level level, const char *words)
{
	struct event e = event_of_note(EVENT_SERVER, level, words, strlen(words));
	watchers_tell(&r->watchers, &e, false);
	if (r->child)
		return;
	pthread_mutex_lock(&r->lock);
	if (buf_printf(&r->line, "uproard: %s\n", words) == 0)
		write_stderr(r);
	pthread_mutex_unlock(&r->lock);
}

void report_say(struct report *r, enum note_level level, const char *format, ...)
{
	char words[MESSAGE_ROOM];
	va_list args;
	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	tell(r, level, words);
}

void report_counters(struct report *r)
{
	char line[COUNTERS_TEXT];
	for (int i = 0; i < COUNTERS_LINES; i++)
		tell(r, NOTE_INFO, counters_line(i, line));
}

/* Counts one more. Returns how many there have been, or 0 when it is too early to tell of them again. */
static uint64_t warnings(struct report *r, enum report_warning w)
{
	uint64_t now = clock_now(), count = 0;
	pthread_mutex_lock(&r->lock);
	r->warnings[w].count++;
	if (now >= r->warnings[w].next) {
		r->warnings[w].next = now + CLOCK_SECOND;
		count = r->warnings[w].count;
	}
	pthread_mutex_unlock(&r->lock);
	return count;
}

void report_warn(struct report *r, enum report_warning w, const char *format, ...)
{
	char words[MESSAGE_ROOM];
	uint64_t count = warnings(r, w);
	if (count == 0)
		return;
	va_list args;
	va_start(args, format);
	int n = vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	if (count > 1 && n >= 0 && (size_t)n < sizeof(words))
		snprintf(words + n, sizeof(words) - (size_t)n,
			 ngettext(" (%" PRIu64 " time so far)", " (%" PRIu64 " times so far)", count), count);
	tell(r, NOTE_WARNING, words);
}

void report_lab(struct report *r, const struct event *e)
{
	watchers_tell(&r->watchers, e, e->lab.what == LAB_SETTINGS);
	if (r->verbose)
		print(r, e, event_print_lab);
}

void report_listening(struct report *r, enum protocol protocol, const struct endpoint *local)
{
	struct event e = {.when = clock_now(), .who = EVENT_SERVER, .kind = EVENT_STATE};
	e.state = (struct event_state){.what = STATE_LISTENING, .protocol = protocol, .own = true, .local = *local};
	watchers_tell(&r->watchers, &e, true);
}
