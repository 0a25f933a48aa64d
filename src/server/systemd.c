#include "systemd.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uproar/sock.h>

enum { PATH_ROOM = 128 }; /* any that a Unix socket can have fits */

static char manager[PATH_ROOM]; /* the socket at which the service manager listens; "": there is none */

/* -1: there is no such variable, or it is no number. Either way it is gone now. */
static long take_number(const char *name)
{
	const char *text = getenv(name);
	char *end = NULL;
	long n = text && *text ? strtol(text, &end, 10) : -1;
	if (!end || *end != '\0')
		n = -1;
	unsetenv(name);
	return n;
}

/* The variables name the process that they are for: a child may have inherited them. */
int systemd_start(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	long process = take_number("LISTEN_PID"), given = take_number("LISTEN_FDS");
	snprintf(manager, sizeof manager, "%s", path && strlen(path) < sizeof manager ? path : "");
	unsetenv("NOTIFY_SOCKET");
	unsetenv("LISTEN_FDNAMES");
	if (process != getpid() || given < 1 || given > INT_MAX - SYSTEMD_FIRST)
		return 0;
	for (int i = 0; i < given && fcntl(SYSTEMD_FIRST + i, F_SETFD, FD_CLOEXEC) == 0; i++)
		continue;
	return (int)given;
}

/* --- Sockets --- */

/* NULL: it is fit to serve. */
static const char *fault(const struct event_kernel *k)
{
	int listens;
	if (k->protocol == PROTOCOL_NONE)
		return _("it is no socket of TCP or UDP");
	if (k->remote.family)
		return _("it is connected, and a server wants sockets that anybody can reach");
	if (k->protocol == PROTOCOL_TCP &&
	    (sock_getsockopt(k->fd, SOL_SOCKET, SO_ACCEPTCONN, &listens) == -1 || !listens))
		return _("it does not listen");
	if (k->local.port == 0)
		return _("it is not bound to a port");
	return NULL;
}

int systemd_services(int given, struct report *r, struct service services[SERVER_SOCKETS_MAX])
{
	if (given > SERVER_SOCKETS_MAX) {
		report_error(r, _("%d sockets are given, but %d are the most that it serves: give fewer."), given,
			     SERVER_SOCKETS_MAX);
		return -1;
	}
	for (int i = 0; i < given; i++) {
		struct event_kernel k = {0};
		sock_sample(SYSTEMD_FIRST + i, &k);
		const char *wrong = fault(&k);
		if (wrong) {
			report_error(
				r, _("Descriptor %d, which is given as a socket to serve: %s; mend its .socket unit."),
				SYSTEMD_FIRST + i, wrong);
			return -1;
		}
		services[i] = (struct service){.fd = k.fd, .protocol = k.protocol, .local = k.local};
	}
	return given;
}

/* --- What the manager is told --- */

static void tell(const char *state)
{
	if (*manager)
		sock_notify(manager, state);
}

void systemd_ready(void)
{
	tell("READY=1");
}

void systemd_stopping(void)
{
	tell("STOPPING=1");
}
