/*
 * save - what a view shows as a file: all of it, however long.
 */
#ifndef CLIENT_SAVE_H
#define CLIENT_SAVE_H

#include <uproar/views.h>

struct save_figures {
	uint64_t rows;  /* of the view; of a recording its events */
	uint64_t bytes; /* of the file */
	bool events;    /* it is a recording */
};

/* Opens a file for writing, for this user alone, which must be a new one: nothing is ever written over. -1: errno. */
int save_open(const char *path);
/* Why that failed, as a whole sentence in out. Returns out. */
const char *save_problem(const char *path, int error, char *out, size_t room);

/*
 * The name's end tells the form: ".svg" is a picture, ".jsonl" a recording of the log, anything else text. title: of
 * the picture. wall: clock_wall() - clock_now(). -1: errno says why not, and there is no file of ours.
 */
int save_view(const char *path, const char *title, struct pager *p, unsigned width, const struct log *l, int64_t wall,
	      struct save_figures *figures);

#endif
