/* What the system gives the server and takes from it: sockets that are open already, a word when it is ready; root. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "../support/peer.h"
#include "../support/sanitized.h"

enum { RESTARTS = SANITIZED ? 10 : 100 };

enum { FIRST = 3, GIVEN_MAX = 4, CLIENTS = 4, NOBODY = 65534, NFS_PORT = 2049, EXIT_UNSHARED = 77 };

/* --- What a service manager does --- */

struct given {
	int fds[GIVEN_MAX];
	int count;
	unsigned port;      /* of the last one */
	const char *notify; /* or NULL */
};

/* address: IPv4 or IPv6, of which "::" is both. The port of the one before, if there is one. */
static void give(struct given *g, int type, const char *address)
{
	union {
		struct sockaddr any;
		struct sockaddr_in ipv4;
		struct sockaddr_in6 ipv6;
	} a = {0};
	socklen_t size = sizeof a.ipv4;
	if (inet_pton(AF_INET, address, &a.ipv4.sin_addr) == 1) {
		a.ipv4.sin_family = AF_INET;
		a.ipv4.sin_port = htons((uint16_t)g->port);
	} else {
		assert_int_equal(inet_pton(AF_INET6, address, &a.ipv6.sin6_addr), 1);
		a.ipv6.sin6_family = AF_INET6;
		a.ipv6.sin6_port = htons((uint16_t)g->port);
		size = sizeof a.ipv6;
	}
	int fd = socket(a.any.sa_family, type | SOCK_CLOEXEC, 0);
	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, &a.any, size), 0);
	assert_true(type == SOCK_DGRAM || listen(fd, SOMAXCONN) == 0);
	assert_int_equal(getsockname(fd, &a.any, &size), 0);
	g->port = ntohs(a.any.sa_family == AF_INET ? a.ipv4.sin_port : a.ipv6.sin6_port);
	g->fds[g->count++] = fd;
}

static void take_back(struct given *g)
{
	while (g->count > 0)
		close(g->fds[--g->count]);
}

/* In the child. At first out of the way: a descriptor may have the number that another one is to have. */
static void hand_over(void *arg)
{
	const struct given *g = arg;
	char number[16];
	int moved[GIVEN_MAX];
	for (int i = 0; i < g->count; i++)
		moved[i] = fcntl(g->fds[i], F_DUPFD_CLOEXEC, FIRST + GIVEN_MAX);
	for (int i = 0; i < g->count; i++)
		dup2(moved[i], FIRST + i);
	snprintf(number, sizeof number, "%d", (int)getpid());
	setenv("LISTEN_PID", number, 1);
	snprintf(number, sizeof number, "%d", g->count);
	setenv("LISTEN_FDS", number, 1);
	if (g->notify)
		setenv("NOTIFY_SOCKET", g->notify, 1);
}

static struct process *start(struct given *g, const char *option, const char *value)
{
	const char *argv[] = {process_built("uproard"), option, value, NULL};
	return process_start(argv, hand_over, g);
}

static void ends_well(struct process *p)
{
	assert_int_equal(process_stop(p), 0);
	assert_string_equal(process_err(p), "");
	process_end(p);
}

static bool have_ipv6(void)
{
	int fd = peer_udp("::1", 9);
	if (fd != -1)
		close(fd);
	return fd != -1;
}

static void answers(int fd)
{
	assert_int_not_equal(fd, -1);
	assert_true(peer_answers(fd, "stra\303\237e", "STRASSE"));
	close(fd);
}

/* --- Sockets --- */

static void serves_in(const char *model)
{
	struct given g = {0};
	char line[64];
	give(&g, SOCK_STREAM, "127.0.0.1");
	give(&g, SOCK_DGRAM, "127.0.0.1");
	for (int restart = 0; restart < 2; restart++) {
		struct process *p = start(&g, "-m", model);
		snprintf(line, sizeof line, "listening tcp 127.0.0.1:%u\nlistening udp 127.0.0.1:%u\n", g.port, g.port);
		assert_true(process_prints(p, line));
		answers(peer_tcp("127.0.0.1", g.port));
		answers(peer_udp("127.0.0.1", g.port));
		ends_well(p);
	}
	take_back(&g);
}

static void test_fault_20_given_sockets_are_served(void **state)
{
	(void)state;
	serves_in("events");
	serves_in("threads");
}

