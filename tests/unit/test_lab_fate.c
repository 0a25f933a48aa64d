/* lab: what happens to datagrams and replies, over 100,000 of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <uproar/lab.h>

enum { DATAGRAMS = 100000, DECISIONS = 7 };

/* Whether a count is within six standard deviations of what so many trials of this probability give. */
static void is_likely(unsigned count, unsigned trials, double probability)
{
	double off = count - trials * probability;
	assert_true(off * off <= 36 * trials * probability * (1 - probability));
}

/* A lab in which each decision is a coin that is tossed. */
static struct lab tossed(uint64_t seed)
{
	return (struct lab){
		.seed = seed,
		.drop_requests = LAB_CERTAIN / 2,
		.drop_replies = LAB_CERTAIN / 2,
		.duplicate = LAB_CERTAIN / 2,
		.reorder = LAB_CERTAIN / 2,
		.jitter = CLOCK_SECOND,
	};
}

/* The coins about datagram n, a bit each. */
static unsigned coins(const struct lab *l, uint64_t n)
{
	struct lab_fate f = lab_fate(l, n);
	bool coin[DECISIONS] = {
		f.drop_request,
		f.drop_reply,
		f.twice,
		f.held_back,
		f.delay[0] < l->jitter / 2,
		f.delay[1] < l->jitter / 2,
		lab_delay(l, n) < l->jitter / 2,
	};
	unsigned bits = 0;
	for (unsigned i = 0; i < DECISIONS; i++)
		bits |= (unsigned)coin[i] << i;
	return bits;
}

static void nothing_happens_without_a_setting(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 3; seed++)
		for (uint64_t n = 1; n <= DATAGRAMS / 10; n++) {
			struct lab l = {.seed = seed};
			struct lab_fate f = lab_fate(&l, n);
			assert_false(f.drop_request || f.drop_reply || f.twice || f.held_back);
			assert_true(f.delay[0] == 0 && f.delay[1] == 0 && lab_delay(&l, n) == 0);
		}
}

static void what_is_certain_always_happens(void **state)
{
	(void)state;
	struct lab l = {.seed = 42,
			.drop_requests = LAB_CERTAIN,
			.drop_replies = LAB_CERTAIN,
			.duplicate = LAB_CERTAIN,
			.reorder = LAB_CERTAIN};
	for (uint64_t n = 1; n <= DATAGRAMS; n++) {
		struct lab_fate f = lab_fate(&l, n);
		assert_true(f.drop_request && f.drop_reply && f.twice && f.held_back);
	}
}

static void probabilities_come_true(void **state)
{
	(void)state;
	static const uint32_t chances[] = {1, 100, 500, 3000, 5000, 9000, 9999};
	for (size_t c = 0; c < COUNT(chances); c++) {
		/* Each setting has one of its own. */
		uint32_t chance[4];
		unsigned count[4] = {0};
		for (size_t i = 0; i < 4; i++)
			chance[i] = chances[(c + i) % COUNT(chances)];
		struct lab l = {.seed = 1000 + c,
				.drop_requests = chance[0],
				.drop_replies = chance[1],
				.duplicate = chance[2],
				.reorder = chance[3]};
		for (uint64_t n = 1; n <= DATAGRAMS; n++) {
			struct lab_fate f = lab_fate(&l, n);
			count[0] += f.drop_request;
			count[1] += f.drop_reply;
			count[2] += f.twice;
			count[3] += f.held_back;
		}
		for (size_t i = 0; i < 4; i++)
			is_likely(count[i], DATAGRAMS, chance[i] / (double)LAB_CERTAIN);
	}
}

static void delay_is_exact(void **state)
{
	(void)state;
	struct lab l = {.seed = 7, .delay = 50 * CLOCK_MS};
	for (uint64_t n = 1; n <= 1000; n++) {
		struct lab_fate f = lab_fate(&l, n);
		assert_true(f.delay[0] == l.delay && f.delay[1] == l.delay && lab_delay(&l, n) == l.delay);
	}
}

/* Each tenth of the range is met as often as the others. */
static void jitter_is_uniform(void **state)
{
	(void)state;
	struct lab l = {.seed = 7, .delay = 50 * CLOCK_MS, .jitter = 20 * CLOCK_MS};
	unsigned tenths[3][10] = {{0}};
	for (uint64_t n = 1; n <= DATAGRAMS; n++) {
		struct lab_fate f = lab_fate(&l, n);
		uint64_t delays[3] = {f.delay[0], f.delay[1], lab_delay(&l, n)};
		for (size_t i = 0; i < 3; i++) {
			assert_in_range(delays[i], l.delay, l.delay + l.jitter - 1);
			tenths[i][(delays[i] - l.delay) / (2 * CLOCK_MS)]++;
		}
	}
	for (size_t i = 0; i < 3; i++)
		for (size_t tenth = 0; tenth < 10; tenth++)
			is_likely(tenths[i][tenth], DATAGRAMS, 0.1);
}

