#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <uproar/sock.h>

#include "news.h"
#include "server.h"
#include "share.h"
#include "systemd.h"

enum {
	SEND_BUFFER = 64 << 10,
	RECEIVE_BUFFER = 64 << 10,
	DATAGRAMS_BUFFER = 1 << 20, /* more would keep them waiting: what comes too fast is better lost than late */
	NOT_SENT_YET = 16 << 10,
	DESCRIPTORS = 65536, /* that it asks the system for, at most: as many clients, nearly */
	PORT_TRIES = 100,    /* numbers that the system may choose until one is free everywhere */
};

/* An address to listen on. It is optional when nobody would miss it: IPv6 on a machine that has none. */
struct address {
	struct endpoint local;
	bool optional;
};

struct addresses {
	struct address list[SERVER_ADDRESSES_MAX];
	size_t count;
};

/* --- Which addresses --- */

static void add(struct addresses *a, const struct endpoint *local, bool optional)
{
	for (size_t i = 0; i < a->count; i++) {
		if (endpoint_equal(&a->list[i].local, local))
			return;
	}
	if (a->count < SERVER_ADDRESSES_MAX)
		a->list[a->count++] = (struct address){.local = *local, .optional = optional};
}

static int family_of(const struct options *o)
{
	return o->ipv4 == o->ipv6 ? 0 : o->ipv4 ? 4 : 6;
}

static int add_host(struct addresses *a, const struct options *o, struct report *r, const char *host)
{
	struct endpoint found[SERVER_ADDRESSES_MAX];
	char service[8];
	int code;
	snprintf(service, sizeof(service), "%u", o->port);
	news_unheard(true);
	int n = sock_resolve(host, service, family_of(o), PROTOCOL_TCP, found, COUNT(found), &code);
	news_unheard(false);
	if (n == -1) {
		report_error(r, _("%s: %s; give an address of this machine with -l."), host,
			     code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code));
		return -1;
	}
	for (int i = 0; i < n; i++)
		add(a, &found[i], n > 1);
	return 0;
}

static void add_loopback(struct addresses *a, const struct options *o)
{
	bool asked = o->ipv4 || o->ipv6;
	struct endpoint ipv4 = {.family = 4, .address = {127, 0, 0, 1}, .port = o->port};
	struct endpoint ipv6 = {.family = 6, .address = {[15] = 1}, .port = o->port};
	if (o->ipv4 || !asked)
		add(a, &ipv4, false);
	if (o->ipv6 || !asked)
		add(a, &ipv6, !asked);
}

static int choose(struct addresses *a, const struct options *o, struct report *r)
{
	for (size_t i = 0; i < o->address_count; i++) {
		if (add_host(a, o, r, o->addresses[i]) == -1)
			return -1;
	}
	if (o->address_count == 0)
		add_loopback(a, o);
	return 0;
}

/* --- One socket --- */

/* How it takes its port. */
enum taking {
	TAKE_ANEW,   /* without SO_REUSEADDR */
	TAKE,        /* with it, if it is for TCP */
	TAKE_SHARED, /* for other workers, too: here is the first one's, */
	TAKE_BESIDE, /* and one of the others' */
	TAKE_GIVEN,  /* it has it already */
};

/*
 * SO_REUSEADDR lets a restart take the port while connections of the last run are in TIME_WAIT. With UDP it would
 * let another process take our datagrams.
 *
 * A client who does not read its replies makes the kernel hold both of its connection's buffers at our end: left to
 * itself it would grow them to megabytes. A smaller send buffer would be slow: on loopback a segment carries 64 KiB
 * and the receiver acknowledges at once only every second one, so that a buffer with room for one waits 40 ms. But a
 * stuck client's is full of what has not even been sent, and of that little is enough to keep the network busy.
 * The connection sockets inherit these options of their welcoming socket.
 */
static const struct {
	int level, option, value;
} tcp_options[] = {
	{SOL_SOCKET, SO_REUSEADDR, 1}, /* the first: see set_options() */
	{SOL_SOCKET, SO_SNDBUF, SEND_BUFFER},
	{SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER},
	{IPPROTO_TCP, TCP_NODELAY, 1},
#ifdef TCP_NOTSENT_LOWAT
	{IPPROTO_TCP, TCP_NOTSENT_LOWAT, NOT_SENT_YET},
#endif
};

