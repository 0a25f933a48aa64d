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

struct network_options {
	int family;           /* 0: any; 4 or 6 */
	uint64_t udp_timeout; /* how long a reply may take, in nanoseconds; CLOCK_NEVER: however long */
	uint64_t tcp_timeout;
	bool calls;              /* report the socket calls too, our own server's among them */
	void (*wake)(void *arg); /* called on any thread, when there are events to take */
	void *arg;
};

/* NULL: errno says why. */
struct network *network_start(const struct network_options *options);

/* Ends the thread, and our own server. The last events can still be taken. */
void network_stop(struct network *n);
/* After that. False when a name look-up is still under way, whose thread cannot be ended: then exit() would wait for
 * it. */
bool network_free(struct network *n);

/*
 * Talk with this server from now on: host NULL is our own, which is started if it does not run. What was under way is
 * given up. host: a name or an address; port: a number or a service's name. -1: ENOMEM, as for all requests.
 */
int network_connect(struct network *n, enum protocol protocol, const char *host, const char *port);
int network_disconnect(struct network *n); /* closes, or cancels a look-up or a connect */
int network_say(struct network *n, const void *text, size_t size);
int network_timeout(struct network *n, uint64_t timeout);

/*
 * Gives each() the events so far, in order; they are valid only during that call. -1: for want of memory an event was
 * lost, and so perhaps a verdict that somebody waits for.
 */
int network_take(struct network *n, void (*each)(const struct event *e, void *arg), void *arg);

#endif
