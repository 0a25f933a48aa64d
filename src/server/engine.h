/*
 * engine - a worker of the event-driven model: one thread, one loop, sockets that never make it wait.
 *
 * The loop says which sockets are ready (level-triggered: it says so again as long as they are); each makes one
 * call then, and the next has its turn.
 */
#ifndef SERVER_ENGINE_H
#define SERVER_ENGINE_H

#include <sys/queue.h>
#include <uv.h>

#include <uproar/text.h>

#include "clients.h"
#include "impair.h"

enum {
	ENGINE_IN = IMPAIR_BUFFER, /* bytes that one call receives, at most: any datagram fits */
	ENGINE_OUT = TEXT_UPPER_ROOM(ENGINE_IN),
};

struct welcoming;
struct connection;
struct datagram_socket;
SLIST_HEAD(welcomings, welcoming);
TAILQ_HEAD(connections, connection);
SLIST_HEAD(datagram_sockets, datagram_socket);

struct engine {
	uv_loop_t loop; /* its data is the engine */
	struct report *report;
	struct impair *impair;
	struct clients *clients; /* of all engines */
	bool stopping;
	uint64_t write_timeout; /* ms */
	uint64_t idle_timeout;  /* ms; 0: none */
	uint16_t port;
	struct welcomings welcomings;
	struct datagram_sockets datagram_sockets;
	struct connections quiet; /* connections that owe nothing; who was heard longest ago comes first */
	struct connections owing; /* those that owe output; the one that has waited longest comes first */
	struct connections late;  /* those that the lab makes wait; the one that goes on first comes first */
	uv_timer_t stalled;       /* for the first of those that owe, */
	uv_timer_t idle;          /* and of those that are quiet */
	uv_timer_t pause;         /* until clients are accepted again */
	uv_timer_t grace;
	uv_timer_t lab; /* for what it has to do next */
	uv_poll_t highest;
	uint8_t in[ENGINE_IN];   /* what was just received, by any socket */
	uint8_t out[ENGINE_OUT]; /* its uppercase, on its way out */
};

/* "Not now, but later": the call is to be made again when the loop says so. */
bool engine_again(int error);

/* Those that can fail return 0 or libuv's error. An engine that has been started is to be ended, whatever it did. */
int engine_start(struct engine *e);
int engine_serve(struct engine *e, const struct service *services, int n);
/* Accepts and answers nothing new. When the last client has gone, or was cut off, the loop has nothing left to do. */
void engine_stop(struct engine *e);
void engine_end(struct engine *e);
void engine_background(void *handle); /* it does not keep the loop running */

/* Does what has changed in the lab's settings, and the orders. */
void engine_impair(struct engine *e, const struct lab_orders *orders);
/* Does what the lab has to do by now, and sees to the rest in time: after anything was made to wait. */
void engine_tend(struct engine *e);

/*
 * What serves returns 0, or libuv's error. What impairs does what has changed in the lab's settings, and the orders.
 * What tends is a part of engine_tend(); it returns when it has to be called again, or CLOCK_NEVER. What abandons
 * closes what is left.
 */

/* Welcoming sockets. welcome_stop() accepts who is waiting, then closes them. */
int welcome_serve(struct engine *e, const struct service *s);
void welcome_impair(struct engine *e);
void welcome_rebind(struct engine *e); /* closes them, and opens them anew */
void welcome_accept(struct engine *e); /* all who are waiting */
void welcome_stop(struct engine *e);
void welcome_abandon(struct engine *e);

/* TCP. tcp_stop() answers what has been received. tcp_serve() takes the origin over if it does not fail. */
int tcp_serve(struct engine *e, int fd, const struct endpoint *peer, struct origin *origin);
void tcp_impair(struct engine *e, const struct lab_orders *orders);
uint64_t tcp_tend(struct engine *e, uint64_t now);
void tcp_stop(struct engine *e);
void tcp_abandon(struct engine *e);

/* UDP. udp_stop() answers what has been received. */
int udp_serve(struct engine *e, const struct service *s);
void udp_impair(struct engine *e);
uint64_t udp_tend(struct engine *e, uint64_t now);
void udp_stop(struct engine *e);
void udp_abandon(struct engine *e);

#endif
