/*
 * flow - its inside. Private to view.
 *
 * A conversation has two ends. An end is a socket as it talks with one peer: over TCP a socket has one, over UDP one
 * for each of its peers. What was sent stays with the end that sent it: so it may be found out late which ends belong
 * together, and corrected, and nothing has to be moved.
 */
#ifndef VIEW_FLOW_PRIVATE_H
#define VIEW_FLOW_PRIVATE_H

#include <sys/queue.h>

#include <uproar/flow.h>

#include "flow_gap.h"
#include "flow_map.h"

enum flow_side { SIDE_CLIENT, SIDE_SERVER };
enum flow_way { WAY_OUT, WAY_IN };

struct known_socket {
	struct flow_socket is;
	size_t number;                  /* its place in flow.sockets */
	uint64_t since;                 /* the log's index of the call that opened it; 0: the log had forgotten that */
	uint64_t last;                  /* of the last event about it */
	uint64_t born;                  /* when it was opened; 0: not known */
	uint64_t emptied;               /* UDP: when its receive queue was last seen empty */
	bool sampled;                   /* it was there already when its system was asked; no call has been seen yet */
	bool under_way;                 /* TCP: connect() has begun, and nothing has said yet how it ended */
	LIST_HEAD(flow_ends, end) ends; /* TCP: the one of its connection */
};

struct known_conversation {
	struct flow_conversation is;
	uint32_t number;
	struct end *end[2]; /* by enum flow_side. NULL: not seen; both: it is over and forgotten */
};

struct end {
	LIST_ENTRY(end) link; /* among its socket's */
	struct known_socket *socket;
	enum flow_side side;
	struct endpoint peer;
	bool sure;                               /* a client's: its partner has just its port */
	struct known_conversation *conversation; /* NULL: none yet */
	uint64_t first, last;                    /* the log's indices of events about it */
	uint64_t upto[2];                        /* TCP, by enum flow_way: so far the stream was seen; */
	uint64_t unsure[2];                      /* the log's index from which on it had not been seen without a gap */
	struct ring sends;                       /* of struct send, oldest first */
	uint64_t forgotten;                      /* sends before these: the item i is the send forgotten + i + 1 */
	uint64_t arrived;                        /* UDP: the newest send that a receive has taken */
	size_t patience;                         /* UDP: of so many more sends it may be tried whether they are meant */
	struct ring receives;                    /* UDP: of struct receive, oldest first */
};

struct send {
	uint64_t index;       /* the log's */
	uint64_t start, stop; /* TCP: where its bytes lie in the stream */
	uint64_t when;        /* it returned */
	uint64_t bytes;
	bool taken; /* UDP: by a receive */
};

struct receive {
	uint64_t index, when;
	uint64_t emptied; /* when its socket had last been seen empty before */
	uint64_t send;    /* number of the send that it took; 0: none is known */
};

/* Of an event: what it is about. An end is given where its socket does not tell it. */
struct place {
	struct known_socket *socket; /* NULL: none */
	struct end *end;             /* UDP: with this peer; TCP: the one that accept() gave; else NULL */
};

struct flow {
	const struct log *log;
	uint64_t first, next;      /* the log's indices: of the first place, of the first event not taken in */
	uint64_t sweep;            /* what is over is looked for when that is forgotten */
	struct ring places;        /* of struct place, one for each event */
	struct ring sockets;       /* of struct known_socket * */
	struct ring conversations; /* of struct known_conversation *, by number */
	struct numbering numbering[EVENT_SERVER + 1];
	struct ring nameless; /* of struct end *: clients' of whose port no call has told, oldest first */
	struct flow_map map;  /* sockets by descriptor, ends by peer and by the client's port */
	size_t ends;
	uint32_t conversations_ever;
};

/* flow_take: an event, and what it changes. -1: ENOMEM, and it can be taken in once more. */
int flow_take(struct flow *f, uint64_t index);

/* flow_sample */
int flow_sampled(struct flow *f, uint64_t index, struct place *place); /* as flow_take() */
/* The server whose events came until now is no more; to be asked before the event has been numbered. */
bool flow_ends_server(const struct flow *f, const struct event *e);
void flow_end_server(struct flow *f, uint64_t index);

/* flow_socket */
struct known_socket *flow_find_socket(const struct flow *f, enum event_who who, int fd); /* open ones. NULL: none */
/* Whatever had that number is closed. The event tells who, and when. NULL: ENOMEM. */
struct known_socket *flow_open(struct flow *f, uint64_t index, int fd, enum protocol protocol);
void flow_close(struct flow *f, struct known_socket *s, uint64_t index);
void flow_drop_socket(struct flow *f, struct known_socket *s);

#endif
