/* What became of each sentence, in words: the verdicts of replies, and why one is missing. */
#include <errno.h>
#include <stdio.h>

#include "test_view.h"

/* --- Of a reply --- */

static void test_numbers(void **state)
{
	(void)state;
	assert_words(reply((struct event_talk){.pieces = 3, .rtt = 15300000}, "HI"),
		     "HI  2 bytes, in 3 pieces, 15.3 ms");
	assert_words(reply((struct event_talk){.joined = true, .pieces = 1, .rtt = 210000}, "HI"),
		     "HI  2 bytes, 0.21 ms, in the same recv() as the reply before it");
	assert_int_equal(style_of_words(reply((struct event_talk){.joined = true}, "x")), STYLE_FAINT);
	assert_int_equal(style_of_words(reply((struct event_talk){0}, "x")), STYLE_FAINT);
}

static void test_late(void **state)
{
	(void)state;
	assert_words(reply((struct event_talk){.late = true, .rtt = 2300000000}, "HI"),
		     "HI  2 bytes, late: after 2.30 s");
	assert_words(reply((struct event_talk){.verdict = VERDICT_WRONG, .late = true, .rtt = 2 * CLOCK_SECOND}, "hi"),
		     "hi  2 bytes, late: after 2 s, not the uppercase of your sentence");
	assert_int_equal(style_of_words(reply((struct event_talk){.late = true}, "x")), STYLE_WARNING);
}

static void test_out_of_order(void **state)
{
	(void)state;
	assert_words(reply((struct event_talk){.out_of_order = true, .rtt = 210000}, "HI"),
		     "HI  2 bytes, 0.21 ms, out of order: after the reply to a later sentence");
	assert_words(reply((struct event_talk){.out_of_order = true, .late = true, .rtt = 3 * CLOCK_SECOND}, "HI"),
		     "HI  2 bytes, late: after 3 s, out of order: after the reply to a later sentence");
	assert_int_equal(style_of_words(reply((struct event_talk){.out_of_order = true}, "x")), STYLE_WARNING);
}

static void test_not_the_reply(void **state)
{
	(void)state;
	assert_words(reply((struct event_talk){.verdict = VERDICT_WRONG, .rtt = 85000}, "hi"),
		     "hi  2 bytes, 0.085 ms, not the uppercase of your sentence");
	assert_words(reply((struct event_talk){.verdict = VERDICT_UNASKED}, "HI"),
		     "HI  2 bytes, no sentence was waiting for it");
	assert_words(reply((struct event_talk){.verdict = VERDICT_STRANGER, .from = ipv4(5, 999)}, "HI"),
		     "HI  2 bytes, from a stranger: 127.0.0.5:999 is not your server");
	assert_int_equal(style_of_words(reply((struct event_talk){.verdict = VERDICT_WRONG}, "x")), STYLE_WARNING);
}

static void test_truncated_at_this_end(void **state)
{
	(void)state;
	struct event_talk t = {.verdict = VERDICT_TRUNCATED, .bytes = 10, .limit = 10, .rtt = 210000};
	assert_words(reply(t, "HELL"), "HELL  0.21 ms, only 4 of 10 bytes: recvfrom() had no room for more, "
				       "and the rest of the datagram is lost (MSG_TRUNC)");
	assert_int_equal(style_of_words(reply(t, "HELL")), STYLE_WARNING);
	t.verdict = VERDICT_WRONG;
	assert_words(
		reply(t, "hell"),
		"hell  0.21 ms, only 4 of 10 bytes: recvfrom() had no room for more, and the rest of the datagram is "
		"lost (MSG_TRUNC), not the uppercase of your sentence");
}

static void test_truncated_at_the_server(void **state)
{
	(void)state;
	struct event_talk t = {.verdict = VERDICT_TRUNCATED, .rtt = 210000};
	assert_words(reply(t, "0123"), "0123  4 bytes, 0.21 ms, the reply to the beginning of your sentence alone: "
				       "the server received or sent no more");
	assert_int_equal(style_of_words(reply(t, "0123")), STYLE_WARNING);
}

static void test_duplicate(void **state)
{
	(void)state;
	struct event_talk t = {.verdict = VERDICT_DUPLICATE, .sentence = 3, .rtt = 210000};
	assert_words(reply(t, "HI"), "HI  2 bytes, a copy: sentence 3 was answered before");
	assert_int_equal(style_of_words(reply(t, "HI")), STYLE_WARNING);
	t.guess = GUESS_WHICH;
	assert_words(reply(t, "HI"),
		     "HI  2 bytes, a copy: sentence 3, or one with an equal reply, was answered before");
}

