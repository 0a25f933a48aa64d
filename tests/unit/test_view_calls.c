/* Calls: a line for each, as strace would print it. */
#include "test_view_calls.h"

static struct calls *view;

static int begin(void **state)
{
	view = begin_log(state) == 0 ? calls_new(events, WALL) : NULL;
	return view ? 0 : -1;
}

static int end(void **state)
{
	calls_free(view);
	return end_log(state);
}

static void choose(const char *text)
{
	char problem[200] = "none";
	struct calls_filter f;
	assert_int_equal(calls_filter_parse(text, &f, problem, sizeof problem), 0);
	calls_choose(view, &f);
}

static void numbered(enum event_who who, uint64_t number)
{
	struct event e = {.who = who, .number = number, .kind = EVENT_CALL};
	e.call = CALL(.op = OP_CLOSE, .fd = 4);
	add_event(e);
}

static uint64_t lines(void)
{
	assert_int_equal(calls_lines.update(view), 0);
	return calls_lines.end(view) - calls_lines.first(view);
}

/* --- What is shown --- */

static void nothing_at_first(void **state)
{
	(void)state;
	assert_shown(&calls_lines, view, 80, "");
}

static void both_sides_as_strace_has_them(void **state)
{
	(void)state;
	add_welcoming();
	add_connection(5, 4, 53422);
	add_event(sentence("no call"));
	add_send(CLIENT, 5, 0, "hello\n");
	add_recv(SERVER, 4, 0, "hello\n");
	add_call(CLIENT, CALL(.op = OP_CONNECT, .fd = 9, .address = local_host(12001), .result = -1,
			      .error = ECONNREFUSED, .took = 1234567890));
	assert_shown(&calls_lines, view, 100,
		     "14:03:07.001000 ◂ server socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3 <0.000012>\n"
		     "14:03:07.002000 ◂ server bind(3, 127.0.0.1:12000) = 0 <0.000012>\n"
		     "14:03:07.003000 ◂ server listen(3, 1) = 0 <0.000012>\n"
		     "14:03:07.004000 ▸ client socket(AF_INET, SOCK_STREAM, 0) = 5 <0.000012>\n"
		     "14:03:07.004988 ▸ client connect(5, 127.0.0.1:12000) = 0 <0.000012>\n"
		     "14:03:07.006000 ▸ client getsockname(5, 127.0.0.1:53422) = 0 <0.000012>\n"
		     "14:03:07.007000 ◂ server accept(3, 127.0.0.1:53422) = 4 <0.000012>\n"
		     "14:03:07.008988 ▸ client send(5, \"hello\\n\", 6) = 6 <0.000012>\n"
		     "14:03:07.010000 ◂ server recv(4, \"hello\\n\", 1024) = 6 <0.000012>\n"
		     "14:03:07.011000 ▸ client connect(9, 127.0.0.1:12001) = -1 ECONNREFUSED (Connection refused)\n"
		     "                         <1.234567>\n");
	assert_fits(&calls_lines, view);
}

static void narrow_without_time_then_without_duration(void **state)
{
	(void)state;
	add_call(SERVER, CALL(.op = OP_LISTEN, .fd = 3, .args = {1}));
	assert_shown(&calls_lines, view, 70, "14:03:07.001000 ◂ server listen(3, 1) = 0 <0.000012>\n");
	assert_shown(&calls_lines, view, 69, "◂ server listen(3, 1) = 0 <0.000012>\n");
	assert_shown(&calls_lines, view, 45, "◂ server listen(3, 1) = 0 <0.000012>\n");
	assert_shown(&calls_lines, view, 44, "◂ server listen(3, 1) = 0\n");
	assert_shown(&calls_lines, view, 20, "◂ server listen(3,\n  1) = 0\n");
}

