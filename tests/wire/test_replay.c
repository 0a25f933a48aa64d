/* uproar --record, --replay and --ladder without a screen: what was printed when it happened is printed again. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <uproar/base.h>

#include "../support/process.h"

enum { ARGUMENTS = 16, CUTS = 60 };

static char directory[] = "/tmp/uproar-test-XXXXXX";

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	(void)state;
	char command[128];
	snprintf(command, sizeof command, "rm -r %s", directory);
	return system(command);
}

/* The path of a file in it; the caller frees it. */
static char *path_of(const char *name)
{
	char *path = NULL;
	assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
	return path;
}

static void write_file(const char *path, const void *bytes, size_t n)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* As a string, which the caller frees. */
static char *read_file(const char *path)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	assert_true(getdelim(&text, &n, '\0', f) >= 0);
	fclose(f);
	return text;
}

static struct process *uproar(const char *const options[], void (*prepare)(void *arg))
{
	static char program[4096];
	snprintf(program, sizeof program, "%s", process_built("uproar"));
	const char *argv[ARGUMENTS] = {program};
	for (size_t i = 0; options[i]; i++)
		argv[i + 1] = options[i];
	return process_start(argv, prepare, NULL);
}

/* With this input, to its end and this exit status. */
static struct process *run(const char *const options[], const char *input, int status)
{
	struct process *p = uproar(options, NULL);
	process_write(p, input, strlen(input));
	process_close_in(p);
	int ended = process_exit(p);
	if (ended != status)
		fail_msg("it ended with %d: %s", ended, process_err(p));
	return p;
}

/* A conversation of three sentences in a new file, whose path the caller frees. */
static char *record(const char *name, const char *option)
{
	char *path = path_of(name);
	process_end(run((const char *[]){option, "--record", path, NULL}, "hello\nstraße\nworld\n", 0));
	return path;
}

/* What comes in this order; the rest may be between. */
static void expect_order(const char *text, const char *const parts[])
{
	const char *at = text;
	for (size_t i = 0; parts[i]; i++) {
		at = strstr(at, parts[i]);
		if (!at)
			fail_msg("no \"%s\" after the one before it in:\n%s", parts[i], text);
	}
}

/* --- What is printed --- */

static void test_the_transcript(void **state)
{
	(void)state;
	static const char *const options[] = {"-t", "-u"};
	for (size_t i = 0; i < COUNT(options); i++) {
		char *path = record(options[i], options[i]);
		struct process *p = run((const char *[]){"--plain", "--replay", path, NULL}, "", 0);
		expect_order(process_out(p), (const char *[]){"· starting a server of your own", "you ▸ hello",
							      "◂ HELLO", "◂ STRASSE", "◂ WORLD", NULL});
		assert_string_equal(process_err(p), "");
		process_end(p);
		free(path);
	}
}

/* bind() does not say which port it was; who does may be held up, and then the line is not waited with. */
static char *without_port(const char *text)
{
	static const char words[] = ", port ";
	char *copy = strdup(text), *at;
	assert_non_null(copy);
	while ((at = strstr(copy, words))) {
		char *end = at + strlen(words) + strspn(at + strlen(words), "0123456789");
		memmove(at, end, strlen(end) + 1);
	}
	return copy;
}

/* The same lines when it happens and when it is played. */
static void test_the_ladder(void **state)
{
	(void)state;
	static const char *const options[] = {"-t", "-u"};
	static const char *const calls[2][7] = {
		{"server listen(", "client connect(", "client send(", "server recv(", "server send(", "client recv("},
		{"server bind(", "client socket(", "client sendto(", "server recvfrom(", "server sendto(",
		 "client recvfrom("},
	};
	for (size_t i = 0; i < COUNT(options); i++) {
		char *path = path_of(i == 0 ? "ladder-t" : "ladder-u");
		struct process *live =
			run((const char *[]){options[i], "--ladder", "--record", path, NULL}, "hello\nworld\n", 0);
		expect_order(process_out(live), calls[i]);
		assert_null(strstr(process_out(live), "\nHELLO"));
		assert_null(strstr(process_out(live), "EAGAIN"));
		struct process *played = run((const char *[]){"--ladder", "--replay", path, NULL}, "", 0);
		char *lines = without_port(process_out(live)), *again = without_port(process_out(played));
		assert_string_equal(again, lines);
		free(again);
		free(lines);
		process_end(played);
		process_end(live);
		free(path);
	}
}