/* One socket for both families: whoever comes over IPv4 has an IPv4 address here as well. */
static void test_fault_21_mapped_addresses(void **state)
{
	(void)state;
	if (!have_ipv6())
		skip();
	static const char *const models[] = {"events", "threads"};
	char words[64];
	for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
		struct given g = {0};
		give(&g, SOCK_STREAM, "::");
		give(&g, SOCK_DGRAM, "::");
		struct process *p = start(&g, "-m", models[i]);
		answers(peer_tcp("::1", g.port));
		answers(peer_udp("::1", g.port));
		answers(peer_tcp("127.0.0.1", g.port));
		answers(peer_udp("127.0.0.5", g.port)); /* from there the reply has to come */
		int loop = peer_udp_from(peer_own_address(), NFS_PORT, "127.0.0.1", g.port);
		assert_int_not_equal(loop, -1);
		assert_true(peer_send(loop, "loop", 4));
		snprintf(words, sizeof words, "A datagram from %s:", peer_own_address());
		assert_true(process_complains(p, words));
		close(loop);
		assert_int_equal(process_stop(p), 0);
		process_end(p);
		take_back(&g);
	}
}

/* On this machine nobody is limited, and a mapped address is of this machine. */
static void test_fault_21_mapped_loopback_is_not_limited(void **state)
{
	(void)state;
	if (!have_ipv6())
		skip();
	struct given g = {0};
	give(&g, SOCK_DGRAM, "::");
	struct process *p = start(&g, "--udp-rate", "1");
	int fd = peer_udp("127.0.0.1", g.port);
	for (int i = 0; i < 100; i++)
		assert_true(peer_answers(fd, "hello", "HELLO"));
	close(fd);
	ends_well(p);
	take_back(&g);
}

/* As uproard.service has it: in a network where nothing is, but for the sockets that come from outside. */
static void hand_over_alone(void *arg)
{
	if (unshare(CLONE_NEWNET) == -1 && unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1)
		_exit(EXIT_UNSHARED);
	hand_over(arg);
}

static void test_given_sockets_are_all_the_network_it_needs(void **state)
{
	(void)state;
	struct given g = {0};
	give(&g, SOCK_STREAM, "127.0.0.1");
	give(&g, SOCK_DGRAM, "0.0.0.0");
	struct process *p = process_start((const char *[]){process_built("uproard"), NULL}, hand_over_alone, &g);
	if (!process_prints(p, "listening") && process_exit(p) == EXIT_UNSHARED) {
		process_end(p);
		take_back(&g);
		skip();
	}
	answers(peer_tcp("127.0.0.1", g.port));
	answers(peer_udp("127.0.0.5", g.port));
	ends_well(p);
	take_back(&g);
}

static void complains_of(struct given *g, const char *option, const char *value, const char *words, int status)
{
	struct process *p = start(g, option, value);
	assert_true(process_complains(p, words));
	assert_int_equal(process_exit(p), status);
	assert_string_equal(process_out(p), "");
	process_end(p);
}

static void test_given_sockets_are_checked(void **state)
{
	(void)state;
	struct given g = {0};
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	g.fds[g.count++] = ends[0];
	complains_of(&g, NULL, NULL, "Descriptor 3, which is given as a socket to serve: it is no socket of TCP or UDP",
		     1);
	close(ends[1]);
	take_back(&g);

	g = (struct given){0};
	give(&g, SOCK_STREAM, "127.0.0.1");
	g.fds[g.count++] = peer_tcp("127.0.0.1", g.port);
	complains_of(&g, NULL, NULL, "Descriptor 4, which is given as a socket to serve: it is connected", 1);
	close(g.fds[--g.count]);
	g.fds[g.count++] = peer_udp("127.0.0.1", g.port);
	complains_of(&g, NULL, NULL, "Descriptor 4, which is given as a socket to serve: it is connected", 1);
	close(g.fds[--g.count]);
	g.fds[g.count++] = socket(AF_INET, SOCK_STREAM, 0);
	complains_of(&g, NULL, NULL, "Descriptor 4, which is given as a socket to serve: it does not listen", 1);
	close(g.fds[--g.count]);
	g.fds[g.count++] = socket(AF_INET, SOCK_DGRAM, 0);
	complains_of(&g, NULL, NULL, "Descriptor 4, which is given as a socket to serve: it is not bound", 1);

	complains_of(&g, "-m", "textbook", "The textbook model opens its socket itself", 2);
	complains_of(&g, "--workers", "2", "Sockets that are given have one worker", 2);
	complains_of(&g, "-l", "127.0.0.1", "Sockets are given, and all of them are served", 2);
	complains_of(&g, "-u", NULL, "Sockets are given, and all of them are served", 2);
	take_back(&g);
}

