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
		.what = STATE_CONNECTED, .protocol = PROTOCOL_TCP, .local = ipv4(1, 53422), .remote = ipv4(1, 12000)};
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
		{{.what = STATE_STARTING, .protocol = PROTOCOL_TCP, .own = true}, " TCP  starting a server"},
		{{.what = STATE_LOOKUP, .protocol = PROTOCOL_TCP}, " TCP  looking up the name"},
		{{.what = STATE_CONNECTING, .protocol = PROTOCOL_TCP}, " TCP  connecting"},
		{{.what = STATE_CONNECTED, .protocol = PROTOCOL_TCP}, " TCP  connected"},
		{{.what = STATE_READY, .protocol = PROTOCOL_UDP}, " UDP  ready"},
		{{.what = STATE_PORT, .protocol = PROTOCOL_UDP}, " UDP  ready"},
		{{.what = STATE_READY, .protocol = PROTOCOL_UDP, .bound = true}, " UDP  ready (connected)"},
		{{.what = STATE_HALF_CLOSED, .protocol = PROTOCOL_TCP}, " TCP  half-closed"},
		{{.what = STATE_CLOSED, .protocol = PROTOCOL_TCP, .by = EVENT_SERVER}, " TCP  closed by the server"},
		{{.what = STATE_CLOSED, .protocol = PROTOCOL_TCP, .by = EVENT_CLIENT}, " TCP  closed"},
		{{.what = STATE_FAILED, .protocol = PROTOCOL_TCP, .error = ECONNREFUSED}, " TCP  refused"},
		{{.what = STATE_FAILED, .protocol = PROTOCOL_TCP, .error = ETIMEDOUT}, " TCP  timed out"},
		{{.what = STATE_FAILED, .protocol = PROTOCOL_TCP, .error = ENETUNREACH}, " TCP  unreachable"},
		{{.what = STATE_FAILED, .protocol = PROTOCOL_TCP, .error = EACCES}, " TCP  failed"},
		{{.what = STATE_FAILED, .protocol = PROTOCOL_TCP, .more = 1}, " TCP  trying the next address"},
		{{.what = STATE_FAILED, .protocol = PROTOCOL_TCP, .own = true}, " TCP  server not started"},
		{{.what = STATE_FAILED, .protocol = PROTOCOL_TCP, .lookup = true, .error = EAI_NONAME},
		 " TCP  name not found"},
		{{.what = STATE_LISTENING, .protocol = PROTOCOL_TCP}, " TCP"},
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
	struct event_state six = {.what = STATE_CONNECTING, .protocol = PROTOCOL_TCP};
	six.remote = (struct endpoint){.family = 6, .address = {[15] = 1}, .port = 12000};
	take(&s, six, "::1");
	assert_status(&s, 80, " TCP  connecting  [::1]:12000");
}

static void test_a_port_chosen_later(void **state)
{
	(void)state;
	struct view_status s = {0};
	take(&s, (struct event_state){.what = STATE_READY, .protocol = PROTOCOL_UDP, .remote = ipv4(1, 12000)}, "");
	assert_status(&s, 80, " UDP  ready  127.0.0.1:12000");
	take(&s, (struct event_state){.what = STATE_PORT, .protocol = PROTOCOL_UDP, .local = ipv4(1, 40000)}, "");
	assert_status(&s, 80, " UDP  ready  127.0.0.1:40000 → 127.0.0.1:12000");
}

static void test_a_connected_socket_stays_so(void **state)
{
	(void)state;
	struct view_status s = {0};
	struct event_state ready = {.what = STATE_READY, .protocol = PROTOCOL_UDP, .remote = ipv4(1, 12000)};
	struct event_state port = {.what = STATE_PORT, .protocol = PROTOCOL_UDP, .local = ipv4(1, 40000)};
	ready.bound = true;
	take(&s, ready, "");
	take(&s, port, "");
	assert_status(&s, 80, " UDP  ready (connected)  127.0.0.1:40000 → 127.0.0.1:12000");
	ready.bound = false;
	take(&s, ready, "");
	take(&s, port, "");
	assert_status(&s, 80, " UDP  ready  127.0.0.1:40000 → 127.0.0.1:12000");
}