/* Several conversations are in one ladder, each call once, however few events are kept. */
static void test_the_ladder_of_many_conversations(void **state)
{
	(void)state;
	enum { CONVERSATIONS = 600 };
	char *path = path_of("many");
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "{\"uproar-events\":1,\"wall\":0}\n");
	for (int i = 1; i <= CONVERSATIONS; i++) {
		const char *head = "\"who\":\"client\",\"kind\":\"call\"";
		fprintf(f, "{\"when\":%d,%s,\"op\":\"socket\",\"args\":[2,1],\"result\":7}\n", i, head);
		fprintf(f, "{\"when\":%d,%s,\"op\":\"connect\",\"fd\":7,\"address\":\"127.0.0.1:%d\",\"result\":0}\n",
			i, head, 1000 + i);
		fprintf(f, "{\"when\":%d,%s,\"op\":\"send\",\"fd\":7,\"asked\":3,\"result\":3,\"data\":\"%03d\"}\n", i,
			head, i);
		fprintf(f, "{\"when\":%d,%s,\"op\":\"close\",\"fd\":7,\"result\":0}\n", i, head);
	}
	fclose(f);
	static const char *const events[] = {"200000", "1000"};
	for (size_t k = 0; k < COUNT(events); k++) {
		struct process *p =
			run((const char *[]){"--ladder", "--replay", path, "--events", events[k], NULL}, "", 0);
		const char *at = process_out(p);
		for (int i = 1; i <= CONVERSATIONS; i++) {
			char connect[64], data[64];
			snprintf(connect, sizeof connect, "127.0.0.1:%d", 1000 + i);
			snprintf(data, sizeof data, "\"%03d\"", i);
			expect_order(at, (const char *[]){"client socket(", connect, data, "client close(", NULL});
			at = strstr(strstr(at, data), "client close(") + 1;
		}
		size_t lines = 0;
		for (const char *c = process_out(p); *c; c++)
			lines += *c == '\n';
		assert_int_equal(lines, 4 * CONVERSATIONS);
		process_end(p);
	}
	free(path);
}

static void test_through_a_pipe(void **state)
{
	(void)state;
	char *path = record("pipe", "-t");
	char *text = read_file(path);
	struct process *p = run((const char *[]){"--plain", "--replay", "/dev/stdin", NULL}, text, 0);
	struct process *q = run((const char *[]){"--replay", path, NULL}, "", 0); /* there is no terminal either */
	assert_string_equal(process_out(p), process_out(q));
	process_end(p);
	process_end(q);
	free(text);
	free(path);
}

static void test_a_ping_is_recorded(void **state)
{
	(void)state;
	char *path = path_of("ping");
	process_end(run((const char *[]){"--ping", "3", "--interval", "0", "--record", path, NULL}, "", 0));
	struct process *p = run((const char *[]){"--ladder", "--replay", path, NULL}, "", 0);
	expect_order(process_out(p), (const char *[]){"client sendto(", "client sendto(", "client sendto(", NULL});
	process_end(p);
	free(path);
}

/* --- A server that is watched --- */

/* uproard with a channel at this path. Returns its port, which the caller frees. */
static char *start_server(struct process **server, const char *control)
{
	static char program[4096];
	snprintf(program, sizeof program, "%s", process_built("uproard"));
	*server = process_start((const char *[]){program, "-p", "0", "-l", "127.0.0.1", "--control", control, NULL},
				NULL, NULL);
	assert_true(process_prints(*server, "listening udp"));
	const char *at = strstr(process_out(*server), "127.0.0.1:");
	assert_non_null(at);
	return strndup(at + strlen("127.0.0.1:"), strspn(at + strlen("127.0.0.1:"), "0123456789"));
}

