/*
 * Calls, Sockets and the inspector when memory runs out, at each allocation in turn: they say so, and when there is
 * memory again they show what they would have shown.
 */
#include "test_memory.h"
#include "test_view_calls.h"

enum { ENOUGH = 3000 }; /* allocations, for any of these calls */

static void some_calls(void)
{
	add_welcoming();
	add_call(SERVER, BEGUN(.op = OP_ACCEPT, .fd = 3));
	for (int fd = 100; fd < 140; fd++)
		add_call(SERVER, BEGUN(.op = OP_RECV, .fd = fd, .asked = 9));
	for (int i = 0; i < 10; i++)
		add_connection(10 + i, 40 + i, (uint16_t)(50000 + i));
	for (int fd = 12; fd < 18; fd++) {
		struct event e = {.who = CLIENT, .kind = EVENT_KERNEL};
		e.kernel = (struct event_kernel){.why = KERNEL_SAMPLE, .protocol = PROTOCOL_TCP, .fd = fd};
		add_event(e);
	}
	for (uint64_t n = 1; n < 60; n += 2) {
		struct event e = {
			.number = n, .who = SERVER, .kind = EVENT_CALL, .call = CALL(.op = OP_CLOSE, .fd = 90)};
		add_event(e);
	}
	struct event_lab l = {.what = LAB_WAITING, .fd = 4, .bytes = 10};
	add_event(lab_event(l, ""));
}

/* Every line at every allocation that fails: it is told, and never written past. */
static void assert_lines_say_so(const struct pager_lines *lines, void *view)
{
	for (uint64_t n = lines->first(view); n < lines->end(view); n++) {
		struct view_row row = {0};
		bool failed = true;
		for (int after = 0; failed && after < ENOUGH; after++) {
			unsigned indent = 0;
			view_row_free(&row);
			fail_after(after);
			lines->line(view, n, 100, &row, &indent);
			failed = fail_no_more();
		}
		assert_false(row.failed);
		view_row_free(&row);
	}
}

static void update_says_so(const struct pager_lines *lines, void *view)
{
	int result = -1, failures = 0;
	bool failed = true;
	for (int after = 0; failed && after < ENOUGH; after++) {
		fail_after(after);
		result = lines->update(view);
		failed = fail_no_more();
		failures += result == -1;
	}
	assert_int_equal(result, 0);
	assert_true(failures > 0);
}

static void calls_say_so(void **state)
{
	(void)state;
	fail_after(0);
	assert_null(calls_new(events, WALL));
	fail_no_more();
	some_calls();
	struct calls *spared = calls_new(events, WALL), *view = calls_new(events, WALL);
	update_says_so(&calls_lines, view);
	char *expected = shown(&calls_lines, spared, 100);
	assert_shown(&calls_lines, view, 100, expected);
	assert_lines_say_so(&calls_lines, view);
	free(expected);
	calls_free(spared);
	calls_free(view);
}

static void a_filter_says_so(void **state)
{
	(void)state;
	char problem[100] = "";
	struct calls_filter f;
	fail_after(0);
	int result = calls_filter_parse("server", &f, problem, sizeof problem);
	assert_int_equal(fail_no_more(), result == -1);
	assert_int_equal(result, -1);
	assert_string_equal(problem, "This computer is short of memory.");
	for (int after = 1; after < 10; after++) {
		fail_after(after);
		result = calls_filter_parse("sevrer", &f, problem, sizeof problem);
		fail_no_more();
		assert_int_equal(result, -1);
		assert_non_null(strstr(problem, "The nearest is server"));
	}
}

static void sockets_say_so(void **state)
{
	(void)state;
	fail_after(0);
	assert_null(sockets_new(events, flow));
	fail_no_more();
	struct sockets *view = sockets_new(events, flow);
	update_says_so(&sockets_lines, view); /* even that there are none */
	some_calls();
	struct sockets *spared = sockets_new(events, flow);
	update_says_so(&sockets_lines, view);
	char *expected = shown(&sockets_lines, spared, 100);
	assert_shown(&sockets_lines, view, 100, expected);
	assert_lines_say_so(&sockets_lines, view);
	free(expected);
	sockets_free(spared);
	sockets_free(view);
}

static void an_inspector_says_so(void **state)
{
	(void)state;
	fail_after(0);
	assert_null(inspector_new(events, flow, WALL));
	fail_no_more();
	some_calls();
	uint64_t indices[3] = {1, add_send(CLIENT, 10, 0, "hello\n")};
	indices[2] = add_recv(SERVER, 40, 0, "hello\n");
	for (size_t i = 0; i < COUNT(indices); i++) {
		struct inspector *spared = inspector_new(events, flow, WALL), *view = inspector_new(events, flow, WALL);
		inspector_open(spared, indices[i]);
		inspector_open(view, indices[i]);
		update_says_so(&inspector_lines, view);
		char *expected = shown(&inspector_lines, spared, 100);
		assert_shown(&inspector_lines, view, 100, expected);
		assert_lines_say_so(&inspector_lines, view);
		free(expected);
		inspector_free(spared);
		inspector_free(view);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_log, end_log)
	const struct CMUnitTest tests[] = {
		TEST(calls_say_so),
		TEST(a_filter_says_so),
		TEST(sockets_say_so),
		TEST(an_inspector_says_so),
	};
	return run_memory_tests("view calls memory", tests, use_utf8_and_utc);
}
