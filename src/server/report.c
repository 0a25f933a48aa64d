#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <uproar/sock.h>

enum {
	CHANNEL_PATIENCE = 1000, /* ms that news which nobody must miss waits for room in the channel */
	MESSAGE_ROOM = 512,
	TERMINAL_NAME = 256,
};

/* Whether a write will return at once, be it with an error. */
static bool has_room(int fd, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	uint64_t until = clock_now() + (uint64_t)ms * CLOCK_MS;
	int n;
	while ((n = poll(&p, 1, ms)) == -1 && errno == EINTR && clock_now() < until)
		continue;
	return n == 1;
}

/*
 * Writes r->line, unless that would make the whole server wait for whoever reads it. What is not longer than a page
 * fits into a pipe that has room at all.
 */
static bool write_line(struct report *r, int fd)
{
	bool written = has_room(fd, 0) && write(fd, buf_bytes(&r->line), r->line.size) == (ssize_t)r->line.size;
	buf_clear(&r->line);
	return written;
}

static void write_stderr(struct report *r)
{
	if (r->lost > 0 && has_room(STDERR_FILENO, 0) &&
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

/* --- Events, up the channel --- */

/* An event that the channel has no room for is left out; the gap in the numbers shows that. */
static void send_event(struct report *r, const struct event *e, int patience)
{
	struct event numbered = *e;
	numbered.number = ++r->number;
	buf_clear(&r->packed);
	if (r->control == -1 || event_pack(&numbered, &r->packed) == -1)
		return;
	ssize_t n = write(r->control, buf_bytes(&r->packed), r->packed.size);
	if (n == -1 && errno == EAGAIN && patience && has_room(r->control, patience))
		n = write(r->control, buf_bytes(&r->packed), r->packed.size);
	(void)n;
}

static void send_note(struct report *r, enum note_level level, const char *words)
{
	struct event e = event_of_note(EVENT_SERVER, level, words, strlen(words));
	send_event(r, &e, 0);
}

static void after_call(const struct event *e, void *arg)
{
	struct report *r = arg;
	int error = errno;
	send_event(r, e, 0);
	if (r->verbose && event_print_call(e, &r->line) == 0 && buf_append(&r->line, "\n", 1) == 0)
		write_stderr(r);
	errno = error;
}

/* --- Contract --- */

void report_start(struct report *r, bool verbose, int control)
{
	*r = (struct report){.verbose = verbose, .control = control};
	open_terminal();
	if (control != -1)
		fcntl(control, F_SETFL, fcntl(control, F_GETFL) | O_NONBLOCK);
	if (verbose || control != -1)
		sock_hooks(EVENT_SERVER, NULL, after_call, r);
}

void report_end(struct report *r)
{
	sock_hooks(EVENT_SERVER, NULL, NULL, NULL);
	buf_free(&r->line);
	buf_free(&r->packed);
}

void report_output(struct report *r, const char *format, ...)
{
	char words[MESSAGE_ROOM];
	va_list args;
	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	errno = 0;
	if (buf_printf(&r->line, "%s\n", words) == 0 && !write_line(r, STDOUT_FILENO))
		report_error(r, _("standard output: %s; the line \"%s\" went nowhere."),
			     strerror(errno ? errno : EAGAIN), words);
}

/* The uproar that started us hears it up the channel; anybody else reads it. */
static void tell(struct report *r, enum note_level level, const char *words)
{
	if (r->control != -1)
		send_note(r, level, words);
	else if (buf_printf(&r->line, "uproard: %s\n", words) == 0)
		write_stderr(r);
}

void report_error(struct report *r, const char *format, ...)
{
	char words[MESSAGE_ROOM];
	va_list args;
	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	tell(r, NOTE_ERROR, words);
}

void report_note(struct report *r, const char *format, ...)
{
	char words[MESSAGE_ROOM];
	va_list args;
	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	tell(r, NOTE_INFO, words);
}

void report_warn(struct report *r, enum report_warning w, const char *format, ...)
{
	uint64_t count = ++r->warnings[w].count;
	uint64_t now = clock_now();
	if (now < r->warnings[w].next)
		return;
	r->warnings[w].next = now + CLOCK_SECOND;

	char words[MESSAGE_ROOM];
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
	send_event(r, e, e->lab.what == LAB_SETTINGS ? CHANNEL_PATIENCE : 0);
	if (r->verbose && event_print_lab(e, &r->line) == 0 && buf_append(&r->line, "\n", 1) == 0)
		write_stderr(r);
}

void report_listening(struct report *r, enum protocol protocol, const struct endpoint *local)
{
	struct event e = {.when = clock_now(), .who = EVENT_SERVER, .kind = EVENT_STATE};
	e.state = (struct event_state){.step = STEP_LISTENING, .protocol = protocol, .own = true, .local = *local};
	send_event(r, &e, CHANNEL_PATIENCE);
}
