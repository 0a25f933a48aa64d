#include "system.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BACKLOG = 4096, PATH_ROOM = 512, LINE_ROOM = 512 };

#define CONGESTION "/proc/sys/net/ipv4/tcp_congestion_control"

/* --- The network --- */

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd != -1 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd != -1)
		close(fd);
	return done;
}

/* In a user namespace of our own we are who we were. */
static void map_user(uid_t uid, gid_t gid)
{
	char map[64];
	snprintf(map, sizeof map, "%u %u 1", uid, uid);
	put("/proc/self/uid_map", map);
	put("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "%u %u 1", gid, gid);
	put("/proc/self/gid_map", map);
}

/* With 127.0.0.1 alone, look-ups that ask for it (AI_ADDRCONFIG) find no address: so there is a second. */
static bool raise_loopback(void)
{
	struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP}, second = {.ifr_name = "lo:1"};
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1)};
	memcpy(&second.ifr_addr, &address, sizeof address);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool is_up = fd != -1 && ioctl(fd, SIOCSIFFLAGS, &up) == 0;
	if (is_up)
		ioctl(fd, SIOCSIFADDR, &second);
	if (fd != -1)
		close(fd);
	return is_up;
}

static bool own_network(void)
{
	uid_t uid = getuid();
	gid_t gid = getgid();
	if (unshare(CLONE_NEWNET) == -1) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1)
			return false;
		map_user(uid, gid);
	}
	if (!raise_loopback())
		err(1, "bench: loopback");
	return true;
}

const char *system_network(void)
{
	static char name[64];
	if (!own_network())
		warnx("no network namespace to be had: other programs' connections may be in the way");
	else if (!put(CONGESTION, "cubic"))
		put(CONGESTION, "reno");
	FILE *f = fopen(CONGESTION, "re");
	if (!f || fscanf(f, "%63s", name) != 1)
		strcpy(name, "unknown");
	if (f)
		fclose(f);
	return name;
}

struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

struct sockaddr_in loopback_nth(unsigned n)
{
	struct sockaddr_in address = loopback(0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 0x10000 + n % 250);
	return address;
}

int listen_on(int type, uint16_t *port)
{
	struct sockaddr_in address = loopback(*port);
	socklen_t size = sizeof address;
	int one = 1;
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd != -1 && type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (fd == -1 || bind(fd, (struct sockaddr *)&address, size) == -1 ||
	    (type == SOCK_STREAM && listen(fd, BACKLOG) == -1) ||
	    getsockname(fd, (struct sockaddr *)&address, &size) == -1)
		err(1, "bench: a server's socket");
	*port = ntohs(address.sin_port);
	return fd;
}

int connect_to(int type, uint16_t port)
{
	struct sockaddr_in address = loopback(port);
	int one = 1;
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == -1) {
		close(fd);
		return -1;
	}
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return fd;
}

/* --- Limits and processors --- */

long system_most_descriptors(void)
{
	struct rlimit limit;
	return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (long)limit.rlim_max : 1024;
}

