/* The view of the statistics, on a terminal that has braille. */
#include <stdio.h>

#include "test_view_statistics.h"

enum { WIDEST = 220, HIGHEST = 60 };

/* The view as one string, its lines ended by newlines; to be freed. Whatever else, each row fits, and all are made. */
static char *drawn(const struct statistics *s, unsigned width, unsigned height)
{
	struct view_row rows[HIGHEST] = {0};
	struct buf all = {0};
	assert_true(height <= HIGHEST);
	for (unsigned y = 0; y < height; y++)
		view_row_put(&rows[y], STYLE_TEXT, "left from before", 16);
	assert_int_equal(statistics_rows(s, width, height, rows), 0);
	for (unsigned y = 0; y < height; y++) {
		assert_true(rows[y].columns <= width);
		char *text = text_of(&rows[y]);
		assert_null(strstr(text, "left from before"));
		assert_int_equal(buf_printf(&all, "%s\n", text), 0);
		free(text);
		view_row_free(&rows[y]);
	}
	assert_int_equal(buf_append(&all, "", 1), 0);
	return (char *)all.memory;
}

static void assert_has(const struct statistics *s, unsigned width, unsigned height, const char *words)
{
	char *view = drawn(s, width, height);
	if (!strstr(view, words))
		fail_msg("\"%s\" is not in\n%s", words, view);
	free(view);
}

static void assert_has_not(const struct statistics *s, unsigned width, unsigned height, const char *words)
{
	char *view = drawn(s, width, height);
	if (strstr(view, words))
		fail_msg("\"%s\" is in\n%s", words, view);
	free(view);
}

/* One line of the view, counted from 0, without spaces at its end; to be freed. */
static char *line_of(const struct statistics *s, unsigned width, unsigned height, unsigned y)
{
	char *view = drawn(s, width, height), *line = view;
	while (y-- > 0)
		line = strchr(line, '\n') + 1;
	line = strndup(line, strcspn(line, "\n"));
	for (size_t n = strlen(line); n > 0 && line[n - 1] == ' ';)
		line[--n] = '\0';
	free(view);
	return line;
}

static void assert_drawn_line(const struct statistics *s, unsigned width, unsigned height, unsigned y,
			      const char *expected)
{
	char *line = line_of(s, width, height, y);
	assert_string_equal(line, expected);
	free(line);
}

static const struct event_kernel tcp = {
	.why = KERNEL_SAMPLE,
	.protocol = PROTOCOL_TCP,
	.offered = KERNEL_TCP | KERNEL_UNSENT | KERNEL_UNREAD,
	.state = 1,
	.congestion_window = 10,
	.retransmissions = 3,
	.rtt = 85000,
	.rtt_variation = 21000,
	.unacknowledged = 120,
	.unsent = 70,
	.unread = 9,
};

/* A conversation in which everything happened. */
static void talk_much(struct statistics *s)
{
	uint64_t n = 0;
	for (; n < 150; n++)
		answer(s, n, 50000 + random_at(1, n) % (n % 40 ? 100000 : 2000000000));
	static const enum event_verdict missing[] = {VERDICT_TIMEOUT, VERDICT_TIMEOUT,   VERDICT_CUT_SHORT,
						     VERDICT_UNSENT,  VERDICT_CANCELLED, VERDICT_REFUSED};
	for (size_t i = 0; i < COUNT(missing); i++) {
		say(s, n);
		missed(s, n++, missing[i]);
	}
	take(s, EVENT_REPLY,
	     (struct event_talk){
		     .verdict = VERDICT_RIGHT, .sentence = 150, .late = true, .rtt = 1500000000, .out_of_order = true});
	say(s, n);
	take(s, EVENT_REPLY,
	     (struct event_talk){
		     .verdict = VERDICT_WRONG, .sentence = n, .guess = GUESS_WHICH, .pieces = 2, .joined = true});
	say(s, n + 1);
	came(s, n + 1, VERDICT_TRUNCATED);
	came(s, 0, VERDICT_DUPLICATE);
	came(s, 0, VERDICT_UNASKED);
	came(s, 0, VERDICT_STRANGER);
	say(s, n + 2);
	ask_kernel(s, (struct event_kernel){.why = KERNEL_DROPS, .protocol = PROTOCOL_UDP, .dropped = 4});
	ask_kernel(s, tcp);
}

