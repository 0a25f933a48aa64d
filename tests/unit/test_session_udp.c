/* Sentences and replies as datagrams, which may be lost, doubled, late and out of order. */
#include "test_session.h"

enum { DATAGRAM_MAX = 65507 }; /* bytes of the longest over IPv4 */

static void say_and_send(struct talk *t, const char *text)
{
	say(t, text);
	send_all(t);
}

static void datagram_and_reply(void **state)
{
	(void)state;
	struct talk t;
	begin_talk(&t, PROTOCOL_UDP, 2 * CLOCK_SECOND);
	say(&t, "hello");
	assert_int_equal(t.last.bytes, 5);
	assert_false(session_wants_connection(t.s));
	assert_false(send_some(&t, 0));
	expect_no_deadline(&t);
	open_it(&t);
	send_all(&t);
	expect_wire(&t, "hello");
	assert_int_equal(session_deadline(t.s), t.now + 2 * CLOCK_SECOND);
	t.now += 9;
	receive(&t, "HELLO");
	expect(&t, "say 1 \"hello\"\nreply 1 right \"HELLO\"\n");
	assert_int_equal(t.last.bytes, 5);
	assert_int_equal(t.last.rtt, 9);
	assert_int_equal(t.last.pieces, 1);
	assert_true(endpoint_equal(&t.last.from, &here));
	assert_int_equal(session_waiting(t.s), 0);
	expect_no_deadline(&t);
	end_talk(&t);
}

/* nc sends the newline, too, of what is typed into it. */
static void newline_at_the_end_is_overlooked(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	say_and_send(&t, "a");
	say_and_send(&t, "b");
	receive(&t, "B\n");
	receive(&t, "A\n");
	receive(&t, "A\n");
	expect(&t, "say 1 \"a\"\nsay 2 \"b\"\nreply 2 right \"B\\0a\"\nreply 1 behind right \"A\\0a\"\n"
		   "reply 1 duplicate \"A\\0a\"\n");
	say_and_send(&t, "c\n"); /* one that belongs there still counts */
	receive(&t, "C\n");
	expect(&t, "say 3 \"c\\0a\"\nreply 3 right \"C\\0a\"\n");
	end_talk(&t);
}

static void empty_and_longest_datagram(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	const void *data;
	size_t n = 1;
	say(&t, "");
	assert_true(session_output(t.s, &data, &n));
	assert_int_equal(n, 0);
	send_all(&t);
	receive_bytes(&t, NULL, 0);
	expect(&t, "say 1 \"\"\nreply 1 right \"\"\n");
	char *text = calloc(1, DATAGRAM_MAX);
	say_bytes(&t, text, DATAGRAM_MAX);
	send_all(&t);
	assert_int_equal(t.wire.size, DATAGRAM_MAX);
	receive_bytes(&t, text, DATAGRAM_MAX);
	expect(&t, "say 2 <65507>\nreply 2 right <65507>\n");
	free(text);
	end_talk(&t);
}

static void too_long_a_datagram(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	session_unsendable(t.s, EMSGSIZE, t.now); /* nothing to be sent: nothing happens */
	char *text = calloc(1, SESSION_SENTENCE_MAX + 1);
	say_and_send(&t, "a");
	say_bytes(&t, text, DATAGRAM_MAX + 1);
	say(&t, "b");
	session_unsendable(t.s, EMSGSIZE, t.now);
	assert_int_equal(t.last.bytes, DATAGRAM_MAX + 1);
	assert_int_equal(t.last.limit, DATAGRAM_MAX);
	session_unsendable(t.s, ECONNREFUSED, t.now);
	assert_int_equal(t.last.limit, 0);
	expect(&t, "say 1 \"a\"\nsay 2 <65508>\nsay 3 \"b\"\n"
		   "missing 2 unsent EMSGSIZE \"\"\nmissing 3 unsent ECONNREFUSED \"\"\n");
	say_bytes(&t, text, SESSION_SENTENCE_MAX + 1); /* no datagram could ever hold it */
	assert_int_equal(t.last.limit, DATAGRAM_MAX);
	expect(&t, "say 4 <1048577>\nmissing 4 unsent EMSGSIZE \"\"\n");
	receive(&t, "A");
	expect(&t, "reply 1 right \"A\"\n");
	const struct endpoint six = {.family = 6, .address = {[15] = 1}, .port = 12000};
	session_opened(t.s, &six);
	say_bytes(&t, text, DATAGRAM_MAX + 1);
	session_unsendable(t.s, EMSGSIZE, t.now);
	assert_int_equal(t.last.limit, 65527);
	free(text);
	end_talk(&t);
}

