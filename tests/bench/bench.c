/*
 * bench [OPTION]... BUILD - measures the programs in BUILD. See bench.h.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report.h"
#include "system.h"

enum {
	TIME = 60,      /* seconds of load in a run */
	TIME_FULL = 20, /* with less everything is made smaller, and only shows that it works */
	SLICE_MS = 100,
	ROUNDS_MIN = 5,
	PATH_ROOM = 512,
	USAGE = 2,
};

struct options {
	unsigned time, runs;
	bool peers;
	const char *json, *only, *build;
};

static struct {
	struct options options;
	char uproard[PATH_ROOM], uproar[PATH_ROOM], control[PATH_ROOM];
	struct contestant contestants[CONTESTANTS_MAX];
	size_t count;
	pid_t watcher;
} bench;

/* --- Contestants --- */

#define IN(group) (1U << (group))

static struct contestant *enter(const char *name, enum speech speech, unsigned groups)
{
	struct contestant *c = &bench.contestants[bench.count++];
	c->name = name;
	c->speech = speech;
	c->groups = groups;
	return c;
}

static void start_all(void)
{
	const char *const verbose[] = {"-v", NULL};
	const char *const watched[] = {"--control", bench.control, NULL};
	const char *const threads[] = {"-m", "threads", NULL};
	const char *const workers[] = {"--workers", "2", NULL};
	const unsigned all = IN(GROUP_STREAM) | IN(GROUP_CHURN) | IN(GROUP_DATAGRAM);
	const unsigned shared = sysconf(_SC_NPROCESSORS_ONLN) > 1 ? IN(GROUP_WORKERS) | IN(GROUP_WORKERS_CHURN) : 0;
	bench.count = 0;
	bare_start(enter("bare echo", SPEECH_ECHO, all));
	bare_many_start(enter("bare, 32 a call", SPEECH_ECHO, IN(GROUP_DATAGRAM)));
	uproard_start(enter("uproard", SPEECH_UPPER, all | IN(GROUP_TRACED) | shared), bench.uproard, NULL);
	if (shared)
		uproard_start(enter("uproard, 2 workers", SPEECH_UPPER, shared), bench.uproard, workers);
	uproard_start(enter("uproard -v", SPEECH_UPPER, IN(GROUP_TRACED)), bench.uproard, verbose);
	uproard_start(enter("uproard, watched", SPEECH_UPPER, IN(GROUP_TRACED)), bench.uproard, watched);
	bench.watcher = watcher_start(bench.control);
	if (!bench.options.peers)
		return;
	uproard_start(enter("uproard -m threads", SPEECH_UPPER, all), bench.uproard, threads);
	bench.count += peers_start(&bench.contestants[bench.count], CONTESTANTS_MAX - bench.count);
}

static void stop_all(void)
{
	process_end(bench.watcher);
	for (size_t i = 0; i < bench.count; i++)
		server_stop(&bench.contestants[i]);
	unlink(bench.control);
}

/* --- Shapes --- */

/* The shape of just that name, or all that have it in theirs. */
static bool wanted(const char *name)
{
	const char *only = bench.options.only;
	for (size_t i = 0; only && i < shape_count; i++) {
		if (strcmp(shapes[i].name, only) == 0)
			return strcmp(name, only) == 0;
	}
	return !only || strstr(name, only);
}

static bool wanted_part(const char *name)
{
	return !bench.options.only || strcmp(name, bench.options.only) == 0;
}

static bool wanted_servers(void)
{
	bool any = wanted_part("loss");
	for (size_t i = 0; i < shape_count; i++)
		any |= wanted(shapes[i].name);
	return any;
}

unsigned scaled(unsigned whole)
{
	unsigned time = bench.options.time < TIME_FULL ? bench.options.time : TIME_FULL;
	return whole * time > TIME_FULL ? whole * time / TIME_FULL : 1;
}

static void progress(unsigned run, const char *what)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[Krun %u of %u: %s ", run + 1, bench.options.runs, what);
}

static void progress_end(void)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
}

/* One who does not answer is out of the rest. The first turn is another's each time. */
static void play_round(size_t shape, struct load *loads[], unsigned round)
{
	struct sample samples[CONTESTANTS_MAX] = {0};
	size_t first = bench.count;
	for (size_t i = 0; i < bench.count; i++) {
		size_t who = (i + round) % bench.count;
		if (loads[who] && !load_slice(loads[who], scaled(SLICE_MS) * CLOCK_MS, false, &samples[who])) {
			load_close(loads[who]);
			loads[who] = NULL;
		}
	}
	for (size_t i = 0; i < bench.count; i++) {
		first = loads[i] && first == bench.count ? i : first;
		if (loads[i])
			report_sample(shape, i, &samples[i], &samples[first]);
	}
}

