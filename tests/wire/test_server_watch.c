/* --control PATH: whoever comes there watches the server, which goes on with and without. */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "test_server.h"

static const char *const models[] = {"events", "textbook", "threads"};
enum {
	MODELS = sizeof models / sizeof *models,
	PATH = 96,
	FLOOD = 2000,
	PEOPLE = 8,
	SENTENCES = 250,
	SENTENCES_MAX = 1 << 16
};

static char directory[PATH], path[2 * PATH];

static int make_directory(void **state)
{
	(void)state;
	snprintf(directory, sizeof directory, "/tmp/uproar-watch-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof path, "%s/control", directory);
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

static void begin(const char *model, const char *protocol)
{
	server = peer_server(&port, (const char *[]){"-4", protocol, "-m", model, "--control", path, NULL});
}

static void stop(void)
{
	assert_int_equal(process_stop(server), 0);
	assert_string_equal(process_err(server), "");
	process_end(server);
	assert_int_equal(access(path, F_OK), -1);
}

/* Comes, and is told what there is: the services, the lab, and so many sockets. */
static int attach(unsigned sockets)
{
	struct event e;
	int fd = sock_channel_attach(path);
	assert_int_not_equal(fd, -1);
	assert_true(next_from(fd, &e));
	assert_int_equal(e.kind, EVENT_STATE);
	assert_int_equal(e.state.what, STATE_LISTENING);
	assert_int_equal(e.state.local.port, port);
	assert_true(next_from(fd, &e));
	assert_int_equal(e.kind, EVENT_LAB);
	assert_int_equal(e.lab.what, LAB_SETTINGS);
	while (sockets > 0) {
		assert_true(next_from(fd, &e));
		assert_int_equal(e.who, EVENT_SERVER);
		if (e.kind == EVENT_KERNEL) {
			assert_int_equal(e.kernel.why, KERNEL_SAMPLE);
			assert_int_equal(e.number, 0);
			sockets--;
		}
	}
	return fd;
}

static void await_call(int fd, struct event *e, enum event_op op, bool returned)
{
	do
		assert_true(next_from(fd, e));
	while (e->kind != EVENT_CALL || e->call.op != op || e->call.returned != returned ||
	       (returned && e->call.result == -1));
}

/* --- Watching --- */

static void test_a_late_watcher_learns_what_there_is(void **state)
{
	(void)state;
	struct event e;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-t");
		int client = peer_tcp("127.0.0.1", port);
		if (strcmp(models[i], "textbook") != 0)
			assert_true(peer_answers(client, "before", "BEFORE"));
		int fd = attach(strcmp(models[i], "textbook") == 0 ? 1 : 2);
		if (i > 0) /* the call that waits was made again, seen by now */
			await_call(fd, &e, OP_RECV, false);
		assert_true(peer_answers(client, "after", "AFTER"));
		await_call(fd, &e, OP_RECV, true);
		assert_int_equal(e.size, 5);
		assert_memory_equal(e.data, "after", 5);
		assert_int_equal(e.call.offset, 0); /* what came before was not seen */
		await_call(fd, &e, OP_SEND, true);
		close(client);
		close(fd);
		stop();
	}
}

/* The call that blocks since before it came is among them. */
static void test_a_late_watcher_learns_what_waits(void **state)
{
	(void)state;
	struct event e;
	for (size_t i = 1; i < MODELS; i++) {
		begin(models[i], "-t");
		int one = attach(1);
		await_call(one, &e, OP_ACCEPT, false);
		int two = attach(1);
		await_call(two, &e, OP_ACCEPT, false);
		close(one);
		close(two);
		stop();
	}
}

static void test_two_watchers_see_the_same(void **state)
{
	(void)state;
	struct event e, f;
	char data[EVENT_CALL_DATA];
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u");
		int one = attach(1), two = attach(1), client = peer_udp("127.0.0.1", port);
		assert_true(peer_answers(client, "hello", "HELLO"));
		assert_true(peer_answers(client, "world", "WORLD"));
		for (int n = 0; n < 2; n++) {
			await_call(one, &e, OP_SENDTO, true);
			memcpy(data, e.data, e.size);
			await_call(two, &f, OP_SENDTO, true);
			assert_int_equal(e.number, f.number);
			assert_int_equal(e.size, f.size);
			assert_memory_equal(data, f.data, f.size);
		}
		assert_true(e.number > 0);
		close(client);
		close(one);
		close(two);
		stop();
	}
}

