/*
 * event - everything that happens is an event; every view is a function of the log of them. Times are monotonic
 * nanoseconds (clock_now), sizes are bytes.
 */
#ifndef UPROAR_EVENT_H
#define UPROAR_EVENT_H

#include <uproar/call.h>
#include <uproar/kernel.h>
#include <uproar/talk.h>

enum event_who { EVENT_CLIENT = 1, EVENT_SERVER };

enum event_kind {
	EVENT_CALL = 1, /* a socket call; data: what it moved (a send that has not gone: what it was offered) */
	EVENT_SENTENCE, /* what the user typed; data: its bytes */
	EVENT_REPLY,    /* data: its bytes, without the newline that ended it */
	EVENT_MISSING,  /* a sentence whose reply did not come; data: the part of it that came, if any */
	EVENT_STATE,    /* what the sockets have come to; data: the host as the user wrote it, if any */
	EVENT_NOTE,     /* data: words for the user */
	EVENT_LAB,      /* what the server's lab, the deliberate trouble, is set to or has done */
	EVENT_KERNEL,   /* what the system says about a socket */
};

enum event_state_what {
	STATE_STARTING = 1, /* our own server is being started */
	STATE_LOOKUP,       /* the host's name is being looked up */
	STATE_CONNECTING,   /* remote: the address being tried */
	STATE_CONNECTED,    /* TCP: the connection is made; local, remote */
	STATE_READY,        /* UDP: the socket is made; remote; no packet has gone anywhere. Or see one_each */
	STATE_PORT,         /* UDP: the system chose this end's port, at the first send; local */
	STATE_HALF_CLOSED,  /* TCP: this end has sent its end of the stream; replies may still come */
	STATE_CLOSED,       /* the connection ended; error: how (0: in order); by: who. No protocol: a watch ended */
	STATE_FAILED,       /* lookup, connect or start failed; error says why; the next sentence tries again */
	STATE_LISTENING,    /* server: this socket is ready; local */
};

struct event_state {
	enum event_state_what what;
	enum protocol protocol;
	enum event_who by;
	bool lookup;   /* FAILED: error is getaddrinfo's, not errno */
	bool own;      /* it is about our own server */
	bool bound;    /* READY: connect() has bound the UDP socket to remote */
	bool one_each; /* a connection for each sentence: the server's doing (CLOSED), or this client's (TCP's READY) */
	int error;
	uint32_t waiting; /* CLOSED: sentences that were waiting for a reply */
	uint32_t more;    /* FAILED, CONNECTING: further addresses that will be tried */
	struct endpoint local, remote;
};

enum note_level { NOTE_INFO, NOTE_WARNING, NOTE_ERROR };

struct event_note {
	enum note_level level;
};

enum event_lab_what {
	LAB_SETTINGS = 1, /* data: what is on now, as /lab takes it; empty: nothing */
	LAB_FATE,         /* a datagram came, and this was decided about it and its reply; data: its first bytes */
	LAB_WAITING,      /* bytes wait in the server's system, and it does not receive them (FIONREAD) */
	LAB_TOOK,         /* one receive took these bytes, while that was limited or after it was held; data: they */
	LAB_RESET,        /* a connection was closed with bytes unread: a reset, not an end in good order */
	LAB_CLOSED,       /* a connection was closed in good order because the user said so */
};

/* EVENT_LAB. Everything in it is the lab's doing, and no network's. */
struct event_lab {
	enum event_lab_what what;
	enum protocol protocol;
	bool request_dropped, reply_dropped, twice; /* FATE */
	bool held_back;       /* FATE: its reply waits until another has overtaken it, or for a while */
	int fd;               /* the server's socket, or -1 */
	uint64_t datagram;    /* FATE: which, counted from 1 since the lab was set */
	uint64_t bytes;       /* FATE: the datagram's; WAITING, TOOK */
	uint64_t whole;       /* TOOK: bytes of the datagram that was cut, or bytes again */
	uint64_t delay;       /* FATE: of its reply */
	struct endpoint peer; /* the client's */
};

enum {
	EVENT_DATA_MAX = 4 << 20, /* bytes of data in any event */
	EVENT_CALL_DATA = 256, /* bytes of data kept of what a call, or the lab, moved; how many there were it says */
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
		struct event_lab lab;
		struct event_kernel kernel;
	};
	uint32_t size;    /* of data */
	const void *data; /* belongs to whoever made the event; the log keeps a copy */
};

uint32_t event_data_max(const struct event *e); /* bytes of data that one of its kind has at most */
/*
 * When it took effect. A call that waits for the other end (recv, accept) did when it returned. One that the other end
 * waits for (connect, send, shutdown, close) may be felt there before it returns here, but not before it began.
 */
uint64_t event_moment(const struct event *e);

/* A note of n bytes, made now. */
struct event event_of_note(enum event_who who, enum note_level level, const char *words, size_t n);

/*
 * Between processes an event is one message: pack appends it to out; unpack points e->data into the message and
 * trusts nothing in it. Both ends must come of one build. -1: ENOMEM, or EBADMSG for what is no event of ours.
 */
int event_pack(const struct event *e, struct buf *out);
int event_unpack(struct event *e, const void *message, size_t n);

#endif