static void sides_and_failures_have_styles(void **state)
{
	(void)state;
	add_call(CLIENT, CALL(.op = OP_RECV, .fd = 3, .asked = 5, .result = -1, .error = ECONNRESET));
	add_call(SERVER, CALL(.op = OP_RECV, .fd = 3, .asked = 5, .result = -1, .error = EAGAIN));
	add_call(CLIENT, CALL(.op = OP_GETADDRINFO, .fd = -1, .result = EAI_NONAME, .error = EAI_NONAME));
	lines();
	assert_int_equal(style_of_text(&calls_lines, view, 0, "client"), STYLE_YOU);
	assert_int_equal(style_of_text(&calls_lines, view, 1, "server"), STYLE_SERVER);
	assert_int_equal(style_of_text(&calls_lines, view, 0, "recv"), STYLE_WARNING);
	assert_int_equal(style_of_text(&calls_lines, view, 1, "recv"), STYLE_TEXT);
	assert_int_equal(style_of_text(&calls_lines, view, 2, "getaddrinfo"), STYLE_WARNING);
}

static void the_lab_but_for_its_secret(void **state)
{
	(void)state;
	struct event_lab l = {.what = LAB_WAITING, .protocol = PROTOCOL_TCP, .fd = 4, .bytes = 10};
	add_event(lab_event(l, ""));
	l.what = LAB_FATE;
	add_event(lab_event(l, "hello"));
	add_call(SERVER, CALL(.op = OP_CLOSE, .fd = 4));
	assert_shown(&calls_lines, view, 80,
		     "14:03:07.001000 ◂ server lab: 10 bytes wait at socket 4 (FIONREAD)\n"
		     "14:03:07.002988 ◂ server close(4) = 0 <0.000012>\n");
	assert_int_equal(style_of_text(&calls_lines, view, 0, "lab:"), STYLE_LAB);
}

static void a_line_leads_to_its_event(void **state)
{
	(void)state;
	add_event(sentence("no call"));
	uint64_t begun = add_call(SERVER, BEGUN(.op = OP_ACCEPT, .fd = 3));
	lines();
	assert_int_equal(calls_lines.event(view, 0), begun);
	uint64_t returned = add_call(SERVER, CALL(.op = OP_ACCEPT, .fd = 3, .result = 4));
	lines();
	assert_int_equal(calls_lines.event(view, 0), returned);
}

/* --- Gaps --- */

static void what_was_left_out_is_counted(void **state)
{
	(void)state;
	numbered(SERVER, 7); /* where it began we do not know */
	numbered(CLIENT, 0); /* not counted */
	numbered(SERVER, 8);
	numbered(CLIENT, 1);
	numbered(SERVER, 21);
	numbered(CLIENT, 3);
	numbered(SERVER, 23);
	assert_shown(&calls_lines, view, 60,
		     "◂ server close(4) = 0 <0.000000>\n"
		     "▸ client close(4) = 0 <0.000000>\n"
		     "◂ server close(4) = 0 <0.000000>\n"
		     "▸ client close(4) = 0 <0.000000>\n"
		     "◂ server … 12 events of the server were left out\n"
		     "◂ server close(4) = 0 <0.000000>\n"
		     "▸ client … 1 event of the client was left out\n"
		     "▸ client close(4) = 0 <0.000000>\n"
		     "◂ server … 1 event of the server was left out\n"
		     "◂ server close(4) = 0 <0.000000>\n");
	assert_int_equal(calls_lines.event(view, 4), PAGER_NONE);
	choose("server getsockname");
	assert_shown(&calls_lines, view, 60,
		     "◂ server … 12 events of the server were left out\n"
		     "◂ server … 1 event of the server was left out\n");
}

static void a_server_that_is_started_anew_counts_anew(void **state)
{
	(void)state;
	numbered(SERVER, 50);
	add_event(state_of((struct event_state){.what = STATE_STARTING, .own = true}, ""));
	numbered(SERVER, 3);
	numbered(SERVER, 4);
	assert_int_equal(lines(), 3);
	numbered(SERVER, 1000); /* 995 left out */
	numbered(SERVER, 1);    /* a server elsewhere was started again */
	numbered(SERVER, 2);
	assert_int_equal(lines(), 7);
	assert_says(&calls_lines, view, "… 995 events");
}

