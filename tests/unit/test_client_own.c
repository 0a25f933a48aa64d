/* How our own server is started, and what it is told: a script plays its part, and says on its standard error. */
#include <fcntl.h>
#include <sys/stat.h>

#include "test_client_network.h"

enum { DESCRIPTORS = 256 };

static char program[4096];

/* What it was started with; then the first command that comes down the channel, if it is to wait for one. */
static const char script[] = "#!/bin/sh\n"
			     "echo \"started: $*.\" >&2\n"
			     "[ \"$UPROAR_TEST_LISTENS\" ] || exit 1\n"
			     "command=$(dd bs=1024 count=1 2>/dev/null <&3)\n"
			     "echo \"told: $command.\" >&2\n"
			     "dd bs=1024 count=1 <&3 >/dev/null 2>&1\n";

/* The client looks for its server beside itself. */
static int install(void **state)
{
	(void)state;
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
	if (n <= 0)
		return -1;
	program[n] = '\0';
	char *slash = strrchr(program, '/');
	snprintf(slash, sizeof program - (size_t)(slash - program), "/uproard");
	FILE *f = fopen(program, "w");
	if (!f)
		return -1;
	fputs(script, f);
	fclose(f);
	return chmod(program, 0755);
}

static int uninstall(void **state)
{
	(void)state;
	return unlink(program);
}

static void talk_with_own(enum protocol protocol)
{
	assert_int_equal(network_connect(network, protocol, NULL, "12000"), 0);
}

static void await_failure(void)
{
	await((struct wanted){.kind = EVENT_STATE, .what = STATE_FAILED, .error = ECHILD});
}

static void test_server_is_started_with_a_model(void **state)
{
	(void)state;
	start(patient);
	talk_with_own(PROTOCOL_TCP);
	await_note("started: --port 0 --control-fd 3 --ipv4.");
	await_failure();
	network_server_model(network, "threads", NULL);
	await_note("started: --port 0 --control-fd 3 --model threads --ipv4.");
	await_failure();
	/* It could not start with that, so it is not tried again. */
	say("hello");
	await_note("started: --port 0 --control-fd 3 --ipv4.");
	await_missing(VERDICT_UNSENT, 1);
	stop();
}

static void test_textbook_serves_one_protocol(void **state)
{
	(void)state;
	start(patient);
	network_server_model(network, "textbook", NULL);
	talk_with_own(PROTOCOL_TCP);
	await_note("--model textbook --ipv4 --tcp.");
	await_failure();
	network_server_model(network, "textbook", NULL);
	await_note("--model textbook --ipv4 --tcp.");
	await_failure();
	talk(PROTOCOL_UDP, 9);
	network_server_model(network, "textbook", NULL);
	await_note("this one is elsewhere");
	talk_with_own(PROTOCOL_UDP);
	await_note("--model textbook --ipv4 --udp.");
	await_failure();
	stop();
	assert_int_equal(count((struct wanted){.kind = EVENT_NOTE, .data = "started: "}), 3);
}

static void test_address_family_is_the_users(void **state)
{
	(void)state;
	struct network_options options = patient;
	options.family = 6;
	start(options);
	network_server_model(network, "textbook", NULL);
	talk_with_own(PROTOCOL_TCP);
	await_note("--model textbook --ipv6 --tcp.");
	stop();
}

/* It is the model's fault that it could not start, not the settings': they are given again. */
static void test_settings_outlive_a_wrong_model(void **state)
{
	(void)state;
	struct network_options options = patient;
	options.lab = "cut=4";
	start(options);
	network_server_model(network, "nonsense", NULL);
	talk_with_own(PROTOCOL_TCP);
	await_note("--model nonsense --ipv4 --lab cut=4.");
	await_failure();
	say("one");
	await_note("started: --port 0 --control-fd 3 --ipv4 --lab cut=4.");
	await_missing(VERDICT_UNSENT, 1);
	say("two");
	await_note("started: --port 0 --control-fd 3 --ipv4.");
	stop();
}

/* Nor shall the next one listen where this one could not. */
static void test_server_listens_elsewhere(void **state)
{
	(void)state;
	start(patient);
	network_server_model(network, "events", "0.0.0.0");
	talk_with_own(PROTOCOL_TCP);
	await_note("--model events --ipv4 --listen 0.0.0.0.");
	await_failure();
	say("hello");
	await_note("started: --port 0 --control-fd 3 --ipv4.");
	stop();
}

static void test_wish_to_step_is_kept(void **state)
{
	(void)state;
	setenv("UPROAR_TEST_LISTENS", "1", 1);
	start(patient);
	network_step(network, NETWORK_SERVER);
	talk_with_own(PROTOCOL_TCP);
	await_note("told: step on.");
	network_disconnect(network); /* ends it */
	await_state(STATE_CLOSED);
	network_step(network, 0);
	network_lab(network, "cut=4");
	await_note("does not run yet");
	say("hello");
	await_note("told: lab cut=4.");
	stop();
	unsetenv("UPROAR_TEST_LISTENS");
}

static void test_server_is_stepped_while_it_starts(void **state)
{
	(void)state;
	setenv("UPROAR_TEST_LISTENS", "1", 1);
	start(patient);
	talk_with_own(PROTOCOL_TCP);
	await_note("started: ");
	network_step_go(network, NETWORK_SERVER);
	await_note("told: step go.");
	stop();
	unsetenv("UPROAR_TEST_LISTENS");
}

/* --- What is left of it --- */

static int descriptors(void)
{
	int n = 0;
	for (int fd = 0; fd < DESCRIPTORS; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static void start_it_twice(void)
{
	start(patient);
	talk_with_own(PROTOCOL_TCP);
	await_failure();
	say("hello");
	await_missing(VERDICT_UNSENT, 1);
	stop();
}

static void test_no_descriptor_is_left(void **state)
{
	(void)state;
	start_it_twice(); /* libuv opens some once and for all */
	int before = descriptors();
	start_it_twice();
	assert_int_equal(descriptors(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_server_is_started_with_a_model),
		cmocka_unit_test(test_textbook_serves_one_protocol),
		cmocka_unit_test(test_address_family_is_the_users),
		cmocka_unit_test(test_settings_outlive_a_wrong_model),
		cmocka_unit_test(test_server_listens_elsewhere),
		cmocka_unit_test(test_wish_to_step_is_kept),
		cmocka_unit_test(test_server_is_stepped_while_it_starts),
		cmocka_unit_test(test_no_descriptor_is_left),
	};
	int failures = cmocka_run_group_tests(tests, install, uninstall);
	forget();
	return failures;
}
