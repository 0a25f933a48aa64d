/*
 * What the client without a screen keeps of the events: a recording, and the ladder that it prints.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "ladder_plain.h"
#include "recording.h"
#include "save.h"

enum { WORDS = 4352 }; /* bytes of a message: a path, and why it cannot be written */

static int begin_recording(struct console *c, const char *path)
{
	char words[WORDS];
	c->recording = recording_start(path, c->log, (int64_t)(clock_wall() - clock_now()), NULL, NULL);
	if (!c->recording)
		console_notice(c, "%s", save_problem(path, errno, words, sizeof words));
	return c->recording ? 0 : -1;
}

int console_keep_begin(struct console *c)
{
	const struct options *o = c->options;
	if (!o->record && !o->ladder)
		return 0;
	c->log = log_new(o->events, OPTIONS_BYTES);
	c->ladder = c->log && o->ladder ? ladder_plain_new(c->log) : NULL;
	if (c->log && (c->ladder || !o->ladder))
		return o->record ? begin_recording(c, o->record) : 0;
	console_notice(c, "%s", _("There is no memory left."));
	return -1;
}

static void end_recording(struct console *c)
{
	char words[WORDS];
	struct recording *r = c->recording;
	c->recording = NULL;
	struct recording_figures f;
	if (recording_stop(r, &f) == 0)
		return;
	c->unrecorded = true;
	console_notice(c, "%s", recording_problem(c->options->record, errno, &f, words, sizeof words));
}

void console_keep_up(struct console *c, bool last)
{
	if (!c->log)
		return;
	c->kept = log_end(c->log);
	if (c->recording && (recording_catch_up(c->recording) == -1 || last))
		end_recording(c);
	if (c->ladder && ladder_plain_print(c->ladder, last ? LADDER_LAST : LADDER_NOW) == -1)
		console_out_of_memory(c);
}

void console_keep(struct console *c, const struct event *e)
{
	if (!c->log)
		return;
	if (log_append(c->log, e) == -1)
		console_out_of_memory(c);
	if (log_end(c->log) - c->kept >= LADDER_PLAIN_EVENTS)
		console_keep_up(c, false);
}

void console_keep_free(struct console *c)
{
	ladder_plain_free(c->ladder);
	log_free(c->log);
}
