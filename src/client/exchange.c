#include "exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <uproar/sock.h>

#include "textbook.h"

enum { INTERRUPT = SIGURG }; /* of all signals the one that, if anybody else sends it, does nothing */

static _Thread_local struct exchange *here; /* whose thread this is */

/* --- On its thread --- */

/*
 * Without SA_RESTART a signal makes the call that blocks fail with EINTR. Had that call not begun yet, it would block
 * all the same; so the socket does not block any more.
 */
static void interrupted(int number)
{
	(void)number;
	int error = errno;
	if (here) {
		here->interrupted = true;
		if (here->fd != -1)
			fcntl(here->fd, F_SETFL, O_NONBLOCK);
	}
	errno = error;
}

void exchange_uses(struct exchange *x, int fd)
{
	x->fd = fd;
	if (x->interrupted && fd != -1)
		fcntl(fd, F_SETFL, O_NONBLOCK);
}

const atomic_bool *exchange_cancelled_here(void)
{
	return here ? &here->cancelled : NULL;
}

static int write_news(struct buf *to, const void *what)
{
	const struct exchange_news *n = what;
	return buf_append(to, n, sizeof *n) == 0 && (!n->data || buf_append(to, n->data, n->bytes) == 0) ? 0 : -1;
}

void exchange_tell(struct exchange *x, const struct exchange_news *n)
{
	mailbox_put(&x->news, write_news, n);
	uv_async_send(&x->posted);
}

/* However the thread ends: a call that shall not be made ends it, too. */
static void leave(void *arg)
{
	struct exchange *x = arg;
	int fd = x->fd;
	exchange_uses(x, -1);
	if (fd != -1)
		sock_close(fd);
	atomic_store(&x->over, true);
	uv_async_send(&x->posted);
}

static void *exchange_main(void *arg)
{
	struct exchange *x = arg;
	sigset_t heard;
	here = x;
	sigemptyset(&heard);
	sigaddset(&heard, INTERRUPT);
	pthread_sigmask(SIG_UNBLOCK, &heard, NULL);
	pthread_cleanup_push(leave, x);
	if (x->protocol == PROTOCOL_TCP)
		textbook_tcp(x);
	else
		textbook_udp(x);
	pthread_cleanup_pop(true);
	return NULL;
}

/* --- On the loop's --- */

static void take_one(const void *message, size_t size, void *arg)
{
	struct exchange *x = arg;
	struct exchange_news n;
	memcpy(&n, message, sizeof n);
	n.data = size > sizeof n ? (const char *)message + sizeof n : "";
	if (!atomic_load(&x->cancelled))
		x->take(&n, x->arg);
}

static void posted(uv_async_t *async)
{
	struct exchange *x = async->data;
	bool over = x->running && atomic_load(&x->over);
	if (mailbox_take(&x->news, take_one, x) == -1 && !atomic_load(&x->cancelled))
		x->take(&(struct exchange_news){.what = EXCHANGE_FAILED, .error = ENOMEM}, x->arg);
	if (!over)
		return;
	pthread_join(x->thread, NULL);
	x->running = false;
	x->take(&(struct exchange_news){.what = EXCHANGE_ENDED}, x->arg);
}

void exchange_init(struct exchange *x, uv_loop_t *loop, struct step *step,
		   void (*take)(const struct exchange_news *n, void *arg), void *arg)
{
	*x = (struct exchange){.take = take, .arg = arg, .step = step, .fd = -1};
	struct sigaction action = {.sa_handler = interrupted};
	sigaction(INTERRUPT, &action, NULL);
	uv_async_init(loop, &x->posted, posted);
	x->posted.data = x;
	mailbox_init(&x->news, 0);
}

int exchange_prepare(struct exchange *x, const void *sentence, size_t n)
{
	buf_clear(&x->sentence);
	return buf_append(&x->sentence, sentence, n);
}

int exchange_begin(struct exchange *x, enum protocol protocol, const struct endpoint *server, size_t room)
{
	x->protocol = protocol;
	x->server = *server;
	x->room = room;
	x->fd = -1;
	x->interrupted = false;
	atomic_store(&x->cancelled, false);
	atomic_store(&x->over, false);
	int error = pthread_create(&x->thread, NULL, exchange_main, x);
	x->running = error == 0;
	errno = error;
	return error ? -1 : 0;
}

void exchange_interrupt(struct exchange *x)
{
	if (x->running)
		pthread_kill(x->thread, INTERRUPT);
}

void exchange_cancel(struct exchange *x)
{
	atomic_store(&x->cancelled, true);
	exchange_interrupt(x);
	step_stir(x->step);
}

void exchange_close(struct exchange *x)
{
	if (x->running) {
		exchange_cancel(x);
		pthread_join(x->thread, NULL);
	}
	x->running = false;
	uv_close((uv_handle_t *)&x->posted, NULL);
	mailbox_free(&x->news);
	buf_free(&x->sentence);
}
