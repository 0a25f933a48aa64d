/* A recording as a file: what is no recording, what is damaged where, and that whatever is there does no harm. */
#include <pthread.h>

#include "../../src/client/replay_file.h"
#include "test_client_replay.h"

enum { NOTES = 20, CUTS = 400, FLIPS = 2000 };

static char problem[REPLAY_PROBLEM];

static int try_open(const char *path, bool seeks)
{
	struct replay_file f;
	problem[0] = '\0';
	int result = replay_file_open(&f, path, seeks, problem);
	if (result == 0)
		replay_file_close(&f);
	return result;
}

static struct replay_file open_file(const char *path, bool seeks)
{
	struct replay_file f;
	if (replay_file_open(&f, path, seeks, problem) == -1)
		fail_msg("%s", problem);
	return f;
}

/* Reads to the end; the notes must be 1, 2, 3 and so on. Returns how many; *end: what was there then. */
static unsigned read_notes(struct replay_file *f, enum replay_next *end)
{
	struct event e;
	unsigned count = 0;
	problem[0] = '\0';
	while ((*end = replay_file_next(f, &e, problem)) == REPLAY_EVENT)
		assert_int_equal(number_of(&e), ++count);
	return count;
}

/* --- What is no recording --- */

static void expect_refused(const char *path, bool seeks, const char *words)
{
	assert_int_equal(try_open(path, seeks), -1);
	assert_non_null(strstr(problem, path));
	if (!strstr(problem, words))
		fail_msg("\"%s\" does not say \"%s\"", problem, words);
}

static void test_what_cannot_be_opened(void **state)
{
	(void)state;
	for (int seeks = 0; seeks <= 1; seeks++) {
		expect_refused(path_of("missing"), seeks, "cannot be read: No such file or directory.");
		expect_refused(directory, seeks, "cannot be read: Is a directory.");
	}
	note_file("secret", 1, 0, 0);
	chmod(path_of("secret"), 0);
	if (geteuid() != 0)
		expect_refused(path_of("secret"), true, "cannot be read: Permission denied.");
}

static void test_what_is_no_recording(void **state)
{
	(void)state;
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"", "is no recording: line 1: "},
		{"\n", "is no recording: line 1: "},
		{"hello\n", "is no recording: line 1: column 5: this is no JSON."},
		{"{}\n", "is no recording: line 1: \"uproar-events\" is missing."},
		{"{\"uproar-events\":2,\"wall\":0}\n", "version 2 of the format is not known here"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		write_file(path_of("none"), cases[i].text, strlen(cases[i].text));
		expect_refused(path_of("none"), i % 2, cases[i].words);
	}
}

static void test_a_pipe_has_no_places(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
	expect_refused(path_of("pipe"), true, "is no regular file");
	expect_refused("/dev/null", true, "is no regular file");
	expect_refused("/dev/null", false, "is no recording: line 1: ");
}

static void *write_pipe(void *arg)
{
	struct buf whole = read_file(arg);
	FILE *f = fopen(path_of("pipe2"), "w");
	fwrite(buf_bytes(&whole), 1, whole.size, f);
	fclose(f);
	buf_free(&whole);
	return NULL;
}

static void test_through_a_pipe(void **state)
{
	(void)state;
	char source[128];
	snprintf(source, sizeof source, "%s", note_file("source", 3000, 0, MS));
	assert_int_equal(mkfifo(path_of("pipe2"), 0600), 0);
	char pipe[128];
	snprintf(pipe, sizeof pipe, "%s", path_of("pipe2"));
	pthread_t writer;
	assert_int_equal(pthread_create(&writer, NULL, write_pipe, source), 0);
	struct replay_file f = open_file(pipe, false);
	enum replay_next end;
	assert_int_equal(read_notes(&f, &end), 3000);
	assert_int_equal(end, REPLAY_END);
	assert_int_equal(f.size, 0);
	pthread_join(writer, NULL);
	replay_file_close(&f);
}