static void an_earlier_number_is_no_gap(void **state)
{
	(void)state;
	numbered(SERVER, 1);
	numbered(SERVER, 3);
	numbered(SERVER, 2);
	numbered(SERVER, 4);
	assert_int_equal(lines(), 5);
}

/* --- Waiting --- */

static void a_call_that_waits_returns_below_what_it_waited_for(void **state)
{
	(void)state;
	add_call(SERVER, BEGUN(.op = OP_ACCEPT, .fd = 3));
	assert_shown(&calls_lines, view, 80, "14:03:07.001000 ◂ server accept(3) … waiting\n");
	add_call(CLIENT, CALL(.op = OP_CONNECT, .fd = 3, .address = local_host(12000)));
	add_call(SERVER, CALL(.op = OP_CLOSE, .fd = 3));
	add_call(SERVER, CALL(.op = OP_ACCEPT, .fd = 7, .result = 8));
	assert_says(&calls_lines, view, "waiting");
	add_call(SERVER, CALL(.op = OP_ACCEPT, .fd = 3, .result = 4, .address = local_host(53422)));
	assert_shown(&calls_lines, view, 80,
		     "14:03:07.001000 ◂ server accept(3) … returned later\n"
		     "14:03:07.001988 ▸ client connect(3, 127.0.0.1:12000) = 0 <0.000012>\n"
		     "14:03:07.002988 ◂ server close(3) = 0 <0.000012>\n"
		     "14:03:07.004000 ◂ server accept(7) = 8 <0.000012>\n"
		     "14:03:07.005000 ◂ server accept(3, 127.0.0.1:53422) = 4 <0.000012>\n");
	add_call(SERVER, CALL(.op = OP_ACCEPT, .fd = 3, .result = 5)); /* that line is done */
	assert_int_equal(lines(), 6);
}

static void a_call_that_waits_is_completed_where_nothing_came_between(void **state)
{
	(void)state;
	add_call(SERVER, BEGUN(.op = OP_ACCEPT, .fd = 3));
	add_event(sentence("no call"));
	add_call(SERVER, CALL(.op = OP_ACCEPT, .fd = 3, .result = 4));
	assert_shown(&calls_lines, view, 80, "14:03:07.003000 ◂ server accept(3) = 4 <0.000012>\n");
}

static void calls_that_are_given_no_socket_return_too(void **state)
{
	(void)state;
	add_call(CLIENT, BEGUN(.op = OP_SOCKETPAIR, .fd = -1, .args = {AF_UNIX, SOCK_SEQPACKET}));
	add_data(CLIENT, BEGUN(.op = OP_GETADDRINFO, .fd = -1, .args = {AF_INET, SOCK_STREAM}, .asked = 3), "abc", 3);
	add_call(CLIENT, BEGUN(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_STREAM}));
	assert_shown(&calls_lines, view, 60,
		     "▸ client socketpair(AF_UNIX, SOCK_SEQPACKET, 0) … waiting\n"
		     "▸ client getaddrinfo(\"abc\", AF_INET, SOCK_STREAM) … waiting\n"
		     "▸ client socket(AF_INET, SOCK_STREAM, 0) … waiting\n");
	add_call(CLIENT, CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, SOCK_STREAM}, .result = 3));
	add_call(CLIENT, CALL(.op = OP_SOCKETPAIR, .fd = 4, .args = {AF_UNIX, SOCK_SEQPACKET, 5}));
	assert_shown(&calls_lines, view, 60,
		     "▸ client socketpair(AF_UNIX, SOCK_SEQPACKET, 0) … returned\n"
		     "         later\n"
		     "▸ client getaddrinfo(\"abc\", AF_INET, SOCK_STREAM) … waiting\n"
		     "▸ client socket(AF_INET, SOCK_STREAM, 0) = 3 <0.000012>\n"
		     "▸ client socketpair(AF_UNIX, SOCK_SEQPACKET, 0, [4, 5]) = 0\n"
		     "         <0.000012>\n");
}

