/*
 * textbook - the two client programs of Kurose & Ross, section 2.7: one sentence to the server, and what came back.
 */
#ifndef CLIENT_TEXTBOOK_H
#define CLIENT_TEXTBOOK_H

#include "exchange.h"

void textbook_tcp(struct exchange *x);
void textbook_udp(struct exchange *x);

#endif
