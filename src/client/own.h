/*
 * own - our own server: an uproard that runs as a child, on loopback and a port of the system's choosing, and ends when
 * we do.
 *
 * It is found beside this program, else where `make install` puts programs, else on PATH. Its events come up a channel
 * (sock_socketpair), whose end is how it learns that we are gone, however that happened.
 */
#ifndef CLIENT_OWN_H
#define CLIENT_OWN_H

#include <uv.h>

#include <uproar/event.h>

struct own_handlers {
	void (*event)(const struct event *e, void *arg); /* something that it reports */
	void (*ready)(void *arg);                        /* own_endpoint() may have an answer now */
	void (*ended)(int error, void *arg);             /* it is gone; error: errno if it could not even start */
	void *arg;
};

struct own {
	uv_loop_t *loop;
	struct own_handlers on;
	struct own_child *child;                   /* NULL: it does not run */
	struct endpoint listening[PROTOCOL_COUNT]; /* by protocol */
	uint8_t family;                            /* 4 or 6: which of its addresses to use */
	struct buf settings;                       /* its lab's, a string if any: a server that is started gets them */
	struct buf commands;                       /* strings, for its lab: what it could not be told yet */
	struct buf model;                          /* a string if any; else as it would by itself */
	struct buf address;                        /* that it listens on, a string if any; else loopback */
	bool proven;                               /* a server has started with that */
	enum protocol protocol;                    /* which one was wanted of the one that runs */
	bool stepped;                              /* its calls are to wait */
	bool closes;                               /* its lab has closed connections, and own_await_end() not waited */
};

/* lab: what its lab is set to from the start; NULL: nothing. */
void own_init(struct own *o, uv_loop_t *loop, int family, const char *lab, const struct own_handlers *on);
/* So that it serves this protocol; does nothing where it does already. What happens comes to the handlers. */
void own_start(struct own *o, enum protocol protocol);
void own_stop(struct own *o); /* ends it; no handler is called any more */
/* For its lab; one that does not run is told when it is started. -1: errno says why it was not. */
int own_command(struct own *o, const char *spec);
/* How it serves, by a name that uproard knows; ends the one that runs. -1: ENOMEM. */
int own_set_model(struct own *o, const char *model, const char *address);
bool own_is_textbook(const struct own *o); /* it serves one protocol, and closes each connection after a reply */
void own_step(struct own *o, bool on);     /* its calls wait; so with one that is started later */
void own_step_go(struct own *o);
void own_sockets(struct own *o); /* an EVENT_KERNEL for each of its sockets */
/*
 * A connection of ours has ended. So may the server: one that ends has closed its connections first, and may still
 * accept, so this waits a moment for what the channel says. False: it goes on, as after what its lab did.
 */
bool own_await_end(struct own *o);
void own_free(struct own *o);         /* after own_stop() */
int own_channel(const struct own *o); /* the channel's descriptor; -1: it does not run */
/*
 * Besides the loop, while that is held up: passes on what it reports, and does nothing else. The handler ready() has to
 * be called later. False: there is no channel to wait for.
 */
bool own_take(struct own *o);
/* Where it listens; NULL: it does not, or not yet. */
const struct endpoint *own_endpoint(const struct own *o, enum protocol protocol);

#endif
