/* lab: specifications in, settings out; and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../support/lab.h"

enum { MADE_UP = 77, SPECIFICATIONS = 20000, GARBAGE = 1000000, GARBAGE_ITEM = 600 };

static struct lab_orders takes(struct lab *l, const char *spec)
{
	char problem[LAB_PROBLEM] = "";
	struct lab_orders orders;
	if (lab_parse(l, spec, MADE_UP, &orders, problem) != 0)
		fail_msg("\"%s\": %s", spec, problem);
	return orders;
}

static void formats(const struct lab *l, const char *text)
{
	char out[LAB_TEXT];
	assert_ptr_equal(lab_format(l, out), out);
	assert_string_equal(out, text);
}

static void each_setting_is_taken_and_written(void **state)
{
	(void)state;
	static const struct {
		const char *spec, *text;
		struct lab lab;
	} rows[] = {
		{"", "", {0}},
		{" ,\t,, \r\n", "", {0}},
		{"drop=30%", "drop=30%,seed=77", {.drop_requests = 3000, .drop_replies = 3000, .seed = 77}},
		{"drop=30", "drop=30%,seed=77", {.drop_requests = 3000, .drop_replies = 3000, .seed = 77}},
		{"drop-requests=2.5%", "drop-requests=2.5%,seed=77", {.drop_requests = 250, .seed = 77}},
		{"drop-replies=0.01", "drop-replies=0.01%,seed=77", {.drop_replies = 1, .seed = 77}},
		{"drop-replies=20%,drop-requests=10%",
		 "drop-requests=10%,drop-replies=20%,seed=77",
		 {.drop_requests = 1000, .drop_replies = 2000, .seed = 77}},
		{"drop-replies=10.00%,drop-requests=10.0%",
		 "drop=10%,seed=77",
		 {.drop_requests = 1000, .drop_replies = 1000, .seed = 77}},
		{"duplicate=100%", "duplicate=100%,seed=77", {.duplicate = LAB_CERTAIN, .seed = 77}},
		{"reorder=99.99%", "reorder=99.99%,seed=77", {.reorder = 9999, .seed = 77}},
		{"delay=50ms", "delay=50ms", {.delay = 50 * CLOCK_MS}},
		{"delay=50", "delay=50ms", {.delay = 50 * CLOCK_MS}},
		{"delay=1500", "delay=1.5s", {.delay = 1500 * CLOCK_MS}},
		{"delay=60s", "delay=60s", {.delay = LAB_TIME_MAX}},
		{"delay=250us", "delay=250us", {.delay = 250000}},
		{"delay=0.001us", "delay=0.001us", {.delay = 1}},
		{"delay=1234.567ms", "delay=1234.567ms", {.delay = 1234567000}},
		{"jitter=20ms", "jitter=20ms,seed=77", {.jitter = 20 * CLOCK_MS, .seed = 77}},
		{"seed=42", "", {.seed = 42}},
		{"seed=42 reorder=1", "reorder=1%,seed=42", {.reorder = 100, .seed = 42}},
		{"seed=9223372036854775807,jitter=1s",
		 "jitter=1s,seed=9223372036854775807",
		 {.jitter = CLOCK_SECOND, .seed = INT64_MAX}},
		{"cut=4", "cut=4", {.cut = 4}},
		{"cut=16777216", "cut=16777216", {.cut = LAB_BYTES_MAX}},
		{"slow-read=1s", "slow-read=1s", {.slow_read = CLOCK_SECOND}},
		{"slow-read", "slow-read=200ms", {.slow_read = LAB_SLOW_READ}},
		{"slow-read=on", "slow-read=200ms", {.slow_read = LAB_SLOW_READ}},
		{"hold", "hold", {.hold = true}},
		{"hold=on", "hold", {.hold = true}},
		{"no-accept", "no-accept", {.no_accept = true}},
		{"backlog=1", "backlog=1", {.backlog = 1}},
		{"backlog=4096", "backlog=4096", {.backlog = LAB_BACKLOG_MAX}},
		{"rcvbuf=4096", "rcvbuf=4096", {.rcvbuf = 4096}},
		{"reset", "reset", {.reset = true}},
		{"stale=on", "stale", {.stale = true}},
		{"  hold,, reset ,stale\tcut=004",
		 "cut=4,hold,reset,stale",
		 {.cut = 4, .hold = true, .reset = true, .stale = true}},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab l = {0};
		takes(&l, rows[i].spec);
		assert_true(lab_same(&l, &rows[i].lab));
		formats(&l, rows[i].text);
		assert_int_equal(lab_on(&l), *rows[i].text != '\0');
	}
}

/* All on, and then each off again by every word for it. */
#define EVERYTHING                                                                                                     \
	"drop-requests=10%,drop-replies=20%,duplicate=3%,reorder=4%,delay=5ms,jitter=6ms,seed=7,cut=8,slow-read=9ms,"  \
	"hold,no-accept,backlog=10,rcvbuf=11,reset,stale"

