/*
 * ended - which states say that a server is no more. Private to view.
 */
#ifndef VIEW_ENDED_H
#define VIEW_ENDED_H

#include <errno.h>

#include <uproar/event.h>

/* Our own server is no more. */
static inline bool ended_own(const struct event_state *s)
{
	return s->own && s->error == ECHILD;
}

/* It is not, or is a new one: nothing is known yet of its lab. */
static inline bool ended_own_lab(const struct event_state *s)
{
	return ended_own(s) || (s->own && s->what == STATE_STARTING);
}

/* A server was watched; it is no more, or lets nobody watch any longer. */
static inline bool ended_watched(const struct event_state *s)
{
	return s->what == STATE_CLOSED && s->protocol == PROTOCOL_NONE && s->error == 0;
}

#endif
