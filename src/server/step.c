#include "step.h"

#include <stdatomic.h>
#include <string.h>
#include <uv.h>

/* How often a call that waits looks whether the server ends: a signal's handler cannot wake it. */
#define LOOK (100 * CLOCK_MS)

/* Calls take numbers as they come, and go in their order: as in a shop. */
static struct {
	atomic_bool on, ended;
	uv_mutex_t lock; /* of the rest, and of changes of `on` */
	uv_cond_t changed;
	int watcher; /* who began it */
	uint64_t came, let_go;
} step;

int step_start(void)
{
	int error = uv_mutex_init(&step.lock);
	return -(error ? error : uv_cond_init(&step.changed));
}

static bool stepping(void)
{
	return step.on && !step.ended;
}

/* It is told under the lock, so that calls are told in the order in which they will go, and before they may. */
bool step_hold(const struct event *e, sock_hook *tell, void *arg)
{
	if (!stepping())
		return false;
	uv_mutex_lock(&step.lock);
	bool held = stepping();
	if (held) {
		uint64_t number = step.came++;
		tell(e, arg);
		while (stepping() && step.let_go <= number)
			uv_cond_timedwait(&step.changed, &step.lock, LOOK);
	}
	uv_mutex_unlock(&step.lock);
	return held;
}

/* Those that wait have all been let go, even if it is on again before they see it. */
static void turn_off(void)
{
	step.on = false;
	step.let_go = step.came;
}

int step_command(int watcher, const char *word)
{
	int result = 0;
	uv_mutex_lock(&step.lock);
	if (strcmp(word, "on") == 0) {
		step.watcher = step.on ? step.watcher : watcher;
		step.on = true;
	} else if (strcmp(word, "off") == 0) {
		turn_off();
	} else if (strcmp(word, "go") == 0) {
		step.let_go += step.let_go < step.came;
	} else {
		result = -1;
	}
	uv_cond_broadcast(&step.changed);
	uv_mutex_unlock(&step.lock);
	return result;
}

void step_leave(int watcher)
{
	uv_mutex_lock(&step.lock);
	if (step.on && step.watcher == watcher)
		turn_off();
	uv_cond_broadcast(&step.changed);
	uv_mutex_unlock(&step.lock);
}

void step_end(void)
{
	step.ended = true;
}
