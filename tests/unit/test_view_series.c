/* Sentences that do not stand for themselves: filler, bursts, measurements. */
#include <errno.h>

#include "test_view.h"

static struct event in_series(struct event e, enum series_kind kind, uint32_t place)
{
	e.talk.series = (struct series){kind, place};
	return e;
}

/* --- Filler --- */

static struct event filler(struct event e)
{
	return in_series(e, SERIES_FILLER, 1);
}

/* 50 letters: of which 40 are shown */
#define FORTY "abcdefghijklmnopqrstuvwxyzabcdefghijklmn"
#define FIFTY FORTY "opqrstuvwx"

static void test_of_filler_the_beginning_is_shown(void **state)
{
	(void)state;
	struct event said = filler(sentence(FIFTY));
	said.talk.bytes = 51;
	said.talk.sentence = 7;
	assert_line(said, "14:03:07 you ▸ " FORTY "…  51 bytes, #7");
	assert_words(filler(reply((struct event_talk){.bytes = 51, .rtt = 210000}, FIFTY)),
		     FORTY "…  51 bytes, 0.21 ms");
	assert_words(filler(missing((struct event_talk){.verdict = VERDICT_CUT_SHORT}, FIFTY)),
		     FORTY "…  only 50 bytes of the reply to sentence 3 came, the rest is missing: the server closed "
			   "the connection (recv() returned 0)");
}

static void test_little_filler_is_shown_whole(void **state)
{
	(void)state;
	struct event said = filler(sentence(FORTY));
	said.talk.bytes = 40;
	assert_words(said, FORTY "  40 bytes");
	said = filler(sentence(""));
	assert_words(said, "(empty)  0 bytes");
}

static void test_filler_is_not_cut_through_a_character(void **state)
{
	(void)state;
	/* 39 letters, and a character of three bytes */
	struct event said = filler(sentence("abcdefghijklmnopqrstuvwxyzabcdefghijklm中"));
	said.talk.bytes = 42;
	assert_words(said, "abcdefghijklmnopqrstuvwxyzabcdefghijklm…  42 bytes");
}

/* --- Bursts --- */

static void test_a_burst_has_no_rows(void **state)
{
	(void)state;
	assert_no_line(in_series(sentence("x"), SERIES_BURST, 1));
	assert_no_line(in_series(reply((struct event_talk){0}, "X"), SERIES_BURST, 2));
	assert_no_line(in_series(reply((struct event_talk){.verdict = VERDICT_WRONG}, "X"), SERIES_BURST, 2));
	assert_no_line(in_series(missing((struct event_talk){.verdict = VERDICT_TIMEOUT}, ""), SERIES_BURST, 3));
}

/* --- Measurements --- */

static void assert_ping(struct event_talk t, const char *expected)
{
	t.rtt = 210000;
	t.from = ipv4(1, 12000);
	assert_words(in_series(reply(t, "PING 1 OF 10 AT 01"), SERIES_PING, 1), expected);
}

static void test_a_ping_is_told_as_ping_does(void **state)
{
	(void)state;
	assert_no_line(in_series(sentence("ping 1"), SERIES_PING, 1));
	assert_ping((struct event_talk){0}, "18 bytes from 127.0.0.1:12000: seq=1 time=0.21 ms");
	assert_words(in_series(reply((struct event_talk){.bytes = 19, .rtt = 210000}, "X"), SERIES_PING, 4000000000),
		     "19 bytes: seq=4000000000 time=0.21 ms");
	struct event e = in_series(reply((struct event_talk){.rtt = 210000}, "X"), SERIES_PING, 1);
	assert_line(e, "14:03:07     ◂ 1 byte: seq=1 time=0.21 ms");
	assert_int_equal(style_of_words(e), STYLE_SERVER);
}

