/* A recording on the screen: made, played, stopped, gone through; and what is shown, saved. */
#include <limits.h>
#include <sys/stat.h>

#include "../support/process.h"
#include "chat.h"

#define LEFT   "\033[D"
#define RIGHT  "\033[C"
#define HOME   "\033[H"
#define END    "\033[F"
#define CTRL_C "\003"

enum { LINE = 512 };

/* A command with a file. */
static void type(struct terminal *t, const char *command, const char *path)
{
	char line[LINE];
	snprintf(line, sizeof line, "%s %s", command, path);
	chat_type(t, line);
}

/* As a string, which the caller frees. */
static char *read_file(const char *path)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	assert_true(getdelim(&text, &n, '\0', f) > 0);
	fclose(f);
	return text;
}

/* Notes "note 1" and so on, a minute after each other; then this line, if any. */
static const char *note_file(const char *name, unsigned count, const char *last)
{
	const char *path = chat_path(name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "{\"uproar-events\":1,\"wall\":0}\n");
	for (unsigned i = 1; i <= count; i++)
		fprintf(f,
			"{\"when\":%u000000000,\"who\":\"client\",\"kind\":\"note\",\"level\":\"info\","
			"\"data\":\"note %u.\"}\n",
			60 * i, i);
	if (last)
		fputs(last, f);
	assert_int_equal(fclose(f), 0);
	return path;
}

#define SLOW "0.01" /* the next event is minutes away: no test waits for it */

static struct terminal *play(unsigned rows, unsigned columns, const char *path, const char *speed)
{
	return chat_start(rows, columns, (const char *[]){"--replay", path, speed ? "--speed" : NULL, speed, NULL},
			  NULL);
}

static void leave(struct terminal *t)
{
	terminal_type(t, "q");
	assert_int_equal(terminal_exit(t), 0);
	assert_false(terminal_alternate(t));
	terminal_end(t);
}

/* --- Playing --- */

static void test_pause_and_step(void **state)
{
	(void)state;
	struct terminal *t = play(24, 100, note_file("step", 4, NULL), SLOW);
	assert_true(terminal_row_shows(t, -2, "playing   event 1 of 4  0:00.000 of 3:00.000"));
	assert_true(terminal_row_shows(t, -2, "a pause of 60.0 s, shortened"));
	terminal_type(t, " ");
	assert_true(terminal_row_shows(t, -2, "paused"));
	terminal_type(t, HOME);
	assert_true(terminal_row_shows(t, -2, "paused   event 0 of 4"));
	assert_true(terminal_hides(t, "note 1."));
	terminal_type(t, ".");
	assert_true(terminal_row_shows(t, -2, "event 1 of 4"));
	assert_true(terminal_row_shows(t, -3, "note 1."));
	assert_false(terminal_has(t, "note 2."));
	terminal_type(t, RIGHT);
	assert_true(terminal_row_shows(t, -2, "event 2 of 4  1:00.000"));
	assert_true(terminal_row_shows(t, -3, "note 2."));
	assert_false(terminal_has(t, "note 3."));
	terminal_type(t, "...");
	assert_true(terminal_row_shows(t, -2, "the end   event 4 of 4  3:00.000 of 3:00.000"));
	terminal_type(t, " "); /* it begins again */
	assert_true(terminal_row_shows(t, -2, "playing   event 1 of 4"));
	assert_true(terminal_hides(t, "note 2."));
	leave(t);
}

static void test_goes_elsewhere(void **state)
{
	(void)state;
	struct terminal *t = play(24, 80, note_file("elsewhere", 2500, NULL), NULL);
	terminal_type(t, " ");
	assert_true(terminal_row_shows(t, -2, "paused"));
	terminal_type(t, END);
	assert_true(terminal_row_shows(t, -2, "the end   event 2500 of 2500"));
	assert_true(terminal_row_shows(t, -3, "note 2500."));
	terminal_type(t, LEFT);
	assert_true(terminal_row_shows(t, -2, "paused   event 2490 of 2500"));
	assert_true(terminal_row_shows(t, -3, "note 2490."));
	terminal_type(t, "jj");
	assert_true(terminal_row_shows(t, -2, "paused   event 2470 of 2500"));
	terminal_type(t, "5");
	assert_true(terminal_row_shows(t, -2, "paused   event 1250 of 2500"));
	terminal_type(t, HOME);
	assert_true(terminal_row_shows(t, -2, "paused   event 0 of 2500"));
	leave(t);
}

