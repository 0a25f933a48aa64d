#include <errno.h>
#include <string.h>

#include "words.h"

static const struct cause {
	int error;
	const char *words;
	const char *remedy; /* NULL: nothing better than to try again */
} causes[] = {
	{ECONNREFUSED, N_("nothing listens there: connection refused"),
	 N_("start a server there, for example uproard")},
	{ETIMEDOUT, N_("no answer came in time"), N_("check the address, and whether a firewall is in between")},
	{EHOSTUNREACH, N_("there is no route to that host"), N_("check the address and this computer's network")},
	{ENETUNREACH, N_("there is no route to that network"), N_("check this computer's network connection")},
	{ENETDOWN, N_("the network is down"), N_("check this computer's network connection")},
	{ECONNRESET, N_("the server reset the connection"), NULL},
	{ECONNABORTED, N_("the connection was aborted"), NULL},
	{EPIPE, N_("the server had closed the connection"), NULL},
	{EACCES, N_("this computer does not permit it"),
	 N_("check its firewall, and that this is no broadcast address")},
	{EPERM, N_("this computer does not permit it"), N_("check its firewall")},
	{EADDRNOTAVAIL, N_("this computer has no address or no port left for it"), N_("choose another address")},
	{EADDRINUSE, N_("the address and port are in use"), N_("choose another port")},
	{EAFNOSUPPORT, N_("this computer does not speak that version of IP"), N_("choose the other one with -4 or -6")},
	{EMFILE, N_("this program has as many files open as it may"),
	 N_("close some, or raise the limit with ulimit -n")},
	{ENFILE, N_("this computer has as many files open as it can"), N_("close other programs")},
	{ENOBUFS, N_("this computer has no room for it just now"), NULL},
	{ENOMEM, N_("this computer is short of memory"), N_("close other programs")},
	{EMSGSIZE, N_("it is too long for a datagram"), N_("send it over TCP, or in parts")},
	{ENOENT, N_("the program uproard was not found"), N_("check how uproar was installed")},
	{ECHILD, N_("your own server ended"), NULL},
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

const char *words_remedy(int error)
{
	const struct cause *c = find(error);
	return c && c->remedy ? _(c->remedy) : _("the next sentence tries again");
}
