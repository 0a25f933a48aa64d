/*
 * Each call of a program fails once, in turn: a library that is preloaded makes the first malloc() fail, in the next
 * run the second, and so on until nothing is left that could; the same with every other call, and with each errno that
 * it may well have. Whatever fails: no program crashes, hangs or leaks descriptors, it tells of what it could not do,
 * and a server loses one client at most.
 *
 * In `make check` some of these runs are made; all with UPROAR_TORTURE=all, as `make torture` sets it.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <uproar/base.h>

#include "../support/peer.h"

enum {
	PIECE = 64 << 10,
	MUCH = 16 * PIECE, /* bytes of a long conversation */
	AGAIN_MS = 200,    /* a datagram is sent anew */
	CLIENTS = 3,       /* of a conversation */
	SANITIZER = 99,    /* the exit status of a program in which a sanitizer found something */
	ABORTED = 128 + SIGABRT,
	ERRORS_MAX = 8,
	OPTIONS_MAX = 8,
};

#define LIBRARY "tests/preload/torture.so"
#define ADDRESS "127.0.0.1:"

enum what { SERVER, CLIENT };

/* What is done again and again. */
struct scenario {
	const char *program; /* whose calls fail */
	enum what what;
	const char *options[OPTIONS_MAX];
	bool udp;
	bool blocks;     /* its calls block, and none says EAGAIN */
	bool one_by_one; /* the server serves one client, and closes after its reply */
	bool fragile;    /* it may give up when a call fails, as the book's does, and say so */
};

/* A call, and the ways in which it is made to fail. */
struct call {
	const char *name;
	int errors[ERRORS_MAX];
};

static const struct call calls[] = {
	{"malloc", {ENOMEM}},
	{"calloc", {ENOMEM}},
	{"realloc", {ENOMEM}},
	{"socket", {EMFILE, ENFILE, ENOBUFS, EAFNOSUPPORT}},
	{"socketpair", {EMFILE}},
	{"bind", {EADDRINUSE, EACCES}},
	{"listen", {EADDRINUSE}},
	{"accept4", {EINTR, ECONNABORTED, EMFILE, ENFILE, ENOBUFS, ENOMEM, EPROTO, EAGAIN}},
	{"connect", {ECONNREFUSED, EINTR, ETIMEDOUT, EADDRNOTAVAIL, ENETUNREACH}},
	{"recv", {EINTR, ECONNRESET, ENOMEM, ETIMEDOUT, EAGAIN}},
	{"send", {EINTR, EPIPE, ECONNRESET, ENOBUFS, -1, EAGAIN}},
	{"recvfrom", {EINTR, ECONNREFUSED, ENOMEM, EHOSTUNREACH, EAGAIN}},
	{"sendto", {EINTR, ENOBUFS, EPERM, ECONNREFUSED, EHOSTUNREACH, EMSGSIZE, EAGAIN}},
	{"recvmsg", {EINTR, ECONNREFUSED, ENOMEM, EHOSTUNREACH, EAGAIN}},
	{"sendmsg", {EINTR, ENOBUFS, EPERM, ECONNREFUSED, EHOSTUNREACH, EMSGSIZE, EAGAIN}},
	{"recvmmsg", {EINTR, ECONNREFUSED, ENOMEM, EHOSTUNREACH, EAGAIN}},
	{"sendmmsg", {EINTR, ENOBUFS, EPERM, ECONNREFUSED, EHOSTUNREACH, EMSGSIZE, -1, EAGAIN}},
	{"shutdown", {ENOTCONN}},
	{"setsockopt", {ENOPROTOOPT, ENOMEM}},
	{"getsockopt", {ENOBUFS}},
	{"getsockname", {ENOBUFS}},
	{"getpeername", {ENOTCONN}},
	{"getaddrinfo", {EAI_MEMORY, EAI_AGAIN, EAI_NONAME}},
	{"pipe2", {EMFILE}},
	{"pipe", {EMFILE}},
	{"eventfd", {EMFILE}},
	{"dup2", {EMFILE}},
	{"fcntl", {EMFILE}},
	{"ioctl", {ENOTTY}},
	{"poll", {EINTR, ENOMEM}},
	{"epoll_create1", {EMFILE}},
	{"epoll_wait", {EINTR}},
	{"pthread_create", {EAGAIN}},
	{"fork", {EAGAIN}},
	{"read", {EINTR}},
	{"write", {EINTR}},
};