/* Datagrams that come while we are held up wait in the buffer; it can be as large as the system allows, if that is
 * less. */
static int set_datagram_options(const struct service *s)
{
	if (endpoint_is_any(&s->local) && sock_want_local(s->fd, s->local.family) == -1)
		return -1;
	sock_setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, DATAGRAMS_BUFFER);
	return 0;
}

static int set_options(const struct service *s, enum taking taking)
{
	if (s->local.family == 6 && taking != TAKE_GIVEN && sock_setsockopt(s->fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) == -1)
		return -1;
	if (s->protocol == PROTOCOL_UDP)
		return set_datagram_options(s);
	for (size_t i = taking == TAKE_ANEW || taking == TAKE_GIVEN ? 1 : 0; i < COUNT(tcp_options); i++) {
		if (sock_setsockopt(s->fd, tcp_options[i].level, tcp_options[i].option, tcp_options[i].value) == -1)
			return -1;
	}
	return 0;
}

static int prepare(struct service *s, enum taking taking)
{
	if (set_options(s, taking) == -1 || (taking == TAKE_BESIDE && share_port(s->fd) == -1))
		return -1;
	if (sock_bind(s->fd, &s->local) == -1 || (taking == TAKE_SHARED && share_port(s->fd) == -1))
		return -1;
	if (s->protocol == PROTOCOL_TCP && sock_listen(s->fd, SERVER_BACKLOG) == -1)
		return -1;
	return sock_getsockname(s->fd, &s->local);
}

static int open_service(struct service *s, enum blocking blocking, enum taking taking)
{
	s->fd = sock_socket(s->local.family, s->protocol, blocking);
	if (s->fd == -1)
		return -1;
	if (prepare(s, taking) == 0)
		return 0;
	int error = errno;
	sock_close(s->fd);
	errno = error;
	return -1;
}

static const char *advice(int error)
{
	switch (error) {
	case EADDRINUSE:
		return _("is another uproard running? choose a port with -p");
	case EACCES:
		return _("ports below 1024 are for the system's own services; choose another with -p");
	case EADDRNOTAVAIL:
		return _("this machine does not have that address; choose another with -l");
	case EAFNOSUPPORT:
		return _("this machine does not speak that protocol; try -4 or -6");
	case EMFILE:
		return _("allow more with ulimit -n");
	default:
		return _("choose others with -l and -p");
	}
}

void listen_failed(const struct service *s, struct report *r)
{
	int error = errno;
	char where[ENDPOINT_TEXT];
	report_error(r, "%s %s: %s; %s", s->protocol == PROTOCOL_TCP ? "tcp" : "udp", endpoint_format(&s->local, where),
		     strerror(error), advice(error));
}

void listen_tell(const struct service *services, int n, struct report *r)
{
	char where[ENDPOINT_TEXT];
	for (const struct service *s = services; s < services + n; s++) {
		report_listening(r, s->protocol, &s->local);
		report_output(r, "listening %s %s", s->protocol == PROTOCOL_TCP ? "tcp" : "udp",
			      endpoint_format(&s->local, where));
	}
	systemd_ready();
}

/* --- All of them --- */

static bool missing_here(int error)
{
	return error == EAFNOSUPPORT || error == EADDRNOTAVAIL;
}

/* All addresses of a family include each of them, which then can have no socket of its own. */
static bool included(const struct addresses *a, const struct endpoint *local)
{
	const struct endpoint all = {.family = local->family, .port = local->port};
	for (size_t i = 0; i < a->count; i++) {
		if (endpoint_equal(&a->list[i].local, &all))
			return !endpoint_equal(local, &all);
	}
	return false;
}

