/* A recording is played: at its pace, one by one, and from any place in it. Times are made up. */
#include "test_client_replay.h"

#include "../../src/client/options.h"
#include "../../src/client/replay.h"

#define BEGIN (500 * CLOCK_SECOND) /* of the recording, by its clock, */
#define NOW   (7 * CLOCK_SECOND)   /* and of playing it, by ours */

/* --- What the tests share --- */

/* What was given since the last time that all was to be forgotten. */
static struct seen {
	unsigned count, first, last; /* notes, by their numbers */
	unsigned times_anew;
	char problem[REPLAY_PROBLEM];
} seen;

static void again(void *arg)
{
	(void)arg;
	unsigned times = seen.times_anew + 1;
	seen = (struct seen){.times_anew = times};
}

static void take(const struct event *e, void *arg)
{
	(void)arg;
	unsigned number = number_of(e);
	if (seen.count++ == 0)
		seen.first = number;
	else
		assert_int_equal(number, seen.last + 1); /* none is left out, and none comes twice */
	seen.last = number;
}

static void damaged(const char *problem, void *arg)
{
	(void)arg;
	snprintf(seen.problem, sizeof seen.problem, "%s", problem);
}

static struct replay *open_replay(const char *path, double speed, size_t memory)
{
	static const struct replay_handlers handlers = {again, take, damaged, NULL};
	char problem[REPLAY_PROBLEM] = "";
	seen = (struct seen){0};
	struct replay *r = replay_open(path, speed, memory, &handlers, problem);
	if (!r)
		fail_msg("%s", problem);
	return r;
}

/* As the loop does until this moment: it is called whenever it is due. Returns when it will be due next. */
static uint64_t run_until(struct replay *r, uint64_t now)
{
	uint64_t deadline;
	while ((deadline = replay_deadline(r)) <= now)
		replay_advance(r, deadline > NOW ? deadline : NOW);
	return deadline;
}

/* The same for what is due at once. */
static uint64_t settle(struct replay *r, uint64_t now)
{
	while (replay_deadline(r) <= now)
		replay_advance(r, now);
	return replay_deadline(r);
}

/* --- The pace --- */

static void test_at_the_pace_of_the_events(void **state)
{
	(void)state;
	struct replay *r = open_replay(note_file("pace", 5, BEGIN, 100 * MS), 1, 1000);
	assert_int_equal(replay_wall(r), WALL);
	assert_int_equal(run_until(r, NOW), NOW + 100 * MS);
	assert_int_equal(seen.last, 1); /* the first one at once */
	assert_int_equal(run_until(r, NOW + 100 * MS - 1), NOW + 100 * MS);
	assert_int_equal(seen.last, 1);
	run_until(r, NOW + 100 * MS);
	assert_int_equal(seen.last, 2);
	assert_int_equal(replay_clock(r, NOW + 150 * MS), BEGIN + 150 * MS);
	assert_int_equal(run_until(r, NOW + 400 * MS), CLOCK_NEVER);
	assert_int_equal(seen.last, 5);
	struct replay_state s = replay_state(r);
	assert_true(s.ended && s.known && !s.damaged && !s.paused);
	assert_int_equal(s.position, 5);
	assert_int_equal(s.events, 5);
	assert_int_equal(s.at, 400 * MS);
	assert_int_equal(s.length, 400 * MS);
	replay_free(r);
}

static void test_faster_slower_at_once(void **state)
{
	(void)state;
	struct replay *r = open_replay(note_file("speeds", 3, BEGIN, 100 * MS), 4, 1000);
	assert_int_equal(run_until(r, NOW), NOW + 25 * MS);
	replay_free(r);
	r = open_replay(path_of("speeds"), 0.5, 1000);
	assert_int_equal(run_until(r, NOW), NOW + 200 * MS);
	replay_free(r);
	r = open_replay(path_of("speeds"), 0, 1000);
	assert_int_equal(settle(r, NOW), CLOCK_NEVER);
	assert_int_equal(seen.last, 3);
	replay_free(r);
}

static void test_the_speed_changes_on_the_way(void **state)
{
	(void)state;
	struct replay *r = open_replay(note_file("changes", 3, BEGIN, 100 * MS), 1, 1000);
	run_until(r, NOW);
	replay_speed(r, 2, NOW + 50 * MS); /* half of the time has passed, the other half takes half as long */
	assert_int_equal(run_until(r, NOW + 50 * MS), NOW + 75 * MS);
	assert_true(replay_state(r).speed == 2);
	for (int i = 0; i < 20; i++)
		replay_speed(r, 2, NOW + 60 * MS);
	assert_true(replay_state(r).speed == OPTIONS_FASTEST);
	for (int i = 0; i < 40; i++)
		replay_speed(r, 0.5, NOW + 60 * MS);
	assert_true(replay_state(r).speed == OPTIONS_SLOWEST);
	replay_free(r);
	r = open_replay(path_of("changes"), 0, 1000);
	replay_speed(r, 2, NOW);
	assert_true(replay_state(r).speed == 0);
	replay_speed(r, 0.5, NOW);
	assert_true(replay_state(r).speed == OPTIONS_FASTEST);
	replay_free(r);
}