static char fired[] = "/tmp/uproar-torture-XXXXXX";
static unsigned runs, failures;

/* --- One run --- */

struct run {
	const struct scenario *scenario;
	const struct call *call;
	unsigned nth;
	int error;
	struct process *process;
	unsigned port; /* of the server that is talked with */
};

static void complain(const struct run *r, const char *what)
{
	failures++;
	fprintf(stderr, "--- %s %s %s: %s, the %uth time, with %s: %s\n", r->scenario->program, r->scenario->options[0],
		r->scenario->options[1] ? r->scenario->options[1] : "", r->call->name, r->nth,
		r->error == -1 ? "one byte" : strerror(r->error), what);
	if (r->process)
		fprintf(stderr, "%s%s\n", process_out(r->process), process_err(r->process));
}

static void prepare(void *arg)
{
	const struct run *r = arg;
	char plan[400], asan[200];
	snprintf(plan, sizeof plan, "%s %s %u %d %s", r->scenario->program, r->call->name, r->nth,
		 r->error == -1 ? 0 : r->error, fired);
	setenv("TORTURE", plan, 1);
	setenv("LD_PRELOAD", process_built(LIBRARY), 1);
	/* A client that cannot begin just ends, and gives nothing back. */
	snprintf(asan, sizeof asan,
		 "verify_asan_link_order=0:allocator_may_return_null=1:fast_unwind_on_malloc=0:exitcode=%d:"
		 "detect_leaks=%d",
		 SANITIZER, r->scenario->what == SERVER);
	setenv("ASAN_OPTIONS", asan, 1);
	setenv("UBSAN_OPTIONS", "print_stacktrace=1:exitcode=99", 1);
	setenv("TSAN_OPTIONS", "allocator_may_return_null=1:exitcode=99", 1);
	if (r->scenario->what == SERVER) /* what cannot be written here is told there */
		dup2(STDERR_FILENO, STDOUT_FILENO);
}