static void test_waiting_sentences(void **state)
{
	(void)state;
	struct view_status s = {0};
	take(&s, (struct event_state){.what = STATE_CONNECTED, .protocol = PROTOCOL_TCP}, "");
	talk(&s, EVENT_SENTENCE, (struct event_talk){0});
	assert_status(&s, 80, " TCP  connected  waiting for 1 reply");
	talk(&s, EVENT_SENTENCE, (struct event_talk){0});
	talk(&s, EVENT_SENTENCE, (struct event_talk){.again = true});
	assert_status(&s, 80, " TCP  connected  waiting for 2 replies");
	talk(&s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_UNASKED});
	talk(&s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_STRANGER});
	talk(&s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_DUPLICATE});
	talk(&s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_RIGHT, .late = true});
	talk(&s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_TRUNCATED, .late = true});
	assert_int_equal(s.waiting, 2);
	talk(&s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_WRONG});
	talk(&s, EVENT_MISSING, (struct event_talk){.verdict = VERDICT_TIMEOUT});
	talk(&s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_RIGHT});
	assert_int_equal(s.waiting, 0);
	assert_status(&s, 80, " TCP  connected");
	talk(&s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_RIGHT}); /* its sentence was before our time */
	assert_int_equal(s.waiting, 0);
}

/* Waiting is what was sent. */
static void test_sentences_not_sent_yet(void **state)
{
	(void)state;
	struct view_status s = {0};
	take(&s, (struct event_state){.what = STATE_CONNECTED, .protocol = PROTOCOL_TCP}, "");
	talk(&s, EVENT_SENTENCE, (struct event_talk){0});
	talk(&s, EVENT_SENTENCE, (struct event_talk){.queued = true});
	talk(&s, EVENT_SENTENCE, (struct event_talk){.queued = true});
	assert_status(&s, 80, " TCP  connected  waiting for 1 reply  2 not sent yet");
	talk(&s, EVENT_SENTENCE, (struct event_talk){.unqueued = true});
	assert_status(&s, 80, " TCP  connected  waiting for 2 replies  1 not sent yet");
	talk(&s, EVENT_MISSING, (struct event_talk){.verdict = VERDICT_CANCELLED, .queued = true});
	assert_status(&s, 80, " TCP  connected  waiting for 2 replies");
	assert_int_equal(s.queued, 0);
}

static void test_what_ends_a_sentence(void **state)
{
	(void)state;
	static const struct event_talk ends[] = {
		{.verdict = VERDICT_RIGHT},     {.verdict = VERDICT_WRONG},   {.verdict = VERDICT_TRUNCATED},
		{.verdict = VERDICT_TIMEOUT},   {.verdict = VERDICT_REFUSED}, {.verdict = VERDICT_CUT_SHORT},
		{.verdict = VERDICT_CANCELLED}, {.verdict = VERDICT_UNSENT},
	};
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct view_status s = {0};
		talk(&s, EVENT_SENTENCE, (struct event_talk){0});
		talk(&s, ends[i].verdict < VERDICT_TIMEOUT ? EVENT_REPLY : EVENT_MISSING, ends[i]);
		assert_int_equal(s.waiting, 0);
	}
}

/* --- The lab --- */

static void lab(struct view_status *s, const char *settings)
{
	struct event e = lab_event((struct event_lab){.what = LAB_SETTINGS}, settings);
	view_status_take(s, &e);
}

static struct event_state own_and_connected(void)
{
	struct event_state state = connected();
	state.own = true;
	return state;
}

static void test_the_lab_while_it_is_on(void **state)
{
	(void)state;
	struct view_status s = {0};
	take(&s, own_and_connected(), "");
	lab(&s, "drop=30%");
	assert_status(&s, 100, " TCP  connected  127.0.0.1:53422 → 127.0.0.1:12000  your own server  lab: drop=30%");
	struct event other = lab_event((struct event_lab){.what = LAB_TOOK}, "hello");
	view_status_take(&s, &other);
	assert_status(&s, 100, " TCP  connected  127.0.0.1:53422 → 127.0.0.1:12000  your own server  lab: drop=30%");
	lab(&s, "");
	assert_status(&s, 100, " TCP  connected  127.0.0.1:53422 → 127.0.0.1:12000  your own server");
}

