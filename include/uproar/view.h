/*
 * view - the log as rows of styled text. A view is a function of events: it makes no call, has no clock, no curses.
 *
 * Widths are columns of a terminal. Whatever bytes go into a row come out safe: text_cell() decides how each looks.
 * The functions of a row itself, view_row_...(), append to what it holds; all others that fill one replace that.
 */
#ifndef UPROAR_VIEW_H
#define UPROAR_VIEW_H

#include <uproar/log.h>

/* What a piece of text is; the screen decides how that looks. Nothing is told by colour alone. */
enum view_style {
	STYLE_TEXT,    /* words of the program */
	STYLE_YOU,     /* a sentence and its sign */
	STYLE_SERVER,  /* a reply and its sign */
	STYLE_FAINT,   /* time of day, bytes, round-trip time */
	STYLE_NOTE,    /* what the sockets do */
	STYLE_WARNING, /* a missing or wrong reply */
	STYLE_ERROR,
	STYLE_LAB,    /* what the lab does */
	STYLE_ESCAPE, /* what stands for an unprintable byte */
	STYLE_BAR,    /* the status line and the line of keys */
	STYLE_KEY,    /* a key's name in it */
	STYLE_CHOSEN, /* the field or item that the cursor is on */
	STYLE_FOUND,  /* the text that the user looked for */
	STYLE_COUNT
};

struct view_span {
	enum view_style style;
	uint32_t size;    /* bytes of the row's text */
	uint32_t columns; /* that they take */
};

/* A row: text in UTF-8, cut into spans, which follow each other. All zero is an empty row. */
struct view_row {
	struct buf text;
	struct ring spans; /* of struct view_span */
	unsigned columns;  /* of the whole row */
	bool failed;       /* short of memory it ended early, and takes nothing more until it is cleared */
};

void view_row_clear(struct view_row *r);
void view_row_free(struct view_row *r);
/* Appends any bytes, each as text_cell() shows it. -1: ENOMEM; so with every function that appends to a failed row. */
int view_row_put(struct view_row *r, enum view_style style, const void *data, size_t n);
int view_row_printf(struct view_row *r, enum view_style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Makes the row exactly width columns wide: pads it with spaces of the style, or cuts it, never through a character. */
int view_row_fit(struct view_row *r, unsigned width, enum view_style style);

/*
 * Cuts a logical line into rows no wider than width > 0, at spaces where there are any, and beside wide characters
 * (Chinese has no spaces); all but the first begin with `indent` columns of space (less where the width is small). A
 * space that has no room at the end of a row is left out: the end stands for it. A row is given to each(), in order,
 * until it returns false. A character wider than the width is shown as "?". -1: ENOMEM, after the rows given.
 */
int view_wrap(const struct view_row *line, unsigned width, unsigned indent,
	      bool (*each)(const struct view_row *row, void *arg), void *arg);

/*
 * One event as a logical line of the transcript: time of day, sign, words. False, and the row is as it was, when the
 * transcript says nothing of it (socket calls). wall: clock_wall() - clock_now(). *indent: the columns before the
 * words. Of more than 16 KiB of data the beginning is shown, and the rest counted.
 */
bool view_line(const struct event *e, int64_t wall, struct view_row *line, unsigned *indent);
/* The same with nothing before its sign: for a line that stands by itself. */
bool view_answer(const struct event *e, struct view_row *line, unsigned *indent);
/* The same words alone: what a filter says on standard error, and `uproar --ping` of each sentence. */
bool view_words(const struct event *e, struct view_row *line);

/*
 * What our own server's lab did to the last sentences sent over UDP, so many at most, and is not told until somebody
 * asks: a line for each, oldest first, in words and without a newline: the request dropped, its reply, answered twice,
 * or nothing at all. Returns how many there were; -1: ENOMEM.
 */
int view_reveal(const struct log *l, size_t sentences, void (*each)(const char *line, size_t n, void *arg), void *arg);

/*
 * The status line: protocol, state in words, both endpoints, the lab for as long as it is on, as the events so far
 * tell. Where nobody talks with it, a server: its clients, and what they have said. All zero: nothing yet.
 */
struct view_status {
	struct event_state state; /* the last one of the client's */
	uint64_t waiting;         /* sentences without a verdict that were sent, */
	uint64_t queued;          /* and those that were not yet (TCP) */
	char host[256];           /* as the user wrote it */
	char lab[256];            /* what our own server's lab is set to; "": nothing */

	/* A server that is only watched: */
	const char *path;          /* where; NULL: nobody told. Whoever draws it fills in this, */
	size_t clients;            /* whom it serves now, */
	bool lacks;                /* and whether events of it were left out, which the figures lack */
	uint64_t datagrams, bytes; /* that have come to it: over UDP, over TCP */
};
void view_status_take(struct view_status *s, const struct event *e);
int view_status_row(const struct view_status *s, unsigned width, struct view_row *row); /* -1: ENOMEM */

#endif