static void test_long_pauses_are_shortened(void **state)
{
	(void)state;
	struct replay *r = open_replay(note_file("pauses", 2, BEGIN, 60 * CLOCK_SECOND), 1, 1000);
	assert_int_equal(run_until(r, NOW), NOW + 2 * CLOCK_SECOND);
	assert_int_equal(replay_state(r).pause, 60 * CLOCK_SECOND);
	replay_step(r, NOW + 1); /* and skipped */
	assert_int_equal(seen.last, 2);
	assert_int_equal(replay_state(r).pause, 0);
	replay_free(r);
}

/* Times may go back, or far away: the events come nevertheless, in the order of the file. */
static void test_times_that_are_strange(void **state)
{
	(void)state;
	struct buf b = {0};
	begin_file(&b);
	add_note(&b, BEGIN, 1);
	add_note(&b, 0, 2);
	add_note(&b, UINT64_MAX, 3);
	add_note(&b, 1, 4);
	write_file(path_of("strange"), buf_bytes(&b), b.size);
	buf_free(&b);
	struct replay *r = open_replay(path_of("strange"), 1, 1000);
	assert_int_equal(run_until(r, NOW), NOW + 2 * CLOCK_SECOND);
	assert_int_equal(seen.last, 2);
	assert_int_equal(run_until(r, NOW + 2 * CLOCK_SECOND), CLOCK_NEVER);
	assert_int_equal(seen.last, 4);
	replay_free(r);
}

/* What came due while nobody looked is made up for; a night's sleep is not. */
static void test_late(void **state)
{
	(void)state;
	struct replay *r = open_replay(note_file("late", 100, BEGIN, 100 * MS), 1, 1000);
	run_until(r, NOW);
	assert_int_equal(settle(r, NOW + 550 * MS), NOW + 600 * MS);
	assert_int_equal(seen.last, 6);
	assert_int_equal(settle(r, NOW + 3600 * CLOCK_SECOND), NOW + 3600 * CLOCK_SECOND + 100 * MS);
	assert_int_equal(seen.last, 7);
	replay_free(r);
}

/* --- Pause and step --- */

static void test_pause(void **state)
{
	(void)state;
	struct replay *r = open_replay(note_file("pause", 3, BEGIN, 100 * MS), 1, 1000);
	run_until(r, NOW);
	replay_pause(r, NOW + 40 * MS);
	assert_true(replay_state(r).paused);
	assert_int_equal(replay_deadline(r), CLOCK_NEVER);
	assert_int_equal(replay_clock(r, NOW + 5 * CLOCK_SECOND), BEGIN + 40 * MS);
	replay_pause(r, NOW + 5 * CLOCK_SECOND);
	assert_int_equal(replay_deadline(r), NOW + 5 * CLOCK_SECOND + 60 * MS);
	assert_int_equal(seen.last, 1);
	replay_free(r);
}

static void test_step(void **state)
{
	(void)state;
	struct replay *r = open_replay(note_file("step", 3, BEGIN, 100 * MS), 1, 1000);
	run_until(r, NOW);
	replay_pause(r, NOW);
	replay_step(r, NOW + 1);
	assert_int_equal(seen.last, 2);
	assert_true(replay_state(r).paused);
	replay_step(r, NOW + 2);
	replay_step(r, NOW + 3);
	assert_int_equal(seen.last, 3);
	assert_true(replay_state(r).ended);
	replay_free(r);
	r = open_replay(path_of("step"), 1, 1000); /* before anything else has happened */
	replay_step(r, NOW);
	assert_int_equal(seen.last, 1);
	assert_int_equal(replay_state(r).at, 0);
	replay_free(r);
}

static void test_from_the_end_it_begins_again(void **state)
{
	(void)state;
	struct replay *r = open_replay(note_file("end", 3, BEGIN, 100 * MS), 1, 1000);
	run_until(r, NOW + CLOCK_SECOND);
	assert_true(replay_state(r).ended);
	replay_pause(r, NOW + CLOCK_SECOND);
	assert_int_equal(settle(r, NOW + CLOCK_SECOND), NOW + CLOCK_SECOND + 100 * MS);
	assert_int_equal(seen.times_anew, 1);
	assert_int_equal(seen.last, 1);
	replay_free(r);
}