/* Three clients at once, and each of their sentences and replies has its line, then and when it is played. */
static void test_a_server_is_watched(void **state)
{
	(void)state;
	enum { CLIENTS = 3 };
	char *control = path_of("control"), *recording = path_of("watched");
	struct process *server, *clients[CLIENTS];
	char *port = start_server(&server, control);
	struct process *watcher =
		uproar((const char *[]){"--ladder", "--attach", control, "--record", recording, NULL}, NULL);
	assert_true(process_complains(watcher, "Watching the server at"));
	for (int i = 0; i < CLIENTS; i++) {
		char sentence[32], reply[32];
		snprintf(sentence, sizeof sentence, "client %c\n", 'a' + i);
		snprintf(reply, sizeof reply, "CLIENT %c\n", 'A' + i);
		clients[i] = uproar((const char *[]){"-t", "127.0.0.1", port, NULL}, NULL);
		process_write(clients[i], sentence, strlen(sentence));
		assert_true(process_prints(clients[i], reply));
	}
	for (int i = 0; i < CLIENTS; i++) {
		char received[64], sent[64];
		snprintf(received, sizeof received, "\"client %c\\n\"\n", 'a' + i);
		snprintf(sent, sizeof sent, "\"CLIENT %c\\n\") = 9 (1)\n", 'A' + i);
		assert_true(process_prints(watcher, received));
		assert_true(process_prints(watcher, sent));
		process_close_in(clients[i]);
		assert_int_equal(process_exit(clients[i]), 0);
		process_end(clients[i]);
	}
	assert_int_equal(process_stop(server), 0);
	assert_true(process_complains(watcher, "the server has ended"));
	assert_int_equal(process_exit(watcher), 0);
	struct process *played = run((const char *[]){"--ladder", "--replay", recording, NULL}, "", 0);
	assert_string_equal(process_out(played), process_out(watcher));
	process_end(played);
	process_end(watcher);
	process_end(server);
	free(port);
	free(recording);
	free(control);
}

static void test_there_is_no_server_to_watch(void **state)
{
	(void)state;
	char *control = path_of("nobody");
	struct process *p = run((const char *[]){"--plain", "--attach", control, NULL}, "hello\n", 1);
	assert_non_null(strstr(process_err(p), "No server offers its channel at"));
	assert_string_equal(process_out(p), "");
	process_end(p);
	free(control);
}

/* --- Damage --- */

/*
 * Cut anywhere: what stands before is printed as if it were all, and if that is a whole line less, it is said and the
 * status is 1.
 */
static void test_fault_22_cut_anywhere(void **state)
{
	(void)state;
	char *path = record("whole", "-t"), *cut = path_of("cut"), *text = read_file(path);
	size_t header = (size_t)(strchr(text, '\n') - text) + 1, size = strlen(text);
	for (uint64_t i = 0; i < CUTS; i++) {
		const char *const options[] = {"--plain", "--replay", cut, i % 2 ? "--ladder" : NULL, NULL};
		size_t n = header + random_at(1, i) % (size - header), lines = n + (text[n] == '\n');
		while (text[lines - 1] != '\n')
			lines--;
		bool sound = lines >= n;
		write_file(cut, text, lines);
		struct process *before = run(options, "", 0);
		write_file(cut, text, n);
		struct process *p = run(options, "", sound ? 0 : 1);
		assert_string_equal(process_out(p), process_out(before));
		assert_true((strstr(process_err(p), "uproar: The recording is damaged in line ") != NULL) == !sound);
		process_end(p);
		process_end(before);
	}
	free(text);
	free(cut);
	free(path);
}

/* Whatever a byte becomes: it ends, with 0 or 1, and nothing but text is printed. */
static void test_bytes_that_are_others(void **state)
{
	(void)state;
	char *path = record("flips", "-t"), *flipped = path_of("flipped"), *text = read_file(path);
	size_t size = strlen(text);
	for (uint64_t i = 0; i < CUTS; i++) {
		size_t at = (size_t)(random_at(2, 2 * i) % size);
		char before = text[at];
		text[at] = (char)random_at(2, 2 * i + 1);
		write_file(flipped, text, size);
		text[at] = before;
		struct process *p =
			uproar((const char *[]){"--plain", "--replay", flipped, i % 2 ? "--ladder" : NULL, NULL}, NULL);
		int status = process_exit(p);
		assert_true(status == 0 || status == 1);
		assert_int_equal(status == 1, *process_err(p) != '\0');
		for (const char *c = process_out(p); *c; c++)
			assert_true((unsigned char)*c >= ' ' || *c == '\n');
		process_end(p);
	}
	free(text);
	free(flipped);
	free(path);
}

/* --- What goes wrong --- */

static void expect_refused(const char *const options[], int status, const char *words)
{
	struct process *p = run(options, "hello\n", status);
	if (!strstr(process_err(p), words))
		fail_msg("\"%s\" does not say \"%s\"", process_err(p), words);
	assert_string_equal(process_out(p), "");
	process_end(p);
}

static void test_what_cannot_be_played(void **state)
{
	(void)state;
	char *missing = path_of("missing");
	expect_refused((const char *[]){"--replay", missing, NULL}, 1, "cannot be read: No such file or directory.");
	expect_refused((const char *[]){"--replay", directory, NULL}, 1, "cannot be read: Is a directory.");
	expect_refused((const char *[]){"--replay", "/dev/null", NULL}, 1, "is no recording: line 1:");
	expect_refused((const char *[]){"--plain", "--replay", "/dev/stdin", NULL}, 1, "is no recording: line 1:");
	free(missing);
}