static void each_setting_is_undone(void **state)
{
	(void)state;
	static const char *const names[] = {"drop-requests", "drop-replies", "duplicate", "reorder", "delay",
					    "jitter",        "cut",          "slow-read", "hold",    "no-accept",
					    "backlog",       "rcvbuf",       "reset",     "stale"};
	static const char *const undone[] = {"0", "0%", "off"};
	for (size_t word = 0; word < COUNT(undone); word++) {
		struct lab l = {0};
		takes(&l, EVERYTHING);
		for (size_t i = 0; i < COUNT(names); i++) {
			char spec[64], text[LAB_TEXT];
			assert_non_null(strstr(lab_format(&l, text), names[i]));
			snprintf(spec, sizeof spec, "%s=%s", names[i], undone[word]);
			takes(&l, spec);
			assert_null(strstr(lab_format(&l, text), names[i]));
		}
		assert_true(lab_same(&l, &(struct lab){.seed = 7}));
		assert_false(lab_on(&l));
		formats(&l, "");
	}
}

static void everything_is_written_as_it_is_taken(void **state)
{
	(void)state;
	struct lab l = {0};
	takes(&l, EVERYTHING);
	formats(&l, EVERYTHING);
}

static void other_words_undo(void **state)
{
	(void)state;
	struct lab l = {0};
	takes(&l, EVERYTHING);
	takes(&l, "drop=off,release,accept,reset=0");
	formats(&l,
		"duplicate=3%,reorder=4%,delay=5ms,jitter=6ms,seed=7,cut=8,slow-read=9ms,backlog=10,rcvbuf=11,stale");
	struct lab_orders orders = takes(&l, " off,");
	assert_true(lab_same(&l, &(struct lab){0}));
	assert_false(orders.restart || orders.close);
	takes(&l, "release accept");
	assert_true(lab_same(&l, &(struct lab){0}));
}

static void what_is_not_named_stays(void **state)
{
	(void)state;
	struct lab l = {0};
	takes(&l, "drop=10%,seed=3,hold");
	takes(&l, "drop-replies=20%,delay=1ms");
	formats(&l, "drop-requests=10%,drop-replies=20%,delay=1ms,seed=3,hold");
	takes(&l, "");
	formats(&l, "drop-requests=10%,drop-replies=20%,delay=1ms,seed=3,hold");
}

static void a_seed_is_made_up_when_one_is_needed(void **state)
{
	(void)state;
	static const char *const need[] = {"drop=1%",      "drop-requests=1%", "drop-replies=1%",
					   "duplicate=1%", "reorder=1%",       "jitter=1ms"};
	static const char *const need_not[] = {"delay=1ms", "cut=4",     "slow-read", "hold",
					       "no-accept", "backlog=1", "rcvbuf=1",  "drop=0,hold",
					       "reset",     "stale",     "close",     ""};
	for (size_t i = 0; i < COUNT(need); i++) {
		struct lab l = {0};
		assert_true(takes(&l, need[i]).restart);
		assert_int_equal(l.seed, MADE_UP);
		assert_false(takes(&l, need[i]).restart); /* it was random already */
		assert_int_equal(l.seed, MADE_UP);
	}
	for (size_t i = 0; i < COUNT(need_not); i++) {
		struct lab l = {0};
		assert_false(takes(&l, need_not[i]).restart);
		assert_int_equal(l.seed, 0);
	}
}

