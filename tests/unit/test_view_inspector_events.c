/* The inspector: all about what is no call; and that no kind of anything is without words. */
#include <stdio.h>

#include "test_view_inspector.h"
#include "test_view_inspector_pages.h"

/* Whole pages are those of the eighth events of a log, or so: their times tell. */
static void pass(uint64_t until)
{
	while (log_end(events) < until)
		add_event(sentence("before"));
}

/* --- Whole pages --- */

static void a_sentence(void **state)
{
	(void)state;
	pass(3);
	struct event e = sentence("straße\n");
	e.talk = (struct event_talk){.protocol = PROTOCOL_TCP, .sentence = 3, .bytes = 9, .again = true};
	e.talk.series = (struct series){SERIES_PING, 4};
	assert_page(add_event(e), 80, sentence_page);
}

static void a_reply_by_guess(void **state)
{
	(void)state;
	pass(4);
	struct event_talk t = {.protocol = PROTOCOL_UDP, .sentence = 2, .guess = GUESS_WHICH, .late = true};
	t.out_of_order = t.joined = true;
	t.pieces = 2;
	t.rtt = 210345;
	t.from = local_host(12000);
	assert_page(add_event(reply(t, "HELLO")), 80, reply_page);
}

static void a_missing_reply(void **state)
{
	(void)state;
	pass(5);
	struct event_talk t = {.protocol = PROTOCOL_TCP, .verdict = VERDICT_CUT_SHORT, .error = ECONNRESET, .limit = 6};
	assert_page(add_event(missing(t, "HEL")), 80, missing_page);
}

static void a_fate(void **state)
{
	(void)state;
	pass(6);
	struct event_lab l = {.what = LAB_FATE, .protocol = PROTOCOL_UDP, .fd = 3, .datagram = 7, .bytes = 300};
	l.twice = l.held_back = true;
	l.delay = 50 * CLOCK_MS;
	l.peer = local_host(40001);
	assert_page(add_event(lab_event(l, "hello")), 80, fate_page);
}

static uint64_t add_kernel(struct event_kernel k)
{
	return add_event((struct event){.number = 12, .who = CLIENT, .kind = EVENT_KERNEL, .kernel = k});
}

static const struct event_kernel sample = {
	.why = KERNEL_SAMPLE,
	.protocol = PROTOCOL_TCP,
	.fd = 5,
	.offered = KERNEL_TCP | KERNEL_UNSENT,
	.state = 8,
	.unacknowledged = 300,
	.unsent = 100,
	.local = {.family = 4, .address = {127, 0, 0, 1}, .port = 53422},
	.remote = {.family = 4, .address = {127, 0, 0, 1}, .port = 12000},
	.rtt = 23456,
	.rtt_variation = 11000,
	.congestion_window = 10,
	.retransmissions = 1,
};

static void a_sample(void **state)
{
	(void)state;
	pass(7);
	assert_page(add_kernel(sample), 80, kernel_page);
}

/* --- Talk --- */

static void every_verdict_has_words(void **state)
{
	(void)state;
	static const char *const words[] = {
		[VERDICT_RIGHT] = "right: the uppercase",
		[VERDICT_WRONG] = "wrong: not the uppercase",
		[VERDICT_TRUNCATED] = "truncated: the uppercase of the sentence's beginning",
		[VERDICT_DUPLICATE] = "duplicate: the sentence had been answered",
		[VERDICT_UNASKED] = "unasked: no sentence",
		[VERDICT_STRANGER] = "a stranger's: from another endpoint",
		[VERDICT_TIMEOUT] = "timeout: no reply came in time",
		[VERDICT_CUT_SHORT] = "cut short: the connection ended",
		[VERDICT_UNSENT] = "unsent: the sentence could not be sent",
		[VERDICT_CANCELLED] = "cancelled: you went on",
		[VERDICT_REFUSED] = "refused: this connected UDP socket",
	};
	for (enum event_verdict v = VERDICT_RIGHT; v <= VERDICT_REFUSED; v++) {
		struct event_talk t = {.verdict = v, .rtt = 7, .bytes = 5};
		bool of_reply = v < VERDICT_TIMEOUT;
		uint64_t index = add_event(of_reply ? reply(t, "HELLO") : missing(t, ""));
		says(index, words[v]);
		if (of_reply && v < VERDICT_UNASKED)
			says(index, "(7 ns)");
		else
			says_not(index, "(7 ns)");
	}
}

