/*
 * What connections cost that do nothing, and those whose client does not read.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "report.h"
#include "system.h"

enum {
	IDLE = 10000,
	IDLE_FIRST = 200, /* connections before that: what they make the server allocate once does not count */
	SPARE = 100,      /* descriptors that we need besides */
	STUCK = 50,
	QUIET_MS = 300, /* after which a socket without room stays without */
	WATCH_MS = 2000,
	PATIENCE = 20, /* seconds */
	ANSWER = 64 << 10,
};

static const char idle_topic[] = "uproard with idle connections";
static const char stuck_topic[] = "uproard with clients that send and never read, a connection";

/* --- Idle --- */

static void open_connections(int *fds, size_t n, const struct contestant *c)
{
	size_t before = process_descriptors(c->pid);
	for (size_t i = 0; i < n; i++) {
		fds[i] = connect_to(SOCK_STREAM, c->port);
		if (fds[i] == -1)
			err(1, "bench: connection %zu", i);
	}
	uint64_t until = clock_now() + PATIENCE * CLOCK_SECOND;
	while (process_descriptors(c->pid) < before + n && clock_now() < until)
		poll(NULL, 0, 10);
}

static void close_connections(const int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
}

/* Nothing is asked of it meanwhile. */
static void watch_idle(const struct contestant *c)
{
	poll(NULL, 0, QUIET_MS);
	uint64_t cpu = process_cpu(c->pid), switches = process_switches(c->pid);
	unsigned ms = scaled(WATCH_MS);
	poll(NULL, 0, (int)ms);
	report_figure(idle_topic, "CPU a second", (double)(process_cpu(c->pid) - cpu) / ms, "us", "none");
	report_figure(idle_topic, "wake-ups a second", (double)(process_switches(c->pid) - switches) * 1000 / ms, "",
		      "none");
}

static void measure_idle(const char *uproard)
{
	static int fds[IDLE];
	long most = system_most_descriptors() - SPARE;
	size_t wanted = IDLE_FIRST + scaled(IDLE - IDLE_FIRST), n = most < (long)wanted ? (size_t)most : wanted;
	struct contestant c = {.name = "uproard"};
	uproard_start(&c, uproard, NULL);
	open_connections(fds, IDLE_FIRST, &c);
	uint64_t before = process_memory(c.pid);
	open_connections(fds + IDLE_FIRST, n - IDLE_FIRST, &c);
	double each = (double)(process_memory(c.pid) - before) / (double)(n - IDLE_FIRST);
	report_figure(idle_topic, "connections", (double)n, "", NULL);
	report_figure(idle_topic, "user memory a connection", each, "B", NULL);
	report_figure(idle_topic, "user memory a connection, without what uv_poll_t takes",
		      each - (double)sizeof(uv_poll_t), "B", "<= 256");
	watch_idle(&c);
	close_connections(fds, n);
	server_stop(&c);
}

/* --- Stuck: asking the kernel what it holds for each socket (sock_diag(7)) --- */

struct holding {
	uint64_t server, client; /* bytes, of both ends of all connections */
	unsigned count;          /* server's ends */
};

/* Receive queue, send queue, and what is set apart for them: ss(8) prints these as skmem. */
static uint64_t held(const uint32_t *memory)
{
	return (uint64_t)memory[SK_MEMINFO_RMEM_ALLOC] + memory[SK_MEMINFO_WMEM_QUEUED] + memory[SK_MEMINFO_FWD_ALLOC];
}

static void add(const struct nlmsghdr *h, uint16_t port, struct holding *total)
{
	const struct inet_diag_msg *m = NLMSG_DATA(h);
	bool server = ntohs(m->id.idiag_sport) == port;
	unsigned room = h->nlmsg_len - (unsigned)NLMSG_LENGTH(sizeof *m);
	for (const struct rtattr *a = (const void *)(m + 1); RTA_OK(a, room); a = RTA_NEXT(a, room)) {
		if (a->rta_type != INET_DIAG_SKMEMINFO)
			continue;
		total->count += server;
		*(server ? &total->server : &total->client) += held(RTA_DATA(a));
	}
}

/* False: that was the end of the answer. */
static bool take_answer(const char *answer, size_t n, uint16_t port, struct holding *total)
{
	const struct nlmsghdr *h = (const void *)answer;
	for (; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
		if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
			return false;
		const struct inet_diag_msg *m = NLMSG_DATA(h);
		if (ntohs(m->id.idiag_sport) == port || ntohs(m->id.idiag_dport) == port)
			add(h, port, total);
	}
	return true;
}

static struct holding look(uint16_t port)
{
	static _Alignas(struct nlmsghdr) char answer[ANSWER];
	struct holding total = {0};
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 request;
	} ask = {{sizeof ask, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 0, 0},
		 {.sdiag_family = AF_INET,
		  .sdiag_protocol = IPPROTO_TCP,
		  .idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),
		  .idiag_states = 1 << 1 /* TCP_ESTABLISHED */}};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (fd == -1 || send(fd, &ask, sizeof ask, 0) == -1)
		warn("sock_diag");
	ssize_t n;
	do
		n = recv(fd, answer, sizeof answer, 0);
	while (n > 0 && take_answer(answer, (size_t)n, port, &total));
	close(fd);
	return total;
}

/* Sends until nothing has had room for a while. Returns how many bytes went. */
static uint64_t fill(int fd)
{
	static char lines[64 << 10];
	struct pollfd room = {.fd = fd, .events = POLLOUT};
	uint64_t sent = 0;
	memset(lines, 'x', sizeof lines);
	do {
		ssize_t n = send(fd, lines, sizeof lines, MSG_DONTWAIT | MSG_NOSIGNAL);
		sent += n > 0 ? (uint64_t)n : 0;
	} while (poll(&room, 1, QUIET_MS) == 1);
	return sent;
}

static void measure_stuck(const char *uproard)
{
	int fds[STUCK];
	size_t n = scaled(STUCK);
	uint64_t sent = 0;
	struct contestant c = {.name = "uproard"};
	uproard_start(&c, uproard, NULL);
	open_connections(fds, n, &c);
	uint64_t before = process_memory(c.pid);
	for (size_t i = 0; i < n; i++)
		sent += fill(fds[i]);
	struct holding h = look(c.port);
	double count = h.count;
	if (h.count > 0) {
		report_figure(stuck_topic, "kernel memory at the server's end", (double)h.server / count / 1024, "KiB",
			      "<= 160");
		report_figure(stuck_topic, "kernel memory at the client's end", (double)h.client / count / 1024, "KiB",
			      NULL);
	}
	report_figure(stuck_topic, "user memory of the server",
		      (double)(process_memory(c.pid) - before) / (double)n / 1024, "KiB", NULL);
	report_figure(stuck_topic, "that the client could send", (double)sent / (double)n / 1024, "KiB", NULL);
	close_connections(fds, n);
	server_stop(&c);
}

void memory_measure(const char *uproard)
{
	measure_idle(uproard);
	measure_stuck(uproard);
}
