#include "step.h"

#include <fcntl.h>
#include <unistd.h>

int step_init(struct step *s)
{
	*s = (struct step){.wake = {-1, -1}};
	TAILQ_INIT(&s->calls);
	if (pipe2(s->wake, O_CLOEXEC | O_NONBLOCK) == -1)
		return -1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->moved, NULL);
	return 0;
}

void step_free(struct step *s)
{
	pthread_cond_destroy(&s->moved);
	pthread_mutex_destroy(&s->lock);
	close(s->wake[0]);
	close(s->wake[1]);
}

/* A full pipe wakes as well. */
static void stir(struct step *s)
{
	ssize_t n = write(s->wake[1], "", 1);
	(void)n;
	pthread_cond_broadcast(&s->moved);
}

static void let_go(struct step *s, struct step_call *c)
{
	TAILQ_REMOVE(&s->calls, c, place);
	c->waits = false;
}

/* --- The terminal's thread --- */

void step_turn(struct step *s, bool on)
{
	struct step_call *c;
	pthread_mutex_lock(&s->lock);
	atomic_store(&s->on, on);
	while (!on && (c = TAILQ_FIRST(&s->calls)))
		let_go(s, c);
	stir(s);
	pthread_mutex_unlock(&s->lock);
}

void step_go(struct step *s)
{
	pthread_mutex_lock(&s->lock);
	struct step_call *first = TAILQ_FIRST(&s->calls);
	if (first)
		let_go(s, first);
	stir(s);
	pthread_mutex_unlock(&s->lock);
}

void step_end(struct step *s)
{
	pthread_mutex_lock(&s->lock);
	atomic_store(&s->ended, true);
	stir(s);
	pthread_mutex_unlock(&s->lock);
}

/* --- Any thread --- */

bool step_is_on(const struct step *s)
{
	return atomic_load(&s->on);
}

void step_stir(struct step *s)
{
	pthread_mutex_lock(&s->lock);
	stir(s);
	pthread_mutex_unlock(&s->lock);
}

void step_enter(struct step *s, struct step_call *c)
{
	pthread_mutex_lock(&s->lock);
	c->waits = atomic_load(&s->on);
	if (c->waits)
		TAILQ_INSERT_TAIL(&s->calls, c, place);
	pthread_mutex_unlock(&s->lock);
}

bool step_waits(struct step *s, struct step_call *c)
{
	char bytes[64];
	while (read(s->wake[0], bytes, sizeof bytes) > 0)
		continue;
	pthread_mutex_lock(&s->lock);
	bool waits = c->waits && !atomic_load(&s->ended);
	pthread_mutex_unlock(&s->lock);
	return waits;
}

bool step_leave(struct step *s, struct step_call *c)
{
	pthread_mutex_lock(&s->lock);
	bool never = c->waits;
	if (c->waits)
		let_go(s, c);
	pthread_mutex_unlock(&s->lock);
	return !never;
}

void step_wait(struct step *s, struct step_call *c, const atomic_bool *never)
{
	pthread_mutex_lock(&s->lock);
	while (c->waits && !atomic_load(&s->ended) && !(never && atomic_load(never)))
		pthread_cond_wait(&s->moved, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

int step_fd(const struct step *s)
{
	return s->wake[0];
}