static void test_guesses(void **state)
{
	(void)state;
	struct event_talk t = {.guess = GUESS_WHICH, .sentence = 3, .rtt = 210000};
	assert_words(reply(t, "HI"),
		     "HI  2 bytes, 0.21 ms, to sentence 3 by guess: equal replies cannot be told apart, "
		     "since nothing but the sentence is on the wire");
	assert_int_equal(style_of_words(reply(t, "HI")), STYLE_WARNING);
	t.verdict = VERDICT_WRONG;
	assert_words(reply(t, "hi"), "hi  2 bytes, 0.21 ms, not the uppercase of your sentence, "
				     "to sentence 3 by guess: nothing on the wire tells which one it answers");
	t.verdict = VERDICT_TRUNCATED;
	assert_words(reply(t, "H"), "H  1 byte, 0.21 ms, the reply to the beginning of your sentence alone: the server "
				    "received or sent no more, to sentence 3 by guess: nothing on the wire tells "
				    "which one it answers");
	t.verdict = VERDICT_RIGHT;
	t.guess = GUESS_COPY;
	assert_words(reply(t, "HI"), "HI  2 bytes, 0.21 ms, or a copy of an earlier reply");
	assert_int_equal(style_of_words(reply(t, "HI")), STYLE_FAINT);
}

static void test_what_is_taken_back(void **state)
{
	(void)state;
	struct event_talk t = {.amends = VERDICT_WRONG, .sentence = 3, .rtt = 210000};
	assert_words(reply(t, "HI"), "HI  2 bytes, 0.21 ms, the verdict on sentence 3 is taken back: "
				     "what was wrong was no reply to it");
	assert_int_equal(style_of_words(reply(t, "HI")), STYLE_WARNING);
	t.amends = VERDICT_REFUSED;
	assert_words(reply(t, "HI"),
		     "HI  2 bytes, 0.21 ms, the verdict on sentence 3 is taken back: another one was refused");
	t.amends = VERDICT_TRUNCATED;
	t.guess = GUESS_COPY;
	assert_words(reply(t, "HI"), "HI  2 bytes, 0.21 ms, or a copy of an earlier reply, the verdict on sentence 3 "
				     "is taken back: what was cut off was no reply to it");
	t.amends = VERDICT_TIMEOUT;
	t.guess = GUESS_NONE;
	assert_words(reply(t, "HI"), "HI  2 bytes, 0.21 ms, the verdict on sentence 3 is taken back");
}

/* --- Of a sentence --- */

static void test_timeouts(void **state)
{
	(void)state;
	struct event_talk t = {.protocol = PROTOCOL_UDP, .verdict = VERDICT_TIMEOUT, .limit = 2 * CLOCK_SECOND};
	assert_line(missing(t, ""),
		    "14:03:07     ! no reply to sentence 3 within 2 s: it or the reply is lost or late, or nobody "
		    "listens: TCP may tell, UDP if /connected on");
	t.protocol = PROTOCOL_TCP;
	assert_line(missing(t, ""), "14:03:07     ! no reply to sentence 3 within 2 s: the connection is still open, "
				    "and if the reply comes late it will be shown");
	assert_int_equal(style_of_words(missing(t, "")), STYLE_WARNING);
}

static bool count(const struct view_row *row, void *arg)
{
	(void)row;
	++*(unsigned *)arg;
	return true;
}

static void test_a_timeout_takes_two_rows_of_80(void **state)
{
	(void)state;
	struct event e = missing((struct event_talk){.protocol = PROTOCOL_UDP, .verdict = VERDICT_TIMEOUT}, "");
	struct view_row line = {0};
	unsigned indent, rows = 0;
	e.talk.sentence = 99;
	e.talk.limit = CLOCK_SECOND / 2;
	assert_true(view_line(&e, WALL, &line, &indent));
	assert_int_equal(view_wrap(&line, 80, indent, count, &rows), 0);
	assert_int_equal(rows, 2);
	view_row_free(&line);
}

static void test_cut_short(void **state)
{
	(void)state;
	struct event_talk t = {.protocol = PROTOCOL_TCP, .verdict = VERDICT_CUT_SHORT};
	assert_words(missing(t, ""),
		     "no reply to sentence 3 came: the server closed the connection (recv() returned 0)");
	assert_line(missing(t, "HEL"), "14:03:07     ◂ HEL  only 3 bytes of the reply to sentence 3 came, the rest is "
				       "missing: the server closed the connection (recv() returned 0)");
	t.limit = 12;
	assert_words(missing(t, "HEL"), "HEL  only 3 of 12 bytes of the reply to sentence 3 came, the rest is missing: "
					"the server closed the connection (recv() returned 0)");
	t.error = ECANCELED;
	assert_words(missing(t, "HEL"),
		     "HEL  only 3 of 12 bytes of the reply to sentence 3 came, the rest is missing: "
		     "this end called recv() once, as the book's client does, and closed its socket");
	t.limit = 0;
	t.error = ECONNRESET;
	assert_words(missing(t, "H"), "H  only 1 byte of the reply to sentence 3 came, the rest is missing: the server "
				      "reset the connection (ECONNRESET)");
	assert_words(missing(t, ""), "no reply to sentence 3 came: the server reset the connection (ECONNRESET)");
	t.error = EPIPE;
	assert_words(missing(t, ""),
		     "no reply to sentence 3 came: the server had closed the connection before (EPIPE)");
	t.protocol = PROTOCOL_UDP;
	t.error = 0;
	assert_words(missing(t, ""), "no reply to sentence 3 came: this end closed the socket, or changed its port, "
				     "before a reply came");
	t.series = (struct series){SERIES_PING, 3};
	assert_words(missing(t, ""), "no reply to seq=3: this end closed the socket, or changed its port, before a "
				     "reply came");
}

