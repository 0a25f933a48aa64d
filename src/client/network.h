/*
 * network - the client's second thread. It owns the sockets, the session and our own server, runs a loop of its own,
 * and may be held up in a hook for as long as a user likes while the terminal's thread stays alive.
 *
 * Requests go in and events come out, both by value. All functions are called by the terminal's thread.
 */
#ifndef CLIENT_NETWORK_H
#define CLIENT_NETWORK_H

#include <uproar/event.h>

struct network;

enum { NETWORK_EXTRA_MAX = 64 }; /* further clients, at most */

struct network_options {
	int family;           /* 0: any; 4 or 6 */
	uint64_t udp_timeout; /* how long a reply may take, in nanoseconds; CLOCK_NEVER: however long */
	uint64_t tcp_timeout;
	bool calls; /* report the socket calls too, our own server's among them */
	/* NULL, or the path of a server's control socket: its events come, its lab can be set and its calls stepped
	 * through, and there is no talking; notes tell what becomes of it. */
	const char *attach;
	const char *lab;        /* what our own server's lab is set to from its start; NULL: nothing */
	size_t datagrams_ahead; /* UDP: sent ahead of their replies, at most; 0: SESSION_UDP_AHEAD */
	uint64_t silence; /* TCP: an EVENT_KERNEL tells of a silence as long as this after a sentence; 0: none does */
	bool stream;      /* TCP: session_stream() */
	void (*wake)(void *arg); /* called on any thread, when there are events to take */
	void *arg;
};

/* NULL: errno says why. */
struct network *network_start(const struct network_options *options);

/* Ends the thread, and our own server. A call that waits is never made. The last events can still be taken. */
void network_stop(struct network *n);
/* After that. False when a name look-up is still under way, whose thread cannot be ended (exit() would wait for it), or
 * a call waited, and what it was part of was left as it was: then there is only _exit(). */
bool network_free(struct network *n);

/*
 * Talk with this server from now on: host NULL is our own, which is started if it does not run. What was under way is
 * given up. host: a name or an address; port: a number, a service's name, or "own": that of our own server. -1: ENOMEM,
 * as for all requests.
 */
int network_connect(struct network *n, enum protocol protocol, const char *host, const char *port);
int network_disconnect(struct network *n); /* closes, or cancels a look-up or a connect */
int network_say(struct network *n, const void *text, size_t size, struct series series);
int network_timeout(struct network *n, uint64_t timeout);

/* How this end behaves. All zero: as it does unless told otherwise. It is in force at once, and for later sockets. */
struct network_habits {
	size_t recv_room; /* bytes that one recv has room for; 0: enough for anything */
	bool hold;        /* nothing is received: what comes stays in the kernel */
	bool nodelay; /* TCP: small pieces do not wait for acknowledgements (TCP_NODELAY: Nagle's algorithm is off) */
	bool bound;   /* UDP: connect() binds the socket to the server */
};
int network_behave(struct network *n, const struct network_habits *habits);
/* TCP: sends the end of our stream (shutdown, SHUT_WR) after what is still to be sent. UDP: a note says no. */
int network_shutdown(struct network *n);
/*
 * So many further connections to the server at hand in all, which say nothing, each from a socket of its own; 0 closes
 * them. Notes tell of each when it is connected, when it waits for long, and when it ends. Only over TCP, or a note
 * says no.
 */
int network_extra_clients(struct network *n, unsigned count);
/* A command for our own server's lab, as after "/lab". A server elsewhere has none within reach: a note says so. */
int network_lab(struct network *n, const char *spec);
/* While on: an EVENT_KERNEL at once, and whenever what it says has changed, looked at twice a second. */
int network_watch(struct network *n, bool on);
/* The same for every socket of both programs; with a server elsewhere for our own alone. Needs options.calls. */
int network_watch_all(struct network *n, bool on);

/*
 * How our own server serves, by the name of a model of uproard's, and where (NULL: on loopback): it is started anew,
 * with its lab as it was, and so begins the conversation. What it does not know, it says, and the next sentence starts
 * one as usual.
 */
int network_server_model(struct network *n, const char *model, const char *address);
/*
 * The client's model: the book's, with blocking calls and a socket for each sentence; or the one that waits for events.
 * The conversation begins anew. With the book's, of the habits there is only recv_room; a call that may block is told
 * before, too, so that it is seen where this end is; it is given up when the user goes elsewhere, or when its reply is
 * overdue and there is another sentence to say.
 */
int network_textbook(struct network *n, bool on);

/*
 * Single-stepping: each call of these sides waits before it is made, having told of itself as an EVENT_CALL that has
 * not returned. Turned off, all go on. These two, and network_watch_all(), are heard while the network's thread waits;
 * our own server's events come all the while. No reply is overdue. A server that does not run is stepped from its
 * start. Needs options.calls.
 */
enum network_side { NETWORK_CLIENT = 1, NETWORK_SERVER = 2 };
int network_step(struct network *n, unsigned sides);            /* of enum network_side, or-ed */
int network_step_go(struct network *n, enum network_side side); /* lets the call go that waits there, if one does */

/*
 * Gives each() the events so far, in order; they are valid only during that call. -1: for want of memory an event was
 * lost, and so perhaps a verdict that somebody waits for.
 */
int network_take(struct network *n, void (*each)(const struct event *e, void *arg), void *arg);

#endif
