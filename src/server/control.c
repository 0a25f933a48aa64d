#include "control.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { AGAIN = 10 }; /* ms until a signal is sent again, should it have come just before the call that waits */

/* Between the thread that reads and the one that serves: one command at a time. */
static struct {
	int fd;
	pthread_t server;
	pthread_mutex_t lock; /* of the rest */
	bool pending;
	char command[CONTROL_TEXT];
} channel = {.lock = PTHREAD_MUTEX_INITIALIZER};

enum control_news control_read(int fd, char command[CONTROL_TEXT])
{
	ssize_t n = read(fd, command, CONTROL_TEXT - 1);
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
		return CONTROL_END;
	if (n == -1)
		return CONTROL_NOTHING;
	command[memchr(command, '\0', (size_t)n) ? 0 : n] = '\0';
	return CONTROL_COMMAND;
}

static void put(const char command[CONTROL_TEXT])
{
	pthread_mutex_lock(&channel.lock);
	memcpy(channel.command, command, CONTROL_TEXT);
	channel.pending = true;
	pthread_mutex_unlock(&channel.lock);
}

/* Interrupts the call that waits. Returns false when that is no longer needed. */
static bool interrupt(void)
{
	pthread_mutex_lock(&channel.lock);
	bool pending = channel.pending;
	if (pending)
		pthread_kill(channel.server, SIGALRM);
	pthread_mutex_unlock(&channel.lock);
	return pending;
}

static void *watch(void *arg)
{
	char command[CONTROL_TEXT] = "";
	struct pollfd p = {.fd = channel.fd, .events = POLLIN};
	enum control_news news;
	(void)arg;
	do {
		poll(&p, 1, -1);
		news = control_read(channel.fd, command);
		if (news == CONTROL_COMMAND)
			put(command);
		while (interrupt())
			poll(NULL, 0, AGAIN);
	} while (news != CONTROL_END);
	pthread_kill(channel.server, SIGTERM);
	return NULL;
}

void control_watch(int fd)
{
	sigset_t all, before;
	pthread_t watcher;
	channel.fd = fd;
	channel.server = pthread_self();
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); /* no other signal is the watcher's */
	if (pthread_create(&watcher, NULL, watch, NULL) == 0)
		pthread_detach(watcher);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

bool control_take(char command[CONTROL_TEXT])
{
	pthread_mutex_lock(&channel.lock);
	bool taken = channel.pending;
	if (taken)
		memcpy(command, channel.command, CONTROL_TEXT);
	channel.pending = false;
	pthread_mutex_unlock(&channel.lock);
	return taken;
}