/* Each hears each command's effect, but its own samples alone. */
static void test_what_one_says_all_hear(void **state)
{
	(void)state;
	struct event e;
	begin("events", "-u");
	int one = attach(1), two = attach(1);
	say(one, "sockets");
	say(one, "lab cut=4");
	do {
		assert_true(next_from(two, &e));
		assert_int_not_equal(e.kind, EVENT_KERNEL);
	} while (e.kind != EVENT_LAB);
	assert_int_equal(e.size, 5);
	assert_memory_equal(e.data, "cut=4", 5);
	int three = sock_channel_attach(path); /* and a newcomer, too */
	do
		assert_true(next_from(three, &e));
	while (e.kind != EVENT_LAB);
	assert_memory_equal(e.data, "cut=4", 5);
	close(one);
	close(two);
	say(three, "lab off");
	close(three);
	assert_int_equal(process_stop(server), 0);
	process_end(server);
}

/* The number of the next call. */
static uint64_t number_now(int client)
{
	struct event e;
	int fd = attach(1);
	do
		assert_true(peer_answers(client, "seen", "SEEN"));
	while (!more_from(fd));
	do
		assert_true(next_from(fd, &e));
	while (e.number == 0);
	close(fd);
	return e.number;
}

/* Nobody watches: nothing is told, nor even counted, as soon as it has been noticed that the last one left. */
static void test_without_watchers_nothing_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u");
		int client = peer_udp("127.0.0.1", port);
		uint64_t calls, sentences = SENTENCES;
		do { /* more of them, until it has had the time to notice */
			sentences *= 2;
			uint64_t before = number_now(client);
			for (uint64_t n = 0; n < sentences; n++)
				assert_true(peer_answers(client, "unseen", "UNSEEN"));
			calls = number_now(client) - before;
		} while (calls >= sentences && sentences < SENTENCES_MAX);
		assert_true(calls < sentences);
		close(client);
		stop();
	}
}

static void test_a_slow_watcher_harms_nobody(void **state)
{
	(void)state;
	struct event e;
	for (size_t i = 0; i < MODELS; i += 2) {
		begin(models[i], "-t");
		int slow = attach(1), quick = attach(1), client = peer_tcp("127.0.0.1", port);
		uint64_t last = 0, gaps = 0, told = 0;
		for (int n = 0; n < FLOOD; n++) {
			assert_true(peer_answers(client, "abc", "ABC"));
			while (more_from(quick)) {
				assert_true(next_from(quick, &e));
				assert_true(e.number == 0 || last == 0 || e.number == last + 1); /* whole, in order */
				last = e.number ? e.number : last;
			}
		}
		for (last = 0; last < FLOOD; last = e.number ? e.number : last) {
			if (!more_from(slow)) /* a gap shows when the next event comes */
				assert_true(peer_answers(client, "more", "MORE"));
			assert_true(next_from(slow, &e));
			gaps += last > 0 && e.number > last + 1;
			told++;
		}
		assert_true(gaps > 0);
		assert_true(told > 10);
		close(client);
		close(slow);
		close(quick);
		stop();
	}
}

/* --- Stepping --- */

static void test_stepping_ends_with_its_watcher(void **state)
{
	(void)state;
	struct event e;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u");
		int one = attach(1), two = attach(1), client = peer_udp("127.0.0.1", port);
		if (i > 0)
			await_call(two, &e, OP_RECVFROM, false);
		say(one, "step on");
		say(one, "sockets");
		do
			assert_true(next_from(one, &e));
		while (e.kind != EVENT_KERNEL);
		say(two, "step on"); /* it is on already */
		assert_true(peer_send(client, "hello", 5));
		do {
			do
				assert_true(next_from(two, &e));
			while (e.kind != EVENT_CALL || e.call.returned);
			say(two, "step go"); /* whoever says so */
		} while (e.call.op != OP_SENDTO);
		await_call(two, &e, OP_SENDTO, true);
		close(two);
		char reply[5];
		assert_int_equal(send(client, "x", 1, 0), 1);
		close(one);
		assert_int_equal(recv(client, reply, sizeof reply, 0), 5);
		assert_true(peer_answers(client, "", "X"));
		close(client);
		stop();
	}
}