static void test_speed(void **state)
{
	(void)state;
	struct terminal *t = play(24, 80, note_file("speed", 30, NULL), "0");
	assert_true(terminal_row_shows(t, -2, "the end   event 30 of 30"));
	assert_true(terminal_has(t, "at once"));
	leave(t);
	t = play(24, 80, chat_path("speed"), "0.5");
	assert_true(terminal_row_shows(t, -2, "speed 0.5"));
	terminal_type(t, "+++");
	assert_true(terminal_row_shows(t, -2, "speed 4"));
	terminal_type(t, "-");
	assert_true(terminal_row_shows(t, -2, "speed 2"));
	leave(t);
}

/* A recording of a real conversation, by the keys for looking at it; there is no network to talk with. */
static void test_there_is_nobody_to_talk_with(void **state)
{
	(void)state;
	struct terminal *t = play(24, 80, note_file("nobody", 3, NULL), "0");
	assert_true(terminal_shows(t, "the end"));
	terminal_type(t, "hello\r");
	terminal_type(t, F2);
	assert_true(terminal_shows(t, "This is a recording: there is nobody to talk with."));
	assert_true(terminal_row_shows(t, -2, "the end"));
	terminal_type(t, "/");
	assert_true(terminal_row_is(t, -2, "› /"));
	terminal_type(t, CTRL_C CTRL_C);
	assert_true(terminal_row_shows(t, -2, "the end"));
	terminal_type(t, "/clear\r");
	assert_true(terminal_hides(t, "This is a recording"));
	terminal_type(t, "/tcp\r");
	assert_true(terminal_shows(t, "This is a recording: there is nobody to talk with."));
	terminal_type(t, "/clear\r");
	assert_true(terminal_hides(t, "This is a recording"));
	terminal_type(t, "//etc\r");
	assert_true(terminal_shows(t, "This is a recording: there is nobody to talk with."));
	type(t, "/record", chat_path("of-a-recording"));
	assert_true(terminal_shows(t, "What is played is a recording already."));
	terminal_type(t, F1);
	assert_true(terminal_shows(t, "KEYS OF THE RECORDING"));
	terminal_type(t, "q");
	assert_true(terminal_row_shows(t, -2, "the end"));
	leave(t);
}

static void test_small_screens(void **state)
{
	(void)state;
	struct terminal *t = play(5, 20, note_file("small", 3, NULL), "0");
	assert_true(terminal_shows(t, "the end   event 3"));
	assert_true(terminal_shows(t, "note 3."));
	terminal_resize(t, 2, 10);
	assert_true(terminal_row_shows(t, -1, "the end"));
	terminal_resize(t, 24, 200);
	assert_true(terminal_row_shows(t, -2, "the end   event 3 of 3  2:00.000 of 2:00.000  at once"));
	leave(t);
}

static void test_shows_up_to_the_damage(void **state)
{
	(void)state;
	struct terminal *t = play(24, 80, note_file("damage", 3, "{\"when\":1000,\"who\":\"cli"), "0");
	assert_true(terminal_shows(t, "! The recording is damaged in line 5: column 23: it ends too early."));
	assert_true(terminal_has(t, "note 3."));
	assert_true(terminal_row_shows(t, -2, "damaged here   event 3 of 3"));
	leave(t);
}

