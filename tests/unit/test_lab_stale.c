/* lab: what a server sees that forgets the length of what it received. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <uproar/lab.h>

enum { ROOM = 16 };

static void sees(uint8_t *buffer, const void *data, size_t n, const char *seen)
{
	size_t bytes = lab_stale(buffer, ROOM, data, n);
	assert_int_equal(bytes, strlen(seen));
	assert_memory_equal(buffer, seen, bytes);
}

/* On the heap, so that a sanitizer sees a byte too many. */
static uint8_t *cleared(void)
{
	uint8_t *buffer = calloc(1, ROOM);
	assert_non_null(buffer);
	return buffer;
}

static void sees_the_tail_of_what_was_longer(void **state)
{
	(void)state;
	uint8_t *buffer = cleared();
	sees(buffer, "hello", 5, "hello");
	sees(buffer, "bye", 3, "byelo");
	sees(buffer, "welcome", 7, "welcome");
	sees(buffer, "", 0, "welcome");
	sees(buffer, NULL, 0, "welcome");
	free(buffer);
}

static void ends_at_a_nul(void **state)
{
	(void)state;
	uint8_t *buffer = cleared();
	sees(buffer, "abcdefgh", 8, "abcdefgh");
	sees(buffer, "AB\0D", 4, "AB");
	assert_memory_equal(buffer, "AB\0Defgh", 8);
	sees(buffer, "123", 3, "123Defgh");
	sees(buffer, "\0", 1, "");
	sees(buffer, "x", 1, "x23Defgh");
	free(buffer);
}

static void fills_the_room_and_no_more(void **state)
{
	(void)state;
	uint8_t *buffer = cleared();
	sees(buffer, "0123456789abcdef", ROOM, "0123456789abcdef");
	sees(buffer, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 26, "ABCDEFGHIJKLMNOP");
	sees(buffer, "short", 5, "shortFGHIJKLMNOP");
	free(buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sees_the_tail_of_what_was_longer),
		cmocka_unit_test(ends_at_a_nul),
		cmocka_unit_test(fills_the_room_and_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
