#include "replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

enum {
	MARK_EVENTS = 1000, /* from one mark to the next */
	BATCH = 500,        /* events that are read at a time, before keys are looked at again */
	TENTHS = 10,
};

#define LATE CLOCK_SECOND /* what is due for longer than this (the computer slept) is not made up for */

/* A place to begin at: that of every thousandth event. */
struct mark {
	struct replay_place place;
	uint64_t clock; /* the latest time of the events before it */
};

enum reading { NEXT_UNREAD, NEXT_HERE, NEXT_NONE };

/* Where it goes: on to the event at `position`, or to the last one that is not later than `clock`. */
struct goal {
	bool set, begun;
	unsigned tenths; /* of the whole recording, which must be known first; or, above TENTHS, none */
	uint64_t position, clock;
	uint64_t start, about; /* positions: where it began, and about where it leads */
};

struct replay {
	struct replay_handlers handlers;
	size_t memory;

	/* What is played. */
	struct replay_file file;
	enum reading reading;
	struct event next; /* HERE: the one at `position`, which is not given yet; its data is the file's */
	uint64_t position; /* events given, or passed over */
	uint64_t clock;    /* the latest time of these events */
	bool paused, damaged;
	struct goal goal;

	/* Its pace: of the time to the next event `passed` had passed at `from`. */
	double speed, passed;
	uint64_t from;

	/* What is known of all of it. */
	struct replay_file ahead;
	struct ring marks; /* of struct mark */
	uint64_t events, first, last;
	bool known;
};

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* --- Getting to know the file --- */

static int set_mark(struct replay *r, struct replay_place place)
{
	struct mark *mark = ring_push(&r->marks);
	if (!mark)
		return -1;
	*mark = (struct mark){place, r->last};
	return 0;
}

static bool look_at_one(struct replay *r)
{
	char problem[REPLAY_PROBLEM];
	struct event e;
	if (r->events % MARK_EVENTS == 0 && set_mark(r, r->ahead.next) == -1)
		return false;
	if (replay_file_next(&r->ahead, &e, problem) != REPLAY_EVENT)
		return false;
	if (r->events++ == 0)
		r->first = e.when;
	r->last = later(r->last, e.when);
	return true;
}

static void look_ahead(struct replay *r)
{
	for (int i = 0; i < BATCH && !r->known; i++)
		r->known = !look_at_one(r);
	if (r->known)
		replay_file_close(&r->ahead);
}

/* --- Events --- */

static void read_next(struct replay *r)
{
	char problem[REPLAY_PROBLEM];
	if (r->reading != NEXT_UNREAD)
		return;
	enum replay_next next = replay_file_next(&r->file, &r->next, problem);
	r->reading = next == REPLAY_EVENT ? NEXT_HERE : NEXT_NONE;
	r->damaged = next == REPLAY_DAMAGED;
	if (r->damaged)
		r->handlers.damaged(problem, r->handlers.arg);
}

static void give(struct replay *r)
{
	if (r->events == 0)
		r->first = r->next.when; /* nobody has looked ahead yet */
	r->clock = r->position == 0 ? r->next.when : later(r->clock, r->next.when);
	r->position++;
	r->reading = NEXT_UNREAD;
	r->passed = 0;
	r->handlers.take(&r->next, r->handlers.arg);
	read_next(r);
}

/* --- The pace --- */

static uint64_t pause_before(const struct replay *r)
{
	bool there = r->reading == NEXT_HERE && r->position > 0 && r->next.when > r->clock;
	return there ? r->next.when - r->clock : 0;
}

static double to_wait(const struct replay *r)
{
	uint64_t pause = pause_before(r);
	return (double)smaller(pause, REPLAY_PAUSE);
}

static double passed(const struct replay *r, uint64_t now)
{
	double by_now = r->paused ? r->passed : r->passed + (double)(now - r->from) * r->speed;
	return by_now < to_wait(r) ? by_now : to_wait(r);
}

/* When the next event is due, as long as it plays. */
static uint64_t due(const struct replay *r)
{
	if (r->speed == 0)
		return r->from;
	return r->from + (uint64_t)((to_wait(r) - r->passed) / r->speed);
}

static bool plays(const struct replay *r)
{
	return !r->paused && r->reading == NEXT_HERE;
}

static void play(struct replay *r, uint64_t now)
{
	for (int i = 0; i < BATCH && plays(r) && due(r) <= now; i++) {
		uint64_t then = due(r);
		r->from = now - then < LATE ? then : now;
		give(r);
	}
}

/* --- Going elsewhere --- */

