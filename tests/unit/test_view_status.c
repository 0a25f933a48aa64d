#include <errno.h>
#include <netdb.h>

#include "test_view.h"

static void assert_status(const struct view_status *s, unsigned width, const char *expected)
{
	struct view_row row = {0};
	view_row_put(&row, STYLE_TEXT, "left from before", 16);
	assert_int_equal(view_status_row(s, width, &row), 0);
	assert_int_equal(row.columns, width);
	char *text = text_of(&row);
	size_t n = strlen(text);
	while (n > 0 && text[n - 1] == ' ')
		text[--n] = '\0';
	assert_string_equal(text, expected);
	free(text);
	view_row_free(&row);
}

static void take(struct view_status *s, struct event_state state, const char *host)
{
	struct event e = state_of(state, host);
	view_status_take(s, &e);
}

static void talk(struct view_status *s, enum event_kind kind, struct event_talk t)
{
	struct event e = event_of(kind, t, "x");
	view_status_take(s, &e);
}

static struct event_state connected(void)
{
	return (struct event_state){
		.step = STEP_CONNECTED, .protocol = PROTOCOL_TCP, .local = ipv4(1, 53422), .remote = ipv4(1, 12000)};
}

static void test_nothing_yet(void **state)
{
	(void)state;
	assert_status(&(struct view_status){0}, 20, "");
	assert_status(&(struct view_status){0}, 0, "");
}

static void test_every_step(void **state)
{
	(void)state;
	static const struct {
		struct event_state state;
		const char *expected;
	} steps[] = {
		{{.step = STEP_STARTING, .protocol = PROTOCOL_TCP, .own = true}, " TCP  starting a server"},
		{{.step = STEP_LOOKUP, .protocol = PROTOCOL_TCP}, " TCP  looking up the name"},
		{{.step = STEP_CONNECTING, .protocol = PROTOCOL_TCP}, " TCP  connecting"},
		{{.step = STEP_CONNECTED, .protocol = PROTOCOL_TCP}, " TCP  connected"},
		{{.step = STEP_READY, .protocol = PROTOCOL_UDP}, " UDP  ready"},
		{{.step = STEP_PORT, .protocol = PROTOCOL_UDP}, " UDP  ready"},
		{{.step = STEP_CLOSED, .protocol = PROTOCOL_TCP, .by = EVENT_SERVER}, " TCP  closed by the server"},
		{{.step = STEP_CLOSED, .protocol = PROTOCOL_TCP, .by = EVENT_CLIENT}, " TCP  closed"},
		{{.step = STEP_FAILED, .protocol = PROTOCOL_TCP, .error = ECONNREFUSED}, " TCP  refused"},
		{{.step = STEP_FAILED, .protocol = PROTOCOL_TCP, .error = ETIMEDOUT}, " TCP  timed out"},
		{{.step = STEP_FAILED, .protocol = PROTOCOL_TCP, .error = ENETUNREACH}, " TCP  unreachable"},
		{{.step = STEP_FAILED, .protocol = PROTOCOL_TCP, .error = EACCES}, " TCP  failed"},
		{{.step = STEP_FAILED, .protocol = PROTOCOL_TCP, .more = 1}, " TCP  trying the next address"},
		{{.step = STEP_FAILED, .protocol = PROTOCOL_TCP, .own = true}, " TCP  server not started"},
		{{.step = STEP_FAILED, .protocol = PROTOCOL_TCP, .lookup = true, .error = EAI_NONAME},
		 " TCP  name not found"},
		{{.step = STEP_LISTENING, .protocol = PROTOCOL_TCP}, " TCP"},
	};
	for (size_t i = 0; i < COUNT(steps); i++) {
		struct view_status s = {0};
		take(&s, steps[i].state, "");
		assert_status(&s, 80, steps[i].expected);
	}
}

static void test_both_endpoints(void **state)
{
	(void)state;
	struct view_status s = {0};
	take(&s, connected(), "127.0.0.1");
	assert_status(&s, 80, " TCP  connected  127.0.0.1:53422 → 127.0.0.1:12000");
	take(&s, connected(), "localhost");
	assert_status(&s, 80, " TCP  connected  127.0.0.1:53422 → 127.0.0.1:12000  localhost");
	struct event_state own = connected();
	own.own = true;
	take(&s, own, "");
	assert_status(&s, 80, " TCP  connected  127.0.0.1:53422 → 127.0.0.1:12000  your own server");
	struct event_state six = {.step = STEP_CONNECTING, .protocol = PROTOCOL_TCP};
	six.remote = (struct endpoint){.family = 6, .address = {[15] = 1}, .port = 12000};
	take(&s, six, "::1");
	assert_status(&s, 80, " TCP  connecting  [::1]:12000");
}

