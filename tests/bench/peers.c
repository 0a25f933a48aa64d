/*
 * What people would use instead. An echo where a program has no capitals to offer: then it does less than uproard.
 */
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system.h"

enum { ARGUMENTS_MAX = 12, PATIENCE = 10, LOOK_MS = 20 };

#define TCP  (1U << GROUP_STREAM | 1U << GROUP_CHURN)
#define ONCE (1U << GROUP_CHURN)
#define UDP  (1U << GROUP_DATAGRAM)

/* In its arguments % stands for the port. */
struct peer {
	const char *name, *program, *package;
	const char *argv[ARGUMENTS_MAX];
	enum speech speech;
	unsigned groups, most;
	bool forks;
};

static const struct peer peers[] = {
	{.name = "python3, book's TCP",
	 .program = "python3",
	 .package = "python3",
	 .argv = {"python3", "tests/book/TCPServer.py", "127.0.0.1", "%"},
	 .speech = SPEECH_UPPER,
	 .groups = ONCE,
	 .most = 1},
	{.name = "python3, book's UDP",
	 .program = "python3",
	 .package = "python3",
	 .argv = {"python3", "tests/book/UDPServer.py", "127.0.0.1", "%"},
	 .speech = SPEECH_UPPER,
	 .groups = UDP},
	{.name = "python3, threads",
	 .program = "python3",
	 .package = "python3",
	 .argv = {"python3", "tests/bench/threads.py", "%"},
	 .speech = SPEECH_UPPER,
	 .groups = TCP},
	{.name = "node",
	 .program = "node",
	 .package = "nodejs",
	 .argv = {"node", "tests/bench/upper.js", "%"},
	 .speech = SPEECH_UPPER,
	 .groups = TCP | UDP},
	{.name = "redis-server",
	 .program = "redis-server",
	 .package = "redis-server",
	 .argv = {"redis-server", "--bind", "127.0.0.1", "--port", "%", "--save", "", "--protected-mode", "no"},
	 .speech = SPEECH_REDIS,
	 .groups = TCP},
	{.name = "memcached",
	 .program = "memcached",
	 .package = "memcached",
	 .argv = {"memcached", "-l", "127.0.0.1", "-p", "%", "-c", "4096", "-u", "root"},
	 .speech = SPEECH_MEMCACHED,
	 .groups = TCP},
	{.name = "ncat, cat",
	 .program = "ncat",
	 .package = "ncat",
	 .argv = {"ncat", "-l", "-k", "-m", "100", "-e", "/bin/cat", "127.0.0.1", "%"},
	 .speech = SPEECH_ECHO,
	 .groups = TCP,
	 .most = 50,
	 .forks = true},
	{.name = "socat, pipe",
	 .program = "socat",
	 .package = "socat",
	 .argv = {"socat", "TCP-LISTEN:%,bind=127.0.0.1,reuseaddr,fork,backlog=1024", "PIPE"},
	 .speech = SPEECH_ECHO,
	 .groups = TCP,
	 .most = 50,
	 .forks = true},
};

static uint16_t free_port(void)
{
	uint16_t port = 0;
	close(listen_on(SOCK_STREAM, &port));
	return port;
}

static void run(const struct peer *p, struct contestant *c)
{
	char texts[ARGUMENTS_MAX][ARGUMENT_ROOM];
	const char *argv[ARGUMENTS_MAX] = {0};
	for (size_t i = 0; p->argv[i]; i++)
		argv[i] = with_port(p->argv[i], c->port, texts[i]);
	c->pid = process_run(argv, NULL);
}

static bool answers(const struct contestant *c)
{
	bool datagrams = !(c->groups & TCP);
	int fd = connect_to(datagrams ? SOCK_DGRAM : SOCK_STREAM, c->port);
	bool there = fd != -1;
	if (there && datagrams) {
		struct pollfd reply = {.fd = fd, .events = POLLIN};
		there = send(fd, "a", 1, 0) == 1 && poll(&reply, 1, LOOK_MS) == 1 && !(reply.revents & POLLERR);
	}
	if (fd != -1)
		close(fd);
	return there;
}

static bool start(const struct peer *p, struct contestant *c)
{
	*c = (struct contestant){.name = p->name,
				 .port = free_port(),
				 .speech = p->speech,
				 .groups = p->groups,
				 .most = p->most,
				 .forks = p->forks};
	run(p, c);
	uint64_t until = clock_now() + PATIENCE * CLOCK_SECOND;
	while (clock_now() < until) {
		if (answers(c))
			return true;
		poll(NULL, 0, LOOK_MS);
	}
	warnx("%s did not start", p->name);
	server_stop(c);
	return false;
}

bool peer_installed(const char *program, const char *package)
{
	bool there = process_available(program);
	if (!there)
		printf("%s is not installed; on Debian: apt-get install %s\n", program, package);
	return there;
}

size_t peers_start(struct contestant *c, size_t room)
{
	size_t n = 0;
	for (size_t i = 0; i < COUNT(peers) && n < room; i++) {
		if (peer_installed(peers[i].program, peers[i].package))
			n += start(&peers[i], &c[n]);
	}
	return n;
}
