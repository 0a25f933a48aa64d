/* Watching a server through the channel that it offers at a path: a server of the test's own is at the other end. */
#include <sys/stat.h>
#include <sys/un.h>

#include <uproar/control.h>

#include "test_client_network.h"

static char directory[] = "/tmp/uproar-attach-XXXXXX";
static char path[64];
static int offered = -1, channel = -1;
static uint64_t number;

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof path, "%s/channel", directory);
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	return rmdir(directory);
}

static void watch(void)
{
	struct network_options options = patient;
	options.attach = path;
	start(options);
}

static void offer_and_watch(void)
{
	struct pollfd p = {.events = POLLIN};
	number = 0;
	p.fd = offered = sock_channel_offer(path);
	assert_int_not_equal(offered, -1);
	watch();
	await_note("Watching the server at ");
	assert_int_equal(poll(&p, 1, PATIENCE * 1000), 1);
	channel = sock_channel_accept(offered);
	assert_int_not_equal(channel, -1);
}

static void end(void)
{
	stop();
	if (channel != -1)
		close(channel);
	close(offered);
	channel = -1;
	unlink(path);
}

static void server_reports(struct event e)
{
	struct buf message = {0};
	e.who = EVENT_SERVER;
	e.number = ++number;
	assert_int_equal(event_pack(&e, &message), 0);
	assert_int_equal(write(channel, buf_bytes(&message), message.size), message.size);
	buf_free(&message);
}

/* The next command is this one. */
static void server_is_told(const char *command)
{
	char came[CONTROL_MAX + 1];
	struct pollfd p = {.fd = channel, .events = POLLIN};
	assert_int_equal(poll(&p, 1, PATIENCE * 1000), 1);
	ssize_t n = read(channel, came, CONTROL_MAX);
	assert_true(n > 0);
	came[n] = '\0';
	assert_string_equal(came, command);
}

static void test_events_come_up(void **state)
{
	(void)state;
	offer_and_watch();
	server_reports((struct event){.kind = EVENT_CALL, .when = 1, .call = {.op = OP_ACCEPT, .fd = 3}});
	server_reports((struct event){
		.kind = EVENT_CALL, .when = 2, .call = {.op = OP_ACCEPT, .returned = true, .fd = 3, .result = 5}});
	const struct event *e = await((struct wanted){.kind = EVENT_CALL, .op = OP_ACCEPT, .announced = true});
	assert_int_equal(e->who, EVENT_SERVER);
	assert_int_equal(e->number, 1);
	assert_int_equal(await_call(OP_ACCEPT, 0)->call.result, 5);
	assert_int_equal(write(channel, "nonsense", 8), 8); /* is overlooked */
	server_reports((struct event){.kind = EVENT_NOTE, .size = 4, .data = "note"});
	await_note("note");
	end();
}

static void test_commands_go_down(void **state)
{
	(void)state;
	offer_and_watch();
	network_lab(network, "drop=30%");
	server_is_told("lab drop=30%");
	network_step(network, NETWORK_SERVER | NETWORK_CLIENT);
	server_is_told("step on");
	network_step_go(network, NETWORK_SERVER);
	server_is_told("step go");
	network_step(network, 0);
	server_is_told("step off");
	network_watch_all(network, true);
	server_is_told("sockets");
	server_is_told("sockets"); /* and again */
	network_watch_all(network, false);
	end();
}

static void test_nothing_is_said(void **state)
{
	(void)state;
	offer_and_watch();
	talk(PROTOCOL_TCP, 1);
	say("hello");
	await_note("says nothing itself");
	network_server_model(network, "threads", NULL);
	await_note("says nothing itself");
	network_disconnect(network);
	network_textbook(network, true);
	network_watch(network, true);
	network_timeout(network, CLOCK_SECOND);
	network_lab(network, "off");
	server_is_told("lab off");
	end();
	assert_int_equal(count((struct wanted){.kind = EVENT_SENTENCE}), 0);
}

static void test_server_ends(void **state)
{
	(void)state;
	offer_and_watch();
	server_reports((struct event){.kind = EVENT_NOTE, .size = 10, .data = "last words"});
	close(channel);
	channel = -1;
	await_note("last words");
	const struct event *e = await((struct wanted){.kind = EVENT_STATE, .what = STATE_CLOSED});
	assert_int_equal(e->state.protocol, PROTOCOL_NONE);
	network_lab(network, "drop=30%");
	await_note("There is no server to tell that");
	network_watch_all(network, true);
	end();
}

static void test_no_server_is_there(void **state)
{
	(void)state;
	watch();
	await_note("No server offers its channel at ");
	network_lab(network, "off");
	network_step(network, NETWORK_SERVER);
	stop();

	offered = sock_channel_offer(path); /* nobody listens there any more */
	close(offered);
	watch();
	await_note("No server offers its channel at ");
	stop();
	unlink(path);
}

static void test_channel_of_another_user(void **state)
{
	(void)state;
	if (geteuid() == 0)
		skip(); /* may use any */
	offered = sock_channel_offer(path);
	assert_int_equal(chmod(path, 0), 0);
	watch();
	await_note("is another user's");
	stop();
	close(offered);
	unlink(path);
}

static void test_path_that_cannot_be(void **state)
{
	(void)state;
	struct network_options options = patient;
	char longer[300];
	memset(longer, 'a', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	options.attach = longer;
	start(options);
	await_note("cannot be used");
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events_come_up),      cmocka_unit_test(test_commands_go_down),
		cmocka_unit_test(test_nothing_is_said),     cmocka_unit_test(test_server_ends),
		cmocka_unit_test(test_no_server_is_there),  cmocka_unit_test(test_channel_of_another_user),
		cmocka_unit_test(test_path_that_cannot_be),
	};
	int failures = cmocka_run_group_tests(tests, make_directory, remove_directory);
	forget();
	return failures;
}
