/* Datagrams that were cut, at this end or at the other, and empty ones: what is said of each. */
#include "test_session.h"

/* --- Replies that were cut --- */

static void cut_at_this_end(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "help", "hello", "hellos");
	receive_cut(&t, "HELL", 5);
	assert_int_equal(t.last.limit, 5);
	assert_int_equal(t.last.bytes, 4);
	receive_cut(&t, "HELL", 6);
	receive_cut(&t, "HEL", 4);
	expect(&t, "reply 2 truncated \"HELL\"\nreply 3 truncated \"HELL\"\nreply 1 behind truncated \"HEL\"\n");
	receive_cut(&t, "HELL", 5);
	assert_int_equal(t.last.limit, 5);
	receive_cut(&t, "HELL", 7);
	assert_int_equal(t.last.limit, 7);
	expect(&t, "reply 2 duplicate \"HELL\"\nreply unasked \"HELL\"\n");
	end_talk(&t);
}

/* One that is cut cannot be right, though what is there would be. */
static void cut_is_never_whole(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "hell");
	receive_cut(&t, "HELL", 5);
	assert_int_equal(t.last.limit, 5);
	SAY(&t, "b");
	receive_cut(&t, "B\n", 3);
	expect(&t, "reply 2 wrong \"B\\0a\"\n");
	end_talk(&t);
}

static void cut_and_fits_nothing(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	struct endpoint other = here;
	other.port++;
	SAY(&t, "hello");
	assert_int_equal(session_received(t.s, "HELL", 4, 5, &other, t.now), 0);
	assert_int_equal(t.last.limit, 5);
	receive_cut(&t, "HELP", 5);
	assert_int_equal(t.last.limit, 5);
	assert_int_equal(t.last.bytes, 4);
	expect(&t, "reply stranger \"HELL\"\nreply 1 wrong \"HELP\"\n");
	SAY(&t, "hello", "ho");
	receive_cut(&t, "HELL", 50);
	assert_int_equal(t.last.limit, 50);
	expect(&t, "reply 2 wrong which \"HELL\"\n");
	end_talk(&t);
}

static void cut_one_of_several(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "hello", "help!", "other");
	receive_cut(&t, "HEL", 5);
	receive_cut(&t, "HEL", 5);
	receive_cut(&t, "OTH", 5);
	receive_cut(&t, "HEL", 5);
	expect(&t, "reply 1 truncated which \"HEL\"\nreply 2 truncated copy \"HEL\"\nreply 3 truncated \"OTH\"\n"
		   "reply 1 duplicate which \"HEL\"\n");
	end_talk(&t);
}

static void cut_at_the_other_end(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "bye", "hello", "help", "hell");
	receive(&t, "HELL");
	assert_int_equal(t.last.limit, 0);
	receive(&t, "HELL");
	assert_int_equal(t.last.limit, 0);
	expect(&t, "reply 4 right \"HELL\"\nreply 4 duplicate which \"HELL\"\n");
	receive(&t, "HEL");
	assert_int_equal(t.last.limit, 0);
	receive(&t, "HEL");
	receive(&t, "HE");
	expect(&t, "reply 2 behind truncated which \"HEL\"\nreply 3 behind truncated copy \"HEL\"\n"
		   "reply 1 behind wrong \"HE\"\n");
	end_talk(&t);
}

/* What came before is a copy, although it is the beginning of what others expect. */
static void copy_that_is_a_beginning(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_SECOND);
	SAY(&t, "1", "10", "100");
	receive(&t, "1");
	receive(&t, "1");
	receive(&t, "10");
	receive(&t, "1");
	receive(&t, "10");
	expect(&t, "reply 1 right \"1\"\nreply 1 duplicate which \"1\"\nreply 2 right \"10\"\n"
		   "reply 1 duplicate which \"1\"\nreply 2 duplicate which \"10\"\n");
	receive(&t, "100");
	receive(&t, "10");
	expect(&t, "reply 3 right \"100\"\nreply 2 duplicate \"10\"\n");
	SAY(&t, "xy", "xyz");
	receive(&t, "XY");
	pass(&t);
	buf_clear(&t.log);
	receive(&t, "XY");
	receive(&t, "XYZ");
	receive(&t, "XY");
	expect(&t, "reply 4 duplicate which \"XY\"\nreply 5 late right \"XYZ\"\nreply 4 duplicate \"XY\"\n");
	end_talk(&t);
}