static void test_remarks_on_a_ping(void **state)
{
	(void)state;
	assert_ping((struct event_talk){.verdict = VERDICT_DUPLICATE},
		    "18 bytes from 127.0.0.1:12000: seq=1 time=0.21 ms (duplicate)");
	assert_ping((struct event_talk){.late = true},
		    "18 bytes from 127.0.0.1:12000: seq=1 time=0.21 ms (late: reported missing before)");
	assert_ping((struct event_talk){.out_of_order = true},
		    "18 bytes from 127.0.0.1:12000: seq=1 time=0.21 ms (out of order)");
	assert_ping((struct event_talk){.verdict = VERDICT_WRONG},
		    "18 bytes from 127.0.0.1:12000: seq=1 time=0.21 ms (not the uppercase)");
	assert_ping((struct event_talk){.verdict = VERDICT_TRUNCATED, .limit = 18},
		    "18 bytes from 127.0.0.1:12000: seq=1 time=0.21 ms (cut at this end: MSG_TRUNC)");
	assert_ping((struct event_talk){.verdict = VERDICT_TRUNCATED},
		    "18 bytes from 127.0.0.1:12000: seq=1 time=0.21 ms (the reply to the beginning alone)");
	assert_ping((struct event_talk){.guess = GUESS_WHICH},
		    "18 bytes from 127.0.0.1:12000: seq=1 time=0.21 ms (a guess: others are waiting that it could "
		    "answer)");
	assert_ping((struct event_talk){.late = true, .out_of_order = true},
		    "18 bytes from 127.0.0.1:12000: seq=1 time=0.21 ms (late: reported missing before) (out of order)");
	struct event e = in_series(reply((struct event_talk){.late = true}, "X"), SERIES_PING, 1);
	assert_int_equal(style_of_words(e), STYLE_WARNING);
}

static void assert_missing_ping(struct event_talk t, const char *data, const char *expected)
{
	struct event e = in_series(missing(t, data), SERIES_PING, 3);
	assert_words(e, expected);
	assert_int_equal(style_of_words(e), STYLE_WARNING);
}

static void test_missing_pings(void **state)
{
	(void)state;
	struct event_talk t = {.verdict = VERDICT_TIMEOUT, .protocol = PROTOCOL_UDP, .limit = 2 * CLOCK_SECOND};
	assert_missing_ping(t, "", "no reply to seq=3 within 2 s");
	assert_line(in_series(missing(t, ""), SERIES_PING, 3), "14:03:07     ! no reply to seq=3 within 2 s");
	t = (struct event_talk){.verdict = VERDICT_CUT_SHORT};
	assert_missing_ping(t, "", "no reply to seq=3: the server closed the connection (recv() returned 0)");
	t.error = ECONNRESET;
	assert_missing_ping(t, "", "no reply to seq=3: the server reset the connection (ECONNRESET)");
	assert_missing_ping(t, "PIN",
			    "only 3 bytes of the reply to seq=3: the server reset the connection "
			    "(ECONNRESET)");
	assert_line(in_series(missing(t, "PIN"), SERIES_PING, 3),
		    "14:03:07     ! only 3 bytes of the reply to seq=3: the server reset the connection (ECONNRESET)");
	t = (struct event_talk){.verdict = VERDICT_REFUSED, .error = ECONNREFUSED};
	assert_missing_ping(t, "", "seq=3 was refused: nothing listens there (ECONNREFUSED)");
	t = (struct event_talk){.verdict = VERDICT_UNSENT, .error = ENETUNREACH};
	assert_missing_ping(t, "", "seq=3 was not sent: there is no route to that network (ENETUNREACH)");
	t.error = 0;
	assert_missing_ping(t, "", "seq=3 was not sent");
	t = (struct event_talk){.verdict = VERDICT_CANCELLED};
	assert_missing_ping(t, "", "seq=3 is no longer waited for");
}

/* Who answers without being asked, or from elsewhere, is in no series. */
static void test_others_are_told_as_ever(void **state)
{
	(void)state;
	assert_words(reply((struct event_talk){.verdict = VERDICT_STRANGER, .from = ipv4(5, 999)}, "X"),
		     "X  1 byte, from a stranger: 127.0.0.5:999 is not your server");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_filler_the_beginning_is_shown),
		cmocka_unit_test(test_little_filler_is_shown_whole),
		cmocka_unit_test(test_filler_is_not_cut_through_a_character),
		cmocka_unit_test(test_a_burst_has_no_rows),
		cmocka_unit_test(test_a_ping_is_told_as_ping_does),
		cmocka_unit_test(test_remarks_on_a_ping),
		cmocka_unit_test(test_missing_pings),
		cmocka_unit_test(test_others_are_told_as_ever),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