static void guesses_have_words(void **state)
{
	(void)state;
	says(add_event(reply((struct event_talk){.guess = GUESS_COPY}, "A")), "it may be a copy of the reply");
	says(add_event(missing((struct event_talk){.verdict = VERDICT_REFUSED, .guess = GUESS_WHICH}, "")),
	     "it may be another datagram that was refused");
	says_not(add_event(reply((struct event_talk){0}, "A")), "Guess");
}

static void limits_have_words(void **state)
{
	(void)state;
	says(add_event(missing((struct event_talk){.verdict = VERDICT_TIMEOUT, .limit = CLOCK_SECOND}, "")),
	     "Waited      1 s (1000000000 ns)\n");
	says(add_event(missing(
		     (struct event_talk){.verdict = VERDICT_UNSENT, .error = EMSGSIZE, .limit = 65507, .bytes = 70000},
		     "")),
	     "Limit        65507 bytes\n");
	says(add_event(reply((struct event_talk){.verdict = VERDICT_TRUNCATED, .limit = 10}, "HELL")),
	     "Whole datagram  10 bytes\n");
	says(add_event(missing((struct event_talk){.verdict = VERDICT_CUT_SHORT}, "")),
	     "  means     the server closed the connection (recv() returned 0)\n");
}

static void series_have_words(void **state)
{
	(void)state;
	struct event e = sentence("x");
	e.talk.series = (struct series){SERIES_FILLER, 0};
	says(add_event(e), "only the length of this sentence matters");
	says_not(add_event(e), "place");
	e.talk.series = (struct series){SERIES_BURST, 17};
	says(add_event(e), "Series       a burst: many sentences at once\n  place      17\n");
}

static void a_long_sentence_is_not_all_shown(void **state)
{
	(void)state;
	char text[5001];
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	uint64_t index = add_event(sentence(text));
	says(index, "Text         5000 bytes\n");
	says(index, "  0ff0  78");
	says_not(index, "  1000  78");
	says(index, "and 904 bytes more, which are not kept\n");
}

static void an_empty_sentence(void **state)
{
	(void)state;
	says(add_event(sentence("")), "On the wire  0 bytes\n");
	says_not(add_event(sentence("")), "Text");
}

/* --- States and notes --- */

static void every_state_has_words(void **state)
{
	(void)state;
	for (enum event_state_what s = STATE_STARTING; s <= STATE_LISTENING; s++)
		says_not(add_event(state_of((struct event_state){.what = s}, "")), "State  \n");
	says(add_event(state_of((struct event_state){.what = STATE_HALF_CLOSED}, "")),
	     "State  this end has ended its stream; replies may still come\n");
}

static void every_field_of_a_state(void **state)
{
	(void)state;
	struct event_state s = {.what = STATE_CLOSED, .protocol = PROTOCOL_TCP, .by = EVENT_SERVER, .error = EPIPE};
	s.own = s.bound = s.one_each = true;
	s.waiting = 3;
	s.more = 2;
	s.local = local_host(53422);
	s.remote = local_host(12000);
	assert_page(add_event(state_of(s, "localhost")), 100,
		    "14:03:07.001000 ▸ client state\n"
		    "\n"
		    "State           the conversation ended\n"
		    "Protocol        TCP\n"
		    "Host            localhost\n"
		    "This end        127.0.0.1:53422\n"
		    "Other end       127.0.0.1:12000\n"
		    "errno           EPIPE = 32\n"
		    "  means         the server had closed the connection before (EPIPE)\n"
		    "  behind it     the first send() after that still succeeded, and a reset came back\n"
		    "Ended by        the server\n"
		    "Server          our own, started for this session\n"
		    "connect()       has bound the UDP socket to this end\n"
		    "Habit           this server closes after each reply; each sentence gets a connection\n"
		    "Waiting         3\n"
		    "Addresses left  2\n");
	s = (struct event_state){.what = STATE_FAILED, .lookup = true, .error = EAI_NONAME, .by = EVENT_CLIENT};
	says(add_event(state_of(s, "nowhere")), "Lookup    EAI_NONAME = -2\nEnded by  the client\n");
}

