/*
 * jumping_clock - preloaded into a program (LD_PRELOAD), has somebody set the clock again and again: the time of day is
 * now right, now a hundred years ahead. What measures with CLOCK_MONOTONIC does not notice.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <time.h>

#define CENTURY (100 * 365 * 86400L)

static long jump(void)
{
	static atomic_uint calls;
	return calls++ % 2 ? 0 : CENTURY;
}

int clock_gettime(clockid_t id, struct timespec *t)
{
	int (*real)(clockid_t, struct timespec *);
	*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	int result = real(id, t);
	if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		t->tv_sec += jump();
	return result;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	int (*real)(struct timeval *, void *);
	*(void **)&real = dlsym(RTLD_NEXT, "gettimeofday");
	int result = real(t, zone);
	if (result == 0)
		t->tv_sec += jump();
	return result;
}

time_t time(time_t *t)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (t)
		*t = now.tv_sec;
	return now.tv_sec;
}
