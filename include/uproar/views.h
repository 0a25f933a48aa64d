/*
 * views - what can be seen of the log besides the transcript: each a function of it that gives lines to a pager. Part
 * of layer view.
 *
 * The ladder is the figure of the books: the client's calls on the left, the server's on the right, time running down.
 * Calls is what strace(1) would print of both programs. Sockets is a table of what both have open now. The inspector is
 * all about one event. Statistics (statistics.h) are no lines, but a picture.
 */
#ifndef UPROAR_VIEWS_H
#define UPROAR_VIEWS_H

#include <uproar/flow.h>
#include <uproar/pager.h>

/* --- The transcript: what was said, and what the sockets came to, in words --- */

struct transcript;
/* wall: clock_wall() - clock_now(), for times of day; so with the other views. NULL: ENOMEM */
struct transcript *transcript_new(const struct log *l, int64_t wall);
void transcript_free(struct transcript *t);
extern const struct pager_lines transcript_lines; /* below 40 columns without times of day and byte counts */

/* --- The ladder --- */

struct ladder_choice {
	uint32_t conversation; /* 0: the newest one that is there */
	bool all; /* every conversation, in the log's order, each line with its number where there is more than one;
		   * in the plain form, whatever `plain` says */
	bool raw; /* every call as it was made; else the non-blocking machinery is folded into what it is for */
	bool revealed; /* what the lab lost ends in a cross */
	bool plain;    /* no drawing: "client" or "server" before each line, for a pipe or a screen reader */
	/* Whether a call that has not returned waits for the user, and has not been made yet. NULL: none does. */
	bool (*stepped)(const struct event *call, void *arg);
	void *arg; /* for it */
};

struct ladder;
struct ladder *ladder_new(const struct log *l, const struct flow *f); /* NULL: ENOMEM */
void ladder_free(struct ladder *d);
void ladder_choose(struct ladder *d, const struct ladder_choice *c);
/* For how long a call that blocks has waited, as of now. True: there is such a call, so it is worth drawing again. */
bool ladder_clock(struct ladder *d, uint64_t now);
/*
 * For whoever prints lines: they never change again, nor move, nor go. Returns the number behind the last such line;
 * the others are printed later.
 */
enum ladder_fix {
	LADDER_NOW,  /* all, but for what is under way and will be told in a line of before */
	LADDER_MORE, /* events follow at once: not what they may still change */
	LADDER_LAST, /* nothing follows: all */
};
uint64_t ladder_fix(struct ladder *d, enum ladder_fix how);
/* What stands above its lines: both ends, and which conversation of how many. Just width columns. -1: ENOMEM. */
int ladder_header(struct ladder *d, unsigned width, struct view_row *row);
/* No line is wider than the width, but plain ones are not cut. Whoever updates it updates the flow first. */
extern const struct pager_lines ladder_lines;

/* --- Calls --- */

struct calls_filter {
	enum event_who who; /* 0: both */
	enum event_op op;   /* 0: all */
	int fd;             /* -1: all */
};

struct calls;
struct calls *calls_new(const struct log *l, int64_t wall); /* NULL: ENOMEM */
void calls_free(struct calls *c);
void calls_choose(struct calls *c, const struct calls_filter *f);
/*
 * "client", "server", a call's name, a socket's number, in any order and each once at most; "": all. -1: problem says
 * why.
 */
int calls_filter_parse(const char *text, struct calls_filter *f, char *problem, size_t room);
extern const struct pager_lines calls_lines;

/* --- Sockets --- */

struct sockets;
struct sockets *sockets_new(const struct log *l, const struct flow *f); /* NULL: ENOMEM */
void sockets_free(struct sockets *s);
extern const struct pager_lines sockets_lines;
/* Whom the server serves now, as far as is known: its connections, and whoever has said something to a UDP socket. */
size_t sockets_clients(const struct flow *f);

/* --- The inspector --- */

struct inspector;
struct inspector *inspector_new(const struct log *l, const struct flow *f, int64_t wall); /* NULL: ENOMEM */
void inspector_free(struct inspector *i);
void inspector_open(struct inspector *i, uint64_t index); /* of the log */
extern const struct pager_lines inspector_lines;

/* --- A view as a file: all of it, however long --- */

/* Rows as text, without spaces at their ends. Appends to out. -1: ENOMEM. */
int save_text(struct pager *p, unsigned width, struct buf *out);
/* The same as a picture in SVG 1.1, in one file of its own, legible on a slide, in both light and dark surroundings. */
int save_svg(struct pager *p, const char *title, unsigned width, struct buf *out);

#endif
