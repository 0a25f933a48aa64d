/* Which datagrams are too many, with a clock that the test turns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/server/limiter.h"

enum { RATE = LIMITER_RATE, FULL = RATE * LIMITER_BURST, SOURCES = 1 << 16 };
#define START (UINT64_C(1000) * CLOCK_SECOND)

static struct limiter limiter;

static int start(void **state)
{
	(void)state;
	limiter_start(&limiter, 42, RATE);
	return 0;
}

static struct endpoint ipv4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
	return (struct endpoint){.family = 4, .address = {a, b, c, d}, .port = port};
}

static struct endpoint ipv6(uint8_t network, uint8_t host)
{
	return (struct endpoint){
		.family = 6, .address = {0x20, 0x01, 0x0d, 0xb8, [7] = network, [15] = host}, .port = 4321};
}

/* How many of n datagrams from there are answered, at one moment. */
static int answered(struct endpoint source, int n, uint64_t now)
{
	int count = 0;
	for (int i = 0; i < n; i++)
		count += !limiter_floods(&limiter, &source, now);
	return count;
}

/* --- Floods --- */

static void test_fault_2_a_quiet_source_may_send_a_burst(void **state)
{
	(void)state;
	assert_int_equal(answered(ipv4(192, 0, 2, 1, 5000), 3 * FULL, START), FULL);
	assert_int_equal(answered(ipv4(192, 0, 2, 1, 5000), 10, START), 0);
}

static void test_fault_2_then_it_is_answered_at_the_rate(void **state)
{
	(void)state;
	struct endpoint source = ipv4(192, 0, 2, 1, 5000);
	uint64_t now = START;
	answered(source, FULL, now);
	for (int second = 0; second < 5; second++) {
		int count = 0;
		for (int i = 0; i < 1000; i++)
			count += answered(source, 1, now += CLOCK_MS);
		assert_int_equal(count, RATE);
	}
	/* And after a while of silence it may send as many as at first, no more. */
	assert_int_equal(answered(source, 2 * FULL, now + 60 * CLOCK_SECOND), FULL);
}

/* What is dropped does not count against it: it is not punished for longer than it sends too much. */
static void test_dropped_datagrams_cost_nothing(void **state)
{
	(void)state;
	struct endpoint source = ipv4(192, 0, 2, 1, 5000);
	answered(source, 100 * FULL, START);
	assert_int_equal(answered(source, 2 * RATE, START + CLOCK_SECOND), RATE);
}

static void test_fault_2_a_network_is_one_source(void **state)
{
	(void)state;
	assert_int_equal(answered(ipv4(192, 0, 2, 1, 5000), FULL, START), FULL);
	assert_int_equal(answered(ipv4(192, 0, 2, 254, 6000), 1, START), 0);
	assert_int_equal(answered(ipv4(192, 0, 3, 1, 5000), FULL + 1, START), FULL);
	assert_int_equal(answered(ipv6(1, 1), FULL, START), FULL);
	assert_int_equal(answered(ipv6(1, 2), 1, START), 0);
	assert_int_equal(answered(ipv6(2, 1), FULL + 1, START), FULL);
}

static void test_rate_0_is_no_limit(void **state)
{
	(void)state;
	limiter_start(&limiter, 42, 0);
	assert_int_equal(answered(ipv4(192, 0, 2, 1, 5000), 10 * FULL, START), 10 * FULL);
}

static void test_the_highest_rate(void **state)
{
	(void)state;
	limiter_start(&limiter, 42, LIMITER_RATE_MAX);
	struct endpoint source = ipv4(192, 0, 2, 1, 5000);
	answered(source, LIMITER_RATE_MAX * LIMITER_BURST, START);
	assert_int_equal(answered(source, 1, START), 0);
	assert_int_equal(answered(source, 2000, START + CLOCK_MS), 1000);
}

/* Whoever sends from so many networks that all places are taken does not make it forget who has sent too much. */
static void test_fault_2_a_flood_of_sources_frees_none(void **state)
{
	(void)state;
	struct endpoint victim = ipv4(192, 0, 2, 1, 5000);
	int again = 0;
	answered(victim, FULL, START);
	for (uint32_t i = 0; i < SOURCES; i++) {
		answered(ipv4(10, (uint8_t)(i >> 8), (uint8_t)i, 1, 5000), 1, START);
		again += answered(victim, 1, START);
	}
	assert_true(again < FULL);
}

/* All in all there can be no more answers than all places together allow, from however many sources. */
static void test_fault_2_all_sources_together_are_limited(void **state)
{
	(void)state;
	limiter_start(&limiter, 42, 1);
	int count = 0;
	for (uint32_t i = 0; i < 4 * SOURCES; i++)
		count += answered(ipv4((uint8_t)(1 + (i >> 16)), (uint8_t)(i >> 8), (uint8_t)i, 1, 5000), 1, START);
	assert_in_range(count, LIMITER_SETS * LIMITER_PLACES, LIMITER_SETS * LIMITER_PLACES * LIMITER_BURST);
}

