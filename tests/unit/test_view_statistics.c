/* Counts, times, and the summary. */
#include "test_view_statistics.h"

#include <stdio.h>

static int begin(void **state)
{
	*state = statistics_new();
	return *state ? 0 : -1;
}

static int end(void **state)
{
	statistics_free(*state);
	return 0;
}

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

/* --- Times --- */

static struct statistics_times times_of(struct statistics *s, const uint64_t *times, size_t n)
{
	struct statistics_times t;
	statistics_clear(s);
	for (size_t i = 0; i < n; i++)
		answer(s, i + 1, times[i]);
	assert_true(statistics_times(s, &t));
	assert_int_equal(t.n, n);
	return t;
}

static void assert_times(struct statistics_times t, uint64_t min, uint64_t avg, uint64_t max, uint64_t mdev)
{
	assert_int_equal(t.min, min);
	assert_int_equal(t.avg, avg);
	assert_int_equal(t.max, max);
	assert_int_equal(t.mdev, mdev);
}

static void test_mean_and_deviation(void **state)
{
	assert_times(times_of(*state, (uint64_t[]){42}, 1), 42, 42, 42, 0);
	assert_times(times_of(*state, (uint64_t[]){0, 0}, 2), 0, 0, 0, 0);
	/* The textbook's example of a population with a deviation of 2. */
	assert_times(times_of(*state, (uint64_t[]){2, 4, 4, 4, 5, 5, 7, 9}, 8), 2, 5, 9, 2);
	assert_times(times_of(*state, (uint64_t[]){300, 100, 200}, 3), 100, 200, 300, 82); /* root of 20000 / 3 */
	assert_times(times_of(*state, (uint64_t[]){1000000000, 1000000001}, 2), 1000000000, 1000000001, 1000000001, 1);
}

/* As exact as the least precise of long doubles, such as valgrind's, can be. */
static void assert_near(uint64_t value, uint64_t expected)
{
	uint64_t off = value > expected ? value - expected : expected - value;
	assert_true(off <= expected >> 50);
}

static void test_times_whose_sum_is_too_great(void **state)
{
	const uint64_t huge = INT64_MAX, half = UINT64_C(1) << 62;
	struct statistics_times t = times_of(*state, (uint64_t[]){huge, huge, huge, huge}, 4);
	assert_near(t.avg, huge);
	assert_int_equal(t.mdev, 0);
	t = times_of(*state, (uint64_t[]){huge, 1, huge, 1}, 4);
	assert_int_equal(t.min, 1);
	assert_int_equal(t.max, huge);
	assert_near(t.avg, half);
	assert_near(t.mdev, half);
	t = times_of(*state, (uint64_t[]){UINT64_MAX, UINT64_MAX}, 2);
	assert_near(t.avg, UINT64_MAX);
	assert_int_equal(t.mdev, 0);
}

/* Against a plain two-pass computation. */
static void test_many_times(void **state)
{
	enum { N = 5000 };
	uint64_t *times = malloc(N * sizeof *times), sum = 0;
	double squares = 0;
	for (uint64_t i = 0; i < N; i++)
		sum += times[i] = 1000000000 + random_at(7, i) % 1000;
	for (size_t i = 0; i < N; i++)
		squares += ((double)times[i] - (double)sum / N) * ((double)times[i] - (double)sum / N);
	struct statistics_times t = times_of(*state, times, N);
	assert_int_equal(t.avg, (sum + N / 2) / N);
	double deviation = (double)t.mdev;
	assert_true((deviation - 0.51) * (deviation - 0.51) * N < squares);
	assert_true((deviation + 0.51) * (deviation + 0.51) * N > squares);
	free(times);
}

static void assert_percentiles(struct statistics_times t, uint64_t p50, uint64_t p90, uint64_t p99)
{
	assert_int_equal(t.p50, p50);
	assert_int_equal(t.p90, p90);
	assert_int_equal(t.p99, p99);
}

static void test_percentiles_by_nearest_rank(void **state)
{
	uint64_t times[1000];
	for (uint64_t i = 0; i < COUNT(times); i++)
		times[i] = i * 7 % COUNT(times) + 1; /* 1 to 1000, shuffled */
	assert_percentiles(times_of(*state, (uint64_t[]){8}, 1), 8, 8, 8);
	assert_percentiles(times_of(*state, (uint64_t[]){9, 8}, 2), 8, 9, 9);
	/* The usual example of the method. */
	assert_percentiles(times_of(*state, (uint64_t[]){15, 20, 35, 40, 50}, 5), 35, 50, 50);
	assert_percentiles(times_of(*state, (uint64_t[]){1, 2, 3, 4, 5, 6, 7, 8}, 8), 4, 8, 8); /* of 7.2, rank 8 */
	assert_percentiles(times_of(*state, times, COUNT(times)), 500, 900, 990);
}