static void window_is_bounded(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	char text[16];
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof text, "a%d", i);
		say(&t, text);
	}
	send_all(&t);
	assert_int_equal(t.sends, SESSION_UDP_AHEAD);
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof text, "A%d", i);
		receive(&t, text);
		assert_int_equal(t.last.verdict, VERDICT_RIGHT);
		send_all(&t);
	}
	assert_int_equal(t.sends, 100);
	end_talk(&t);
}

static void replies_out_of_order(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	say_and_send(&t, "a");
	t.now += 5;
	say_and_send(&t, "b");
	say_and_send(&t, "a");
	t.now += 5;
	receive(&t, "B");
	assert_int_equal(t.last.rtt, 5);
	receive(&t, "A");
	assert_int_equal(t.last.rtt, 10);
	receive(&t, "A");
	assert_int_equal(t.last.rtt, 5);
	expect(&t, "say 1 \"a\"\nsay 2 \"b\"\nsay 3 \"a\"\n"
		   "reply 2 right \"B\"\nreply 1 behind right which \"A\"\nreply 3 right copy \"A\"\n");
	end_talk(&t);
}

static void wrong_reply_is_the_oldest_ones(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	receive(&t, "hm");
	say_and_send(&t, "a");
	say_and_send(&t, "b");
	receive(&t, "a");
	receive(&t, "A"); /* so that was not the answer */
	receive(&t, "B");
	expect(&t, "reply unasked \"hm\"\nsay 1 \"a\"\nsay 2 \"b\"\n"
		   "reply 1 wrong which \"a\"\nreply 1 right amends wrong \"A\"\nreply 2 right \"B\"\n");
	end_talk(&t);
}

static void copy_of_an_answer(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	say_and_send(&t, "a");
	receive(&t, "A");
	receive(&t, "A");
	say_and_send(&t, "b");
	receive(&t, "A");
	receive(&t, "B");
	expect(&t, "say 1 \"a\"\nreply 1 right \"A\"\nreply 1 duplicate \"A\"\n"
		   "say 2 \"b\"\nreply 1 duplicate \"A\"\nreply 2 right \"B\"\n");
	end_talk(&t);
}

static void only_recent_answers_are_known(void **state)
{
	(void)state;
	struct talk t;
	char text[16];
	begin_udp(&t, CLOCK_NEVER);
	for (int i = 0; i <= SESSION_UDP_ANSWERED; i++) {
		snprintf(text, sizeof text, "%d", i);
		say_and_send(&t, text);
		receive(&t, text);
	}
	buf_clear(&t.log);
	say_and_send(&t, "x");
	receive(&t, "1");
	receive(&t, "0");
	expect(&t, "say 1026 \"x\"\nreply 2 duplicate \"1\"\nreply 1026 wrong \"0\"\n");
	end_talk(&t);
}

static void strangers(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	struct endpoint other = here;
	other.port++;
	say_and_send(&t, "a");
	assert_int_equal(session_received(t.s, "A", 1, 1, &other, t.now), 0);
	assert_true(endpoint_equal(&t.last.from, &other));
	assert_int_equal(session_waiting(t.s), 1);
	assert_int_equal(session_received(t.s, "A", 1, 1, NULL, t.now), 0);
	expect(&t, "say 1 \"a\"\nreply stranger \"A\"\nreply 1 right \"A\"\n");
	end_talk(&t);
}

