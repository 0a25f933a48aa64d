/*
 * event - everything that happens is an event; every view is a function of the log of them.
 *
 * Times are monotonic nanoseconds (clock_now), sizes are bytes.
 */
#ifndef UPROAR_EVENT_H
#define UPROAR_EVENT_H

#include <uproar/call.h>
#include <uproar/endpoint.h>

enum event_who { EVENT_CLIENT = 1, EVENT_SERVER };

enum event_kind {
	EVENT_CALL = 1, /* a socket call; data: what it moved (a send that has not gone: what it was offered) */
	EVENT_SENTENCE, /* what the user typed; data: its bytes */
	EVENT_REPLY,    /* data: its bytes, without the newline that ended it */
	EVENT_MISSING,  /* a sentence whose reply did not come; data: the part of it that came, if any */
	EVENT_STATE,    /* what the sockets have come to; data: the host as the user wrote it, if any */
	EVENT_NOTE,     /* data: words for the user */
};

enum event_verdict {
	VERDICT_RIGHT = 1, /* the uppercase of the sentence */
	VERDICT_WRONG,     /* something else */
	VERDICT_UNASKED,   /* no sentence is waiting for it */
	VERDICT_STRANGER,  /* from an endpoint other than the server's */
	VERDICT_TIMEOUT,   /* missing: it did not come in time */
	VERDICT_CUT_SHORT, /* missing: the connection ended first; event.talk.error says how, 0: closed */
	VERDICT_UNSENT,    /* missing: the sentence could not be sent; event.talk.error says why */
	VERDICT_CANCELLED, /* missing: the user went elsewhere */
};

/* EVENT_SENTENCE, EVENT_REPLY and EVENT_MISSING. */
struct event_talk {
	enum protocol protocol;
	enum event_verdict verdict;
	bool late;            /* a reply after its sentence was reported missing */
	bool again;           /* a sentence that is sent a second time, over a new connection */
	int error;            /* errno, or 0 */
	uint32_t pieces;      /* the recvs that a reply came in */
	uint64_t sentence;    /* which: they count from 1; 0: none */
	uint64_t bytes;       /* on the wire, a newline included; MISSING: 0, or the length of what is UNSENT */
	uint64_t rtt;         /* a reply's round-trip time */
	uint64_t limit;       /* EMSGSIZE: what would have gone; TIMEOUT: the time; CUT_SHORT: the whole reply */
	struct endpoint from; /* a datagram's sender */
};

enum event_step {
	STEP_STARTING = 1, /* our own server is being started */
	STEP_LOOKUP,       /* the host's name is being looked up */
	STEP_CONNECTING,   /* remote: the address being tried */
	STEP_CONNECTED,    /* TCP: the connection is made; local, remote */
	STEP_READY,        /* UDP: the socket is made; remote; no packet has gone anywhere */
	STEP_PORT,         /* UDP: the system chose this end's port, at the first send; local */
	STEP_CLOSED,       /* the connection ended; error: how (0: in good order); by: who ended it */
	STEP_FAILED,       /* lookup, connect or start failed; error says why; the next sentence tries again */
	STEP_LISTENING,    /* server: this socket is ready; local */
};

struct event_state {
	enum event_step step;
	enum protocol protocol;
	enum event_who by;
	bool lookup;   /* FAILED: error is getaddrinfo's, not errno */
	bool own;      /* it is about our own server */
	bool one_each; /* CLOSED: this server closes after each reply; each sentence gets a connection */
	int error;
	uint32_t waiting; /* CLOSED: sentences that were waiting for a reply */
	uint32_t more;    /* FAILED, CONNECTING: further addresses that will be tried */
	struct endpoint local, remote;
};

enum note_level { NOTE_INFO, NOTE_WARNING, NOTE_ERROR };

struct event_note {
	enum note_level level;
};

enum {
	EVENT_DATA_MAX = 4 << 20, /* bytes of data in any event */
	EVENT_CALL_DATA = 256,    /* bytes of data kept of what a call moved; call.result says how many there were */
};

struct event {
	uint64_t number; /* counts from 1 within its source; a gap means that events were left out; 0: not counted */
	uint64_t when;
	enum event_who who;
	enum event_kind kind;
	union {
		struct event_call call;
		struct event_talk talk;
		struct event_state state;
		struct event_note note;
	};
	uint32_t size;    /* of data */
	const void *data; /* belongs to whoever made the event; the log keeps a copy */
};

/* A note of n bytes, made now. */
struct event event_of_note(enum event_who who, enum note_level level, const char *words, size_t n);

/*
 * Between processes an event is one message: pack appends it to out; unpack points e->data into the message and
 * trusts nothing in it. Both ends must come of one build. -1: ENOMEM, or EBADMSG for what is no event of ours.
 */
int event_pack(const struct event *e, struct buf *out);
int event_unpack(struct event *e, const void *message, size_t n);

#endif
