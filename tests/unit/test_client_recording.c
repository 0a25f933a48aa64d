/* The log is written to a file as it grows; what a view shows, too. */
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include "../../src/client/recording.h"
#include "../../src/client/replay_file.h"
#include "../../src/client/save.h"
#include "test_client_replay.h"

enum { EVENTS = 1000, BYTES = 1 << 20, MANY = 20000 };

static void say(struct log *l, unsigned number)
{
	char words[32];
	snprintf(words, sizeof words, "note %u", number);
	struct event e = event_of_note(EVENT_CLIENT, NOTE_INFO, words, strlen(words));
	e.when = number * MS;
	assert_int_equal(log_append(l, &e), 0);
}

static struct log *log_of(size_t limit, unsigned notes)
{
	struct log *l = log_new(limit, BYTES);
	assert_non_null(l);
	for (unsigned i = 1; i <= notes; i++)
		say(l, i);
	return l;
}

/* The file has just these notes, and is sound to its end. */
static void expect_notes(const char *path, unsigned first, unsigned last)
{
	char problem[REPLAY_PROBLEM];
	struct replay_file f;
	struct event e;
	if (replay_file_open(&f, path, true, problem) == -1)
		fail_msg("%s", problem);
	assert_int_equal(f.header.wall, WALL);
	for (unsigned i = first; i <= last; i++) {
		assert_int_equal(replay_file_next(&f, &e, problem), REPLAY_EVENT);
		assert_int_equal(number_of(&e), i);
		assert_int_equal(e.when, i * MS);
	}
	assert_int_equal(replay_file_next(&f, &e, problem), REPLAY_END);
	replay_file_close(&f);
}

static uint64_t size_of(const char *path)
{
	struct stat s;
	assert_int_equal(stat(path, &s), 0);
	return (uint64_t)s.st_size;
}

/* --- Recording --- */

static void test_what_was_and_what_comes(void **state)
{
	(void)state;
	struct log *l = log_of(EVENTS, 3);
	struct recording *r = recording_start(path_of("a"), l, WALL, NULL, NULL);
	assert_non_null(r);
	assert_string_equal(recording_path(r), path_of("a"));
	assert_int_equal(recording_behind(r), 3);
	assert_int_equal(recording_catch_up(r), 0);
	assert_int_equal(recording_behind(r), 0);
	say(l, 4);
	assert_int_equal(recording_behind(r), 1);
	struct recording_figures f;
	assert_int_equal(recording_stop(r, &f), 0); /* what is left, too */
	assert_int_equal(f.events, 4);
	assert_int_equal(f.forgotten, 0);
	assert_int_equal(f.bytes, size_of(path_of("a")));
	expect_notes(path_of("a"), 1, 4);
	log_free(l);
}

static void test_nothing_has_happened(void **state)
{
	(void)state;
	struct log *l = log_of(EVENTS, 0);
	struct recording *r = recording_start(path_of("nothing"), l, WALL, NULL, NULL);
	assert_non_null(r);
	assert_int_equal(recording_stop(r, NULL), 0);
	expect_notes(path_of("nothing"), 1, 0);
	log_free(l);
}

static void test_what_was_forgotten_is_counted(void **state)
{
	(void)state;
	struct log *l = log_of(10, 25);
	struct recording *r = recording_start(path_of("late"), l, WALL, NULL, NULL);
	struct recording_figures f;
	assert_int_equal(recording_catch_up(r), 0);
	assert_int_equal(recording_figures(r).forgotten, 15);
	assert_int_equal(recording_figures(r).events, 10);
	assert_int_equal(recording_stop(r, &f), 0);
	assert_int_equal(f.forgotten, 15);
	expect_notes(path_of("late"), 16, 25);
	log_free(l);
}

/* The disk's thread says when it can take more; until then nobody waits for it. */
struct wakening {
	pthread_mutex_t lock;
	pthread_cond_t woken;
	unsigned times;
};

static void wake(void *arg)
{
	struct wakening *w = arg;
	pthread_mutex_lock(&w->lock);
	w->times++;
	pthread_cond_broadcast(&w->woken);
	pthread_mutex_unlock(&w->lock);
}

static void test_a_part_at_a_time(void **state)
{
	(void)state;
	struct wakening w = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
	struct log *l = log_new(MANY, 64 << 20);
	for (unsigned i = 1; i <= MANY; i++)
		say(l, i);
	struct recording *r = recording_start(path_of("parts"), l, WALL, wake, &w);
	unsigned parts = 0;
	while (recording_behind(r) > 0) {
		uint64_t before = recording_behind(r);
		assert_int_equal(recording_advance(r), 0);
		assert_true(before - recording_behind(r) < MANY / 2);
		pthread_mutex_lock(&w.lock);
		while (w.times == parts)
			pthread_cond_wait(&w.woken, &w.lock);
		parts = w.times;
		pthread_mutex_unlock(&w.lock);
	}
	assert_true(parts > 1);
	assert_int_equal(recording_stop(r, NULL), 0);
	expect_notes(path_of("parts"), 1, MANY);
	log_free(l);
}