static bool has_fired(void)
{
	char byte;
	int fd = open(fired, O_RDWR | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	bool yes = read(fd, &byte, 1) == 1;
	assert_int_equal(ftruncate(fd, 0), 0);
	close(fd);
	return yes;
}

/* Where libuv cannot begin for want of these, it leaves its program no choice. */
static bool libuv_aborts(const char *call)
{
	return strcmp(call, "realloc") == 0 || strcmp(call, "pipe2") == 0;
}

/* The exit status of a program that was told to end, or has come to its end. */
static void check_status(const struct run *r, int status, bool must_succeed)
{
	bool good = status == EXIT_SUCCESS || (!must_succeed && status == EXIT_FAILURE);
	if (status == -1)
		complain(r, "it hangs");
	else if (!good)
		complain(r, status >= 128         ? "it crashed"
			    : status == SANITIZER ? "a sanitizer found something"
						  : "its exit status");
	else if (status == EXIT_FAILURE && !*process_err(r->process))
		complain(r, "it failed without a word");
}

/* --- Conversations with a server --- */

/* False: the connection was lost. One that is neither answered nor lost would be a hang. */
static bool answers(struct run *r, int fd, const char *sentence, const char *reply)
{
	if (peer_answers(fd, sentence, reply))
		return true;
	if (errno == EAGAIN)
		complain(r, "a client waits in vain");
	return false;
}

/* Receives what is there. False: the end, or something else than was to come. */
static bool receive_letters(struct run *r, int fd, size_t *received)
{
	char reply[PIECE];
	ssize_t n = recv(fd, reply, sizeof reply, 0);
	for (ssize_t i = 0; i < n; i++)
		if (reply[i] != 'A') {
			complain(r, "a reply is wrong");
			return false;
		}
	*received += n > 0 ? (size_t)n : 0;
	return n > 0;
}

/*
 * More than the sockets hold, and nothing is received as long as there is room to send: so the server has to keep some
 * of the reply, and to wait.
 */
static bool answers_much(struct run *r, int fd)
{
	char text[PIECE];
	size_t sent = 0, received = 0;
	memset(text, 'a', sizeof text);
	while (received < MUCH) {
		struct pollfd p = {.fd = fd, .events = (short)(sent < MUCH ? POLLIN | POLLOUT : POLLIN)};
		if (poll(&p, 1, PEER_PATIENCE * 1000) != 1) {
			complain(r, "a client waits in vain");
			return false;
		}
		if (!(p.revents & POLLOUT)) {
			if (!receive_letters(r, fd, &received))
				return false;
			continue;
		}
		size_t rest = MUCH - sent;
		ssize_t n = send(fd, text, rest < PIECE ? rest : PIECE, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n == -1)
			return false;
		sent += (size_t)n;
	}
	return true;
}

/* Three clients at once, whose turns come one after the other. Returns how many were lost. */
static int talk_at_once(struct run *r)
{
	int fds[CLIENTS] = {peer_tcp("127.0.0.1", r->port), peer_tcp("127.0.0.1", r->port), -1}, lost = 0;
	bool alive[CLIENTS];
	alive[0] = fds[0] != -1 && answers(r, fds[0], "first\n", "FIRST\n");
	alive[1] = fds[1] != -1 && answers(r, fds[1], "stra\303\237e\n", "STRASSE\n") && answers_much(r, fds[1]);
	fds[2] = peer_tcp("127.0.0.1", r->port);
	alive[2] = fds[2] != -1 && answers(r, fds[2], "third\n", "THIRD\n");
	alive[0] = alive[0] && answers(r, fds[0], "again\303", "AGAIN");
	for (int i = 0; i < CLIENTS; i++) {
		char rest;
		if (alive[i] && shutdown(fds[i], SHUT_WR) == 0 && i == 0)
			alive[i] = peer_recv(fds[i], &rest, 1) == 1 && rest == '\303';
		alive[i] = alive[i] && peer_ends(fds[i]);
		lost += !alive[i];
		if (fds[i] != -1)
			close(fds[i]);
	}
	return lost;
}

static int talk_one_by_one(struct run *r)
{
	int lost = 0;
	for (int i = 0; i < CLIENTS; i++) {
		int fd = peer_tcp("127.0.0.1", r->port);
		lost += fd == -1 || !answers(r, fd, "hello\n", "HELLO\n") || !peer_ends(fd);
		if (fd != -1)
			close(fd);
	}
	return lost;
}

enum answer { ANSWERED, SILENCE, GONE };

/* Until the reply to this datagram comes; replies to the ones before may be doubled. GONE: nobody listens any more. */
static enum answer await_datagram(int fd, char letter)
{
	char reply[PIECE];
	struct pollfd p = {.fd = fd, .events = POLLIN};
	while (poll(&p, 1, AGAIN_MS) == 1) {
		ssize_t n = recv(fd, reply, sizeof reply, MSG_DONTWAIT);
		if (n == -1 && errno == ECONNREFUSED)
			return GONE;
		if (n == 2 && reply[0] == letter)
			return ANSWERED;
	}
	return SILENCE;
}

static bool datagram_answered(const struct run *r, int fd, char letter)
{
	uint64_t until = clock_now() + PEER_PATIENCE * CLOCK_SECOND;
	enum answer answer;
	do {
		send(fd, (char[]){letter, 'x'}, 2, 0);
		answer = await_datagram(fd, (char)(letter - 'a' + 'A'));
	} while (answer != ANSWERED && (answer != GONE || !r->scenario->fragile) && clock_now() < until);
	return answer == ANSWERED || (answer == GONE && r->scenario->fragile);
}

static void talk_in_datagrams(struct run *r)
{
	int fds[2] = {peer_udp("127.0.0.1", r->port), peer_udp("127.0.0.1", r->port)};
	for (char letter = 'a'; letter < 'g'; letter++)
		if (!datagram_answered(r, fds[letter % 2], letter)) {
			complain(r, "a datagram is never answered");
			break;
		}
	close(fds[0]);
	close(fds[1]);
}

static void talk(struct run *r)
{
	int before = process_descriptors(r->process), lost = 0;
	if (r->scenario->udp)
		talk_in_datagrams(r);
	else
		lost = (r->scenario->one_by_one ? talk_one_by_one : talk_at_once)(r);
	if (lost > 1 && !r->scenario->fragile)
		complain(r, "more than one client was lost");
	if (!process_closes(r->process, before, PEER_PATIENCE))
		complain(r, "it keeps descriptors");
}

static void run_server(struct run *r)
{
	const char *argv[OPTIONS_MAX + 4] = {process_built("uproard"), "-4", "-p", "0"};
	memcpy(argv + 4, r->scenario->options, sizeof r->scenario->options - sizeof *argv);
	r->process = process_start(argv, prepare, r);
	bool ready = process_may_complain(r->process, "listening") && process_may_complain(r->process, "\n");
	if (ready) {
		r->port = (unsigned)strtoul(strstr(process_err(r->process), ADDRESS) + strlen(ADDRESS), NULL, 10);
		talk(r);
	}
	int status = ready ? process_stop(r->process) : process_exit(r->process);
	if (ready || status != ABORTED || !libuv_aborts(r->call->name))
		check_status(r, status, ready && !r->scenario->fragile);
}

/* --- A client --- */

static const char sentences[] = "one\nstra\303\237e\nthree\n";
static const char *const replies[] = {"ONE\n", "STRASSE\n", "THREE\n"};

/* Replies may be missing, but what is there is in order. Returns whether all are. */
static bool check_replies(const struct run *r)
{
	const char *out = process_out(r->process);
	size_t there = 0;
	for (size_t i = 0; i < COUNT(replies); i++) {
		size_t n = strlen(replies[i]);
		if (strncmp(out, replies[i], n) == 0) {
			out += n;
			there++;
		}
	}
	if (*out)
		complain(r, "it printed something else");
	return there == COUNT(replies);
}

/* What the client started has ended with it, or is about to. */
static bool no_child_is_left(void)
{
	uint64_t until = clock_now() + PEER_PATIENCE * CLOCK_SECOND;
	for (;;) {
		siginfo_t info = {0};
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == -1)
			return errno == ECHILD;
		if (info.si_pid == 0 && (clock_now() > until || poll(NULL, 0, 1) == -1))
			return false;
	}
}

