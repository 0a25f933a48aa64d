#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control.h"
#include "impair.h"
#include "limiter.h"
#include "news.h"
#include "share.h"
#include "source.h"
#include "systemd.h"

enum {
	EXIT_USAGE = 2,
	WRITE_TIMEOUT = 60, /* seconds */
	WRITE_TIMEOUT_MAX = 86400,
	IDLE_TIMEOUT = 86400,
	IDLE_TIMEOUT_MAX = 31536000,
};

enum {
	OPTION_CONTROL = 256,
	OPTION_CONTROL_FD,
	OPTION_LAB,
	OPTION_WRITE_TIMEOUT,
	OPTION_UDP_RATE,
	OPTION_USER,
	OPTION_IDLE_TIMEOUT,
	OPTION_MAX_CLIENTS,
	OPTION_MAX_PER_ADDRESS,
	OPTION_WORKERS
};

static const char short_options[] = "46tup:l:m:vhV";
static const struct option long_options[] = {
	{"ipv4", no_argument, NULL, '4'},
	{"ipv6", no_argument, NULL, '6'},
	{"tcp", no_argument, NULL, 't'},
	{"udp", no_argument, NULL, 'u'},
	{"port", required_argument, NULL, 'p'},
	{"listen", required_argument, NULL, 'l'},
	{"model", required_argument, NULL, 'm'},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{"control", required_argument, NULL, OPTION_CONTROL},
	{"control-fd", required_argument, NULL, OPTION_CONTROL_FD},
	{"lab", required_argument, NULL, OPTION_LAB},
	{"workers", required_argument, NULL, OPTION_WORKERS},
	{"max-clients", required_argument, NULL, OPTION_MAX_CLIENTS},
	{"max-per-address", required_argument, NULL, OPTION_MAX_PER_ADDRESS},
	{"write-timeout", required_argument, NULL, OPTION_WRITE_TIMEOUT},
	{"udp-rate", required_argument, NULL, OPTION_UDP_RATE},
	{"user", required_argument, NULL, OPTION_USER},
	{"idle-timeout", required_argument, NULL, OPTION_IDLE_TIMEOUT},
	{0},
};

static const char *help(void)
{
	return _("Usage: uproard [OPTION]...\n"
		 "Answers every sentence with its uppercase, over TCP and UDP.\n"
		 "\n"
		 "  -4, --ipv4             IPv4 only\n"
		 "  -6, --ipv6             IPv6 only\n"
		 "  -t, --tcp              TCP only\n"
		 "  -u, --udp              UDP only\n"
		 "  -p, --port PORT        the port (12000); 0: one that the system chooses\n"
		 "  -l, --listen ADDRESS   an address of this machine to listen on (127.0.0.1 and\n"
		 "                         ::1); 0.0.0.0 or :: for all; may be given several times\n"
		 "  -m, --model MODEL      how it serves (events):\n"
		 "                         events    many clients at a time, event-driven\n"
		 "                         threads   many clients at a time, with blocking calls,\n"
		 "                                   a thread for each\n"
		 "                         textbook  one client at a time, with blocking calls,\n"
		 "                                   one protocol: TCP, or UDP with -u\n"
		 "      --lab SPEC         make trouble on purpose, such as drop=30%,delay=50ms;\n"
		 "                         the manual, uproard(8), tells what there is\n"
		 "      --workers N        how many threads the model events has (1); auto: one a\n"
		 "                         core\n"
		 "      --max-clients N    how many clients may be there over TCP at a time (as\n"
		 "                         many as there are descriptors, nearly)\n"
		 "      --max-per-address N\n"
		 "                         how many of them from one other computer (1024)\n"
		 "      --idle-timeout SECONDS\n"
		 "                         how long a client may say nothing (86400, a day);\n"
		 "                         0: for ever\n"
		 "      --write-timeout SECONDS\n"
		 "                         how long a client may leave its replies waiting (60)\n"
		 "      --udp-rate N       how many datagrams a second are answered to one\n"
		 "                         network beyond this computer (200); 0: all\n"
		 "      --user NAME[:GROUP]\n"
		 "                         when its sockets are open, be this user and not root\n"
		 "      --control PATH     let yourself watch it at this path, with\n"
		 "                         uproar --attach PATH\n"
		 "      --control-fd FD    the channel to the uproar that started it\n"
		 "  -v, --verbose          print every socket call on standard error\n"
		 "  -h, --help             print this help\n"
		 "  -V, --version          print the version\n");
}

static _Noreturn void see_help(void)
{
	fprintf(stderr, _("Try \"uproard --help\".\n"));
	exit(EXIT_USAGE);
}

