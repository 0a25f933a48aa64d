/* base: ring. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <uproar/base.h>

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

struct item {
	uint64_t number;
	char name[5]; /* so that the size is no power of two */
};

static void push(struct ring *r, uint64_t number)
{
	struct item *item = ring_push(r);
	assert_non_null(item);
	item->number = number;
	memcpy(item->name, "item", 5);
}

static uint64_t number_at(const struct ring *r, size_t i)
{
	const struct item *item = ring_at(r, i);
	assert_string_equal(item->name, "item");
	return item->number;
}

static void is_empty_at_first(void **state)
{
	(void)state;
	struct ring r = RING_OF(struct item);
	assert_int_equal(r.count, 0);
	assert_int_equal(r.item, sizeof(struct item));
	ring_free(&r);
}

static void keeps_items_in_order_while_it_grows(void **state)
{
	(void)state;
	struct ring r = RING_OF(struct item);
	for (uint64_t i = 0; i < 1000; i++)
		push(&r, i);
	assert_int_equal(r.count, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(number_at(&r, i), i);
	ring_free(&r);
}

static void pushes_zeroed_items(void **state)
{
	(void)state;
	static const struct item zero;
	struct ring r = RING_OF(struct item);
	for (int i = 0; i < 100; i++) {
		void *item = ring_push(&r);
		assert_memory_equal(item, &zero, sizeof zero);
		memset(item, 0xff, sizeof zero);
		if (i > 10)
			ring_pop(&r);
	}
	ring_free(&r);
}

/* Its count stays the same, so that its front goes round the slots many times. */
static void wraps_around(void **state)
{
	(void)state;
	for (size_t count = 1; count < 40; count++) {
		struct ring r = RING_OF(struct item);
		for (uint64_t i = 0; i < count; i++)
			push(&r, i);
		size_t slots = r.slots;
		for (uint64_t i = 0; i < 200; i++) {
			ring_pop(&r);
			push(&r, i + count);
			assert_int_equal(number_at(&r, 0), i + 1);
			assert_int_equal(number_at(&r, count - 1), i + count);
		}
		assert_int_equal(r.slots, slots);
		ring_free(&r);
	}
}

/* From every place of the front, it grows and keeps the order. */
static void grows_when_wrapped(void **state)
{
	(void)state;
	for (uint64_t first = 0; first < 16; first++) {
		struct ring r = RING_OF(struct item);
		for (uint64_t i = 0; i < first; i++)
			push(&r, 0);
		for (uint64_t i = 0; i < first; i++)
			ring_pop(&r);
		for (uint64_t i = 0; i < 100; i++)
			push(&r, i);
		for (size_t i = 0; i < 100; i++)
			assert_int_equal(number_at(&r, i), i);
		ring_free(&r);
	}
}

static void removes_any_item(void **state)
{
	(void)state;
	enum { ITEMS = 16 };
	for (uint64_t first = 0; first < ITEMS; first++)
		for (size_t gone = 0; gone < ITEMS; gone++) {
			struct ring r = RING_OF(struct item);
			for (uint64_t i = 0; i < first + ITEMS; i++) {
				push(&r, i);
				if (r.count > ITEMS)
					ring_pop(&r);
			}
			ring_remove(&r, gone);
			assert_int_equal(r.count, ITEMS - 1);
			for (size_t i = 0; i < r.count; i++)
				assert_int_equal(number_at(&r, i), first + i + (i >= gone));
			push(&r, 99);
			assert_int_equal(number_at(&r, ITEMS - 1), 99);
			ring_free(&r);
		}
}

static void cuts_the_end_off(void **state)
{
	(void)state;
	struct ring r = RING_OF(struct item);
	for (uint64_t i = 0; i < 20; i++)
		push(&r, i);
	ring_cut(&r, 20);
	assert_int_equal(r.count, 20);
	ring_cut(&r, 3);
	assert_int_equal(r.count, 3);
	push(&r, 77);
	assert_int_equal(number_at(&r, 2), 2);
	assert_int_equal(number_at(&r, 3), 77);
	ring_cut(&r, 0);
	assert_int_equal(r.count, 0);
	ring_free(&r);
}

static uint64_t number_of(const void *item)
{
	return ((const struct item *)item)->number;
}

/* Wherever the front is, of every count, and before, at and between all numbers, some of which are there twice. */
static void finds_the_first_that_is_not_less(void **state)
{
	(void)state;
	enum { ITEMS = 20 };
	struct ring r = RING_OF(struct item);
	for (uint64_t turn = 0; turn < 1000; turn++) {
		if (r.count == ITEMS)
			ring_pop(&r);
		push(&r, turn / 2 * 2);
		uint64_t from = number_at(&r, 0);
		for (uint64_t least = from ? from - 1 : 0; least <= turn + 2; least++) {
			size_t first = 0;
			while (first < r.count && number_at(&r, first) < least)
				first++;
			assert_int_equal(ring_search(&r, number_of, least), first);
		}
	}
	ring_cut(&r, 0);
	assert_int_equal(ring_search(&r, number_of, 0), 0);
	ring_free(&r);
}

/* Everything at once, against an array that does the same slowly. */
static void does_as_an_array_does(void **state)
{
	(void)state;
	enum { TURNS = 20000, MOST = 300 };
	struct ring r = RING_OF(struct item);
	uint64_t array[MOST];
	size_t count = 0;
	uint32_t seed = 7;
	for (uint64_t turn = 0; turn < TURNS; turn++) {
		seed = seed * 1103515245 + 12345;
		unsigned dice = seed >> 16 & 7;
		if (count < MOST && (dice < 4 || count == 0)) {
			push(&r, turn);
			array[count++] = turn;
		} else {
			size_t gone = dice < 6 ? 0 : (seed >> 19) % count;
			if (dice < 6)
				ring_pop(&r);
			else
				ring_remove(&r, gone);
			memmove(array + gone, array + gone + 1, (--count - gone) * sizeof array[0]);
		}
		assert_int_equal(r.count, count);
		for (size_t i = 0; i < count; i++)
			if (number_at(&r, i) != array[i])
				fail_msg("turn %lu: item %zu is %lu", (unsigned long)turn, i,
					 (unsigned long)number_at(&r, i));
	}
	ring_free(&r);
}

static void can_be_used_again_after_free(void **state)
{
	(void)state;
	struct ring r = RING_OF(struct item);
	push(&r, 1);
	ring_free(&r);
	assert_int_equal(r.count, 0);
	push(&r, 2);
	assert_int_equal(number_at(&r, 0), 2);
	ring_free(&r);
}

static void says_when_there_is_no_memory(void **state)
{
	(void)state;
	static const size_t too_much[] = {SIZE_MAX, SIZE_MAX / 64};
	for (size_t i = 0; i < COUNT(too_much); i++) {
		struct ring r = {.item = too_much[i]};
		errno = 0;
		assert_null(ring_push(&r));
		assert_int_equal(errno, ENOMEM);
		assert_int_equal(r.count, 0);
		ring_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_empty_at_first),
		cmocka_unit_test(keeps_items_in_order_while_it_grows),
		cmocka_unit_test(pushes_zeroed_items),
		cmocka_unit_test(wraps_around),
		cmocka_unit_test(grows_when_wrapped),
		cmocka_unit_test(removes_any_item),
		cmocka_unit_test(cuts_the_end_off),
		cmocka_unit_test(finds_the_first_that_is_not_less),
		cmocka_unit_test(does_as_an_array_does),
		cmocka_unit_test(can_be_used_again_after_free),
		cmocka_unit_test(says_when_there_is_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
