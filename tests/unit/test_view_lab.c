/* What the lab does, and what the system says, in words. */
#include "test_view.h"

static void test_settings(void **state)
{
	(void)state;
	struct event e = lab_event((struct event_lab){.what = LAB_SETTINGS}, "drop=30%,seed=42");
	assert_line(e, "14:03:07     ◆ lab: drop=30%,seed=42");
	assert_int_equal(style_of_words(e), STYLE_LAB);
	assert_words(e, "lab: drop=30%,seed=42");
	assert_words(lab_event((struct event_lab){.what = LAB_SETTINGS}, ""), "lab: off");
	assert_words(lab_event((struct event_lab){.what = LAB_SETTINGS}, "cut\033[2J"), "lab: cut^[[2J");
}

static void test_took_over_tcp(void **state)
{
	(void)state;
	struct event_lab l = {.what = LAB_TOOK, .protocol = PROTOCOL_TCP, .bytes = 12, .whole = 12};
	assert_line(lab_event(l, "hello\nworld\n"),
		    "14:03:07     ◆ lab: the server's recv() took 12 bytes: hello\\nworld\\n");
	l.bytes = l.whole = 4;
	assert_words(lab_event(l, "ab\033\xff"), "lab: the server's recv() took 4 bytes: ab^[\\xff");
	l.bytes = l.whole = 1;
	assert_words(lab_event(l, "a"), "lab: the server's recv() took 1 byte: a");
	l.bytes = l.whole = 300;
	assert_words(lab_event(l, "abc"), "lab: the server's recv() took 300 bytes: abc…");
	assert_words(lab_event(l, "abcdefghijklmnopqrstuvwxyz\nabcdefghijklmnopqrstuvwxyz"),
		     "lab: the server's recv() took 300 bytes: abcdefghijklmnopqrstuvwxyz\\nabcdefghijklm…");
	l.bytes = l.whole = 0;
	assert_words(lab_event(l, ""), "lab: the server's recv() took 0 bytes");
}

/* A newline is told from the two characters that somebody typed. */
static void test_a_newline_is_an_escape(void **state)
{
	(void)state;
	struct event_lab l = {.what = LAB_TOOK, .protocol = PROTOCOL_TCP, .bytes = 3, .whole = 3};
	assert_int_equal(style_of_words(lab_event(l, "ab\n")), STYLE_ESCAPE);
	assert_int_equal(style_of_words(lab_event(l, "a\\n")), STYLE_LAB);
}

static void test_took_over_udp(void **state)
{
	(void)state;
	struct event_lab l = {.what = LAB_TOOK, .protocol = PROTOCOL_UDP, .bytes = 5, .whole = 5};
	assert_words(lab_event(l, "hello"), "lab: the server's recvfrom() took 5 bytes: hello");
	l.bytes = 4;
	l.whole = 10;
	assert_words(lab_event(l, "0123"), "lab: the server's recvfrom() took 4 of 10 bytes: 0123; the rest of the "
					   "datagram is lost (MSG_TRUNC)");
	l.bytes = l.whole = 0;
	assert_words(lab_event(l, ""), "lab: the server's recvfrom() took 0 bytes");
}

static void test_waiting(void **state)
{
	(void)state;
	struct event_lab l = {.what = LAB_WAITING, .protocol = PROTOCOL_TCP, .bytes = 12};
	assert_words(lab_event(l, ""), "lab: 12 bytes wait at the server (FIONREAD), and it does not receive them");
	l.bytes = 1;
	assert_words(lab_event(l, ""), "lab: 1 byte waits at the server (FIONREAD), and it does not receive it");
	l.protocol = PROTOCOL_UDP;
	assert_words(lab_event(l, ""), "lab: 1 byte waits at the server (FIONREAD, which over UDP tells of the next "
				       "datagram only), and it does not receive it");
	l.bytes = 5;
	assert_words(lab_event(l, ""), "lab: 5 bytes wait at the server (FIONREAD, which over UDP tells of the next "
				       "datagram only), and it does not receive them");
}

