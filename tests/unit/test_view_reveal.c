/* What the lab did to each sentence, for who asks. */
#include "test_view_reveal.h"

static void test_nothing_was_said(void **state)
{
	(void)state;
	assert_nothing_revealed(10);
	socket_gets_port(PORT);
	fate(lost, "who?");
	assert_nothing_revealed(10);
}

static void test_every_fate(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	lab_is("drop=50%,seed=1");
	static const char *const texts[] = {"a", "b", "c", "d", "e", "f", "g"};
	for (size_t i = 0; i < COUNT(texts); i++)
		say(i + 1, texts[i]);
	fate(lost, "a");
	fate(reply_lost, "b");
	fate((struct event_lab){.twice = true}, "c");
	fate((struct event_lab){.delay = 50 * CLOCK_MS}, "d");
	fate((struct event_lab){.held_back = true}, "e");
	fate(nothing, "f");
	ASSERT_REVEALED(10, "sentence 1 \"a\": the lab dropped the request, so the server never saw it",
			"sentence 2 \"b\": the server answered, and the lab dropped the reply",
			"sentence 3 \"c\": answered twice", "sentence 4 \"d\": the reply was delayed by 50 ms",
			"sentence 5 \"e\": held back, for another reply to overtake it (250 ms at most)",
			"sentence 6 \"f\": the lab let it and its reply pass",
			"sentence 7 \"g\": it has not reached the server's recvfrom()");
}

static void test_several_things_at_once(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	say(1, "a");
	say(2, "b");
	fate((struct event_lab){.twice = true, .delay = 50 * CLOCK_MS, .held_back = true}, "a");
	fate((struct event_lab){.twice = true, .delay = 50 * CLOCK_MS, .reply_dropped = true}, "b");
	ASSERT_REVEALED(10,
			"sentence 1 \"a\": answered twice, the first reply was delayed by 50 ms, "
			"held back, for another reply to overtake it (250 ms at most)",
			"sentence 2 \"b\": the server answered, and the lab dropped the reply");
}

/* What fits the event's data tells nothing of whether the server had room for the rest. */
static void test_cut(void **state)
{
	(void)state;
	char text[EVENT_CALL_DATA + 2];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	socket_gets_port(PORT);
	lab_is("cut=4");
	say(1, "0123456789");
	say(2, "abc");
	say(3, text);
	struct event_lab l = {.what = LAB_FATE, .bytes = 10, .peer = ipv4(1, PORT)};
	happens(lab_event(l, "0123"));
	fate(nothing, "abc");
	l.bytes = EVENT_CALL_DATA + 1;
	text[EVENT_CALL_DATA] = '\0';
	happens(lab_event(l, text));
	ASSERT_REVEALED(10, "sentence 1 \"0123456789\": the server's recvfrom() took 4 of 10 bytes",
			"sentence 2 \"abc\": the lab let it and its reply pass",
			"sentence 3 \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…\": the lab let it and its reply pass");
}

static void test_only_the_last(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	say(1, "a");
	say(2, "b");
	say(3, "c");
	fate(nothing, "a");
	fate(nothing, "b");
	fate(lost, "c");
	ASSERT_REVEALED(2, "sentence 2 \"b\": the lab let it and its reply pass",
			"sentence 3 \"c\": the lab dropped the request, so the server never saw it");
	assert_nothing_revealed(0);
}

/* As many fates as sentences: each has its own. */
static void test_equal_sentences(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	lab_is("drop=50%,seed=1");
	for (uint64_t i = 1; i <= 3; i++)
		say(i, "same");
	fate(nothing, "same");
	fate(lost, "same");
	fate(reply_lost, "same");
	ASSERT_REVEALED(3, "sentence 1 \"same\": the lab let it and its reply pass",
			"sentence 2 \"same\": the lab dropped the request, so the server never saw it",
			"sentence 3 \"same\": the server answered, and the lab dropped the reply");
}

