/* Out of memory: the call says so, nothing is said by halves, and the session goes on. */
#include "test_memory.h"
#include "test_session.h"

/* The log of what is told is not to suffer: it has its memory before. */
static void begin(struct talk *t, enum protocol protocol)
{
	begin_talk(t, protocol, CLOCK_SECOND);
	assert_non_null(buf_reserve(&t->log, 4096));
	assert_non_null(buf_reserve(&t->wire, 4096));
	open_it(t);
}

static void no_session(void **state)
{
	(void)state;
	fail_after(0);
	struct session *s = session_new(PROTOCOL_UDP, CLOCK_NEVER, hear, NULL);
	fail_no_more();
	assert_null(s);
}

/* No room for the uppercase; that there is, but not for the sentence; for that too, but not for its place. */
static void sentence_is_missing_at_once(void **state)
{
	(void)state;
	static const int succeed[] = {0, 1, 1};
	struct talk t;
	begin(&t, PROTOCOL_UDP);
	for (size_t i = 0; i < COUNT(succeed); i++) {
		fail_after(succeed[i]);
		int result = session_say(t.s, "a", 1, (struct series){SERIES_NONE, 0}, t.now);
		assert_int_equal(fail_no_more(), result == -1);
		assert_int_equal(result, -1);
		assert_int_equal(session_waiting(t.s), 0);
	}
	say(&t, "a");
	send_all(&t);
	receive(&t, "A");
	expect(&t, "say 1 \"a\"\nmissing 1 unsent ENOMEM \"\"\nsay 2 \"a\"\nmissing 2 unsent ENOMEM \"\"\nsay 3 \"a\"\n"
		   "missing 3 unsent ENOMEM \"\"\nsay 4 \"a\"\nreply 4 right \"A\"\n");
	end_talk(&t);
}

static void bytes_of_a_stream_are_lost(void **state)
{
	(void)state;
	struct talk t;
	begin(&t, PROTOCOL_TCP);
	say(&t, "a");
	send_all(&t);
	fail_after(0);
	int result = session_received(t.s, "A\n", 2, 2, &here, t.now);
	assert_int_equal(fail_no_more(), result == -1);
	assert_int_equal(result, -1);
	expect(&t, "say 1 \"a\"\n");
	receive(&t, "A\n");
	expect(&t, "reply 1 right \"A\"\n");
	end_talk(&t);
}

/* What cannot be remembered is nobody's when it comes, or comes again. */
static void datagrams_are_forgotten(void **state)
{
	(void)state;
	struct talk t;
	begin(&t, PROTOCOL_UDP);
	say(&t, "a");
	say(&t, "b");
	send_all(&t);
	fail_after(0);
	receive(&t, "A");
	pass(&t);
	receive(&t, "A");
	receive(&t, "B");
	fail_no_more();
	expect(&t, "say 1 \"a\"\nsay 2 \"b\"\nreply 1 right \"A\"\nmissing 2 timeout \"\"\nreply unasked \"A\"\n"
		   "reply unasked \"B\"\n");
	end_talk(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_session),
		cmocka_unit_test(sentence_is_missing_at_once),
		cmocka_unit_test(bytes_of_a_stream_are_lost),
		cmocka_unit_test(datagrams_are_forgotten),
	};
	return run_memory_tests("session memory", tests, NULL);
}
