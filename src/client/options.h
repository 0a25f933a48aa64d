/*
 * options - the command line of uproar.
 */
#ifndef CLIENT_OPTIONS_H
#define CLIENT_OPTIONS_H

#include <uproar/event.h>

struct options {
	int family;             /* 0: any; 4 or 6 */
	enum protocol protocol; /* PROTOCOL_NONE: the user picks */
	const char *host;       /* NULL: our own server */
	const char *port;
	uint64_t timeout; /* nanoseconds; 0: the defaults */
	bool plain;
	bool verbose;
	uint32_t ping;     /* how many sentences of a ping, instead of a chat or a filter; 0: none */
	uint64_t interval; /* between them; 0: each after the reply to the one before */
	const char *lab;   /* what our own server's lab is set to; NULL: nothing */

	const char *record; /* the file that everything is recorded in; NULL: none */
	const char *replay; /* the recording that is played, without a network; NULL: none */
	double speed;       /* of playing it, as a factor; 0: at once */
	size_t events;      /* kept in the log, at most */
	const char *attach; /* a server's control socket, which is watched; NULL: none */
	bool mouse;         /* the wheel and the buttons are ours */
	bool shutdown;      /* plain: a stream each way, and no replies to wait for */
	bool ladder;        /* plain: print the ladder instead of the replies */
};

#define OPTIONS_PORT        "12000" /* the book's */
#define OPTIONS_UDP_TIMEOUT (2 * CLOCK_SECOND)
#define OPTIONS_SLOWEST     0.01
#define OPTIONS_FASTEST     1000.0

enum { OPTIONS_EVENTS = 200000, OPTIONS_EVENTS_MIN = 1000, OPTIONS_EVENTS_MAX = 10000000 };
enum { OPTIONS_BYTES = 64 << 20 }; /* of the events' data that a log keeps */

/* Fills o. Returns -1 to go on, else the program's exit status, everything having been said. */
int options_parse(struct options *o, int argc, char **argv);

/*
 * What is wrong with a host (NULL: our own server) and a port, as a whole sentence in words; NULL: nothing that can be
 * seen without a look-up. Valid until the next call.
 */
const char *options_address_problem(const char *host, const char *port);

/* Why the program cannot even begin, by errno, and what to do about it. */
const char *options_start_problem(int error);

/* A time in seconds, such as "2" or "0.5", as nanoseconds; 0: it is none, or not between 1 ms and a day. */
uint64_t options_seconds(const char *text);
/* The time between two sentences of a ping; false: text is none. */
bool options_interval(const char *text, uint64_t *interval);
/* A whole number from least to most; false: text is none. */
bool options_number(const char *text, unsigned long least, unsigned long most, unsigned long *number);

#endif
