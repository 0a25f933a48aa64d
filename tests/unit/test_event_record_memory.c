/*
 * The record without memory, at each allocation in turn: it says so, and never calls a sound line damaged.
 */
#include "test_event_record.h"
#include "test_memory.h"

/* Between them they have a value of every type; the data of one is no text. */
static struct event sample(unsigned which)
{
	static const struct endpoint server = {.family = 4, .address = {127, 0, 0, 1}, .port = 12000};
	static uint8_t data[EVENT_CALL_DATA];
	struct event e = {
		.when = UINT64_MAX, .who = EVENT_CLIENT, .kind = EVENT_CALL, .size = sizeof data, .data = data};

	e.call = (struct event_call){.op = OP_SEND, .returned = true, .fd = 3, .args = {1, 2, 3}, .error = EPIPE};
	if (which == 1) {
		e.kind = EVENT_KERNEL;
		e.kernel = (struct event_kernel){.why = KERNEL_SAMPLE, .offered = 15, .local = server};
		e.data = "some text";
		e.size = 9;
	} else if (which == 2) {
		e.kind = EVENT_REPLY;
		e.talk = (struct event_talk){.protocol = PROTOCOL_UDP, .late = true, .error = 12345, .from = server};
	}
	return e;
}

enum { SAMPLES = 3 };

static void nothing_half_written(void **state)
{
	(void)state;
	for (unsigned which = 0; which < SAMPLES; which++) {
		struct event e = sample(which);
		struct buf out = {0};
		int after = 0;
		for (int result = -1; result == -1; after++) {
			buf_free(&out);
			assert_int_equal(buf_append(&out, "kept", 4), 0);
			fail_after(after);
			result = record_write(&e, &out);
			assert_int_equal(fail_no_more(), result == -1);
			if (result == -1) {
				assert_int_equal(errno, ENOMEM);
				assert_int_equal(out.size, 4);
			}
		}
		assert_in_range(after, 10, 1000);
		assert_memory_equal(buf_bytes(&out), "kept{", 5);
		buf_free(&out);
	}
}

static void not_called_damage(void **state)
{
	(void)state;
	for (unsigned which = 0; which < SAMPLES; which++) {
		struct event e = sample(which), back;
		struct buf line = {0}, data = {0};
		int after = 0;
		write_line(&e, &line);
		for (int result = -1; result == -1; after++) {
			char problem[RECORD_PROBLEM] = "";
			fail_after(after);
			result = record_read((char *)buf_bytes(&line), line.size, &back, &data, problem);
			assert_int_equal(fail_no_more(), result == -1);
			if (result == -1) {
				assert_int_equal(errno, ENOMEM);
				assert_string_equal(problem, "there is no memory for it");
			}
		}
		assert_in_range(after, 10, 1000);
		assert_same_event(&e, &back);
		buf_free(&line);
		buf_free(&data);
	}
}

static void headers(void **state)
{
	(void)state;
	struct record_header h = {RECORD_VERSION, 5};
	struct buf out = {0};
	for (int after = 0, result = -1; result == -1; after++) {
		fail_after(after);
		result = record_write_header(&h, &out);
		assert_int_equal(fail_no_more(), result == -1);
		assert_true(result == 0 || (errno == ENOMEM && out.size == 0));
	}
	for (int after = 0, result = -1; result == -1; after++) {
		char problem[RECORD_PROBLEM] = "";
		fail_after(after);
		result = record_read_header((char *)buf_bytes(&out), out.size, &h, problem);
		assert_int_equal(fail_no_more(), result == -1);
		assert_true(result == 0 || errno == ENOMEM);
	}
	assert_int_equal(h.wall, 5);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_half_written),
		cmocka_unit_test(not_called_damage),
		cmocka_unit_test(headers),
	};
	return run_memory_tests("event record memory", tests, NULL);
}
