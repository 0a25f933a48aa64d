/*
 * ladder - the inside of the ladder. What it shows is in ladder_about.h, which lines that makes in ladder_take.c, which
 * calls have not returned in ladder_wait.c, how a line looks in ladder_draw.h. Private to view.
 */
#ifndef VIEW_LADDER_H
#define VIEW_LADDER_H

#include <uproar/views.h>

#include "ladder_line.h"
#include "row.h"

#define LADDER_NONE UINT64_MAX

enum {
	LADDER_WINDOW = 64, /* lines at the end that may still change places, or go */
	LADDER_WAITING =
		64, /* calls that have not returned, or connect() in progress; of more the oldest are forgotten */
};

/* A program's TCP socket of the conversation: what its system has said through it. */
struct ladder_end {
	int fd; /* -1: none yet */
	bool made, ended;
};

/* A call that has not returned: the log's index of its announcement. */
struct ladder_call {
	enum event_who who;
	enum event_op op;
	int fd;
	uint64_t index;
};

/*
 * The lines are a ring of what each tells of; their text is worked out when it is asked for. Behind them stand, as long
 * as they have not returned, the calls that wait now. Everything that is known of the log beyond one conversation is
 * learned in passing, event by event: `common` has the log's indices of the calls that concern all conversations, but
 * for the look-ups.
 */
struct ladder {
	const struct log *log;
	const struct flow *flow;
	struct ladder_choice choice;
	uint64_t now; /* 0: nobody told */

	uint64_t known;                 /* index of the next event to be learned of */
	struct ring common, lookups;    /* of uint64_t */
	struct ring calls;              /* of struct ladder_call, the oldest first */
	uint32_t conversation;          /* that is shown; 0: there is none */
	struct flow_conversation shown; /* as it was known when the lines were made */
	bool stale;                     /* the lines are to be made anew */
	bool both_seen;                 /* whatever it looked like when the first line was made */

	uint64_t taken;       /* index of the next event that may get a line */
	uint64_t first;       /* number of the front line */
	uint64_t fixed;       /* number: lines before it do not change */
	struct ring lines;    /* of struct ladder_line */
	struct ring waiting;  /* of struct ladder_line: those of calls that have not returned */
	struct ring connects; /* of uint64_t: the log's indices of connect() in progress */

	/* As of the last line: */
	struct ladder_end ends[EVENT_SERVER + 1];
	bool reset;     /* the conversation was */
	int unread;     /* the server's socket that is about to be closed with bytes unread; or -1 */
	uint64_t early; /* number: no line before it took bytes whose send has no line yet; LADDER_NONE: none did */
	bool begun;     /* a call of just this conversation has a line */
	bool seen[EVENT_SERVER + 1]; /* it has a line */
	enum event_who unseen;       /* a line says so; 0: none does */

	struct view_row text, data, label; /* being worked on */
};

static inline enum event_op ladder_op(const struct event *e) /* 0: no call */
{
	return e->kind == EVENT_CALL ? e->call.op : 0;
}

static inline enum event_who ladder_other(enum event_who who)
{
	return who == EVENT_CLIENT ? EVENT_SERVER : EVENT_CLIENT;
}

static inline struct ladder_line *ladder_line(const struct ladder *d, uint64_t number)
{
	size_t i = (size_t)(number - d->first);
	return i < d->lines.count ? ring_at(&d->lines, i) : ring_at(&d->waiting, i - d->lines.count);
}

/* The number behind the last line of what has happened, before those of what waits. */
static inline uint64_t ladder_end(const struct ladder *d)
{
	return d->first + d->lines.count;
}

/* The first line that may still change places, or go. */
static inline uint64_t ladder_window(const struct ladder *d)
{
	uint64_t from = d->fixed > d->first ? d->fixed : d->first, end = ladder_end(d);
	return end > from + LADDER_WINDOW ? end - LADDER_WINDOW : from;
}

/* ladder_take.c: lines for what has come since the last time. Both return -1: ENOMEM; then all is to be made anew. */
int ladder_take(struct ladder *d);
int ladder_rebuild(struct ladder *d);

/* ladder_order.c: a send has become the last line. Receives above it of what it sent go below it. */
void ladder_sort(struct ladder *d);

/* ladder_wait.c */
int ladder_wait_learn(struct ladder *d, uint64_t index); /* -1: ENOMEM, like the next one */
int ladder_wait_lines(struct ladder *d);
bool ladder_is_stepped(const struct ladder *d, uint64_t index); /* a call waits for the user */

#endif
