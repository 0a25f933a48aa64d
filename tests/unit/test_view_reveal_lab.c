/* What is revealed of sentences that were said while the lab was off, went on or off, or was not there. */
#include "test_view_reveal.h"

/* --- The lab goes on and off --- */

static void test_answered_before_the_lab_went_on(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	say_at(1, 1, "hello");
	answer(2, 1, GUESS_NONE);
	lab_is("drop-requests=100%,seed=1");
	say_at(3, 2, "hello");
	fate_then(4, lost, "hello");
	ASSERT_REVEALED(10, "sentence 1 \"hello\": the lab was off then",
			"sentence 2 \"hello\": the lab dropped the request, so the server never saw it");
}

/* Its reply was lost on the way back, and so nothing but the time tells that the server had it. */
static void test_said_before_the_lab_went_on(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	lab_is("delay=1ms");
	lab_is("");
	say(1, "hello");
	lab_is("drop-requests=100%,seed=1");
	say(2, "hello");
	lab_is("drop-replies=100%,seed=1"); /* it was on */
	say(3, "hello");
	fate(lost, "hello");
	fate(reply_lost, "hello");
	lab_is("");
	say(4, "hello");
	ASSERT_REVEALED(10, "sentence 1 \"hello\": the lab was off then",
			"sentence 2 \"hello\": the lab dropped the request, so the server never saw it",
			"sentence 3 \"hello\": the server answered, and the lab dropped the reply",
			"sentence 4 \"hello\": the lab was off then");
}

/* The lab is on all the time, and so it must be of the reply that the first sentence is known not to be meant. */
static void test_answered_before_the_fate(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	lab_is("cut=100");
	say_at(1, 1, "hello");
	answer(2, 1, GUESS_NONE);
	say_at(3, 2, "hello");
	fate_then(4, lost, "hello");
	ASSERT_REVEALED(10, "sentence 1 \"hello\": it was answered, and the lab has told nothing of it",
			"sentence 2 \"hello\": the lab dropped the request, so the server never saw it");
}

static void test_answered_after_the_fate(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	lab_is("delay=1ms");
	say_at(1, 1, "hello");
	fate_then(2, nothing, "hello");
	answer(3, 1, GUESS_NONE);
	answer(3, 77, GUESS_NONE);
	say_at(4, 2, "hello");
	fate_then(5, lost, "hello");
	ASSERT_REVEALED(10, "sentence 1 \"hello\": the lab let it and its reply pass",
			"sentence 2 \"hello\": the lab dropped the request, so the server never saw it");
}

static void test_answered_by_guess_before_the_fate(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	lab_is("drop=50%,seed=1");
	say_at(1, 1, "hello");
	answer(2, 1, GUESS_WHICH);
	say_at(3, 2, "hello");
	fate_then(4, lost, "hello");
	ASSERT_REVEALED(10, "sentence 1 \"hello\": the lab dropped the request, so the server never saw it" GUESS,
			"sentence 2 \"hello\": it has not reached the server's recvfrom()" GUESS);
}

/* What waits while the server is held is received whenever that ends. */
static void test_said_while_the_server_was_held(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	lab_is("hold");
	say(1, "a");
	lab_is("");
	lab_is("drop-requests=100%,seed=1");
	say(2, "a");
	fate(lost, "a");
	ASSERT_REVEALED(10, "sentence 1 \"a\": the lab dropped the request, so the server never saw it" GUESS,
			"sentence 2 \"a\": it has not reached the server's recvfrom()" GUESS);
}

static void test_said_before_the_server_was_held(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	say(1, "a");
	lab_is("drop-requests=100%,hold,seed=1");
	say(2, "a");
	lab_is("drop-requests=100%,seed=1");
	fate(lost, "a");
	ASSERT_REVEALED(10, "sentence 1 \"a\": the lab dropped the request, so the server never saw it" GUESS,
			"sentence 2 \"a\": it has not reached the server's recvfrom()" GUESS);
}

/* A fate is somebody's: this datagram was on its way. */
static void test_on_its_way_when_the_lab_went_on(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	say(1, "a");
	say(2, "b");
	lab_is("drop-requests=100%,seed=1");
	fate(lost, "b");
	ASSERT_REVEALED(10, "sentence 1 \"a\": the lab was off then",
			"sentence 2 \"b\": the lab dropped the request, so the server never saw it");
}

/* The first sentence starts the server, which is told what the lab was set to before. */
static void test_said_before_the_server_was_there(void **state)
{
	(void)state;
	say(1, "a");
	say(2, "b");
	happens(state_of((struct event_state){.what = STATE_STARTING, .protocol = PROTOCOL_UDP, .own = true}, ""));
	lab_is("rcvbuf=4096");
	socket_gets_port(PORT);
	fate(nothing, "a");
	ASSERT_REVEALED(10, "sentence 1 \"a\": the lab let it and its reply pass",
			"sentence 2 \"b\": it has not reached the server's recvfrom()");
}

static void test_a_new_server_has_no_lab(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	lab_is("hold,rcvbuf=4096");
	say(1, "a");
	happens(state_of((struct event_state){.what = STATE_CLOSED, .own = true, .error = ECHILD}, ""));
	happens(state_of((struct event_state){.what = STATE_STARTING, .protocol = PROTOCOL_UDP, .own = true}, ""));
	socket_gets_port(PORT);
	say(2, "a");
	lab_is("drop-requests=100%,seed=1");
	say(3, "b");
	ASSERT_REVEALED(10, "sentence 1 \"a\": it has not reached the server's recvfrom()",
			"sentence 2 \"a\": the lab was off then",
			"sentence 3 \"b\": it has not reached the server's recvfrom()");
}

/* What the lab was set to then nobody knows any more. */
static void test_the_log_has_forgotten_the_settings(void **state)
{
	(void)state;
	log_free(happened);
	happened = log_new(4, SIZE_MAX);
	assert_non_null(happened);
	lab_is("drop=50%,seed=1");
	socket_gets_port(PORT);
	say(1, "a");
	say(2, "b");
	ASSERT_REVEALED(10, "sentence 1 \"a\": it has not reached the server's recvfrom(), or the lab was off",
			"sentence 2 \"b\": it has not reached the server's recvfrom(), or the lab was off");
}

/* Numbers begin anew in each conversation. */
static void test_an_answer_from_elsewhere(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	lab_is("drop=50%,seed=1");
	say_at(1, 1, "hello");
	happens(state_of((struct event_state){.what = STATE_READY, .protocol = PROTOCOL_UDP, .remote = ipv4(2, 12000)},
			 "127.0.0.2"));
	say_at(2, 1, "hello");
	answer(3, 1, GUESS_NONE);
	fate_then(4, lost, "hello");
	ASSERT_REVEALED(10, "sentence 1 \"hello\": the lab dropped the request, so the server never saw it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_answered_before_the_lab_went_on),    TEST(test_said_before_the_lab_went_on),
		TEST(test_answered_before_the_fate),           TEST(test_answered_after_the_fate),
		TEST(test_answered_by_guess_before_the_fate),  TEST(test_said_while_the_server_was_held),
		TEST(test_said_before_the_server_was_held),    TEST(test_on_its_way_when_the_lab_went_on),
		TEST(test_said_before_the_server_was_there),   TEST(test_a_new_server_has_no_lab),
		TEST(test_the_log_has_forgotten_the_settings), TEST(test_an_answer_from_elsewhere),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
