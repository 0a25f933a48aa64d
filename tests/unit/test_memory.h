/*
 * Memory that runs out: the test program's own malloc() and calloc(), which fail when they are told to.
 */
#ifndef TEST_MEMORY_H
#define TEST_MEMORY_H

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "../support/sanitized.h"

/* Sanitizers bring their own malloc, and only glibc is known to let itself be called from this one. */
#if defined(__GLIBC__) && !SANITIZED
#define MEMORY_CAN_FAIL true
#else
#define MEMORY_CAN_FAIL false
#endif

static bool failing;
static int left; /* allocations that still succeed */

static void fail_after(int allocations)
{
	left = allocations;
	failing = true;
}

/*
 * Whether one has failed: then what was called has to say so, unless that was within the C library, which may know a
 * way out (vasprintf() does).
 */
static bool fail_no_more(void)
{
	failing = false;
	return left < 0;
}

#if MEMORY_CAN_FAIL

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t items, size_t n);

static bool fails(void)
{
	if (!failing || left-- > 0)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t items, size_t n)
{
	return fails() ? NULL : __libc_calloc(items, n);
}

#endif

static void skipped(void **state)
{
	(void)state;
	print_message("malloc cannot be replaced here: skipped\n");
	skip();
}

static int run_skipped(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(skipped)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* All of them, or where memory cannot be made to fail, none. */
#define run_memory_tests(name, tests, setup)                                                                           \
	(MEMORY_CAN_FAIL ? cmocka_run_group_tests_name(name, tests, setup, NULL) : run_skipped())

#endif
