#include "source.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <uproar/sock.h>

#include "counters.h"
#include "limiter.h"

enum { PRIVILEGED_PORTS = 1024, NFS_PORT = 2049, IPV4_GROUPS = 224, IPV6_GROUPS = 0xff };

/* One for all threads: a source's datagrams may come to any of them. */
static struct {
	pthread_mutex_t lock; /* of the rest */
	struct limiter limiter;
} all = {.lock = PTHREAD_MUTEX_INITIALIZER};

void source_start(unsigned rate)
{
	limiter_start(&all.limiter, random_seed(), rate);
}

/* --- Whom it does not answer --- */

/* 224.0.0.0 and above are groups, reserved, and 255.255.255.255, everybody. */
static bool is_group(const struct endpoint *p)
{
	return p->family == 6 ? p->address[0] == IPV6_GROUPS : p->address[0] >= IPV4_GROUPS;
}

bool source_refused(const struct endpoint *source, uint16_t own_port)
{
	uint16_t port = source->port;
	return port < PRIVILEGED_PORTS || port == NFS_PORT || port == own_port || is_group(source);
}

/* No network lets a datagram from loopback in: nobody else has forged that source. */
static bool floods(const struct endpoint *source)
{
	if (all.limiter.interval == 0 || endpoint_is_loopback(source))
		return false;
	pthread_mutex_lock(&all.lock);
	bool too_many = limiter_floods(&all.limiter, source, clock_now());
	pthread_mutex_unlock(&all.lock);
	return too_many;
}

bool datagram_refused(struct report *r, const struct endpoint *source, uint16_t own_port, size_t n)
{
	char from[ENDPOINT_TEXT];
	counters_add(COUNTER_DATAGRAMS, 1);
	counters_add(COUNTER_UDP_IN, n);
	if (source_refused(source, own_port)) {
		counters_add(COUNTER_SOURCE, 1);
		report_warn(r, WARN_REFUSED,
			    _("A datagram from %s is not answered: no client has that address or port."),
			    endpoint_format(source, from));
		return true;
	}
	if (!floods(source))
		return false;
	counters_add(COUNTER_RATE, 1);
	report_warn(r, WARN_RATE,
		    _("A datagram from %s is not answered: too many come from that network; --udp-rate allows more."),
		    endpoint_format(source, from));
	return true;
}

/* --- Which replies it does not send --- */

static bool too_long(struct report *r, const struct endpoint *client, size_t size)
{
	size_t most = endpoint_datagram_max(client);
	if (size <= most)
		return false;
	counters_add(COUNTER_TOO_LONG, 1);
	report_warn(r, WARN_TOO_LONG, _("A reply of %zu bytes is not sent: a datagram carries %zu bytes at most."),
		    size, most);
	return true;
}

static bool loops(struct report *r, const struct endpoint *client, const void *datagram, size_t n)
{
	char from[ENDPOINT_TEXT];
	pthread_mutex_lock(&all.lock);
	bool too_many = limiter_loops(&all.limiter, client, datagram, n, clock_now());
	pthread_mutex_unlock(&all.lock);
	if (!too_many)
		return false;
	counters_add(COUNTER_LOOP, 1);
	report_warn(r, WARN_LOOP,
		    _("A datagram from %s is not answered: it has come %d times as it would be sent back, as if two "
		      "servers answered each other."),
		    endpoint_format(client, from), LIMITER_REPEATS);
	return true;
}

bool reply_refused(struct report *r, const struct endpoint *client, const void *datagram, size_t n, const void *reply,
		   size_t size)
{
	bool same = n == size && memcmp(datagram, reply, n) == 0;
	return too_long(r, client, size) || (same && loops(r, client, datagram, n));
}

void reply_counted(ssize_t sent)
{
	if (sent == -1) {
		counters_add(errno == ENOBUFS || errno == ENOMEM ? COUNTER_NO_ROOM : COUNTER_FAILED, 1);
		return;
	}
	counters_add(COUNTER_REPLIES, 1);
	counters_add(COUNTER_UDP_OUT, (uint64_t)sent);
}

void datagrams_end(int fd)
{
	struct event_kernel k;
	sock_kernel(fd, PROTOCOL_UDP, &k);
	counters_add(COUNTER_QUEUE, k.dropped);
}
