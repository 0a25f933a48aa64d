/* The events of two processes, in the order in which they happened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/client/order.h"

enum { GIVEN_MAX = 4096 };

static struct order order;
static uint64_t numbers[EVENT_SERVER + 1];
static struct event given[GIVEN_MAX];
static char words[GIVEN_MAX][32];
static size_t count;

static int begin(void **state)
{
	(void)state;
	order = (struct order){0};
	numbers[EVENT_CLIENT] = numbers[EVENT_SERVER] = 0;
	count = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	order_free(&order);
	return 0;
}

static void put(struct event e)
{
	e.number = ++numbers[e.who];
	assert_int_equal(order_put(&order, &e), 0);
}

/* A call that began and returned then. */
static void call(enum event_who who, enum event_op op, uint64_t began, uint64_t returned)
{
	put((struct event){.who = who,
			   .kind = EVENT_CALL,
			   .when = returned,
			   .call = {.op = op, .returned = true, .fd = 3, .took = returned - began}});
}

static void note(enum event_who who, uint64_t when, const char *text)
{
	put((struct event){.who = who, .kind = EVENT_NOTE, .when = when, .size = (uint32_t)strlen(text), .data = text});
}

static void keep(const struct event *e, void *arg)
{
	assert_ptr_equal(arg, &order);
	assert_true(count < GIVEN_MAX && e->size < sizeof words[0]);
	if (e->size)
		memcpy(words[count], e->data, e->size);
	words[count][e->size] = '\0';
	given[count++] = *e;
}

static void give(uint64_t then)
{
	order_give(&order, then, keep, &order);
}

static void assert_given(size_t i, enum event_who who, enum event_op op)
{
	assert_true(i < count);
	assert_int_equal(given[i].who, who);
	assert_int_equal(given[i].kind, EVENT_CALL);
	assert_int_equal(given[i].call.op, op);
}

static void test_receive_is_below_its_send(void **state)
{
	(void)state;
	/* The server has it before the client's send returns, and is heard of first. */
	call(EVENT_SERVER, OP_RECV, 50, 115);
	call(EVENT_SERVER, OP_SEND, 116, 130);
	call(EVENT_CLIENT, OP_SEND, 110, 120);
	call(EVENT_CLIENT, OP_RECV, 121, 125);
	give(CLOCK_NEVER);
	assert_int_equal(count, 4);
	assert_given(0, EVENT_CLIENT, OP_SEND);
	assert_given(1, EVENT_SERVER, OP_RECV);
	assert_given(2, EVENT_SERVER, OP_SEND);
	assert_given(3, EVENT_CLIENT, OP_RECV);
}

static void test_each_cause_is_above_its_effect(void **state)
{
	static const enum event_op pairs[][2] = {
		{OP_CONNECT, OP_ACCEPT},   {OP_SEND, OP_RECV},     {OP_SENDTO, OP_RECVFROM},
		{OP_SENDMSG, OP_RECVFROM}, {OP_SHUTDOWN, OP_RECV}, {OP_CLOSE, OP_RECV},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		begin(NULL);
		call(EVENT_SERVER, pairs[i][1], 0, 15);
		call(EVENT_CLIENT, pairs[i][0], 10, 20);
		give(CLOCK_NEVER);
		assert_given(0, EVENT_CLIENT, pairs[i][0]);
		assert_given(1, EVENT_SERVER, pairs[i][1]);
	}
}

static void test_gives_what_has_waited_long_enough(void **state)
{
	(void)state;
	assert_true(order_empty(&order));
	assert_true(order_deadline(&order) == CLOCK_NEVER);
	note(EVENT_CLIENT, CLOCK_SECOND, "one");
	note(EVENT_SERVER, CLOCK_SECOND + CLOCK_MS, "two");
	assert_false(order_empty(&order));
	uint64_t deadline = order_deadline(&order);
	assert_in_range(deadline, CLOCK_SECOND + ORDER_PATIENCE, CLOCK_SECOND + ORDER_PATIENCE + CLOCK_MS / 1000);
	give(deadline - 1 - ORDER_PATIENCE);
	assert_int_equal(count, 0);
	give(deadline - ORDER_PATIENCE);
	assert_int_equal(count, 1);
	assert_string_equal(words[0], "one");
	deadline = order_deadline(&order);
	give(deadline - ORDER_PATIENCE);
	assert_int_equal(count, 2);
	assert_string_equal(words[1], "two");
	assert_true(order_deadline(&order) == CLOCK_NEVER);
}

