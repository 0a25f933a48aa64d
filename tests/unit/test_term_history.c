/* The history file: whose it is, what survives, and what the user is told when there can be none. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <uproar/term.h>
#include <uproar/text.h>

enum { LIMIT = 10000 }; /* entries kept */

static char directory[64];
static char path[128];

static void on_line(const char *line, size_t n, void *arg)
{
	(void)line, (void)n, (void)arg;
}

static void on_key(enum input_key key, const char *text, size_t n, void *arg)
{
	(void)key, (void)text, (void)n, (void)arg;
}

static const struct input_handlers handlers = {.line = on_line, .key = on_key};

static int make_directory(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/uproar-history.XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof path, "%s/state/uproar/history", directory);
	return 0;
}

static int remove_one(const char *name, const struct stat *st, int kind, struct FTW *where)
{
	(void)st, (void)kind, (void)where;
	return remove(name);
}

static int remove_directory(void **state)
{
	(void)state;
	input_close();
	return nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void type(const char *keys)
{
	input_bytes(keys, strlen(keys));
}

/* Opens the input with this file; the warning, or NULL. */
static char *open_with(const char *file)
{
	const char *why;
	char *warning;
	assert_int_equal(input_open(&handlers, file, &why, &warning), 0);
	return warning;
}

static void open_well(void)
{
	assert_null(open_with(path));
}

/* The n-th entry from the end, as the user fetches it. */
static void assert_entry(unsigned n, const char *expected)
{
	struct view_row row = {0};
	unsigned cursor;
	while (n-- > 0)
		type("\033[A");
	assert_int_equal(input_row(200, &row, &cursor), 0);
	assert_int_equal(buf_append(&row.text, "", 1), 0);
	assert_string_equal(strstr((char *)buf_bytes(&row.text), " ") + 1, expected); /* behind the prompt */
	view_row_free(&row);
	type("\03");
}

static mode_t mode_of(const char *name)
{
	struct stat st;
	assert_int_equal(lstat(name, &st), 0);
	return st.st_mode & 07777;
}

static void make_file(const char *text)
{
	open_well(); /* makes the directories */
	input_close();
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static char *read_file(void)
{
	static char text[4096];
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	return text;
}

/* --- Whose file it is --- */

static void test_fault_22_made_for_its_user_alone(void **state)
{
	char upper[128];
	mode_t before = umask(0);
	(void)state;
	open_well();
	umask(before);
	assert_int_equal(mode_of(path), 0600);
	snprintf(upper, sizeof upper, "%s/state/uproar", directory);
	assert_int_equal(mode_of(upper), 0700);
	snprintf(upper, sizeof upper, "%s/state", directory);
	assert_int_equal(mode_of(upper), 0700);
}

static void test_fault_22_taken_from_others(void **state)
{
	(void)state;
	make_file("old\n");
	chmod(path, 0666);
	open_well();
	assert_int_equal(mode_of(path), 0600);
}

static void assert_refused(const char *cause)
{
	char *warning = open_with(path);
	assert_non_null(warning);
	assert_non_null(strstr(warning, path));
	assert_non_null(strstr(warning, cause));
	free(warning);
	type("first\rsecond\r"); /* and all goes on without */
	assert_entry(2, "first");
}

static void test_fault_22_symbolic_link_is_refused(void **state)
{
	char target[128];
	(void)state;
	make_file("");
	snprintf(target, sizeof target, "%s/target", directory);
	assert_int_equal(rename(path, target), 0);
	assert_int_equal(symlink(target, path), 0);
	chmod(target, 0644);
	assert_refused("symbolic link");
	assert_int_equal(mode_of(target), 0644);
	struct stat st;
	assert_int_equal(stat(target, &st), 0);
	assert_int_equal(st.st_size, 0);
}

static void test_fault_22_only_a_regular_file_will_do(void **state)
{
	(void)state;
	make_file("");
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_refused("regular file");
	input_close();
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_refused("directory");
}

static void test_no_place_for_it(void **state)
{
	(void)state;
	snprintf(path, sizeof path, "%s/file/uproar/history", directory);
	char file[128];
	snprintf(file, sizeof file, "%s/file", directory);
	close(open(file, O_CREAT | O_WRONLY, 0600));
	assert_refused(strerror(ENOTDIR));
}

static void test_none_is_wanted(void **state)
{
	(void)state;
	assert_null(open_with(NULL));
	type("a\rb\r");
	assert_entry(2, "a");
}

/* --- What survives --- */

static void test_next_run_remembers(void **state)
{
	(void)state;
	open_well();
	type("first\r\rsecond\rsecond\rstraße\r");
	input_close();
	open_well();
	assert_entry(1, "straße");
	assert_entry(2, "second"); /* once, though it was sent twice */
	assert_entry(3, "first");
}

static void test_lines_with_newlines(void **state)
{
	(void)state;
	open_well();
	type("before\r\033[200~one\ntwo\n#3 three\n\nfive\033[201~\rafter\r");
	input_close();
	open_well();
	assert_entry(1, "after");
	assert_entry(2, "one\u23cetwo\u23ce#3 three\u23ce\u23cefive");
	assert_entry(3, "before");
}

static void test_several_at_once_append(void **state)
{
	(void)state;
	open_well();
	type("mine\r");
	/* Another uproar, for which this one's history is long read. */
	FILE *other = fopen(path, "a");
	fprintf(other, "#1700000000\nthe other's\n");
	fclose(other);
	type("mine again\r");
	input_close();
	open_well();
	assert_entry(1, "mine again");
	assert_entry(2, "the other's");
	assert_entry(3, "mine");
}

static void test_format_is_readlines(void **state)
{
	(void)state;
	open_well();
	type("hello\r");
	unsigned long long stamp;
	char text[32];
	assert_int_equal(sscanf(read_file(), "#%llu\n%31[^\n]", &stamp, text), 2);
	assert_true(stamp > 1600000000);
	assert_string_equal(text, "hello");
}

static void test_file_without_stamps(void **state)
{
	(void)state;
	make_file("one\ntwo\n#1700000000\nthree\nand more\n");
	open_well();
	assert_entry(1, "three\u23ceand more");
	assert_entry(2, "two");
	assert_entry(3, "one");
}

static void test_fault_22_torn_last_line(void **state)
{
	(void)state;
	make_file("#1700000000\nwhole\n#1700000001\nto");
	open_well();
	type("next\r");
	input_close();
	open_well();
	assert_entry(1, "next");
	assert_entry(2, "to");
	assert_entry(3, "whole");
}

static void test_fault_22_file_of_anything(void **state)
{
	(void)state;
	make_file("");
	FILE *f = fopen(path, "w");
	fwrite("\0\033[2J\xff\n#\n\n#12\n#13\n\n#14", 1, 23, f);
	fclose(f);
	open_well();
	struct view_row row = {0};
	unsigned cursor;
	for (int i = 0; i < 8; i++) {
		type("\033[A");
		assert_int_equal(input_row(40, &row, &cursor), 0);
		assert_null(memchr(buf_bytes(&row.text), '\033', row.text.size));
	}
	view_row_free(&row);
}

static size_t count_entries(void)
{
	size_t count = 0;
	char line[128];
	FILE *f = fopen(path, "r");
	while (fgets(line, sizeof line, f))
		count += *line != '#';
	fclose(f);
	return count;
}

static void test_limit(void **state)
{
	(void)state;
	make_file("");
	FILE *f = fopen(path, "w");
	for (int i = 0; i < LIMIT + 500; i++)
		fprintf(f, "#%d\nentry %d\n", 1700000000 + i, i);
	fclose(f);
	open_well();
	assert_int_equal(count_entries(), LIMIT);
	assert_int_equal(mode_of(path), 0600);
	type("last\r");
	assert_int_equal(count_entries(), LIMIT + 1);
	assert_entry(2, "entry 10499");
	input_close();
	open_well();
	assert_int_equal(count_entries(), LIMIT);
	type("\033<"); /* not the history's beginning here */
	assert_entry(LIMIT, "entry 501");
}

/* A disk that is full: what was there before stays as it is. */
static void test_fault_22_full_disk(void **state)
{
	struct rlimit before, small;
	(void)state;
	open_well();
	type("kept\r");
	char kept[64];
	snprintf(kept, sizeof kept, "%s", read_file());
	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = strlen(kept) + 5;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	type("too much\r");
	setrlimit(RLIMIT_FSIZE, &before);
	assert_string_equal(read_file(), kept);
	type("enough\r");
	input_close();
	open_well();
	assert_entry(1, "enough");
	assert_entry(2, "kept");
}

/* Nor does a history that is too long for the disk, when it is to be shortened, become shorter than was wanted. */
static void test_fault_22_full_disk_while_it_is_shortened(void **state)
{
	struct rlimit before, small;
	(void)state;
	make_file("");
	FILE *f = fopen(path, "w");
	for (int i = 0; i < LIMIT + 500; i++)
		fprintf(f, "#%d\nentry %d\n", 1700000000 + i, i);
	fclose(f);
	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 1000;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	open_well();
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(count_entries(), LIMIT + 500);
	assert_entry(1, "entry 10499");
}

/* Pasted, or quoted with Ctrl-V. In this run they are remembered. */
static void test_fault_22_no_control_bytes_are_written(void **state)
{
	(void)state;
	static const char *const lines[] = {"a\302\233b", "c\026\026d"};
	char paste[32];
	open_well();
	type("\033[200~what\033[2J a paste\007 has\177\033[201~\r");
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		snprintf(paste, sizeof paste, "%s\r", lines[i]);
		type(paste);
	}
	type("last\r");
	assert_entry(1, "last");
	assert_entry(2, "c^Vd");
	assert_entry(3, "a\\u009bb");
	input_close();
	open_well();
	assert_entry(1, "last");
	assert_entry(2, "what[2J a paste has");
	assert_int_equal(count_entries(), 2);
}

static void test_unsent_line_is_kept(void **state)
{
	(void)state;
	open_well();
	type("sent\r/sa");
	input_keep(); /* and the next one is begun */
	type("half a thou");
	input_close();
	open_well();
	assert_entry(1, "half a thou");
	assert_entry(2, "/sa");
	assert_entry(3, "sent");
	type("\033[A\033[A"); /* what is only looked at is there already */
	input_close();
	open_well();
	type("  \022nothing has this");
	input_close();
	open_well();
	assert_int_equal(count_entries(), 3);
	assert_entry(1, "half a thou");
}

int main(void)
{
	/* clang-format off */
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)
		TEST(test_fault_22_made_for_its_user_alone),
		TEST(test_fault_22_taken_from_others),
		TEST(test_fault_22_symbolic_link_is_refused),
		TEST(test_fault_22_only_a_regular_file_will_do),
		TEST(test_no_place_for_it),
		TEST(test_none_is_wanted),
		TEST(test_next_run_remembers),
		TEST(test_unsent_line_is_kept),
		TEST(test_lines_with_newlines),
		TEST(test_several_at_once_append),
		TEST(test_format_is_readlines),
		TEST(test_file_without_stamps),
		TEST(test_fault_22_torn_last_line),
		TEST(test_fault_22_file_of_anything),
		TEST(test_limit),
		TEST(test_fault_22_full_disk),
		TEST(test_fault_22_full_disk_while_it_is_shortened),
		TEST(test_fault_22_no_control_bytes_are_written),
#undef TEST
	};
	/* clang-format on */
	setenv("INPUTRC", "/dev/null", 1);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	text_locale();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