/* Until it has been read to its end, which takes a while, the keys are answered. */
static void test_a_long_file(void **state)
{
	(void)state;
	struct terminal *t = play(24, 80, note_file("long", 100000, NULL), SLOW);
	assert_true(terminal_row_shows(t, -2, "event 1 of"));
	terminal_type(t, END);
	terminal_type(t, F1);
	assert_true(terminal_shows(t, "KEYS OF THE RECORDING"));
	terminal_type(t, "q");
	assert_true(terminal_row_shows(t, -2, "event 100000 of 100000"));
	assert_true(terminal_row_shows(t, -3, "note 100000."));
	terminal_type(t, LEFT " ");
	assert_true(terminal_row_shows(t, -3, "note 9999"));
	leave(t);
}

/* --- A server that is watched --- */

static struct process *start_server(const char *control)
{
	struct process *p = process_start(
		(const char *[]){chat_built("uproard"), "-p", "0", "-l", "127.0.0.1", "--control", control, NULL}, NULL,
		NULL);
	assert_true(process_prints(p, "listening udp"));
	return p;
}

/* Its lab can be told something; whatever would be said to it is refused. */
static void test_a_watcher_says_nothing(void **state)
{
	(void)state;
	const char *control = chat_path("control");
	struct process *server = start_server(control);
	struct terminal *t = chat_start(24, 80, (const char *[]){"--attach", control, NULL}, NULL);
	assert_true(terminal_shows(t, "Watching the server at"));
	terminal_type(t, "hello\r");
	assert_true(terminal_shows(t, "This only watches a server: others talk with it."));
	assert_false(terminal_has(t, "you ▸"));
	terminal_type(t, "/clear\r");
	assert_true(terminal_hides(t, "This only watches"));
	terminal_type(t, "/tcp\r");
	assert_true(terminal_shows(t, "This only watches a server: others talk with it."));
	terminal_type(t, "/lab cut=2\r");
	assert_true(terminal_shows(t, "lab: cut=2"));
	assert_int_equal(process_stop(server), 0);
	assert_true(terminal_shows(t, "the server has ended"));
	process_end(server);
	chat_leave(t);
}

/* --- What cannot be played --- */

static void expect_refused(const char *const args[], const char *words)
{
	struct terminal *t = chat_start(24, 80, args, NULL);
	assert_int_equal(terminal_exit(t), 1);
	assert_true(terminal_shows(t, words));
	assert_false(terminal_alternate(t));
	terminal_end(t);
}

static void test_what_cannot_be_played(void **state)
{
	(void)state;
	expect_refused((const char *[]){"--replay", chat_path("missing"), NULL}, "No such file");
	expect_refused((const char *[]){"--replay", chat_directory, NULL}, "Is a directory");
	expect_refused((const char *[]){"--replay", "/dev/stdin", NULL}, "is no regular file");
	assert_int_equal(mkfifo(chat_path("fifo"), 0600), 0);
	expect_refused((const char *[]){"--replay", chat_path("fifo"), NULL}, "is no regular file");
	expect_refused((const char *[]){"--replay", "/proc/self/status", NULL}, "is no recording: line 1");
	expect_refused((const char *[]){"-t", "--record", note_file("old", 1, NULL), NULL}, "is there already");
}

/* --- Recording and saving --- */

/* A file may have a few KiB: /record goes as far as that, says so once, and the conversation goes on. */
static void test_a_recording_that_has_no_room(void **state)
{
	(void)state;
	char command[PATH_MAX + 32], home[CHAT_PATH + 32];
	snprintf(command, sizeof command, "ulimit -f 8; exec %s -t", chat_built("uproar"));
	snprintf(home, sizeof home, "XDG_STATE_HOME=%s", chat_directory);
	struct terminal *t =
		terminal_start(24, 120, (const char *[]){"sh", "-c", command, NULL}, (const char *[]){home, NULL});
	assert_true(terminal_shows(t, "connected"));
	type(t, "/record", chat_path("short"));
	assert_true(terminal_shows(t, "Everything is recorded in"));
	terminal_type(t, "/burst 50\r");
	assert_true(terminal_shows(t, "has ended before its time: File too large."));
	terminal_type(t, "/clear\rhello\r");
	assert_true(terminal_shows(t, "◂ HELLO"));
	terminal_type(t, "/record\r");
	assert_true(terminal_shows(t, "Nothing is being recorded."));
	chat_leave(t);
	t = chat_start(24, 80, (const char *[]){"--replay", chat_path("short"), NULL}, NULL);
	assert_true(terminal_row_shows(t, -2, "event"));
	chat_leave(t);
}

