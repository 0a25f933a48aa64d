/*
 * Out of memory at each allocation in turn: the ladder says so, and at the next update shows all there is.
 */
#include "test_memory.h"
#include "test_view_ladder.h"

enum { ENOUGH = 1000 }; /* allocations, for any of these calls */

/* With lines of every kind, and so many of each that no ring has room for them from the beginning. */
static void play(struct stage *s, unsigned times)
{
	serves_datagrams(s);
	for (unsigned i = 0; i < times; i++) {
		makes_socket(s, EVENT_SERVER, 9, PROTOCOL_UDP);
		sends_to(s, EVENT_CLIENT, 5, "hello", SERVER_PORT);
		receives_from(s, EVENT_SERVER, 3, 2048, "hello", CLIENT_PORT);
		lab_decides(s, 3, false, true);
		begins(s, EVENT_SERVER, (struct event_call){.op = OP_RECVFROM, .fd = (int)(3 + i), .asked = 1024});
		s->numbers[EVENT_SERVER]++;
	}
}

static char *whole(struct stage *s, unsigned times, struct ladder_choice c)
{
	play(s, times);
	choose(s, c);
	return screen(s, 80);
}

/* times: of what happens. */
static void update_says_so(unsigned times, struct ladder_choice c)
{
	void *whole_stage, *stage;
	stage_open(&whole_stage);
	char *expected = whole(whole_stage, times, c);
	int result = -1, after;
	for (after = 0; result == -1 && after < ENOUGH; after++) {
		stage_open(&stage);
		struct stage *s = stage;
		play(s, times);
		choose(s, c);
		assert_int_equal(flow_update(s->flow), 0);
		fail_after(after);
		result = pager_update(s->pager);
		assert_int_equal(fail_no_more(), result == -1);
		assert_screen(s, 80, expected);
		stage_close(&stage);
	}
	assert_int_equal(result, 0);
	assert_true(after > 2);
	free(expected);
	stage_close(&whole_stage);
}

static void updates_say_so(void **state)
{
	(void)state;
	for (unsigned times = 1; times < 12; times++) {
		update_says_so(times, (struct ladder_choice){.revealed = true});
		update_says_so(times, (struct ladder_choice){.plain = true});
	}
}

static void connecting_says_so(void **state)
{
	struct stage *s = *state;
	for (int i = 0; i < 60; i++) {
		if (i == 7)
			begins(s, EVENT_CLIENT, (struct event_call){.op = OP_GETADDRINFO, .fd = -1});
		makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
		connects(s, 5, ECONNREFUSED);
		begins(s, EVENT_CLIENT, (struct event_call){.op = OP_CONNECT, .fd = 5, .address = ipv4(1, 1)});
		assert_int_equal(flow_update(s->flow), 0);
		for (int after = 0; after < 6; after++) {
			fail_after(after);
			pager_update(s->pager);
			fail_no_more();
		}
	}
	char *grown = screen(s, 80);
	choose(s, (struct ladder_choice){0});
	assert_screen(s, 80, grown);
	free(grown);
}

static void a_ladder_says_so(void **state)
{
	struct stage *s = *state;
	fail_after(0);
	struct ladder *d = ladder_new(s->log, s->flow);
	fail_no_more();
	assert_null(d);
	ladder_free(d);
}

static void rows_say_so(void **state)
{
	struct stage *s = *state;
	play(s, 3);
	choose(s, (struct ladder_choice){.revealed = true});
	update(s);
	uint64_t first = ladder_lines.first(s->ladder), end = ladder_lines.end(s->ladder);
	for (uint64_t number = first; number < end; number++) {
		bool failed = true;
		int after;
		for (after = 0; failed && after < ENOUGH; after++) {
			struct view_row row = {0};
			unsigned indent;
			struct ladder *d = ladder_new(s->log, s->flow); /* nothing has its memory yet */
			ladder_choose(d, &(struct ladder_choice){.revealed = true});
			assert_int_equal(ladder_lines.update(d), 0);
			fail_after(after);
			ladder_lines.line(d, number - first, 80, &row, &indent);
			failed = fail_no_more();
			assert_true(failed || !row.failed);
			view_row_free(&row);
			ladder_free(d);
		}
		assert_true(after < ENOUGH);
		assert_true(after > 1);
	}
}

static void a_header_says_so(void **state)
{
	struct stage *s = *state;
	int result = -1, after;
	play(s, 1);
	update(s);
	for (after = 0; result == -1 && after < ENOUGH; after++) {
		struct view_row row = {0};
		struct ladder *d = ladder_new(s->log, s->flow);
		assert_int_equal(ladder_lines.update(d), 0);
		fail_after(after);
		result = ladder_header(d, 80, &row);
		assert_int_equal(fail_no_more(), result == -1);
		view_row_free(&row);
		ladder_free(d);
	}
	assert_int_equal(result, 0);
	assert_true(after > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(updates_say_so),
		cmocka_unit_test_setup_teardown(connecting_says_so, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(a_ladder_says_so, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(rows_say_so, stage_open, stage_close),
		cmocka_unit_test_setup_teardown(a_header_says_so, stage_open, stage_close),
	};
	return run_memory_tests("view ladder memory", tests, use_utf8_and_utc);
}