static void name_another(void *arg)
{
	hand_over(arg);
	setenv("LISTEN_PID", "1", 1);
}

/* The variables are for another process: whoever started this one has left them in its environment. */
static void test_sockets_given_to_another_process(void **state)
{
	(void)state;
	struct given g = {0};
	unsigned port;
	give(&g, SOCK_STREAM, "127.0.0.1");
	struct process *p = peer_server_with(&port, (const char *[]){"-4", "-t", NULL}, name_another, &g);
	assert_int_not_equal(port, g.port);
	answers(peer_tcp("127.0.0.1", port));
	ends_well(p);
	take_back(&g);
}

/* The lab's rebind would lose what others hold open for the server. */
static void test_given_sockets_are_not_bound_anew(void **state)
{
	(void)state;
	char path[64];
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct given g = {0};
	give(&g, SOCK_STREAM, "127.0.0.1");
	snprintf(path, sizeof path, "/tmp/uproar-system-%d", (int)getpid());
	struct process *p = start(&g, "--control", path);
	assert_true(process_prints(p, "listening"));
	int watcher = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	assert_int_equal(connect(watcher, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(send(watcher, "lab rebind", 10, 0), 10);
	assert_true(process_complains(p, "Sockets that are given cannot be bound anew: for the lab's rebind, start the "
					 "server without activation."));
	answers(peer_tcp("127.0.0.1", g.port));
	close(watcher);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
	take_back(&g);
}

/* --- Restarts under load --- */

static struct load {
	unsigned port;
	atomic_bool over;
	atomic_ulong answered;
	atomic_int failed; /* the errno of a client that failed, or EPROTO for a wrong reply */
} load;

/* As a client that is in no hurry for its next sentence: each has a connection of its own. */
static bool ask(int fd, unsigned number)
{
	char sentence[32], reply[32], came[32];
	int n = snprintf(sentence, sizeof sentence, "sentence %u\n", number);
	snprintf(reply, sizeof reply, "SENTENCE %u\n", number);
	errno = 0;
	bool good = fd != -1 && peer_send(fd, sentence, (size_t)n) && peer_recv(fd, came, (size_t)n) == (size_t)n;
	if (!good || memcmp(came, reply, (size_t)n) != 0)
		load.failed = errno ? errno : EPROTO;
	if (fd != -1)
		close(fd);
	load.answered++;
	return load.failed == 0;
}

static void *ask_over_tcp(void *arg)
{
	(void)arg;
	for (unsigned i = 0; !load.over && ask(peer_tcp("127.0.0.1", load.port), i); i++)
		continue;
	return NULL;
}

static void *ask_over_udp(void *arg)
{
	(void)arg;
	for (unsigned i = 0; !load.over && ask(peer_udp("127.0.0.1", load.port), i); i++)
		continue;
	return NULL;
}

/* So that a server is ended in the midst of its work. */
static void await_answers(void)
{
	unsigned long before = load.answered;
	for (int i = 0; load.answered < before + CLIENTS && load.failed == 0 && i < PEER_PATIENCE * 1000; i++)
		poll(NULL, 0, 1);
	assert_true(load.answered > before);
}

/*
 * What comes while no server runs waits in the sockets, which this process holds. That a connection whose sentence has
 * not come yet waits there, too, is for TCP_DEFER_ACCEPT to see to, as in uproard.socket.
 */
static void restarts(const char *model)
{
	struct given g = {0};
	pthread_t threads[2 * CLIENTS];
	sigset_t all, before;
	give(&g, SOCK_STREAM, "127.0.0.1");
	assert_int_equal(setsockopt(g.fds[0], IPPROTO_TCP, TCP_DEFER_ACCEPT, &(int){PEER_PATIENCE}, sizeof(int)), 0);
	give(&g, SOCK_DGRAM, "127.0.0.1");
	load.port = g.port;
	load.over = false;
	load.failed = 0;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before); /* SIGCHLD would end a call that has a time limit (socket(7)) */
	for (int i = 0; i < 2 * CLIENTS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, i % 2 ? ask_over_udp : ask_over_tcp, NULL), 0);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	for (int i = 0; i < RESTARTS && load.failed == 0; i++) {
		struct process *p = start(&g, "-m", model);
		assert_true(process_prints(p, "listening"));
		await_answers();
		ends_well(p);
	}
	struct process *last = start(&g, "-m", model);
	assert_true(process_prints(last, "listening"));
	load.over = true;
	for (int i = 0; i < 2 * CLIENTS; i++)
		pthread_join(threads[i], NULL);
	ends_well(last);
	take_back(&g);
	assert_int_equal(load.failed, 0);
}

