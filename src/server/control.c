#include "control.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uproar/sock.h>

#include "news.h"
#include "step.h"

enum {
	AGAIN = 10,          /* ms until a signal is sent again, should it have come just before the call that waits */
	ACCEPT_PAUSE = 100,  /* ms without letting anybody in, when there is no descriptor for another watcher */
	COMMANDS_MAX = 1024, /* that wait to be taken, at most */
};

/* To the lab: what follows the word. */
struct command {
	char text[CONTROL_TEXT];
};

static struct {
	struct report *report;
	pthread_t thread;
	bool running;
	int stop[2]; /* of a pipe: when its one end is closed, the thread ends */

	int offered; /* the socket at the path, or -1 */
	const char *path;
	struct stat identity; /* what is at the path, as long as it is ours */

	atomic_bool pending;  /* there is something to take; */
	pthread_mutex_t lock; /* of the rest: between the thread that attends and the one that serves */
	struct ring commands; /* struct command */
	bool watcher;         /* one has come since the last look */
	bool interrupts;      /* the one that serves is to be interrupted: */
	pthread_t interrupted;
} control = {.stop = {-1, -1}, .offered = -1, .lock = PTHREAD_MUTEX_INITIALIZER};

/* --- For the model --- */

static bool push(const char *lab)
{
	pthread_mutex_lock(&control.lock);
	struct command *c = control.commands.count < COMMANDS_MAX ? ring_push(&control.commands) : NULL;
	if (c)
		snprintf(c->text, sizeof(c->text), "%s", lab);
	control.pending = true;
	pthread_mutex_unlock(&control.lock);
	news_command();
	return c;
}

/* Also at the end: it interrupts the call that waits. */
static void push_watcher(void)
{
	pthread_mutex_lock(&control.lock);
	control.watcher = true;
	control.pending = true;
	pthread_mutex_unlock(&control.lock);
	news_command();
}

enum control_news control_take(char lab[CONTROL_TEXT])
{
	enum control_news news = CONTROL_NOTHING;
	if (news_counters())
		report_counters(control.report);
	if (!control.pending)
		return news;
	pthread_mutex_lock(&control.lock);
	if (control.watcher) {
		control.watcher = false;
		news = CONTROL_WATCHER;
	} else if (control.commands.count > 0) {
		memcpy(lab, ring_at(&control.commands, 0), CONTROL_TEXT);
		ring_pop(&control.commands);
		news = CONTROL_COMMAND;
	}
	control.pending = control.commands.count > 0;
	pthread_mutex_unlock(&control.lock);
	return news;
}

void control_interrupt_me(void)
{
	pthread_mutex_lock(&control.lock);
	control.interrupted = pthread_self();
	control.interrupts = true;
	pthread_mutex_unlock(&control.lock);
}

/* Returns after how many ms it is to be done again; -1: not for now. */
static int interrupt(void)
{
	pthread_mutex_lock(&control.lock);
	bool pending = control.interrupts && control.pending;
	if (pending)
		pthread_kill(control.interrupted, SIGALRM);
	pthread_mutex_unlock(&control.lock);
	return pending ? AGAIN : -1;
}

/* --- Commands --- */

/* What follows the word in the command; NULL: it is another command. */
static const char *argument(const char *command, const char *word)
{
	size_t n = strlen(word);
	if (strncmp(command, word, n) != 0 || (command[n] != '\0' && command[n] != ' '))
		return NULL;
	return command[n] ? command + n + 1 : command + n;
}

static void obey(int watcher, const char *command)
{
	const char *word = argument(command, CONTROL_STEP);
	if (word && step_command(watcher, word) == -1)
		report_error(control.report, _("\"step\" goes with one of these words: on, off, go."));
	else if (argument(command, CONTROL_SOCKETS))
		watchers_sample(&control.report->watchers, watcher);
	else if (argument(command, CONTROL_COUNTERS))
		watchers_counters(&control.report->watchers, watcher);
	else if ((word = argument(command, CONTROL_LAB)) && !push(word))
		report_error(control.report,
			     _("The server has not come to %d commands yet: this one is lost; give it again later."),
			     COMMANDS_MAX);
}

/* --- Watchers --- */

static void leave(int watcher)
{
	struct watchers *w = &control.report->watchers;
	step_leave(watcher);
	if (watcher == w->fds[0]) {
		news_finish();
		push_watcher();
	}
	watchers_remove(w, watcher);
	close(watcher);
	report_watched(control.report, w->count > 1 || w->fds[0] != -1);
}

