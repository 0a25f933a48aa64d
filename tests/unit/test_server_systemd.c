/* What a service manager says in the environment is taken out of it, and believed if it is meant for this process. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/server/systemd.h"

static int given(long process, const char *count)
{
	char number[24];
	snprintf(number, sizeof number, "%ld", process);
	setenv("LISTEN_PID", number, 1);
	setenv("LISTEN_FDS", count, 1);
	setenv("LISTEN_FDNAMES", "one:two", 1);
	setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
	int n = systemd_start();
	static const char *const names[] = {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET"};
	for (size_t i = 0; i < COUNT(names); i++)
		assert_null(getenv(names[i]));
	return n;
}

static void test_nothing_is_given(void **state)
{
	(void)state;
	assert_int_equal(systemd_start(), 0);
	systemd_ready();
	systemd_stopping();
}

static void test_given_to_another_process(void **state)
{
	(void)state;
	assert_int_equal(given(getpid() + 1, "2"), 0);
	assert_int_equal(given(0, "2"), 0);
}

static void test_no_numbers(void **state)
{
	(void)state;
	static const char *const counts[] = {"", "x", "2x", "0", "-1", "2147483647", "99999999999999999999"};
	for (size_t i = 0; i < COUNT(counts); i++)
		assert_int_equal(given(getpid(), counts[i]), 0);
}

static void test_given_here(void **state)
{
	(void)state;
	for (int fd = SYSTEMD_FIRST; fd < SYSTEMD_FIRST + 2; fd++)
		dup2(STDIN_FILENO, fd);
	assert_int_equal(given(getpid(), "2"), 2);
	for (int fd = SYSTEMD_FIRST; fd < SYSTEMD_FIRST + 2; fd++) {
		assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
		close(fd);
	}
	systemd_ready(); /* nobody listens there, and that is nothing to us */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_given),
		cmocka_unit_test(test_given_to_another_process),
		cmocka_unit_test(test_no_numbers),
		cmocka_unit_test(test_given_here),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
