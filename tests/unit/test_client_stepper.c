/* Which calls wait for the user, and which may go, from the events alone. */
#include <stdlib.h>
#include <string.h>

/* clang-format off: cmocka wants these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* clang-format on */

#include <uproar/text.h>

#include "../../src/client/stepper.h"

enum { BOTH = NETWORK_CLIENT | NETWORK_SERVER };

static struct stepper stepper;

static int begin(void **state)
{
	(void)state;
	stepper_set(&stepper, BOTH);
	return 0;
}

static int end(void **state)
{
	(void)state;
	stepper_free(&stepper);
	stepper = (struct stepper){0};
	return 0;
}

static void call(enum event_who who, enum event_op op, int fd, bool returned)
{
	struct event e = {.who = who, .kind = EVENT_CALL, .call = {.op = op, .fd = fd, .returned = returned}};
	stepper_take(&stepper, &e);
}

static void waits(enum event_who who, enum event_op op, int fd)
{
	call(who, op, fd, false);
}

static void went(enum event_who who, enum event_op op, int fd)
{
	call(who, op, fd, true);
}

/* The call of these sides that has waited longest is this one. */
static void assert_waiting(unsigned sides, enum event_op op, int fd)
{
	const struct stepper_call *c = stepper_waiting(&stepper, sides);
	assert_non_null(c);
	assert_int_equal(c->op, op);
	assert_int_equal(c->fd, fd);
}

static void test_nothing_waits_unless_stepped(void **state)
{
	(void)state;
	stepper_set(&stepper, 0);
	waits(EVENT_CLIENT, OP_RECV, 5);
	assert_null(stepper_waiting(&stepper, BOTH));
	assert_int_equal(stepper_due(&stepper), 0);
	stepper_set(&stepper, NETWORK_SERVER);
	waits(EVENT_CLIENT, OP_RECV, 5);
	waits(EVENT_SERVER, OP_ACCEPT, 3);
	assert_null(stepper_waiting(&stepper, NETWORK_CLIENT));
	assert_waiting(BOTH, OP_ACCEPT, 3);
}

static void test_the_oldest_goes_first(void **state)
{
	(void)state;
	waits(EVENT_SERVER, OP_ACCEPT, 3);
	waits(EVENT_CLIENT, OP_SOCKET, -1);
	assert_waiting(BOTH, OP_ACCEPT, 3);
	struct event accept = {.who = EVENT_SERVER, .kind = EVENT_CALL, .call = {.op = OP_ACCEPT, .fd = 3}};
	struct event other = {.who = EVENT_SERVER, .kind = EVENT_CALL, .call = {.op = OP_ACCEPT, .fd = 4}};
	assert_true(stepper_holds(&stepper, &accept));
	assert_false(stepper_holds(&stepper, &other));
	assert_int_equal(stepper_due(&stepper), 0);
	stepper_go(&stepper, BOTH);
	assert_false(stepper_holds(&stepper, &accept)); /* if it has not returned, it waits for something else now */
	assert_int_equal(stepper_due(&stepper), NETWORK_SERVER);
	assert_int_equal(stepper_due(&stepper), 0);
	assert_waiting(BOTH, OP_SOCKET, -1);
	stepper_go(&stepper, BOTH);
	assert_int_equal(stepper_due(&stepper), NETWORK_CLIENT);
	assert_null(stepper_waiting(&stepper, BOTH));
	stepper_go(&stepper, BOTH); /* a key too many does nothing, now or later */
	waits(EVENT_CLIENT, OP_CONNECT, 5);
	assert_int_equal(stepper_due(&stepper), 0);
	assert_waiting(BOTH, OP_CONNECT, 5);
}

static void test_one_side_alone(void **state)
{
	(void)state;
	waits(EVENT_SERVER, OP_RECV, 4);
	waits(EVENT_CLIENT, OP_SEND, 5);
	waits(EVENT_SERVER, OP_RECV, 6); /* another thread of it */
	stepper_go(&stepper, NETWORK_CLIENT);
	assert_int_equal(stepper_due(&stepper), NETWORK_CLIENT);
	assert_null(stepper_waiting(&stepper, NETWORK_CLIENT));
	stepper_go(&stepper, NETWORK_SERVER);
	stepper_go(&stepper, NETWORK_SERVER);
	assert_null(stepper_waiting(&stepper, BOTH));
	assert_int_equal(stepper_due(&stepper), NETWORK_SERVER);
	assert_int_equal(stepper_due(&stepper), NETWORK_SERVER);
	assert_int_equal(stepper_due(&stepper), 0);
}