static void test_percentiles_are_of_the_newest(void **state)
{
	struct statistics *s = *state;
	struct statistics_times t;
	say(s, 1);
	missed(s, 1, VERDICT_TIMEOUT); /* older than all that will be kept */
	answer(s, 2, 1);
	for (uint64_t i = 0; i < STATISTICS_TIMES - 1; i++)
		answer(s, i + 3, 1000000);
	assert_true(statistics_times(s, &t));
	assert_int_equal(t.p50, 1000000);
	for (uint64_t i = 1; i <= STATISTICS_TIMES; i++) {
		answer(s, STATISTICS_TIMES + 1 + i, 5);
		assert_true(statistics_times(s, &t));
		assert_int_equal(t.p50, i < STATISTICS_TIMES / 2 ? 1000000 : 5);
		assert_int_equal(t.p90, i < STATISTICS_TIMES / 10 * 9 ? 1000000 : 5);
	}
	assert_percentiles(t, 5, 5, 5);
	assert_int_equal(t.n, 2 * STATISTICS_TIMES);
	assert_int_equal(t.min, 1);
	assert_int_equal(t.max, 1000000);
}

static void test_more_losses_than_are_kept(void **state)
{
	struct statistics *s = *state;
	struct statistics_times t;
	answer(s, 1, 77);
	for (uint64_t i = 2; i < STATISTICS_TIMES + 10; i++) {
		say(s, i);
		missed(s, i, VERDICT_TIMEOUT);
	}
	assert_true(statistics_times(s, &t));
	assert_percentiles(t, 77, 77, 77);
	assert_int_equal(statistics_counts(s)->lost, STATISTICS_TIMES + 8);
}

/* --- The summary --- */

static void add_line(const char *line, size_t n, void *arg)
{
	struct buf *all = arg;
	assert_null(memchr(line, '\n', n));
	assert_int_equal(buf_append(all, line, n), 0);
	assert_int_equal(buf_append(all, "\n", 1), 0);
}

static void assert_summary(const struct statistics *s, uint64_t took, const char *expected)
{
	struct buf all = {0};
	assert_int_equal(statistics_summary(s, "127.0.0.1:12000", took, add_line, &all), 0);
	assert_int_equal(buf_append(&all, "", 1), 0);
	assert_string_equal((char *)buf_bytes(&all), expected);
	buf_free(&all);
}

static void test_summary_of_nothing(void **state)
{
	assert_summary(*state, 999999,
		       "--- 127.0.0.1:12000 ping statistics ---\n"
		       "0 sent, 0 received, time 0 ms\n");
}

static void test_summary(void **state)
{
	struct statistics *s = *state;
	static const uint64_t times[] = {109000, 330999, 200000, 217000, 217000, 217000, 217000, 217000};
	for (uint64_t i = 0; i < COUNT(times); i++)
		answer(s, i + 1, times[i]);
	assert_summary(s, 9012 * CLOCK_MS,
		       "--- 127.0.0.1:12000 ping statistics ---\n"
		       "8 sent, 8 received, 0% loss, time 9012 ms\n"
		       "rtt min/avg/max/mdev = 0.109/0.215/0.330/0.055 ms\n");
	for (uint64_t i = 9; i <= 10; i++) {
		say(s, i);
		missed(s, i, VERDICT_TIMEOUT);
	}
	came(s, 1, VERDICT_DUPLICATE);
	assert_summary(s, 9012 * CLOCK_MS,
		       "--- 127.0.0.1:12000 ping statistics ---\n"
		       "10 sent, 8 received, +1 duplicates, 20% loss, time 9012 ms\n"
		       "rtt min/avg/max/mdev = 0.109/0.215/0.330/0.055 ms\n");
}

static void test_summary_of_all_that_can_be(void **state)
{
	struct statistics *s = *state;
	for (uint64_t i = 1; i <= 9; i++)
		say(s, i);
	take(s, EVENT_REPLY,
	     (struct event_talk){.verdict = VERDICT_RIGHT, .sentence = 2, .guess = GUESS_WHICH, .rtt = 12345678901});
	came(s, 3, VERDICT_WRONG);
	came(s, 4, VERDICT_TRUNCATED);
	missed(s, 1, VERDICT_TIMEOUT);
	take(s, EVENT_REPLY,
	     (struct event_talk){
		     .verdict = VERDICT_RIGHT, .sentence = 1, .late = true, .out_of_order = true, .rtt = 12345678901});
	missed(s, 5, VERDICT_CUT_SHORT);
	missed(s, 6, VERDICT_UNSENT);
	missed(s, 7, VERDICT_REFUSED);
	missed(s, 8, VERDICT_CANCELLED);
	came(s, 0, VERDICT_UNASKED);
	came(s, 0, VERDICT_STRANGER);
	came(s, 0, VERDICT_STRANGER);
	ask_kernel(s, (struct event_kernel){.why = KERNEL_DROPS, .dropped = 3});
	assert_summary(s, 0,
		       "--- 127.0.0.1:12000 ping statistics ---\n"
		       "8 sent, 4 received, +1 out of order, time 0 ms\n"
		       "1 late, 1 wrong, 1 truncated, 1 cut short, 1 not sent, 1 refused, 1 given up, "
		       "1 still waited for, 1 not asked for, 2 from strangers, 1 matched by a guess, "
		       "3 dropped by this end's receive queue\n"
		       "rtt min/avg/max/mdev = 12345.678/12345.678/12345.678/0.000 ms\n");
}