static void notes(void **state)
{
	(void)state;
	static const char *const levels[] = {"information", "a warning", "an error"};
	for (enum note_level l = NOTE_INFO; l <= NOTE_ERROR; l++) {
		uint64_t index = add_event(event_of_note(EVENT_SERVER, l, "words\033", 6));
		says(index, levels[l]);
		says(index, "Words  words^[\n");
	}
}

/* --- The lab and the system --- */

static void every_doing_of_the_lab(void **state)
{
	(void)state;
	struct event_lab l = {.what = LAB_SETTINGS, .fd = -1};
	says(add_event(lab_event(l, "drop=30%")), "Settings  drop=30%\n");
	says(add_event(lab_event(l, "")), "Settings  none: it is off\n");
	l = (struct event_lab){.what = LAB_FATE, .fd = -1, .datagram = 1, .bytes = 5, .request_dropped = true};
	says(add_event(lab_event(l, "hello")), "Request   dropped: as if it had never come\n");
	l.request_dropped = false;
	l.reply_dropped = true;
	says(add_event(lab_event(l, "hello")), "Reply     dropped: the request was served, and the reply not sent\n");
	l.reply_dropped = false;
	says(add_event(lab_event(l, "hello")), "Fate      the lab let it and its reply pass\n");
	l = (struct event_lab){.what = LAB_TOOK, .protocol = PROTOCOL_UDP, .fd = 3, .bytes = 4, .whole = 10};
	says(add_event(lab_event(l, "0123")), "Of a datagram of  10 bytes\n");
	l = (struct event_lab){.what = LAB_WAITING, .protocol = PROTOCOL_TCP, .fd = 4, .bytes = 10};
	uint64_t index = add_event(lab_event(l, ""));
	says(index, "Bytes     10 bytes\n");
	says_not(index, "Payload");
	l.what = LAB_RESET;
	says(add_event(lab_event(l, "")), "a connection was closed with bytes unread: a reset (RST)\n");
	l.what = LAB_CLOSED;
	says(add_event(lab_event(l, "")), "a connection was closed in good order (FIN), as the user asked\n");
}

static void every_state_of_tcp(void **state)
{
	(void)state;
	struct event_kernel k = sample;
	for (k.state = 1; k.state < KERNEL_STATES; k.state++) {
		char words[60];
		snprintf(words, sizeof words, "State            %s: ", kernel_state_name(k.state));
		says(add_kernel(k), words);
		says_not(add_kernel(k), ": \n");
	}
	k.state = 0;
	says(add_kernel(k), "State            not known\n");
	k.state = 77;
	says(add_kernel(k), "State            not known\n");
}

static void the_queue_of_a_welcoming_socket(void **state)
{
	(void)state;
	struct event_kernel k = sample;
	k.state = KERNEL_LISTEN;
	k.offered = KERNEL_TCP | KERNEL_UNREAD;
	k.unread = 2;
	uint64_t index = add_kernel(k);
	says(index, "2 connections, which wait for accept()\n");
	says_not(index, "Unread");
}

static void what_the_system_does_not_offer(void **state)
{
	(void)state;
	struct event_kernel k = sample;
	k.offered = KERNEL_UNREAD;
	k.unread = 17;
	says(add_kernel(k),
	     "State           not offered here\nUnacknowledged  not offered here\nUnread          17 bytes\n");
	k.offered = KERNEL_DROPPED;
	k.protocol = PROTOCOL_UDP;
	k.dropped = 3;
	uint64_t index = add_kernel(k);
	says(index, "Unread     not offered here\nDropped    3 datagrams, for want of room\n");
	says_not(index, "Unacknowledged");
}