/* What was on the screen, what was saved of it, and what is shown and saved when it is played, are the same. */
static void same_rows(const char *option, const char *recording, const char *saved, const char *again)
{
	struct terminal *t = chat_talking(24, 80, option);
	type(t, "/record", recording);
	assert_true(terminal_shows(t, "Everything is recorded in"));
	terminal_type(t, "hello world\r");
	assert_true(terminal_shows(t, "◂ HELLO WORLD"));
	terminal_type(t, "straße 你好\r");
	assert_true(terminal_shows(t, "◂ STRASSE 你好"));
	type(t, "/save", saved);
	assert_true(terminal_shows(t, "rows are saved in"));
	chat_leave(t);

	t = play(24, 80, recording, "0");
	assert_true(terminal_row_shows(t, -2, "the end"));
	char told[LINE];
	snprintf(told, sizeof told, "rows are saved in %s", again);
	type(t, "/save", again);
	assert_true(terminal_shows(t, told));
	char *first = read_file(saved), *second = read_file(again);
	assert_non_null(strstr(first, "you ▸ straße 你好"));
	if (strncmp(first, second, strlen(first)) != 0)
		fail_msg("first:\n%s\nthen:\n%s", first, second);
	int y = 0;
	for (char *line = strtok(first, "\n"); line; line = strtok(NULL, "\n")) {
		while (y < 20 && strcmp(terminal_row(t, y), line) != 0)
			y++;
		if (y == 20)
			fail_msg("not on the screen: %s", line);
	}
	free(first);
	free(second);
	leave(t);
}

static void test_the_same_rows(void **state)
{
	(void)state;
	same_rows("-t", chat_path("tcp.jsonl"), chat_path("tcp.txt"), chat_path("tcp2.txt"));
	same_rows("-u", chat_path("udp.jsonl"), chat_path("udp.txt"), chat_path("udp2.txt"));
}

/* The figures are of one conversation, also when it is played. */
static void test_the_statistics_begin_anew(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 80, "-t");
	type(t, "/record", chat_path("two.jsonl"));
	assert_true(terminal_shows(t, "Everything is recorded in"));
	terminal_type(t, "one\r");
	assert_true(terminal_shows(t, "◂ ONE"));
	terminal_type(t, "/disconnect\r");
	assert_true(terminal_shows(t, "this end closed the connection"));
	terminal_type(t, "two\r"); /* the same, over a new connection */
	assert_true(terminal_shows(t, "◂ TWO"));
	terminal_type(t, "/udp\r");
	assert_true(terminal_shows(t, "is ready"));
	terminal_type(t, "three\r");
	assert_true(terminal_shows(t, "◂ THREE"));
	terminal_type(t, F5);
	assert_true(terminal_shows(t, "1 sentence"));
	chat_leave(t);
	t = play(24, 80, chat_path("two.jsonl"), SLOW);
	assert_true(terminal_row_shows(t, -2, "playing"));
	terminal_type(t, " " END F5);
	assert_true(terminal_row_shows(t, -2, "the end"));
	assert_true(terminal_shows(t, "1 sentence"));
	terminal_type(t, HOME);
	assert_true(terminal_row_shows(t, -2, "paused   event 0 of"));
	bool both = false; /* before the protocol changed */
	for (int i = 1; i < 500 && !both; i++) {
		char place[32];
		snprintf(place, sizeof place, "event %d of", i);
		terminal_type(t, ".");
		assert_true(terminal_row_shows(t, -2, place));
		both = terminal_has(t, "2 sentences");
	}
	assert_true(both);
	leave(t);
}

