/*
 * Out of memory at each allocation in turn: the call says so, and what it was to change is as it was.
 */
#include <string.h>

#include <uproar/log.h>

#include "test_memory.h"

static void no_log(void **state)
{
	(void)state;
	fail_after(0);
	struct log *l = log_new(10, SIZE_MAX);
	fail_no_more();
	assert_null(l);
}

static void log_is_as_it_was(void **state)
{
	(void)state;
	struct event e = {.number = 1, .kind = EVENT_NOTE, .size = 4, .data = "note"};
	struct log *l = log_new(1000, SIZE_MAX);
	bool failed[2] = {false, false};
	for (uint64_t i = 0; i < 100; i++) {
		for (int after = 0; after < 2; after++) { /* the event's memory, and the queue's, when it grows */
			fail_after(after);
			int result = log_append(l, &e);
			assert_int_equal(fail_no_more(), result == -1);
			if (result == 0)
				break;
			failed[after] = true;
			assert_int_equal(errno, ENOMEM);
			assert_int_equal(log_first(l), 0);
			assert_int_equal(log_end(l), i);
		}
		while (log_end(l) == i)
			assert_int_equal(log_append(l, &e), 0);
		assert_memory_equal(log_at(l, i)->data, "note", 4);
	}
	assert_true(failed[0]);
	assert_true(failed[1]);
	log_free(l);
}

typedef int writer(const struct event *e, struct buf *out);

/* However much of the line was written before memory ran out, nothing of it stays. */
static void assert_unchanged(writer *write, const struct event *e)
{
	struct buf out = {0};
	unsigned failures = 0;
	for (int after = 0, result = -1; result == -1; after++) {
		buf_free(&out);
		assert_int_equal(buf_append(&out, "kept", 4), 0);
		fail_after(after);
		result = write(e, &out);
		assert_int_equal(fail_no_more(), result == -1);
		if (result == 0)
			break;
		failures++;
		assert_int_equal(errno, ENOMEM);
		assert_int_equal(out.size, 4);
		assert_memory_equal(buf_bytes(&out), "kept", 4);
	}
	assert_true(failures > 0);
	assert_true(out.size > 4);
	buf_free(&out);
}

static void nothing_half_written(void **state)
{
	(void)state;
	static uint8_t data[EVENT_CALL_DATA];
	struct event e = {.who = EVENT_CLIENT, .kind = EVENT_CALL, .size = sizeof data, .data = data};
	e.call = (struct event_call){.op = OP_SEND, .returned = true, .fd = 3, .asked = sizeof data};
	assert_unchanged(event_print_call, &e);
	assert_unchanged(event_pack, &e);
	e.kind = EVENT_LAB;
	e.lab = (struct event_lab){.what = LAB_TOOK, .fd = 3, .bytes = sizeof data};
	assert_unchanged(event_print_lab, &e);
	assert_unchanged(event_pack, &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_log),
		cmocka_unit_test(log_is_as_it_was),
		cmocka_unit_test(nothing_half_written),
	};
	return run_memory_tests("event memory", tests, NULL);
}
