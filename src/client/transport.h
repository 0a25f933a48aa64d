/*
 * transport - the socket of a conversation: what the session has to send goes out, and what comes goes to the session.
 *
 * It lives as long as its socket: another connection is another transport. Which address, and when, is decided
 * elsewhere.
 */
#ifndef CLIENT_TRANSPORT_H
#define CLIENT_TRANSPORT_H

#include <uv.h>

#include "network.h"
#include "watch.h"

/* What it needs, and whom it tells; stays as long as any transport. */
struct transport_owner {
	uv_loop_t *loop;
	const struct network_habits *habits; /* after a change: transport_behave() */
	struct watch *watch;
	void (*ready)(bool readable, void *arg); /* what was waited for has come */
	void (*tell)(struct event_state state, void *arg);
	void (*note)(enum note_level level, const char *words, void *arg);
	void *arg;
};

enum transport_end { END_FAR, END_ASKED, END_SENT }; /* of our stream: it is to be sent after all else, or it was */

struct transport {
	const struct transport_owner *owner;
	struct session *session;
	enum protocol protocol;
	struct endpoint local, remote; /* local: none, until the system has chosen its port */

	uv_poll_t poll;
	int fd;
	int events;   /* that are waited for */
	bool blocked; /* it takes no more for now */

	/* TCP */
	int error; /* a send failed with it; what had come before is still to be read, unless nothing is read */
	bool nodelay;
	enum transport_end end;

	/* UDP */
	bool bound; /* by connect() */
	bool used;  /* something was sent */
};

/*
 * A socket for talking with remote. TCP: connect() is under way, and ready() is called when it is over; UDP: it can be
 * used. NULL: errno says why.
 */
struct transport *transport_open(const struct transport_owner *owner, struct session *session, enum protocol protocol,
				 const struct endpoint *remote);
void transport_close(struct transport *t); /* NULL is allowed */

int transport_connected(struct transport *t);              /* what became of connect(): errno, or 0 */
void transport_wait(struct transport *t, bool connecting); /* for what is to be done next */
void transport_send(struct transport *t);                  /* what the session gives, as far as it goes */
bool transport_receive(struct transport *t, int *error);   /* false, TCP: the connection has ended; 0: in good order */
void transport_behave(struct transport *t);                /* NULL is allowed */
void transport_shutdown(struct transport *t); /* TCP: our end of the stream follows what is still to be sent */

#endif