static void test_fault_22_nothing_is_written_over(void **state)
{
	(void)state;
	char words[256];
	struct log *l = log_of(EVENTS, 1);
	write_file(path_of("old"), "precious", 8);
	errno = 0;
	assert_null(recording_start(path_of("old"), l, WALL, NULL, NULL));
	assert_int_equal(errno, EEXIST);
	assert_int_equal(size_of(path_of("old")), 8);
	assert_non_null(strstr(save_problem("NAME", EEXIST, words, sizeof words), "NAME is there already"));
	assert_int_equal(symlink("/nonexistent/x", path_of("link")), 0);
	assert_null(recording_start(path_of("link"), l, WALL, NULL, NULL));
	assert_int_equal(errno, EEXIST);
	assert_null(recording_start("/nonexistent/x", l, WALL, NULL, NULL));
	assert_int_equal(errno, ENOENT);
	log_free(l);
}

/* What was said is its user's alone, recorded or saved, whatever the umask allows. */
static void expect_private(const char *path)
{
	struct stat s;
	assert_int_equal(lstat(path, &s), 0);
	assert_int_equal(s.st_mode & 07777, 0600);
}

static void test_fault_22_a_recording_is_its_users_alone(void **state)
{
	(void)state;
	struct log *l = log_of(EVENTS, 1);
	mode_t before = umask(0);
	struct recording *r = recording_start(path_of("mine"), l, WALL, NULL, NULL);
	umask(before);
	assert_int_equal(recording_stop(r, NULL), 0);
	expect_private(path_of("mine"));
	log_free(l);
}

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;
	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* There is room for some events and a part of one: the recording ends with the last whole one. */
static void test_fault_22_a_full_disk(void **state)
{
	(void)state;
	enum { ROOM = 10007 };
	char words[256];
	struct log *l = log_of(EVENTS, EVENTS);
	struct recording *r = recording_start(path_of("full"), l, WALL, NULL, NULL);
	limit_files(ROOM);
	int result;
	do
		result = recording_advance(r);
	while (result == 0 && recording_behind(r) > 0);
	struct recording_figures f;
	errno = 0;
	assert_int_equal(recording_stop(r, &f), -1);
	int error = errno;
	limit_files(RLIM_INFINITY);
	assert_int_equal(error, EFBIG);
	assert_int_equal(f.bytes, size_of(path_of("full")));
	char expected[64];
	snprintf(expected, sizeof expected, "It has the first %u events.", (unsigned)f.events);
	recording_problem("NAME", error, &f, words, sizeof words);
	assert_non_null(strstr(words, "NAME has ended before its time"));
	assert_non_null(strstr(words, expected));
	uint64_t size = size_of(path_of("full"));
	assert_true(size > ROOM - 200 && size <= ROOM);
	struct buf b = read_file(path_of("full"));
	unsigned lines = 0;
	for (size_t i = 0; i < b.size; i++)
		lines += buf_bytes(&b)[i] == '\n';
	buf_free(&b);
	assert_int_equal(f.events, lines - 1);
	expect_notes(path_of("full"), 1, lines - 1);
	log_free(l);
}

/* Not even one event found room: nothing is left behind. */
static void test_fault_22_a_disk_without_any_room(void **state)
{
	(void)state;
	char words[256];
	for (rlim_t room = 0; room < 60; room += 20) { /* the header may have some, or not all */
		struct log *l = log_of(EVENTS, 3);
		struct recording_figures f;
		struct recording *r = recording_start(path_of("empty"), l, WALL, NULL, NULL);
		assert_non_null(r);
		limit_files(room);
		int result = recording_stop(r, &f), error = errno;
		limit_files(RLIM_INFINITY);
		assert_int_equal(result, -1);
		assert_int_equal(error, EFBIG);
		assert_int_equal(f.events, 0);
		assert_int_equal(access(path_of("empty"), F_OK), -1);
		recording_problem("NAME", error, &f, words, sizeof words);
		assert_string_equal(words,
				    "Nothing could be recorded in NAME, and the file is gone again: File too large.");
		log_free(l);
	}
}

/* --- Saving --- */

struct shown {
	struct log *log;
	struct transcript *transcript;
	struct pager *pager;
};

