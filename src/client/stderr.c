#include "stderr.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <uproar/term.h>

enum { WORDS_ROOM = 512 };

/* One a process, and known to a signal handler. */
static struct {
	uv_poll_t poll;
	void (*said)(const char *words, size_t n, void *arg);
	volatile sig_atomic_t pipe; /* the end we read; -1: not caught */
	volatile sig_atomic_t copy; /* of what standard error was */
} caught = {.pipe = -1, .copy = -1};

static void written(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	char words[WORDS_ROOM];
	ssize_t n = read(caught.pipe, words, sizeof words);
	while (n > 0 && words[n - 1] == '\n')
		n--;
	if (n > 0)
		caught.said(words, (size_t)n, poll->data);
}

static void crashed(int number)
{
	char words[WORDS_ROOM];
	ssize_t n;
	screen_rescue();
	/* What was said last, an assertion's text perhaps, is still on its way to the transcript. */
	while (caught.pipe != -1 && (n = read(caught.pipe, words, sizeof words)) > 0 &&
	       write(caught.copy, words, (size_t)n) > 0)
		continue;
	signal(number, SIG_DFL);
	raise(number);
}

static void catch_crashes(void)
{
	static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_NODEFER};
	struct sigaction old;
	for (size_t i = 0; i < COUNT(numbers); i++)
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(numbers[i], &action, NULL);
}

void stderr_catch(uv_loop_t *loop, void (*said)(const char *words, size_t n, void *arg), void *arg)
{
	int ends[2];
	catch_crashes();
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == -1)
		return;
	int copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (copy == -1 || uv_poll_init(loop, &caught.poll, ends[0]) < 0) {
		if (copy != -1)
			close(copy);
		close(ends[0]);
		close(ends[1]);
		return;
	}
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	caught.said = said;
	caught.pipe = ends[0];
	caught.copy = copy;
	caught.poll.data = arg;
	uv_poll_start(&caught.poll, UV_READABLE, written);
}

void stderr_release(void)
{
	if (caught.pipe == -1)
		return;
	caught.pipe = -1;
	dup2(caught.copy, STDERR_FILENO);
	close(caught.copy);
}
