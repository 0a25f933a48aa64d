/*
 * flow_map - finds things by a key: a hash table. Private to view.
 */
#ifndef VIEW_FLOW_MAP_H
#define VIEW_FLOW_MAP_H

#include <uproar/base.h>

/* The kinds of key; each begins with its own. */
enum flow_key_kind {
	FLOW_KEY_DESCRIPTOR = 1, /* who, number: the open socket */
	FLOW_KEY_PEER,           /* UDP; a socket, and a peer: the end */
	FLOW_KEY_PORT,           /* side, protocol, the client's port: the newest such end */
};

struct flow_key {
	uint64_t word[4];
};

/* All zero is an empty one. */
struct flow_map {
	struct flow_slot *slots;
	size_t room, count;
};

void *flow_map_get(const struct flow_map *m, const struct flow_key *k);      /* NULL: nothing is there */
int flow_map_put(struct flow_map *m, const struct flow_key *k, void *value); /* replaces what is there. -1: ENOMEM */
void flow_map_remove(struct flow_map *m, const struct flow_key *k, const void *value); /* if just that is there */
void flow_map_free(struct flow_map *m);

#endif
