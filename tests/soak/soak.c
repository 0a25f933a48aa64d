/*
 * soak - good and bad clients at one uproard, for a while: nothing is lost, and when they have gone, nothing of them is
 * left in it. In rounds, so that what a server gains once can be told from what it gains again and again.
 *
 * UPROAR_SOAK is how many seconds it takes, UPROAR_SEED chooses other clients, UPROAR_SERVER has further options of the
 * server, and UPROAR_LOSS=5 has so many percent of all packets dropped by nft(8), in a network of our own.
 */
#include "soak.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../support/peer.h"
#include "../support/sanitized.h"

enum {
	CLIENTS_MAX = 300,
	SECONDS = 3,
	ROUNDS_MIN = 3,
	ROUNDS_MAX = 20,
	ROUND = 5,         /* seconds of one, if there are many */
	PATIENCE = 60,     /* seconds */
	MARGIN_KIB = 2048, /* that a server may have grown by between its first round and its last */
	OPTIONS_MAX = 12,
};

static struct client clients[CLIENTS_MAX];
static size_t count;

/* --- What clients need --- */

uint64_t soak_throw(struct crowd *c, uint64_t sides)
{
	return sides ? random_at(c->seed, c->thrown++) % sides : 0;
}

void soak_fail(struct crowd *c, const struct client *x, const char *what)
{
	if (!*c->problem)
		snprintf(c->problem, sizeof c->problem, "a client (%s): %s", x->kind->name, what);
}

int soak_socket(struct crowd *c, int type)
{
	struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)c->port)};
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd != -1 && connect(fd, (struct sockaddr *)&server, sizeof server) == -1 && errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	return fd;
}

void soak_leave(struct client *x)
{
	close(x->fd);
	x->fd = -1;
	buf_free(&x->out);
	buf_free(&x->expected);
}

void soak_reset(struct client *x)
{
	const struct linger abort = {.l_onoff = 1};
	setsockopt(x->fd, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
	soak_leave(x);
}

/* --- The server --- */

static long kib_of(pid_t pid)
{
	char path[64], line[256];
	long kib = -1;
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *f = fopen(path, "re");
	while (f && kib == -1 && fgets(line, sizeof line, f))
		if (sscanf(line, "VmRSS: %ld", &kib) != 1)
			kib = -1;
	if (f)
		fclose(f);
	return kib;
}

/* --- A round --- */

static void invite(const struct kind *kinds)
{
	for (; kinds->name; kinds++)
		for (unsigned i = 0; i < kinds->count && count < CLIENTS_MAX; i++)
			clients[count++] = (struct client){.kind = kinds, .fd = -1};
}

/* Returns when the next one acts; CLOCK_NEVER: all have left. */
static uint64_t attend(struct crowd *c)
{
	uint64_t next = CLOCK_NEVER;
	for (size_t i = 0; i < count && !*c->problem; i++) {
		struct client *x = &clients[i];
		c->now = clock_now();
		if (x->fd == -1 && !c->leaving && x->next <= c->now) {
			x->next = x->heard = c->now;
			if (!x->kind->begin(c, x))
				soak_fail(c, x, strerror(errno));
		} else if (x->fd != -1 && x->next <= c->now) {
			x->kind->act(c, x);
			if (x->fd == -1)
				x->next = c->now + soak_throw(c, 10 * CLOCK_MS);
		}
		if ((x->fd != -1 || !c->leaving) && x->next < next)
			next = x->next;
	}
	return next;
}

/* Until then they come and go; after that they only go. */
static void run_round(struct crowd *c, uint64_t until)
{
	uint64_t next = 0;
	while (next != CLOCK_NEVER && !*c->problem) {
		c->leaving = clock_now() >= until;
		next = attend(c);
		if (next != CLOCK_NEVER && next > clock_now())
			poll(NULL, 0, 1);
	}
}

static void show(const struct crowd *c, unsigned round, uint64_t began, long kib, int descriptors)
{
	const struct figures *f = &c->figures;
	print_message("round %u, %.0f s: %" PRIu64 " connections, %" PRIu64 " datagrams (%" PRIu64
		      " sent again), %.1f MB checked; server: %ld KiB, %d descriptors\n",
		      round, (double)(clock_now() - began) / (double)CLOCK_SECOND, f->connections, f->datagrams,
		      f->again, (double)f->bytes / 1e6, kib, descriptors);
}

/* --- A network that loses packets --- */

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		perror(path);
	if (fd != -1)
		close(fd);
}

static bool own_network(void)
{
	char users[64], groups[64];
	snprintf(users, sizeof users, "0 %u 1", (unsigned)getuid());
	snprintf(groups, sizeof groups, "0 %u 1", (unsigned)getgid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1)
		return false;
	put("/proc/self/uid_map", users);
	put("/proc/self/setgroups", "deny");
	put("/proc/self/gid_map", groups);
	struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool good = fd != -1 && ioctl(fd, SIOCSIFFLAGS, &up) == 0;
	if (fd != -1)
		close(fd);
	return good;
}

static bool lose(const char *percent)
{
	char rules[256];
	snprintf(rules, sizeof rules,
		 "nft 'add table inet soak; add chain inet soak in { type filter hook input priority 0; }; "
		 "add rule inet soak in numgen random mod 100 < %u drop'",
		 (unsigned)atoi(percent));
	return own_network() && system(rules) == 0;
}

/* --- All of it --- */

static unsigned long setting(const char *name, unsigned long usual)
{
	const char *text = getenv(name);
	return text && *text ? strtoul(text, NULL, 10) : usual;
}

static const char *const *options(void)
{
	static const char *words[OPTIONS_MAX] = {"-4"};
	static char text[256];
	const char *given = getenv("UPROAR_SERVER");
	snprintf(text, sizeof text, "%s", given ? given : "");
	char *rest = text;
	for (size_t n = 1; n + 1 < COUNT(words) && (words[n] = strsep(&rest, " "));)
		n += *words[n] != '\0';
	return words;
}

static void test_soak(void **state)
{
	(void)state;
	const char *loss = getenv("UPROAR_LOSS");
	unsigned long seconds = setting("UPROAR_SOAK", SECONDS), rounds = seconds / ROUND;
	struct crowd c = {.seed = setting("UPROAR_SEED", 1), .patience = PATIENCE * CLOCK_SECOND};
	rounds = rounds < ROUNDS_MIN ? ROUNDS_MIN : rounds > ROUNDS_MAX ? ROUNDS_MAX : rounds;
	if (loss && !lose(loss)) {
		print_message("No packets can be lost here: that needs nft(8), and namespaces of one's own.\n");
		skip();
	}
	struct process *server = peer_server(&c.port, options());
	pid_t pid = process_pid(server);
	int before = process_descriptors(server);
	long first = 0, last = kib_of(pid);
	uint64_t began = clock_now();
	invite(talkers);
	invite(vandals);
	print_message("%zu clients at once, seed %" PRIu64 "; server: %ld KiB, %d descriptors\n", count, c.seed, last,
		      before);
	for (unsigned i = 1; i <= rounds && !*c.problem; i++) {
		run_round(&c, began + seconds * CLOCK_SECOND * i / rounds);
		bool closed = *c.problem || process_closes(server, before, PATIENCE);
		last = kib_of(pid);
		first = i == 1 ? last : first;
		show(&c, i, began, last, process_descriptors(server));
		assert_true(closed);
	}
	assert_string_equal(c.problem, "");
	if (!SANITIZED) /* which keeps memory that was given back, to watch it */
		assert_in_range(last, 0, first + MARGIN_KIB);
	assert_int_equal(process_stop(server), 0);
	process_end(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_soak),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