static void run_client(struct run *r)
{
	char port[16];
	const char *argv[OPTIONS_MAX + 4] = {process_built("uproar"), "--plain"};
	size_t n = 2;
	for (size_t i = 0; r->scenario->options[i]; i++)
		argv[n++] = r->scenario->options[i];
	snprintf(port, sizeof port, "%u", r->port);
	if (r->port) {
		argv[n++] = "127.0.0.1";
		argv[n++] = port;
	}
	r->process = process_start(argv, prepare, r);
	process_write(r->process, sentences, strlen(sentences));
	process_close_in(r->process);
	int status = process_exit(r->process);
	if (status != ABORTED || !libuv_aborts(r->call->name))
		check_status(r, status, false);
	if (!check_replies(r) && status == EXIT_SUCCESS)
		complain(r, "replies are missing, and it says that all is well");
	if (!r->port && !no_child_is_left())
		complain(r, "its server goes on");
}

/* --- All runs of a scenario --- */

/* Whether the call failed: else there are not so many. */
static bool run(const struct scenario *s, const struct call *c, int error, unsigned nth, unsigned port)
{
	struct run r = {.scenario = s, .call = c, .nth = nth, .error = error, .port = port};
	(s->what == SERVER ? run_server : run_client)(&r);
	process_end(r.process);
	runs++;
	return has_fired();
}

static unsigned after(unsigned nth, bool all)
{
	return all ? nth + 1 : nth * 4;
}

