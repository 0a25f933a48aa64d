#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <uproar/base.h>

enum { PIECE = 4096, PATHS = 4 };

/* One of its standard streams: our end of the pipe (-1: closed), and what has come out of it. */
struct stream {
	int fd;
	struct buf text;
};

struct process {
	pid_t pid;
	int in;
	struct stream out, err;
	bool ended;
	int status;
};

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	abort();
}

/* --- Starting --- */

static _Noreturn void become(const char *const argv[], const int streams[3], void (*prepare)(void *arg), void *arg)
{
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	for (int fd = 0; fd < 3; fd++)
		dup2(streams[fd], fd);
	for (int s = 1; s < NSIG; s++) /* a shell ignores SIGINT in what it runs in the background, nohup(1) SIGHUP */
		signal(s, SIG_DFL);
	if (prepare)
		prepare(arg);
	execvp(argv[0], (char *const *)argv);
	perror(argv[0]);
	_exit(127);
}

struct process *process_start(const char *const argv[], void (*prepare)(void *arg), void *arg)
{
	struct process *p = calloc(1, sizeof *p);
	int in[2], out[2], err[2];
	must(p && pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0, "pipe");
	signal(SIGPIPE, SIG_IGN);
	p->pid = fork();
	must(p->pid != -1, "fork");
	if (p->pid == 0)
		become(argv, (int[]){in[0], out[1], err[1]}, prepare, arg);
	close(in[0]);
	close(out[1]);
	close(err[1]);
	p->in = in[1];
	p->out.fd = out[0];
	p->err.fd = err[0];
	return p;
}

pid_t process_pid(const struct process *p)
{
	return p->pid;
}

void process_own_names(void *arg)
{
	(void)arg;
	setenv("LD_PRELOAD", process_built("tests/preload/slow_lookup.so"), 1);
	setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 0);
}

/* --- Its streams --- */