/* --- Coming and going --- */

static void test_a_watcher_may_die(void **state)
{
	(void)state;
	struct event e;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u");
		int client = peer_udp("127.0.0.1", port);
		for (int n = 0; n < 2 * PEOPLE; n++) { /* nobody takes a place for good */
			int fd = attach(1);
			assert_true(peer_answers(client, "hello", "HELLO"));
			say(fd, "step off");
			close(fd); /* with events unread */
		}
		int fd = attach(1);
		assert_true(peer_answers(client, "still", "STILL"));
		await_call(fd, &e, OP_SENDTO, true);
		close(fd);
		close(client);
		stop();
	}
}

static void test_there_is_room_for_eight(void **state)
{
	(void)state;
	struct event e;
	int fds[PEOPLE];
	begin("events", "-u");
	for (int n = 0; n < PEOPLE; n++)
		fds[n] = attach(1);
	int late = sock_channel_attach(path);
	assert_true(next_from(late, &e));
	assert_int_equal(e.kind, EVENT_NOTE);
	assert_int_equal(e.note.level, NOTE_ERROR);
	assert_false(next_from(late, &e));
	close(late);
	int client = peer_udp("127.0.0.1", port);
	assert_true(peer_answers(client, "hello", "HELLO"));
	for (int n = 0; n < PEOPLE; n++) {
		await_call(fds[n], &e, OP_SENDTO, true);
		close(fds[n]);
	}
	close(client);
	stop();
}

static void test_the_server_ends_under_its_watchers(void **state)
{
	(void)state;
	struct event e;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-t");
		int fd = attach(1);
		stop();
		do
			if (!next_from(fd, &e))
				break;
		while (true);
		close(fd);
	}
}

/* The uproar that started it, and others. */
static void test_both_ways_at_once(void **state)
{
	(void)state;
	struct event e;
	char number[16];
	assert_int_equal(sock_socketpair(channel), 0);
	snprintf(number, sizeof number, "%d", channel[1]);
	fcntl(channel[1], F_SETFD, 0);
	server = peer_server(&port, (const char *[]){"-4", "-u", "--control", path, "--control-fd", number, NULL});
	close(channel[1]);
	int fd = attach(1), client = peer_udp("127.0.0.1", port);
	assert_true(peer_answers(client, "hello", "HELLO"));
	await_call(fd, &e, OP_SENDTO, true);
	uint64_t first = e.number;
	await_call(channel[0], &e, OP_SENDTO, true);
	assert_int_equal(e.number, first);
	close(fd);
	assert_true(peer_answers(client, "hello", "HELLO"));
	await_call(channel[0], &e, OP_SENDTO, true);
	close(client);
	ends(); /* it ends with the one that started it */
	assert_int_equal(access(path, F_OK), -1);
}

/* --- The path --- */

static void test_the_path_is_for_its_owner_alone(void **state)
{
	(void)state;
	struct stat status;
	begin("events", "-u");
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISSOCK(status.st_mode));
	assert_int_equal(status.st_mode & 0777, 0600);
	stop();
}

static void test_a_stale_socket_is_replaced(void **state)
{
	(void)state;
	begin("events", "-u");
	kill(process_pid(server), SIGKILL);
	process_exit(server);
	process_end(server);
	assert_int_equal(access(path, F_OK), 0);
	begin("threads", "-u");
	close(attach(1));
	stop();
}

static void descriptors(rlim_t most)
{
	struct rlimit limit;
	assert_int_equal(prlimit(process_pid(server), RLIMIT_NOFILE, NULL, &limit), 0);
	limit.rlim_cur = most ? most : limit.rlim_max;
	assert_int_equal(prlimit(process_pid(server), RLIMIT_NOFILE, &limit, NULL), 0);
}