/* --- Sizes --- */

static void assert_all_sizes(const struct statistics *s)
{
	for (unsigned height = 0; height <= HIGHEST; height += height < 12 ? 1 : 8)
		for (unsigned width = 0; width <= WIDEST; width += width < 24 ? 1 : 28)
			free(drawn(s, width, height));
}

static void test_every_size(void **state)
{
	struct statistics *s = *state;
	assert_all_sizes(s);
	ask_kernel(s, tcp);
	assert_all_sizes(s);
	statistics_clear(s);
	say(s, 1);
	assert_all_sizes(s);
	missed(s, 1, VERDICT_TIMEOUT);
	assert_all_sizes(s);
	answer(s, 2, 0);
	assert_all_sizes(s);
	talk_much(s);
	assert_all_sizes(s);
	answer(s, 3, INT64_MAX);
	answer(s, 4, UINT64_MAX);
	assert_all_sizes(s);
	statistics_clear(s);
	answer(s, 1, UINT64_MAX);
	assert_all_sizes(s);
}

/* Each of these names a panel. */
static const char plot[] = "Round-trip times", histogram[] = "How long, how often", counts[] = "answered",
		  kernel[] = "What the system says", median[] = "p50";

static void test_all_is_visible_on_80_columns_and_22_rows(void **state)
{
	static const unsigned sizes[][2] = {{80, 22}, {80, 20}, {64, 22}, {119, 30}, {120, 22}, {200, 50}, {220, 60}};
	talk_much(*state);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		unsigned width = sizes[i][0], height = sizes[i][1];
		assert_has(*state, width, height, plot);
		assert_has(*state, width, height, histogram);
		assert_has(*state, width, height, counts);
		assert_has(*state, width, height, median);
		assert_has(*state, width, height, kernel);
	}
}

static void test_the_least_needed_is_left_out_first(void **state)
{
	static const char *const parts[] = {"Statistics", counts, "min 0.", plot, histogram, kernel};
	static const unsigned from[] = {1, 2, 3, 7, 10, 13};
	talk_much(*state);
	for (size_t i = 0; i < COUNT(parts); i++) {
		assert_has(*state, 60, from[i], parts[i]);
		if (i > 0)
			assert_has_not(*state, 60, from[i] - 1, parts[i]);
	}
	assert_has(*state, 20, 3, "Statistics");
	assert_has(*state, 20, 3, "answered 150");
	assert_has(*state, 20, 3, "min 0.");
}

static void test_wide_the_figures_stand_beside_the_plot(void **state)
{
	talk_much(*state);
	char *line = line_of(*state, 120, 30, 2);
	assert_non_null(strstr(line, plot));
	assert_non_null(strstr(line, "Sentences and replies"));
	free(line);
}

/* --- Words --- */

static void test_before_anything_is_said(void **state)
{
	static const unsigned sizes[][2] = {{80, 22}, {40, 10}, {20, 6}, {200, 50}};
	for (size_t i = 0; i < COUNT(sizes); i++)
		assert_has(*state, sizes[i][0], sizes[i][1], "/ping 10");
	assert_has_not(*state, 80, 22, kernel);
	ask_kernel(*state, tcp);
	assert_has(*state, 80, 22, "/ping 10");
	assert_has(*state, 80, 22, "ESTABLISHED");
	say(*state, 1);
	assert_has_not(*state, 80, 22, "/ping 10");
	assert_has(*state, 80, 22, "No reply yet.");
}

static void test_who_watches_measures_nothing(void **state)
{
	struct event e = {.who = EVENT_SERVER, .kind = EVENT_STATE};
	e.state = (struct event_state){.what = STATE_LISTENING, .protocol = PROTOCOL_TCP, .own = true};
	statistics_take(*state, &e);
	assert_has(*state, 80, 22, "/ping 10");
	e.state.own = false;
	statistics_take(*state, &e);
	assert_has(*state, 80, 22, "only watches a server");
	assert_has_not(*state, 80, 22, "/ping");
}

