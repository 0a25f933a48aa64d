/*
 * UDP under an offered load: so many datagrams a second whatever comes back, in slices. What is lost was lost in a
 * queue, and the system counts at which socket. To read the replies meanwhile would cost the processor that they have
 * to share: they may overflow our own queue, where they are counted, too.
 */
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report.h"
#include "system.h"

enum {
	OFFERED = 200000, /* a second */
	ROUNDS = 15,
	SIZE = 32,
	BATCH = 20,       /* datagrams in a call */
	BEHIND_MAX = 200, /* it catches up with no more than so many: else our own pauses were a burst */
	QUIET_MS = 50,
	LINE_ROOM = 512,
};

#define SLICE (100 * CLOCK_MS)

static uint16_t port_of(int fd)
{
	struct sockaddr_in address = {0};
	socklen_t size = sizeof address;
	if (getsockname(fd, (struct sockaddr *)&address, &size) == -1)
		err(1, "bench: getsockname");
	return ntohs(address.sin_port);
}

/* Returns how many went. */
static uint64_t offer(int fd)
{
	static char letters[SIZE + 1] = "abcdefghijklmnopqrstuvwxyzabcdef";
	struct iovec part = {letters, SIZE};
	struct mmsghdr batch[BATCH];
	for (int i = 0; i < BATCH; i++)
		batch[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
	uint64_t from = clock_now(), now, given = 0, sent = 0; /* given: sent, or given up */
	while ((now = clock_now()) < from + SLICE) {
		uint64_t due = (now - from) * OFFERED / CLOCK_SECOND;
		if (due > given + BEHIND_MAX)
			given = due - BEHIND_MAX;
		unsigned n = due - given < BATCH ? (unsigned)(due - given) : BATCH;
		int gone = n > 0 ? sendmmsg(fd, batch, n, 0) : 0;
		sent += gone > 0 ? (uint64_t)gone : 0;
		given += n;
	}
	return sent;
}

/* How many replies are in our queue, or still come. */
static uint64_t take_all(int fd)
{
	char reply[SIZE];
	struct timeval patience = {.tv_usec = QUIET_MS * INT64_C(1000)};
	uint64_t n = 0;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	while (recv(fd, reply, sizeof reply, 0) != -1)
		n++;
	return n;
}

/* How many datagrams the socket at that port had no room for: the last column of the system's table. */
static uint64_t drops(uint16_t port)
{
	char line[LINE_ROOM];
	unsigned local;
	unsigned long long count = 0;
	FILE *f = fopen("/proc/net/udp", "re");
	while (f && fgets(line, sizeof line, f)) {
		if (sscanf(line, "%*d: %*x:%x %*x:%*x %*x %*x:%*x %*x:%*x %*x %*u %*u %*u %*u %*x %llu", &local,
			   &count) == 2 &&
		    local == port)
			break;
		count = 0;
	}
	if (f)
		fclose(f);
	return count;
}

static void tell(const char *who, const char *what, double value, const char *unit, const char *goal)
{
	char words[FIGURE_WORDS];
	snprintf(words, sizeof words, "%s: %s", who, what);
	report_figure("UDP 32 B, 200,000 datagrams a second offered by one socket", words, value, unit, goal);
}

static void play(const struct contestant *c)
{
	const char *goal = strcmp(c->name, "uproard") == 0 ? "<= 0.3" : NULL;
	int fd = connect_to(SOCK_DGRAM, c->port);
	uint64_t before = drops(c->port);
	double sent = (double)offer(fd);
	uint64_t answered = take_all(fd) + drops(port_of(fd));
	tell(c->name, "sent", sent * (double)CLOCK_SECOND / (double)SLICE, "a second", NULL);
	tell(c->name, "had no room in the server's queue", (double)(drops(c->port) - before) * 100 / sent, "%", goal);
	tell(c->name, "not answered", (sent - (double)answered) * 100 / sent, "%", goal);
	close(fd);
}

void loss_measure(const struct contestant *c, size_t n)
{
	for (size_t i = 0; i < scaled(ROUNDS) * n; i++) {
		if (c[i % n].groups & 1U << GROUP_DATAGRAM)
			play(&c[i % n]);
	}
}
