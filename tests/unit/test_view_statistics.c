/* Counts. */
#include "test_view_statistics.h"

static void assert_counts(const struct statistics *s, struct statistics_counts expected)
{
	assert_memory_equal(statistics_counts(s), &expected, sizeof expected);
}

/* --- Counts --- */

static void test_nothing(void **state)
{
	struct statistics_times t;
	assert_counts(*state, (struct statistics_counts){0});
	assert_int_equal(statistics_waiting(*state), 0);
	assert_false(statistics_times(*state, &t));
	statistics_free(NULL);
}

static void test_each_verdict_of_a_reply(void **state)
{
	struct statistics *s = *state;
	for (uint64_t i = 1; i <= 3; i++)
		say(s, i);
	assert_int_equal(statistics_waiting(s), 3);
	came(s, 1, VERDICT_RIGHT);
	came(s, 2, VERDICT_WRONG);
	came(s, 3, VERDICT_TRUNCATED);
	came(s, 1, VERDICT_DUPLICATE);
	came(s, 0, VERDICT_UNASKED);
	came(s, 0, VERDICT_STRANGER);
	assert_counts(s, (struct statistics_counts){
				 .sentences = 3,
				 .answered = 1,
				 .wrong = 1,
				 .truncated = 1,
				 .duplicates = 1,
				 .unasked = 1,
				 .strangers = 1,
				 .bytes_out = 15,
				 .bytes_in = 30,
			 });
	assert_int_equal(statistics_waiting(s), 0);
}

static void test_each_verdict_of_a_missing_one(void **state)
{
	struct statistics *s = *state;
	for (uint64_t i = 1; i <= 5; i++)
		say(s, i);
	missed(s, 1, VERDICT_TIMEOUT);
	missed(s, 2, VERDICT_CUT_SHORT);
	missed(s, 3, VERDICT_CANCELLED);
	missed(s, 4, VERDICT_REFUSED);
	take(s, EVENT_MISSING,
	     (struct event_talk){
		     .protocol = PROTOCOL_UDP, .verdict = VERDICT_UNSENT, .sentence = 5, .bytes = 5, .error = 90});
	assert_counts(s, (struct statistics_counts){
				 .sentences = 5,
				 .lost = 1,
				 .cut_short = 1,
				 .cancelled = 1,
				 .refused = 1,
				 .unsent = 1,
				 .bytes_out = 20,
			 });
	assert_int_equal(statistics_waiting(s), 0);
}

static void test_what_comes_late_is_lost_no_more(void **state)
{
	struct statistics *s = *state;
	static const enum event_verdict verdicts[] = {VERDICT_RIGHT, VERDICT_WRONG, VERDICT_TRUNCATED};
	for (uint64_t i = 0; i < 3; i++) {
		say(s, i + 1);
		missed(s, i + 1, VERDICT_TIMEOUT);
	}
	assert_int_equal(statistics_counts(s)->lost, 3);
	for (uint64_t i = 0; i < 3; i++) {
		take(s, EVENT_REPLY,
		     (struct event_talk){
			     .verdict = verdicts[i], .sentence = i + 1, .late = true, .bytes = 5, .rtt = 7});
		assert_int_equal(statistics_counts(s)->lost, 2 - i);
		assert_int_equal(statistics_waiting(s), 0);
	}
	assert_counts(s,
		      (struct statistics_counts){
			      .sentences = 3, .late = 1, .wrong = 1, .truncated = 1, .bytes_out = 15, .bytes_in = 15});
	struct statistics_times t;
	assert_true(statistics_times(s, &t)); /* of the right one */
	assert_int_equal(t.n, 1);
	assert_int_equal(t.max, 7);
}

/* A wrong reply was no answer, nor what was refused that sentence: the right one comes after all. */
static void test_a_verdict_that_is_taken_back(void **state)
{
	struct statistics *s = *state;
	static const enum event_verdict before[] = {VERDICT_WRONG, VERDICT_TRUNCATED};
	struct statistics_times times;
	for (uint64_t i = 1; i <= 4; i++)
		say(s, i);
	missed(s, 3, VERDICT_REFUSED);
	for (uint64_t i = 1; i <= 2; i++) {
		came(s, i, before[i - 1]);
		take(s, EVENT_REPLY,
		     (struct event_talk){
			     .verdict = VERDICT_RIGHT, .amends = before[i - 1], .sentence = i, .bytes = 5, .rtt = 7});
	}
	assert_int_equal(statistics_waiting(s), 1);
	take(s, EVENT_REPLY,
	     (struct event_talk){
		     .verdict = VERDICT_RIGHT, .amends = VERDICT_REFUSED, .late = true, .sentence = 3, .rtt = 8});
	came(s, 4, VERDICT_WRONG);
	take(s, EVENT_REPLY,
	     (struct event_talk){.verdict = VERDICT_TRUNCATED, .amends = VERDICT_WRONG, .sentence = 4, .bytes = 5});
	/* One of a sentence that was said before these figures began. */
	take(s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_RIGHT, .amends = VERDICT_WRONG, .sentence = 1});
	assert_counts(
		s, (struct statistics_counts){
			   .sentences = 4, .answered = 2, .late = 1, .truncated = 1, .bytes_out = 20, .bytes_in = 30});
	assert_int_equal(statistics_waiting(s), 0);
	assert_true(statistics_times(s, &times));
	assert_int_equal(times.n, 3);
	assert_int_equal(times.max, 8);
}