static unsigned failures_of(const struct scenario *s, unsigned port)
{
	const char *how = getenv("UPROAR_TORTURE");
	bool all = how && strcmp(how, "all") == 0;
	runs = failures = 0;
	for (size_t c = 0; c < COUNT(calls); c++)
		for (size_t e = 0; e < (all ? ERRORS_MAX : 1) && calls[c].errors[e]; e++) {
			int error = calls[c].errors[e];
			if (s->blocks && error == EAGAIN)
				continue;
			for (unsigned nth = 1; run(s, &calls[c], error, nth, port); nth = after(nth, all))
				continue;
		}
	print_message("%s %s %s: %u runs\n", s->program, s->options[0], s->options[1] ? s->options[1] : "", runs);
	return failures;
}

static void torture(const struct scenario *s)
{
	assert_int_equal(failures_of(s, 0), 0);
}

/* --- Tests --- */

static void test_fault_18_events_tcp(void **state)
{
	(void)state;
	torture(&(struct scenario){.program = "uproard", .what = SERVER, .options = {"-t"}});
}

static void test_fault_18_events_udp(void **state)
{
	(void)state;
	torture(&(struct scenario){.program = "uproard", .what = SERVER, .options = {"-u"}, .udp = true});
}

static void test_fault_18_workers(void **state)
{
	(void)state;
	torture(&(struct scenario){.program = "uproard", .what = SERVER, .options = {"-t", "--workers=2"}});
}

static void test_fault_18_threads_tcp(void **state)
{
	(void)state;
	torture(&(struct scenario){
		.program = "uproard", .what = SERVER, .options = {"-t", "-mthreads"}, .blocks = true});
}

static void test_fault_18_threads_udp(void **state)
{
	(void)state;
	torture(&(struct scenario){
		.program = "uproard", .what = SERVER, .options = {"-u", "-mthreads"}, .udp = true, .blocks = true});
}

static void test_textbook_tcp(void **state)
{
	(void)state;
	torture(&(struct scenario){.program = "uproard",
				   .what = SERVER,
				   .options = {"-t", "-mtextbook"},
				   .blocks = true,
				   .one_by_one = true,
				   .fragile = true});
}

static void test_textbook_udp(void **state)
{
	(void)state;
	torture(&(struct scenario){.program = "uproard",
				   .what = SERVER,
				   .options = {"-u", "-mtextbook"},
				   .udp = true,
				   .blocks = true,
				   .fragile = true});
}

static void torture_client(const struct scenario *s)
{
	unsigned port;
	struct process *server = peer_server(&port, (const char *[]){"-4", NULL});
	unsigned n = failures_of(s, port);
	assert_int_equal(process_stop(server), 0);
	process_end(server);
	assert_int_equal(n, 0);
}

static void test_client_tcp(void **state)
{
	(void)state;
	torture_client(&(struct scenario){.program = "uproar", .what = CLIENT, .options = {"-t", "-w3"}});
}

static void test_client_udp(void **state)
{
	(void)state;
	torture_client(&(struct scenario){.program = "uproar", .what = CLIENT, .options = {"-u", "-w0.3"}});
}

static void test_client_with_its_server(void **state)
{
	(void)state;
	torture(&(struct scenario){.program = "uproar", .what = CLIENT, .options = {"-t", "-w3"}});
}

static void test_server_of_a_client(void **state)
{
	(void)state;
	torture(&(struct scenario){.program = "uproard", .what = CLIENT, .options = {"-t", "-w3"}});
}

static int begin(void **state)
{
	(void)state;
	int fd = mkostemp(fired, O_CLOEXEC);
	prctl(PR_SET_CHILD_SUBREAPER, 1); /* who loses its parent becomes ours, and is noticed */
	return fd == -1 ? -1 : close(fd);
}

static int end(void **state)
{
	(void)state;
	return unlink(fired);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault_18_events_tcp),  cmocka_unit_test(test_fault_18_events_udp),
		cmocka_unit_test(test_fault_18_workers),     cmocka_unit_test(test_fault_18_threads_tcp),
		cmocka_unit_test(test_fault_18_threads_udp), cmocka_unit_test(test_textbook_tcp),
		cmocka_unit_test(test_textbook_udp),         cmocka_unit_test(test_client_tcp),
		cmocka_unit_test(test_client_udp),           cmocka_unit_test(test_client_with_its_server),
		cmocka_unit_test(test_server_of_a_client),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
