/* base: random numbers from a seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <uproar/base.h>

/* What the authors' C program gives for this seed, as it is quoted wherever SplitMix64 is implemented anew. */
static void is_splitmix64(void **state)
{
	(void)state;
	static const uint64_t published[] = {
		UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),  UINT64_C(9817491932198370423),
		UINT64_C(4593380528125082431), UINT64_C(16408922859458223821),
	};
	for (size_t i = 0; i < COUNT(published); i++)
		assert_true(random_at(1234567, i) == published[i]);
}

/* The numbers of a seed in order: its state grows by a constant, of which every number is a hash. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void needs_no_number_before(void **state)
{
	(void)state;
	static const uint64_t seeds[] = {0, 1, 42, INT64_MAX, UINT64_MAX};
	for (size_t s = 0; s < COUNT(seeds); s++) {
		uint64_t sequence = seeds[s];
		for (uint64_t n = 0; n < 1000; n++)
			assert_true(random_at(seeds[s], n) == next(&sequence));
	}
}

/* Of 64,000 bits half are set, give or take six standard deviations (126 each). */
static void sets_every_bit_half_the_time(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 4; seed++)
		for (unsigned bit = 0; bit < 64; bit++) {
			unsigned set = 0;
			for (uint64_t n = 0; n < 64000; n++)
				set += (unsigned)(random_at(seed, n) >> bit) & 1;
			assert_in_range(set, 32000 - 6 * 127, 32000 + 6 * 127);
		}
}

/* That one comes twice by chance happens once in 2^53 times. */
static void seeds_differ(void **state)
{
	(void)state;
	uint64_t seeds[64];
	for (size_t i = 0; i < COUNT(seeds); i++) {
		seeds[i] = random_seed();
		for (size_t j = 0; j < i; j++)
			assert_true(seeds[i] != seeds[j]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_splitmix64),
		cmocka_unit_test(needs_no_number_before),
		cmocka_unit_test(sets_every_bit_half_the_time),
		cmocka_unit_test(seeds_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