static void test_flags_of_replies(void **state)
{
	struct statistics *s = *state;
	for (uint64_t i = 1; i <= 4; i++)
		say(s, i);
	struct event_talk t = {.verdict = VERDICT_RIGHT, .sentence = 2, .out_of_order = true, .guess = GUESS_WHICH};
	take(s, EVENT_REPLY, t);
	t = (struct event_talk){.verdict = VERDICT_WRONG, .sentence = 1, .guess = GUESS_COPY, .pieces = 1};
	take(s, EVENT_REPLY, t);
	t = (struct event_talk){.verdict = VERDICT_RIGHT, .sentence = 3, .pieces = 2};
	take(s, EVENT_REPLY, t);
	t = (struct event_talk){.verdict = VERDICT_RIGHT, .sentence = 4, .joined = true, .pieces = 1};
	take(s, EVENT_REPLY, t);
	/* One that ends no sentence has none. */
	t = (struct event_talk){.verdict = VERDICT_DUPLICATE, .guess = GUESS_WHICH, .pieces = 3, .joined = true};
	take(s, EVENT_REPLY, t);
	assert_counts(s, (struct statistics_counts){
				 .sentences = 4,
				 .answered = 3,
				 .wrong = 1,
				 .duplicates = 1,
				 .out_of_order = 1,
				 .guessed = 2,
				 .in_pieces = 1,
				 .joined = 1,
				 .bytes_out = 20,
			 });
}

static void test_a_sentence_sent_again_is_the_same(void **state)
{
	struct statistics *s = *state;
	say(s, 1);
	take(s, EVENT_SENTENCE, (struct event_talk){.sentence = 1, .bytes = 5, .again = true});
	assert_counts(s, (struct statistics_counts){.sentences = 1, .bytes_out = 10});
	assert_int_equal(statistics_waiting(s), 1);
}

static void test_what_is_not_sent_yet(void **state)
{
	struct statistics *s = *state;
	struct event_talk queued = {.protocol = PROTOCOL_TCP, .sentence = 1, .bytes = 6, .queued = true};
	take(s, EVENT_SENTENCE, queued);
	queued.sentence = 2;
	take(s, EVENT_SENTENCE, queued);
	assert_counts(s, (struct statistics_counts){.sentences = 2, .queued = 2});
	assert_int_equal(statistics_waiting(s), 0);
	take(s, EVENT_SENTENCE,
	     (struct event_talk){.protocol = PROTOCOL_TCP, .sentence = 1, .bytes = 6, .unqueued = true});
	assert_counts(s, (struct statistics_counts){.sentences = 2, .queued = 1, .bytes_out = 6});
	assert_int_equal(statistics_waiting(s), 1);
	/* Given up before it was sent, it was not sent; and what was, is given up. */
	missed(s, 1, VERDICT_CANCELLED);
	take(s, EVENT_MISSING, (struct event_talk){.verdict = VERDICT_CANCELLED, .sentence = 2, .queued = true});
	assert_counts(s, (struct statistics_counts){.sentences = 2, .cancelled = 1, .unsent = 1, .bytes_out = 6});
	assert_int_equal(statistics_waiting(s), 0);
	/* Of what was said before these figures began only the bytes count. */
	take(s, EVENT_SENTENCE, (struct event_talk){.sentence = 3, .bytes = 4, .unqueued = true});
	take(s, EVENT_MISSING, (struct event_talk){.verdict = VERDICT_CANCELLED, .sentence = 4, .queued = true});
	assert_counts(s, (struct statistics_counts){.sentences = 2, .cancelled = 1, .unsent = 1, .bytes_out = 10});
}

