#include "load.h"

#include <err.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "system.h"

enum { READY = 1024 };

static const struct load_kind *const kinds[] = {
	[GROUP_STREAM] = &load_stream,     [GROUP_TRACED] = &load_stream,  [GROUP_CHURN] = &load_churn,
	[GROUP_DATAGRAM] = &load_datagram, [GROUP_WORKERS] = &load_stream, [GROUP_WORKERS_CHURN] = &load_churn,
};

/* --- For the kinds --- */

void load_fail(struct load *l, const char *what)
{
	if (!l->failed)
		warn("%s: %s: %s", l->contestant->name, l->shape->name, what);
	l->failed = true;
}

void load_watch(struct load *l, struct client *c, int operation, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = c};
	if (epoll_ctl(l->loop, operation, c->fd, &event) == -1)
		load_fail(l, "epoll_ctl");
}

void load_sent(struct load *l, struct client *c, unsigned n)
{
	uint64_t now = clock_now();
	if (c->under_way == 0)
		l->waiting++;
	for (; n > 0; n--)
		c->times[(c->oldest + c->under_way++) % DEPTH_MAX] = now;
}

void load_answered(struct load *l, struct client *c, unsigned n)
{
	uint64_t now = clock_now();
	for (; n > 0 && c->under_way > 0; n--) {
		histogram_add(&l->latency, now - c->times[c->oldest]);
		c->oldest = (c->oldest + 1) % DEPTH_MAX;
		l->answered++;
		if (--c->under_way == 0)
			l->waiting--;
	}
}

/* The n bytes, which come behind those received before, with those that they should be. */
void load_compare(struct load *l, const struct client *c, const uint8_t *data, size_t n)
{
	const struct message *m = &l->message;
	size_t at = c->received;
	while (n > 0) {
		size_t piece = m->reply_size - at < n ? m->reply_size - at : n;
		l->wrong |= memcmp(data, m->reply + at, piece) != 0;
		data += piece;
		n -= piece;
		at = 0;
	}
}

bool load_give_up(struct load *l)
{
	warnx("%s: %s: a reply did not come", l->contestant->name, l->shape->name);
	return false;
}

/* --- The life of a load --- */

struct load *load_open(const struct shape *s, struct contestant *c)
{
	if (!(c->groups & 1U << s->group) || (c->most && c->most < s->connections))
		return NULL;
	struct load *l = calloc(1, sizeof *l);
	struct client *clients = calloc(s->connections, sizeof *clients);
	if (!l || !clients)
		err(1, "bench");
	*l = (struct load){.shape = s, .contestant = c, .kind = kinds[s->group], .clients = clients};
	l->message = message_make(s, c->speech);
	l->loop = epoll_create1(EPOLL_CLOEXEC);
	while (l->opened < s->connections && l->kind->open(l, &clients[l->opened]))
		l->opened++;
	if (l->opened == s->connections)
		return l;
	warnx("%s: %s: %u of %u connections", c->name, s->name, l->opened, s->connections);
	load_close(l);
	return NULL;
}

void load_close(struct load *l)
{
	for (unsigned i = 0; i < l->opened; i++)
		close(l->clients[i].fd);
	close(l->loop);
	message_free(&l->message);
	free(l->clients);
	free(l);
}

bool load_wrong(const struct load *l)
{
	return l->wrong;
}

/* Until every message has its reply. False: one has not come. */
static bool run(struct load *l, uint64_t until)
{
	struct epoll_event ready[READY];
	for (unsigned i = 0; i < l->opened; i++)
		l->kind->begin(l, &l->clients[i]);
	while (l->waiting > 0 && !l->failed) {
		int n = epoll_wait(l->loop, ready, READY, l->kind->silent_ms);
		l->over = clock_now() >= until;
		if (n == 0 && !l->kind->silence(l))
			return false;
		for (int i = 0; i < n; i++)
			l->kind->ready(l, ready[i].data.ptr, ready[i].events);
	}
	return !l->failed;
}

bool load_slice(struct load *l, uint64_t duration, bool check, struct sample *sample)
{
	memset(&l->latency, 0, sizeof l->latency);
	l->answered = 0;
	l->silences = 0;
	l->over = false;
	l->check = check;
	uint64_t cpu = process_cpu(l->contestant->pid), from = clock_now();
	if (!run(l, from + duration))
		return false;
	double answered = (double)l->answered;
	sample->of[REQUESTS] = answered * (double)CLOCK_SECOND / (double)(clock_now() - from);
	sample->of[MEDIAN] = histogram_quantile(&l->latency, 0.5);
	sample->of[P99] = histogram_quantile(&l->latency, 0.99);
	sample->of[CPU] = (double)(process_cpu(l->contestant->pid) - cpu) / answered;
	if (l->contestant->forks)
		sample->of[CPU] = (double)NAN;
	return true;
}
