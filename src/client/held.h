/*
 * held - the words for sentences that are kept back: over a new connection one goes alone until it is answered.
 */
#ifndef CLIENT_HELD_H
#define CLIENT_HELD_H

#include "link.h"

uint64_t held_deadline(const struct link *l);
/* Says so, once in such a while that lasts for long enough to be noticed. */
void held_tick(struct link *l, uint64_t now);
void held_sent(struct held *h, uint64_t sentence); /* one of them goes */
void held_over(struct link *l);                    /* and after that: says which went */

#endif