static void shut(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

void process_close_in(struct process *p)
{
	shut(&p->in);
}

void process_close_out(struct process *p)
{
	shut(&p->out.fd);
}

static void take(struct stream *s)
{
	uint8_t *room = buf_reserve(&s->text, PIECE);
	must(room, "memory");
	ssize_t n = read(s->fd, room, PIECE);
	if (n > 0)
		s->text.size += (size_t)n;
	else if (n == 0 || errno != EINTR)
		shut(&s->fd);
}

/* Waits for something to read, or for room to write where `writing`. False: too late. */
static bool attend(struct process *p, bool writing, uint64_t deadline)
{
	uint64_t now = clock_now();
	struct pollfd fds[] = {
		{.fd = p->out.fd, .events = POLLIN},
		{.fd = p->err.fd, .events = POLLIN},
		{.fd = writing ? p->in : -1, .events = POLLOUT},
	};
	if (now >= deadline)
		return false;
	poll(fds, COUNT(fds), (int)((deadline - now) / CLOCK_MS) + 1);
	if (fds[0].revents)
		take(&p->out);
	if (fds[1].revents)
		take(&p->err);
	return true;
}

static uint64_t deadline(void)
{
	return clock_now() + PROCESS_PATIENCE * CLOCK_SECOND;
}

bool process_write(struct process *p, const void *data, size_t n)
{
	const char *bytes = data;
	uint64_t until = deadline();
	fcntl(p->in, F_SETFL, O_NONBLOCK);
	while (n > 0) {
		ssize_t written = write(p->in, bytes, n);
		if (written == -1 && (errno != EAGAIN || !attend(p, true, until)))
			return false;
		if (written > 0) {
			bytes += written;
			n -= (size_t)written;
			until = deadline();
		}
	}
	return true;
}

static const char *string(struct stream *s)
{
	uint8_t *end = buf_reserve(&s->text, 1);
	must(end, "memory");
	*end = '\0';
	return (const char *)buf_bytes(&s->text);
}

const char *process_out(struct process *p)
{
	return string(&p->out);
}

const char *process_err(struct process *p)
{
	return string(&p->err);
}

static void show(struct process *p, const char *wanted)
{
	fprintf(stderr, "process %d: waited in vain for %s\n--- standard output:\n%s\n--- standard error:\n%s\n---\n",
		(int)p->pid, wanted, process_out(p), process_err(p));
}

/* The stream is looked at after the last read too, and read no more once the program has closed it. */
static bool look_out(struct process *p, struct stream *s, const char *text)
{
	uint64_t until = deadline();
	while (!memmem(string(s), s->text.size, text, strlen(text)))
		if (s->fd == -1 || !attend(p, false, until))
			return false;
	return true;
}

static bool await(struct process *p, struct stream *s, const char *text)
{
	bool came = look_out(p, s, text);
	if (!came)
		show(p, text);
	return came;
}

bool process_prints(struct process *p, const char *text)
{
	return await(p, &p->out, text);
}

bool process_complains(struct process *p, const char *text)
{
	return await(p, &p->err, text);
}

bool process_may_complain(struct process *p, const char *text)
{
	return look_out(p, &p->err, text);
}

/* --- Its descriptors --- */

int process_descriptors(const struct process *p)
{
	char path[PIECE];
	snprintf(path, sizeof path, "/proc/%d/fd", (int)p->pid);
	DIR *directory = opendir(path);
	int n = -2; /* "." and ".." */
	while (directory && readdir(directory))
		n++;
	if (directory)
		closedir(directory);
	return n;
}

/* Nothing tells of a descriptor that was closed: it has to be looked at now and then. */
bool process_closes(const struct process *p, int descriptors, unsigned patience)
{
	uint64_t until = clock_now() + patience * CLOCK_SECOND;
	while (process_descriptors(p) > descriptors)
		if (clock_now() > until || poll(NULL, 0, 1) == -1)
			return false;
	return true;
}

/* --- Pausing and ending --- */

/* The signal alone does not say when it stops: on another processor it runs on for a moment. */
void process_pause(struct process *p)
{
	siginfo_t stopped;
	kill(p->pid, SIGSTOP);
	must(waitid(P_PID, (id_t)p->pid, &stopped, WSTOPPED) == 0, "waitid");
}

static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/*
 * The end of both streams is the end of the program, or nearly. Should it have closed them and run on, then the
 * wait is for SIGCHLD, with a deadline.
 */
static bool await_end(struct process *p)
{
	uint64_t until = deadline();
	sigset_t child, before;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &before);
	size_t told = 0;
	while ((p->out.fd != -1 || p->err.fd != -1) && attend(p, false, until)) {
		if (told != p->out.text.size + p->err.text.size)
			until = deadline();
		told = p->out.text.size + p->err.text.size;
	}
	pid_t ended;
	while ((ended = waitpid(p->pid, &p->status, WNOHANG)) == 0 && clock_now() < until)
		sigtimedwait(&child, NULL, &(struct timespec){.tv_sec = 1});
	sigprocmask(SIG_SETMASK, &before, NULL);
	p->ended = ended == p->pid;
	return p->ended;
}

int process_exit(struct process *p)
{
	if (!p->ended && !await_end(p)) {
		show(p, "its end");
		return -1;
	}
	return status_of(p->status);
}

int process_stop(struct process *p)
{
	if (!p->ended)
		kill(p->pid, SIGTERM);
	return process_exit(p);
}

void process_end(struct process *p)
{
	if (!p)
		return;
	if (!p->ended) {
		kill(p->pid, SIGKILL);
		waitpid(p->pid, &p->status, 0);
	}
	shut(&p->in);
	shut(&p->out.fd);
	shut(&p->err.fd);
	buf_free(&p->out.text);
	buf_free(&p->err.text);
	free(p);
}

/* --- Programs --- */

const char *process_built(const char *name)
{
	static char paths[PATHS][PIECE];
	static unsigned turn;
	const char *build = getenv("UPROAR_BUILD");
	char *path = paths[turn++ % PATHS];
	snprintf(path, PIECE, "%s/%s", build ? build : "build", name);
	return path;
}

bool process_available(const char *program)
{
	char path[PIECE];
	const char *directories = getenv("PATH");
	while (directories && *directories) {
		size_t n = strcspn(directories, ":");
		snprintf(path, sizeof path, "%.*s/%s", (int)n, directories, program);
		if (access(path, X_OK) == 0)
			return true;
		directories += n + (directories[n] == ':');
	}
	return false;
}