static void let_in(void)
{
	struct watchers *w = &control.report->watchers;
	int watcher = sock_channel_accept(control.offered);
	if (watcher == -1 && accept_starved(errno)) {
		report_warn(control.report, WARN_ACCEPT, _("accept: %s; who wants to watch waits until others leave."),
			    strerror(errno));
		poll(NULL, 0, ACCEPT_PAUSE);
	}
	if (watcher == -1)
		return;
	report_watched(control.report, true);
	if (!watchers_add(w, watcher)) {
		close(watcher);
		return;
	}
	watchers_sample(w, watcher);
	push_watcher();
}

/* A message without a NUL in it is a command; what else comes is none. False: the other end is gone. */
static bool hear(int watcher)
{
	char command[CONTROL_TEXT];
	ssize_t n = read(watcher, command, sizeof(command));
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
		return false;
	if (n == -1 || n > CONTROL_MAX || memchr(command, '\0', (size_t)n))
		return true;
	command[n] = '\0';
	obey(watcher, command);
	return true;
}

/* --- The thread --- */

/* Only this thread changes the list of watchers, so it need not lock it to read it. False: it is to stop. */
static bool attend(int ms)
{
	enum { STOP, OFFERED, CHANNELS };
	const struct watchers *w = &control.report->watchers;
	size_t channels = w->count;
	struct pollfd fds[CHANNELS + COUNT(w->fds)] = {
		[STOP] = {.fd = control.stop[0], .events = POLLIN},
		[OFFERED] = {.fd = control.offered, .events = POLLIN},
	};
	for (size_t i = 0; i < channels; i++)
		fds[CHANNELS + i] = (struct pollfd){.fd = w->fds[i], .events = POLLIN};
	if (poll(fds, (nfds_t)(CHANNELS + channels), ms) <= 0)
		return true;
	for (size_t i = CHANNELS; i < CHANNELS + channels; i++) {
		if (fds[i].revents && !hear(fds[i].fd))
			leave(fds[i].fd);
	}
	if (fds[OFFERED].revents)
		let_in();
	return !fds[STOP].revents;
}

static void *run(void *arg)
{
	(void)arg;
	while (attend(interrupt()))
		continue;
	return NULL;
}

static int start_thread(void)
{
	sigset_t all, before;
	if (news_pipe(control.stop) == -1)
		return errno;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the model's threads */
	int error = pthread_create(&control.thread, NULL, run, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	control.running = error == 0;
	return error;
}

/* --- The path --- */

static const char *advice(int error)
{
	switch (error) {
	case EADDRINUSE:
		return _("another uproard is watched there, or it is no socket; choose another path");
	case ENAMETOOLONG:
		return _("such a path has about 100 bytes at most; choose a shorter one");
	case EMFILE:
		return _("allow more with ulimit -n");
	default:
		return _("choose a path in a directory of yours");
	}
}

static int offer(struct report *r, const char *path)
{
	control.path = path;
	control.offered = sock_channel_offer(path);
	if (control.offered == -1) {
		report_error(r, "--control %s: %s; %s.", path, strerror(errno), advice(errno));
		return -1;
	}
	return lstat(path, &control.identity);
}

static void withdraw(void)
{
	if (control.offered == -1)
		return;

	struct stat now;
	if (lstat(control.path, &now) == 0 && now.st_dev == control.identity.st_dev &&
	    now.st_ino == control.identity.st_ino)
		unlink(control.path);
}

/* --- Contract --- */

int control_start(struct report *r, const struct options *o)
{
	control.report = r;
	control.commands = RING_OF(struct command);
	int error = step_start();
	if (error == 0 && o->control_path && offer(r, o->control_path) == -1)
		return -1;
	struct pollfd said = {.fd = o->control, .events = POLLIN};
	while (error == 0 && r->watchers.fds[0] != -1 && poll(&said, 1, 0) == 1)
		attend(0);
	if (error == 0 && (o->control_path || o->control != -1))
		error = start_thread();
	if (error == 0)
		return 0;
	report_error(r, _("the control channel: %s."), strerror(error));
	control_stop();
	return -1;
}

void control_stop(void)
{
	if (control.running) {
		close(control.stop[1]);
		pthread_join(control.thread, NULL);
	}
	withdraw();
	ring_free(&control.commands);
}

void control_abort(void)
{
	report_error(control.report, _("ended at once by a second signal."));
	withdraw();
	_exit(EXIT_FAILURE);
}