/* The second warning comes a second after the first, and counts the attempts between them: few. */
static void test_fault_3_without_descriptors_watchers_wait(void **state)
{
	(void)state;
	struct event e;
	for (size_t i = 0; i < MODELS; i++) {
		begin(models[i], "-u");
		descriptors(STDERR_FILENO + 1); /* those are taken, and poll() may still look at so many */
		int fd = sock_channel_attach(path);
		assert_int_not_equal(fd, -1);
		assert_true(process_complains(server, "times so far"));
		const char *number = strchr(process_err(server), '(');
		assert_in_range(strtoul(number + 1, NULL, 10), 2, 50);
		descriptors(0);
		assert_true(next_from(fd, &e)); /* it is let in */
		close(fd);
		assert_int_equal(process_stop(server), 0);
		process_end(server);
	}
}

static void refuses(const char *at, const char *words)
{
	struct process *p = process_start(
		(const char *[]){process_built("uproard"), "-4", "-p", "0", "--control", at, NULL}, NULL, NULL);
	assert_int_equal(process_exit(p), 1);
	if (!strstr(process_err(p), words))
		fail_msg("it said %s", process_err(p));
	assert_string_equal(process_out(p), "");
	process_end(p);
}

static void test_a_socket_in_use_stays(void **state)
{
	(void)state;
	begin("textbook", "-u");
	refuses(path, strerror(EADDRINUSE));
	close(attach(1));
	stop();
}

static void test_paths_that_cannot_be(void **state)
{
	(void)state;
	char long_path[200], nowhere[sizeof directory + 16];
	struct stat status;
	memset(long_path, 'x', sizeof long_path - 1);
	long_path[0] = '/';
	long_path[sizeof long_path - 1] = '\0';
	refuses(long_path, strerror(ENAMETOOLONG));
	snprintf(nowhere, sizeof nowhere, "%s/nowhere/control", directory);
	refuses(nowhere, strerror(ENOENT));
	refuses("", "--control");
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	close(fd);
	refuses(path, strerror(EADDRINUSE));
	assert_int_equal(lstat(path, &status), 0); /* no file is removed */
	assert_true(S_ISREG(status.st_mode));
	if (geteuid() == 0)
		return; /* who may do anything */
	unlink(path);
	chmod(directory, 0500);
	refuses(path, strerror(EACCES));
	chmod(directory, 0700);
}

/* Another one took its place meanwhile: that is not its own to remove. */
static void test_the_path_of_another_stays(void **state)
{
	(void)state;
	begin("events", "-u");
	unlink(path);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_int_equal(process_stop(server), 0);
	process_end(server);
	assert_int_equal(access(path, F_OK), 0);
}

#define WITH_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(test_a_late_watcher_learns_what_there_is),
		WITH_DIRECTORY(test_a_late_watcher_learns_what_waits),
		WITH_DIRECTORY(test_two_watchers_see_the_same),
		WITH_DIRECTORY(test_what_one_says_all_hear),
		WITH_DIRECTORY(test_without_watchers_nothing_is_told),
		WITH_DIRECTORY(test_a_slow_watcher_harms_nobody),
		WITH_DIRECTORY(test_stepping_ends_with_its_watcher),
		WITH_DIRECTORY(test_a_watcher_may_die),
		WITH_DIRECTORY(test_there_is_room_for_eight),
		WITH_DIRECTORY(test_the_server_ends_under_its_watchers),
		WITH_DIRECTORY(test_both_ways_at_once),
		WITH_DIRECTORY(test_the_path_is_for_its_owner_alone),
		WITH_DIRECTORY(test_a_stale_socket_is_replaced),
		WITH_DIRECTORY(test_fault_3_without_descriptors_watchers_wait),
		WITH_DIRECTORY(test_a_socket_in_use_stays),
		WITH_DIRECTORY(test_paths_that_cannot_be),
		WITH_DIRECTORY(test_the_path_of_another_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