static void a_seed_that_is_made_up_can_be_written(void **state)
{
	(void)state;
	static const struct {
		uint64_t made_up, seed;
	} rows[] = {{0, 1}, {1, 1}, {INT64_MAX, INT64_MAX}, {UINT64_C(1) << 63, 1}, {UINT64_MAX, INT64_MAX}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab l = {0}, again = {0};
		struct lab_orders orders;
		char problem[LAB_PROBLEM], text[LAB_TEXT];
		assert_int_equal(lab_parse(&l, "drop=5%", rows[i].made_up, &orders, problem), 0);
		assert_true(l.seed == rows[i].seed);
		takes(&again, lab_format(&l, text));
		assert_true(lab_same(&l, &again));
	}
}

static void a_named_seed_is_kept_and_starts_again(void **state)
{
	(void)state;
	struct lab l = {0};
	assert_true(takes(&l, "seed=42").restart);
	assert_true(takes(&l, "drop=5%").restart); /* now something is random */
	assert_int_equal(l.seed, 42);
	assert_true(takes(&l, "seed=42").restart);
	assert_false(takes(&l, "jitter=5ms").restart);
	assert_true(takes(&l, "seed=0").restart);
	assert_int_equal(l.seed, MADE_UP);
	takes(&l, "drop=0,jitter=0,seed=off");
	assert_int_equal(l.seed, 0);
}

static void orders_a_close(void **state)
{
	(void)state;
	struct lab l = {0};
	assert_true(takes(&l, "close").close);
	assert_false(lab_on(&l));
	assert_true(takes(&l, "hold,close,cut=1").close);
	formats(&l, "cut=1,hold");
	assert_false(takes(&l, "hold").close);
	struct lab_orders rebind = takes(&l, "rebind");
	assert_true(rebind.rebind && rebind.close);
	assert_false(takes(&l, "close").rebind);
}

#define PERCENTAGE " wants a percentage such as 30%."
#define TIME       " wants a time such as 50ms or 1s, at most 60s."
#define SEED       "seed wants a number such as 42, at most 9223372036854775807."

