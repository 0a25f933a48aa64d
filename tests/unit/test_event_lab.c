#include <string.h>

/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <uproar/event.h>
#include <uproar/text.h>

static const struct endpoint client = {.family = 4, .address = {127, 0, 0, 1}, .port = 4711};

static void assert_line(const struct event *e, const char *expected)
{
	struct buf out = {0};
	assert_int_equal(event_print_lab(e, &out), 0);
	assert_int_equal(buf_append(&out, "", 1), 0);
	assert_string_equal((char *)buf_bytes(&out), expected);
	buf_free(&out);
}

static void assert_lab(struct event_lab lab, const char *data, const char *expected)
{
	struct event e = {.who = EVENT_SERVER, .kind = EVENT_LAB, .lab = lab};
	e.data = data;
	e.size = data ? (uint32_t)strlen(data) : 0;
	assert_line(&e, expected);
}

#define LAB(...) ((struct event_lab){__VA_ARGS__})

/* What is decided about datagram 3, of so many bytes. */
#define FATE(n, ...)                                                                                                   \
	LAB(.what = LAB_FATE, .protocol = PROTOCOL_UDP, .datagram = 3, .bytes = n, .peer = client, __VA_ARGS__)
#define HELLO "lab: datagram 3 from 127.0.0.1:4711, 5 bytes \"hello\": "

static void prints_settings(void **state)
{
	(void)state;
	assert_lab(LAB(.what = LAB_SETTINGS, .fd = -1), "drop=30%,seed=42", "lab: settings drop=30%,seed=42");
	assert_lab(LAB(.what = LAB_SETTINGS, .fd = -1), NULL, "lab: off");
}

static void prints_fates(void **state)
{
	(void)state;
	assert_lab(FATE(5, .fd = 4), "hello", HELLO "nothing");
	assert_lab(FATE(5, .request_dropped = true), "hello", HELLO "request dropped");
	assert_lab(FATE(5, .reply_dropped = true), "hello", HELLO "reply dropped");
	assert_lab(FATE(5, .twice = true), "hello", HELLO "answered twice");
	assert_lab(FATE(5, .held_back = true), "hello", HELLO "held back");
	assert_lab(FATE(5, .delay = 50 * CLOCK_MS), "hello", HELLO "delayed 50 ms");
	assert_lab(FATE(5, .twice = true, .delay = 50 * CLOCK_MS), "hello", HELLO "answered twice, delayed 50 ms");
	assert_lab(FATE(5, .twice = true, .held_back = true), "hello", HELLO "answered twice, held back");
	assert_lab(FATE(5, .delay = CLOCK_SECOND, .held_back = true), "hello", HELLO "delayed 1000 ms, held back");
	assert_lab(FATE(5, .twice = true, .delay = CLOCK_MS, .held_back = true), "hello",
		   HELLO "answered twice, delayed 1 ms, held back");
}

/* What there was no reply to cannot happen to it. */
static void a_drop_ends_it(void **state)
{
	(void)state;
	assert_lab(FATE(5, .reply_dropped = true, .twice = true, .delay = CLOCK_MS, .held_back = true), "hello",
		   HELLO "reply dropped");
	assert_lab(FATE(5, .request_dropped = true, .reply_dropped = true, .twice = true), "hello",
		   HELLO "request dropped");
}

static void prints_parts_of_milliseconds(void **state)
{
	(void)state;
	assert_lab(FATE(5, .delay = 63482913), "hello", HELLO "delayed 63.482 ms");
	assert_lab(FATE(5, .delay = 250000), "hello", HELLO "delayed 0.250 ms");
	assert_lab(FATE(5, .delay = 1001000), "hello", HELLO "delayed 1.001 ms");
}

static void counts_bytes(void **state)
{
	(void)state;
	assert_lab(FATE(1, .fd = 4), "x", "lab: datagram 3 from 127.0.0.1:4711, 1 byte \"x\": nothing");
	assert_lab(FATE(0, .fd = 4), NULL, "lab: datagram 3 from 127.0.0.1:4711, 0 bytes \"\": nothing");
	assert_lab(LAB(.what = LAB_FATE, .datagram = 3, .bytes = 5), "hello",
		   "lab: datagram 3, 5 bytes \"hello\": nothing");
	assert_lab(FATE(2000, .fd = 4), "hello",
		   "lab: datagram 3 from 127.0.0.1:4711, 2000 bytes \"hello\"...: nothing");
}