/* A copy of a truncated reply is nobody else's wrong one. */
static void copy_of_a_truncated_reply(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "hello", "world");
	receive(&t, "HELL");
	receive(&t, "HELL");
	receive(&t, "WORL");
	expect(&t, "reply 1 truncated \"HELL\"\nreply 1 duplicate \"HELL\"\nreply 2 truncated \"WORL\"\n");
	SAY(&t, "hello");
	receive(&t, "HELL");
	expect(&t, "reply 3 truncated copy \"HELL\"\n");
	end_talk(&t);
}

/* An equal sentence was answered as a whole; of that one this may be a copy, for which there was less room. */
static void truncated_copy_of_a_whole_reply(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "hello");
	receive(&t, "HELLO");
	SAY(&t, "hello");
	receive_cut(&t, "HEL", 5);
	expect(&t, "reply 2 truncated copy \"HEL\"\n");
	end_talk(&t);
}

static void truncated_and_late(void **state)
{
	(void)state;
	struct talk t;
	char text[200], upper[200];
	begin_udp(&t, CLOCK_SECOND);
	memset(text, 'x', sizeof text - 1);
	memset(upper, 'X', sizeof upper - 1);
	text[199] = upper[199] = '\0';
	SAY(&t, "hello", "held up", text);
	while (session_waiting(t.s))
		pass(&t);
	buf_clear(&t.log);
	SAY(&t, "help");
	receive_cut(&t, "HEL", 5);
	receive(&t, "HEL");
	receive(&t, "HEL");
	expect(&t, "reply 1 late truncated \"HEL\"\nreply 4 truncated which \"HEL\"\nreply 2 late truncated copy "
		   "\"HEL\"\n");
	upper[150] = '\0'; /* more than is kept of a reply that is late */
	receive_cut(&t, upper, 199);
	expect(&t, "reply 3 late truncated <150>\n");
	end_talk(&t);
}

static void empty_datagrams(void **state)
{
	(void)state;
	struct talk t;
	begin_udp(&t, CLOCK_NEVER);
	SAY(&t, "a", "", "b");
	receive(&t, "");
	receive(&t, "");
	expect(&t, "reply 2 right \"\"\nreply 2 duplicate \"\"\n");
	end_talk(&t);
	begin_udp(&t, CLOCK_SECOND);
	SAY(&t, "a");
	receive_bytes(&t, NULL, 0); /* the beginning of anything, and so of nothing */
	expect(&t, "reply 1 wrong \"\"\n");
	receive_bytes(&t, NULL, 0);
	expect(&t, "reply 1 duplicate \"\"\n");
	SAY(&t, "");
	receive(&t, "\n");
	expect(&t, "reply 2 right copy \"\\0a\"\n");
	SAY(&t, "c");
	pass(&t);
	buf_clear(&t.log);
	assert_int_equal(session_received(t.s, NULL, 0, 1, &here, t.now), 0); /* no room at all */
	expect(&t, "reply 3 late truncated which \"\"\n");                    /* or 1, if that was not its answer */
	end_talk(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_at_this_end),           cmocka_unit_test(cut_is_never_whole),
		cmocka_unit_test(cut_and_fits_nothing),      cmocka_unit_test(cut_one_of_several),
		cmocka_unit_test(cut_at_the_other_end),      cmocka_unit_test(copy_that_is_a_beginning),
		cmocka_unit_test(copy_of_a_truncated_reply), cmocka_unit_test(truncated_copy_of_a_whole_reply),
		cmocka_unit_test(truncated_and_late),        cmocka_unit_test(empty_datagrams),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