static void test_bytes_on_the_wire(void **state)
{
	struct statistics *s = *state;
	/* Over TCP the newline went with it, or neither. */
	take(s, EVENT_SENTENCE, (struct event_talk){.protocol = PROTOCOL_TCP, .sentence = 1, .bytes = 6});
	take(s, EVENT_MISSING,
	     (struct event_talk){.protocol = PROTOCOL_TCP, .verdict = VERDICT_UNSENT, .sentence = 1, .bytes = 5});
	assert_int_equal(statistics_counts(s)->bytes_out, 0);
	/* What the other end said before the connection ended did come. */
	say(s, 2);
	struct event e =
		event_of(EVENT_MISSING, (struct event_talk){.verdict = VERDICT_CUT_SHORT, .sentence = 2}, "HEL");
	statistics_take(s, &e);
	assert_int_equal(statistics_counts(s)->bytes_in, 3);
	/* What has come of a reply that is late is told once more when all of it has. */
	say(s, 3);
	e = event_of(EVENT_MISSING, (struct event_talk){.verdict = VERDICT_TIMEOUT, .sentence = 3}, "HEL");
	statistics_take(s, &e);
	assert_int_equal(statistics_counts(s)->bytes_in, 3);
	/* What this end had no room for came as well. */
	say(s, 4);
	take(s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_TRUNCATED, .sentence = 4, .bytes = 4, .limit = 10});
	assert_int_equal(statistics_counts(s)->bytes_in, 13);
}

static void test_drops_add_up(void **state)
{
	struct statistics *s = *state;
	ask_kernel(s, (struct event_kernel){.why = KERNEL_DROPS, .protocol = PROTOCOL_UDP, .dropped = 3});
	ask_kernel(s, (struct event_kernel){.why = KERNEL_DROPS, .protocol = PROTOCOL_UDP, .dropped = 4});
	/* This one is since the socket was made. */
	ask_kernel(s, (struct event_kernel){
			      .why = KERNEL_SAMPLE, .protocol = PROTOCOL_UDP, .offered = KERNEL_DROPPED, .dropped = 7});
	assert_counts(s, (struct statistics_counts){.dropped = 7});
}

static void test_other_events_count_nothing(void **state)
{
	struct statistics *s = *state;
	struct event e = sentence("x");
	e.who = EVENT_SERVER;
	statistics_take(s, &e);
	e = state_of((struct event_state){.what = STATE_CLOSED, .waiting = 3}, "");
	statistics_take(s, &e);
	take(s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_TIMEOUT}); /* no reply's */
	assert_counts(s, (struct statistics_counts){0});
}

/* A series begins while replies to older sentences are still on their way. */
static void test_verdicts_of_sentences_said_before(void **state)
{
	struct statistics *s = *state;
	struct statistics_times t;
	came(s, 7, VERDICT_RIGHT);
	missed(s, 8, VERDICT_TIMEOUT);
	take(s, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_RIGHT, .sentence = 9, .late = true, .bytes = 5});
	assert_counts(s, (struct statistics_counts){.bytes_in = 10});
	assert_int_equal(statistics_waiting(s), 0);
	assert_false(statistics_times(s, &t));
	say(s, 10);
	assert_int_equal(statistics_waiting(s), 1);
}

static void test_clear(void **state)
{
	struct statistics *s = *state;
	struct statistics_times t;
	answer(s, 1, 100);
	statistics_clear(s);
	assert_counts(s, (struct statistics_counts){0});
	assert_false(statistics_times(s, &t));
	answer(s, 1, 5);
	assert_true(statistics_times(s, &t));
	assert_int_equal(t.n, 1);
	assert_int_equal(t.max, 5);
	assert_int_equal(t.p99, 5);
}

/* --- Counts of random conversations --- */

enum { ROUNDS = 40, STEPS = 2000, SENTENCES = 64 };

/* What became of each of the sentences that are followed at a time. */
enum fate { FREE, WAITING, LOST };

struct truth {
	enum fate fate[SENTENCES];
	struct statistics_counts counts;
	uint64_t waiting;
};

static void end_right_or_not(struct statistics *s, struct truth *t, uint64_t i, bool late, uint64_t dice)
{
	static const enum event_verdict verdicts[] = {VERDICT_RIGHT, VERDICT_WRONG, VERDICT_TRUNCATED};
	struct event_talk talk = {.verdict = verdicts[dice % 3], .sentence = i + 1, .late = late, .bytes = dice % 9};
	talk.out_of_order = dice >> 8 & 1;
	talk.joined = dice >> 9 & 1;
	talk.pieces = 1 + (dice >> 10 & 1);
	talk.guess = dice >> 11 & 1 ? GUESS_WHICH : GUESS_NONE;
	t->counts.out_of_order += talk.out_of_order;
	t->counts.joined += talk.joined;
	t->counts.in_pieces += talk.pieces - 1;
	t->counts.guessed += talk.guess;
	t->counts.bytes_in += talk.bytes;
	switch (talk.verdict) {
	case VERDICT_WRONG:
		t->counts.wrong++;
		break;
	case VERDICT_TRUNCATED:
		t->counts.truncated++;
		break;
	default:
		*(late ? &t->counts.late : &t->counts.answered) += 1;
	}
	if (late)
		t->counts.lost--;
	else
		t->waiting--;
	t->fate[i] = FREE;
	take(s, EVENT_REPLY, talk);
}