static void test_a_port_chosen_later(void **state)
{
	(void)state;
	struct view_status s = {0};
	take(&s, (struct event_state){.step = STEP_READY, .protocol = PROTOCOL_UDP, .remote = ipv4(1, 12000)}, "");
	assert_status(&s, 80, " UDP  ready  127.0.0.1:12000");
	take(&s, (struct event_state){.step = STEP_PORT, .protocol = PROTOCOL_UDP, .local = ipv4(1, 40000)}, "");
	assert_status(&s, 80, " UDP  ready  127.0.0.1:40000 → 127.0.0.1:12000");
}

static void test_waiting_sentences(void **state)
{
	(void)state;
	struct view_status s = {0};
	take(&s, (struct event_state){.step = STEP_CONNECTED, .protocol = PROTOCOL_TCP}, "");
	talk(&s, EVENT_SENTENCE, (struct event_talk){0});
	assert_status(&s, 80, " TCP  connected  waiting for 1 reply");
	talk(&s, EVENT_SENTENCE, (struct event_talk){0});
	talk(&s, EVENT_SENTENCE, (struct event_talk){.again = true});
	assert_status(&s, 80, " TCP  connected  waiting for 2 replies");
	talk(&s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_UNASKED});
	talk(&s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_STRANGER});
	talk(&s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_RIGHT, .late = true});
	assert_int_equal(s.waiting, 2);
	talk(&s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_WRONG});
	talk(&s, EVENT_MISSING, (struct event_talk){.verdict = VERDICT_TIMEOUT});
	talk(&s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_RIGHT});
	assert_int_equal(s.waiting, 0);
	assert_status(&s, 80, " TCP  connected");
}

static void test_the_server_s_events_are_not_ours(void **state)
{
	(void)state;
	struct view_status s = {0};
	struct event e = state_of((struct event_state){.step = STEP_LISTENING, .protocol = PROTOCOL_TCP}, "");
	e.who = EVENT_SERVER;
	view_status_take(&s, &e);
	e = sentence("x");
	e.who = EVENT_SERVER;
	view_status_take(&s, &e);
	assert_int_equal(s.waiting, 0);
	assert_status(&s, 80, "");
}

static void test_a_narrow_line_drops_parts_in_order(void **state)
{
	(void)state;
	struct view_status s = {0};
	take(&s, connected(), "localhost");
	talk(&s, EVENT_SENTENCE, (struct event_talk){0});
	const char *all = " TCP  connected  127.0.0.1:53422 → 127.0.0.1:12000  localhost  waiting for 1 reply";
	const char *no_host = " TCP  connected  127.0.0.1:53422 → 127.0.0.1:12000  waiting for 1 reply";
	const char *no_local = " TCP  connected  127.0.0.1:12000  waiting for 1 reply";
	const char *no_remote = " TCP  connected  waiting for 1 reply";
	const char *state_only = " TCP  connected";
	assert_status(&s, 82, all);
	assert_status(&s, 81, no_host);
	assert_status(&s, 71, no_host);
	assert_status(&s, 70, no_local);
	assert_status(&s, 53, no_local);
	assert_status(&s, 52, no_remote);
	assert_status(&s, 36, no_remote);
	assert_status(&s, 35, state_only);
	assert_status(&s, 15, state_only);
	assert_status(&s, 10, " TCP  conn");
	assert_status(&s, 1, "");
	assert_status(&s, 0, "");
}

static void test_hostile_hosts(void **state)
{
	(void)state;
	struct view_status s = {0};
	take(&s, (struct event_state){.step = STEP_LOOKUP, .protocol = PROTOCOL_TCP}, "a\033[2J\xe2");
	assert_status(&s, 80, " TCP  looking up the name  a^[[2J\\xe2");
	char *host = malloc(1001);
	memset(host, 'x', 1000);
	host[1000] = '\0';
	take(&s, (struct event_state){.step = STEP_LOOKUP, .protocol = PROTOCOL_TCP}, host);
	assert_int_equal(strlen(s.host), sizeof s.host - 1);
	assert_status(&s, 80, " TCP  looking up the name");
	free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_yet),
		cmocka_unit_test(test_every_step),
		cmocka_unit_test(test_both_endpoints),
		cmocka_unit_test(test_a_port_chosen_later),
		cmocka_unit_test(test_waiting_sentences),
		cmocka_unit_test(test_the_server_s_events_are_not_ours),
		cmocka_unit_test(test_a_narrow_line_drops_parts_in_order),
		cmocka_unit_test(test_hostile_hosts),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
