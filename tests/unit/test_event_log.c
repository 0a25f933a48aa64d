#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <uproar/log.h>

static int append(struct log *l, uint64_t number)
{
	char words[32];
	int n = snprintf(words, sizeof words, "event %ju", (uintmax_t)number);
	struct event e = {
		.number = number, .who = EVENT_CLIENT, .kind = EVENT_NOTE, .size = (uint32_t)n, .data = words};
	int result = log_append(l, &e);
	memset(words, 'x', sizeof words); /* the log has a copy */
	return result;
}

static void assert_event(const struct log *l, uint64_t index, uint64_t number)
{
	char words[32];
	const struct event *e = log_at(l, index);
	int n = snprintf(words, sizeof words, "event %ju", (uintmax_t)number);
	assert_int_equal(e->number, number);
	assert_int_equal(e->kind, EVENT_NOTE);
	assert_int_equal(e->size, n);
	assert_memory_equal(e->data, words, (size_t)n);
}

static void keeps(void **state)
{
	(void)state;
	struct log *l = log_new(1000, SIZE_MAX);
	assert_non_null(l);
	assert_int_equal(log_first(l), 0);
	assert_int_equal(log_end(l), 0);
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(append(l, i + 1), 0);
	assert_int_equal(log_first(l), 0);
	assert_int_equal(log_end(l), 1000);
	for (uint64_t i = 0; i < 1000; i++)
		assert_event(l, i, i + 1);
	log_free(l);
}

/* The indices of what is left never change, and neither does where it is. */
static void forgets(void **state)
{
	(void)state;
	struct log *l = log_new(10, SIZE_MAX);
	const struct event *seventh = NULL;
	for (uint64_t i = 0; i < 107; i++) {
		assert_int_equal(append(l, i + 1), 0);
		if (i == 97)
			seventh = log_at(l, 97);
		assert_int_equal(log_end(l), i + 1);
		assert_int_equal(log_first(l), i < 10 ? 0 : i + 1 - 10);
		for (uint64_t j = log_first(l); j < log_end(l); j++)
			assert_event(l, j, j + 1);
	}
	assert_ptr_equal(seventh, log_at(l, 97));
	log_free(l);
}

static void keeps_events_without_data(void **state)
{
	(void)state;
	struct log *l = log_new(1, SIZE_MAX);
	struct event e = {.kind = EVENT_STATE, .state = {.what = STATE_CLOSED, .error = 104}};
	assert_int_equal(log_append(l, &e), 0);
	assert_int_equal(log_at(l, 0)->size, 0);
	assert_int_equal(log_at(l, 0)->state.error, 104);
	log_free(l);
}

static void keeps_every_kind(void **state)
{
	(void)state;
	struct log *l = log_new(10, SIZE_MAX);
	char data[] = "0123";
	struct event lab = {.kind = EVENT_LAB, .size = 4, .data = data};
	struct event kernel = {.kind = EVENT_KERNEL, .kernel = {.why = KERNEL_DROPS, .dropped = 191}};
	lab.lab = (struct event_lab){.what = LAB_TOOK, .bytes = 4, .whole = 10, .peer = {.family = 4, .port = 4711}};
	assert_int_equal(log_append(l, &lab), 0);
	assert_int_equal(log_append(l, &kernel), 0);
	memset(data, 'x', sizeof data);
	assert_int_equal(log_at(l, 0)->kind, EVENT_LAB);
	assert_int_equal(log_at(l, 0)->lab.whole, 10);
	assert_int_equal(log_at(l, 0)->lab.peer.port, 4711);
	assert_int_equal(log_at(l, 0)->size, 4);
	assert_memory_equal(log_at(l, 0)->data, "0123", 4);
	assert_int_equal(log_at(l, 1)->kind, EVENT_KERNEL);
	assert_int_equal(log_at(l, 1)->kernel.dropped, 191);
	log_free(l);
}

/* An event may come out of the log itself, even the one that has to go. */
static void appends_its_own(void **state)
{
	(void)state;
	struct log *l = log_new(1, SIZE_MAX);
	append(l, 1);
	assert_int_equal(log_append(l, log_at(l, 0)), 0);
	assert_int_equal(log_first(l), 1);
	assert_event(l, 1, 1);
	log_free(l);
}

static void keeps_nothing_at_limit_zero(void **state)
{
	(void)state;
	struct log *l = log_new(0, SIZE_MAX);
	assert_int_equal(append(l, 1), 0);
	assert_int_equal(log_first(l), 1);
	assert_int_equal(log_end(l), 1);
	log_free(l);
}

static void frees_nothing(void **state)
{
	(void)state;
	log_free(NULL);
}

static void test_bytes_are_limited_too(void **state)
{
	(void)state;
	struct log *l = log_new(1000, 100);
	struct event e = {.kind = EVENT_NOTE, .size = 40, .data = "0123456789012345678901234567890123456789"};
	for (int i = 0; i < 5; i++)
		assert_int_equal(log_append(l, &e), 0);
	assert_int_equal(log_first(l), 3); /* two of 40 bytes are left */
	assert_int_equal(log_end(l), 5);
	uint8_t large[500] = {0};
	e.data = large;
	e.size = sizeof large;
	assert_int_equal(log_append(l, &e), 0);
	assert_int_equal(log_first(l), 5); /* the newest stays, whatever its size */
	assert_int_equal(log_at(l, 5)->size, sizeof large);
	log_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_are_limited_too),
		cmocka_unit_test(keeps),
		cmocka_unit_test(forgets),
		cmocka_unit_test(keeps_events_without_data),
		cmocka_unit_test(keeps_every_kind),
		cmocka_unit_test(appends_its_own),
		cmocka_unit_test(keeps_nothing_at_limit_zero),
		cmocka_unit_test(frees_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