/* One of them never arrived, and nobody can say which. */
static void test_more_equal_sentences_than_fates(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	lab_is("drop=50%,seed=1");
	say(1, "first");
	for (uint64_t i = 2; i <= 4; i++)
		say(i, "same");
	say(5, "last");
	fate(nothing, "first");
	fate(lost, "same");
	fate(reply_lost, "same");
	fate(nothing, "last");
	ASSERT_REVEALED(5, "sentence 1 \"first\": the lab let it and its reply pass",
			"sentence 2 \"same\": the lab dropped the request, so the server never saw it" GUESS,
			"sentence 3 \"same\": the server answered, and the lab dropped the reply" GUESS,
			"sentence 4 \"same\": it has not reached the server's recvfrom()" GUESS,
			"sentence 5 \"last\": the lab let it and its reply pass");
	ASSERT_REVEALED(2, "sentence 4 \"same\": it has not reached the server's recvfrom()" GUESS,
			"sentence 5 \"last\": the lab let it and its reply pass");
}

/* A fate is not that of a sentence that was said after it. */
static void test_an_equal_one_said_later(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	lab_is("drop=50%,seed=1");
	say(1, "same");
	fate(lost, "same");
	say(2, "same");
	ASSERT_REVEALED(2, "sentence 1 \"same\": the lab dropped the request, so the server never saw it",
			"sentence 2 \"same\": it has not reached the server's recvfrom()");
}

/* What came after it has a fate, so what is before it and has none never arrived: datagrams keep their order here. */
static void test_an_equal_one_that_never_arrived(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	lab_is("rcvbuf=4096");
	say(1, "between");
	say(2, "same");
	say(3, "between");
	say(4, "same");
	fate(nothing, "same");
	fate(nothing, "between");
	fate(lost, "same");
	ASSERT_REVEALED(4, "sentence 1 \"between\": it has not reached the server's recvfrom()",
			"sentence 2 \"same\": the lab let it and its reply pass",
			"sentence 3 \"between\": the lab let it and its reply pass",
			"sentence 4 \"same\": the lab dropped the request, so the server never saw it");
}

/* --- Whose --- */

static void test_another_client_s_fates(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	say(1, "hello");
	fate_at(PORT + 1, lost, "hello");
	fate(reply_lost, "hello");
	ASSERT_REVEALED(10, "sentence 1 \"hello\": the server answered, and the lab dropped the reply");
}

static void test_a_new_socket(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	say(1, "one");
	socket_gets_port(PORT + 1);
	say(2, "two");
	fate_at(PORT, lost, "one"); /* it was held */
	fate_at(PORT + 1, reply_lost, "two");
	ASSERT_REVEALED(10, "sentence 1 \"one\": the lab dropped the request, so the server never saw it",
			"sentence 2 \"two\": the server answered, and the lab dropped the reply");
}

static void test_a_bound_socket_s_port(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_READY, .protocol = PROTOCOL_UDP, .own = true, .bound = true};
	s.local = ipv4(1, PORT);
	happens(state_of(s, ""));
	say(1, "one");
	fate_at(PORT + 1, reply_lost, "one");
	fate(lost, "one");
	ASSERT_REVEALED(10, "sentence 1 \"one\": the lab dropped the request, so the server never saw it");
}

static void test_the_log_has_forgotten_the_port(void **state)
{
	(void)state;
	log_free(happened);
	happened = log_new(3, SIZE_MAX);
	assert_non_null(happened);
	socket_gets_port(PORT);
	say(1, "one");
	say(2, "two");
	fate(reply_lost, "one");
	fate(lost, "two");
	ASSERT_REVEALED(10, "sentence 2 \"two\": the lab dropped the request, so the server never saw it");
}