static void test_title(void **state)
{
	struct statistics *s = *state;
	assert_drawn_line(s, 80, 1, 0, " Statistics");
	say(s, 1);
	assert_drawn_line(s, 80, 1, 0, " Statistics  1 sentence");
	missed(s, 1, VERDICT_TIMEOUT);
	answer(s, 2, 5000);
	answer(s, 3, 5000);
	assert_drawn_line(s, 80, 1, 0, " Statistics  3 sentences, 33.3% loss");
	assert_drawn_line(s, 30, 1, 0, " Statistics  3 sentences");
	assert_drawn_line(s, 20, 1, 0, " Statistics");
	assert_drawn_line(s, 5, 1, 0, " Stat");
}

static void test_times_of_every_magnitude(void **state)
{
	struct statistics *s = *state;
	answer(s, 1, 9999000);
	assert_has(s, 80, 22, "max 9.999");
	answer(s, 2, 99990000);
	assert_has(s, 80, 22, "max 99.99");
	answer(s, 3, 999900000);
	assert_has(s, 80, 22, "max 999.9");
	answer(s, 4, 2310000000);
	assert_has(s, 80, 22, "min 9.999  avg 854.9  max 2310  mdev 924.9  p50 99.99  p90 2310  p99 2310 ms\n");
}

static void test_every_count_that_there_is(void **state)
{
	static const char *const words[] = {"answered 150",     "late 1",         "wrong 1",       "truncated 1",
					    "lost 1",           "cut short 1",    "not sent 1",    "refused 1",
					    "given up 1",       "waiting 1",      "duplicates 1",  "not asked for 1",
					    "from strangers 1", "out of order 1", "guessed 1",     "in pieces 1",
					    "joined 1",         "dropped here 4", "bytes out 795", "bytes in 770"};
	talk_much(*state);
	for (size_t i = 0; i < COUNT(words); i++)
		assert_has(*state, 60, 60, words[i]);
	statistics_clear(*state);
	answer(*state, 1, 1000);
	assert_has_not(*state, 60, 60, "late");
	assert_has_not(*state, 60, 60, "lost");
	assert_has_not(*state, 60, 60, "dropped");
	assert_has(*state, 60, 60, "answered 1  bytes out 5  bytes in 5\n");
}

/* One below the other where there is room. */
static void test_numbers_are_aligned(void **state)
{
	for (uint64_t i = 0; i < 12; i++)
		answer(*state, i, 1000);
	say(*state, 20);
	missed(*state, 20, VERDICT_TIMEOUT);
	assert_has(*state, 80, 22, "answered   12\n");
	assert_has(*state, 80, 22, "lost        1\n");
	assert_has(*state, 80, 22, "bytes out  65\n");
}

static void test_figures_stand_side_by_side_if_there_are_too_many(void **state)
{
	talk_much(*state);
	assert_has(*state, 80, 22, "answered 150  late 1  wrong 1\n");
	assert_has(*state, 80, 22, "bytes out 795");
	assert_has(*state, 120, 14, "answered 150  late 1  wrong 1  truncated 1\n");
	assert_has(*state, 120, 14, "state ESTABLISHED  rtt 0.085 ms\n");
}

/* --- What the system says --- */

static void test_kernel_over_tcp(void **state)
{
	say(*state, 1);
	assert_has(*state, 80, 22, "Nothing yet.");
	ask_kernel(*state, tcp);
	assert_has(*state, 80, 22, "state              ESTABLISHED");
	assert_has(*state, 80, 22, "rtt                0.085 ms");
	assert_has(*state, 80, 22, "its variation      0.021 ms");
	assert_has(*state, 80, 22, "congestion window     10 segments");
	assert_has(*state, 80, 22, "retransmissions        3 segments");
	assert_has(*state, 80, 22, "unacknowledged       120 bytes");
	assert_has(*state, 80, 22, "unsent                70 bytes");
	assert_has(*state, 80, 22, "unread                 9 bytes");
	assert_has(*state, 80, 22, "acknowledgements");
	assert_has_not(*state, 80, 22, "not offered");
	assert_has_not(*state, 80, 22, "queue full");
}

