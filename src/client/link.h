/*
 * link - the network side of one conversation: from a host's name to a socket, and to the next one when that has ended.
 *
 * What to send and what it means is the session's, how it goes over a socket the transport's; which address to try, and
 * when to try again, is decided here.
 */
#ifndef CLIENT_LINK_H
#define CLIENT_LINK_H

#include <uv.h>

#include <uproar/session.h>

#include "exchange.h"
#include "extra.h"
#include "lookup.h"
#include "own.h"
#include "transport.h"

enum stage {
	STAGE_NOWHERE,  /* no server was chosen yet */
	STAGE_IDLE,     /* one was; there is no socket, and a sentence makes one */
	STAGE_STARTING, /* our own server is being started */
	STAGE_LOOKING_UP,
	STAGE_CONNECTING,
	STAGE_OPEN,
	STAGE_EXCHANGE, /* the textbook's client says a sentence */
};

/* Sentences that are kept back (held.h). */
struct held {
	uint64_t first, last; /* that were, and have gone since; 0: none */
	bool told;            /* that they are */
};

struct link {
	uv_loop_t *loop;
	session_tell *report; /* takes every event */
	void *arg;
	int family;
	uint64_t timeout[PROTOCOL_COUNT]; /* by protocol */
	size_t datagrams_ahead;           /* 0: as the session would have it */
	struct network_habits habits;
	struct transport_owner owner;

	struct own own;
	struct extra extra;
	unsigned clients_wanted; /* of the further clients, the first so many: when there is a server */
	struct watch watch;
	struct held held;
	struct session *session;
	enum stage stage;
	enum protocol protocol;
	char *host, *port; /* NULL: our own server */
	struct endpoint found[LOOKUP_ADDRESSES];
	size_t nfound, next;    /* addresses; the next to try */
	struct endpoint remote; /* the one being used */
	bool stream;            /* network_options.stream */
	bool heard;             /* something came back from it */
	bool one_each;
	bool fresh;            /* our own server has just been started, and nothing was said to it yet */
	bool timed_out;        /* a sentence was reported missing for that */
	bool held_over;        /* it was said that sentences wait for the next connection */
	uint64_t said, before; /* sentences, in all, and before this conversation */

	/* The textbook's client: a socket for each sentence, and calls that block. */
	bool textbook;
	struct exchange exchange;
	bool resting;   /* until the next sentence there is nothing to do */
	bool offered;   /* it has a sentence of the session's, and none of that was sent */
	bool connected; /* it has a socket, over TCP a connection */
	bool ended;     /* TCP: by the server */
	bool overdue;   /* the reply that it waits for was reported missing */
	int error;      /* what its last call failed with, or 0 */

	struct lookup *lookup; /* under way, or NULL */
	struct transport *transport;
	uint64_t deadline; /* of connecting to an address, or of our own server's start */
	uv_timer_t timer;
	unsigned stepped; /* of enum network_side */
};

void link_init(struct link *l, uv_loop_t *loop, const struct network_options *options, struct step *step,
	       session_tell *report, void *arg);
void link_connect(struct link *l, enum protocol protocol, const char *host, const char *port);
void link_disconnect(struct link *l);
void link_say(struct link *l, const void *text, size_t n, struct series series);
void link_set_timeout(struct link *l, uint64_t timeout);
/* As in network.h. */
void link_behave(struct link *l, const struct network_habits *habits);
void link_shutdown(struct link *l);
void link_extra_clients(struct link *l, unsigned count);
void link_lab(struct link *l, const char *spec);
void link_watch(struct link *l, bool on);
void link_server_model(struct link *l, const char *model, const char *address);
void link_textbook(struct link *l, bool on);
/* These sides' calls wait. While they do, a sentence may take any time. */
void link_step(struct link *l, unsigned sides);
void link_sockets(struct link *l);   /* asks our own server about its sockets, if we talk with it */
void link_own_ready(struct link *l); /* after own_take(): what the server told then may be waited for */
void link_abandon(struct link *l);   /* a call is not to be made: everything stops where it is, our own server too */
void link_close(struct link *l); /* everything, our own server too; the loop then has nothing of ours but a look-up */

#endif