static void test_what_was_never_sent(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	say(1, "same");
	say(2, "same");
	happens(event_of(EVENT_MISSING,
			 (struct event_talk){
				 .protocol = PROTOCOL_UDP, .sentence = 1, .verdict = VERDICT_UNSENT, .error = EMSGSIZE},
			 ""));
	happens(event_of(EVENT_MISSING, (struct event_talk){.sentence = 77, .verdict = VERDICT_UNSENT}, ""));
	fate(lost, "same");
	ASSERT_REVEALED(10, "sentence 1 \"same\": it was not sent",
			"sentence 2 \"same\": the lab dropped the request, so the server never saw it");
}

static void test_sentences_elsewhere_are_not_among_them(void **state)
{
	(void)state;
	socket_gets_port(PORT);
	say(1, "mine");
	fate(lost, "mine");
	happens(state_of((struct event_state){.what = STATE_READY, .protocol = PROTOCOL_UDP, .remote = ipv4(2, 12000)},
			 "127.0.0.2"));
	say(2, "elsewhere");
	struct event over_tcp = sentence("a stream's");
	happens(over_tcp);
	struct event heard = event_of(EVENT_SENTENCE, (struct event_talk){.protocol = PROTOCOL_UDP}, "not ours");
	heard.who = EVENT_SERVER;
	happens(heard);
	ASSERT_REVEALED(10, "sentence 1 \"mine\": the lab dropped the request, so the server never saw it");
}

static void test_fault_7_long_and_hostile_ones(void **state)
{
	(void)state;
	char *text = malloc(1001);
	memset(text, 'x', 1000);
	text[1000] = '\0';
	socket_gets_port(PORT);
	say(1, text);
	say(2, "\033[2J\na\"\xff");
	say(3, "");
	text[999] = '\0';
	fate(reply_lost, text); /* of another length */
	text[EVENT_CALL_DATA] = '\0';
	struct event_lab l = {.what = LAB_FATE, .request_dropped = true, .bytes = 1000, .peer = ipv4(1, PORT)};
	happens(lab_event(l, text));
	fate(nothing, "\033[2J\na\"\xff");
	fate(nothing, "");
	ASSERT_REVEALED(10,
			"sentence 1 \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…\": "
			"the lab dropped the request, so the server never saw it",
			"sentence 2 \"^[[2J^Ja\"\\xff\": the lab let it and its reply pass",
			"sentence 3 \"\": the lab let it and its reply pass");
	free(text);
}

/* Whoever is told may note it down, and the log then forget the sentences themselves. */
static void note_down(const char *line, size_t n, void *arg)
{
	for (size_t i = 0; i < 10; i++)
		happens(event_of_note(EVENT_CLIENT, NOTE_INFO, line, n));
	compare(line, n, arg);
}

static void test_the_log_may_grow_meanwhile(void **state)
{
	(void)state;
	log_free(happened);
	happened = log_new(10, SIZE_MAX);
	assert_non_null(happened);
	socket_gets_port(PORT);
	say(1, "one");
	say(2, "two");
	fate(lost, "one");
	fate(nothing, "two");
	struct told t = {
		(const char *const[]){"sentence 1 \"one\": the lab dropped the request, so the server never saw it",
				      "sentence 2 \"two\": the lab let it and its reply pass", NULL},
		0};
	assert_int_equal(view_reveal(happened, 10, note_down, &t), 2);
	assert_int_equal(t.n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_was_said),
		TEST(test_every_fate),
		TEST(test_several_things_at_once),
		TEST(test_cut),
		TEST(test_only_the_last),
		TEST(test_equal_sentences),
		TEST(test_more_equal_sentences_than_fates),
		TEST(test_an_equal_one_said_later),
		TEST(test_an_equal_one_that_never_arrived),
		TEST(test_another_client_s_fates),
		TEST(test_a_new_socket),
		TEST(test_a_bound_socket_s_port),
		TEST(test_the_log_has_forgotten_the_port),
		TEST(test_what_was_never_sent),
		TEST(test_sentences_elsewhere_are_not_among_them),
		TEST(test_fault_7_long_and_hostile_ones),
		TEST(test_the_log_may_grow_meanwhile),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