/* Returns how many are open; on -1 none is, and *failed is the one that could not be had. */
static int open_all(const struct options *o, const struct addresses *a, struct service *services,
		    struct service *failed)
{
	int n = 0;
	uint16_t port = o->port;
	enum blocking blocking = o->model == MODEL_EVENTS ? NONBLOCKING : BLOCKING;
	enum taking taking = o->workers > 1 ? TAKE_SHARED : TAKE;
	for (size_t i = 0; i < a->count * 2; i++) {
		struct service *s = &services[n];
		*s = (struct service){.protocol = i % 2 ? PROTOCOL_UDP : PROTOCOL_TCP, .local = a->list[i / 2].local};
		s->local.port = port;
		if (!(s->protocol == PROTOCOL_TCP ? o->tcp : o->udp) || included(a, &a->list[i / 2].local))
			continue;
		if (open_service(s, blocking, taking) == 0) {
			port = s->local.port;
			n++;
			continue;
		}
		*failed = *s;
		if (a->list[i / 2].optional && missing_here(errno))
			continue;
		int error = errno;
		while (n > 0)
			sock_close(services[--n].fd);
		errno = error;
		return -1;
	}
	return n > 0 ? n : -1;
}

/* Whether they block is up to the model that serves them now; an earlier one may have wanted it otherwise. */
static int adopt(const struct service *s, enum blocking blocking)
{
	int flags = fcntl(s->fd, F_GETFL);
	flags = blocking == NONBLOCKING ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return fcntl(s->fd, F_SETFL, flags) == -1 ? -1 : set_options(s, TAKE_GIVEN);
}

static int adopt_all(const struct options *o, struct report *r, struct service *services)
{
	int n = systemd_services(o->given, r, services);
	for (int i = 0; i < n; i++) {
		if (adopt(&services[i], o->model == MODEL_EVENTS ? NONBLOCKING : BLOCKING) == 0)
			continue;
		listen_failed(&services[i], r);
		return -1;
	}
	return n;
}

int listen_open(const struct options *o, struct report *r, struct service services[SERVER_SOCKETS_MAX])
{
	struct addresses a = {0};
	struct service failed = {0};
	if (o->given > 0)
		return adopt_all(o, r, services);
	if (choose(&a, o, r) == -1)
		return -1;
	int n = -1;
	for (int tries = 0; tries < PORT_TRIES; tries++) {
		n = open_all(o, &a, services, &failed);
		if (n != -1 || o->port != 0 || errno != EADDRINUSE)
			break;
	}
	if (n == -1)
		listen_failed(&failed, r);
	return n;
}

int listen_beside(const struct service *first, int n, struct report *r, struct service *services)
{
	for (int i = 0; i < n; i++) {
		services[i] = first[i];
		if (open_service(&services[i], NONBLOCKING, TAKE_BESIDE) == 0)
			continue;
		listen_failed(&services[i], r);
		while (i > 0)
			sock_close(services[--i].fd);
		return -1;
	}
	return 0;
}

int listen_again(struct service *s, struct report *r)
{
	if (open_service(s, NONBLOCKING, TAKE_ANEW) == 0) {
		report_note(r,
			    _("bind() without SO_REUSEADDR succeeded: no connection that the server closed first is in "
			      "TIME_WAIT."));
		return sock_setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, 1); /* or it is in the way of the next one */
	}
	bool in_use = errno == EADDRINUSE;
	if (in_use)
		report_note(r, _("bind() without SO_REUSEADDR failed (EADDRINUSE): a connection that the server closed "
				 "first is in TIME_WAIT."));
	if (!in_use || open_service(s, NONBLOCKING, TAKE) == -1) {
		listen_failed(s, r);
		return -1;
	}
	report_note(r, _("bind() with SO_REUSEADDR succeeded."));
	return 0;
}

int listen_address(const struct options *o, struct report *r, struct endpoint *local)
{
	struct addresses a = {0};
	if (choose(&a, o, r) == -1)
		return -1;
	*local = a.list[0].local;
	return 0;
}

int listen_opened(const struct options *o, struct report *r)
{
	if (privilege_drop(&o->account) == 0)
		return 0;
	if (errno == EPERM)
		report_error(r, _("--user %s: only root can become somebody else; leave it out, or start it as root."),
			     o->account.name);
	else
		report_error(r,
			     _("--user %s: %s; the server would have more rights than it should: leave the option out, "
			       "and start it as that user."),
			     o->account.name, strerror(errno));
	return -1;
}

int listen_descriptors(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return -1;
	rlim_t wanted = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
	if (limit.rlim_cur < wanted) {
		limit.rlim_cur = wanted;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	return (int)wanted;
}

bool accept_starved(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}