/* --- Elsewhere --- */

static void test_back(void **state)
{
	(void)state;
	struct replay *r = open_replay(note_file("back", 50, BEGIN, 100 * MS), 0, 1000);
	settle(r, NOW);
	assert_int_equal(seen.last, 50);
	replay_pause(r, NOW); /* at the end: begins again */
	replay_pause(r, NOW);
	replay_free(r);

	r = open_replay(path_of("back"), 1, 1000);
	run_until(r, NOW + 2450 * MS);
	assert_int_equal(seen.last, 25);
	replay_pause(r, NOW + 2450 * MS);
	replay_back(r, 10);
	assert_true(replay_state(r).going);
	assert_int_equal(settle(r, NOW + 2450 * MS), CLOCK_NEVER);
	assert_int_equal(seen.times_anew, 1);
	assert_int_equal(seen.first, 1);
	assert_int_equal(seen.last, 15);
	assert_int_equal(replay_state(r).position, 15);
	replay_back(r, 3); /* twice before anything happens is once for both */
	replay_back(r, 3);
	settle(r, NOW + 2450 * MS);
	assert_int_equal(seen.last, 9);
	replay_back(r, 10);
	settle(r, NOW + 2450 * MS);
	assert_int_equal(seen.count, 0);
	assert_int_equal(replay_state(r).position, 0);
	replay_pause(r, NOW + 5 * CLOCK_SECOND); /* and on from there, at the same pace */
	assert_int_equal(settle(r, NOW + 5 * CLOCK_SECOND), NOW + 5 * CLOCK_SECOND + 100 * MS);
	assert_int_equal(seen.last, 1);
	replay_free(r);
}

static void test_beginning_and_end(void **state)
{
	(void)state;
	struct replay *r = open_replay(note_file("ends", 3000, BEGIN, 100 * MS), 1, 10000);
	replay_pause(r, NOW);
	replay_go(r, 10);
	settle(r, NOW);
	assert_int_equal(seen.last, 3000);
	assert_int_equal(seen.times_anew, 1); /* nothing had been given: from the beginning */
	assert_true(replay_state(r).ended && replay_state(r).known);
	replay_go(r, 0);
	settle(r, NOW);
	assert_int_equal(seen.count, 0);
	assert_false(replay_state(r).ended);
	replay_step(r, NOW);
	replay_go(r, 10); /* onward it need not begin anew */
	settle(r, NOW);
	assert_int_equal(seen.times_anew, 2);
	assert_int_equal(seen.count, 3000);
	replay_free(r);
}

/* To tenths of the time, not of the events: half of these happen in the last second of ten. */
static void test_tenths_of_the_time(void **state)
{
	(void)state;
	struct buf b = {0};
	begin_file(&b);
	for (unsigned i = 0; i < 10; i++)
		add_note(&b, BEGIN + i * CLOCK_SECOND, i + 1);
	for (unsigned i = 1; i <= 10; i++)
		add_note(&b, BEGIN + 9 * CLOCK_SECOND + i * 100 * MS, 10 + i);
	write_file(path_of("tenths"), buf_bytes(&b), b.size);
	buf_free(&b);
	struct replay *r = open_replay(path_of("tenths"), 1, 1000);
	replay_pause(r, NOW);
	static const unsigned last[] = {0, 2, 3, 4, 5, 6, 7, 8, 9, 10};
	for (unsigned tenth = 9; tenth > 0; tenth--) {
		replay_go(r, tenth);
		settle(r, NOW);
		assert_int_equal(seen.first, 1);
		assert_int_equal(seen.last, last[tenth]);
	}
	replay_go(r, 5);
	settle(r, NOW);
	assert_int_equal(seen.last, 6);
	assert_int_equal(replay_state(r).at, 5 * CLOCK_SECOND);
	replay_free(r);
}

/* Of a long recording no more is given than is kept, and little is read that is not given. */
static void test_memory_is_bounded(void **state)
{
	(void)state;
	enum { ALL = 20000, MEMORY = 3000 };
	struct replay *r = open_replay(note_file("long", ALL, BEGIN, MS), 1, MEMORY);
	replay_pause(r, NOW);
	replay_go(r, 10);
	settle(r, NOW);
	assert_int_equal(seen.last, ALL);
	assert_true(seen.count >= MEMORY && seen.count <= MEMORY + 1000);
	replay_back(r, 10);
	settle(r, NOW);
	assert_int_equal(seen.last, ALL - 10);
	assert_true(seen.count >= MEMORY - 10 && seen.count <= MEMORY + 1000);
	replay_go(r, 5);
	settle(r, NOW);
	assert_int_equal(seen.last, ALL / 2);
	assert_true(seen.count >= MEMORY && seen.count <= MEMORY + 2000);
	replay_free(r);
}