/* Sources that are answered have their own places, as long as there are not too many of them. */
static void test_sources_do_not_harm_each_other(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 256; i++)
		answered(ipv4(10, 0, (uint8_t)i, 1, 5000), 2 * FULL, START);
	int harmed = 0;
	for (uint32_t i = 0; i < 256; i++)
		harmed += answered(ipv4(172, 16, (uint8_t)i, 1, 5000), 1, START) == 0;
	assert_int_equal(harmed, 0);
}

/* --- Loops --- */

static bool loops(struct endpoint source, const char *text, uint64_t now)
{
	return limiter_loops(&limiter, &source, text, strlen(text), now);
}

static void test_fault_2_the_same_again_is_dropped_once(void **state)
{
	(void)state;
	struct endpoint source = ipv4(127, 0, 0, 1, 5000);
	uint64_t now = START;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < LIMITER_REPEATS; i++)
			assert_false(loops(source, "HELLO", now += CLOCK_MS));
		assert_true(loops(source, "HELLO", now += CLOCK_MS));
	}
}

static void test_fault_2_an_empty_datagram_loops_too(void **state)
{
	(void)state;
	struct endpoint source = ipv4(127, 0, 0, 1, 5000);
	for (int i = 0; i < LIMITER_REPEATS; i++)
		assert_false(loops(source, "", START));
	assert_true(loops(source, "", START));
}

/* A person who says the same again takes longer for it. */
static void test_what_is_seldom_said_is_no_loop(void **state)
{
	(void)state;
	struct endpoint source = ipv4(127, 0, 0, 1, 5000);
	uint64_t now = START;
	for (int i = 0; i < 10 * LIMITER_REPEATS; i++)
		assert_false(loops(source, "OK", now += CLOCK_SECOND + 1));
}

static void test_other_texts_and_ports_are_counted_apart(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "A", "B", "12345678", "12345679", "123456781"};
	for (int i = 0; i < LIMITER_REPEATS; i++) {
		for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
			assert_false(loops(ipv4(127, 0, 0, 1, 5000), texts[t], START));
			assert_false(loops(ipv4(127, 0, 0, 1, 5001), texts[t], START));
			assert_false(loops(ipv4(127, 0, 0, 2, 5000), texts[t], START));
			assert_false(loops(ipv6(0, 1), texts[t], START));
		}
	}
	assert_true(loops(ipv4(127, 0, 0, 1, 5000), "B", START));
}

/* As many loops at once as there are places, and a client that never says the same twice: each loop ends, the client
 * loses nothing. */
static void test_fault_2_many_loops_at_once(void **state)
{
	(void)state;
	enum { LOOPS = LIMITER_SETS * LIMITER_PLACES, ROUNDS = 20 * LIMITER_REPEATS };
	static bool ended[LOOPS];
	uint32_t said = 0;
	struct endpoint client = ipv4(127, 0, 0, 1, 4000);
	uint64_t now = START;
	int left = LOOPS;
	memset(ended, 0, sizeof ended);
	for (int round = 0; round < ROUNDS; round++) {
		for (uint16_t i = 0; i < LOOPS; i++) {
			said++;
			assert_false(limiter_loops(&limiter, &client, &said, sizeof said, now += 100));
			if (!ended[i] && loops(ipv4(127, 0, 0, 1, (uint16_t)(5000 + i)), "LOOP", now))
				ended[i] = left--;
		}
	}
	assert_int_equal(left, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_fault_2_a_quiet_source_may_send_a_burst, start),
		cmocka_unit_test_setup(test_fault_2_then_it_is_answered_at_the_rate, start),
		cmocka_unit_test_setup(test_dropped_datagrams_cost_nothing, start),
		cmocka_unit_test_setup(test_fault_2_a_network_is_one_source, start),
		cmocka_unit_test_setup(test_rate_0_is_no_limit, start),
		cmocka_unit_test_setup(test_the_highest_rate, start),
		cmocka_unit_test_setup(test_fault_2_a_flood_of_sources_frees_none, start),
		cmocka_unit_test_setup(test_fault_2_all_sources_together_are_limited, start),
		cmocka_unit_test_setup(test_sources_do_not_harm_each_other, start),
		cmocka_unit_test_setup(test_fault_2_the_same_again_is_dropped_once, start),
		cmocka_unit_test_setup(test_fault_2_an_empty_datagram_loops_too, start),
		cmocka_unit_test_setup(test_what_is_seldom_said_is_no_loop, start),
		cmocka_unit_test_setup(test_other_texts_and_ports_are_counted_apart, start),
		cmocka_unit_test_setup(test_fault_2_many_loops_at_once, start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