/* Whoever let it go: it has returned. */
static void test_what_returned_waits_no_more(void **state)
{
	(void)state;
	waits(EVENT_SERVER, OP_RECV, 4);
	waits(EVENT_CLIENT, OP_RECV, 4);
	went(EVENT_CLIENT, OP_RECV, 4);
	went(EVENT_CLIENT, OP_RECV, 9);
	went(EVENT_SERVER, OP_SEND, 4);
	assert_null(stepper_waiting(&stepper, NETWORK_CLIENT));
	assert_waiting(BOTH, OP_RECV, 4);
	stepper_go(&stepper, BOTH);
	went(EVENT_SERVER, OP_RECV, 4); /* before anybody asked what is due */
	assert_int_equal(stepper_due(&stepper), 0);
}

static void test_turned_off(void **state)
{
	(void)state;
	waits(EVENT_SERVER, OP_RECV, 4);
	waits(EVENT_CLIENT, OP_RECV, 5);
	stepper_set(&stepper, NETWORK_CLIENT);
	assert_waiting(BOTH, OP_RECV, 5);
	stepper_set(&stepper, 0);
	assert_null(stepper_waiting(&stepper, BOTH));
	assert_int_equal(stepper_due(&stepper), 0);
}

static void test_runs_to_the_next_that_may_block(void **state)
{
	static const enum event_op blocking[] = {OP_ACCEPT, OP_CONNECT, OP_RECV, OP_RECVFROM, OP_RECVMSG};
	static const enum event_op others[] = {OP_SOCKET, OP_BIND,  OP_LISTEN,     OP_SEND,
					       OP_SENDTO, OP_CLOSE, OP_SETSOCKOPT, OP_GETSOCKNAME};
	(void)state;
	for (size_t b = 0; b < COUNT(blocking); b++) {
		waits(EVENT_CLIENT, blocking[b], 5);
		stepper_run(&stepper);
		assert_int_equal(stepper_due(&stepper), NETWORK_CLIENT); /* that one goes first */
		assert_int_equal(stepper_due(&stepper), 0);
		for (size_t i = 0; i < COUNT(others); i++) {
			waits(EVENT_SERVER, others[i], 4);
			assert_int_equal(stepper_due(&stepper), NETWORK_SERVER);
			went(EVENT_SERVER, others[i], 4);
		}
		waits(EVENT_SERVER, blocking[b], 3);
		assert_int_equal(stepper_due(&stepper), 0);
		waits(EVENT_CLIENT, OP_SEND, 5); /* it has ended for both */
		assert_int_equal(stepper_due(&stepper), 0);
		assert_waiting(BOTH, blocking[b], 3);
		assert_waiting(NETWORK_CLIENT, OP_SEND, 5);
		went(EVENT_SERVER, blocking[b], 3);
		went(EVENT_CLIENT, OP_SEND, 5);
	}
}

static void test_runs_on_when_nothing_waits_yet(void **state)
{
	(void)state;
	stepper_run(&stepper);
	assert_int_equal(stepper_due(&stepper), 0);
	waits(EVENT_CLIENT, OP_SOCKET, -1);
	assert_int_equal(stepper_due(&stepper), NETWORK_CLIENT);
	stepper_set(&stepper, BOTH); /* begins anew */
	waits(EVENT_CLIENT, OP_SEND, 5);
	assert_int_equal(stepper_due(&stepper), 0);
}

static void test_all_that_wait_go_when_it_runs(void **state)
{
	(void)state;
	waits(EVENT_SERVER, OP_ACCEPT, 3);
	waits(EVENT_CLIENT, OP_RECV, 5);
	stepper_run(&stepper);
	assert_int_equal(stepper_due(&stepper), NETWORK_SERVER);
	assert_int_equal(stepper_due(&stepper), NETWORK_CLIENT);
	assert_int_equal(stepper_due(&stepper), 0);
}