/* --- What is sound --- */

static void test_all_of_it_and_from_any_place(void **state)
{
	(void)state;
	struct replay_file f = open_file(note_file("sound", 5000, 0, MS), true);
	struct replay_file other;
	assert_int_equal(f.header.wall, WALL);
	assert_int_equal(replay_file_copy(&other, &f), 0);
	struct replay_place places[5000];
	struct event e;
	for (unsigned i = 0; i < 5000; i++) {
		places[i] = f.next;
		assert_int_equal(places[i].line, i + 2);
		assert_int_equal(replay_file_next(&f, &e, problem), REPLAY_EVENT);
		assert_int_equal(number_of(&e), i + 1);
	}
	assert_int_equal(replay_file_next(&f, &e, problem), REPLAY_END);
	assert_int_equal(replay_file_next(&f, &e, problem), REPLAY_END); /* and so it remains */
	assert_int_equal(f.next.offset, f.size);
	for (uint64_t i = 0; i < 200; i++) {
		unsigned n = (unsigned)(random_at(1, i) % 5000);
		replay_file_go(&f, places[n]);
		assert_int_equal(replay_file_next(&f, &e, problem), REPLAY_EVENT);
		assert_int_equal(number_of(&e), n + 1);
		assert_int_equal(f.next.line, n + 3);
	}
	replay_file_close(&f);
	enum replay_next end;
	assert_int_equal(read_notes(&other, &end), 5000); /* the two do not disturb each other */
	replay_file_close(&other);
}

static void test_other_ends_of_lines(void **state)
{
	(void)state;
	struct buf b = read_file(note_file("lines", 2, 0, MS));
	write_file(path_of("cut"), buf_bytes(&b), b.size - 1); /* no newline at its end */
	struct replay_file f = open_file(path_of("cut"), true);
	enum replay_next end;
	assert_int_equal(read_notes(&f, &end), 2);
	assert_int_equal(end, REPLAY_END);
	replay_file_close(&f);
	struct buf crlf = {0};
	for (size_t i = 0; i < b.size; i++) {
		if (buf_bytes(&b)[i] == '\n')
			buf_append(&crlf, "\r", 1);
		buf_append(&crlf, buf_bytes(&b) + i, 1);
	}
	write_file(path_of("crlf"), buf_bytes(&crlf), crlf.size);
	f = open_file(path_of("crlf"), true);
	assert_int_equal(read_notes(&f, &end), 2);
	assert_int_equal(end, REPLAY_END);
	replay_file_close(&f);
	buf_free(&crlf);
	buf_free(&b);
}

/* --- Damage --- */

/* How many whole lines there are before this place, but for the header. */
static unsigned whole_lines(const struct buf *b, size_t place)
{
	unsigned lines = 0;
	for (size_t i = 0; i < place; i++)
		lines += buf_bytes(b)[i] == '\n';
	return lines > 0 ? lines - 1 : 0;
}

static void expect_damage(unsigned sound, enum replay_next end)
{
	char words[64];
	snprintf(words, sizeof words, "damaged in line %u: ", sound + 2);
	assert_int_equal(end, REPLAY_DAMAGED);
	if (!strstr(problem, words))
		fail_msg("\"%s\" does not say \"%s\"", problem, words);
}

static void test_fault_22_cut_anywhere(void **state)
{
	(void)state;
	struct buf b = read_file(note_file("whole", NOTES, 0, MS));
	size_t header = (size_t)(strchr((char *)buf_bytes(&b), '\n') - (char *)buf_bytes(&b)) + 1;
	for (uint64_t i = 0; i < CUTS; i++) {
		size_t size = header + random_at(2, i) % (b.size - header);
		write_file(path_of("part"), buf_bytes(&b), size);
		struct replay_file f = open_file(path_of("part"), i % 2);
		enum replay_next end;
		unsigned sound = read_notes(&f, &end);
		bool at_line = buf_bytes(&b)[size - 1] == '\n';
		bool only_newline = buf_bytes(&b)[size] == '\n';
		assert_int_equal(sound, whole_lines(&b, size + only_newline));
		if (at_line || only_newline)
			assert_int_equal(end, REPLAY_END);
		else
			expect_damage(sound, end);
		replay_file_close(&f);
	}
	buf_free(&b);
}

