#include "watchers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <uproar/control.h>
#include <uproar/sock.h>

#include "counters.h"
#include "descriptors.h"

enum {
	PATIENCE = 1000, /* ms that news which nobody must miss waits for room in a channel */
};

static bool has_room(int fd, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	uint64_t until = clock_now() + (uint64_t)ms * CLOCK_MS;
	int n;
	while ((n = poll(&p, 1, ms)) == -1 && errno == EINTR && clock_now() < until)
		continue;
	return n == 1;
}

/* False: there was no room. Without memory, or the other end, it is left out. */
static bool put(struct watchers *w, int fd)
{
	return write(fd, buf_bytes(&w->packed), w->packed.size) != -1 || errno != EAGAIN;
}

static bool pack(struct watchers *w, const struct event *e)
{
	buf_clear(&w->packed);
	return event_pack(e, &w->packed) == 0;
}

/* What a newcomer will have to know. */
static void note(struct watchers *w, const struct event *e)
{
	if (e->kind == EVENT_STATE && e->state.what == STATE_LISTENING && w->services < LISTENING_MAX)
		w->listening[w->services++] = e->state;
	if (e->kind != EVENT_LAB || e->lab.what != LAB_SETTINGS)
		return;
	size_t n = e->size < LAB_TEXT - 1 ? e->size : LAB_TEXT - 1;
	if (n > 0)
		memcpy(w->settings, e->data, n);
	w->settings[n] = '\0';
}

void watchers_tell(struct watchers *w, const struct event *e, bool urgent)
{
	struct event numbered = *e;
	pthread_mutex_lock(&w->lock);
	note(w, e);
	numbered.number = ++w->number;
	bool packed = pack(w, &numbered);
	for (size_t i = 0; packed && i < w->count; i++) {
		if (w->fds[i] != -1 && !put(w, w->fds[i]) && urgent && i == 0 && has_room(w->fds[i], PATIENCE))
			put(w, w->fds[i]);
	}
	pthread_mutex_unlock(&w->lock);
}

/* --- One alone --- */

static bool tell_one(struct watchers *w, int fd, struct event *e)
{
	e->when = clock_now();
	e->who = EVENT_SERVER;
	return !pack(w, e) || put(w, fd);
}

static void tell_newcomer(struct watchers *w, int fd)
{
	struct event lab = {.kind = EVENT_LAB, .lab = {.what = LAB_SETTINGS, .fd = -1}};
	for (size_t i = 0; i < w->services; i++)
		tell_one(w, fd, &(struct event){.kind = EVENT_STATE, .state = w->listening[i]});
	lab.data = w->settings;
	lab.size = (uint32_t)strlen(w->settings);
	tell_one(w, fd, &lab);
}

static bool tell_note(struct watchers *w, int fd, enum note_level level, const char *words)
{
	struct event e = event_of_note(EVENT_SERVER, level, words, strlen(words));
	return tell_one(w, fd, &e);
}

bool watchers_add(struct watchers *w, int fd)
{
	pthread_mutex_lock(&w->lock);
	bool room = w->count < COUNT(w->fds);
	if (room) {
		tell_newcomer(w, fd);
		w->fds[w->count++] = fd;
	} else {
		tell_note(w, fd, NOTE_ERROR,
			  _("There are as many watchers as this server has room for: try again later."));
	}
	pthread_mutex_unlock(&w->lock);
	return room;
}

void watchers_remove(struct watchers *w, int fd)
{
	size_t i = 0;
	pthread_mutex_lock(&w->lock);
	while (i < w->count && w->fds[i] != fd)
		i++;
	if (i == 0)
		w->fds[0] = -1;
	else if (i < w->count)
		w->fds[i] = w->fds[--w->count];
	pthread_mutex_unlock(&w->lock);
}

/*
 * Looked at and told under the lock, so that its close is not told before. Returns false when there is no room; then
 * it is to be looked at again.
 */
static bool sample(struct watchers *w, int fd, int socket)
{
	struct event e = {.kind = EVENT_KERNEL};
	pthread_mutex_lock(&w->lock);
	bool told = !sock_sample(socket, &e.kernel);
	e.kernel.why = KERNEL_SAMPLE;
	if (!told)
		told = tell_one(w, fd, &e);
	pthread_mutex_unlock(&w->lock);
	return told;
}

/* False: there is none before that time. */
static bool await_room(int fd, uint64_t until)
{
	uint64_t now = clock_now();
	return now < until && has_room(fd, (int)((until - now) / CLOCK_MS) + 1);
}

/* The system knows best which are open. */
void watchers_sample(struct watchers *w, int fd)
{
	struct descriptors open;
	struct event_kernel k;
	uint64_t until = clock_now() + PATIENCE * CLOCK_MS;
	bool told = true;
	int socket, count = 0;
	descriptors_begin(&open);
	while (told && count < CONTROL_SOCKETS_MAX && (socket = descriptors_next(&open)) != -1) {
		if (!sock_sample(socket, &k))
			continue;
		while (!(told = sample(w, fd, socket)) && await_room(fd, until))
			continue;
		count++;
	}
	descriptors_end(&open);
}

static bool tell_counter(struct watchers *w, int fd, const char *line)
{
	pthread_mutex_lock(&w->lock);
	bool told = tell_note(w, fd, NOTE_INFO, line);
	pthread_mutex_unlock(&w->lock);
	return told;
}

void watchers_counters(struct watchers *w, int fd)
{
	char line[COUNTERS_TEXT];
	uint64_t until = clock_now() + PATIENCE * CLOCK_MS;
	for (int i = 0; i < COUNTERS_LINES; i++) {
		counters_line(i, line);
		while (!tell_counter(w, fd, line) && await_room(fd, until))
			continue;
	}
}

/* --- The beginning and the end --- */

void watchers_start(struct watchers *w, int fd)
{
	*w = (struct watchers){.lock = PTHREAD_MUTEX_INITIALIZER, .fds = {fd}, .count = 1};
	if (fd != -1)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void watchers_end(struct watchers *w)
{
	buf_free(&w->packed);
}
