/*
 * ladder_line - what a line of the ladder tells of. Private to view.
 */
#ifndef VIEW_LADDER_LINE_H
#define VIEW_LADDER_LINE_H

#include <uproar/event.h>

enum ladder_kind {
	LINE_CALL = 1,
	LINE_ANSWER, /* of the other system to the connect() in the line before */
	LINE_GAP,    /* events of a program were left out */
	LINE_UNSEEN, /* a program's calls are not seen from here */
	LINE_LOST,   /* a reply that the lab dropped */
	LINE_THERE,  /* a socket of the server's was there before it was watched */
};

/* What the two systems say to each other, which no program sees. */
enum segment { SEGMENT_NONE, SEGMENT_SYN, SEGMENT_SYN_ACK, SEGMENT_FIN, SEGMENT_RST };

struct ladder_line {
	enum ladder_kind kind;
	enum event_who who; /* whose lane it is in */
	enum segment segment;
	enum event_who to; /* whom the segment is for */
	bool lost;         /* the lab dropped the datagram that was received here */
	bool elsewhere;    /* a call that has not returned, and is about another conversation */
	uint64_t index;    /* the log's */
	uint64_t kept;     /* the line is forgotten with this event; never less than in the line before */
	uint64_t outcome;  /* of a connect() in progress: index of the call that told it; or LADDER_NONE */
};

#endif
