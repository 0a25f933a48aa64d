/*
 * server - the uppercase service of Kurose & Ross, section 2.7: what it was asked to do, its sockets, its models.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <uproar/event.h>
#include <uproar/lab.h>

#include "privilege.h"
#include "report.h"

enum {
	SERVER_PORT = 12000,
	SERVER_BACKLOG = 4096,     /* clients that wait to be accepted, at most; the system may allow fewer */
	SERVER_ADDRESSES_MAX = 32, /* addresses that it listens on, at most */
	SERVER_SOCKETS_MAX = SERVER_ADDRESSES_MAX * 2,
	SERVER_WORKERS_MAX = 64,
};

enum model { MODEL_EVENTS, MODEL_THREADS, MODEL_TEXTBOOK };

/* What the command line asked for. */
struct options {
	enum model model;
	bool tcp, udp;
	bool ipv4, ipv6; /* -4, -6; neither: whatever there is */
	uint16_t port;   /* 0: the system chooses */
	const char *addresses[SERVER_ADDRESSES_MAX];
	size_t address_count; /* 0: loopback */
	bool verbose;
	int control;              /* the channel to the uproar that started us; -1: none */
	const char *control_path; /* where watchers are let in; NULL: nowhere */
	int given;                /* sockets that are open already, and to be served instead of our own (systemd.h) */
	struct account account;   /* who to become when they are open */
	int workers;              /* of the events model */
	int max_clients;          /* 0: as many as descriptors allow */
	int max_per_address;      /* 0: as usual */
	uint64_t write_timeout;   /* ms */
	unsigned udp_rate;        /* datagrams a second that are answered to one network; 0: all */
	uint64_t idle_timeout;    /* ms; 0: none */
	bool lab_given;
	struct lab lab; /* what it is set to from the start */
};

/* A socket that serves: a welcoming socket (TCP), or one that datagrams come to (UDP). */
struct service {
	int fd;
	enum protocol protocol;
	struct endpoint local;
};

/*
 * Opens them all, ready to serve: every address with every protocol, all on one port; or takes those that are given.
 * Returns how many; -1: it has told why.
 */
int listen_open(const struct options *o, struct report *r, struct service services[SERVER_SOCKETS_MAX]);
/* The same ones once more, for another worker: they share the port of the first ones. -1: it has told why. */
int listen_beside(const struct service *first, int n, struct report *r, struct service *services);
/*
 * The same welcoming socket once more, as after a restart: at first without SO_REUSEADDR, as the book's program does
 * it, and where that fails, with it. Says how it went. -1: it could not be had, and it has told why.
 */
int listen_again(struct service *s, struct report *r);
/* All are open: gives up what it needed for that. -1: it has told why. */
int listen_opened(const struct options *o, struct report *r);
void listen_tell(const struct service *services, int n, struct report *r); /* that they are ready: all there are */
/* As many descriptors as we may have: a client needs one. Returns how many. */
int listen_descriptors(void);
/* That a socket could not be had, for errno, and what can be done about it. */
void listen_failed(const struct service *s, struct report *r);
/* The one address of the textbook model. -1: it has told why. */
int listen_address(const struct options *o, struct report *r, struct endpoint *local);

/* Whether accept() failed for want of what we all share; else it is that client's own trouble (accept(2)). */
bool accept_starved(int error);

/* The models. Each serves until it is told to stop, and returns the program's exit status. */
struct impair;
int events_run(const struct options *o, struct report *r, struct impair *i);
int threads_run(const struct options *o, struct report *r, struct impair *i);
int textbook_run(const struct options *o, struct report *r, struct impair *i);

#endif