static void says_what_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *spec, *problem;
	} rows[] = {
		{"drop", "drop" PERCENTAGE},
		{"drop=", "drop" PERCENTAGE},
		{"drop=x", "drop" PERCENTAGE},
		{"drop=on", "drop" PERCENTAGE},
		{"drop=-1%", "drop" PERCENTAGE},
		{"drop=+1%", "drop" PERCENTAGE},
		{"drop=1%%", "drop" PERCENTAGE},
		{"drop=%", "drop" PERCENTAGE},
		{"drop=1e1", "drop" PERCENTAGE},
		{"drop=0x10", "drop" PERCENTAGE},
		{"drop=.5%", "drop" PERCENTAGE},
		{"drop=1.%", "drop" PERCENTAGE},
		{"drop==1", "drop" PERCENTAGE},
		{"drop=1=1", "drop" PERCENTAGE},
		{"drop-requests=100.01%", "drop-requests" PERCENTAGE},
		{"drop-replies=1.001", "drop-replies" PERCENTAGE},
		{"duplicate=101", "duplicate" PERCENTAGE},
		{"reorder=99999999999999999999999999%", "reorder" PERCENTAGE},
		{"reorder=1844674407370955161%", "reorder" PERCENTAGE},
		{"reorder=1ms", "reorder" PERCENTAGE},
		{"drop = 30%", "drop" PERCENTAGE},
		{"delay", "delay" TIME},
		{"delay=61s", "delay" TIME},
		{"delay=60000.001ms", "delay" TIME},
		{"delay=18446744073709552s", "delay" TIME},
		{"delay=1m", "delay" TIME},
		{"delay=1S", "delay" TIME},
		{"delay=ms", "delay" TIME},
		{"delay=1.2345s", "delay" TIME},
		{"delay=5%", "delay" TIME},
		{"jitter=soon", "jitter" TIME},
		{"slow-read=slow", "slow-read" TIME},
		{"seed", SEED},
		{"seed=9223372036854775808", SEED},
		{"seed=-1", SEED},
		{"cut=16777217", "cut wants a number such as 4, at most 16777216."},
		{"cut=4.5", "cut wants a number such as 4, at most 16777216."},
		{"backlog=4097", "backlog wants a number such as 1, at most 4096."},
		{"rcvbuf=4k", "rcvbuf wants a number such as 4096, at most 16777216."},
		{"hold=1", "hold stands alone, or with =on or =off."},
		{"no-accept=", "no-accept stands alone, or with =on or =off."},
		{"reset=ON", "reset stands alone, or with =on or =off."},
		{"stale=100%", "stale stands alone, or with =on or =off."},
		{"release=on", "release takes no value."},
		{"accept=", "accept takes no value."},
		{"close=1", "close takes no value."},
		{"off=off", "off takes no value."},
		{"off,hold", "off undoes all settings, and stands alone."},
		{"delay=5 off", "off undoes all settings, and stands alone."},
		{"close,off", "off undoes all settings, and stands alone."},
		{"off,off", "off undoes all settings, and stands alone."},
		{"hold,hold", "What hold sets was set before it: name each setting once."},
		{"hold,release", "What release sets was set before it: name each setting once."},
		{"accept,no-accept=off", "What no-accept sets was set before it: name each setting once."},
		{"drop=1%,drop=1%", "What drop sets was set before it: name each setting once."},
		{"drop=1%,drop-replies=0", "What drop-replies sets was set before it: name each setting once."},
		{"drop-requests=1%,drop=1%", "What drop sets was set before it: name each setting once."},
		{"seed=1,hold,seed=1", "What seed sets was set before it: name each setting once."},
		{"=30%", "Before \"=\" belongs the name of a setting, such as drop."},
		{"dorp=30%", "There is no setting dorp. The nearest is drop."},
		{"Drop=30%", "There is no setting Drop. The nearest is drop."},
		{"HOLD", "There is no setting HOLD. The nearest is hold."},
		{"foo", "There is no setting foo. The manual of uproard has them all."},
		{"dup=30%", "There is no setting dup. The nearest is duplicate."},
		{"slow_read", "There is no setting slow_read. The nearest is slow-read."},
		{"noaccept", "There is no setting noaccept. The nearest is no-accept."},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab l = {.drop_requests = 100, .seed = 5}, before = l;
		struct lab_orders orders = {true, true, true};
		char problem[LAB_PROBLEM];
		if (lab_parse(&l, rows[i].spec, MADE_UP, &orders, problem) != -1)
			fail_msg("\"%s\" was taken", rows[i].spec);
		assert_string_equal(problem, rows[i].problem);
		assert_true(lab_same(&l, &before));
		assert_false(orders.restart || orders.close);
	}
}

static void changes_nothing_when_the_last_of_many_is_wrong(void **state)
{
	(void)state;
	struct lab l = {0};
	struct lab_orders orders;
	char problem[LAB_PROBLEM];
	assert_int_equal(lab_parse(&l, EVERYTHING ",close,drop=5%", MADE_UP, &orders, problem), -1);
	assert_true(lab_same(&l, &(struct lab){0}));
	assert_false(orders.restart || orders.close);
}

static void foreign_bytes_are_made_harmless(void **state)
{
	(void)state;
	struct lab l = {0};
	struct lab_orders orders;
	char problem[LAB_PROBLEM];
	assert_int_equal(lab_parse(&l, "\x1b]0;h\xc3\xb6ld\a", MADE_UP, &orders, problem), -1);
	assert_int_equal(strncmp(problem, "There is no setting ?]0;h??ld?. The manual of ", 46), 0);
}

static void has_a_longest_specification(void **state)
{
	(void)state;
	char spec[LAB_TEXT + 1], problem[LAB_PROBLEM];
	struct lab l = {0};
	struct lab_orders orders;
	memset(spec, ' ', LAB_TEXT);
	memcpy(spec + LAB_TEXT - 5, "hold", 5);
	takes(&l, spec);
	formats(&l, "hold");
	memcpy(spec + LAB_TEXT - 5, " cut=", 6);
	assert_int_equal(lab_parse(&l, spec, MADE_UP, &orders, problem), -1);
	assert_string_equal(problem, "A specification has at most 511 bytes.");

	memset(spec, 'x', LAB_TEXT - 1);
	spec[LAB_TEXT - 1] = '\0';
	assert_int_equal(lab_parse(&l, spec, MADE_UP, &orders, problem), -1);
	assert_non_null(strstr(problem, "xxx. The manual of uproard has"));
}

