#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "test_sock.h"

static void keeps_messages_whole(void **state)
{
	(void)state;
	int fds[2];
	char data[64];
	assert_int_equal(sock_socketpair(fds), 0);
	assert_int_equal(write(fds[0], "one", 3), 3);
	assert_int_equal(write(fds[0], "number two", 10), 10);
	assert_int_equal(write(fds[1], "back", 4), 4);
	assert_int_equal(read(fds[1], data, sizeof data), 3);
	assert_memory_equal(data, "one", 3);
	assert_int_equal(read(fds[1], data, sizeof data), 10);
	assert_memory_equal(data, "number two", 10);
	assert_int_equal(read(fds[0], data, sizeof data), 4);
	assert_memory_equal(data, "back", 4);
	sock_close(fds[0]);
	sock_close(fds[1]);
}

static void ends(void **state)
{
	(void)state;
	for (int gone = 0; gone < 2; gone++) {
		int fds[2];
		char data[64];
		assert_int_equal(sock_socketpair(fds), 0);
		assert_int_equal(write(fds[gone], "last words", 10), 10);
		assert_int_equal(sock_close(fds[gone]), 0);
		assert_int_equal(read(fds[!gone], data, sizeof data), 10); /* what was sent still comes */
		assert_int_equal(read(fds[!gone], data, sizeof data), 0);
		assert_int_equal(read(fds[!gone], data, sizeof data), 0);
		assert_fails(sock_send(fds[!gone], "x", 1), EPIPE); /* and no signal */
		sock_close(fds[!gone]);
	}
}

static void no_end_is_inherited(void **state)
{
	(void)state;
	int fds[2];
	assert_int_equal(sock_socketpair(fds), 0);
	assert_true(fcntl(fds[0], F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(fds[1], F_GETFD) & FD_CLOEXEC);
	assert_false(fcntl(fds[0], F_GETFL) & O_NONBLOCK);
	assert_false(fcntl(fds[1], F_GETFL) & O_NONBLOCK);
	sock_close(fds[0]);
	sock_close(fds[1]);
}

/* As a child's own program sees it: the other end reads end-of-file once the child is gone. */
static void reaches_a_child(void **state)
{
	(void)state;
	int fds[2], status;
	char data[64];
	assert_int_equal(sock_socketpair(fds), 0);
	pid_t child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		dup2(fds[1], STDOUT_FILENO);
		execl("/bin/sh", "sh", "-c", "printf 'from the child'", (char *)NULL);
		_exit(127);
	}
	sock_close(fds[1]);
	await_input(fds[0]);
	assert_int_equal(read(fds[0], data, sizeof data), 14);
	assert_memory_equal(data, "from the child", 14);
	await_input(fds[0]);
	assert_int_equal(read(fds[0], data, sizeof data), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	sock_close(fds[0]);
}

/* --- Channels at a path --- */

enum { PATH = 96 };

static char directory[PATH], path[2 * PATH];

static void make_directory(void)
{
	snprintf(directory, sizeof directory, "/tmp/uproar-sock-XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/channel", directory);
}

static void remove_directory(void)
{
	unlink(path);
	assert_int_equal(rmdir(directory), 0);
}

static int offered(void)
{
	make_directory();
	int fd = sock_channel_offer(path);
	assert_int_not_equal(fd, -1);
	return fd;
}

static void keeps_messages_whole_at_a_path(void **state)
{
	(void)state;
	char data[64];
	int offer = offered();
	assert_fails(sock_channel_accept(offer), EAGAIN);
	int near = sock_channel_attach(path);
	assert_int_not_equal(near, -1);
	int far = sock_channel_accept(offer);
	assert_int_not_equal(far, -1);
	assert_true(fcntl(far, F_GETFL) & O_NONBLOCK);
	assert_false(fcntl(near, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(far, F_GETFD) & fcntl(near, F_GETFD) & fcntl(offer, F_GETFD) & FD_CLOEXEC);
	assert_fails(read(far, data, sizeof data), EAGAIN);
	assert_int_equal(write(near, "one", 3), 3);
	assert_int_equal(write(near, "number two", 10), 10);
	assert_int_equal(read(far, data, sizeof data), 3);
	assert_int_equal(read(far, data, sizeof data), 10);
	assert_memory_equal(data, "number two", 10);
	close(far);
	assert_int_equal(read(near, data, sizeof data), 0);
	close(near);
	close(offer);
	remove_directory();
}

static void is_for_its_owner_alone(void **state)
{
	(void)state;
	struct stat status;
	mode_t usual = umask(0);
	int offer = offered();
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISSOCK(status.st_mode));
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(umask(usual), 0); /* as it was */
	close(offer);
	remove_directory();
}

static void replaces_what_is_stale_alone(void **state)
{
	(void)state;
	int offer = offered();
	assert_fails(sock_channel_offer(path), EADDRINUSE);
	int near = sock_channel_attach(path); /* it is unharmed */
	assert_int_not_equal(near, -1);
	close(near);
	close(offer);
	assert_fails(sock_channel_attach(path), ECONNREFUSED);
	offer = sock_channel_offer(path);
	assert_int_not_equal(offer, -1);
	close(offer);
	unlink(path);
	assert_fails(sock_channel_attach(path), ENOENT);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_fails(sock_channel_offer(path), EADDRINUSE);
	assert_int_equal(access(path, F_OK), 0);
	remove_directory();
}

static void paths_have_a_length(void **state)
{
	(void)state;
	char name[200];
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	assert_fails(sock_channel_offer(name), ENAMETOOLONG);
	assert_fails(sock_channel_attach(name), ENAMETOOLONG);
	assert_fails(sock_channel_offer(""), ENOENT);
	assert_fails(sock_channel_offer("/nonexistent/channel"), ENOENT);
}

static void hear(const struct event *e, void *arg)
{
	(void)e;
	++*(int *)arg;
}

static void no_hook_hears_of_a_path(void **state)
{
	(void)state;
	int heard = 0;
	sock_hooks(EVENT_SERVER, hear, hear, &heard);
	int offer = offered(), near = sock_channel_attach(path), far = sock_channel_accept(offer);
	assert_int_equal(heard, 0);
	sock_hooks(EVENT_SERVER, NULL, NULL, NULL);
	close(near);
	close(far);
	close(offer);
	remove_directory();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		both(keeps_messages_whole),
		both(ends),
		both(no_end_is_inherited),
		cmocka_unit_test(reaches_a_child),
		both(keeps_messages_whole_at_a_path),
		both(is_for_its_owner_alone),
		both(replaces_what_is_stale_alone),
		both(paths_have_a_length),
		cmocka_unit_test(no_hook_hears_of_a_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
