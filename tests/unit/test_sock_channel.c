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

int main(void)
{
	const struct CMUnitTest tests[] = {
		both(keeps_messages_whole),
		both(ends),
		both(no_end_is_inherited),
		cmocka_unit_test(reaches_a_child),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