static unsigned occurrences(const struct statistics *s, const char *words)
{
	char *view = drawn(s, 120, 40);
	unsigned n = 0;
	for (const char *at = view; (at = strstr(at, words)); at++)
		n++;
	free(view);
	return n;
}

static void test_what_is_not_offered(void **state)
{
	struct event_kernel k = tcp;
	say(*state, 1);
	k.offered = KERNEL_TCP | KERNEL_UNREAD;
	ask_kernel(*state, k);
	assert_int_equal(occurrences(*state, "not offered here"), 2);
	k.offered = KERNEL_UNSENT | KERNEL_UNREAD;
	ask_kernel(*state, k);
	assert_int_equal(occurrences(*state, "not offered here"), 5);
	assert_int_equal(occurrences(*state, "acknowledgements"), 0);
	assert_int_equal(occurrences(*state, "ESTABLISHED"), 0);
	k.offered = 0;
	ask_kernel(*state, k);
	assert_int_equal(occurrences(*state, "not offered here"), 8);
	k.protocol = PROTOCOL_UDP;
	ask_kernel(*state, k);
	assert_int_equal(occurrences(*state, "not offered here"), 2);
}

static void test_kernel_of_a_closed_socket(void **state)
{
	struct event_kernel k = tcp;
	k.fd = 7;
	struct event close = {.who = EVENT_CLIENT, .kind = EVENT_CALL};
	close.call = (struct event_call){.op = OP_CLOSE, .fd = 7, .returned = true};
	say(*state, 1);
	statistics_take(*state, &close); /* an earlier one */
	ask_kernel(*state, k);
	assert_has(*state, 120, 40, "What the system says");
	close.call.fd = 8;
	statistics_take(*state, &close);
	close.call = (struct event_call){.op = OP_CLOSE, .fd = 7}; /* it waits for the user */
	statistics_take(*state, &close);
	assert_has(*state, 120, 40, "What the system says");
	close.call.returned = true;
	statistics_take(*state, &close);
	assert_has(*state, 120, 40, "What the system said before the close()");
	assert_has(*state, 120, 40, "ESTABLISHED");
	ask_kernel(*state, (struct event_kernel){.why = KERNEL_DROPS, .protocol = PROTOCOL_UDP, .dropped = 4});
	assert_has_not(*state, 120, 40, "What the system says");
	ask_kernel(*state, k);
	assert_has(*state, 120, 40, "What the system says");
}

static void test_kernel_over_udp(void **state)
{
	struct event_kernel k = {.why = KERNEL_SAMPLE, .protocol = PROTOCOL_UDP, .unread = 5, .dropped = 17};
	k.offered = KERNEL_UNREAD | KERNEL_DROPPED;
	say(*state, 1);
	ask_kernel(*state, k);
	assert_has(*state, 80, 22, "unread                5 bytes");
	assert_has(*state, 80, 22, "dropped, queue full  17 datagrams");
	assert_has(*state, 80, 22, "UDP: no state, no window, no retransmission.");
	assert_has_not(*state, 80, 22, "congestion");
	/* The event of a drop tells of nothing else. */
	ask_kernel(*state, (struct event_kernel){.why = KERNEL_DROPS, .protocol = PROTOCOL_UDP, .dropped = 2});
	assert_has(*state, 80, 22, "unread                5 bytes");
}

/* --- The plot --- */

/* A view of this size has a plot of 64 x 7 cells, right of a label and the axis. */
enum { PLOT_WIDTH = 120, PLOT_HEIGHT = 15, PLOT_LEFT = 10, PLOT_TOP = 3, CELLS = 64, PLOT_ROWS = 7, FOOT = 10 };