static void test_the_lab_at_every_width(void **state)
{
	(void)state;
	struct view_status s = {0};
	take(&s, own_and_connected(), "");
	lab(&s, "drop=30%,seed=42");
	talk(&s, EVENT_SENTENCE, (struct event_talk){0});
	assert_status(&s, 200,
		      " TCP  connected  127.0.0.1:53422 → 127.0.0.1:12000  your own server  waiting for 1 reply  "
		      "lab: drop=30%,seed=42");
	assert_status(&s, 80, " TCP  connected  127.0.0.1:12000  waiting for 1 reply  lab: drop=30%,seed=42");
	assert_status(&s, 40, " TCP  connected  lab: drop=30%,seed=42");
	assert_status(&s, 38, " TCP  connected  lab: drop=30%,seed=42");
	assert_status(&s, 37, " TCP  connected  lab: drop=30%,seed=…");
	assert_status(&s, 20, " TCP  connected  la…");
	assert_status(&s, 15, " TCP  connecte…");
	lab(&s, "drop-requests=33.33%,drop-replies=33.33%,delay=50ms,jitter=20ms,duplicate=5%,seed=424242424242");
	assert_status(&s, 80, " TCP  connected  lab: drop-requests=33.33%,drop-replies=33.33%,delay=50ms,jitte…");
}

static void test_the_lab_is_our_own_server_s(void **state)
{
	(void)state;
	struct view_status s = {0};
	take(&s, own_and_connected(), "");
	lab(&s, "hold");
	take(&s, connected(), "127.0.0.1");
	assert_status(&s, 80, " TCP  connected  127.0.0.1:53422 → 127.0.0.1:12000");
	take(&s, own_and_connected(), ""); /* it has been running all the time */
	assert_status(&s, 40, " TCP  connected  lab: hold");
}

static void test_the_lab_ends_with_the_server(void **state)
{
	(void)state;
	struct view_status s = {0};
	take(&s, own_and_connected(), "");
	lab(&s, "hold");
	take(&s, (struct event_state){.what = STATE_STARTING, .protocol = PROTOCOL_TCP, .own = true}, "");
	assert_status(&s, 80, " TCP  starting a server");
	take(&s, own_and_connected(), "");
	assert_status(&s, 40, " TCP  connected  127.0.0.1:12000");
	lab(&s, "hold");
	take(&s,
	     (struct event_state){
		     .what = STATE_CLOSED, .protocol = PROTOCOL_UDP, .own = true, .by = EVENT_SERVER, .error = ECHILD},
	     "");
	assert_string_equal(s.lab, "");
}

static void test_fault_7_hostile_settings(void **state)
{
	(void)state;
	struct view_status s = {0};
	char *settings = malloc(1001);
	memset(settings, 'x', 1000);
	settings[1000] = '\0';
	take(&s, own_and_connected(), "");
	lab(&s, settings);
	assert_int_equal(strlen(s.lab), sizeof s.lab - 1);
	lab(&s, "a\033[2J\xff");
	assert_status(&s, 40, " TCP  connected  lab: a^[[2J\\xff");
	free(settings);
}

static void test_the_server_s_events_are_not_ours(void **state)
{
	(void)state;
	struct view_status s = {0};
	struct event e = state_of((struct event_state){.what = STATE_LISTENING, .protocol = PROTOCOL_TCP}, "");
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
	assert_status(&s, 10, " TCP  con…");
	assert_status(&s, 1, "…");
	assert_status(&s, 0, "");
}

static void test_fault_7_hostile_hosts(void **state)
{
	(void)state;
	struct view_status s = {0};
	take(&s, (struct event_state){.what = STATE_LOOKUP, .protocol = PROTOCOL_TCP}, "a\033[2J\xe2");
	assert_status(&s, 80, " TCP  looking up the name  a^[[2J\\xe2");
	char *host = malloc(1001);
	memset(host, 'x', 1000);
	host[1000] = '\0';
	take(&s, (struct event_state){.what = STATE_LOOKUP, .protocol = PROTOCOL_TCP}, host);
	assert_int_equal(strlen(s.host), sizeof s.host - 1);
	assert_status(&s, 80, " TCP  looking up the name");
	free(host);
}

/* --- A server that is watched --- */

static void received(struct view_status *s, enum event_op op, int64_t result, int error)
{
	struct event e = {.who = EVENT_SERVER, .kind = EVENT_CALL};
	e.call = (struct event_call){.op = op, .returned = true, .fd = 7, .result = result, .error = error};
	view_status_take(s, &e);
}