__attribute__((format(printf, 1, 2))) static _Noreturn void wrong_usage(const char *format, ...)
{
	va_list args;
	fprintf(stderr, "uproard: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	see_help();
}

/* -1: the text is not a number from least to most. */
static long number(const char *text, long least, long most)
{
	char *end;
	errno = 0;
	long n = strtol(text, &end, 10);
	return errno != 0 || *text < '0' || *text > '9' || *end != '\0' || n < least || n > most ? -1 : n;
}

static uint16_t port(const char *text)
{
	long n = number(text, 0, UINT16_MAX);
	if (n == -1)
		wrong_usage(_("%s is not a port: give a number from 0 to 65535."), text);
	return (uint16_t)n;
}

static uint64_t timeout(const char *text, int least, int most)
{
	long n = number(text, least, most);
	if (n == -1)
		wrong_usage(_("%s is not a time: give a number of seconds from %d to %d."), text, least, most);
	return (uint64_t)n * 1000;
}

static int clients(const char *text)
{
	long n = number(text, 1, INT_MAX);
	if (n == -1)
		wrong_usage(_("%s is not a number of clients: give one from 1 on."), text);
	return (int)n;
}

static int workers(const char *text)
{
	if (strcmp(text, "auto") == 0) {
		long cores = sysconf(_SC_NPROCESSORS_ONLN);
		return cores < 1 ? 1 : cores > SERVER_WORKERS_MAX ? SERVER_WORKERS_MAX : (int)cores;
	}
	long n = number(text, 1, SERVER_WORKERS_MAX);
	if (n == -1)
		wrong_usage(_("%s is not a number of workers: give one from 1 to %d, or auto."), text,
			    SERVER_WORKERS_MAX);
	return (int)n;
}

static unsigned udp_rate(const char *text)
{
	long n = number(text, 0, LIMITER_RATE_MAX);
	if (n == -1)
		wrong_usage(_("%s is not a rate: give a number of datagrams a second from 0 to %d."), text,
			    LIMITER_RATE_MAX);
	return (unsigned)n;
}

static int control_fd(const char *text)
{
	long fd = number(text, 0, INT_MAX);
	struct stat status;
	if (fd == -1 || fstat((int)fd, &status) == -1 || !S_ISSOCK(status.st_mode))
		wrong_usage(_("%s is not the number of a socket: leave --control-fd to uproar, which starts its server "
			      "with it."),
			    text);
	return (int)fd;
}

static enum model model(const char *name)
{
	if (strcmp(name, "events") == 0)
		return MODEL_EVENTS;
	if (strcmp(name, "threads") == 0)
		return MODEL_THREADS;
	if (strcmp(name, "textbook") == 0)
		return MODEL_TEXTBOOK;
	wrong_usage(_("There is no model %s: choose events, threads or textbook."), name);
}

static _Noreturn void print_and_exit(const char *text)
{
	fputs(text, stdout);
	if (fflush(stdout) == 0)
		exit(EXIT_SUCCESS);
	fprintf(stderr, _("uproard: standard output: %s.\n"), strerror(errno));
	exit(EXIT_FAILURE);
}

static void set_lab(struct options *o, const char *spec)
{
	char problem[LAB_PROBLEM];
	struct lab_orders orders;
	if (o->lab_given)
		wrong_usage(_("--lab is given once, with commas between its settings."));
	o->lab_given = true;
	if (lab_parse(&o->lab, spec, impair_seed(), &orders, problem) == -1)
		wrong_usage("%s", problem);
}

static void listen_on(struct options *o, const char *address)
{
	if (o->address_count == SERVER_ADDRESSES_MAX)
		wrong_usage(_("%s is one address too many: -l can be given %d times."), address, SERVER_ADDRESSES_MAX);
	o->addresses[o->address_count++] = address;
}

static void take_option(struct options *o, int option, const char *value)
{
	switch (option) {
	case '4':
		o->ipv4 = true;
		break;
	case '6':
		o->ipv6 = true;
		break;
	case 't':
		o->tcp = true;
		break;
	case 'u':
		o->udp = true;
		break;
	case 'p':
		o->port = port(value);
		break;
	case 'l':
		listen_on(o, value);
		break;
	case 'm':
		o->model = model(value);
		break;
	case 'v':
		o->verbose = true;
		break;
	case OPTION_CONTROL:
		o->control_path = value;
		break;
	case OPTION_CONTROL_FD:
		o->control = control_fd(value);
		break;
	case OPTION_LAB:
		set_lab(o, value);
		break;
	case OPTION_WRITE_TIMEOUT:
		o->write_timeout = timeout(value, 1, WRITE_TIMEOUT_MAX);
		break;
	case OPTION_IDLE_TIMEOUT:
		o->idle_timeout = timeout(value, 0, IDLE_TIMEOUT_MAX);
		break;
	case OPTION_MAX_CLIENTS:
		o->max_clients = clients(value);
		break;
	case OPTION_MAX_PER_ADDRESS:
		o->max_per_address = clients(value);
		break;
	case OPTION_WORKERS:
		o->workers = workers(value);
		break;
	case OPTION_UDP_RATE:
		o->udp_rate = udp_rate(value);
		break;
	case OPTION_USER:
		if (privilege_account(&o->account, value) == -1)
			wrong_usage(_("%s is no user to be here, or no group: give one that is not root."), value);
		break;
	case 'h':
		print_and_exit(help());
	case 'V':
		print_and_exit("uproard " UPROAR_VERSION "\n");
	default:
		see_help();
	}
}

/* What has been settled already, by whoever opened the sockets. */
static void check_given(const struct options *o)
{
	if (o->model == MODEL_TEXTBOOK)
		wrong_usage(_("The textbook model opens its socket itself, and takes none that is given: choose -m "
			      "events or -m threads."));
	if (o->workers > 1)
		wrong_usage(_("Sockets that are given have one worker: leave out --workers."));
	if (o->ipv4 || o->ipv6 || o->tcp || o->udp || o->address_count > 0 || o->port != SERVER_PORT)
		wrong_usage(_("Sockets are given, and all of them are served: leave out -4, -6, -t, -u, -l and -p."));
}

static void complete(struct options *o)
{
	if (o->workers > 1 && o->model != MODEL_EVENTS)
		wrong_usage(_("Only the events model has workers: leave out --workers, or choose -m events."));
	if (o->workers > 1 && o->lab_given)
		wrong_usage(_("The lab needs a server with one worker: leave out --workers, or --lab."));
	if (o->given > 0)
		check_given(o);
	if (o->model != MODEL_TEXTBOOK) {
		if (!o->tcp && !o->udp)
			o->tcp = o->udp = true;
		return;
	}
	if (o->tcp && o->udp)
		wrong_usage(_("The textbook model serves one protocol: choose -t or -u."));
	if (o->address_count > 1 || (o->ipv4 && o->ipv6))
		wrong_usage(_("The textbook model serves one address: give one -l, or -4, or -6."));
	o->tcp = !o->udp;
}

static int run(const struct options *o, struct report *r, struct impair *i)
{
	switch (o->model) {
	case MODEL_TEXTBOOK:
		return textbook_run(o, r, i);
	case MODEL_THREADS:
		return threads_run(o, r, i);
	default:
		return events_run(o, r, i);
	}
}

static int start(const struct options *o, struct report *r)
{
	struct impair i;
	int status = EXIT_FAILURE;
	if (news_start() == -1) {
		report_error(r, _("a pipe: %s."), strerror(errno));
		return status;
	}
	if (control_start(r, o) == -1)
		return status;
	source_start(o->udp_rate);
	impair_start(&i, r, o);
	status = run(o, r, &i);
	report_last_words(r);
	impair_end(&i);
	if (o->verbose && status == EXIT_SUCCESS)
		report_counters(r);
	control_stop();
	return status;
}

int main(int argc, char *argv[])
{
	struct options o = {.model = MODEL_EVENTS,
			    .port = SERVER_PORT,
			    .control = -1,
			    .udp_rate = LIMITER_RATE,
			    .workers = 1,
			    .write_timeout = UINT64_C(1000) * WRITE_TIMEOUT,
			    .idle_timeout = UINT64_C(1000) * IDLE_TIMEOUT};
	struct report r;
	int option;

	open_standard_streams();
	privilege_limit();
	o.given = systemd_start();
	signal(SIGPIPE, SIG_IGN);
	setlocale(LC_ALL, "");
	bindtextdomain("uproar", UPROAR_LOCALEDIR);
	textdomain("uproar");
	while ((option = getopt_long(argc, argv, short_options, long_options, NULL)) != -1)
		take_option(&o, option, optarg);
	if (optind < argc)
		wrong_usage(_("\"%s\" is not an option; a port goes with -p, an address with -l."), argv[optind]);
	complete(&o);

	report_start(&r, o.verbose, o.model != MODEL_EVENTS, o.control);
	if (o.workers > 1 && !share_possible()) {
		report_note(&r, _("This system does not share out clients among workers: there is one worker."));
		o.workers = 1;
	}
	int status = start(&o, &r);
	report_end(&r);
	return status;
}