/* The last mark that is neither behind this position nor behind this time. */
static size_t mark_before(const struct replay *r, uint64_t position, uint64_t clock)
{
	size_t low = 0;
	size_t high = r->marks.count;
	if (position / MARK_EVENTS < high)
		high = (size_t)(position / MARK_EVENTS) + 1;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		const struct mark *mark = ring_at(&r->marks, middle);
		if (mark->clock <= clock)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void start_over(struct replay *r, size_t which)
{
	const struct mark *mark = ring_at(&r->marks, which);
	r->handlers.again(r->handlers.arg);
	replay_file_go(&r->file, mark->place);
	r->position = which * MARK_EVENTS;
	r->clock = mark->clock;
	r->reading = NEXT_UNREAD;
	r->damaged = false;
}

static void begin_going(struct replay *r)
{
	struct goal *g = &r->goal;
	g->begun = true;
	if (g->tenths == TENTHS)
		g->position = r->events;
	else if (g->tenths < TENTHS)
		g->clock = r->first + (r->last - r->first) / TENTHS * g->tenths;
	size_t near = mark_before(r, g->position, g->clock);
	g->about = g->position == UINT64_MAX ? near * MARK_EVENTS : g->position;
	bool onward = r->position > 0 && r->position <= g->about && r->clock <= g->clock;
	if (!onward || g->about - r->position > r->memory)
		start_over(r, mark_before(r, g->about > r->memory ? g->about - r->memory : 0, UINT64_MAX));
	g->start = r->position;
}

static bool arrived(const struct replay *r)
{
	return r->reading == NEXT_NONE || r->position >= r->goal.position ||
	       (r->reading == NEXT_HERE && later(r->clock, r->next.when) > r->goal.clock);
}

static void go_on(struct replay *r, uint64_t now)
{
	bool must_know = r->goal.tenths > 0 && r->goal.tenths <= TENTHS;
	if (!r->goal.begun && must_know && !r->known)
		return;
	if (!r->goal.begun)
		begin_going(r);
	read_next(r);
	for (int i = 0; i < BATCH && !arrived(r); i++)
		give(r);
	r->goal.set = !arrived(r);
	r->from = now;
	r->passed = 0;
}

void replay_go(struct replay *r, unsigned tenths)
{
	r->goal = (struct goal){.set = true, .tenths = tenths, .position = UINT64_MAX, .clock = UINT64_MAX};
	if (tenths == 0)
		r->goal.position = 0;
}

void replay_back(struct replay *r, uint64_t events)
{
	bool on_the_way = r->goal.set && r->goal.position != UINT64_MAX;
	uint64_t here = on_the_way ? r->goal.position : r->position;
	r->goal = (struct goal){.set = true, .tenths = TENTHS + 1, .clock = UINT64_MAX};
	r->goal.position = here > events ? here - events : 0;
}

/* --- What the user wants --- */

void replay_pause(struct replay *r, uint64_t now)
{
	if (r->reading == NEXT_NONE && !r->goal.set) {
		r->paused = false;
		replay_go(r, 0);
		return;
	}
	r->passed = passed(r, now);
	r->from = now;
	r->paused = !r->paused;
}

void replay_step(struct replay *r, uint64_t now)
{
	if (r->goal.set)
		return;
	read_next(r);
	if (r->reading == NEXT_HERE)
		give(r);
	r->from = now;
}

void replay_speed(struct replay *r, double factor, uint64_t now)
{
	r->passed = passed(r, now);
	r->from = now;
	if (r->speed == 0 && factor < 1)
		r->speed = OPTIONS_FASTEST;
	else if (r->speed > 0)
		r->speed *= factor;
	if (r->speed > OPTIONS_FASTEST)
		r->speed = OPTIONS_FASTEST;
	if (r->speed > 0 && r->speed < OPTIONS_SLOWEST)
		r->speed = OPTIONS_SLOWEST;
}

/* --- Time --- */

uint64_t replay_deadline(const struct replay *r)
{
	if (!r->known || r->goal.set || r->reading == NEXT_UNREAD)
		return 0;
	return plays(r) ? due(r) : CLOCK_NEVER;
}

void replay_advance(struct replay *r, uint64_t now)
{
	if (!r->known)
		look_ahead(r);
	if (r->goal.set) {
		go_on(r, now);
	} else {
		read_next(r);
		play(r, now);
	}
}

uint64_t replay_clock(const struct replay *r, uint64_t now)
{
	return r->clock + (uint64_t)passed(r, now);
}

/* --- How it stands --- */

static double share(uint64_t part, uint64_t whole)
{
	return whole == 0 || part >= whole ? 1 : (double)part / (double)whole;
}

static double done(const struct replay *r)
{
	if (r->goal.set && r->goal.begun)
		return share(r->position - r->goal.start, r->goal.about - r->goal.start);
	return r->known ? 1 : share(r->ahead.next.offset, r->ahead.size);
}

struct replay_state replay_state(const struct replay *r)
{
	uint64_t pause = pause_before(r);
	bool begun = r->position > 0 && r->clock > r->first;
	return (struct replay_state){
		.paused = r->paused,
		.ended = r->reading == NEXT_NONE,
		.damaged = r->damaged,
		.going = r->goal.set,
		.known = r->known,
		.done = done(r),
		.speed = r->speed,
		.position = r->position,
		.events = later(r->events, r->position),
		.at = begun ? r->clock - r->first : 0,
		.length = later(r->last, r->clock) - r->first,
		.pause = pause > REPLAY_PAUSE ? pause : 0,
	};
}

int64_t replay_wall(const struct replay *r)
{
	return r->file.header.wall;
}

/* --- Opening and closing --- */

struct replay *replay_open(const char *path, double speed, size_t memory, const struct replay_handlers *handlers,
			   char problem[REPLAY_PROBLEM])
{
	struct replay *r = calloc(1, sizeof *r);
	if (!r) {
		snprintf(problem, REPLAY_PROBLEM, "%s", _("There is no memory left."));
		return NULL;
	}
	r->handlers = *handlers;
	r->memory = memory;
	r->speed = speed;
	r->marks = RING_OF(struct mark);
	if (replay_file_open(&r->file, path, true, problem) == -1) {
		free(r);
		return NULL;
	}
	if (replay_file_copy(&r->ahead, &r->file) == 0)
		return r;
	snprintf(problem, REPLAY_PROBLEM, _("%s cannot be read: %s."), path, strerror(errno));
	replay_file_close(&r->file);
	free(r);
	return NULL;
}

void replay_free(struct replay *r)
{
	if (!r)
		return;
	replay_file_close(&r->file);
	replay_file_close(&r->ahead);
	ring_free(&r->marks);
	free(r);
}