static void assert_loss(struct statistics *s, uint64_t lost, uint64_t sent, const char *expected)
{
	char line[120];
	statistics_clear(s);
	for (uint64_t i = 0; i < sent; i++) {
		say(s, i);
		if (i < lost)
			missed(s, i, VERDICT_TIMEOUT);
		else
			came(s, i, VERDICT_WRONG);
	}
	snprintf(line, sizeof line,
		 "--- 127.0.0.1:12000 ping statistics ---\n%u sent, %u received, %s%% loss, time 0 ms\n",
		 (unsigned)sent, (unsigned)(sent - lost), expected);
	struct buf all = {0};
	assert_int_equal(statistics_summary(s, "127.0.0.1:12000", 0, add_line, &all), 0);
	assert_true(all.size >= strlen(line));
	assert_memory_equal(buf_bytes(&all), line, strlen(line));
	buf_free(&all);
}

/* Nobody knows yet what becomes of those, and none of them is "no loss". */
static void test_no_percentage_while_some_are_waited_for(void **state)
{
	struct statistics *s = *state;
	for (uint64_t i = 1; i <= 3; i++)
		say(s, i);
	assert_summary(s, 0,
		       "--- 127.0.0.1:12000 ping statistics ---\n"
		       "3 sent, 0 received, time 0 ms\n"
		       "3 still waited for\n");
	missed(s, 1, VERDICT_TIMEOUT);
	came(s, 2, VERDICT_WRONG);
	assert_summary(s, 0,
		       "--- 127.0.0.1:12000 ping statistics ---\n"
		       "3 sent, 1 received, time 0 ms\n"
		       "1 wrong, 1 still waited for\n");
	missed(s, 3, VERDICT_UNSENT);
	assert_summary(s, 0,
		       "--- 127.0.0.1:12000 ping statistics ---\n"
		       "2 sent, 1 received, 50% loss, time 0 ms\n"
		       "1 wrong, 1 not sent\n");
}

static void test_percent(void **state)
{
	struct statistics *s = *state;
	assert_loss(s, 0, 3, "0");
	assert_loss(s, 3, 3, "100");
	assert_loss(s, 1, 3, "33.3");
	assert_loss(s, 2, 3, "66.7");
	assert_loss(s, 1, 8, "12.5");
	assert_loss(s, 1, 5000, "0.1");     /* not none */
	assert_loss(s, 4999, 5000, "99.9"); /* not all */
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
		cmocka_unit_test_setup_teardown(test_bytes_on_the_wire, begin, end),
		cmocka_unit_test_setup_teardown(test_drops_add_up, begin, end),
		cmocka_unit_test_setup_teardown(test_other_events_count_nothing, begin, end),
		cmocka_unit_test_setup_teardown(test_verdicts_of_sentences_said_before, begin, end),
		cmocka_unit_test_setup_teardown(test_clear, begin, end),
		cmocka_unit_test_setup_teardown(test_each_sentence_ends_in_exactly_one, begin, end),
		cmocka_unit_test_setup_teardown(test_mean_and_deviation, begin, end),
		cmocka_unit_test_setup_teardown(test_times_whose_sum_is_too_great, begin, end),
		cmocka_unit_test_setup_teardown(test_many_times, begin, end),
		cmocka_unit_test_setup_teardown(test_percentiles_by_nearest_rank, begin, end),
		cmocka_unit_test_setup_teardown(test_percentiles_are_of_the_newest, begin, end),
		cmocka_unit_test_setup_teardown(test_more_losses_than_are_kept, begin, end),
		cmocka_unit_test_setup_teardown(test_summary_of_nothing, begin, end),
		cmocka_unit_test_setup_teardown(test_summary, begin, end),
		cmocka_unit_test_setup_teardown(test_summary_of_all_that_can_be, begin, end),
		cmocka_unit_test_setup_teardown(test_no_percentage_while_some_are_waited_for, begin, end),
		cmocka_unit_test_setup_teardown(test_percent, begin, end),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
