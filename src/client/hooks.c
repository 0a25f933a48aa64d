/*
 * What stands before and after each of the client's calls, on any thread that makes one: they are told, and those that
 * the user steps through wait.
 */
#include <poll.h>

#include "network_private.h"

static bool is_here(const struct network *n)
{
	return pthread_equal(pthread_self(), n->self);
}

/* The channel to our own server is not of the network. */
static bool is_aside(const struct network *n, const struct event_call *call)
{
	return call->op == OP_SOCKETPAIR ||
	       (call->op == OP_CLOSE && is_here(n) && call->fd == own_channel(&n->link.own));
}

/*
 * This thread's call waits. Meanwhile our own server's events are passed on, since it may be the one that the user
 * steps through; all else is left for later.
 */
static void wait_here(struct network *n, struct step_call *c)
{
	struct own *own = &n->link.own;
	while (step_waits(&n->step, c)) {
		wishes_grant(n);
		wishes_look(n);
		struct pollfd p[] = {{.fd = step_fd(&n->step), .events = POLLIN},
				     {.fd = own_take(own) ? own_channel(own) : -1, .events = POLLIN}};
		poll(p, COUNT(p), wishes_until_look(n));
	}
	uv_async_send(&n->asked);
}

/* Returns false when the call is not to be made. */
static bool wait_to_be_let_go(struct network *n, const struct event *e, const atomic_bool *cancelled)
{
	struct step_call c;
	step_enter(&n->step, &c);
	network_report(e, n);
	if (is_here(n))
		wait_here(n, &c);
	else
		step_wait(&n->step, &c, cancelled);
	return step_leave(&n->step, &c);
}

/* The program ends, and what has waited is never done, nor anything after it. */
static _Noreturn void leave(struct network *n)
{
	if (is_here(n)) {
		n->loop_busy = true;
		link_abandon(&n->link);
	}
	pthread_exit(NULL);
}

/* A look-up's thread is not ours to end. A socket can be closed at any time: no harm comes from that. */
static bool may_be_skipped(const struct event_call *call)
{
	return call->op != OP_CLOSE && call->op != OP_GETADDRINFO;
}

/* An exchange's calls may block, and then it is seen where. */
static bool may_block(enum event_op op)
{
	return op == OP_CONNECT || op == OP_SEND || op == OP_SENDTO || op == OP_RECV || op == OP_RECVFROM;
}

void hooks_before(const struct event *e, void *arg)
{
	struct network *n = arg;
	const atomic_bool *cancelled = is_here(n) ? NULL : exchange_cancelled_here();
	bool go = !cancelled || !atomic_load(cancelled);
	if (is_aside(n, &e->call))
		return;
	if (go && step_is_on(&n->step)) {
		go = wait_to_be_let_go(n, e, cancelled);
	} else if (cancelled && may_block(e->call.op)) {
		network_report(e, n);
	}
	if (!go && may_be_skipped(&e->call))
		leave(n);
	fds_before(&n->fds, &e->call);
}

void hooks_after(const struct event *e, void *arg)
{
	struct network *n = arg;
	fds_after(&n->fds, &e->call);
	network_report(e, n);
}
