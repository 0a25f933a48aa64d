#include <stdlib.h>

#include "flow_end.h"

static struct flow_key key_of(enum event_who who, int fd)
{
	return (struct flow_key){{FLOW_KEY_DESCRIPTOR, (uint64_t)who, (uint64_t)fd}};
}

struct known_socket *flow_find_socket(const struct flow *f, enum event_who who, int fd)
{
	struct flow_key key = key_of(who, fd);
	return fd >= 0 ? flow_map_get(&f->map, &key) : NULL;
}

static enum flow_role first_role(enum protocol protocol)
{
	return protocol == PROTOCOL_UDP ? FLOW_DATAGRAM : FLOW_NEW;
}

static struct known_socket *socket_new(uint64_t index, const struct event *e, int fd, enum protocol protocol)
{
	struct known_socket *s = calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->is = (struct flow_socket){.who = e->who, .fd = fd, .protocol = protocol, .role = first_role(protocol)};
	s->is.open = true;
	s->is.opened = s->last = index;
	LIST_INIT(&s->ends);
	return s;
}

/* Only once nothing can fail any more the former one is closed: its close() was not told. */
struct known_socket *flow_open(struct flow *f, uint64_t index, int fd, enum protocol protocol)
{
	const struct event *e = log_at(f->log, index);
	struct known_socket *former = flow_find_socket(f, e->who, fd);
	if (former && former->is.opened == index)
		return former;
	struct known_socket *s = socket_new(index, e, fd, protocol);
	struct known_socket **slot = s ? ring_push(&f->sockets) : NULL;
	struct flow_key key = key_of(e->who, fd);
	if (!slot || flow_map_put(&f->map, &key, s) == -1) {
		if (slot)
			ring_cut(&f->sockets, f->sockets.count - 1);
		free(s);
		return NULL;
	}
	*slot = s;
	s->number = f->sockets.count - 1;
	if (former)
		flow_close(f, former, index);
	return s;
}

void flow_close(struct flow *f, struct known_socket *s, uint64_t index)
{
	struct flow_key key = key_of(s->is.who, s->is.fd);
	flow_map_remove(&f->map, &key, s);
	s->is.open = false;
	s->is.closed = index;
	if (s->is.protocol == PROTOCOL_TCP && !LIST_EMPTY(&s->ends))
		flow_not_expected(f, LIST_FIRST(&s->ends));
}

void flow_drop_socket(struct flow *f, struct known_socket *s)
{
	struct flow_key key = key_of(s->is.who, s->is.fd);
	while (!LIST_EMPTY(&s->ends))
		flow_drop_end(f, LIST_FIRST(&s->ends));
	flow_map_remove(&f->map, &key, s);
	free(s);
}
