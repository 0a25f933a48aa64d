#include "ending.h"

#include <signal.h>
#include <unistd.h>

#include <uproar/base.h>

enum { PATIENCE_SECONDS = 2 };

/* A handler has no other way to know of these. Set before the handlers are. */
static struct {
	uv_async_t async;
	void (*on_signal)(int number, void *arg);
	void (*rescue)(void);
	volatile sig_atomic_t number;
} ending;

static void end_at_once(int number)
{
	(void)number;
	if (ending.rescue)
		ending.rescue();
	_exit(128 + ending.number);
}

static void signalled(int number)
{
	if (ending.number)
		end_at_once(number);
	ending.number = number;
	uv_async_send(&ending.async);
	alarm(PATIENCE_SECONDS);
}

static void tell(uv_async_t *async)
{
	ending.on_signal(ending.number, async->data);
}

int ending_watch(uv_loop_t *loop, void (*on_signal)(int number, void *arg), void *arg, void (*rescue)(void))
{
	static const int numbers[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
	ending.on_signal = on_signal;
	ending.rescue = rescue;
	int error = uv_async_init(loop, &ending.async, tell);
	if (error)
		return error;
	ending.async.data = arg;
	struct sigaction action = {.sa_handler = signalled, .sa_flags = SA_RESTART};
	struct sigaction last = {.sa_handler = end_at_once};
	sigaction(SIGALRM, &last, NULL);
	for (size_t i = 0; i < COUNT(numbers); i++) {
		/* What nohup(1), or a shell for a job in the background, has had ignored stays ignored. */
		struct sigaction before;
		bool ignored = sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN;
		if (!ignored || numbers[i] == SIGTERM)
			sigaction(numbers[i], &action, NULL);
	}
	return 0;
}

int ending_start_thread(pthread_t *thread, void *(*run)(void *arg), void *arg)
{
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	sigset_t blocked, before;
	sigfillset(&blocked);
	for (size_t i = 0; i < COUNT(crashes); i++)
		sigdelset(&blocked, crashes[i]);
	pthread_sigmask(SIG_SETMASK, &blocked, &before);
	int error = pthread_create(thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

bool ending_begun(void)
{
	return ending.number != 0;
}
