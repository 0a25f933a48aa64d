#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/lab.h>

#include "series.h"

enum { USAGE_ERROR = 2, OPTIONS_WORDS = 256 };

enum {
	LONG_PING = 256, /* beyond all letters */
	LONG_INTERVAL,
	LONG_LAB,
	LONG_RECORD,
	LONG_REPLAY,
	LONG_SPEED,
	LONG_EVENTS,
	LONG_ATTACH,
	LONG_LADDER,
	LONG_MOUSE,
};

static const struct option long_options[] = {
	{"tcp", no_argument, NULL, 't'},
	{"udp", no_argument, NULL, 'u'},
	{"timeout", required_argument, NULL, 'w'},
	{"plain", no_argument, NULL, 'p'},
	{"verbose", no_argument, NULL, 'v'},
	{"shutdown", no_argument, NULL, 'N'},
	{"ping", required_argument, NULL, LONG_PING},
	{"interval", required_argument, NULL, LONG_INTERVAL},
	{"lab", required_argument, NULL, LONG_LAB},
	{"record", required_argument, NULL, LONG_RECORD},
	{"replay", required_argument, NULL, LONG_REPLAY},
	{"speed", required_argument, NULL, LONG_SPEED},
	{"events", required_argument, NULL, LONG_EVENTS},
	{"attach", required_argument, NULL, LONG_ATTACH},
	{"ladder", no_argument, NULL, LONG_LADDER},
	{"mouse", no_argument, NULL, LONG_MOUSE},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static void print_help(void)
{
	fputs(_("Usage: uproar [OPTION]... [HOST [PORT]]\n"
		"Talks with a line or datagram service over TCP or UDP, and shows what the\n"
		"sockets do. With no HOST it starts an uppercase server of its own. PORT is a\n"
		"number or a service's name, 12000 if there is none.\n"
		"\n"
		"How to talk:\n"
		"  -t, --tcp              over TCP\n"
		"  -u, --udp              over UDP; with neither, a terminal user picks, a filter\n"
		"                         takes TCP, and --ping UDP\n"
		"  -4, -6                 over IPv4 only, or IPv6 only\n"
		"  -w, --timeout SECONDS  report a reply missing after this long\n"
		"                         (UDP: 2; TCP: never, as a filter 30)\n"
		"      --lab SPEC         set the own server's lab, such as drop=30%,delay=50ms;\n"
		"                         the manual, uproard(8), tells what there is\n"
		"      --ping N           send N numbered sentences, 1 to 1000000, and print the\n"
		"                         round-trip times and losses as ping(8) does\n"
		"      --interval SECONDS\n"
		"                         from one of them to the next, 0.002 to 3600 (1);\n"
		"                         0: each waits for the reply to the one before\n"
		"\n"
		"Or, without talking:\n"
		"      --replay FILE      play a recording\n"
		"      --speed N          that many times as fast, 0.01 to 1000 (1); 0: at once\n"
		"      --attach PATH      watch a server, started with uproard --control PATH\n"
		"\n"
		"How to see it:\n"
		"      --plain            as a filter: a sentence a line from standard input, a\n"
		"                         reply a line on standard output, notices on standard\n"
		"                         error; so it is whenever there is no terminal\n"
		"  -N, --shutdown         as --plain over TCP, without waiting for replies: send\n"
		"                         all input, then the end of the stream, and print what\n"
		"                         comes back until the server's end\n"
		"      --ladder           as --plain, with a line for each call of client and\n"
		"                         server in place of the replies\n"
		"  -v, --verbose          as --plain, with each socket call on standard error\n"
		"      --mouse            scroll with the mouse's wheel and choose with its left\n"
		"                         button; the terminal then selects text only with Shift\n"
		"\n"
		"What to keep:\n"
		"      --record FILE      write all that happens to FILE, a new one\n"
		"      --events N         keep the last N events in memory, 1000 to 10000000\n"
		"                         (200000)\n"
		"\n"
		"  -h, --help             print this help\n"
		"  -V, --version          print the version\n"
		"\n"
		"In the program F1 is help, and F10 quits. The manual is uproar(1).\n"),
	      stdout);
}

static int printed(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_SUCCESS;
	fprintf(stderr, _("uproar: Standard output cannot be written: %s.\n"), strerror(errno));
	return EXIT_FAILURE;
}

static int usage_error(void)
{
	fputs(_("Try 'uproar --help'.\n"), stderr);
	return USAGE_ERROR;
}

uint64_t options_seconds(const char *text)
{
	char *end;
	errno = 0;
	double seconds = strtod(text, &end);
	if (errno || end == text || *end || !(seconds >= 0.001 && seconds <= 86400))
		return 0;
	return (uint64_t)(seconds * (double)CLOCK_SECOND);
}

bool options_interval(const char *text, uint64_t *interval)
{
	char *end;
	errno = 0;
	double seconds = strtod(text, &end);
	double least = (double)SERIES_INTERVAL_MIN / (double)CLOCK_SECOND;
	double most = (double)SERIES_INTERVAL_MAX / (double)CLOCK_SECOND;
	/* Of two comparisons with what is no number, such as "nan", both are false. */
	bool is_one = !errno && end != text && !*end && (seconds == 0 || (seconds >= least && seconds <= most));
	if (is_one)
		*interval = (uint64_t)(seconds * (double)CLOCK_SECOND);
	return is_one;
}

bool options_number(const char *text, unsigned long least, unsigned long most, unsigned long *number)
{
	char *end;
	errno = 0;
	unsigned long n = strtoul(text, &end, 10);
	if (errno || !isdigit((unsigned char)*text) || *end || n < least || n > most)
		return false;
	*number = n;
	return true;
}

/* A number from 1 to 65535, or what may be a service's name: the look-up will tell. */
static bool is_port(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	if (text[digits] != '\0')
		return isalpha((unsigned char)text[0]);
	return digits > 0 && digits <= 5 && text[0] != '0' && atoi(text) <= 65535;
}

/* An IPv6 address has several colons itself; what has one behind its bracket is no longer an address. */
static bool has_port(const char *host)
{
	const char *colon = strchr(host, ':');
	return colon && (colon == strrchr(host, ':') || (host[0] == '[' && strstr(host, "]:")));
}

const char *options_address_problem(const char *host, const char *port)
{
	static char words[OPTIONS_WORDS];
	if (host && !*host)
		snprintf(words, sizeof words, "%s", _("HOST must not be empty."));
	else if (host && host[strspn(host, "0123456789")] == '\0')
		snprintf(words, sizeof words, _("\"%s\" is a number, and may be a port; before it belongs a HOST."),
			 host);
	else if (host && has_port(host))
		snprintf(words, sizeof words, _("\"%s\" has a colon; between HOST and PORT belongs a space."), host);
	else if (!is_port(port))
		snprintf(words, sizeof words, _("\"%s\" is no port: give 1 to 65535, or a service's name."), port);
	else
		return NULL;
	return words;
}

const char *options_start_problem(int error)
{
	switch (error) {
	case EMFILE:
		return _("This program may not open as many files as it needs: raise the limit with ulimit -n.");
	case ENFILE:
		return _("This computer has as many files open as it can: close other programs.");
	case ENOMEM:
		return _("There is no memory left.");
	default:
		return strerror(error);
	}
}

static int take_protocol(struct options *o, enum protocol protocol)
{
	if (o->protocol != PROTOCOL_NONE && o->protocol != protocol) {
		fputs(_("uproar: choose one of --tcp and --udp.\n"), stderr);
		return usage_error();
	}
	o->protocol = protocol;
	return -1;
}

static int take_family(struct options *o, int family)
{
	if (o->family && o->family != family) {
		fputs(_("uproar: choose one of -4 and -6.\n"), stderr);
		return usage_error();
	}
	o->family = family;
	return -1;
}

static int take_timeout(struct options *o, const char *text)
{
	o->timeout = options_seconds(text);
	if (o->timeout)
		return -1;
	fprintf(stderr, _("uproar: \"%s\" is no time in seconds between 0.001 and 86400.\n"), text);
	return usage_error();
}

static int take_ping(struct options *o, const char *text)
{
	unsigned long count;
	if (!options_number(text, 1, SERIES_PINGS_MAX, &count)) {
		fprintf(stderr, _("uproar: \"%s\" is no number of sentences: give 1 to %d.\n"), text, SERIES_PINGS_MAX);
		return usage_error();
	}
	o->ping = (uint32_t)count;
	return -1;
}

static int take_interval(struct options *o, const char *text)
{
	if (options_interval(text, &o->interval))
		return -1;
	fprintf(stderr, _("uproar: \"%s\" is no interval: give 0, or a time in seconds between 0.002 and 3600.\n"),
		text);
	return usage_error();
}

/* Our own server would refuse it, too, but only when it is started. */
static int take_lab(struct options *o, const char *spec)
{
	struct lab lab = {0};
	struct lab_orders orders;
	char problem[LAB_PROBLEM];
	o->lab = spec;
	if (lab_parse(&lab, spec, 1, &orders, problem) == 0)
		return -1;
	fprintf(stderr, "uproar: %s\n", problem);
	return usage_error();
}

static int take_speed(struct options *o, const char *text)
{
	char *end;
	errno = 0;
	o->speed = strtod(text, &end);
	bool in_range = o->speed == 0 || (o->speed >= OPTIONS_SLOWEST && o->speed <= OPTIONS_FASTEST);
	if (!errno && end != text && !*end && in_range)
		return -1;
	fprintf(stderr, _("uproar: \"%s\" is no speed: give 0, or a factor between 0.01 and 1000.\n"), text);
	return usage_error();
}

static int take_events(struct options *o, const char *text)
{
	unsigned long events;
	if (!options_number(text, OPTIONS_EVENTS_MIN, OPTIONS_EVENTS_MAX, &events)) {
		fprintf(stderr, _("uproar: \"%s\" is no number of events: give %d to %d.\n"), text, OPTIONS_EVENTS_MIN,
			OPTIONS_EVENTS_MAX);
		return usage_error();
	}
	o->events = events;
	return -1;
}

/* -1: go on; else the exit status. */
static int take(struct options *o, int letter)
{
	switch (letter) {
	case 't':
		return take_protocol(o, PROTOCOL_TCP);
	case 'u':
		return take_protocol(o, PROTOCOL_UDP);
	case '4':
	case '6':
		return take_family(o, letter - '0');
	case 'w':
		return take_timeout(o, optarg);
	case 'p':
		o->plain = true;
		return -1;
	case 'v':
		o->verbose = o->plain = true;
		return -1;
	case 'N':
		o->shutdown = o->plain = true;
		return -1;
	case LONG_PING:
		return take_ping(o, optarg);
	case LONG_INTERVAL:
		return take_interval(o, optarg);
	case LONG_LAB:
		return take_lab(o, optarg);
	case LONG_RECORD:
		o->record = optarg;
		return -1;
	case LONG_REPLAY:
		o->replay = optarg;
		return -1;
	case LONG_SPEED:
		return take_speed(o, optarg);
	case LONG_EVENTS:
		return take_events(o, optarg);
	case LONG_ATTACH:
		o->attach = optarg;
		return -1;
	case LONG_LADDER:
		o->ladder = o->plain = true;
		return -1;
	case LONG_MOUSE:
		o->mouse = true;
		return -1;
	case 'h':
		print_help();
		return printed();
	case 'V':
		puts("uproar " UPROAR_VERSION);
		return printed();
	default:
		return usage_error(); /* getopt has said what is wrong */
	}
}

/* Who only looks on speaks with nobody. */
static const char *watching_problem(const struct options *o)
{
	bool talks = o->host || o->protocol || o->family || o->timeout || o->lab || o->ping || o->shutdown;
	if (o->replay && (talks || o->attach || o->record))
		return _("--replay plays a recording and talks with nobody: of the other options only --plain, "
			 "--ladder, --speed, --events and --mouse go with it.");
	if (o->attach && talks)
		return _("--attach watches a server and talks with nobody: of the other options only --plain, -v, "
			 "--ladder, --record, --events and --mouse go with it.");
	if (!o->replay && o->speed != 1)
		return _("--speed is for --replay.");
	if (o->ladder && o->ping)
		return _("--ladder is for a filter, and --ping is none.");
	return NULL;
}

static const char *shutdown_problem(const struct options *o)
{
	if (o->shutdown && o->ping)
		return _("-N is for a filter, and --ping is none.");
	if (o->shutdown && o->protocol == PROTOCOL_UDP)
		return _("-N is for TCP: over UDP there is no stream whose end could be sent.");
	return NULL;
}

/* What does not go together. -1: all does. */
static int check(const struct options *o)
{
	const char *problem = options_address_problem(o->host, o->port);
	if (!problem)
		problem = watching_problem(o);
	if (!problem)
		problem = shutdown_problem(o);
	if (!problem && !o->ping && o->interval != CLOCK_NEVER)
		problem = _("--interval is for --ping.");
	if (!problem && o->host && o->lab)
		problem =
			_("--lab is for a server of our own, and HOST is another: there, start it with uproard --lab.");
	if (!problem)
		return -1;
	fprintf(stderr, "uproar: %s\n", problem);
	return usage_error();
}

int options_parse(struct options *o, int argc, char **argv)
{
	*o = (struct options){.port = OPTIONS_PORT, .interval = CLOCK_NEVER, .speed = 1, .events = OPTIONS_EVENTS};
	int letter;
	while ((letter = getopt_long(argc, argv, "46tuw:vNhV", long_options, NULL)) != -1) {
		int status = take(o, letter);
		if (status != -1)
			return status;
	}
	if (argc - optind > 2) {
		fprintf(stderr, _("uproar: \"%s\" is one argument too many.\n"), argv[optind + 2]);
		return usage_error();
	}
	if (optind < argc)
		o->host = argv[optind];
	if (optind + 1 < argc)
		o->port = argv[optind + 1];
	int status = check(o);
	if (o->interval == CLOCK_NEVER)
		o->interval = SERIES_INTERVAL;
	return status;
}