/* A time that was taken before a call, and told after it. */
static void test_one_process_keeps_its_order(void **state)
{
	(void)state;
	call(EVENT_CLIENT, OP_SEND, 100, 110);
	note(EVENT_CLIENT, 99, "sent");
	note(EVENT_CLIENT, 130, "later");
	note(EVENT_SERVER, 105, "meanwhile");
	give(CLOCK_NEVER);
	assert_int_equal(count, 4);
	assert_given(0, EVENT_CLIENT, OP_SEND);
	assert_string_equal(words[1], "sent");
	assert_string_equal(words[2], "meanwhile");
	assert_string_equal(words[3], "later");
	assert_int_equal(given[1].when, 99); /* it is told as it was */
}

/* Two threads of the server: the second's call was reported before the first's, which began earlier. */
static void test_threads_of_one_process(void **state)
{
	(void)state;
	call(EVENT_SERVER, OP_RECV, 50, 100);
	call(EVENT_SERVER, OP_SEND, 95, 101);
	call(EVENT_CLIENT, OP_RECV, 60, 98);
	give(CLOCK_NEVER);
	assert_given(0, EVENT_SERVER, OP_SEND);
	assert_given(1, EVENT_CLIENT, OP_RECV);
	assert_given(2, EVENT_SERVER, OP_RECV);
	assert_int_equal(given[0].number, 1);
	assert_int_equal(given[1].number, 1);
	assert_int_equal(given[2].number, 2);
}

static void test_late_one_is_given_at_once(void **state)
{
	(void)state;
	call(EVENT_SERVER, OP_SEND, 200, 210);
	give(1000);
	call(EVENT_CLIENT, OP_CONNECT, 10, 990); /* it has blocked */
	assert_true(order_deadline(&order) <= 10 + ORDER_PATIENCE + 1);
	give(1000);
	assert_int_equal(count, 2);
	assert_given(1, EVENT_CLIENT, OP_CONNECT);
}

static void test_call_that_is_about_to_be_made(void **state)
{
	(void)state;
	put((struct event){.who = EVENT_CLIENT, .kind = EVENT_CALL, .when = 10, .call = {.op = OP_RECV, .fd = 3}});
	call(EVENT_SERVER, OP_SEND, 20, 30);
	call(EVENT_CLIENT, OP_RECV, 11, 25);
	give(CLOCK_NEVER);
	assert_int_equal(count, 3);
	assert_given(0, EVENT_CLIENT, OP_RECV);
	assert_false(given[0].call.returned);
	assert_given(1, EVENT_SERVER, OP_SEND);
	assert_given(2, EVENT_CLIENT, OP_RECV);
	assert_true(given[2].call.returned);
}

/* Sentence after sentence, the server's reports all on their way for longer. */
static void test_many(void **state)
{
	enum { MANY = 500 };
	(void)state;
	for (uint64_t i = 0; i < MANY; i++) {
		call(EVENT_CLIENT, OP_SEND, 100 * i + 10, 100 * i + 40);
		call(EVENT_CLIENT, OP_RECV, 100 * i + 50, 100 * i + 60);
	}
	for (uint64_t i = 0; i < MANY; i++) {
		call(EVENT_SERVER, OP_RECV, 100 * i, 100 * i + 20);
		call(EVENT_SERVER, OP_SEND, 100 * i + 30, 100 * i + 70);
	}
	for (uint64_t then = 0; !order_empty(&order); then += 1000)
		give(then);
	assert_int_equal(count, 4 * MANY);
	for (size_t i = 0; i < count; i += 4) {
		assert_given(i, EVENT_CLIENT, OP_SEND);
		assert_given(i + 1, EVENT_SERVER, OP_RECV);
		assert_given(i + 2, EVENT_SERVER, OP_SEND);
		assert_given(i + 3, EVENT_CLIENT, OP_RECV);
		assert_int_equal(given[i + 3].number, given[i + 2].number);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_receive_is_below_its_send, begin, end),
		cmocka_unit_test_setup_teardown(test_each_cause_is_above_its_effect, begin, end),
		cmocka_unit_test_setup_teardown(test_gives_what_has_waited_long_enough, begin, end),
		cmocka_unit_test_setup_teardown(test_one_process_keeps_its_order, begin, end),
		cmocka_unit_test_setup_teardown(test_threads_of_one_process, begin, end),
		cmocka_unit_test_setup_teardown(test_late_one_is_given_at_once, begin, end),
		cmocka_unit_test_setup_teardown(test_call_that_is_about_to_be_made, begin, end),
		cmocka_unit_test_setup_teardown(test_many, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