/* It is read a little at a time, and tells how far it is. */
static void test_long_work_is_done_in_parts(void **state)
{
	(void)state;
	struct replay *r = open_replay(note_file("parts", 20000, BEGIN, MS), 1, 100000);
	replay_pause(r, NOW);
	replay_go(r, 10);
	unsigned parts = 0;
	double done = 0;
	for (; replay_state(r).going; parts++) {
		assert_true(replay_deadline(r) == 0);
		unsigned before = seen.count;
		replay_advance(r, NOW);
		assert_true(seen.count - before <= 1000);
		double now_done = replay_state(r).done;
		assert_true(now_done >= 0 && now_done <= 1);
		done += now_done;
	}
	assert_true(parts >= 20);
	assert_true(done > 1);
	assert_int_equal(seen.count, 20000);
	replay_free(r);
}

/* --- Damage --- */

static void test_played_up_to_the_damage(void **state)
{
	(void)state;
	struct buf b = {0};
	begin_file(&b);
	for (unsigned i = 1; i <= 3; i++)
		add_note(&b, BEGIN, i);
	assert_int_equal(buf_append(&b, "{\"when\":1}\n", 11), 0);
	add_note(&b, BEGIN, 4);
	write_file(path_of("damaged"), buf_bytes(&b), b.size);
	buf_free(&b);
	struct replay *r = open_replay(path_of("damaged"), 1, 1000);
	settle(r, NOW);
	assert_int_equal(seen.last, 3);
	assert_string_equal(
		seen.problem,
		"The recording is damaged in line 5: \"who\" is missing. What stands before that is sound.");
	struct replay_state s = replay_state(r);
	assert_true(s.damaged && s.ended && s.known);
	assert_int_equal(s.events, 3);
	replay_back(r, 1);
	settle(r, NOW);
	assert_int_equal(seen.last, 3); /* two, and then it goes on */
	assert_true(strlen(seen.problem) > 0);
	replay_free(r);
}

static void test_without_any_event(void **state)
{
	(void)state;
	struct replay *r = open_replay(note_file("empty", 0, 0, 0), 1, 1000);
	assert_int_equal(settle(r, NOW), CLOCK_NEVER);
	assert_int_equal(seen.count, 0);
	assert_true(replay_state(r).ended);
	replay_step(r, NOW);
	replay_back(r, 10);
	settle(r, NOW);
	for (unsigned tenth = 0; tenth <= 10; tenth++) {
		replay_go(r, tenth);
		assert_int_equal(settle(r, NOW), CLOCK_NEVER);
	}
	replay_pause(r, NOW);
	settle(r, NOW);
	assert_int_equal(seen.count, 0);
	assert_int_equal(replay_state(r).length, 0);
	replay_free(r);
}

/* Whatever keys are pressed whenever, no event is left out or comes twice (take() sees to that), and it ends. */
static void test_random_keys(void **state)
{
	(void)state;
	enum { ALL = 5000 };
	note_file("random", ALL, BEGIN, 7 * MS);
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct replay *r = open_replay(path_of("random"), 1, seed % 2 ? 1500 : 100000);
		uint64_t now = NOW;
		for (uint64_t i = 0; i < 400; i++) {
			uint64_t x = random_at(seed, i);
			now += x % (100 * MS);
			switch (x >> 32 & 7) {
			case 0:
				replay_pause(r, now);
				break;
			case 1:
				replay_step(r, now);
				break;
			case 2:
				replay_back(r, x >> 40 & 63);
				break;
			case 3:
				replay_go(r, (unsigned)(x >> 40) % 11);
				break;
			case 4:
				replay_speed(r, x >> 40 & 1 ? 2 : 0.5, now);
				break;
			default:
				replay_advance(r, now);
			}
			assert_int_equal(replay_state(r).position, seen.count ? seen.last : replay_state(r).position);
		}
		replay_go(r, 10);
		settle(r, now);
		assert_int_equal(seen.last, ALL);
		replay_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_at_the_pace_of_the_events),
		cmocka_unit_test(test_faster_slower_at_once),
		cmocka_unit_test(test_the_speed_changes_on_the_way),
		cmocka_unit_test(test_long_pauses_are_shortened),
		cmocka_unit_test(test_times_that_are_strange),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_from_the_end_it_begins_again),
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_beginning_and_end),
		cmocka_unit_test(test_tenths_of_the_time),
		cmocka_unit_test(test_memory_is_bounded),
		cmocka_unit_test(test_long_work_is_done_in_parts),
		cmocka_unit_test(test_played_up_to_the_damage),
		cmocka_unit_test(test_without_any_event),
		cmocka_unit_test(test_random_keys),
	};
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
