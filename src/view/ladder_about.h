/*
 * ladder_about - what calls are to the ladder, and which of them it shows. Private to view.
 *
 * An index is the log's, of an event.
 */
#ifndef VIEW_LADDER_ABOUT_H
#define VIEW_LADDER_ABOUT_H

#include "ladder.h"

uint64_t ladder_moved(const struct event_call *c);    /* bytes; of a cut datagram those that fitted */
bool ladder_in_progress(const struct event_call *c);  /* a connect() that goes on after it returned */
bool ladder_is_machinery(const struct event_call *c); /* only how a non-blocking program does what it does */

const struct flow_conversation *ladder_conversation(const struct ladder *d);     /* that is shown; NULL: none */
const struct flow_socket *ladder_socket(const struct ladder *d, uint64_t index); /* that a call is about; NULL: none */
bool ladder_concerns(const struct ladder *d, uint64_t index);        /* a call is about what is shown, or about all */
bool ladder_tells_of_socket(const struct ladder *d, uint64_t index); /* a sample of one that was there already */
bool ladder_connects(const struct ladder *d, uint64_t index);        /* it is connect(), which makes a connection */
/* If it is before the conversation that is shown: it concerns all. Such are remembered, whichever is shown. */
bool ladder_is_common(const struct ladder *d, uint64_t index, const struct event *e);

#endif