static void test_who_watches_sees_how_much_comes(void **state)
{
	(void)state;
	struct view_status s = {.path = "/tmp/class.sock"};
	assert_status(&s, 80, " watching /tmp/class.sock  0 clients  0 datagrams  0 bytes over TCP");
	s.clients = 3;
	received(&s, OP_RECV, 6, 0);
	received(&s, OP_RECV, 0, 0);       /* the end of a stream */
	received(&s, OP_RECV, -1, EAGAIN); /* nothing yet */
	received(&s, OP_SEND, 6, 0);
	received(&s, OP_RECVFROM, 0, 0); /* an empty one is one */
	received(&s, OP_RECVMSG, 5, 0);
	received(&s, OP_RECVFROM, -1, EAGAIN);
	assert_status(&s, 80, " watching /tmp/class.sock  3 clients  2 datagrams  6 bytes over TCP");
	struct event begun = {.who = EVENT_SERVER, .kind = EVENT_CALL, .call = {.op = OP_RECVFROM, .fd = 3}};
	view_status_take(&s, &begun);
	lab(&s, "drop=30%");
	assert_status(&s, 100, " watching /tmp/class.sock  3 clients  2 datagrams  6 bytes over TCP  lab: drop=30%");
	take(&s, (struct event_state){.what = STATE_CLOSED, .by = EVENT_SERVER}, "");
	assert_status(&s, 100, " watched until it ended: /tmp/class.sock  3 clients  2 datagrams  6 bytes over TCP");
}

/* Whatever was left out may have been a client, or have brought something. */
static void test_figures_that_lack_something_are_marked(void **state)
{
	(void)state;
	struct view_status s = {.path = "class", .clients = 3, .datagrams = 2, .bytes = 12, .lacks = true};
	assert_status(&s, 80, " watching class  ?3 clients  ?2 datagrams  ?12 bytes over TCP");
	s.lacks = false;
	assert_status(&s, 80, " watching class  3 clients  2 datagrams  12 bytes over TCP");
}

static void test_a_narrow_line_of_a_watcher(void **state)
{
	(void)state;
	struct view_status s = {.path = "/tmp/class.sock", .clients = 1};
	assert_status(&s, 66, " watching /tmp/class.sock  1 client  0 datagrams  0 bytes over TCP");
	assert_status(&s, 65, " watching class.sock  1 client  0 datagrams  0 bytes over TCP");
	assert_status(&s, 60, " watching class.sock  1 client  0 datagrams");
	assert_status(&s, 42, " watching class.sock  1 client");
	assert_status(&s, 20, " watching class.soc…");
	s.path = "/";
	assert_status(&s, 20, " watching /  1 clie…");
	s.path = "\033[2J";
	assert_status(&s, 80, " watching ^[[2J  1 client  0 datagrams  0 bytes over TCP");
}

/* Its recording tells of no path. */
static void test_a_recording_of_a_watcher(void **state)
{
	(void)state;
	struct view_status s = {0};
	received(&s, OP_RECVMSG, 5, 0);
	assert_status(&s, 80, " watching a server  0 clients  1 datagram  0 bytes over TCP");
	take(&s, connected(), ""); /* or of one that talks */
	assert_status(&s, 80, " TCP  connected  127.0.0.1:53422 → 127.0.0.1:12000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_yet),
		cmocka_unit_test(test_who_watches_sees_how_much_comes),
		cmocka_unit_test(test_figures_that_lack_something_are_marked),
		cmocka_unit_test(test_a_narrow_line_of_a_watcher),
		cmocka_unit_test(test_a_recording_of_a_watcher),
		cmocka_unit_test(test_every_step),
		cmocka_unit_test(test_both_endpoints),
		cmocka_unit_test(test_a_port_chosen_later),
		cmocka_unit_test(test_a_connected_socket_stays_so),
		cmocka_unit_test(test_waiting_sentences),
		cmocka_unit_test(test_sentences_not_sent_yet),
		cmocka_unit_test(test_what_ends_a_sentence),
		cmocka_unit_test(test_the_lab_while_it_is_on),
		cmocka_unit_test(test_the_lab_at_every_width),
		cmocka_unit_test(test_the_lab_is_our_own_server_s),
		cmocka_unit_test(test_the_lab_ends_with_the_server),
		cmocka_unit_test(test_fault_7_hostile_settings),
		cmocka_unit_test(test_the_server_s_events_are_not_ours),
		cmocka_unit_test(test_a_narrow_line_drops_parts_in_order),
		cmocka_unit_test(test_fault_7_hostile_hosts),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