static void test_fault_20_restarts_lose_nothing(void **state)
{
	(void)state;
	restarts("events");
	restarts("threads");
}

/* --- A word to the manager --- */

static void is_told(int manager, const char *words)
{
	char message[64] = "";
	struct pollfd p = {.fd = manager, .events = POLLIN};
	assert_int_equal(poll(&p, 1, PEER_PATIENCE * 1000), 1);
	assert_int_equal(recv(manager, message, sizeof message - 1, 0), strlen(words));
	assert_string_equal(message, words);
}

static void tells(const char *name, const char *model)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t n = strlen(name);
	memcpy(address.sun_path, name, n);
	if (*name == '@')
		address.sun_path[0] = '\0';
	int manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(manager, (struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + (*name != '@'))),
			 0);
	struct given g = {.notify = name};
	give(&g, SOCK_STREAM, "127.0.0.1");
	struct process *p = start(&g, "-m", model);
	is_told(manager, "READY=1");
	answers(peer_tcp("127.0.0.1", g.port));
	kill(process_pid(p), SIGTERM);
	is_told(manager, "STOPPING=1");
	ends_well(p);
	take_back(&g);
	close(manager);
	unlink(name);
}

static void test_manager_is_told(void **state)
{
	(void)state;
	char name[64];
	snprintf(name, sizeof name, "/tmp/uproar-notify-%d", (int)getpid());
	tells(name, "events");
	tells(name, "threads");
	snprintf(name, sizeof name, "@uproar-notify-%d", (int)getpid());
	tells(name, "events");
}

/* That nobody listens there is nothing to a server. */
static void test_manager_that_is_gone(void **state)
{
	(void)state;
	struct given g = {.notify = "/nonexistent/notify"};
	give(&g, SOCK_STREAM, "127.0.0.1");
	struct process *p = start(&g, NULL, NULL);
	answers(peer_tcp("127.0.0.1", g.port));
	ends_well(p);
	take_back(&g);
}

/* --- Counters --- */

static void counts_connections(const char *model)
{
	unsigned port;
	struct process *p = peer_server(&port, (const char *[]){"-4", "-t", "-m", model, NULL});
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "stra\303\237e", "STRASSE"));
	shutdown(fd, SHUT_WR);
	assert_true(peer_ends(fd)); /* so what went before has been counted */
	close(fd);
	kill(process_pid(p), SIGUSR1);
	assert_true(process_complains(p, "uproard: tcp: accepted 1, in 7, out 7, max-clients 0, max-per-address 0, "
					 "idle-timeout 0, write-timeout 0, memory 0, cut-off 0\n"));
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

static void test_connections_are_counted(void **state)
{
	(void)state;
	counts_connections("events");
	counts_connections("threads");
	counts_connections("textbook");
}

static void test_counters_at_the_end(void **state)
{
	(void)state;
	unsigned port;
	struct process *p = peer_server(&port, (const char *[]){"-4", "-u", "-v", NULL});
	answers(peer_udp("127.0.0.1", port));
	assert_int_equal(process_stop(p), 0);
	assert_non_null(strstr(process_err(p), "uproard: udp: datagrams 1, replies 1, in 7, out 7, source 0, "));
	process_end(p);
}

/* --- Privileges --- */

/* Whether the process has this line in its status (proc(5)). */
static bool has_status(pid_t pid, const char *wanted)
{
	char path[64], line[256];
	bool found = false;
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *status = fopen(path, "r");
	assert_non_null(status);
	while (!found && fgets(line, sizeof line, status))
		found = strcmp(line, wanted) == 0;
	fclose(status);
	return found;
}