/* Any bytes may be any others. What comes before them is sound; what comes of them is up to record_read(). */
static void test_bytes_that_are_others(void **state)
{
	(void)state;
	struct buf b = read_file(note_file("whole", NOTES, 0, MS));
	struct buf copy = {0};
	for (uint64_t i = 0; i < FLIPS; i++) {
		buf_clear(&copy);
		assert_int_equal(buf_append(&copy, buf_bytes(&b), b.size), 0);
		size_t at = (size_t)(random_at(3, 2 * i) % b.size);
		buf_bytes(&copy)[at] = (uint8_t)random_at(3, 2 * i + 1);
		write_file(path_of("flipped"), buf_bytes(&copy), copy.size);
		struct replay_file f;
		if (replay_file_open(&f, path_of("flipped"), i % 2, problem) == -1) {
			assert_int_equal(whole_lines(&b, at), 0);
			continue;
		}
		struct event e;
		unsigned count = 0;
		enum replay_next next;
		while ((next = replay_file_next(&f, &e, problem)) == REPLAY_EVENT)
			count++;
		assert_true(count >= whole_lines(&b, at));
		assert_true(next == REPLAY_END || next == REPLAY_DAMAGED);
		replay_file_close(&f);
	}
	buf_free(&copy);
	buf_free(&b);
}

static void test_a_line_that_never_ends(void **state)
{
	(void)state;
	struct buf b = read_file(note_file("endless", 2, 0, MS));
	size_t n = RECORD_LINE_MAX + 100000;
	uint8_t *more = buf_reserve(&b, n);
	assert_non_null(more);
	memset(more, 'x', n);
	write_file(path_of("endless"), buf_bytes(&b), b.size + n);
	struct replay_file f = open_file(path_of("endless"), true);
	enum replay_next end;
	unsigned sound = read_notes(&f, &end);
	assert_int_equal(sound, 2);
	expect_damage(sound, end);
	assert_non_null(strstr(problem, "it is longer than 16777216 bytes"));
	assert_true(f.read.room <= 4 * (size_t)RECORD_LINE_MAX);
	replay_file_close(&f);
	buf_free(&b);
}

/* The file got shorter while it was open: that is an end like others. */
static void test_a_file_that_is_truncated_meanwhile(void **state)
{
	(void)state;
	struct replay_file f = open_file(note_file("shrinks", 5000, 0, MS), true);
	struct event e;
	assert_int_equal(replay_file_next(&f, &e, problem), REPLAY_EVENT);
	assert_int_equal(truncate(path_of("shrinks"), 0), 0);
	enum replay_next next;
	while ((next = replay_file_next(&f, &e, problem)) == REPLAY_EVENT)
		;
	assert_true(next == REPLAY_DAMAGED || next == REPLAY_END);
	replay_file_go(&f, (struct replay_place){1000, 10});
	assert_int_equal(replay_file_next(&f, &e, problem), REPLAY_END);
	replay_file_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_cannot_be_opened),
		cmocka_unit_test(test_what_is_no_recording),
		cmocka_unit_test(test_a_pipe_has_no_places),
		cmocka_unit_test(test_through_a_pipe),
		cmocka_unit_test(test_all_of_it_and_from_any_place),
		cmocka_unit_test(test_other_ends_of_lines),
		cmocka_unit_test(test_fault_22_cut_anywhere),
		cmocka_unit_test(test_bytes_that_are_others),
		cmocka_unit_test(test_a_line_that_never_ends),
		cmocka_unit_test(test_a_file_that_is_truncated_meanwhile),
	};
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
