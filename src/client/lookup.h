/*
 * lookup - a host's addresses, looked up on one of the loop's worker threads.
 */
#ifndef CLIENT_LOOKUP_H
#define CLIENT_LOOKUP_H

#include <uv.h>

#include <uproar/event.h>

enum { LOOKUP_ADDRESSES = 16 }; /* of a name's addresses, how many are used */

struct lookup; /* under way */

struct lookup_result {
	struct endpoint found[LOOKUP_ADDRESSES]; /* in the order in which they should be tried */
	size_t count;                            /* 0: it failed, and */
	int error;                               /* this is why: */
	bool resolver;                           /* true: getaddrinfo's code, false: errno */
};

/* For a host that is a number: nobody need be asked, so it is done at once. */
void lookup_now(const char *host, const char *port, int family, enum protocol protocol, struct lookup_result *result);

/* done() is called on the loop's thread. NULL: ENOMEM. */
struct lookup *lookup_start(uv_loop_t *loop, const char *host, const char *port, int family, enum protocol protocol,
			    void (*done)(const struct lookup_result *result, void *arg), void *arg);

/* done() is not called any more. The worker thread cannot be ended: the loop stays busy until the resolver gives up. */
void lookup_cancel(struct lookup *k);

#endif