/* The character in a column of a row of that view, all of whose characters are one column wide. */
static uint32_t character(const struct statistics *s, unsigned column, unsigned y)
{
	char *line = line_of(s, PLOT_WIDTH, PLOT_HEIGHT, y), *at = line;
	uint32_t cp = ' ';
	for (unsigned i = 0; i <= column && *at; i++)
		at += text_decode(at, strlen(at), &cp);
	free(line);
	return cp;
}

/* How many dots high the bars are, column of dots by column of dots from the right edge on; there are no holes in them.
 */
static void measure(const struct statistics *s, unsigned high[2 * CELLS])
{
	/* From below, as Unicode numbers the dots of a cell: 7, 3, 2, 1 and 8, 6, 5, 4. */
	static const uint8_t order[2][4] = {{0x80, 0x20, 0x10, 0x08}, {0x40, 0x04, 0x02, 0x01}};
	for (unsigned x = 0; x < 2 * CELLS; x++) {
		bool ended = false;
		high[x] = 0;
		for (unsigned dot = 0; dot < 4 * PLOT_ROWS; dot++) {
			uint32_t cp = character(s, PLOT_LEFT + CELLS - 1 - x / 2, PLOT_TOP + PLOT_ROWS - 1 - dot / 4);
			bool set = cp != ' ' && ((cp - 0x2800) & order[x % 2][dot % 4]);
			assert_true(cp == ' ' || (cp > 0x2800 && cp <= 0x28ff));
			assert_false(set && ended);
			ended = !set;
			high[x] += set;
		}
	}
}

static void test_a_ramp_is_a_rising_line(void **state)
{
	unsigned high[2 * CELLS];
	for (uint64_t i = 1; i <= 1000; i++)
		answer(*state, i, i * 1000000);
	measure(*state, high);
	/* 128 of them find room, from 873 ms to 1 s; 28 dots are 1 s. */
	for (unsigned x = 0; x < 2 * CELLS; x++) {
		assert_in_range(high[x], (1000 - x) * 28 / 1000, (1000 - x) * 28 / 1000 + 1);
		assert_true(x == 0 || high[x] <= high[x - 1]);
	}
	assert_int_equal(high[0], 28);
	assert_drawn_line(*state, PLOT_WIDTH, 3, 0, " Statistics  1000 sentences, 0% loss");
}

/* The scale is made for what is seen of the plot. */
static void test_a_ramp_from_nothing(void **state)
{
	unsigned high[2 * CELLS];
	answer(*state, 0, 3600 * CLOCK_SECOND);
	for (uint64_t i = 1; i <= 128; i++)
		answer(*state, i, i * 1000000 - 999999);
	measure(*state, high);
	assert_int_equal(high[127], 1); /* a nanosecond is seen, too */
	for (unsigned x = 0; x < 127; x++)
		assert_in_range(high[x], high[x + 1], high[x + 1] + 1);
	assert_in_range(high[0], 20, 28);
	assert_has(*state, PLOT_WIDTH, PLOT_HEIGHT, "  150 ms ┤");
	assert_has(*state, PLOT_WIDTH, PLOT_HEIGHT, "       0 └");
}

static void test_few_replies_have_wide_bars(void **state)
{
	unsigned high[2 * CELLS];
	answer(*state, 1, 10 * CLOCK_MS);
	answer(*state, 2, 5 * CLOCK_MS);
	measure(*state, high);
	/* Each has eight cells, of which half a one is space. */
	for (unsigned x = 0; x < 2 * CELLS; x++)
		assert_int_equal(high[x], x < 15 ? 14 : x > 15 && x < 31 ? 28 : 0);
}

static void test_middle_of_a_high_plot(void **state)
{
	answer(*state, 1, 40 * CLOCK_MS);
	assert_has(*state, 120, 40, "   40 ms ┤");
	assert_has(*state, 120, 40, "   20 ms ┤");
	assert_has_not(*state, PLOT_WIDTH, PLOT_HEIGHT, "   20 ms ┤");
}

