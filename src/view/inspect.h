/*
 * inspect - the page about one event, and what it is written with. Private to view.
 *
 * A page that was short of memory remembers that (failed), so nothing here returns it.
 */
#ifndef VIEW_INSPECT_H
#define VIEW_INSPECT_H

#include <uproar/views.h>

#include "words.h"

enum {
	INSPECT_DATA = 4096, /* bytes of an event's data that a page has */
	INSPECT_ROW = 16,    /* of them in a line */
};

enum inspect_kind { INSPECT_TITLE, INSPECT_SPACE, INSPECT_FIELD, INSPECT_MEMORY, INSPECT_BYTES };

struct inspect_line {
	enum inspect_kind kind;
	unsigned level;       /* FIELD: 0, or 1 for what belongs to the one before */
	const char *label;    /* FIELD, MEMORY; static; "": none */
	struct view_row text; /* TITLE, FIELD, MEMORY: what stands beside the label */
	uint8_t memory[8];    /* MEMORY: bytes, */
	unsigned size;        /* and how many; BYTES: the same, of the event's data */
	unsigned at;          /* BYTES: from where */
};

struct inspect {
	const struct log *log;
	const struct flow *flow;
	int64_t wall;
	uint64_t index;        /* of the log */
	struct event event;    /* a copy, since the log forgets; */
	struct buf data;       /* and its data, no more than INSPECT_DATA bytes */
	uint64_t size;         /* bytes of data that the event in the log has */
	struct ring lines;     /* of struct inspect_line */
	struct view_row spare; /* written to where there was no memory for a line */
	unsigned labels;       /* columns of the widest label, where it is indented */
	bool failed;
	uint8_t begins[INSPECT_DATA / 8]; /* a bit for each byte of the data that begins what another send sent */
	struct ring takers;               /* of struct inspect_taker: what is known of who received what was sent */
};

struct inspect_taker {
	uint64_t index, bytes; /* of the log; of the event's bytes */
};

/* --- Writing --- */

struct view_row *inspect_title(struct inspect *p);
void inspect_space(struct inspect *p);
struct view_row *inspect_field(struct inspect *p, unsigned level, const char *label);
void inspect_say(struct inspect *p, unsigned level, const char *label, const char *words); /* no words: no field */
void inspect_number(struct inspect *p, unsigned level, const char *label, uint64_t n);
void inspect_time(struct inspect *p, unsigned level, const char *label, uint64_t ns);
void inspect_bytes(struct inspect *p, unsigned level, const char *label, uint64_t n);
void inspect_endpoint(struct inspect *p, unsigned level, const char *label, const struct endpoint *e);
struct view_row *inspect_memory(struct inspect *p, const void *bytes, unsigned n, const char *label);
void inspect_clear(struct inspect *p);

/* The event's data, as hexadecimal numbers and as text; whole: of so many bytes that there were. */
void inspect_data(struct inspect *p, const char *label, uint64_t whole);
/* An endpoint as the call's struct sockaddr. */
void inspect_sockaddr(struct inspect *p, const struct endpoint *e);
/* Errno, or getaddrinfo's code, with its name and number. */
void inspect_error(struct inspect *p, unsigned level, const char *label, int error);

/* --- Reading --- */

void inspect_draw(const struct inspect *p, const struct inspect_line *l, unsigned width, struct view_row *row,
		  unsigned *indent);

/* --- The pages: written while the log has the event, and kept when it has forgotten it --- */

void inspect_page(struct inspect *p);
void inspect_call(struct inspect *p);
void inspect_arguments(struct inspect *p, const struct flow_socket *s, enum protocol protocol); /* s: NULL, not known */
void inspect_moved(struct inspect *p, enum protocol protocol); /* what a call moved, and between whom */
void inspect_talk(struct inspect *p);
void inspect_state(struct inspect *p);
void inspect_lab(struct inspect *p);
void inspect_kernel(struct inspect *p);

#endif
