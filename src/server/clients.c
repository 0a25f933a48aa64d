#include "clients.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum { BUCKETS = 4096, SITE = 8 /* bytes of an IPv6 address that say where it is */ };

/* It is there as long as it has clients. */
struct origin {
	SLIST_ENTRY(origin) link;
	uint8_t family;
	uint64_t address;
	unsigned clients;
};

SLIST_HEAD(bucket, origin);

struct clients {
	unsigned most, most_there;
	atomic_uint count;
	pthread_mutex_t lock;           /* of the rest */
	uint64_t seed;                  /* so that nobody outside can choose addresses that fall into one bucket */
	struct bucket origins[BUCKETS]; /* a hash table */
};

static struct origin origin_of(const struct endpoint *e)
{
	struct origin o = {.family = e->family};
	memcpy(&o.address, e->address, e->family == 4 ? 4 : SITE);
	return o;
}

static struct bucket *bucket_of(struct clients *c, const struct origin *o)
{
	return &c->origins[random_at(c->seed + o->family, o->address) % BUCKETS];
}

static struct origin *find(const struct bucket *b, const struct origin *like)
{
	struct origin *o;
	SLIST_FOREACH(o, b, link) {
		if (o->family == like->family && o->address == like->address)
			break;
	}
	return o;
}

static struct origin *add(struct bucket *b, const struct origin *like)
{
	struct origin *o = malloc(sizeof(*o));
	if (!o)
		return NULL;
	*o = *like;
	SLIST_INSERT_HEAD(b, o, link);
	return o;
}

static enum admission enter_there(struct clients *c, const struct endpoint *peer, struct origin **origin)
{
	const struct origin like = origin_of(peer);
	struct bucket *b = bucket_of(c, &like);
	struct origin *o = find(b, &like);
	if (!o)
		o = add(b, &like);
	if (!o)
		return CLIENTS_NO_MEMORY;
	if (o->clients >= c->most_there)
		return CLIENTS_FULL_THERE;
	o->clients++;
	*origin = o;
	return CLIENTS_ADMITTED;
}

static void leave_there(struct clients *c, struct origin *o)
{
	if (--o->clients > 0)
		return;
	SLIST_REMOVE(bucket_of(c, o), o, origin, link);
	free(o);
}

/* --- Contract --- */

struct clients *clients_new(unsigned most, unsigned most_there)
{
	struct clients *c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->most = most;
	c->most_there = most_there;
	pthread_mutex_init(&c->lock, NULL);
	c->seed = random_seed();
	return c;
}

void clients_limit(struct clients *c, unsigned most)
{
	c->most = most < c->most ? most : c->most;
}

void clients_free(struct clients *c)
{
	struct origin *o;
	for (size_t i = 0; c && i < BUCKETS; i++) {
		while ((o = SLIST_FIRST(&c->origins[i]))) {
			SLIST_REMOVE_HEAD(&c->origins[i], link);
			free(o);
		}
	}
	if (c)
		pthread_mutex_destroy(&c->lock);
	free(c);
}

enum admission clients_enter(struct clients *c, const struct endpoint *peer, struct origin **origin)
{
	enum admission a = CLIENTS_ADMITTED;
	*origin = NULL;
	if (atomic_fetch_add(&c->count, 1) >= c->most) {
		a = CLIENTS_FULL;
	} else if (!endpoint_is_loopback(peer)) {
		pthread_mutex_lock(&c->lock);
		a = enter_there(c, peer, origin);
		pthread_mutex_unlock(&c->lock);
	}
	if (a != CLIENTS_ADMITTED)
		c->count--;
	return a;
}

void clients_leave(struct clients *c, struct origin *origin)
{
	c->count--;
	if (!origin)
		return;
	pthread_mutex_lock(&c->lock);
	leave_there(c, origin);
	pthread_mutex_unlock(&c->lock);
}

unsigned clients_most(const struct clients *c)
{
	return c->most;
}

unsigned clients_most_there(const struct clients *c)
{
	return c->most_there;
}
