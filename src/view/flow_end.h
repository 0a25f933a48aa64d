/*
 * flow_end - ends: what they sent, which belong together, and what each took from the other. Private to view.
 *
 * NULL and -1 are ENOMEM, unless said otherwise.
 */
#ifndef VIEW_FLOW_END_H
#define VIEW_FLOW_END_H

#include "flow_private.h"

/* Ends and their conversations. */
struct end *flow_partner(const struct end *x); /* the other end; NULL: not seen */
struct end *flow_find_end(const struct flow *f, const struct known_socket *s, const struct endpoint *peer); /* UDP */
struct end *flow_end_new(struct flow *f, struct known_socket *s, enum flow_side side, const struct endpoint *peer,
			 uint64_t index);
void flow_drop_end(struct flow *f, struct end *x);
int flow_set_peer(struct flow *f, struct end *x, const struct endpoint *peer);
int flow_set_local(struct flow *f, struct known_socket *s, const struct endpoint *local); /* its ends, by port */
void flow_not_expected(struct flow *f, const struct end *x); /* it is not nameless, whatever its port */
struct end *flow_by_port(const struct flow *f, enum flow_side side, enum protocol protocol, uint16_t client_port);
int flow_settle(struct flow *f, struct end *x); /* it is part of a conversation, if need be of a new one */
int flow_join(struct flow *f, struct end *client, struct end *server);
void flow_exchange(const struct flow *f, struct end *a, struct end *b); /* the conversations of two servers' ends */
void flow_describe(struct known_conversation *c);
int flow_secede(struct flow *f, struct end *x); /* into a conversation of its own */

/* flow_pair: which ends belong together. */
struct end *flow_stream_end(struct flow *f, struct known_socket *s, uint64_t index); /* TCP: its connection */
/* UDP: its end for a datagram sent to a peer, or received from it, as this event tells. */
struct end *flow_datagram_end(struct flow *f, struct known_socket *s, const struct endpoint *peer, uint64_t index);
int flow_named(struct flow *f, struct known_socket *s, const struct endpoint *local); /* this, or "none", it has now */

/* flow_datagram: which receive took which send. */
/* Number of the send that the receive at this index took, if it was one; 0: none is known. */
uint64_t flow_datagram_find(const struct flow *f, struct end *from, uint64_t emptied, uint64_t index);
int flow_datagram_sent(const struct flow *f, struct end *x, uint64_t index);
int flow_datagram_received(const struct flow *f, struct end *x, uint64_t index);
void flow_datagram_match(const struct flow *f, struct end *x); /* with its new partner, all anew, both ways */

/* flow_sends: what an end sent. */
uint64_t flow_send_index(const void *send);
int flow_sent(const struct flow *f, struct end *x, uint64_t index);
void flow_trim(const struct flow *f, struct end *x); /* forgets what the log has forgotten */

#endif