static void what_a_server_that_is_gone_waited_for(void **state)
{
	(void)state;
	add_call(SERVER, BEGUN(.op = OP_ACCEPT, .fd = 3));
	add_call(CLIENT, BEGUN(.op = OP_RECV, .fd = 3, .asked = 9));
	add_event(state_of((struct event_state){.what = STATE_STARTING, .own = true}, ""));
	add_call(SERVER, CALL(.op = OP_ACCEPT, .fd = 3, .result = 4));
	assert_shown(&calls_lines, view, 60,
		     "◂ server accept(3) … never returned\n"
		     "▸ client recv(3, 9) … waiting\n"
		     "◂ server accept(3) = 4 <0.000012>\n");
}

/* --- Filters --- */

static void filters_by_side_call_and_socket(void **state)
{
	(void)state;
	add_welcoming();
	add_connection(5, 4, 53422);
	add_send(CLIENT, 5, 0, "hello\n");
	add_recv(SERVER, 4, 0, "hello\n");
	add_call(CLIENT, CALL(.op = OP_SOCKETPAIR, .fd = 8, .args = {AF_UNIX, SOCK_SEQPACKET, 9}));
	add_event(lab_event((struct event_lab){.what = LAB_WAITING, .fd = 4, .bytes = 10}, ""));
	choose("server 4");
	assert_shown(&calls_lines, view, 60,
		     "◂ server accept(3, 127.0.0.1:53422) = 4 <0.000012>\n"
		     "◂ server recv(4, \"hello\\n\", 1024) = 6 <0.000012>\n"
		     "◂ server lab: 10 bytes wait at socket 4 (FIONREAD)\n");
	choose("5");
	assert_int_equal(lines(), 4); /* socket() that gave it, connect, getsockname, send */
	choose("socket");
	assert_int_equal(lines(), 2);
	choose("client accept4");
	assert_int_equal(lines(), 0);
	choose("9");
	assert_int_equal(lines(), 1);
	choose("");
	assert_int_equal(lines(), 11);
}

static void a_filter_gives_new_numbers(void **state)
{
	(void)state;
	add_welcoming();
	assert_int_equal(lines(), 3);
	choose("bind");
	assert_int_equal(lines(), 1);
	assert_int_equal(calls_lines.first(view), 3);
	assert_int_equal(calls_lines.event(view, 3), 1);
}

static void a_call_may_come_to_match_when_it_returns(void **state)
{
	(void)state;
	choose("4");
	add_call(SERVER, BEGUN(.op = OP_ACCEPT, .fd = 3));
	assert_int_equal(lines(), 0);
	add_call(SERVER, CALL(.op = OP_ACCEPT, .fd = 3, .result = 4));
	assert_int_equal(lines(), 1);
}

static void parses_in_any_order(void **state)
{
	(void)state;
	char problem[200] = "none";
	struct calls_filter f;
	assert_int_equal(calls_filter_parse(" 5,recv\tserver ", &f, problem, sizeof problem), 0);
	assert_int_equal(f.who, EVENT_SERVER);
	assert_int_equal(f.op, OP_RECV);
	assert_int_equal(f.fd, 5);
	assert_int_equal(calls_filter_parse("client", &f, problem, sizeof problem), 0);
	assert_int_equal(f.who, EVENT_CLIENT);
	assert_int_equal(f.op, 0);
	assert_int_equal(f.fd, -1);
	assert_string_equal(problem, "none");
}

static void assert_problem(const char *text, const char *expected)
{
	char problem[200] = "";
	struct calls_filter f = {.who = EVENT_SERVER, .op = OP_BIND, .fd = 77};
	assert_int_equal(calls_filter_parse(text, &f, problem, sizeof problem), -1);
	assert_string_equal(problem, expected);
	assert_int_equal(f.who, EVENT_SERVER); /* as it was */
	assert_int_equal(f.op, OP_BIND);
	assert_int_equal(f.fd, 77);
}