static void test_crosses_for_what_was_lost(void **state)
{
	unsigned high[2 * CELLS];
	static const enum event_verdict crosses[] = {VERDICT_TIMEOUT, VERDICT_CUT_SHORT, VERDICT_REFUSED};
	for (uint64_t i = 0; i < 128; i++)
		answer(*state, i, 1000);
	assert_has(*state, PLOT_WIDTH, PLOT_HEIGHT, "newest at the right");
	for (uint64_t i = 0; i < 3; i++) {
		say(*state, 200 + 2 * i);
		missed(*state, 200 + 2 * i, crosses[i]);
		answer(*state, 201 + 2 * i, 1000);
	}
	say(*state, 400);
	missed(*state, 400, VERDICT_CANCELLED);
	say(*state, 401);
	missed(*state, 401, VERDICT_UNSENT);
	measure(*state, high);
	for (unsigned x = 0; x < 2 * CELLS; x++)
		assert_int_equal(high[x] == 0, x == 1 || x == 3 || x == 5);
	for (unsigned cell = 0; cell < CELLS; cell++)
		assert_int_equal(character(*state, PLOT_LEFT + CELLS - 1 - cell, FOOT), cell < 3 ? 0x2717 : 0x2500);
	assert_has(*state, PLOT_WIDTH, PLOT_HEIGHT, "✗: no reply");
}

/* That it was lost is known last, and yet it stands before what was answered meanwhile. */
static void test_a_cross_has_its_sentence_s_place(void **state)
{
	unsigned high[2 * CELLS];
	for (uint64_t i = 1; i <= 128; i++) {
		say(*state, i);
		if (i != 120)
			answer(*state, i, 1000);
	}
	missed(*state, 120, VERDICT_TIMEOUT);
	measure(*state, high);
	for (unsigned x = 0; x < 2 * CELLS; x++)
		assert_int_equal(high[x] == 0, x == 128 - 120);
}

static void test_the_cross_of_a_late_reply_goes(void **state)
{
	for (uint64_t i = 1; i <= 3; i++) {
		say(*state, i);
		missed(*state, i, VERDICT_TIMEOUT);
	}
	assert_int_equal(occurrences(*state, "✗"), 4); /* one in the heading */
	take(*state, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_WRONG, .sentence = 2, .late = true});
	assert_int_equal(occurrences(*state, "✗"), 3);
	take(*state, EVENT_REPLY,
	     (struct event_talk){.verdict = VERDICT_RIGHT, .sentence = 3, .late = true, .rtt = 2000000000});
	assert_int_equal(occurrences(*state, "✗"), 2);
	assert_has(*state, PLOT_WIDTH, PLOT_HEIGHT, "     2 s ┤");
	/* Of a sentence that has no cross any more, or never had, none goes. */
	take(*state, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_WRONG, .sentence = 9, .late = true});
	assert_int_equal(occurrences(*state, "✗"), 2);
}

static void test_the_cross_that_goes_is_the_right_one(void **state)
{
	for (uint64_t i = 1; i <= 128; i += 2) {
		answer(*state, i, 1000);
		say(*state, i + 1);
		missed(*state, i + 1, VERDICT_TIMEOUT);
	}
	take(*state, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_WRONG, .sentence = 128, .late = true});
	take(*state, EVENT_REPLY, (struct event_talk){.verdict = VERDICT_WRONG, .sentence = 126, .late = true});
	unsigned high[2 * CELLS];
	measure(*state, high);
	assert_true(high[0] && high[1] && !high[2] && high[3] && !high[4]);
}

/* --- The histogram --- */

static void test_equally_wide_ranges(void **state)
{
	for (uint64_t i = 0; i < 40; i++)
		answer(*state, i, i < 30 ? 50100000 : 61000000);
	assert_has(*state, 80, 22, "50-51 ms ██████████████████ 30\n");
	assert_has(*state, 80, 22, "51-52 ms \n");
	assert_has(*state, 80, 22, "61-62 ms ██████ 10");
}

