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

#include "flow_map.h"

enum flow_side { SIDE_CLIENT, SIDE_SERVER };
enum flow_way { WAY_OUT, WAY_IN };

/* The kinds of key in flow.map; each begins with its own. */
enum flow_key_kind {
	FLOW_KEY_DESCRIPTOR = 1, /* who, number: the open socket */
	FLOW_KEY_PEER,           /* UDP; a socket, and a peer: the end */
	FLOW_KEY_PORT,           /* side, protocol, the client's port: the newest such end */
};

struct known_socket {
	struct flow_socket is;
	size_t number;                  /* its place in flow.sockets */
	uint64_t since;                 /* the log's index of the call that opened it; 0: the log had forgotten that */
	uint64_t last;                  /* of the last event about it */
	uint64_t born;                  /* when it was opened; 0: not known */
	uint64_t emptied;               /* UDP: when its receive queue was last seen empty */
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
	uint64_t upto[2];                        /* TCP, by enum flow_way: so far the stream was seen */
	struct ring sends;                       /* of struct send, oldest first */
	uint64_t forgotten;                      /* sends before these: the item i is the send forgotten + i + 1 */
	uint64_t arrived;                        /* UDP: the newest send that a receive has taken */
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
	struct ring nameless;      /* of struct end *: clients' of whose port no call has told, oldest first */
	struct flow_map map;       /* sockets by descriptor, ends by peer and by the client's port */
	size_t ends;
	uint32_t conversations_ever;
};

/* The first item of those in ascending order whose key is not less than this; r->count: none. */
size_t flow_search(const struct ring *r, uint64_t (*key)(const void *item), uint64_t least);

static inline bool flow_is_send(enum event_op op)
{
	return op == OP_SEND || op == OP_SENDTO || op == OP_SENDMSG;
}

static inline bool flow_is_receive(enum event_op op)
{
	return op == OP_RECV || op == OP_RECVFROM || op == OP_RECVMSG;
}

/* flow_take: an event, and what it changes. -1: ENOMEM, and it can be taken in once more. */
int flow_take(struct flow *f, uint64_t index);

/* flow_socket */
struct known_socket *flow_find_socket(const struct flow *f, enum event_who who, int fd); /* open ones. NULL: none */
/* Whatever had that number is closed. The event tells who, and when. NULL: ENOMEM. */
struct known_socket *flow_open(struct flow *f, uint64_t index, int fd, enum protocol protocol);
void flow_close(struct flow *f, struct known_socket *s, uint64_t index);
void flow_drop_socket(struct flow *f, struct known_socket *s);

/* flow_end: ends and their conversations. NULL, -1: ENOMEM. */
struct end *flow_partner(const struct end *x); /* the other end; NULL: not seen */
struct end *flow_find_end(const struct flow *f, const struct known_socket *s, const struct endpoint *peer); /* UDP */
struct end *flow_end_new(struct flow *f, struct known_socket *s, enum flow_side side, const struct endpoint *peer,
			 uint64_t index);
void flow_drop_end(struct flow *f, struct end *x);
int flow_set_peer(struct flow *f, struct end *x, const struct endpoint *peer);
int flow_set_local(struct flow *f, struct known_socket *s, const struct endpoint *local); /* its ends, by port */
void flow_not_expected(struct flow *f, const struct end *x); /* it is not nameless, whatever its port */
struct end *flow_by_port(const struct flow *f, enum flow_side side, enum protocol protocol, uint16_t client_port);
int flow_settle(struct flow *f, struct end *x); /* it is part of a conversation, if need be of a new one */
int flow_join(struct flow *f, struct end *client, struct end *server);
void flow_exchange(const struct flow *f, struct end *a, struct end *b); /* the conversations of two servers' ends */
void flow_describe(struct known_conversation *c);
int flow_secede(struct flow *f, struct end *x); /* into a conversation of its own */

/* flow_pair: which ends belong together. NULL, -1: ENOMEM. */
struct end *flow_stream_end(struct flow *f, struct known_socket *s, uint64_t index); /* TCP: its connection */
/* UDP: its end for a datagram sent to a peer, or received from it, as this event tells. */
struct end *flow_datagram_end(struct flow *f, struct known_socket *s, const struct endpoint *peer, uint64_t index);
int flow_named(struct flow *f, struct known_socket *s, const struct endpoint *local); /* this, or "none", it has now */

/* flow_datagram: which receive took which send. */
/* Number of the send that the receive at this index took, if it was one; 0: none is known. */
uint64_t flow_datagram_find(const struct flow *f, const struct end *from, uint64_t emptied, uint64_t index);
int flow_datagram_sent(const struct flow *f, struct end *x, uint64_t index);     /* -1: ENOMEM */
int flow_datagram_received(const struct flow *f, struct end *x, uint64_t index); /* -1: ENOMEM */
void flow_datagram_match(const struct flow *f, struct end *x); /* with its new partner, all anew, both ways */

/* flow_sends: what an end sent. */
uint64_t flow_send_index(const void *send);
int flow_sent(const struct flow *f, struct end *x, uint64_t index); /* -1: ENOMEM */
void flow_trim(const struct flow *f, struct end *x);                /* forgets what the log has forgotten */

#endif