static void test_connections_closed(void **state)
{
	(void)state;
	struct event_lab l = {.what = LAB_RESET, .protocol = PROTOCOL_TCP, .peer = ipv4(1, 40000)};
	assert_words(lab_event(l, ""), "lab: the server closed the connection of 127.0.0.1:40000 with bytes unread: "
				       "a reset (RST), not an end in good order");
	l.what = LAB_CLOSED;
	assert_words(lab_event(l, ""), "lab: the server closed the connection of 127.0.0.1:40000 in good order "
				       "(FIN)");
}

static void test_a_fate_is_a_secret(void **state)
{
	(void)state;
	assert_no_line(lab_event((struct event_lab){.what = LAB_FATE, .request_dropped = true}, "hello"));
}

/* --- The system --- */

static struct event kernel(struct event_kernel k)
{
	return (struct event){.who = EVENT_CLIENT, .kind = EVENT_KERNEL, .kernel = k};
}

static void test_a_sample_has_no_line(void **state)
{
	(void)state;
	assert_no_line(kernel((struct event_kernel){.why = KERNEL_SAMPLE, .offered = KERNEL_TCP}));
}

static void test_silence(void **state)
{
	(void)state;
	struct event_kernel k = {.why = KERNEL_SILENCE, .taken = 1000001, .waited = 2 * CLOCK_SECOND};
	assert_line(kernel(k), "14:03:07     · no reply yet after 2 s: send() has taken 1000001 bytes, but taken is "
			       "not delivered");
	k.unacknowledged = 777; /* not offered, so it means nothing */
	assert_words(kernel(k), "no reply yet after 2 s: send() has taken 1000001 bytes, but taken is not delivered");
	k.offered = KERNEL_UNSENT;
	assert_words(kernel(k), "no reply yet after 2 s: send() has taken 1000001 bytes, but taken is not delivered: "
				"this end's system still keeps 777 bytes of them (SIOCOUTQ), the rest waits at the "
				"other end, received or not");
	k.unacknowledged = 0;
	assert_words(kernel(k), "no reply yet after 2 s: send() has taken 1000001 bytes, but taken is not delivered: "
				"they wait at the other end, received or not (SIOCOUTQ is 0)");
	k.unacknowledged = 1000001;
	assert_words(kernel(k), "no reply yet after 2 s: send() has taken 1000001 bytes, but taken is not delivered: "
				"this end's system still keeps all of them (SIOCOUTQ)");
	assert_int_equal(style_of_words(kernel(k)), STYLE_NOTE);
	k.offered = KERNEL_UNREAD;
	k.unread = 8;
	assert_words(kernel(k), "no reply yet after 2 s: send() has taken 1000001 bytes, but taken is not delivered; "
				"8 bytes wait at this end (FIONREAD), and it does not receive them");
	k.unread = 1;
	assert_words(kernel(k), "no reply yet after 2 s: send() has taken 1000001 bytes, but taken is not delivered; "
				"1 byte waits at this end (FIONREAD), and it does not receive it");
}

static void test_fault_10_drops_are_local_loss(void **state)
{
	(void)state;
	struct event_kernel k = {.why = KERNEL_DROPS, .offered = KERNEL_DROPPED, .dropped = 3};
	assert_line(kernel(k), "14:03:07     ! 3 replies were lost here: this end's receive queue was full "
			       "(SO_RXQ_OVFL)");
	assert_int_equal(style_of_words(kernel(k)), STYLE_WARNING);
	k.dropped = 1;
	assert_words(kernel(k), "1 reply was lost here: this end's receive queue was full (SO_RXQ_OVFL)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_took_over_tcp),
		cmocka_unit_test(test_a_newline_is_an_escape),
		cmocka_unit_test(test_took_over_udp),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_connections_closed),
		cmocka_unit_test(test_a_fate_is_a_secret),
		cmocka_unit_test(test_a_sample_has_no_line),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_fault_10_drops_are_local_loss),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
