/*
 * flow - who talks with whom, and whose bytes a receive took, from the calls of both programs. Part of layer view.
 *
 * It knows the calls alone, so it says of a server elsewhere, or of a client elsewhere, only what this end sees. Of a
 * server that is watched from some moment on, samples tell which sockets it had by then (EVENT_KERNEL). The two
 * programs' events are taken in the order of the log.
 */
#ifndef UPROAR_FLOW_H
#define UPROAR_FLOW_H

#include <uproar/log.h>

enum flow_role {
	FLOW_NEW = 1,    /* it has not been used yet */
	FLOW_WELCOMING,  /* listen() was called */
	FLOW_CONNECTION, /* accept() gave it, or connect() was called (TCP) */
	FLOW_DATAGRAM,   /* UDP */
	FLOW_CHANNEL,    /* socketpair(): between the two programs, not of the network */
};

/* A socket, as long as it is open and after. */
struct flow_socket {
	enum event_who who;
	int fd;
	enum protocol protocol;
	enum flow_role role;
	bool open;
	bool gone;                     /* with its program: another one runs in its place, or none */
	struct endpoint local, remote; /* as far as calls told; "none" where they did not */
	uint64_t opened, closed;       /* the log's index of the call; or opened: of the sample that told of it */
	uint64_t sent, received;       /* bytes */
	uint32_t conversation;         /* TCP: this connection's, once it is made; 0: none, or more than one */
};

/* A connection; over UDP, a client's socket with the server's. They count from 1. */
struct flow_conversation {
	enum protocol protocol;
	struct endpoint client, server; /* a UDP client's address may be "none" as long as nobody received from it */
	size_t client_socket, server_socket; /* as flow_socket() counts; SIZE_MAX: not seen */
	uint64_t first;                      /* the log's index of its first call */
};

struct flow;
struct flow *flow_new(const struct log *l); /* NULL: ENOMEM */
void flow_free(struct flow *f);
int flow_update(struct flow *f); /* takes in what the log gained, and what it forgot. -1: ENOMEM */
/* The log's index up to which all is taken in. A view of the flow goes no further: what is there means nothing yet. */
uint64_t flow_end(const struct flow *f);
/* Whether events of this program were left out, even if the log has forgotten where. */
bool flow_lacks(const struct flow *f, enum event_who who);

/*
 * What is over is forgotten when the log has nothing left of it: then later sockets move up at an update; conversations
 * keep their numbers, and a forgotten one, or one that turned out to be an end of another, has PROTOCOL_NONE.
 */
size_t flow_sockets(const struct flow *f);
const struct flow_socket *flow_socket(const struct flow *f, size_t i); /* in the order in which they were opened */
uint32_t flow_conversations(const struct flow *f);                     /* how many there have been */
const struct flow_conversation *flow_conversation(const struct flow *f, uint32_t n); /* 1 <= n <= their number */
/* The log's index of the last event about a conversation; 0: it is forgotten. */
uint64_t flow_last(const struct flow *f, uint32_t n);

/*
 * What the call at this index of the log is about, or the sample that first told of a socket. Of accept() that is the
 * welcoming socket, and the conversation of the connection that it gave. Later calls may tell more: a client's socket()
 * is part of a conversation once there is one. Of datagrams with the same bytes a receive took, as far as can be known,
 * the oldest that may still come.
 */
struct flow_call {
	uint32_t conversation; /* 0: none, as of a welcoming socket or a server's datagram socket, or not known */
	size_t socket;         /* SIZE_MAX: none */
	uint64_t send;         /* its number in its direction of its conversation, from 1; 0: no send, or of nothing */
	bool unsure;           /* a send: there were others before it that nobody has seen, or may have been */
	size_t pieces;         /* a receive: of so many sends it took bytes, as far as known */
};
struct flow_call flow_call(const struct flow *f, uint64_t index);

/* Piece i < pieces of a receive: the send's number, its index in the log, bytes of it that were taken, of how many. */
struct flow_piece {
	uint64_t send, index, bytes, of;
	bool unsure; /* the send's number is; or they may have been another's, since events were left out */
};
struct flow_piece flow_piece(const struct flow *f, uint64_t index, size_t i);

/* The first event at this index or after it before which events of its program were left out, and how many. */
struct flow_gap {
	uint64_t index; /* UINT64_MAX: there is none */
	enum event_who who;
	uint64_t events;
};
struct flow_gap flow_gap(const struct flow *f, uint64_t index);

#endif