static void test_no_program_gives_it_privileges(void **state)
{
	(void)state;
	unsigned port;
	struct process *p = peer_server(&port, (const char *[]){"-4", NULL});
	assert_true(has_status(process_pid(p), "NoNewPrivs:\t1\n"));
	ends_well(p);
}

static void becomes(const char *model, const char *option)
{
	unsigned port;
	struct process *p =
		peer_server(&port, (const char *[]){"-4", "-m", model, option, "--user", "nobody:nogroup", NULL});
	pid_t pid = process_pid(p);
	assert_true(has_status(pid, "Uid:\t65534\t65534\t65534\t65534\n"));
	assert_true(has_status(pid, "Gid:\t65534\t65534\t65534\t65534\n"));
	assert_true(has_status(pid, "Groups:\t65534 \n"));
	assert_true(has_status(pid, "CapPrm:\t0000000000000000\n"));
	assert_true(has_status(pid, "CapEff:\t0000000000000000\n"));
	answers(strcmp(option, "-u") == 0 ? peer_udp("127.0.0.1", port) : peer_tcp("127.0.0.1", port));
	ends_well(p);
}

static void test_root_becomes_somebody_else(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	becomes("events", "-t");
	becomes("threads", "-u");
	becomes("textbook", "-t");
	becomes("events", "--workers=3");
}

/* What only root may have: it is had before root is given up. */
static void test_port_of_the_system(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	char words[64];
	struct process *p = process_start((const char *[]){process_built("uproard"), "-4", "-l", peer_own_address(),
							   "-p", "7", "--workers", "2", "--user", "nobody", NULL},
					  NULL, NULL);
	snprintf(words, sizeof words, "listening udp %s:7\n", peer_own_address());
	assert_true(process_prints(p, words));
	answers(peer_tcp(peer_own_address(), 7));
	ends_well(p);
}

static void become_nobody(void *arg)
{
	(void)arg;
	if (geteuid() == 0 && (setgid(NOBODY) == -1 || setuid(NOBODY) == -1))
		abort();
}

static void test_only_root_can_become_somebody_else(void **state)
{
	(void)state;
	struct process *p =
		process_start((const char *[]){process_built("uproard"), "-4", "-p", "0", "--user", "nobody", NULL},
			      become_nobody, NULL);
	int status = process_exit(p);
	if (status == 127) { /* who is not root may not even see it */
		process_end(p);
		skip();
	}
	assert_int_equal(status, 1);
	assert_non_null(strstr(process_err(p), "--user nobody: only root can become somebody else"));
	assert_string_equal(process_out(p), "");
	process_end(p);
}

static void test_wrong_users(void **state)
{
	(void)state;
	static const char *const users[] = {"",        ":",          "root", "no such user", "nobody:no such group",
					    "nobody:", "nobody:root"};
	for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
		struct process *p = process_start(
			(const char *[]){process_built("uproard"), "-p", "0", "--user", users[i], NULL}, NULL, NULL);
		assert_int_equal(process_exit(p), 2);
		assert_non_null(strstr(process_err(p), "is no user to be here"));
		process_end(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault_20_given_sockets_are_served),
		cmocka_unit_test(test_fault_21_mapped_addresses),
		cmocka_unit_test(test_fault_21_mapped_loopback_is_not_limited),
		cmocka_unit_test(test_given_sockets_are_all_the_network_it_needs),
		cmocka_unit_test(test_given_sockets_are_checked),
		cmocka_unit_test(test_sockets_given_to_another_process),
		cmocka_unit_test(test_given_sockets_are_not_bound_anew),
		cmocka_unit_test(test_fault_20_restarts_lose_nothing),
		cmocka_unit_test(test_manager_is_told),
		cmocka_unit_test(test_manager_that_is_gone),
		cmocka_unit_test(test_connections_are_counted),
		cmocka_unit_test(test_counters_at_the_end),
		cmocka_unit_test(test_no_program_gives_it_privileges),
		cmocka_unit_test(test_root_becomes_somebody_else),
		cmocka_unit_test(test_port_of_the_system),
		cmocka_unit_test(test_only_root_can_become_somebody_else),
		cmocka_unit_test(test_wrong_users),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