static void timeout_and_late_reply(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	uint64_t start = t.now;
	say_and_send(&t, "a");
	t.now += 1;
	say_and_send(&t, "b");
	t.now = start + CLOCK_SECOND - 1;
	session_tick(t.s, t.now);
	expect(&t, "say 1 \"a\"\nsay 2 \"b\"\n");
	pass(&t);
	assert_int_equal(t.now, start + CLOCK_SECOND);
	expect(&t, "missing 1 timeout \"\"\n");
	assert_int_equal(t.last.limit, CLOCK_SECOND);
	assert_int_equal(session_waiting(t.s), 1);
	receive(&t, "A");
	assert_int_equal(t.last.rtt, CLOCK_SECOND);
	receive(&t, "A");
	expect(&t, "reply 1 late right \"A\"\nreply 1 duplicate \"A\"\n");
	pass(&t);
	receive(&t, "what");
	receive(&t, "B");
	expect(&t, "missing 2 timeout \"\"\nreply unasked \"what\"\nreply 2 late right \"B\"\n");
	end_talk(&t);
}

/* An answer that two sentences wait for, one of them overdue, is the younger one's, which still waits. */
static void answer_is_not_late_while_one_waits(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	say_and_send(&t, "a");
	pass(&t);
	say_and_send(&t, "a");
	receive(&t, "A");
	receive(&t, "A");
	expect(&t, "say 1 \"a\"\nmissing 1 timeout \"\"\nsay 2 \"a\"\nreply 2 right which \"A\"\n"
		   "reply 1 late right copy \"A\"\n");
	end_talk(&t);
}

static void lost_datagrams_make_room(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	enum { SENTENCES = 1100 };
	char text[16];
	for (int i = 1; i <= SENTENCES; i++) {
		snprintf(text, sizeof text, "a%04d", i);
		say(&t, text);
	}
	send_all(&t);
	while (session_waiting(t.s)) {
		pass(&t);
		send_all(&t);
	}
	assert_int_equal(t.sends, SENTENCES);
	buf_clear(&t.log);
	receive(&t, "A0076"); /* 1,024 are remembered */
	receive(&t, "A0077");
	receive(&t, "A1100");
	expect(&t, "reply unasked \"A0076\"\nreply 77 late right \"A0077\"\nreply 1100 late right \"A1100\"\n");
	end_talk(&t);
}

static void give_up_and_go_on(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	say_and_send(&t, "a");
	assert_false(end_it(&t, 0));
	say(&t, "b");
	assert_false(send_some(&t, 0));
	session_give_up(t.s, VERDICT_CANCELLED, 0, t.now);
	expect(&t, "say 1 \"a\"\nmissing 1 cut \"\"\nsay 2 \"b\"\nmissing 2 cancelled \"\"\n");
	expect_no_deadline(&t);
	say(&t, "c");
	assert_false(send_some(&t, 0));
	open_it(&t);
	send_all(&t);
	receive(&t, "A");
	assert_int_equal(t.last.verdict, VERDICT_WRONG);
	end_talk(&t);
}

/* --- A network that we know all about, and what the session makes of it --- */

enum { SENTENCES = 500, TIMEOUT = 50, SLOWEST = 150, PACE = 4, COPY_AFTER = 20 }; /* times: ms */

struct packet {
	int sentence; /* counts from 1 */
	uint64_t arrives;
};

struct model {
	struct talk t;
	uint64_t seed;
	struct ring packets;                   /* on their way, of struct packet */
	uint64_t sent[SENTENCES + 1];          /* when */
	enum event_verdict now[SENTENCES + 1]; /* the verdict so far; 0: none */
	bool told[SENTENCES + 1];              /* its reply came */
	int next;                              /* sentence to be sent */
};

static void launch(struct model *m, int sentence, uint64_t arrives)
{
	struct packet *p = ring_push(&m->packets);
	assert_non_null(p);
	*p = (struct packet){.sentence = sentence, .arrives = arrives};
}

