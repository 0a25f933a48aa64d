#include <errno.h>
#include <string.h>

#include "words.h"

static const struct cause {
	int error;
	const char *words;
	const char *why;    /* what lies behind it; NULL: the words say it */
	const char *remedy; /* NULL: nothing better than to try again */
} causes[] = {
	{0, N_("the server closed the connection (recv() returned 0)"), NULL, NULL},
	{ECONNREFUSED, N_("nothing listens there (ECONNREFUSED)"), NULL,
	 N_("start a server there, for example uproard")},
	{ETIMEDOUT, N_("no answer came in time (ETIMEDOUT)"), NULL,
	 N_("check the address, and whether a firewall is in between")},
	{EHOSTUNREACH, N_("there is no route to that host (EHOSTUNREACH)"), NULL,
	 N_("check the address and this computer's network")},
	{ENETUNREACH, N_("there is no route to that network (ENETUNREACH)"), NULL,
	 N_("check this computer's network connection")},
	{ENETDOWN, N_("the network is down (ENETDOWN)"), NULL, N_("check this computer's network connection")},
	{ECONNRESET, N_("the server reset the connection (ECONNRESET)"),
	 N_("it closed its socket with bytes unread, or the process behind it is gone"), NULL},
	{ECONNABORTED, N_("this computer's system gave the connection up (ECONNABORTED)"), NULL, NULL},
	{EPIPE, N_("the server had closed the connection before (EPIPE)"),
	 N_("the first send() after that still succeeded, and a reset came back"), NULL},
	{EACCES, N_("this computer does not permit it (EACCES)"), NULL,
	 N_("check its firewall, and that this is no broadcast address")},
	{EPERM, N_("this computer does not permit it (EPERM)"), NULL, N_("check its firewall")},
	{EADDRNOTAVAIL, N_("this computer has no such address, or no port left for it (EADDRNOTAVAIL)"), NULL,
	 N_("choose another address")},
	{EADDRINUSE, N_("another socket has this address and port (EADDRINUSE)"), NULL, N_("choose another port")},
	{EAFNOSUPPORT, N_("this computer does not speak that version of IP (EAFNOSUPPORT)"), NULL,
	 N_("choose the other one with -4 or -6")},
	{EMFILE, N_("this program has as many files open as it may (EMFILE)"), NULL,
	 N_("close some, or raise the limit with ulimit -n")},
	{ENFILE, N_("this computer has as many files open as it can (ENFILE)"), NULL, N_("close other programs")},
	{ENOBUFS, N_("this computer has no room for it just now (ENOBUFS)"), NULL, NULL},
	{ENOMEM, N_("this computer is short of memory (ENOMEM)"), NULL, N_("close other programs")},
	{EMSGSIZE, N_("it is too long for a datagram (EMSGSIZE)"), NULL, N_("send it over TCP, or in parts")},
	{ENOENT, N_("the program uproard was not found (ENOENT)"), NULL, N_("check how uproar was installed")},
	{ECANCELED, N_("this end called recv() once, as the book's client does, and closed its socket"), NULL, NULL},
	{ECHILD, N_("your own server ended"), NULL, NULL},
};

static const struct cause *find(int error)
{
	for (size_t i = 0; i < COUNT(causes); i++)
		if (causes[i].error == error)
			return &causes[i];
	return NULL;
}

const char *words_cause(int error)
{
	const struct cause *c = find(error);
	return c ? _(c->words) : strerror(error);
}

const char *words_why(int error)
{
	const struct cause *c = find(error);
	return c && c->why ? _(c->why) : NULL;
}

const char *words_remedy(int error)
{
	const struct cause *c = find(error);
	return c && c->remedy ? _(c->remedy) : _("the next sentence tries again");
}