static void test_a_new_server(void **state)
{
	(void)state;
	waits(EVENT_SERVER, OP_ACCEPT, 3);
	waits(EVENT_CLIENT, OP_SOCKET, -1);
	struct event e = {.who = EVENT_CLIENT, .kind = EVENT_STATE, .state = {.what = STATE_STARTING, .own = true}};
	stepper_take(&stepper, &e);
	assert_null(stepper_waiting(&stepper, NETWORK_SERVER));
	assert_waiting(BOTH, OP_SOCKET, -1);
	e.state.what = STATE_CONNECTED;
	stepper_take(&stepper, &e);
	assert_waiting(BOTH, OP_SOCKET, -1);
}

/* Each call has a number of its own, in the order in which they came to wait. */
static void test_numbers(void **state)
{
	(void)state;
	waits(EVENT_SERVER, OP_ACCEPT, 3);
	waits(EVENT_CLIENT, OP_SOCKET, -1);
	waits(EVENT_CLIENT, OP_CONNECT, 5);
	assert_int_equal(stepper_waiting(&stepper, BOTH)->number, 1);
	assert_int_equal(stepper_waiting(&stepper, NETWORK_CLIENT)->number, 2);
	stepper_go(&stepper, NETWORK_CLIENT);
	assert_int_equal(stepper_waiting(&stepper, NETWORK_CLIENT)->number, 3);
	stepper_set(&stepper, BOTH); /* goes on */
	stepper_set(&stepper, NETWORK_SERVER);
	went(EVENT_SERVER, OP_ACCEPT, 3);
	waits(EVENT_CLIENT, OP_SEND, 5); /* of nobody who is stepped */
	waits(EVENT_SERVER, OP_RECV, 4);
	assert_int_equal(stepper_waiting(&stepper, BOTH)->number, 4);
	stepper_set(&stepper, 0);
	stepper_set(&stepper, BOTH); /* begins anew */
	waits(EVENT_CLIENT, OP_SEND, 5);
	assert_int_equal(stepper_waiting(&stepper, BOTH)->number, 1);
}

static void test_words(void **state)
{
	(void)state;
	struct event e = {.who = EVENT_CLIENT,
			  .kind = EVENT_CALL,
			  .call = {.op = OP_SEND, .fd = 5, .asked = 6},
			  .size = 6,
			  .data = "hello\n"};
	stepper_take(&stepper, &e);
	assert_string_equal(stepper_waiting(&stepper, BOTH)->words, "send(5, \"hello\\n\", 6)");
}

/* As much as there is room for, and no half of a character. */
static void test_long_words(void **state)
{
	(void)state;
	char name[600] = "";
	for (size_t shift = 0; shift < 3; shift++) {
		struct event e = {.who = EVENT_CLIENT, .kind = EVENT_CALL, .call = {.op = OP_GETADDRINFO, .fd = -1}};
		memset(name, 'x', shift);
		for (size_t i = shift; i + 3 < sizeof name; i += 3)
			memcpy(name + i, "€", 4);
		e.data = name;
		e.size = (uint32_t)strlen(name);
		e.call.asked = e.size;
		stepper_take(&stepper, &e);
		const char *words = stepper_waiting(&stepper, BOTH)->words;
		size_t n = strlen(words), prefix = strlen("getaddrinfo(\"") + shift;
		assert_in_range(n, STEPPER_WORDS - 3, STEPPER_WORDS - 1);
		assert_int_equal((n - prefix) % 3, 0);
		went(EVENT_CLIENT, OP_GETADDRINFO, -1);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_waits_unless_stepped),
		TEST(test_the_oldest_goes_first),
		TEST(test_one_side_alone),
		TEST(test_what_returned_waits_no_more),
		TEST(test_turned_off),
		TEST(test_runs_to_the_next_that_may_block),
		TEST(test_runs_on_when_nothing_waits_yet),
		TEST(test_all_that_wait_go_when_it_runs),
		TEST(test_a_new_server),
		TEST(test_numbers),
		TEST(test_words),
		TEST(test_long_words),
	};
	if (!text_locale())
		return EXIT_FAILURE;
	return cmocka_run_group_tests_name("client_stepper", tests, NULL, NULL);
}