static void test_what_record_says(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 100, "-t");
	terminal_type(t, "/record\r");
	assert_true(terminal_shows(t, "Nothing is being recorded."));
	terminal_type(t, "/clear\r");
	assert_true(terminal_hides(t, "Nothing is being recorded."));
	terminal_type(t, "/record off\r");
	assert_true(terminal_shows(t, "Nothing is being recorded."));
	type(t, "/record", chat_path("a file.jsonl"));
	assert_true(terminal_shows(t, "a file.jsonl, from the beginning."));
	type(t, "/record", chat_path("other.jsonl"));
	assert_true(terminal_shows(t, "A recording is under way"));
	terminal_type(t, "/record\r");
	assert_true(terminal_shows(t, " events so far,"));
	terminal_type(t, "/record off\r");
	assert_true(terminal_shows(t, " has ended: "));
	type(t, "/record", chat_path("a file.jsonl"));
	assert_true(terminal_shows(t, "is there already, and nothing is written over"));
	terminal_type(t, "/record /nonexistent/x\r");
	assert_true(terminal_shows(t, "/nonexistent/x cannot be written: No such file or directory."));
	chat_leave(t);
	char *text = read_file(chat_path("a file.jsonl"));
	assert_null(strstr(text, "has ended"));
	assert_non_null(strstr(text, "\"what\":\"connected\"")); /* from the beginning */
	free(text);
}

static void test_save_in_each_form(void **state)
{
	(void)state;
	struct terminal *t = chat_talking(24, 100, "-t");
	type(t, "/save", chat_path("view.svg"));
	assert_true(terminal_shows(t, "rows are saved in"));
	type(t, "/save", chat_path("events.jsonl"));
	assert_true(terminal_shows(t, "events are saved in"));
	type(t, "/save", chat_path("view.svg"));
	assert_true(terminal_shows(t, "is there already, and nothing is written over"));
	terminal_type(t, "/save\r");
	assert_true(terminal_shows(t, "It is used like this: /save FILE"));
	chat_leave(t);
	char *svg = read_file(chat_path("view.svg"));
	assert_non_null(strstr(svg, "<svg"));
	free(svg);
	t = play(24, 80, chat_path("events.jsonl"), "0");
	assert_true(terminal_shows(t, "rows are saved in"));
	leave(t);
}

/* All of it, however little the screen shows. */
static void test_save_is_whole(void **state)
{
	(void)state;
	struct terminal *t = play(8, 60, note_file("whole", 100, NULL), "0");
	assert_true(terminal_shows(t, "note 100."));
	type(t, "/save", chat_path("whole.txt"));
	assert_true(terminal_shows(t, "100 rows are saved"));
	char *text = read_file(chat_path("whole.txt"));
	assert_non_null(strstr(text, "note 1.\n"));
	assert_non_null(strstr(text, "note 100.\n"));
	free(text);
	leave(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pause_and_step),
		cmocka_unit_test(test_goes_elsewhere),
		cmocka_unit_test(test_speed),
		cmocka_unit_test(test_there_is_nobody_to_talk_with),
		cmocka_unit_test(test_small_screens),
		cmocka_unit_test(test_shows_up_to_the_damage),
		cmocka_unit_test(test_a_long_file),
		cmocka_unit_test(test_a_watcher_says_nothing),
		cmocka_unit_test(test_a_recording_that_has_no_room),
		cmocka_unit_test(test_what_cannot_be_played),
		cmocka_unit_test(test_the_same_rows),
		cmocka_unit_test(test_the_statistics_begin_anew),
		cmocka_unit_test(test_what_record_says),
		cmocka_unit_test(test_save_in_each_form),
		cmocka_unit_test(test_save_is_whole),
	};
	return cmocka_run_group_tests(tests, chat_open, chat_close);
}