static void prints_what_was_taken(void **state)
{
	(void)state;
	struct event_lab tcp = LAB(.what = LAB_TOOK, .protocol = PROTOCOL_TCP, .fd = 5, .bytes = 4, .whole = 4), udp;
	assert_lab(tcp, "0123", "lab: recv(5) took 4 bytes \"0123\"");
	tcp.fd = -1;
	assert_lab(tcp, "0123", "lab: recv took 4 bytes \"0123\"");
	udp = LAB(.what = LAB_TOOK, .protocol = PROTOCOL_UDP, .fd = 4, .bytes = 4, .whole = 10);
	assert_lab(udp, "0123", "lab: recvfrom(4) took 4 of 10 bytes \"0123\", the rest is lost");
	udp.whole = 4;
	assert_lab(udp, "0123", "lab: recvfrom(4) took 4 bytes \"0123\"");
	udp.bytes = udp.whole = 1;
	assert_lab(udp, "0", "lab: recvfrom(4) took 1 byte \"0\"");
}

static void prints_what_becomes_of_sockets(void **state)
{
	(void)state;
	assert_lab(LAB(.what = LAB_WAITING, .fd = 5, .bytes = 11), NULL, "lab: 11 bytes wait at socket 5 (FIONREAD)");
	assert_lab(LAB(.what = LAB_WAITING, .fd = 5, .bytes = 1), NULL, "lab: 1 byte waits at socket 5 (FIONREAD)");
	assert_lab(LAB(.what = LAB_RESET, .fd = 5), NULL, "lab: socket 5 closed with unread bytes, so with a reset");
	assert_lab(LAB(.what = LAB_CLOSED, .fd = 5), NULL, "lab: socket 5 closed in good order");
	assert_lab(LAB(.what = LAB_CLOSED, .fd = -1), NULL, "lab: a socket closed in good order");
}

/* Neither a datagram nor what claims to be settings reaches a terminal as it is. */
static void escapes(void **state)
{
	(void)state;
	assert_lab(FATE(5, .twice = true), "\x1b[2J\n",
		   "lab: datagram 3 from 127.0.0.1:4711, 5 bytes \"\\x1b[2J\\n\": answered twice");
	assert_lab(LAB(.what = LAB_SETTINGS), "drop\x1b[2J\n\u202e\xff", "lab: settings drop^[[2J^J\\u202e\\xff");
	struct event nul = {.kind = EVENT_LAB, .size = 3, .data = "a\0b"};
	nul.lab = LAB(.what = LAB_TOOK, .protocol = PROTOCOL_TCP, .fd = 5, .bytes = 3, .whole = 3);
	assert_line(&nul, "lab: recv(5) took 3 bytes \"a\\x00b\"");
}

static void cuts_data(void **state)
{
	(void)state;
	assert_lab(LAB(.what = LAB_TOOK, .protocol = PROTOCOL_TCP, .fd = 5, .bytes = 33, .whole = 33),
		   "abcdefghijklmnopqrstuvwxyz0123456",
		   "lab: recv(5) took 33 bytes \"abcdefghijklmnopqrstuvwxyz012345\"...");
}

static void appends(void **state)
{
	(void)state;
	struct buf out = {0};
	struct event e = {.kind = EVENT_LAB, .lab = {.what = LAB_SETTINGS}};
	assert_int_equal(buf_append(&out, "# ", 2), 0);
	assert_int_equal(event_print_lab(&e, &out), 0);
	assert_int_equal(out.size, strlen("# lab: off"));
	assert_memory_equal(buf_bytes(&out), "# lab: off", out.size);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_settings),
		cmocka_unit_test(prints_fates),
		cmocka_unit_test(a_drop_ends_it),
		cmocka_unit_test(prints_parts_of_milliseconds),
		cmocka_unit_test(counts_bytes),
		cmocka_unit_test(prints_what_was_taken),
		cmocka_unit_test(prints_what_becomes_of_sockets),
		cmocka_unit_test(escapes),
		cmocka_unit_test(cuts_data),
		cmocka_unit_test(appends),
	};
	text_locale();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