static struct shown show(unsigned notes)
{
	struct shown s = {.log = log_of(EVENTS, notes)};
	s.transcript = transcript_new(s.log, WALL);
	s.pager = pager_new(&transcript_lines, s.transcript);
	assert_non_null(s.pager);
	assert_int_equal(pager_update(s.pager), 0);
	return s;
}

static void unshow(struct shown *s)
{
	pager_free(s->pager);
	transcript_free(s->transcript);
	log_free(s->log);
}

static int save(const struct shown *s, const char *name, struct save_figures *f)
{
	return save_view(path_of(name), "title", s->pager, 80, s->log, WALL, f);
}

static void test_all_rows_are_saved(void **state)
{
	(void)state;
	struct shown s = show(500);
	struct save_figures f;
	assert_int_equal(save(&s, "text", &f), 0);
	assert_int_equal(f.rows, 500);
	assert_false(f.events);
	assert_int_equal(f.bytes, size_of(path_of("text")));
	struct buf b = read_file(path_of("text"));
	const char *at = (char *)buf_bytes(&b);
	for (unsigned i = 1; i <= 500; i++) {
		char words[32];
		snprintf(words, sizeof words, " note %u\n", i);
		const char *line = strstr(at, words);
		assert_non_null(line);
		assert_ptr_equal(strchr(at, '\n') + 1, line + strlen(words));
		at = line + strlen(words);
	}
	assert_string_equal(at, "");
	buf_free(&b);
	unshow(&s);
}

static void test_the_name_tells_the_form(void **state)
{
	(void)state;
	struct shown s = show(7);
	struct save_figures f;
	assert_int_equal(save(&s, "picture.SVG", &f), 0);
	assert_int_equal(f.rows, 7);
	struct buf b = read_file(path_of("picture.SVG"));
	assert_non_null(strstr((char *)buf_bytes(&b), "<svg"));
	buf_free(&b);
	assert_int_equal(save(&s, "events.jsonl", &f), 0);
	assert_true(f.events);
	assert_int_equal(f.rows, 7);
	assert_int_equal(f.bytes, size_of(path_of("events.jsonl")));
	expect_notes(path_of("events.jsonl"), 1, 7);
	unshow(&s);
}

static void test_saving_writes_nothing_over(void **state)
{
	(void)state;
	static const char *const names[] = {"old.txt", "old.svg", "old.jsonl"};
	struct shown s = show(7);
	struct save_figures f;
	for (size_t i = 0; i < COUNT(names); i++) {
		write_file(path_of(names[i]), "precious", 8);
		assert_int_equal(save(&s, names[i], &f), -1);
		assert_int_equal(errno, EEXIST);
		assert_int_equal(size_of(path_of(names[i])), 8);
	}
	unshow(&s);
}

static void test_fault_22_what_is_saved_is_its_users_alone(void **state)
{
	(void)state;
	static const char *const names[] = {"mine.txt", "mine.svg", "mine.jsonl"};
	struct shown s = show(7);
	struct save_figures f;
	mode_t before = umask(0);
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_int_equal(save(&s, names[i], &f), 0);
		expect_private(path_of(names[i]));
	}
	umask(before);
	unshow(&s);
}

static void test_no_half_is_left_behind(void **state)
{
	(void)state;
	static const char *const names[] = {"half.txt", "half.svg", "half.jsonl"};
	struct shown s = show(EVENTS);
	struct save_figures f;
	for (size_t i = 0; i < COUNT(names); i++) {
		limit_files(1000);
		int result = save(&s, names[i], &f);
		int error = errno;
		limit_files(RLIM_INFINITY);
		assert_int_equal(result, -1);
		assert_int_equal(error, EFBIG);
		assert_int_equal(access(path_of(names[i]), F_OK), -1);
	}
	unshow(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_and_what_comes),
		cmocka_unit_test(test_nothing_has_happened),
		cmocka_unit_test(test_what_was_forgotten_is_counted),
		cmocka_unit_test(test_a_part_at_a_time),
		cmocka_unit_test(test_fault_22_nothing_is_written_over),
		cmocka_unit_test(test_fault_22_a_recording_is_its_users_alone),
		cmocka_unit_test(test_fault_22_a_full_disk),
		cmocka_unit_test(test_fault_22_a_disk_without_any_room),
		cmocka_unit_test(test_all_rows_are_saved),
		cmocka_unit_test(test_the_name_tells_the_form),
		cmocka_unit_test(test_saving_writes_nothing_over),
		cmocka_unit_test(test_fault_22_what_is_saved_is_its_users_alone),
		cmocka_unit_test(test_no_half_is_left_behind),
	};
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
