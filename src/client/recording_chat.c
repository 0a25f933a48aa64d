/*
 * What /record and /save do, and what is told of it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "chat_private.h"
#include "recording.h"
#include "save.h"

typedef unsigned long long count; /* as printf wants it */

enum { RECORDING_PATH = 4096, WORDS = RECORDING_PATH + 256 };

static void note_failure(struct chat *c, const char *path, int error)
{
	char words[WORDS];
	chat_note(c, NOTE_ERROR, "%s", save_problem(path, error, words, sizeof words));
}

/* --- Recording --- */

static void wake(void *arg)
{
	struct chat *c = arg;
	uv_async_send(&c->woken);
}

static void note_forgotten(struct chat *c, count forgotten)
{
	if (forgotten)
		chat_note(c, NOTE_WARNING,
			  ngettext("%llu event was forgotten before it could be recorded.",
				   "%llu events were forgotten before they could be recorded.",
				   (unsigned long)forgotten),
			  forgotten);
}

void chat_record(struct chat *c, const char *path)
{
	if (c->recording) {
		chat_note(c, NOTE_ERROR, _("A recording is under way, in %s. /record off ends it."),
			  recording_path(c->recording));
		return;
	}
	if (c->replay) {
		chat_note(c, NOTE_ERROR, "%s", _("What is played is a recording already. Copy its file."));
		return;
	}
	c->recording = recording_start(path, c->log, c->wall, wake, c);
	if (!c->recording) {
		note_failure(c, path, errno);
		return;
	}
	chat_note(c, NOTE_INFO, _("Everything is recorded in %s, from the beginning."), path);
	note_forgotten(c, log_first(c->log));
}

int chat_record_begin(struct chat *c)
{
	const char *path = c->options->record;
	char words[WORDS];
	if (!path)
		return 0;
	c->recording = recording_start(path, c->log, c->wall, wake, c);
	if (!c->recording)
		fprintf(stderr, "uproar: %s\n", save_problem(path, errno, words, sizeof words));
	return c->recording ? 0 : -1;
}

void chat_record_tell(struct chat *c)
{
	if (!c->recording) {
		chat_note(c, NOTE_INFO, "%s", _("Nothing is being recorded. /record FILE begins."));
		return;
	}
	struct recording_figures f = recording_figures(c->recording);
	chat_note(c, NOTE_INFO, _("Everything is recorded in %s: %llu events so far, in %llu bytes."),
		  recording_path(c->recording), (count)f.events, (count)f.bytes);
}

/* Ends it; words: how it went. */
static int stop(struct chat *c, char *words, size_t room, struct recording_figures *f)
{
	char path[RECORDING_PATH];
	snprintf(path, sizeof path, "%s", recording_path(c->recording));
	int result = recording_stop(c->recording, f);
	if (result == -1)
		recording_problem(path, errno, f, words, room);
	else
		snprintf(words, room, _("The recording in %s has ended: %llu events, in %llu bytes."), path,
			 (count)f->events, (count)f->bytes);
	c->recording = NULL;
	return result;
}

void chat_record_off(struct chat *c)
{
	char words[WORDS];
	struct recording_figures f;
	if (!c->recording) {
		chat_record_tell(c);
		return;
	}
	int result = stop(c, words, sizeof words, &f);
	chat_note(c, result == -1 ? NOTE_ERROR : NOTE_INFO, "%s", words);
	note_forgotten(c, f.forgotten);
}

void chat_record_advance(struct chat *c)
{
	if (c->recording && recording_advance(c->recording) == -1)
		chat_record_off(c);
}

int chat_record_end(struct chat *c)
{
	char words[WORDS];
	struct recording_figures f;
	if (!c->recording || stop(c, words, sizeof words, &f) == 0)
		return 0;
	fprintf(stderr, "uproar: %s\n", words);
	return -1;
}

/* --- Saving --- */

void chat_save(struct chat *c, const char *path)
{
	struct save_figures f;
	unsigned width;
	struct pager *p = chat_pager(c, &width);
	if (save_view(path, "uproar", p, width, c->log, c->wall, &f) == -1)
		note_failure(c, path, errno);
	else if (f.events)
		chat_note(c, NOTE_INFO,
			  ngettext("%llu event is saved in %s, in %llu bytes.",
				   "%llu events are saved in %s, in %llu bytes.", (unsigned long)f.rows),
			  (count)f.rows, path, (count)f.bytes);
	else
		chat_note(c, NOTE_INFO,
			  ngettext("%llu row is saved in %s, in %llu bytes.",
				   "%llu rows are saved in %s, in %llu bytes.", (unsigned long)f.rows),
			  (count)f.rows, path, (count)f.bytes);
}