/* One in eight is lost, one in eight is doubled, and one in eight is slow. */
static void transmit(struct model *m)
{
	while (send_some(&m->t, SIZE_MAX)) {
		int i = m->next++;
		m->sent[i] = m->t.now;
		size_t fate = chance(&m->seed, 8);
		uint64_t arrives = m->t.now + chance(&m->seed, fate == 2 ? SLOWEST : TIMEOUT / 2) * CLOCK_MS;
		if (fate != 0)
			launch(m, i, arrives);
		if (fate == 1)
			launch(m, i, arrives + chance(&m->seed, COPY_AFTER) * CLOCK_MS);
	}
}

/* The reply comes: what must the session say of it? */
static void arrive(struct model *m, int i)
{
	char text[32];
	snprintf(text, sizeof text, "SENTENCE %d", i);
	receive(&m->t, text);
	const struct event_talk *said = &m->t.last;
	if (m->told[i]) {
		assert_int_equal(said->verdict, VERDICT_DUPLICATE);
		assert_int_equal(said->sentence, i);
		return;
	}
	m->told[i] = true;
	assert_int_equal(said->verdict, VERDICT_RIGHT);
	assert_int_equal(said->sentence, i);
	assert_int_equal(said->rtt, m->t.now - m->sent[i]);
	assert_int_equal(said->late, m->now[i] == VERDICT_TIMEOUT);
	if (!m->now[i])
		m->now[i] = VERDICT_RIGHT;
}

static void deliver(struct model *m)
{
	for (size_t i = 0; i < m->packets.count;) {
		struct packet p = *(struct packet *)ring_at(&m->packets, i);
		if (p.arrives > m->t.now) {
			i++;
			continue;
		}
		ring_remove(&m->packets, i);
		arrive(m, p.sentence);
	}
}

/* Those that are due are reported missing, and no others. */
static void expire(struct model *m)
{
	uint64_t before = m->t.events, due = 0;
	for (int i = 1; i < m->next; i++) {
		if (m->now[i] || m->sent[i] + TIMEOUT * CLOCK_MS > m->t.now)
			continue;
		m->now[i] = VERDICT_TIMEOUT;
		due++;
	}
	assert_int_equal(session_deadline(m->t.s) <= m->t.now, due > 0);
	session_tick(m->t.s, m->t.now);
	assert_int_equal(m->t.events - before, due);
}

static void run_model(uint64_t seed)
{
	struct model *m = calloc(1, sizeof *m);
	m->seed = seed;
	m->next = 1;
	m->packets = RING_OF(struct packet);
	begin_udp(&m->t, TIMEOUT * CLOCK_MS);
	m->t.verdicts = calloc(SENTENCES + 1, 1);
	int said = 0;
	while (said < SENTENCES || session_waiting(m->t.s) || m->packets.count) {
		if (said < SENTENCES && chance(&m->seed, PACE) == 0) {
			char text[32];
			snprintf(text, sizeof text, "sentence %d", ++said);
			say(&m->t, text);
		}
		transmit(m);
		deliver(m);
		expire(m);
		m->t.now += CLOCK_MS;
	}
	for (int i = 1; i <= SENTENCES; i++)
		assert_int_equal(m->t.verdicts[i], 1);
	expect_no_deadline(&m->t);
	ring_free(&m->packets);
	end_talk(&m->t);
	free(m);
}

static void bad_network(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++)
		run_model(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagram_and_reply),
		cmocka_unit_test(newline_at_the_end_is_overlooked),
		cmocka_unit_test(empty_and_longest_datagram),
		cmocka_unit_test(too_long_a_datagram),
		cmocka_unit_test(window_is_bounded),
		cmocka_unit_test(replies_out_of_order),
		cmocka_unit_test(wrong_reply_is_the_oldest_ones),
		cmocka_unit_test(copy_of_an_answer),
		cmocka_unit_test(only_recent_answers_are_known),
		cmocka_unit_test(strangers),
		cmocka_unit_test(timeout_and_late_reply),
		cmocka_unit_test(answer_is_not_late_while_one_waits),
		cmocka_unit_test(lost_datagrams_make_room),
		cmocka_unit_test(give_up_and_go_on),
		cmocka_unit_test(bad_network),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
