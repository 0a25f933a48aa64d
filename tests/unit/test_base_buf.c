/* base: buf. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include <uproar/base.h>

/* So that memory can run out under AddressSanitizer as it does without. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void is_empty_when_zero(void **state)
{
	(void)state;
	struct buf b = {0};
	assert_null(buf_bytes(&b));
	assert_int_equal(b.size, 0);
	buf_clear(&b);
	buf_free(&b);
}

static void keeps_bytes_in_order(void **state)
{
	(void)state;
	struct buf b = {0};
	assert_int_equal(buf_append(&b, "hello ", 6), 0);
	assert_int_equal(buf_append(&b, NULL, 0), 0);
	assert_int_equal(buf_append(&b, "world", 5), 0);
	assert_int_equal(b.size, 11);
	assert_memory_equal(buf_bytes(&b), "hello world", 11);
	buf_consume(&b, 6);
	assert_int_equal(b.size, 5);
	assert_memory_equal(buf_bytes(&b), "world", 5);
	buf_free(&b);
}

static void reserves_without_keeping(void **state)
{
	(void)state;
	struct buf b = {0};
	uint8_t *to = buf_reserve(&b, 1000);
	assert_non_null(to);
	memset(to, 'x', 1000);
	assert_int_equal(b.size, 0);
	b.size += 3;
	assert_int_equal(b.size, 3);
	assert_memory_equal(buf_bytes(&b), "xxx", 3);
	assert_non_null(buf_reserve(&b, 0));
	buf_free(&b);
}

static void reserve_returns_where_append_would_write(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_append(&b, "abc", 3);
	buf_consume(&b, 1);
	uint8_t *to = buf_reserve(&b, 10000);
	assert_ptr_equal(to, buf_bytes(&b) + 2);
	assert_memory_equal(buf_bytes(&b), "bc", 2);
	buf_free(&b);
}

static void prints(void **state)
{
	(void)state;
	struct buf b = {0};
	assert_int_equal(buf_printf(&b, "%s", ""), 0);
	assert_int_equal(b.size, 0);
	assert_int_equal(buf_printf(&b, "port %d", 12000), 0);
	assert_int_equal(buf_printf(&b, ", %0200d.", 7), 0);
	assert_int_equal(b.size, 10 + 2 + 200 + 1);
	assert_memory_equal(buf_bytes(&b), "port 12000, 000", 15);
	assert_memory_equal(buf_bytes(&b) + b.size - 2, "7.", 2);
	buf_free(&b);
}

static void clear_keeps_the_memory_and_free_gives_it_back(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_append(&b, "abc", 3);
	const uint8_t *memory = b.memory;
	buf_clear(&b);
	assert_int_equal(b.size, 0);
	buf_append(&b, "xyz", 3);
	assert_ptr_equal(b.memory, memory);
	assert_memory_equal(buf_bytes(&b), "xyz", 3);
	buf_free(&b);
	assert_null(b.memory);
	assert_int_equal(b.size + b.start + b.room, 0);
}

/* A stream of known bytes goes through in pieces of all sizes, and comes out as it went in. */
static void passes_a_stream(void **state)
{
	(void)state;
	struct buf b = {0};
	unsigned seed = 1;
	uint32_t in = 0, out = 0;
	for (int turn = 0; turn < 20000; turn++) {
		seed = seed * 1103515245 + 12345;
		size_t put = seed >> 16 & 0x7f, get = seed >> 23 & 0xff;
		uint8_t *to = buf_reserve(&b, put);
		for (size_t i = 0; i < put; i++)
			to[i] = (uint8_t)(in++ % 251);
		b.size += put;
		if (get > b.size)
			get = b.size;
		for (size_t i = 0; i < get; i++)
			assert_int_equal(buf_bytes(&b)[i], out++ % 251);
		buf_consume(&b, get);
		assert_int_equal(b.size, in - out);
		assert_true(b.start + b.size <= b.room);
	}
	buf_free(&b);
}

/* The cost of a byte must not depend on how full the buffer is: its bytes may not move for each one that passes. */
static void a_full_queue_seldom_moves(void **state)
{
	(void)state;
	enum { FULL = 4096, TURNS = 10 * FULL };
	struct buf b = {0};
	for (int i = 0; i < FULL; i++)
		buf_append(&b, "x", 1);
	int moves = 0;
	for (int i = 0; i < TURNS; i++) {
		buf_consume(&b, 1);
		const uint8_t *front = buf_bytes(&b);
		buf_append(&b, "x", 1);
		moves += buf_bytes(&b) != front;
	}
	assert_in_range(moves, 0, TURNS / FULL + 1);
	assert_in_range(b.room, FULL, 4 * FULL);
	buf_free(&b);
}

static void assert_holds_abc(const struct buf *b)
{
	assert_int_equal(b->size, 3);
	assert_memory_equal(buf_bytes(b), "abc", 3);
}

static void says_when_there_is_no_memory(void **state)
{
	(void)state;
	static const size_t too_much[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 2 - 3, SIZE_MAX / 4};
	struct buf b = {0};
	buf_append(&b, "xabc", 4);
	buf_consume(&b, 1);
	for (size_t i = 0; i < COUNT(too_much); i++) {
		volatile size_t n = too_much[i];
		errno = 0;
		assert_null(buf_reserve(&b, n));
		assert_int_equal(errno, ENOMEM);
		errno = 0;
		assert_int_equal(buf_append(&b, "x", n), -1);
		assert_int_equal(errno, ENOMEM);
		assert_holds_abc(&b);
	}
	buf_free(&b);
}

static void print_says_when_it_cannot(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_append(&b, "abc", 3);
	static const wchar_t no_character[] = {0xd800, 0};
	assert_int_equal(buf_printf(&b, "%ls", no_character), -1); /* vsnprintf() refuses it: EILSEQ */
	assert_holds_abc(&b);
	buf_free(&b);

	/* And where what it says does not fit into what the buffer can hold. */
	struct buf full = {.start = SIZE_MAX / 2};
	errno = 0;
	assert_int_equal(buf_printf(&full, "x"), -1);
	assert_int_equal(errno, ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_empty_when_zero),
		cmocka_unit_test(keeps_bytes_in_order),
		cmocka_unit_test(reserves_without_keeping),
		cmocka_unit_test(reserve_returns_where_append_would_write),
		cmocka_unit_test(prints),
		cmocka_unit_test(clear_keeps_the_memory_and_free_gives_it_back),
		cmocka_unit_test(passes_a_stream),
		cmocka_unit_test(a_full_queue_seldom_moves),
		cmocka_unit_test(says_when_there_is_no_memory),
		cmocka_unit_test(print_says_when_it_cannot),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
