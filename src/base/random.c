#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif

#include <uproar/base.h>

uint64_t random_at(uint64_t seed, uint64_t n)
{
	uint64_t z = seed + (n + 1) * UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t random_seed(void)
{
	uint64_t seed;
	if (getentropy(&seed, sizeof seed) == -1) /* an old system: hard to guess is better than nothing */
		seed = random_at(clock_wall() ^ clock_now(), (uint64_t)getpid());
	return seed;
}
