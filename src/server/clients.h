/*
 * clients - how many clients are served over TCP at a time: in all, and from one address. On any thread.
 *
 * An address is one of IPv4, or the first half of one of IPv6, for whoever has one address there has them all down to
 * that (RFC 4291). This computer's own are not counted by themselves: whoever is on it has other ways to take all.
 */
#ifndef SERVER_CLIENTS_H
#define SERVER_CLIENTS_H

#include <uproar/endpoint.h>

struct clients;
struct origin; /* an address that clients have come from */

struct clients *clients_new(unsigned most, unsigned most_there); /* NULL: ENOMEM */
void clients_limit(struct clients *c, unsigned most); /* no more than so many, after all; before there are any */
void clients_free(struct clients *c);                 /* NULL is allowed */

enum admission { CLIENTS_ADMITTED, CLIENTS_FULL, CLIENTS_FULL_THERE, CLIENTS_NO_MEMORY };
/* *origin is to be given back when that client leaves. */
enum admission clients_enter(struct clients *c, const struct endpoint *peer, struct origin **origin);
void clients_leave(struct clients *c, struct origin *origin);

unsigned clients_most(const struct clients *c);
unsigned clients_most_there(const struct clients *c);

#endif