static void test_what_does_not_go_together(void **state)
{
	(void)state;
	expect_refused((const char *[]){"--replay", "x", "127.0.0.1", NULL}, 2, "talks with nobody");
	expect_refused((const char *[]){"--replay", "x", "-t", NULL}, 2, "talks with nobody");
	expect_refused((const char *[]){"--replay", "x", "--record", "y", NULL}, 2, "talks with nobody");
	expect_refused((const char *[]){"--attach", "x", "127.0.0.1", NULL}, 2, "talks with nobody");
	expect_refused((const char *[]){"--speed", "2", NULL}, 2, "--speed is for --replay.");
	expect_refused((const char *[]){"--ladder", "--ping", "3", NULL}, 2, "--ping is none");
	static const char *const speeds[] = {"-1", "0.001", "1001", "nan", "fast", "", "1x"};
	for (size_t i = 0; i < COUNT(speeds); i++)
		expect_refused((const char *[]){"--replay", "x", "--speed", speeds[i], NULL}, 2, "is no speed");
	static const char *const events[] = {"999", "10000001", "-1", "", "1e3"};
	for (size_t i = 0; i < COUNT(events); i++)
		expect_refused((const char *[]){"--events", events[i], NULL}, 2, "is no number of events");
}

static void test_nothing_is_written_over(void **state)
{
	(void)state;
	char *path = path_of("precious");
	write_file(path, "precious", 8);
	expect_refused((const char *[]){"-t", "--record", path, NULL}, 1, "is there already");
	char *text = read_file(path);
	assert_string_equal(text, "precious");
	free(text);
	free(path);
}

static void small_files(void *arg)
{
	(void)arg;
	struct rlimit limit = {7000, 7000};
	setrlimit(RLIMIT_FSIZE, &limit);
}

/* The conversation goes on, the recording ends, which is told once, and what there is of it is sound. */
static void test_fault_22_a_full_disk(void **state)
{
	(void)state;
	char *path = path_of("full");
	struct process *p = uproar((const char *[]){"-t", "--record", path, NULL}, small_files);
	process_write(p, "one\n", 4);
	assert_true(process_prints(p, "ONE\n"));
	for (int i = 0; i < 20; i++)
		process_write(p, "another sentence, which makes the recording longer\n", 51);
	process_close_in(p);
	assert_int_equal(process_exit(p), 1);
	const char *told = strstr(process_err(p), "has ended before its time: File too large.");
	assert_non_null(told);
	assert_non_null(strstr(told, ". It has the first "));
	assert_null(strstr(told + 1, "has ended before its time"));
	const char *at = process_out(p);
	for (int i = 0; i < 20; i++, at++)
		assert_non_null(at = strstr(at, "ANOTHER SENTENCE"));
	process_end(p);
	p = run((const char *[]){"--replay", path, NULL}, "", 0);
	assert_non_null(strstr(process_out(p), "connected to"));
	process_end(p);
	free(path);
}

static void test_nobody_reads(void **state)
{
	(void)state;
	char *path = path_of("unread");
	FILE *f = fopen(path, "w");
	fprintf(f, "{\"uproar-events\":1,\"wall\":0}\n");
	for (int i = 0; i < 100000; i++)
		fprintf(f, "{\"when\":1,\"who\":\"client\",\"kind\":\"note\",\"level\":\"info\",\"data\":\"words\"}\n");
	fclose(f);
	struct process *p = uproar((const char *[]){"--replay", path, NULL}, NULL);
	process_close_out(p);
	assert_int_equal(process_exit(p), 1);
	assert_non_null(strstr(process_err(p), "Standard output cannot be written: "));
	process_end(p);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_transcript),
		cmocka_unit_test(test_the_ladder),
		cmocka_unit_test(test_the_ladder_of_many_conversations),
		cmocka_unit_test(test_through_a_pipe),
		cmocka_unit_test(test_a_ping_is_recorded),
		cmocka_unit_test(test_a_server_is_watched),
		cmocka_unit_test(test_there_is_no_server_to_watch),
		cmocka_unit_test(test_fault_22_cut_anywhere),
		cmocka_unit_test(test_bytes_that_are_others),
		cmocka_unit_test(test_what_cannot_be_played),
		cmocka_unit_test(test_what_does_not_go_together),
		cmocka_unit_test(test_nothing_is_written_over),
		cmocka_unit_test(test_fault_22_a_full_disk),
		cmocka_unit_test(test_nobody_reads),
	};
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
