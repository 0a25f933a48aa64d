#include "replay_plain.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ladder_plain.h"
#include "replay_file.h"

struct player {
	const struct options *options;
	struct replay_file file;
	struct view_row row;

	/* The ladder's: */
	struct log *log;
	struct ladder_plain *ladder;
	uint64_t printed; /* the log's index up to which it was asked to print */
};

/* --- The two views --- */

static int take_line(struct player *p, const struct event *e)
{
	unsigned indent;
	view_row_clear(&p->row);
	if (view_line(e, p->file.header.wall, &p->row, &indent))
		printf("%.*s\n", (int)p->row.text.size, (const char *)buf_bytes(&p->row.text));
	return p->row.failed ? -1 : 0;
}

static int take_call(struct player *p, const struct event *e)
{
	if (log_append(p->log, e) == -1)
		return -1;
	if (log_end(p->log) - p->printed < LADDER_PLAIN_EVENTS)
		return 0;
	p->printed = log_end(p->log);
	return ladder_plain_print(p->ladder, LADDER_MORE);
}

static int open_ladder(struct player *p)
{
	if (!p->options->ladder)
		return 0;
	p->log = log_new(p->options->events, OPTIONS_BYTES);
	p->ladder = p->log ? ladder_plain_new(p->log) : NULL;
	return p->ladder ? 0 : -1;
}

/* --- All of it --- */

/* Returns what ended it; REPLAY_EVENT: no memory, or nobody to read on. */
static enum replay_next play(struct player *p, char problem[REPLAY_PROBLEM])
{
	struct event e;
	enum replay_next next;
	while ((next = replay_file_next(&p->file, &e, problem)) == REPLAY_EVENT)
		if ((p->ladder ? take_call(p, &e) : take_line(p, &e)) == -1 || ferror(stdout))
			return next;
	return p->ladder && ladder_plain_print(p->ladder, LADDER_LAST) == -1 ? REPLAY_EVENT : next;
}

static int complain(const char *words)
{
	fprintf(stderr, "uproar: %s\n", words);
	return EXIT_FAILURE;
}

static int conclude(enum replay_next end, const char *problem)
{
	if (fflush(stdout) == EOF || ferror(stdout)) {
		fprintf(stderr, _("uproar: Standard output cannot be written: %s.\n"), strerror(errno));
		return EXIT_FAILURE;
	}
	if (end == REPLAY_EVENT)
		return complain(_("There is no memory left."));
	return end == REPLAY_DAMAGED ? complain(problem) : EXIT_SUCCESS;
}

int replay_plain_run(const struct options *options)
{
	struct player p = {.options = options};
	char problem[REPLAY_PROBLEM] = "";
	signal(SIGPIPE, SIG_IGN);
	if (replay_file_open(&p.file, options->replay, false, problem) == -1)
		return complain(problem);
	enum replay_next end = open_ladder(&p) == 0 ? play(&p, problem) : REPLAY_EVENT;
	int status = conclude(end, problem);
	ladder_plain_free(p.ladder);
	log_free(p.log);
	view_row_free(&p.row);
	replay_file_close(&p.file);
	return status;
}
