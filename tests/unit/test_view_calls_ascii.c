/* Calls, Sockets and the inspector in a program that never called setlocale(), whose characters are therefore ASCII. */
#include "test_view_calls.h"

static int use_utc(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

static void signs_are_ascii(void **state)
{
	(void)state;
	add_welcoming();
	add_connection(5, 4, 53422);
	uint64_t index = add_send(CLIENT, 5, 0, "hi\n");
	add_call(SERVER, BEGUN(.op = OP_ACCEPT, .fd = 3));
	struct calls *calls = calls_new(events, WALL);
	assert_says(&calls_lines, calls, "> client connect(5, 127.0.0.1:12000) = 0 <0.000012>\n");
	assert_says(&calls_lines, calls, "< server accept(3) ... waiting\n");
	calls_free(calls);
	struct sockets *sockets = sockets_new(events, flow);
	char *text = shown(&sockets_lines, sockets, 40);
	assert_non_null(strstr(text, "  127.0.0.1:53422 -> 127.0.0.1:12000\n"));
	free(text);
	sockets_free(sockets);
	struct inspector *inspector = inspector_new(events, flow, WALL);
	inspector_open(inspector, index);
	assert_says(&inspector_lines, inspector, "  0000  68 69 0a   hi$\n  $  a newline, which ends a sentence\n");
	inspector_free(inspector);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(signs_are_ascii, begin_log, end_log),
	};
	return cmocka_run_group_tests_name("view calls in ASCII", tests, use_utc, NULL);
}