static void least_and_greatest_jitter(void **state)
{
	(void)state;
	struct lab least = {.seed = 3, .jitter = 1},
		   greatest = {.seed = 3, .delay = LAB_TIME_MAX, .jitter = LAB_TIME_MAX};
	for (uint64_t n = 1; n <= 1000; n++) {
		assert_true(lab_fate(&least, n).delay[0] == 0 && lab_delay(&least, n) == 0);
		assert_in_range(lab_delay(&greatest, n), LAB_TIME_MAX, 2 * LAB_TIME_MAX - 1);
	}
}

/* Of two coins each of the four outcomes comes a quarter of the time: within a datagram, and from one to the next. */
static void decisions_are_independent(void **state)
{
	(void)state;
	unsigned count[2 * DECISIONS][2 * DECISIONS][4] = {{{0}}};
	struct lab l = tossed(42);
	unsigned last = coins(&l, 0);
	for (uint64_t n = 1; n <= DATAGRAMS; n++) {
		unsigned bits = coins(&l, n);
		unsigned both = bits | last << DECISIONS;
		for (unsigned i = 0; i < 2 * DECISIONS; i++)
			for (unsigned j = 0; j < i; j++)
				count[i][j][(both >> i & 1) << 1 | (both >> j & 1)]++;
		last = bits;
	}
	for (unsigned i = 0; i < 2 * DECISIONS; i++)
		for (unsigned j = 0; j < i; j++)
			for (unsigned outcome = 0; outcome < 4; outcome++)
				is_likely(count[i][j][outcome], DATAGRAMS, 0.25);
}

static void changing_one_setting_leaves_the_others_choices(void **state)
{
	(void)state;
	static const size_t chances[] = {
		offsetof(struct lab, drop_requests),
		offsetof(struct lab, drop_replies),
		offsetof(struct lab, duplicate),
		offsetof(struct lab, reorder),
	};
	struct lab l = tossed(9);
	for (unsigned i = 0; i < COUNT(chances); i++) {
		struct lab other = l;
		const uint32_t chance = LAB_CERTAIN / 10;
		memcpy((char *)&other + chances[i], &chance, sizeof chance);
		for (uint64_t n = 1; n <= DATAGRAMS / 10; n++)
			assert_int_equal(coins(&l, n) & ~(1U << i), coins(&other, n) & ~(1U << i));
	}
	struct lab other = l;
	other.jitter = 0;
	for (uint64_t n = 1; n <= DATAGRAMS / 10; n++)
		assert_int_equal(coins(&l, n) & 0xf, coins(&other, n) & 0xf);
}

/* What is dropped at one in ten is dropped at three in ten too. */
static void a_greater_probability_spares_nothing(void **state)
{
	(void)state;
	struct lab l = {.seed = 5, .drop_requests = 1000}, more = {.seed = 5, .drop_requests = 3000};
	for (uint64_t n = 1; n <= DATAGRAMS / 10; n++)
		if (lab_fate(&l, n).drop_request)
			assert_true(lab_fate(&more, n).drop_request);
}

static void same_seed_same_fate(void **state)
{
	(void)state;
	struct lab l = tossed(42), again = tossed(42), other = tossed(43);
	unsigned same = 0;
	for (uint64_t n = DATAGRAMS; n > 0; n--) { /* in another order, too */
		struct lab_fate f = lab_fate(&l, n), g = lab_fate(&again, n);
		assert_true(f.drop_request == g.drop_request && f.drop_reply == g.drop_reply && f.twice == g.twice &&
			    f.held_back == g.held_back && f.delay[0] == g.delay[0] && f.delay[1] == g.delay[1]);
		same += lab_fate(&other, n).drop_request == f.drop_request;
	}
	is_likely(same, DATAGRAMS, 0.5);
}

/* Worked out by another program: a seed in somebody's course notes keeps its fates. */
static void seed_42_does_what_it_always_did(void **state)
{
	(void)state;
	static const char requests[] = "...x..x............xxx..x....x", replies[] = "x.........x.....x.....x.xx....";
	struct lab l = {.seed = 42, .drop_requests = 3000, .drop_replies = 3000, .jitter = 20 * CLOCK_MS};
	for (uint64_t n = 1; n <= 30; n++) {
		struct lab_fate f = lab_fate(&l, n);
		assert_int_equal(f.drop_request, requests[n - 1] == 'x');
		assert_int_equal(f.drop_reply, replies[n - 1] == 'x');
	}
	assert_int_equal(lab_fate(&l, 1).delay[0], 6416872);
	assert_int_equal(lab_fate(&l, 1).delay[1], 11487641);
	assert_int_equal(lab_delay(&l, 1), 4403925);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_happens_without_a_setting),
		cmocka_unit_test(what_is_certain_always_happens),
		cmocka_unit_test(probabilities_come_true),
		cmocka_unit_test(delay_is_exact),
		cmocka_unit_test(jitter_is_uniform),
		cmocka_unit_test(least_and_greatest_jitter),
		cmocka_unit_test(decisions_are_independent),
		cmocka_unit_test(changing_one_setting_leaves_the_others_choices),
		cmocka_unit_test(a_greater_probability_spares_nothing),
		cmocka_unit_test(same_seed_same_fate),
		cmocka_unit_test(seed_42_does_what_it_always_did),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