void system_descriptors(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Calls each() with every number that names an entry of the directory. */
static size_t each_number(const char *path, void (*each)(pid_t number, void *arg), void *arg)
{
	DIR *directory = opendir(path);
	size_t n = 0;
	for (struct dirent *d; directory && (d = readdir(directory));) {
		if (d->d_name[0] < '0' || d->d_name[0] > '9')
			continue;
		n++;
		if (each)
			each((pid_t)atoi(d->d_name), arg);
	}
	if (directory)
		closedir(directory);
	return n;
}

static void set_cpus(pid_t thread, void *cpus)
{
	sched_setaffinity(thread, sizeof(cpu_set_t), cpus);
}

static void set_all_cpus(pid_t pid, cpu_set_t *cpus)
{
	char path[PATH_ROOM];
	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	each_number(path, set_cpus, cpus);
}

/* The first of these processors, or all but the first. */
static cpu_set_t part_of(const cpu_set_t *all, bool first)
{
	cpu_set_t part = *all, one;
	size_t cpu = 0;
	while (!CPU_ISSET(cpu, all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	CPU_XOR(&part, &part, &one);
	return first || CPU_COUNT(&part) == 0 ? one : part;
}

void system_place(const struct contestant *c, size_t n, enum place place)
{
	static cpu_set_t all;
	if (CPU_COUNT(&all) == 0)
		sched_getaffinity(0, sizeof all, &all);
	cpu_set_t first = part_of(&all, true), rest = part_of(&all, place == ONE_CPU);
	set_all_cpus(getpid(), place == ANYWHERE ? &all : &first);
	for (size_t i = 0; i < n; i++)
		set_all_cpus(c[i].pid, place == ANYWHERE ? &all : &rest);
}

/* --- Processes: what they use --- */

uint64_t process_cpu(pid_t pid)
{
	clockid_t id;
	struct timespec t;
	if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &t) == -1)
		return 0;
	return (uint64_t)t.tv_sec * CLOCK_SECOND + (uint64_t)t.tv_nsec;
}

/* The number behind a name such as "RssAnon:" in a file of lines; 0: there is none. */
static uint64_t field(const char *path, const char *name)
{
	char line[LINE_ROOM];
	uint64_t value = 0;
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f)) {
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtoull(line + strlen(name), NULL, 10);
	}
	if (f)
		fclose(f);
	return value;
}

struct switches {
	pid_t pid;
	uint64_t count;
};

static void add_switches(pid_t thread, void *arg)
{
	struct switches *s = arg;
	char path[PATH_ROOM];
	snprintf(path, sizeof path, "/proc/%d/task/%d/status", (int)s->pid, (int)thread);
	s->count += field(path, "voluntary_ctxt_switches:");
}

uint64_t process_switches(pid_t pid)
{
	struct switches s = {.pid = pid};
	char path[PATH_ROOM];
	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	each_number(path, add_switches, &s);
	return s.count;
}

uint64_t process_memory(pid_t pid)
{
	char path[PATH_ROOM];
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	return field(path, "RssAnon:") * 1024;
}

size_t process_descriptors(pid_t pid)
{
	char path[PATH_ROOM];
	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	return each_number(path, NULL, NULL);
}

/* --- Processes: their lives --- */

pid_t process_fork(void)
{
	fflush(NULL);
	pid_t parent = getpid(), pid = fork();
	if (pid == -1)
		err(1, "bench: fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
	}
	return pid;
}

pid_t process_run(const char *const argv[], int *out)
{
	int ends[2];
	if (out && pipe2(ends, O_CLOEXEC) == -1)
		err(1, "bench: pipe");
	pid_t pid = process_fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		dup2(null, STDIN_FILENO);
		dup2(out ? ends[1] : null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	if (out) {
		close(ends[1]);
		*out = ends[0];
	}
	return pid;
}

void process_end(pid_t pid)
{
	kill(pid, SIGTERM);
	for (int i = 0; i < 100; i++) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return;
		usleep(20000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

bool process_available(const char *program)
{
	char path[PATH_ROOM];
	const char *directories = getenv("PATH");
	for (const char *d = directories ? directories : ""; *d;) {
		int n = (int)strcspn(d, ":");
		snprintf(path, sizeof path, "%.*s/%s", n, d, program);
		if (access(path, X_OK) == 0)
			return true;
		d += n + (d[n] == ':');
	}
	return false;
}

const char *with_port(const char *argument, uint16_t port, char text[ARGUMENT_ROOM])
{
	const char *sign = strchr(argument, '%');
	if (!sign)
		return argument;
	snprintf(text, ARGUMENT_ROOM, "%.*s%u%s", (int)(sign - argument), argument, port, sign + 1);
	return text;
}

/* --- Directories --- */

char *directory_make(void)
{
	const char *below = getenv("TMPDIR");
	char *path;
	if (asprintf(&path, "%s/bench-XXXXXX", below ? below : "/tmp") == -1 || !mkdtemp(path))
		err(1, "bench: a directory");
	return path;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status, (void)kind, (void)where;
	return remove(path);
}

void directory_remove(char *path)
{
	enum { DESCRIPTORS = 8 };
	if (nftw(path, remove_entry, DESCRIPTORS, FTW_DEPTH | FTW_PHYS) == -1)
		warn("%s", path);
	free(path);
}