static void end_missing(struct statistics *s, struct truth *t, uint64_t i, uint64_t dice)
{
	static const enum event_verdict verdicts[] = {VERDICT_TIMEOUT, VERDICT_TIMEOUT, VERDICT_CUT_SHORT,
						      VERDICT_UNSENT,  VERDICT_REFUSED, VERDICT_CANCELLED};
	enum event_verdict why = verdicts[dice % 6];
	t->waiting--;
	t->fate[i] = why == VERDICT_TIMEOUT ? LOST : FREE;
	t->counts.lost += why == VERDICT_TIMEOUT;
	t->counts.cut_short += why == VERDICT_CUT_SHORT;
	t->counts.unsent += why == VERDICT_UNSENT;
	t->counts.refused += why == VERDICT_REFUSED;
	t->counts.cancelled += why == VERDICT_CANCELLED;
	t->counts.bytes_out -= why == VERDICT_UNSENT ? 5 : 0;
	struct event_talk talk = {.protocol = PROTOCOL_UDP, .verdict = why, .sentence = i + 1};
	talk.bytes = why == VERDICT_UNSENT ? 5 : 0;
	take(s, EVENT_MISSING, talk);
}

static void end_nothing(struct statistics *s, struct truth *t, uint64_t dice)
{
	static const enum event_verdict verdicts[] = {VERDICT_DUPLICATE, VERDICT_UNASKED, VERDICT_STRANGER};
	came(s, 1, verdicts[dice % 3]);
	uint64_t *counts[] = {&t->counts.duplicates, &t->counts.unasked, &t->counts.strangers};
	*counts[dice % 3] += 1;
	t->counts.bytes_in += 5;
}

static void step(struct statistics *s, struct truth *t, uint64_t dice)
{
	uint64_t i = dice % SENTENCES, more = dice >> 16;
	if (dice >> 60 == 0) {
		end_nothing(s, t, more);
	} else if (t->fate[i] == FREE) {
		say(s, i + 1);
		t->fate[i] = WAITING;
		t->waiting++;
		t->counts.sentences++;
		t->counts.bytes_out += 5;
	} else if (t->fate[i] == WAITING && more % 2) {
		end_missing(s, t, i, more >> 1);
	} else {
		end_right_or_not(s, t, i, t->fate[i] == LOST, more >> 1);
	}
}

static void test_each_sentence_ends_in_exactly_one(void **state)
{
	for (uint64_t seed = 0; seed < ROUNDS; seed++) {
		struct statistics *s = *state;
		struct truth t = {0};
		statistics_clear(s);
		for (uint64_t i = 0; i < STEPS; i++) {
			step(s, &t, random_at(seed, i));
			assert_counts(s, t.counts);
			assert_int_equal(statistics_waiting(s), t.waiting);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing, begin, end),
		cmocka_unit_test_setup_teardown(test_each_verdict_of_a_reply, begin, end),
		cmocka_unit_test_setup_teardown(test_each_verdict_of_a_missing_one, begin, end),
		cmocka_unit_test_setup_teardown(test_what_comes_late_is_lost_no_more, begin, end),
		cmocka_unit_test_setup_teardown(test_a_verdict_that_is_taken_back, begin, end),
		cmocka_unit_test_setup_teardown(test_flags_of_replies, begin, end),
		cmocka_unit_test_setup_teardown(test_a_sentence_sent_again_is_the_same, begin, end),
		cmocka_unit_test_setup_teardown(test_what_is_not_sent_yet, begin, end),
		cmocka_unit_test_setup_teardown(test_bytes_on_the_wire, begin, end),
		cmocka_unit_test_setup_teardown(test_drops_add_up, begin, end),
		cmocka_unit_test_setup_teardown(test_other_events_count_nothing, begin, end),
		cmocka_unit_test_setup_teardown(test_verdicts_of_sentences_said_before, begin, end),
		cmocka_unit_test_setup_teardown(test_clear, begin, end),
		cmocka_unit_test_setup_teardown(test_each_sentence_ends_in_exactly_one, begin, end),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