static void silence_and_drops(void **state)
{
	(void)state;
	struct event_kernel k = sample;
	k.why = KERNEL_SILENCE;
	k.taken = 700;
	k.waited = 2 * CLOCK_SECOND;
	says(add_kernel(k), "Taken by send()  700 bytes\nSilent for       2 s (2000000000 ns)\n");
	k.why = KERNEL_DROPS;
	k.dropped = 1;
	says(add_kernel(k), "Dropped          1 datagram, for want of room\n");
}

/* --- Every call --- */

static struct event_call any_call(enum event_op op, bool returned, int error)
{
	struct event_call call = {.op = op, .returned = returned, .fd = 3, .error = error, .asked = 10};
	if (op == OP_SOCKET || op == OP_GETADDRINFO || op == OP_SOCKETPAIR)
		call.fd = -1;
	if (error)
		call.result = -1;
	call.address = local_host(12000);
	return call;
}

static void assert_field(const char *text, const char *label)
{
	const char *found = strstr(text, label);
	assert_non_null(found);
	found += strlen(label);
	assert_true(found[0] == ' ');
	found += strspn(found, " ");
	assert_true(*found != '\n' && *found != '\0');
}

/* What it does, what it waits for, at least one error, a manual page; whatever became of it, on whatever socket. */
static void every_call_has_words(void **state)
{
	(void)state;
	static const int types[] = {0, SOCK_STREAM, SOCK_DGRAM};
	for (size_t t = 0; t < COUNT(types); t++) {
		struct event_call made = CALL(.op = OP_SOCKET, .fd = -1, .args = {AF_INET, types[t]}, .result = 3);
		for (enum event_op op = OP_SOCKET; op < OP_COUNT; op++)
			for (unsigned i = 0; i < 3; i++) {
				if (types[t])
					add_call(CLIENT, made);
				uint64_t index = add_call(CLIENT, any_call(op, i > 0, i == 2 ? EINVAL : 0));
				inspector_open(view, index);
				char *text = shown(&inspector_lines, view, 80);
				assert_field(text, "What it does");
				assert_field(text, "Waits for");
				assert_field(text, "Manual");
				assert_non_null(strstr(text, "\nErrors"));
				assert_non_null(strstr(text, "\n  E"));
				assert_null(strstr(text, "(null)"));
				free(text);
				if (!types[t])
					assert_fits(&inspector_lines, view);
			}
	}
}

static void an_error_is_told_once(void **state)
{
	(void)state;
	for (enum event_op op = OP_SOCKET; op < OP_COUNT; op++) {
		inspector_open(view, add_call(CLIENT, any_call(op, false, 0)));
		char *text = shown(&inspector_lines, view, 200), *errors = strstr(text, "\nErrors"), *rest;
		assert_non_null(errors);
		for (char *line = strtok_r(errors, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
			char name[40] = "";
			sscanf(line, "  E%38[A-Z_] ", name);
			strcat(name, " ");
			assert_true(name[0] == ' ' || !strstr(rest, name));
		}
		free(text);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(a_sentence),
		TEST(a_reply_by_guess),
		TEST(a_missing_reply),
		TEST(a_fate),
		TEST(a_sample),
		TEST(every_verdict_has_words),
		TEST(guesses_have_words),
		TEST(limits_have_words),
		TEST(series_have_words),
		TEST(a_long_sentence_is_not_all_shown),
		TEST(an_empty_sentence),
		TEST(every_state_has_words),
		TEST(every_field_of_a_state),
		TEST(notes),
		TEST(every_doing_of_the_lab),
		TEST(every_state_of_tcp),
		TEST(the_queue_of_a_welcoming_socket),
		TEST(what_the_system_does_not_offer),
		TEST(silence_and_drops),
		TEST(every_call_has_words),
		TEST(an_error_is_told_once),
	};
	return cmocka_run_group_tests_name("view inspector events", tests, use_utf8_and_utc, NULL);
}