static void says_what_would_be_right(void **state)
{
	(void)state;
	assert_problem("recvform", "recvform is no side, no call and no socket's number. The nearest is recvfrom; "
				   "5 stands for socket 5.");
	assert_problem("getsokname", "getsokname is no side, no call and no socket's number. The nearest is "
				     "getsockname; 5 stands for socket 5.");
	assert_problem("cli", "cli is no side, no call and no socket's number. The nearest is client; "
			      "5 stands for socket 5.");
	assert_problem("-1", "-1 is no side, no call and no socket's number. The nearest is bind; "
			     "5 stands for socket 5.");
	assert_problem("client server", "One side is enough: client or server. Without either, both are shown.");
	assert_problem("recv send", "One call is enough: recv or send. Without a name, all are shown.");
	assert_problem("4 5", "One socket is enough. Without a number, all are shown.");
	assert_problem("99999999999999999999999", "A socket's number is at most 2147483647.");
}

static void a_problem_is_fit_to_be_printed(void **state)
{
	(void)state;
	char problem[200] = "";
	struct calls_filter f;
	char word[300];
	memset(word, 'x', sizeof word);
	memcpy(word, "\033]0;", 4);
	word[sizeof word - 1] = '\0';
	assert_int_equal(calls_filter_parse(word, &f, problem, sizeof problem), -1);
	assert_null(strchr(problem, '\033'));
	assert_non_null(strstr(problem, "^[]0;xxx"));
	assert_non_null(strstr(problem, "The nearest is"));
}

/* --- Forgetting --- */

static void forgets_with_the_log(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		numbered(SERVER, i + 1);
	assert_int_equal(lines(), 1000);
	add_call(SERVER, BEGUN(.op = OP_ACCEPT, .fd = 3));
	assert_int_equal(lines(), 1000);
	assert_int_equal(calls_lines.first(view), 1);
	for (unsigned i = 0; i < 1000; i++)
		numbered(SERVER, i + 1001);
	assert_int_equal(calls_lines.first(view), 1001); /* even before it is told of the new ones */
	assert_int_equal(lines(), 1000);
	add_call(SERVER, CALL(.op = OP_ACCEPT, .fd = 3, .result = 4)); /* that it began is forgotten */
	assert_int_equal(lines(), 1000);
	assert_says(&calls_lines, view, "accept(3) = 4");
	calls_free(NULL);
}

static void overlooks_what_it_never_saw(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 1500; i++)
		numbered(SERVER, i + 1);
	assert_int_equal(lines(), 1000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(nothing_at_first),
		TEST(both_sides_as_strace_has_them),
		TEST(narrow_without_time_then_without_duration),
		TEST(sides_and_failures_have_styles),
		TEST(the_lab_but_for_its_secret),
		TEST(a_line_leads_to_its_event),
		TEST(what_was_left_out_is_counted),
		TEST(a_server_that_is_started_anew_counts_anew),
		TEST(an_earlier_number_is_no_gap),
		TEST(a_call_that_waits_returns_below_what_it_waited_for),
		TEST(a_call_that_waits_is_completed_where_nothing_came_between),
		TEST(calls_that_are_given_no_socket_return_too),
		TEST(what_a_server_that_is_gone_waited_for),
		TEST(filters_by_side_call_and_socket),
		TEST(a_filter_gives_new_numbers),
		TEST(a_call_may_come_to_match_when_it_returns),
		TEST(parses_in_any_order),
		TEST(says_what_would_be_right),
		TEST(a_problem_is_fit_to_be_printed),
		TEST(forgets_with_the_log),
		TEST(overlooks_what_it_never_saw),
	};
	return cmocka_run_group_tests_name("view calls", tests, use_utf8_and_utc, NULL);
}