static void test_unsent(void **state)
{
	(void)state;
	struct event_talk t = {.protocol = PROTOCOL_UDP, .verdict = VERDICT_UNSENT, .error = EMSGSIZE, .limit = 65507};
	t.bytes = 70000;
	assert_words(missing(t, ""), "sentence 3 was not sent: it has 70000 bytes, and a datagram holds at most "
				     "65507 bytes (EMSGSIZE); send it over TCP, or in parts");
	t.protocol = PROTOCOL_TCP;
	assert_words(missing(t, ""), "sentence 3 was not sent: it has 70000 bytes, and a sentence has at most "
				     "65507 bytes; send it in parts");
	t.protocol = PROTOCOL_UDP;
	t.limit = 0;
	assert_words(missing(t, ""), "sentence 3 was not sent: it is too long for a datagram (EMSGSIZE); "
				     "send it over TCP, or in parts");
	t.error = ENETUNREACH;
	assert_words(missing(t, ""), "sentence 3 was not sent: there is no route to that network (ENETUNREACH); "
				     "check this computer's network connection");
	t.protocol = PROTOCOL_TCP;
	t.error = ENETUNREACH; /* what to do was said when no connection could be had */
	assert_words(missing(t, ""), "sentence 3 was not sent: there is no route to that network (ENETUNREACH)");
	t.error = 0;
	assert_words(missing(t, ""), "sentence 3 was not sent: no address was found to send it to");
}

static void test_cancelled(void **state)
{
	(void)state;
	assert_words(missing((struct event_talk){.verdict = VERDICT_CANCELLED}, ""),
		     "sentence 3 is no longer waited for: you went on");
}

static void test_fault_15_refused(void **state)
{
	(void)state;
	struct event_talk t = {.protocol = PROTOCOL_UDP, .verdict = VERDICT_REFUSED, .error = ECONNREFUSED};
	assert_line(missing(t, ""),
		    "14:03:07     ! sentence 3 was refused: nothing listens there (ECONNREFUSED); the ICMP message "
		    "answers this earlier datagram, although the error came with a later call");
	t.guess = GUESS_WHICH;
	assert_words(missing(t, ""), "sentence 3, or another one, was refused: nothing listens there (ECONNREFUSED); "
				     "the ICMP message answers this earlier datagram, although the error came with a "
				     "later call");
}

/* --- Errors --- */

static void test_fault_15_every_error_has_its_name(void **state)
{
	(void)state;
	static const struct {
		int error;
		const char *name;
	} errors[] = {
		{ECONNREFUSED, "(ECONNREFUSED)"},
		{ETIMEDOUT, "(ETIMEDOUT)"},
		{EHOSTUNREACH, "(EHOSTUNREACH)"},
		{ENETUNREACH, "(ENETUNREACH)"},
		{ENETDOWN, "(ENETDOWN)"},
		{ECONNRESET, "(ECONNRESET)"},
		{ECONNABORTED, "(ECONNABORTED)"},
		{EPIPE, "(EPIPE)"},
		{EACCES, "(EACCES)"},
		{EPERM, "(EPERM)"},
		{EADDRNOTAVAIL, "(EADDRNOTAVAIL)"},
		{EADDRINUSE, "(EADDRINUSE)"},
		{EAFNOSUPPORT, "(EAFNOSUPPORT)"},
		{EMFILE, "(EMFILE)"},
		{ENFILE, "(ENFILE)"},
		{ENOBUFS, "(ENOBUFS)"},
		{ENOMEM, "(ENOMEM)"},
		{EMSGSIZE, "(EMSGSIZE)"},
		{ENOENT, "(ENOENT)"},
	};
	struct view_row line = {0};
	for (size_t i = 0; i < COUNT(errors); i++) {
		struct event_talk t = {.verdict = VERDICT_CUT_SHORT, .error = errors[i].error};
		struct event e = missing(t, "");
		assert_true(view_words(&e, &line));
		char *text = text_of(&line);
		assert_non_null(strstr(text, errors[i].name));
		free(text);
	}
	view_row_free(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_out_of_order),
		cmocka_unit_test(test_not_the_reply),
		cmocka_unit_test(test_truncated_at_this_end),
		cmocka_unit_test(test_truncated_at_the_server),
		cmocka_unit_test(test_duplicate),
		cmocka_unit_test(test_guesses),
		cmocka_unit_test(test_what_is_taken_back),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_a_timeout_takes_two_rows_of_80),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_unsent),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_fault_15_refused),
		cmocka_unit_test(test_fault_15_every_error_has_its_name),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