static void test_ranges_that_grow(void **state)
{
	static const uint64_t times[] = {70000, 70000, 150000, 3000000, 40000000, 1200000000};
	for (uint64_t i = 0; i < COUNT(times); i++)
		answer(*state, i, times[i]);
	assert_has(*state, 80, 22, "  0.05-0.1 ms ");
	assert_has(*state, 80, 22, "   0.1-0.2 ms ");
	assert_has(*state, 80, 22, "       2-5 ms ");
	assert_has(*state, 80, 22, "     20-50 ms ");
	assert_has(*state, 80, 22, " 1000-2000 ms ");
	assert_has_not(*state, 80, 22, "0.5-1 ms");
	/* With fewer rows they are powers of ten, or of more. */
	assert_has(*state, 60, 16, "   0.01-1 ms ");
	assert_has(*state, 60, 16, "    1-100 ms ");
	assert_has(*state, 60, 16, "100-10000 ms ");
	assert_has(*state, 60, 10, "   0.01-100 ms ");
	assert_has(*state, 60, 10, "100-1000000 ms ");
}

static void test_a_few_stragglers_have_a_range_of_their_own(void **state)
{
	for (uint64_t i = 0; i < 100; i++)
		answer(*state, i, 50000000 + i * 100000);
	answer(*state, 100, 2000000000);
	assert_has(*state, 80, 22, "50-51 ms ");
	assert_has(*state, 80, 22, " > 60 ms █▊ 1\n");
}

static void test_one_time(void **state)
{
	answer(*state, 1, 109000);
	assert_has(*state, 80, 22, "0.108-0.110 ms █████████████ 1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_size, begin, end),
		cmocka_unit_test_setup_teardown(test_all_is_visible_on_80_columns_and_22_rows, begin, end),
		cmocka_unit_test_setup_teardown(test_the_least_needed_is_left_out_first, begin, end),
		cmocka_unit_test_setup_teardown(test_wide_the_figures_stand_beside_the_plot, begin, end),
		cmocka_unit_test_setup_teardown(test_before_anything_is_said, begin, end),
		cmocka_unit_test_setup_teardown(test_who_watches_measures_nothing, begin, end),
		cmocka_unit_test_setup_teardown(test_kernel_of_a_closed_socket, begin, end),
		cmocka_unit_test_setup_teardown(test_title, begin, end),
		cmocka_unit_test_setup_teardown(test_times_of_every_magnitude, begin, end),
		cmocka_unit_test_setup_teardown(test_every_count_that_there_is, begin, end),
		cmocka_unit_test_setup_teardown(test_numbers_are_aligned, begin, end),
		cmocka_unit_test_setup_teardown(test_figures_stand_side_by_side_if_there_are_too_many, begin, end),
		cmocka_unit_test_setup_teardown(test_kernel_over_tcp, begin, end),
		cmocka_unit_test_setup_teardown(test_what_is_not_offered, begin, end),
		cmocka_unit_test_setup_teardown(test_kernel_over_udp, begin, end),
		cmocka_unit_test_setup_teardown(test_a_ramp_is_a_rising_line, begin, end),
		cmocka_unit_test_setup_teardown(test_a_ramp_from_nothing, begin, end),
		cmocka_unit_test_setup_teardown(test_few_replies_have_wide_bars, begin, end),
		cmocka_unit_test_setup_teardown(test_middle_of_a_high_plot, begin, end),
		cmocka_unit_test_setup_teardown(test_crosses_for_what_was_lost, begin, end),
		cmocka_unit_test_setup_teardown(test_a_cross_has_its_sentence_s_place, begin, end),
		cmocka_unit_test_setup_teardown(test_the_cross_of_a_late_reply_goes, begin, end),
		cmocka_unit_test_setup_teardown(test_the_cross_that_goes_is_the_right_one, begin, end),
		cmocka_unit_test_setup_teardown(test_equally_wide_ranges, begin, end),
		cmocka_unit_test_setup_teardown(test_ranges_that_grow, begin, end),
		cmocka_unit_test_setup_teardown(test_a_few_stragglers_have_a_range_of_their_own, begin, end),
		cmocka_unit_test_setup_teardown(test_one_time, begin, end),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
