#include "news.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <uproar/base.h>

#include "step.h"

enum { OUT_OF_THE_WAY = 64 };
#define DOUBLE_SIGNAL (100 * CLOCK_MS) /* within which a second signal is the first one */

static atomic_bool end, again, counters, unheard;
static atomic_uint_fast64_t signalled; /* when the first one came; 0: none has */
static int ends[2];                    /* of a pipe: a byte for each piece of news */

/* When there is no room, it is readable already. */
void news_command(void)
{
	int error = errno;
	while (write(ends[1], "", 1) == -1 && errno == EINTR)
		continue;
	errno = error;
}

/* A signal just before a call that waits would be missed: then the alarm interrupts it. */
void news_finish(void)
{
	end = true;
	step_end();
	alarm(1);
	news_command();
	if (unheard)
		_exit(EXIT_SUCCESS);
}

static void on_signal(int number)
{
	uint64_t now = clock_now();
	if (number == SIGUSR1) {
		counters = true;
		alarm(1);
		news_command();
	} else if (number != SIGALRM) {
		again = again || (signalled != 0 && now - signalled >= DOUBLE_SIGNAL);
		signalled = signalled ? signalled : now;
		news_finish();
	} else if (end || counters) {
		alarm(1);
	}
}

/* With few descriptors there is no such number, and it stays where it is. */
static int moved(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
	if (high == -1) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		return fd;
	}
	close(fd);
	return high;
}

int news_pipe(int pipe_ends[2])
{
	if (pipe(pipe_ends) == -1)
		return -1;
	for (int i = 0; i < 2; i++)
		pipe_ends[i] = moved(pipe_ends[i]);
	return 0;
}

int news_start(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	if (news_pipe(ends) == -1)
		return -1;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	return 0;
}

void news_here(bool here)
{
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGUSR1);
	pthread_sigmask(here ? SIG_UNBLOCK : SIG_BLOCK, &signals, NULL);
}

void news_unheard(bool now)
{
	unheard = now;
	if (unheard && end)
		_exit(EXIT_SUCCESS);
}

bool news_end(void)
{
	return end;
}

bool news_again(void)
{
	return again;
}

bool news_counters(void)
{
	return atomic_exchange(&counters, false);
}

int news_fd(void)
{
	return ends[0];
}

void news_take(void)
{
	char bytes[64];
	while (read(ends[0], bytes, sizeof bytes) > 0)
		continue;
}