/* A first slice that does not count, in which each byte is looked at. Returns how many take part. */
static unsigned open_loads(const struct shape *s, struct load *loads[])
{
	struct sample sample;
	unsigned n = 0;
	for (size_t i = 0; i < bench.count; i++) {
		struct contestant *c = &bench.contestants[i];
		loads[i] = load_open(s, c);
		if (loads[i] && !load_slice(loads[i], scaled(SLICE_MS) * CLOCK_MS, true, &sample)) {
			load_close(loads[i]);
			loads[i] = NULL;
		}
		if (!loads[i])
			continue;
		c->wrong[s - shapes] |= load_wrong(loads[i]);
		n++;
	}
	return n;
}

static void measure_shape(size_t shape, unsigned run)
{
	const struct shape *s = &shapes[shape];
	struct load *loads[CONTESTANTS_MAX] = {0};
	progress(run, s->name);
	system_place(bench.contestants, bench.count, s->place);
	unsigned n = open_loads(s, loads);
	uint64_t time = bench.options.time * CLOCK_SECOND / shape_count;
	unsigned rounds = n ? (unsigned)(time / (n * scaled(SLICE_MS) * CLOCK_MS)) : 0;
	for (unsigned i = 0; i < (rounds > ROUNDS_MIN ? rounds : ROUNDS_MIN); i++)
		play_round(shape, loads, i);
	for (size_t i = 0; i < bench.count; i++) {
		if (loads[i])
			load_close(loads[i]);
	}
	system_place(bench.contestants, bench.count, ANYWHERE);
	progress_end();
}

/* --- A run --- */

static void measure_servers(unsigned run)
{
	bool last = run + 1 == bench.options.runs;
	start_all();
	for (size_t i = 0; i < shape_count; i++) {
		if (!wanted(shapes[i].name))
			continue;
		measure_shape(i, run);
		if (last)
			report_shape(i, bench.contestants, bench.count);
	}
	progress(run, "loss");
	if (wanted_part("loss"))
		loss_measure(bench.contestants, bench.count);
	stop_all();
}

static void measure(unsigned run)
{
	if (wanted_servers())
		measure_servers(run);
	progress(run, "uppercase");
	if (wanted_part("uppercase"))
		uppercase_measure();
	progress(run, "memory");
	if (wanted_part("memory"))
		memory_measure(bench.uproard);
	progress(run, "the client");
	if (wanted_part("client"))
		client_measure(bench.uproar);
	if (wanted_part("client") && bench.options.peers)
		irc_measure();
	progress_end();
}

/* --- The command line --- */

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: bench [--time SECONDS] [--runs N] [--peers] [--json FILE] [--only WORDS] BUILD\n"
			"WORDS: in the name of a shape; or uppercase, loss, memory, client\n");
	exit(USAGE);
}

static unsigned number(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);
	if (*end || n < 1 || n > 100000)
		usage();
	return (unsigned)n;
}

static struct options parse(int argc, char *argv[])
{
	static const struct option names[] = {
		{"time", required_argument, NULL, 't'}, {"runs", required_argument, NULL, 'r'},
		{"peers", no_argument, NULL, 'p'},      {"json", required_argument, NULL, 'j'},
		{"only", required_argument, NULL, 'o'}, {0}};
	struct options o = {.time = TIME, .runs = 1};
	int option;
	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == 't')
			o.time = number(optarg);
		else if (option == 'r')
			o.runs = number(optarg);
		else if (option == 'p')
			o.peers = true;
		else if (option == 'j')
			o.json = optarg;
		else if (option == 'o')
			o.only = optarg;
		else
			usage();
	}
	if (optind + 1 != argc)
		usage();
	o.build = argv[optind];
	return o;
}

int main(int argc, char *argv[])
{
	bench.options = parse(argc, argv);
	snprintf(bench.uproard, sizeof bench.uproard, "%s/uproard", bench.options.build);
	snprintf(bench.uproar, sizeof bench.uproar, "%s/uproar", bench.options.build);
	snprintf(bench.control, sizeof bench.control, "%s/bench.control", bench.options.build);
	signal(SIGPIPE, SIG_IGN);
	system_descriptors();
	report_begin(system_network());
	for (unsigned run = 0; run < bench.options.runs; run++)
		measure(run);
	report_figures();
	if (bench.options.json && report_json(bench.options.json, bench.contestants, bench.count) == -1)
		err(1, "%s", bench.options.json);
	return 0;
}
