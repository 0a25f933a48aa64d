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
};

void own_init(struct own *o, uv_loop_t *loop, int family, const struct own_handlers *on);
void own_start(struct own *o); /* does nothing where it runs already; what happens comes to the handlers */
void own_stop(struct own *o);  /* ends it; no handler is called any more */
/* Where it listens; NULL: it does not, or not yet. */
const struct endpoint *own_endpoint(const struct own *o, enum protocol protocol);

#endif