static void tells_what_cannot_happen(void **state)
{
	(void)state;
	static const struct {
		const char *spec, *not_tcp, *not_udp;
	} rows[] = {
		{"", "", ""},
		{"delay=5,jitter=5,cut=4,slow-read,hold,rcvbuf=4096,seed=3", "", ""},
		{"drop=5%", "drop", ""},
		{"drop-requests=5%", "drop-requests", ""},
		{"drop-replies=5%,stale", "drop-replies, stale", ""},
		{"no-accept,backlog=1", "", "no-accept, backlog"},
		{EVERYTHING, "drop-requests, drop-replies, duplicate, reorder, stale", "no-accept, backlog, reset"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab l = {0};
		char out[LAB_TEXT];
		takes(&l, rows[i].spec);
		assert_ptr_equal(lab_not_tcp(&l, out), out);
		assert_string_equal(out, rows[i].not_tcp);
		assert_ptr_equal(lab_not_udp(&l, out), out);
		assert_string_equal(out, rows[i].not_udp);
	}
}

/* --- Random specifications --------------------------------------------------------------------------------------- */

static uint64_t drawn;

/* Below n. */
static uint64_t draw(uint64_t n)
{
	return random_at(2026, drawn++) % n;
}

/* 0 half the time, now and then the limits, else anything between. */
static uint64_t any_up_to(uint64_t most)
{
	switch (draw(8)) {
	case 0:
		return most;
	case 1:
		return 1;
	case 2:
		return 1 + draw(most);
	case 3:
		return 1 + draw(most < 1000 ? most : 1000);
	default:
		return 0;
	}
}

static struct lab any_lab(void)
{
	struct lab l = {
		.drop_requests = (uint32_t)any_up_to(LAB_CERTAIN),
		.drop_replies = (uint32_t)any_up_to(LAB_CERTAIN),
		.duplicate = (uint32_t)any_up_to(LAB_CERTAIN),
		.reorder = (uint32_t)any_up_to(LAB_CERTAIN),
		.delay = any_up_to(LAB_TIME_MAX),
		.jitter = any_up_to(LAB_TIME_MAX),
		.slow_read = any_up_to(LAB_TIME_MAX),
		.cut = (uint32_t)any_up_to(LAB_BYTES_MAX),
		.backlog = (uint32_t)any_up_to(LAB_BACKLOG_MAX),
		.rcvbuf = (uint32_t)any_up_to(LAB_BYTES_MAX),
		.hold = draw(2),
		.no_accept = draw(2),
		.reset = draw(2),
		.stale = draw(2),
	};
	if (draw(3) == 0)
		l.drop_replies = l.drop_requests;
	if (l.drop_requests || l.drop_replies || l.duplicate || l.reorder || l.jitter)
		l.seed = 1 + draw(INT64_MAX);
	return l;
}

static void what_is_written_is_taken_back(void **state)
{
	(void)state;
	for (int i = 0; i < SPECIFICATIONS; i++) {
		struct lab l = any_lab(), again = {0};
		char text[LAB_TEXT], text_again[LAB_TEXT];
		takes(&again, lab_format(&l, text));
		if (!lab_same(&l, &again))
			fail_msg("%s became %s", text, lab_format(&again, text_again));
	}
}

/* Structs that no specification gives do not overflow either. */
static void any_struct_can_be_written(void **state)
{
	(void)state;
	struct lab l = {
		.drop_requests = UINT32_MAX,
		.drop_replies = UINT32_MAX - 1,
		.duplicate = UINT32_MAX,
		.reorder = UINT32_MAX,
		.delay = UINT64_MAX,
		.jitter = UINT64_MAX,
		.slow_read = UINT64_MAX,
		.seed = UINT64_MAX,
		.cut = UINT32_MAX,
		.backlog = UINT32_MAX,
		.rcvbuf = UINT32_MAX,
		.hold = true,
		.no_accept = true,
		.reset = true,
		.stale = true,
	};
	char *text = malloc(LAB_TEXT);
	assert_non_null(text);
	lab_format(&l, text);
	assert_int_equal(strcmp(text + strlen(text) - 6, ",stale"), 0); /* all of it has room */
	free(text);
}

/* Bytes, or pieces of what a specification is made of. Returns how many bytes. */
static size_t garbage(char *out)
{
	static const char *const pieces[] = {
		"drop",
		"drop-requests",
		"drop-replies",
		"duplicate",
		"reorder",
		"delay",
		"jitter",
		"seed",
		"cut",
		"slow-read",
		"hold",
		"no-accept",
		"backlog",
		"rcvbuf",
		"reset",
		"stale",
		"release",
		"accept",
		"close",
		"off",
		"=",
		"=",
		"=",
		"=",
		"=",
		"=",
		",",
		",",
		",",
		",",
		",",
		" ",
		"0",
		"1",
		"30%",
		"2.5",
		"50ms",
		"1s",
		"9999999",
		".",
		"on",
		"%s%n",
		"\n",
		"\x80",
	};
	size_t n = 0, most = draw(GARBAGE_ITEM);
	bool bytes = draw(4) == 0;
	while (n < most) {
		const char *piece = pieces[draw(COUNT(pieces))];
		char byte[2] = {(char)(1 + draw(255))};
		size_t size = strlen(bytes ? byte : piece);
		if (n + size > most || (!bytes && draw(12) == 0))
			break;
		memcpy(out + n, bytes ? byte : piece, size);
		n += size;
	}
	out[n] = '\0';
	return n;
}

static void is_a_sentence(const char *problem)
{
	size_t n = strnlen(problem, LAB_PROBLEM);
	assert_in_range(n, 10, LAB_PROBLEM - 1);
	assert_int_equal(problem[n - 1], '.');
	for (size_t i = 0; i < n; i++)
		assert_in_range(problem[i], ' ', '~');
}

static void garbage_does_no_harm(void **state)
{
	(void)state;
	size_t taken = 0;
	char *spec = malloc(GARBAGE_ITEM + 1), *problem = malloc(LAB_PROBLEM), *text = malloc(LAB_TEXT);
	assert_true(spec && problem && text);
	for (size_t total = 0; total < GARBAGE; total++) {
		struct lab l = {0}, before = {0};
		struct lab_orders orders;
		total += garbage(spec);
		if (lab_parse(&l, spec, MADE_UP, &orders, problem) == -1) {
			is_a_sentence(problem);
			assert_true(lab_same(&l, &before));
		} else {
			struct lab again = {0};
			takes(&again, lab_format(&l, text));
			if (!*text || !strstr(text, "seed="))
				again.seed = l.seed; /* it decides nothing, and is not written */
			assert_true(lab_same(&l, &again));
			taken += *text != '\0';
		}
	}
	assert_true(taken > 100); /* the test is worth something */
	free(spec);
	free(problem);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_setting_is_taken_and_written),
		cmocka_unit_test(each_setting_is_undone),
		cmocka_unit_test(everything_is_written_as_it_is_taken),
		cmocka_unit_test(other_words_undo),
		cmocka_unit_test(what_is_not_named_stays),
		cmocka_unit_test(a_seed_is_made_up_when_one_is_needed),
		cmocka_unit_test(a_seed_that_is_made_up_can_be_written),
		cmocka_unit_test(a_named_seed_is_kept_and_starts_again),
		cmocka_unit_test(orders_a_close),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(changes_nothing_when_the_last_of_many_is_wrong),
		cmocka_unit_test(foreign_bytes_are_made_harmless),
		cmocka_unit_test(has_a_longest_specification),
		cmocka_unit_test(tells_what_cannot_happen),
		cmocka_unit_test(what_is_written_is_taken_back),
		cmocka_unit_test(any_struct_can_be_written),
		cmocka_unit_test(garbage_does_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
